//! JSON of `doctor`.

use super::{
    EvidenceV1, FORMAT, GapV1,
    detection::{ControlPlaneV1, DistributionV1, UnansweredV1},
};
use crate::{
    distributions::Detection,
    doctor::{Finding, Remedy, Report, Row, Step, Verdict},
    model::snapshot::Snapshot,
    render::{clusters::Cluster, overview::Diagnosed},
};
use serde::Serialize;

#[derive(Serialize)]
struct DoctorV1<'a> {
    format: u32,
    tool: &'a str,
    taken_at: String,
    cluster: Option<ClusterV1<'a>>,
    distribution: Option<DistributionV1>,
    control_plane: Option<ControlPlaneV1>,
    instances: Vec<InstanceV1<'a>>,
    verdicts: Vec<VerdictV1<'a>>,
    gaps: Vec<GapV1>,
    unjudged: Vec<String>,
    waves: Vec<WaveV1>,
    cut_short: Option<&'a str>,
    exit: u8,
}

#[derive(Serialize)]
struct ClusterV1<'a> {
    context: &'a str,
}

#[derive(Serialize)]
struct InstanceV1<'a> {
    component: String,
    name: &'a str,
    endpoint: &'a str,
    vantage: Option<&'a str>,
    answer: &'a str,
}

#[derive(Serialize)]
struct VerdictV1<'a> {
    check: &'a str,
    subject: SubjectV1,
    verdict: &'a str,
    severity: Option<&'a str>,
    summary: String,
    evidence: Vec<EvidenceV1>,
    remedies: Vec<RemedyV1>,
    symptoms: Vec<Self>,
}

#[derive(Serialize)]
struct SubjectV1 {
    kind: String,
    name: String,
}

#[derive(Serialize)]
struct RemedyV1 {
    title: String,
    touches: &'static str,
    steps: Vec<StepV1>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum StepV1 {
    Run(Vec<String>),
    Apply(String),
    Edit { file: String, change: String },
    Read(String),
}

#[derive(Serialize)]
struct WaveV1 {
    questions: u32,
    requests: u32,
    round_trips: u32,
    bytes: u64,
}

/// The report as JSON, with one newline at its end.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub(super) fn report(
    snapshot: &Snapshot,
    detection: &Detection,
    report: &Report,
    exit: u8,
) -> Result<String, serde_json::Error> {
    let has_cluster = snapshot.wanted.endpoints.is_empty();
    let document = DoctorV1 {
        format: FORMAT,
        tool: &snapshot.tool,
        taken_at: snapshot.taken_at.to_string(),
        cluster: snapshot.wanted.context.as_deref().map(|context| ClusterV1 { context }),
        distribution: has_cluster.then(|| DistributionV1::of(detection)),
        control_plane: has_cluster.then(|| ControlPlaneV1::of(detection)),
        instances: report
            .instances
            .iter()
            .map(|row| InstanceV1 {
                component: row.component.to_string(),
                name: &row.name,
                endpoint: &row.endpoint,
                vantage: row.vantage.as_deref(),
                answer: &row.answer,
            })
            .collect(),
        verdicts: verdicts(&report.rows),
        gaps: report.gaps().into_iter().map(GapV1::of).collect(),
        unjudged: report.unjudged.iter().map(ToString::to_string).collect(),
        waves: snapshot
            .waves
            .iter()
            .map(|wave| WaveV1 {
                questions: wave.questions,
                requests: wave.requests,
                round_trips: wave.round_trips,
                bytes: wave.bytes,
            })
            .collect(),
        cut_short: report.cut_short.map(crate::model::snapshot::CutShort::id),
        exit,
    };
    serde_json::to_string_pretty(&document).map(|text| text + "\n")
}

/// A list of reports that are JSON already, and of why there is none.
pub(super) fn reports(clusters: &[Cluster<Diagnosed>]) -> Result<String, serde_json::Error> {
    let each = clusters.iter().map(|cluster| match &cluster.answer {
        Ok(diagnosed) => Ok(diagnosed.text.trim_end().to_owned()),
        Err(unanswered) => serde_json::to_string_pretty(&UnansweredV1::of(cluster, unanswered)),
    });
    // No text in JSON goes over the end of a line, so that every line may be moved to the right.
    let each: Vec<String> = each.map(|text| Ok(text?.replace('\n', "\n  "))).collect::<Result<_, _>>()?;
    Ok(format!("[\n  {}\n]\n", each.join(",\n  ")))
}

/// One entry for each subject of each row.
fn verdicts(rows: &[Row]) -> Vec<VerdictV1<'_>> {
    rows.iter()
        .flat_map(|row| {
            row.subjects.iter().zip(&row.each).map(move |(subject, verdict)| (row, subject, verdict))
        })
        .map(|(row, subject, verdict)| {
            let (verdict, severity, summary, evidence, remedies) = match verdict {
                Verdict::Pass(evidence) => {
                    ("pass", None, format!("not so: {}", row.check.title), &evidence[..], &[][..])
                }
                Verdict::Problem(Finding { severity, summary, evidence, remedies, own_cause: _ }) => {
                    ("problem", Some(severity.id()), summary.clone(), &evidence[..], &remedies[..])
                }
                Verdict::Unknown(gap) => ("unknown", None, gap.to_string(), &[][..], &[][..]),
                Verdict::NotApplicable(reason) => {
                    ("not-applicable", None, (*reason).to_owned(), &[][..], &[][..])
                }
            };
            VerdictV1 {
                check: row.check.id.0,
                subject: SubjectV1 { kind: subject.kind(), name: subject.place() },
                verdict,
                severity,
                summary,
                evidence: evidence.iter().map(EvidenceV1::of).collect(),
                remedies: remedies.iter().map(RemedyV1::of).collect(),
                symptoms: verdicts(&row.symptoms),
            }
        })
        .collect()
}

impl RemedyV1 {
    fn of(remedy: &Remedy) -> Self {
        let steps = remedy
            .steps
            .iter()
            .map(|step| match step {
                Step::Run(lines) => StepV1::Run(lines.clone()),
                Step::Apply(manifest) => StepV1::Apply(manifest.clone()),
                Step::Edit { file, change } => StepV1::Edit { file: file.clone(), change: change.clone() },
                Step::Read(text) => StepV1::Read((*text).to_owned()),
            })
            .collect();
        Self { title: remedy.title.clone(), touches: remedy.touches.id(), steps }
    }
}
