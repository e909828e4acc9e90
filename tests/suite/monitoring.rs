//! What monitors a cluster already: the tools that people have, as their charts and manifests make them, live and pasted.

use crate::support::{Ran, api, ctlmon, run, server::runtime};
use serde_json::{Value, json};
use std::{fs, time::Duration};
use tempfile::TempDir;

/// `detect` on pasted text.
fn pasted(text: &str, arguments: &[&str]) -> Ran {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("x"), text).unwrap();
    run(ctlmon(folder.path()).args(["detect", "-f", "x"]).args(arguments))
}

/// The tool of this id among what was found.
fn tool(ran: &Ran, id: &str) -> Value {
    let json = ran.json();
    let found = json["monitoring"]["found"].as_array().unwrap();
    found.iter().find(|found| found["id"] == id).cloned().unwrap_or_else(|| panic!("{id}: {found:#?}"))
}

fn of_list(items: &[Value], id: &str) -> Value {
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string();
    tool(&pasted(&list, &["-o", "json"]), id)
}

fn workload(kind: &str, namespace: &str, name: &str, labels: &Value, images: &[&str]) -> Value {
    let containers: Vec<Value> = images
        .iter()
        .enumerate()
        .map(|(number, image)| json!({"name": format!("c{number}"), "image": image}))
        .collect();
    json!({
        "apiVersion": "apps/v1", "kind": kind, "metadata": {"namespace": namespace, "name": name, "labels": labels},
        "spec": {"template": {"spec": {"containers": containers}}},
    })
}

/// The node agent and the Cluster Agent as the chart makes them.
fn chart(release: &str, native: bool) -> [Value; 2] {
    let labels = |component: &str| {
        json!({"helm.sh/chart": "datadog-3.152.0", "app.kubernetes.io/instance": release, "app.kubernetes.io/name": release,
            "app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/component": component})
    };
    let name = format!("{release}-cluster-agent");
    let mut cluster_agent = workload(
        "Deployment",
        "datadog",
        &name,
        &labels("cluster-agent"),
        &["gcr.io/datadoghq/cluster-agent:7.70.1"],
    );
    let keys: &[&str] = if native {
        &["kubernetes_state_core.yaml", "kube_apiserver_metrics.yaml"]
    } else {
        &["kubernetes_state_core.yaml"]
    };
    let items: Vec<Value> = keys.iter().map(|key| json!({"key": key, "path": key})).collect();
    cluster_agent["spec"]["template"]["spec"]["volumes"] = json!([{"name": "confd", "configMap": {"name": format!("{release}-cluster-agent-confd"), "items": items}}]);
    [
        workload("DaemonSet", "datadog", release, &labels("agent"), &["gcr.io/datadoghq/agent:7.70.0"]),
        cluster_agent,
    ]
}

/// The same as the operator makes them.
fn operator(native: bool) -> [Value; 3] {
    let labels = |component: &str| {
        json!({"agent.datadoghq.com/component": component, "agent.datadoghq.com/name": "datadog",
            "app.kubernetes.io/managed-by": "datadog-operator", "app.kubernetes.io/instance": format!("datadog-{component}")})
    };
    let mut cluster_agent = workload(
        "Deployment",
        "datadog",
        "datadog-cluster-agent",
        &labels("cluster-agent"),
        &["gcr.io/datadoghq/cluster-agent:7.71.0"],
    );
    if native {
        cluster_agent["spec"]["template"]["spec"]["volumes"] =
            json!([{"name": "v", "configMap": {"name": "datadog-controlplane-monitoring-eks"}}]);
    }
    let own =
        json!({"app.kubernetes.io/name": "datadog-operator", "helm.sh/chart": "datadog-operator-2.13.0"});
    [
        workload(
            "DaemonSet",
            "datadog",
            "datadog-agent",
            &labels("agent"),
            &["gcr.io/datadoghq/agent:7.71.0"],
        ),
        cluster_agent,
        workload("Deployment", "datadog", "datadog-operator", &own, &["gcr.io/datadoghq/operator:1.29.0"]),
    ]
}

#[test]
fn datadog_is_known_by_chart_and_by_operator() {
    let found = of_list(&chart("dd", true), "datadog");
    assert_eq!((&found["version"], &found["seen"]), (&json!("7.70.0"), &json!(true)));
    assert_eq!(found["details"]["installed_by"], json!(["Helm release datadog/dd, chart datadog-3.152.0"]));
    assert_eq!(found["details"]["cluster_agent"], json!(["7.70.1"]));
    assert_eq!(found["details"]["native_control_plane"], json!(["on"]));
    assert_eq!(of_list(&chart("dd", false), "datadog")["details"]["native_control_plane"], json!(["off"]));
    assert_eq!(
        of_list(&chart("dd", true)[..1], "datadog")["details"]["native_control_plane"],
        json!(["unknown"])
    );

    let found = of_list(&operator(true), "datadog");
    assert_eq!(found["details"]["installed_by"], json!(["operator, DatadogAgent datadog/datadog"]));
    assert_eq!(found["details"]["operator"], json!(["1.29.0"]));
    assert_eq!(found["details"]["native_control_plane"], json!(["on"]));
    assert_eq!(of_list(&operator(false), "datadog")["details"]["native_control_plane"], json!(["off"]));
    assert_eq!(found["remarks"], json!([]));
}

#[test]
fn datadog_twice_is_said() {
    let remark =
        |items: &[Value]| of_list(items, "datadog")["remarks"][0].as_str().unwrap_or_default().to_owned();
    let two = remark(&[chart("one", false), chart("two", false)].concat());
    assert!(two.contains("Helm release datadog/one and Helm release datadog/two"), "{two}");
    let both = remark(&[&chart("dd", false)[..], &operator(false)].concat());
    assert!(both.contains("Helm release datadog/dd and operator, DatadogAgent datadog/datadog"), "{both}");
}

/// As `kubectl create -f` of Heapster's manifests got it, of that time and of today.
fn heapster(group: &str, store: &str, role: &str) -> String {
    format!(
        "apiVersion: v1
kind: ServiceAccount
metadata:
  name: heapster
  namespace: kube-system
---
apiVersion: {group}
kind: Deployment
metadata:
  name: heapster
  namespace: kube-system
spec:
  template:
    metadata:
      labels:
        task: monitoring
        k8s-app: heapster
    spec:
      serviceAccountName: heapster
      containers:
      - name: heapster
        image: gcr.io/google_containers/heapster-amd64:v1.4.0
        command:
        - /heapster
        - --source=kubernetes:https://kubernetes.default
        - --sink=influxdb:http://monitoring-influxdb.kube-system.svc:8086?user=root&pw=canary
---
apiVersion: {group}
kind: Deployment
metadata:
  name: monitoring-influxdb
  namespace: kube-system
spec:
  template:
    metadata:
      labels:
        task: monitoring
        k8s-app: influxdb
    spec:
      containers:
      - name: influxdb
        image: gcr.io/google_containers/heapster-influxdb-amd64:v1.3.3
        volumeMounts:
        - mountPath: /data
          name: influxdb-storage
      volumes:
      - name: influxdb-storage
        {store}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: heapster
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {role}
subjects:
- kind: ServiceAccount
  name: heapster
  namespace: kube-system
"
    )
}

#[test]
fn heapster_is_known_with_its_source_its_sink_its_store_and_its_right() {
    for group in ["extensions/v1beta1", "apps/v1"] {
        let ran = pasted(&heapster(group, "emptyDir: {}", "system:heapster"), &["-o", "json", "--why"]);
        assert_eq!(ran.code, 3, "nothing says which distribution this is");
        let found = tool(&ran, "heapster");
        assert_eq!(found["version"], "v1.4.0", "{group}");
        let details = &found["details"];
        assert_eq!(details["source"], json!(["kubernetes:https://kubernetes.default"]));
        assert_eq!(details["sink"], json!(["influxdb:http://monitoring-influxdb.kube-system.svc:8086"]));
        assert_eq!(details["storage"], json!(["emptyDir"]));
        assert_eq!(details["binding"], json!(["ClusterRoleBinding heapster to ClusterRole system:heapster"]));
        assert!(!ran.stdout.contains("canary"), "{group}");
        let remarks = found["remarks"].to_string();
        assert!(remarks.contains("lost with its pod") && remarks.contains("retired"), "{remarks}");
    }
    let claim = heapster("apps/v1", "persistentVolumeClaim: {claimName: x}", "cluster-admin");
    let found = tool(&pasted(&claim, &["-o", "json"]), "heapster");
    assert_eq!(found["details"]["storage"], json!(["a volume"]));
    assert!(found["remarks"].to_string().contains("cluster-admin"), "{found}");
    let human = pasted(&claim, &[]).stdout;
    assert!(human.contains("monitor  Heapster v1.4.0: source kubernetes:"), "{human}");
}

#[test]
fn other_tools_are_known_by_what_they_run() {
    let none = json!({});
    let check = |items: &[Value], id: &str, version: Option<&str>| {
        let found = of_list(items, id);
        assert_eq!((found["version"].as_str(), &found["seen"]), (version, &json!(true)), "{found}");
        found
    };
    let app = json!({"k8s-app": "metrics-server"});
    let image = "registry.k8s.io/metrics-server/metrics-server:v0.8.0";
    check(
        &[workload("Deployment", "kube-system", "metrics-server", &app, &[image])],
        "metrics-server",
        Some("v0.8.0"),
    );
    let named = |name: &str| json!({"app.kubernetes.io/name": name, "app.kubernetes.io/version": "0.85.0"});
    let openshift = workload(
        "Deployment",
        "openshift-monitoring",
        "prometheus-operator",
        &named("prometheus-operator"),
        &["quay.io/openshift-release-dev/ocp@sha256:00"],
    );
    check(&[openshift], "prometheus-operator", Some("0.85.0"));
    let pushprox = |component: &str| {
        let name = format!("pushprox-{component}-client");
        workload("DaemonSet", "cattle-monitoring-system", &name, &none, &["rancher/pushprox-client:v0.1.5"])
    };
    let found = check(&[pushprox("kube-etcd"), pushprox("kube-scheduler")], "rancher-monitoring", None);
    assert_eq!(found["details"]["pushprox"], json!(["kube-etcd, kube-scheduler"]));
    let collector = workload("DaemonSet", "otel", "x", &none, &["otel/opentelemetry-collector-k8s:0.130.0"]);
    check(&[collector], "opentelemetry", Some("0.130.0"));
    let infrastructure = workload("DaemonSet", "newrelic", "x", &none, &["newrelic/nri-kubernetes:3.40.0"]);
    check(&[infrastructure], "new-relic", None);
}

#[test]
fn what_is_left_over_is_not_what_runs() {
    let found = tool(
        &pasted("apps/v1\nmonitoring.coreos.com/v1\nmetrics.k8s.io/v1beta1\n", &["-o", "json"]),
        "metrics-server",
    );
    assert_eq!(found["seen"], false);
    assert!(found["remarks"].to_string().contains("left over"), "{found}");
}

#[test]
fn what_could_not_be_looked_at_is_said_and_names_the_right() {
    let node = json!({"kind": "Node", "metadata": {"name": "a"}}).to_string();
    let missing = |ran: &Ran| ran.json()["monitoring"]["gaps"].to_string();
    let asked = missing(&pasted(&node, &["-o", "json"]));
    assert!(
        asked.contains("the Deployments of monitoring tools") && asked.contains("it was not asked"),
        "{asked}"
    );
    let refused = "Error from server (Forbidden): deployments.apps is forbidden: User \"u\" cannot list resource \"deployments\" in API group \"apps\" at the cluster scope\n";
    let refused = missing(&pasted(refused, &["-o", "json"]));
    assert!(refused.contains("missing permission: list deployments.apps"), "{refused}");
    let part = workload("DaemonSet", "kube-system", "kube-proxy", &json!({}), &["kube-proxy:v1"]);
    let list = json!({"kind": "List", "items": [part]}).to_string();
    let part = missing(&pasted(&list, &["-o", "json"]));
    assert!(part.contains("only a part of the list was read"), "one namespace is not all: {part}");
    assert!(!pasted(&list, &[]).stdout.contains("none of the known tools"));
}

fn daemon_sets() -> Value {
    json!([chart("dd", false)[0]])
}

#[test]
fn a_live_cluster_is_asked_in_the_first_wave() {
    let runtime = runtime();
    let folder = TempDir::new().unwrap();
    let (port, _) = api::api(&runtime, &[("/apis/apps/v1/daemonsets", daemon_sets)], Duration::ZERO);
    let path = folder.path().join("config");
    fs::write(&path, api::kubeconfig(&[("here".to_owned(), port)]).to_string()).unwrap();
    let ran = run(ctlmon(folder.path()).args(["detect", "-v", "-o", "json", "--kubeconfig"]).arg(&path));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(tool(&ran, "datadog")["version"], "7.70.0");
    assert_eq!(ran.json()["monitoring"]["gaps"], json!([]));
    assert_eq!(ran.stderr.matches("wave ").count(), 1, "{}", ran.stderr);
}
