//! The agents verify the scheduler's certificate, which it signs itself at every start. It is one file for all nodes.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "self-signed-cert-verified",
    check: "self-signed-cert-verified",
    distributions: &["kubeadm"],
    change: |spec| {
        let checks = &mut spec.agents.checks;
        let settings = checks.get_mut("kube_scheduler.yaml").map(|check| &mut check.settings);
        for (_, value) in settings.into_iter().flatten().filter(|(key, _)| key == "ssl_verify") {
            "true".clone_into(value);
        }
    },
};
