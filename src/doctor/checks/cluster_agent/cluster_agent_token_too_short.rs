//! The token between agents and Cluster Agent is shorter than either takes.

use super::shape::{self, Flaw, MIN_LENGTH};
use crate::{
    doctor::{Case, Check, CheckId, Subjects, Verdict},
    model::observed::Gap,
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
    shape::judge(case, |token| {
        let length = token.length;
        if length >= MIN_LENGTH {
            return Ok(format!("has {length} characters"));
        }
        Err(Flaw {
            summary: format!(
                "the token of the Cluster Agent has {length} characters, and nobody takes fewer than {MIN_LENGTH}"
            ),
            claim: format!("has {length} characters, and {MIN_LENGTH} are the least"),
        })
    })
}
