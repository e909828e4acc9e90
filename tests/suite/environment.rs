//! Variables that agents have from an object all of whose entries become variables: what is not written out is not missing.

use crate::{
    support::within::{self, Diagnosis, bind, doctor, give},
    workloads::without_secrets,
};
use ctlmon::{
    doctor::Verdict,
    lab::{
        Lab, LabSpec,
        edit::Edit,
        spec::{AgentPods, SecretEntry, SecretSpec},
    },
    observe::dial::Routes,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The practice cluster, whose node agents lack a variable.
fn without(name: &str, from: &Value) -> LabSpec {
    let mut spec = within::spec();
    let container = "/spec/template/spec/containers/0";
    let place = [
        "DD_KUBERNETES_KUBELET_HOST",
        "",
        "",
        "DD_CLUSTER_AGENT_ENABLED",
        "",
        "DD_CLUSTER_AGENT_AUTH_TOKEN",
        "",
        "DD_API_KEY",
    ]
    .into_iter()
    .position(|known| known == name)
    .unwrap();
    if name == "DD_API_KEY" {
        // Where agents run, they have a key, whoever gives it.
        spec.agents.pods = AgentPods::Faring(json!({"state": {"waiting": {"reason": "CrashLoopBackOff"}}}));
    }
    for (pointer, value) in
        [(format!("{container}/env/{place}"), None), (format!("{container}/envFrom"), Some(from.clone()))]
    {
        spec.edits.push(Edit::new("DaemonSet", "datadog", "datadog-agent", &pointer, value));
    }
    spec
}

fn secret(spec: &mut LabSpec, entry: &str) {
    spec.secrets.push(SecretSpec {
        namespace: "datadog".to_owned(),
        name: "variables".to_owned(),
        labels: BTreeMap::new(),
        entries: [(entry.to_owned(), SecretEntry::Text("canary".to_owned()))].into(),
    });
}

async fn look(mut spec: LabSpec) -> Diagnosis {
    bind(&mut spec, None, "cluster-admin");
    see(spec).await
}

async fn see(spec: LabSpec) -> Diagnosis {
    let lab = Lab::start(spec).await.unwrap();
    doctor(&lab, Routes::default(), ctlmon::model::snapshot::Wanted::default()).await
}

/// Why a variable is unknown, whichever check wanted it.
fn unknown(seen: &Diagnosis, variable: &str) -> String {
    let gaps = seen.report.gaps();
    let gap = gaps.iter().find(|gap| gap.what.starts_with(variable));
    gap.map_or_else(|| format!("{variable} is known"), |gap| gap.why.to_string())
}

/// What a check says of the node agents: `ok`, `fail` or why not.
fn said(seen: &Diagnosis, check: &str) -> String {
    let row = seen.report.rows.iter().filter(|row| row.check.id.to_string() == check);
    let each = row.flat_map(|row| row.subjects.iter().zip(&row.each));
    let of_nodes = |subject: &str| subject == "agents datadog/datadog-agent";
    let found = each.into_iter().find(|(subject, _)| of_nodes(&subject.to_string()));
    match found.map(|(_, verdict)| verdict) {
        Some(Verdict::Pass(_)) => "ok".to_owned(),
        Some(Verdict::Problem(_)) => "fail".to_owned(),
        // Gaps are told once for all checks that they leave open.
        Some(Verdict::Unknown(_) | Verdict::NotApplicable(_)) | None => "open".to_owned(),
    }
}

async fn check(variable: &str, check: &str, [without_it, with_it]: [&str; 2]) {
    let from = json!([{"prefix": "DD_", "secretRef": {"name": "variables"}}]);
    for (entry, expected) in [("ELSE", without_it), (variable.strip_prefix("DD_").unwrap(), with_it)] {
        let mut spec = without(variable, &from);
        secret(&mut spec, entry);
        let seen = look(spec).await;
        let told = said(&seen, check);
        let told = if told == "open" { unknown(&seen, variable) } else { told };
        assert_eq!(told, expected, "{variable}, with the entry {entry}");
        assert_eq!(said(&seen, "referenced-object-missing"), "ok");
        assert!(!format!("{:?}", seen.snapshot).contains("canary"), "what may be a secret stays out");
    }
}

#[tokio::test]
async fn what_an_object_gives_is_not_missing() {
    check("DD_API_KEY", "api-key-missing", ["fail", "ok"]).await;
    for (variable, by) in [
        ("DD_KUBERNETES_KUBELET_HOST", "kubelet-host-unset"),
        ("DD_CLUSTER_AGENT_ENABLED", "cluster-agent-not-enabled"),
        ("DD_CLUSTER_AGENT_AUTH_TOKEN", "cluster-agent-token-mismatch"),
    ] {
        let unread = "it comes from Secret datadog/variables, whose values are not read";
        check(variable, by, ["fail", unread]).await;
    }
}

#[tokio::test]
async fn what_a_file_or_an_object_out_of_reach_may_give_is_unknown() {
    let spec = without("DD_API_KEY", &json!([{"configMapRef": {"name": "variables"}}]));
    let seen = look(spec).await;
    assert_eq!(said(&seen, "api-key-missing"), "fail", "what does not exist gives nothing");
    assert_eq!(said(&seen, "referenced-object-missing"), "fail");

    let mut spec = without("DD_API_KEY", &json!([]));
    let mount =
        json!({"name": "confd", "mountPath": "/etc/datadog-agent/datadog.yaml", "subPath": "datadog.yaml"});
    let mounts = "/spec/template/spec/containers/0/volumeMounts/-";
    spec.edits.push(Edit::new("DaemonSet", "datadog", "datadog-agent", mounts, Some(mount)));
    let why = "it may stand in /etc/datadog-agent/datadog.yaml, which is not read";
    assert_eq!(unknown(&look(spec).await, "DD_API_KEY"), why);
}

#[tokio::test]
async fn what_may_not_be_read_names_the_missing_right() {
    let from = json!([{"secretRef": {"name": "variables", "optional": true}}]);
    let mut spec = without("DD_KUBERNETES_KUBELET_HOST", &from);
    give(&mut spec, without_secrets());
    let gaps: Vec<String> = see(spec).await.report.gaps().iter().map(ToString::to_string).collect();
    let expected = "missing permission: get secrets \"variables\" in namespace datadog";
    assert!(gaps.iter().any(|gap| gap.contains(expected)), "{gaps:#?}");
}
