//! A certificate in a file of the node ends soon.

use super::certificate::held;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Severity, Subjects, Verdict, age},
    model::observed::Gap,
};

/// How many seconds are soon: thirty days.
const SOON: i64 = 30 * 86_400;

/// What is left must be less than this part of its life: a kubelet renews its certificate when a tenth or more is left,
/// and certificates of a day are renewed every day.
const PART: i64 = 10;

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("certificate-file-expires-soon"),
    title: "a certificate in a file of the node ends within thirty days",
    subjects: Subjects::EachNodeFile,
    symptom_of: &[],
    explain: r"
What was seen
  A certificate file of the node, or the client certificate embedded in a kubeconfig, ends within thirty days, and
  less than a tenth of its life is left, so that what renews itself would have done so by now.

What it means
  Nothing yet. When it ends, whoever is shown it refuses it: the API server loses etcd, the node loses the API server.

How to confirm by hand
    openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -enddate
    kubeadm certs check-expiration

How to fix
  Upgrade the cluster, which renews kubeadm's certificates, or renew them (kubeadm certs renew all) and restart the
  static pods.

References
  kubeadm: certificate management with kubeadm. Kubernetes: configure certificate rotation for the kubelet.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let Some(held) = held(case)? else { return Ok(Verdict::NotApplicable("it holds no certificate")) };
    let (now, begin, end) = (case.view.now(), held.facts.not_before, held.facts.not_after);
    let left = end.as_second() - now.as_second();
    if left < 0 {
        return Ok(Verdict::NotApplicable("it has expired, which is another problem"));
    }
    if left >= SOON || left >= (end.as_second() - begin.as_second()) / PART {
        return Ok(Verdict::Pass(held.evidence()));
    }
    Ok(Verdict::Problem(Finding {
        severity: Severity::Warning,
        own_cause: false,
        summary: format!("the certificate in {} expires on {end}, {}", held.path, age::relative(now, end)),
        evidence: held.evidence(),
        remedies: vec![held.renew()],
    }))
}
