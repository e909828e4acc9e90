//! A right taken away from what was seen: who may not look is told which right he lacks, and no check finds something, or
//! finds it in order, for not having looked. The clusters that this is done to are those of [`super::coverage`].

use ctlmon::{
    distributions::{Facts, detect},
    doctor::{Check, CheckId, Selection, Subject, Verdict, checks::CHECKS, verdicts},
    model::{
        evidence::{Evidence, Locator},
        observed::{Denial, Observed, Why},
        question::{Endpoint, Permission},
        snapshot::{Asked, Snapshot},
    },
    view::View,
};
use std::collections::{BTreeMap, BTreeSet};

/// What checks say of subjects.
pub(crate) type Verdicts = BTreeMap<(CheckId, Subject), Verdict>;

/// The verdicts of these checks, not folded.
pub(crate) fn judge(snapshot: &Snapshot, checks: &[&'static Check]) -> Verdicts {
    let (view, detection) = (View::new(snapshot), detect(&Facts::gather(snapshot)));
    let all = verdicts(checks, &view, &detection, &Selection::default());
    all.into_iter().map(|(check, subject, verdict)| ((check.id, subject), verdict)).collect()
}

/// Takes away each right that the questions needed, and says which checks named one as missing.
///
/// Every check is judged anew where `takes_all` says so for the number of the right, and otherwise the one of the fault
/// alone: that costs a tenth, and it is the check that has something to lose.
pub(crate) fn take_each(
    snapshot: &Snapshot,
    of_fault: Option<&'static Check>,
    what: &str,
    takes_all: impl Fn(usize) -> bool,
) -> BTreeSet<CheckId> {
    let whole = judge(snapshot, CHECKS);
    let rights: BTreeSet<Permission> =
        snapshot.asked.iter().filter_map(|asked| asked.question.permission()).collect();
    let mut named = BTreeSet::new();
    for (number, right) in rights.iter().enumerate() {
        let checks = if takes_all(number) { CHECKS } else { of_fault.as_slice() };
        let seen = judge(&without(snapshot, right), checks);
        let problems = || seen.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Problem(_)));
        for (about @ (id, _), verdict) in &seen {
            match (verdict, whole.get(about)) {
                (Verdict::Unknown(gap), _) if gap.why == Why::Denied(right.clone()) => {
                    named.insert(*id);
                }
                (Verdict::Problem(finding), before) if !matches!(before, Some(Verdict::Problem(_))) => {
                    let check = CHECKS.iter().find(|check| check.id == *id).unwrap();
                    let is_folded = problems().any(|((cause, _), _)| check.symptom_of.contains(cause));
                    assert!(is_folded, "{what} without {right}: {id} invents {}", finding.summary);
                }
                (Verdict::Pass(seen), Some(Verdict::Problem(finding))) => {
                    // Of a check that cannot be read it is not known which endpoint it asks, and another one is looked at.
                    let is_of_another =
                        !seen.iter().any(|piece| endpoint(piece) == endpoint(&finding.evidence[0]));
                    assert!(is_of_another, "{what} without {right}: {id} excuses {}", finding.summary);
                }
                _ => {}
            }
        }
    }
    named
}

/// What would have been seen without a right.
fn without(snapshot: &Snapshot, right: &Permission) -> Snapshot {
    let mut less = snapshot.clone();
    for Asked { question, answer } in &mut less.asked {
        if question.permission().as_ref() == Some(right) {
            *answer = Observed::Denied(Denial { permission: right.clone(), said: String::new() });
        }
    }
    less
}

/// The endpoint that evidence is of.
fn endpoint(evidence: &Evidence) -> Option<&Endpoint> {
    if let Locator::Probe { endpoint, .. } = &evidence.locator { Some(endpoint) } else { None }
}
