//! etcd refuses a client certificate with which nothing seems wrong.

use super::presented::{Descent, Examination, examine};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Step, Subjects, Touches, Verdict},
    model::{
        component::Component,
        observed::{FailureKind, Gap},
    },
    view::Probed,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("etcd-client-cert-refused"),
    title: "etcd refuses a client certificate with which nothing seems wrong",
    subjects: Subjects::EachInstance(&[Component::Etcd]),
    symptom_of: &[],
    explain: r"
What was seen
  etcd asked for a client certificate, got one whose dates, purposes and issuer are in order as far as they can
  be compared from here, and broke off all the same.

What it means
  What is left: etcd trusts another CA than the one at hand (a rotated CA, or --trusted-ca-file set to another
  file); it accepts certain host names only (--client-cert-allowed-hostname); the certificate stands on a
  revocation list (--client-crl-file); or the clock of the node is wrong.

How to confirm by hand
  etcd's log has the reason:
    kubectl -n kube-system logs -l component=etcd --tail=200 | grep 'rejected connection'

How to fix
  As the log says.

References
  etcd: configuration flags, security.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let examined = match examine(case)? {
        Examination::Certificate(examined) => examined,
        Examination::NotApplicable(reason) => return Ok(Verdict::NotApplicable(reason)),
    };
    if examined.is_accepted() {
        return Ok(Verdict::Pass(examined.evidence()));
    }
    let speaks_no_tls = |(_, record): Probed<'_>| record.failed_by(FailureKind::NotTls);
    if case.view.best(examined.instance).is_some_and(speaks_no_tls) {
        return Ok(Verdict::NotApplicable("its port speaks no TLS, which is another problem"));
    }
    if let super::presented::Taken::Unseen(gap) = &examined.taken {
        return Err(gap.clone());
    }
    let facts = &examined.presented.facts;
    let now = case.view.now();
    let is_in_order = facts.not_before <= now
        && now <= facts.not_after
        && facts.allows_client()
        && examined.presented.has_its_key()
        && !matches!(examined.descent(), Descent::Foreign(_));
    if !is_in_order {
        return Ok(Verdict::NotApplicable("the certificate itself shows why"));
    }
    let command = match &examined.instance.pod {
        Some(pod) => {
            format!("kubectl -n {} logs {} --tail=200 | grep 'rejected connection'", pod.namespace, pod.name)
        }
        None => "journalctl -u etcd -n 200 | grep 'rejected connection'".to_owned(),
    };
    Ok(Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: "etcd refuses the client certificate, though its dates, purposes and issuer seem in order"
            .to_owned(),
        evidence: examined.evidence(),
        remedies: vec![Remedy {
            title: "read the reason in etcd's log".to_owned(),
            steps: vec![
                Step::Run(vec![command]),
                Step::Read("compare --trusted-ca-file, --client-cert-allowed-hostname and the node's clock"),
            ],
            touches: Touches::Nothing,
        }],
    }))
}
