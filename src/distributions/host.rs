//! What detection knows of the node that it runs on, and how host signals are read in it. Where no node is looked at from
//! itself these signals say nothing at all: nobody expects them, so that nothing is missing.

use super::{facts::Facts, signal::Match};
use crate::model::{
    component::Component,
    evidence::{Evidence, Locator},
    host::{HostPath, HostProcess, Manifest, Manifests, looked},
    observed::{Gap, Observed, Why},
    question::{HostQuestion, Question},
    snapshot::Snapshot,
};
use std::collections::BTreeMap;

/// What a node shows of itself.
#[derive(Clone, Debug)]
pub struct HostFacts {
    processes: Result<Vec<HostProcess>, Gap>,
    /// Why processes are missing, where any may be.
    hidden: Option<Gap>,
    manifests: Vec<Manifest>,
    /// Why manifests are missing, where any may be.
    unread: Option<Gap>,
    paths: BTreeMap<String, Observed<HostPath>>,
}

/// What a host signal looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostSignal {
    /// Something at a path of the node; its last part may hold one `*`.
    Path(&'static str),
    /// A process of a program, with the known words that follow its name, such as `server` of `k3s server`. The program
    /// must be one of `model::host::PROGRAMS`, and the words of `WORDS`.
    Process(&'static str, Match),
    /// A flag of such a process, or of the program's container in a manifest.
    Flag(&'static str, &'static str, Match),
    /// An annotation of a static pod's manifest. A key that ends in `/` means every key that begins with it.
    ManifestAnnotation(&'static str, Match),
    /// The image of a container in a static pod's manifest.
    ManifestImage(Match),
}

impl HostFacts {
    /// Puts together what a snapshot holds of a node; `None` where no node was looked at from itself.
    pub(super) fn gather(snapshot: &Snapshot) -> Option<Self> {
        snapshot.wanted.on_node.as_ref()?;
        let what = HostQuestion::Processes.to_string();
        let is_part = snapshot.processes().value().is_some_and(|listed| !listed.complete);
        let hidden = is_part.then(|| Gap::new(&what, Why::Partial));
        let processes = looked(snapshot.processes(), &what)
            .map(|listed| listed.map_or_else(Vec::new, |listed| listed.items.clone()));
        let mut manifests = Vec::new();
        let mut unread = None;
        let mut paths = BTreeMap::new();
        for asked in &snapshot.asked {
            match &asked.question {
                Question::Host(HostQuestion::Manifests(folder)) => {
                    match looked(snapshot.manifests(folder), &format!("the manifests in {folder}")) {
                        Ok(Some(Manifests { pods, unreadable, complete })) => {
                            manifests.extend(pods.iter().cloned());
                            if !complete || !unreadable.is_empty() {
                                unread = Some(Gap::new(format!("the manifests in {folder}"), Why::Partial));
                            }
                        }
                        Ok(None) => {}
                        Err(gap) => unread = Some(gap),
                    }
                }
                Question::Host(HostQuestion::Path(path)) => {
                    paths.insert(path.clone(), snapshot.host_path(path).map(Clone::clone));
                }
                _ => {}
            }
        }
        Some(Self { processes, hidden, manifests, unread, paths })
    }

    /// The manifests of static pods that were read.
    #[must_use]
    pub fn manifests(&self) -> &[Manifest] {
        &self.manifests
    }

    /// The version of Kubernetes, by the tag of the API server's image.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        let program = Component::ApiServer.profile().program;
        self.manifests.iter().find_map(|manifest| manifest.container(program)?.tag())
    }

    fn processes(&self) -> Result<&[HostProcess], Gap> {
        self.processes.as_deref().map_err(Clone::clone)
    }

    /// Not among the processes that were seen: nothing, if all of them were.
    fn no_process(&self) -> Result<Option<Evidence>, Gap> {
        self.hidden.clone().map_or(Ok(None), Err)
    }

    /// Not among the manifests that were read: nothing, if all of them were.
    fn no_manifest(&self) -> Result<Option<Evidence>, Gap> {
        self.unread.clone().map_or(Ok(None), Err)
    }
}

impl HostSignal {
    /// Looks for the signal; `None` where it was looked for and is not there, or where no node is looked at from itself.
    pub(super) fn read(self, facts: &Facts) -> Result<Option<Evidence>, Gap> {
        let Some(host) = facts.host() else { return Ok(None) };
        match self {
            Self::Path(path) => {
                let seen = host.paths.get(path).cloned().unwrap_or(Observed::NotAsked);
                let found = looked(seen, path)?;
                Ok(found.map(|found| Evidence::in_file(&found.path, format!("{} exists", found.path))))
            }
            Self::Process(program, words) => {
                let mut runs = host.processes()?.iter().filter(|process| process.program == program);
                let Some(process) = runs.find(|process| words.holds(&process.command())) else {
                    return host.no_process();
                };
                let command = format!("{} {}", process.program, process.command());
                Ok(Some(in_process(process, format!("{} runs", command.trim_end()))))
            }
            Self::Flag(program, flag, value) => flagged(host, program, flag, value),
            Self::ManifestAnnotation(key, value) => {
                let is_meant =
                    |name: &str| if key.ends_with('/') { name.starts_with(key) } else { name == key };
                for manifest in &host.manifests {
                    let mut pairs = manifest.annotations.iter();
                    if let Some((name, _)) =
                        pairs.find(|(name, actual)| is_meant(name) && value.holds(actual))
                    {
                        return Ok(Some(Evidence::in_file(&manifest.file, format!("annotation {name}"))));
                    }
                }
                host.no_manifest()
            }
            Self::ManifestImage(image) => {
                for manifest in &host.manifests {
                    if let Some(container) = manifest.containers.iter().find(|it| image.holds(&it.image)) {
                        let claim = format!("image {}", container.image);
                        return Ok(Some(Evidence::in_file(&manifest.file, claim)));
                    }
                }
                host.no_manifest()
            }
        }
    }

    /// The path that must be asked for, where it is one.
    #[must_use]
    pub const fn path(self) -> Option<&'static str> {
        match self {
            Self::Path(path) => Some(path),
            _ => None,
        }
    }
}

fn flagged(host: &HostFacts, program: &str, flag: &str, value: Match) -> Result<Option<Evidence>, Gap> {
    let claim = |actual: &str| format!("--{flag}={actual} of {program}");
    let holds =
        |flags: &BTreeMap<String, String>| flags.get(flag).filter(|actual| value.holds(actual)).cloned();
    for manifest in &host.manifests {
        if let Some(actual) = manifest.container(program).and_then(|container| holds(&container.flags)) {
            return Ok(Some(Evidence::in_file(&manifest.file, claim(&actual))));
        }
    }
    for process in host.processes()?.iter().filter(|process| process.program == program) {
        if let Some(actual) = holds(&process.flags) {
            return Ok(Some(in_process(process, claim(&actual))));
        }
    }
    host.no_process()
}

/// Evidence that a component of the control plane is a static pod, by its manifest on the node.
pub(super) fn static_pod(facts: &Facts, component: Component) -> Result<Option<Evidence>, Gap> {
    let Some(host) = facts.host() else { return Ok(None) };
    let program = component.profile().program;
    let found = host.manifests.iter().find(|manifest| manifest.container(program).is_some());
    match found {
        Some(manifest) => {
            Ok(Some(Evidence::in_file(&manifest.file, format!("the manifest of a static pod of {program}"))))
        }
        None => host.no_manifest(),
    }
}

/// Evidence that the API server is a process of the node outside of any container, by itself or in a program that holds
/// the whole control plane.
pub(super) fn api_server_process(facts: &Facts) -> Result<Option<Evidence>, Gap> {
    let Some(host) = facts.host() else { return Ok(None) };
    let program = Component::ApiServer.profile().program;
    let found = host.processes()?.iter().find(|process| {
        // A part of the control plane alone says nothing of the API server.
        let is_part =
            process.program.starts_with("kube-") || ["etcd", "etcd-manager"].contains(&&*process.program);
        // What runs in a container has a mount namespace of its own; where that cannot be seen nothing is said.
        process.contained == Some(false) && (process.runs(program) || process.is_control_plane() && !is_part)
    });
    match found {
        Some(process) => {
            Ok(Some(in_process(process, format!("{} runs outside of any container", process.program))))
        }
        None => host.no_process(),
    }
}

fn in_process(process: &HostProcess, claim: String) -> Evidence {
    let locator = Locator::Process { program: process.program.clone(), pid: process.pid };
    Evidence { claim, locator }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        distributions::{Signal, detect::detect, place::Place},
        model::{
            answer::{Answer, Listed},
            host::{ManifestContainer, PathKind},
            snapshot::{Asked, Wanted},
        },
    };
    use jiff::Timestamp;

    fn snapshot(answers: Vec<(HostQuestion, Observed<Answer>)>) -> Snapshot {
        let wanted = Wanted { on_node: Some("/".to_owned()), ..Wanted::default() };
        let mut snapshot = Snapshot::empty(Timestamp::UNIX_EPOCH, wanted);
        snapshot.add(
            answers
                .into_iter()
                .map(|(question, answer)| Asked { question: Question::Host(question), answer }),
        );
        snapshot
    }

    fn process(program: &str, words: &[&str], contained: bool) -> HostProcess {
        HostProcess {
            program: program.to_owned(),
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            pid: 7,
            flags: [("config".to_owned(), "/x.yaml".to_owned())].into(),
            contained: Some(contained),
        }
    }

    fn processes(items: Vec<HostProcess>) -> (HostQuestion, Observed<Answer>) {
        (HostQuestion::Processes, Observed::Seen(Answer::Processes(Listed { items, complete: true })))
    }

    fn manifests(programs: &[&str], complete: bool) -> (HostQuestion, Observed<Answer>) {
        let pods = programs.iter().map(|program| Manifest {
            file: format!("/etc/kubernetes/manifests/{program}.yaml"),
            name: (*program).to_owned(),
            annotations: [("kubeadm.kubernetes.io/x".to_owned(), "y".to_owned())].into(),
            containers: vec![ManifestContainer {
                image: format!("registry.k8s.io/{program}:v1.36.2"),
                program: Some((*program).to_owned()),
                ..ManifestContainer::default()
            }],
            ..Manifest::default()
        });
        let manifests = Manifests { pods: pods.collect(), unreadable: Vec::new(), complete };
        (
            HostQuestion::Manifests("/etc/kubernetes/manifests".to_owned()),
            Observed::Seen(Answer::Manifests(manifests)),
        )
    }

    fn check(signal: HostSignal, answers: Vec<(HostQuestion, Observed<Answer>)>, expected: Option<&str>) {
        let read = Signal::Host(signal).read(&Facts::gather(&snapshot(answers))).unwrap();
        assert_eq!(read.map(|evidence| evidence.to_line()).as_deref(), expected, "{signal:?}");
    }

    #[test]
    fn every_host_signal_is_found_where_it_is_and_only_there() {
        let path = |answer| vec![(HostQuestion::Path("/etc/x*".to_owned()), answer)];
        let found = HostPath { path: "/etc/x1".to_owned(), kind: PathKind::Folder };
        let signal = HostSignal::Path("/etc/x*");
        check(signal, path(Observed::Seen(Answer::HostPath(found))), Some("/etc/x1 exists (/etc/x1)"));
        check(signal, path(Observed::Absent), None);

        let server = || vec![processes(vec![process("k3s", &["server"], false)])];
        check(
            HostSignal::Process("k3s", Match::Is("server")),
            server(),
            Some("k3s server runs (process 7 of k3s)"),
        );
        check(HostSignal::Process("k3s", Match::Any), server(), Some("k3s server runs (process 7 of k3s)"));
        check(HostSignal::Process("k3s", Match::Is("agent")), server(), None);
        check(
            HostSignal::Flag("k3s", "config", Match::Starts("/x")),
            server(),
            Some("--config=/x.yaml of k3s (process 7 of k3s)"),
        );

        let pods = || vec![manifests(&["kube-apiserver"], true)];
        let at = "/etc/kubernetes/manifests/kube-apiserver.yaml";
        check(
            HostSignal::ManifestAnnotation("kubeadm.kubernetes.io/", Match::Any),
            pods(),
            Some(&format!("annotation kubeadm.kubernetes.io/x ({at})")),
        );
        check(
            HostSignal::ManifestImage(Match::Contains("/kube-apiserver:")),
            pods(),
            Some(&format!("image registry.k8s.io/kube-apiserver:v1.36.2 ({at})")),
        );
        check(HostSignal::ManifestImage(Match::Starts("rancher/")), pods(), None);
    }

    #[test]
    fn what_was_not_looked_at_is_a_gap_and_what_is_no_node_is_none() {
        let part = Answer::Processes(Listed { items: Vec::new(), complete: false });
        let hidden = Facts::gather(&snapshot(vec![(HostQuestion::Processes, Observed::Seen(part))]));
        assert!(HostSignal::Process("k3s", Match::Any).read(&hidden).is_err());
        let facts = Facts::gather(&snapshot(vec![manifests(&[], false)]));
        for signal in [
            HostSignal::Path("/etc/x"),
            HostSignal::Process("k3s", Match::Any),
            HostSignal::ManifestImage(Match::Any),
        ] {
            assert!(signal.read(&facts).is_err(), "{signal:?}");
            let cluster = Facts::gather(&Snapshot::empty(Timestamp::UNIX_EPOCH, Wanted::default()));
            assert_eq!(signal.read(&cluster), Ok(None), "{signal:?}");
        }
    }

    #[test]
    fn the_place_is_known_by_manifests_or_by_processes_outside_of_containers() {
        let place = |answers| {
            let placed = detect(&Facts::gather(&snapshot(answers))).place;
            (placed.place, placed.certain)
        };
        let none = || processes(Vec::new());
        assert_eq!(place(vec![none(), manifests(&["kube-apiserver"], true)]), (Place::StaticPods, true));
        assert_eq!(place(vec![none(), manifests(&["etcd"], true)]), (Place::Unknown, false));
        let run = |program: &str, words: &[&str], contained| {
            place(vec![processes(vec![process(program, words, contained)]), manifests(&[], true)])
        };
        assert_eq!(run("kube-apiserver", &[], false), (Place::HostProcesses, true));
        assert_eq!(run("k3s", &["server"], false), (Place::HostProcesses, true));
        assert_eq!(run("kube-apiserver", &[], true), (Place::Unknown, false));
        assert_eq!(run("k3s", &["agent"], false), (Place::Unknown, false));
        assert_eq!(run("etcd", &[], false), (Place::Unknown, false));
    }

    #[test]
    fn takes_files_of_something_that_does_not_run_for_no_certainty() {
        let path = |path: &str| {
            let found = HostPath { path: path.to_owned(), kind: PathKind::File };
            (HostQuestion::Path(path.to_owned()), Observed::Seen(Answer::HostPath(found)))
        };
        let rke1 = || path("/etc/kubernetes/ssl/kubecfg-kube-node.yaml");
        let rke2 = || path("/var/lib/rancher/rke2/agent");
        let named = |answers| {
            let found = detect(&Facts::gather(&snapshot(answers)));
            let mark = if found.is_certain() { "!" } else { "?" };
            found.best().map(|best| format!("{}{mark}", best.distribution.id))
        };
        let kubelet = processes(vec![process("kubelet", &[], true)]);
        assert_eq!(named(vec![kubelet.clone(), rke1(), rke2()]).as_deref(), Some("rke1!"), "half installed");
        let supervisor = processes(vec![process("rke2", &["server"], false)]);
        assert_eq!(named(vec![supervisor, rke2()]).as_deref(), Some("rke2!"));
        assert_eq!(named(vec![processes(Vec::new()), rke2()]).as_deref(), Some("rke2?"));
        let server = processes(vec![process("k3s", &["server"], false)]);
        assert_eq!(named(vec![server, path("/var/lib/rancher/k3s")]).as_deref(), Some("k3s!"));
    }
}
