//! Why an account lacks rights, by bindings and roles, and what gives them to it: the missing rules as a manifest.

use super::super::agents::rights::ruling;
use crate::{
    doctor::{Remedy, Step, Touches},
    model::{
        agent_rights, around,
        evidence::Evidence,
        kubelet,
        observed::{Gap, Observed},
        question::{AccountRef, Permission},
        rights::{Binding, BindingSubject, Rights, RoleKind, Rule, SubjectKind},
    },
    rbac::{self, Identity},
    view::View,
};
use std::fmt::Write as _;

/// What an account lacks of all that it needs, with the proof of each.
pub(super) struct Lack {
    pub(super) missing: Vec<Permission>,
    pub(super) evidence: Vec<Evidence>,
    /// What is not known.
    pub(super) gaps: Vec<Gap>,
}

/// Why an account lacks what it needs.
pub(super) enum Cause<'a> {
    /// A binding gives it to somebody of nearly the same name.
    BoundToAnother(&'a Binding, &'a BindingSubject),
    /// It has a role, which does not say it.
    RoleLacks(&'a Binding),
    /// Its binding names a role that does not exist.
    RoleMissing(&'a Binding),
    /// Nothing of Datadog's is bound to it.
    Unbound,
}

/// What an account lacks.
pub(super) fn lack(view: &View<'_>, account: &AccountRef) -> Lack {
    let mut lack = Lack { missing: Vec::new(), evidence: Vec::new(), gaps: Vec::new() };
    let may_all_of_a_kubelet =
        ruling(view, account, &kubelet::review(account, "proxy").action).is_ok_and(|(allowed, _)| allowed);
    let finer = kubelet::FINE_GRAINED.map(|part| kubelet::review(account, part).action);
    for right in view.needed_by(account) {
        match ruling(view, account, &right) {
            Ok((true, _)) => {}
            Ok((false, _)) if may_all_of_a_kubelet && finer.contains(&right) => {}
            Ok((false, proof)) => {
                lack.missing.push(right);
                lack.evidence.push(proof);
            }
            Err(gap) => lack.gaps.push(gap),
        }
    }
    lack
}

/// Why an account lacks these rights.
///
/// # Errors
/// A gap where bindings or roles could not be read.
pub(super) fn cause<'a>(
    view: &View<'a>,
    account: &AccountRef,
    missing: &[Permission],
) -> Result<Cause<'a>, Gap> {
    let listed = view.snapshot.bindings(&around::bindings());
    let bindings: &'a [Binding] = &listed.seen("the bindings of the agents' accounts")?.to_owned().items;
    let is_of = |subject: &BindingSubject, account: &AccountRef| {
        subject.kind == SubjectKind::ServiceAccount
            && subject.name == account.name
            && subject.namespace.as_deref() == Some(account.namespace.as_str())
    };
    let of_cluster = || bindings.iter().filter(|binding| binding.role.kind == RoleKind::ClusterRole);
    let mut own =
        of_cluster().filter(|binding| binding.subjects.iter().any(|subject| is_of(subject, account)));
    let has_no_role = |binding: &&Binding| view.snapshot.cluster_role(&binding.role.name) == Observed::Absent;
    if let Some(binding) = own.clone().find(has_no_role) {
        return Ok(Cause::RoleMissing(binding));
    }
    let in_play = view.accounts();
    let is_taken = |subject: &BindingSubject| {
        in_play.keys().any(|known| is_of(subject, known))
            || subject.namespace.as_deref().is_some_and(|namespace| view.agents.elsewhere.contains(namespace))
    };
    for binding in of_cluster() {
        let near = binding.subjects.iter().find(|subject| {
            let is_neighbour = subject.namespace.as_deref() == Some(account.namespace.as_str())
                && [&binding.name, &binding.role.name, &subject.name]
                    .iter()
                    .any(|name| name.contains("datadog"));
            subject.kind == SubjectKind::ServiceAccount
                && !is_taken(subject)
                && (subject.name == account.name || is_neighbour)
        });
        if let Some(subject) = near
            && gives(view, binding, subject, missing)
        {
            // It may be the account of one that was not found.
            if let Some(gap) = view.agents.missed() {
                return Err(gap);
            }
            return Ok(Cause::BoundToAnother(binding, subject));
        }
    }
    Ok(own.next().map_or(Cause::Unbound, Cause::RoleLacks))
}

/// Whether the role of a binding gives its subject all of these rights.
fn gives(view: &View<'_>, binding: &Binding, subject: &BindingSubject, rights: &[Permission]) -> bool {
    let Some(role) = view.snapshot.cluster_role(&binding.role.name).value().copied().cloned() else {
        return false;
    };
    let namespace = subject.namespace.clone().unwrap_or_default();
    let who = Identity::of_account(&AccountRef { namespace, name: subject.name.clone() });
    let alone = Rights { roles: vec![role], bindings: vec![binding.clone()] };
    !rights.is_empty() && rights.iter().all(|right| rbac::evaluate(&alone, &who, right).is_allowed())
}

/// Gives an account everything that it lacks, saying whether a role or a binding is at fault, as far as that is known.
pub(in crate::doctor::checks) fn give(
    view: &View<'_>,
    account: &AccountRef,
    at_least: &[Permission],
) -> Remedy {
    let mut missing = lack(view, account).missing;
    missing.extend(at_least.iter().filter(|right| !missing.contains(right)).cloned().collect::<Vec<_>>());
    let why = match cause(view, account, &missing) {
        Ok(Cause::RoleLacks(binding)) => format!(
            "ClusterRole {} is bound to it and lacks these rules; give them by a role beside it, which no upgrade takes away",
            binding.role.name
        ),
        Ok(Cause::RoleMissing(binding)) => format!(
            "ClusterRoleBinding {} names ClusterRole {}, which does not exist; give the rules by another",
            binding.name, binding.role.name
        ),
        Ok(Cause::BoundToAnother(binding, subject)) => format!(
            "ClusterRoleBinding {} gives them to {}/{} instead; give them by another",
            binding.name,
            subject.namespace.as_deref().unwrap_or_default(),
            subject.name
        ),
        Ok(Cause::Unbound) => "no binding gives them to it; give them by a role of their own".to_owned(),
        Err(_) => "give them by a role of their own".to_owned(),
    };
    Remedy {
        title: format!("give account {account} the rules that it lacks: {why}"),
        steps: vec![
            Step::Apply(manifest(account, &agent_rights::rules(&missing))),
            Step::Read("allow ten seconds, the kubelet thirty: both remember what they have denied"),
        ],
        touches: Touches::Monitoring,
    }
}

/// A cluster role with these rules and its binding to an account.
pub(super) fn manifest(account: &AccountRef, rules: &[Rule]) -> String {
    const GROUP: &str = "rbac.authorization.k8s.io";
    let AccountRef { namespace, name } = account;
    let role = format!("{namespace}-{name}-lacking");
    let list = |items: &[String]| {
        let quoted: Vec<String> = items.iter().map(|item| format!("\"{item}\"")).collect();
        quoted.join(", ")
    };
    let mut text = format!("apiVersion: {GROUP}/v1\nkind: ClusterRole\nmetadata:\n  name: {role}\nrules:\n");
    for rule in rules {
        let parts = [
            ("apiGroups", &rule.api_groups),
            ("resources", &rule.resources),
            ("resourceNames", &rule.resource_names),
            ("nonResourceURLs", &rule.non_resource_urls),
        ];
        _ = writeln!(text, "  - verbs: [{}]", list(&rule.verbs));
        for (key, items) in parts.into_iter().filter(|(_, items)| !items.is_empty()) {
            _ = writeln!(text, "    {key}: [{}]", list(items));
        }
    }
    text + &format!(
        "---\napiVersion: {GROUP}/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: {role}\nroleRef:\n  apiGroup: {GROUP}\n  kind: ClusterRole\n  name: {role}\nsubjects:\n  - kind: ServiceAccount\n    namespace: {namespace}\n    name: {name}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    #[test]
    fn a_manifest_is_a_role_and_its_binding() {
        let account = AccountRef { namespace: "dd".to_owned(), name: "agent".to_owned() };
        let rights = [Permission::path("get", "/metrics"), kubelet::review(&account, "stats").action];
        let text = manifest(&account, &agent_rights::rules(&rights));
        let [role, binding] = yaml::documents(&text).unwrap().try_into().unwrap();
        assert_eq!(role["rules"][0]["nonResourceURLs"][0], "/metrics");
        assert_eq!(role["rules"][1]["resources"][0], "nodes/stats");
        assert_eq!(role["rules"][1]["apiGroups"][0], "");
        assert_eq!(binding["roleRef"]["name"], role["metadata"]["name"]);
        assert_eq!(binding["subjects"][0]["namespace"], "dd");
    }
}
