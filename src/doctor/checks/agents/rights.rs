//! Whether an account may read metrics by the API server's own word, and how to let it.

use crate::{
    doctor::{Remedy, Step, Touches},
    model::{
        around,
        evidence::{Evidence, Locator},
        observed::{Gap, Observed, Why},
        question::{AccessSpec, AccountRef, Permission, Who},
        rights::Rights,
    },
    rbac::{self, Identity},
    view::{Instance, View},
};

/// What the API server decided.
pub(in crate::doctor::checks) enum Ruling {
    Allowed(Evidence),
    Denied(Evidence),
}

/// The account that the node agents run as.
///
/// # Errors
/// A gap where the agents could not be looked for, or where there are none.
pub(in crate::doctor::checks) fn account(view: &View<'_>) -> Result<AccountRef, Gap> {
    let workloads = view.agents.workloads.as_ref().map_err(Clone::clone)?;
    let first = workloads.first().map(|workload| workload.account());
    first.ok_or_else(|| Gap::new("the agents' account", Why::Partial))
}

/// The account that asks an instance.
pub(in crate::doctor::checks) fn account_asking(
    view: &View<'_>,
    instance: &Instance,
) -> Result<AccountRef, Gap> {
    view.asking_account(instance).map_or_else(|| account(view), Ok)
}

/// The review that asks whether an account may get `/metrics`.
pub(in crate::doctor::checks) fn review(account: &AccountRef) -> AccessSpec {
    AccessSpec { who: Who::Account(account.clone()), action: Permission::path("get", "/metrics") }
}

/// Whether an account may get `/metrics`, which is what every component asks the API server.
pub(in crate::doctor::checks) fn metrics(view: &View<'_>, account: &AccountRef) -> Result<Ruling, Gap> {
    let (is_allowed, evidence) = ruling(view, account, &review(account).action)?;
    Ok(if is_allowed { Ruling::Allowed(evidence) } else { Ruling::Denied(evidence) })
}

/// Whether an account may do something, by the API server's word; where that may not be asked, by roles and bindings.
pub(in crate::doctor::checks) fn ruling(
    view: &View<'_>,
    account: &AccountRef,
    action: &Permission,
) -> Result<(bool, Evidence), Gap> {
    let spec = AccessSpec { who: Who::Account(account.clone()), action: action.clone() };
    let may = |is_allowed: bool, said: &str| {
        let may = if is_allowed { "may" } else { "may not" };
        let because = if said.is_empty() { String::new() } else { format!(" ({said})") };
        format!("{} {may} {action}{because}", account.user_name())
    };
    let answer = view.snapshot.access(&spec);
    match answer.seen(&format!("whether {} may {action}", account.user_name())) {
        Ok(access) => {
            let locator = Locator::Review(format!("{}, {}", spec.who, spec.action));
            Ok((access.allowed, Evidence { claim: may(access.allowed, &access.reason), locator }))
        }
        Err(gap @ Gap { why: Why::Denied(_), .. }) => {
            let (is_allowed, said) = computed(view, account, action).ok_or(gap)?;
            let said = if said.is_empty() { "computed".to_owned() } else { format!("computed; {said}") };
            let locator = Locator::Object {
                kind: "ClusterRoleBindings",
                namespace: None,
                name: "all of them".to_owned(),
                field: None,
            };
            Ok((is_allowed, Evidence { claim: may(is_allowed, &said), locator }))
        }
        Err(gap) => Err(gap),
    }
}

/// The same by roles and bindings; `None` where not all of them that could allow it were read.
///
/// Bindings of one namespace are not read, so that within a namespace a refusal cannot be computed.
fn computed(view: &View<'_>, account: &AccountRef, action: &Permission) -> Option<(bool, String)> {
    let listed = view.snapshot.bindings(&around::bindings());
    let listed = listed.value().copied().filter(|listed| listed.complete)?;
    let who = Identity::of_account(account);
    let mut rights = Rights { roles: Vec::new(), bindings: listed.items.clone() };
    let mut is_whole = true;
    for name in rbac::roles_of(&rights, &who) {
        match view.snapshot.cluster_role(&name) {
            Observed::Seen(role) => rights.roles.push(role.clone()),
            Observed::Absent => {}
            _ => is_whole = false,
        }
    }
    let ruling = rbac::evaluate(&rights, &who, action);
    let is_namespaced = matches!(action, Permission::Resource { namespace: Some(_), .. });
    (ruling.is_allowed() || (is_whole && !is_namespaced)).then(|| (ruling.is_allowed(), ruling.reason()))
}

/// Binds the account to the role that Kubernetes brings along for this.
pub(in crate::doctor::checks) fn bind(account: Option<&AccountRef>) -> Remedy {
    let (namespace, name) =
        account.map_or(("datadog", "datadog-agent"), |account| (&account.namespace, &account.name));
    Remedy {
        title: "bind the agents' account to the built-in ClusterRole system:monitoring".to_owned(),
        steps: vec![
            Step::Run(vec![format!(
                "kubectl create clusterrolebinding {namespace}-{name}-monitoring --clusterrole=system:monitoring --serviceaccount={namespace}:{name}"
            )]),
            Step::Read(
                "it may get /metrics, the health paths and the kubelets' metrics, and nothing else; allow ten seconds, the kubelet thirty",
            ),
        ],
        touches: Touches::Monitoring,
    }
}
