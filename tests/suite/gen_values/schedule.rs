//! Where agents land: pods put on six nodes by the scheduler's rules for taints, labels and affinity. What is written for
//! agents has the form of a pod's specification, and what the real chart makes of it is one.

use super::{
    DIALECTS, judges, names, plain, planned,
    read::{held, one},
};
use ctlmon::{
    distributions::{ALL, Distribution},
    plan::{Audience, ChecksBy, Choices, Dialect, Plan, PlanError, folder, spell},
    yaml,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, process::Command};

/// A node with the roles and the taints that it bears.
struct Node {
    roles: &'static [&'static str],
    /// Each with its effect.
    taints: &'static [(&'static str, &'static str)],
    /// Beginnings of paths of files that it has.
    files: &'static [&'static str],
}

const CONTROL_PLANE: Node = Node {
    roles: &["node-role.kubernetes.io/control-plane"],
    taints: &[("node-role.kubernetes.io/control-plane", "NoSchedule")],
    files: &["/"],
};
/// As kubeadm made them until 1.23.
const OLD_CONTROL_PLANE: Node = Node {
    roles: &["node-role.kubernetes.io/master"],
    taints: &[("node-role.kubernetes.io/master", "NoSchedule")],
    ..CONTROL_PLANE
};
const WORKER: Node = Node { roles: &[], taints: &[], files: &[] };

const NODES: [Node; 6] = [CONTROL_PLANE, CONTROL_PLANE, OLD_CONTROL_PLANE, WORKER, WORKER, WORKER];

impl Node {
    fn is_control_plane(&self) -> bool {
        !self.roles.is_empty()
    }

    fn label(&self, key: &str) -> Option<&'static str> {
        match key {
            "kubernetes.io/os" => Some("linux"),
            _ => self.roles.contains(&key).then_some("true"),
        }
    }

    /// Whether a pod of this specification runs here.
    fn takes(&self, pod: &Value) -> bool {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let tolerations = list(&pod["tolerations"]);
        let is_borne = |(taint, effect): &(&str, &str)| {
            tolerations.iter().any(|it| {
                let has_effect = it["effect"].is_null() || it["effect"] == *effect;
                let has_key = it["key"] == *taint || it["key"].is_null() && it["operator"] == "Exists";
                has_effect && has_key && (it["operator"] == "Exists" || it["value"] == "true")
            })
        };
        let selector = pod["nodeSelector"].as_object().cloned().unwrap_or_default();
        let is_met = |it: &Value| {
            let label = self.label(it["key"].as_str().unwrap());
            let is_among = label.is_some_and(|label| list(&it["values"]).iter().any(|value| value == label));
            match it["operator"].as_str().unwrap() {
                "Exists" => label.is_some(),
                "DoesNotExist" => label.is_none(),
                "In" => is_among,
                "NotIn" => !is_among,
                other => panic!("unexpected operator {other}"),
            }
        };
        let required = &pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"];
        let terms = list(&required["nodeSelectorTerms"]);
        let fulfils = |term: &Value| list(&term["matchExpressions"]).iter().all(is_met);
        self.taints.iter().all(is_borne)
            && selector.iter().all(|(key, value)| self.label(key).is_some_and(|label| value == label))
            && (terms.is_empty() || terms.iter().any(fulfils))
    }

    fn has(&self, path: &str) -> bool {
        self.files.iter().any(|start| path.starts_with(start))
    }

    /// A file that a pod of this specification waits for in vain.
    fn lacks(&self, pod: &Value) -> Option<String> {
        let files =
            pod["volumes"].as_array().into_iter().flatten().filter(|it| it["hostPath"]["type"] == "File");
        let mut paths = files.filter_map(|it| it["hostPath"]["path"].as_str());
        paths.find(|path| !self.has(path)).map(str::to_owned)
    }
}

/// What a spelling says of the agents' pods.
fn agents(dialect: Dialect, text: &str) -> Value {
    let document = one(text);
    match dialect {
        Dialect::Helm => document["agents"].clone(),
        Dialect::DatadogAgent => document["spec"]["override"]["nodeAgent"].clone(),
        Dialect::ArgoCd => {
            one(document["spec"]["source"]["helm"]["values"].as_str().unwrap())["agents"].clone()
        }
    }
}

fn of(distribution: &'static Distribution, audience: Audience) -> Option<Plan> {
    match planned(distribution, &plain(audience)) {
        Ok(plan) => Some(plan),
        Err(PlanError::Contradiction { .. } | PlanError::Refused { .. }) => None,
        Err(error) => panic!("{}: {error}", distribution.id),
    }
}

#[test]
fn one_agent_runs_on_every_node_and_finds_its_files() {
    for distribution in ALL {
        for dialect in DIALECTS {
            let rendered = |audience| of(distribution, audience).map(|plan| spell(&plan, dialect).unwrap());
            let has_own = of(distribution, Audience::ControlPlane).is_some();
            for node in &NODES {
                if let Some(all) = rendered(Audience::All).filter(|_| has_own || !node.is_control_plane()) {
                    let pod = agents(dialect, &all);
                    assert!(node.takes(&pod), "{}: --for all runs everywhere", distribution.id);
                    assert!(!held(dialect, &all).host_network, "{}: its own network", distribution.id);
                    assert_eq!(WORKER.lacks(&pod), None, "{}", distribution.id);
                }
                let (Some(control_plane), Some(workers)) =
                    (rendered(Audience::ControlPlane), rendered(Audience::Workers))
                else {
                    continue;
                };
                for (text, runs) in
                    [(&control_plane, node.is_control_plane()), (&workers, !node.is_control_plane())]
                {
                    let pod = agents(dialect, text);
                    assert_eq!(node.takes(&pod), runs, "{}", distribution.id);
                    assert!(!runs || node.lacks(&pod).is_none(), "{}: {pod}", distribution.id);
                }
                // One Cluster Agent, and with it one collection of events and one kube-state-metrics.
                assert_eq!(
                    (held(dialect, &control_plane).joins.is_none(), held(dialect, &workers).joins.is_some()),
                    (true, true),
                    "{}",
                    distribution.id
                );
            }
        }
    }
}

/// The workloads that the real chart makes of these values: kind and name with the specification of their pods.
fn workloads(judge: &judges::Chart, plan: &Plan) -> Vec<(String, Value)> {
    let folder = tempfile::tempdir().unwrap();
    let values = folder.path().join("values.yaml");
    fs::write(&values, spell(plan, Dialect::Helm).unwrap()).unwrap();
    let ran = Command::new(&judge.helm)
        .args(["template", &plan.choices.release])
        .arg(&judge.chart)
        .args(["-n", &plan.choices.namespace, "-f"])
        .arg(&values)
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let documents = yaml::documents(&String::from_utf8(ran.stdout).unwrap()).unwrap();
    let is_workload = |it: &Value| !it["spec"]["template"]["spec"]["containers"].is_null();
    documents
        .into_iter()
        .filter(is_workload)
        .map(|it| {
            let name = it["metadata"]["name"].as_str().unwrap();
            (format!("{} {name}", it["kind"].as_str().unwrap()), it["spec"]["template"]["spec"].clone())
        })
        .collect()
}

/// What runs on the six nodes when all of these releases are installed.
fn settled(pods: &[(String, Value)], label: &str) {
    let count = |end: &str| pods.iter().filter(|(name, _)| name.ends_with(end)).count();
    assert_eq!((count("-cluster-agent"), count("-operator")), (1, 1), "{label}: {:?}", names_of(pods));
    for node in &NODES {
        let here: Vec<&(String, Value)> =
            pods.iter().filter(|(name, pod)| name.starts_with("DaemonSet ") && node.takes(pod)).collect();
        assert_eq!(here.len(), 1, "{label}: one agent on {:?}, of {:?}", node.roles, names_of(pods));
    }
    for (name, pod) in pods {
        let nodes: Vec<&Node> = NODES.iter().filter(|node| node.takes(pod)).collect();
        assert!(!nodes.is_empty(), "{label}: {name} runs nowhere");
        assert_eq!(nodes.iter().find_map(|node| node.lacks(pod)), None, "{label}: {name}");
    }
}

fn names_of(pods: &[(String, Value)]) -> Vec<&str> {
    pods.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn pods_of_the_real_chart_run_once_on_every_node_and_find_their_files() {
    let test = "pods_of_the_real_chart_run_once_on_every_node_and_find_their_files";
    let Some(judge) = judges::Chart::found(test) else { return };
    // Many distributions are configured alike.
    let mut known: BTreeMap<String, Vec<(String, Value)>> = BTreeMap::new();
    let mut made = |plan: &Plan| -> Vec<(String, Value)> {
        let values = one(&spell(plan, Dialect::Helm).unwrap()).to_string();
        known.entry(values).or_insert_with(|| workloads(&judge, plan)).clone()
    };
    let mut settlements = 0;
    for distribution in ALL {
        for change in [|_: &mut Choices| {}, |choices: &mut Choices| choices.runners = Some(2)] {
            let of = |audience| {
                let mut choices = plain(audience);
                if audience != Audience::Workers {
                    change(&mut choices);
                }
                planned(distribution, &choices).ok()
            };
            let split = of(Audience::ControlPlane).zip(of(Audience::Workers));
            if let Some((control_plane, workers)) = &split {
                let pods = [made(control_plane), made(workers)].concat();
                settled(&pods, &format!("{}, split", distribution.id));
                settlements += 1;
            }
            if let Some(all) = of(Audience::All)
                && split.is_some()
            {
                settled(&made(&all), &format!("{}, all", distribution.id));
                settlements += 1;
            }
        }
    }
    assert!(settlements > ALL.len(), "{settlements}");
    println!("{test}: {settlements} settlements of {} sets of values", known.len());
}

/// What a pod that pauses is for: nodes that run etcd and nothing else, and those that run everything but etcd.
#[test]
fn pods_that_pause_run_where_their_component_does() {
    const fn node(roles: &'static [&'static str], taints: &'static [(&'static str, &'static str)]) -> Node {
        Node { roles, taints, files: &[] }
    }
    let etcd = node(&["node-role.kubernetes.io/etcd"], &[("node-role.kubernetes.io/etcd", "NoExecute")]);
    let controllers = node(
        &["node-role.kubernetes.io/controlplane"],
        &[("node-role.kubernetes.io/controlplane", "NoSchedule")],
    );
    let choices = Choices { checks_by: ChecksBy::Annotations, ..plain(Audience::ControlPlane) };
    let plan = planned(Distribution::named("rke1").unwrap(), &choices).unwrap();
    let folder = folder(&plan, Dialect::Helm, &names()).unwrap();
    let pauses = folder.manifests.iter().find(|it| it.name == "22-pauses.yaml").unwrap();
    let pod = &one(&pauses.text)["spec"]["template"]["spec"];
    assert!(etcd.takes(pod) && !controllers.takes(pod) && !WORKER.takes(pod), "{pod}");
    // The agents that are told by it run on both.
    let agents = agents(Dialect::Helm, &folder.main.text);
    assert!(etcd.takes(&agents) && controllers.takes(&agents) && !WORKER.takes(&agents), "{agents}");
}

#[test]
fn a_toleration_is_no_restriction() {
    // What the articles' values say: tolerated, and held back by nothing.
    let articles = json!({"tolerations": [{"key": "node-role.kubernetes.io/master", "operator": "Exists"}]});
    assert!(OLD_CONTROL_PLANE.takes(&articles) && WORKER.takes(&articles));
    assert!(!CONTROL_PLANE.takes(&articles), "and the taint of today's nodes is another one");
}
