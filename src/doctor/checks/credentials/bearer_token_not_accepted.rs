//! A bearer token from a file is not accepted. That a component says 401 is not enough: it says so too while it cannot ask.

use super::{DELEGATED, cannot_ask, unless_refused};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Step, Subjects, Touches, Verdict, fold},
    model::{
        answer::TokenFacts,
        component::Component,
        evidence::{Evidence, Locator},
        observed::{Gap, Why},
        question::{Credential, ProbeSpec},
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("bearer-token-not-accepted"),
    title: "the bearer token is not accepted",
    subjects: Subjects::EachInstance(DELEGATED),
    symptom_of: &[],
    explain: r#"
What was seen
  The component answered 401 to a request with a bearer token, and either the token itself shows why (it is over,
  it is meant for somebody else), or the API server, which has the last word on tokens, answered 401 to it too.

What it means
  401 is the same for a token that is over, of another audience, of another issuer, signed by another key, of an
  account that was deleted and made anew, or no token at all. The token's claims tell the first two apart; the rest
  only the API server's review tells.
  A 401 of the controller-manager or the scheduler alone proves nothing: they answer so to every token while they
  cannot reach the API server. ctlmon then reports unknown and not a problem.

How to confirm by hand
  What the token says of itself:
    cut -d. -f2 token | tr '_-' '/+' | base64 -d 2>/dev/null
  What the API server says of it:
    kubectl create -f - -o jsonpath='{.status.error}' <<EOF
    {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": "$(cat token)"}}
    EOF

How to fix
  Make a token for the API server's own audience, and let it be renewed: in a pod by the projected volume that every
  service account gets, by hand with kubectl create token. A token that is copied into a file is over after an hour.

References
  Kubernetes: service account tokens, --api-audiences (the issuer where it is not set). Measured on 1.36: six kinds of
  bad tokens get the same 401.
"#,
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    // What the agents show is judged by their workload and by a review, which a token from a file never gets.
    let of_file = |credential: &Credential| matches!(credential, Credential::TokenFile(_));
    let Some((spec, record)) = case.view.best_as(instance, of_file) else {
        return Ok(Verdict::NotApplicable("it was not asked with a token from a file"));
    };
    let seen = Evidence::in_probe(spec, fold::answer(record));
    if let Some(verdict) = unless_refused(record, &seen, "the answer says nothing of the token") {
        return Ok(verdict);
    }
    let facts = facts(case, spec);
    let reason = facts.as_ref().and_then(|(facts, _)| against(case, facts));
    let claims = facts.map(|(facts, origin)| Evidence {
        claim: format!("the token: {}", facts.describe()),
        locator: Locator::Given(origin),
    });
    let refused = refused_by_the_api_server(case, spec);
    let (reason, proof) = match (reason, refused) {
        (Some(reason), refused) => (reason, refused),
        (None, Some(refused)) => (
            "by its own words nothing is wrong with it, so its account, its issuer or its key is not the cluster's"
                .to_owned(),
            Some(refused),
        ),
        (None, None) if cannot_ask(case.view, instance).is_some() => {
            return Ok(Verdict::NotApplicable("it cannot ask the API server, which is another problem"));
        }
        (None, None) => {
            let reason = "nothing in the token explains it, and whether the API server takes it was not seen: \
                          a component that cannot reach the API server answers the same";
            return Err(Gap::new(
                format!("why {} on {} answers 401 to the token", instance.component, instance.name),
                Why::OutOfReach(reason.to_owned()),
            ));
        }
    };
    let mut evidence = vec![seen];
    evidence.extend(claims);
    evidence.extend(proof.filter(|proof| !evidence.contains(proof)));
    Ok(Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: format!("the bearer token is not accepted: {reason}"),
        evidence,
        remedies: vec![remedy()],
    }))
}

/// What the token says of itself, and where it came from.
fn facts<'a>(case: &Case<'a>, spec: &ProbeSpec) -> Option<(&'a TokenFacts, String)> {
    let Credential::TokenFile(path) = &spec.credential else { return None };
    Some((case.view.snapshot.token_file(path).value().copied()?, path.clone()))
}

/// What in the token itself explains a 401.
fn against(case: &Case<'_>, facts: &TokenFacts) -> Option<String> {
    if let Some(end) = facts.expires.filter(|end| *end <= case.view.now()) {
        return Some(format!("it ended at {end}"));
    }
    // Without --api-audiences the issuer is the audience that is wanted, and kubeadm sets none.
    let issuer = facts.issuer.as_ref()?;
    let audiences = wanted_audiences(case).unwrap_or_else(|| vec![issuer.clone()]);
    let is_meant = facts.audiences.is_empty() || facts.audiences.iter().any(|one| audiences.contains(one));
    (!is_meant).then(|| {
        format!("it is meant for {} and not for {}", facts.audiences.join(", "), audiences.join(" or "))
    })
}

/// The audiences that the API servers' flags name.
fn wanted_audiences(case: &Case<'_>) -> Option<Vec<String>> {
    let mut flags =
        case.view.instances_of(Component::ApiServer).filter_map(|instance| instance.flags.as_ref());
    let flags = flags.next()?;
    let named = flags.get("api-audiences").or_else(|| flags.get("service-account-issuer"))?;
    Some(named.split(',').map(str::to_owned).collect())
}

/// The same token, refused by an API server: the last word on tokens.
fn refused_by_the_api_server(case: &Case<'_>, asked: &ProbeSpec) -> Option<Evidence> {
    case.view
        .instances_of(Component::ApiServer)
        .filter_map(|instance| case.view.with_token(instance))
        .find(|(spec, record)| spec.credential == asked.credential && record.status() == Some(401))
        .map(|(spec, record)| Evidence::in_probe(spec, fold::answer(record)))
}

fn remedy() -> Remedy {
    Remedy {
        title: "ask with a new token of the agents' account".to_owned(),
        steps: vec![
            Step::Run(vec!["(umask 077; kubectl -n datadog create token datadog-agent > token)".to_owned()]),
            Step::Read("agents in a pod have one that is renewed, in the volume of their service account"),
        ],
        touches: Touches::Nothing,
    }
}
