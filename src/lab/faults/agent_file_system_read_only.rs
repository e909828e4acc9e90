//! A mount of one's own lies in a folder of the image, and the root of the containers is read-only.

use super::Fault;
use crate::lab::spec::AgentPods;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "agent-file-system-read-only",
    check: "agent-file-system-read-only",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.agents.pods =
            AgentPods::Faring(json!({"state": {"waiting": {"reason": "CreateContainerError"}}}));
        spec.edit_template("/containers/0/securityContext", json!({"readOnlyRootFilesystem": true}));
        let pods = spec.agent_pods();
        for pod in pods {
            spec.warn(
                "Pod",
                &pod,
                "Failed",
                "Error: failed to create containerd task: mkdir /etc/datadog-agent/conf.d/mine.d: read-only file system",
            );
        }
    },
};
