//! A certificate in a file of the node is not valid yet.

use super::certificate::held;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Subjects, Touches, Verdict, age},
    model::observed::Gap,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("certificate-file-not-yet-valid"),
    title: "a certificate in a file of the node is not valid yet",
    subjects: Subjects::EachNodeFile,
    symptom_of: &[],
    explain: r"
What was seen
  A certificate file of the node, or the client certificate embedded in a kubeconfig, begins after now, by the clock
  of this node.

What it means
  Whoever is shown it refuses it, mostly with the same words as an expired one. It was made on a machine whose clock
  was ahead, or this node's clock is behind: then every certificate of the cluster is in doubt here.

How to confirm by hand
    openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -startdate
    date -u
    timedatectl

How to fix
  Compare the clocks of the nodes and mend the wrong one; issue the certificate again if it was made by the wrong
  clock.

References
  kubeadm: certificate management with kubeadm.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let Some(held) = held(case)? else { return Ok(Verdict::NotApplicable("it holds no certificate")) };
    let (now, begin) = (case.view.now(), held.facts.not_before);
    if begin <= now {
        return Ok(Verdict::Pass(held.evidence()));
    }
    let clock = Remedy::run("compare the clocks of the nodes", Touches::Nothing, &["date -u".to_owned()]);
    Ok(Verdict::Problem(Finding {
        severity: if held.is_for_people() { Severity::Warning } else { Severity::Error },
        own_cause: false,
        summary: format!(
            "the certificate in {} is not valid before {begin}, {}",
            held.path,
            age::relative(now, begin)
        ),
        evidence: held.evidence(),
        remedies: vec![clock, held.renew()],
    }))
}
