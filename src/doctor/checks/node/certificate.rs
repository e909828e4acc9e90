//! The certificate in a file of the node, whose file it is, and how one like it is renewed.

use crate::{
    certs::{self, CertificateFacts},
    doctor::{Case, Remedy, Step, Touches, shell},
    model::{
        evidence::Evidence,
        host::{FileContent, HostFile, looked},
        observed::{Gap, Why},
    },
    view::NamedBy,
};

/// A certificate in a file.
pub(super) struct Held<'a> {
    pub(super) path: String,
    pub(super) facts: CertificateFacts,
    file: &'a HostFile,
    named_by: &'a [NamedBy<'a>],
}

/// The certificate that counts in the case's file; `None` where there is none.
///
/// Of several the first is the one that is presented, and of several CAs the one that holds longest is enough.
pub(super) fn held<'a>(case: &Case<'a>) -> Result<Option<Held<'a>>, Gap> {
    let (path, file, named_by) = file(case)?;
    let Some(file) = file else { return Ok(None) };
    let mut all = Vec::new();
    for der in file.chain() {
        let unreadable = |error: certs::InspectError| Gap::new(path.clone(), Why::Failed(error.to_string()));
        all.push(certs::inspect(&der.0).map_err(unreadable)?);
    }
    let is_bundle = all.iter().all(|facts| facts.is_ca);
    let facts =
        if is_bundle { all.into_iter().max_by_key(|facts| facts.not_after) } else { all.into_iter().next() };
    Ok(facts.map(|facts| Held { path, facts, file, named_by }))
}

type Found<'a> = (String, Option<&'a HostFile>, &'a [NamedBy<'a>]);

/// The case's file as far as it was read, with who names it.
pub(super) fn file<'a>(case: &Case<'a>) -> Result<Found<'a>, Gap> {
    let path = case.file()?.to_owned();
    let Some(node) = &case.view.node else { return Ok((path, None, &[])) };
    let file = looked(node.file(&path), &path)?;
    let named_by = node.files.get(&path).map_or(&[][..], Vec::as_slice);
    Ok((path, file, named_by))
}

impl Held<'_> {
    /// What it says of itself, and who uses it.
    pub(super) fn evidence(&self) -> Vec<Evidence> {
        let own = Evidence::in_file(&self.path, format!("certificate: {}", self.facts.describe()));
        std::iter::once(own).chain(users(self.named_by)).collect()
    }

    /// Whether nothing on the node uses it: a kubeconfig that no component names is there for people.
    pub(super) fn is_for_people(&self) -> bool {
        self.named_by.is_empty() && matches!(self.file.content, FileContent::Kubeconfig { .. })
    }

    /// What is done about it.
    pub(super) fn renew(&self) -> Remedy {
        let look = format!("openssl x509 -in {} -noout -subject -issuer -dates", shell::word(&self.path));
        let mut steps = match &self.file.content {
            FileContent::Pem { .. } => vec![Step::Run(vec![look])],
            _ => Vec::new(),
        };
        match KUBEADM.iter().find(|(path, _)| *path == self.path) {
            Some((_, name)) => {
                steps.push(Step::Run(vec![format!("kubeadm certs renew {name}")]));
                steps.push(Step::Read(
                    "where kubeadm made it, as root; then restart the static pods that use it (move their manifests away for 20 s)",
                ));
            }
            None if self.path.starts_with("/var/lib/kubelet/") => steps.push(Step::Read(
                "the kubelet renews it by itself while its certificate is valid and the API server answers; else join the node again, or write it a new kubeconfig with kubeadm kubeconfig user",
            )),
            None => steps.push(Step::Read(
                "issue it again by the CA that signed it, where that has its key, and restart what uses it",
            )),
        }
        Remedy { title: "renew the certificate".to_owned(), steps, touches: Touches::ControlPlane }
    }
}

/// Who names a file, as evidence.
pub(super) fn users(named_by: &[NamedBy<'_>]) -> Vec<Evidence> {
    named_by
        .iter()
        .map(|by| {
            let claim = format!("{} is started with {}", by.component.profile().program, by.what);
            match by.manifest {
                Some(manifest) => Evidence::in_file(&manifest.file, claim),
                None => Evidence {
                    claim,
                    locator: crate::model::evidence::Locator::Given("its process".to_owned()),
                },
            }
        })
        .collect()
}

/// What kubeadm calls what it renews. Source: `kubeadm certs renew --help` of 1.36.
const KUBEADM: [(&str, &str); 11] = [
    ("/etc/kubernetes/admin.conf", "admin.conf"),
    ("/etc/kubernetes/controller-manager.conf", "controller-manager.conf"),
    ("/etc/kubernetes/pki/apiserver-etcd-client.crt", "apiserver-etcd-client"),
    ("/etc/kubernetes/pki/apiserver-kubelet-client.crt", "apiserver-kubelet-client"),
    ("/etc/kubernetes/pki/apiserver.crt", "apiserver"),
    ("/etc/kubernetes/pki/etcd/healthcheck-client.crt", "etcd-healthcheck-client"),
    ("/etc/kubernetes/pki/etcd/peer.crt", "etcd-peer"),
    ("/etc/kubernetes/pki/etcd/server.crt", "etcd-server"),
    ("/etc/kubernetes/pki/front-proxy-client.crt", "front-proxy-client"),
    ("/etc/kubernetes/scheduler.conf", "scheduler.conf"),
    ("/etc/kubernetes/super-admin.conf", "super-admin.conf"),
];
