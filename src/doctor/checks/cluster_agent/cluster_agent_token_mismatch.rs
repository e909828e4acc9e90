//! The agents present another token than the Cluster Agent expects, or none because its Secret is missing.

use super::{shape::MIN_LENGTH, token_remedy};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Severity, Subjects, Verdict, fold},
    model::{
        agents::{self, AgentRole, TOKEN_VARIABLE},
        answer::SecretEntry,
        component::Component,
        evidence::Evidence,
        observed::{Gap, Observed, Why},
        question::Credential,
        workload::Workload,
    },
    view::cluster_agent::{Address, SWITCH, TokenSource, address, token_source},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("cluster-agent-token-mismatch"),
    title: "the agents present another token than the Cluster Agent expects",
    subjects: Subjects::EachAgentWorkload,
    symptom_of: &[
        CheckId("cluster-agent-token-has-white-space"),
        CheckId("cluster-agent-token-too-short"),
        CheckId("cluster-agent-token-made-anew"),
    ],
    explain: r"
What was seen
  The Secret that node agents, runners or sidecars take their token from and the one that the Cluster Agent
  takes its token from hold different values (ctlmon compares fingerprints, and shows neither); or the
  Secret does not exist in the namespace of those who name it, or lacks the entry; or the Cluster Agent
  answers their token with 403 and `invalid session token`.

What it means
  Cluster checks are never handed out, and agents get no cluster-level tags. The Agent's log has `unexpected
  status code from cluster agent: 403`. The Helm chart draws a new token at every render where none is
  given, so a copied Secret goes stale with the next upgrade; a token made with echo has a line feed at its
  end and never matches; one shorter than 32 characters is refused by the Agent itself. A pod can name
  Secrets of its own namespace only, so sidecars need a copy in each namespace; where there is none their
  pods end as CreateContainerConfigError.

How to confirm by hand
    kubectl -n datadog get daemonset datadog-agent -o jsonpath='{range .spec.template.spec.containers[*].env[*]}{.name} {.valueFrom.secretKeyRef}{end}' | tr '}' '\n' | grep AUTH_TOKEN
    kubectl -n datadog get deployment datadog-agent-cluster-agent -o jsonpath='{range .spec.template.spec.containers[*].env[*]}{.name} {.valueFrom.secretKeyRef}{end}' | tr '}' '\n' | grep AUTH_TOKEN

How to fix
  Keep the token in one Secret that you make yourself, name it in clusterAgent.tokenExistingSecret (entry
  `token`), copy it into the namespaces of sidecars, and restart all of them: pods read the variable only
  when they start.

References
  Datadog Agent: Cluster Agent authentication; measured answers: no token 401 `no session token provided`,
  another token 403 `invalid session token`.
",
    judge,
};

/// What the Cluster Agent says to a token that is not its own.
const NOT_ITS_OWN: &str = "invalid session token";

/// The two sides that must agree.
struct Sides<'a> {
    role: AgentRole,
    workload: &'a Workload,
    ours: TokenSource,
    cluster_agent: &'a Workload,
    expected: TokenSource,
}

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (role, workload) = case.workload()?;
    let ours = token_source(workload);
    if address(workload) == Address::Disabled {
        case.view.surely_unset(workload, SWITCH)?;
        return Ok(Verdict::NotApplicable("the agents are not told to talk to a Cluster Agent"));
    }
    let Some(cluster_agent) = case.view.cluster_agent_of(workload)? else {
        return Ok(Verdict::NotApplicable("no Cluster Agent is installed"));
    };
    let expected = token_source(cluster_agent);
    let sides = Sides { role, workload, ours, cluster_agent, expected };
    if let Some(verdict) = without_token(case, &sides)? {
        return Ok(verdict);
    }
    if let Some(verdict) = by_answer(case, &sides) {
        return Ok(verdict);
    }
    if let Some(verdict) = without_secret(case, &sides) {
        return Ok(verdict);
    }
    by_value(case, &sides)
}

/// A side that is given no token at all.
fn without_token(case: &Case<'_>, sides: &Sides<'_>) -> Result<Option<Verdict>, Gap> {
    if sides.ours == TokenSource::Missing {
        case.view.surely_unset(sides.workload, TOKEN_VARIABLE)?;
        let summary = format!("the {} are given no token for the Cluster Agent", sides.role.word());
        return Ok(Some(sides.problem(summary, sides.places().to_vec())));
    }
    if sides.expected == TokenSource::Missing {
        case.view.surely_unset(sides.cluster_agent, TOKEN_VARIABLE)?;
        let summary =
            "the Cluster Agent is given no token, and draws one that the agents cannot know".to_owned();
        return Ok(Some(sides.problem(summary, sides.places().to_vec())));
    }
    Ok(None)
}

/// What the Cluster Agent itself answered to the token, where it was asked with it.
fn by_answer(case: &Case<'_>, sides: &Sides<'_>) -> Option<Verdict> {
    let TokenSource::Secret { namespace, name, key } = &sides.ours else { return None };
    let credential =
        Credential::SecretToken { namespace: namespace.clone(), name: name.clone(), key: key.clone() };
    let (spec, record) = case
        .view
        .instances_of(Component::ClusterAgent)
        .filter(|instance| {
            instance.pod.as_ref().is_none_or(|pod| pod.namespace == sides.cluster_agent.namespace)
        })
        .filter_map(|instance| case.view.best_as(instance, |of| *of == credential))
        .find(|(_, record)| record.http.is_some())?;
    let seen = Evidence::in_probe(spec, fold::answer(record));
    match record.status()? {
        200 => Some(Verdict::Pass(vec![seen])),
        403 if record.text().trim().starts_with(NOT_ITS_OWN) => {
            let mut evidence = vec![seen.with_claim(format!("403, {NOT_ITS_OWN}"))];
            evidence.extend(sides.places());
            evidence.extend(flaws(case, sides));
            Some(sides.differ(evidence))
        }
        _ => None,
    }
}

/// A Secret, or an entry of one, that is named and not there: whoever names it cannot start.
fn without_secret(case: &Case<'_>, sides: &Sides<'_>) -> Option<Verdict> {
    let TokenSource::Secret { namespace, name, key } = &sides.ours else { return None };
    let missing = match case.view.snapshot.secret(namespace, name) {
        Observed::Absent => "does not exist".to_owned(),
        Observed::Seen(facts) if !facts.entries.contains_key(key) => format!("has no entry {key}"),
        _ => return None,
    };
    let there = Evidence::in_ref(&agents::secret(namespace, name), None, missing.clone());
    let [ours, expected] = sides.places();
    let summary = format!(
        "the {} take the Cluster Agent's token from Secret {namespace}/{name}, which {missing}",
        sides.role.word()
    );
    Some(sides.problem(summary, vec![there, ours, expected]))
}

/// Whether both Secrets hold the same, without looking at either.
fn by_value(case: &Case<'_>, sides: &Sides<'_>) -> Result<Verdict, Gap> {
    let mut evidence = sides.places().to_vec();
    if sides.ours == sides.expected && sides.ours != TokenSource::Written {
        return Ok(Verdict::Pass(evidence));
    }
    let (SecretEntry::Opaque { fingerprint: ours, .. }, SecretEntry::Opaque { fingerprint: expected, .. }) =
        (case.view.token_entry(&sides.ours)?, case.view.token_entry(&sides.expected)?)
    else {
        return Err(Gap::new("the two tokens", Why::Failed("an entry holds no token".to_owned())));
    };
    if ours == expected {
        return Ok(Verdict::Pass(evidence));
    }
    evidence.extend(flaws(case, sides));
    Ok(sides.differ(evidence))
}

/// What is wrong with a token by its shape alone.
fn flaws(case: &Case<'_>, sides: &Sides<'_>) -> Vec<Evidence> {
    let Ok(SecretEntry::Opaque { length, white_space, .. }) = case.view.token_entry(&sides.ours) else {
        return Vec::new();
    };
    let [place, _] = sides.places();
    let mut flaws = Vec::new();
    if *white_space {
        flaws.push(place.clone().with_claim("the token holds white space, so it never matches"));
    }
    if *length < MIN_LENGTH {
        let claim = format!("the token has {length} characters, and {MIN_LENGTH} are the least");
        flaws.push(place.with_claim(claim));
    }
    flaws
}

impl Sides<'_> {
    /// Where either side takes its token from.
    fn places(&self) -> [Evidence; 2] {
        [(self.workload, &self.ours), (self.cluster_agent, &self.expected)].map(|(workload, source)| {
            let (kind, namespace) = (workload.kind_name(), Some(workload.namespace.as_str()));
            Evidence::in_object(kind, namespace, &workload.name, Some("env"), describe(source))
        })
    }

    fn differ(&self, evidence: Vec<Evidence>) -> Verdict {
        let role = self.role.word();
        self.problem(format!("the {role} present another token than the Cluster Agent expects"), evidence)
    }

    fn problem(&self, summary: String, evidence: Vec<Evidence>) -> Verdict {
        let remedies =
            vec![token_remedy::remedy((self.workload, &self.ours), (self.cluster_agent, &self.expected))];
        Verdict::Problem(Finding { severity: Severity::Error, own_cause: false, summary, evidence, remedies })
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
