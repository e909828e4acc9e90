//! The agents mount etcd's certificates from the node, on workers too.

use super::Fault;
use crate::lab::spec::AgentPods;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "host-path-missing-on-workers",
    check: "host-path-missing-on-workers",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.agents.pods = AgentPods::Faring(json!({"state": {"waiting": {"reason": "ContainerCreating"}}}));
        let pods = spec.agent_pods();
        spec.edit_template(
            "/volumes/-",
            json!({"name": "pki", "hostPath": {"path": "/etc/kubernetes/pki/etcd", "type": "Directory"}}),
        );
        for pod in pods {
            spec.warn(
                "Pod",
                &pod,
                "FailedMount",
                "MountVolume.SetUp failed for volume \"pki\" : hostPath type check failed: /etc/kubernetes/pki/etcd is not a directory",
            );
        }
    },
};
