//! The agents ignore the name of the cluster, because it is not valid.

use super::overheard::{EVERYBODY, Topic, judge as judge_topic};
use crate::{
    doctor::{Case, Check, CheckId, Remedy, Severity, Step, Subjects, Touches, Verdict},
    model::{observed::Gap, question::PodRef},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("cluster-name-refused"),
    title: "the name of the cluster is not valid, and the agents ignore it",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r"
What was seen
  The log of an Agent says that the name of the cluster `isn't a valid cluster name`. Of the log nothing is kept
  but that the sentence was in it, how often and when.

What it means
  Metrics have no tag kube_cluster_name, and hosts of two clusters with equal node names become one. A name has
  lower-case letters, digits, dots and hyphens, begins with a letter (from Agent 7.78 on also with a digit, and
  with underscores) and has at most 80 characters; an ARN is none.

How to confirm by hand
    kubectl -n datadog get daemonset datadog-agent -o jsonpath='{.spec.template.spec.containers[*].env}' | tr '}' '\n' | grep CLUSTER_NAME

How to fix
  Set datadog.clusterName (Helm) or spec.global.clusterName (DatadogAgent) to a valid name.

References
  Datadog chart: _helpers.tpl; helm-charts issues 2070, 1132 and 2428.
",
    judge,
};

static TOPIC: Topic = Topic {
    voices: EVERYBODY,
    sayings: &["cluster-name-refused"],
    least: 1,
    severity: Severity::Warning,
    summary: "the agents ignore the name of the cluster, because it is not valid",
    remedies,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    judge_topic(case, &TOPIC)
}

fn remedies(_: &PodRef) -> Vec<Remedy> {
    vec![Remedy {
        title: "give the cluster a valid name; put in yours".to_owned(),
        steps: vec![Step::Edit {
            file: "the Helm values of the agents' release".to_owned(),
            change: "datadog:\n  clusterName: my-cluster\n".to_owned(),
        }],
        touches: Touches::Monitoring,
    }]
}
