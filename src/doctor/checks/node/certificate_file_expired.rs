//! A certificate in a file of the node has expired.

use super::certificate::held;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Severity, Subjects, Verdict, age},
    model::observed::Gap,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("certificate-file-expired"),
    title: "a certificate in a file of the node has expired",
    subjects: Subjects::EachNodeFile,
    symptom_of: &[],
    explain: r"
What was seen
  A certificate file of the node, or the client certificate embedded in a kubeconfig, ended before now. With
  --on-node ctlmon reads the files that the flags of the components name, and those of kubeadm and kOps by their
  places; components need not run for that.

What it means
  Whoever is shown it refuses it. An expired apiserver-etcd-client.crt keeps the API server from etcd, so that it
  does not even start; an expired kubelet certificate keeps the node from the API server. kubeadm's certificates
  live for one year and its upgrades renew them, so a cluster that nobody upgraded for a year stops by itself.
  A kubeconfig that no component names, such as admin.conf, only locks people out: that is a warning.

How to confirm by hand
    openssl x509 -in /etc/kubernetes/pki/apiserver-etcd-client.crt -noout -subject -dates
    kubeadm certs check-expiration
    date -u

How to fix
  Renew it with the tool that made it (kubeadm certs renew NAME) and restart what uses it: static pods keep the
  certificate that they were started with. If the date above is wrong, mend the clock instead.

References
  kubeadm: certificate management with kubeadm. kOps: rotating secrets.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let Some(held) = held(case)? else { return Ok(Verdict::NotApplicable("it holds no certificate")) };
    let (now, end) = (case.view.now(), held.facts.not_after);
    if end >= now {
        return Ok(Verdict::Pass(held.evidence()));
    }
    Ok(Verdict::Problem(Finding {
        severity: if held.is_for_people() { Severity::Warning } else { Severity::Error },
        own_cause: false,
        summary: format!("the certificate in {} expired on {end}, {}", held.path, age::relative(now, end)),
        evidence: held.evidence(),
        remedies: vec![held.renew()],
    }))
}
