//! An option of the check of etcd stands under a name that this mode of the check does not read.

use super::each_instance;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, checks::setting},
    model::{check_config::CheckInstance, component::Component, observed::Gap},
    view::Written,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("option-under-old-name"),
    title: "an option of the check of etcd stands under a name that is not read",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[],
    explain: r"
What was seen
  The check of etcd has ssl_keyfile, ssl_certfile, ssl_cert_validation or ssl_ca_certs, without use_preview:
  false; or, with it, ssl_cert, ssl_private_key, ssl_ca_cert or ssl_verify.

What it means
  The check of etcd has two modes with older names of their own, and reads those of the other mode not at all:
  the certificate is not presented, or the CA not used. ssl_verify and its like are still read by all other
  checks, and by that of etcd in its usual mode, so that they are no problem there.

How to confirm by hand
    kubectl -n datadog exec ds/datadog-agent -c agent -- agent configcheck | grep -A 8 etcd

How to fix
  Use the names that hold in both modes: tls_cert, tls_private_key, tls_ca_cert, tls_verify.

References
  integrations-core: etcd.py, HTTP_CONFIG_REMAPPER of either mode.
",
    judge,
};

/// The older names with their present ones, and whether they belong to the mode for the API of etcd 2.
const NAMES: [(&str, &str, bool); 8] = [
    ("ssl_keyfile", "tls_private_key", true),
    ("ssl_certfile", "tls_cert", true),
    ("ssl_cert_validation", "tls_verify", true),
    ("ssl_ca_certs", "tls_ca_cert", true),
    ("ssl_private_key", "tls_private_key", false),
    ("ssl_cert", "tls_cert", false),
    ("ssl_verify", "tls_verify", false),
    ("ssl_ca_cert", "tls_ca_cert", false),
];

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    each_instance(case, |written, instance| Ok(judge_one(written, instance)))
}

fn judge_one(written: &Written<'_>, instance: &CheckInstance) -> Verdict {
    if written.component != Component::Etcd {
        return Verdict::NotApplicable("its older names are all read");
    }
    let is_old_mode = instance.use_preview == Some(false);
    let unread: Vec<&(&str, &str, bool)> = NAMES
        .iter()
        .filter(|(name, _, of_old_mode)| {
            *of_old_mode != is_old_mode && instance.old_names.iter().any(|written| written == name)
        })
        .collect();
    if unread.is_empty() {
        let claim = match instance.old_names.as_slice() {
            [] => "its options have their present names".to_owned(),
            names => format!("{} is still read", names.join(", ")),
        };
        return Verdict::pass(written.origin.says(claim));
    }
    let names: Vec<&str> = unread.iter().map(|(name, ..)| *name).collect();
    let change: Vec<String> =
        unread.iter().map(|(name, now, _)| format!("{now} in place of {name}")).collect();
    let mode = if is_old_mode { "with use_preview: false" } else { "without use_preview: false" };
    Finding::error(format!("the check of etcd does not read {} {mode}", names.join(", ")))
        .seen([written.origin.says(format!("it has {}", names.join(", ")))])
        .mend(Remedy::edit(
            "use the names that are always read",
            Touches::Monitoring,
            setting::place(&written.origin),
            change.join("\n") + "\n",
        ))
        .found()
}
