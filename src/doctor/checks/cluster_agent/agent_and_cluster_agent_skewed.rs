//! Agents and Cluster Agent are of releases that are far apart.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{agent_role::agent_containers, evidence::Evidence, observed::Gap, workload::Workload},
    view::{
        around::tag_of,
        cluster_agent::{Address, address},
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("agent-and-cluster-agent-skewed"),
    title: "agents and Cluster Agent are far apart in release",
    subjects: Subjects::EachAgentWorkload,
    symptom_of: &[CheckId("agent-too-old-for-bound-tokens"), CheckId("sidecar-on-ipv6-too-old")],
    explain: r"
What was seen
  The images of agents and Cluster Agent bear releases that are more than three minor numbers apart.

What it means
  They are released together and tested together. What one asks the other changes between releases, so that
  features fail one by one and without a word that names the cause. That three is the measure is ctlmon's
  own choice; the chart itself refuses Agents before 7.36 and Cluster Agents before 1.20 only.

How to confirm by hand
    kubectl -n datadog get daemonsets,deployments -o wide

How to fix
  Give both the same release, which is what chart and operator do unless an image tag is pinned.

References
  The chart's template check-version; Datadog: Cluster Agent compatibility.
",
    judge,
};

/// How many minor releases apart are too many.
const MANY: u32 = 3;

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (role, workload) = case.workload()?;
    if address(workload) == Address::Disabled {
        return Ok(Verdict::NotApplicable("the agents are not told to talk to a Cluster Agent"));
    }
    let Some(cluster_agent) = case.view.cluster_agent_of(workload)? else {
        return Ok(Verdict::NotApplicable("no Cluster Agent is installed"));
    };
    let (Some((ours, our_tag)), Some((theirs, their_tag))) = (image(workload), image(cluster_agent)) else {
        return Ok(Verdict::NotApplicable("an image names no release"));
    };
    if our_tag.0 != their_tag.0 {
        return Ok(Verdict::NotApplicable("Cluster Agents before 7 count their releases by themselves"));
    }
    let seen = [(workload, ours), (cluster_agent, theirs)]
        .map(|(workload, image)| Evidence::in_workload(workload, Some("image"), format!("runs {image}")));
    if our_tag.1.abs_diff(their_tag.1) <= MANY {
        return Ok(Verdict::Pass(seen.to_vec()));
    }
    Ok(Finding::warning(format!(
        "the {} are of {}.{}, and the Cluster Agent is of {}.{}",
        role.word(),
        our_tag.0,
        our_tag.1,
        their_tag.0,
        their_tag.1
    ))
    .seen(seen)
    .mend(Remedy::edit(
        "give both the same release",
        Touches::Monitoring,
        "the Helm values of the agents' release",
        "agents: {image: {tag: \"7\"}}\nclusterAgent: {image: {tag: \"7\"}}\n",
    ))
    .found())
}

fn image(workload: &Workload) -> Option<(&str, (u32, u32))> {
    let mut images = agent_containers(workload).map(|container| container.image.as_str());
    images.find_map(|image| Some((image, tag_of(image)?)))
}
