//! What goes wrong in several faults: the events that tell of it, changes of what the agents' pods are to be, leases that nobody
//! renews.

use super::{
    edit::Edit,
    objects::agents::{pod_name, runs_on},
    spec::LabSpec,
};
use crate::model::question::AccountRef;
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

    /// A change of the node agents' pods-to-be, by a pointer into their specification.
    pub(super) fn edit_template(&mut self, at: &str, to: Value) {
        let AccountRef { namespace, name } = &self.agents.account;
        let at = format!("/spec/template/spec{at}");
        self.edits.push(Edit::new("DaemonSet", namespace, name, &at, Some(to)));
    }

    /// The node agents' client certificate, taken from a folder of the nodes in place of its Secret.
    pub(super) fn keep_certificate_on_nodes(&mut self, folder: &str) {
        let Some((name, path)) = self.agents.client_certificate.take() else { return };
        self.edit_template("/volumes/-", json!({"name": name, "hostPath": {"path": folder}}));
        self.edit_template(
            "/containers/0/volumeMounts/-",
            json!({"name": name, "mountPath": path, "readOnly": true}),
        );
    }

    /// The leader of a component hangs, and has not renewed its lease for twenty minutes.
    pub(super) fn hang_leader_of(&mut self, program: &str) {
        let renewed = self.now.saturating_sub(SignedDuration::from_mins(20)).unwrap_or(self.now);
        self.edits.push(Edit::new("Lease", "kube-system", program, "/spec/renewTime", Some(json!(renewed))));
    }
}
