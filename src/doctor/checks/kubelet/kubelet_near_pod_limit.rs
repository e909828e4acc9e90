//! A node has nearly as many pods as it takes.

use crate::{
    doctor::{
        Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict,
        checks::scrape::{of_scrape, seen},
    },
    model::{component::Component, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("kubelet-near-pod-limit"),
    title: "a node has nearly as many pods as it takes",
    subjects: Subjects::EachInstance(&[Component::Kubelet]),
    symptom_of: &[],
    explain: r"
What was seen
  kubelet_running_pods is more than 95 % of the pods that the node takes.

What it means
  The next pods have no place there, those of DaemonSets among them: an Agent that was away for a moment may not come
  back.

How to confirm by hand
    kubectl get node NODE -o jsonpath='{.status.capacity.pods}'
    kubectl get pods -A --field-selector spec.nodeName=NODE --no-headers | wc -l

How to fix
  Add nodes, or raise maxPods in the kubelet's configuration where the node's address range has room.

References
  kubernetes-mixin, alert KubeletTooManyPods (info at 95 %; nodes with room for one pod, as on Fargate, left out).
",
    judge,
};

/// Source: kubernetes-mixin, `KubeletTooManyPods`.
const NEARLY_ALL: f64 = 0.95;

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let capacity = case.view.node_of(case.instance()?).and_then(|node| node.pod_capacity);
    // A node for a single pod is always full.
    let Some(capacity) = capacity.filter(|capacity| *capacity > 1) else {
        return Ok(Verdict::NotApplicable("how many pods the node takes is not known, or it is one"));
    };
    of_scrape(case, |scraped| {
        let running = scraped.value("kubelet_running_pods")?;
        let claim = format!("{running} of {capacity} pods run");
        let seen = seen(scraped, claim.clone());
        if running <= NEARLY_ALL * f64::from(capacity) {
            return Some(Verdict::pass(seen));
        }
        let lines =
            ["kubectl get pods -A --field-selector spec.nodeName=NODE --no-headers | wc -l".to_owned()];
        let remedy =
            Remedy::run("see what runs there, then add nodes or raise maxPods", Touches::Nothing, &lines);
        let finding = Finding::note(format!("this node has nearly as many pods as it takes: {claim}"));
        Some(finding.seen([seen]).mend(remedy).found())
    })
}
