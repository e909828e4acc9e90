//! JSON version 1: the public contract, as private types of its own, so that no internal change can leak into it.

mod catalogue;
pub mod certs;
mod detection;
mod doctor;
mod plan;

use crate::{
    distributions::Detection,
    doctor::{Check, Report},
    model::{component::Component, evidence::Evidence, observed::Gap, snapshot::Snapshot},
    render::{clusters::Cluster, detection::Answer, overview::Diagnosed},
};
use serde::Serialize;

/// The version of the contract.
pub const FORMAT: u32 = 1;

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
    doctor::report(snapshot, detection, report, exit)
}

/// The reports of `doctor` about several clusters as a list in JSON, with one newline at its end.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub fn reports(clusters: &[Cluster<Diagnosed>]) -> Result<String, serde_json::Error> {
    doctor::reports(clusters)
}

/// A plan as JSON, with one newline at its end.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub fn plan(plan: &crate::plan::Plan, folder: &crate::plan::Folder) -> Result<String, serde_json::Error> {
    plan::plan(plan, folder)
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
