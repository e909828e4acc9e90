//! Which client certificate the agents present to etcd, and what a serving certificate is verified with.

use super::{Configured, Instance, Origin, View, kubelets::CLUSTER_CA_FILE};
use crate::{
    certs::{self, CertificateFacts},
    model::{
        agents,
        answer::{Der, KeyFacts, SecretEntry},
        check_config::CheckInstance,
        component::Component,
        observed::{Gap, Why},
        question::{CertificateSource, Credential, ObjectRef},
        workload::{Mount, VolumeSource, Workload, WorkloadContainer},
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// A client certificate that was read.
#[derive(Debug)]
pub struct Presented {
    /// Where it comes from.
    pub source: CertificateSource,
    /// Its DER.
    pub der: Der,
    /// What it says of itself.
    pub facts: CertificateFacts,
    /// What is known of the private key beside it, where that is kept apart from it and was read.
    pub key: Option<KeyFacts>,
    /// The CA that stands beside it in the same configuration, where there is one.
    pub authority: Option<Trust>,
}

/// Where a certificate is kept, and the configuration of the agents that says so; `None` where the user named it.
pub type Kept<'a> = (CertificateSource, Option<Configured<'a>>);

/// What a serving certificate is verified with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    /// The CA certificates.
    pub anchors: Vec<Der>,
    /// Where they come from, for people.
    pub origin: String,
}

/// A file in the agents' container: the object it comes from, or where else it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mounted {
    /// An entry of a Secret in the agents' namespace.
    Secret {
        /// The Secret.
        name: String,
        /// The entry.
        entry: String,
    },
    /// No volume is mounted there, so that it is a file of the image or none.
    Nowhere,
    /// Where the Kubernetes API cannot look, for people.
    Elsewhere(String),
}

impl Mounted {
    /// Why a file that is in no Secret cannot be read.
    fn out_of_reach(self) -> Why {
        match self {
            Self::Elsewhere(place) => Why::OutOfReach(place),
            Self::Nowhere | Self::Secret { .. } => Why::Missing("no volume is mounted there".to_owned()),
        }
    }
}

impl Instance {
    /// Whether a gap about a certificate is that the agents do not have it at all: that is a problem of theirs, and said as
    /// such (`referenced-object-missing`, `cert-path-not-mounted`). Of a named endpoint nobody else would say it.
    #[must_use]
    pub fn is_lacking(&self, gap: &Gap) -> bool {
        self.named.is_none() && matches!(gap.why, Why::Missing(_))
    }
}

impl Presented {
    /// Whether nothing shows that the key beside it is another's.
    #[must_use]
    pub fn has_its_key(&self) -> bool {
        let of_key = self.key.as_ref().and_then(|key| key.public_key.as_ref());
        of_key.is_none_or(|of_key| *of_key == self.facts.public_key_fingerprint())
    }
}

impl View<'_> {
    /// Where it is written that no client certificate is presented to an etcd instance; nothing where one is configured,
    /// whether or not that can be read.
    ///
    /// # Errors
    /// A gap where the configuration cannot be read.
    pub fn without_client_certificate(&self, instance: &Instance) -> Result<Option<String>, Gap> {
        if let Some(named) = &instance.named {
            let presents = matches!(named.credential, Credential::ClientCertificate(_));
            return Ok((!presents).then(|| "no --client-cert was given".to_owned()));
        }
        let configurations = self.configurations(instance)?;
        if configurations.is_empty() {
            return Ok(Some("no configuration names a tls_cert".to_owned()));
        }
        // Where one of several presents nothing, that is what is wrong, however well the others do.
        let bare = configurations.iter().find(|configured| configured.instance.tls_cert.is_none());
        Ok(bare.map(|bare| format!("{} names no tls_cert", bare.describe_origin())))
    }

    /// The client certificate that is presented to an etcd instance; `None` where none is configured.
    ///
    /// # Errors
    /// A gap where the configuration or the certificate cannot be read.
    pub fn client_certificate(&self, instance: &Instance) -> Result<Option<Presented>, Gap> {
        let Some((source, configured)) = self.client_certificate_source(instance)? else { return Ok(None) };
        let authority = match configured {
            Some(configured) => self.verified_with(&configured),
            None => self.trust(instance),
        };
        self.presented(&source, authority.ok().flatten()).map(Some)
    }

    /// Where the client certificate for an etcd instance is kept, and the configuration that says so; `None` where none is
    /// configured.
    ///
    /// # Errors
    /// A gap where the configuration cannot be read, or names a file that no question can be asked about.
    pub fn client_certificate_source(&self, instance: &Instance) -> Result<Option<Kept<'_>>, Gap> {
        if let Some(named) = &instance.named {
            let Credential::ClientCertificate(source) = &named.credential else { return Ok(None) };
            return Ok(Some((source.clone(), None)));
        }
        if self.without_client_certificate(instance)?.is_some() {
            return Ok(None);
        }
        let first = self.configurations(instance)?.into_iter().find_map(|configured| {
            let path = configured.instance.tls_cert.clone()?;
            Some((configured, path))
        });
        let Some((configured, path)) = first else { return Ok(None) };
        match locate(configured.workload, &path) {
            Mounted::Secret { name, entry } => {
                let key = configured.instance.tls_private_key.as_ref().and_then(|path| {
                    match locate(configured.workload, path) {
                        Mounted::Secret { name: of, entry } if of == name => Some(entry),
                        _ => None,
                    }
                });
                let source = CertificateSource::Secret {
                    namespace: configured.workload.namespace.clone(),
                    name,
                    certificate: entry,
                    key,
                };
                Ok(Some((source, Some(configured))))
            }
            other => {
                Err(Gap::new(format!("the client certificate {path} of the agents"), other.out_of_reach()))
            }
        }
    }

    /// The objects that hold the certificates which the agents' checks are configured with.
    #[must_use]
    pub fn certificate_objects(&self) -> BTreeSet<ObjectRef> {
        let of = |configured: &Configured<'_>| {
            let CheckInstance { tls_cert, tls_private_key, tls_ca_cert, .. } = &configured.instance;
            let paths = [tls_cert, tls_private_key, tls_ca_cert].into_iter().flatten();
            paths
                .filter_map(|path| match locate(configured.workload, path) {
                    Mounted::Secret { name, .. } => {
                        Some(agents::secret(&configured.workload.namespace, &name))
                    }
                    Mounted::Nowhere | Mounted::Elsewhere(_) => None,
                })
                .collect::<Vec<_>>()
        };
        let configurations = self.instances.iter().flat_map(|instance| {
            if instance.named.is_some() {
                Vec::new()
            } else {
                self.configurations(instance).unwrap_or_default()
            }
        });
        let (written, _) = self.written();
        let written = written.iter().filter_map(|written| Some((written, self.runs(written).ok()??)));
        let written = written.flat_map(|(written, (role, workload))| {
            let instances = written.check.instances.iter().cloned();
            let origin = written.origin.clone();
            instances.map(move |instance| Configured { instance, origin: origin.clone(), workload, role })
        });
        let all: Vec<Configured<'_>> = configurations.chain(written).collect();
        all.iter().flat_map(of).collect()
    }

    /// What the serving certificate of an instance is verified with; `None` where the one who asks does not verify.
    ///
    /// # Errors
    /// A gap where the CA cannot be read.
    pub fn trust(&self, instance: &Instance) -> Result<Option<Trust>, Gap> {
        match &instance.named {
            Some(named) => match &named.authority {
                Some(source) => self.anchors(source).map(Some),
                None => Ok(None),
            },
            None if instance.component == Component::Etcd => self.verified_with(&self.configured(instance)?),
            None => Ok(None),
        }
    }

    /// What a configuration of the agents verifies a serving certificate with; `None` where it does not verify, or
    /// names no CA of its own.
    ///
    /// # Errors
    /// A gap where the CA cannot be read.
    pub fn verified_with(&self, configured: &Configured<'_>) -> Result<Option<Trust>, Gap> {
        if configured.origin == Origin::Packaged || configured.instance.tls_verify == Some(false) {
            return Ok(None);
        }
        let Some(path) = &configured.instance.tls_ca_cert else { return Ok(None) };
        match locate(configured.workload, path) {
            // No template mounts it: every pod gets it beside its token.
            Mounted::Nowhere | Mounted::Elsewhere(_) if path == CLUSTER_CA_FILE => {
                self.cluster_ca(&configured.workload.namespace).map(Some)
            }
            Mounted::Secret { name, entry } => self
                .anchors(&CertificateSource::Secret {
                    namespace: configured.workload.namespace.clone(),
                    name,
                    certificate: entry,
                    key: None,
                })
                .map(Some),
            other => Err(Gap::new(format!("the CA file {path} of the agents"), other.out_of_reach())),
        }
    }

    fn presented(&self, source: &CertificateSource, authority: Option<Trust>) -> Result<Presented, Gap> {
        let chain = self.chain(source)?;
        let unreadable = |why: String| Gap::new(source.describe(), Why::Failed(why));
        let der = chain.into_iter().next().ok_or_else(|| unreadable("it holds no certificate".to_owned()))?;
        let facts = certs::inspect(&der.0).map_err(|error| unreadable(error.to_string()))?;
        Ok(Presented { source: source.clone(), der, facts, key: self.key_beside(source), authority })
    }

    fn key_beside(&self, source: &CertificateSource) -> Option<KeyFacts> {
        match source {
            CertificateSource::Secret { namespace, name, key: Some(key), .. } => {
                match self.snapshot.secret(namespace, name).value()?.entries.get(key)? {
                    SecretEntry::PrivateKey(facts) => Some(facts.clone()),
                    SecretEntry::Certificates(_) | SecretEntry::Opaque { .. } => None,
                }
            }
            _ => self.snapshot.certificates(source).value()?.key.clone(),
        }
    }

    fn anchors(&self, source: &CertificateSource) -> Result<Trust, Gap> {
        Ok(Trust { anchors: self.chain(source)?, origin: source.describe() })
    }

    /// The certificates of a source, out of the snapshot.
    fn chain(&self, source: &CertificateSource) -> Result<Vec<Der>, Gap> {
        let CertificateSource::Secret { namespace, name, certificate, .. } = source else {
            return Ok(self.snapshot.certificates(source).seen(&source.describe())?.chain.clone());
        };
        let what = source.describe();
        let facts = self.snapshot.secret(namespace, name);
        match facts.seen(&what)?.entries.get(certificate) {
            Some(SecretEntry::Certificates(chain)) => Ok(chain.clone()),
            Some(_) => Err(Gap::new(what, Why::Failed("it holds no PEM certificate".to_owned()))),
            None => Err(Gap::new(what, Why::Missing("the Secret has no such entry".to_owned()))),
        }
    }
}

impl Configured<'_> {
    /// The folder of the node that is mounted where a path of the agents' container lies; `None` where there is another
    /// kind of volume, or none.
    #[must_use]
    pub fn folder_of_node(&self, path: &str) -> Option<&str> {
        match self.workload.volumes.get(&mount_of(self.container()?, path)?.volume)? {
            VolumeSource::HostPath(host) => Some(host),
            _ => None,
        }
    }
}

/// The mount that holds a path: the longest one.
fn mount_of<'a>(container: &'a WorkloadContainer, path: &str) -> Option<&'a Mount> {
    let within = |mount: &str| {
        let mount = mount.trim_end_matches('/');
        path == mount || path.strip_prefix(mount).is_some_and(|rest| rest.starts_with('/'))
    };
    container.mounts.iter().filter(|mount| within(&mount.path)).max_by_key(|mount| mount.path.len())
}

/// Whether a file can only be in the agents' container where a volume is mounted.
#[must_use]
pub fn needs_mount(path: &str) -> bool {
    /// What the image or the kubelet puts there without any mount of the pod template.
    const BROUGHT_ALONG: [&str; 5] = [
        "/var/run/secrets/kubernetes.io/serviceaccount/",
        "/run/secrets/kubernetes.io/serviceaccount/",
        "/etc/ssl/",
        "/opt/datadog-agent/",
        "/usr/",
    ];
    path.starts_with('/') && !BROUGHT_ALONG.iter().any(|start| path.starts_with(start))
}

/// The object or place behind a path in the agents' container.
#[must_use]
pub fn locate(workload: &Workload, path: &str) -> Mounted {
    let elsewhere = |why: &str| Mounted::Elsewhere(why.to_owned());
    let Some(container) = workload.container("agent") else {
        return elsewhere("the agents have no container");
    };
    let Some(mount) = mount_of(container, path) else {
        return if needs_mount(path) { Mounted::Nowhere } else { elsewhere("no mount brings it") };
    };
    let inside = path[mount.path.trim_end_matches('/').len()..].trim_start_matches('/');
    let file = match &mount.sub_path {
        Some(sub) if inside.is_empty() => sub.as_str(),
        _ => inside,
    };
    match workload.volumes.get(&mount.volume) {
        Some(VolumeSource::Secret { name, items, .. }) => {
            Mounted::Secret { name: name.clone(), entry: entry_of(items, file) }
        }
        Some(VolumeSource::HostPath(host)) => Mounted::Elsewhere(format!(
            "it lies on the node, under {}, where the Kubernetes API cannot look",
            host.trim_end_matches('/')
        )),
        Some(VolumeSource::ConfigMap { name, .. }) => {
            Mounted::Elsewhere(format!("it lies in ConfigMap {}/{name}", workload.namespace))
        }
        Some(VolumeSource::EmptyDir) => elsewhere("its volume is empty at first"),
        Some(VolumeSource::Token { .. } | VolumeSource::Other) | None => {
            elsewhere("its volume is of a kind that cannot be read")
        }
    }
}

/// The entry that becomes this file: `items` may rename it.
fn entry_of(items: &BTreeMap<String, String>, file: &str) -> String {
    items.iter().find(|(_, path)| path.as_str() == file).map_or(file, |(entry, _)| entry.as_str()).to_owned()
}
