//! Datadog: who installed it, in which versions, whether its own switch for the control plane is on, and whether it is there
//! twice. It judges no check and no right.

use super::{
    Description, Facts, Sign, Signal,
    sign::{container, on, tag},
};
use crate::model::{
    facts::short_image,
    installer::{CHART, Installer, NATIVE_CONFIG_MAP},
    workload::{VolumeSource, Workload},
};
use std::collections::BTreeMap;

/// What Datadog's workloads are known by.
pub(super) static SIGNS: &[Sign] = &[
    Sign {
        signal: Signal::Label("agent.datadoghq.com/component", ""),
        source: "workloads that the operator made",
    },
    Sign { signal: Signal::Label(CHART, "datadog-"), source: "charts datadog and datadog-operator" },
    Sign { signal: Signal::Image("datadoghq/"), source: "registry of the images" },
    Sign { signal: Signal::Image("datadog/"), source: "the same on Docker Hub and on Amazon's registry" },
    Sign { signal: Signal::Group("datadoghq.com"), source: "resources of the operator, which survive it" },
];

/// The entry by which the chart switches the control plane on, in the Cluster Agent's configuration.
///
/// Source: `eks-control-plane-monitoring-config` in the chart's `_helpers.tpl`, and `cluster-agent-deployment.yaml`.
const NATIVE_ENTRY: &str = "kube_apiserver_metrics.yaml";

/// What a workload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Agent,
    ClusterAgent,
    Operator,
    Other,
}

pub(super) fn describe(_: &Facts<'_>, own: &[&Workload]) -> Description {
    let mut said = Description::default();
    let of = |part: Part| own.iter().copied().filter(move |workload| part_of(workload) == part);
    let mut installers: BTreeMap<Installer, Option<String>> = BTreeMap::new();
    for workload in of(Part::Agent).chain(of(Part::ClusterAgent)) {
        let chart = workload.labels.get(CHART).filter(|chart| chart.starts_with("datadog-")).cloned();
        let known = installers.entry(Installer::of(workload)).or_default();
        *known = known.take().or(chart);
    }
    for (installer, chart) in &installers {
        let chart = chart.as_ref().map(|chart| format!(", chart {chart}")).unwrap_or_default();
        said.details.push(("installed_by", format!("{installer}{chart}")));
    }
    for (name, part, image) in [
        ("agent", Part::Agent, "agent"),
        ("cluster_agent", Part::ClusterAgent, "cluster-agent"),
        ("operator", Part::Operator, "operator"),
    ] {
        let found = of(part).find_map(|workload| Some((workload, tag(&container(workload, image)?.image)?)));
        if let Some((workload, version)) = found {
            said.evidence.push(on(
                workload,
                Some("spec.template.spec.containers"),
                format!("{name} {version}"),
            ));
            if part == Part::Agent {
                said.version = Some(version.clone());
            }
            said.details.push((name, version));
        }
    }
    let cluster_agents: Vec<&Workload> = of(Part::ClusterAgent).collect();
    let native = cluster_agents.iter().find_map(|workload| Some((*workload, native(workload)?)));
    let switch = match native {
        Some((workload, config_map)) => {
            let claim = format!("ConfigMap {config_map} configures the checks of the control plane");
            said.evidence.push(on(workload, Some("spec.template.spec.volumes"), claim));
            "on"
        }
        None if cluster_agents.is_empty() => "unknown",
        None => "off",
    };
    said.details.push(("native_control_plane", switch.to_owned()));
    said.remarks.extend(twice(own));
    said
}

/// The `ConfigMap` by which the native switch reaches a Cluster Agent.
fn native(workload: &Workload) -> Option<&str> {
    workload.volumes.values().find_map(|volume| match volume {
        VolumeSource::ConfigMap { name, items, .. } => {
            (name.starts_with(NATIVE_CONFIG_MAP) || items.contains_key(NATIVE_ENTRY)).then_some(name.as_str())
        }
        _ => None,
    })
}

/// Whether nodes may be monitored twice.
fn twice(own: &[&Workload]) -> Option<String> {
    let agents = own.iter().filter(|workload| part_of(workload) == Part::Agent);
    let mut installers: Vec<Installer> = agents.map(|workload| Installer::of(workload)).collect();
    installers.sort();
    installers.dedup();
    let names: Vec<String> = installers.iter().map(ToString::to_string).collect();
    (names.len() > 1).then(|| {
        format!(
            "node agents of {} installations: {}; unless their nodes differ, every node is monitored that many times",
            names.len(),
            names.join(" and ")
        )
    })
}

fn part_of(workload: &Workload) -> Part {
    let label = |key: &str| workload.labels.get(key).map(String::as_str).unwrap_or_default();
    let component = match label("agent.datadoghq.com/component") {
        "" => label("app.kubernetes.io/component"),
        component => component,
    };
    let has = |image: &str| workload.containers.iter().any(|it| short_image(&it.image) == image);
    let is_operator = label("app.kubernetes.io/name") == "datadog-operator"
        || label(CHART).starts_with("datadog-operator-")
        || has("operator");
    match component {
        _ if is_operator => Part::Operator,
        "cluster-agent" => Part::ClusterAgent,
        _ if has("cluster-agent") => Part::ClusterAgent,
        _ if workload.kind == "DaemonSet" => Part::Agent,
        _ => Part::Other,
    }
}
