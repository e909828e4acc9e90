//! Clusters for the machine on one's desk that kubeadm sets up: minikube and Docker Desktop.

use super::{
    Clue, Distribution, Family, HostSignal, Layer,
    families::{OF_OUTER_CLUSTER, kubeadm},
    signal::{Match as M, Signal as S},
};

const RUNS: &str = "certified runs of the product";

const OUTER: Clue = Clue::against(OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one");

/// minikube.
pub static MINIKUBE: Distribution = Distribution {
    id: "minikube",
    name: "minikube",
    clues: &[
        Clue::decisive(
            S::NodeLabel("minikube.k8s.io/", M::Any),
            "written to every node since 1.6; certified runs",
        ),
        Clue::strong(
            S::All(&[
                S::OsImage(M::Starts("Buildroot")),
                S::Any(&[S::NodeName(M::Is("minikube")), S::NodeName(M::Is("m01"))]),
            ]),
            "older releases: its image, and the name of its machine",
        ),
        Clue::strong(S::Host(HostSignal::Path("/var/lib/minikube/certs")), "its certificates"),
        Clue::weak(S::OsImage(M::Starts("Buildroot")), "the kind of image that it is built with"),
        OUTER,
    ],
    exposure: kubeadm::exposure_of_minikube,
    explain: "minikube sets up one machine or a few with kubeadm and labels them minikube.k8s.io/*. Everything said of \
              kubeadm holds, but the API server listens on 8443 and the certificates lie in /var/lib/minikube/certs.",
    ..kubeadm::PRODUCT
};

/// Docker Desktop.
pub static DOCKER_DESKTOP: Distribution = Distribution {
    id: "docker-desktop",
    name: "Docker Desktop",
    families: &[Family::Kubeadm, Family::Kind],
    layer: Layer::Edition,
    clues: &[
        Clue::decisive(S::OsImage(M::Is("Docker Desktop")), RUNS),
        Clue::decisive(
            S::ProviderId(M::Starts("kind://docker/desktop/desktop-")),
            "its backend of several nodes, which is kind in a cluster named desktop",
        ),
        Clue::weak(S::NodeName(M::Is("docker-desktop")), "the name of its machine"),
        OUTER,
    ],
    variant: |facts| {
        let nodes = &facts.nodes().ok()?.items;
        let is_kind =
            nodes.iter().any(|node| node.provider_id.as_deref().is_some_and(|id| id.starts_with("kind://")));
        is_kind.then(|| "kind backend".to_owned())
    },
    explain: "Docker Desktop sets up Kubernetes with kubeadm in its virtual machine, or with kind in containers of it, and \
              everything said of kubeadm holds. It is known by its operating system, or by the name of kind's cluster.",
    ..kubeadm::PRODUCT
};
