//! Runners, sidecars and annotations, in clusters that are unlike the practice cluster in one respect each.

use crate::support::within::{self, Diagnosis, bind, doctor, give};
use ctlmon::{
    doctor::Verdict,
    lab::{Lab, LabSpec, spec::SecretEntry},
    model::{
        answer::Answer,
        observed::Observed,
        question::{Credential, Question},
        rights::{Role, Rule},
        snapshot::Wanted,
    },
    observe::dial::Routes,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

async fn look(mut spec: LabSpec, as_agent: bool) -> Diagnosis {
    bind(&mut spec, None, "cluster-admin");
    let lab = Lab::start(spec).await.unwrap();
    doctor(&lab, Routes::default(), Wanted { as_agent, ..Wanted::default() }).await
}

/// The problems: check, subject and the whole text of the finding.
fn problems(seen: &Diagnosis) -> Vec<(String, String, String)> {
    let rows = seen.report.rows.iter().flat_map(|row| {
        row.subjects.iter().zip(&row.each).map(move |(subject, verdict)| (row.check, subject, verdict))
    });
    rows.filter(|(_, _, verdict)| matches!(verdict, Verdict::Problem(_)))
        .map(|(check, subject, verdict)| (check.id.to_string(), subject.to_string(), format!("{verdict:?}")))
        .collect()
}

async fn check(spec: LabSpec, expected: &[(&str, &str)], words: &str) {
    for as_agent in [false, true] {
        let seen = look(spec.clone(), as_agent).await;
        assert!(!format!("{:?}", seen.snapshot).contains("canary"), "what may be a secret stays out");
        // What is configured in two places is warned of besides.
        let mut found = problems(&seen);
        found.retain(|(_, _, text)| text.contains("severity: Error"));
        let brief: Vec<(&str, &str)> =
            found.iter().map(|(check, subject, _)| (check.as_str(), subject.as_str())).collect();
        assert_eq!(brief, expected, "as agent {as_agent}: {found:#?}");
        assert!(found.iter().all(|(_, _, text)| text.contains(words)), "{words}: {found:#?}");
    }
}

fn service(namespace: &str, name: &str, annotations: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"namespace": namespace, "name": name, "annotations": annotations},
        "spec": {"clusterIP": "None", "ports": [{"port": 10259}]},
    })
}

/// An address behind a Service, without which nothing comes of its annotations.
fn slice(namespace: &str, name: &str) -> Value {
    json!({
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
        "metadata": {"namespace": namespace, "name": name, "labels": {"kubernetes.io/service-name": name}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["192.0.2.11"], "conditions": {"ready": true}}],
        "ports": [{"name": "", "port": 10259}],
    })
}

/// A pod as the admission controller leaves it: the template of its Deployment knows nothing of the sidecar.
fn injected(namespace: &str, token: (&str, &str), pod: &str) -> Value {
    let variables = json!([
        {"name": "DD_API_KEY", "value": "canary"},
        {"name": "DD_CLUSTER_AGENT_ENABLED", "value": "true"},
        {"name": "DD_CLUSTER_AGENT_AUTH_TOKEN", "valueFrom": {"secretKeyRef": {"name": token.0, "key": token.1}}},
        {"name": "DD_CLUSTER_AGENT_URL", "value": "https://datadog-agent-cluster-agent.datadog.svc.cluster.local:5005"},
    ]);
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "namespace": namespace, "name": pod,
            "labels": {"agent.datadoghq.com/sidecar": "fargate", "pod-template-hash": "5f6b"},
            "ownerReferences": [{"kind": "ReplicaSet", "name": "cart-5f6b", "controller": true}],
        },
        "spec": {"nodeName": "worker-1", "serviceAccountName": "cart", "containers": [
            {"name": "cart", "image": "registry.example/cart:1", "env": [{"name": "PASSWORD", "value": "canary"}]},
            {"name": "datadog-agent-injected", "image": "registry.example/mirror/dd:7", "env": variables},
        ]},
        "status": {"phase": "Running"},
    })
}

#[tokio::test]
async fn an_injected_sidecar_without_its_secret_is_found_once_for_all_pods() {
    let mut spec = within::spec();
    spec.objects.push(injected("till", ("datadog-secret", "token"), "cart-5f6b-a"));
    spec.objects.push(injected("till", ("datadog-secret", "token"), "cart-5f6b-b"));
    let expected = [("cluster-agent-token-mismatch", "sidecars till/cart")];
    check(spec, &expected, "Secret till/datadog-secret, which does not exist").await;
}

#[tokio::test]
async fn a_secret_without_the_entry_is_as_good_as_none() {
    let mut spec = within::spec();
    spec.sidecar.cluster_agent.token.1 = "auth-token".to_owned();
    let expected = [("cluster-agent-token-mismatch", "sidecars shop/web")];
    check(spec, &expected, "which has no entry auth-token").await;
}

#[tokio::test]
async fn a_token_with_a_line_feed_is_another_token_and_said_to_be_so() {
    let mut spec = within::spec();
    let token = spec.cluster_agent.token.clone();
    let copy = spec.secrets.iter_mut().find(|secret| secret.namespace == "shop").unwrap();
    copy.entries.insert("token".to_owned(), SecretEntry::Text(format!("{token}\n")));
    check(spec, &[("cluster-agent-token-has-white-space", "sidecars shop/web")], "holds white space").await;
}

#[tokio::test]
async fn a_runner_with_another_token_is_told_from_the_node_agents() {
    let mut spec = within::spec();
    let mut other =
        spec.secrets.iter().find(|secret| secret.name == spec.runners.cluster_agent.token.0).unwrap().clone();
    other.name = "left-behind".to_owned();
    other.entries = BTreeMap::from([("token".to_owned(), SecretEntry::Text("b".repeat(32)))]);
    spec.secrets.push(other);
    "left-behind".clone_into(&mut spec.runners.cluster_agent.token.0);
    let expected = [("cluster-agent-token-mismatch", "runners datadog/datadog-agent-clusterchecks")];
    check(spec, &expected, "Secret datadog/left-behind, entry token").await;
}

#[tokio::test]
async fn what_a_service_configures_is_judged_by_who_runs_it() {
    let instance = json!({"prometheus_url": "https://%%host%%:10259/metrics", "bearer_token_auth": true, "ssl_verify": false});
    let checks = json!({"kube_scheduler": {"init_config": {}, "instances": [instance]}}).to_string();
    let mut spec = within::spec();
    spec.objects.push(service(
        "kube-system",
        "kube-scheduler",
        &json!({"ad.datadoghq.com/endpoints.checks": checks}),
    ));
    spec.objects.push(slice("kube-system", "kube-scheduler"));
    let expected = [("metrics-on-loopback-only", "scheduler on cp-1")];
    check(spec, &expected, "the runners do not share the host's network").await;
}

#[tokio::test]
async fn what_the_cluster_agent_hands_out_is_judged_and_what_it_keeps_is_not() {
    let file = |cluster_check: bool| {
        format!(
            "cluster_check: {cluster_check}\ninit_config: {{}}\ninstances:\n- prometheus_url: https://%%host%%:10259/metrics\n  bearer_token_auth: true\n  ssl_verify: false\n"
        )
    };
    for (cluster_check, expected) in
        [(true, &[("metrics-on-loopback-only", "scheduler on cp-1")][..]), (false, &[])]
    {
        let mut spec = within::spec();
        spec.objects.push(json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"namespace": "datadog", "name": "handed-out"},
            "data": {"kube_scheduler.yaml": file(cluster_check)},
        }));
        spec.objects.push(json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"namespace": "datadog", "name": "second", "labels": {"agent.datadoghq.com/component": "cluster-agent"}},
            "spec": {"replicas": 0, "selector": {}, "template": {"metadata": {}, "spec": {
                "serviceAccountName": "datadog-agent-cluster-agent",
                "containers": [{"name": "cluster-agent", "image": "registry.example/mirror/dca:7", "env": [{"name": "DD_API_KEY", "value": "canary"}]}],
                "volumes": [{"name": "confd", "configMap": {"name": "handed-out"}}],
            }}},
        }));
        check(spec, expected, "the runners do not share the host's network").await;
    }
}

#[tokio::test]
async fn an_annotation_of_the_older_form_without_a_client_certificate_is_seen() {
    let mut spec = within::spec();
    spec.objects.push(service(
        "kube-system",
        "etcd-copy",
        &json!({
            "ad.datadoghq.com/service.check_names": "[\"etcd\"]",
            "ad.datadoghq.com/service.init_configs": "[{}]",
            "ad.datadoghq.com/service.instances": "[{\"prometheus_url\": \"https://%%host%%:2379/metrics\", \"password\": \"canary\"}]",
        }),
    ));
    spec.objects.push(slice("kube-system", "etcd-copy"));
    let expected = [("etcd-client-cert-missing", "etcd on cp-1")];
    check(spec, &expected, "Service kube-system/etcd-copy, annotation").await;
}

#[tokio::test]
async fn an_annotation_that_cannot_be_read_is_a_problem_and_all_else_is_open() {
    let mut spec = within::spec();
    spec.agents.checks.remove("kube_scheduler.yaml");
    spec.objects.push(service(
        "default",
        "scheduler",
        &json!({"ad.datadoghq.com/service.checks": "{\"kube_scheduler\": oops"}),
    ));
    let seen = look(spec, false).await;
    let found: Vec<String> = problems(&seen).into_iter().map(|(check, ..)| check).collect();
    assert_eq!(found, ["check-unreadable"]);
    let gaps: Vec<String> = seen.report.gaps().iter().map(ToString::to_string).collect();
    let expected =
        "Service default/scheduler, annotation ad.datadoghq.com/service.checks: not JSON at line 1 column 20";
    assert!(gaps.iter().any(|gap| gap == expected), "{gaps:?}");
}

/// The caller may read everything but Secrets.
pub(crate) fn without_secrets() -> Role {
    let on = |verbs: &[&str], group: &str, resources: &[&str]| Rule {
        verbs: verbs.iter().map(|verb| (*verb).to_owned()).collect(),
        api_groups: vec![group.to_owned()],
        resources: resources.iter().map(|resource| (*resource).to_owned()).collect(),
        ..Rule::default()
    };
    let core = ["nodes", "nodes/proxy", "pods", "pods/portforward", "namespaces", "services", "configmaps"];
    let rules = vec![
        on(&["get", "list", "create"], "", &core),
        on(&["get", "list"], "apps", &["*"]),
        on(&["create"], "authorization.k8s.io", &["*"]),
    ];
    Role { namespace: None, name: "everything-but-secrets".to_owned(), rules, aggregation: Vec::new() }
}

#[tokio::test]
async fn without_secrets_the_same_reference_passes_and_another_namespace_is_unknown() {
    let mut spec = within::spec();
    give(&mut spec, without_secrets());
    let lab = Lab::start(spec).await.unwrap();
    let seen = doctor(&lab, Routes::default(), Wanted::default()).await;
    let verdicts: BTreeMap<String, &Verdict> = seen
        .report
        .rows
        .iter()
        .flat_map(|row| row.subjects.iter().zip(&row.each))
        .filter(|(subject, _)| subject.kind() == "sidecars" || subject.kind() == "runners")
        .filter(|(_, verdict)| format!("{verdict:?}").contains("token"))
        .map(|(subject, verdict)| (subject.to_string(), verdict))
        .collect();
    let runners = verdicts["runners datadog/datadog-agent-clusterchecks"];
    assert!(matches!(runners, Verdict::Pass(_)), "{runners:?}");
    let Verdict::Unknown(gap) = verdicts["sidecars shop/web"] else { panic!("{verdicts:?}") };
    assert_eq!(
        gap.why.to_string(),
        "missing permission: get secrets \"datadog-secret\" in namespace shop",
        "{gap:?}"
    );
}

#[tokio::test]
async fn each_account_asks_what_it_would_ask_and_there_are_four() {
    let seen = look(within::spec(), true).await;
    let mut asked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut tokens = BTreeSet::new();
    for one in &seen.snapshot.asked {
        match (&one.question, &one.answer) {
            (Question::Token(token), Observed::Seen(Answer::Token(_))) => {
                tokens.insert(token.account.to_string());
            }
            (Question::Probe(spec), Observed::Seen(Answer::Probe(record))) => {
                if let Credential::Account(account) = &spec.credential {
                    assert_eq!(record.status(), Some(200), "{spec:?}");
                    let path = spec.endpoint.path.clone();
                    asked
                        .entry(account.to_string())
                        .or_default()
                        .insert(format!("{} {path}", spec.component));
                }
            }
            _ => {}
        }
    }
    let of = |account: &str| asked[account].iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(
        of("datadog/datadog-agent"),
        ["apiserver /metrics", "controller-manager /metrics", "kubelet /metrics", "scheduler /metrics"]
    );
    assert_eq!(of("datadog/datadog-agent-cluster-checks"), ["apiserver /metrics"]);
    assert_eq!(of("datadog/datadog-agent-cluster-agent"), ["apiserver /metrics"]);
    assert_eq!(of("shop/web"), ["apiserver /api/v1/nodes/cp-1/proxy/metrics"]);
    assert_eq!(tokens, asked.keys().cloned().collect(), "no token is asked for that is of no use");
    assert_eq!(tokens.len(), 4);
}
