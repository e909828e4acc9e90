//! The component listens on loopback only, where the configured agents cannot reach it.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Step, Subjects, Touches, Verdict},
    model::{
        agents::AgentRole,
        component::Component,
        evidence::{Evidence, Locator},
        observed::Gap,
        question::{Endpoint, PodRef},
    },
    view::{Configured, Instance},
};
use std::{collections::BTreeMap, net::IpAddr};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("metrics-on-loopback-only"),
    title: "the component listens on loopback only, where the agents cannot reach it",
    subjects: Subjects::EachInstance(&[Component::Etcd, Component::ControllerManager, Component::Scheduler]),
    symptom_of: &[],
    explain: r"
What was seen
  The component's flags bind its metrics to a loopback address of its node, and the agents either do not share the
  host's network, so that loopback is their own, or ask by the node's address, on which nothing listens.

What it means
  kubeadm binds kube-scheduler and kube-controller-manager to 127.0.0.1 and etcd's metrics URL to 127.0.0.1:2381. An
  agent in a pod network gets `connection refused` from all of them. That is no fault where the agents share the
  host's network, and ctlmon then reports none.

How to confirm by hand
    kubectl -n kube-system get pod -l component=kube-scheduler -o jsonpath='{.items[*].spec.containers[0].command}'
    kubectl -n datadog get daemonset datadog-agent -o jsonpath='{.spec.template.spec.hostNetwork}'

How to fix
  Let the agents on control-plane nodes share the host's network and ask 127.0.0.1; nothing new listens on the
  network then. Or bind the component to another address, and know what that opens: scheduler and
  controller-manager still ask for a token, etcd's metrics URL asks for nothing.

References
  kubeadm: control-plane flags. Measured on 1.36: after --bind-address=0.0.0.0 the metrics answer from other machines
  with a token; etcd's metrics URL answers everybody.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    let (Some(flags), Some(pod)) = (&instance.flags, &instance.pod) else {
        return Ok(Verdict::NotApplicable("its flags are not known"));
    };
    if case.view.is_asked_by_nobody(instance) {
        return Ok(Verdict::NotApplicable("no Datadog Agent asks it"));
    }
    let configurations = case.view.configurations(instance)?;
    let asked = &instance.endpoint;
    let bound = bound(instance.component, flags, asked);
    let seen = |claim: String| {
        Evidence::in_object("Pod", Some(&pod.namespace), &pod.name, Some("spec.containers[0].command"), claim)
    };
    if bound.iter().any(|(_, is_loopback)| !is_loopback) || bound.is_empty() {
        let claim =
            bound.first().map_or_else(|| "it binds every address".to_owned(), |(flag, _)| flag.clone());
        return Ok(Verdict::Pass(vec![seen(claim)]));
    }
    let flags = seen(bound.into_iter().map(|(flag, _)| flag).collect::<Vec<_>>().join(", "));
    let mut passing = vec![flags.clone()];
    for configured in &configurations {
        let shares = configured.workload.host_network;
        let by_loopback = asks_loopback(instance, configured);
        let of_agents = of_agents(configured, shares, by_loopback);
        if !(shares && by_loopback) {
            return Ok(Verdict::Problem(Finding {
                severity: Severity::Error,
                own_cause: false,
                summary: format!(
                    "{} listens on loopback only, where the agents cannot reach it",
                    instance.component
                ),
                evidence: vec![flags, of_agents],
                remedies: remedies(instance, pod, configured, shares),
            }));
        }
        passing.push(of_agents);
    }
    Ok(Verdict::Pass(passing))
}

/// From which network the agents ask, and for which address.
fn of_agents(configured: &Configured<'_>, shares: bool, by_loopback: bool) -> Evidence {
    Evidence {
        claim: format!(
            "the {} {} the host's network and ask {}",
            configured.role.word(),
            if shares { "share" } else { "do not share" },
            if by_loopback { "loopback" } else { "the node's address" }
        ),
        locator: Locator::Object {
            kind: configured.workload.kind_name(),
            namespace: Some(configured.workload.namespace.clone()),
            name: configured.workload.name.clone(),
            field: Some("spec.template.spec.hostNetwork".to_owned()),
        },
    }
}

/// The flags that bind the port that is asked, and whether each binds a loopback address. None where no flag says.
fn bound(component: Component, flags: &BTreeMap<String, String>, asked: &Endpoint) -> Vec<(String, bool)> {
    if component != Component::Etcd {
        let address = flags.get("bind-address");
        return address
            .map(|address| (format!("--bind-address={address}"), is_loopback(address)))
            .into_iter()
            .collect();
    }
    ["listen-client-urls", "listen-metrics-urls", "listen-client-http-urls"]
        .into_iter()
        .filter_map(|flag| Some((flag, flags.get(flag)?)))
        .flat_map(|(flag, urls)| urls.split(',').map(move |url| (flag, url)))
        .filter_map(|(flag, url)| Some((flag, url.parse::<Endpoint>().ok()?)))
        .filter(|(_, endpoint)| endpoint.port == asked.port)
        .map(|(flag, endpoint)| (format!("--{flag}={endpoint}"), endpoint.is_loopback()))
        .collect()
}

/// Whether the configuration asks a loopback address. The packaged one tries the node's address and loopback in turn.
fn asks_loopback(instance: &Instance, configured: &Configured<'_>) -> bool {
    match configured.instance.url.as_deref() {
        None => instance.component != Component::Etcd,
        Some(url) => url.contains("//localhost") || url.contains("//127.") || url.contains("//[::1]"),
    }
}

fn is_loopback(address: &str) -> bool {
    address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn remedies(instance: &Instance, pod: &PodRef, configured: &Configured<'_>, shares: bool) -> Vec<Remedy> {
    let profile = instance.component.profile();
    let mut remedies = Vec::new();
    if !shares && configured.role == AgentRole::NodeAgent {
        remedies.push(Remedy {
            title: "let the agents share the host's network".to_owned(),
            steps: vec![
                Step::Edit {
                    file: "the Helm values of the release that runs on control-plane nodes".to_owned(),
                    change: "agents:\n  useHostNetwork: true\n".to_owned(),
                },
                Step::Read("ports 8125, 8126 and 5000 of the agents are then the node's own"),
            ],
            touches: Touches::Monitoring,
        });
    }
    let loopback = Endpoint { host: "127.0.0.1".to_owned(), ..instance.endpoint.clone() };
    if configured.instance.url.is_some() && configured.role == AgentRole::NodeAgent {
        remedies.push(Remedy {
            title: "ask the loopback address of the node that the agent runs on".to_owned(),
            steps: vec![Step::Edit {
                file: configured.describe_origin(),
                change: format!("prometheus_url: {loopback}\n"),
            }],
            touches: Touches::Monitoring,
        });
    }
    if configured.role != AgentRole::NodeAgent {
        remedies.push(Remedy {
            title: "let the agents on the node ask, which can share its network".to_owned(),
            steps: vec![
                Step::Read("no runner can reach the loopback address of a node"),
                Step::Edit {
                    file: configured.describe_origin(),
                    change: "remove the check here, and configure it for the node agents".to_owned(),
                },
            ],
            touches: Touches::Monitoring,
        });
    }
    if instance.component != Component::Etcd {
        remedies.push(Remedy {
            title: format!("bind {} to every address of its node", profile.program),
            steps: vec![
                Step::Edit {
                    file: format!("/etc/kubernetes/manifests/{}.yaml of {}", profile.program, pod.name),
                    change: "    - --bind-address=0.0.0.0\n".to_owned(),
                },
                Step::Read("with kubeadm write it into ClusterConfiguration too, else the next upgrade takes it back"),
            ],
            touches: Touches::ControlPlane,
        });
    }
    remedies
}
