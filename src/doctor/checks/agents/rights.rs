//! Whether an account may read metrics by the API server's own word, and how to let it.

use crate::{
    doctor::{Remedy, Step, Touches},
    model::{
        evidence::{Evidence, Locator},
        observed::{Gap, Why},
        question::{AccessSpec, AccountRef, Permission, Who},
    },
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
    let spec = review(account);
    let answer = view.snapshot.access(&spec);
    let access = answer.seen(&format!("whether {} may get /metrics", account.user_name()))?;
    let locator = Locator::Review(format!("{}, {}", spec.who, spec.action));
    Ok(if access.allowed {
        let claim = if access.reason.is_empty() {
            format!("{} may get /metrics", account.user_name())
        } else {
            format!("{} may get /metrics ({})", account.user_name(), access.reason)
        };
        Ruling::Allowed(Evidence { claim, locator })
    } else {
        Ruling::Denied(Evidence { claim: format!("{} may not get /metrics", account.user_name()), locator })
    })
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
