//! The namespace of the agents was labelled like all others, and their pods are refused since.

use super::Fault;
use crate::lab::{edit::Edit, spec::AgentPods};
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "pod-security-forbids-agents",
    check: "pod-security-forbids-agents",
    distributions: &["kubeadm"],
    change: |spec| {
        let at = "/metadata/labels/pod-security.kubernetes.io~1enforce";
        let (namespace, name) = (spec.agents.account.namespace.clone(), spec.agents.account.name.clone());
        spec.edits.push(Edit::new("Namespace", "", &namespace, at, Some(json!("baseline"))));
        spec.agents.pods = AgentPods::Unmade;
        spec.warn(
            "DaemonSet",
            &name,
            "FailedCreate",
            "Error creating: pods \"datadog-agent-x\" is forbidden: violates PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true)",
        );
    },
};
