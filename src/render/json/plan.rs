//! A plan in JSON version 1: for each component how it is collected or why not, and what to do in which order.

use super::{FORMAT, OfContext};
use crate::plan::{Folder, Instance, Outcome, Plan, Planned, Step};
use serde::Serialize;

#[derive(Serialize)]
struct PlanV1<'a> {
    format: u32,
    tool: &'static str,
    distribution: DistributionV1<'a>,
    audience: String,
    components: Vec<ComponentV1<'a>>,
    settings: Vec<SettingV1>,
    files: Vec<&'a str>,
    steps: Vec<StepV1<'a>>,
}

/// One of several clusters.
#[derive(Serialize)]
struct OneOfSeveralV1<'a> {
    cluster: ClusterV1<'a>,
    #[serde(flatten)]
    plan: Option<PlanV1<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hints: Vec<String>,
    exit: u8,
}

#[derive(Serialize)]
struct ClusterV1<'a> {
    context: &'a str,
}

#[derive(Serialize)]
struct DistributionV1<'a> {
    id: &'static str,
    name: &'static str,
    variant: Option<&'a str>,
    version: Option<&'a str>,
    rivals: &'a [&'static str],
}

#[derive(Serialize)]
struct ComponentV1<'a> {
    component: &'static str,
    check: &'static str,
    collected: bool,
    by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    switch: Option<&'static str>,
    instances: Vec<&'a Instance>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instead: Option<&'a str>,
    remarks: &'a [String],
}

#[derive(Serialize)]
struct SettingV1 {
    component: &'static str,
    place: &'static str,
    text: &'static str,
}

#[derive(Serialize)]
struct StepV1<'a> {
    title: &'a str,
    commands: &'a [String],
    rights: &'a str,
    undo: &'a [String],
}

pub(super) fn plan(plan: &Plan, folder: &Folder) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&document(plan, folder)).map(|text| text + "\n")
}

pub(super) fn plans(each: Vec<OfContext<'_>>) -> Result<String, serde_json::Error> {
    let all: Vec<OneOfSeveralV1<'_>> = each.into_iter().map(OneOfSeveralV1::of).collect();
    serde_json::to_string_pretty(&all).map(|text| text + "\n")
}

fn document<'a>(plan: &'a Plan, folder: &'a Folder) -> PlanV1<'a> {
    let identity = &plan.identity;
    PlanV1 {
        format: FORMAT,
        tool: env!("CARGO_PKG_VERSION"),
        distribution: DistributionV1 {
            id: identity.id,
            name: identity.name,
            variant: identity.variant.as_deref(),
            version: identity.version.as_deref(),
            rivals: &plan.rivals,
        },
        audience: plan.choices.audience.to_string(),
        components: plan.components.iter().map(ComponentV1::of).collect(),
        settings: plan
            .settings
            .iter()
            .map(|it| SettingV1 { component: it.component.profile().id, place: it.place, text: it.text })
            .collect(),
        files: std::iter::once(&folder.main).chain(&folder.manifests).map(|it| it.name.as_str()).collect(),
        steps: folder.steps.iter().map(StepV1::of).collect(),
    }
}

impl<'a> OneOfSeveralV1<'a> {
    fn of((context, planned): OfContext<'a>) -> Self {
        let (plan, error, hints, exit) = match planned {
            Ok((plan, folder)) => (Some(document(plan, folder)), None, Vec::new(), 0),
            Err((unanswered, exit)) => (None, Some(unanswered.error), unanswered.hints, exit),
        };
        Self { cluster: ClusterV1 { context }, plan, error, hints, exit }
    }
}

impl<'a> ComponentV1<'a> {
    fn of(planned: &'a Planned) -> Self {
        let profile = planned.component.profile();
        let (by, instances): (_, &[Instance]) = match &planned.outcome {
            Outcome::Packaged { instances } => ("packaged", instances),
            Outcome::NodeCheck { instances } => ("node-check", instances),
            Outcome::ClusterCheck { instances } => ("cluster-check", instances),
            Outcome::Native { instances, .. } => ("native", instances),
            Outcome::Sidecar { instances } => ("sidecar", instances),
            Outcome::Left { .. } => ("none", &[]),
        };
        let (reason, instead) = match &planned.outcome {
            Outcome::Left { reason, instead } => (Some(reason.as_str()), instead.as_deref()),
            _ => (None, None),
        };
        let switch = match &planned.outcome {
            Outcome::Native { switch, .. } => Some(switch.provider),
            _ => None,
        };
        Self {
            component: profile.id,
            check: profile.agent_check,
            collected: reason.is_none(),
            by,
            switch,
            instances: instances.iter().collect(),
            reason,
            instead,
            remarks: &planned.remarks,
        }
    }
}

impl<'a> StepV1<'a> {
    fn of(step: &'a Step) -> Self {
        Self { title: &step.title, commands: &step.commands, rights: step.rights, undo: &step.undo }
    }
}
