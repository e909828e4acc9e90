//! The agents on workers mount a path that only control-plane nodes have.

use super::standing::{of_event, warnings, whole};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{
        agents::AgentRole,
        evidence::Evidence,
        facts::Node,
        observed::Gap,
        surroundings::Told,
        workload::{VolumeSource, Workload},
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("host-path-missing-on-workers"),
    title: "the agents on workers mount a path that only control-plane nodes have",
    subjects: Subjects::EachAgentWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  A DaemonSet of agents that also runs on workers mounts a path in which only control-plane nodes keep certificates, or a
  warning says that a path of the node is not what the volume wants (`hostPath type check failed`).

What it means
  Where the volume names a type, the pods on workers hang in ContainerCreating. Where it names none, an empty folder is made
  on every worker, and the check of etcd finds no certificate there.

How to confirm by hand
    kubectl -n datadog get pods -o wide
    kubectl -n datadog get events --field-selector reason=FailedMount

How to fix
  Install a second release that runs on control-plane nodes alone and mounts the path there; ctlmon gen-values writes both.
  Or ask etcd's metrics URL on loopback, which needs no certificate.

References
  Kubernetes: hostPath volumes, types. Datadog chart: agents.affinity.
",
    judge,
};

/// Where distributions keep the control plane's certificates, and nothing else.
///
/// Source: the PKI folders of kubeadm, kOps, RKE2, k3s, k0s and Talos.
const CONTROL_PLANE_PATHS: [&str; 6] = [
    "/etc/kubernetes/pki/etcd",
    "/etc/kubernetes/pki/etcd-manager",
    "/var/lib/rancher/rke2/server",
    "/var/lib/rancher/k3s/server",
    "/var/lib/k0s/pki/etcd",
    "/system/secrets/etcd",
];

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (role, workload) = case.workload()?;
    if role != AgentRole::NodeAgent {
        return Ok(Verdict::NotApplicable("only node agents run on every node"));
    }
    if whole(workload).is_none() {
        let told = warnings(case, workload, |event| event.tells.contains(&Told::HostPathType))?;
        if !told.is_empty() {
            let words = Told::HostPathType.words();
            let evidence: Vec<Evidence> = told.into_iter().map(|event| of_event(event, words)).collect();
            let summary = format!("pods of {} do not start: {words}", workload.name);
            return Ok(Finding::error(summary).seen(evidence).mend(split()).found());
        }
    }
    case.view.control_plane_nodes()?;
    let is_worker = |node: &&&Node| !node.is_labelled_control_plane() && workload.obstacles(node).is_empty();
    let mounted = mounted(workload);
    let (Some(worker), false) = (case.view.nodes.values().find(is_worker), mounted.is_empty()) else {
        let claim = "mounts no path that only control-plane nodes have, or runs on these alone";
        return Ok(Verdict::pass(Evidence::in_workload(workload, Some("spec.template.spec.volumes"), claim)));
    };
    let paths = mounted.join(", ");
    let field = Some("spec.template.spec.volumes");
    let evidence = [
        Evidence::in_workload(workload, field, format!("mounts {paths} of the node")),
        Evidence::in_object(
            "Node",
            None,
            &worker.name,
            None,
            "no control-plane node, and nothing keeps the pods away",
        ),
    ];
    let summary = format!("{} also runs on workers, which have no {paths}", workload.name);
    Ok(Finding::warning(summary).seen(evidence).mend(split()).found())
}

fn mounted(workload: &Workload) -> Vec<&str> {
    let is_of_control_plane = |path: &str| {
        CONTROL_PLANE_PATHS.iter().any(|known| {
            path.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '-']))
        })
    };
    let paths = workload.volumes.values().filter_map(|volume| match volume {
        VolumeSource::HostPath(path) => Some(path.as_str()),
        _ => None,
    });
    paths.filter(|path| is_of_control_plane(path)).collect()
}

fn split() -> Remedy {
    Remedy::run(
        "write one release for control-plane nodes and one for workers",
        Touches::Monitoring,
        &[
            "ctlmon gen-values --for control-plane --out control-plane-values".to_owned(),
            "ctlmon gen-values --for workers --out worker-values".to_owned(),
        ],
    )
}
