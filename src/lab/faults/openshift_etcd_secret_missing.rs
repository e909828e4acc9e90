//! Nobody has copied OpenShift's certificate for etcd's metrics into the agents' namespace, so that their pods wait for it.

use super::Fault;
use crate::lab::{LabSpec, spec::AgentPods};
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "openshift-etcd-secret-missing",
    check: "openshift-etcd-secret-missing",
    distributions: &["openshift4"],
    change: without_client_certificate,
};

/// Takes the Secret of the client certificate away, and has the pods that mount it wait.
pub(super) fn without_client_certificate(spec: &mut LabSpec) {
    let Some((secret, _)) = spec.agents.client_certificate.clone() else { return };
    spec.secrets.retain(|one| one.name != secret || one.namespace != spec.agents.account.namespace);
    spec.agents.pods = AgentPods::Faring(json!({"state": {"waiting": {"reason": "ContainerCreating"}}}));
    for pod in spec.agent_pods() {
        let message =
            format!("MountVolume.SetUp failed for volume \"{secret}\" : secret \"{secret}\" not found");
        spec.warn("Pod", &pod, "FailedMount", &message);
    }
}
