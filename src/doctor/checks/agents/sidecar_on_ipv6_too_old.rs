//! A sidecar is too old to ask an API server whose address is of IPv6.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{
        agent_role::{agent_containers, asks_through_the_api_server},
        evidence::Evidence,
        observed::Gap,
    },
    view::around::tag_of,
};
use std::net::IpAddr;

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("sidecar-on-ipv6-too-old"),
    title: "a sidecar is too old for a cluster with IPv6",
    subjects: Subjects::EachAgentWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  A workload's Agent has DD_EKS_FARGATE and an image older than 7.44, and all addresses of the API server
  are of IPv6.

What it means
  Older Agents put the address of the API server into a URL without brackets, `https://fd7a:…::1:443/api/…`,
  and wait for an answer that never comes. The change is DataDog/datadog-agent#15555; that 7.44 is the first
  release with it was not verified, so this is a warning.

How to confirm by hand
    kubectl get endpointslices -l kubernetes.io/service-name=kubernetes
    kubectl -n NAMESPACE logs POD -c datadog-agent | grep 'Trying to reach Kubelet'

How to fix
  Use an Agent of 7.44 or later in the sidecar.

References
  DataDog/datadog-agent#15555.
",
    judge,
};

/// The first release that puts brackets around the address; not verified.
const FIXED_IN: (u32, u32) = (7, 44);

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (_, workload) = case.workload()?;
    if !asks_through_the_api_server(workload) {
        return Ok(Verdict::NotApplicable("its agents ask the kubelet itself"));
    }
    let slices = case.view.slices_of("default", "kubernetes")?;
    let addresses: Vec<&str> =
        slices.iter().flat_map(|slice| &slice.addresses).map(|one| one.address.as_str()).collect();
    let is_v6 = |address: &&str| address.parse::<IpAddr>().is_ok_and(|address| address.is_ipv6());
    if addresses.is_empty() || !addresses.iter().all(is_v6) {
        return Ok(Verdict::NotApplicable("the API server has an address of IPv4"));
    }
    let mut images = agent_containers(workload).map(|container| container.image.as_str());
    let Some((image, tag)) = images.find_map(|image| Some((image, tag_of(image)?))) else {
        return Ok(Verdict::NotApplicable("its image names no release"));
    };
    let seen = Evidence::in_workload(workload, Some("image"), format!("runs {image}"));
    if tag >= FIXED_IN {
        return Ok(Verdict::pass(seen));
    }
    let of_api = Evidence::in_object(
        "Service",
        Some("default"),
        "kubernetes",
        None,
        format!("leads to {}", addresses[0]),
    );
    Ok(Finding::warning("a sidecar is too old to ask an API server at an address of IPv6")
        .seen([seen, of_api])
        .mend(Remedy::edit(
            "upgrade the sidecar",
            Touches::Workloads,
            format!("the image of {} {}/{}", workload.kind_name(), workload.namespace, workload.name),
            "image: gcr.io/datadoghq/agent:7\n",
        ))
        .found())
}
