//! A check attaches to the container of a component that this distribution runs in none.

use crate::{
    distributions::Exposure,
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, checks::setting},
    model::{
        component::Component,
        evidence::{Evidence, Locator},
        observed::Gap,
    },
    view::{Instance, Origin},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("check-of-what-is-no-pod"),
    title: "a check attaches to the container of a component that runs in none",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[CheckId("etcd-not-a-pod")],
    explain: r"
What was seen
  The check's ad_identifiers name the component's own image, and the cluster is of a distribution that runs
  the component as a program of the node, as a part of another program, or out of sight; no pod of it was
  seen.

What it means
  The check attaches to nothing and never runs, unless an etcd of an application is meant, which is why that
  is a warning only. k3s, k0s and MicroK8s run the control plane in one program; Talos runs etcd beside the
  kubelet; hosted control planes have no pods at all, and what they expose is found by other ways.

How to confirm by hand
    ctlmon detect
    kubectl -n kube-system get pods -o wide

How to fix
  Attach to a container that runs on the same nodes where the distribution has one, or ask the nodes'
  addresses from a cluster check; `ctlmon gen-values` writes what fits the distribution. Where the component
  is hidden remove the check.

References
  k3s#3619, #6833; helm-charts#1939 (Talos).
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let written = case.written()?;
    let component = written.component;
    let program = component.profile().program;
    let is_meant = |identifier: &String| identifier == program;
    if !matches!(written.origin, Origin::ConfigMap { .. })
        || !written.check.ad_identifiers.iter().all(is_meant)
    {
        return Ok(Verdict::NotApplicable("it attaches to no image, or to another"));
    }
    if written.is_handed_out() || written.check.ad_identifiers.is_empty() {
        return Ok(Verdict::NotApplicable("it attaches to no image"));
    }
    let says = |claim: String| written.origin.says(claim);
    let exposure = case.detection.exposure(component);
    // What was found without a pod, by a Service or a path, is nothing that a check could attach to, nor is a relay.
    let has_pod =
        |instance: &&Instance| instance.pod.is_some() && !matches!(exposure, Some(Exposure::Relay { .. }));
    if let Some(instance) = case.view.instances_of(component).find(has_pod) {
        return Ok(Verdict::pass(says(format!("a pod of {component} runs on {}", instance.name))));
    }
    case.view.all_pods_seen()?;
    let see_what_fits = || {
        let lines = ["ctlmon gen-values".to_owned()];
        Remedy::run("see what fits the distribution", Touches::Nothing, &lines)
    };
    let (how, remedy) = match exposure {
        Some(Exposure::HostProcess { beside, .. }) => (
            "a program of the node".to_owned(),
            beside.map_or_else(see_what_fits, |beside| {
                let change = format!("ad_identifiers:\n  - {beside}\n");
                Remedy::edit(
                    "attach to what runs beside it",
                    Touches::Monitoring,
                    setting::place(&written.origin),
                    change,
                )
            }),
        ),
        Some(Exposure::Hidden { reason, .. }) => {
            (reason.to_owned(), setting::remove("remove what can collect nothing", &written.origin))
        }
        Some(Exposure::ThroughApi { .. }) => ("answered for by the API server".to_owned(), see_what_fits()),
        Some(Exposure::Relay { pods, .. }) => {
            (format!("no pod, but beside pods with {pods}"), see_what_fits())
        }
        _ => return Ok(Verdict::NotApplicable("the distribution runs it in pods, or is not known")),
    };
    let distribution = Evidence {
        claim: format!("of {component} this distribution says: {how}"),
        locator: Locator::Given("the distribution".to_owned()),
    };
    // An application may have an etcd of its own, which is not looked for everywhere.
    let finding = if component == Component::Etcd { Finding::warning } else { Finding::error };
    Ok(finding(format!("the check attaches to containers of {program}, and {component} runs in none"))
        .seen([says(format!("ad_identifiers: {program}")), distribution])
        .mend(remedy)
        .found())
}
