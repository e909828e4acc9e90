//! The Cluster Agent's role is from before `EndpointSlices`.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "cluster-agent-lists-forbidden",
    check: "cluster-agent-lists-forbidden",
    distributions: &["kubeadm"],
    change: |spec| {
        for role in spec.rights.roles.iter_mut().filter(|role| role.name == "datadog-agent-cluster-agent") {
            role.rules.retain(|rule| !rule.resources.iter().any(|resource| resource == "endpointslices"));
        }
    },
};
