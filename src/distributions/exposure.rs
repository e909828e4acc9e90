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
