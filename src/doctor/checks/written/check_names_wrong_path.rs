//! A check asks a path under which the component serves no metrics.

use super::each_instance;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Subjects, Verdict, checks::setting},
    model::{check_config::CheckInstance, component::Component, observed::Gap, written_url::WrittenUrl},
    view::Written,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("check-names-wrong-path"),
    title: "a check asks a path under which the component serves no metrics",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[],
    explain: r"
What was seen
  A URL of the check ends in another path than /metrics, which is where the API server, etcd, the controller-manager and
  the scheduler serve them, or than that of EKS, where the API server lends them one under
  /apis/metrics.eks.amazonaws.com/.

What it means
  The Agent gets `404 Not Found`, or with the path left out the API server's list of paths, which is JSON and no metrics.
  /metrics/ with a slash at its end is not found either.

How to confirm by hand
    kubectl get --raw /metrics/
    kubectl -n kube-system get pods -l component=etcd -o jsonpath='{.items[0].spec.containers[0].command}'

How to fix
  Write /metrics.

References
  Kubernetes: metrics for system components. etcd: monitoring. Amazon EKS: raw metrics of the control plane.
",
    judge,
};

/// What the API server of EKS serves in the place of what runs out of sight.
const LENT: &str = "/apis/metrics.eks.amazonaws.com/";

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    each_instance(case, |written, instance| Ok(judge_one(written, instance)))
}

fn judge_one(written: &Written<'_>, instance: &CheckInstance) -> Verdict {
    let component = written.component;
    if matches!(component, Component::Kubelet | Component::ClusterAgent) {
        return Verdict::NotApplicable("it asks more than one path");
    }
    let served = component.profile().path;
    // Behind another host may be a proxy, which has paths of its own.
    let is_its_own =
        |read: &WrittenUrl<'_>| (read.has_variable_host() || read.is_loopback()) && !read.path.contains("%%");
    let of = |url| Some((url, WrittenUrl::read(url).filter(is_its_own)?));
    let asked: Vec<(&str, WrittenUrl<'_>)> = instance.urls().filter_map(of).collect();
    let path = |read: &WrittenUrl<'_>| read.path.split(['?', '#']).next().unwrap_or_default().to_owned();
    let is_served = |read: &WrittenUrl<'_>| path(read) == served || path(read).starts_with(LENT);
    // Of several URLs the Agent takes the first that answers.
    if let Some((url, _)) = asked.iter().find(|(_, read)| is_served(read)) {
        return Verdict::pass(written.origin.says(format!("it asks {url}")));
    }
    let Some((url, read)) = asked.first() else {
        return Verdict::NotApplicable("it names no path of the component's own node");
    };
    let begin = url.strip_suffix(read.path).unwrap_or(url);
    let wrong = match path(read) {
        empty if empty.is_empty() => "no path".to_owned(),
        other => format!("the path {other}"),
    };
    Finding::error(format!("the check asks {wrong}, and {component} serves its metrics under {served}"))
        .seen([written.origin.says(format!("it asks {url}"))])
        .mend(setting::ask("ask the path of the metrics", &written.origin, &format!("{begin}{served}")))
        .found()
}
