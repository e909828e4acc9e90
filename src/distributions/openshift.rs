//! OpenShift 4 in its editions, by who runs the control plane, and what differs from it in more than that: MicroShift and
//! OpenShift 3.

use super::{
    Access, Clue, Distribution, Exposure, Facts, Family, HostSignal, Identity, Layer, Listener, PkiFiles,
    Reach,
    families::{API_SERVER, OF_OUTER_CLUSTER, cluster_agent, hosted, kubelet, openshift},
    signal::{Match as M, Signal as S},
};
use crate::model::component::Component;

/// The group of Red Hat's own operators in clusters that Red Hat manages.
const MANAGED: S = S::ApiGroup(M::Is("managed.openshift.io"));

/// The group of the cluster's configuration, which every OpenShift 4 serves.
const CONFIGURATION: S = S::ApiGroup(M::Is("config.openshift.io"));

const SYSTEM: S = S::NodeLabel("node.openshift.io/os_id", M::Any);

/// What the editions have in common.
const EDITION: Distribution = Distribution {
    id: "",
    name: "",
    families: &[Family::Openshift],
    layer: Layer::Edition,
    clues: &[],
    variant: |_| None,
    exposure: openshift::exposure,
    explain: "",
};

/// OpenShift 4.
pub static OPENSHIFT4: Distribution = Distribution {
    id: "openshift4",
    name: "OpenShift 4",
    layer: Layer::Product,
    clues: &[
        Clue::strong(SYSTEM, "written by its kubelets; certified runs"),
        Clue::strong(
            S::NodeAnnotation("machineconfiguration.openshift.io/", M::Any),
            "its machine configuration",
        ),
        Clue::strong(CONFIGURATION, "the configuration of the cluster"),
        Clue::weak(S::OsImage(M::Starts("Red Hat Enterprise Linux CoreOS")), "its system"),
        Clue::weak(S::Runtime(M::Contains(".rhaos4.")), "its builds of the runtime"),
        Clue::strong(
            S::Host(HostSignal::Process("hypershift", M::Starts("openshift-kube-"))),
            "the program of its static pods in the first releases",
        ),
        Clue::against(OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
    ],
    variant: |facts: &Facts| {
        let groups = facts.groups().ok()?;
        let is_managed = groups.iter().any(|group| group.starts_with("managed.openshift.io/"));
        is_managed.then(|| "managed by Red Hat".to_owned())
    },
    explain: "OpenShift 4 is known by the label node.openshift.io/os_id of its nodes together with its API groups. Its \
              control plane runs as static pods in namespaces of their own, each behind a Service.\n\
              \n\
              kube-controller-manager and kube-scheduler answer whoever may read the path. etcd's metrics are on 9979, for \
              holders of a certificate of a CA for metrics alone: it lies in a Secret of etcd's operator since 4.14, and \
              has to be copied again whenever it is renewed. Where Red Hat manages the cluster, the pods are there as \
              well, and webhooks restrict what may be done near them.",
    ..EDITION
};

/// OpenShift Dedicated.
pub static OSD: Distribution = Distribution {
    id: "osd",
    name: "OpenShift Dedicated",
    clues: &[
        Clue::decisive(
            S::All(&[MANAGED, S::ProviderId(M::Starts("gce://"))]),
            "certified runs; of Red Hat's products it is the one on Google's cloud",
        ),
        Clue::strong(
            S::All(&[MANAGED, S::ProviderId(M::Starts("aws:///"))]),
            "certified runs on Amazon's cloud, where another product of Red Hat's shows the same",
        ),
        Clue::against(OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
    ],
    explain: "OpenShift Dedicated is OpenShift 4 that Red Hat manages on Google's or Amazon's cloud; the API groups of Red \
              Hat's own operators tell. On Amazon's cloud nothing that detection reads sets it apart from ROSA. What \
              OpenShift 4 exposes is there in the same way.",
    ..EDITION
};

/// Red Hat OpenShift Service on AWS, classic.
pub static ROSA: Distribution = Distribution {
    id: "rosa",
    name: "ROSA (classic)",
    clues: &[
        Clue::strong(
            S::All(&[MANAGED, S::ProviderId(M::Starts("aws:///"))]),
            "the tag red-hat-clustertype of the infrastructure tells it from OpenShift Dedicated, and is not read",
        ),
        Clue::against(OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
    ],
    explain: "ROSA classic is OpenShift 4 that Red Hat manages on Amazon's cloud. What sets it apart from OpenShift \
              Dedicated is a tag of the infrastructure that detection does not read, and both expose the same. ROSA with a \
              hosted control plane is a guest of HyperShift.",
    ..EDITION
};

/// Azure Red Hat OpenShift.
pub static ARO: Distribution = Distribution {
    id: "aro",
    name: "Azure Red Hat OpenShift",
    clues: &[
        Clue::decisive(
            S::ApiGroup(M::Is("aro.openshift.io")),
            "Azure/ARO-RP, its operator; not seen on a cluster",
        ),
        Clue::against(OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
    ],
    explain: "ARO is OpenShift 4 that Microsoft and Red Hat manage on Azure; the API group of its operator, \
              aro.openshift.io, tells. The control plane runs as static pods of nodes in the cluster, and what OpenShift 4 \
              exposes is there in the same way.",
    ..EDITION
};

/// Red Hat OpenShift on IBM Cloud.
pub static ROKS: Distribution = Distribution {
    id: "roks",
    name: "Red Hat OpenShift on IBM Cloud",
    clues: &[
        Clue::decisive(
            S::NodeLabel("ibm-cloud.kubernetes.io/worker-version", M::Ends("_openshift")),
            "certified runs of the product, 1.16 to 1.26",
        ),
        Clue::strong(
            S::All(&[SYSTEM, S::NodeLabel("ibm-cloud.kubernetes.io/worker-pool-id", M::Any)]),
            "the same",
        ),
        Clue::against(OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
    ],
    exposure: openshift::hosted_exposure,
    explain: "ROKS is OpenShift 4 whose control plane IBM runs. Every worker is labelled as master and worker, which says \
              nothing of where the control plane is: no pod of it is in the cluster. The worker version ends in \
              _openshift.\n\
              \n\
              The API server alone can be monitored. The namespaces of the other components exist, and are empty.",
    ..EDITION
};

/// A guest of `HyperShift`.
pub static HYPERSHIFT: Distribution = Distribution {
    id: "hypershift",
    name: "OpenShift with a hosted control plane (HyperShift)",
    clues: &[
        Clue::decisive(
            S::Any(&[
                S::NodeLabel("hypershift.openshift.io/nodePool", M::Any),
                S::NodeAnnotation("hypershift.openshift.io/nodePool", M::Any),
            ]),
            "openshift/hypershift, its controller of nodes; not seen on a cluster",
        ),
        Clue::against(OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
    ],
    exposure: openshift::hosted_exposure,
    explain: "HyperShift, also as ROSA and ARO with a hosted control plane, runs the control plane of OpenShift 4 as pods \
              of a management cluster. Nodes of the guest name their node pool in a label.\n\
              \n\
              The API server alone can be monitored from the guest. The namespaces of the other components exist, and are \
              empty.",
    ..EDITION
};

/// MicroShift.
pub static MICROSHIFT: Distribution = Distribution {
    id: "microshift",
    name: "MicroShift",
    layer: Layer::Product,
    clues: &[
        Clue::decisive(
            S::All(&[
                S::ApiGroup(M::Is("route.openshift.io")),
                S::ConfigMap("kube-public", "microshift-version"),
            ]),
            "openshift/microshift assets/version; asked for where routes are served without a configuration",
        ),
        Clue::strong(S::ApiGroup(M::Is("route.openshift.io")), "it serves routes and security alone"),
        Clue::strong(S::Host(HostSignal::Process("microshift", M::Any)), "its program"),
        Clue::strong(S::Host(HostSignal::Path("/var/lib/microshift")), "its folder"),
        Clue::against(CONFIGURATION, "the whole of OpenShift has a configuration, which it has not"),
        Clue::against(OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
    ],
    exposure: of_microshift,
    explain: "MicroShift runs the control plane of OpenShift in one process of a single machine, and serves routes and \
              security of its API groups alone. A ConfigMap in kube-public names its version.\n\
              \n\
              Its etcd listens on 2379, and on 2381 of the node's address for metrics, with TLS.",
    ..EDITION
};

/// OpenShift 3.
pub static OPENSHIFT3: Distribution = Distribution {
    id: "openshift3",
    name: "OpenShift 3",
    layer: Layer::Product,
    clues: &[
        Clue::strong(S::ApiGroup(M::Is("project.openshift.io")), "OpenShift 4 serves it too"),
        Clue::strong(
            S::Any(&[
                S::ServerVersion(M::Starts("v1.11.0+")),
                S::ServerVersion(M::Starts("v1.10.0+")),
                S::ServerVersion(M::Starts("v1.9.1+")),
                S::ServerVersion(M::Starts("v1.7.6+")),
                S::ServerVersion(M::Starts("v1.6.1+")),
            ]),
            "the releases of Kubernetes that 3.6 to 3.11 carry, with their build's hash",
        ),
        Clue::strong(
            S::Host(HostSignal::Process("openshift", M::Starts("start"))),
            "its program, as master and as node",
        ),
        Clue::strong(
            S::Host(HostSignal::Path("/etc/origin/master/master-config.yaml")),
            "kube-bench, cfg/config.yaml",
        ),
        Clue::against(CONFIGURATION, "OpenShift 4 has it"),
        Clue::against(SYSTEM, "written by kubelets of OpenShift 4"),
        Clue::against(OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
    ],
    exposure: of_openshift3,
    explain: "OpenShift 3 is known by its API groups without that of a configuration, and by the old releases of \
              Kubernetes in it. Controller manager and scheduler are one program behind the Service kube-controllers of \
              kube-system, etcd is behind a Service there; annotations on these are undone by their owners, so that copies \
              of them carry the annotations.\n\
              \n\
              etcd wants a certificate from /etc/etcd of a master, and whoever collects it must run there.",
    ..EDITION
};

/// Source: openshift/microshift `etcd/cmd/microshift-etcd`.
fn of_microshift(component: Component, _: &Identity) -> Exposure {
    static ETCD: [Listener; 2] = [
        Listener::standard(Component::Etcd, Reach::Network, Access::Certificate(FILES)).on(2381),
        Listener::standard(Component::Etcd, Reach::Network, Access::Certificate(FILES)),
    ];
    const FILES: PkiFiles = PkiFiles {
        authority: "/var/lib/microshift/certs/etcd-signer/ca.crt",
        certificate: "/var/lib/microshift/certs/etcd-signer/apiserver-etcd-client/client.crt",
        key: "/var/lib/microshift/certs/etcd-signer/apiserver-etcd-client/client.key",
    };
    match component {
        Component::Etcd => Exposure::HostProcess { beside: None, listeners: &ETCD },
        _ => hosted::unsourced(component),
    }
}

/// Source: Datadog's page on control planes; openshift/openshift-ansible release-3.11, `roles/etcd`.
fn of_openshift3(component: Component, _: &Identity) -> Exposure {
    const FILES: PkiFiles = PkiFiles {
        authority: "/etc/etcd/ca.crt",
        certificate: "/etc/etcd/server.crt",
        key: "/etc/etcd/server.key",
    };
    /// The port of the program that is controller manager and scheduler in one.
    const PORT: u16 = 8444;
    static ETCD: [Listener; 1] =
        [Listener::standard(Component::Etcd, Reach::Network, Access::Certificate(FILES))];
    static CONTROLLERS: [Listener; 1] =
        [Listener::standard(Component::ControllerManager, Reach::Network, Access::Account).on(PORT)];
    let behind = |service, listeners| Exposure::Endpoints {
        namespace: "kube-system",
        service,
        port_name: "",
        listeners,
    };
    match component {
        Component::ApiServer => API_SERVER,
        Component::Etcd => behind("etcd", &ETCD),
        Component::ControllerManager | Component::Scheduler => behind("kube-controllers", &CONTROLLERS),
        Component::Kubelet => kubelet(),
        Component::ClusterAgent => cluster_agent(),
    }
}
