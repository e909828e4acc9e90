//! What lies in the Secret of the API key is no API key.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, shell::word},
    model::{
        agent_role::{Variable, variable},
        answer::SecretEntry,
        evidence::Evidence,
        observed::{Gap, Observed},
        workload::EnvSource,
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("api-key-malformed"),
    title: "what the agents have for an API key is none",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[],
    explain: r#"
What was seen
  The entry of the Secret that DD_API_KEY comes from holds white space, or is not 32 characters long; 40 are
  those of an application key. ctlmon looks at its length and shows nothing of it, and it does not ask
  Datadog.

What it means
  Datadog refuses everything that is sent: `API Key invalid, dropping transaction for https://…`. A line
  feed at the end comes from `echo KEY | base64`; 40 characters mean that the two keys were swapped.

How to confirm by hand
    kubectl -n datadog get secret datadog-secret -o go-template='{{len (index .data "api-key" | base64decode)}}'

How to fix
  Make the Secret from a file with the key alone in it, and restart the workloads that read it.

References
  DataDog/datadog-agent#4998; DataDog/docker-dd-agent#250. Datadog: API and application keys.
"#,
    judge,
};

/// How long keys are.
const API: usize = 32;
const APPLICATION: usize = 40;

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (role, workload) = case.workload()?;
    let Variable::From(EnvSource::Secret { name, key } | EnvSource::OptionalSecret { name, key }) =
        variable(workload, "DD_API_KEY")
    else {
        return Ok(Verdict::NotApplicable("its API key does not come from a Secret"));
    };
    let namespace = &workload.namespace;
    let facts = match case.view.snapshot.secret(namespace, name) {
        Observed::Absent => {
            return Ok(Verdict::NotApplicable("there is no such Secret, which is another problem"));
        }
        other => other.seen(&format!("Secret {namespace}/{name}"))?.to_owned(),
    };
    let Some(entry) = facts.entries.get(key) else {
        return Ok(Verdict::NotApplicable("the Secret has no such entry, which is another problem"));
    };
    let claim = match entry {
        SecretEntry::Opaque { white_space: true, .. } => "holds white space".to_owned(),
        SecretEntry::Opaque { length: API, .. } => {
            let claim = format!("has {API} characters and no white space");
            return Ok(Verdict::pass(Evidence::in_object("Secret", Some(namespace), name, Some(key), claim)));
        }
        SecretEntry::Opaque { length: APPLICATION, .. } => {
            format!("has {APPLICATION} characters, which is an application key")
        }
        SecretEntry::Opaque { length, .. } => format!("has {length} characters, and an API key has {API}"),
        SecretEntry::Certificates(_) | SecretEntry::PrivateKey(_) => {
            "holds a certificate or a key of one".to_owned()
        }
    };
    let seen = Evidence::in_object("Secret", Some(namespace), name, Some(key), claim.clone());
    let by = Evidence::in_variables(workload, format!("DD_API_KEY of the {} comes from there", role.word()));
    let kind = workload.kind_name().to_lowercase();
    let lines = [
        format!(
            "kubectl -n {0} create secret generic {1} --from-file={2}=FILE --dry-run=client -o yaml | kubectl -n {0} apply --server-side --force-conflicts --field-manager=ctlmon -f -",
            word(namespace),
            word(name),
            word(key)
        ),
        format!("kubectl -n {} rollout restart {kind}/{}", word(namespace), word(&workload.name)),
    ];
    Ok(Finding::error(format!("Secret {namespace}/{name} holds no API key in {key}: it {claim}"))
        .seen([seen, by])
        .mend(
            Remedy::run("write the API key into the Secret", Touches::Monitoring, &lines).knowing(
                "FILE holds the key and nothing else: write it with printf %s, which adds no line feed",
            ),
        )
        .found())
}
