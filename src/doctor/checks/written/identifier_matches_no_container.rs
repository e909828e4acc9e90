//! A check attaches to containers of an image that nothing runs.

use super::in_pod;
use crate::{
    distributions::Exposure,
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, checks::setting},
    model::observed::Gap,
    view::Origin,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("identifier-matches-no-container"),
    title: "a check attaches to containers of an image that nothing runs",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[CheckId("etcd-not-a-pod"), CheckId("check-of-what-is-no-pod")],
    explain: r"
What was seen
  None of the check's ad_identifiers is the image of a container of the control plane's pods, of a DaemonSet
  or of a Deployment. Pods that were started in another way were not looked at.

What it means
  An identifier is compared with the last part of a container's image, without tag and digest, or with the
  whole image without these. It is not the container's name nor the pod's. A mirrored or repackaged image may
  have another name, such as hyperkube, kube-scheduler-amd64 or hardened-etcd; the check then never runs, and
  nothing fails.

How to confirm by hand
    kubectl -n kube-system get pods -o jsonpath='{range .items[*].spec.containers[*]}{.image}{end}' | tr ' ' '\n'
    kubectl -n datadog exec ds/datadog-agent -c agent -- agent configcheck

How to fix
  Write the image's name as it is.

References
  Datadog: Autodiscovery container identifiers. integrations-core#4136, #18816.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let written = case.written()?;
    let identifiers = &written.check.ad_identifiers;
    if !matches!(written.origin, Origin::ConfigMap { .. })
        || written.is_handed_out()
        || identifiers.is_empty()
    {
        return Ok(Verdict::NotApplicable("it attaches to no image"));
    }
    // Such names mean something else than an image.
    if identifiers.iter().any(|identifier| identifier.starts_with('_')) {
        return Ok(Verdict::NotApplicable("it attaches to something else than an image"));
    }
    for identifier in identifiers {
        if case.view.is_container(identifier)? {
            let claim = format!("it attaches to containers of {identifier}, which there are");
            return Ok(Verdict::pass(written.origin.says(claim)));
        }
    }
    let image = case.view.instances_of(written.component).find_map(|instance| {
        let (pod, container) = case.view.container_of(instance)?;
        let seen = in_pod(pod, "spec.containers[0].image", format!("its image is {}", container.image));
        Some((container.short_image(), seen))
    });
    if image.is_none() && case.view.instances_of(written.component).next().is_some() {
        return Ok(Verdict::NotApplicable("its pods are not seen: it is reached in another way"));
    }
    if image.is_none()
        && let Some(Exposure::Endpoints { namespace, service, .. }) =
            case.detection.exposure(written.component)
    {
        case.view.slices_of(namespace, service)?;
    }
    let name = image.as_ref().map_or(written.component.profile().program, |(short, _)| short);
    // Where no pod of the component was seen, an application's own may be meant, of a kind that is not looked for.
    let finding = if image.is_some() { Finding::error } else { Finding::warning };
    Ok(finding(format!("the check attaches to containers of {}, and there are none", identifiers.join(", ")))
        .seen([written.origin.says(format!("ad_identifiers: {}", identifiers.join(", ")))])
        .seen(image.iter().map(|(_, seen)| seen.clone()))
        .mend(Remedy::edit(
            "write the name of the image that there is",
            Touches::Monitoring,
            setting::place(&written.origin),
            format!("ad_identifiers:\n  - {name}\n"),
        ))
        .found())
}
