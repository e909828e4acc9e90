//! The controller-manager forbids its metrics to the agents' account.

use crate::{
    doctor::{
        Case, Check, CheckId, Finding, Remedy, Severity, Step, Subjects, Touches, Verdict,
        checks::agents::rights::{self, Ruling},
        fold,
    },
    model::{
        component::Component,
        evidence::Evidence,
        observed::{Gap, Why},
        question::AccountRef,
    },
    view::Instance,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("controller-manager-metrics-forbidden"),
    title: "the controller-manager forbids its metrics to the agents' account",
    subjects: Subjects::EachInstance(&[Component::ControllerManager]),
    symptom_of: &[CheckId("agent-account-metrics-forbidden"), CheckId("account-role-bound-to-another")],
    explain: r#"
What was seen
  The controller-manager answers the agents' account with 403 and names it: `User
  "system:serviceaccount:datadog:datadog-agent" cannot get path "/metrics"`. Or nobody could ask it, but the
  rule or its flags show that it must answer so.

What it means
  The token arrived and is good; the account is known and may not. The controller-manager asks the API
  server (SubjectAccessReview) whether the account may get the path /metrics. So either RBAC says no, or the
  controller-manager runs without --authorization-kubeconfig and cannot ask at all: then it says no to
  everybody but to the group system:masters.

How to confirm by hand
    kubectl auth can-i get /metrics --as=system:serviceaccount:datadog:datadog-agent
    kubectl -n kube-system get pod -l component=kube-controller-manager -o jsonpath='{.items[*].spec.containers[0].command}'

How to fix
  If RBAC says no: bind the account to the built-in ClusterRole system:monitoring, or keep rbac.create on in
  the chart. If RBAC says yes: add --authorization-kubeconfig to the controller-manager. After a change of
  RBAC wait ten seconds: denials are cached.

References
  Kubernetes: kube-controller-manager, delegated authorisation; RBAC, the default role system:monitoring.
"#,
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    if instance.is_lent() {
        return Ok(Verdict::NotApplicable("the API server answers in its place, and asks its own rules"));
    }
    if case.view.is_asked_by_nobody(instance) {
        return Ok(Verdict::NotApplicable("no Datadog Agent asks it"));
    }
    let answered = case.view.with_token(instance);
    // A 401 says nothing of what the account may.
    if let Some((spec, record)) = answered.filter(|(_, record)| record.status() != Some(401)) {
        let evidence = Evidence::in_probe(spec, fold::answer(record));
        return Ok(match record.refused_user() {
            Some(user) if user != "system:anonymous" => problem(case, instance, evidence, user),
            Some(_) => Verdict::NotApplicable("no credential arrived, which is another problem"),
            None if record.http.is_some() => Verdict::Pass(vec![evidence]),
            None => Verdict::NotApplicable("nothing was answered"),
        });
    }
    if instance.named.is_some() {
        return Ok(Verdict::NotApplicable("it was not asked with a token"));
    }
    let account = rights::account_asking(case.view, instance)?;
    if answered.is_some() {
        return match by_rule(case, instance, &account) {
            Err(gap) if !matches!(gap.why, Why::Denied(_)) => {
                Ok(Verdict::NotApplicable("the token itself is refused, which is another problem"))
            }
            judged => judged,
        };
    }
    by_rule(case, instance, &account)
}

/// Nobody could ask with the account's token: what the rule and the flags say.
fn by_rule(case: &Case<'_>, instance: &Instance, account: &AccountRef) -> Result<Verdict, Gap> {
    if let Ruling::Denied(evidence) = rights::metrics(case.view, account)? {
        return Ok(problem(case, instance, evidence, &account.user_name()));
    }
    if let Some(evidence) = missing_flag(instance) {
        return Ok(problem(case, instance, evidence, &account.user_name()));
    }
    let what = format!("what controller-manager on {} answers to the agents' account", instance.name);
    Err(if case.view.snapshot.wanted.as_agent || case.view.best(instance).is_none() {
        case.view.gap(instance, what)
    } else {
        let reason = "it was not asked with the account's token, which --as-agent allows";
        Gap::new(what, Why::OutOfReach(reason.to_owned()))
    })
}

fn problem(case: &Case<'_>, instance: &Instance, seen: Evidence, user: &str) -> Verdict {
    let flag = missing_flag(instance);
    let is_unable = flag.is_some();
    let rule =
        case.view.asking_account(instance).and_then(|account| rights::metrics(case.view, &account).ok());
    let (reason, remedy) = match (&rule, &flag) {
        (Some(Ruling::Denied(_)), None) => {
            ("RBAC does not allow it", rights::bind(case.view.asking_account(instance).as_ref()))
        }
        (_, Some(_)) => ("it cannot ask the API server whether the account may", authorize(instance)),
        (Some(Ruling::Allowed(_)), None) => {
            ("though RBAC allows it: denials are cached for ten seconds", wait())
        }
        (None, None) => {
            ("its account may not get /metrics", rights::bind(case.view.asking_account(instance).as_ref()))
        }
    };
    let mut evidence = vec![seen];
    if let Some(Ruling::Denied(review) | Ruling::Allowed(review)) = rule {
        evidence.push(review);
    }
    evidence.extend(flag);
    let mut unique: Vec<Evidence> = Vec::new();
    for piece in evidence {
        if !unique.contains(&piece) {
            unique.push(piece);
        }
    }
    Verdict::Problem(Finding {
        severity: Severity::Error,
        // Without the flag it refuses everybody, whatever RBAC says.
        own_cause: is_unable,
        summary: format!("the controller-manager answers 403 to {user}: {reason}"),
        evidence: unique,
        remedies: vec![remedy],
    })
}

/// The flag without which it cannot ask whether somebody may, where it can be seen to lack it.
fn missing_flag(instance: &Instance) -> Option<Evidence> {
    let (flags, pod) = (instance.flags.as_ref()?, instance.pod.as_ref()?);
    if flags.is_empty() || flags.contains_key("authorization-kubeconfig") {
        return None;
    }
    Some(Evidence::in_object(
        "Pod",
        Some(&pod.namespace),
        &pod.name,
        Some("spec.containers[0].command"),
        "no --authorization-kubeconfig among its flags",
    ))
}

fn authorize(instance: &Instance) -> Remedy {
    let kubeconfig = instance
        .flags
        .as_ref()
        .and_then(|flags| flags.get("authentication-kubeconfig").or_else(|| flags.get("kubeconfig")))
        .map_or("/etc/kubernetes/controller-manager.conf", String::as_str);
    Remedy {
        title: "let the controller-manager ask the API server who may".to_owned(),
        steps: vec![
            Step::Edit {
                file: "/etc/kubernetes/manifests/kube-controller-manager.yaml on each control-plane node"
                    .to_owned(),
                change: format!("    - --authorization-kubeconfig={kubeconfig}\n"),
            },
            Step::Read(
                "the kubelet restarts the pod by itself; with kubeadm write it into ClusterConfiguration too, else the next upgrade takes it back",
            ),
        ],
        touches: Touches::ControlPlane,
    }
}

fn wait() -> Remedy {
    Remedy::run(
        "wait for the cache and ask again",
        Touches::Nothing,
        &["sleep 10; ctlmon doctor --as-agent".to_owned()],
    )
}
