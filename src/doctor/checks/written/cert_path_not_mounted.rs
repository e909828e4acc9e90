//! A check names a certificate, key or CA at a path where the agents that run it have no such file.

use super::each_instance;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, checks::setting},
    model::{
        agents::AgentRole,
        check_config::CheckInstance,
        evidence::Evidence,
        observed::{Gap, Observed},
        workload::{VolumeSource, Workload},
    },
    view::{Mounted, Written, locate, needs_mount},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("cert-path-not-mounted"),
    title: "a check names a certificate file that the agents which run it do not have",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[],
    explain: r"
What was seen
  tls_cert, tls_private_key or tls_ca_cert is a path under no volume of the container that runs the check; or
  the volume is a Secret, and the Secret has no entry of that name. Who runs it was told from where it is
  written: node agents run files and annotations of pods; what the Cluster Agent hands out goes to the runners
  where there are any, unless the endpoints are pods of a node and are not to be resolved by address.

What it means
  The check fails before it connects: `Could not find the TLS certificate file, invalid path` (UNVERIFIED
  wording), for a CA `Could not find a suitable TLS CA certificate bundle`. A CA at a wrong path does so even
  with ssl_verify: false. Datadog's page for OpenShift mounts /host/etc/etcd and names /etc/etcd-certs. The
  Secret etcd-metric-client of OpenShift has tls.crt and tls.key since 4.14; etcd-client.crt and
  etcd-client.key are the names of the one before.

How to confirm by hand
    kubectl -n datadog exec ds/datadog-agent -c agent -- ls -l PATH
    kubectl -n datadog get secret NAME -o jsonpath='{.data}' | tr ',' '\n' | cut -d: -f1

How to fix
  Mount the Secret where the check looks, in the workload that is named, or name the path where it is mounted.

References
  Datadog: control plane monitoring, OpenShift 4. datadog-operator: controlplanemonitoring/configmap.go.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    each_instance(case, |written, instance| judge_one(case, written, instance))
}

fn judge_one(case: &Case<'_>, written: &Written<'_>, instance: &CheckInstance) -> Result<Verdict, Gap> {
    let named: Vec<(&str, &str)> = [
        ("tls_ca_cert", &instance.tls_ca_cert),
        ("tls_cert", &instance.tls_cert),
        ("tls_private_key", &instance.tls_private_key),
    ]
    .into_iter()
    .filter_map(|(option, path)| Some((option, path.as_deref()?)))
    .filter(|(_, path)| needs_mount(path))
    .collect();
    if named.is_empty() {
        return Ok(Verdict::NotApplicable("it names no files that must be mounted"));
    }
    let Some((role, workload)) = case.view.runs(written)? else {
        return Ok(Verdict::NotApplicable("nobody runs it"));
    };
    let mut passed = Vec::new();
    for (option, path) in named {
        match look(case, workload, path)? {
            Ok(seen) => passed.push(seen),
            Err(Missing::Mount(seen)) => return Ok(unmounted(written, (role, workload), option, path, seen)),
            Err(Missing::Entry(seen)) => {
                let summary = format!(
                    "{option} of the check is {path}, and the Secret mounted there has no such entry"
                );
                return Ok(Finding::error(summary)
                    .seen([written.origin.says(format!("{option}: {path}")), seen])
                    .mend(Remedy::edit(
                        "name an entry that the Secret has",
                        Touches::Monitoring,
                        setting::place(&written.origin),
                        format!(
                            "{option}: {}/ENTRY\n",
                            path.rsplit_once('/').map_or("", |(folder, _)| folder)
                        ),
                    ))
                    .found());
            }
            Err(Missing::Secret) => {
                return Ok(Verdict::NotApplicable(
                    "what its volume needs does not exist, so that no agent starts",
                ));
            }
        }
    }
    Ok(Verdict::Pass(passed))
}

/// What a path lacks.
enum Missing {
    /// A volume.
    Mount(Evidence),
    /// The entry of the Secret.
    Entry(Evidence),
    /// The Secret, or an entry that its volume names, without which no pod starts.
    Secret,
}

fn look(case: &Case<'_>, workload: &Workload, path: &str) -> Result<Result<Evidence, Missing>, Gap> {
    let mounts = |claim: String| Evidence::in_workload(workload, Some("volumeMounts"), claim);
    let (name, entry) = match locate(workload, path) {
        Mounted::Nowhere => {
            let container = workload.container("agent");
            let folders: Vec<&str> = container
                .iter()
                .flat_map(|container| &container.mounts)
                .map(|mount| mount.path.as_str())
                .collect();
            return Ok(Err(Missing::Mount(mounts(format!(
                "its volumes are mounted at {}",
                folders.join(", ")
            )))));
        }
        Mounted::Elsewhere(place) => return Ok(Ok(mounts(format!("{path}: {place}")))),
        Mounted::Secret { name, entry } => (name, entry),
    };
    let secret = case.view.snapshot.secret(&workload.namespace, &name);
    let is_optional = workload
        .volumes
        .values()
        .any(|volume| matches!(volume, VolumeSource::Secret { name: of, optional: true, .. } if *of == name));
    let seen =
        |claim: String| Evidence::in_object("Secret", Some(&workload.namespace), &name, Some("data"), claim);
    if secret == Observed::Absent {
        return Ok(Err(if is_optional {
            Missing::Entry(seen("it does not exist, and its volume is optional".to_owned()))
        } else {
            Missing::Secret
        }));
    }
    let is_named = workload.volumes.values().any(|volume| {
        matches!(volume, VolumeSource::Secret { name: of, items, optional: false }
            if *of == name && items.contains_key(&entry))
    });
    let facts = secret.seen(&format!("Secret {}/{name}, in which {path} would be", workload.namespace))?;
    let entries: Vec<&str> = facts.entries.keys().map(String::as_str).collect();
    let seen = seen(format!("its entries are {}", entries.join(", ")));
    Ok(match facts.entries.contains_key(&entry) {
        true => Ok(seen),
        false if is_named => Err(Missing::Secret),
        false => Err(Missing::Entry(seen)),
    })
}

fn unmounted(
    written: &Written<'_>,
    (role, workload): (AgentRole, &Workload),
    option: &str,
    path: &str,
    seen: Evidence,
) -> Verdict {
    let folder = path.rsplit_once('/').map_or(path, |(folder, _)| folder);
    let values = match role {
        AgentRole::Runner => "clusterChecksRunner",
        AgentRole::NodeAgent | AgentRole::ClusterAgent | AgentRole::Sidecar => "agents",
    };
    Finding::error(format!(
        "{option} of the check is {path}, where the {} that run it have no volume",
        role.word()
    ))
    .seen([written.origin.says(format!("{option}: {path}")), seen])
    .mend(Remedy::edit(
        format!("mount the certificates for the {}", role.word()),
        Touches::Monitoring,
        format!(
            "the Helm values of the release of {} {}/{}",
            workload.kind_name(),
            workload.namespace,
            workload.name
        ),
        format!(
            "{values}:\n  volumes:\n    - name: etcd-client\n      secret:\n        secretName: NAME\n  \
                 volumeMounts:\n    - name: etcd-client\n      mountPath: {folder}\n      readOnly: true\n"
        ),
    ))
    .found()
}
