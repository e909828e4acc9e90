//! Which containers the agents leave out: the rules in their variables, read as the Agent reads them.

use crate::model::workload::WorkloadContainer;

/// The variables that exclude, and those that include against them: the general ones, those for metrics, and the
/// older ones, which count where neither of the others is given.
const EXCLUDE: [&str; 3] = ["DD_CONTAINER_EXCLUDE", "DD_CONTAINER_EXCLUDE_METRICS", "DD_AC_EXCLUDE"];
const INCLUDE: [&str; 3] = ["DD_CONTAINER_INCLUDE", "DD_CONTAINER_INCLUDE_METRICS", "DD_AC_INCLUDE"];

/// A container, as rules see it.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'a> {
    pub(super) namespace: &'a str,
    pub(super) name: &'a str,
    pub(super) image: &'a str,
}

/// What the rules say of a container.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ruling<'a> {
    /// No rule excludes it, or one includes it.
    Kept,
    /// This rule of this variable excludes it.
    Excluded(&'static str, &'a str),
    /// It depends on this rule, whose pattern is more than is understood here.
    Unclear(&'a str),
}

/// What an agent's variables say of a container. Inclusion wins.
pub(super) fn ruling<'a>(agent: &'a WorkloadContainer, candidate: Candidate<'_>) -> Ruling<'a> {
    let excluding =
        rules(agent, EXCLUDE).into_iter().find_map(|(variable, rule)| match matches(rule, candidate) {
            Some(true) => Some(Ruling::Excluded(variable, rule)),
            Some(false) => None,
            None => Some(Ruling::Unclear(rule)),
        });
    let Some(excluding) = excluding else { return Ruling::Kept };
    for (_, rule) in rules(agent, INCLUDE) {
        match matches(rule, candidate) {
            Some(true) => return Ruling::Kept,
            Some(false) => {}
            None => return Ruling::Unclear(rule),
        }
    }
    excluding
}

fn rules<'a>(agent: &'a WorkloadContainer, variables: [&'static str; 3]) -> Vec<(&'static str, &'a str)> {
    let [general, metrics, older] = variables.map(|name| {
        let text = agent.env.get(name).map(String::as_str).unwrap_or_default();
        text.split_whitespace().map(|rule| (name, rule)).collect::<Vec<_>>()
    });
    let newer = [general, metrics].concat();
    if newer.is_empty() { older } else { newer }
}

/// Whether a rule such as `kube_namespace:^kube-.*` means a container; `None` where its pattern is not understood.
fn matches(rule: &str, candidate: Candidate<'_>) -> Option<bool> {
    let (kind, pattern) = rule.split_once(':')?;
    match kind {
        "kube_namespace" => found(pattern, candidate.namespace),
        "name" => found(pattern, candidate.name),
        "image" => found(pattern, candidate.image),
        _ => Some(false),
    }
}

/// Whether a pattern is found in a text. Understood are literal characters, `.*` and the two anchors; all else of regular
/// expressions is not.
fn found(pattern: &str, text: &str) -> Option<bool> {
    let (start, pattern) = pattern.strip_prefix('^').map_or((false, pattern), |rest| (true, rest));
    let (end, pattern) = pattern.strip_suffix('$').map_or((false, pattern), |rest| (true, rest));
    let pieces: Vec<&str> = pattern.split(".*").collect();
    let is_literal = |piece: &&str| {
        // A dot means any character; in names and images it stands for itself.
        piece.chars().all(|char| char.is_ascii_alphanumeric() || "-_/:@.".contains(char))
    };
    if !pieces.iter().all(is_literal) {
        return None;
    }
    let (first, last) = (pieces.first()?, pieces.last()?);
    if start && !text.starts_with(first) || end && !text.ends_with(last) {
        return Some(false);
    }
    if start && end && pieces.len() == 1 {
        return Some(text == pattern);
    }
    let mut rest = text;
    for piece in &pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return Some(false),
        }
    }
    Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEDULER: Candidate<'_> = Candidate {
        namespace: "kube-system",
        name: "kube-scheduler",
        image: "registry.k8s.io/kube-scheduler:v1.36.2",
    };

    fn check(pattern: &str, text: &str, expected: Option<bool>) {
        assert_eq!(found(pattern, text), expected, "{pattern} in {text}");
    }

    #[test]
    fn understands_anchors_and_anything() {
        check("kube-system", "kube-system", Some(true));
        check("kube", "kube-system", Some(true));
        check("^kube$", "kube-system", Some(false));
        check("^kube-.*$", "kube-system", Some(true));
        check(".*", "kube-system", Some(true));
        check("system.*kube", "kube-system", Some(false));
        check("^registry.k8s.io/.*", "registry.k8s.io/etcd:1", Some(true));
        check("^(?!datadog)", "kube-system", None);
        check("kube-[a-z]+", "kube-system", None);
    }

    fn ruled(variables: &[(&str, &str)]) -> Option<String> {
        let env = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let agent = WorkloadContainer { env, ..WorkloadContainer::default() };
        match ruling(&agent, SCHEDULER) {
            Ruling::Kept => None,
            Ruling::Excluded(variable, rule) => Some(format!("{variable}={rule}")),
            Ruling::Unclear(rule) => Some(rule.to_owned()),
        }
    }

    #[test]
    fn inclusion_wins_and_older_variables_count_alone() {
        assert_eq!(ruled(&[]), None);
        let namespace = ("DD_CONTAINER_EXCLUDE", "image:.*nginx kube_namespace:kube-system");
        assert_eq!(ruled(&[namespace]).as_deref(), Some("DD_CONTAINER_EXCLUDE=kube_namespace:kube-system"));
        assert_eq!(ruled(&[namespace, ("DD_CONTAINER_INCLUDE", "name:kube-scheduler")]), None);
        assert!(ruled(&[namespace, ("DD_CONTAINER_INCLUDE", "name:etcd")]).is_some());
        let older = ("DD_AC_EXCLUDE", "image:.*");
        assert_eq!(ruled(&[older]).as_deref(), Some("DD_AC_EXCLUDE=image:.*"));
        assert_eq!(ruled(&[older, ("DD_CONTAINER_EXCLUDE_METRICS", "name:nginx")]), None);
        assert_eq!(ruled(&[("DD_CONTAINER_EXCLUDE", "name:(a|b)")]).as_deref(), Some("name:(a|b)"));
    }
}
