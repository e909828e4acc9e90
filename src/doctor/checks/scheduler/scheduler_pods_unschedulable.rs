//! Pods wait for a node that takes them.

use crate::{
    doctor::{
        Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict,
        checks::scrape::{of_scrape, seen},
    },
    model::{component::Component, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("scheduler-pods-unschedulable"),
    title: "pods wait for a node that takes them",
    subjects: Subjects::EachInstance(&[Component::Scheduler]),
    symptom_of: &[],
    explain: r#"
What was seen
  scheduler_pending_pods{queue="unschedulable"} is not 0.

What it means
  The scheduler has tried these pods and found no node for them. It says nothing about the monitoring, but pods of the
  Agent may be among them.

How to confirm by hand
    kubectl get pods -A --field-selector status.phase=Pending
    kubectl get events -A --field-selector reason=FailedScheduling

How to fix
  The events name for each pod what is missing: room, a label, a toleration, a free port.

References
  Kubernetes: scheduler metrics. No upstream alert; worth knowing.
"#,
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    of_scrape(case, |scraped| {
        let mut queues = scraped.samples("scheduler_pending_pods");
        let is_unschedulable = |queue: &str| queue == "unschedulable";
        let (_, waiting) =
            queues.find(|(labels, _)| labels.get("queue").is_some_and(|it| is_unschedulable(it)))?;
        let seen = seen(scraped, format!("{waiting} pods are unschedulable"));
        if waiting == 0.0 {
            return Some(Verdict::pass(seen));
        }
        let lines = ["kubectl get events -A --field-selector reason=FailedScheduling".to_owned()];
        let remedy = Remedy::run("read why", Touches::Nothing, &lines);
        let finding = Finding::note(format!("{waiting} pods wait for a node that takes them"));
        Some(finding.seen([seen]).mend(remedy).found())
    })
}
