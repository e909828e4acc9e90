//! The pods of a workload get no token of their account.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{
        agent_role::{agent_containers, asks_through_the_api_server},
        agents::AgentRole,
        evidence::Evidence,
        observed::{Gap, Observed},
        workload::Workload,
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("token-not-mounted"),
    title: "the agents have no token of their account",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  automountServiceAccountToken is false in the pods of a workload, or in their service account where the
  pods say nothing, and no volume puts a token in its place.

What it means
  The Agent shows the token in /var/run/secrets/kubernetes.io/serviceaccount/token to the kubelet, the API
  server and every component behind them. Without it they take the Agent for anonymous: 401 from the
  kubelet, 403 for system:anonymous from the others. The Agent's log has `kubelet token defined (…) but
  unable to read`.

How to confirm by hand
    kubectl -n datadog get serviceaccount datadog-agent -o jsonpath='{.automountServiceAccountToken}'
    kubectl -n datadog exec ds/datadog-agent -c agent -- ls /var/run/secrets/kubernetes.io/serviceaccount

How to fix
  Set automountServiceAccountToken to true in the pods: what they say overrules the account.

References
  Kubernetes: opt out of API credential automounting. DataDog/integrations-core#2582.
",
    judge,
};

/// The folder in which tokens lie; on Windows with a drive before it.
const FOLDER: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (role, workload) = case.workload()?;
    if role == AgentRole::Sidecar && !asks_through_the_api_server(workload) {
        return Ok(Verdict::NotApplicable("it does not ask the API server for its kubelet"));
    }
    if let Some(volume) = in_its_place(workload) {
        let claim = format!("volume {volume} is mounted where a token lies");
        return Ok(Verdict::pass(Evidence::in_workload(workload, Some("volumeMounts"), claim)));
    }
    let account = workload.account();
    let in_account = |claim: &str| {
        let field = Some("automountServiceAccountToken");
        Evidence::in_object("ServiceAccount", Some(&account.namespace), &account.name, field, claim)
    };
    let proof = match workload.automount_token {
        Some(true) => return Ok(Verdict::pass(in_pods(workload, "pods get a token"))),
        Some(false) => in_pods(workload, "pods get no token"),
        None => match case.view.snapshot.service_account(&account) {
            Observed::Absent => in_account("the account does not exist, so that no pod of it is made"),
            other => match other.seen(&format!("service account {account}"))?.automount_token {
                Some(false) => in_account("its pods get no token"),
                _ => return Ok(Verdict::pass(in_account("its pods get a token"))),
            },
        },
    };
    Ok(Finding::error(format!("the {} have no token of their account {account}", role.word()))
        .seen([proof])
        .mend(Remedy::edit(
            "let the pods have the token",
            Touches::Monitoring,
            format!("the pod template of {} {}/{}", workload.kind_name(), workload.namespace, workload.name),
            "automountServiceAccountToken: true\n",
        ))
        .found())
}

fn in_pods(workload: &Workload, claim: &str) -> Evidence {
    Evidence::in_workload(workload, Some("spec.template.spec.automountServiceAccountToken"), claim)
}

/// The volume that somebody mounts in the place of the token.
fn in_its_place(workload: &Workload) -> Option<&str> {
    let mounts = agent_containers(workload).flat_map(|container| &container.mounts);
    let mut found = mounts.filter(|mount| mount.path.trim_end_matches('/').ends_with(FOLDER));
    found.next().map(|mount| mount.volume.as_str())
}
