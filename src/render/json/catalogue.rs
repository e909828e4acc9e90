//! The list of checks in JSON version 1.

use super::FORMAT;
use crate::{doctor::Check, model::component::Component};
use serde::Serialize;

#[derive(Serialize)]
struct CatalogueV1 {
    format: u32,
    checks: Vec<CheckV1>,
}

#[derive(Serialize)]
struct CheckV1 {
    id: &'static str,
    title: &'static str,
    components: Vec<&'static str>,
    symptom_of: Vec<&'static str>,
}

pub(super) fn catalogue(checks: &[(&Check, Vec<Component>)]) -> Result<String, serde_json::Error> {
    let checks = checks
        .iter()
        .map(|(check, of)| CheckV1 {
            id: check.id.0,
            title: check.title,
            components: of.iter().map(|component| component.profile().id).collect(),
            symptom_of: check.symptom_of.iter().map(|id| id.0).collect(),
        })
        .collect();
    serde_json::to_string_pretty(&CatalogueV1 { format: FORMAT, checks }).map(|text| text + "\n")
}
