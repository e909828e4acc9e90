//! `gen-values --diff`: what is deployed and what would be written, compared over the API of a practice cluster; which
//! releases are read from there; who serves external metrics; several clusters in one run.

use super::{DIALECTS, names, of, plain, plans};
use crate::support::{Ran, canary::assert_hidden, ctlmon, run, within};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ctlmon::{
    lab::{Lab, LabSpec, edit::Edit},
    model::{
        facts::Named,
        installed::Setting,
        rights::{Role, Rule},
    },
    observe::decode,
    plan::{Audience, Dialect, external::is_of_another, folder},
    yaml,
};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use std::{fs, io::Write as _, path::Path};
use tempfile::TempDir;

/// What stands where a user could have written it.
pub(super) const API_KEY: &str = "4f1d8a07c63be952d01f7b38ae64c295";

/// The release that the practice cluster's agents are labelled with.
pub(super) const RELEASE: [&str; 2] = ["--release", "datadog-agent"];

/// A release of Helm as its Secret.
fn release(chart: &str, values: &Value) -> Value {
    let text = json!({
        "name": "datadog-agent", "namespace": "datadog", "version": 3, "config": values, "manifest": API_KEY,
        "chart": {"metadata": {"name": "datadog", "version": chart}, "values": {"datadog": {"apiKey": API_KEY}}},
    });
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.to_string().as_bytes()).unwrap();
    let packed = STANDARD.encode(STANDARD.encode(encoder.finish().unwrap()));
    json!({
        "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1", "data": {"release": packed},
        "metadata": {
            "namespace": "datadog", "name": "sh.helm.release.v1.datadog-agent.v3",
            "labels": {"owner": "helm", "name": "datadog-agent", "status": "deployed", "version": "3"},
        },
    })
}

/// What an administrator is told by `gen-values` with these arguments, of a cluster with these objects besides.
async fn told(objects: Vec<Value>, arguments: &[&str]) -> Ran {
    let mut spec = within::running();
    spec.objects.extend(objects);
    within::bind(&mut spec, None, "cluster-admin");
    told_in(spec, arguments).await
}

pub(super) async fn told_in(spec: LabSpec, arguments: &[&str]) -> Ran {
    let lab = Lab::start(spec).await.unwrap();
    let kubeconfig = within::kubeconfig(&lab).to_string();
    let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
    tokio::task::spawn_blocking(move || {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("config");
        fs::write(&path, kubeconfig).unwrap();
        gen_values(folder.path(), &arguments, &["--kubeconfig", path.to_str().unwrap()])
    })
    .await
    .unwrap()
}

fn gen_values(folder: &Path, arguments: &[String], more: &[&str]) -> Ran {
    let mut command = ctlmon(folder);
    let ran = run(command.arg("gen-values").args(arguments).args(more));
    assert_hidden(ran.stdout.as_bytes(), &[API_KEY], "stdout");
    assert_hidden(ran.stderr.as_bytes(), &[API_KEY], "stderr");
    ran
}

/// The values that gen-values writes by itself, with whatever else a user has.
fn values(more: &Value) -> Value {
    let folder = TempDir::new().unwrap();
    let ran = run(ctlmon(folder.path()).args(["gen-values", "--distribution", "kubeadm"]).args(RELEASE));
    let mut values = yaml::documents(&ran.stdout).unwrap().remove(0);
    merge(&mut values, more);
    values
}

fn merge(into: &mut Value, more: &Value) {
    for (key, value) in more.as_object().unwrap() {
        if value.is_object() && into[key].is_object() {
            merge(&mut into[key], value);
        } else {
            into[key] = value.clone();
        }
    }
}

pub(super) fn change<'a>(json: &'a Value, component: &str) -> &'a Value {
    let all = json["components"].as_array().unwrap();
    all.iter().find(|change| change["component"] == component).unwrap()
}

pub(super) fn paths(json: &Value) -> Vec<(&str, &str)> {
    let keys = json["keys"].as_array().unwrap().iter();
    keys.map(|key| (key["path"].as_str().unwrap(), key["change"].as_str().unwrap())).collect()
}

/// What is deployed and would be written again is kept with its value wherever it stands, so that it can be compared.
#[test]
fn every_value_that_is_written_is_one_that_is_kept() {
    for plan in plans() {
        for dialect in DIALECTS {
            let text = folder(&plan, dialect, &names()).unwrap().main.text;
            let document = yaml::documents(&text).unwrap().remove(0);
            let settings = match dialect {
                Dialect::Helm => decode::helm_values(&document),
                Dialect::DatadogAgent => decode::datadog_agent_settings(&document),
                Dialect::ArgoCd => continue,
            };
            let hidden: Vec<_> = settings
                .iter()
                .filter(|(_, setting)| **setting == Setting::Hidden)
                .map(|(path, _)| path)
                .collect();
            assert!(hidden.is_empty() && !settings.is_empty(), "{}, {dialect:?}: {hidden:?}", of(&plan));
        }
    }
}

#[tokio::test]
async fn says_what_would_start_stop_and_be_collected_twice() {
    let kept = release(
        "3.230.0",
        &values(&json!({"datadog": {"logLevel": "DEBUG", "apiKey": API_KEY, "env": [{"name": API_KEY}]}})),
    );
    let ran = told(vec![kept], &["--diff", "-o", "json", RELEASE[0], RELEASE[1]]).await;
    let json = ran.json();
    assert_eq!((ran.code, &json["exit"], &json["verdict"]), (1, &json!(1), &json!("different")), "{ran:?}");
    assert_eq!(json["deployed"], json!({"chart": "3.230.0", "revision": 3}));
    assert_eq!(json["gaps"], json!([]), "{json:#}");
    assert!(ran.stderr.contains("read from the cluster: chart 3.230.0"), "{}", ran.stderr);
    assert_eq!(
        paths(&json),
        [("datadog.apiKey", "gone"), ("datadog.env", "gone"), ("datadog.logLevel", "gone")]
    );
    // The agents leave the workers, and an annotation of a Service asks what they ask by themselves.
    assert_eq!(change(&json, "kubelet")["stops_on"], json!(["worker-1"]));
    assert_eq!(change(&json, "apiserver")["change"], "twice");
    let by: Vec<&Value> =
        change(&json, "apiserver")["after"].as_array().unwrap().iter().map(|it| &it["by"]).collect();
    assert_eq!(by, ["packaged", "annotation"]);
    assert_eq!(change(&json, "etcd")["change"], "same");
    assert_eq!(change(&json, "controller-manager")["before"][0]["by"], "annotation");
}

#[tokio::test]
async fn a_release_beside_another_would_collect_all_of_it_twice() {
    let ran = told(Vec::new(), &["--diff"]).await;
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(ran.stdout.lines().filter(|line| line.starts_with("twice ")).count(), 6, "{}", ran.stdout);
    assert!(ran.stdout.contains("Helm release datadog/datadog-agent stays"), "{}", ran.stdout);
    assert!(ran.stdout.contains("settings are new"), "{}", ran.stdout);
}

/// A cluster where what gen-values writes runs: the scheduler is left to the package, as a plan leaves it.
pub(super) fn settled() -> LabSpec {
    let mut spec = within::running();
    spec.agents.checks.remove("kube_scheduler.yaml");
    // The chart's rules for which nodes: that of the plan, by which no agent is on a worker.
    spec.nodes.retain(|node| node.name.starts_with("cp"));
    // So is the API server, which the Cluster Agent otherwise hands out here.
    spec.edits.push(Edit::new("Service", "default", "kubernetes", "/metadata/annotations", None));
    spec.edits.push(Edit::new(
        "DaemonSet",
        "datadog",
        "datadog-agent",
        "/spec/template/spec/containers/0/env/2/value",
        Some(json!("etcd kubernetes_state")),
    ));
    spec.objects.push(release("3.240.0", &values(&json!({}))));
    within::bind(&mut spec, None, "cluster-admin");
    spec
}

const SAME: [&str; 3] = ["--diff", RELEASE[0], RELEASE[1]];

#[tokio::test]
async fn what_is_deployed_as_it_would_be_written_is_the_same() {
    let ran = told_in(settled(), &SAME).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.ends_with("nothing would change\n"), "{}", ran.stdout);
    let json = told_in(settled(), &[&SAME[..], &["-o", "json"]].concat()).await.json();
    assert_eq!((&json["verdict"], &json["keys"]), (&json!("same"), &json!([])));
}

/// The same cluster, asked by somebody who may read everything but Secrets.
#[tokio::test]
async fn without_the_right_to_secrets_it_is_never_the_same() {
    let mut spec = settled();
    spec.rights.bindings.retain(|binding| binding.name != "caller:cluster-admin");
    let all = |group: &str, resources: &[&str]| Rule {
        verbs: vec!["get".to_owned(), "list".to_owned()],
        api_groups: vec![group.to_owned()],
        resources: resources.iter().map(|it| (*it).to_owned()).collect(),
        ..Rule::default()
    };
    let core = ["nodes", "pods", "namespaces", "services", "configmaps"];
    let rules = vec![all("", &core), all("apps", &["daemonsets", "deployments"])];
    within::give(
        &mut spec,
        Role { namespace: None, name: "reader".to_owned(), rules, aggregation: Vec::new() },
    );
    let ran = told_in(spec, &[&SAME[..], &["-o", "json"]].concat()).await;
    let json = ran.json();
    assert_eq!((ran.code, &json["verdict"]), (3, &json!("unknown")), "{ran:?}");
    let gaps = json["gaps"].as_array().unwrap();
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert_eq!(gaps[0]["why"], "missing permission: list secrets in namespace datadog");
}

#[tokio::test]
async fn a_recording_is_compared_as_the_cluster_was() {
    let lab = Lab::start(settled()).await.unwrap();
    let kubeconfig = within::kubeconfig(&lab).to_string();
    tokio::task::spawn_blocking(move || {
        let folder = TempDir::new().unwrap();
        let (path, saved) = (folder.path().join("config"), folder.path().join("saved"));
        fs::write(&path, kubeconfig).unwrap();
        let arguments = SAME.map(str::to_owned);
        let (path, saved) = (path.to_str().unwrap(), saved.to_str().unwrap());
        let live = gen_values(folder.path(), &arguments, &["--kubeconfig", path, "--save", saved]);
        let again = gen_values(folder.path(), &arguments, &["--from", saved]);
        assert_eq!((live.code, &live.stdout), (again.code, &again.stdout));
        assert_hidden(&fs::read(saved).unwrap(), &[API_KEY], "the recording");
        // Of another release nothing was asked.
        let other = gen_values(folder.path(), &["--diff".to_owned()], &["--from", saved]);
        assert!(other.stdout.contains("unknown   the settings of Helm release"), "{other:?}");
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_datadog_agent_is_compared_too() {
    let agent = json!({
        "apiVersion": "datadoghq.com/v2alpha1", "kind": "DatadogAgent",
        "metadata": {"namespace": "datadog", "name": "datadog-agent"},
        "spec": {"global": {"credentials": {"apiKey": API_KEY}, "site": "datadoghq.eu"}},
    });
    let mut spec = within::running();
    spec.objects.push(agent);
    spec.groups.push("datadoghq.com/v2alpha1".to_owned());
    within::bind(&mut spec, None, "cluster-admin");
    let arguments = ["--diff", "--format", "datadog-agent", "-o", "json", RELEASE[0], RELEASE[1]];
    let ran = told_in(spec, &arguments).await;
    let json = ran.json();
    assert_eq!(
        (ran.code, &json["compared_with"]),
        (1, &json!("operator, DatadogAgent datadog/datadog-agent"))
    );
    let paths = paths(&json);
    assert!(paths.contains(&("spec.global.credentials.apiKey", "gone")), "{paths:?}");
    assert!(paths.contains(&("spec.global.site", "gone")) && paths.len() > 5, "{paths:?}");
    assert_eq!(json["others"], json!(["Helm release datadog/datadog-agent"]));
}

#[tokio::test]
async fn releases_that_are_deployed_are_those_that_are_written_for() {
    let operator = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"namespace": "datadog", "name": "operator", "labels": {"app.kubernetes.io/name": "datadog-operator"}},
        "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"spec": {"containers": [
            {"name": "m", "image": "gcr.io/datadoghq/operator:1.20.0"}]}}},
    });
    let ran = told(vec![operator.clone()], &[]).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    for said in ["read from the cluster: chart 3.240.0", "read from the cluster: operator 1.20.0"] {
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
    let named = told(vec![operator], &["--chart-version", "3.200.0", "--operator-version", "1.29.0"]).await;
    assert!(!named.stderr.contains("read from the cluster"), "{}", named.stderr);
}

/// How another's API is warned of.
const WARNING: &str = "serves the external metrics API";

#[tokio::test]
async fn external_metrics_of_another_are_warned_of() {
    let served = |namespace: &str, name: &str| {
        json!({
            "apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService",
            "metadata": {"name": "v1beta1.external.metrics.k8s.io"},
            "spec": {"group": "external.metrics.k8s.io", "service": {"namespace": namespace, "name": name}},
        })
    };
    let wanted = ["--external-metrics", RELEASE[0], RELEASE[1]];
    let keda = || vec![served("keda", "keda-operator-metrics-apiserver")];
    let warned = told(keda(), &wanted).await;
    assert!(
        warned.stderr.contains(&format!("Service keda/keda-operator-metrics-apiserver {WARNING}")),
        "{warned:?}"
    );
    let own = told(vec![served("datadog", "datadog-agent-cluster-agent-metrics-api")], &wanted).await;
    let unwanted = told(keda(), &RELEASE).await;
    let nobody = told(Vec::new(), &wanted).await;
    for ran in [own, unwanted, nobody] {
        assert!(ran.code == 0 && !ran.stderr.contains(WARNING), "{ran:?}");
    }
    let mut spec = within::running();
    within::bind(&mut spec, None, "view-nothing");
    let forbidden = told_in(
        spec,
        &[&wanted[..], &["--distribution", "kubeadm", "--context", "kubernetes-admin@practice"]].concat(),
    )
    .await;
    assert!(
        forbidden.stderr.contains("missing permission: get apiservices.apiregistration.k8s.io"),
        "{forbidden:?}"
    );
}

#[test]
fn the_cluster_agents_own_service_is_known_by_who_installs_it() {
    let check = |name: &str, dialect, is_another| {
        let service = Named { namespace: "datadog".to_owned(), name: name.to_owned(), created: None };
        assert_eq!(is_of_another(&service, &plain(Audience::ControlPlane), dialect), is_another, "{name}");
    };
    check("control-plane-ddagent-datadog-cluster-agent-metrics-api", Dialect::Helm, false);
    check("control-plane-ddagent-datadog-cluster-agent-metrics-api", Dialect::ArgoCd, false);
    check("control-plane-ddagent-cluster-agent-metrics-server", Dialect::DatadogAgent, false);
    check("datadog-cluster-agent-metrics-api", Dialect::Helm, true);
}

#[tokio::test]
async fn several_clusters_get_a_folder_each() {
    let mut spec = within::running();
    within::bind(&mut spec, None, "cluster-admin");
    let lab = Lab::start(spec).await.unwrap();
    let mut kubeconfig = within::kubeconfig(&lab);
    let context = kubeconfig["contexts"][0]["context"].clone();
    let mut dead = kubeconfig["clusters"][0].clone();
    dead["name"] = json!("dead");
    dead["cluster"]["server"] = json!("https://127.0.0.1:1");
    kubeconfig["clusters"].as_array_mut().unwrap().push(dead);
    let mut gone = context.clone();
    gone["cluster"] = json!("dead");
    for (name, context) in
        [("arn:aws/one", &context), ("two", &context), ("gone", &gone), ("arn:aws_one", &context)]
    {
        kubeconfig["contexts"].as_array_mut().unwrap().push(json!({"name": name, "context": context}));
    }
    tokio::task::spawn_blocking(move || {
        let folder = TempDir::new().unwrap();
        let (path, out) = (folder.path().join("config"), folder.path().join("out"));
        fs::write(&path, kubeconfig.to_string()).unwrap();
        let of = |contexts: &[&str], more: &[&str]| {
            let contexts =
                contexts.iter().flat_map(|context| ["--context".to_owned(), (*context).to_owned()]);
            let arguments: Vec<String> = contexts.chain(more.iter().map(|it| (*it).to_owned())).collect();
            gen_values(folder.path(), &arguments, &["--kubeconfig", path.to_str().unwrap()])
        };
        let out_option = ["--out", out.to_str().unwrap()];
        let with_json = [&out_option[..], &["-o", "json"]].concat();

        let ran = of(&["arn:aws/one", "gone", "two"], &with_json);
        let json = ran.json();
        let exits: Vec<&Value> = json.as_array().unwrap().iter().map(|one| &one["exit"]).collect();
        assert_eq!((ran.code, exits), (3, vec![&json!(0), &json!(3), &json!(0)]), "{ran:?}");
        assert_eq!(json[2]["cluster"]["context"], "two");
        assert!(json[1]["error"].as_str().unwrap().contains("cannot reach"), "{}", json[1]);
        let mut written: Vec<_> = fs::read_dir(&out).unwrap().map(|it| it.unwrap().file_name()).collect();
        written.sort();
        assert_eq!(written, ["arn_aws_one", "two"]);
        for name in ["arn_aws_one", "two"] {
            assert!(out.join(name).join("values.yaml").exists() && out.join(name).join("undo.md").exists());
        }

        let again = of(&["arn:aws/one", "two"], &out_option);
        assert_eq!((again.code, again.stdout.as_str()), (3, ""), "nothing is written over: {again:?}");
        assert!(again.stderr.contains("is there already"), "{again:?}");
        let forced = of(&["arn:aws/one", "two"], &[&out_option[..], &["--force"]].concat());
        assert_eq!(forced.code, 0, "{forced:?}");

        for (contexts, more, said) in [
            (&["arn:aws/one", "two"][..], &[][..], "a folder is written for each"),
            (&["arn:aws/one", "two"], &["--diff"], "a folder is written for each"),
            (&["arn:aws/one", "arn:aws_one"], &out_option[..], "would both be written"),
            (
                &["arn:aws/one", "two"],
                &[&out_option[..], &["--save", "x"]].concat(),
                "--save is about one cluster",
            ),
        ] {
            let ran = of(contexts, more);
            assert!(ran.error(2).contains(said), "{contexts:?} {more:?}: {ran:?}");
        }
        let both = of(&["two"], &[&out_option[..], &["--diff"]].concat());
        assert_eq!(both.code, 2, "{both:?}");
    })
    .await
    .unwrap();
}
