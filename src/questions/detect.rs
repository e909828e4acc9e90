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
    if snapshot.wanted.on_node.is_some() {
        return super::on_node::detect(snapshot);
    }
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
        answer::{Answer, Listed},
        facts::Node,
        observed::Observed,
        snapshot::{Asked, Wanted},
    };
    use jiff::Timestamp;

    /// How many questions a run asks after the first ones, whatever is answered.
    const MOST: usize = 5;

    fn run(answer: impl Fn(&Question) -> Observed<Answer>) -> Vec<BTreeSet<Question>> {
        let mut snapshot = Snapshot::empty(Timestamp::UNIX_EPOCH, Wanted::default());
        let mut waves = Vec::new();
        loop {
            let wave = detect(&snapshot);
            if wave.is_empty() {
                return waves;
            }
            snapshot.add(wave.iter().map(|question| {
                let answer = answer(question);
                Asked { question: question.clone(), answer }
            }));
            waves.push(wave);
        }
    }

    fn node(label: (&str, &str), provider_id: &str) -> Node {
        let labels = [(label.0.to_owned(), label.1.to_owned())].into();
        Node { name: "a".to_owned(), labels, provider_id: Some(provider_id.to_owned()), ..Node::default() }
    }

    fn nodes(items: &[Node], complete: bool) -> impl Fn(&Question) -> Observed<Answer> {
        move |question| {
            let list = Answer::Nodes(Listed { items: items.to_vec(), complete });
            if *question == Question::List(survey::nodes()) { Observed::Seen(list) } else { Observed::Absent }
        }
    }

    #[test]
    fn asks_each_question_once_whatever_was_answered() {
        let waves = run(|_| Observed::Absent);
        assert_eq!(waves.len(), 1);
        assert!(waves[0].contains(&Question::Version) && waves[0].contains(&Question::List(survey::nodes())));
    }

    #[test]
    fn asks_for_other_nodes_where_some_are_fargates() {
        let fargate = node(("eks.amazonaws.com/compute-type", "fargate"), "aws:///a");
        let waves = run(nodes(&[fargate], true));
        assert_eq!(waves.len(), 2);
        assert_eq!(waves[1], [Question::List(survey::nodes_off_fargate())].into());
    }

    #[test]
    fn asks_for_microshift_where_its_groups_are_served() {
        let answer = |question: &Question| match question {
            Question::ApiGroups => {
                Observed::Seen(Answer::ApiGroups(vec!["route.openshift.io/v1".to_owned()]))
            }
            _ => Observed::Absent,
        };
        let waves = run(answer);
        assert_eq!(waves[1], [Question::Object(survey::microshift_version())].into());
    }

    #[test]
    fn asks_for_more_nodes_only_where_there_are_more_and_they_do_not_agree() {
        let agreeing = [node(("doks.digitalocean.com/node-id", "x"), "digitalocean://1")];
        let mixed =
            [agreeing[0].clone(), Node { name: "b".to_owned(), ..node(("kurl.sh/cluster", "true"), "") }];
        let asks = |items: &[Node], complete| {
            let waves = run(nodes(items, complete));
            let further: usize = waves.iter().skip(1).map(BTreeSet::len).sum();
            assert!(waves[0].len() <= 14 && further <= MOST, "{waves:?}");
            waves.iter().any(|wave| wave.contains(&Question::List(survey::more_nodes())))
        };
        assert!(!asks(&agreeing, false), "what agrees is enough");
        assert!(!asks(&mixed, true), "there are no more");
        assert!(asks(&mixed, false));
    }
}
