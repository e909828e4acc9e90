//! An Agent is so old that it never reads its token again.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{agent_role::agent_containers, evidence::Evidence, observed::Gap},
    view::around::tag_of,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("agent-too-old-for-bound-tokens"),
    title: "an Agent is too old for tokens that expire",
    subjects: Subjects::EachAgentWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  The agents' image is older than 7.36, and the API server is of 1.21 or later, where tokens of service
  accounts expire.

What it means
  Older Agents keep the token that they started with. The API server takes it for longer than it says (a
  year by default, 90 days on EKS) and marks such requests with the audit annotation
  `authentication.k8s.io/stale-token`; then every component answers 401 until the Agent is started again.
  The change was merged in April 2022; that 7.36 is the first release with it was not verified, so this is a
  warning.

How to confirm by hand
    kubectl -n datadog get daemonset datadog-agent -o jsonpath='{.spec.template.spec.containers[*].image}'

How to fix
  Upgrade the Agent. bearer_token_refresh_interval of a check, 60 seconds, is how often later releases read
  the token.

References
  DataDog/datadog-agent#10604, #11686; DataDog/integrations-core#11176. Kubernetes: bound service account
  tokens.
",
    judge,
};

/// The first release that reads its token again; not verified.
const FIXED_IN: (u32, u32) = (7, 36);

/// The first release of Kubernetes in which tokens expire by default.
const EXPIRING_SINCE: (u32, u32) = (1, 21);

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (_, workload) = case.workload()?;
    if case.view.release()? < EXPIRING_SINCE {
        return Ok(Verdict::NotApplicable("tokens do not expire in this release of Kubernetes"));
    }
    let images = agent_containers(workload).map(|container| container.image.as_str());
    let Some((image, tag)) =
        images.filter_map(|image| Some((image, tag_of(image)?))).min_by_key(|(_, tag)| *tag)
    else {
        return Ok(Verdict::NotApplicable("its image names no release"));
    };
    let seen = Evidence::in_workload(workload, Some("image"), format!("runs {image}"));
    if tag >= FIXED_IN {
        return Ok(Verdict::pass(seen));
    }
    Ok(Finding::warning(format!(
        "Agent {}.{} never reads its token again, and tokens expire here",
        tag.0, tag.1
    ))
    .seen([seen])
    .mend(Remedy::edit(
        "upgrade the Agent",
        Touches::Monitoring,
        format!("the image of {} {}/{}", workload.kind_name(), workload.namespace, workload.name),
        "image: gcr.io/datadoghq/agent:7\n",
    ))
    .found())
}
