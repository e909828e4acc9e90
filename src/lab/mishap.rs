//! What goes wrong with pods, as the faults write it: the events that tell of it, and what becomes of the agents' pods.

use super::{
    edit::Edit,
    objects::agents::{pod_name, runs_on},
    spec::LabSpec,
};
use jiff::SignedDuration;
use serde_json::{Value, json};

impl LabSpec {
    /// A warning about an object in the agents' namespace, two minutes old.
    pub(super) fn warn(&mut self, kind: &str, name: &str, reason: &str, message: &str) {
        let at = self.now.saturating_sub(SignedDuration::from_mins(2)).unwrap_or(self.now);
        let namespace = self.agents.account.namespace.clone();
        self.objects.push(json!({
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"namespace": namespace, "name": format!("{name}.{reason}")},
            "involvedObject": {"kind": kind, "namespace": namespace, "name": name},
            "type": "Warning",
            "reason": reason,
            "message": message,
            "count": 12,
            "firstTimestamp": self.set_up_at(),
            "lastTimestamp": at,
        }));
    }

    /// The pods of the node agents by name.
    pub(super) fn agent_pods(&self) -> Vec<String> {
        let hosts = self.nodes.iter().filter(|node| runs_on(&self.agents, node));
        hosts.map(|node| pod_name(self, node)).collect()
    }

    /// The container of each node agent is in another state, and not ready.
    pub(super) fn agents_fare(&mut self, status: &Value) {
        for pod in self.agent_pods() {
            for (key, value) in status.as_object().into_iter().flatten() {
                self.edit_agents("Pod", &pod, &format!("/status/containerStatuses/0/{key}"), value.clone());
            }
            self.edit_agents("Pod", &pod, "/status/containerStatuses/0/ready", json!(false));
        }
        self.count_agents("numberReady", 0);
    }

    /// The node agents' pods were never made.
    pub(super) fn without_agent_pods(&mut self) {
        let namespace = self.agents.account.namespace.clone();
        for pod in self.agent_pods() {
            self.edits.push(Edit::new("Pod", &namespace, &pod, "", None));
        }
        for count in ["currentNumberScheduled", "numberReady", "updatedNumberScheduled"] {
            self.count_agents(count, 0);
        }
    }

    /// A number in the status of the node agents' `DaemonSet`.
    pub(super) fn count_agents(&mut self, what: &str, number: u32) {
        let name = self.agents.account.name.clone();
        self.edit_agents("DaemonSet", &name, &format!("/status/{what}"), json!(number));
    }

    /// A change of the node agents' pods-to-be, by a pointer into their specification.
    pub(super) fn edit_template(&mut self, at: &str, to: Value) {
        let name = self.agents.account.name.clone();
        self.edit_agents("DaemonSet", &name, &format!("/spec/template/spec{at}"), to);
    }

    fn edit_agents(&mut self, kind: &'static str, name: &str, at: &str, to: Value) {
        let namespace = self.agents.account.namespace.clone();
        self.edits.push(Edit::new(kind, &namespace, name, at, Some(to)));
    }
}
