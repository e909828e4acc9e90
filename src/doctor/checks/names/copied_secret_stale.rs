//! A Secret that was copied for the agents is no longer what its origin is.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, shell::word},
    model::{
        answer::SecretFacts,
        evidence::Evidence,
        observed::{Gap, Observed},
        question::ObjectRef,
    },
    view::references::copies,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("copied-secret-stale"),
    title: "a copied Secret is no longer equal to its origin",
    subjects: Subjects::EachAgentWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  Agents mount a Secret that is a copy of one of OpenShift's own (etcd-metric-client; kube-etcd-client-certs
  before 4.14), and the two hold different certificates or keys. Certificates are compared as they are, all
  else by fingerprint.

What it means
  OpenShift renews the origin, and nobody renews the copy: it goes on until its certificate expires or its
  CA is changed, and then etcd refuses the agents. A copy of the Cluster Agent's token that went stale is
  found by cluster-agent-token-mismatch.

How to confirm by hand
    kubectl -n openshift-etcd-operator get secret etcd-metric-client -o jsonpath='{.data.tls\.crt}' | sha256sum
    kubectl -n datadog get secret etcd-metric-client -o jsonpath='{.data.tls\.crt}' | sha256sum

How to fix
  Copy it again, and restart nothing: a mounted Secret is renewed in the pods within minutes. The operator
  of 1.29 and later copies it by itself.

References
  DataDog/datadog-operator#3131, #3179; DataDog/documentation#25676; openshift/openshift-docs#93254.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (_, workload) = case.workload()?;
    let copies = copies(workload);
    if copies.is_empty() {
        return Ok(Verdict::NotApplicable("it mounts no Secret that is known to be a copy"));
    }
    let mut alike = Vec::new();
    for (copy, origins) in copies {
        let held = match secret(case, &copy) {
            Observed::Absent => continue,
            other => other.seen(&name(&copy))?.to_owned(),
        };
        let mut gap = None;
        for origin in origins {
            let facts = match secret(case, &origin) {
                Observed::Absent => continue,
                other => match other.seen(&name(&origin)) {
                    Ok(facts) => facts.to_owned(),
                    Err(found) => {
                        gap = gap.or(Some(found));
                        continue;
                    }
                },
            };
            let Some(entry) = differing(held, facts) else {
                alike.push(Evidence::in_ref(&copy, None, format!("is equal to {}", name(&origin))));
                gap = None;
                break;
            };
            return Ok(stale(&copy, &origin, entry));
        }
        if let Some(gap) = gap {
            return Err(gap);
        }
    }
    Ok(if alike.is_empty() {
        Verdict::NotApplicable("the origin is not there")
    } else {
        Verdict::Pass(alike)
    })
}

fn secret<'a>(case: &Case<'a>, object: &ObjectRef) -> Observed<&'a SecretFacts> {
    case.view.snapshot.secret(&object.namespace, &object.name)
}

fn name(object: &ObjectRef) -> String {
    format!("Secret {}/{}", object.namespace, object.name)
}

/// The first entry of the origin that the copy has otherwise, or not at all.
fn differing<'a>(copy: &SecretFacts, origin: &'a SecretFacts) -> Option<&'a str> {
    let mut entries = origin.entries.iter();
    entries.find(|(key, entry)| copy.entries.get(*key) != Some(entry)).map(|(key, _)| key.as_str())
}

fn stale(copy: &ObjectRef, origin: &ObjectRef, entry: &str) -> Verdict {
    let line = format!(
        "kubectl -n {} get secret {} -o json | jq '{{apiVersion, kind, type, data, metadata: {{name: .metadata.name}}}}' | kubectl -n {} apply --server-side --force-conflicts --field-manager=ctlmon -f -",
        word(&origin.namespace),
        word(&origin.name),
        word(&copy.namespace)
    );
    Finding::warning(format!("{} is a copy of {} and no longer equal to it", name(copy), name(origin)))
        .seen([
            Evidence::in_ref(copy, Some(entry), "is another than in its origin"),
            Evidence::in_ref(origin, Some(entry), "is the origin's"),
        ])
        .mend(
            Remedy::run("copy it again", Touches::Monitoring, &[line])
                .knowing("the pods see the new content within minutes"),
        )
        .found()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::answer::{Der, SecretEntry};

    fn secret(entries: &[(&str, u8)]) -> SecretFacts {
        let entry = |byte: u8| SecretEntry::Certificates(vec![Der(vec![byte])]);
        let entries = entries.iter().map(|(key, byte)| ((*key).to_owned(), entry(*byte))).collect();
        SecretFacts { entries, managed_by: None, changed: None }
    }

    #[test]
    fn what_the_origin_has_the_copy_must_have_and_may_have_more() {
        let origin = secret(&[("tls.crt", 1)]);
        assert_eq!(differing(&secret(&[("tls.crt", 1), ("ca.crt", 9)]), &origin), None);
        assert_eq!(differing(&secret(&[("tls.crt", 2)]), &origin), Some("tls.crt"));
        assert_eq!(differing(&secret(&[]), &origin), Some("tls.crt"));
    }
}
