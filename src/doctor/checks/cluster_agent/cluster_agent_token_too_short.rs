//! The token between agents and Cluster Agent is shorter than either takes.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Subjects, Verdict, checks::cluster_agent::token_remedy},
    model::{
        agents::AgentRole,
        answer::SecretEntry,
        evidence::Evidence,
        observed::{Gap, Observed},
    },
    view::cluster_agent::{Address, TokenSource, address, token_source},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("cluster-agent-token-too-short"),
    title: "the token of the Cluster Agent is too short",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  The entry of the Secret that agents or the Cluster Agent take their token from has fewer than 32
  characters. ctlmon looks at its length and shows nothing of it.

What it means
  The Agent does not start with such a token: `cluster agent authentication token length must be greater
  than 32, curently: 23`. It says greater, and takes 32.

How to confirm by hand
    kubectl -n datadog get secret datadog-agent-cluster-agent -o go-template='{{len (.data.token | base64decode)}}'

How to fix
  Draw one of 64 hexadecimal digits, keep it in one Secret that you name in
  clusterAgent.tokenExistingSecret, and restart everybody who reads it.

References
  DataDog/documentation#14112, #14029; datadog-agent, pkg/config/utils/clusteragent.go and pkg/api/security.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (role, workload) = case.workload()?;
    if role != AgentRole::ClusterAgent && address(workload) == Address::Disabled {
        return Ok(Verdict::NotApplicable("the agents are not told to talk to a Cluster Agent"));
    }
    let source = token_source(workload);
    let TokenSource::Secret { namespace, name, key } = &source else {
        return Ok(Verdict::NotApplicable("its token is not in a Secret"));
    };
    if let Observed::Seen(facts) = case.view.snapshot.secret(namespace, name)
        && !facts.entries.contains_key(key)
    {
        return Ok(Verdict::NotApplicable("the Secret has no such entry, which is another problem"));
    }
    if case.view.snapshot.secret(namespace, name) == Observed::Absent {
        return Ok(Verdict::NotApplicable("there is no such Secret, which is another problem"));
    }
    let SecretEntry::Opaque { length, .. } = case.view.token_entry(&source)? else {
        return Ok(Verdict::NotApplicable("the entry holds a certificate or a key"));
    };
    let seen = |claim: String| Evidence::in_object("Secret", Some(namespace), name, Some(key), claim);
    if *length >= MIN_LENGTH {
        return Ok(Verdict::pass(seen(format!("has {length} characters"))));
    }
    let claim = format!("has {length} characters, and {MIN_LENGTH} are the least");
    Ok(Finding::error(format!(
        "the token of the Cluster Agent has {length} characters, and nobody takes fewer than {MIN_LENGTH}"
    ))
    .seen([seen(claim)])
    .mend(token_remedy::anew(case.view, workload))
    .found())
}

/// The least length of a token that agents take.
const MIN_LENGTH: usize = 32;
