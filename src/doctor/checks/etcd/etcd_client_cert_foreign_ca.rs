//! The client certificate that is presented to etcd comes from another CA.

use super::{
    presented::{Descent, Examination, examine},
    remedy,
};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Severity, Subjects, Verdict},
    model::{
        component::Component,
        observed::{Gap, Why},
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("etcd-client-cert-foreign-ca"),
    title: "the client certificate for etcd comes from another CA",
    subjects: Subjects::EachInstance(&[Component::Etcd]),
    symptom_of: &[],
    explain: r"
What was seen
  etcd refuses the client certificate, and its issuer is not the CA that etcd trusts. ctlmon compares the issuer's
  name with the names that etcd sends in the handshake, byte for byte, and the signature with the key of the CA
  that the same configuration trusts. A CA of the same name with another key is found that way too.

What it means
  The certificate was signed by the wrong CA: the cluster's CA (/etc/kubernetes/pki/ca.crt) instead of etcd's
  (/etc/kubernetes/pki/etcd/ca.crt); a peer CA instead of the client CA (kOps, RKE2); the etcd CA of another
  cluster, or of this one before it was built again. Every kubeadm cluster calls its etcd CA `etcd-ca`, so the
  name alone proves nothing.

How to confirm by hand
    openssl x509 -in tls.crt -noout -issuer -ext authorityKeyIdentifier
    openssl x509 -in /etc/kubernetes/pki/etcd/ca.crt -noout -subject -ext subjectKeyIdentifier
    openssl verify -CAfile /etc/kubernetes/pki/etcd/ca.crt -purpose sslclient tls.crt

How to fix
  Issue the certificate again by the CA that etcd is started with (--trusted-ca-file), or ask etcd's metrics URL
  on loopback, which needs none.

References
  etcd: transport security model. Go's crypto/x509 chains by the exact bytes of the issuer's name.
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
    match examined.descent() {
        Descent::Foreign(how) if examined.is_refused() => Ok(Verdict::Problem(Finding {
            severity: Severity::Error,
            own_cause: false,
            summary: format!("the client certificate for etcd comes from another CA: {how}"),
            evidence: examined.evidence(),
            remedies: remedy::replace(&examined),
        })),
        // Without having seen etcd refuse it, another CA is a suspicion: etcd may trust both.
        Descent::Foreign(how) => {
            let what =
                format!("whether etcd on {} takes the client certificate ({how})", examined.instance.name);
            let why = match &examined.taken {
                super::presented::Taken::Unseen(gap) => gap.why.clone(),
                _ => Why::NotAsked,
            };
            Err(Gap::new(what, why))
        }
        Descent::Known => Ok(Verdict::Pass(examined.evidence())),
        Descent::Unclear => Ok(Verdict::NotApplicable("there is no CA to compare its issuer with")),
    }
}
