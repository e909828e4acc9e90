//! A check of a Service with several ports leaves it to their order which one is asked.

use super::each_instance;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Subjects, Verdict, checks::setting},
    model::{
        check_config::CheckInstance,
        evidence::Evidence,
        observed::Gap,
        written_url::{WrittenPort, WrittenUrl},
    },
    view::Written,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("port-picked-by-index"),
    title: "a check leaves it to the order of a Service's ports which one is asked",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[],
    explain: r"
What was seen
  The URL has %%port%%, and the Service or its endpoints have several ports.

What it means
  Of a container's ports %%port%% is the highest. Those of endpoints are not sorted: it is the last in the
  order in which they are stored, which may change with the next edit. OpenShift's Service openshift-etcd/etcd
  has one for clients and one for metrics (their numbers are UNVERIFIED here), so that the check may ask the
  wrong one.

How to confirm by hand
    kubectl -n NAMESPACE get endpointslices -l kubernetes.io/service-name=NAME -o jsonpath='{.items[*].ports}'

How to fix
  Name the port: %%port_NAME%%, or write the number.

References
  Datadog Agent: configresolver.go and listeners/kube_endpoints.go.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    each_instance(case, |written, instance| judge_one(case, written, instance))
}

fn judge_one(case: &Case<'_>, written: &Written<'_>, instance: &CheckInstance) -> Result<Verdict, Gap> {
    let is_open = |url: &&str| WrittenUrl::read(url).is_some_and(|read| read.port == WrittenPort::Last);
    let services = written.services();
    let (Some(url), Some((namespace, name))) = (instance.urls().find(is_open), services.first()) else {
        return Ok(Verdict::NotApplicable("it is of no Service, or names the port"));
    };
    let ports = match written.service.filter(|_| !written.is_of_endpoints()) {
        Some(service) => service.ports.clone(),
        None => {
            case.view.slices_of(namespace, name)?.first().map(|slice| slice.ports.clone()).unwrap_or_default()
        }
    };
    let each: Vec<String> = ports.iter().map(|(name, number)| format!("{name} {number}")).collect();
    let claim = format!("its ports are {}", each.join(", "));
    let seen = Evidence::in_object("Service", Some(namespace), name, Some("spec.ports"), claim);
    let asks = written.origin.says(format!("it asks {url}"));
    let [_, _, ..] = ports.as_slice() else { return Ok(Verdict::Pass(vec![asks, seen])) };
    let is_metrics = |(name, _): &&(String, u16)| name.contains("metrics");
    let meant = ports.iter().find(is_metrics).or_else(|| ports.first()).map_or(0, |(_, number)| *number);
    let url = url.replace("%%port%%", &meant.to_string());
    Ok(Finding::warning(format!(
        "which of {} ports of Service {namespace}/{name} is asked depends on their order",
        ports.len()
    ))
    .seen([asks, seen])
    .mend(setting::ask("write the port that is meant", &written.origin, &url))
    .found())
}
