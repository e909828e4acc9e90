//! RBAC verdicts from role and binding facts, as kube-apiserver reaches them. A pure function: it asks nobody and knows no cluster.

use crate::model::{
    question::{AccountRef, Permission},
    rights::{Binding, BindingSubject, Rights, Role, RoleKind, Rule, SubjectKind},
};

/// The group that the API server refuses nothing, whatever the bindings say.
///
/// Source: kube-apiserver puts an authorizer for this group in front of RBAC; the components that delegate
/// authorization do the same on their own.
pub const UNRESTRICTED_GROUP: &str = "system:masters";

/// Who asks: what an authenticator makes of a credential.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// The user name.
    pub user: String,
    /// The groups.
    pub groups: Vec<String>,
}

/// What RBAC says to an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruling<'a> {
    /// Yes, because the caller is in `system:masters`.
    Unrestricted,
    /// Yes, because of this binding.
    Allowed(Grant<'a>),
    /// No binding allows it.
    Denied {
        /// The caller's bindings whose role does not exist: they would grant something if it did.
        missing_roles: Vec<&'a Binding>,
    },
}

/// What allows an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant<'a> {
    /// The binding.
    pub binding: &'a Binding,
    /// The one of its subjects that the caller is.
    pub subject: &'a BindingSubject,
    /// The role that it grants.
    pub role: &'a Role,
    /// The rule of the role.
    pub rule: &'a Rule,
}

/// Decides whether somebody may do something.
///
/// Cluster role bindings come first, then the role bindings of the action's namespace, each in the order of
/// `rights`; the first rule that allows decides. An action on a path, or without a namespace, is never allowed by
/// a role binding.
#[must_use]
pub fn evaluate<'a>(rights: &'a Rights, who: &Identity, action: &Permission) -> Ruling<'a> {
    if who.is_unrestricted() {
        return Ruling::Unrestricted;
    }
    let namespace = match action {
        Permission::Resource { namespace, .. } => namespace.as_deref(),
        Permission::Path { .. } | Permission::Root => None,
    };
    let mut missing_roles = Vec::new();
    for (binding, subject, role) in bindings_of(rights, who, namespace) {
        let Some(role) = role else {
            missing_roles.push(binding);
            continue;
        };
        if let Some(rule) = role.rules.iter().find(|rule| allows(rule, action)) {
            return Ruling::Allowed(Grant { binding, subject, role, rule });
        }
    }
    Ruling::Denied { missing_roles }
}

/// All rules that hold for somebody in a namespace, or everywhere where none is given.
#[must_use]
pub fn rules_for<'a>(rights: &'a Rights, who: &Identity, namespace: Option<&str>) -> Vec<&'a Rule> {
    bindings_of(rights, who, namespace).filter_map(|(_, _, role)| role).flat_map(|role| &role.rules).collect()
}

/// The names of the cluster roles that cluster role bindings give somebody, sorted, each once.
#[must_use]
pub fn roles_of(rights: &Rights, who: &Identity) -> Vec<String> {
    let mut names: Vec<String> =
        bindings_of(rights, who, None).map(|(binding, _, _)| binding.role.name.clone()).collect();
    names.sort();
    names.dedup();
    names
}

/// The bindings that apply to somebody, with the subject that he is and the role, if it exists.
fn bindings_of<'a>(
    rights: &'a Rights,
    who: &Identity,
    namespace: Option<&str>,
) -> impl Iterator<Item = (&'a Binding, &'a BindingSubject, Option<&'a Role>)> {
    let of_cluster = rights.bindings.iter().filter(|binding| binding.namespace.is_none());
    let of_namespace = rights
        .bindings
        .iter()
        .filter(move |binding| namespace.is_some() && binding.namespace.as_deref() == namespace);
    of_cluster.chain(of_namespace).filter_map(move |binding| {
        let subject = binding.subjects.iter().find(|subject| is_subject(who, subject, binding))?;
        Some((binding, subject, role_of(rights, binding)))
    })
}

fn is_subject(who: &Identity, subject: &BindingSubject, binding: &Binding) -> bool {
    match subject.kind {
        SubjectKind::User => who.user == subject.name,
        SubjectKind::Group => who.groups.contains(&subject.name),
        SubjectKind::ServiceAccount => {
            let stated = subject.namespace.as_deref().filter(|namespace| !namespace.is_empty());
            stated.or(binding.namespace.as_deref()).is_some_and(|namespace| {
                who.user
                    .strip_prefix("system:serviceaccount:")
                    .and_then(|rest| rest.strip_prefix(namespace))
                    .and_then(|rest| rest.strip_prefix(':'))
                    .is_some_and(|name| name == subject.name)
            })
        }
    }
}

/// The role that a binding names. A cluster role binding cannot name a `Role`: there is no namespace to look in.
fn role_of<'a>(rights: &'a Rights, binding: &Binding) -> Option<&'a Role> {
    let namespace = match (binding.role.kind, &binding.namespace) {
        (RoleKind::ClusterRole, _) => None,
        (RoleKind::Role, Some(namespace)) => Some(namespace),
        (RoleKind::Role, None) => return None,
    };
    rights.roles.iter().find(|role| role.namespace.as_ref() == namespace && role.name == binding.role.name)
}

fn allows(rule: &Rule, action: &Permission) -> bool {
    match action {
        // The operating system's to give: no rule of RBAC says anything about it.
        Permission::Root => false,
        Permission::Path { verb, path } => {
            any_or_this(&rule.verbs, verb) && rule.non_resource_urls.iter().any(|url| covers_path(url, path))
        }
        Permission::Resource { verb, group, resource, subresource, name, .. } => {
            any_or_this(&rule.verbs, verb)
                && any_or_this(&rule.api_groups, group)
                && rule.resources.iter().any(|covered| {
                    covers_resource(covered, resource, subresource.as_deref().unwrap_or_default())
                })
                && (rule.resource_names.is_empty()
                    || rule.resource_names.iter().any(|only| only == name.as_deref().unwrap_or_default()))
        }
    }
}

fn any_or_this(listed: &[String], wanted: &str) -> bool {
    listed.iter().any(|one| one == "*" || one == wanted)
}

/// Only a trailing star is special; all stars at the end are one.
fn covers_path(url: &str, path: &str) -> bool {
    url == path || (url.ends_with('*') && path.starts_with(url.trim_end_matches('*')))
}

/// `*` covers everything, `*/scale` the scale of every resource; `pods/*` is a name like any other and covers nothing.
fn covers_resource(covered: &str, resource: &str, subresource: &str) -> bool {
    if covered == "*" {
        return true;
    }
    if subresource.is_empty() {
        return covered == resource;
    }
    match covered.split_once('/') {
        Some((of, sub)) => (of == resource || of == "*") && sub == subresource,
        None => false,
    }
}

impl Identity {
    /// Somebody whom an authenticator knows; he is in `system:authenticated` besides.
    #[must_use]
    pub fn authenticated(user: impl Into<String>, mut groups: Vec<String>) -> Self {
        let everybody = "system:authenticated".to_owned();
        if !groups.contains(&everybody) {
            groups.push(everybody);
        }
        Self { user: user.into(), groups }
    }

    /// A service account, with the groups that follow from its name.
    #[must_use]
    pub fn of_account(account: &AccountRef) -> Self {
        let groups = vec![
            "system:serviceaccounts".to_owned(),
            format!("system:serviceaccounts:{}", account.namespace),
        ];
        Self::authenticated(account.user_name(), groups)
    }

    /// Somebody who brought no credential.
    #[must_use]
    pub fn anonymous() -> Self {
        Self { user: "system:anonymous".to_owned(), groups: vec!["system:unauthenticated".to_owned()] }
    }

    /// Whether nothing is refused to him.
    #[must_use]
    pub fn is_unrestricted(&self) -> bool {
        self.groups.iter().any(|group| group == UNRESTRICTED_GROUP)
    }
}

impl Ruling<'_> {
    /// Whether the action is allowed.
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        matches!(self, Self::Unrestricted | Self::Allowed(_))
    }

    /// The reason in the API server's own words; empty where it gives none.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Unrestricted => String::new(),
            Self::Allowed(grant) => format!("RBAC: allowed by {}", grant.describe()),
            Self::Denied { missing_roles } => {
                let mut missing: Vec<String> =
                    missing_roles.iter().map(|binding| not_found(binding)).collect();
                missing.dedup();
                match missing.as_slice() {
                    [] => String::new(),
                    [one] => format!("RBAC: {one}"),
                    several => format!("RBAC: [{}]", several.join(", ")),
                }
            }
        }
    }
}

fn not_found(binding: &Binding) -> String {
    let resource = match binding.role.kind {
        RoleKind::Role => "role",
        RoleKind::ClusterRole => "clusterrole",
    };
    format!("{resource}.rbac.authorization.k8s.io \"{}\" not found", binding.role.name)
}

impl Grant<'_> {
    /// The binding, the role and the subject, as the API server names them in the reason of an access review.
    #[must_use]
    pub fn describe(&self) -> String {
        let binding = match &self.binding.namespace {
            Some(namespace) => format!("{}/{namespace}", self.binding.name),
            None => self.binding.name.clone(),
        };
        let subject = match self.subject.kind {
            SubjectKind::ServiceAccount => {
                let stated = self.subject.namespace.as_deref().filter(|namespace| !namespace.is_empty());
                let namespace = stated.or(self.binding.namespace.as_deref()).unwrap_or_default();
                format!("{}/{namespace}", self.subject.name)
            }
            SubjectKind::User | SubjectKind::Group => self.subject.name.clone(),
        };
        format!(
            "{} \"{binding}\" of {} \"{}\" to {} \"{subject}\"",
            self.binding.kind(),
            self.binding.role.kind.as_str(),
            self.binding.role.name,
            self.subject.kind.as_str(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::rights::RoleRef;

    fn list(text: &str) -> Vec<String> {
        text.split(',').filter(|part| *part != "-").map(str::to_owned).collect()
    }

    /// `verbs groups resources names urls`, each separated by commas; `-` is an empty list, `""` the core group.
    fn rule(text: &str) -> Rule {
        let parts: Vec<Vec<String>> =
            text.split_whitespace().map(|part| list(&part.replace('"', ""))).collect();
        let [verbs, api_groups, resources, resource_names, non_resource_urls] =
            <[Vec<String>; 5]>::try_from(parts).unwrap();
        Rule { verbs, api_groups, resources, resource_names, non_resource_urls }
    }

    fn role(namespace: Option<&str>, name: &str, rules: &[&str]) -> Role {
        Role {
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
            rules: rules.iter().map(|text| rule(text)).collect(),
            aggregation: Vec::new(),
        }
    }

    fn binding(namespace: Option<&str>, name: &str, role: (RoleKind, &str), subject: &str) -> Binding {
        let (kind, rest) = subject.split_once(' ').unwrap();
        let (kind, namespace_of_subject, subject) = match kind {
            "user" => (SubjectKind::User, None, rest),
            "group" => (SubjectKind::Group, None, rest),
            _ => match rest.split_once('/') {
                Some((namespace, name)) => (SubjectKind::ServiceAccount, Some(namespace.to_owned()), name),
                None => (SubjectKind::ServiceAccount, None, rest),
            },
        };
        Binding {
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
            role: RoleRef { kind: role.0, name: role.1.to_owned() },
            subjects: vec![BindingSubject {
                kind,
                name: subject.to_owned(),
                namespace: namespace_of_subject,
            }],
        }
    }

    /// `get /metrics`, or `get pods.apps/log@namespace:name` with all parts but the first two optional.
    fn action(text: &str) -> Permission {
        let (verb, rest) = text.split_once(' ').unwrap();
        if rest.starts_with('/') {
            return Permission::path(verb, rest);
        }
        let (rest, name) = rest.split_once(':').map_or((rest, None), |(rest, name)| (rest, Some(name)));
        let (rest, namespace) =
            rest.split_once('@').map_or((rest, None), |(rest, within)| (rest, Some(within)));
        let (rest, subresource) = rest.split_once('/').map_or((rest, None), |(rest, sub)| (rest, Some(sub)));
        let (resource, group) = rest.split_once('.').unwrap_or((rest, ""));
        Permission::Resource {
            verb: verb.to_owned(),
            group: group.to_owned(),
            resource: resource.to_owned(),
            subresource: subresource.map(str::to_owned),
            namespace: namespace.map(str::to_owned),
            name: name.map(str::to_owned),
        }
    }

    fn agent() -> Identity {
        Identity::of_account(&AccountRef { namespace: "datadog".to_owned(), name: "agent".to_owned() })
    }

    #[track_caller]
    fn check(rights: &Rights, asked: &str, allowed: bool) {
        assert_eq!(evaluate(rights, &agent(), &action(asked)).is_allowed(), allowed, "{asked}");
    }

    #[track_caller]
    fn check_rule(text: &str, asked: &str, allowed: bool) {
        let rights = Rights {
            roles: vec![role(None, "r", &[text])],
            bindings: vec![binding(None, "b", (RoleKind::ClusterRole, "r"), "account datadog/agent")],
        };
        assert_eq!(evaluate(&rights, &agent(), &action(asked)).is_allowed(), allowed, "{text} / {asked}");
    }

    #[test]
    fn rules_cover_what_the_api_server_says_they_cover() {
        for (text, asked, allowed) in [
            // Paths.
            ("get - - - /metrics", "get /metrics", true),
            ("get - - - /metrics", "get /metrics/slis", false),
            ("get - - - /metrics", "get /metrics/", false),
            ("get - - - /metrics", "post /metrics", false),
            ("get - - - /metrics/*", "get /metrics/slis", true),
            ("get - - - /metrics/*", "get /metrics", false),
            ("get - - - /metrics*", "get /metrics", true),
            ("get - - - /met**", "get /metrics", true),
            ("get - - - /*/slis", "get /metrics/slis", false),
            ("* - - - *", "get /anything", true),
            ("* * * - -", "get /metrics", false),
            ("* - - - *", "get pods", false),
            // Groups, resources, verbs.
            ("get \"\" pods - -", "get pods", true),
            ("get \"\" pods - -", "get pods.metrics.k8s.io", false),
            ("get apps pods - -", "get pods", false),
            ("get * pods - -", "get pods.metrics.k8s.io", true),
            ("get \"\" * - -", "get nodes/metrics", true),
            ("* \"\" pods - -", "deletecollection pods", true),
            ("get,list \"\" pods - -", "watch pods", false),
            ("get \"\" Pods - -", "get pods", false),
            // Subresources.
            ("get \"\" pods - -", "get pods/log", false),
            ("get \"\" pods/log - -", "get pods/log", true),
            ("get \"\" pods/log - -", "get pods", false),
            ("get \"\" */log - -", "get pods/log", true),
            ("get \"\" */log - -", "get pods", false),
            ("get \"\" */log - -", "get pods/logs", false),
            ("get \"\" pods/* - -", "get pods/log", false),
            ("get \"\" nodes/metrics,nodes/proxy - -", "get nodes/proxy:cp-1", true),
            // Names.
            ("get \"\" secrets etcd-client -", "get secrets@datadog:etcd-client", true),
            ("get \"\" secrets etcd-client -", "get secrets@datadog:other", false),
            ("list \"\" secrets etcd-client -", "list secrets@datadog", false),
            ("list \"\" secrets etcd-client -", "list secrets@datadog:etcd-client", true),
            ("create \"\" secrets etcd-client -", "create secrets@datadog", false),
            ("get \"\" secrets - -", "get secrets@datadog:etcd-client", true),
        ] {
            check_rule(text, asked, allowed);
        }
    }

    #[test]
    fn role_bindings_hold_in_their_namespace_only_and_never_for_paths() {
        let rights = Rights {
            roles: vec![
                role(None, "reader", &["get - - - /metrics", "list \"\" pods - -"]),
                role(Some("datadog"), "reader", &["get \"\" configmaps - -"]),
            ],
            bindings: vec![
                binding(Some("kube-system"), "a", (RoleKind::ClusterRole, "reader"), "account datadog/agent"),
                binding(Some("datadog"), "b", (RoleKind::Role, "reader"), "account agent"),
                // Role of the binding's own namespace, which has none of that name.
                binding(Some("default"), "c", (RoleKind::Role, "reader"), "account datadog/agent"),
            ],
        };
        check(&rights, "list pods@kube-system", true);
        check(&rights, "list pods@default", false);
        check(&rights, "list pods", false);
        check(&rights, "get /metrics", false);
        check(&rights, "get configmaps@datadog:x", true);
        check(&rights, "get configmaps@default:x", false);
    }

    #[test]
    fn subjects_are_matched_by_kind() {
        for (subject, allowed) in [
            ("account datadog/agent", true),
            ("account other/agent", false),
            // A cluster role binding has no namespace of its own to lend.
            ("account agent", false),
            ("user system:serviceaccount:datadog:agent", true),
            ("user agent", false),
            ("group system:serviceaccounts", true),
            ("group system:serviceaccounts:datadog", true),
            ("group system:serviceaccounts:dat", false),
            ("group system:authenticated", true),
            ("group system:unauthenticated", false),
            ("account dat/adog:agent", false),
        ] {
            let rights = Rights {
                roles: vec![role(None, "r", &["get - - - /metrics"])],
                bindings: vec![binding(None, "b", (RoleKind::ClusterRole, "r"), subject)],
            };
            let ruling = evaluate(&rights, &agent(), &action("get /metrics"));
            assert_eq!(ruling.is_allowed(), allowed, "{subject}");
        }
    }

    #[test]
    fn a_missing_role_grants_nothing_and_is_named() {
        let rights = Rights {
            roles: vec![role(Some("datadog"), "gone", &["* * * - -"])],
            bindings: vec![
                binding(None, "a", (RoleKind::ClusterRole, "gone"), "account datadog/agent"),
                binding(Some("kube-system"), "b", (RoleKind::Role, "gone"), "account datadog/agent"),
                binding(None, "c", (RoleKind::ClusterRole, "of-others"), "user somebody"),
            ],
        };
        let ruling = evaluate(&rights, &agent(), &action("get pods@kube-system"));
        assert_eq!(ruling, Ruling::Denied { missing_roles: vec![&rights.bindings[0], &rights.bindings[1]] });
        assert_eq!(
            ruling.reason(),
            "RBAC: [clusterrole.rbac.authorization.k8s.io \"gone\" not found, role.rbac.authorization.k8s.io \"gone\" not found]"
        );
        assert_eq!(
            evaluate(&rights, &agent(), &action("get /metrics")).reason(),
            "RBAC: clusterrole.rbac.authorization.k8s.io \"gone\" not found"
        );
    }

    #[test]
    fn reasons_are_worded_as_access_reviews_word_them() {
        let rights = Rights {
            roles: vec![role(None, "agent-metrics", &["get - - - /metrics", "list \"\" pods - -"])],
            bindings: vec![
                binding(Some("datadog"), "pods", (RoleKind::ClusterRole, "agent-metrics"), "account agent"),
                binding(
                    None,
                    "agent-metrics",
                    (RoleKind::ClusterRole, "agent-metrics"),
                    "account datadog/agent",
                ),
                binding(None, "monitors", (RoleKind::ClusterRole, "agent-metrics"), "group monitors"),
            ],
        };
        // As a real API server of version 1.36 answered.
        assert_eq!(
            evaluate(&rights, &agent(), &action("get /metrics")).reason(),
            "RBAC: allowed by ClusterRoleBinding \"agent-metrics\" of ClusterRole \"agent-metrics\" to ServiceAccount \"agent/datadog\""
        );
        let monitor = Identity::authenticated("jane", vec!["monitors".to_owned()]);
        assert_eq!(
            evaluate(&rights, &monitor, &action("get /metrics")).reason(),
            "RBAC: allowed by ClusterRoleBinding \"monitors\" of ClusterRole \"agent-metrics\" to Group \"monitors\""
        );
        assert_eq!(evaluate(&rights, &agent(), &action("get nodes")).reason(), "");
        let only_in_namespace = Rights { bindings: rights.bindings[..1].to_vec(), ..rights.clone() };
        assert_eq!(
            evaluate(&only_in_namespace, &agent(), &action("list pods@datadog")).reason(),
            "RBAC: allowed by RoleBinding \"pods/datadog\" of ClusterRole \"agent-metrics\" to ServiceAccount \"agent/datadog\""
        );
    }

    #[test]
    fn one_group_is_above_all_rules() {
        let unrestricted = Identity::authenticated("admin", vec![UNRESTRICTED_GROUP.to_owned()]);
        let rights = Rights::default();
        assert_eq!(evaluate(&rights, &unrestricted, &action("delete nodes:cp-1")), Ruling::Unrestricted);
        assert!(!evaluate(&rights, &Identity::anonymous(), &action("get /metrics")).is_allowed());
    }

    #[test]
    fn rules_are_collected_from_all_bindings_that_apply() {
        let rights = Rights {
            roles: vec![role(None, "a", &["get - - - /a"]), role(Some("n"), "b", &["get \"\" b - -"])],
            bindings: vec![
                binding(Some("n"), "b", (RoleKind::Role, "b"), "account datadog/agent"),
                binding(None, "a", (RoleKind::ClusterRole, "a"), "group system:authenticated"),
            ],
        };
        assert_eq!(
            rules_for(&rights, &agent(), Some("n")),
            [&rights.roles[0].rules[0], &rights.roles[1].rules[0]]
        );
        assert_eq!(rules_for(&rights, &agent(), None), [&rights.roles[0].rules[0]]);
        assert_eq!(rules_for(&rights, &Identity::anonymous(), Some("n")), Vec::<&Rule>::new());
    }
}
