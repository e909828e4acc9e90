//! What a check asks at a listener, and the files that it needs for it, in the agent's container. It chooses nothing.

use super::{
    choices::EtcdSource,
    choose::Context,
    parts::{Instance, Mount, MountSource},
    ways::{Carrier, Way},
};
use crate::{
    distributions::{Access, Exposure, Listener, PkiFiles, Reach},
    model::{component::Component, question::Scheme},
};
use std::collections::BTreeMap;

/// Where the agents' own account finds the CA of the API server.
const SERVICE_ACCOUNT_CA: &str = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";

/// The name that every API server's certificate is for; it need not be for the address behind the Service, which clouds
/// put in front of it.
const API_SERVER_NAME: &str = "kubernetes.default.svc";

/// Below this, files of the node are mounted into agents under the names that they have on the node.
const HOST: &str = "/host";

/// Where a Secret of one's own is mounted.
const OWN_CERTIFICATE: &str = "/etc/datadog-etcd-client";

/// What a check asks, and the mounts that it takes.
pub(super) fn instance(
    component: Component,
    exposure: &Exposure,
    way: &Way,
    is_single: bool,
    context: &Context<'_>,
) -> (Instance, Vec<Mount>) {
    let listener = &way.listener;
    let is_tls = listener.scheme == Scheme::Https;
    let host = match way.carrier {
        _ if listener.reach == Reach::Loopback => "127.0.0.1",
        Carrier::OnNode => "127.0.0.1",
        Carrier::Beside(_) | Carrier::BesidePause | Carrier::Cluster(_) => "%%host%%",
    };
    // Controllers sign their serving certificates themselves; the API server's is signed by the CA that accounts are given.
    let is_of_api = component == Component::ApiServer || matches!(exposure, Exposure::ThroughApi { .. });
    // The Service's port is not that of the addresses behind it, and only the latter is asked. The API server alone has one
    // port behind its Service, so that there `%%port%%` cannot be mistaken for another one.
    let port = match way.carrier {
        Carrier::Cluster(_) if is_of_api => "%%port%%".to_owned(),
        _ => listener.port.to_string(),
    };
    let url = |port: &str| format!("{}://{host}:{port}{}", listener.scheme.as_str(), listener.path);
    let others: Vec<String> = way.others.iter().map(|port| url(&port.to_string())).collect();
    let mut instance = Instance {
        prometheus_url: others.is_empty().then(|| url(&port)),
        possible_prometheus_urls: if others.is_empty() {
            others
        } else {
            std::iter::once(url(&port)).chain(others).collect()
        },
        bearer_token_auth: is_tls && matches!(listener.access, Access::Account | Access::Resource { .. }),
        tls_verify: is_tls.then_some(false),
        tls_ca_cert: None,
        tls_cert: None,
        tls_private_key: None,
        tls_use_host_header: false,
        extra_headers: listener
            .accept
            .map(|accept| ("accept", accept))
            .into_iter()
            .collect::<BTreeMap<_, _>>(),
        tags: Vec::new(),
    };
    if !is_single {
        instance.tags.push(format!("etcd_instance:{}", listener.instance));
    }
    if is_of_api {
        instance.tls_verify = is_tls.then_some(true);
        instance.tls_ca_cert = is_tls.then(|| SERVICE_ACCOUNT_CA.to_owned());
        instance.tls_use_host_header = is_tls;
        instance.extra_headers.insert("Host", API_SERVER_NAME);
    }
    let mut mounts = Vec::new();
    match (way.kind, listener.access) {
        (EtcdSource::Secret, _) => {
            mounts.push(Mount {
                name: "etcd-client".to_owned(),
                source: MountSource::Secret(context.choices.keys.etcd.clone()),
                at: OWN_CERTIFICATE.to_owned(),
            });
            let file = |name| Some(format!("{OWN_CERTIFICATE}/{name}"));
            instance.tls_verify = Some(true);
            instance.tls_ca_cert = file("ca.crt");
            instance.tls_cert = file("tls.crt");
            instance.tls_private_key = file("tls.key");
        }
        (_, Access::Certificate(files)) => {
            let [authority, certificate, key] = on_node(&files, context.pki);
            for (name, path) in
                [("etcd-ca", &authority), ("etcd-client-cert", &certificate), ("etcd-client-key", &key)]
            {
                mounts.push(Mount {
                    name: name.to_owned(),
                    source: MountSource::HostFile(path.clone()),
                    at: format!("{HOST}{path}"),
                });
            }
            instance.tls_verify = Some(true);
            instance.tls_ca_cert = Some(format!("{HOST}{authority}"));
            instance.tls_cert = Some(format!("{HOST}{certificate}"));
            instance.tls_private_key = Some(format!("{HOST}{key}"));
        }
        (_, Access::SecretCertificate(secret)) => {
            let at = "/etc/etcd-certs";
            mounts.push(Mount {
                name: "etcd-metrics-client".to_owned(),
                source: MountSource::Secret(secret.name.to_owned()),
                at: at.to_owned(),
            });
            instance.tls_cert = Some(format!("{at}/{}", secret.certificate));
            instance.tls_private_key = Some(format!("{at}/{}", secret.key));
        }
        _ => {}
    }
    (instance, mounts)
}

/// The three files as they are called on the node.
fn on_node(files: &PkiFiles, folder: Option<&str>) -> [String; 3] {
    [files.authority, files.certificate, files.key].map(|path| match folder {
        Some(folder) => {
            let name = path.rsplit('/').next().unwrap_or(path);
            format!("{}/{name}", folder.trim_end_matches('/'))
        }
        None => path.to_owned(),
    })
}

/// What agents ask by themselves, wherever they are.
pub(super) fn anyone(listener: &Listener) -> Instance {
    Instance {
        prometheus_url: Some(format!(
            "{}://%%host%%:{}{}",
            listener.scheme.as_str(),
            listener.port,
            listener.path
        )),
        possible_prometheus_urls: Vec::new(),
        bearer_token_auth: true,
        tls_verify: None,
        tls_ca_cert: None,
        tls_cert: None,
        tls_private_key: None,
        tls_use_host_header: false,
        extra_headers: BTreeMap::new(),
        tags: Vec::new(),
    }
}
