//! What a workload of Datadog's is for, by its labels, images and variables: a pure reading of one workload.

use super::{
    agents::TOKEN_VARIABLE,
    facts::short_image,
    workload::{EnvSource, Workload, WorkloadContainer},
};

/// What a workload of Datadog's is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AgentRole {
    /// An Agent on every node, which runs the checks of what runs there.
    NodeAgent,
    /// The Cluster Agent, which hands out cluster checks and asks the API server for all others.
    ClusterAgent,
    /// An Agent that runs nothing but cluster checks, of Services and their endpoints.
    Runner,
    /// An Agent in an application's own pod, where no Agent can run on the node.
    Sidecar,
}

/// The labels that say what a workload is for, and their values for the Cluster Agent and for a runner.
///
/// Source: the templates of the Datadog chart; the constants of the Datadog operator.
const LABELS: [(&str, &str, &str); 2] = [
    ("app.kubernetes.io/component", "cluster-agent", "clusterchecks-agent"),
    ("agent.datadoghq.com/component", "cluster-agent", "cluster-checks-runner"),
];

/// The variables that an Agent is given and nothing else: they tell it in a registry of one's own.
const OF_AN_AGENT: [&str; 3] = [TOKEN_VARIABLE, "DD_CLUSTER_AGENT_URL", "DD_EKS_FARGATE"];

impl AgentRole {
    /// What a workload is for; `None` where it is not Datadog's.
    #[must_use]
    pub fn of(workload: &Workload) -> Option<Self> {
        if workload.kind == "DaemonSet" {
            return workload.containers.iter().any(is_node_agent).then_some(Self::NodeAgent);
        }
        let labelled = |wanted: fn(&(&str, &'static str, &'static str)) -> &'static str| {
            LABELS.iter().any(|row| workload.labels.get(row.0).is_some_and(|value| value == wanted(row)))
        };
        let mut containers = workload.containers.iter();
        if labelled(|row| row.1) || containers.any(is_cluster_agent) {
            return Some(Self::ClusterAgent);
        }
        let runs_cluster_checks = |container: &WorkloadContainer| {
            container.env.get("DD_CLC_RUNNER_ENABLED").is_some_and(|value| value == "true")
        };
        if labelled(|row| row.2) || workload.containers.iter().any(runs_cluster_checks) {
            return Some(Self::Runner);
        }
        workload.containers.iter().any(is_agent).then_some(Self::Sidecar)
    }

    /// Those that it has, in words.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NodeAgent => "agents",
            Self::ClusterAgent => "cluster agents",
            Self::Runner => "runners",
            Self::Sidecar => "sidecars",
        }
    }
}

/// Whether a workload is Datadog's operator, by its image.
#[must_use]
pub fn is_operator(workload: &Workload) -> bool {
    workload.kind == "Deployment"
        && workload.containers.iter().any(|container| {
            short_image(&container.image) == "operator" && container.image.contains("datadog")
        })
}

/// Whether the Agent of a workload asks its kubelet through the API server, as the account of its pod.
///
/// Source: the Agent's kubelet client, which does so where `eks_fargate` is on.
#[must_use]
pub fn asks_through_the_api_server(workload: &Workload) -> bool {
    agent_containers(workload).any(|container| {
        container.env.get("DD_EKS_FARGATE").is_some_and(|value| value.eq_ignore_ascii_case("true"))
    })
}

/// The containers of a workload in which an Agent runs; all of them where none can be told apart.
pub fn agent_containers(workload: &Workload) -> impl Iterator<Item = &WorkloadContainer> {
    let has_any = workload.containers.iter().any(is_agent);
    workload.containers.iter().filter(move |container| !has_any || is_agent(container))
}

/// What a variable tells the agents of a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable<'a> {
    /// Nothing: it is not set, is empty, or is none whose value is kept.
    Unset,
    /// This.
    Value(&'a str),
    /// What stands somewhere else.
    From(&'a EnvSource),
}

/// What a variable tells the agents of a workload, in the first container that has it.
#[must_use]
pub fn variable<'a>(workload: &'a Workload, name: &str) -> Variable<'a> {
    let in_container = |container: &'a WorkloadContainer| {
        if let Some(source) = container.env_from.get(name) {
            return Some(Variable::From(source));
        }
        container.env.get(name).filter(|value| !value.is_empty()).map(|value| Variable::Value(value))
    };
    agent_containers(workload).find_map(in_container).unwrap_or(Variable::Unset)
}

/// Whether a switch is on.
#[must_use]
pub fn is_on(workload: &Workload, name: &str) -> bool {
    matches!(variable(workload, name), Variable::Value(value) if value.eq_ignore_ascii_case("true"))
}

/// Whether a list of words, as `DD_EXTRA_CONFIG_PROVIDERS` has them, holds one.
#[must_use]
pub fn lists(workload: &Workload, name: &str, word: &str) -> bool {
    let Variable::Value(value) = variable(workload, name) else { return false };
    value.split([' ', ',', '"', '[', ']']).any(|listed| listed == word)
}

/// Whether an Agent runs in a container of any workload.
fn is_agent(container: &WorkloadContainer) -> bool {
    is_node_agent(container)
        || (!is_cluster_agent(container)
            && OF_AN_AGENT.iter().any(|variable| container.env.contains_key(*variable)))
}

/// Whether an Agent runs in a container of a `DaemonSet`: by image, and in a mirrored registry by the variable that
/// every installation of it sets.
fn is_node_agent(container: &WorkloadContainer) -> bool {
    short_image(&container.image) == "agent"
        && (container.image.contains("datadog") || container.env.contains_key("DD_KUBERNETES_KUBELET_HOST"))
}

fn is_cluster_agent(container: &WorkloadContainer) -> bool {
    short_image(&container.image) == "cluster-agent" && container.image.contains("datadog")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workload(kind: &str, label: Option<(&str, &str)>, containers: &[(&str, &[&str])]) -> Workload {
        let pair = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
        let containers = containers.iter().map(|(image, variables)| WorkloadContainer {
            image: (*image).to_owned(),
            env: variables.iter().map(|variable| pair(variable.split_once('=').unwrap())).collect(),
            ..WorkloadContainer::default()
        });
        Workload {
            kind: kind.to_owned(),
            labels: label.map(pair).into_iter().collect(),
            containers: containers.collect(),
            ..Workload::default()
        }
    }

    fn check(workload: &Workload, expected: Option<AgentRole>) {
        assert_eq!(AgentRole::of(workload), expected, "{workload:?}");
    }

    #[test]
    fn roles_are_told_by_labels_images_and_variables() {
        const AGENT: &str = "gcr.io/datadoghq/agent:7";
        let deployment = |label, containers| workload("Deployment", label, containers);
        check(&workload("DaemonSet", None, &[(AGENT, &[])]), Some(AgentRole::NodeAgent));
        check(&workload("DaemonSet", None, &[("registry.k8s.io/kube-proxy:v1", &[])]), None);
        let (helm, operator) = ("app.kubernetes.io/component", "agent.datadoghq.com/component");
        let cluster_agent = &[("mirror/dca:1", &["DD_CLUSTER_AGENT_AUTH_TOKEN="][..])][..];
        check(&deployment(Some((helm, "cluster-agent")), cluster_agent), Some(AgentRole::ClusterAgent));
        check(&deployment(Some((operator, "cluster-agent")), cluster_agent), Some(AgentRole::ClusterAgent));
        let by_image = &[("datadog/cluster-agent:7", &["DD_CLUSTER_AGENT_AUTH_TOKEN="][..])][..];
        check(&deployment(None, by_image), Some(AgentRole::ClusterAgent));
        check(&deployment(Some((helm, "clusterchecks-agent")), &[(AGENT, &[])]), Some(AgentRole::Runner));
        let runner = Some((operator, "cluster-checks-runner"));
        check(&deployment(runner, &[("mirror/x:1", &[])]), Some(AgentRole::Runner));
        check(&deployment(None, &[(AGENT, &["DD_CLC_RUNNER_ENABLED=true"])]), Some(AgentRole::Runner));
    }

    #[test]
    fn a_sidecar_is_an_agent_beside_an_application() {
        let of = |containers| workload("Deployment", None, containers);
        check(&of(&[("web:1", &[]), ("public.ecr.aws/datadog/agent:7", &[])]), Some(AgentRole::Sidecar));
        let mirrored = &[("web:1", &[][..]), ("mirror/dd:1", &["DD_CLUSTER_AGENT_URL=https://a"][..])][..];
        let sidecar = of(mirrored);
        check(&sidecar, Some(AgentRole::Sidecar));
        assert_eq!(
            agent_containers(&sidecar).map(|one| one.image.as_str()).collect::<Vec<_>>(),
            ["mirror/dd:1"]
        );
        // An application that sends traces to an Agent elsewhere, and another vendor's agent.
        check(&of(&[("web:1", &["DD_AGENT_HOST=", "DD_ENV=prod", "DD_SERVICE=web"])]), None);
        check(&of(&[("vendor/agent:1", &[])]), None);
    }
}
