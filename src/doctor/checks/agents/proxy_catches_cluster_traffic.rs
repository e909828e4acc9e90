//! A proxy that the agents are given catches what they ask inside the cluster.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Verdict},
    model::{
        agent_role::{Variable, agent_containers, variable},
        evidence::Evidence,
        observed::{Gap, Why},
        workload::Workload,
    },
};
use std::net::IpAddr;

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("proxy-catches-cluster-traffic"),
    title: "a proxy catches what the agents ask inside the cluster",
    subjects: Subjects::EachAgentWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  A container of the agents has a proxy (HTTP_PROXY, HTTPS_PROXY, DD_PROXY_HTTP or DD_PROXY_HTTPS), and its
  list of exceptions (NO_PROXY, DD_PROXY_NO_PROXY) covers the addresses of the nodes neither one by one nor
  by a range. The proxy's own URL is never read.

What it means
  Checks ask the kubelet, etcd, the scheduler and the controller manager at the node's address, and the
  proxy gets these requests. It refuses them, which looks as if the component did: `ProxyError('Cannot
  connect to proxy.', OSError('Tunnel connection failed: 403 Forbidden'))`.

How to confirm by hand
    kubectl -n datadog exec ds/datadog-agent -c agent -- sh -c 'env | grep -i no_proxy'
    kubectl get nodes -o wide

How to fix
  Add the addresses of the nodes, the range of the Services and that of the pods to both lists. Python's
  requests, which the checks use, understands ranges such as 10.0.0.0/8 and endings such as .svc; entries of
  NO_PROXY are separated by commas, those of DD_PROXY_NO_PROXY by spaces.

References
  DataDog/helm-charts#543; Datadog: Agent proxy configuration.
",
    judge,
};

const PROXIES: [&str; 6] =
    ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "DD_PROXY_HTTP", "DD_PROXY_HTTPS"];

const EXCEPTIONS: [&str; 3] = ["NO_PROXY", "no_proxy", "DD_PROXY_NO_PROXY"];

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (_, workload) = case.workload()?;
    let has = |name: &str| {
        agent_containers(workload)
            .any(|container| container.env.contains_key(name) || container.env_from.contains_key(name))
    };
    let proxies: Vec<&str> = PROXIES.into_iter().filter(|name| has(name)).collect();
    if proxies.is_empty() {
        PROXIES.into_iter().try_for_each(|name| case.view.surely_unset(workload, name))?;
        return Ok(Verdict::pass(Evidence::in_variables(workload, "they are given no proxy")));
    }
    let listed = exceptions(workload).ok_or_else(|| {
        Gap::new(
            format!("the proxy's exceptions of {}", case.subject),
            Why::OutOfReach("they come from another object".to_owned()),
        )
    })?;
    case.view.control_plane_nodes()?;
    let addresses = case.view.nodes.values().filter_map(|node| node.address("InternalIP"));
    let caught: Vec<&str> = addresses.filter(|address| !is_excepted(&listed, address)).collect();
    let given = Evidence::in_variables(workload, format!("{} is set", proxies.join(" and ")));
    let excepted = match listed.as_slice() {
        [] => "no exceptions from it are set".to_owned(),
        listed => format!("exceptions from it: {}", listed.join(", ")),
    };
    let excepted = Evidence::in_variables(workload, excepted);
    if caught.is_empty() {
        return Ok(Verdict::Pass(vec![given, excepted]));
    }
    EXCEPTIONS.into_iter().try_for_each(|name| case.view.surely_unset(workload, name))?;
    let all: Vec<&str> = listed.iter().map(String::as_str).chain(caught.iter().copied()).collect();
    let lines = format!(
        "NO_PROXY={},.svc,.cluster.local\nDD_PROXY_NO_PROXY={} .svc .cluster.local\n",
        all.join(","),
        all.join(" ")
    );
    Ok(Finding::error(format!("a proxy catches what the agents ask of nodes: {} is no exception", caught[0]))
        .seen([given, excepted])
        .mend(
            Remedy::variables("except the cluster's own addresses from the proxy", workload, lines)
                .knowing("add the ranges of Services and pods as well, and a range in place of single nodes where they come and go"),
        )
        .found())
}

/// The exceptions of all lists; `None` where one of them is not read.
fn exceptions(workload: &Workload) -> Option<Vec<String>> {
    let mut all = Vec::new();
    for name in EXCEPTIONS {
        match variable(workload, name) {
            Variable::Unset => {}
            Variable::Value(value) => {
                all.extend(value.split([',', ' ']).filter(|part| !part.is_empty()).map(str::to_owned));
            }
            Variable::From(_) => return None,
        }
    }
    Some(all)
}

/// Whether an address is an exception: by itself, by a range or by a star.
fn is_excepted(listed: &[String], address: &str) -> bool {
    listed.iter().any(|entry| entry == "*" || entry == address || is_in_range(entry, address) == Some(true))
}

fn is_in_range(range: &str, address: &str) -> Option<bool> {
    let (network, length) = range.split_once('/')?;
    let length: u32 = length.parse().ok()?;
    Some(match (network.parse().ok()?, address.parse().ok()?) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let mask = u32::MAX.checked_shl(32_u32.checked_sub(length)?).unwrap_or(0);
            u32::from(network) & mask == u32::from(address) & mask
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            let mask = u128::MAX.checked_shl(128_u32.checked_sub(length)?).unwrap_or(0);
            u128::from(network) & mask == u128::from(address) & mask
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(listed: &str, address: &str, expected: bool) {
        let listed: Vec<String> = listed.split(',').map(str::to_owned).collect();
        assert_eq!(is_excepted(&listed, address), expected, "{listed:?} {address}");
    }

    #[test]
    fn exceptions_are_addresses_ranges_and_stars() {
        check("localhost,10.0.0.0/8", "10.77.0.10", true);
        check("localhost,10.0.0.0/16", "10.77.0.10", false);
        check("192.0.2.11", "192.0.2.11", true);
        check("192.0.2.1", "192.0.2.11", false);
        check("*", "192.0.2.11", true);
        check("0.0.0.0/0", "192.0.2.11", true);
        check("10.0.0.0/99", "10.0.0.1", false);
        check("fd00::/8", "fd00::1", true);
        check("fd00::/8", "10.0.0.1", false);
        check(".svc,.cluster.local", "10.0.0.1", false);
    }
}
