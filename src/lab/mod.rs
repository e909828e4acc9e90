//! The embedded practice cluster: real servers in this process that demand and answer what a kubeadm cluster's do.
//!
//! One [`LabSpec`] describes it; the servers read the spec, and a fault is a change of it. Nothing outside this module
//! and its command knows that there is a practice cluster: everybody else sees addresses and a kubeconfig.

mod access;
mod alert;
mod api;
mod bodies;
mod clock;
mod cluster;
mod cluster_agent;
mod delegated;
pub mod edit;
mod eks;
mod error;
mod etcd;
mod exec;
pub mod faults;
mod forbidden;
mod forward;
mod json;
mod key;
mod kubeadm;
mod kubelet;
mod mishap;
mod network;
mod objects;
mod openshift;
mod pki;
mod proxy;
mod renewal;
mod reply;
mod request;
mod rke1;
mod seed;
mod serve;
pub mod spec;
mod store;
mod tls;
mod tokens;
mod verify;
mod voice;

pub use error::LabError;
pub use pki::PkiError;
pub use spec::LabSpec;

use crate::model::component::Component;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::Cluster;
use jiff::Timestamp;
use network::{Network, Service, plan};
use serde_json::{Value, json};
use serve::Door;
use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};
use tokio::{net::TcpListener, task::JoinSet};

/// A running practice cluster. It ends, with all of its connections, when it is dropped.
pub struct Lab {
    cluster: Arc<Cluster>,
    /// The node that somebody who uses the cluster in one process stands on.
    node: String,
    _servers: JoinSet<()>,
}

impl Lab {
    /// Starts the cluster that a spec describes, in the tokio runtime of the caller, which must drive I/O and time.
    ///
    /// # Errors
    ///
    /// Says what the spec lacks, or that this machine gives no port.
    pub async fn start(spec: LabSpec) -> Result<Self, LabError> {
        // Named here, so that nothing depends on what the process has installed as its default.
        let crypto = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let node = spec.members().next().ok_or(LabError::Incomplete("node"))?.name.clone();
        let (mut listeners, mut open) = (Vec::new(), Vec::new());
        for port in plan(&spec) {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(LabError::Listen)?;
            let really = listener.local_addr().map_err(LabError::Listen)?;
            listeners.push((listener, port.service.clone()));
            open.push((port, really));
        }
        let cluster = Arc::new(Cluster::new(spec, Network(open), Arc::clone(&crypto))?);
        let mut servers = JoinSet::new();
        for (listener, service) in listeners {
            let tls = tls::config(&cluster, &service, &crypto)?;
            let door = Arc::new(Door { cluster: Arc::clone(&cluster), service, tls });
            servers.spawn(serve::run(listener, door));
        }
        Ok(Self { cluster, node, _servers: servers })
    }

    /// The way to every port that can be dialled from the first node: address and port in the cluster, and where that
    /// really is on this machine. What is not here refuses connections.
    #[must_use]
    pub fn routes(&self) -> BTreeMap<(String, u16), SocketAddr> {
        self.cluster.network().routes(&self.node)
    }

    /// The addresses of the first node, which somebody who uses the cluster in one process has for his own.
    #[must_use]
    pub fn addresses_here(&self) -> BTreeSet<IpAddr> {
        self.cluster.spec().node(&self.node).map(|node| node.address).into_iter().collect()
    }

    /// The time in the cluster.
    #[must_use]
    pub fn clock(&self) -> Timestamp {
        self.cluster.clock().now()
    }

    /// What the cluster is like.
    #[must_use]
    pub fn spec(&self) -> &LabSpec {
        self.cluster.spec()
    }

    /// A kubeconfig for the administrator, in the context `kubernetes-admin@practice`. It leads to the first API server
    /// by the port of this machine that it really has.
    ///
    /// # Errors
    ///
    /// Says so if the spec has no API server or describes no certificate for it or for the administrator.
    pub fn kubeconfig(&self) -> Result<Value, LabError> {
        let really = self
            .cluster
            .network()
            .of(|service| matches!(service, Service::Component(Component::ApiServer, _)))
            .ok_or(LabError::Incomplete("API server"))?;
        let authority = STANDARD.encode(self.cluster.pki().authority("ca")?.pem());
        let admin = self.cluster.pki().certificate("admin")?;
        let cluster = json!({
            "server": format!("https://{really}"),
            "certificate-authority-data": authority,
            // kubeadm's certificate does not name the loopback address.
            "tls-server-name": "kubernetes",
        });
        Ok(json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "practice", "cluster": cluster}],
            "contexts": [{
                "name": "kubernetes-admin@practice",
                "context": {"cluster": "practice", "user": "kubernetes-admin"},
            }],
            "current-context": "kubernetes-admin@practice",
            "preferences": {},
            "users": [{
                "name": "kubernetes-admin",
                "user": {
                    "client-certificate-data": STANDARD.encode(admin.pem()),
                    "client-key-data": STANDARD.encode(admin.key_pem()),
                },
            }],
        }))
    }
}
