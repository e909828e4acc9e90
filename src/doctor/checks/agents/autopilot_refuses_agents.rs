//! The admission of GKE Autopilot refuses the agents' pods.

use super::standing::by_warnings;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{observed::Gap, surroundings::Told},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("autopilot-refuses-agents"),
    title: "the admission of GKE Autopilot refuses the agents' pods",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  A warning says that a pod of Datadog's was refused by GKE Warden (`autogke-no-write-mode-hostpath`,
  `autogke-no-host-port`), and not all of the workload's pods exist.

What it means
  On Autopilot only workloads of partners may use the host's paths, and only just as they are listed: another name of the
  service account, another command or one volume more is refused. Nothing of the control plane can be mounted there.

How to confirm by hand
    kubectl -n datadog get events --field-selector reason=FailedCreate

How to fix
  Switch the chart to Autopilot, take out volumes, commands and account names of your own, and use a current chart. The
  control plane's metrics come from Google Cloud there.

References
  helm-charts#182, #549, #629, #853, #1621. GKE: Autopilot partner workloads.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    by_warnings(case, Told::Autopilot, |workload| {
        let remedy = Remedy::edit(
            "tell the chart that this is Autopilot",
            Touches::Monitoring,
            "the Helm values",
            "providers:\n  gke:\n    autopilot: true\n",
        )
        .knowing("volumes, commands and account names of your own must go; update the chart");
        Finding::error(format!("the admission of GKE Autopilot refuses the pods of {}", workload.name))
            .mend(remedy)
    })
}
