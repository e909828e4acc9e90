//! Every check is seen to fire, to pass, and to say that it could not look: on the practice clusters with their faults, and
//! by somebody who may do nothing.

use crate::support::within::{self, look_as_administrator};
use ctlmon::{
    doctor::{Report, Verdict, checks::CHECKS},
    lab::{Lab, LabSpec, faults::FAULTS},
    model::snapshot::{Listening, Wanted},
    observe::dial::Routes,
};
use jiff::Timestamp;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// What a check can come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Fires,
    Passes,
    IsUnknown,
}

use Outcome::{Fires, IsUnknown, Passes};

type Seen = BTreeMap<&'static str, BTreeSet<Outcome>>;

/// What no practice cluster shows, with the test that does.
const ELSEWHERE: &[(&str, &[Outcome], &str)] = &[];

const ALL: Listening = Listening { logs: true, exec: true };

fn clusters() -> [(&'static str, LabSpec); 4] {
    let now = "2026-06-01T09:00:00Z".parse::<Timestamp>().unwrap();
    [
        ("kubeadm", LabSpec::kubeadm(now)),
        ("eks", LabSpec::eks(now)),
        ("openshift4", LabSpec::openshift(now)),
        ("rke1", LabSpec::rke1(now)),
    ]
}

fn outcomes(report: &Report) -> Seen {
    let mut seen = Seen::new();
    let mut rows: Vec<_> = report.rows.iter().collect();
    while let Some(row) = rows.pop() {
        rows.extend(&row.symptoms);
        for verdict in &row.each {
            let outcome = match verdict {
                Verdict::Problem(_) => Fires,
                Verdict::Pass(_) => Passes,
                Verdict::Unknown(_) => IsUnknown,
                Verdict::NotApplicable(_) => continue,
            };
            seen.entry(row.check.id.0).or_default().insert(outcome);
        }
    }
    seen
}

fn add(all: &mut Seen, more: Seen) {
    for (check, outcomes) in more {
        all.entry(check).or_default().extend(outcomes);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_check_fires_passes_and_says_where_it_could_not_look() {
    let mut seen = Seen::new();
    for (name, healthy) in clusters() {
        add(&mut seen, look_as_administrator(healthy.clone(), ALL, outcomes).await);
        for fault in FAULTS.iter().filter(|fault| fault.distributions.contains(&name)) {
            let mut spec = healthy.clone();
            (fault.change)(&mut spec);
            add(&mut seen, look_as_administrator(spec, ALL, outcomes).await);
        }
    }
    for needs in within::partial_rights() {
        let lab = Lab::start(needs).await.unwrap();
        let wanted = Wanted { as_agent: true, listening: ALL, ..Wanted::default() };
        add(&mut seen, outcomes(&within::doctor(&lab, Routes::default(), wanted).await.report));
    }
    let source = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite")).unwrap();
    let tests: String = source.filter_map(|file| fs::read_to_string(file.unwrap().path()).ok()).collect();
    let mut missing = Vec::new();
    for check in CHECKS {
        let shown = seen.get(check.id.0).cloned().unwrap_or_default();
        for outcome in [Fires, Passes, IsUnknown] {
            let row = ELSEWHERE.iter().find(|(id, of, _)| *id == check.id.0 && of.contains(&outcome));
            match row {
                Some((id, _, test)) => {
                    assert!(tests.contains(&format!("fn {test}(")), "{id}: no test {test}");
                }
                None if !shown.contains(&outcome) => missing.push(format!("{} {outcome:?}", check.id)),
                None => {}
            }
        }
    }
    assert!(missing.is_empty(), "{}:\n{}", missing.len(), missing.join("\n"));
}
