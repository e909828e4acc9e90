//! The Datadog node agents as the chart's objects, and their pods on the nodes where the scheduler's rules let them run.

use super::pod::{PodParts, drawn_address, pod, suffix};
use crate::{
    lab::{
        seed::Seed,
        spec::{AgentCheck, AgentPods, AgentSpec, ClusterAgentReference, LabSpec, NodeSpec},
    },
    model::{
        facts::Node,
        workload::{Toleration, Workload},
    },
};
use serde_json::{Map, Value, json};

/// The Agent's image.
pub(super) const IMAGE: &str = "gcr.io/datadoghq/agent:7.81.1";

/// Account, `ConfigMap`, `DaemonSet` and pods.
pub(super) fn all(lab: &LabSpec) -> Vec<Value> {
    let spec = &lab.agents;
    let name = &spec.account.name;
    let namespace = &spec.account.namespace;
    let meant: Vec<&NodeSpec> = lab.members().filter(|node| runs_on(spec, node)).collect();
    let hosts = match spec.pods {
        AgentPods::Unmade | AgentPods::Unwanted => Vec::new(),
        AgentPods::Ready | AgentPods::Faring(_) => meant.clone(),
    };
    let confd: Map<String, Value> =
        spec.checks.iter().map(|(file, check)| (file.clone(), json!(check_file(check)))).collect();
    let mut objects = vec![
        json!({
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"namespace": namespace, "name": name, "labels": helm_labels(name)},
        }),
        json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"namespace": namespace, "name": format!("{name}-confd"), "labels": helm_labels(name)},
            "data": confd,
        }),
    ];
    if spec.pods != AgentPods::Unwanted {
        objects.push(daemon_set(lab, meant.len()));
    }
    objects.extend(hosts.into_iter().map(|node| {
        let seed = Seed(lab.seed);
        let mut pod = pod(PodParts {
            namespace,
            name: &pod_name(lab, node),
            labels: pod_labels(name),
            annotations: Value::Null,
            owner: ("DaemonSet", name, "apps/v1"),
            node,
            address: if spec.host_network { None } else { drawn_address(node, seed, "agent") },
            started_at: lab.set_up_at(),
            seed,
            spec: pod_spec(lab),
        });
        if let AgentPods::Faring(other) = &spec.pods {
            let status = &mut pod["status"]["containerStatuses"][0];
            status["ready"] = json!(false);
            for (key, value) in other.as_object().into_iter().flatten() {
                status[key] = value.clone();
            }
        }
        pod
    }));
    objects
}

/// The name of the pod on a node.
pub(in crate::lab) fn pod_name(lab: &LabSpec, node: &NodeSpec) -> String {
    let drawn = suffix::<5>(Seed(lab.seed), &format!("agent on {}", node.name));
    format!("{}-{drawn}", lab.agents.account.name)
}

/// Whether the `DaemonSet`'s pods run on a node.
pub(in crate::lab) fn runs_on(spec: &AgentSpec, node: &NodeSpec) -> bool {
    let node = Node {
        name: node.name.clone(),
        labels: node.labels.clone(),
        taints: node.taints.clone(),
        ..Node::default()
    };
    let workload = Workload {
        kind: "DaemonSet".to_owned(),
        host_network: spec.host_network,
        tolerations: spec.tolerations.clone(),
        ..Workload::default()
    };
    workload.obstacles(&node).is_empty()
}

fn daemon_set(lab: &LabSpec, pods: usize) -> Value {
    let spec = &lab.agents;
    let name = &spec.account.name;
    let (made, ready) = match spec.pods {
        AgentPods::Ready => (pods, pods),
        AgentPods::Faring(_) => (pods, 0),
        AgentPods::Unmade | AgentPods::Unwanted => (0, 0),
    };
    let mut labels = helm_labels(name);
    labels["app.kubernetes.io/component"] = json!("agent");
    json!({
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {
            "namespace": spec.account.namespace,
            "name": name,
            "labels": labels,
            "generation": 1,
            "annotations": {
                "meta.helm.sh/release-name": name,
                "meta.helm.sh/release-namespace": spec.account.namespace,
            },
        },
        "spec": {
            "revisionHistoryLimit": 10,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"name": name, "labels": pod_labels(name)},
                "spec": pod_spec(lab),
            },
            "updateStrategy": {"type": "RollingUpdate"},
        },
        "status": {
            "currentNumberScheduled": made,
            "desiredNumberScheduled": pods,
            "numberAvailable": ready,
            "numberMisscheduled": 0,
            "numberReady": ready,
            "observedGeneration": 1,
            "updatedNumberScheduled": made,
        },
    })
}

fn pod_spec(lab: &LabSpec) -> Value {
    let spec = &lab.agents;
    let name = &spec.account.name;
    let image = IMAGE;
    let mut variables = vec![
        json!({"name": "DD_KUBERNETES_KUBELET_HOST", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.hostIP"}}}),
        json!({"name": "DD_KUBELET_TLS_VERIFY", "value": "false"}),
        json!({"name": "DD_IGNORE_AUTOCONF", "value": ignored(spec)}),
    ];
    variables.extend(cluster_agent_variables(&spec.cluster_agent));
    variables.push(json!({"name": "DD_EXTRA_CONFIG_PROVIDERS", "value": "endpointschecks"}));
    variables.extend(identity(lab));
    let confd = json!({"name": "confd", "mountPath": "/conf.d", "readOnly": true});
    let mut pods = json!({
        "serviceAccountName": name,
        "serviceAccount": name,
        "hostNetwork": spec.host_network,
        "dnsPolicy": if spec.host_network { "ClusterFirstWithHostNet" } else { "ClusterFirst" },
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "tolerations": spec.tolerations.iter().map(toleration).collect::<Vec<_>>(),
        "initContainers": [{
            "name": "init-config",
            "image": image,
            "command": ["bash", "-c"],
            "args": ["for script in $(find /etc/cont-init.d/ -type f -name '*.sh' | sort) ; do bash $script ; done"],
            "volumeMounts": [{"name": "config", "mountPath": "/etc/datadog-agent"}, confd],
        }],
        "containers": [{
            "name": "agent",
            "image": image,
            "command": ["agent", "run"],
            "env": variables,
            "ports": [{"name": "dogstatsdport", "containerPort": 8125, "protocol": "UDP"}],
            "volumeMounts": [
                {"name": "config", "mountPath": "/etc/datadog-agent"},
                confd,
            ],
        }],
        "volumes": [
            {"name": "config", "emptyDir": {}},
            {"name": "confd", "configMap": {"name": format!("{name}-confd"), "defaultMode": 420}},
        ],
    });
    if let Some((secret, path)) = &spec.client_certificate {
        mount(&mut pods, &json!({"name": secret, "mountPath": path, "readOnly": true}));
        add_volume(&mut pods, json!({"name": secret, "secret": {"secretName": secret, "defaultMode": 420}}));
    }
    if let Some(audience) = &spec.token_audience {
        mount_token(&mut pods, audience);
    }
    pods
}

/// A token in the place of the one that pods get by themselves, made as that one is.
fn mount_token(pods: &mut Value, audience: &str) {
    pods["automountServiceAccountToken"] = json!(false);
    let path = "/var/run/secrets/kubernetes.io/serviceaccount";
    let sources = json!([
        {"serviceAccountToken": {"audience": audience, "expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
    ]);
    mount(pods, &json!({"name": "token", "mountPath": path, "readOnly": true}));
    add_volume(pods, json!({"name": "token", "projected": {"defaultMode": 420, "sources": sources}}));
}

/// Mounts a volume into the Agent's container.
fn mount(pods: &mut Value, mount: &Value) {
    if let Some(mounts) = pods["containers"][0]["volumeMounts"].as_array_mut() {
        mounts.push(mount.clone());
    }
}

fn add_volume(pods: &mut Value, volume: Value) {
    if let Some(volumes) = pods["volumes"].as_array_mut() {
        volumes.push(volume);
    }
}

/// What all of Datadog's containers are given: the API key and the cluster's name.
pub(super) fn identity(lab: &LabSpec) -> [Value; 2] {
    let key = json!({"secretKeyRef": {"name": "datadog-secret", "key": "api-key"}});
    [
        json!({"name": "DD_API_KEY", "valueFrom": key}),
        json!({"name": "DD_CLUSTER_NAME", "value": lab.cluster_name}),
    ]
}

/// What an Agent is told of the Cluster Agent.
pub(super) fn cluster_agent_variables(told: &ClusterAgentReference) -> Vec<Value> {
    let (token, key) = &told.token;
    let mut variables = vec![
        json!({"name": "DD_CLUSTER_AGENT_ENABLED", "value": "true"}),
        json!({"name": "DD_CLUSTER_AGENT_KUBERNETES_SERVICE_NAME", "value": told.service}),
        json!({"name": "DD_CLUSTER_AGENT_AUTH_TOKEN", "valueFrom": {"secretKeyRef": {"name": token, "key": key}}}),
    ];
    variables.extend(told.url.iter().map(|url| json!({"name": "DD_CLUSTER_AGENT_URL", "value": url})));
    variables
}

/// The checks that are configured here or handed out by the Cluster Agent, which must not run a second time from the
/// files that the image ships.
fn ignored(spec: &AgentSpec) -> String {
    let shipped: Vec<&str> = spec.checks.keys().filter_map(|file| file.strip_suffix(".yaml")).collect();
    format!("{} kube_apiserver_metrics kubernetes_state", shipped.join(" "))
}

/// A check's file as a person writes it.
fn check_file(check: &AgentCheck) -> String {
    let head = ["ad_identifiers:".to_owned(), format!("  - {}", check.identifier)];
    let rest = ["init_config: {}", "instances:"].map(str::to_owned);
    let instance = [format!("  - prometheus_url: {}", check.url)];
    let settings = check.settings.iter().map(|(key, value)| format!("    {key}: {value}"));
    let lines: Vec<String> = head.into_iter().chain(rest).chain(instance).chain(settings).collect();
    lines.join("\n") + "\n"
}

/// The same check as an annotation of a pod has it: the container's name in the key, JSON in the value.
pub(super) fn annotation(check: &AgentCheck, name: &str) -> (String, String) {
    let url = ("prometheus_url".to_owned(), json!(check.url));
    let settings = check.settings.iter().map(|(key, value)| (key.clone(), json!(value)));
    let instance: Map<String, Value> = [url].into_iter().chain(settings).collect();
    let value = json!({name: {"init_config": {}, "instances": [instance]}});
    (format!("ad.datadoghq.com/{}.checks", check.identifier), value.to_string())
}

fn toleration(toleration: &Toleration) -> Value {
    let parts = [
        ("key", &toleration.key),
        ("operator", &toleration.operator),
        ("value", &toleration.value),
        ("effect", &toleration.effect),
    ];
    parts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value.as_ref()?)))).collect()
}

/// The labels that the chart puts on everything.
pub(super) fn helm_labels(release: &str) -> Value {
    json!({
        "helm.sh/chart": "datadog-3.240.0",
        "app.kubernetes.io/name": release,
        "app.kubernetes.io/instance": release,
        "app.kubernetes.io/managed-by": "Helm",
        "app.kubernetes.io/version": "7",
    })
}

fn pod_labels(release: &str) -> Value {
    json!({
        "app": release,
        "app.kubernetes.io/name": release,
        "app.kubernetes.io/instance": release,
        "app.kubernetes.io/managed-by": "Helm",
        "app.kubernetes.io/component": "agent",
    })
}
