//! A component may not read whom it is to trust, so that everybody is anonymous to it.

use super::overheard::{Topic, judge_of};
use crate::{
    doctor::{Case, Check, CheckId, Remedy, Severity, Subjects, Touches, Verdict},
    model::{component::Component, observed::Gap, question::PodRef},
    view::Voice,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("authentication-configmap-forbidden"),
    title: "the component may not read whom it is to trust",
    subjects: Subjects::EachInstance(&[Component::ControllerManager, Component::Scheduler]),
    symptom_of: &[],
    explain: r"
What was seen
  The log of a scheduler or of a controller manager says that the ConfigMap extension-apiserver-authentication `is
  forbidden`, or that it goes on `without authentication configuration`. Of the log nothing is kept but that the
  sentence was in it, how often and when.

What it means
  At its start the component reads from that ConfigMap whose client certificates are good. Where it may not, it goes on
  and takes every request for one of system:anonymous, who may not read metrics: the agents get 403 whatever token they
  show.

How to confirm by hand
    kubectl -n kube-system get rolebindings -o wide | grep extension-apiserver-authentication-reader
    kubectl -n kube-system auth can-i get configmaps/extension-apiserver-authentication --as system:kube-scheduler

How to fix
  Bind the role extension-apiserver-authentication-reader of kube-system to the user of the component, and restart it.

References
  Kubernetes: configure the aggregation layer, RBAC of extension API servers; kube-prometheus issue 1073.
",
    judge,
};

static TOPIC: Topic = Topic {
    voices: &[Voice::Component(Component::ControllerManager), Voice::Component(Component::Scheduler)],
    sayings: &["authentication-unread"],
    least: 1,
    severity: Severity::Error,
    summary: "it may not read the ConfigMap that says whom to trust, and takes everybody for anonymous",
    remedies,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    judge_of(case, &TOPIC, |speaker| Some(&speaker.log.pod) == instance.pod.as_ref())
}

fn remedies(_: &PodRef) -> Vec<Remedy> {
    vec![Remedy::run(
        "let both components read it",
        Touches::ControlPlane,
        &[
            "kubectl -n kube-system create rolebinding components-read-authentication --role=extension-apiserver-authentication-reader --user=system:kube-scheduler --user=system:kube-controller-manager"
                .to_owned(),
        ],
    )]
}
