//! The certificate of a kubelet that agents verify has expired, or does not hold yet.

use super::verified::of_certificate;
use crate::{
    doctor::{Case, Check, CheckId, Remedy, Subjects, Touches, Verdict, age},
    model::{component::Component, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("kubelet-cert-expired"),
    title: "the certificate of a kubelet that agents verify has expired, or does not hold yet",
    subjects: Subjects::EachInstance(&[Component::Kubelet]),
    symptom_of: &[],
    explain: r"
What was seen
  The agents verify their kubelet's certificate, and the one that it serves ended before now, or begins after now, by the
  clock of the machine that ctlmon runs on.

What it means
  The Agent breaks off: `x509: certificate has expired or is not yet valid`. A kubelet renews a certificate that the
  cluster signs by itself, if somebody approves the request; one that it made for itself lives for a year and is made anew
  only when the file is gone.

How to confirm by hand
    openssl s_client -connect NODE:10250 </dev/null 2>/dev/null | openssl x509 -noout -dates
    kubectl get csr

How to fix
  Approve the request that waits. Of a certificate that the kubelet made for itself remove /var/lib/kubelet/pki/kubelet.crt
  and kubelet.key, and restart the kubelet.

References
  datadog-agent#5096. Kubernetes: kubelet TLS bootstrapping, certificate rotation.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    of_certificate(case, |verified| {
        let (now, facts) = (case.view.now(), &verified.facts);
        let seen = verified.seen(format!("served a certificate: {}", facts.describe()));
        if (facts.not_before..=facts.not_after).contains(&now) {
            return Ok(Verdict::pass(seen));
        }
        let words = if now > facts.not_after {
            format!("expired {}", age::relative(now, facts.not_after))
        } else {
            format!("does not hold before {}", facts.not_before)
        };
        let lines = ["kubectl get csr".to_owned(), "kubectl certificate approve NAME".to_owned()];
        let approve =
            Remedy::run("approve the request that waits, if it is the node's", Touches::ControlPlane, &lines);
        let lines = [
            "rm /var/lib/kubelet/pki/kubelet.crt /var/lib/kubelet/pki/kubelet.key".to_owned(),
            "systemctl restart kubelet".to_owned(),
        ];
        let renew = Remedy::run(
            "or, where the kubelet made it for itself, have it made anew",
            Touches::ControlPlane,
            &lines,
        )
        .knowing("on that node, as root");
        let finding = verified.error(format!("the certificate of this kubelet {words}"), seen);
        Ok(finding.mend(approve).mend(renew).found())
    })
}
