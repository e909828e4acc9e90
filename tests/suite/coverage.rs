//! Which checks fire, pass, and say that they could not look: on the practice clusters with their faults, and by somebody
//! who may do little. What none of these shows is listed in a file, so that the list is seen to shrink.

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
    env,
    fmt::Write as _,
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

/// What no practice cluster shows of a check: it stands in scenarios and unit tests, or is still to be shown.
const MISSING: &str = "tests/golden/outcomes-not-shown.txt";

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
async fn what_no_practice_cluster_shows_of_a_check_is_listed() {
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
    let mut missing = String::new();
    for check in CHECKS {
        let shown = seen.get(check.id.0).cloned().unwrap_or_default();
        for outcome in [Fires, Passes, IsUnknown].into_iter().filter(|outcome| !shown.contains(outcome)) {
            writeln!(missing, "{} {outcome:?}", check.id).unwrap();
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(MISSING);
    if env::var_os("BLESS").is_some() {
        fs::write(&path, &missing).unwrap();
    }
    assert_eq!(missing, fs::read_to_string(&path).unwrap(), "{MISSING} lists what no practice cluster shows");
}
