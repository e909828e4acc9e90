//! etcd says that it turns clients away for their certificates.

use super::overheard::{Topic, judge_of};
use crate::{
    doctor::{Case, Check, CheckId, Remedy, Severity, Subjects, Touches, Verdict, shell::word},
    model::{component::Component, observed::Gap, question::PodRef},
    view::Voice,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("etcd-rejects-clients"),
    title: "etcd turns clients away for their certificates",
    subjects: Subjects::EachInstance(&[Component::Etcd]),
    symptom_of: &[
        CheckId("etcd-client-cert-missing"),
        CheckId("etcd-client-cert-expired"),
        CheckId("etcd-client-cert-not-yet-valid"),
        CheckId("etcd-client-cert-foreign-ca"),
        CheckId("etcd-client-cert-without-client-auth"),
        CheckId("etcd-client-cert-without-purpose"),
        CheckId("etcd-client-cert-version-1"),
        CheckId("etcd-client-cert-refused"),
        CheckId("etcd-client-key-mismatch"),
    ],
    explain: r"
What was seen
  The log of a member of etcd says that it rejects connections over a client's certificate: `bad certificate`,
  `didn't provide a certificate`, `incompatible key usage`, or one that has expired or is of another CA. Of the log
  nothing is kept but that the sentence was in it, how often and when.

What it means
  Somebody asks etcd again and again with a certificate that it does not take. The log tells his address and not who
  he is: where the agents' own certificate is in order, as other checks say, it is another client.

How to confirm by hand
    kubectl -n kube-system logs -l component=etcd --tail=500 | grep -F 'rejected connection'

How to fix
  Give the client a certificate of etcd's own CA that is made for clients; ctlmon certs issue makes one.

References
  etcd: transport security model; etcd issues 13485, 9147 and 13630.
",
    judge,
};

static TOPIC: Topic = Topic {
    voices: &[Voice::Component(Component::Etcd)],
    sayings: &[
        "client-certificate-refused",
        "client-certificate-missing",
        "client-certificate-for-other-use",
        "certificate-expired",
        "certificate-of-unknown-authority",
    ],
    // A connection that somebody tried once is nobody's monitoring.
    least: 3,
    severity: Severity::Error,
    summary: "it turns a client away again and again for its certificate",
    remedies,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    judge_of(case, &TOPIC, |speaker| Some(&speaker.log.pod) == instance.pod.as_ref())
}

fn remedies(pod: &PodRef) -> Vec<Remedy> {
    let (namespace, name) = (word(&pod.namespace), word(&pod.name));
    vec![Remedy::run(
        "see from which address it comes, and whose that is",
        Touches::Nothing,
        &[
            format!("kubectl -n {namespace} logs {name} --tail=500 | grep -F 'rejected connection'"),
            "kubectl get pods -A -o wide".to_owned(),
        ],
    )]
}
