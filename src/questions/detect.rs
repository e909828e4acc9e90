//! What detection wants to know. It never lists all pods: a hundred thousand of them are a gigabyte.

use crate::{
    distributions::{self, Facts},
    model::{question::Question, snapshot::Snapshot, survey},
};
use std::collections::BTreeSet;

/// The questions of detection that were not asked yet: at first those that every cluster is asked, then at most three that
/// the answers call for, then none.
///
/// A question that was refused counts as asked: asking again would be refused again.
#[must_use]
pub fn detect(snapshot: &Snapshot) -> BTreeSet<Question> {
    let first = survey::questions();
    let is_begun = first.iter().all(|question| snapshot.has(question));
    let further = if is_begun { further(snapshot) } else { Vec::new() };
    first.into_iter().chain(further).filter(|question| !snapshot.has(question)).collect()
}

/// What one product in doubt takes to tell, and more nodes where those that were read do not agree.
fn further(snapshot: &Snapshot) -> Vec<Question> {
    let facts = Facts::gather(snapshot);
    let mut questions = Vec::new();
    if facts.has_fargate_nodes() {
        questions.push(Question::List(survey::nodes_off_fargate()));
    }
    if facts.serves("route.openshift.io") && !facts.serves("config.openshift.io") {
        questions.push(Question::Object(survey::microshift_version()));
    }
    let has_more = facts.nodes().is_ok_and(|nodes| !nodes.complete);
    if has_more {
        let found = distributions::detect(&facts);
        if !found.contradictions.is_empty() || !found.rivals().is_empty() {
            questions.push(Question::List(survey::more_nodes()));
        }
    }
    questions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        observed::Observed,
        snapshot::{Asked, Wanted},
    };
    use jiff::Timestamp;

    #[test]
    fn asks_each_question_once_whatever_was_answered() {
        let mut snapshot = Snapshot::empty(Timestamp::UNIX_EPOCH, Wanted::default());
        let first = detect(&snapshot);
        assert!(first.contains(&Question::Version) && first.contains(&Question::List(survey::nodes())));
        snapshot.add(first.into_iter().map(|question| Asked { question, answer: Observed::Absent }));
        assert_eq!(detect(&snapshot), BTreeSet::new());
    }
}
