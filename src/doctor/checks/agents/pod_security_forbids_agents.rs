//! Pod Security forbids the agents' pods in their namespace.

use super::standing::{of_event, warnings, whole};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{
        evidence::Evidence,
        observed::Gap,
        surroundings::Told,
        workload::{VolumeSource, Workload},
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("pod-security-forbids-agents"),
    title: "Pod Security forbids the agents' pods in their namespace",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  The label pod-security.kubernetes.io/enforce of the namespace is baseline or restricted, and the pods share the host's
  network, mount paths of the node or take its ports; or a warning FailedCreate says `violates PodSecurity`.

What it means
  The API server refuses such pods when they are made. Pods that were there before the label stay until they are deleted:
  the next update, or the next node, has none. The DaemonSet shows that pods are wanted and none exist.

How to confirm by hand
    kubectl get namespace datadog --show-labels
    kubectl -n datadog get events --field-selector reason=FailedCreate

How to fix
  Label the agents' namespace as privileged. Applications belong in another one.

References
  Kubernetes: Pod Security Standards and Admission; Talos and OpenShift set the label by default.
",
    judge,
};

/// The label by which a namespace says what is refused there.
const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

/// The levels that refuse what agents need.
const STRICT: [&str; 2] = ["baseline", "restricted"];

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (_, workload) = case.workload()?;
    let name = &workload.namespace;
    let level = case.view.namespace(name)?.labels.get(ENFORCE);
    let strict = level.is_some_and(|level| STRICT.contains(&level.as_str()));
    let of_namespace =
        |claim: String| Evidence::in_object("Namespace", None, name, Some("metadata.labels"), claim);
    let refused = match whole(workload) {
        Some(_) => Vec::new(),
        None => warnings(case, workload, |event| event.tells.contains(&Told::PodSecurity))?,
    };
    let needs = needs(workload);
    let said = match level {
        Some(level) => format!("{ENFORCE}={level}"),
        None => format!("no label {ENFORCE}, so that the cluster's default holds"),
    };
    if refused.is_empty() && (!strict || needs.is_empty()) {
        return Ok(Verdict::pass(of_namespace(said)));
    }
    let mut evidence = vec![of_namespace(said)];
    if !needs.is_empty() {
        let field = Some("spec.template.spec");
        evidence.push(Evidence::in_workload(workload, field, format!("its pods have {}", needs.join(", "))));
    }
    let is_short = workload.replicas.is_some_and(|replicas| replicas.current < replicas.desired);
    let finding = if is_short || !refused.is_empty() {
        Finding::error(format!("Pod Security forbids the pods of {} in namespace {name}", workload.name))
    } else {
        Finding::warning(format!(
            "Pod Security would forbid the pods of {} in namespace {name} if they were made anew",
            workload.name
        ))
    };
    evidence.extend(refused.into_iter().map(|event| of_event(event, Told::PodSecurity.words())));
    let line = format!("kubectl label namespace {name} {ENFORCE}=privileged --overwrite");
    let remedy = Remedy::run("allow privileged pods in the agents' namespace", Touches::Monitoring, &[line])
        .knowing("nothing else should run in that namespace then");
    Ok(finding.seen(evidence).mend(remedy).found())
}

/// What the pods have that the level baseline forbids.
fn needs(workload: &Workload) -> Vec<&'static str> {
    let mounts_host = workload.volumes.values().any(|volume| matches!(volume, VolumeSource::HostPath(_)));
    let takes_ports = workload.containers.iter().any(|container| !container.host_ports.is_empty());
    [
        (workload.host_network, "the host's network"),
        (mounts_host, "paths of the node"),
        (takes_ports, "ports of the node"),
    ]
    .into_iter()
    .filter_map(|(has, what)| has.then_some(what))
    .collect()
}
