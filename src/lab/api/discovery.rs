//! What the API server tells about itself: version, health, groups and resources, metrics.

use crate::{
    lab::{
        cluster::Cluster,
        reply::{Refusal, Reply},
        store::KINDS,
    },
    model::component::Component,
};
use http::StatusCode;
use serde_json::{Value, json};

/// Groups with their versions, the preferred one first.
///
/// Source: `/apis` of a cluster made by kubeadm 1.36.
const GROUPS: [(&str, &[&str]); 20] = [
    ("apiregistration.k8s.io", &["v1"]),
    ("apps", &["v1"]),
    ("events.k8s.io", &["v1"]),
    ("authentication.k8s.io", &["v1"]),
    ("authorization.k8s.io", &["v1"]),
    ("autoscaling", &["v2", "v1"]),
    ("batch", &["v1"]),
    ("certificates.k8s.io", &["v1"]),
    ("networking.k8s.io", &["v1"]),
    ("policy", &["v1"]),
    ("rbac.authorization.k8s.io", &["v1"]),
    ("storage.k8s.io", &["v1"]),
    ("admissionregistration.k8s.io", &["v1"]),
    ("apiextensions.k8s.io", &["v1"]),
    ("scheduling.k8s.io", &["v1"]),
    ("coordination.k8s.io", &["v1"]),
    ("node.k8s.io", &["v1"]),
    ("discovery.k8s.io", &["v1"]),
    ("resource.k8s.io", &["v1"]),
    ("flowcontrol.apiserver.k8s.io", &["v1"]),
];

/// As version 1.36.2 writes it: always indented.
const VERSION: &str = r#"{
  "major": "1",
  "minor": "36",
  "emulationMajor": "1",
  "emulationMinor": "36",
  "minCompatibilityMajor": "1",
  "minCompatibilityMinor": "35",
  "gitVersion": "v1.36.2",
  "gitCommit": "98b35193b2ac7a23a673325f5e9b830ecd5ba406",
  "gitTreeState": "clean",
  "buildDate": "2026-08-21T11:29:11Z",
  "goVersion": "go1.26.4",
  "compiler": "gc",
  "platform": "linux/amd64"
}"#;

/// Parts of the API server's health that have an address of their own.
const CHECKS: [&str; 5] = ["ping", "log", "etcd", "etcd-readiness", "informer-sync"];

/// Answers a path that is no resource, if it is served.
pub(super) fn path(cluster: &Cluster, path: &str, verbose: bool) -> Option<Reply> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    Some(match parts.as_slice() {
        ["version"] => Reply::json(StatusCode::OK, VERSION),
        [endpoint @ ("healthz" | "livez" | "readyz")] if verbose => {
            Reply::text(StatusCode::OK, health(endpoint))
        }
        ["healthz" | "livez" | "readyz"] => Reply::text(StatusCode::OK, "ok"),
        ["healthz" | "livez" | "readyz", check] if CHECKS.contains(check) => {
            Reply::bare_text(StatusCode::OK, "ok")
        }
        ["metrics"] => Reply::kubernetes_metrics(include_str!("../bodies/apiserver.txt")),
        ["metrics", "slis"] => Reply::kubernetes_metrics(include_str!("../bodies/slis.txt")),
        ["api"] => json_reply(&json!({
            "kind": "APIVersions",
            "versions": ["v1"],
            "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": advertised(cluster)}],
        })),
        ["apis"] => json_reply(&json!({
            "kind": "APIGroupList",
            "apiVersion": "v1",
            "groups": GROUPS.iter().map(|(name, versions)| group(name, versions)).collect::<Vec<_>>(),
        })),
        ["api", "v1"] => resources("", "v1"),
        ["apis", name] => {
            let (name, versions) = GROUPS.iter().find(|(known, _)| known == name)?;
            let mut object = group(name, versions);
            object["kind"] = json!("APIGroup");
            object["apiVersion"] = json!("v1");
            json_reply(&object)
        }
        ["apis", name, version] => {
            GROUPS.iter().find(|(known, versions)| known == name && versions.contains(version))?;
            resources(name, version)
        }
        ["api", ..] => Refusal::no_such_resource().reply(),
        _ => return None,
    })
}

/// Every check with its result, as `?verbose` shows it.
fn health(endpoint: &str) -> String {
    let checks = CHECKS.iter().filter(|check| endpoint == "readyz" || !check.contains('-'));
    let lines = checks.map(|check| format!("[+]{check} ok\n"));
    lines.chain([format!("{endpoint} check passed\n")]).collect()
}

fn advertised(cluster: &Cluster) -> String {
    let components = &cluster.spec().components;
    let server = components.iter().find(|component| component.component == Component::ApiServer);
    let address = server.and_then(|server| server.flag("advertise-address")).unwrap_or("127.0.0.1");
    format!("{address}:6443")
}

fn group(name: &str, versions: &[&str]) -> Value {
    let version = |version: &&str| json!({"groupVersion": format!("{name}/{version}"), "version": version});
    json!({
        "name": name,
        "versions": versions.iter().map(version).collect::<Vec<_>>(),
        "preferredVersion": versions.first().map(version),
    })
}

fn resources(group: &str, version: &str) -> Reply {
    let mut list = Vec::new();
    for kind in KINDS.iter().filter(|kind| kind.group == group && kind.version == version) {
        list.push(json!({
            "name": kind.plural,
            "singularName": kind.name.to_ascii_lowercase(),
            "namespaced": kind.namespaced,
            "kind": kind.name,
            "verbs": ["get", "list"],
        }));
        for (name, verb) in kind.subresources {
            list.push(json!({
                "name": format!("{}/{name}", kind.plural),
                "singularName": "",
                "namespaced": kind.namespaced,
                "kind": kind.name,
                "verbs": [verb],
            }));
        }
    }
    let reviews: &[(&str, &str)] = match group {
        "authorization.k8s.io" => &[
            ("selfsubjectaccessreviews", "SelfSubjectAccessReview"),
            ("selfsubjectrulesreviews", "SelfSubjectRulesReview"),
            ("subjectaccessreviews", "SubjectAccessReview"),
        ],
        "authentication.k8s.io" => &[("tokenreviews", "TokenReview")],
        _ => &[],
    };
    list.extend(reviews.iter().map(|(name, kind)| {
        json!({
            "name": name,
            "singularName": kind.to_ascii_lowercase(),
            "namespaced": false,
            "kind": kind,
            "verbs": ["create"],
        })
    }));
    let group_version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
    json_reply(&json!({
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": group_version,
        "resources": list,
    }))
}

fn json_reply(value: &Value) -> Reply {
    Reply::json(StatusCode::OK, format!("{value}\n"))
}
