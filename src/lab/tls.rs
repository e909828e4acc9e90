//! Each service's TLS: its certificate, and which client certificates it asks for.

use super::{
    alert,
    cluster::Cluster,
    delegated::asks_for_certificates,
    error::LabError,
    network::Service,
    spec::{Alerts, ComponentSpec},
    verify::{Demand, Request, Trust},
};
use crate::model::component::Component;
use rustls::{
    ServerConfig, SupportedProtocolVersion,
    crypto::CryptoProvider,
    pki_types::PrivateKeyDer,
    server::{NoServerSessionStorage, WebPkiClientVerifier, danger::ClientCertVerifier},
    version::{TLS12, TLS13},
};
use std::sync::Arc;

const GO_VERSIONS: &[&SupportedProtocolVersion] = &[&TLS13, &TLS12];
const CLUSTER_AGENT_VERSIONS: &[&SupportedProtocolVersion] = &[&TLS13];

/// The TLS configuration of a service; `None` where it speaks plain HTTP.
pub(super) fn config(
    cluster: &Cluster,
    service: &Service,
    crypto: &Arc<CryptoProvider>,
) -> Result<Option<Arc<ServerConfig>>, LabError> {
    let nobody = || Ok(WebPkiClientVerifier::no_client_auth());
    let spec = cluster.spec();
    let mut crypto = Arc::clone(crypto);
    let mut versions: &[&SupportedProtocolVersion] = GO_VERSIONS;
    let (serving, clients) = match service {
        Service::EtcdMetrics => return Ok(None),
        Service::ClusterAgent => {
            versions = CLUSTER_AGENT_VERSIONS;
            (spec.cluster_agent.serving.as_str(), nobody())
        }
        Service::Kubelet(node) => {
            let node = spec.node(node).ok_or(LabError::Incomplete("node for a kubelet"))?;
            (node.kubelet.serving.as_str(), request(cluster, &["ca"]))
        }
        Service::Component(component, node) => {
            let component =
                spec.component(*component, node).ok_or(LabError::Incomplete("component at a port"))?;
            let clients = match component.component {
                Component::Etcd if is_plain(component) => return Ok(None),
                Component::Etcd if component.flag("client-cert-auth") == Some("true") => {
                    let authority = cluster.pki().authority("etcd-ca")?.der().clone();
                    let trust = Trust::new(vec![authority], Arc::clone(&crypto))?;
                    if spec.etcd_alerts == Alerts::BadCertificate {
                        crypto = alert::before_go_1_20(&crypto);
                    }
                    Ok(Arc::new(Demand { trust, alerts: spec.etcd_alerts }) as Arc<_>)
                }
                Component::Etcd => nobody(),
                _ if asks_for_certificates(component) => request(cluster, authorities(component)),
                _ => nobody(),
            };
            (component.serving.as_str(), clients)
        }
    };
    let serving = cluster.pki().certificate(serving)?;
    let mut config = ServerConfig::builder_with_details(crypto, Arc::new(*cluster.clock()))
        .with_protocol_versions(versions)?
        .with_client_cert_verifier(clients?)
        .with_single_cert(serving.chain.clone(), PrivateKeyDer::Pkcs8(serving.key.clone_key()))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // A resumed session would carry over a certificate that is judged once and not again.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(Some(Arc::new(config)))
}

/// Whose certificates a component names when it asks, as a real cluster's ports were seen to do.
fn authorities(spec: &ComponentSpec) -> &'static [&'static str] {
    match spec.flag("requestheader-client-ca-file") {
        Some(_) => &["ca", "front-proxy-ca"],
        None => &["ca"],
    }
}

fn request(cluster: &Cluster, authorities: &[&str]) -> Result<Arc<dyn ClientCertVerifier>, LabError> {
    let mut named = Vec::new();
    for authority in authorities {
        named.push(cluster.pki().authority(authority)?.der());
    }
    Ok(Arc::new(Request { trust: cluster.trust().clone(), hints: Request::subjects(named) }))
}

fn is_plain(etcd: &ComponentSpec) -> bool {
    etcd.flag("listen-client-urls").is_some_and(|urls| urls.starts_with("http://"))
}
