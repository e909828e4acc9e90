//! An annotation of a pod is for a container that the pod does not have.

use super::in_pod;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, checks::setting},
    model::observed::Gap,
    view::Origin,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("annotation-names-no-container"),
    title: "an annotation of a pod is for a container that the pod does not have",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[],
    explain: r"
What was seen
  The key of the annotation, ad.datadoghq.com/NAME.checks, names no container of the pod.

What it means
  NAME is the name of a container in the pod's specification, which is not the image's name nor the pod's. The
  Agent leaves the annotation out; its status says that NAME doesn't match a container identifier. What the
  package brings along for the component runs instead, if anything.

How to confirm by hand
    kubectl -n kube-system get pod NAME -o jsonpath='{.spec.containers[*].name}{.metadata.annotations}'

How to fix
  Write the container's name into the key. A static pod's annotations stand in its manifest on the node.

References
  Datadog: Autodiscovery with Kubernetes annotations. kubectl-datadog validates the same.
",
    judge,
};

/// The annotation that gives a container another name for these keys.
const OTHER_NAME: &str = ".check.id";

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let written = case.written()?;
    let (Some(pod), Origin::Annotation { key, .. }) = (written.pod, &written.origin) else {
        return Ok(Verdict::NotApplicable("it is in no annotation of a pod"));
    };
    if pod.annotations.keys().any(|key| key.ends_with(OTHER_NAME)) {
        return Ok(Verdict::NotApplicable("a container of the pod was given another name"));
    }
    let meant = key.rsplit_once('.').map_or(key.as_str(), |(container, _)| container);
    let names: Vec<&str> = pod.containers.iter().map(|container| container.name.as_str()).collect();
    let seen = in_pod(pod, "spec.containers", format!("its containers are {}", names.join(", ")));
    if names.contains(&meant) {
        return Ok(Verdict::pass(seen));
    }
    let part = key.strip_prefix(meant).unwrap_or(".checks");
    let name = names.first().copied().unwrap_or("CONTAINER");
    Ok(Finding::error(format!(
        "the annotation is for container {meant}, and the pods of {} have none",
        written.component
    ))
    .seen([written.origin.says(format!("it is for container {meant}")), seen])
    .mend(
        Remedy::edit(
            "name the container in the key",
            Touches::ControlPlane,
            setting::place(&written.origin),
            format!("ad.datadoghq.com/{name}{part}"),
        )
        .knowing("the kubelet starts a static pod anew when its manifest changes"),
    )
    .found())
}
