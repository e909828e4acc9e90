//! A check is configured, and the Agent that is to run it does not have it.

use super::{
    overheard::WITHOUT_EXEC,
    told::{by, in_short, line},
};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Subjects, Touches, Verdict},
    model::{
        agents::AgentRole, component::Component, evidence::Evidence, observed::Gap, question::AgentCommand,
    },
    view::{Origin, Voice},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("agent-check-not-running"),
    title: "a check is configured, and the Agent that is to run it does not have it",
    subjects: Subjects::EachInstance(&[Component::Etcd, Component::ControllerManager, Component::Scheduler]),
    symptom_of: &[
        CheckId("agent-configuration-not-loaded"),
        CheckId("no-agent-on-control-plane"),
        CheckId("no-ip-for-container"),
        CheckId("kubelet-url-undetected"),
    ],
    explain: r"
What was seen
  A file or an annotation configures a check of this component, and the Agent on its node does not name it among the
  checks that it runs.

What it means
  The configuration waits for a container that the Agent does not find. It knows containers by the last part of their
  image's name: an etcd from a mirror called hardened-etcd is no `etcd` to it. It also passes over containers that
  DD_CONTAINER_EXCLUDE names, pods that its kubelet reports as Pending, and annotations with another container's name.

How to confirm by hand
    kubectl -n datadog exec daemonset/datadog-agent -c agent -- agent configcheck --verbose
    kubectl -n kube-system get pods -l tier=control-plane -o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[*].image

How to fix
  Write the image's own short name into ad_identifiers, or the container's name into the annotation's key, and take
  kube-system out of what is excluded.

References
  Datadog: Autodiscovery container identifiers; integrations-core issue 4136; datadog-agent issue 2803.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    if !case.view.snapshot.wanted.listening.exec {
        return Ok(Verdict::NotApplicable(WITHOUT_EXEC));
    }
    let instance = case.instance()?;
    if case.view.is_asked_by_nobody(instance) {
        return Ok(Verdict::NotApplicable("no Datadog Agent asks it"));
    }
    let configured = case.view.configured(instance)?;
    if configured.role != AgentRole::NodeAgent || configured.origin == Origin::Packaged {
        return Ok(Verdict::NotApplicable("no file and no annotation has a node's own Agent check it"));
    }
    let informants = case.view.informants();
    let Some(informant) = informants.iter().find(|informant| {
        informant.command.command == AgentCommand::Status
            && informant.role == AgentRole::NodeAgent
            && informant.pod.node == instance.node
    }) else {
        return match case.view.unfound(&[Voice::Agent(AgentRole::NodeAgent)]) {
            Some(gap) => Err(gap),
            None => Ok(Verdict::NotApplicable("no Agent of its node was asked")),
        };
    };
    let status = case.view.status_of(informant)?;
    let own: Vec<Evidence> = status
        .runs
        .iter()
        .filter(|run| run.component == instance.component)
        .map(|run| by(&informant.command, in_short(run)))
        .collect();
    if !own.is_empty() {
        return Ok(Verdict::Pass(own));
    }
    let check = instance.component.profile().agent_check;
    let loaded = format!("{} --verbose", line(&informant.command).replace("status --json", "configcheck"));
    Ok(Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: format!("{check} is configured, and the Agent on its node does not run it"),
        evidence: [by(&informant.command, format!("{check} is not among the checks that it runs"))]
            .into_iter()
            .chain(in_origin(&configured.origin, format!("configures {check}")))
            .collect(),
        remedies: vec![Remedy::run(
            "see which identifiers the configuration waits for, and which images there are",
            Touches::Nothing,
            &[
                loaded,
                "kubectl -n kube-system get pods -o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[*].image"
                    .to_owned(),
            ],
        )],
    }))
}

/// A claim about where a check is configured; nothing where that is no object of the cluster.
fn in_origin(origin: &Origin, claim: String) -> Option<Evidence> {
    match origin {
        Origin::ConfigMap { object, key } => Some(Evidence::in_ref(object, Some(key), claim)),
        Origin::Annotation { kind, namespace, name, key } => {
            Some(Evidence::in_object(kind, Some(namespace), name, Some(key), claim))
        }
        Origin::Packaged => None,
    }
}
