//! A check of what EKS serves of its controllers does not say that any form of answer will do.

use super::each_instance;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Subjects, Verdict, checks::setting},
    model::{around::EKS_GROUP, check_config::CheckInstance, observed::Gap},
    view::Written,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("eks-check-without-accept-header"),
    title: "a check of EKS's controllers does not take the form in which they answer",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[],
    explain: r"
What was seen
  The URL leads to metrics.eks.amazonaws.com, and no header says that any form of answer will do.

What it means
  EKS answers for its controller manager and scheduler by an aggregated API, which refuses the form that the
  Agent asks for by itself (text/plain) with 406 Not Acceptable.

How to confirm by hand
    kubectl get --raw /apis/metrics.eks.amazonaws.com/v1/kcm/container/metrics | head -n 3

How to fix
  Add the header to the instance, or let the chart (providers.eks.controlPlaneMonitoring) or the operator
  write it.

References
  Datadog: control plane monitoring, Amazon EKS. helm-charts: _helpers.tpl. datadog_checks_base: the default
  header.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    each_instance(case, |written, instance| Ok(judge_one(written, instance)))
}

fn judge_one(written: &Written<'_>, instance: &CheckInstance) -> Verdict {
    let Some(url) = instance.urls().find(|url| url.contains(EKS_GROUP)) else {
        return Verdict::NotApplicable("it does not ask for what EKS serves of its controllers");
    };
    let asks = written.origin.says(format!("it asks {url}"));
    if instance.accepts_anything {
        return Verdict::Pass(vec![asks, written.origin.says("it accepts any form of answer")]);
    }
    Finding::error("EKS answers the check 406, since no header takes the form of its answer")
        .seen([asks, written.origin.says("no header Accept with */*")])
        .mend(setting::set(
            "take any form of answer",
            &written.origin,
            url,
            &[("extra_headers", "{\"accept\": \"*/*\"}")],
        ))
        .found()
}
