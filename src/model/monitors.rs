//! The questions about what monitors a cluster already, in one place, so that what is asked and what is looked up cannot
//! differ. They decide nothing.

use super::{
    agents,
    answer::Answer,
    observed::Observed,
    question::{ListSpec, Question, Resource},
    snapshot::Snapshot,
    survey::{self, SYSTEM_NAMESPACE},
    workload::Workload,
};

/// How many Deployments are read by each selector. A tool has one or two of them, and a cluster has a few tools.
pub const MAX_DEPLOYMENTS: u32 = 30;

/// The values of `app.kubernetes.io/component` of the Deployments of monitoring tools.
///
/// Source: the charts of Datadog and of kube-prometheus-stack; collectors that the OpenTelemetry operator made.
const COMPONENTS: [&str; 3] = ["cluster-agent", "opentelemetry-collector", "prometheus-operator"];

/// The values of `app.kubernetes.io/name` of such Deployments.
///
/// Source: the charts of the Datadog operator, kube-prometheus-stack, rancher-monitoring, metrics-server, New Relic and
/// OpenTelemetry, and the manifests of kube-prometheus.
const NAMES: [&str; 10] = [
    "datadog-operator",
    "k8s-agents-operator",
    "kube-prometheus-stack-prometheus-operator",
    "metrics-server",
    "newrelic-infrastructure",
    "nri-metadata-injection",
    "opentelemetry-collector",
    "opentelemetry-operator",
    "prometheus-operator",
    "rancher-monitoring-prometheus-operator",
];

/// The values of `k8s-app` of such Deployments.
///
/// Source: the manifests of metrics-server, and those of Heapster with `InfluxDB` and Grafana.
const APPS: [&str; 5] = ["grafana", "heapster", "influxdb", "metrics-server", "prometheus-operator"];

/// The Deployments of Heapster, `InfluxDB` and Grafana, as their manifests name them.
pub const HEAPSTER: [&str; 3] = ["heapster", "monitoring-influxdb", "monitoring-grafana"];

/// The role that Kubernetes keeps for Heapster.
pub const HEAPSTER_ROLE: &str = "system:heapster";

/// The name of the binding that Heapster's manifests make.
pub const HEAPSTER_BINDING: &str = "heapster";

/// The lists of Deployments: those that the agents' questions have too, and those of everybody else.
#[must_use]
pub fn deployments() -> [ListSpec; 4] {
    let labelled = |key: &str, values: &[&str]| {
        ListSpec::all(Resource::Deployments, MAX_DEPLOYMENTS)
            .labelled(format!("{key} in ({})", values.join(",")))
    };
    let [_, of_operator] = agents::labelled_deployments();
    [
        labelled("app.kubernetes.io/component", &COMPONENTS),
        of_operator,
        labelled("app.kubernetes.io/name", &NAMES),
        labelled("k8s-app", &APPS),
    ]
}

/// Every `DaemonSet`, as the agents' questions ask for them.
#[must_use]
pub fn daemon_sets() -> ListSpec {
    agents::daemon_sets()
}

/// All questions about monitoring that are asked at once with those of detection: five, at any size of the cluster.
#[must_use]
pub fn questions() -> Vec<Question> {
    deployments().into_iter().chain([daemon_sets()]).map(Question::List).collect()
}

/// One of Heapster's Deployments by its name: in the group `apps` they need not carry a label.
#[must_use]
pub fn heapster(name: &str) -> ListSpec {
    ListSpec::all(Resource::Deployments, 1)
        .within(SYSTEM_NAMESPACE)
        .with_fields(format!("metadata.name={name}"))
}

/// The binding of Heapster's account to the role that was kept for it.
#[must_use]
pub fn heapster_binding() -> ListSpec {
    ListSpec::all(Resource::ClusterRoleBindings, 1).with_fields(format!("metadata.name={HEAPSTER_BINDING}"))
}

/// What is asked besides where there are signs of Heapster, which hardly any cluster has any more.
#[must_use]
pub fn of_heapster() -> Vec<Question> {
    HEAPSTER.map(heapster).into_iter().chain([heapster_binding()]).map(Question::List).collect()
}

/// Whether something is named as Heapster, in any of the lists of Deployments that were read.
#[must_use]
pub fn has_heapster(snapshot: &Snapshot) -> bool {
    let is_heapster = |name: &str| HEAPSTER.contains(&name);
    let names = snapshot.names(&survey::workloads(Resource::Deployments));
    let mut names = names.value().into_iter().flat_map(|list| &list.items);
    names.any(|named| is_heapster(&named.name)) || heapsters(snapshot).next().is_some()
}

/// The Deployments of Heapster, `InfluxDB` and Grafana that were read.
pub fn heapsters(snapshot: &Snapshot) -> impl Iterator<Item = &Workload> {
    let lists = deployments().into_iter().chain([agents::deployments()]).chain(HEAPSTER.map(heapster));
    let found = lists.filter_map(|spec| match snapshot.answer(&Question::List(spec)) {
        Observed::Seen(Answer::Workloads(listed)) => Some(listed),
        _ => None,
    });
    found.flat_map(|listed| &listed.items).filter(|workload| HEAPSTER.contains(&workload.name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn asks_few_things_with_a_limit_each() {
        let questions = questions();
        assert_eq!(questions.iter().collect::<BTreeSet<_>>().len(), 5);
        for question in questions.iter().chain(&of_heapster()) {
            assert!(matches!(question, Question::List(spec) if spec.limit > 0), "{question:?}");
        }
    }
}
