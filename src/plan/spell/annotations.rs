//! What fills the manifests of objects that bear annotations: each annotation as the JSON that agents read.

use crate::plan::{Annotated, Instance, NeededService, Placement, Plan, PlanError};
use serde::Serialize;
use std::collections::BTreeMap;

/// The objects that bear annotations, by what becomes of them.
#[derive(Serialize)]
pub(super) struct Annotations<'a> {
    /// Services that are made, with or without annotations.
    pub(super) made: Vec<Made<'a>>,
    /// Services that are there.
    pub(super) existing: Vec<Bearer<'a>>,
    pub(super) pauses: Vec<Paused<'a>>,
    namespace: &'a str,
    pull_secret: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Made<'a> {
    service: &'a NeededService,
    bears: Option<Bearer<'a>>,
}

/// A Service with all checks of which it tells.
#[derive(Serialize)]
pub(super) struct Bearer<'a> {
    pub(super) namespace: &'a str,
    pub(super) name: &'a str,
    checks: String,
    by_address: bool,
}

#[derive(Serialize)]
pub(super) struct Paused<'a> {
    name: String,
    checks: String,
    placement: &'a Placement,
    audience: &'static str,
}

/// A check in the second form of annotations, which agents read since 7.36.
#[derive(Serialize)]
struct Check<'a> {
    init_config: Nothing,
    instances: &'a [Instance],
}

/// An empty object.
#[derive(Serialize)]
struct Nothing {}

/// Everything that bears annotations, or is made so that it can.
///
/// # Errors
/// Where an instance is no JSON; a fault of ours.
pub(super) fn of(plan: &Plan) -> Result<Annotations<'_>, PlanError> {
    let mut bearers: Vec<Bearer<'_>> = Vec::new();
    for annotated in &plan.annotated {
        let service = annotated.service;
        if bearers.iter().any(|it| (it.namespace, it.name) == (service.namespace, service.name)) {
            continue;
        }
        let is_borne = |it: &&Annotated| it.service == service;
        let checks = plan.annotated.iter().filter(is_borne).map(|it| (it.check, it.instances.as_slice()));
        bearers.push(Bearer {
            namespace: service.namespace,
            name: service.name,
            checks: json(checks)?,
            by_address: service.by_address,
        });
    }
    let mut made = Vec::new();
    for service in &plan.services {
        let at = bearers.iter().position(|it| (it.namespace, it.name) == (service.namespace, service.name));
        made.push(Made { service, bears: at.map(|at| bearers.remove(at)) });
    }
    let mut pauses = Vec::new();
    for pause in &plan.pauses {
        pauses.push(Paused {
            name: format!("{}-pause", pause.check.replace('_', "-")),
            checks: json([(pause.check, pause.instances.as_slice())])?,
            placement: &pause.placement,
            audience: "control-plane",
        });
    }
    let choices = &plan.choices;
    Ok(Annotations {
        made,
        existing: bearers,
        pauses,
        namespace: &choices.namespace,
        pull_secret: choices.pull_secret.as_deref(),
    })
}

fn json<'a>(checks: impl IntoIterator<Item = (&'a str, &'a [Instance])>) -> Result<String, PlanError> {
    let all: BTreeMap<&str, Check<'_>> = checks
        .into_iter()
        .map(|(check, instances)| (check, Check { init_config: Nothing {}, instances }))
        .collect();
    serde_json::to_string(&all)
        .map_err(|error| PlanError::Template { name: "objects/annotations.yaml.j2", said: error.to_string() })
}
