//! A check asks a port without TLS that this release of Kubernetes no longer opens.

use super::{each_instance, first_url};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Subjects, Verdict, checks::setting},
    model::{
        check_config::CheckInstance,
        component::Component,
        evidence::Evidence,
        observed::Gap,
        written_url::{WrittenPort, WrittenUrl},
    },
    view::Written,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("insecure-port-configured"),
    title: "a check asks a port without TLS that this release no longer opens",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[],
    explain: r"
What was seen
  All URLs of the check end in :10251 or :10252, and the API server's release is one whose kube-scheduler and
  kube-controller-manager open no such port; or --port=0 stands among the component's flags.

What it means
  These ports served plain HTTP without asking who one is. The controller-manager has none from 1.22 on, the
  scheduler from 1.23 on (the scheduler's release is UNVERIFIED), and kubeadm closed both before that. The
  Agent gets `connection refused`. Articles about Rancher and older pages name them still.

How to confirm by hand
    kubectl version
    kubectl -n kube-system get pod -l component=kube-scheduler -o jsonpath='{.items[*].spec.containers[0].command}'

How to fix
  Ask https on 10259 (scheduler) or 10257 (controller-manager), send the token, and do not verify the
  certificate that the component makes for itself. Removing the check does the same: what the Agent brings
  along asks these first.

References
  rancher#39429 and typhoon#1028 (controller-manager, 1.22); integrations-core#9574 and #9575 (the packaged
  checks).
",
    judge,
};

/// The ports: number, whose it was, and the minor release of Kubernetes 1 from which on it is gone.
pub(super) const GONE: [(u16, Component, u32); 2] =
    [(10251, Component::Scheduler, 23), (10252, Component::ControllerManager, 22)];

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    each_instance(case, |written, instance| judge_one(case, written, instance))
}

fn judge_one(case: &Case<'_>, written: &Written<'_>, instance: &CheckInstance) -> Result<Verdict, Gap> {
    let row = |url: &str| {
        let port = WrittenUrl::read(url)?.port;
        GONE.iter().find(|(gone, ..)| port == WrittenPort::Number(*gone))
    };
    let rows: Vec<_> = instance.urls().map(row).collect();
    let asks = written.origin.says(format!("it asks {}", first_url(instance)));
    let (Some(Some((port, component, since))), true) = (rows.first(), rows.iter().all(Option::is_some))
    else {
        return Ok(Verdict::pass(asks));
    };
    let closed = case.view.instances_of(*component).find_map(|instance| {
        let (flags, pod) = (instance.flags.as_ref()?, instance.pod.as_ref()?);
        let seen = Evidence::in_object(
            "Pod",
            Some(&pod.namespace),
            &pod.name,
            Some("spec.containers[0].command"),
            "--port=0",
        );
        flags.get("port").is_some_and(|port| port == "0").then_some(seen)
    });
    let release = case.view.release();
    let because = match (closed, release) {
        (Some(closed), _) => closed,
        (None, Ok(release)) if release < (1, *since) => return Ok(Verdict::pass(asks)),
        (None, Ok((major, minor))) => Evidence::at_path(
            "/version",
            format!("Kubernetes {major}.{minor}, whose {component} opens no port {port}"),
        ),
        (None, Err(gap)) => return Err(gap),
    };
    let profile = component.profile();
    let url = format!("https://%%host%%:{}{}", profile.port, profile.path);
    Ok(Finding::error(format!("the check asks port {port}, which {component} of this release does not open"))
        .seen([asks, because])
        .mend(setting::set(
            "ask the port with TLS, and send the token",
            &written.origin,
            &url,
            &[("bearer_token_auth", "true"), ("ssl_verify", "false")],
        ))
        .found())
}
