//! Nodes, pods, the version and the API groups.

use super::{
    DecodeError,
    addresses::{self, RawAddress, RawDaemonEndpoints},
    allowed, annotations as annotated, flags, read,
};
use crate::model::facts::{
    Container, ContainerPort, ContainerState, Named, Node, NodeCondition, Pod, ServerVersion, Taint,
};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

// Every field is optional, because `null` and absence both occur where a reader of the API's documentation expects a value.

pub(super) type Pairs = Option<BTreeMap<String, Option<String>>>;

#[derive(Deserialize)]
pub(super) struct RawMeta {
    pub(super) name: Option<String>,
    pub(super) namespace: Option<String>,
    pub(super) labels: Pairs,
    pub(super) annotations: Pairs,
    #[serde(rename = "ownerReferences")]
    owners: Option<Vec<RawOwner>>,
    #[serde(rename = "creationTimestamp", default, deserialize_with = "time")]
    pub(super) created: Option<Timestamp>,
    #[serde(rename = "managedFields")]
    managed: Option<Vec<RawManaged>>,
}

#[derive(Clone, Deserialize)]
struct RawManaged {
    manager: Option<String>,
}

#[derive(Deserialize)]
struct RawOwner {
    kind: Option<String>,
    name: Option<String>,
    controller: Option<bool>,
}

#[derive(Deserialize)]
struct RawNamed {
    metadata: Option<RawMeta>,
}

#[derive(Deserialize)]
struct RawNode {
    metadata: Option<RawMeta>,
    spec: Option<RawNodeSpec>,
    status: Option<RawNodeStatus>,
}

#[derive(Default, Deserialize)]
struct RawNodeSpec {
    #[serde(rename = "providerID")]
    provider_id: Option<String>,
    taints: Option<Vec<RawTaint>>,
    unschedulable: Option<bool>,
}

#[derive(Deserialize)]
struct RawTaint {
    key: Option<String>,
    value: Option<String>,
    effect: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawNodeStatus {
    addresses: Option<Vec<RawAddress>>,
    node_info: Option<RawNodeInfo>,
    daemon_endpoints: Option<RawDaemonEndpoints>,
    conditions: Option<Vec<RawNodeCondition>>,
    capacity: Option<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawNodeCondition {
    #[serde(rename = "type")]
    kind: Option<String>,
    status: Option<String>,
    #[serde(default, deserialize_with = "time")]
    last_heartbeat_time: Option<Timestamp>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawNodeInfo {
    kubelet_version: Option<String>,
    os_image: Option<String>,
    kernel_version: Option<String>,
    container_runtime_version: Option<String>,
}

#[derive(Deserialize)]
struct RawPod {
    metadata: Option<RawMeta>,
    spec: Option<RawPodSpec>,
    status: Option<RawPodStatus>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawPodSpec {
    node_name: Option<String>,
    host_network: Option<bool>,
    service_account_name: Option<String>,
    containers: Option<Vec<RawContainer>>,
    init_containers: Option<Vec<RawContainer>>,
}

#[derive(Deserialize)]
struct RawContainer {
    name: Option<String>,
    image: Option<String>,
    command: Option<Vec<String>>,
    args: Option<Vec<String>>,
    ports: Option<Vec<RawContainerPort>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawContainerPort {
    name: Option<String>,
    container_port: Option<u16>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawPodStatus {
    phase: Option<String>,
    #[serde(rename = "podIP")]
    pod_ip: Option<String>,
    conditions: Option<Vec<RawCondition>>,
    container_statuses: Option<Vec<RawContainerStatus>>,
    init_container_statuses: Option<Vec<RawContainerStatus>>,
}

#[derive(Deserialize)]
struct RawCondition {
    #[serde(rename = "type")]
    kind: Option<String>,
    status: Option<String>,
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawContainerStatus {
    name: Option<String>,
    ready: Option<bool>,
    restart_count: Option<u32>,
    state: Option<RawContainerState>,
    last_state: Option<RawContainerState>,
}

#[derive(Default, Deserialize)]
struct RawContainerState {
    waiting: Option<RawReason>,
    running: Option<RawRunning>,
    terminated: Option<RawReason>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawReason {
    reason: Option<String>,
    exit_code: Option<i32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawRunning {
    #[serde(default, deserialize_with = "time")]
    started_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawVersion {
    major: Option<String>,
    minor: Option<String>,
    git_version: Option<String>,
    platform: Option<String>,
}

#[derive(Deserialize)]
struct RawGroups {
    groups: Option<Vec<RawGroup>>,
    versions: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct RawGroup {
    versions: Option<Vec<RawGroupVersion>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawGroupVersion {
    group_version: Option<String>,
}

impl RawMeta {
    /// Kind and name of what made the object and looks after it.
    pub(super) fn owner(&self) -> Option<(&str, &str)> {
        let owner = self.owners.as_ref()?.iter().find(|owner| owner.controller == Some(true))?;
        Some((owner.kind.as_deref()?, owner.name.as_deref()?))
    }

    /// Who manages its fields, sorted, each once.
    pub(super) fn managers(&self) -> Vec<String> {
        let named = self.managed.iter().flatten().filter_map(|managed| managed.manager.clone());
        named.collect::<BTreeSet<String>>().into_iter().collect()
    }
}

/// A node.
///
/// # Errors
/// If it is no node or has no name.
pub fn node(value: &Value) -> Result<Node, DecodeError> {
    let raw: RawNode = read(value, "node")?;
    let meta = raw.metadata.ok_or(DecodeError::Nameless("node"))?;
    let spec = raw.spec.unwrap_or_default();
    let status = raw.status.unwrap_or_default();
    let software = status.node_info.unwrap_or_default();
    Ok(Node {
        name: meta.name.filter(|name| !name.is_empty()).ok_or(DecodeError::Nameless("node"))?,
        labels: pairs(meta.labels),
        annotations: annotations(meta.annotations),
        provider_id: spec.provider_id.filter(|id| !id.is_empty()),
        taints: spec.taints.unwrap_or_default().into_iter().map(taint).collect(),
        unschedulable: spec.unschedulable.unwrap_or_default(),
        addresses: addresses::pairs(status.addresses),
        kubelet_version: software.kubelet_version.unwrap_or_default(),
        os_image: software.os_image.unwrap_or_default(),
        kernel_version: software.kernel_version.unwrap_or_default(),
        runtime: software.container_runtime_version.unwrap_or_default(),
        kubelet_port: addresses::port(status.daemon_endpoints),
        conditions: status.conditions.unwrap_or_default().into_iter().filter_map(node_condition).collect(),
        pod_capacity: status.capacity.and_then(|capacity| number(capacity.get("pods")?)),
    })
}

/// A pod.
///
/// # Errors
/// If it is no pod or has no name.
pub fn pod(value: &Value) -> Result<Pod, DecodeError> {
    let raw: RawPod = read(value, "pod")?;
    let meta = raw.metadata.ok_or(DecodeError::Nameless("pod"))?;
    let spec = raw.spec.unwrap_or_default();
    let status = raw.status.unwrap_or_default();
    let conditions = status.conditions.unwrap_or_default();
    let containers = |of: Option<Vec<RawContainer>>, statuses: Option<Vec<RawContainerStatus>>| {
        let mut fares = states(statuses);
        let with_state = |raw: RawContainer| {
            let state = raw.name.as_ref().and_then(|name| fares.remove(name));
            Container { state, ..container(raw) }
        };
        of.unwrap_or_default().into_iter().map(with_state).collect()
    };
    let owner = meta.owner().map(|(kind, name)| format!("{kind}/{name}"));
    Ok(Pod {
        namespace: meta.namespace.unwrap_or_default(),
        name: meta.name.filter(|name| !name.is_empty()).ok_or(DecodeError::Nameless("pod"))?,
        labels: pairs(meta.labels),
        checks: annotated::checks(&meta.annotations),
        annotations: annotations(meta.annotations),
        node: spec.node_name.filter(|name| !name.is_empty()),
        host_network: spec.host_network.unwrap_or_default(),
        address: status.pod_ip.filter(|address| !address.is_empty()),
        phase: status.phase.unwrap_or_default(),
        ready: conditions
            .iter()
            .any(|is| is.kind.as_deref() == Some("Ready") && is.status.as_deref() == Some("True")),
        service_account: spec.service_account_name.filter(|name| !name.is_empty()),
        owner,
        containers: containers(spec.containers, status.container_statuses),
        init_containers: containers(spec.init_containers, status.init_container_statuses),
        created: meta.created,
        unplaced: conditions
            .iter()
            .find(|is| is.kind.as_deref() == Some("PodScheduled") && is.status.as_deref() == Some("False"))
            .map(|is| is.reason.clone().unwrap_or_default()),
    })
}

/// The name and namespace of anything.
///
/// # Errors
/// If it has no name.
pub fn named(value: &Value) -> Result<Named, DecodeError> {
    let raw: RawNamed = read(value, "object")?;
    let meta = raw.metadata.ok_or(DecodeError::Nameless("object"))?;
    let name = meta.name.filter(|name| !name.is_empty()).ok_or(DecodeError::Nameless("object"))?;
    Ok(Named { namespace: meta.namespace.unwrap_or_default(), name, created: meta.created })
}

/// What `/version` answers.
///
/// # Errors
/// If there is no `gitVersion` in it.
pub fn version(value: &Value) -> Result<ServerVersion, DecodeError> {
    let raw: RawVersion = read(value, "version")?;
    Ok(ServerVersion {
        major: raw.major.unwrap_or_default(),
        minor: raw.minor.unwrap_or_default(),
        git_version: raw.git_version.ok_or(DecodeError::Shape("version"))?,
        platform: raw.platform.unwrap_or_default(),
    })
}

/// What `/apis` answers, an `APIGroupList`, as `group/version` of every version served, sorted; or what `/api` answers,
/// an `APIVersions`, as the versions of the core group.
///
/// # Errors
/// If it is neither.
pub fn api_groups(value: &Value) -> Result<Vec<String>, DecodeError> {
    let raw: RawGroups = read(value, "list of API groups")?;
    if raw.groups.is_none() && raw.versions.is_none() && value.get("groups").is_none() {
        return Err(DecodeError::NotAList("list of API groups"));
    }
    let groups = raw.groups.unwrap_or_default().into_iter();
    let versions = groups.flat_map(|group| group.versions.unwrap_or_default());
    let named: BTreeSet<String> = versions
        .filter_map(|version| version.group_version)
        .chain(raw.versions.unwrap_or_default())
        .collect();
    Ok(named.into_iter().collect())
}

pub(super) fn pairs(raw: Pairs) -> BTreeMap<String, String> {
    raw.unwrap_or_default().into_iter().map(|(key, value)| (key, value.unwrap_or_default())).collect()
}

fn annotations(raw: Pairs) -> BTreeMap<String, String> {
    let keep = |(key, value): (String, String)| {
        let value = allowed::annotation(&key, value);
        (key, value)
    };
    pairs(raw).into_iter().map(keep).collect()
}

/// A number, which YAML that somebody wrote may have with or without quotes.
fn number(value: &Value) -> Option<u32> {
    match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64().and_then(|number| u32::try_from(number).ok()),
    }
}

/// A time; what is none is no reason to leave the rest unread.
fn time<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    let value = Option::<Value>::deserialize(from)?;
    Ok(value.and_then(|value| value.as_str()?.parse().ok()))
}

fn node_condition(raw: RawNodeCondition) -> Option<(String, NodeCondition)> {
    let condition =
        NodeCondition { status: raw.status.unwrap_or_default(), heartbeat: raw.last_heartbeat_time };
    Some((raw.kind?, condition))
}

fn states(raw: Option<Vec<RawContainerStatus>>) -> BTreeMap<String, ContainerState> {
    let state = |raw: RawContainerStatus| {
        let now = raw.state.unwrap_or_default();
        let before = raw.last_state.and_then(|state| state.terminated);
        let ended = now.terminated.or(before);
        let state = ContainerState {
            ready: raw.ready.unwrap_or_default(),
            restarts: raw.restart_count.unwrap_or_default(),
            waiting: now.waiting.map(|waiting| waiting.reason.unwrap_or_default()),
            exit_code: ended.as_ref().and_then(|ended| ended.exit_code),
            ended: ended.and_then(|ended| ended.reason),
            started: now.running.and_then(|running| running.started_at),
        };
        Some((raw.name?, state))
    };
    raw.unwrap_or_default().into_iter().filter_map(state).collect()
}

fn taint(raw: RawTaint) -> Taint {
    Taint {
        key: raw.key.unwrap_or_default(),
        value: raw.value.unwrap_or_default(),
        effect: raw.effect.unwrap_or_default(),
    }
}

fn port(raw: RawContainerPort) -> Option<ContainerPort> {
    Some(ContainerPort { name: raw.name.unwrap_or_default(), number: raw.container_port? })
}

fn container(raw: RawContainer) -> Container {
    let words: Vec<String> =
        raw.command.unwrap_or_default().into_iter().chain(raw.args.unwrap_or_default()).collect();
    Container {
        name: raw.name.unwrap_or_default(),
        image: raw.image.unwrap_or_default(),
        flags: flags::read(words.iter().map(String::as_str)),
        ports: raw.ports.unwrap_or_default().into_iter().filter_map(port).collect(),
        state: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keeps_of_a_node_what_tells_its_maker() {
        let node = node(&json!({
            "metadata": {"name": "n", "labels": {"a/b": ""}, "annotations": {
                "kubeadm.alpha.kubernetes.io/cri-socket": "unix:///x", "other": "canary"}},
            "spec": {"providerID": "kind://docker/kind/n", "taints": [{"key": "k", "effect": "NoSchedule"}]},
            "status": {
                "addresses": [{"type": "InternalIP", "address": "10.0.0.1"}],
                "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
                "nodeInfo": {"kubeletVersion": "v1.36.2", "osImage": "Debian", "containerRuntimeVersion": "containerd://2"}
            }
        }))
        .unwrap();
        assert_eq!(node.annotations["kubeadm.alpha.kubernetes.io/cri-socket"], "unix:///x");
        assert_eq!(node.annotations["other"], "");
        assert_eq!(node.provider_id.as_deref(), Some("kind://docker/kind/n"));
        assert_eq!(node.taints[0].to_string(), "k:NoSchedule");
        assert_eq!((node.address("InternalIP"), node.kubelet_port), (Some("10.0.0.1"), Some(10250)));
        assert_eq!((node.kubelet_version.as_str(), node.runtime.as_str()), ("v1.36.2", "containerd://2"));
    }

    #[test]
    fn reads_null_wherever_it_may_stand() {
        let nulls = json!({
            "metadata": {"name": "n", "labels": null, "annotations": null, "ownerReferences": null, "namespace": null},
            "spec": {"providerID": null, "taints": null, "unschedulable": null, "containers": null, "nodeName": null},
            "status": {"addresses": null, "nodeInfo": null, "daemonEndpoints": {"kubeletEndpoint": null}, "conditions": null}
        });
        assert_eq!(node(&nulls).unwrap(), Node { name: "n".to_owned(), ..Node::default() });
        assert_eq!(pod(&nulls).unwrap(), Pod { name: "n".to_owned(), ..Pod::default() });
        let bare = json!({"metadata": {"name": "n"}, "spec": null, "status": null});
        assert_eq!(node(&bare).unwrap().name, "n");
        assert_eq!(pod(&bare).unwrap().name, "n");
        let label = json!({"metadata": {"name": "n", "labels": {"a": null}}});
        assert_eq!(pod(&label).unwrap().labels["a"], "");
    }

    #[test]
    fn refuses_what_has_no_name() {
        for nameless in [json!({}), json!({"metadata": {}}), json!({"metadata": {"name": ""}})] {
            assert_eq!(node(&nameless), Err(DecodeError::Nameless("node")));
            assert_eq!(named(&nameless), Err(DecodeError::Nameless("object")));
        }
        assert_eq!(pod(&json!([1])), Err(DecodeError::Shape("pod")));
    }

    #[test]
    fn reads_a_static_pod() {
        let pod = pod(&json!({
            "metadata": {"name": "etcd-a", "namespace": "kube-system",
                "annotations": {"kubernetes.io/config.source": "file", "x": "canary"},
                "ownerReferences": [{"kind": "Thing", "name": "x"}, {"kind": "Node", "name": "a", "controller": true}]},
            "spec": {"hostNetwork": true, "nodeName": "a", "containers": [{"name": "etcd", "image": "r/etcd:3",
                "command": ["etcd", "--client-cert-auth=true", "--initial-cluster-token=canary"],
                "args": ["--client-cert-auth=false"]}]},
            "status": {"phase": "Running", "podIP": "10.0.0.1", "conditions": [{"type": "Ready", "status": "True"}]}
        }))
        .unwrap();
        assert_eq!(pod.owner.as_deref(), Some("Node/a"));
        assert!(pod.ready && pod.host_network);
        assert_eq!(pod.containers[0].flags["client-cert-auth"], "false");
        assert!(!format!("{pod:?}").contains("canary"));
    }

    #[test]
    fn reads_versions_and_groups() {
        let seen =
            version(&json!({"major": "1", "minor": "36", "gitVersion": "v1.36.2", "emulationMajor": "1"}))
                .unwrap();
        assert_eq!((seen.git_version.as_str(), seen.platform.as_str()), ("v1.36.2", ""));
        assert_eq!(version(&json!({"major": "1"})), Err(DecodeError::Shape("version")));
        let groups = json!({"kind": "APIGroupList", "groups": [
            {"name": "batch", "versions": [{"groupVersion": "batch/v1"}, {"groupVersion": "batch/v1beta1"}]},
            {"name": "apps", "versions": [{"groupVersion": "apps/v1"}]}, {"name": "x", "versions": null}]});
        assert_eq!(api_groups(&groups).unwrap(), ["apps/v1", "batch/v1", "batch/v1beta1"]);
        assert_eq!(api_groups(&json!({"kind": "APIVersions", "versions": ["v1"]})).unwrap(), ["v1"]);
        assert_eq!(
            api_groups(&json!({"kind": "APIGroupList", "groups": null})).unwrap(),
            Vec::<String>::new()
        );
        assert!(api_groups(&json!({"kind": "Status"})).is_err());
    }
}
