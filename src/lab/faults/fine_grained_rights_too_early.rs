//! The finer rights were switched on before RKE1's kubelets know them.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "fine-grained-rights-too-early",
    check: "fine-grained-rights-on-old-kubelet",
    distributions: &["rke1"],
    change: |spec| {
        let role = spec.rights.roles.iter_mut().find(|role| role.name == spec.agents.account.name);
        for rule in role.into_iter().flat_map(|role| &mut role.rules) {
            rule.resources.retain(|resource| resource != "nodes/proxy");
        }
    },
};
