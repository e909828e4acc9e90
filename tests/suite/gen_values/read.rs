//! What a spelling says is read back by another reader than wrote it, and compared with what the plan says.

use super::{DIALECTS, of, plans};
use ctlmon::{
    plan::{CheckFile, Dialect, KubeletTls, MountSource, Plan, Requirement, spell},
    yaml,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What must hold, however it is spelled.
#[derive(Debug, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each one is a fact of its own")]
pub(super) struct Held {
    pub(super) host_network: bool,
    pub(super) tolerations: Vec<String>,
    /// For each term its labels with their operators and values.
    pub(super) terms: Vec<Vec<(String, String)>>,
    pub(super) files: BTreeMap<String, Value>,
    pub(super) cluster_files: BTreeMap<String, Value>,
    pub(super) ignored: BTreeSet<String>,
    /// What is mounted, and where.
    pub(super) mounts: BTreeSet<(String, String)>,
    pub(super) joins: Option<String>,
    pub(super) runners: Option<u64>,
    pub(super) product: Option<String>,
    pub(super) token: String,
    pub(super) cluster_name: Option<String>,
    pub(super) site: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) kubelet: Option<Value>,
    pub(super) takes_checks: bool,
    pub(super) sidecars: bool,
    pub(super) has_agents: bool,
}

#[test]
fn every_spelling_says_what_the_plan_says() {
    for plan in plans() {
        for dialect in DIALECTS {
            let text = spell(&plan, dialect).unwrap();
            assert_eq!(held(dialect, &text), expected(&plan, dialect), "{}, {dialect:?}:\n{text}", of(&plan));
        }
    }
}

#[test]
fn no_spelling_holds_a_key_or_a_placeholder() {
    for plan in plans() {
        for dialect in DIALECTS {
            let text = spell(&plan, dialect).unwrap();
            for word in ["apiKey:", "appKey:", "token:", "\t", "TODO", "<", ">"] {
                assert!(!text.contains(word), "{word:?} in {}:\n{text}", of(&plan));
            }
        }
    }
}

/// What the plan says, in the form in which spellings are read.
fn expected(plan: &Plan, dialect: Dialect) -> Held {
    let choices = &plan.choices;
    let files = |files: &[CheckFile]| files.iter().map(|file| (file.name.clone(), check(file))).collect();
    let mut ignored: BTreeSet<String> = plan.agents.ignored.iter().map(|it| (*it).to_owned()).collect();
    let has_agents = !plan.sidecars.as_ref().is_some_and(|sidecars| sidecars.alone);
    if !has_agents {
        ignored.clear();
    } else if dialect == Dialect::DatadogAgent {
        ignored.insert("kubernetes_state".to_owned());
    }
    let source = |source: &MountSource| match source {
        MountSource::HostFile(path) => format!("file {path}"),
        MountSource::HostFolder(path) => format!("folder {path}"),
        MountSource::Secret(name) => format!("secret {name}"),
    };
    let mut held = Held {
        host_network: plan.agents.host_network,
        tolerations: if has_agents { plan.agents.placement.tolerations.clone() } else { Vec::new() },
        terms: plan
            .agents
            .placement
            .terms
            .iter()
            .map(|term| {
                let operator = |it: &Requirement| [&[it.operator], it.values].concat().join(" ");
                term.iter().map(|it| (it.key.to_owned(), operator(it))).collect()
            })
            .collect(),
        files: files(&plan.agents.files),
        cluster_files: files(&plan.cluster_agent.files),
        ignored,
        mounts: plan.agents.mounts.iter().map(|mount| (source(&mount.source), mount.at.clone())).collect(),
        joins: plan.cluster_agent.joins.clone(),
        runners: plan.runners.map(u64::from),
        product: match (plan.switch, plan.platform) {
            (Some(switch), _) if dialect == Dialect::DatadogAgent => Some(switch.annotation),
            (Some(switch), _) => Some(switch.provider),
            (None, Some(platform)) if dialect == Dialect::DatadogAgent => platform.annotation,
            (None, Some(platform)) => Some(platform.provider[0]),
            (None, None) => None,
        }
        .map(str::to_owned),
        token: choices.keys.token.clone(),
        cluster_name: choices.cluster_name.clone(),
        site: choices.site.clone(),
        tags: choices.tags.clone(),
        takes_checks: plan.cluster_agent.takes_checks,
        sidecars: plan.sidecars.is_some(),
        has_agents,
        kubelet: plan.kubelet_tls.as_ref().filter(|_| has_agents).map(|tls| match tls {
            KubeletTls::Verify => json!({"tlsVerify": true}),
            KubeletTls::Skip => json!({"tlsVerify": false}),
            KubeletTls::Authority(path) => json!({"hostCAPath": path}),
        }),
    };
    if dialect != Dialect::DatadogAgent
        && plan.platform.is_some_and(|platform| platform.asks_kubelets_through_api)
    {
        held.kubelet = Some(json!({"useApiServer": true}));
    }
    held
}

/// A file of a check as the agent will read it, made without the template.
fn check(file: &CheckFile) -> Value {
    let mut body = json!({"init_config": {}, "instances": file.instances});
    if !file.ad_identifiers.is_empty() {
        body["ad_identifiers"] = json!(file.ad_identifiers);
    }
    if let Some(endpoints) = &file.endpoints {
        let mut of = json!({"name": endpoints.name, "namespace": endpoints.namespace});
        if endpoints.by_address {
            of["resolve"] = json!("ip");
        }
        body["advanced_ad_identifiers"] = json!([{"kube_endpoints": of}]);
        body["cluster_check"] = json!(true);
    }
    body
}

/// The one document of a text.
pub(super) fn one(text: &str) -> Value {
    let mut documents = yaml::documents(text).unwrap_or_else(|error| panic!("{error}:\n{text}"));
    assert_eq!(documents.len(), 1, "{text}");
    documents.remove(0)
}

/// What a spelling says.
pub(super) fn held(dialect: Dialect, text: &str) -> Held {
    let document = one(text);
    match dialect {
        Dialect::Helm => of_helm(&document),
        Dialect::ArgoCd => {
            let source = &document["spec"]["source"];
            assert_eq!(source["helm"]["releaseName"], document["metadata"]["name"]);
            of_helm(&one(source["helm"]["values"].as_str().expect("values are a text")))
        }
        Dialect::DatadogAgent => of_operator(&document),
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// What the chart's own template engine makes of a text: the only action that is ever written stands for two braces.
fn through_tpl(value: &str) -> String {
    value.replace("{{`{{`}}", "{{")
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(text).collect()
}

fn bodies(value: &Value) -> BTreeMap<String, Value> {
    let bodies = value.as_object().into_iter().flatten();
    bodies.map(|(name, body)| (name.clone(), one(body.as_str().expect("a text")))).collect()
}

fn placed(value: &Value, held: &mut Held) {
    held.tolerations = value["tolerations"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|it| {
            assert_eq!(it["operator"], "Exists", "{it}");
            text(&it["key"]).unwrap()
        })
        .collect();
    let terms = &value["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"];
    held.terms = terms
        .as_array()
        .into_iter()
        .flatten()
        .map(|term| {
            let operator =
                |it: &Value| [vec![text(&it["operator"]).unwrap()], texts(&it["values"])].concat().join(" ");
            let all = term["matchExpressions"].as_array().unwrap().iter();
            all.map(|it| (text(&it["key"]).unwrap(), operator(it))).collect()
        })
        .collect();
}

fn mounted(volumes: &Value, mounts: &Value) -> BTreeSet<(String, String)> {
    let volumes: BTreeMap<String, String> = volumes
        .as_array()
        .into_iter()
        .flatten()
        .map(|volume| {
            let source = match (&volume["hostPath"], &volume["secret"]) {
                (Value::Null, secret) => format!("secret {}", secret["secretName"].as_str().unwrap()),
                (path, _) => {
                    format!(
                        "{} {}",
                        if path["type"] == "File" { "file" } else { "folder" },
                        path["path"].as_str().unwrap()
                    )
                }
            };
            (text(&volume["name"]).unwrap(), source)
        })
        .collect();
    let mounts = mounts.as_array().into_iter().flatten();
    mounts
        .map(|mount| {
            assert_eq!(mount["readOnly"], true, "{mount}");
            (volumes[mount["name"].as_str().unwrap()].clone(), text(&mount["mountPath"]).unwrap())
        })
        .collect()
}

fn of_helm(values: &Value) -> Held {
    let (datadog, agents) = (&values["datadog"], &values["agents"]);
    let runner = &values["clusterChecksRunner"];
    let joined = &values["existingClusterAgent"];
    let mut held = Held {
        host_network: agents["useHostNetwork"] == true,
        files: bodies(&datadog["confd"]),
        cluster_files: bodies(&values["clusterAgent"]["confd"]),
        ignored: texts(&datadog["ignoreAutoConfig"]).into_iter().collect(),
        mounts: mounted(&agents["volumes"], &agents["volumeMounts"]),
        joins: text(&joined["serviceName"]),
        runners: (runner["enabled"] == true).then(|| runner["replicas"].as_u64().unwrap_or(2)),
        product: values["providers"].as_object().and_then(|of| of.keys().next().cloned()),
        token: text(&joined["tokenSecretName"])
            .or_else(|| text(&values["clusterAgent"]["tokenExistingSecret"]))
            .unwrap(),
        cluster_name: text(&datadog["clusterName"]).map(|name| through_tpl(&name)),
        site: text(&datadog["site"]),
        tags: texts(&datadog["tags"]).iter().map(|tag| through_tpl(tag)).collect(),
        kubelet: Some(datadog["kubelet"].clone()).filter(|it| !it.is_null()),
        takes_checks: joined["clusterchecksEnabled"] != false,
        sidecars: values["clusterAgent"]["admissionController"]["agentSidecarInjection"]["provider"]
            == "fargate",
        has_agents: agents["enabled"] != false,
        ..Held::default()
    };
    placed(agents, &mut held);
    held
}

fn of_operator(document: &Value) -> Held {
    let (global, over) = (&document["spec"]["global"], &document["spec"]["override"]);
    let features = &document["spec"]["features"];
    let (agent, cluster_agent) = (&over["nodeAgent"], &over["clusterAgent"]);
    let env = |of: &Value, name: &str| {
        let found = of.as_array().into_iter().flatten().find(|it| it["name"] == name);
        found.and_then(|it| text(&it["value"]))
    };
    let ignored = env(&agent["containers"]["agent"]["env"], "DD_IGNORE_AUTOCONF").unwrap_or_default();
    let has_runners = features["clusterChecks"]["useClusterChecksRunners"] == true;
    let joins = env(&agent["env"], "DD_CLUSTER_AGENT_KUBERNETES_SERVICE_NAME");
    assert_eq!(joins.is_some(), cluster_agent["disabled"] == true, "one Cluster Agent: {document}");
    let mut held = Held {
        host_network: agent["hostNetwork"] == true,
        files: bodies(&agent["extraConfd"]["configDataMap"]),
        cluster_files: bodies(&cluster_agent["extraConfd"]["configDataMap"]),
        ignored: ignored.split_whitespace().map(str::to_owned).collect(),
        mounts: mounted(&agent["volumes"], &agent["containers"]["agent"]["volumeMounts"]),
        joins,
        runners: over["clusterChecksRunner"]["replicas"].as_u64().filter(|_| has_runners),
        product: text(&document["metadata"]["annotations"]["agent.datadoghq.com/cluster-provider"]),
        token: text(&global["clusterAgentTokenSecret"]["secretName"]).unwrap(),
        cluster_name: text(&global["clusterName"]),
        site: text(&global["site"]),
        tags: texts(&global["tags"]),
        kubelet: Some(global["kubelet"].clone()).filter(|it| !it.is_null()),
        takes_checks: features["clusterChecks"]["enabled"] != false,
        sidecars: features["admissionController"]["agentSidecarInjection"]["provider"] == "fargate",
        has_agents: agent["disabled"] != true,
        ..Held::default()
    };
    placed(agent, &mut held);
    held
}
