//! A container of the agents mounts a volume that its pod does not have.

use super::standing::by_warnings;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{observed::Gap, surroundings::Told},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("agent-volume-unknown"),
    title: "a container of the agents mounts a volume that its pod does not have",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[],
    explain: r#"
What was seen
  A warning says that a pod of Datadog's could not be made because a mount names a volume that it does not have:
  `spec.containers[0].volumeMounts[2].name: Not found: "datadog"`, and not all of the workload's pods exist.

What it means
  The API server refuses the pod as it stands after every webhook has changed it. A webhook has added a mount to the
  Agent's own pods and not the volume, as that of the Cluster Agent's admission controller did together with Karpenter; or
  somebody wrote agents.volumeMounts without agents.volumes.

How to confirm by hand
    kubectl -n datadog get events --field-selector reason=FailedCreate
    kubectl get mutatingwebhookconfigurations

How to fix
  Write the volume beside its mount. Keep webhooks away from the agents' namespace: label it
  admission.datadoghq.com/ignore, or exclude it in the webhook.

References
  datadog-agent#16402.
"#,
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    by_warnings(case, Told::VolumeUnknown, |workload| {
        let lines = [
            format!("kubectl -n {} get events --field-selector reason=FailedCreate", workload.namespace),
            "kubectl get mutatingwebhookconfigurations".to_owned(),
        ];
        let remedy = Remedy::run("see which mount it is, and who adds it", Touches::Nothing, &lines)
            .knowing("then write its volume (agents.volumes), or keep the webhook away from this namespace");
        Finding::error(format!("the pods of {} mount a volume that they do not have", workload.name))
            .mend(remedy)
    })
}
