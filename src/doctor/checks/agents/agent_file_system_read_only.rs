//! A file system that the agents' containers must write on is read-only.

use super::standing::by_warnings;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{evidence::Evidence, observed::Gap, surroundings::Told, workload::Workload},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("agent-file-system-read-only"),
    title: "a file system that the agents' containers must write on is read-only",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[CheckId("host-path-not-on-node")],
    explain: r"
What was seen
  A warning says of a pod of Datadog's that a file system is read-only (`mkdir ...: read-only file system`), and not all of
  the workload's pods are ready.

What it means
  Either the runtime is to make a path on the node whose operating system does not let it, or something is mounted below a
  folder of the image while the container's root is read-only, as charts since 2025 have it: a mount of one's own into
  /etc/datadog-agent/conf.d is the usual one.

How to confirm by hand
    kubectl -n datadog get events --field-selector type=Warning
    kubectl -n datadog get daemonset datadog-agent -o jsonpath='{.spec.template.spec.containers[*].securityContext}'

How to fix
  Give checks by datadog.confd in place of a mount. On an operating system without those paths switch the chart to it, such
  as providers.talos.enabled.

References
  helm-charts#2150, #2448; datadog-agent#15127.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    by_warnings(case, Told::ReadOnly, |workload| {
        let lines = [format!("kubectl -n {} get events --field-selector type=Warning", workload.namespace)];
        let remedy = Remedy::run("read which path it is", Touches::Nothing, &lines).knowing(
            "then give checks by datadog.confd in place of a mount, or switch the chart to the nodes' operating system",
        );
        let summary = format!("a file system that {} must write on is read-only", workload.name);
        Finding::error(summary).seen(read_only_roots(workload)).mend(remedy)
    })
}

/// The containers whose root the template makes read-only.
fn read_only_roots(workload: &Workload) -> Option<Evidence> {
    let with = workload.containers.iter().filter(|container| container.read_only_root == Some(true));
    let names: Vec<&str> = with.map(|container| container.name.as_str()).collect();
    let field = Some("spec.template.spec.containers");
    let claim = format!("readOnlyRootFilesystem of {}", names.join(", "));
    (!names.is_empty()).then(|| Evidence::in_workload(workload, field, claim))
}
