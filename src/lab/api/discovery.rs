//! What the API server tells about itself: version, health, groups and resources, metrics.

use crate::{
    lab::{
        bodies,
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

/// The same text with another version in it: the minor as vendors write it, with a plus behind it.
fn version(wanted: &str) -> String {
    const OWN: (&str, &str) = ("v1.36.2", "36");
    let minor = wanted.split('.').nth(1).unwrap_or(OWN.1);
    let minor_text = if wanted.contains('-') { format!("{minor}+") } else { minor.to_owned() };
    VERSION.replace(OWN.0, wanted).replacen("\"minor\": \"36\"", &format!("\"minor\": \"{minor_text}\""), 1)
}

/// Parts of the API server's health that have an address of their own.
const CHECKS: [&str; 5] = ["ping", "log", "etcd", "etcd-readiness", "informer-sync"];

/// Answers a path that is no resource, if it is served.
pub(super) fn path(cluster: &Cluster, path: &str, verbose: bool) -> Option<Reply> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    Some(match parts.as_slice() {
        ["version"] => Reply::json(StatusCode::OK, version(&cluster.spec().version)),
        [endpoint @ ("healthz" | "livez" | "readyz")] => {
            let failing =
                cluster.spec().failing.iter().any(|part| checks_of(endpoint).any(|check| check == part));
            match (failing, verbose) {
                (true, _) => Reply::text(StatusCode::INTERNAL_SERVER_ERROR, health(cluster, endpoint)),
                (false, true) => Reply::text(StatusCode::OK, health(cluster, endpoint)),
                (false, false) => Reply::text(StatusCode::OK, "ok"),
            }
        }
        ["healthz" | "livez" | "readyz", check] if CHECKS.contains(check) => {
            Reply::bare_text(StatusCode::OK, "ok")
        }
        ["metrics"] => Reply::kubernetes_metrics(bodies::of(
            cluster.spec(),
            Component::ApiServer,
            include_str!("../bodies/apiserver.txt"),
        )),
        ["metrics", "slis"] => Reply::kubernetes_metrics(include_str!("../bodies/slis.txt")),
        ["api"] => json_reply(&json!({
            "kind": "APIVersions",
            "versions": ["v1"],
            "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": advertised(cluster)}],
        })),
        ["apis"] => json_reply(&json!({
            "kind": "APIGroupList",
            "apiVersion": "v1",
            "groups": GROUPS
                .iter()
                .map(|(name, versions)| group(name, versions))
                .chain(others(cluster).map(|(name, version)| group(name, &[version])))
                .collect::<Vec<_>>(),
        })),
        ["api", "v1"] => resources("", "v1"),
        ["apis", name] if others(cluster).any(|(other, _)| other == *name) => {
            let (name, version) = others(cluster).find(|(other, _)| other == name)?;
            let mut object = group(name, &[version]);
            object["kind"] = json!("APIGroup");
            object["apiVersion"] = json!("v1");
            json_reply(&object)
        }
        ["apis", name, version] if others(cluster).any(|other| other == (*name, *version)) => {
            resources(name, version)
        }
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
///
/// Source: an API server of 1.36 whose etcd did not answer.
fn health(cluster: &Cluster, endpoint: &str) -> String {
    let fails = |check: &str| cluster.spec().failing.iter().any(|part| part == check);
    let line = |check: &str| {
        if fails(check) {
            format!("[-]{check} failed: reason withheld\n")
        } else {
            format!("[+]{check} ok\n")
        }
    };
    let verdict = if checks_of(endpoint).any(fails) { "failed" } else { "passed" };
    checks_of(endpoint).map(line).chain([format!("{endpoint} check {verdict}\n")]).collect()
}

fn checks_of(endpoint: &str) -> impl Iterator<Item = &'static str> {
    CHECKS.into_iter().filter(move |check| endpoint == "readyz" || !check.contains('-'))
}

/// Groups that others serve, with their versions.
fn others(cluster: &Cluster) -> impl Iterator<Item = (&str, &str)> {
    cluster.spec().groups.iter().filter_map(|served| served.split_once('/'))
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
    for kind in KINDS.iter().filter(|kind| kind.group == group && version == kind.version) {
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
