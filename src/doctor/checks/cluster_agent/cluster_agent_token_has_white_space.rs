//! The token between agents and Cluster Agent holds white space, with which it never matches.

use super::shape::{self, Flaw};
use crate::{
    doctor::{Case, Check, CheckId, Subjects, Verdict},
    model::observed::Gap,
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
    shape::judge(case, |token| {
        if !token.white_space {
            return Ok("holds no white space".to_owned());
        }
        Err(Flaw {
            summary: "the token of the Cluster Agent holds white space, with which it never matches"
                .to_owned(),
            claim: "holds white space".to_owned(),
        })
    })
}
