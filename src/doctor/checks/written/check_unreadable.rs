//! A check cannot be read where it is written.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Subjects, Touches, Verdict, checks::setting, verdict::Remedy},
    model::observed::Gap,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("check-unreadable"),
    title: "a check of the control plane cannot be read where it is written",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[],
    explain: r"
What was seen
  The file is no YAML, or the annotation is no JSON; or the annotations of the older form lack one of their
  three parts (check_names, init_configs, instances), or these are lists of different length.

What it means
  The Agent leaves out such a check and runs the others, so nothing fails and nothing is collected. The error
  is in `agent configcheck` under `Configuration Errors`, and nowhere else.

How to confirm by hand
    kubectl -n NAMESPACE get configmap NAME -o jsonpath='{.data.etcd\.yaml}'
    kubectl -n NAMESPACE get service NAME -o jsonpath='{.metadata.annotations}'
    kubectl -n datadog exec ds/datadog-agent -c agent -- agent configcheck

How to fix
  Put it right at the place that is named. In Helm values the text of a check is a block after `|-`, and all
  its lines are indented alike; JSON in an annotation takes no comment and no comma before a closing bracket.

References
  Datadog: Autodiscovery with Kubernetes annotations; the operator validates annotations as JSON and nothing
  else.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let written = case.written()?;
    let check = written.component.profile().agent_check;
    let Some(why) = &written.check.unreadable else {
        let claim = format!("{check}: {} instances were read", written.check.instances.len());
        return Ok(Verdict::pass(written.origin.says(claim)));
    };
    Ok(Finding::error(format!("the check {check} cannot be read: {why}"))
        .seen([written.origin.says(why.as_str())])
        .mend(Remedy::edit(
            "write it so that it can be read",
            Touches::Monitoring,
            setting::place(&written.origin),
            format!("put right: {why}"),
        ))
        .found())
}
