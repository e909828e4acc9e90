//! JSON and YAML of `doctor`.

use super::{
    EvidenceV1, FORMAT, GapV1,
    detection::{ControlPlaneV1, DistributionV1, UnansweredV1},
};
use crate::{
    distributions::Detection,
    doctor::{Column, Finding, InstanceRow, Remedy, Report, Row, Step, Verdict},
    model::snapshot::{CutShort, Snapshot},
    render::{Unreached, clusters::Cluster, overview::Diagnosed},
    yaml,
};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct DoctorV1<'a> {
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
    error: Option<&'a str>,
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
    reachable: &'static str,
    tls: &'static str,
    authenticated: &'static str,
    authorised: &'static str,
    metrics: &'static str,
    health: &'static str,
    agent: &'static str,
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

/// The document as JSON, with one newline at its end.
pub(super) fn json(document: &DoctorV1<'_>) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(document).map(|text| text + "\n")
}

impl<'a> DoctorV1<'a> {
    pub(super) fn of(snapshot: &'a Snapshot, detection: &'a Detection, report: &'a Report, exit: u8) -> Self {
        let has_cluster = snapshot.wanted.endpoints.is_empty();
        Self {
            format: FORMAT,
            tool: &snapshot.tool,
            taken_at: snapshot.taken_at.to_string(),
            cluster: snapshot.wanted.context.as_deref().map(|context| ClusterV1 { context }),
            distribution: has_cluster.then(|| DistributionV1::of(detection)),
            control_plane: has_cluster.then(|| ControlPlaneV1::of(detection)),
            instances: report.instances.iter().map(InstanceV1::of).collect(),
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
            cut_short: report.cut_short.map(CutShort::id),
            error: None,
            exit,
        }
    }

    pub(super) fn of_unreached(unreached: &Unreached<'a>) -> Self {
        Self {
            format: FORMAT,
            tool: env!("CARGO_PKG_VERSION"),
            taken_at: unreached.taken_at.to_string(),
            cluster: unreached.context.map(|context| ClusterV1 { context }),
            distribution: None,
            control_plane: None,
            instances: Vec::new(),
            verdicts: Vec::new(),
            gaps: Vec::new(),
            unjudged: Vec::new(),
            waves: Vec::new(),
            cut_short: None,
            error: Some(unreached.error),
            exit: unreached.exit,
        }
    }
}

impl<'a> InstanceV1<'a> {
    fn of(row: &'a InstanceRow) -> Self {
        let word = |column| row.cells.get(column).word();
        Self {
            component: row.component.to_string(),
            name: &row.name,
            endpoint: &row.endpoint,
            vantage: row.vantage.as_deref(),
            answer: &row.answer,
            reachable: word(Column::Reachable),
            tls: word(Column::Tls),
            authenticated: word(Column::Authenticated),
            authorised: word(Column::Authorised),
            metrics: word(Column::Metrics),
            health: word(Column::Health),
            agent: word(Column::Agent),
        }
    }
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

/// The same of reports that are YAML.
pub(super) fn reports_yaml(clusters: &[Cluster<Diagnosed>]) -> Result<String, serde_json::Error> {
    let each = clusters.iter().map(|cluster| match &cluster.answer {
        Ok(diagnosed) => Ok(diagnosed.text.clone()),
        Err(unanswered) => yaml::write::to_string(&UnansweredV1::of(cluster, unanswered)),
    });
    // Here, too, every text is on one line.
    let each: Vec<String> = each
        .map(|text| Ok(format!("- {}\n", text?.trim_end().replace('\n', "\n  "))))
        .collect::<Result<_, _>>()?;
    Ok(each.concat())
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
