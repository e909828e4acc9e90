//! From nothing to proven data: a cluster without Datadog, what doctor says of it, what gen-values writes for it, and the
//! same cluster with the agents that this describes.

use crate::support::{ctlmon, run};
use ctlmon::{
    lab::{
        Lab, LabSpec,
        edit::Edit,
        spec::{AgentCheck, Pace, SecretEntry, SecretSpec},
    },
    model::workload::Toleration,
    yaml,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::Path};
use tempfile::TempDir;

/// A cluster without Datadog, at the time of other processes.
fn bare() -> LabSpec {
    LabSpec { has_datadog: false, pace: Pace::Running, ..LabSpec::kubeadm(Timestamp::now()) }
}

/// The agents that Helm values describe, in the place of the practice cluster's own.
fn described(values: &Value) -> LabSpec {
    let mut spec = LabSpec { has_datadog: true, ..bare() };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let agents = &values["agents"];
    spec.annotated.clear();
    spec.agents.client_certificate = None;
    spec.agents.host_network = agents["useHostNetwork"].as_bool().unwrap_or_default();
    spec.agents.tolerations = agents["tolerations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|toleration| Toleration {
            key: Some(text(&toleration["key"])),
            operator: Some(text(&toleration["operator"])),
            ..Toleration::default()
        })
        .collect();
    let files = values["datadog"]["confd"].as_object().unwrap().iter();
    spec.agents.checks = files.map(|(file, text)| (file.clone(), check(text.as_str().unwrap()))).collect();
    let (namespace, name) = (spec.agents.account.namespace.clone(), spec.agents.account.name.clone());
    spec.edits.push(Edit::new(
        "DaemonSet",
        &namespace,
        &name,
        "/spec/template/spec/affinity",
        Some(agents["affinity"].clone()),
    ));
    // The one Secret of the setup's first step, in the place of the chart's own.
    let secret = text(&values["clusterAgent"]["tokenExistingSecret"]);
    let token = spec.cluster_agent.token.clone();
    spec.secrets.push(SecretSpec {
        namespace,
        name: secret.clone(),
        labels: BTreeMap::new(),
        entries: [("token", token.clone()), ("api-key", token)]
            .map(|(key, text)| (key.to_owned(), SecretEntry::Text(text)))
            .into(),
    });
    spec.cluster_agent.token_from.0.clone_from(&secret);
    spec.agents.cluster_agent.token.0.clone_from(&secret);
    spec.runners.cluster_agent.token.0 = secret;
    spec
}

fn check(text: &str) -> AgentCheck {
    let document = yaml::documents(text).unwrap().remove(0);
    let instance = document["instances"][0].as_object().unwrap();
    let settings = instance.iter().filter(|(key, _)| *key != "prometheus_url");
    AgentCheck {
        identifier: document["ad_identifiers"][0].as_str().unwrap().to_owned(),
        url: instance["prometheus_url"].as_str().unwrap().to_owned(),
        settings: settings.map(|(key, value)| (key.clone(), value.to_string())).collect(),
    }
}

async fn beside(folder: &Path, lab: &Lab, arguments: &[&str]) -> crate::support::Ran {
    let config = folder.join("config");
    fs::write(&config, lab.kubeconfig().unwrap().to_string()).unwrap();
    let mut command = ctlmon(folder);
    command.args(arguments).arg("--kubeconfig").arg(&config);
    tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_a_cluster_without_datadog_to_one_that_is_monitored() {
    let folder = TempDir::new().unwrap();
    let lab = Lab::start(bare()).await.unwrap();
    let before = beside(folder.path(), &lab, &["doctor", "-o", "json"]).await;
    assert_eq!((before.code, before.problems("error")), (1, vec!["datadog-not-installed".to_owned()]));
    assert!(before.stdout.contains("ctlmon gen-values"), "{}", before.stdout);
    let written = beside(folder.path(), &lab, &["gen-values"]).await;
    assert_eq!(written.code, 0, "{}", written.stderr);
    drop(lab);
    let values = yaml::documents(&written.stdout).unwrap().remove(0);
    let lab = Lab::start(described(&values)).await.unwrap();
    let after = beside(folder.path(), &lab, &["doctor", "--as-agent", "--wait", "60s", "-o", "json"]).await;
    assert_eq!(after.code, 0, "{}{}", after.stdout, after.stderr);
    assert_eq!(after.json()["unjudged"], json!([]), "{}", after.stdout);
}
