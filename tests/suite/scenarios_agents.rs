//! What the practice cluster shows of the agents' environment beside its faults: lesser problems, what only other clusters have,
//! and what is unknown without a right.

use crate::support::within::{self, bind, doctor};
use ctlmon::{
    doctor::{Report, Severity, Verdict},
    lab::{
        Lab, LabSpec,
        edit::Edit,
        spec::{SecretEntry, SecretSpec},
    },
    model::{observed::Why, question::Permission, snapshot::Wanted},
    observe::dial::Routes,
    questions,
};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const AGENTS: (&str, &str) = ("DaemonSet", "datadog-agent");
const CLUSTER_AGENT: (&str, &str) = ("Deployment", "datadog-agent-cluster-agent");
const RUNNERS: (&str, &str) = ("Deployment", "datadog-agent-clusterchecks");

fn edit((kind, name): (&'static str, &str), at: &str, to: Value) -> Edit {
    Edit::new(kind, "datadog", name, at, Some(to))
}

fn variable(of: (&'static str, &str), name: &str, value: &str) -> Edit {
    edit(of, "/spec/template/spec/containers/0/env/-", json!({"name": name, "value": value}))
}

fn kubelet_of_worker(spec: &mut LabSpec, version: &str) {
    spec.edits.push(Edit::new(
        "Node",
        "",
        "worker-1",
        "/status/nodeInfo/kubeletVersion",
        Some(json!(version)),
    ));
}

/// Adds a rule to the agents' role.
fn allow(spec: &mut LabSpec, verb: &str, group: &str, resource: &str) {
    let role = spec.rights.roles.iter_mut().find(|role| role.name == "datadog-agent").unwrap();
    let mut allowed = role.rules.last().unwrap().clone();
    (allowed.verbs, allowed.api_groups) = (vec![verb.to_owned()], vec![group.to_owned()]);
    allowed.resources = vec![resource.to_owned()];
    role.rules.push(allowed);
}

/// Takes a resource out of the agents' role.
fn forbid(spec: &mut LabSpec, resource: &str) {
    let role = spec.rights.roles.iter_mut().find(|role| role.name == "datadog-agent").unwrap();
    role.rules.iter_mut().for_each(|rule| rule.resources.retain(|one| one != resource));
}

async fn report(spec: LabSpec) -> Report {
    let lab = Lab::start(spec).await.unwrap();
    doctor(&lab, Routes::default(), Wanted::default()).await.report
}

/// Every problem of a cluster with its severity, by somebody who may do everything.
async fn problems(change: impl FnOnce(&mut LabSpec)) -> Vec<(&'static str, Severity, String)> {
    let mut spec = within::spec();
    bind(&mut spec, None, "cluster-admin");
    change(&mut spec);
    let report = report(spec).await;
    // A kubelet that is made older is found by a check of versions as well, which is judged elsewhere.
    let others = report.problems().filter(|(_, row)| row.check.id.0 != "kubernetes-versions-skewed");
    let problems = others.map(|(_, row)| match &row.verdict {
        Verdict::Problem(finding) => (row.check.id.0, finding.severity, finding.summary.clone()),
        _ => unreachable!(),
    });
    problems.collect()
}

async fn check(expected: &[(&str, Severity)], what: &str, change: impl FnOnce(&mut LabSpec)) {
    let found = problems(change).await;
    let short: Vec<(&str, Severity)> = found.iter().map(|(id, severity, _)| (*id, *severity)).collect();
    assert_eq!(short, expected, "{what}: {found:?}");
}

#[tokio::test]
async fn rights_that_are_missing_or_too_many_are_told_as_what_they_are() {
    use Severity::{Error, Note, Warning};
    check(&[], "as it is", |_| {}).await;
    check(&[("leader-lease-unreadable", Warning)], "no leases", |spec| forbid(spec, "leases")).await;
    let too_much = |severity| [("account-has-more-than-it-needs", severity)];
    check(&too_much(Note), "all of the kubelet", |spec| allow(spec, "get", "", "nodes/proxy")).await;
    check(&too_much(Warning), "everything", |spec| allow(spec, "*", "*", "*")).await;
    check(&[], "needed by an old kubelet", |spec| {
        allow(spec, "get", "", "nodes/proxy");
        kubelet_of_worker(spec, "v1.31.14");
    })
    .await;
    let old = [("fine-grained-rights-on-old-kubelet", Warning)];
    check(&old, "a gate may help", |spec| kubelet_of_worker(spec, "v1.32.8")).await;
    let with_eks = |spec: &mut LabSpec| spec.groups.push("metrics.eks.amazonaws.com/v1".to_owned());
    let is_forbidden = |found: &[(&str, Severity, String)]| {
        found.iter().any(|(id, severity, _)| *id == "eks-metrics-forbidden" && *severity == Error)
    };
    let without = problems(|spec| {
        with_eks(spec);
        forbid(spec, "kcm/metrics");
    });
    assert!(is_forbidden(&without.await));
    assert!(!is_forbidden(&problems(with_eks).await));
}

#[tokio::test]
async fn lesser_problems_of_agents_and_cluster_agent_are_warnings() {
    use Severity::Warning;
    let with_agent = |tag: &str| {
        let image = json!(format!("gcr.io/datadoghq/agent:{tag}"));
        let edit = edit(AGENTS, "/spec/template/spec/containers/0/image", image);
        move |spec: &mut LabSpec| spec.edits.push(edit)
    };
    check(&[("agent-too-old-for-bound-tokens", Warning)], "old", with_agent("7.30.0")).await;
    check(&[("agent-and-cluster-agent-skewed", Warning)], "older", with_agent("7.70.0")).await;
    check(&[], "a little older", with_agent("7.79.0")).await;
    let differs = [("cluster-name-differs", Warning)];
    check(&differs, "another name", |spec| spec.edits.push(variable(RUNNERS, "DD_CLUSTER_NAME", "other")))
        .await;
    check(&[("cluster-agent-token-made-anew", Warning)], "all pods are older", |spec| {
        let changed = spec.now.saturating_sub(SignedDuration::from_hours(1)).unwrap();
        let managed = json!([{"manager": "helm", "time": changed, "fieldsV1": {"f:data": {}}}]);
        spec.edits.push(edit(("Secret", "datadog-agent-cluster-agent"), "/metadata/managedFields", managed));
    })
    .await;
    check(&[("site-differs", Warning)], "another site with another key", |spec| {
        spec.edits.push(variable(AGENTS, "DD_SITE", "datadoghq.eu"));
        let name = "/spec/template/spec/containers/0/env/7/valueFrom/secretKeyRef/name";
        spec.edits.push(edit(AGENTS, name, json!("other")));
        let key = SecretEntry::Text("0123456789abcdef0123456789abcdef".to_owned());
        spec.secrets.push(SecretSpec {
            namespace: "datadog".to_owned(),
            name: "other".to_owned(),
            labels: BTreeMap::new(),
            entries: [("api-key".to_owned(), key)].into(),
        });
    })
    .await;
    check(&[("windows-agents-without-cluster-agent", Warning)], "agents on Windows", |spec| {
        let host = json!({"fieldRef": {"fieldPath": "status.hostIP"}});
        let key = json!({"secretKeyRef": {"name": "datadog-secret", "key": "api-key"}});
        spec.objects.push(json!({
            "apiVersion": "apps/v1", "kind": "DaemonSet",
            "metadata": {"namespace": "datadog", "name": "windows"},
            "spec": {"selector": {"matchLabels": {"app": "windows"}}, "template": {
                "metadata": {"labels": {"app": "windows"}},
                "spec": {
                    "serviceAccountName": "datadog-agent", "nodeSelector": {"kubernetes.io/os": "windows"},
                    "containers": [{"name": "agent", "image": "gcr.io/datadoghq/agent:7.81.1",
                        "env": [{"name": "DD_KUBERNETES_KUBELET_HOST", "valueFrom": host}, {"name": "DD_API_KEY", "valueFrom": key}]}],
                },
            }},
            "status": {"desiredNumberScheduled": 0, "currentNumberScheduled": 0, "numberReady": 0},
        }));
    })
    .await;
}

/// The webhook with an address behind it.
fn with_webhook(spec: &mut LabSpec, seconds: u32) {
    let service = json!({"namespace": "datadog", "name": "datadog-agent-cluster-agent", "port": 443});
    spec.objects.push(json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": "datadog-webhook"},
        "webhooks": [{
            "name": "datadog.webhook.agent.config", "failurePolicy": "Ignore", "timeoutSeconds": seconds,
            "clientConfig": {"service": service},
        }],
    }));
}

#[tokio::test]
async fn a_webhook_is_to_be_waited_for_but_not_for_long() {
    check(&[], "ten seconds", |spec| with_webhook(spec, 10)).await;
    let too_long = [("admission-webhook-unreachable", Severity::Warning)];
    check(&too_long, "thirty seconds", |spec| with_webhook(spec, 30)).await;
    check(&[], "external metrics with a key", |spec| {
        spec.edits.push(variable(CLUSTER_AGENT, "DD_EXTERNAL_METRICS_PROVIDER_ENABLED", "true"));
        spec.edits.push(variable(CLUSTER_AGENT, "DD_APP_KEY", "0123456789"));
    })
    .await;
}

#[tokio::test]
async fn a_sidecar_that_asks_an_address_of_ipv6_must_not_be_too_old() {
    let cluster = |image: &'static str| {
        move |spec: &mut LabSpec| {
            let endpoints = json!([{"addresses": ["fd7a::1"], "conditions": {"ready": true}}]);
            let at = "/spec/template/spec/containers/1/image";
            spec.edits.extend([
                Edit::new("EndpointSlice", "default", "kubernetes", "/endpoints", Some(endpoints)),
                Edit::new("Deployment", "shop", "web", at, Some(json!(image))),
            ]);
        }
    };
    let is_found =
        |found: &[(&str, Severity, String)]| found.iter().any(|(id, ..)| *id == "sidecar-on-ipv6-too-old");
    assert!(is_found(&problems(cluster("gcr.io/datadoghq/agent:7.43.1")).await));
    assert!(!is_found(&problems(cluster("gcr.io/datadoghq/agent:7.44.0")).await));
}

/// The agents with a copy of the certificate of `OpenShift`, and what its origin holds.
fn with_copy(spec: &mut LabSpec, origin: &str) {
    let of = |namespace: &str, certificate: &str| SecretSpec {
        namespace: namespace.to_owned(),
        name: "etcd-metric-client".to_owned(),
        labels: BTreeMap::new(),
        entries: [
            ("ca.crt".to_owned(), SecretEntry::Authority("etcd-ca".to_owned())),
            ("tls.crt".to_owned(), SecretEntry::Certificate(certificate.to_owned())),
            ("tls.key".to_owned(), SecretEntry::Key(certificate.to_owned())),
        ]
        .into(),
    };
    spec.secrets.extend([of("datadog", "datadog-etcd-client"), of("openshift-etcd-operator", origin)]);
    "etcd-metric-client".clone_into(&mut spec.agents.client_certificate.as_mut().unwrap().0);
}

#[tokio::test]
async fn a_copy_is_stale_once_its_origin_is_another() {
    check(&[], "equal", |spec| with_copy(spec, "datadog-etcd-client")).await;
    let stale = [("copied-secret-stale", Severity::Warning)];
    check(&stale, "renewed", |spec| with_copy(spec, "kubelet-worker-1")).await;
}

/// A caller who has every documented right but that to ask what others may do.
fn without_reviews() -> LabSpec {
    let mut spec = within::spec();
    for (number, need) in questions::needs().into_iter().enumerate() {
        let mut role = spec.rights.roles.iter().find(|role| role.name == "cluster-admin").unwrap().clone();
        role.name = format!("need-{number}");
        match &need.permission {
            Permission::Resource { verb, group, resource, subresource, .. } => {
                if resource == "subjectaccessreviews" {
                    continue;
                }
                role.rules.truncate(1);
                let resource = subresource
                    .as_ref()
                    .map_or_else(|| resource.clone(), |part| format!("{resource}/{part}"));
                role.rules[0].verbs = vec![verb.clone()];
                (role.rules[0].api_groups, role.rules[0].resources) = (vec![group.clone()], vec![resource]);
            }
            _ => role.rules.retain(|rule| rule.resources.is_empty()),
        }
        within::give(&mut spec, role);
    }
    spec
}

#[tokio::test]
async fn without_reviews_rights_are_computed_as_far_as_they_can_be() {
    let healthy = report(without_reviews()).await;
    assert_eq!(healthy.problems().count(), 0);
    let row = healthy.passes().find(|row| row.check.id.0 == "agent-account-metrics-forbidden").unwrap();
    let is_computed = |claim: &str| claim.contains("computed; RBAC: allowed by ClusterRoleBinding");
    assert!(matches!(&row.verdict, Verdict::Pass(seen) if is_computed(&seen[0].claim)), "{:?}", row.verdict);
    // What a role of one namespace gives is not known.
    let is_named =
        |why: &Why| matches!(why, Why::Denied(right) if right.to_string().contains("subjectaccessreviews"));
    assert!(healthy.gaps().iter().any(|gap| is_named(&gap.why)), "{:?}", healthy.gaps());
    let mut lacking = without_reviews();
    forbid(&mut lacking, "nodes/stats");
    let lacking = report(lacking).await;
    let found: Vec<&str> = lacking.problems().map(|(_, row)| row.check.id.0).collect();
    assert_eq!(found, ["kubelet-metrics-forbidden"]);
}

#[tokio::test]
async fn what_ails_one_of_many_pods_is_unknown_where_not_all_of_them_were_read() {
    let mut spec = within::spec();
    within::bind(&mut spec, None, "cluster-admin");
    let counted = |field: &str, count: u32| {
        Edit::new("DaemonSet", "datadog", "datadog-agent", &format!("/status/{field}"), Some(json!(count)))
    };
    spec.edits.extend([counted("desiredNumberScheduled", 900), counted("currentNumberScheduled", 900)]);
    let report = report(spec).await;
    let gap = report.gaps().into_iter().find(|gap| gap.what == "the pods of datadog/datadog-agent");
    assert!(gap.is_some_and(|gap| gap.why == Why::Partial), "{:?}", report.gaps());
    assert!(report.passes().all(|row| row.check.id.0 != "agent-crash-looping" || row.subjects.len() == 3));
}
