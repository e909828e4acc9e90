//! What is worth knowing about the tools that monitor the cluster already. It never lists all workloads: a selector each is
//! enough for what is known.

use crate::model::{monitors, question::Question, snapshot::Snapshot};
use std::collections::BTreeSet;

/// The questions about monitoring that were not asked yet: five at first, and where there are signs of Heapster four more.
///
/// A question that was refused counts as asked: asking again would be refused again.
#[must_use]
pub fn monitoring(snapshot: &Snapshot) -> BTreeSet<Question> {
    let mut questions: BTreeSet<Question> = monitors::questions().into_iter().collect();
    if monitors::has_heapster(snapshot) {
        questions.extend(monitors::of_heapster());
    }
    questions.retain(|question| !snapshot.has(question));
    questions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        answer::{Answer, Listed},
        facts::Named,
        observed::Observed,
        question::Resource,
        snapshot::{Asked, Wanted},
        survey,
    };
    use jiff::Timestamp;

    fn check(deployments: &[&str], expected: &[usize]) {
        let mut snapshot = Snapshot::empty(Timestamp::UNIX_EPOCH, Wanted::default());
        let items = deployments.iter().map(|name| Named {
            namespace: survey::SYSTEM_NAMESPACE.to_owned(),
            name: (*name).to_owned(),
            created: None,
        });
        snapshot.add([Asked {
            question: Question::List(survey::workloads(Resource::Deployments)),
            answer: Observed::Seen(Answer::Names(Listed { items: items.collect(), complete: true })),
        }]);
        for count in expected {
            let asked = monitoring(&snapshot);
            assert_eq!(asked.len(), *count, "{deployments:?}");
            snapshot.add(asked.into_iter().map(|question| Asked { question, answer: Observed::Absent }));
        }
    }

    #[test]
    fn asks_a_second_time_about_heapster_alone() {
        check(&["coredns"], &[5, 0]);
        check(&["coredns", "heapster"], &[9, 0]);
        check(&["monitoring-influxdb"], &[9, 0]);
    }
}
