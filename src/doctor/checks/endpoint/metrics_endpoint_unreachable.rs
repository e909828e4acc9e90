//! The metrics endpoint does not answer at all.

use crate::{
    doctor::{
        Case, Check, CheckId, Finding, Remedy, Severity, Step, Subjects, Touches, Verdict, fold, shell,
    },
    model::{
        answer::Rung,
        component::Component,
        evidence::Evidence,
        observed::{FailureKind, Gap},
        question::ProbeSpec,
    },
    view::{Instance, View},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("metrics-endpoint-unreachable"),
    title: "the metrics endpoint does not answer",
    subjects: Subjects::EachInstance(&Component::ALL),
    symptom_of: &[
        CheckId("metrics-scheme-mismatch"),
        CheckId("certificate-file-expired"),
        CheckId("certificate-file-not-yet-valid"),
        CheckId("manifest-file-missing"),
    ],
    explain: r"
What was seen
  No HTTP answer came from the endpoint: the connection was refused, reset or never came about, or the other
  side accepted it and then kept silent, or trickled so slowly that the answer never ended.

What it means
  The Agent sees the same and collects nothing. A refused connection means that nothing listens at this address:
  the component is down, listens on another port, or on another address of the node. Silence without a refusal
  means a firewall that drops packets, or a component that hangs: a kube-apiserver whose etcd hangs accepts
  connections and answers no request.
  A failure from another machine says nothing about what the agents see from the node; ctlmon reports such a
  failure as unknown and not as a problem, unless you named the endpoint yourself.

How to confirm by hand
  On the node:
    ss -ltn
    curl -sk -m 10 -o /dev/null -w '%{http_code}\n' https://127.0.0.1:10259/healthz

How to fix
  Refused: start the component, or ask it at the address and port on which it listens (--bind-address,
  --secure-port, --listen-client-urls, --listen-metrics-urls in its static pod).
  Silent from elsewhere only: open the port between the agents and the node, or let the agents use the host's
  network.
  Silent from the node itself: look at the component's log; for kube-apiserver also at etcd.

References
  Kubernetes: ports and protocols used by its components. Measured on 1.36: a kube-apiserver with a hanging etcd
  gives no answer to /metrics within 12 s, while /version answers at once.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    let what = format!("{} on {}", instance.component, instance.name);
    let Some((spec, record)) = case.view.best(instance) else {
        return Err(case.view.gap(instance, what));
    };
    let kind = record.failure.as_ref().map(|failure| failure.kind);
    let spoke = record.rung == Rung::Answered
        || kind == Some(FailureKind::Alert)
        || record.broke_off_over_certificate();
    if spoke {
        return Ok(Verdict::Pass(vec![Evidence::in_probe(spec, fold::answer(record))]));
    }
    if matches!(kind, Some(FailureKind::NotTls | FailureKind::Protocol)) {
        return Ok(Verdict::NotApplicable("the port answers, but in another protocol"));
    }
    if !View::is_its_own_failure(instance, (spec, record)) {
        return Err(case.view.gap(instance, what));
    }
    let words = record.failure.as_ref().map_or_else(String::new, ToString::to_string);
    Ok(Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: format!("the metrics endpoint of {} does not answer: {}", instance.component, reason(kind)),
        evidence: vec![Evidence::in_probe(spec, words)],
        remedies: vec![remedy(case, instance, spec, kind)],
    }))
}

fn reason(kind: Option<FailureKind>) -> &'static str {
    kind.map_or("it said nothing", FailureKind::words)
}

fn remedy(case: &Case<'_>, instance: &Instance, spec: &ProbeSpec, kind: Option<FailureKind>) -> Remedy {
    let port = spec.endpoint.port;
    let mut steps = Vec::new();
    match (kind, &instance.pod) {
        (Some(FailureKind::Resolve), _) => {
            steps.push(Step::Run(vec![format!("getent hosts {}", shell::word(&spec.endpoint.host))]));
        }
        (_, Some(pod)) => steps.push(Step::Run(vec![
            format!("kubectl -n {} get pod {} -o wide", pod.namespace, pod.name),
            format!("kubectl -n {} logs {} --tail=50", pod.namespace, pod.name),
        ])),
        _ => steps.push(Step::Run(vec![format!("ss -ltnp 'sport = :{port}'")])),
    }
    if case.view.node.is_some() {
        let program = instance.component.profile().program;
        steps.push(Step::Run(vec![format!("crictl ps -a --name {program}")]));
    }
    steps.push(Step::Read(match kind {
        Some(FailureKind::Refused) => "nothing listens there: start it, or correct address and port",
        Some(FailureKind::Resolve) => "correct the host name, or the name server of this machine",
        Some(FailureKind::Timeout | FailureKind::Unreachable) => {
            "a firewall between here and there drops the packets, or the program hangs: its log tells"
        }
        _ => "the program behind the port is not in order: its log tells",
    }));
    Remedy { title: "find out what is behind the port".to_owned(), steps, touches: Touches::Nothing }
}
