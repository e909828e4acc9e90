//! JSON and YAML of `detect`, and the parts of it that the report of `doctor` shares.

use super::{EvidenceV1, FORMAT, GapV1};
use crate::{
    distributions::Detection,
    model::{evidence::Evidence, snapshot::CutShort},
    monitoring::Found,
    render::{
        clusters::{Cluster, Unanswered},
        detection::{Answer, certainty},
        weighing::Weighing,
    },
};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct DetectV1<'a> {
    format: u32,
    tool: &'a str,
    taken_at: String,
    cluster: Option<ClusterV1<'a>>,
    distribution: DistributionV1,
    certainty: &'static str,
    control_plane: ControlPlaneV1,
    evidence: Vec<EvidenceV1>,
    rivals: Vec<RivalV1>,
    contradictions: Vec<EvidenceV1>,
    gaps: Vec<GapV1>,
    monitoring: MonitoringV1<'a>,
    sample: Option<SampleV1>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weighing: Option<Vec<WeighingV1<'a>>>,
    cut_short: Option<&'static str>,
    exit: u8,
}

/// One of several clusters that has no answer.
#[derive(Serialize)]
pub(super) struct UnansweredV1<'a> {
    format: u32,
    cluster: ClusterV1<'a>,
    error: &'a str,
    hints: &'a [String],
    exit: u8,
}

#[derive(Serialize)]
#[serde(untagged)]
enum OneOfSeveralV1<'a> {
    Answered(Box<DetectV1<'a>>),
    Unanswered(UnansweredV1<'a>),
}

#[derive(Serialize)]
struct ClusterV1<'a> {
    context: &'a str,
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

#[derive(Serialize)]
struct MonitoringV1<'a> {
    found: Vec<ToolV1<'a>>,
    gaps: Vec<GapV1>,
}

#[derive(Serialize)]
struct ToolV1<'a> {
    id: &'a str,
    name: &'a str,
    /// Whether its workloads were seen, and not only what it leaves in the API.
    seen: bool,
    version: Option<&'a str>,
    details: BTreeMap<&'a str, Vec<&'a str>>,
    remarks: &'a [String],
    evidence: Vec<EvidenceV1>,
}

#[derive(Serialize)]
struct SampleV1 {
    nodes: usize,
    complete: bool,
    control_plane: usize,
}

#[derive(Serialize)]
struct WeighingV1<'a> {
    id: &'a str,
    name: &'a str,
    role: &'a str,
    clues: Vec<ClueV1<'a>>,
}

#[derive(Serialize)]
struct ClueV1<'a> {
    weight: &'a str,
    signal: &'a str,
    source: &'a str,
    outcome: &'a str,
    evidence: Option<EvidenceV1>,
    gap: Option<GapV1>,
}

/// The answer as JSON, with one newline at its end.
pub(super) fn json(answer: &Answer, exit: u8) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&DetectV1::of(answer, exit)).map(|text| text + "\n")
}

/// The answer as YAML.
pub(super) fn yaml(answer: &Answer, exit: u8) -> Result<String, serde_yaml::ser::Error> {
    serde_yaml::to_string(&DetectV1::of(answer, exit))
}

/// The answers of several clusters as a list in JSON, with one newline at its end.
pub(super) fn list_json(clusters: &[Cluster<Answer>]) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&all(clusters)).map(|text| text + "\n")
}

/// The answers of several clusters as a list in YAML.
pub(super) fn list_yaml(clusters: &[Cluster<Answer>]) -> Result<String, serde_yaml::ser::Error> {
    serde_yaml::to_string(&all(clusters))
}

fn all(clusters: &[Cluster<Answer>]) -> Vec<OneOfSeveralV1<'_>> {
    clusters
        .iter()
        .map(|cluster| match &cluster.answer {
            Ok(answer) => OneOfSeveralV1::Answered(Box::new(DetectV1::of(answer, cluster.exit))),
            Err(unanswered) => OneOfSeveralV1::Unanswered(UnansweredV1::of(cluster, unanswered)),
        })
        .collect()
}

impl<'a> UnansweredV1<'a> {
    pub(super) fn of<A>(cluster: &'a Cluster<A>, unanswered: &'a Unanswered) -> Self {
        Self {
            format: FORMAT,
            cluster: ClusterV1 { context: &cluster.context },
            error: &unanswered.error,
            hints: &unanswered.hints,
            exit: cluster.exit,
        }
    }
}

impl<'a> DetectV1<'a> {
    fn of(answer: &'a Answer, exit: u8) -> Self {
        let evidence = |pieces: &[Evidence]| pieces.iter().map(EvidenceV1::of).collect();
        let Answer { detection, monitoring, .. } = answer;
        Self {
            format: FORMAT,
            tool: &answer.tool,
            taken_at: answer.taken_at.to_string(),
            cluster: answer.context.as_deref().map(|context| ClusterV1 { context }),
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
            monitoring: MonitoringV1 {
                found: monitoring.found.iter().map(ToolV1::of).collect(),
                gaps: monitoring.gaps.iter().map(GapV1::of).collect(),
            },
            sample: detection.sample.map(|sample| SampleV1 {
                nodes: sample.read,
                complete: sample.is_whole,
                control_plane: sample.control_plane,
            }),
            weighing: answer.weighing.as_ref().map(|all| all.iter().map(WeighingV1::of).collect()),
            cut_short: answer.cut_short.map(CutShort::id),
            exit,
        }
    }
}

impl<'a> ToolV1<'a> {
    fn of(found: &'a Found) -> Self {
        let mut details: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, value) in &found.details {
            details.entry(name).or_default().push(value);
        }
        Self {
            id: found.id,
            name: found.name,
            seen: found.is_seen,
            version: found.version.as_deref(),
            details,
            remarks: &found.remarks,
            evidence: found.evidence.iter().map(EvidenceV1::of).collect(),
        }
    }
}

impl<'a> WeighingV1<'a> {
    fn of(weighing: &'a Weighing) -> Self {
        let clues = weighing.clues.iter().map(|clue| {
            let (outcome, evidence, gap) = match &clue.outcome {
                Ok(Some(seen)) => ("found", Some(EvidenceV1::of(seen)), None),
                Ok(None) => ("absent", None, None),
                Err(gap) => ("unknown", None, Some(GapV1::of(gap))),
            };
            ClueV1 {
                weight: clue.weight(),
                signal: &clue.signal,
                source: clue.source,
                outcome,
                evidence,
                gap,
            }
        });
        Self {
            id: weighing.distribution.id,
            name: weighing.distribution.name,
            role: weighing.role.id(),
            clues: clues.collect(),
        }
    }
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
