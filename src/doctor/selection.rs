//! Which checks are judged, and of whom: what was picked and what was left out. It reads no words of a command line.

use super::{Check, CheckId, Subjects};
use crate::model::component::Component;
use std::collections::BTreeSet;

/// Which checks are judged, and of whom. The empty selection takes everything.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only these, where there are any.
    pub only: BTreeSet<Pick>,
    /// None of these, whatever `only` says.
    pub skip: BTreeSet<Pick>,
}

/// One thing that was picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pick {
    /// A check, of whatever it judges.
    Check(CheckId),
    /// Whatever is judged of the instances of a component.
    Component(Component),
}

impl Selection {
    /// Whether a check is judged of a subject that belongs to this component, or to none.
    #[must_use]
    pub fn takes(&self, check: CheckId, component: Option<Component>) -> bool {
        let is_named = |picks: &BTreeSet<Pick>| {
            picks.contains(&Pick::Check(check))
                || component.is_some_and(|component| picks.contains(&Pick::Component(component)))
        };
        (self.only.is_empty() || is_named(&self.only)) && !is_named(&self.skip)
    }

    /// The checks of a table that are judged, each with the components of whose instances it is judged.
    #[must_use]
    pub fn of<'a>(&self, table: &[&'a Check]) -> Vec<(&'a Check, Vec<Component>)> {
        let mut taken = Vec::new();
        for check in table.iter().copied() {
            let all = check.subjects.components();
            let components: Vec<Component> =
                all.iter().copied().filter(|component| self.takes(check.id, Some(*component))).collect();
            if !components.is_empty() || all.is_empty() && self.takes(check.id, None) {
                taken.push((check, components));
            }
        }
        taken
    }

    /// What is left of a table to judge the instances of a component by.
    pub(super) fn coverage(&self, table: &[&Check], component: Component) -> Coverage {
        let mut all =
            table.iter().filter(|check| check.subjects.components().contains(&component)).peekable();
        if all.peek().is_none() {
            return Coverage::Whole;
        }
        let (taken, left_out): (Vec<bool>, Vec<bool>) =
            all.map(|check| self.takes(check.id, Some(component))).partition(|taken| *taken);
        match (taken.is_empty(), left_out.is_empty()) {
            (true, _) => Coverage::Nothing,
            (false, true) => Coverage::Whole,
            (false, false) => Coverage::Part,
        }
    }
}

/// How much of what judges a component was selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coverage {
    /// Every check, or there are none to select.
    Whole,
    /// Some checks.
    Part,
    /// No check: nobody expects a verdict.
    Nothing,
}

impl Subjects {
    /// The components whose instances are judged; none where other things are.
    #[must_use]
    pub const fn components(self) -> &'static [Component] {
        match self {
            Self::EachInstance(components) => components,
            Self::Once
            | Self::EachControlPlaneNode
            | Self::EachAgentWorkload
            | Self::EachAgentAccount
            | Self::EachNodeFile
            | Self::EachManifest => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::checks::{CHECKS, named};

    fn picks(names: &[&str]) -> BTreeSet<Pick> {
        names
            .iter()
            .map(|name| match Component::named(name) {
                Some(component) => Pick::Component(component),
                None => Pick::Check(named(name).unwrap().id),
            })
            .collect()
    }

    fn check(only: &[&str], skip: &[&str], id: &str, component: Option<Component>, expected: bool) {
        let selection = Selection { only: picks(only), skip: picks(skip) };
        assert_eq!(selection.takes(named(id).unwrap().id, component), expected, "{only:?} {skip:?} {id}");
    }

    #[test]
    fn takes_everything_unless_told_and_skipping_wins() {
        let (etcd, scheduler) = (Some(Component::Etcd), Some(Component::Scheduler));
        check(&[], &[], "serving-cert-expired", etcd, true);
        check(&["serving-cert-expired"], &[], "serving-cert-expired", etcd, true);
        check(&["serving-cert-expired"], &[], "serving-cert-untrusted", etcd, false);
        check(&["serving-cert-expired"], &["serving-cert-expired"], "serving-cert-expired", etcd, false);
        check(&["etcd"], &[], "serving-cert-expired", etcd, true);
        check(&["etcd"], &[], "serving-cert-expired", scheduler, false);
        check(&["etcd"], &["serving-cert-expired"], "serving-cert-expired", etcd, false);
        check(&["serving-cert-expired"], &["etcd"], "serving-cert-expired", etcd, false);
        check(&["serving-cert-expired"], &["etcd"], "serving-cert-expired", scheduler, true);
        check(&["etcd"], &[], "no-agent-on-control-plane", None, false);
        check(&[], &["etcd"], "no-agent-on-control-plane", None, true);
    }

    #[test]
    fn lists_what_it_takes_and_of_whom() {
        assert_eq!(Selection::default().of(CHECKS).len(), CHECKS.len());
        let selection =
            Selection { only: picks(&["scheduler", "no-agent-on-control-plane"]), skip: picks(&[]) };
        for (check, components) in selection.of(CHECKS) {
            let expected: &[Component] =
                if check.id.0 == "no-agent-on-control-plane" { &[] } else { &[Component::Scheduler] };
            assert_eq!(components, expected, "{}", check.id);
        }
    }

    #[test]
    fn knows_of_whom_no_verdict_can_be_expected() {
        let check = |only: &[&str], skip: &[&str], component, expected| {
            let selection = Selection { only: picks(only), skip: picks(skip) };
            assert_eq!(selection.coverage(CHECKS, component), expected, "{only:?} {skip:?} {component}");
        };
        check(&[], &[], Component::Etcd, Coverage::Whole);
        check(&["etcd"], &[], Component::Etcd, Coverage::Whole);
        check(&["etcd"], &[], Component::Scheduler, Coverage::Nothing);
        check(&["scheduler-no-credentials"], &[], Component::Scheduler, Coverage::Part);
        check(&[], &["scheduler-no-credentials"], Component::Scheduler, Coverage::Part);
        check(&[], &["scheduler"], Component::Scheduler, Coverage::Nothing);
        check(&["no-agent-on-control-plane"], &[], Component::Etcd, Coverage::Nothing);
        assert_eq!(Selection::default().coverage(&[], Component::Etcd), Coverage::Whole);
    }
}
