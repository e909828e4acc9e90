//! JSON of `detect`, and the parts of it that the report of `doctor` shares.

use super::{EvidenceV1, FORMAT, GapV1};
use crate::{
    distributions::Detection,
    model::{evidence::Evidence, snapshot::Snapshot},
    render::detection::certainty,
};
use serde::Serialize;

#[derive(Serialize)]
struct DetectV1<'a> {
    format: u32,
    tool: &'a str,
    taken_at: String,
    distribution: DistributionV1,
    certainty: &'static str,
    control_plane: ControlPlaneV1,
    evidence: Vec<EvidenceV1>,
    rivals: Vec<RivalV1>,
    contradictions: Vec<EvidenceV1>,
    gaps: Vec<GapV1>,
    exit: u8,
}

/// The distribution in JSON, shared with the report of `doctor`.
#[derive(Serialize)]
pub(super) struct DistributionV1 {
    id: Option<&'static str>,
    name: Option<&'static str>,
    variant: Option<String>,
    version: Option<String>,
    certainty: &'static str,
}

/// The place of the control plane in JSON, shared with the report of `doctor`.
#[derive(Serialize)]
pub(super) struct ControlPlaneV1 {
    place: &'static str,
    certain: bool,
    evidence: Vec<EvidenceV1>,
}

#[derive(Serialize)]
struct RivalV1 {
    id: &'static str,
    name: &'static str,
    evidence: Vec<EvidenceV1>,
}

/// The answer as JSON, with one newline at its end.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub(super) fn detection(
    snapshot: &Snapshot,
    detection: &Detection,
    exit: u8,
) -> Result<String, serde_json::Error> {
    let evidence = |pieces: &[Evidence]| pieces.iter().map(EvidenceV1::of).collect();
    let document = DetectV1 {
        format: FORMAT,
        tool: &snapshot.tool,
        taken_at: snapshot.taken_at.to_string(),
        distribution: DistributionV1::of(detection),
        certainty: certainty(detection),
        control_plane: ControlPlaneV1::of(detection),
        evidence: evidence(detection.best().map_or(&[], |best| best.evidence.as_slice())),
        rivals: detection
            .rivals()
            .iter()
            .map(|rival| RivalV1 {
                id: rival.distribution.id,
                name: rival.distribution.name,
                evidence: evidence(&rival.evidence),
            })
            .collect(),
        contradictions: evidence(&detection.contradictions),
        gaps: detection.gaps.iter().map(GapV1::of).collect(),
        exit,
    };
    serde_json::to_string_pretty(&document).map(|text| text + "\n")
}

impl DistributionV1 {
    pub(super) fn of(detection: &Detection) -> Self {
        let best = detection.best();
        Self {
            id: best.map(|best| best.distribution.id),
            name: best.map(|best| best.distribution.name),
            variant: best.and_then(|best| best.identity.variant.clone()),
            version: best.and_then(|best| best.identity.version.clone()),
            certainty: certainty(detection),
        }
    }
}

impl ControlPlaneV1 {
    pub(super) fn of(detection: &Detection) -> Self {
        Self {
            place: detection.place.place.id(),
            certain: detection.place.certain,
            evidence: detection.place.evidence.iter().map(EvidenceV1::of).collect(),
        }
    }
}
