//! A component cannot ask the API server who may read its metrics.

use super::cannot_ask;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Step, Subjects, Touches, Verdict, fold},
    model::{component::Component, evidence::Evidence, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("api-server-out-of-reach"),
    title: "the component cannot ask the API server who may read its metrics",
    subjects: Subjects::EachInstance(&[Component::ControllerManager, Component::Scheduler]),
    symptom_of: &[],
    explain: r"
What was seen
  To a request without credentials the component answered 500 and not 403, and its text names the request to
  .../subjectaccessreviews that failed.

What it means
  Controller-manager and scheduler ask the API server whose a token is and what he may. While they cannot, every
  token gets 401, the good ones too: the 401 says nothing about the token. They lose their lease soon and end, and
  then their port refuses connections.

How to confirm by hand
    curl -sk https://127.0.0.1:10257/metrics
    curl -sk https://127.0.0.1:6443/readyz?verbose

How to fix
  Mend the API server first; the text of the answer says what the component met (refused, no answer, a bad
  certificate). Where the API server is in order, look at the server line of the component's --kubeconfig,
  --authentication-kubeconfig and --authorization-kubeconfig.

References
  Measured on Kubernetes 1.36: API server stopped, token gets 401 at once and nobody gets 500; API server hanging, the
  same after 10 s and more. For ten seconds after the last good answer the component still answers from memory.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    let Some(evidence) = cannot_ask(case.view, instance) else {
        return Ok(match case.view.as_nobody(instance) {
            Some((spec, record)) if record.http.is_some() => {
                Verdict::Pass(vec![Evidence::in_probe(spec, fold::answer(record))])
            }
            _ => Verdict::NotApplicable("it answered nothing to nobody"),
        });
    };
    let program = instance.component.profile().program;
    Ok(Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: format!("{program} cannot ask the API server, so it lets nobody read its metrics"),
        evidence: vec![evidence],
        remedies: vec![Remedy {
            title: "see what is wrong with the API server".to_owned(),
            steps: vec![
                Step::Run(vec![
                    "kubectl get --raw '/readyz?verbose'".to_owned(),
                    "crictl ps -a --name 'kube-apiserver|etcd'".to_owned(),
                ]),
                Step::Read("the second one on the node; the log of the container that has ended says why"),
            ],
            touches: Touches::Nothing,
        }],
    }))
}
