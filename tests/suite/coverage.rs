//! Which checks fire, pass, and say that they could not look: on the practice clusters with their faults, by somebody who may
//! do little, and by somebody who lacks one right. What none of these shows is listed in a file, so that the list is seen to
//! shrink.

use crate::{
    support::within::{self, clusters, seen_as_administrator},
    taken_rights::{judge, take_each},
};
use ctlmon::{
    doctor::{
        Verdict,
        checks::{self, CHECKS},
    },
    lab::{Lab, faults::FAULTS},
    model::snapshot::{Listening, Snapshot, Wanted},
    observe::dial::Routes,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write as _,
    fs, iter,
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

/// What no practice cluster shows of a check: it stands in scenarios and unit tests, or is still to be shown.
const MISSING: &str = "tests/golden/outcomes-not-shown.txt";

const ALL: Listening = Listening { logs: true, exec: true };

/// With a fault every check is judged anew for one right in so many.
const SAMPLE: usize = 6;

#[derive(Default)]
struct Shown(BTreeMap<&'static str, BTreeSet<Outcome>>);

impl Shown {
    fn add(&mut self, snapshot: &Snapshot) {
        for ((check, _), verdict) in judge(snapshot, CHECKS) {
            let outcome = match verdict {
                Verdict::Problem(_) => Fires,
                Verdict::Pass(_) => Passes,
                Verdict::Unknown(_) => IsUnknown,
                Verdict::NotApplicable(_) => continue,
            };
            self.0.entry(check.0).or_default().insert(outcome);
        }
    }

    fn is_shown(&self, check: &str, outcome: Outcome) -> bool {
        self.0.get(check).is_some_and(|outcomes| outcomes.contains(&outcome))
    }
}

/// Somebody who may do everything and reaches the cluster through its API server alone.
async fn seen_from_outside() -> Snapshot {
    let mut spec = within::spec();
    within::bind(&mut spec, None, "cluster-admin");
    let lab = Lab::start(spec).await.unwrap();
    let wanted = Wanted { as_agent: true, listening: ALL, ..Wanted::default() };
    within::doctor(&lab, Routes::default(), wanted).await.snapshot
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn checks_fire_and_pass_and_name_the_right_without_which_they_cannot_tell() {
    let mut shown = Shown::default();
    let mut unknown = take_each(&seen_from_outside().await, None, "kubeadm from outside", |_| true);
    for (name, healthy) in clusters() {
        let faults = FAULTS.iter().filter(|fault| fault.distributions.contains(&name)).map(Some);
        for (number, fault) in iter::once(None).chain(faults).enumerate() {
            let mut spec = healthy.clone();
            if let Some(fault) = fault {
                (fault.change)(&mut spec);
            }
            let snapshot = seen_as_administrator(spec, ALL).await.unwrap();
            shown.add(&snapshot);
            let check = fault.and_then(|fault| checks::named(fault.check));
            let what = format!("{name} {:?}", fault.map(|fault| fault.id));
            let takes_all = |right| fault.is_none() || (number + right) % SAMPLE == 0;
            unknown.extend(take_each(&snapshot, check, &what, takes_all));
        }
    }
    for needs in within::partial_rights() {
        let lab = Lab::start(needs).await.unwrap();
        let wanted = Wanted { as_agent: true, listening: ALL, ..Wanted::default() };
        shown.add(&within::doctor(&lab, Routes::default(), wanted).await.snapshot);
    }
    let mut missing = String::new();
    for check in CHECKS {
        let is_shown = |outcome| match outcome {
            IsUnknown => unknown.contains(&check.id) || shown.is_shown(check.id.0, IsUnknown),
            _ => shown.is_shown(check.id.0, outcome),
        };
        for outcome in [Fires, Passes, IsUnknown].into_iter().filter(|outcome| !is_shown(*outcome)) {
            writeln!(missing, "{} {outcome:?}", check.id).unwrap();
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(MISSING);
    if env::var_os("BLESS").is_some() {
        fs::write(&path, &missing).unwrap();
    }
    assert_eq!(missing, fs::read_to_string(&path).unwrap(), "{MISSING} lists what no practice cluster shows");
}
