//! A network policy keeps agents from the Cluster Agent.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Step, Subjects, Touches, Verdict},
    model::{
        around,
        evidence::Evidence,
        network_policy::{Passage, Source, passage},
        observed::{Gap, Why},
    },
    view::cluster_agent::{Address, address},
};
use std::collections::BTreeMap;

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("network-policy-blocks-cluster-agent"),
    title: "a network policy keeps agents from the Cluster Agent",
    subjects: Subjects::EachAgentWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  Policies of the Cluster Agent's namespace are about its pods, and none of them lets connections of these
  agents through to port 5005. Pods on their node's network are not judged: a policy sees the node's
  address, of which labels tell nothing.

What it means
  The connection is dropped without a word, so the Agent's log has timeouts to port 5005. The chart's own
  policy lets agents of the same namespace in, so that sidecars in others are shut out.

How to confirm by hand
    kubectl -n datadog get networkpolicies -o yaml
    kubectl -n NAMESPACE exec POD -c datadog-agent -- agent status | grep -A5 'Cluster Agent'

How to fix
  Allow the namespaces of the agents in a policy of its own; policies add up. Rules of Cilium
  (CiliumNetworkPolicy), and policies about what the agents' own pods may send, are not looked at.

References
  DataDog/helm-charts#149, #283, #1606, #927; DataDog/datadog-operator#2189. Kubernetes: NetworkPolicy.
",
    judge,
};

/// The port of the Cluster Agent for agents, and its name in the chart and the operator.
const PORT: (u16, &str) = (5005, "agentport");

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (role, workload) = case.workload()?;
    if address(workload) == Address::Disabled {
        return Ok(Verdict::NotApplicable("the agents are not told to talk to a Cluster Agent"));
    }
    let Some(target) = case.view.cluster_agent_of(workload)? else {
        return Ok(Verdict::NotApplicable("no Cluster Agent is installed"));
    };
    let listed = case.view.snapshot.network_policies(&around::network_policies(&target.namespace));
    let what = format!("the network policies of namespace {}", target.namespace);
    let listed = listed.seen(&what)?.to_owned();
    if workload.host_network {
        return Ok(Verdict::NotApplicable("policies see the node's address, of which labels tell nothing"));
    }
    let none = BTreeMap::new();
    let of_source = case.view.namespace(&workload.namespace)?;
    let from = Source {
        namespace: &workload.namespace,
        namespace_labels: &of_source.labels,
        labels: &workload.pod_labels,
    };
    let to = Source { namespace: &target.namespace, namespace_labels: &none, labels: &target.pod_labels };
    let in_policy = |name: &str, claim: String| {
        Evidence::in_object("NetworkPolicy", Some(&target.namespace), name, Some("spec.ingress"), claim)
    };
    let denied = match passage(&listed.items, from, to, (PORT.0, Some(PORT.1))) {
        Passage::Open if listed.complete => {
            let claim = "no network policy is about its pods";
            return Ok(Verdict::pass(Evidence::in_workload(target, None, claim)));
        }
        Passage::Allowed(policy) => {
            let claim = format!("lets {} {}/{} through", role.word(), workload.namespace, workload.name);
            return Ok(Verdict::pass(in_policy(&policy.name, claim)));
        }
        Passage::Undecided(policy) => {
            let what = format!(
                "whether NetworkPolicy {}/{} lets {} through",
                target.namespace, policy.name, case.subject
            );
            return Err(Gap::new(what, Why::OutOfReach("its rules name addresses".to_owned())));
        }
        Passage::Denied(policy) if listed.complete => policy,
        Passage::Open | Passage::Denied(_) => return Err(Gap::new(what, Why::Partial)),
    };
    let claim = format!(
        "is about the Cluster Agent's pods and lets no {} in namespace {} through to port {}",
        role.word(),
        workload.namespace,
        PORT.0
    );
    let remedy = Remedy {
        title: format!("let agents of namespace {} through", workload.namespace),
        steps: vec![
            Step::Apply(opening(&target.namespace, &target.pod_labels, &workload.namespace)),
            Step::Read("policies add up: this one takes nothing away"),
        ],
        touches: Touches::Monitoring,
    };
    Ok(Finding::error(format!(
        "a network policy keeps the {} in namespace {} from the Cluster Agent",
        role.word(),
        workload.namespace
    ))
    .seen([in_policy(&denied.name, claim)])
    .mend(remedy)
    .found())
}

/// A policy that opens the Cluster Agent's port to a namespace.
fn opening(namespace: &str, labels: &BTreeMap<String, String>, from: &str) -> String {
    // One label is enough to find the pods: the narrowest that the chart and the operator put there.
    let known = ["app", "app.kubernetes.io/component", "agent.datadoghq.com/component"];
    let label = known.iter().find_map(|key| labels.get_key_value(*key)).or_else(|| labels.iter().next());
    let label = label.map_or_else(|| "{}".to_owned(), |(key, value)| format!("{{ \"{key}\": \"{value}\" }}"));
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: cluster-agent-from-{from}\n  namespace: {namespace}\nspec:\n  podSelector:\n    matchLabels: {label}\n  policyTypes: [Ingress]\n  ingress:\n    - from:\n        - namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: {from}\n      ports:\n        - port: {}\n          protocol: TCP\n",
        PORT.0
    )
}
