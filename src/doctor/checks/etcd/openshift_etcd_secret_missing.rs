//! The copy of OpenShift's etcd certificate that the agents mount does not exist.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, checks::agents::standing},
    model::{
        evidence::Evidence,
        observed::{Gap, Observed},
        surroundings::Told,
        workload::VolumeSource,
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("openshift-etcd-secret-missing"),
    title: "the copy of OpenShift's etcd certificate that the agents mount does not exist",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  The pods mount a Secret by the name that OpenShift gives its certificate for etcd's metrics, and their namespace has no
  such Secret.

What it means
  A pod mounts Secrets of its own namespace alone, so the certificate is copied there. Without it the pods hang in
  ContainerCreating: `secret not found`. OpenShift has moved the original more than once: openshift-monitoring until 4.13,
  openshift-etcd-operator from 4.14 on (openshift-etcd in newer documents), and its entries were called otherwise before.

How to confirm by hand
    oc get secret -A | grep -e etcd-metric-client -e kube-etcd-client-certs
    oc -n datadog get events --field-selector reason=FailedMount

How to fix
  Copy it from where this release keeps it. The copy grows stale when the original is renewed; the operator since June 2026
  copies it by itself.

References
  Datadog: control plane monitoring, OpenShift 4; documentation#25676. openshift-docs#93254. datadog-operator#3131.
",
    judge,
};

/// The names that OpenShift gives the Secret, the newest first, and the namespaces where it may be.
const NAMES: [&str; 2] = ["etcd-metric-client", "kube-etcd-client-certs"];

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (_, workload) = case.workload()?;
    let mounted = workload.volumes.values().find_map(|volume| match volume {
        VolumeSource::Secret { name, optional: false, .. } if NAMES.contains(&name.as_str()) => Some(name),
        _ => None,
    });
    let Some(secret) = mounted else {
        return Ok(Verdict::NotApplicable("its pods do not mount OpenShift's certificate for etcd"));
    };
    let namespace = &workload.namespace;
    let at = |claim: &str| Evidence::in_object("Secret", Some(namespace), secret, None, claim.to_owned());
    let evidence = match case.view.snapshot.secret(namespace, secret) {
        Observed::Seen(_) => return Ok(Verdict::pass(at("it is there"))),
        Observed::Absent => vec![at("it does not exist")],
        _ => {
            // Pods that run have had it, which says nothing of those to come; but nobody can look.
            if let Some(whole) = standing::whole(workload) {
                return Ok(Verdict::pass(whole));
            }
            let told =
                standing::warnings(case, workload, |event| event.tells.contains(&Told::SecretMissing))?;
            told.into_iter().map(|event| standing::of_event(event, Told::SecretMissing.words())).collect()
        }
    };
    if evidence.is_empty() {
        return Ok(Verdict::pass(at("no warning says that it is missing")));
    }
    let line = format!(
        "oc -n openshift-etcd-operator get secret etcd-metric-client -o json | jq 'del(.metadata) | .metadata.name=\"{secret}\"' | oc -n {namespace} apply -f -"
    );
    let remedy =
        Remedy::run("copy it from where OpenShift 4.14 and later keep it", Touches::Monitoring, &[line])
            .knowing("renew the copy whenever the original is renewed");
    let finding = Finding::error(format!(
        "Secret {namespace}/{secret}, which {} mounts, does not exist",
        workload.name
    ));
    Ok(finding.seen(evidence).mend(remedy).found())
}
