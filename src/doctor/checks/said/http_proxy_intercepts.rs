//! Requests of the agents to the cluster itself go to an HTTP proxy, which refuses them.

use super::overheard::{EVERYBODY, Topic, judge as judge_topic};
use crate::{
    doctor::{Case, Check, CheckId, Remedy, Severity, Step, Subjects, Touches, Verdict},
    model::{observed::Gap, question::PodRef},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("http-proxy-intercepts"),
    title: "an HTTP proxy answers the agents in place of the cluster",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r"
What was seen
  The log of an Agent says `Tunnel connection failed` or `Cannot connect to proxy.` Of the log nothing is kept
  but that the sentence was in it, how often and when.

What it means
  HTTP_PROXY or HTTPS_PROXY is set in the container and NO_PROXY does not name the addresses of nodes, pods and
  Services. The proxy does not know them and answers, mostly, 403: that looks like a missing right and is none.

How to confirm by hand
    kubectl -n datadog exec daemonset/datadog-agent -c agent -- env | grep -i proxy
    kubectl get nodes -o jsonpath='{.items[*].spec.podCIDR} {.items[*].status.addresses[0].address}'

How to fix
  Name the networks of nodes, pods and Services in NO_PROXY, or use DD_PROXY_HTTPS, which only what goes to
  Datadog takes notice of, with DD_PROXY_NO_PROXY.

References
  Datadog: Agent proxy configuration; helm-charts issue 543.
",
    judge,
};

static TOPIC: Topic = Topic {
    voices: EVERYBODY,
    sayings: &["proxy-in-between"],
    least: 1,
    severity: Severity::Error,
    summary: "an HTTP proxy answers the agents in place of the cluster",
    remedies,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    judge_topic(case, &TOPIC)
}

fn remedies(_: &PodRef) -> Vec<Remedy> {
    vec![
        Remedy {
            title: "let what stays in the cluster pass by the proxy; put in your networks".to_owned(),
            steps: vec![Step::Edit {
                file: "the Helm values of the agents' release".to_owned(),
                change: "datadog:\n  env:\n    - name: NO_PROXY\n      value: 127.0.0.1,localhost,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,.svc,.cluster.local\n"
                    .to_owned(),
            }],
            touches: Touches::Monitoring,
        },
        Remedy::run(
            "see which networks these are",
            Touches::Nothing,
            &["kubectl get nodes -o wide".to_owned(), "kubectl -n default get service kubernetes".to_owned()],
        ),
    ]
}
