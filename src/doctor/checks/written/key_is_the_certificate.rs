//! A check names its certificate's file where that of the private key belongs.

use super::each_instance;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, checks::setting},
    model::{answer::SecretEntry, check_config::CheckInstance, evidence::Evidence, observed::Gap},
    view::{Mounted, Written, locate},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("key-is-the-certificate"),
    title: "a check names its certificate's file in place of the private key's",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[],
    explain: r"
What was seen
  tls_private_key holds no private key: it is an entry of a Secret that has a certificate in it; or it is the
  same path as tls_cert, on a node where the file itself cannot be read.

What it means
  No TLS connection comes about: the Agent's log has an SSL error without the host's name in it. Datadog's
  page for Rancher names kube-etcd-IP.pem for both, where the key is kube-etcd-IP-key.pem. One file that holds
  certificate and key is allowed, and then tls_private_key can be left out.

How to confirm by hand
    kubectl -n datadog exec ds/datadog-agent -c agent -- grep -c 'PRIVATE KEY' PATH

How to fix
  Name the file of the key.

References
  Datadog: control plane monitoring, Rancher 2.5 and later. The section for older ones has the right name.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    each_instance(case, |written, instance| judge_one(case, written, instance))
}

fn judge_one(case: &Case<'_>, written: &Written<'_>, instance: &CheckInstance) -> Result<Verdict, Gap> {
    let (Some(certificate), Some(key)) = (&instance.tls_cert, &instance.tls_private_key) else {
        return Ok(Verdict::NotApplicable("it does not name both a certificate and a key"));
    };
    let Some((_, workload)) = case.view.runs(written)? else {
        return Ok(Verdict::NotApplicable("nobody runs it"));
    };
    let says = written.origin.says(format!("tls_cert: {certificate}, tls_private_key: {key}"));
    let of_secret = match locate(workload, key) {
        Mounted::Secret { name, entry } => {
            let secret = case.view.snapshot.secret(&workload.namespace, &name);
            secret.value().and_then(|facts| {
                let is_certificate = matches!(facts.entries.get(&entry)?, SecretEntry::Certificates(_));
                let claim = if is_certificate { "it is a certificate" } else { "it is no certificate" };
                let place = Some(entry.as_str());
                let seen = Evidence::in_object("Secret", Some(&workload.namespace), &name, place, claim);
                Some((is_certificate, seen))
            })
        }
        Mounted::Nowhere | Mounted::Elsewhere(_) => None,
    };
    let (finding, seen) = match of_secret {
        Some((true, seen)) => {
            (Finding::error(format!("tls_private_key is {key}, which is a certificate")), Some(seen))
        }
        None if certificate == key => (
            Finding::warning(format!(
                "tls_cert and tls_private_key are both {key}, which must then hold both"
            )),
            None,
        ),
        Some((false, seen)) => return Ok(Verdict::Pass(vec![says, seen])),
        None => return Ok(Verdict::pass(says)),
    };
    Ok(finding
        .seen([says].into_iter().chain(seen))
        .mend(Remedy::edit(
            "name the file of the private key",
            Touches::Monitoring,
            setting::place(&written.origin),
            "tls_private_key: PATH\n",
        ))
        .found())
}
