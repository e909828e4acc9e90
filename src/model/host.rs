//! What a node shows of itself without any API: what is asked of it, and the slim facts that are kept. Nothing here looks.
//!
//! A command line may carry secrets, so of a process its known name, its known words and allow-listed flags are kept; a
//! private key is kept as the hash of its public half.

use super::{
    answer::{Der, KeyFacts},
    observed::{Gap, Observed, Why},
    workload::Mount,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, net::IpAddr};

/// One thing to ask of the node that ctlmon runs on. Paths are those of the node, wherever its root is mounted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostQuestion {
    /// Which of the programs in [`PROGRAMS`] run.
    Processes,
    /// Who listens on which TCP port.
    Sockets,
    /// The manifests of static pods in a folder.
    Manifests(String),
    /// Whether there is anything at a path, of which the last part may hold one `*`.
    Path(String),
    /// What is in a file: certificates, a private key, a kubeconfig, a kubelet's configuration.
    File(String),
}

/// A program that runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HostProcess {
    /// Its name, which is one of [`PROGRAMS`].
    pub program: String,
    /// The words that follow its name, as far as they are among [`WORDS`], such as `server` of `k3s server`.
    pub words: Vec<String>,
    /// The process id.
    pub pid: u32,
    /// Its flags, without dashes; values only of those that are known to be harmless.
    pub flags: BTreeMap<String, String>,
    /// Whether it has a mount namespace of its own, as in a container; `None` where that could not be seen.
    pub contained: Option<bool>,
}

/// A TCP socket that listens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HostSocket {
    /// The port.
    pub port: u16,
    /// The address; unspecified where it listens on all of them.
    pub address: IpAddr,
    /// Whose it is, where it belongs to one of the programs that are looked for.
    pub pid: Option<u32>,
}

/// The manifests in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifests {
    /// The pods, sorted by file.
    pub pods: Vec<Manifest>,
    /// Files that could not be read or hold no pod, with the reason.
    pub unreadable: Vec<(String, String)>,
    /// Whether that is all of them.
    pub complete: bool,
}

/// The manifest of a static pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The file.
    pub file: String,
    /// The pod's name.
    pub name: String,
    /// Its annotations; values only of those whose meaning is known.
    pub annotations: BTreeMap<String, String>,
    /// Its containers.
    pub containers: Vec<ManifestContainer>,
    /// Its volumes that are paths of the node, by name.
    pub host_paths: BTreeMap<String, String>,
}

/// A container of a static pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestContainer {
    /// Its name.
    pub name: String,
    /// Its image.
    pub image: String,
    /// The program that its command line starts, where it is one of [`PROGRAMS`], whatever stands before it.
    pub program: Option<String>,
    /// Whether that program is the first word, so that the flags are its own and no wrapper's.
    pub direct: bool,
    /// Its flags, without dashes; values only of those that are known to be harmless.
    pub flags: BTreeMap<String, String>,
    /// Where its volumes are mounted.
    pub mounts: Vec<Mount>,
}

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostPath {
    /// The path, with the name that stood for `*`.
    pub path: String,
    /// What it is, once links are followed.
    pub kind: PathKind,
}

/// What there is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PathKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A socket, a pipe, a device.
    Other,
}

/// A file with what is kept of its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostFile {
    /// The permission bits of the file that links lead to.
    pub mode: u32,
    /// Its owner.
    pub owner: u32,
    /// Its group.
    pub group: u32,
    /// Whether every account may pass through the folders above it.
    pub reachable: bool,
    /// What is kept of its content.
    pub content: FileContent,
}

/// What is kept of a file's content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileContent {
    /// PEM certificates, a private key, or both.
    Pem {
        /// The certificates in the order of the file.
        chain: Vec<Der>,
        /// Of the first private key.
        key: Option<KeyFacts>,
    },
    /// A kubeconfig.
    Kubeconfig {
        /// The client certificates embedded in it.
        chain: Vec<Der>,
        /// Whether a private key or a token is embedded in it.
        secret: bool,
        /// The files that it names: certificates and keys.
        files: Vec<String>,
    },
    /// A kubelet's configuration.
    KubeletConfig {
        /// `staticPodPath`.
        static_pods: Option<String>,
        /// `port`.
        port: Option<u16>,
        /// The files that it names.
        files: Vec<String>,
    },
    /// A folder.
    Folder,
    /// Anything else: nothing of it is kept.
    Other,
}

/// The programs that are looked for among the processes: those of control planes, and what tells who set them up.
///
/// Of every other process not even the name is kept.
pub const PROGRAMS: [&str; 40] = [
    "apiserver-network-proxy",
    "cloud-controller-manager",
    "cri-dockerd",
    "crio",
    "containerd",
    "dns-controller",
    "dockerd",
    "etcd",
    "etcd-manager",
    "hyperkube",
    "hypershift",
    "k0s",
    "k3d",
    "k3s",
    "k3s-agent",
    "k3s-server",
    "k8s-dqlite",
    "kine",
    "kops-controller",
    "konnectivity-server",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-proxy",
    "kube-scheduler",
    "kube-vip",
    "kubelet",
    "kubelite",
    "kubernetes",
    "machined",
    "microshift",
    "minikube",
    "nodeup",
    "openshift",
    "origin",
    "protokube",
    "pushprox-client",
    "rancher",
    "rke2",
    "snapd",
    "vcluster",
];

/// The words that may follow a program's name and tell what it does.
pub const WORDS: [&str; 20] = [
    "agent",
    "api",
    "apiserver",
    "controller",
    "controller-manager",
    "controllers",
    "daemon",
    "etcd",
    "kubelet",
    "master",
    "network",
    "node",
    "openshift-kube-apiserver",
    "openshift-kube-controller-manager",
    "proxy",
    "run",
    "scheduler",
    "server",
    "start",
    "worker",
];

/// The programs that are, or hold, a control plane: name, and how the words after it begin.
///
/// Source: the process names by which kube-bench and the distributions' own units know their control planes.
const CONTROL_PLANES: [(&str, &str); 15] = [
    ("etcd", ""),
    ("etcd-manager", ""),
    ("hyperkube", "apiserver"),
    ("hyperkube", "controller-manager"),
    ("hypershift", "openshift-kube-apiserver"),
    ("k0s", "controller"),
    ("k3s", "server"),
    ("k3s-server", ""),
    ("kube-apiserver", ""),
    ("kube-controller-manager", ""),
    ("kube-scheduler", ""),
    ("kubelite", ""),
    ("microshift", "run"),
    ("openshift", "start master"),
    ("rke2", "server"),
];

impl fmt::Display for HostQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Processes => f.write_str("the processes of this node"),
            Self::Sockets => f.write_str("the sockets of this node"),
            Self::Manifests(folder) => write!(f, "the manifests in {folder}"),
            Self::Path(path) => write!(f, "whether there is {path}"),
            Self::File(path) => f.write_str(path),
        }
    }
}

impl HostProcess {
    /// The known words after its name, in one text.
    #[must_use]
    pub fn command(&self) -> String {
        self.words.join(" ")
    }

    /// Whether it is a part of a control plane.
    #[must_use]
    pub fn is_control_plane(&self) -> bool {
        let command = self.command();
        CONTROL_PLANES.iter().any(|(program, words)| self.program == *program && command.starts_with(words))
    }

    /// Whether it runs a program, by itself or as one of those that `hyperkube` was.
    #[must_use]
    pub fn runs(&self, program: &str) -> bool {
        self.program == program
            || (self.program == "hyperkube"
                && self
                    .words
                    .first()
                    .is_some_and(|word| program.strip_prefix("kube-").unwrap_or(program) == word))
    }
}

impl Manifest {
    /// The container that runs a program, by its command line, or where that hides it by the name of its image.
    #[must_use]
    pub fn container(&self, program: &str) -> Option<&ManifestContainer> {
        self.containers.iter().find(|container| container.program.as_deref() == Some(program)).or_else(|| {
            self.containers
                .iter()
                .find(|container| container.program.is_none() && container.short_image() == program)
        })
    }

    /// The node's path of a path in a container: through the mount that holds it, the longest of them.
    ///
    /// `None` where the path lies in the image or in a volume that is no path of the node.
    #[must_use]
    pub fn host_path(&self, container: &ManifestContainer, path: &str) -> Option<String> {
        let within = |mount: &&Mount| inside(&mount.path, path).is_some();
        let mount = container.mounts.iter().filter(within).max_by_key(|mount| mount.path.len())?;
        let mut host = self.host_paths.get(&mount.volume)?.trim_end_matches('/').to_owned();
        for part in [mount.sub_path.as_deref().unwrap_or_default(), inside(&mount.path, path)?] {
            let part = part.trim_matches('/');
            if !part.is_empty() {
                host.push('/');
                host.push_str(part);
            }
        }
        Some(host)
    }
}

/// What is left of a path below a folder; empty where it is the folder itself.
fn inside<'a>(folder: &str, path: &'a str) -> Option<&'a str> {
    let rest = path.strip_prefix(folder.trim_end_matches('/'))?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

impl ManifestContainer {
    /// The last part of its image, without tag and digest.
    #[must_use]
    pub fn short_image(&self) -> &str {
        super::facts::short_image(&self.image)
    }

    /// The tag of its image.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        let name = self.image.split('@').next()?;
        name.rsplit('/').next()?.split_once(':').map(|(_, tag)| tag)
    }
}

impl HostFile {
    /// The certificates in it, as its own or embedded.
    #[must_use]
    pub fn chain(&self) -> &[Der] {
        match &self.content {
            FileContent::Pem { chain, .. } | FileContent::Kubeconfig { chain, .. } => chain,
            FileContent::KubeletConfig { .. } | FileContent::Folder | FileContent::Other => &[],
        }
    }

    /// Whether it holds what nobody else may read: a private key, or a kubeconfig's key or token.
    #[must_use]
    pub const fn holds_secret(&self) -> bool {
        match &self.content {
            FileContent::Pem { key, .. } => key.is_some(),
            FileContent::Kubeconfig { secret, .. } => *secret,
            FileContent::KubeletConfig { .. } | FileContent::Folder | FileContent::Other => false,
        }
    }
}

/// Why a part of the node was not seen. A place that was looked at and is empty is no gap.
///
/// # Errors
/// The gap, for everything that is neither seen nor absent.
pub fn looked<T>(answer: Observed<T>, what: &str) -> Result<Option<T>, Gap> {
    match answer {
        Observed::Seen(value) => Ok(Some(value)),
        Observed::Absent => Ok(None),
        Observed::Denied(denial) => Err(Gap::new(what, Why::Denied(denial.permission))),
        Observed::Failed(failure) => Err(Gap::new(what, Why::Failed(failure.to_string()))),
        Observed::NotAsked => Err(Gap::new(what, Why::NotAsked)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let mount = |volume: &str, path: &str, sub: Option<&str>| Mount {
            volume: volume.to_owned(),
            path: path.to_owned(),
            sub_path: sub.map(str::to_owned),
        };
        let container = ManifestContainer {
            name: "a".to_owned(),
            image: "registry:5000/etcd:3.6.8-0@sha256:00".to_owned(),
            mounts: vec![
                mount("pki", "/etc/kubernetes/pki", None),
                mount("etcd", "/etc/kubernetes/pki/etcd/", None),
                mount("part", "/part", Some("one/two")),
                mount("file", "/etc/scheduler.conf", None),
                mount("memory", "/run/memory", None),
            ],
            ..ManifestContainer::default()
        };
        let paths =
            [("pki", "/srv/pki"), ("etcd", "/srv/etcd/"), ("part", "/srv/part"), ("file", "/srv/s.conf")];
        Manifest {
            containers: vec![container],
            host_paths: paths.map(|(name, path)| (name.to_owned(), path.to_owned())).into(),
            ..Manifest::default()
        }
    }

    #[test]
    fn a_path_in_a_container_is_followed_through_the_longest_mount() {
        let manifest = manifest();
        let check = |path: &str, expected: Option<&str>| {
            assert_eq!(manifest.host_path(&manifest.containers[0], path).as_deref(), expected, "{path}");
        };
        check("/etc/kubernetes/pki/ca.crt", Some("/srv/pki/ca.crt"));
        check("/etc/kubernetes/pki/etcd/ca.crt", Some("/srv/etcd/ca.crt"));
        check("/etc/kubernetes/pki", Some("/srv/pki"));
        check("/etc/kubernetes/pki2/ca.crt", None);
        check("/part/x", Some("/srv/part/one/two/x"));
        check("/etc/scheduler.conf", Some("/srv/s.conf"));
        check("/run/memory/x", None);
        check("/in/the/image", None);
    }

    #[test]
    fn an_image_has_a_name_and_a_tag_whatever_stands_around_them() {
        let container = &manifest().containers[0];
        assert_eq!((container.short_image(), container.tag()), ("etcd", Some("3.6.8-0")));
        let bare =
            ManifestContainer { image: "registry:5000/etcd".to_owned(), ..ManifestContainer::default() };
        assert_eq!((bare.short_image(), bare.tag()), ("etcd", None));
    }

    #[test]
    fn a_control_plane_is_known_by_its_programs_and_their_words() {
        let check = |program: &str, words: &str, expected: bool| {
            let process = HostProcess {
                program: program.to_owned(),
                words: words.split_whitespace().map(str::to_owned).collect(),
                ..HostProcess::default()
            };
            assert_eq!(process.is_control_plane(), expected, "{program} {words}");
        };
        check("kube-apiserver", "", true);
        check("k3s", "server", true);
        check("k3s", "agent", false);
        check("openshift", "start master api", true);
        check("openshift", "start node", false);
        check("kubelet", "", false);
        check("containerd", "", false);
    }
}
