//! The image of the agents cannot be pulled.

use super::standing::{by_warnings, containers, of_container};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{evidence::Evidence, observed::Gap, surroundings::Told, workload::Workload},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("agent-image-not-pulled"),
    title: "the image of the agents cannot be pulled",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  A container of a pod of Datadog's waits in ErrImagePull or ImagePullBackOff, or a warning says that its image could not be
  pulled.

What it means
  The registry does not have that tag, asks for credentials that the pod does not have, or cannot be reached from the node.
  A mirror that holds the Agent often lacks the Cluster Agent, or the tag that a new chart names.

How to confirm by hand
    kubectl -n datadog get events --field-selector reason=Failed
  On the node:
    crictl pull IMAGE

How to fix
  Correct registry and tag (registry, agents.image.tag, clusterAgent.image.tag), name a pull Secret that exists in that
  namespace (agents.image.pullSecrets), or let the nodes reach the registry.

References
  Kubernetes: images, pull Secrets. Datadog chart: registry.
",
    judge,
};

/// Why a container waits for its image.
const WAITS: [&str; 3] = ["ErrImagePull", "ImagePullBackOff", "InvalidImageName"];

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (_, workload) = case.workload()?;
    let waiting = containers(case, workload).filter_map(|(pod, container, state)| {
        let reason = state.waiting.as_deref().filter(|reason| WAITS.contains(reason))?;
        Some(of_container(pod, container, format!("{reason}: {}", container.image)))
    });
    let waiting: Vec<Evidence> = waiting.collect();
    if waiting.is_empty() {
        return by_warnings(case, Told::ImagePull, finding);
    }
    Ok(finding(workload).seen(waiting).found())
}

fn finding(workload: &Workload) -> Finding {
    let images: Vec<&str> = workload.containers.iter().map(|container| container.image.as_str()).collect();
    let field = Some("spec.template.spec.containers");
    let named = Evidence::in_workload(workload, field, format!("wants {}", images.join(", ")));
    let lines = [format!("kubectl -n {} get events --field-selector reason=Failed", workload.namespace)];
    let remedy = Remedy::run("read what the registry answers", Touches::Nothing, &lines)
        .knowing("then correct registry and tag, name a pull Secret of that namespace, or let the nodes reach the registry");
    Finding::error(format!("an image of {} cannot be pulled", workload.name)).seen([named]).mend(remedy)
}
