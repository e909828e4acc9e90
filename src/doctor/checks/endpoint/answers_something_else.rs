//! The port answers, but not with this component's metrics.

use crate::{
    doctor::{
        Case, Check, CheckId, Finding, Remedy, Severity, Step, Subjects, Touches, Verdict,
        checks::credentials, fold,
    },
    model::{
        answer::{BodyKind, HttpSeen, ProbeRecord},
        component::Component,
        evidence::Evidence,
        observed::{FailureKind, Gap, Why},
    },
    view::{Instance, View},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("answers-something-else"),
    title: "the port answers, but not with this component's metrics",
    subjects: Subjects::EachInstance(&Component::ALL),
    symptom_of: &[CheckId("check-names-wrong-path"), CheckId("eks-metrics-not-served")],
    explain: r"
What was seen
  The endpoint answered with something other than this component's metrics: a web page, JSON, a redirect, an
  error status, metrics of another program, a body in an encoding that nobody asked for, or a body that does not
  end.

What it means
  A proxy, a load balancer, a login page or another program stands where the component is expected, or the path
  is wrong. The Agent's check may even report OK for such an answer, because any text without a bad line counts
  as metrics. ctlmon knows each component by metric families that it alone serves.

How to confirm by hand
    curl -sk -m 10 -D - -o /dev/null https://127.0.0.1:10259/metrics

How to fix
  Correct the host, port and path in the check's configuration. Redirects are not followed: write the address to
  which they lead, if it is the component's own.

References
  Compared on two clusters (Kubernetes 1.31 and 1.33): the families that only one of the components serves.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    let what = format!("what {} on {} serves", instance.component, instance.name);
    let Some((spec, record)) = case.view.best(instance) else {
        return Err(case.view.gap(instance, what));
    };
    let Some(http) = &record.http else {
        return match record.failure.as_ref().map(|failure| failure.kind) {
            // What cannot be HTTP within the limits is something else, whatever it is.
            Some(FailureKind::Protocol) => {
                Ok(problem(instance, spec, record, "what it sends is no HTTP answer within the limits"))
            }
            _ => Ok(Verdict::NotApplicable("nothing was answered")),
        };
    };
    let wrong = match (http.status, &http.body.kind) {
        (401 | 403, BodyKind::Html(_)) => "it refuses with a web page".to_owned(),
        (401 | 403, _) if refuses_as(instance.component, record) => {
            let claim =
                format!("{}, in the words of {}", fold::answer(record), instance.component.profile().program);
            return Ok(Verdict::Pass(vec![Evidence::in_probe(spec, claim)]));
        }
        (401 | 403, _) => {
            let reason =
                "it lets nobody in with the credentials that were used, in words that tell nothing of it";
            return Err(Gap::new(what, Why::OutOfReach(reason.to_owned())));
        }
        (400, BodyKind::Text(_)) => return Ok(Verdict::NotApplicable("the port speaks another protocol")),
        (500, _) if credentials::says_so(record) => {
            return Ok(Verdict::NotApplicable("it cannot ask the API server, which is another problem"));
        }
        (300..=399, _) => redirect(http),
        (404, _) => "it has no such path".to_owned(),
        (status, _) if status != 200 => format!("it answers with status {status}"),
        (_, BodyKind::Json(_)) if instance.component == Component::ClusterAgent => {
            return Ok(Verdict::Pass(vec![Evidence::in_probe(spec, fold::answer(record))]));
        }
        (_, BodyKind::Html(_)) => "it serves a web page".to_owned(),
        (_, BodyKind::Json(_)) => "it serves JSON".to_owned(),
        (_, BodyKind::Text(_)) => "it serves text that is no metrics".to_owned(),
        (_, BodyKind::Empty) if record.failure.is_none() => "it serves an empty page".to_owned(),
        (_, BodyKind::Empty) => "its answer has no body within the time allowed".to_owned(),
        (_, BodyKind::Binary) => match http.headers.get("content-encoding") {
            Some(encoding) => format!("its body is encoded ({encoding}), which nobody asked for"),
            None => "it serves bytes that are no text".to_owned(),
        },
        (_, BodyKind::Metrics(metrics)) => {
            let known = instance.component.profile().families;
            let is_own = known.iter().any(|name| metrics.families.iter().any(|family| family == name));
            if is_own && http.body.complete {
                let claim = format!("{}, among them {}", fold::answer(record), own(known, &metrics.families));
                return Ok(Verdict::Pass(vec![Evidence::in_probe(spec, claim)]));
            }
            if http.body.complete {
                format!("it serves metrics, but none of {}", known.join(", "))
            } else {
                format!("its body does not end ({} bytes were read)", http.body.bytes)
            }
        }
    };
    if !View::is_its_own(instance, spec) {
        let reason =
            format!("something answered {} ({wrong}), but at this address it may be another's", spec.vantage);
        return Err(Gap::new(what, Why::OutOfReach(reason)));
    }
    Ok(problem(instance, spec, record, &wrong))
}

/// Whether a refusal is worded as this component words it.
///
/// Measured on Kubernetes 1.36: the API server, the scheduler and the controller-manager refuse with a `Status` in
/// JSON, the kubelet with a line of text. The Cluster Agent's words are in its source.
fn refuses_as(component: Component, record: &ProbeRecord) -> bool {
    let text = record.text().trim();
    match component {
        Component::ApiServer | Component::ControllerManager | Component::Scheduler => {
            text.starts_with('{') && text.contains("\"Status\"")
        }
        Component::Kubelet => text == "Unauthorized" || text.starts_with("Forbidden (user="),
        Component::ClusterAgent => {
            ["no session token provided", "invalid session token", "unsupported authorization scheme"]
                .iter()
                .any(|words| text.starts_with(words))
        }
        Component::Etcd => false,
    }
}

fn problem(
    instance: &Instance,
    spec: &crate::model::question::ProbeSpec,
    record: &ProbeRecord,
    wrong: &str,
) -> Verdict {
    Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: format!("where {} is expected, something else answers: {wrong}", instance.component),
        evidence: vec![Evidence::in_probe(spec, fold::answer(record))],
        remedies: vec![Remedy {
            title: "correct host, port and path in the check's configuration".to_owned(),
            steps: vec![Step::Edit {
                file: format!(
                    "the configuration of the Agent check {}",
                    instance.component.profile().agent_check
                ),
                change: format!(
                    "prometheus_url: https://%%host%%:{}{}",
                    instance.component.profile().port,
                    instance.component.profile().path
                ),
            }],
            touches: Touches::Monitoring,
        }],
    })
}

fn redirect(http: &HttpSeen) -> String {
    match http.headers.get("location") {
        Some(location) => format!("it redirects to {location}"),
        None => format!("it redirects (status {})", http.status),
    }
}

fn own<'a>(known: &[&'a str], served: &[String]) -> &'a str {
    known.iter().find(|name| served.iter().any(|family| family == *name)).copied().unwrap_or_default()
}
