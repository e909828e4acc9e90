//! The real programs: where they are, and what a test does where they are not. It starts none.

use std::path::PathBuf;

/// One real program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Program {
    Etcd,
    ApiServer,
    ControllerManager,
    Scheduler,
    Kubeadm,
    Kubectl,
}

/// Which etcd: the one that was built with the others, or the one that Debian ships, older and built with an older Go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Generation {
    Built,
    Debian,
}

impl Program {
    pub(crate) const ALL: [Self; 6] =
        [Self::Etcd, Self::ApiServer, Self::ControllerManager, Self::Scheduler, Self::Kubeadm, Self::Kubectl];

    /// The four that make a control plane, in the order in which they start.
    pub(crate) const SERVERS: [Self; 4] =
        [Self::Etcd, Self::ApiServer, Self::ControllerManager, Self::Scheduler];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Etcd => "etcd",
            Self::ApiServer => "kube-apiserver",
            Self::ControllerManager => "kube-controller-manager",
            Self::Scheduler => "kube-scheduler",
            Self::Kubeadm => "kubeadm",
            Self::Kubectl => "kubectl",
        }
    }

    /// Where it is, once a test has asked whether it is there.
    pub(crate) fn path(self) -> PathBuf {
        PathBuf::from(std::env::var_os("KUBEBUILDER_ASSETS").unwrap()).join(self.name())
    }
}

impl Generation {
    pub(crate) fn path(self) -> PathBuf {
        match self {
            Self::Built => Program::Etcd.path(),
            Self::Debian => PathBuf::from("/usr/bin/etcd"),
        }
    }

    /// Whether this etcd is there, for one that is not among the assets.
    pub(crate) fn is_there(self, test: &str) -> bool {
        let is_there = self == Self::Built || self.path().is_file();
        if !is_there {
            assert!(
                std::env::var_os("CTLMON_REQUIRE_REAL").is_none(),
                "{test}: {} is required and missing",
                self.path().display()
            );
            println!("skipped: {test}: no {}", self.path().display());
        }
        is_there
    }
}

/// Whether the real programs are there; says by name that the test is skipped where they are not, unless CI demands them.
pub(crate) fn has_assets(test: &str) -> bool {
    let demanded = std::env::var_os("CTLMON_REQUIRE_REAL").is_some();
    let Some(folder) = std::env::var_os("KUBEBUILDER_ASSETS").filter(|folder| !folder.is_empty()) else {
        assert!(!demanded, "{test}: KUBEBUILDER_ASSETS is required and not set; see tests/real/assets/fetch");
        println!("skipped: {test}: no KUBEBUILDER_ASSETS");
        return false;
    };
    let folder = PathBuf::from(folder);
    let missing: Vec<_> =
        Program::ALL.map(Program::name).into_iter().filter(|name| !folder.join(name).is_file()).collect();
    if missing.is_empty() {
        return true;
    }
    let missing = missing.join(", ");
    assert!(!demanded, "{test}: {missing} required and missing in {}", folder.display());
    println!("skipped: {test}: no {missing} in KUBEBUILDER_ASSETS");
    false
}
