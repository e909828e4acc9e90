//! What fills the templates of the main documents: the plan's parts under the names of the slots.

use crate::plan::{
    Audience, CheckFile, Extras, Keys, KubeletTls, LogLevel, Mount, Outcome, Placement, Plan, Platform,
    Sidecars, Version,
    spell::summary::{named, summary},
    vendor,
};
use serde::Serialize;

#[derive(Clone, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each one is a slot of a template")]
pub(super) struct Slots<'a> {
    tool: &'static str,
    distribution: String,
    rivals: &'a [&'static str],
    target: String,
    summary: Vec<String>,
    /// What is to be said of components that no file of these documents is about.
    asides: Vec<String>,
    audience: Audience,
    release: &'a str,
    namespace: &'a str,
    keys: &'a Keys,
    extras: Extras,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registry: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pull_secret: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_level: Option<LogLevel>,
    tags: &'a [String],
    kubelet: Option<Kubelet<'a>>,
    windows: bool,
    ignored: Vec<&'static str>,
    ignored_line: String,
    files: &'a [CheckFile],
    cluster_files: &'a [CheckFile],
    joins: Option<&'a str>,
    placement: &'a Placement,
    host_network: bool,
    mounts: &'a [Mount],
    runner_mounts: Vec<&'a Mount>,
    has_agents_section: bool,
    has_features: bool,
    switch_off_native: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    runners: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotation: Option<&'static str>,
    chart_version: Version,
    /// Whether the chart brings the operator along.
    brings_operator: bool,
    /// Whether the operator can collect the control plane by itself.
    has_native: bool,
    platform: Option<Platform>,
    sidecars: Option<&'a Sidecars>,
    takes_checks: bool,
    /// Whether there are agents of nodes at all.
    has_agents: bool,
}

/// What runners need of the agents' mounts: files that a check takes which may be handed to them. They run on any node, so
/// that nothing of a node may be among these.
fn runner_mounts(plan: &Plan) -> Vec<&Mount> {
    let takes = |mount: &&Mount| {
        plan.components.iter().any(|planned| match &planned.outcome {
            Outcome::ClusterCheck { instances } => instances.iter().any(|instance| instance.takes(&mount.at)),
            _ => false,
        })
    };
    let mounts: &[Mount] = if plan.runners.is_some() { &plan.agents.mounts } else { &[] };
    mounts.iter().filter(takes).collect()
}

fn asides(plan: &Plan) -> Vec<String> {
    let is_elsewhere =
        |outcome: &Outcome| matches!(outcome, Outcome::Native { .. } | Outcome::Packaged { .. });
    let without_file = plan.components.iter().filter(|planned| is_elsewhere(&planned.outcome));
    let mut all: Vec<String> = Vec::new();
    for remark in without_file.flat_map(|planned| &planned.remarks) {
        if !all.contains(remark) {
            all.push(remark.clone());
        }
    }
    if !plan.services.is_empty() {
        let names: Vec<String> =
            plan.services.iter().map(|it| format!("{}/{}", it.namespace, it.name)).collect();
        all.push(format!(
            "The Services {} are to be made. They are no part of this: apply manifests/ of the folder that --out writes.",
            names.join(", ")
        ));
    }
    let told = plan.annotated.iter().map(|it| it.check).chain(plan.pauses.iter().map(|it| it.check));
    let told: Vec<&str> = told.collect();
    if !told.is_empty() {
        all.push(format!(
            "Annotations tell agents of {}. They are no part of this: apply manifests/ of the folder that --out writes.",
            told.join(", ")
        ));
    }
    if let Some(secret) = plan.copy {
        all.push(format!(
            "Agents wait for a copy of the Secret {} of {} in their own namespace, and do not start without it.",
            secret.name, secret.namespace
        ));
    }
    all
}

#[derive(Clone, Copy, Serialize)]
struct Kubelet<'a> {
    verify: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    authority: Option<&'a str>,
}

impl<'a> Slots<'a> {
    pub(super) fn of(plan: &'a Plan) -> Self {
        let choices = &plan.choices;
        let agents = &plan.agents;
        let kubelet = plan.kubelet_tls.as_ref().map(|tls| match tls {
            KubeletTls::Verify => Kubelet { verify: true, authority: None },
            KubeletTls::Skip => Kubelet { verify: false, authority: None },
            KubeletTls::Authority(path) => Kubelet { verify: true, authority: Some(path) },
        });
        let is_placed = !agents.placement.tolerations.is_empty() || !agents.placement.terms.is_empty();
        // The operator's own entry would be lost: a list that is given replaces it.
        let mut ignored_line = agents.ignored.clone();
        if !ignored_line.contains(&"kubernetes_state") {
            ignored_line.push("kubernetes_state");
        }
        let has_agents = !plan.sidecars.as_ref().is_some_and(|sidecars| sidecars.alone);
        Self {
            tool: env!("CARGO_PKG_VERSION"),
            distribution: named(plan),
            rivals: &plan.rivals,
            target: format!("chart {}", choices.versions.chart),
            summary: summary(plan),
            asides: asides(plan),
            audience: choices.audience,
            release: &choices.release,
            namespace: &choices.namespace,
            keys: &choices.keys,
            extras: choices.extras,
            cluster_name: choices.cluster_name.as_deref(),
            site: choices.site.as_deref(),
            registry: choices.registry.as_deref(),
            pull_secret: choices.pull_secret.as_deref(),
            log_level: choices.log_level.filter(|level| *level != LogLevel::Info),
            tags: &choices.tags,
            kubelet,
            windows: choices.windows,
            ignored: agents.ignored.clone(),
            ignored_line: ignored_line.join(" "),
            files: &agents.files,
            cluster_files: &plan.cluster_agent.files,
            joins: plan.cluster_agent.joins.as_deref(),
            placement: &agents.placement,
            host_network: agents.host_network,
            mounts: &agents.mounts,
            runner_mounts: runner_mounts(plan),
            has_agents_section: !has_agents
                || agents.host_network
                || is_placed
                || !agents.mounts.is_empty()
                || choices.pull_secret.is_some(),
            has_features: false,
            switch_off_native: false,
            runners: plan.runners,
            provider: plan.switch.map(|switch| switch.provider),
            annotation: plan
                .switch
                .map(|switch| switch.annotation)
                .or_else(|| plan.platform.and_then(|platform| platform.annotation)),
            chart_version: choices.versions.chart,
            brings_operator: vendor::brings_operator(choices.versions.chart),
            has_native: vendor::has_native(choices.versions.operator),
            // What the chart leaves out for a platform it leaves out on Windows anyway.
            platform: plan.platform.filter(|_| !choices.windows),
            sidecars: plan.sidecars.as_ref(),
            takes_checks: plan.cluster_agent.takes_checks,
            has_agents,
        }
    }

    /// The same with what the operator alone is told.
    pub(super) fn for_operator(mut self, plan: &'a Plan) -> Self {
        let extras = self.extras;
        self.target = format!("operator {}", plan.choices.versions.operator);
        self.joins = None;
        self.switch_off_native = self.has_native
            && plan.switch.is_none()
            && !(plan.cluster_agent.files.is_empty() && plan.annotated.is_empty());
        self.has_features = self.switch_off_native
            || extras.logs
            || extras.apm
            || extras.processes
            || extras.external_metrics
            || !extras.events
            || !extras.kube_state_metrics
            || plan.cluster_agent.joins.is_some()
            || plan.sidecars.is_some()
            || plan.runners.is_some();
        // The operator names the Service after the DatadogAgent itself.
        self.joins = plan.cluster_agent.joins.as_deref();
        self
    }
}
