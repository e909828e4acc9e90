//! The kubelet takes no service-account tokens.

use super::CLOSED;
use crate::{
    doctor::{
        Case, Check, CheckId, Finding, Remedy, Severity, Step, Subjects, Touches, Verdict,
        checks::agents::token, fold,
    },
    model::{
        component::Component,
        evidence::Evidence,
        observed::{Gap, Why},
        question::ProbeSpec,
    },
    view::Instance,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("kubelet-ignores-tokens"),
    title: "the kubelet takes no service-account tokens",
    subjects: Subjects::EachInstance(&[Component::Kubelet]),
    symptom_of: &[],
    explain: r"
What was seen
  The kubelet answers 401 to a token of the agents' account, and the API server takes the same token; or the
  kubelet's configuration says that it does not ask the API server about tokens
  (authentication.webhook.enabled: false).

What it means
  A kubelet that does not ask knows nobody but holders of client certificates. The Agent reports `unauthorized to
  request test kubelet endpoint` or `401 Client Error: Unauthorized`. A 401 alone could as well mean a bad token;
  that the API server takes it settles that it is not. Older kOps clusters and hand-made ones run so.

How to confirm by hand
    kubectl get --raw /api/v1/nodes/NODE/proxy/configz | tr ',' '\n' | grep -A 2 webhook
    curl -sk -o /dev/null -w '%{http_code}\n' -H 'Authorization: Bearer TOKEN' https://NODE:10250/metrics

How to fix
  Set authentication.webhook.enabled: true and authorization.mode: Webhook in the kubelet's configuration and
  restart it. With kOps: spec.kubelet.authenticationTokenWebhook and authorizationMode, then a rolling update.

References
  Kubernetes: kubelet authentication and authorisation. Measured on 1.36: the kubelet answers every bad credential
  with the same 401.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    if instance.named.is_some() {
        return Ok(Verdict::NotApplicable("a token was not compared with what the API server says of it"));
    }
    let configured = instance.node.as_deref().map(|node| (node, case.view.snapshot.kubelet_config(node)));
    let configuration = configured.as_ref().and_then(|(node, config)| {
        let webhook = config.value()?.webhook?;
        let claim = format!("authentication.webhook.enabled: {webhook}");
        Some((webhook, Evidence::at_path(&format!("/api/v1/nodes/{node}/proxy/configz"), claim)))
    });
    if let Some((spec, record)) = case.view.with_token(instance) {
        let seen = Evidence::in_probe(spec, fold::answer(record));
        return match record.status() {
            // What it says of itself needs no other proof.
            Some(401) if matches!(configuration, Some((false, _))) => {
                Ok(problem(instance, [seen].into_iter().chain(configuration.map(|it| it.1)).collect()))
            }
            Some(401) => match good_elsewhere(case, spec).or_else(|| token::taken(case.view, spec)) {
                None if token::is_bad(case.view, spec) => {
                    Ok(Verdict::NotApplicable("the token itself is refused, which is another problem"))
                }
                Some(proof) => Ok(problem(
                    instance,
                    [seen, proof].into_iter().chain(configuration.map(|(_, evidence)| evidence)).collect(),
                )),
                None => {
                    let what = format!("why kubelet on {} answers 401 to the agents' token", instance.name);
                    let reason = "the API server was not seen to take the same token";
                    Err(token::unreviewed(case.view, spec, &what)
                        .unwrap_or_else(|| Gap::new(what, Why::OutOfReach(reason.to_owned()))))
                }
            },
            Some(_) => Ok(Verdict::Pass(vec![seen])),
            None => Ok(Verdict::NotApplicable("nothing was answered")),
        };
    }
    match configuration {
        Some((false, evidence)) => Ok(problem(instance, vec![evidence])),
        Some((true, evidence)) => Ok(Verdict::Pass(vec![evidence])),
        None if case.view.is_closed(instance) => Ok(Verdict::NotApplicable(CLOSED)),
        None => {
            let what = format!("whether kubelet on {} takes tokens", instance.name);
            match configured {
                Some((_, config)) => {
                    Err(config.seen(&what).err().unwrap_or_else(|| case.view.gap(instance, what)))
                }
                None => Err(case.view.gap(instance, what)),
            }
        }
    }
}

/// The same token, taken by an API server.
fn good_elsewhere(case: &Case<'_>, asked: &ProbeSpec) -> Option<Evidence> {
    case.view
        .instances_of(Component::ApiServer)
        .filter_map(|instance| case.view.best_as(instance, |credential| *credential == asked.credential))
        .find(|(_, record)| record.status().is_some_and(|status| status != 401))
        .map(|(spec, record)| {
            Evidence::in_probe(spec, format!("{}: the API server takes the token", fold::answer(record)))
        })
}

fn problem(instance: &Instance, evidence: Vec<Evidence>) -> Verdict {
    let node = instance.node.as_deref().unwrap_or("NODE");
    Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: "the kubelet does not ask the API server about tokens, so it answers 401 to the agents"
            .to_owned(),
        evidence,
        remedies: vec![Remedy {
            title: "let the kubelet ask the API server whose token it got".to_owned(),
            steps: vec![
                Step::Edit {
                    file: format!("/var/lib/kubelet/config.yaml on {node}, or where this installer keeps it"),
                    change:
                        "authentication:\n  webhook:\n    enabled: true\nauthorization:\n  mode: Webhook\n"
                            .to_owned(),
                },
                Step::Run(vec!["systemctl restart kubelet".to_owned()]),
            ],
            touches: Touches::ControlPlane,
        }],
    })
}
