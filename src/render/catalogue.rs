//! The checks in a list: what each is called, what it judges, and the problem that it looks for.

use crate::{
    doctor::{Check, Subjects},
    model::component::Component,
};
use std::fmt::Write as _;

/// One line a check: id, what it judges, title.
#[must_use]
pub fn human(checks: &[(&Check, Vec<Component>)]) -> String {
    let rows: Vec<[String; 2]> =
        checks.iter().map(|(check, of)| [check.id.to_string(), judged(check, of)]).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or_default();
    let (ids, subjects) = (width(0), width(1));
    let mut out = String::new();
    for ([id, subject], (check, _)) in rows.iter().zip(checks) {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{id:ids$}  {subject:subjects$}  {}", check.title);
    }
    out
}

/// What a check judges, in words; `of` are the components that are meant.
pub(super) fn judged(check: &Check, of: &[Component]) -> String {
    match check.subjects {
        Subjects::Once => "monitoring".to_owned(),
        Subjects::EachControlPlaneNode => "control-plane nodes".to_owned(),
        Subjects::EachAgentWorkload => "agents".to_owned(),
        Subjects::EachDatadogWorkload => "agents and the Cluster Agent".to_owned(),
        Subjects::EachWrittenCheck => "written checks".to_owned(),
        Subjects::EachAgentAccount => "agents' accounts".to_owned(),
        Subjects::EachNodeFile => "files of the node".to_owned(),
        Subjects::EachManifest => "manifests of the node".to_owned(),
        Subjects::EachInstance(_) if of.len() == Component::ALL.len() => "every component".to_owned(),
        Subjects::EachInstance(_) => of.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{Selection, checks::CHECKS};

    #[test]
    fn has_one_line_for_each_check_with_titles_beneath_each_other() {
        let list = human(&Selection::default().of(CHECKS));
        let places: Vec<Option<usize>> =
            list.lines().zip(CHECKS).map(|(line, check)| line.find(check.title)).collect();
        assert_eq!(places.len(), CHECKS.len());
        assert!(places.iter().all(|place| place.is_some() && *place == places[0]), "{list}");
    }
}
