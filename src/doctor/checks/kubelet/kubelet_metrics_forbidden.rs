//! The kubelet forbids its metrics to the agents' account.

use crate::{
    doctor::{
        Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict,
        checks::{agents::rights, rights::mending},
        fold,
    },
    model::{component::Component, evidence::Evidence, kubelet, observed::Gap, question::AccountRef},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("kubelet-metrics-forbidden"),
    title: "the kubelet forbids its metrics to the agents' account",
    subjects: Subjects::EachInstance(&[Component::Kubelet]),
    symptom_of: &[CheckId("account-role-bound-to-another")],
    explain: r"
What was seen
  The kubelet answers the agents' account with 403 and names the subresource that it asked for: `Forbidden
  (user=system:serviceaccount:datadog:datadog-agent, verb=get, resource=nodes, subresource(s)=[metrics])`.
  Or nobody could ask it, but the API server says that the account may not.

What it means
  The kubelet asks the API server whether the account may `get` a subresource of nodes: `metrics` for
  /metrics and /metrics/cadvisor, `stats` for /stats/summary, `proxy` (or the finer `pods`, `healthz`,
  `configz` since 1.33) for the rest. The Agent's own connection test passes with a 403, so its log says
  that the kubelet was found.

How to confirm by hand
    kubectl auth can-i get nodes/metrics --as=system:serviceaccount:datadog:datadog-agent
    kubectl auth can-i get nodes/stats --as=system:serviceaccount:datadog:datadog-agent

How to fix
  Keep rbac.create on in the chart, or apply the printed ClusterRole, which holds every rule that the
  account lacks. After a change wait thirty seconds: the kubelet remembers denials that long.

References
  Kubernetes: kubelet authorisation; KEP-2862, fine-grained kubelet authorisation.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    if case.view.is_asked_by_nobody(instance) {
        return Ok(Verdict::NotApplicable("no Datadog Agent asks it"));
    }
    let probed = case.view.with_token(instance);
    if instance.named.is_some() {
        return Ok(match probed {
            Some((spec, record)) if record.refused_user().is_some() => {
                let seen = vec![Evidence::in_probe(spec, fold::answer(record))];
                problem(&[named_by(record.text())], seen, by_hand)
            }
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
            let give = |parts: &[String]| given(case, &account, parts);
            return Ok(problem(&[named_by(record.text())], vec![seen], give));
        }
        evidence.insert(0, seen);
    }
    Ok(if missing.is_empty() {
        Verdict::Pass(evidence)
    } else {
        problem(&missing, evidence, |parts| given(case, &account, parts))
    })
}

/// The subresources that the account may not read by the API server's word, with the proof of each.
fn by_rule(case: &Case<'_>, account: &AccountRef) -> Result<(Vec<String>, Vec<Evidence>), Gap> {
    let mut missing = Vec::new();
    let mut evidence = Vec::new();
    for subresource in kubelet::SUBRESOURCES {
        let (is_allowed, piece) =
            rights::ruling(case.view, account, &kubelet::review(account, subresource).action)?;
        if is_allowed {
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

fn problem(missing: &[String], evidence: Vec<Evidence>, remedy: impl FnOnce(&[String]) -> Remedy) -> Verdict {
    let resources: Vec<String> = missing.iter().map(|part| format!("nodes/{part}")).collect();
    let summary =
        format!("the agents' account may not get {}, so the kubelet answers 403", resources.join(" and "));
    Finding::error(summary).seen(evidence).mend(remedy(missing)).found()
}

/// The rules that an account lacks, these at least.
fn given(case: &Case<'_>, account: &AccountRef, parts: &[String]) -> Remedy {
    let rights: Vec<_> = parts.iter().map(|part| kubelet::review(account, part).action).collect();
    mending::give(case.view, account, &rights)
}

/// Where nothing is known but the answer of an endpoint that the user named.
fn by_hand(parts: &[String]) -> Remedy {
    let resources: Vec<String> = parts.iter().map(|part| format!("nodes/{part}")).collect();
    let lines = [
        format!("kubectl create clusterrole agents-kubelet --verb=get --resource={}", resources.join(",")),
        "kubectl create clusterrolebinding agents-kubelet --clusterrole=agents-kubelet --serviceaccount=NAMESPACE:ACCOUNT".to_owned(),
    ];
    Remedy::run("give the agents' account what is missing", Touches::Monitoring, &lines)
        .knowing("allow thirty seconds: the kubelet remembers denials")
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
