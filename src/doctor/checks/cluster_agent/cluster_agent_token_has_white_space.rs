//! The token between agents and Cluster Agent holds white space, with which it never matches.

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
    id: CheckId("cluster-agent-token-has-white-space"),
    title: "the token of the Cluster Agent holds white space",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  The entry of the Secret that agents or the Cluster Agent take their token from holds a space, a tab or a
  line feed. ctlmon keeps of a value that it does, and shows nothing of it.

What it means
  The Cluster Agent splits the header at single spaces and compares the rest as it is, and a line feed
  cannot be sent in a header at all: it answers 401 or 403 although both sides read the same Secret. Such
  tokens come from `echo TOKEN | base64`, which encodes the line feed that echo writes.

How to confirm by hand
    kubectl -n datadog get secret datadog-agent-cluster-agent -o go-template='{{.data.token | base64decode}}' | tr -d 'A-Za-z0-9' | od -c

How to fix
  Make the Secret from a file without a line feed at its end (printf %s, not echo), and restart everybody
  who reads it.

References
  datadog-agent, pkg/api/util/util.go, ValidateDCARequest.
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
    let SecretEntry::Opaque { white_space, .. } = case.view.token_entry(&source)? else {
        return Ok(Verdict::NotApplicable("the entry holds a certificate or a key"));
    };
    let seen = |claim: String| Evidence::in_object("Secret", Some(namespace), name, Some(key), claim);
    if !white_space {
        return Ok(Verdict::pass(seen("holds no white space".to_owned())));
    }
    Ok(Finding::error("the token of the Cluster Agent holds white space, with which it never matches")
        .seen([seen("holds white space".to_owned())])
        .mend(token_remedy::anew(case.view, workload))
        .found())
}
