//! The kubelet forbids its metrics to the agents' account.

use crate::{
    doctor::{
        Case, Check, CheckId, Finding, Remedy, Severity, Step, Subjects, Touches, Verdict,
        checks::agents::rights, fold,
    },
    model::{
        component::Component,
        evidence::{Evidence, Locator},
        kubelet,
        observed::Gap,
        question::AccountRef,
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("kubelet-metrics-forbidden"),
    title: "the kubelet forbids its metrics to the agents' account",
    subjects: Subjects::EachInstance(&[Component::Kubelet]),
    symptom_of: &[],
    explain: r"
What was seen
  The kubelet answers the agents' account with 403 and names the subresource that it asked for: `Forbidden
  (user=system:serviceaccount:datadog:datadog-agent, verb=get, resource=nodes, subresource(s)=[metrics])`. Or
  nobody could ask it, but the API server says that the account may not.

What it means
  The kubelet asks the API server whether the account may `get` a subresource of nodes: `metrics` for /metrics and
  /metrics/cadvisor, `stats` for /stats/summary, `proxy` (or the finer `pods`, `healthz`, `configz` since 1.33) for
  the rest. The Agent's own connection test passes with a 403, so its log says that the kubelet was found.

How to confirm by hand
    kubectl auth can-i get nodes/metrics --as=system:serviceaccount:datadog:datadog-agent
    kubectl auth can-i get nodes/stats --as=system:serviceaccount:datadog:datadog-agent

How to fix
  Keep rbac.create on in the chart, or give the account the missing subresources. After a change wait thirty
  seconds: the kubelet remembers denials that long.

References
  Kubernetes: kubelet authorisation; KEP-2862, fine-grained kubelet authorisation.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    if instance.named.is_none() && case.view.agents.are_absent() {
        return Ok(Verdict::NotApplicable("no Datadog Agent is installed"));
    }
    let probed = case.view.with_token(instance);
    if instance.named.is_some() {
        return Ok(match probed {
            Some((spec, record)) if record.refused_user().is_some() => problem(
                &[named_by(record.text())],
                vec![Evidence::in_probe(spec, fold::answer(record))],
                None,
            ),
            Some((spec, record)) if record.http.is_some() => {
                Verdict::Pass(vec![Evidence::in_probe(spec, fold::answer(record))])
            }
            _ => Verdict::NotApplicable("it was not asked with a token"),
        });
    }
    let account = rights::account(case.view)?;
    let (missing, mut evidence) = by_rule(case, &account)?;
    if let Some((spec, record)) = probed {
        let seen = Evidence::in_probe(spec, fold::answer(record));
        if record.refused_user().is_some() && missing.is_empty() {
            return Ok(problem(&[named_by(record.text())], vec![seen], Some(&account)));
        }
        evidence.insert(0, seen);
    }
    Ok(if missing.is_empty() { Verdict::Pass(evidence) } else { problem(&missing, evidence, Some(&account)) })
}

/// The subresources that the account may not read by the API server's word, with the proof of each.
fn by_rule(case: &Case<'_>, account: &AccountRef) -> Result<(Vec<String>, Vec<Evidence>), Gap> {
    let mut missing = Vec::new();
    let mut evidence = Vec::new();
    for subresource in kubelet::SUBRESOURCES {
        let review = kubelet::review(account, subresource);
        let answer = case.view.snapshot.access(&review);
        let access = answer.seen(&format!("whether {} may get nodes/{subresource}", account.user_name()))?;
        let may = if access.allowed { "may" } else { "may not" };
        let piece = Evidence {
            claim: format!("{} {may} get nodes/{subresource}", account.user_name()),
            locator: Locator::Review(format!("{}, {}", review.who, review.action)),
        };
        if access.allowed {
            evidence.push(piece);
        } else {
            missing.push(subresource.to_owned());
            evidence.insert(0, piece);
        }
    }
    Ok((missing, evidence))
}

/// The subresource that the kubelet's refusal names.
fn named_by(text: &str) -> String {
    text.split_once("subresource(s)=[")
        .or_else(|| text.split_once("subresource="))
        .and_then(|(_, rest)| rest.split([']', ')', ' ', ',']).next())
        .filter(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .unwrap_or("metrics")
        .to_owned()
}

fn problem(missing: &[String], evidence: Vec<Evidence>, account: Option<&AccountRef>) -> Verdict {
    let (namespace, name) =
        account.map_or(("datadog", "datadog-agent"), |account| (&account.namespace, &account.name));
    let resources: Vec<String> = missing.iter().map(|subresource| format!("nodes/{subresource}")).collect();
    let role = format!("{namespace}-{name}-kubelet");
    Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: format!(
            "the agents' account may not get {}, so the kubelet answers 403",
            resources.join(" and ")
        ),
        evidence,
        remedies: vec![Remedy {
            title: "give the agents' account what is missing".to_owned(),
            steps: vec![
                Step::Run(vec![
                    format!(
                        "kubectl create clusterrole {role} --verb=get --resource={}",
                        resources.join(",")
                    ),
                    format!(
                        "kubectl create clusterrolebinding {role} --clusterrole={role} --serviceaccount={namespace}:{name}"
                    ),
                ]),
                Step::Read("allow thirty seconds: the kubelet remembers denials"),
            ],
            touches: Touches::Monitoring,
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_refused_subresource_is_read_out_of_old_and_new_words() {
        for (text, expected) in [
            ("Forbidden (user=a, verb=get, resource=nodes, subresource(s)=[metrics])", "metrics"),
            ("Forbidden (user=a, verb=get, resource=nodes, subresource(s)=[healthz proxy])", "healthz"),
            ("Forbidden (user=a, verb=get, resource=nodes, subresource=stats)", "stats"),
            ("Forbidden", "metrics"),
        ] {
            assert_eq!(named_by(text), expected);
        }
    }
}
