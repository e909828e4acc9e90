//! A variable in a check's URL has nothing that it could stand for.

use super::{each_instance, in_pod};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Subjects, Verdict, checks::setting},
    model::{
        check_config::CheckInstance,
        evidence::Evidence,
        facts::ContainerPort,
        observed::Gap,
        written_url::{WrittenPort, WrittenUrl},
    },
    view::Written,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("template-variable-unresolved"),
    title: "a variable in a check's URL has nothing that it could stand for",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[],
    explain: r"
What was seen
  The URL has %%port%% or %%port_NAME%%, and neither the container declares such a port nor has the Service
  one of that name; or it has %%host%% in a file without ad_identifiers, which attaches to nothing that has an
  address.

What it means
  The Agent cannot fill in the variable and does not run the check. kubeadm's static pods declare no ports
  before 1.34, and those of most other installers never do.

How to confirm by hand
    kubectl -n kube-system get pod NAME -o jsonpath='{.spec.containers[*].ports}'
    kubectl -n datadog exec ds/datadog-agent -c agent -- agent configcheck

How to fix
  Write the port as a number, and give a file with %%host%% the ad_identifiers of the component's container.

References
  Datadog: Autodiscovery template variables. kubernetes: the manifests of kubeadm 1.31 to 1.35, compared.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    each_instance(case, |written, instance| judge_one(case, written, instance))
}

fn judge_one(case: &Case<'_>, written: &Written<'_>, instance: &CheckInstance) -> Result<Verdict, Gap> {
    let mut passed = Vec::new();
    for url in instance.urls() {
        let Some(read) = WrittenUrl::read(url) else { continue };
        let has_port = matches!(read.port, WrittenPort::Last | WrittenPort::Of(_));
        let has_host = read.host.starts_with("%%host");
        if !has_port && !has_host {
            continue;
        }
        let is_bare =
            !written.is_handed_out() && written.pod.is_none() && written.check.ad_identifiers.is_empty();
        let asks = written.origin.says(format!("it asks {url}"));
        if is_bare {
            let evidence = [asks, written.origin.says("it has no ad_identifiers")];
            return Ok(problem(
                written,
                "the variables in the URL stand for nothing without ad_identifiers",
                evidence,
            ));
        }
        if !has_port {
            passed.push(asks);
            continue;
        }
        let Some((declared, seen)) = declared(case, written)? else { continue };
        match read.port.among(&declared) {
            Some(port) => passed.push(seen.with_claim(format!("the port in {url} is {port}"))),
            None => {
                return Ok(problem(
                    written,
                    "no port is declared that the variable in the URL could be",
                    [asks, seen],
                ));
            }
        }
    }
    Ok(if passed.is_empty() {
        Verdict::NotApplicable("no variable in it needs what it attaches to")
    } else {
        Verdict::Pass(passed)
    })
}

/// The ports among which the variable is, and where that was seen; `None` where nothing of it was seen.
fn declared(case: &Case<'_>, written: &Written<'_>) -> Result<Option<(Vec<ContainerPort>, Evidence)>, Gap> {
    let claim = |ports: &[ContainerPort]| match ports {
        [] => "it declares no ports".to_owned(),
        ports => {
            let each: Vec<String> =
                ports.iter().map(|port| format!("{} {}", port.name, port.number)).collect();
            format!("it declares {}", each.join(", "))
        }
    };
    let ports = |pairs: &[(String, u16)]| -> Vec<ContainerPort> {
        pairs.iter().map(|(name, number)| ContainerPort { name: name.clone(), number: *number }).collect()
    };
    if let Some((namespace, service)) = written.services().first() {
        let declared = match written.service.filter(|_| !written.is_of_endpoints()) {
            Some(service) => ports(&service.ports),
            None => match case.view.slices_of(namespace, service)?.first() {
                Some(slice) => ports(&slice.ports),
                None => return Ok(None),
            },
        };
        let seen =
            Evidence::in_object("Service", Some(namespace), service, Some("spec.ports"), claim(&declared));
        return Ok(Some((declared, seen)));
    }
    let found = case.view.attached(written).find_map(|instance| {
        let (pod, container) = case.view.container_of(instance)?;
        let seen = in_pod(pod, "spec.containers[0].ports", claim(&container.ports));
        Some((container.ports.clone(), seen))
    });
    Ok(found)
}

fn problem(written: &Written<'_>, summary: &str, evidence: [Evidence; 2]) -> Verdict {
    let profile = written.component.profile();
    let url = format!("https://%%host%%:{}{}", profile.port, profile.path);
    Finding::error(summary)
        .seen(evidence)
        .mend(setting::ask("attach to the container, and write the port as a number", &written.origin, &url))
        .found()
}
