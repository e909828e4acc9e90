//! The agents mount a path of the node that its operating system does not have.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Subjects, Touches, Verdict},
    model::{
        evidence::Evidence,
        facts::Node,
        observed::Gap,
        workload::{VolumeSource, Workload},
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("host-path-not-on-node"),
    title: "the agents mount a path of the node that its operating system does not have",
    subjects: Subjects::EachAgentWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  The agents' pods mount a path of the node, and a node on which they may run has an operating system that lacks that path
  and lets nobody make it: Talos has no /etc/passwd and /etc/group, Container-Optimized OS and Flatcar no /usr/src.

What it means
  On Talos the container is never made: `mkdir /etc/group: read-only file system`, CreateContainerError. Where /usr/src is
  missing, only what is compiled at run time is concerned.

How to confirm by hand
    kubectl get nodes -o custom-columns=NAME:.metadata.name,OS:.status.nodeInfo.osImage
    kubectl -n datadog get daemonset datadog-agent -o jsonpath='{.spec.template.spec.volumes[*].hostPath.path}'

How to fix
  Tell the chart the operating system; it leaves those mounts out.

References
  helm-charts#273, #1939, #2448; datadog-operator#272. Chart: providers.talos.enabled, providers.gke.cos,
  providers.flatcar.enabled.
",
    judge,
};

/// An operating system, the paths that it lacks, the switch of the chart, and how bad it is.
struct Lacking {
    os: &'static str,
    paths: &'static [&'static str],
    values: &'static str,
    severity: Severity,
}

/// Source: the chart's values.yaml; the names are those that the kubelets report as `osImage`.
const LACKING: [Lacking; 3] = [
    Lacking {
        os: "Talos",
        paths: &["/etc/passwd", "/etc/group"],
        values: "providers:\n  talos:\n    enabled: true\n",
        severity: Severity::Error,
    },
    Lacking {
        os: "Container-Optimized OS",
        paths: &["/usr/src"],
        values: "providers:\n  gke:\n    cos: true\n",
        severity: Severity::Warning,
    },
    Lacking {
        os: "Flatcar",
        paths: &["/usr/src"],
        values: "providers:\n  flatcar:\n    enabled: true\n",
        severity: Severity::Warning,
    },
];

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (_, workload) = case.workload()?;
    case.view.control_plane_nodes()?;
    for lacking in &LACKING {
        let is_lacking =
            |node: &&&Node| node.os_image.starts_with(lacking.os) && workload.obstacles(node).is_empty();
        let Some(node) = case.view.nodes.values().find(is_lacking) else { continue };
        let mounted: Vec<&str> = host_paths(workload).filter(|path| lacking.paths.contains(path)).collect();
        if mounted.is_empty() {
            continue;
        }
        let paths = mounted.join(", ");
        let summary =
            format!("{} mounts {paths} of its nodes, which {} does not have", workload.name, lacking.os);
        let finding = match lacking.severity {
            Severity::Error => Finding::error(summary),
            Severity::Warning | Severity::Note => Finding::warning(summary),
        };
        let field = Some("spec.template.spec.volumes");
        let of_workload = Evidence::in_workload(workload, field, format!("mounts {paths} of the node"));
        let field = Some("status.nodeInfo.osImage");
        let of_node = Evidence::in_object("Node", None, &node.name, field, node.os_image.clone());
        let remedy = Remedy::edit(
            "tell the chart the operating system",
            Touches::Monitoring,
            "the Helm values",
            lacking.values,
        );
        return Ok(finding.seen([of_workload, of_node]).mend(remedy).found());
    }
    let claim = format!(
        "{} paths of the node, all of which its nodes' operating system has",
        host_paths(workload).count()
    );
    Ok(Verdict::pass(Evidence::in_workload(workload, Some("spec.template.spec.volumes"), claim)))
}

fn host_paths(workload: &Workload) -> impl Iterator<Item = &str> {
    workload.volumes.values().filter_map(|volume| match volume {
        VolumeSource::HostPath(path) => Some(path.trim_end_matches('/')),
        _ => None,
    })
}
