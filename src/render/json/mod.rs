//! JSON version 1: the public contract, as private types of its own, so that no internal change can leak into it.

mod catalogue;
pub mod certs;
mod detection;
mod diff;
mod doctor;
mod plan;

use crate::{
    distributions::Detection,
    doctor::{Check, Report},
    model::{component::Component, evidence::Evidence, observed::Gap, snapshot::Snapshot},
    render::{
        Unreached,
        clusters::{Cluster, Unanswered},
        detection::Answer,
        overview::Diagnosed,
    },
    yaml,
};
use serde::Serialize;

/// The version of the contract.
pub const FORMAT: u32 = 1;

/// What is written for a context, or why nothing is, with the exit code that this would have had alone.
pub type OfContext<'a> =
    (&'a str, Result<(&'a crate::plan::Plan, &'a crate::plan::Folder), (Unanswered, u8)>);

/// The answer of `detect` as JSON, with one newline at its end.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub fn detection(answer: &Answer, exit: u8) -> Result<String, serde_json::Error> {
    detection::json(answer, exit)
}

/// The same as YAML.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub fn detection_yaml(answer: &Answer, exit: u8) -> Result<String, serde_yaml::ser::Error> {
    detection::yaml(answer, exit)
}

/// The answers of `detect` about several clusters as a list in JSON, with one newline at its end.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub fn clusters(clusters: &[Cluster<Answer>]) -> Result<String, serde_json::Error> {
    detection::list_json(clusters)
}

/// The same as YAML.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub fn clusters_yaml(clusters: &[Cluster<Answer>]) -> Result<String, serde_yaml::ser::Error> {
    detection::list_yaml(clusters)
}

/// The report of `doctor` as JSON, with one newline at its end.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub fn report(
    snapshot: &Snapshot,
    detection: &Detection,
    report: &Report,
    exit: u8,
) -> Result<String, serde_json::Error> {
    doctor::json(&doctor::DoctorV1::of(snapshot, detection, report, exit))
}

/// The same as YAML.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub fn report_yaml(
    snapshot: &Snapshot,
    detection: &Detection,
    report: &Report,
    exit: u8,
) -> Result<String, serde_json::Error> {
    yaml::write::to_string(&doctor::DoctorV1::of(snapshot, detection, report, exit))
}

/// The report of a `doctor` that reached nothing, as JSON, with one newline at its end.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub fn unreached(unreached: &Unreached<'_>) -> Result<String, serde_json::Error> {
    doctor::json(&doctor::DoctorV1::of_unreached(unreached))
}

/// The same as YAML.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub fn unreached_yaml(unreached: &Unreached<'_>) -> Result<String, serde_json::Error> {
    yaml::write::to_string(&doctor::DoctorV1::of_unreached(unreached))
}

/// The reports of `doctor` about several clusters as a list in JSON, with one newline at its end.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub fn reports(clusters: &[Cluster<Diagnosed>]) -> Result<String, serde_json::Error> {
    doctor::reports(clusters)
}

/// The same of reports that are YAML.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub fn reports_yaml(clusters: &[Cluster<Diagnosed>]) -> Result<String, serde_json::Error> {
    doctor::reports_yaml(clusters)
}

/// A plan as JSON, with one newline at its end.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub fn plan(plan: &crate::plan::Plan, folder: &crate::plan::Folder) -> Result<String, serde_json::Error> {
    plan::plan(plan, folder)
}

/// Plans for several clusters as a list in JSON, with one newline at its end: each by its context, or why there is none with
/// the exit code that it would have had alone.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub fn plans(each: Vec<OfContext<'_>>) -> Result<String, serde_json::Error> {
    plan::plans(each)
}

/// What a plan would change as JSON, with one newline at its end.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub fn diff(diff: &crate::plan::diff::Diff, exit: u8) -> Result<String, serde_json::Error> {
    diff::diff(diff, exit)
}

/// The list of checks as JSON, with one newline at its end; each with the components that are meant.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub fn catalogue(checks: &[(&Check, Vec<Component>)]) -> Result<String, serde_json::Error> {
    catalogue::catalogue(checks)
}

#[derive(Serialize)]
struct EvidenceV1 {
    claim: String,
    at: String,
}

#[derive(Serialize)]
struct GapV1 {
    what: String,
    why: String,
}

impl EvidenceV1 {
    fn of(evidence: &Evidence) -> Self {
        Self { claim: evidence.claim.clone(), at: evidence.locator.to_string() }
    }
}

impl GapV1 {
    fn of(gap: &Gap) -> Self {
        Self { what: gap.what.clone(), why: gap.why.to_string() }
    }
}
