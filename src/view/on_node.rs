//! The index over what a node shows of itself: which copies of each component it has, which files they name, and where
//! these lie on the node. It concludes nothing and asks nothing.

use super::layout::{EtcdFiles, LAYOUTS, etcds};
use crate::model::{
    answer::Answer,
    component::Component,
    evidence::{Evidence, Locator},
    host::{FileContent, HostFile, HostProcess, HostSocket, Manifest, ManifestContainer, Manifests, looked},
    observed::{Gap, Observed, Why},
    question::{CertificateSource, HostQuestion, Question},
    snapshot::Snapshot,
};
use std::collections::{BTreeMap, BTreeSet};

/// The flags whose value is a file that the program reads. A kubelet's `--bootstrap-kubeconfig` is none of them: it goes
/// away once the kubelet has joined.
const FILE_FLAGS: [&str; 24] = [
    "authentication-kubeconfig",
    "authorization-kubeconfig",
    "cert-file",
    "client-ca-file",
    "cluster-signing-cert-file",
    "cluster-signing-key-file",
    "config",
    "etcd-cafile",
    "etcd-certfile",
    "etcd-keyfile",
    "key-file",
    "kubeconfig",
    "kubelet-client-certificate",
    "kubelet-client-key",
    "peer-cert-file",
    "peer-key-file",
    "peer-trusted-ca-file",
    "proxy-client-cert-file",
    "proxy-client-key-file",
    "requestheader-client-ca-file",
    "root-ca-file",
    "service-account-key-file",
    "service-account-private-key-file",
    "service-account-signing-key-file",
];

/// The same of serving certificates and of CAs for clients.
const MORE_FILE_FLAGS: [&str; 3] = ["tls-cert-file", "tls-private-key-file", "trusted-ca-file"];

/// What a node shows of itself.
#[derive(Debug)]
pub struct OnNode<'a> {
    snapshot: &'a Snapshot,
    /// The manifests of static pods, sorted by file.
    pub manifests: Vec<&'a Manifest>,
    /// The known programs that run, or why they are not known.
    pub processes: Result<Vec<&'a HostProcess>, Gap>,
    /// Who listens, or why that is not known.
    pub sockets: Result<Vec<&'a HostSocket>, Gap>,
    /// Why parts of this are missing.
    pub gaps: Vec<Gap>,
    /// The copies of each component, sorted by component.
    pub copies: Vec<Running<'a>>,
    /// The files that are worth reading by their paths on the node, with who names them; nobody, where only their place
    /// is known.
    pub files: BTreeMap<String, Vec<NamedBy<'a>>>,
}

/// One copy of a component: its manifest, its process, or both.
#[derive(Clone, Copy, Debug)]
pub struct Running<'a> {
    /// The component.
    pub component: Component,
    /// Its manifest and its container there.
    pub manifest: Option<(&'a Manifest, &'a ManifestContainer)>,
    /// Its process, where it is the only one that it can be.
    pub process: Option<&'a HostProcess>,
    /// What is known of it because its flags are hidden.
    pub known: Option<&'static EtcdFiles>,
}

/// Who names a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedBy<'a> {
    /// The component.
    pub component: Component,
    /// The manifest; `None` where only the process is known, or the kubelet's configuration names it.
    pub manifest: Option<&'a Manifest>,
    /// The flag or the file in which it is named.
    pub what: String,
}

impl<'a> OnNode<'a> {
    /// Builds the index; `None` where a cluster was looked at and no node.
    pub(super) fn new(snapshot: &'a Snapshot) -> Option<Self> {
        snapshot.wanted.on_node.as_ref()?;
        let mut gaps = Vec::new();
        let mut manifests = Vec::new();
        for asked in &snapshot.asked {
            let Question::Host(question @ HostQuestion::Manifests(_)) = &asked.question else { continue };
            match &asked.answer {
                Observed::Seen(Answer::Manifests(Manifests { pods, unreadable, complete })) => {
                    manifests.extend(pods);
                    gaps.extend(
                        unreadable.iter().map(|(file, why)| Gap::new(file, Why::Failed(why.clone()))),
                    );
                    if !complete {
                        gaps.push(Gap::new(question.to_string(), Why::Partial));
                    }
                }
                other => gaps.extend(looked(other.clone(), &question.to_string()).err()),
            }
        }
        // A folder that the kubelet names may be one that is known anyway, by another name.
        manifests.sort_by_key(|manifest: &&Manifest| &manifest.file);
        manifests.dedup_by_key(|manifest| &manifest.file);
        let processes = list(snapshot.processes(), &HostQuestion::Processes);
        let sockets = list(snapshot.sockets(), &HostQuestion::Sockets);
        gaps.extend(processes.as_ref().err().cloned());
        if snapshot.processes().value().is_some_and(|listed| !listed.complete) {
            gaps.push(Gap::new(HostQuestion::Processes.to_string(), Why::Partial));
        }
        let mut node = Self {
            snapshot,
            manifests,
            processes,
            sockets,
            gaps,
            copies: Vec::new(),
            files: BTreeMap::new(),
        };
        node.copies = node.find_copies();
        node.files = node.find_files();
        Some(node)
    }

    /// The folders in which static pods' manifests may lie.
    #[must_use]
    pub fn manifest_folders(&self) -> BTreeSet<String> {
        let known = LAYOUTS.iter().flat_map(|layout| layout.manifests).map(|path| (*path).to_owned());
        let by_flag = self.kubelet_flag("pod-manifest-path");
        let by_config = self.kubelet_configs().into_iter().filter_map(|path| {
            match &self.snapshot.host_file(&path).value()?.content {
                FileContent::KubeletConfig { static_pods, .. } => static_pods.clone(),
                _ => None,
            }
        });
        let said = by_flag.into_iter().chain(by_config).map(|path| self.seen_from_node(&path));
        known.chain(said).filter(|path| path.starts_with('/')).collect()
    }

    /// Where the kubelet's configuration may lie.
    #[must_use]
    pub fn kubelet_configs(&self) -> BTreeSet<String> {
        let known = LAYOUTS.iter().flat_map(|layout| layout.kubelet).map(|path| (*path).to_owned());
        let said = self.kubelet_flag("config").map(|path| self.seen_from_node(&path));
        known.chain(said).filter(|path| path.starts_with('/')).collect()
    }

    /// Where a path that a copy's flags name lies on the node.
    fn host_path(&self, copy: &Running<'_>, path: &str) -> Option<String> {
        copy.host_path(path).map(|path| self.seen_from_node(&path))
    }

    /// A path as the node has it. What was started outside of the root that it lives in, as a rehearsal of a control plane
    /// is, names its files with that root before them.
    fn seen_from_node(&self, path: &str) -> String {
        let root = self.snapshot.wanted.on_node.as_deref().unwrap_or_default().trim_end_matches('/');
        let inner = path.strip_prefix(root).filter(|inner| !root.is_empty() && inner.starts_with('/'));
        inner.unwrap_or(path).to_owned()
    }

    fn kubelet_flag(&self, flag: &str) -> Option<String> {
        let mut kubelets =
            self.processes.as_ref().ok()?.iter().filter(|it| it.runs(Component::Kubelet.profile().program));
        kubelets.find_map(|process| process.flags.get(flag)).cloned()
    }

    /// Whether anything of a control plane was seen.
    #[must_use]
    pub fn has_control_plane(&self) -> bool {
        self.copies.iter().any(|copy| copy.component != Component::Kubelet)
            || self.processes.iter().flatten().any(|process| process.is_control_plane())
    }

    /// A file that was read.
    #[must_use]
    pub fn file(&self, path: &str) -> Observed<&'a HostFile> {
        self.snapshot.host_file(path)
    }

    /// The client certificates that may open a component here, each with its key and the CA of the server, the likeliest
    /// first.
    #[must_use]
    pub fn identities(&self, copy: &Running<'_>) -> Vec<(CertificateSource, Option<CertificateSource>)> {
        let ca = |path: String| CertificateSource::Files { certificate: path, key: None };
        let servers = self.copies.iter().filter(|it| it.component == Component::ApiServer);
        let by_flags = |server: &Running<'_>, [certificate, key, authority]: [&str; 3]| {
            let file = |flag: &str| self.host_path(server, server.flags()?.get(flag)?);
            let source = CertificateSource::Files { certificate: file(certificate)?, key: Some(file(key)?) };
            Some((source, file(authority).map(ca)))
        };
        let flags = if copy.component == Component::Etcd {
            ["etcd-certfile", "etcd-keyfile", "etcd-cafile"]
        } else {
            ["kubelet-client-certificate", "kubelet-client-key", ""]
        };
        let mut found: Vec<_> = servers.filter_map(|server| by_flags(server, flags)).collect();
        if copy.component == Component::Etcd {
            let pod = copy.known.and_then(|known| known.pod);
            let known = etcds().filter(|known| known.pod == pod);
            found.extend(known.map(|known| {
                let certificate = known.certificate.to_owned();
                let source = CertificateSource::Files { certificate, key: Some(known.key.to_owned()) };
                (source, Some(ca(known.authority.to_owned())))
            }));
        }
        found
    }

    fn find_copies(&self) -> Vec<Running<'a>> {
        let mut copies = Vec::new();
        for component in
            [Component::ApiServer, Component::Etcd, Component::ControllerManager, Component::Scheduler]
        {
            let program = component.profile().program;
            let mut of_pods: Vec<Running<'a>> = self
                .manifests
                .iter()
                .filter_map(|manifest| {
                    let known = etcds().find(|known| {
                        component == Component::Etcd && known.pod == Some(manifest.name.as_str())
                    });
                    let container = manifest
                        .container(program)
                        .or_else(|| known.and_then(|_| manifest.containers.first()))?;
                    Some(Running { component, manifest: Some((manifest, container)), process: None, known })
                })
                .collect();
            let running: Vec<&HostProcess> =
                self.processes.iter().flatten().copied().filter(|process| process.runs(program)).collect();
            match (of_pods.as_mut_slice(), running.as_slice()) {
                ([], _) => copies.extend(running.iter().map(|process| Running {
                    component,
                    manifest: None,
                    process: Some(process),
                    known: None,
                })),
                ([pod], [process]) => pod.process = Some(process),
                // Which of several is whose cannot be told by their names.
                _ => {}
            }
            copies.extend(of_pods);
        }
        let program = Component::Kubelet.profile().program;
        let kubelet = self.processes.iter().flatten().copied().find(|process| process.runs(program));
        let is_configured = || self.kubelet_configs().iter().any(|path| self.file(path).value().is_some());
        if kubelet.is_some() || is_configured() {
            let component = Component::Kubelet;
            copies.push(Running { component, manifest: None, process: kubelet, known: None });
        }
        copies
    }

    fn find_files(&self) -> BTreeMap<String, Vec<NamedBy<'a>>> {
        let mut files: BTreeMap<String, Vec<NamedBy<'a>>> = BTreeMap::new();
        for path in LAYOUTS.iter().flat_map(|layout| layout.files) {
            files.entry((*path).to_owned()).or_default();
        }
        for copy in &self.copies {
            let of_container = copy.manifest.map(|(_, container)| &container.flags);
            let of_process = copy.process.map(|process| &process.flags);
            for (flag, value) in of_container.into_iter().chain(of_process).flatten() {
                if !(FILE_FLAGS.contains(&flag.as_str()) || MORE_FILE_FLAGS.contains(&flag.as_str())) {
                    continue;
                }
                let Some(path) = self.host_path(copy, value) else { continue };
                let named = NamedBy {
                    component: copy.component,
                    manifest: copy.manifest.map(|(manifest, _)| manifest),
                    what: format!("--{flag}={value}"),
                };
                let by = files.entry(path).or_default();
                if !by.contains(&named) {
                    by.push(named);
                }
            }
        }
        // What a kubeconfig or a kubelet's configuration names is known once that was read.
        for path in files.keys().cloned().chain(self.kubelet_configs()).collect::<BTreeSet<_>>() {
            let Some(file) = self.file(&path).value().copied() else { continue };
            if let FileContent::Kubeconfig { files: named, .. }
            | FileContent::KubeletConfig { files: named, .. } = &file.content
            {
                for inner in named {
                    files.entry(self.seen_from_node(inner)).or_default();
                }
            }
        }
        files
    }
}

impl<'a> Running<'a> {
    /// The flags that it runs with, or where its process is not known those of its manifest.
    #[must_use]
    pub fn flags(&self) -> Option<&'a BTreeMap<String, String>> {
        let of_process = self.process.map(|process| &process.flags).filter(|flags| !flags.is_empty());
        of_process.or_else(|| self.manifest.map(|(_, container)| &container.flags))
    }

    /// Where a path that its flags name lies on the node.
    ///
    /// Through the manifest's mounts where it has one; what these do not hold, and what a container without a manifest
    /// names, is seen by way of its process. `None` where nothing leads there.
    #[must_use]
    pub fn host_path(&self, path: &str) -> Option<String> {
        if !path.starts_with('/') {
            return None;
        }
        let by_itself = self.process.filter(|process| process.contained != Some(false));
        let by_process = |process: &HostProcess| format!("/proc/{}/root{path}", process.pid);
        match self.manifest {
            Some((manifest, container)) => {
                manifest.host_path(container, path).or_else(|| by_itself.map(by_process))
            }
            None => match by_itself {
                Some(process) if process.contained == Some(true) => Some(by_process(process)),
                _ => Some(path.to_owned()),
            },
        }
    }

    /// Evidence that it is here.
    #[must_use]
    pub fn evidence(&self, claim: String) -> Evidence {
        let locator = match (self.manifest, self.process) {
            (Some((manifest, _)), _) => Locator::File(manifest.file.clone()),
            (None, Some(process)) => Locator::Process { program: process.program.clone(), pid: process.pid },
            (None, None) => Locator::Given("this node".to_owned()),
        };
        Evidence { claim, locator }
    }
}

/// A list that was seen, if only in part: what is in it is there.
fn list<'a, T>(
    answer: Observed<&'a crate::model::answer::Listed<T>>,
    question: &HostQuestion,
) -> Result<Vec<&'a T>, Gap> {
    match answer {
        Observed::Absent => Err(Gap::new(
            question.to_string(),
            Why::Failed("there is no folder of processes below the root".to_owned()),
        )),
        answer => answer.seen(&question.to_string()).map(|listed| listed.items.iter().collect()),
    }
}
