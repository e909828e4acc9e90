//! No Agent runs on a control-plane node, and what keeps it away.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Step, Subject, Subjects, Touches, Verdict},
    model::{
        agents,
        component::Component,
        evidence::Evidence,
        facts::{Node, Pod},
        observed::{Gap, Why},
        workload::{Obstacle, Workload},
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("no-agent-on-control-plane"),
    title: "no Agent runs on the control-plane nodes",
    subjects: Subjects::EachControlPlaneNode,
    symptom_of: &[
        CheckId("pod-security-forbids-agents"),
        CheckId("security-context-constraint-forbids-agents"),
        CheckId("autopilot-refuses-agents"),
        CheckId("agent-volume-unknown"),
        CheckId("agent-pods-missing"),
    ],
    explain: r"
What was seen
  No pod of the Datadog Agent's DaemonSet runs on a control-plane node. The node's taints were compared with the
  DaemonSet's tolerations, its labels with the node selector and the required node affinity, by the scheduler's
  own rules. Or there is no such DaemonSet at all beside the other parts of Datadog, and no runner asks what is on
  the node.

What it means
  The agents find the control plane's static pods only on the node that they run on themselves, so nothing of
  kube-scheduler, kube-controller-manager and etcd is collected. Most often a toleration is missing: the taint is
  node-role.kubernetes.io/control-plane since Kubernetes 1.24 and was node-role.kubernetes.io/master before, and
  older articles name the old one only. A toleration lets pods in; it does not send them there.

How to confirm by hand
    kubectl get nodes -l node-role.kubernetes.io/control-plane -o custom-columns=NAME:.metadata.name,TAINTS:.spec.taints
    kubectl get pods -A -o wide -l app.kubernetes.io/component=agent

How to fix
  Where there is no DaemonSet, switch the node agents on (agents.enabled in the Helm values).
  Add the tolerations to the Helm values (agents.tolerations) or to the DatadogAgent
  (override.nodeAgent.tolerations). A node selector or affinity that excludes the node must be widened.

References
  Kubernetes: taints and tolerations; KEP-2067, rename of the label and taint.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let Subject::Node(name) = &case.subject else {
        return Err(Gap::new("the node", Why::Failed("this check judges nodes".to_owned())));
    };
    let Some(node) = case.view.nodes.get(name.as_str()).copied() else {
        return Err(Gap::new(format!("node {name}"), Why::NotAsked));
    };
    let workloads = case.view.agents.workloads.as_ref().map_err(Clone::clone)?;
    if workloads.is_empty() {
        return without_daemon_set(case, node);
    }
    let mut unseen = None;
    for workload in workloads {
        match pods_on(case, workload, node) {
            Ok(pods) => {
                if let Some(pod) = pods.first() {
                    let claim = format!("runs on {name}");
                    return Ok(Verdict::Pass(vec![Evidence::in_object(
                        "Pod",
                        Some(&pod.namespace),
                        &pod.name,
                        None,
                        claim,
                    )]));
                }
            }
            Err(gap) => unseen = Some(gap),
        }
    }
    let obstacles: Vec<(&Workload, Vec<Obstacle>)> =
        workloads.iter().map(|workload| (*workload, workload.obstacles(node))).collect();
    let kept_away = obstacles.iter().all(|(_, obstacles)| !obstacles.is_empty());
    if let Some(gap) = unseen
        && !kept_away
    {
        // Nothing keeps a pod away, but whether one is there could not be seen.
        return Err(gap);
    }
    Ok(Verdict::Problem(problem(node, &obstacles, kept_away)))
}

/// Where other parts of Datadog are installed, what nobody asks is missed for want of node agents.
fn without_daemon_set(case: &Case<'_>, node: &Node) -> Result<Verdict, Gap> {
    let agents = &case.view.agents;
    if !agents.complete {
        return Err(Gap::new("the agents' DaemonSet", Why::Partial));
    }
    if agents.is_nobody() {
        return Ok(Verdict::NotApplicable("no Datadog Agent is installed"));
    }
    if !agents.elsewhere.is_empty() {
        return Ok(Verdict::NotApplicable("the node agents are in a namespace that was not asked for"));
    }
    let missed: Vec<Evidence> = case
        .view
        .instances
        .iter()
        .filter(|instance| {
            instance.node.as_deref() == Some(&node.name) && instance.component != Component::Kubelet
        })
        .filter(|instance| case.view.is_asked_by_nobody(instance))
        .map(|instance| {
            let claim = format!("no agent asks {}", instance.component);
            Evidence::in_object("Node", None, &node.name, None, claim)
        })
        .collect();
    if missed.is_empty() {
        return Ok(Verdict::NotApplicable("there are no node agents, and runners ask what is here"));
    }
    let summary = "no Agent runs on this control-plane node: there is no DaemonSet of node agents";
    Ok(Finding::error(summary)
        .seen(missed)
        .mend(Remedy::edit(
            "have node agents run",
            Touches::Monitoring,
            "the Helm values of Datadog's release; of a DatadogAgent, take override.nodeAgent.disabled away",
            "agents:\n  enabled: true\n",
        ))
        .found())
}

/// The pods of a workload on a node that are not on their way out.
fn pods_on<'a>(case: &Case<'a>, workload: &Workload, node: &Node) -> Result<Vec<&'a Pod>, Gap> {
    let spec = agents::pods_on(&workload.namespace, &workload.selector, &node.name);
    let listed = case.view.snapshot.pods(&spec);
    let listed = listed.seen(&format!("the pods of DaemonSet {}/{}", workload.namespace, workload.name))?;
    Ok(listed.items.iter().filter(|pod| !matches!(pod.phase.as_str(), "Failed" | "Succeeded")).collect())
}

fn problem(node: &Node, obstacles: &[(&Workload, Vec<Obstacle>)], kept_away: bool) -> Finding {
    let mut evidence = Vec::new();
    for (workload, obstacles) in obstacles {
        let object = |field, claim: String| {
            Evidence::in_object("DaemonSet", Some(&workload.namespace), &workload.name, Some(field), claim)
        };
        for obstacle in obstacles {
            evidence.push(match obstacle {
                Obstacle::Taint(taint) => object(
                    "spec.template.spec.tolerations",
                    format!("tolerates no {taint}, which node {} has", node.name),
                ),
                Obstacle::Selector(..) => object(
                    "spec.template.spec.nodeSelector",
                    format!("{obstacle}, which node {} lacks", node.name),
                ),
                Obstacle::Affinity => {
                    object("spec.template.spec.affinity", format!("{obstacle} on node {}", node.name))
                }
            });
        }
    }
    if evidence.is_empty() {
        evidence.push(Evidence::in_object(
            "Node",
            None,
            &node.name,
            None,
            "no Agent pod runs here, and nothing in the DaemonSet keeps one away",
        ));
    }
    let reasons: Vec<String> = first_obstacles(obstacles).iter().map(ToString::to_string).collect();
    let summary = if kept_away {
        format!("no Agent can run on this control-plane node: {}", reasons.join("; "))
    } else {
        "no Agent runs on this control-plane node, though nothing in its DaemonSet keeps it away".to_owned()
    };
    Finding {
        severity: Severity::Error,
        own_cause: false,
        summary,
        evidence,
        remedies: remedies(obstacles, kept_away),
    }
}

/// The obstacles of the workload that has the fewest: the one that is nearest to running there.
fn first_obstacles<'a>(obstacles: &'a [(&Workload, Vec<Obstacle>)]) -> &'a [Obstacle] {
    obstacles
        .iter()
        .map(|(_, obstacles)| obstacles.as_slice())
        .min_by_key(|obstacles| obstacles.len())
        .unwrap_or_default()
}

fn remedies(obstacles: &[(&Workload, Vec<Obstacle>)], kept_away: bool) -> Vec<Remedy> {
    let Some((workload, _)) = obstacles.iter().min_by_key(|(_, obstacles)| obstacles.len()) else {
        return Vec::new();
    };
    if !kept_away {
        return vec![Remedy::run(
            "find out why its pod does not start",
            Touches::Nothing,
            &[
                format!("kubectl -n {} describe daemonset {}", workload.namespace, workload.name),
                format!(
                    "kubectl -n {} get events --field-selector involvedObject.name={}",
                    workload.namespace, workload.name
                ),
            ],
        )];
    }
    let tolerations: String = first_obstacles(obstacles)
        .iter()
        .filter_map(|obstacle| match obstacle {
            Obstacle::Taint(taint) => Some(format!(
                "    - key: {}\n      operator: Exists\n      effect: {}\n",
                taint.key, taint.effect
            )),
            _ => None,
        })
        .collect();
    let mut remedies = Vec::new();
    if !tolerations.is_empty() {
        remedies.push(Remedy {
            title: "let the agents tolerate the control plane's taints".to_owned(),
            steps: vec![
                Step::Edit {
                    file: "the Helm values of the agents' release".to_owned(),
                    change: format!("agents:\n  tolerations:\n{tolerations}"),
                },
                Step::Read("then run the helm upgrade with which the release is deployed"),
            ],
            touches: Touches::Monitoring,
        });
    }
    if first_obstacles(obstacles).iter().any(|obstacle| !matches!(obstacle, Obstacle::Taint(_))) {
        remedies.push(Remedy {
            title: "widen the node selector or the node affinity of the agents".to_owned(),
            steps: vec![Step::Run(vec![format!(
                "kubectl -n {} get daemonset {} -o jsonpath='{{.spec.template.spec.nodeSelector}}{{.spec.template.spec.affinity}}'",
                workload.namespace, workload.name
            )])],
            touches: Touches::Monitoring,
        });
    }
    remedies
}
