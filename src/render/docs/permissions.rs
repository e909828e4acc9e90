//! docs/permissions.md: which rights the questions need, why, and what stays unknown without them.

use super::{
    MARK,
    markdown::{block, plain, table},
};
use crate::{
    model::need::{Need, Occasion},
    plan::{PlanError, rights},
};
use std::fmt::Write as _;

/// The document.
///
/// # Errors
/// Where a template is at fault.
pub fn document(needs: &[Need]) -> Result<String, PlanError> {
    let mut out = format!(
        "{MARK}\n\n# Permissions\n\n\
         ctlmon asks with whatever rights you have and stores no object in the cluster.\n\
         What may not be looked at is reported as unknown, with the right that is missing; it is never a problem and never a pass.\n\
         Each section names what it needs beyond the sections that it builds on.\n\
         The agents' namespace is `datadog` in these examples, and `shop` is that of an application whose pods have an Agent for a sidecar: put in yours.\n"
    );
    for occasion in Occasion::ALL {
        let needs: Vec<Need> = needs.iter().filter(|need| need.occasion == occasion).cloned().collect();
        let (title, name, lead) = words(occasion);
        // Writing to a String cannot fail.
        let _ = writeln!(out, "\n## {title}\n\n{lead}\n");
        // Rights that are asked for the same reason stand in one row.
        let rows = needs.chunk_by(|one, other| one.why == other.why).map(|alike| {
            let rights: Vec<String> = alike.iter().map(|need| format!("`{}`", need.permission)).collect();
            [rights.join("<br>"), plain(alike[0].why), plain(alike[0].without)]
        });
        out.push_str(&table(["right", "what is asked with it", "unknown without it"], rows));
        let _ = write!(out, "\n{}", block("yaml", &rights::roles(name, &needs)?));
    }
    out.push_str(&on_node());
    out.push_str(certs());
    Ok(out)
}

/// What `certs` asks of a cluster.
const fn certs() -> &'static str {
    "\n## `ctlmon certs`\n\n\
     `certs inspect secret:NAMESPACE/NAME` and `certs copy --from NAMESPACE/NAME` get that one Secret, as the caller: \
     `get secrets NAME in namespace NAMESPACE`.\n\
     Nothing else that `certs` does asks the API server; what it writes or prints for the cluster, you apply.\n"
}

/// What `--on-node` reads, for which no API server grants anything.
fn on_node() -> String {
    let rows = ON_NODE.map(|row| row.map(plain));
    let lead = "Asks no API server and needs none of the rights above; run it as root, on the node or in a container with the \
                node's root mounted read-only (`--host-root /host`).\n\
                It writes nothing, starts no program, follows links inside of that root alone, opens regular files of at most \
                one mebibyte, and connects to nothing but loopback addresses.\n\
                What may not be read is reported as unknown, with root as what is missing.";
    format!(
        "\n## `ctlmon detect --on-node` and `ctlmon doctor --on-node`\n\n{lead}\n\n{}",
        table(["what is read", "what is kept of it", "unknown without it"], rows)
    )
}

const ON_NODE: [[&str; 3]; 5] = [
    [
        "/proc/PID/cmdline and /proc/PID/ns/mnt of every process",
        "of programs of control planes their names, flags that are known to be harmless, and whether they run in a container; of others nothing",
        "components without a manifest, and whether processes run as their manifests say",
    ],
    [
        "/proc/1/net/tcp and tcp6, and /proc/PID/fd of those programs",
        "who listens on which TCP port (doctor alone)",
        "on which address a component is asked is taken from its flags",
    ],
    [
        "the folder of static pods, by default /etc/kubernetes/manifests, and the kubelet's configuration",
        "images, harmless flags, volumes and mounts, certain annotations",
        "the components that run as static pods",
    ],
    [
        "certificates, keys and kubeconfigs that flags name, and those of kubeadm and kOps by their places (doctor alone)",
        "certificates, owner and mode; of keys a hash of the public half; of kubeconfigs the embedded certificates",
        "whether certificates have expired, who may read keys, and what etcd and the others answer",
    ],
    [
        "whether there is anything at the paths by which distributions are known",
        "that it is there",
        "a sign of a distribution",
    ],
];

const fn words(occasion: Occasion) -> (&'static str, &'static str, &'static str) {
    match occasion {
        Occasion::Detect => {
            ("`ctlmon detect`", "ctlmon-detect", "Names the distribution and where its control plane runs.")
        }
        Occasion::Doctor => (
            "`ctlmon doctor`",
            "ctlmon-doctor",
            "Builds on `detect`. With these, `doctor` reads how the agents are configured, and asks endpoints from this machine.",
        ),
        Occasion::AsAgent => (
            "`ctlmon doctor --as-agent`",
            "ctlmon-doctor-as-agent",
            "Builds on `doctor`. Whoever has this right can do all that the agents can: give it to people whom you trust with that.",
        ),
        Occasion::PortForward => (
            "`ctlmon doctor` through port-forwards",
            "ctlmon-doctor-port-forward",
            "Builds on `doctor`. Not needed on the control-plane nodes themselves; `--no-port-forward` does without.",
        ),
        Occasion::Logs => (
            "`ctlmon doctor --logs`",
            "ctlmon-doctor-logs",
            "Builds on `doctor`. The logs are looked through for known sentences; of their text nothing is kept or shown.",
        ),
        Occasion::Exec => (
            "`ctlmon doctor --exec`",
            "ctlmon-doctor-exec",
            "Builds on `doctor`. Whoever has this right can do all that the agents can: give it to people whom you trust with that.",
        ),
        Occasion::Proxy => (
            "`ctlmon doctor` through the API server's proxy",
            "ctlmon-doctor-proxy",
            "Builds on `doctor`. Without it, kubelets that this machine has a route to are judged all the same, but for how they are configured.",
        ),
        Occasion::OpenShift => (
            "`ctlmon doctor` on OpenShift 4",
            "ctlmon-doctor-openshift",
            "Builds on `doctor`. With these, copies of the certificate for etcd are compared with their origin.",
        ),
        Occasion::GenValues => (
            "`ctlmon gen-values`",
            "ctlmon-gen-values",
            "Builds on `detect`, and with `--diff` on the rights of `doctor` to lists and to `ConfigMaps`.",
        ),
    }
}
