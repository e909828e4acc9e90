//! A workload refers to a Secret or a `ConfigMap` that is not there, so that its pods do not start.

use crate::{
    doctor::{
        Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, checks::etcd::remedy, shell::word,
    },
    model::{
        agents::AgentRole,
        component::Component,
        evidence::Evidence,
        observed::{Gap, Observed},
        question::{CertificateSource, ObjectKind, ObjectRef},
    },
    view::{
        cluster_agent::{TokenSource, token_source},
        references::{Reference, copies, references},
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("referenced-object-missing"),
    title: "a Secret or a ConfigMap that agents refer to is missing",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[],
    explain: r#"
What was seen
  A variable or a volume of a workload names a Secret or a ConfigMap that does not exist in its namespace,
  or an entry that it does not have, and does not call it optional. The Secret of the Cluster Agent's token
  and OpenShift's certificate for etcd are judged by checks of their own.

What it means
  A pod can name objects of its own namespace only. Its containers are not made: CreateContainerConfigError
  with `secret "datadog" not found` or `couldn't find key api-key in Secret datadog/datadog`; a volume keeps
  it in ContainerCreating. Pods that run already go on until they are made anew.

How to confirm by hand
    kubectl -n datadog get secrets,configmaps
    kubectl -n datadog get events --field-selector type=Warning

How to fix
  Make the object, copy it into this namespace, or correct the name. Entries differ between installations:
  the chart reads api-key and app-key, the operator api_key and app_key unless keyName says otherwise.

References
  DataDog/datadog-operator#191, #96. Kubernetes: Secrets as variables and volumes.
"#,
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (role, workload) = case.workload()?;
    let copies: Vec<ObjectRef> = copies(workload).into_iter().map(|(copy, _)| copy).collect();
    // Of agents the token is judged together with the Cluster Agent's.
    let token = match token_source(workload) {
        TokenSource::Secret { name, key, .. } if role != AgentRole::ClusterAgent => Some((name, key)),
        _ => None,
    };
    let is_judged_elsewhere = |reference: &Reference, is_absent: bool| {
        (is_absent && copies.contains(&reference.object))
            || token.as_ref().is_some_and(|(name, key)| {
                reference.object.kind == ObjectKind::Secret
                    && reference.object.name == *name
                    && (is_absent || reference.key.as_ref() == Some(key))
            })
    };
    let (mut missing, mut found, mut gap) = (Vec::new(), Vec::new(), None);
    for reference in references(role, workload) {
        let what = reference.object.to_string();
        let claim = match (case.view.entries(&reference.object), &reference.key) {
            (Observed::Seen(entries), Some(key)) if !entries.contains(key) => {
                format!("{what} has no entry {key}")
            }
            (Observed::Seen(_), _) => {
                found.push(Evidence::in_ref(
                    &reference.object,
                    None,
                    format!("exists, as {} needs", reference.by),
                ));
                continue;
            }
            (Observed::Absent, _) if is_judged_elsewhere(&reference, true) => continue,
            (Observed::Absent, _) => format!("{what} does not exist"),
            (other, _) => {
                gap = gap.or_else(|| other.seen(&what).err());
                continue;
            }
        };
        if !is_judged_elsewhere(&reference, false) {
            missing.push((claim, reference));
        }
    }
    let Some((claim, _)) = missing.first() else {
        return match gap {
            Some(gap) => Err(gap),
            None if found.is_empty() => {
                Ok(Verdict::NotApplicable("it refers to no object that is not judged elsewhere"))
            }
            None => Ok(Verdict::Pass(found)),
        };
    };
    let summary = format!("the {} refer to what is not there: {claim}", role.word());
    let mut finding = Finding::error(summary);
    for (claim, reference) in &missing {
        let by = Evidence::in_workload(workload, None, format!("{} needs it", reference.by));
        finding = finding.seen([Evidence::in_ref(&reference.object, None, claim.clone()), by]);
    }
    let (mut lines, mut certificates) = (Vec::new(), Vec::new());
    for (_, reference) in &missing {
        match certificate(case, &reference.object) {
            Some(remedy) if certificates.contains(&remedy) => {}
            Some(remedy) => certificates.push(remedy),
            None => lines.push(making(reference)),
        }
    }
    lines.dedup();
    finding.remedies = certificates;
    if !lines.is_empty() {
        let title = "make what is missing, under the name and with the entry that is referred to";
        finding = finding.mend(
            Remedy::run(title, Touches::Monitoring, &lines)
                .knowing("write the value into the file FILE first, without a line feed at its end"),
        );
    }
    Ok(finding.found())
}

/// How the client certificate for etcd is made that a Secret is to hold; `None` for other Secrets.
fn certificate(case: &Case<'_>, object: &ObjectRef) -> Option<Remedy> {
    let mut etcds = case.view.instances.iter().filter(|instance| instance.component == Component::Etcd);
    etcds.find_map(|instance| {
        let (source, _) = case.view.client_certificate_source(instance).ok()??;
        let CertificateSource::Secret { namespace, name, .. } = &source else { return None };
        let is_kept_there =
            object.kind == ObjectKind::Secret && (namespace, name) == (&object.namespace, &object.name);
        is_kept_there.then(|| remedy::issue_again(instance, &source))
    })
}

/// The command that makes an object, or adds an entry to it; values come out of files and never through arguments.
fn making(reference: &Reference) -> String {
    let ObjectRef { kind, namespace, name } = &reference.object;
    let kind = if *kind == ObjectKind::Secret { "secret generic" } else { "configmap" };
    let (namespace, key) = (word(namespace), word(reference.key.as_deref().unwrap_or("KEY")));
    format!(
        "kubectl -n {namespace} create {kind} {} --from-file={key}=FILE --dry-run=client -o yaml | kubectl -n {namespace} apply --server-side --field-manager=ctlmon -f -",
        word(name)
    )
}
