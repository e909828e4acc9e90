//! The names that `--only` and `--skip` accept: ids of checks, patterns of ids, components. It selects nothing itself.

use crate::{
    doctor::{Pick, Selection, checks::CHECKS},
    model::component::Component,
};
use std::cmp::Reverse;

/// What one name means: a pattern means several checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Picks(Vec<Pick>);

/// Reads one name.
pub(super) fn picks(text: &str) -> Result<Picks, String> {
    let text = text.trim();
    if let Some(component) = Component::named(text) {
        return Ok(Picks(vec![Pick::Component(component)]));
    }
    let found: Vec<Pick> =
        CHECKS.iter().filter(|check| matches(text, check.id.0)).map(|check| Pick::Check(check.id)).collect();
    if !found.is_empty() {
        return Ok(Picks(found));
    }
    let what = if text.contains('*') { "no check matches" } else { "there is no such check or component" };
    Err(match nearest(text) {
        Some(near) => format!("{what}; did you mean {near}?"),
        None => format!("{what}; ctlmon doctor --list shows them all"),
    })
}

/// Puts together what was named.
pub(super) fn selection(only: &[Picks], skip: &[Picks]) -> Selection {
    let all = |names: &[Picks]| names.iter().flat_map(|picks| picks.0.iter().copied()).collect();
    Selection { only: all(only), skip: all(skip) }
}

/// Whether a text is what a pattern says, in which `*` stands for any run of characters and for none.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(start) else { return false };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    // The first place where a part fits leaves the most room for those after it.
    for part in middle.split('*') {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(end)
}

/// The check or component that was most likely meant: the one with the fewest characters to change, or else the
/// check that shares more than one word with what was typed.
pub(super) fn nearest(text: &str) -> Option<&'static str> {
    let names = || {
        CHECKS
            .iter()
            .map(|check| check.id.0)
            .chain(Component::ALL.into_iter().map(|component| component.profile().id))
    };
    // Nobody mistypes a name of this length; comparing takes the product of both.
    if text.len() > 100 {
        return None;
    }
    let close = names()
        .map(|name| (distance(text, name), name))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, name)| distance * 4 <= name.len());
    let words: Vec<&str> = text.split(['-', '_', ' ', '*']).filter(|word| !word.is_empty()).collect();
    let alike = || {
        names()
            .map(|name| (name.split('-').filter(|word| words.contains(word)).count(), name))
            .filter(|(shared, _)| *shared > 1)
            .max_by_key(|(shared, name)| (*shared, Reverse(name.len())))
    };
    close.or_else(alike).map(|(_, name)| name)
}

/// How many characters must be put in, taken out or replaced to make one text of the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, from) in from.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], line + 1);
        for (column, to) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_run_of_characters() {
        for (pattern, text, expected) in [
            ("etcd-*", "etcd-client", true),
            ("etcd-*", "etcd", false),
            ("*", "", true),
            ("*expired", "cert-expired", true),
            ("*cert*", "etcd-cert-expired", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("ab*ba", "aba", false),
            ("a*a", "a", false),
            ("*a*a", "a", false),
            ("a**b", "ab", true),
            ("etcd", "etcd-client", false),
            ("", "", true),
            ("", "a", false),
            ("*é*", "aéb", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn names_mean_checks_patterns_and_components() {
        assert_eq!(picks("etcd"), Ok(Picks(vec![Pick::Component(Component::Etcd)])));
        assert_eq!(picks("kube-scheduler"), Ok(Picks(vec![Pick::Component(Component::Scheduler)])));
        let one = CHECKS[0].id;
        assert_eq!(picks(one.0), Ok(Picks(vec![Pick::Check(one)])));
        let Picks(etcd) = picks("etcd-*").unwrap();
        assert!(etcd.len() > 1);
        assert_eq!(picks("*").unwrap().0.len(), CHECKS.len());
    }

    #[test]
    fn what_nothing_is_called_is_refused_with_what_was_likely_meant() {
        for (typed, near) in [
            ("schedular", Some("scheduler")),
            ("ectd", None),
            ("etcd-client-cert-expird", Some("etcd-client-cert-expired")),
            ("etcd-client-expired", Some("etcd-client-cert-expired")),
            ("client-cert-etcd-expired", Some("etcd-client-cert-expired")),
            ("nonsense", None),
            ("", None),
        ] {
            let said = picks(typed).unwrap_err();
            match near {
                Some(near) => assert!(said.ends_with(&format!("did you mean {near}?")), "{typed}: {said}"),
                None => assert!(said.contains("--list"), "{typed}: {said}"),
            }
        }
    }
}
