//! Datadog as its Helm chart installs it under the release name `datadog-agent`, set up to see this control plane. Descriptions only.

use super::{CONTROL_PLANE_TAINT, WORKER};
use crate::{
    lab::{
        seed::Seed,
        spec::{
            AgentCheck, AgentPods, AgentSpec, ClusterAgentReference, ClusterAgentSpec, RunnerSpec,
            SecretEntry, SecretSpec, SidecarSpec,
        },
    },
    model::{component::Component, question::AccountRef, workload::Toleration},
};
use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
};

const NAMESPACE: &str = "datadog";
const RELEASE: &str = "datadog-agent";
const CLUSTER_AGENT: &str = "datadog-agent-cluster-agent";
const CLIENT_CERTIFICATE: &str = "etcd-client";
/// Namespace and name of an application that is not Datadog's.
pub(super) const APPLICATION: (&str, &str) = ("shop", "web");
/// The Secret of the API key, by the name that injected sidecars look for; in the application's namespace with the token.
const COPY: &str = "datadog-secret";
const MOUNTED_AT: &str = "/etc/etcd-client";

/// The `DaemonSet` and its checks.
pub(super) fn node_agents() -> AgentSpec {
    AgentSpec {
        account: AccountRef { namespace: NAMESPACE.to_owned(), name: RELEASE.to_owned() },
        host_network: true,
        tolerations: [CONTROL_PLANE_TAINT, "node-role.kubernetes.io/master"].map(toleration).to_vec(),
        checks: [
            // On the node's address, because etcd's certificate names it and the image's name leads to it.
            ("etcd.yaml", check("etcd", "https://%%host%%:2379/metrics", &client_certificate())),
            ("kube_scheduler.yaml", check("kube-scheduler", "https://127.0.0.1:10259/metrics", &TOKEN)),
        ]
        .into_iter()
        .map(|(file, check)| (file.to_owned(), check))
        .collect(),
        client_certificate: Some((CLIENT_CERTIFICATE.to_owned(), MOUNTED_AT.to_owned())),
        cluster_agent: by_service(),
        token_audience: None,
        pods: AgentPods::Ready,
    }
}

/// The checks in annotations of static pods.
pub(super) fn annotated() -> BTreeMap<Component, AgentCheck> {
    let component = Component::ControllerManager;
    let program = component.profile().program;
    BTreeMap::from([(component, check(program, "https://127.0.0.1:10257/metrics", &TOKEN))])
}

/// The Deployment of the runners.
pub(super) fn runners() -> RunnerSpec {
    RunnerSpec {
        name: format!("{RELEASE}-clusterchecks"),
        account: AccountRef { namespace: NAMESPACE.to_owned(), name: format!("{RELEASE}-cluster-checks") },
        cluster_agent: by_service(),
    }
}

/// The application with an Agent beside it. In its namespace there is no Service of the Cluster Agent, and its token
/// is a copy.
pub(super) fn sidecar() -> SidecarSpec {
    SidecarSpec {
        account: AccountRef { namespace: APPLICATION.0.to_owned(), name: APPLICATION.1.to_owned() },
        node: WORKER.to_owned(),
        cluster_agent: ClusterAgentReference {
            service: CLUSTER_AGENT.to_owned(),
            url: Some(format!("https://{CLUSTER_AGENT}.{NAMESPACE}.svc.cluster.local:5005")),
            token: (COPY.to_owned(), "token".to_owned()),
        },
    }
}

/// What those are told who live in the Cluster Agent's own namespace.
fn by_service() -> ClusterAgentReference {
    ClusterAgentReference {
        service: CLUSTER_AGENT.to_owned(),
        url: None,
        token: (CLUSTER_AGENT.to_owned(), "token".to_owned()),
    }
}

/// The Deployment.
pub(super) fn cluster_agent() -> ClusterAgentSpec {
    ClusterAgentSpec {
        name: CLUSTER_AGENT.to_owned(),
        token_from: (CLUSTER_AGENT.to_owned(), "token".to_owned()),
        node: WORKER.to_owned(),
        address: IpAddr::V4(Ipv4Addr::new(10, 244, 0, 10)),
        token: token(),
        serving: "cluster-agent".to_owned(),
    }
}

/// The Secrets that they use.
pub(super) fn secrets() -> Vec<SecretSpec> {
    let in_namespace = |namespace: &str,
                        name: &str,
                        labels: &[(&str, &str)],
                        entries: Vec<(&str, SecretEntry)>| SecretSpec {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        labels: labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        entries: entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<BTreeMap<_, _>>(),
    };
    vec![
        in_namespace(
            NAMESPACE,
            CLIENT_CERTIFICATE,
            &[],
            vec![
                ("ca.crt", SecretEntry::Authority("etcd-ca".to_owned())),
                ("tls.crt", SecretEntry::Certificate("datadog-etcd-client".to_owned())),
                ("tls.key", SecretEntry::Key("datadog-etcd-client".to_owned())),
            ],
        ),
        in_namespace(
            NAMESPACE,
            CLUSTER_AGENT,
            &[
                ("app.kubernetes.io/instance", RELEASE),
                ("app.kubernetes.io/managed-by", "Helm"),
                ("app.kubernetes.io/name", RELEASE),
            ],
            vec![("token", SecretEntry::Text(token()))],
        ),
        in_namespace(
            NAMESPACE,
            COPY,
            &[],
            vec![("api-key", SecretEntry::Text(Seed(1).hex::<16>("api key")))],
        ),
        in_namespace(
            APPLICATION.0,
            COPY,
            &[],
            vec![
                ("api-key", SecretEntry::Text(Seed(1).hex::<16>("api key"))),
                ("token", SecretEntry::Text(token())),
            ],
        ),
    ]
}

/// Thirty-two characters, as the chart draws them.
fn token() -> String {
    Seed(1).hex::<16>("cluster agent token")
}

/// A check that sends its service account's token and looks at no certificate, as the shipped configuration does.
const TOKEN: [(&str, &str); 2] = [("bearer_token_auth", "true"), ("ssl_verify", "false")];

fn client_certificate() -> Vec<(&'static str, &'static str)> {
    vec![
        ("tls_ca_cert", "/etc/etcd-client/ca.crt"),
        ("tls_cert", "/etc/etcd-client/tls.crt"),
        ("tls_private_key", "/etc/etcd-client/tls.key"),
    ]
}

fn check(identifier: &str, url: &str, settings: &[(&str, &str)]) -> AgentCheck {
    AgentCheck {
        identifier: identifier.to_owned(),
        url: url.to_owned(),
        settings: settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
    }
}

fn toleration(key: &str) -> Toleration {
    Toleration {
        key: Some(key.to_owned()),
        operator: Some("Exists".to_owned()),
        value: None,
        effect: Some("NoSchedule".to_owned()),
    }
}
