//! How a component lets an agent reach it: the types that every distribution's table is made of, and that configuration is
//! generated from. Nothing here knows a distribution.

use crate::model::{component::Component, question::Scheme};

/// How a distribution lets an agent reach a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposure {
    /// A pod that shares its node's network: an agent on the same node finds its container by the image.
    HostNetworkPod {
        /// The short name of its image, by which agents find its containers.
        image: &'static str,
        /// Where it listens.
        listeners: &'static [Listener],
    },
    /// A program of the node, outside of any pod: no container tells an agent of it.
    HostProcess {
        /// The short name of an image that runs on the same nodes and stands in for it; `None` where there is none, so
        /// that a `DaemonSet` that only pauses must be made.
        beside: Option<&'static str>,
        /// Where it listens.
        listeners: &'static [Listener],
    },
    /// A pod with an address of its own.
    Pod {
        /// The short name of its image.
        image: &'static str,
        /// Where it listens.
        listeners: &'static [Listener],
    },
    /// The addresses behind a Service.
    Endpoints {
        /// The Service's namespace.
        namespace: &'static str,
        /// The Service's name.
        service: &'static str,
        /// The port's name where the Service has several, else nothing.
        port_name: &'static str,
        /// Where they listen.
        listeners: &'static [Listener],
    },
    /// Paths of the API server that answer for a hosted component.
    ThroughApi {
        /// The paths, at the addresses behind the Service `default/kubernetes`.
        listeners: &'static [Listener],
    },
    /// Pods of somebody else's monitoring that run where the component runs, and can be found where it cannot.
    Relay {
        /// Their namespace.
        namespace: &'static str,
        /// A label selector for them.
        pods: &'static str,
        /// The name of the headless Service that is to be made in front of them.
        service: &'static str,
        /// Where the component itself listens, on the address of these pods.
        listeners: &'static [Listener],
    },
    /// Beside every pod, in a sidecar, since its node takes no agent of its own.
    Sidecar {
        /// Where it listens.
        listeners: &'static [Listener],
    },
    /// It cannot be reached.
    Hidden {
        /// Why not, as a clause.
        reason: &'static str,
        /// What the vendor offers instead, as a clause.
        instead: Option<&'static str>,
    },
}

/// One place where a component serves metrics.
///
/// Those of one instance are alternatives, the one that needs the least first; each instance wants one of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listener {
    /// Which of several instances on one node it belongs to, such as `events`; empty where there is one.
    pub instance: &'static str,
    /// TLS or not.
    pub scheme: Scheme,
    /// The port.
    pub port: u16,
    /// The path.
    pub path: &'static str,
    /// Who gets a connection.
    pub reach: Reach,
    /// Who gets an answer.
    pub access: Access,
    /// What the header Accept must say; `None` where an agent's own default will do.
    pub accept: Option<&'static str>,
    /// What must be set before it listens so; `None` where it does by default.
    pub setting: Option<Setting>,
    /// The releases of Kubernetes that have it.
    pub minors: Minors,
}

/// Who gets a connection to a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Only programs in the network of the same node or pod: it listens on a loopback address.
    Loopback,
    /// Whoever has a route to the address of the node or pod.
    Network,
}

/// Who gets an answer from a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody who gets a connection.
    Everybody,
    /// Accounts with the right to read the path, by their token.
    Account,
    /// Accounts with the right to get this resource, by their token.
    Resource {
        /// Its API group.
        group: &'static str,
        /// Its name.
        resource: &'static str,
    },
    /// Holders of a client certificate of the component's own CA.
    Certificate(PkiFiles),
    /// Holders of a client certificate that lies in a Secret of the cluster.
    SecretCertificate(PkiSecret),
    /// Holders of a token that the component was given.
    SharedToken,
}

/// Files of the node that open a listener.
///
/// `{address}` in a name stands for the node's address with dashes for dots, `{host}` for its host name: such files
/// have another name on every node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PkiFiles {
    /// The CA of the serving certificate.
    pub authority: &'static str,
    /// A client certificate that the installer leaves there.
    pub certificate: &'static str,
    /// Its private key.
    pub key: &'static str,
}

/// A Secret that opens a listener; it must be copied to where the agents are, and again after each rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PkiSecret {
    /// Its namespace.
    pub namespace: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The key of its client certificate.
    pub certificate: &'static str,
    /// The key of its private key.
    pub key: &'static str,
    /// The `ConfigMap` beside it that holds the CA of the serving certificate; empty where there is none.
    pub authority: &'static str,
}

/// What an administrator has to set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Where: a file, an object or a command.
    pub place: &'static str,
    /// What to write there.
    pub text: &'static str,
}

/// Releases of Kubernetes 1, from the first to the last that is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minors {
    /// The first.
    pub first: u16,
    /// The last.
    pub last: u16,
}

impl Minors {
    /// All of them.
    pub const ALL: Self = Self { first: 0, last: u16::MAX };

    /// Those from one on.
    #[must_use]
    pub const fn since(first: u16) -> Self {
        Self { first, last: u16::MAX }
    }

    /// Those before one.
    #[must_use]
    pub const fn before(end: u16) -> Self {
        Self { first: 0, last: end - 1 }
    }

    /// Whether one is among them.
    #[must_use]
    pub const fn holds(self, minor: u16) -> bool {
        self.first <= minor && minor <= self.last
    }
}

impl Listener {
    /// The listener that a component has by its own defaults.
    #[must_use]
    pub const fn standard(component: Component, reach: Reach, access: Access) -> Self {
        let profile = component.profile();
        Self {
            instance: "",
            scheme: Scheme::Https,
            port: profile.port,
            path: profile.path,
            reach,
            access,
            accept: None,
            setting: None,
            minors: Minors::ALL,
        }
    }

    /// A listener without TLS, for everybody who gets a connection.
    #[must_use]
    pub const fn plain(port: u16, reach: Reach) -> Self {
        Self { scheme: Scheme::Http, port, ..Self::standard(Component::Etcd, reach, Access::Everybody) }
    }

    /// The same on another port.
    #[must_use]
    pub const fn on(self, port: u16) -> Self {
        Self { port, ..self }
    }

    /// The same under another path.
    #[must_use]
    pub const fn under(self, path: &'static str) -> Self {
        Self { path, ..self }
    }

    /// The same for one of several instances.
    #[must_use]
    pub const fn of(self, instance: &'static str) -> Self {
        Self { instance, ..self }
    }

    /// The same where this is set.
    #[must_use]
    pub const fn once(self, place: &'static str, text: &'static str) -> Self {
        Self { setting: Some(Setting { place, text }), ..self }
    }

    /// The same where the header Accept says this.
    #[must_use]
    pub const fn accepting(self, accept: &'static str) -> Self {
        Self { accept: Some(accept), ..self }
    }

    /// The same in these releases of Kubernetes alone.
    #[must_use]
    pub const fn in_minors(self, minors: Minors) -> Self {
        Self { minors, ..self }
    }
}

impl Exposure {
    /// A component that cannot be reached, without anything to offer instead.
    #[must_use]
    pub const fn hidden(reason: &'static str) -> Self {
        Self::Hidden { reason, instead: None }
    }

    /// Where the component listens; empty for one that cannot be reached.
    #[must_use]
    pub const fn listeners(&self) -> &'static [Listener] {
        match *self {
            Self::HostNetworkPod { listeners, .. }
            | Self::HostProcess { listeners, .. }
            | Self::Pod { listeners, .. }
            | Self::Endpoints { listeners, .. }
            | Self::ThroughApi { listeners }
            | Self::Relay { listeners, .. }
            | Self::Sidecar { listeners } => listeners,
            Self::Hidden { .. } => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distributions::{Distribution, Identity};

    /// How a component is reached, in a line: the mechanism, and each listener by instance, scheme, port and access.
    fn line(id: &str, variant: Option<&str>, component: Component) -> String {
        let distribution = Distribution::named(id).unwrap_or_else(|| panic!("no {id}"));
        let identity = Identity { variant: variant.map(str::to_owned), ..distribution.identity() };
        let exposure = (distribution.exposure)(component, &identity);
        let how = match exposure {
            Exposure::HostNetworkPod { image, .. } => format!("pod {image}"),
            Exposure::HostProcess { beside, .. } => format!("process beside {}", beside.unwrap_or("nothing")),
            Exposure::Pod { image, .. } => format!("own {image}"),
            Exposure::Endpoints { namespace, service, .. } => format!("{namespace}/{service}"),
            Exposure::ThroughApi { .. } => "through the API".to_owned(),
            Exposure::Relay { pods, .. } => pods.to_owned(),
            Exposure::Sidecar { .. } => "sidecar".to_owned(),
            Exposure::Hidden { instead, .. } => {
                format!("hidden{}", if instead.is_some() { ", instead" } else { "" })
            }
        };
        let listeners = exposure.listeners().iter().map(|listener| {
            let access = match listener.access {
                Access::Everybody => "all",
                Access::Account | Access::Resource { .. } => "account",
                Access::Certificate(_) | Access::SecretCertificate(_) => "certificate",
                Access::SharedToken => "token",
            };
            let reach = if listener.reach == Reach::Loopback { "@loopback" } else { "" };
            let once = if listener.setting.is_some() { "*" } else { "" };
            format!(
                " {}{}:{}{reach}{once} {access}",
                listener.instance,
                listener.scheme.as_str(),
                listener.port
            )
        });
        how + &listeners.collect::<String>()
    }

    fn check(id: &str, component: Component, expected: &str) {
        assert_eq!(line(id, None, component), expected, "{id} {component}");
    }

    #[test]
    fn says_where_etcd_is_found() {
        check(
            "kubeadm",
            Component::Etcd,
            "pod etcd http:2381@loopback all https:2379 certificate http:2381* all",
        );
        check(
            "kops",
            Component::Etcd,
            "pod etcd-manager mainhttps:4001 certificate mainhttps:4001 certificate mainhttp:8081* all \
             eventshttps:4002 certificate eventshttps:4002 certificate",
        );
        check(
            "openshift4",
            Component::Etcd,
            "openshift-etcd/etcd https:9979 certificate https:9979 certificate",
        );
        check(
            "rke2",
            Component::Etcd,
            "pod hardened-etcd http:2381@loopback all http:2381* all https:2379 certificate",
        );
        check(
            "talos",
            Component::Etcd,
            "process beside kube-scheduler http:2381* all https:2379 certificate https:2383 certificate",
        );
        check(
            "kubespray",
            Component::Etcd,
            "process beside kube-apiserver http:2381* all https:2379 certificate",
        );
        check("k0s", Component::Etcd, "k0s-system/k0s-pushgateway http:9091* all");
        check("k3s", Component::Etcd, "hidden");
        assert_eq!(
            line("k3s", Some("embedded etcd"), Component::Etcd),
            "process beside nothing http:2381@loopback all http:2381* all https:2379 certificate"
        );
        for id in ["eks", "eks-fargate", "microk8s", "doks"] {
            check(id, Component::Etcd, "hidden");
        }
        for id in ["aks", "gke", "roks", "hypershift", "vcluster"] {
            check(id, Component::Etcd, "hidden, instead");
        }
    }

    #[test]
    fn says_where_controllers_are_found() {
        const SCHEDULER: Component = Component::Scheduler;
        check("eks", SCHEDULER, "through the API https:443 account");
        check("openshift4", SCHEDULER, "openshift-kube-scheduler/scheduler https:10259 account");
        check("openshift3", SCHEDULER, "kube-system/kube-controllers https:8444 account");
        check("microk8s", SCHEDULER, "process beside nothing https:10259 account");
        check("rke1", SCHEDULER, "process beside nothing https:10259 account http:10251 all");
        assert_eq!(
            line("rke1", Some("rancher-monitoring"), SCHEDULER),
            "k8s-app=pushprox-kube-scheduler-client https:10259 account http:10251 all"
        );
        check("kubespray", SCHEDULER, "pod kube-scheduler https:10259 account");
        for hosted in ["aks", "gke", "oke", "iks", "doks", "lke", "gardener", "roks", "hypershift"] {
            assert!(line(hosted, None, SCHEDULER).starts_with("hidden"), "{hosted}");
            check(hosted, Component::ApiServer, "default/kubernetes https:443 account");
        }
    }

    #[test]
    fn says_where_kubelets_are_found() {
        check("eks", Component::Kubelet, "process beside nothing https:10250 account");
        check("eks-fargate", Component::Kubelet, "sidecar https:10250 account");
        check("microk8s", Component::ApiServer, "process beside nothing https:16443 account");
        check("minikube", Component::ApiServer, "pod kube-apiserver https:8443 account");
    }

    #[test]
    fn knows_the_releases_of_a_listener() {
        assert!(Minors::ALL.holds(0) && Minors::ALL.holds(99));
        assert!(Minors::since(28).holds(28) && !Minors::since(28).holds(27));
        assert!(Minors::before(22).holds(21) && !Minors::before(22).holds(22));
    }
}
