//! Of several API servers one address is asked.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, checks::setting},
    model::{
        check_config::CheckInstance, component::Component, evidence::Evidence, observed::Gap,
        written_url::WrittenUrl,
    },
    view::{Origin, Written},
};
use std::collections::BTreeSet;

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("one-address-for-several-api-servers"),
    title: "of several API servers one address is asked",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[],
    explain: r"
What was seen
  Several API servers are behind the Service default/kubernetes, and what is configured for them asks fewer
  fixed addresses than that: a load balancer, a host name, or the Service itself.

What it means
  Each time another of them may answer, so that counters jump back and forth and one server that is ill goes
  unseen.

How to confirm by hand
    kubectl -n default get endpointslices -l kubernetes.io/service-name=kubernetes -o jsonpath='{.items[*].endpoints[*].addresses}'

How to fix
  Configure the check for the endpoints of default/kubernetes: the Cluster Agent then hands out one for each
  address.

References
  Datadog: kube_apiserver_metrics, endpoint checks. Reasoned from how metrics are summed; no report is known.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let written = case.written()?;
    if written.component != Component::ApiServer || written.check.unreadable.is_some() {
        return Ok(Verdict::NotApplicable("it is not of the API server, or cannot be read"));
    }
    let servers = case.view.slices_of("default", "kubernetes")?;
    let addresses: BTreeSet<&str> = servers
        .iter()
        .flat_map(|slice| &slice.addresses)
        .filter(|address| address.ready)
        .map(|address| address.address.as_str())
        .collect();
    let seen = Evidence::in_object(
        "Service",
        Some("default"),
        "kubernetes",
        Some("endpoints"),
        format!("{} API servers are behind it", addresses.len()),
    );
    let (all, _) = case.view.written();
    let mut fixed = BTreeSet::new();
    for other in all.iter().filter(|other| other.component == Component::ApiServer) {
        match fixed_hosts(other) {
            Some(hosts) => fixed.extend(hosts),
            None => {
                return Ok(Verdict::Pass(vec![other.origin.says("it asks each API server by itself"), seen]));
            }
        }
    }
    if fixed.len() >= addresses.len() {
        return Ok(Verdict::Pass(vec![
            written.origin.says(format!("{} addresses are asked", fixed.len())),
            seen,
        ]));
    }
    let asks: Vec<String> = fixed.into_iter().collect();
    Ok(Finding::warning(format!("{} API servers are asked through {}", addresses.len(), asks.join(", ")))
        .seen([written.origin.says(format!("it asks {}", asks.join(", "))), seen])
        .mend(Remedy::edit(
            "let one check be handed out for each address",
            Touches::Monitoring,
            setting::place(&written.origin),
            "advanced_ad_identifiers:\n  - kube_endpoints:\n      name: kubernetes\n      namespace: default\ncluster_check: true\n\
             init_config: {}\ninstances:\n  - prometheus_url: https://%%host%%:%%port%%/metrics\n    bearer_token_auth: true\n",
        ))
        .found())
}

/// The fixed hosts that a check asks; `None` where every API server is asked by itself.
fn fixed_hosts(written: &Written<'_>) -> Option<BTreeSet<String>> {
    let of_service =
        matches!(&written.origin, Origin::Annotation { kind: "Service", .. }) && !written.is_of_endpoints();
    let mut hosts = BTreeSet::new();
    for url in written.check.instances.iter().flat_map(CheckInstance::urls) {
        let read = WrittenUrl::read(url)?;
        match (of_service, read.has_variable_host() || read.is_loopback()) {
            (true, true) => hosts.insert("the Service's own address".to_owned()),
            (false, true) => return None,
            (_, false) => hosts.insert(read.host.to_owned()),
        };
    }
    (!hosts.is_empty()).then_some(hosts)
}
