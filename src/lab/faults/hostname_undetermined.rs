//! Nothing tells the agents the name of their host.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "hostname-undetermined",
    check: "hostname-undetermined",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.say(
            "agents",
            "2026-06-01 08:59:00 UTC | CORE | ERROR | (cmd/agent/subcommands/run/command.go:300 in startAgent) | Error while getting hostname, exiting: unable to reliably determine the host name. You can define one in the agent config file or in your hosts file",
        );
    },
};
