//! The token that the agents show is refused, whoever they show it to.

use super::{super::credentials::cannot_ask, rights, token};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Step, Subjects, Touches, Verdict, fold},
    model::{
        component::Component,
        evidence::Evidence,
        observed::Gap,
        question::{AccountRef, Credential, ProbeSpec},
        workload::Workload,
    },
    view::{Instance, Probed, View},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("agent-token-refused"),
    title: "the token that the agents show is refused",
    subjects: Subjects::EachInstance(&[
        Component::ApiServer,
        Component::ControllerManager,
        Component::Scheduler,
        Component::Kubelet,
    ]),
    symptom_of: &[],
    explain: r#"
What was seen
  The component answers 401 to a token of the account that asks it, made as the agents' own is, and the API server, asked by a
  TokenReview, does not know that token or says what is wrong with it. Or the agents' workload mounts a token that is
  meant for somebody else: its audience is none of the API server's (--api-audiences, else --service-account-issuer).

What it means
  A 401 means that a credential arrived and is bad, or that the component could not ask whose it is: no component says
  which. The API server does. It says of a token that it
  - `has expired`: the clocks of the API servers differ, or the token is a copy that nobody renews;
  - has `token audiences ["..."]`: a projected volume asks for the audience of another service;
  - fails of an `error in cryptographic primitive`: it was signed with another key, as after a rotation of sa.key on one
    of several control-plane nodes;
  - has a `service account UID` that `does not match`: the account was deleted and made anew;
  - is an `invalid bearer token` and no more: another issuer, or no token at all.

How to confirm by hand
    kubectl -n datadog get daemonset datadog-agent -o jsonpath='{.spec.template.spec.volumes[*].projected.sources[*].serviceAccountToken}'
    kubectl create -o jsonpath='{.status}' -f - <<EOF
    {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": "$(kubectl -n datadog create token datadog-agent)"}}
    EOF

How to fix
  Remove the projected volume, or its `audience`: pods get a token for the API server by themselves. Other key: give all
  API servers the same --service-account-key-file and --service-account-signing-key-file. Expired: set the clocks.
  Stale account: restart the agents.

References
  Kubernetes: TokenReview; service account token volume projection. Measured on 1.36: all six kinds of bad tokens get
  the same 401 from every component, and only the review tells them apart.
"#,
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    if instance.named.is_some() {
        return Ok(Verdict::NotApplicable("there is no API server that could be asked about the token"));
    }
    if case.view.is_asked_by_nobody(instance) {
        return Ok(Verdict::NotApplicable("no Datadog Agent asks it"));
    }
    let shown = refused_first(case.view, instance);
    let account = match shown {
        Some((ProbeSpec { credential: Credential::Account(account), .. }, _)) => account.clone(),
        _ => rights::account_asking(case.view, instance)?,
    };
    let foreign = foreign_audience(case.view, &account);
    let Some((spec, record)) = shown else {
        return Ok(match foreign {
            Some((audience, evidence)) => problem(&meant_for(&audience), evidence),
            None => Verdict::NotApplicable("it was not asked with the agents' token"),
        });
    };
    let seen = Evidence::in_probe(spec, fold::answer(record));
    match record.status() {
        Some(401) => {}
        Some(_) => return Ok(Verdict::Pass(vec![seen])),
        None => return Ok(Verdict::NotApplicable("nothing was answered")),
    }
    let what = format!("why {} on {} answers 401 to {account}", instance.component, instance.name);
    let review = token::review(case.view, spec);
    let said = review.value().filter(|said| !said.authenticated);
    let mut evidence = vec![seen];
    evidence.extend(said.map(|said| token::evidence(spec, format!("refused: {}", said.error))));
    if let Some((audience, proof)) = foreign {
        // What the cluster's own objects say is the cause; the API server's words are what came of it.
        evidence.extend(proof);
        return Ok(problem(&meant_for(&audience), evidence));
    }
    if let Some(said) = said {
        return Ok(problem(reason(&said.error), evidence));
    }
    if cannot_ask(case.view, instance).is_some() {
        return Ok(Verdict::NotApplicable("it cannot ask the API server, which is another problem"));
    }
    review.seen(&what)?;
    Ok(refused_alone(case.view, instance, spec, evidence))
}

/// What an instance answered to a token of an account: a refusal, if one of several was refused.
fn refused_first<'a>(view: &View<'a>, instance: &Instance) -> Option<Probed<'a>> {
    view.probes(instance).filter(|(spec, _)| matches!(spec.credential, Credential::Account(_))).min_by_key(
        |(_, record)| match record.status() {
            Some(401) => 0,
            Some(_) => 1,
            None => 2,
        },
    )
}

/// What a review's words mean.
///
/// Measured on Kubernetes 1.36; the words are Go's, and what is not among them is only known to be refused.
fn reason(said: &str) -> &'static str {
    [
        ("has expired", "it has expired"),
        ("token audiences", "it is meant for others"),
        ("cryptographic primitive", "it is signed with a key that the API server does not know"),
        ("does not match claim", "its account was deleted and made anew"),
    ]
    .into_iter()
    .find(|(words, _)| said.contains(words))
    .map_or("the API server does not know it", |(_, reason)| reason)
}

fn meant_for(audience: &str) -> String {
    format!("it is meant for \"{audience}\", which is not the API server")
}

/// The audience of an account's token, where it is none of the API server's, with the proof.
fn foreign_audience(view: &View<'_>, account: &AccountRef) -> Option<(String, Vec<Evidence>)> {
    let identities = view.agents.identities();
    let workload: &Workload = identities.into_values().find(|workload| workload.account() == *account)?;
    let audience = workload.token_audience()?;
    let (pod, flag, known) = view.instances_of(Component::ApiServer).find_map(|instance| {
        let flags = instance.flags.as_ref()?;
        let flag =
            ["api-audiences", "service-account-issuer"].into_iter().find(|flag| flags.contains_key(*flag))?;
        Some((instance.pod.as_ref()?, flag, flags[flag].as_str()))
    })?;
    if known.is_empty() || known.split(',').any(|known| known == audience) {
        return None;
    }
    let mounted = Evidence::in_object(
        workload.kind_name(),
        Some(&workload.namespace),
        &workload.name,
        Some("spec.template.spec.volumes"),
        format!("mounts a token for \"{audience}\""),
    );
    let command = Some("spec.containers[0].command");
    let claim = format!("--{flag}={known}");
    let expected = Evidence::in_object("Pod", Some(&pod.namespace), &pod.name, command, claim);
    Some((audience.to_owned(), vec![mounted, expected]))
}

/// The API server takes the token, and this component does not: it cannot ask. What that means for a kubelet is judged
/// by its configuration, and an API server that contradicts itself is one of several.
fn refused_alone(
    view: &View<'_>,
    instance: &Instance,
    spec: &ProbeSpec,
    mut evidence: Vec<Evidence>,
) -> Verdict {
    if instance.component == Component::Kubelet {
        return Verdict::NotApplicable("the token is good, so it is not the token that is wrong");
    }
    evidence.extend(token::taken(view, spec));
    if let Some((spec, record)) = view.as_nobody(instance) {
        evidence.push(Evidence::in_probe(spec, fold::answer(record)));
    }
    let program = instance.component.profile().program;
    let summary = if instance.component == Component::ApiServer {
        "this API server refuses a token that another one takes: their keys or issuers differ".to_owned()
    } else {
        format!(
            "{program} refuses a token that the API server takes: it cannot ask the API server about tokens"
        )
    };
    let steps = match &instance.pod {
        Some(pod) => vec![Step::Run(vec![format!(
            "kubectl -n {} logs {} --tail=200 | grep -i 'unable to authenticate'",
            pod.namespace, pod.name
        )])],
        None => vec![Step::Read("its log says `Unable to authenticate the request`, and why")],
    };
    let title = "find out in its log why it refuses the token".to_owned();
    let remedies = vec![Remedy { title, steps, touches: Touches::Nothing }];
    Verdict::Problem(Finding { severity: Severity::Error, own_cause: false, summary, evidence, remedies })
}

fn problem(reason: &str, evidence: Vec<Evidence>) -> Verdict {
    Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: format!("the token that the agents show is refused with 401: {reason}"),
        evidence,
        remedies: vec![Remedy {
            title: "let the agents use the token that every pod gets".to_owned(),
            steps: vec![
                Step::Edit {
                    file: "the agents' workload, or the Helm values that add to it".to_owned(),
                    change: "remove the projected volume with serviceAccountToken, or its audience; automountServiceAccountToken: true".to_owned(),
                },
                Step::Read("where no such volume is there, ctlmon explain agent-token-refused tells what the API server's words mean"),
            ],
            touches: Touches::Monitoring,
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_review_are_understood_as_they_were_measured() {
        for (said, expected) in [
            ("[invalid bearer token, service account token has expired]", "it has expired"),
            (
                "[invalid bearer token, token audiences [\"foo\"] is invalid for the target audiences [\"https://kubernetes.default.svc.cluster.local\"]]",
                "it is meant for others",
            ),
            (
                "[invalid bearer token, go-jose/go-jose: error in cryptographic primitive]",
                "it is signed with a key that the API server does not know",
            ),
            (
                "[invalid bearer token, service account UID (87080abf) does not match claim (00000000)]",
                "its account was deleted and made anew",
            ),
            ("invalid bearer token", "the API server does not know it"),
            ("", "the API server does not know it"),
        ] {
            assert_eq!(reason(said), expected, "{said}");
        }
    }
}
