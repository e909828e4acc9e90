//! The healthy practice cluster: what `kubeadm init` of version 1.36 leaves behind, with Datadog on it. It runs nothing.

mod agents;
mod certificates;
mod components;
mod objects;
mod rights;

use super::spec::{LabSpec, NodeSpec, Pace};
use crate::model::facts::Taint;
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
};

/// The control-plane node.
pub(super) const CONTROL_PLANE: &str = "cp-1";
/// Its address. TEST-NET-1 is nobody's, so that nothing is reached by mistake.
const CONTROL_PLANE_ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 11));
const WORKER: &str = "worker-1";
const WORKER_ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 21));

/// The taint that keeps ordinary pods off control-plane nodes.
pub(super) const CONTROL_PLANE_TAINT: &str = "node-role.kubernetes.io/control-plane";

impl LabSpec {
    /// A healthy cluster as kubeadm makes it, six weeks old: one control-plane node, one worker, Datadog on both.
    ///
    /// Its time stands still at `now` until [`Self::pace`] is changed.
    #[must_use]
    pub fn kubeadm(now: Timestamp) -> Self {
        let age = SignedDuration::from_hours(6 * 7 * 24);
        let set_up_at = now.saturating_sub(age).unwrap_or(now).as_second();
        Self {
            seed: 1,
            now,
            pace: Pace::Still,
            age,
            nodes: nodes(),
            components: components::all(),
            pki: certificates::all(age, set_up_at),
            secrets: agents::secrets(),
            rights: rights::all(),
            tokens: Vec::new(),
            agents: agents::node_agents(),
            cluster_agent: agents::cluster_agent(),
            objects: objects::all(),
        }
    }
}

fn nodes() -> Vec<NodeSpec> {
    let labels = |name: &str, roles: &[&str]| {
        let fixed = [
            ("beta.kubernetes.io/arch", "amd64"),
            ("beta.kubernetes.io/os", "linux"),
            ("kubernetes.io/arch", "amd64"),
            ("kubernetes.io/hostname", name),
            ("kubernetes.io/os", "linux"),
        ];
        let roles = roles.iter().map(|role| (*role, ""));
        let all = fixed.into_iter().chain(roles);
        all.map(|(key, value)| (key.to_owned(), value.to_owned())).collect::<BTreeMap<_, _>>()
    };
    vec![
        NodeSpec {
            name: CONTROL_PLANE.to_owned(),
            address: CONTROL_PLANE_ADDRESS,
            labels: labels(
                CONTROL_PLANE,
                &[CONTROL_PLANE_TAINT, "node.kubernetes.io/exclude-from-external-load-balancers"],
            ),
            taints: vec![Taint {
                key: CONTROL_PLANE_TAINT.to_owned(),
                value: String::new(),
                effect: "NoSchedule".to_owned(),
            }],
            pod_cidr: "10.244.1.0/24".to_owned(),
            anonymous_kubelet: false,
            serving: format!("kubelet-{CONTROL_PLANE}"),
        },
        NodeSpec {
            name: WORKER.to_owned(),
            address: WORKER_ADDRESS,
            labels: labels(WORKER, &[]),
            taints: Vec::new(),
            pod_cidr: "10.244.0.0/24".to_owned(),
            anonymous_kubelet: false,
            serving: format!("kubelet-{WORKER}"),
        },
    ]
}
