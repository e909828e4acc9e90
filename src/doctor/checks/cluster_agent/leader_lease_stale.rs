//! The Cluster Agent that leads has not said so for long.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, shell::word},
    model::{
        agents::AgentRole,
        evidence::Evidence,
        observed::{Gap, Why},
        surroundings::Lease,
    },
    view::accounts::lease_name,
};
use jiff::{SignedDuration, Timestamp};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("leader-lease-stale"),
    title: "the Cluster Agents' lease is not renewed any more",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[CheckId("leader-election-forbidden")],
    explain: r"
What was seen
  The lease by which the Cluster Agents say who leads was renewed last long before other leases of the
  cluster, such as those of the nodes. Times of the cluster are compared with each other and not with the
  clock of this machine.

What it means
  Nobody leads: whoever held the lease is gone or hangs, and no other Cluster Agent takes over. No cluster
  checks are handed out, no events are collected.

How to confirm by hand
    kubectl -n datadog get leases -o custom-columns=NAME:.metadata.name,HOLDER:.spec.holderIdentity,RENEWED:.spec.renewTime
    kubectl -n datadog exec deploy/datadog-agent-cluster-agent -- agent status | grep -A4 'Leader Election'

How to fix
  Look at the Cluster Agent's log for what it says of its lease, and restart it. The lease itself can be
  left: it is taken over when its time is over.

References
  DataDog/helm-charts#1050; client-go, tools/leaderelection.
",
    judge,
};

/// How much older than the cluster's newest lease it must be: far more than any lease lasts.
const LONG: SignedDuration = SignedDuration::from_mins(5);

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (AgentRole::ClusterAgent, workload) = case.workload()? else {
        return Ok(Verdict::NotApplicable("it leads nobody"));
    };
    let name = lease_name(workload);
    let Some(lease) = case.view.lease(&workload.namespace, name)? else {
        return Ok(Verdict::NotApplicable("there is no such lease"));
    };
    let Some(renewed) = lease.renewed else {
        return Ok(Verdict::NotApplicable("the lease has not been renewed yet"));
    };
    let seen = Evidence::in_object(
        "Lease",
        Some(&lease.namespace),
        name,
        Some("spec.renewTime"),
        format!("is {renewed}"),
    );
    let (now, by) = time(case, lease)?;
    let lasts = SignedDuration::from_secs(lease.seconds.unwrap_or_default());
    if now.duration_since(renewed) <= LONG.max(lasts) {
        return Ok(Verdict::pass(seen));
    }
    let restart = format!(
        "kubectl -n {} rollout restart deployment/{}",
        word(&workload.namespace),
        word(&workload.name)
    );
    let log = format!(
        "kubectl -n {} logs deployment/{} --tail=200 | grep -i leader",
        word(&workload.namespace),
        word(&workload.name)
    );
    Ok(Finding::error(format!(
        "no Cluster Agent leads: Lease {}/{name} is not renewed any more",
        lease.namespace
    ))
    .seen([seen, by])
    .mend(Remedy::run(
        "see what the Cluster Agent says of it, and restart it",
        Touches::Monitoring,
        &[log, restart],
    ))
    .found())
}

/// The time in the cluster: by the API server's own clock, else by the newest of the other leases, of which one may be ahead.
fn time(case: &Case<'_>, lease: &Lease) -> Result<(Timestamp, Evidence), Gap> {
    if let Ok((spec, time)) = case.view.server_time() {
        return Ok((time, Evidence::in_probe(spec, format!("its clock says {time}"))));
    }
    let Some((newest, other)) = case.view.newest_renewal_beside(lease) else {
        return Err(Gap::new("the time of the cluster, by any other lease", Why::Partial));
    };
    let clock = format!("was renewed at {newest}");
    let by = Evidence::in_object("Lease", Some(&other.namespace), &other.name, Some("spec.renewTime"), clock);
    Ok((newest, by))
}
