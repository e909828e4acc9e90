//! What detection wants to know. It never lists all pods: a hundred thousand of them are a gigabyte.

use crate::model::{question::Question, snapshot::Snapshot, survey};
use std::collections::BTreeSet;

/// The questions of detection that were not asked yet: all of them at first, none afterwards.
///
/// A question that was refused counts as asked: asking again would be refused again.
#[must_use]
pub fn detect(snapshot: &Snapshot) -> BTreeSet<Question> {
    if snapshot.wanted.on_node.is_some() {
        return super::on_node::detect(snapshot);
    }
    survey::questions().into_iter().filter(|question| !snapshot.has(question)).collect()
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
