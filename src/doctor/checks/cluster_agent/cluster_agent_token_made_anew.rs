//! The token was changed after pods had read it, so that some of them hold the older one.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Step, Subjects, Touches, Verdict},
    model::{
        agents::AgentRole,
        evidence::Evidence,
        observed::{Gap, Observed},
        workload::Workload,
    },
    view::cluster_agent::{Address, TokenSource, address, token_source},
};
use jiff::Timestamp;

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("cluster-agent-token-made-anew"),
    title: "the token was changed after pods had read it",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r"
What was seen
  The Secret of the token between agents and Cluster Agent was changed after containers that read it had
  started. Which value they hold cannot be seen; that they hold the one from before is how variables work.

What it means
  Pods read the variable when a container starts, and never again. As long as all of them are from before
  the change they agree; whichever starts first afterwards holds another token than the rest, and is
  answered 403 `invalid session token`. The Helm chart draws a new token at every render where none is
  given, so helm upgrade and every sync of Argo CD do this.

How to confirm by hand
    kubectl -n datadog get secret datadog-agent-cluster-agent --show-managed-fields -o jsonpath='{.metadata.managedFields[*].time}'
    kubectl -n datadog get pods -o custom-columns=NAME:.metadata.name,STARTED:.status.containerStatuses[0].state.running.startedAt

How to fix
  Restart the Cluster Agent, the agents and the runners together. Keep the token in a Secret of your own,
  named in clusterAgent.tokenExistingSecret, so that no upgrade draws a new one.

References
  DataDog/helm-charts#364, #604, #1632; DataDog/datadog-operator#447.
",
    judge,
};

/// A workload whose pods read the token, and since when they run.
struct Reader<'a> {
    role: AgentRole,
    workload: &'a Workload,
    secret: String,
    changed: Timestamp,
    /// Whether the Secret holds nothing else, so that nothing else was changed.
    is_alone: bool,
    /// The pod whose container runs longest, and the one that was started last.
    first: (String, Timestamp),
    last: (String, Timestamp),
}

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let readers = readers(case)?;
    if readers.is_empty() {
        return Ok(Verdict::NotApplicable("no pods are known that read a token from a Secret"));
    }
    let holds_older = |reader: &&Reader<'_>| reader.first.1 < reader.changed;
    let holds_newer = |reader: &&Reader<'_>| reader.last.1 >= reader.changed;
    let Some(older) = readers.iter().find(holds_older) else {
        return Ok(Verdict::Pass(readers.iter().map(|reader| reader.evidence(&reader.first)).collect()));
    };
    let changed = Evidence::in_object(
        "Secret",
        Some(&older.workload.namespace),
        &older.secret,
        None,
        format!("was changed at {}", older.changed),
    );
    let newer = readers.iter().find(holds_newer);
    let finding = match newer {
        Some(_) if older.is_alone => Finding::error(
            "the token was changed, and pods from before and after the change hold different ones",
        ),
        Some(_) => Finding::warning(
            "the Secret of the token was changed while pods ran, and others started afterwards",
        ),
        None => Finding::warning("the Secret of the token was changed after all pods had read it"),
    };
    let finding = finding
        .seen([changed, older.evidence(&older.first)])
        .seen(newer.map(|newer| newer.evidence(&newer.last)));
    let restarts = readers.iter().map(|reader| {
        let (kind, workload) = (reader.workload.kind_name().to_lowercase(), reader.workload);
        format!("kubectl -n {} rollout restart {kind}/{}", workload.namespace, workload.name)
    });
    Ok(finding
        .mend(Remedy {
            title: "restart all that read the token, and keep it in a Secret that no upgrade changes"
                .to_owned(),
            steps: vec![
                Step::Run(restarts.collect()),
                Step::Edit {
                    file: "the Helm values of the agents' release".to_owned(),
                    change: "clusterAgent:\n  tokenExistingSecret: datadog-cluster-agent-token\n".to_owned(),
                },
                Step::Read("make that Secret first; its entry is called token"),
            ],
            touches: Touches::Monitoring,
        })
        .found())
}

/// All whose Secret and pods were read; of others nothing can be said.
fn readers<'a>(case: &Case<'a>) -> Result<Vec<Reader<'a>>, Gap> {
    let cluster_agents = case.view.agents.cluster_agents()?.into_iter();
    let everybody = case
        .view
        .agents
        .of_all_roles()
        .filter(|(_, workload)| address(workload) != Address::Disabled)
        .chain(cluster_agents.map(|workload| (AgentRole::ClusterAgent, workload)));
    let mut readers = Vec::new();
    for (role, workload) in everybody {
        let TokenSource::Secret { namespace, name, .. } = token_source(workload) else { continue };
        let facts = match case.view.snapshot.secret(&namespace, &name) {
            Observed::Absent => continue,
            other => other.seen(&format!("Secret {namespace}/{name}"))?.to_owned(),
        };
        let Some(changed) = facts.changed else { continue };
        let is_alone = facts.entries.len() == 1;
        let mut started: Vec<(Timestamp, String)> = case
            .view
            .pods_of(workload)
            .into_iter()
            .flat_map(|pod| pod.containers.iter().map(move |container| (pod, container)))
            .filter_map(|(pod, container)| Some((container.state.as_ref()?.started?, pod.name.clone())))
            .collect();
        started.sort();
        let (Some(first), Some(last)) = (started.first().cloned(), started.last().cloned()) else { continue };
        let swap = |(time, pod): (Timestamp, String)| (pod, time);
        readers.push(Reader {
            role,
            workload,
            secret: name,
            changed,
            is_alone,
            first: swap(first),
            last: swap(last),
        });
    }
    Ok(readers)
}

impl Reader<'_> {
    fn evidence(&self, (pod, started): &(String, Timestamp)) -> Evidence {
        let claim = format!("of the {}: runs since {started}", self.role.word());
        Evidence::in_object("Pod", Some(&self.workload.namespace), pod, None, claim)
    }
}
