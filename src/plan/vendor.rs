//! What Datadog's agents, chart and operator already do by themselves, so that it is not written a second time. It is keyed
//! by how a component is reached, and knows no distribution.

use super::{Platform, choices::Version, parts::Switch};
use crate::{
    distributions::{Access, Distribution, Exposure, Family, Listener},
    model::component::Component,
};

/// Whether an agent beside this container collects it without being told: its template matches the container by the short
/// name of the image, and one of the addresses that it tries is the listener's.
///
/// Source: integrations-core, `auto_conf.yaml` of the four checks, and pull requests 9573 to 9577. That of etcd asks
/// `http://localhost:2379/metrics`, where no etcd of today answers.
pub(super) fn is_packaged(component: Component, image: &str, listener: &Listener) -> bool {
    let ports: &[u16] = match component {
        Component::ApiServer => &[6443, 8443],
        Component::ControllerManager => &[10257, 10252],
        Component::Scheduler => &[10259, 10251],
        Component::Etcd | Component::Kubelet | Component::ClusterAgent => &[],
    };
    image == component.profile().program
        && ports.contains(&listener.port)
        && matches!(listener.access, Access::Account | Access::Everybody)
}

/// Whether agents have a template for the containers of this image, whether or not it works.
pub(super) fn has_template(component: Component, image: &str) -> bool {
    image == component.profile().program
        && matches!(
            component,
            Component::ApiServer | Component::ControllerManager | Component::Scheduler | Component::Etcd
        )
}

const EKS: Switch =
    Switch { provider: "eks", annotation: "eks", chart: Version(3, 152, 0), operator: Version(1, 29, 0) };

/// The operator reads the product off the text before the first dash, and takes no text without one; the page that allows
/// plain `openshift` is wrong.
const OPENSHIFT: Switch = Switch {
    provider: "openshift",
    annotation: "openshift-rhcos",
    chart: Version(3, 152, 0),
    operator: Version(1, 29, 0),
};

/// The switch of chart and operator that configures this component and its siblings; `None` where there is none.
///
/// Source: `_helpers.tpl` of chart 3.240.0 and `feature/controlplanemonitoring/configmap.go` of the operator.
pub(super) fn switch(exposure: &Exposure, listener: &Listener) -> Option<Switch> {
    match (exposure, listener.access) {
        (Exposure::ThroughApi { .. }, Access::Resource { group: "metrics.eks.amazonaws.com", .. }) => {
            Some(EKS)
        }
        (Exposure::Endpoints { namespace: "openshift-etcd", .. }, Access::SecretCertificate(secret))
            if secret.name == "etcd-metric-client" =>
        {
            Some(OPENSHIFT)
        }
        (
            Exposure::Endpoints {
                namespace: "openshift-kube-controller-manager" | "openshift-kube-scheduler",
                ..
            },
            Access::Account,
        ) => Some(OPENSHIFT),
        _ => None,
    }
}

/// A Service that is made of what matters of another.
pub(super) struct Copied {
    pub(super) name: &'static str,
    pub(super) selector: &'static [(&'static str, &'static str)],
}

/// The Service that bears annotations in place of one whose owner takes them off again; `None` where they stay.
///
/// Source: openshift/cluster-monitoring-operator at 3.11, which makes both; openshift-ansible's labels of their pods. The
/// names are those of the vendor's page.
pub(super) fn copied(namespace: &str, service: &str) -> Option<Copied> {
    const CONTROL_PLANE: (&str, &str) = ("openshift.io/control-plane", "true");
    match (namespace, service) {
        ("kube-system", "etcd") => {
            Some(Copied { name: "etcd-copy", selector: &[("openshift.io/component", "etcd"), CONTROL_PLANE] })
        }
        ("kube-system", "kube-controllers") => Some(Copied {
            name: "kube-controllers-copy",
            selector: &[("openshift.io/component", "controllers"), CONTROL_PLANE],
        }),
        _ => None,
    }
}

/// The chart since which it brings the operator along, so that the operator can be told something or left out.
///
/// Source: the chart's `requirements.yaml`.
const CHART_WITH_OPERATOR: Version = Version(3, 157, 0);

/// Whether this chart brings the operator along.
pub(super) fn brings_operator(chart: Version) -> bool {
    chart >= CHART_WITH_OPERATOR
}

/// The operator since which the product's control plane is collected by itself; before, its definition has no field that
/// would keep it from that.
const OPERATOR_WITH_NATIVE: Version = Version(1, 18, 0);

/// Whether this operator can be kept from collecting a product's control plane by itself.
pub(super) fn has_native(operator: Version) -> bool {
    operator >= OPERATOR_WITH_NATIVE
}

/// What chart and operator must be told of this platform; `None` nearly everywhere.
///
/// Source: the chart's `providers`: on Talos it leaves out paths that such nodes do not have; on Autopilot it leaves out
/// everything that the platform's admission refuses.
pub(super) fn platform(distribution: &Distribution) -> Option<Platform> {
    const TALOS: Platform = Platform {
        provider: &["talos", "enabled"],
        chart: Version(3, 83, 0),
        annotation: None,
        asks_kubelets_through_api: false,
    };
    const AUTOPILOT: Platform = Platform {
        provider: &["gke", "autopilot"],
        chart: Version(3, 113, 0),
        annotation: Some("gke-autopilot"),
        asks_kubelets_through_api: true,
    };
    // The vendor's own name for the product is all that tells it from its sibling: both lend the same ways.
    match distribution.id {
        "gke-autopilot" => Some(AUTOPILOT),
        _ => distribution.families.contains(&Family::Talos).then_some(TALOS),
    }
}
