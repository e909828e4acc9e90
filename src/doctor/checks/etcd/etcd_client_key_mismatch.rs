//! The private key beside the client certificate for etcd is that of another certificate.

use super::{
    presented::{Examination, examine},
    remedy,
};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Subjects, Verdict},
    model::{
        component::Component,
        evidence::Evidence,
        observed::{Gap, Why},
        question::CertificateSource,
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("etcd-client-key-mismatch"),
    title: "the private key for etcd is that of another certificate",
    subjects: Subjects::EachInstance(&[Component::Etcd]),
    symptom_of: &[],
    explain: r#"
What was seen
  The public half of the private key that the agents have for etcd is not the one in the certificate beside it. ctlmon
  compares the hashes of both; of the key nothing else is kept.

What it means
  No connection comes about. The Agent's log has `KEY_VALUES_MISMATCH` or `key values mismatch`; a client that does not
  compare them gets the alert `decrypt_error` of etcd. It happens where a certificate is renewed and only one of two files
  is put into the Secret.

How to confirm by hand
    kubectl -n datadog get secret etcd-client -o go-template='{{index .data "tls.crt" | base64decode}}' | openssl x509 -noout -pubkey | sha256sum
    kubectl -n datadog get secret etcd-client -o go-template='{{index .data "tls.key" | base64decode}}' | openssl pkey -pubout | sha256sum

How to fix
  Put certificate and key of one issue into the Secret together.

References
  OpenSSL: X509_check_private_key. Go: crypto/tls, X509KeyPair.
"#,
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let examined = match examine(case)? {
        Examination::Certificate(examined) => examined,
        Examination::NotApplicable(reason) => return Ok(Verdict::NotApplicable(reason)),
    };
    let source = &examined.presented.source;
    let Some(key) = examined.presented.key.as_ref() else {
        return Ok(Verdict::NotApplicable("no key is named that was read apart from the certificate"));
    };
    let Some(of_key) = &key.public_key else {
        let what = format!("the private key beside {}", source.describe());
        return Err(Gap::new(what, Why::Failed("it cannot be read as a key".to_owned())));
    };
    let of_certificate = examined.presented.facts.public_key_fingerprint();
    let claim = |hash: &str| format!("its public key has the SHA-256 {}…", hash.get(..16).unwrap_or(hash));
    let key = match source {
        CertificateSource::Secret { namespace, name, key, .. } => {
            Evidence::in_object("Secret", Some(namespace), name, key.as_deref(), claim(of_key))
        }
        CertificateSource::Files { .. } => {
            Evidence::in_certificate(source, format!("of the key beside it: {}", claim(of_key)))
        }
    };
    let seen = [Evidence::in_certificate(source, claim(&of_certificate)), key];
    if examined.presented.has_its_key() {
        return Ok(Verdict::Pass(seen.into()));
    }
    let entry = match source {
        CertificateSource::Secret { key: Some(key), .. } => {
            format!("{key} holds the key of another certificate")
        }
        _ => "the private key is that of another certificate".to_owned(),
    };
    Ok(Finding::error(format!("etcd cannot be asked with the client certificate: {entry}"))
        .seen(seen.into_iter().chain([examined.reaction()]))
        .mend(remedy::issue_again(examined.instance, source))
        .found())
}
