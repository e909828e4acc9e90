//! The healthy practice cluster: what `kubeadm init` of version 1.36 leaves behind, with Datadog on it. It runs nothing.

mod agents;
mod certificates;
mod components;
mod objects;
mod rights;
mod voices;
mod written;

pub(super) use written::{annotate, handed_out};

use super::spec::{Alerts, KubeletAuthorization, KubeletSpec, LabSpec, NodeSpec, Pace};
use crate::model::facts::Taint;
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
};

const WORKER: &str = "worker-1";
/// TEST-NET-1 is nobody's, so that nothing is reached by mistake.
const WORKER_ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 21));

/// The most control-plane nodes that can be asked for; the worker has the address after theirs.
const MOST_CONTROL_PLANES: u8 = 9;

/// The taint that keeps ordinary pods off control-plane nodes.
pub(super) const CONTROL_PLANE_TAINT: &str = "node-role.kubernetes.io/control-plane";

/// A control-plane node. The first was made by `kubeadm init`, the others joined it one after another.
struct ControlPlane {
    name: String,
    address: IpAddr,
    /// How long after the first.
    joined_after: SignedDuration,
}

impl LabSpec {
    /// A healthy cluster as kubeadm makes it, six weeks old: one control-plane node, one worker, Datadog on both.
    ///
    /// Its time stands still at `now` until [`Self::pace`] is changed.
    #[must_use]
    pub fn kubeadm(now: Timestamp) -> Self {
        Self::kubeadm_with(now, 1)
    }

    /// The same with this many control-plane nodes, at least 1 and at most 9: `cp-1` at 192.0.2.11 and so on, each with
    /// its own member of etcd.
    #[must_use]
    pub fn kubeadm_with(now: Timestamp, control_planes: u8) -> Self {
        let age = SignedDuration::from_hours(6 * 7 * 24);
        let set_up_at = now.saturating_sub(age).unwrap_or(now).as_second();
        let control_planes: Vec<ControlPlane> = (1..=control_planes.clamp(1, MOST_CONTROL_PLANES))
            .map(|number| ControlPlane {
                name: format!("cp-{number}"),
                address: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 10 + number)),
                joined_after: SignedDuration::from_mins(2 * i64::from(number - 1)),
            })
            .collect();
        Self {
            seed: 1,
            now,
            pace: Pace::Still,
            age,
            nodes: nodes(&control_planes),
            components: components::all(&control_planes),
            pki: certificates::all(age, set_up_at, &control_planes),
            secrets: agents::secrets(),
            etcd_alerts: Alerts::ByReason,
            rights: rights::all(),
            tokens: Vec::new(),
            agents: agents::node_agents(),
            annotated: agents::annotated(),
            cluster_agent: agents::cluster_agent(),
            runners: agents::runners(),
            sidecar: agents::sidecar(),
            voices: voices::all(control_planes.len()),
            objects: objects::all(&control_planes),
            cluster_name: "practice".to_owned(),
            has_datadog: true,
            edits: Vec::new(),
            version: "v1.36.2".to_owned(),
            groups: Vec::new(),
            in_place: BTreeMap::new(),
            samples: Vec::new(),
            failing: Vec::new(),
        }
    }
}

fn nodes(control_planes: &[ControlPlane]) -> Vec<NodeSpec> {
    let node = |name: &str, address: IpAddr, roles: &[&str], pod_network: usize| {
        let fixed = [
            ("beta.kubernetes.io/arch", "amd64"),
            ("beta.kubernetes.io/os", "linux"),
            ("kubernetes.io/arch", "amd64"),
            ("kubernetes.io/hostname", name),
            ("kubernetes.io/os", "linux"),
        ];
        let labels = fixed.into_iter().chain(roles.iter().map(|role| (*role, "")));
        NodeSpec {
            name: name.to_owned(),
            address,
            labels: labels.map(|(key, value)| (key.to_owned(), value.to_owned())).collect::<BTreeMap<_, _>>(),
            taints: Vec::new(),
            pod_cidr: format!("10.244.{pod_network}.0/24"),
            kubelet: KubeletSpec {
                is_listening: true,
                anonymous: false,
                webhook: true,
                authorization: KubeletAuthorization::Webhook,
                serving: format!("kubelet-{name}"),
                static_pods_pending: false,
            },
            is_member: true,
        }
    };
    let taint =
        Taint { key: CONTROL_PLANE_TAINT.to_owned(), value: String::new(), effect: "NoSchedule".to_owned() };
    let roles = [CONTROL_PLANE_TAINT, "node.kubernetes.io/exclude-from-external-load-balancers"];
    let control_planes = control_planes.iter().zip(1..).map(|(one, number)| NodeSpec {
        taints: vec![taint.clone()],
        ..node(&one.name, one.address, &roles, number)
    });
    control_planes.chain([node(WORKER, WORKER_ADDRESS, &[], 0)]).collect()
}
