//! Workloads with their pod templates.

use super::{
    DecodeError, allowed, flags,
    objects::{Pairs, RawMeta, pairs},
    read,
};
use crate::model::{
    question::ObjectKind,
    workload::{
        EnvObject, EnvSource, Mount, NodeTerm, Replicas, Requirement, Toleration, VolumeSource, Workload,
        WorkloadContainer,
    },
};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct RawWorkload {
    metadata: Option<RawMeta>,
    spec: Option<RawWorkloadSpec>,
    status: Option<RawStatus>,
}

#[derive(Deserialize)]
struct RawPod {
    metadata: Option<RawMeta>,
    spec: Option<RawPodSpec>,
}

#[derive(Default, Deserialize)]
struct RawWorkloadSpec {
    selector: Option<RawSelector>,
    template: Option<RawTemplate>,
    replicas: Option<u32>,
}

/// The numbers of a `DaemonSet`, and those of a Deployment.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawStatus {
    desired_number_scheduled: Option<u32>,
    current_number_scheduled: Option<u32>,
    number_ready: Option<u32>,
    updated_number_scheduled: Option<u32>,
    replicas: Option<u32>,
    ready_replicas: Option<u32>,
    updated_replicas: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawSelector {
    match_labels: Pairs,
}

#[derive(Deserialize)]
struct RawTemplate {
    metadata: Option<RawTemplateMeta>,
    spec: Option<RawPodSpec>,
}

#[derive(Deserialize)]
struct RawTemplateMeta {
    labels: Pairs,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawPodSpec {
    service_account_name: Option<String>,
    host_network: Option<bool>,
    node_selector: Pairs,
    affinity: Option<RawAffinity>,
    tolerations: Option<Vec<RawToleration>>,
    containers: Option<Vec<RawContainer>>,
    volumes: Option<Vec<RawVolume>>,
    dns_policy: Option<String>,
    automount_service_account_token: Option<bool>,
    enable_service_links: Option<bool>,
    security_context: Option<RawSecurity>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawSecurity {
    run_as_user: Option<i64>,
    read_only_root_filesystem: Option<bool>,
    se_linux_options: Option<RawSeLinux>,
}

#[derive(Deserialize)]
struct RawSeLinux {
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawPort {
    host_port: Option<u16>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawAffinity {
    node_affinity: Option<RawNodeAffinity>,
}

#[derive(Deserialize)]
struct RawNodeAffinity {
    #[serde(rename = "requiredDuringSchedulingIgnoredDuringExecution")]
    required: Option<RawNodeSelector>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawNodeSelector {
    node_selector_terms: Option<Vec<RawTerm>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawTerm {
    match_expressions: Option<Vec<RawRequirement>>,
    match_fields: Option<Vec<RawRequirement>>,
}

#[derive(Deserialize)]
struct RawRequirement {
    key: Option<String>,
    operator: Option<String>,
    values: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct RawToleration {
    key: Option<String>,
    operator: Option<String>,
    value: Option<String>,
    effect: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawContainer {
    name: Option<String>,
    image: Option<String>,
    command: Option<Vec<String>>,
    args: Option<Vec<String>>,
    env: Option<Vec<RawVariable>>,
    env_from: Option<Vec<RawEnvObject>>,
    volume_mounts: Option<Vec<RawMount>>,
    security_context: Option<RawSecurity>,
    ports: Option<Vec<RawPort>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawEnvObject {
    prefix: Option<String>,
    secret_ref: Option<RawObjectRef>,
    config_map_ref: Option<RawObjectRef>,
}

#[derive(Deserialize)]
struct RawObjectRef {
    name: Option<String>,
    optional: Option<bool>,
}

#[derive(Deserialize)]
struct RawVariable {
    name: Option<String>,
    value: Option<String>,
    #[serde(rename = "valueFrom")]
    value_from: Option<RawValueSource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the API's own names")]
struct RawValueSource {
    secret_key_ref: Option<RawKeyRef>,
    config_map_key_ref: Option<RawKeyRef>,
    field_ref: Option<RawFieldRef>,
}

#[derive(Deserialize)]
struct RawKeyRef {
    name: Option<String>,
    key: Option<String>,
    optional: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawFieldRef {
    field_path: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawMount {
    name: Option<String>,
    mount_path: Option<String>,
    sub_path: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawVolume {
    name: Option<String>,
    secret: Option<RawSecretSource>,
    config_map: Option<RawConfigMapSource>,
    host_path: Option<RawHostPath>,
    projected: Option<RawProjected>,
    empty_dir: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct RawProjected {
    sources: Option<Vec<RawProjection>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawProjection {
    service_account_token: Option<RawToken>,
}

#[derive(Deserialize)]
struct RawToken {
    audience: Option<String>,
    path: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawSecretSource {
    secret_name: Option<String>,
    items: Option<Vec<RawItem>>,
    optional: Option<bool>,
}

#[derive(Deserialize)]
struct RawConfigMapSource {
    name: Option<String>,
    items: Option<Vec<RawItem>>,
    optional: Option<bool>,
}

#[derive(Deserialize)]
struct RawItem {
    key: Option<String>,
    path: Option<String>,
}

#[derive(Deserialize)]
struct RawHostPath {
    path: Option<String>,
}

/// A `DaemonSet` or a Deployment. The kind is told, because the API server leaves it out of the items of a list.
///
/// # Errors
/// If it is no workload or has no name.
pub fn workload(value: &Value, kind: &str) -> Result<Workload, DecodeError> {
    let raw: RawWorkload = read(value, "workload")?;
    let meta = raw.metadata.ok_or(DecodeError::Nameless("workload"))?;
    let spec = raw.spec.unwrap_or_default();
    let (pod_meta, pods) =
        spec.template.map(|template| (template.metadata, template.spec)).unwrap_or_default();
    let wanted = spec.replicas;
    Ok(Workload {
        pod_labels: pairs(pod_meta.and_then(|meta| meta.labels)),
        replicas: raw.status.map(|status| replicas(&status, wanted)),
        created: meta.created,
        kind: kind.to_owned(),
        namespace: meta.namespace.unwrap_or_default(),
        name: meta.name.filter(|name| !name.is_empty()).ok_or(DecodeError::Nameless("workload"))?,
        labels: pairs(meta.labels),
        selector: pairs(spec.selector.and_then(|selector| selector.match_labels)),
        ..of_pods(pods.unwrap_or_default())
    })
}

/// Of a Deployment the number that is wanted stands in its specification; one where nothing is said.
fn replicas(status: &RawStatus, wanted: Option<u32>) -> Replicas {
    let either = |a: Option<u32>, b: Option<u32>| a.or(b).unwrap_or_default();
    Replicas {
        desired: status.desired_number_scheduled.or(wanted).unwrap_or(1),
        current: either(status.current_number_scheduled, status.replicas),
        ready: either(status.number_ready, status.ready_replicas),
        updated: either(status.updated_number_scheduled, status.updated_replicas),
    }
}

/// A pod as if its specification were a template: what an admission controller adds stands in pods and in no template.
/// It goes by the name of the workload that owns it, so that all pods of one are alike.
///
/// # Errors
/// If it is no pod or has no name.
pub fn specification(value: &Value) -> Result<Workload, DecodeError> {
    let raw: RawPod = read(value, "pod")?;
    let meta = raw.metadata.ok_or(DecodeError::Nameless("pod"))?;
    let name = meta.name.as_deref().filter(|name| !name.is_empty()).ok_or(DecodeError::Nameless("pod"))?;
    let labels = pairs(meta.labels.clone());
    // A Deployment's ReplicaSet is named after it and the hash of the template.
    let of_deployment = |name: &str| {
        let hash = labels.get("pod-template-hash")?;
        name.strip_suffix(hash.as_str())?.strip_suffix('-').map(str::to_owned)
    };
    let (kind, name) = match meta.owner() {
        Some(("ReplicaSet", owner)) => match of_deployment(owner) {
            Some(deployment) => ("Deployment".to_owned(), deployment),
            None => ("ReplicaSet".to_owned(), owner.to_owned()),
        },
        Some((kind, owner)) => (kind.to_owned(), owner.to_owned()),
        None => ("Pod".to_owned(), name.to_owned()),
    };
    let namespace = meta.namespace.unwrap_or_default();
    let pod_labels = labels.clone();
    Ok(Workload { kind, namespace, name, labels, pod_labels, ..of_pods(raw.spec.unwrap_or_default()) })
}

/// What a workload's pods have in common.
fn of_pods(pods: RawPodSpec) -> Workload {
    let required = pods.affinity.and_then(|affinity| affinity.node_affinity?.required?.node_selector_terms);
    let account = pods.service_account_name.filter(|name| !name.is_empty());
    let volumes = pods.volumes.unwrap_or_default().into_iter();
    let security = pods.security_context.unwrap_or_default();
    Workload {
        dns_policy: pods.dns_policy,
        automount_token: pods.automount_service_account_token,
        service_links: pods.enable_service_links,
        run_as_user: security.run_as_user,
        selinux_type: security.se_linux_options.and_then(|options| options.kind),
        service_account: account.unwrap_or_else(|| "default".to_owned()),
        host_network: pods.host_network.unwrap_or_default(),
        node_selector: pairs(pods.node_selector),
        node_affinity: required.unwrap_or_default().into_iter().map(term).collect(),
        tolerations: pods.tolerations.unwrap_or_default().into_iter().map(toleration).collect(),
        containers: pods.containers.unwrap_or_default().into_iter().map(container).collect(),
        volumes: volumes.filter_map(|mut raw| Some((raw.name.take()?, volume(raw)))).collect(),
        ..Workload::default()
    }
}

fn term(raw: RawTerm) -> NodeTerm {
    let all = |of: Option<Vec<RawRequirement>>| of.unwrap_or_default().into_iter().map(requirement).collect();
    NodeTerm { labels: all(raw.match_expressions), fields: all(raw.match_fields) }
}

fn requirement(raw: RawRequirement) -> Requirement {
    Requirement {
        key: raw.key.unwrap_or_default(),
        operator: raw.operator.unwrap_or_default(),
        values: raw.values.unwrap_or_default(),
    }
}

fn toleration(raw: RawToleration) -> Toleration {
    Toleration { key: raw.key, operator: raw.operator, value: raw.value, effect: raw.effect }
}

fn env_object(raw: RawEnvObject) -> Option<EnvObject> {
    let (kind, object) = match (raw.secret_ref, raw.config_map_ref) {
        (Some(secret), _) => (ObjectKind::Secret, secret),
        (None, Some(config_map)) => (ObjectKind::ConfigMap, config_map),
        (None, None) => return None,
    };
    Some(EnvObject {
        kind,
        name: object.name.filter(|name| !name.is_empty())?,
        prefix: raw.prefix.unwrap_or_default(),
        optional: object.optional.unwrap_or_default(),
    })
}

fn container(raw: RawContainer) -> WorkloadContainer {
    let mounts = raw.volume_mounts.unwrap_or_default().into_iter();
    let mut env = BTreeMap::new();
    let mut env_from = BTreeMap::new();
    for variable in raw.env.unwrap_or_default() {
        let Some(name) = variable.name else { continue };
        env.insert(name.clone(), allowed::variable(&name, variable.value.as_deref().unwrap_or_default()));
        if let Some(source) = variable.value_from.and_then(env_source) {
            env_from.insert(name, source);
        }
    }
    let image = raw.image.unwrap_or_default();
    let words = raw.command.into_iter().chain(raw.args).flatten();
    let security = raw.security_context.unwrap_or_default();
    WorkloadContainer {
        run_as_user: security.run_as_user,
        selinux_type: security.se_linux_options.and_then(|options| options.kind),
        read_only_root: security.read_only_root_filesystem,
        host_ports: raw.ports.unwrap_or_default().into_iter().filter_map(|port| port.host_port).collect(),
        name: raw.name.unwrap_or_default(),
        flags: flags::of_image(&image, words),
        image,
        env,
        env_from,
        env_objects: raw.env_from.unwrap_or_default().into_iter().filter_map(env_object).collect(),
        mounts: mounts
            .filter_map(|mount| {
                let sub_path = mount.sub_path.filter(|path| !path.is_empty());
                Some(Mount { volume: mount.name?, path: mount.mount_path?, sub_path })
            })
            .collect(),
    }
}

fn env_source(raw: RawValueSource) -> Option<EnvSource> {
    match (raw.secret_key_ref, raw.config_map_key_ref, raw.field_ref) {
        (Some(RawKeyRef { name: Some(name), key: Some(key), optional: Some(true) }), ..) => {
            Some(EnvSource::OptionalSecret { name, key })
        }
        (Some(RawKeyRef { name: Some(name), key: Some(key), .. }), ..) => {
            Some(EnvSource::Secret { name, key })
        }
        (_, Some(RawKeyRef { name: Some(name), key: Some(key), optional: Some(true) }), _) => {
            Some(EnvSource::OptionalConfigMap { name, key })
        }
        (_, Some(RawKeyRef { name: Some(name), key: Some(key), .. }), _) => {
            Some(EnvSource::ConfigMap { name, key })
        }
        (.., Some(RawFieldRef { field_path: Some(path) })) => Some(EnvSource::Field(path)),
        _ => None,
    }
}

fn volume(raw: RawVolume) -> VolumeSource {
    match (raw.secret, raw.config_map, raw.host_path) {
        (Some(RawSecretSource { secret_name: Some(name), items, optional }), _, _) => {
            VolumeSource::Secret { name, items: renamed(items), optional: optional.unwrap_or_default() }
        }
        (_, Some(RawConfigMapSource { name: Some(name), items, optional }), _) => {
            VolumeSource::ConfigMap { name, items: renamed(items), optional: optional.unwrap_or_default() }
        }
        (_, _, Some(RawHostPath { path: Some(path) })) => VolumeSource::HostPath(path),
        (None, None, None) if raw.empty_dir.is_some() => VolumeSource::EmptyDir,
        _ => raw.projected.and_then(token).unwrap_or(VolumeSource::Other),
    }
}

fn token(projected: RawProjected) -> Option<VolumeSource> {
    let RawToken { audience, path } =
        projected.sources?.into_iter().find_map(|source| source.service_account_token)?;
    Some(VolumeSource::Token { audience: audience.filter(|it| !it.is_empty()), file: path? })
}

fn renamed(items: Option<Vec<RawItem>>) -> BTreeMap<String, String> {
    items.unwrap_or_default().into_iter().filter_map(|item| Some((item.key?, item.path?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keeps_where_pods_may_run_and_what_they_mount() {
        let seen = workload(
            &json!({
                "metadata": {"name": "datadog", "namespace": "dd", "labels": {"app": "dd"}},
                "spec": {"selector": {"matchLabels": {"app": "dd"}}, "template": {"spec": {
                    "serviceAccountName": "agent", "hostNetwork": true, "nodeSelector": {"kubernetes.io/os": "linux"},
                    "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
                        {"matchExpressions": [{"key": "a", "operator": "Exists"}]}]}}},
                    "tolerations": [{"operator": "Exists"}],
                    "containers": [{"name": "agent", "image": "gcr.io/datadoghq/agent:7",
                        "env": [{"name": "DD_SITE", "value": "datadoghq.eu"}, {"name": "DD_API_KEY", "value": "canary"},
                            {"name": "DD_APP_KEY", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "app-key"}}}],
                        "envFrom": [{"prefix": "DD_", "secretRef": {"name": "all"}}, {"configMapRef": {"name": "more", "optional": true}}, {}],
                        "volumeMounts": [{"name": "pki", "mountPath": "/pki", "readOnly": true, "subPath": ""}]}],
                    "volumes": [{"name": "pki", "secret": {"secretName": "etcd", "items": [{"key": "a", "path": "b"}]}},
                        {"name": "confd", "configMap": {"name": "c", "items": null}},
                        {"name": "host", "hostPath": {"path": "/etc", "type": ""}}, {"name": "tmp", "emptyDir": {}}]}}}
            }),
            "DaemonSet",
        )
        .unwrap();
        assert_eq!(
            (seen.kind.as_str(), seen.service_account.as_str(), seen.host_network),
            ("DaemonSet", "agent", true)
        );
        assert_eq!(seen.selector, seen.labels);
        assert_eq!(seen.node_affinity[0].labels[0].operator, "Exists");
        assert_eq!(
            seen.tolerations[0],
            Toleration { operator: Some("Exists".to_owned()), ..Toleration::default() }
        );
        let env = &seen.containers[0].env;
        assert_eq!(
            (env["DD_SITE"].as_str(), env["DD_API_KEY"].as_str(), env["DD_APP_KEY"].as_str()),
            ("datadoghq.eu", "", "")
        );
        let source = EnvSource::Secret { name: "keys".to_owned(), key: "app-key".to_owned() };
        assert_eq!(seen.containers[0].env_from, [("DD_APP_KEY".to_owned(), source)].into());
        let object = |kind, name: &str, prefix: &str, optional| EnvObject {
            kind,
            name: name.to_owned(),
            prefix: prefix.to_owned(),
            optional,
        };
        let objects = [
            object(ObjectKind::Secret, "all", "DD_", false),
            object(ObjectKind::ConfigMap, "more", "", true),
        ];
        assert_eq!(seen.containers[0].env_objects, objects);
        assert_eq!(seen.containers[0].mounts[0].sub_path, None);
        let items = [("a".to_owned(), "b".to_owned())].into();
        assert_eq!(
            seen.volumes["pki"],
            VolumeSource::Secret { name: "etcd".to_owned(), items, optional: false }
        );
        assert_eq!(
            seen.volumes["confd"],
            VolumeSource::ConfigMap { name: "c".to_owned(), items: BTreeMap::new(), optional: false }
        );
        assert_eq!(seen.volumes["host"], VolumeSource::HostPath("/etc".to_owned()));
        assert_eq!(seen.volumes["tmp"], VolumeSource::EmptyDir);
        assert!(!format!("{seen:?}").contains("canary"));
    }

    fn check_name(labels: &Value, owner: &Value, expected: (&str, &str)) {
        let pod = json!({"metadata": {"name": "p", "namespace": "n", "labels": labels, "ownerReferences": [owner]},
            "spec": {"containers": [{"name": "a", "env": [{"name": "DD_API_KEY", "value": "canary"}]}]}});
        let seen = specification(&pod).unwrap();
        assert_eq!((seen.kind.as_str(), seen.name.as_str()), expected);
        assert_eq!((seen.namespace.as_str(), seen.containers.len()), ("n", 1));
        assert!(!format!("{seen:?}").contains("canary"));
    }

    #[test]
    fn a_pod_goes_by_the_name_of_what_owns_it() {
        let owner = |kind: &str, name: &str| json!({"kind": kind, "name": name, "controller": true});
        let hash = json!({"pod-template-hash": "7d9f6"});
        check_name(&hash, &owner("ReplicaSet", "web-7d9f6"), ("Deployment", "web"));
        check_name(&Value::Null, &owner("ReplicaSet", "web-7d9f6"), ("ReplicaSet", "web-7d9f6"));
        check_name(&hash, &owner("StatefulSet", "db"), ("StatefulSet", "db"));
        check_name(&hash, &json!({"kind": "Thing", "name": "x"}), ("Pod", "p"));
        assert_eq!(specification(&json!({"metadata": {}})), Err(DecodeError::Nameless("pod")));
    }

    #[test]
    fn reads_null_and_names_the_default_account() {
        let bare = workload(
            &json!({"metadata": {"name": "x"}, "spec": {"selector": null, "template": {"spec": null}}}),
            "Deployment",
        );
        assert_eq!(bare.unwrap().service_account, "default");
        assert_eq!(
            workload(&json!({"metadata": null}), "Deployment"),
            Err(DecodeError::Nameless("workload"))
        );
    }
}
