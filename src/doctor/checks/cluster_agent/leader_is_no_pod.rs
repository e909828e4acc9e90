//! The lease of the Cluster Agents is held by somebody who is none of them.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, shell::word},
    model::{
        agents::AgentRole,
        evidence::Evidence,
        observed::{Gap, Why},
    },
    view::accounts::lease_name,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("leader-is-no-pod"),
    title: "somebody else holds the lease of the Cluster Agents",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[CheckId("leader-election-forbidden"), CheckId("leader-lease-stale")],
    explain: r#"
What was seen
  The lease by which the Cluster Agents say who leads names a holder, and none of their pods and none of the
  nodes is called so.

What it means
  All Cluster Agents follow somebody who does not do their work: they forward to a leader that they do not
  find (`Could not refresh leadership status: "target named …" not found`), no cluster checks are handed
  out, and metrics of the cluster come and go. Two releases share the name of the lease, or agents of a
  former installation hold it.

How to confirm by hand
    kubectl -n datadog get leases -o custom-columns=NAME:.metadata.name,HOLDER:.spec.holderIdentity,RENEWED:.spec.renewTime
    kubectl get pods -A | grep HOLDER

How to fix
  Find the holder and end it, or give each release a lease of its own (DD_LEADER_LEASE_NAME).

References
  DataDog/datadog-agent#10361.
"#,
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (AgentRole::ClusterAgent, workload) = case.workload()? else {
        return Ok(Verdict::NotApplicable("it leads nobody"));
    };
    let name = lease_name(workload);
    let Some(lease) = case.view.lease(&workload.namespace, name)? else {
        return Ok(Verdict::NotApplicable("there is no such lease"));
    };
    let Some(holder) = &lease.holder else {
        return Ok(Verdict::NotApplicable("nobody holds the lease"));
    };
    let pods = case.view.pods_of(workload);
    if pods.is_empty() {
        let what = format!("the pods of Cluster Agent {}/{}", workload.namespace, workload.name);
        return Err(case.view.unfound_cluster_agent().unwrap_or_else(|| Gap::new(what, Why::Partial)));
    }
    let seen = |claim: String| {
        Evidence::in_object("Lease", Some(&lease.namespace), name, Some("spec.holderIdentity"), claim)
    };
    // On its node's network a pod may go by the name of the node.
    let is_known =
        pods.iter().any(|pod| pod.name == *holder || (pod.host_network && pod.node.as_ref() == Some(holder)));
    if is_known {
        return Ok(Verdict::pass(seen(format!("is {holder}, a pod of the Cluster Agent"))));
    }
    let names: Vec<&str> = pods.iter().map(|pod| pod.name.as_str()).collect();
    let of_pods = Evidence::in_workload(workload, None, format!("its pods are {}", names.join(", ")));
    let lines = [
        format!("kubectl get pods -A | grep {}", word(holder)),
        format!("kubectl -n {} get lease {} -o yaml", word(&lease.namespace), word(name)),
    ];
    Ok(Finding::error(format!("Lease {}/{name} is held by {holder}, which is no pod of the Cluster Agent", lease.namespace))
        .seen([seen(format!("is {holder}")), of_pods])
        .mend(Remedy::run("find out who holds it", Touches::Nothing, &lines).knowing(
            "end it, or give this release another lease by DD_LEADER_LEASE_NAME; the Cluster Agents take over a lease that nobody renews",
        ))
        .found())
}
