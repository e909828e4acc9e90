//! The agents present another token than the Cluster Agent expects.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Step, Subjects, Touches, Verdict, fold},
    model::{
        answer::SecretEntry,
        component::Component,
        evidence::Evidence,
        observed::{Gap, Why},
        question::Credential,
        workload::Workload,
    },
    view::cluster_agent::{TokenSource, token_source},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("cluster-agent-token-mismatch"),
    title: "the agents present another token than the Cluster Agent expects",
    subjects: Subjects::EachAgentWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  The Secret that the agents take their token from and the one that the Cluster Agent takes its token from hold
  different values (ctlmon compares fingerprints, and shows neither); or the Cluster Agent answers the agents' token
  with 403 and `invalid session token`.

What it means
  Cluster checks are never handed out, and node agents get no cluster-level tags. The Agent's log has `unexpected
  status code from cluster agent: 403`. The Helm chart draws a new token at every render where none is given, so a
  copied Secret goes stale with the next upgrade; a token made with echo has a line feed at its end and never
  matches; one shorter than 32 characters is refused by the Agent itself.

How to confirm by hand
    kubectl -n datadog get daemonset datadog-agent -o jsonpath='{range .spec.template.spec.containers[*].env[*]}{.name} {.valueFrom.secretKeyRef}{end}' | tr '}' '\n' | grep AUTH_TOKEN
    kubectl -n datadog get deployment datadog-agent-cluster-agent -o jsonpath='{range .spec.template.spec.containers[*].env[*]}{.name} {.valueFrom.secretKeyRef}{end}' | tr '}' '\n' | grep AUTH_TOKEN

How to fix
  Keep the token in one Secret that you make yourself, name it in clusterAgent.tokenExistingSecret (entry `token`),
  and restart both workloads: pods read the variable only when they start.

References
  Datadog Agent: Cluster Agent authentication; measured answers: no token 401 `no session token provided`, another
  token 403 `invalid session token`.
",
    judge,
};

/// What the Cluster Agent says to a token that is not its own.
const NOT_ITS_OWN: &str = "invalid session token";

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let workload = case.workload()?;
    let ours = token_source(workload);
    if ours == TokenSource::Missing {
        return Ok(Verdict::NotApplicable("the agents are not told to talk to a Cluster Agent"));
    }
    let theirs: Vec<(&Workload, TokenSource)> =
        case.view.agents.cluster_agents()?.into_iter().map(|agent| (agent, token_source(agent))).collect();
    if let Some(verdict) = by_answer(case, &ours, workload) {
        return Ok(verdict);
    }
    let Some((cluster_agent, expected)) = theirs.first() else {
        return Ok(Verdict::NotApplicable("no Cluster Agent is installed"));
    };
    let place = |workload: &Workload, kind, source: &TokenSource| {
        Evidence::in_object(kind, Some(&workload.namespace), &workload.name, Some("env"), describe(source))
    };
    let mut evidence =
        vec![place(workload, "DaemonSet", &ours), place(cluster_agent, "Deployment", expected)];
    if ours == *expected {
        return Ok(Verdict::Pass(evidence));
    }
    let (
        SecretEntry::Opaque { fingerprint: ours_print, length, white_space },
        SecretEntry::Opaque { fingerprint, .. },
    ) = (case.view.token_entry(&ours)?, case.view.token_entry(expected)?)
    else {
        return Err(Gap::new("the two tokens", Why::Failed("an entry holds no token".to_owned())));
    };
    if ours_print == fingerprint {
        return Ok(Verdict::Pass(evidence));
    }
    if *white_space {
        evidence.push(
            place(workload, "DaemonSet", &ours)
                .with_claim("the token holds white space, so it never matches"),
        );
    }
    if *length < MIN_LENGTH {
        let claim = format!("the token has {length} characters, and {MIN_LENGTH} are the least");
        evidence.push(place(workload, "DaemonSet", &ours).with_claim(claim));
    }
    Ok(problem(workload, cluster_agent, evidence))
}

/// The least length of a token that the agents accept.
const MIN_LENGTH: usize = 32;

/// What the Cluster Agent itself answered to the agents' token, where it was asked with it.
fn by_answer(case: &Case<'_>, ours: &TokenSource, workload: &Workload) -> Option<Verdict> {
    let TokenSource::Secret { namespace, name, key } = ours else { return None };
    let credential =
        Credential::SecretToken { namespace: namespace.clone(), name: name.clone(), key: key.clone() };
    let (spec, record) = case
        .view
        .instances_of(Component::ClusterAgent)
        .filter_map(|instance| case.view.best_as(instance, |of| *of == credential))
        .find(|(_, record)| record.http.is_some())?;
    let seen = Evidence::in_probe(spec, fold::answer(record));
    match record.status()? {
        200 => Some(Verdict::Pass(vec![seen])),
        403 if record.text().trim().starts_with(NOT_ITS_OWN) => {
            let cluster_agents = case.view.agents.cluster_agents().ok()?;
            let cluster_agent = cluster_agents.first()?;
            let expected = token_source(cluster_agent);
            let evidence = vec![
                seen.with_claim(format!("403, {NOT_ITS_OWN}")),
                Evidence::in_object(
                    "DaemonSet",
                    Some(&workload.namespace),
                    &workload.name,
                    Some("env"),
                    describe(ours),
                ),
                Evidence::in_object(
                    "Deployment",
                    Some(&cluster_agent.namespace),
                    &cluster_agent.name,
                    Some("env"),
                    describe(&expected),
                ),
            ];
            Some(problem(workload, cluster_agent, evidence))
        }
        _ => None,
    }
}

fn describe(source: &TokenSource) -> String {
    match source {
        TokenSource::Secret { namespace, name, key } => {
            format!("takes its token from Secret {namespace}/{name}, entry {key}")
        }
        TokenSource::Written => "has its token written into it".to_owned(),
        TokenSource::Missing => "has no token".to_owned(),
    }
}

fn problem(workload: &Workload, cluster_agent: &Workload, evidence: Vec<Evidence>) -> Verdict {
    Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: "the agents present another token than the Cluster Agent expects".to_owned(),
        evidence,
        remedies: vec![Remedy {
            title: "keep one token in one Secret, and restart both".to_owned(),
            steps: vec![
                Step::Run(vec![format!(
                    "(umask 077; openssl rand -hex 32 | tr -d '\\n' > token && kubectl -n {} create secret generic datadog-cluster-agent-token --from-file=token; rm -f token)",
                    cluster_agent.namespace
                )]),
                Step::Edit {
                    file: "the Helm values".to_owned(),
                    change: "clusterAgent:\n  tokenExistingSecret: datadog-cluster-agent-token\n".to_owned(),
                },
                Step::Run(vec![
                    format!(
                        "kubectl -n {} rollout restart deployment/{}",
                        cluster_agent.namespace, cluster_agent.name
                    ),
                    format!("kubectl -n {} rollout restart daemonset/{}", workload.namespace, workload.name),
                ]),
            ],
            touches: Touches::Monitoring,
        }],
    })
}
