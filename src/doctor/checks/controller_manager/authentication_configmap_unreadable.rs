//! A component may not read whose client certificates are good.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{around, component::Component, evidence::Evidence, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("authentication-configmap-unreadable"),
    title: "a component may not read whose client certificates are good",
    subjects: Subjects::EachInstance(&[Component::ControllerManager, Component::Scheduler]),
    symptom_of: &[],
    explain: r"
What was seen
  By the API server's own rules the user as whom the component asks it (system:kube-scheduler,
  system:kube-controller-manager) may not get the ConfigMap extension-apiserver-authentication of kube-system.

What it means
  That ConfigMap tells the component whose client certificates it may take. Without it the log says `Continuing without
  authentication configuration. This may treat all requests as anonymous.`, and clients that show a certificate are
  answered 403 for system:anonymous. Tokens, which agents show, are looked up otherwise and are not concerned. With
  --authentication-tolerate-lookup-failure=false the component does not start at all.

How to confirm by hand
    kubectl auth can-i get configmap/extension-apiserver-authentication -n kube-system --as=system:kube-scheduler
    kubectl -n kube-system logs -l component=kube-scheduler | grep extension-apiserver-authentication

How to fix
  Bind the user to the Role extension-apiserver-authentication-reader, which every cluster has, and restart the component.

References
  Kubernetes: delegated authentication (k8s.io/apiserver, pkg/server/options/authentication.go). kube-prometheus#1073.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    let Some(flags) = &instance.flags else {
        return Ok(Verdict::NotApplicable("its flags are not known"));
    };
    if case.view.agents.is_nobody() {
        return Ok(Verdict::NotApplicable("no Datadog Agent is installed"));
    }
    if !flags.contains_key("authentication-kubeconfig") {
        return Ok(Verdict::NotApplicable("it does not ask the API server who somebody is"));
    }
    if flags.get("authentication-skip-lookup").is_some_and(|skips| skips == "true") {
        return Ok(Verdict::NotApplicable("it is told not to look it up"));
    }
    let program = instance.component.profile().program;
    let user = format!("system:{program}");
    let spec = around::may_read_authentication(&user);
    let allowed = case.view.may(&spec)?;
    let seen = Evidence::in_review(&spec, allowed);
    if allowed {
        return Ok(Verdict::pass(seen));
    }
    let line = format!(
        "kubectl -n kube-system create rolebinding {program}-authentication-reader --role=extension-apiserver-authentication-reader --user={user}"
    );
    let remedy = Remedy::run("let it read that", Touches::ControlPlane, &[line])
        .knowing("where the user of its kubeconfig is another one, name that; then move the static pod's manifest away for 20 s, so that it starts anew");
    let finding = Finding::warning(format!(
        "{program} may not read whose client certificates are good, and takes those who show one for anonymous"
    ));
    Ok(finding.seen([seen]).mend(remedy).found())
}
