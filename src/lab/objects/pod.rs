//! A running pod around a pod spec: its metadata, its place and a status in which all is well.

use crate::lab::{seed::Seed, spec::NodeSpec, store::uid};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::net::IpAddr;

/// What tells one pod from another.
pub(super) struct PodParts<'a> {
    pub(super) namespace: &'a str,
    pub(super) name: &'a str,
    pub(super) labels: Value,
    pub(super) annotations: Value,
    /// Kind, name and API version of its owner.
    pub(super) owner: (&'a str, &'a str, &'a str),
    pub(super) node: &'a NodeSpec,
    /// Its own address; `None` on the node's network.
    pub(super) address: Option<IpAddr>,
    pub(super) started_at: Timestamp,
    pub(super) seed: Seed,
    /// The pod spec of its template.
    pub(super) spec: Value,
}

/// The pod, running and ready.
pub(super) fn pod(parts: PodParts<'_>) -> Value {
    let PodParts { namespace, name, labels, annotations, owner, node, address, started_at, seed, mut spec } =
        parts;
    let (kind, owner, api_version) = owner;
    spec["nodeName"] = json!(node.name);
    spec["restartPolicy"] = json!("Always");
    spec["schedulerName"] = json!("default-scheduler");
    spec["enableServiceLinks"] = json!(true);
    if spec["dnsPolicy"].is_null() {
        spec["dnsPolicy"] = json!("ClusterFirst");
    }
    let ip = address.unwrap_or(node.address);
    let containers: Vec<Value> = spec["containers"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|container| {
            let purpose = format!("{namespace}/{name}/{}", container["name"]);
            json!({
                "name": container["name"],
                "image": container["image"],
                "imageID": format!("sha256:{}", seed.hex::<32>(&container["image"].to_string())),
                "containerID": format!("containerd://{}", seed.hex::<32>(&purpose)),
                "ready": true,
                "started": true,
                "restartCount": 0,
                "lastState": {},
                "state": {"running": {"startedAt": started_at}},
            })
        })
        .collect();
    let conditions: Vec<Value> =
        ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"]
            .into_iter()
            .map(|condition| {
                json!({"type": condition, "status": "True", "lastProbeTime": null, "lastTransitionTime": started_at})
            })
            .collect();
    let mut object = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "namespace": namespace,
            "name": name,
            "labels": labels,
            "creationTimestamp": started_at,
            "ownerReferences": [{
                "apiVersion": api_version,
                "kind": kind,
                "name": owner,
                "controller": true,
                "uid": uid(seed, kind, if kind == "Node" { "" } else { namespace }, owner),
            }],
        },
        "spec": spec,
        "status": {
            "phase": "Running",
            "conditions": conditions,
            "containerStatuses": containers,
            "hostIP": node.address,
            "hostIPs": [{"ip": node.address}],
            "podIP": ip,
            "podIPs": [{"ip": ip}],
            "qosClass": "Burstable",
            "startTime": started_at,
        },
    });
    if !annotations.is_null() {
        object["metadata"]["annotations"] = annotations;
    }
    object
}

/// Some address of the node's pod network, away from the first ones, which the spec hands out by name.
pub(super) fn drawn_address(node: &NodeSpec, seed: Seed, purpose: &str) -> Option<IpAddr> {
    let (network, _) = node.pod_cidr.split_once('/')?;
    let IpAddr::V4(network) = network.parse().ok()? else { return None };
    let [a, b, c, _] = network.octets();
    Some(IpAddr::from([a, b, c, 64 + seed.bytes::<1>(purpose)[0] % 128]))
}

/// The letters that Kubernetes makes generated names of: no vowels, and nothing that looks like another.
pub(super) fn suffix<const N: usize>(seed: Seed, purpose: &str) -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    seed.bytes::<N>(purpose)
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]))
        .collect()
}
