//! What to do about tokens that differ: one Secret where both can name it, else a copy. Nothing is run from here.

use crate::{
    doctor::{Remedy, Step, Touches},
    model::{agents::TOKEN_VARIABLE, workload::Workload},
    view::{View, cluster_agent::TokenSource},
};

/// Draws another token for everybody.
pub(super) fn anew(view: &View<'_>, workload: &Workload) -> Remedy {
    let cluster_agent = view.cluster_agent_of(workload).ok().flatten().unwrap_or(workload);
    let mut remedy = one_secret(workload, cluster_agent);
    if workload.namespace != cluster_agent.namespace {
        remedy.steps.push(Step::Read("then copy it into the namespaces of sidecars, and restart these"));
    }
    remedy
}

/// What to do so that the agents present what the Cluster Agent expects.
pub(super) fn remedy(
    (workload, ours): (&Workload, &TokenSource),
    (cluster_agent, expected): (&Workload, &TokenSource),
) -> Remedy {
    if workload.namespace == cluster_agent.namespace {
        match (ours, expected) {
            (TokenSource::Missing, TokenSource::Secret { name, key, .. }) => name_it(workload, name, key),
            _ => one_secret(workload, cluster_agent),
        }
    } else {
        copy((workload, ours), (cluster_agent, expected))
    }
}

/// Gives the agents the entry that the Cluster Agent has its own token from.
fn name_it(workload: &Workload, name: &str, key: &str) -> Remedy {
    let lines = format!(
        "- name: {TOKEN_VARIABLE}\n  valueFrom:\n    secretKeyRef:\n      name: {name}\n      key: {key}\n"
    );
    Remedy::variables("give them the Cluster Agent's token", workload, lines)
}

fn one_secret(workload: &Workload, cluster_agent: &Workload) -> Remedy {
    let namespace = &cluster_agent.namespace;
    Remedy {
        title: "keep one token in one Secret, and restart both".to_owned(),
        steps: vec![
            Step::Run(vec![format!(
                "(umask 077; openssl rand -hex 32 | tr -d '\\n' > token && kubectl -n {namespace} create secret generic datadog-cluster-agent-token --from-file=token; rm -f token)"
            )]),
            Step::Edit {
                file: "the Helm values".to_owned(),
                change: "clusterAgent:\n  tokenExistingSecret: datadog-cluster-agent-token\n".to_owned(),
            },
            Step::Run(vec![restart(cluster_agent), restart(workload)]),
        ],
        touches: Touches::Monitoring,
    }
}

/// The value passes through a file and never through an argument, which every user of the machine could read.
fn copy(
    (workload, ours): (&Workload, &TokenSource),
    (cluster_agent, expected): (&Workload, &TokenSource),
) -> Remedy {
    let place = |source: &TokenSource| match source {
        TokenSource::Secret { name, key, .. } => (name.clone(), key.clone()),
        TokenSource::Written | TokenSource::Missing => {
            ("datadog-cluster-agent-token".to_owned(), "token".to_owned())
        }
    };
    let ((to, to_key), (from, from_key)) = (place(ours), place(expected));
    let (into, of) = (&workload.namespace, &cluster_agent.namespace);
    Remedy {
        title: format!("copy the token into namespace {into}, and restart what reads it there"),
        steps: vec![
            Step::Run(vec![
                format!("kubectl -n {into} get secret {to} || kubectl -n {into} create secret generic {to}"),
                format!(
                    "(umask 077; kubectl -n {of} get secret {from} -o go-template='{{\"data\":{{\"{to_key}\":\"{{{{index .data \"{from_key}\"}}}}\"}}}}' > patch.json && kubectl -n {into} patch secret {to} --patch-file patch.json; rm -f patch.json)"
                ),
                restart(workload),
            ]),
            Step::Read(
                "the copy goes stale when the token changes: give the Cluster Agent a Secret of your own (clusterAgent.tokenExistingSecret), so that no upgrade draws a new one",
            ),
        ],
        touches: Touches::Workloads,
    }
}

/// Pods read the variable only when they start.
fn restart(workload: &Workload) -> String {
    let (namespace, name) = (&workload.namespace, &workload.name);
    match workload.kind_name() {
        kind @ ("DaemonSet" | "Deployment" | "StatefulSet") => {
            format!("kubectl -n {namespace} rollout restart {}/{name}", kind.to_lowercase())
        }
        kind => format!("kubectl -n {namespace} delete {}/{name}", kind.to_lowercase()),
    }
}
