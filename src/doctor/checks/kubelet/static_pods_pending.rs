//! A kubelet says of the control plane's static pods that they are pending, and agents pass these over.

use super::CLOSED;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subject, Subjects, Touches, Verdict},
    model::{
        component::Component,
        evidence::{Evidence, Locator},
        observed::{Gap, Why},
        workload::Workload,
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("static-pods-pending"),
    title: "a kubelet says of the control plane's static pods that they are pending, and agents pass these over",
    subjects: Subjects::EachControlPlaneNode,
    symptom_of: &[],
    explain: r#"
What was seen
  The API server has the static pods of a control-plane node as Running, and the kubelet's own list, which is what the
  agents read, has them as Pending.

What it means
  A kubelet that could not reach the API server when it started its static pods, as on the first start of a control plane,
  may keep the phase Pending for them in its own list. The Agent schedules no check for a pending pod, so nothing of the
  control plane is collected, and no log says why.

How to confirm by hand
    kubectl get --raw /api/v1/nodes/NODE/proxy/pods | jq -r '.items[] | [.metadata.name, .status.phase] | join(" ")'
    kubectl -n kube-system get pods -l tier=control-plane

How to fix
  Restart the kubelet: it then reports anew. Or let the agents read the pods from the API server (Agent 7.65, chart
  datadog.kubelet.useApiServer: true), which has them as Running.

References
  datadog-agent#2803. Whether the second way suffices on every release is UNVERIFIED.
"#,
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let Subject::Node(name) = &case.subject else {
        return Err(Gap::new("the node", Why::Failed("this check judges nodes".to_owned())));
    };
    if case.view.agents.are_absent() {
        return Ok(Verdict::NotApplicable("no Datadog Agent is installed"));
    }
    let workloads = case.view.agents.workloads.as_ref().map_err(Clone::clone)?;
    if !workloads.is_empty() && workloads.iter().all(|workload| asks_api_server(workload)) {
        return Ok(Verdict::NotApplicable("the agents read the pods from the API server"));
    }
    let mut kubelets = case.view.instances_of(Component::Kubelet);
    if kubelets.any(|kubelet| kubelet.node.as_ref() == Some(name) && case.view.is_closed(kubelet)) {
        return Ok(Verdict::NotApplicable(CLOSED));
    }
    let phases = case.view.snapshot.kubelet_pods(name);
    let phases = phases.seen(&format!("what kubelet on {name} says of its static pods"))?;
    let of_kubelet = |claim: String| Evidence {
        claim,
        locator: Locator::Path(format!("/api/v1/nodes/{name}/proxy/pods")),
    };
    let runs = |pod: &str| {
        case.view.pods.get(&("kube-system", pod)).is_some_and(|pod| pod.phase == "Running" && pod.ready)
    };
    let pending: Vec<&str> = phases
        .iter()
        .filter(|(pod, phase)| *phase == "Pending" && runs(pod))
        .map(|(pod, _)| pod.as_str())
        .collect();
    if phases.is_empty() {
        return Ok(Verdict::NotApplicable("it has no static pods"));
    }
    if pending.is_empty() {
        let is_unknown = |(pod, phase): (&String, &String)| {
            phase == "Pending" && !case.view.pods.contains_key(&("kube-system", pod.as_str()))
        };
        if phases.iter().any(is_unknown) {
            case.view.all_pods_seen()?;
        }
        return Ok(Verdict::pass(of_kubelet(format!("{} static pods, none of them pending", phases.len()))));
    }
    let of_server = pending.iter().map(|pod| {
        Evidence::in_object("Pod", Some("kube-system"), pod, Some("status.phase"), "Running, and ready")
    });
    let evidence: Vec<Evidence> =
        [of_kubelet(format!("Pending: {}", pending.join(", ")))].into_iter().chain(of_server).collect();
    let restart =
        Remedy::run("restart the kubelet", Touches::ControlPlane, &["systemctl restart kubelet".to_owned()])
            .knowing("on that node, as root; its pods run on");
    let ask = Remedy::edit(
        "or let the agents read the pods from the API server",
        Touches::Monitoring,
        "the Helm values",
        "datadog:\n  kubelet:\n    useApiServer: true\n",
    )
    .knowing("from Agent 7.65 and chart 3.113 on");
    let finding = Finding::error(
        "the kubelet says of running static pods that they are pending, and agents pass these over",
    );
    Ok(finding.seen(evidence).mend(restart).mend(ask).found())
}

/// Whether agents read the pods of their node from the API server.
fn asks_api_server(workload: &Workload) -> bool {
    let told =
        workload.container("agent").and_then(|container| container.env.get("DD_KUBELET_USE_API_SERVER"));
    told.is_some_and(|value| value == "true")
}
