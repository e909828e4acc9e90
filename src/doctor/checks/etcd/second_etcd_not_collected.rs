//! A second etcd, which keeps the events, is left out.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, checks::setting},
    model::{
        check_config::CheckInstance,
        component::Component,
        evidence::Evidence,
        facts::Pod,
        observed::Gap,
        written_url::{WrittenPort, WrittenUrl},
    },
    view::Written,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("second-etcd-not-collected"),
    title: "a second etcd, which keeps the events, is left out",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r"
What was seen
  Pods of etcd-manager for `main` and for `events` run side by side, as kOps sets them up, and no check asks
  port 4002, on which that for events serves its clients, nor is one annotated on its pods.

What it means
  Events go to an etcd of their own. When that one fills up or loses its leader, events are lost and writes of
  them hang, and nothing shows it.

How to confirm by hand
    kubectl -n kube-system get pods -l k8s-app=etcd-manager-events

How to fix
  Add a second instance to the check of etcd, with port 4002, a tag of its own, and the certificates of its
  own CA: /etc/kubernetes/pki/etcd-manager-events/etcd-clients-ca.crt.

References
  kOps: wellknownports.go, etcd-manager.
",
    judge,
};

/// The labels of the two, and the port on which the second serves its clients.
const MAIN: &str = "etcd-manager-main";
const EVENTS: &str = "etcd-manager-events";
const EVENTS_PORT: u16 = 4002;

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let of = |app: &str| {
        case.view
            .pods
            .values()
            .copied()
            .find(|pod| pod.labels.get("k8s-app").is_some_and(|label| label == app))
    };
    let (Some(_), Some(events)) = (of(MAIN), of(EVENTS)) else {
        return Ok(Verdict::NotApplicable("there are no two etcds side by side"));
    };
    if case.view.agents.are_absent() {
        return Ok(Verdict::NotApplicable("no Datadog Agent is installed"));
    }
    let (all, gaps) = case.view.written();
    let of_etcd: Vec<&Written<'_>> =
        all.iter().filter(|written| written.component == Component::Etcd).collect();
    if let Some(written) = of_etcd.iter().find(|written| asks_events(written, events)) {
        return Ok(Verdict::pass(
            written.origin.says(format!("it asks port {EVENTS_PORT} or stands on {EVENTS}")),
        ));
    }
    if let Some(gap) = gaps.into_iter().next() {
        return Err(gap);
    }
    let Some(first) = of_etcd.first() else {
        return Ok(Verdict::NotApplicable("no check of etcd is written, which is another problem"));
    };
    let seen = Evidence::in_object(
        "Pod",
        Some(&events.namespace),
        &events.name,
        Some("metadata.labels"),
        format!("k8s-app={EVENTS}"),
    );
    Ok(Finding::warning("the etcd that keeps the events is left out")
        .seen([first.origin.says(format!("it asks no port {EVENTS_PORT}")), seen])
        .mend(Remedy::edit(
            "add an instance for it",
            Touches::Monitoring,
            setting::place(&first.origin),
            format!("  - prometheus_url: https://%%host%%:{EVENTS_PORT}/metrics\n    tags: [etcd_cluster:events]\n"),
        ))
        .found())
}

fn asks_events(written: &Written<'_>, events: &Pod) -> bool {
    let urls = written.check.instances.iter().flat_map(CheckInstance::urls);
    let port = WrittenPort::Number(EVENTS_PORT);
    let mut read = urls.filter_map(WrittenUrl::read);
    let is_on_pod = written.pod.is_some_and(|pod| pod.labels.get("k8s-app") == events.labels.get("k8s-app"));
    is_on_pod || read.any(|url| url.port == port)
}
