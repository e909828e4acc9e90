//! Label selectors as Kubernetes reads them, for lists that were not filtered by an API server. It never guesses: a
//! selector that it cannot read matches nothing.

use std::collections::BTreeMap;

/// Whether labels satisfy a selector: equality, sets, and mere presence, joined by commas.
///
/// An empty selector matches everything. Source: `k8s.io/apimachinery/pkg/labels`.
#[must_use]
pub fn matches(selector: &str, labels: &BTreeMap<String, String>) -> bool {
    requirements(selector).iter().all(|requirement| holds(requirement, labels))
}

/// The parts between the commas that stand outside of parentheses.
fn requirements(selector: &str) -> Vec<&str> {
    let mut depth = 0_i32;
    selector
        .split(|c| {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            c == ',' && depth == 0
        })
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect()
}

fn holds(requirement: &str, labels: &BTreeMap<String, String>) -> bool {
    let value_of = |key: &str| labels.get(key.trim()).map(String::as_str);
    if let Some((head, values)) = requirement.strip_suffix(')').and_then(|rest| rest.split_once('(')) {
        let listed = |actual: &str| values.split(',').any(|value| value.trim() == actual);
        let mut words = head.split_whitespace();
        return match (words.next(), words.next(), words.next()) {
            (Some(key), Some("in"), None) => value_of(key).is_some_and(listed),
            (Some(key), Some("notin"), None) => !value_of(key).is_some_and(listed),
            _ => false,
        };
    }
    if let Some((key, value)) = requirement.split_once("!=") {
        return value_of(key) != Some(value.trim());
    }
    if let Some((key, value)) = requirement.split_once("==").or_else(|| requirement.split_once('=')) {
        return value_of(key) == Some(value.trim());
    }
    match requirement.strip_prefix('!') {
        Some(key) => value_of(key).is_none(),
        None => !requirement.contains(char::is_whitespace) && value_of(requirement).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(selector: &str, expected: bool) {
        let labels =
            [("tier", "control-plane"), ("component", "etcd"), ("node-role.kubernetes.io/master", "")];
        let labels = labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        assert_eq!(matches(selector, &labels), expected, "{selector}");
    }

    #[test]
    fn reads_every_form_of_requirement() {
        check("", true);
        check("tier=control-plane", true);
        check("tier==control-plane,component=etcd", true);
        check("tier=control-plane,component=kube-scheduler", false);
        check("tier!=node", true);
        check("absent!=node", true);
        check("component in (kube-apiserver, etcd)", true);
        check("component in (kube-apiserver),tier=control-plane", false);
        check("component notin (kube-apiserver)", true);
        check("absent notin (x)", true);
        check("node-role.kubernetes.io/master", true);
        check("node-role.kubernetes.io/control-plane", false);
        check("!node-role.kubernetes.io/control-plane", true);
    }

    #[test]
    fn matches_nothing_by_what_it_cannot_read() {
        check("component within (etcd)", false);
        check("component like etcd", false);
    }
}
