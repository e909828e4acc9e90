//! The step that installs the agents, by each of the installers, and what takes them away again with all that they made by
//! themselves.

use super::{Dialect, Names};
use crate::plan::{Audience, Plan, Version, parts::Step};

/// Where the charts are.
const REPOSITORY: &str = "https://helm.datadoghq.com";

/// How the Cluster Agent calls the configurations of webhooks that it makes by itself, so that no installer knows of them.
///
/// Source: `clusterAgent.admissionController.webhookName` of the chart, `defaultAdmissionControllerWebhookName` of the operator.
const WEBHOOK: &str = "datadog-webhook";

pub(super) fn agents(plan: &Plan, dialect: Dialect, names: &Names) -> Step {
    let mut step = match dialect {
        Dialect::Helm => helm(plan, names),
        Dialect::DatadogAgent => operator(plan, names),
        Dialect::ArgoCd => argocd(plan, names),
    };
    match &plan.cluster_agent.joins {
        Some(service) => step.words.push(format!(
            "The agents join the Cluster Agent behind the Service {service}: install the release that brings it first. Agents \
             that start before the Service is there never find it."
        )),
        None => step.undo.extend([
            "# The Cluster Agent made these by itself, and leaves them behind.".to_owned(),
            format!(
                "kubectl delete mutatingwebhookconfiguration,validatingwebhookconfiguration {WEBHOOK} --ignore-not-found"
            ),
        ]),
    }
    if plan.choices.audience == Audience::ControlPlane {
        step.words.push(
            "They run on the nodes of the control plane alone. For all other nodes, --for workers writes a release that joins the \
             Cluster Agent of this one."
                .to_owned(),
        );
    }
    step
}

fn helm(plan: &Plan, names: &Names) -> Step {
    let choices = &plan.choices;
    let (release, namespace, chart) = (&choices.release, &choices.namespace, choices.versions.chart);
    Step {
        title: "The agents".to_owned(),
        words: Vec::new(),
        commands: vec![format!(
            "helm upgrade --install {release} datadog --repo {REPOSITORY} --version {chart} -n {namespace} -f {}",
            names.main
        )],
        rights: "create workloads, roles, bindings and custom resource definitions",
        undo: vec![format!("helm uninstall {release} -n {namespace} --ignore-not-found")],
    }
}

fn operator(plan: &Plan, names: &Names) -> Step {
    let choices = &plan.choices;
    let (release, namespace) = (&choices.release, &choices.namespace);
    let mut commands = Vec::new();
    let mut undo = vec![format!("kubectl delete datadogagent {release} -n {namespace} --ignore-not-found")];
    if plan.cluster_agent.joins.is_none() {
        let registry = choices.registry.iter().map(|host| format!(" --set image.repository={host}/operator"));
        let pull = choices.pull_secret.iter().map(|name| format!(" --set 'imagePullSecrets[0].name={name}'"));
        // What is written is for that operator, and another one may do by itself what is written.
        let operator = choices.versions.operator;
        let tag = (operator != Version::OPERATOR).then(|| format!(" --set image.tag={operator}"));
        let more: String = registry.chain(pull).chain(tag).collect();
        commands.push(format!(
            "helm upgrade --install datadog-operator datadog-operator --repo {REPOSITORY} -n {namespace} --wait{more}"
        ));
        undo.push(format!("helm uninstall datadog-operator -n {namespace} --ignore-not-found"));
    }
    commands.push(format!("kubectl apply --server-side --field-manager=ctlmon -f {}", names.main));
    Step {
        title: "The operator and the agents".to_owned(),
        words: Vec::new(),
        commands,
        rights: "create workloads, roles, bindings, custom resource definitions and datadogagents.datadoghq.com",
        undo,
    }
}

fn argocd(plan: &Plan, names: &Names) -> Step {
    let release = &plan.choices.release;
    Step {
        title: "The Application".to_owned(),
        words: Vec::new(),
        commands: vec![format!("kubectl apply --server-side --field-manager=ctlmon -f {}", names.main)],
        rights: "create applications.argoproj.io in the namespace argocd",
        undo: vec![format!("kubectl delete application {release} -n argocd --ignore-not-found")],
    }
}
