//! From single verdicts to rows: symptoms under their causes, equal verdicts together, problems first.

use super::{Cells, Check, InstanceRow, Judged, Row, Subject, Verdict};
use crate::{
    model::{
        agents::AgentRole,
        answer::{BodyKind, ProbeRecord, Rung},
        component::Component,
        observed::Gap,
    },
    view::{Instance, View},
};
use std::collections::BTreeMap;

/// Folds, groups and sorts. Also says how many verdicts did not apply.
pub(super) fn rows(verdicts: Vec<Judged>) -> (Vec<Row>, usize) {
    let mut judged: BTreeMap<&str, usize> = BTreeMap::new();
    let mut not_applicable = 0;
    let mut kept = Vec::new();
    for (check, subject, verdict) in verdicts {
        if matches!(verdict, Verdict::NotApplicable(_)) {
            not_applicable += 1;
        } else {
            *judged.entry(check.id.0).or_default() += 1;
            kept.push((check, subject, verdict));
        }
    }
    let (symptoms, causes): (Vec<Judged>, Vec<Judged>) = {
        // Problems alone explain and are explained, and they are few.
        let problems: Vec<&Judged> =
            kept.iter().filter(|(_, _, verdict)| matches!(verdict, Verdict::Problem(_))).collect();
        let is_explained = |symptom: &Judged| {
            let explain = |(check, subject, verdict): &&Judged| explains(check, subject, verdict, symptom);
            matches!(symptom.2, Verdict::Problem(_)) && problems.iter().any(explain)
        };
        let is_explained: Vec<bool> = kept.iter().map(is_explained).collect();
        let mut flags = is_explained.into_iter();
        kept.into_iter().partition(|_| flags.next().unwrap_or_default())
    };
    let mut rows: Vec<Row> = Vec::new();
    for verdict in causes {
        add(&mut rows, verdict, &judged);
    }
    for symptom in symptoms {
        let place = rows.iter().position(|row| {
            row.subjects.iter().any(|subject| explains(row.check, subject, &row.verdict, &symptom))
        });
        match place {
            Some(place) => add(&mut rows[place].symptoms, symptom, &judged),
            // A symptom of a symptom: its cause is folded itself, and it stands on its own.
            None => add(&mut rows, symptom, &judged),
        }
    }
    sort(&mut rows);
    (rows, not_applicable)
}

fn explains(check: &Check, subject: &Subject, verdict: &Verdict, symptom: &Judged) -> bool {
    matches!((verdict, &symptom.2), (Verdict::Problem(_), Verdict::Problem(finding)) if !finding.own_cause)
        && symptom.0.symptom_of.contains(&check.id)
        && covers(subject, &symptom.1)
}

/// Whether a problem of one subject can explain one of another.
fn covers(cause: &Subject, symptom: &Subject) -> bool {
    match (cause, symptom) {
        (Subject::Monitoring, _)
        // What is said of the whole may come of any part.
        | (_, Subject::Monitoring)
        | (Subject::Account(_), Subject::Instance { .. })
        // Node agents run on every node, and a Cluster Agent is asked in its own pod.
        | (Subject::Agents { role: AgentRole::NodeAgent, .. }, Subject::Node(_))
        | (
            Subject::Agents { role: AgentRole::ClusterAgent, .. },
            Subject::Instance { component: Component::ClusterAgent, .. },
        ) => true,
        (Subject::Node(node), Subject::Instance { name, .. }) => node == name,
        (Subject::File { stops, .. }, Subject::Instance { component, .. }) => stops.contains(component),
        (Subject::Written { component: of, .. }, Subject::Instance { component, .. }) => of == component,
        (cause, symptom) => cause == symptom,
    }
}

/// Adds a verdict to the row that says the same, or as a row of its own.
///
/// Problems are the same where cause and remedy read alike; unknowns where the same thing could not be looked
/// at, whichever check wanted it; passes where the same check passed.
fn add(rows: &mut Vec<Row>, (check, subject, verdict): Judged, judged: &BTreeMap<&str, usize>) {
    let count = judged.get(check.id.0).copied().unwrap_or(1);
    let same = rows.iter_mut().find(|row| match (&row.verdict, &verdict) {
        (Verdict::Problem(a), Verdict::Problem(b)) => {
            row.check.id == check.id && a.severity == b.severity && a.summary == b.summary
        }
        (Verdict::Unknown(a), Verdict::Unknown(b)) => same_gap(a, b),
        (Verdict::Pass(_), Verdict::Pass(_)) => row.check.id == check.id,
        _ => false,
    });
    match same {
        Some(row) => {
            if let Err(place) = row.subjects.binary_search(&subject) {
                row.subjects.insert(place, subject);
                row.each.insert(place, verdict.clone());
            }
            merge(&mut row.verdict, verdict);
        }
        None => rows.push(Row {
            check,
            subjects: vec![subject],
            judged: count,
            each: vec![verdict.clone()],
            verdict,
            symptoms: Vec::new(),
        }),
    }
}

/// Evidence and remedies of the joined verdict that the row does not have yet.
fn merge(into: &mut Verdict, from: Verdict) {
    match (into, from) {
        (Verdict::Problem(into), Verdict::Problem(from)) => {
            add_new(&mut into.evidence, from.evidence);
            add_new(&mut into.remedies, from.remedies);
        }
        (Verdict::Pass(into), Verdict::Pass(from)) => add_new(into, from),
        _ => {}
    }
}

fn add_new<T: PartialEq>(into: &mut Vec<T>, from: Vec<T>) {
    for item in from {
        if !into.contains(&item) {
            into.push(item);
        }
    }
}

fn same_gap(a: &Gap, b: &Gap) -> bool {
    a == b
}

fn sort(rows: &mut [Row]) {
    for row in rows.iter_mut() {
        sort(&mut row.symptoms);
    }
    rows.sort_by(|a, b| {
        rank(&a.verdict)
            .cmp(&rank(&b.verdict))
            .then_with(|| (a.subjects.first(), a.check.id).cmp(&(b.subjects.first(), b.check.id)))
    });
}

/// Errors, warnings, notes, unknowns, passes.
fn rank(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Problem(finding) => match finding.severity {
            super::Severity::Error => 0,
            super::Severity::Warning => 1,
            super::Severity::Note => 2,
        },
        Verdict::Unknown(_) => 3,
        Verdict::Pass(_) => 4,
        Verdict::NotApplicable(_) => 5,
    }
}

/// The row of the matrix for one instance.
pub(super) fn instance_row(view: &View<'_>, instance: &Instance, cells: Cells) -> InstanceRow {
    let best = view.best(instance);
    InstanceRow {
        component: instance.component,
        name: instance.name.clone(),
        endpoint: instance.endpoint.to_string(),
        vantage: best.map(|(spec, _)| spec.vantage.to_string()),
        cells,
        answer: match best {
            Some((spec, record)) => format!("{}, {}", answer(record), spec.credential.short()),
            None => instance.out_of_reach.clone().unwrap_or_else(|| "not asked".to_owned()),
        },
    }
}

/// What happened to a probe, in a few words.
#[must_use]
pub(super) fn answer(record: &ProbeRecord) -> String {
    match (&record.http, &record.failure) {
        (Some(http), failure) => {
            let body = match &http.body.kind {
                BodyKind::Metrics(metrics) => format!("{} families", metrics.families.len()),
                BodyKind::Empty => "empty".to_owned(),
                BodyKind::Html(_) => "a web page".to_owned(),
                BodyKind::Json(_) => "JSON".to_owned(),
                BodyKind::Text(_) => "text".to_owned(),
                BodyKind::Binary => "no text".to_owned(),
            };
            match failure {
                Some(failure) => format!("{}, {body}, then {}", http.status, failure.kind.words()),
                None => match record.refused_user() {
                    Some(user) => format!("{} for {user}", http.status),
                    None => format!("{}, {body}", http.status),
                },
            }
        }
        (None, Some(failure)) => match (&record.tls, record.rung) {
            (Some(tls), Rung::Connected | Rung::Handshaken) if tls.alert.is_some() => {
                format!("TLS alert {}", tls.alert.as_deref().unwrap_or_default())
            }
            _ => failure.to_string(),
        },
        (None, None) => "nothing".to_owned(),
    }
}
