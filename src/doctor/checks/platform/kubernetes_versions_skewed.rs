//! Parts of Kubernetes are of versions that are not meant to work together.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{component::Component, evidence::Evidence, observed::Gap},
    view::around::release_of,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("kubernetes-versions-skewed"),
    title: "parts of Kubernetes are of versions that are not meant to work together",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r"
What was seen
  A kubelet is newer than the API server or more than three minor versions older, or a controller-manager or scheduler is
  newer than it or more than one minor version older: by what nodes say, and by kubernetes_build_info.

What it means
  Nobody tests these together. Metrics have other names in other versions, rights that an agent needs exist in one and not
  in the other, and features that one has are not there for the other. Most often an upgrade was left half done.

How to confirm by hand
    kubectl version
    kubectl get nodes -o custom-columns=NAME:.metadata.name,KUBELET:.status.nodeInfo.kubeletVersion

How to fix
  Finish the upgrade: the control plane first, then the nodes.

References
  Kubernetes: version skew policy (kubelets three minor versions since 1.28, two before). kubernetes-mixin, alert
  KubeVersionMismatch (warning).
",
    judge,
};

/// How many minor versions older than the API server a part may be.
///
/// Source: Kubernetes' version skew policy.
const OLDER_COMPONENT: u32 = 1;
const OLDER_KUBELET: u32 = 3;
const OLDER_KUBELET_BEFORE_1_28: u32 = 2;

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let view = case.view;
    let (major, minor) = view.release()?;
    let older_kubelet = if minor >= 28 { OLDER_KUBELET } else { OLDER_KUBELET_BEFORE_1_28 };
    let strays = |version: &str, older: u32| {
        release_of(version).is_some_and(|(of, is)| of == major && (is > minor || is + older < minor))
    };
    let mut evidence = Vec::new();
    for node in view.nodes.values().filter(|node| strays(&node.kubelet_version, older_kubelet)) {
        let claim = format!("its kubelet is of {}", node.kubelet_version);
        let field = Some("status.nodeInfo.kubeletVersion");
        evidence.push(Evidence::in_object("Node", None, &node.name, field, claim));
    }
    for component in [Component::ControllerManager, Component::Scheduler] {
        for scraped in view.instances_of(component).filter_map(|instance| view.scraped(instance)) {
            let versions = scraped.samples("kubernetes_build_info");
            let versions = versions.filter_map(|(labels, _)| labels.get("git_version"));
            evidence.extend(
                versions
                    .filter(|version| strays(version, OLDER_COMPONENT))
                    .map(|version| Evidence::in_probe(scraped.spec, format!("{component} is of {version}"))),
            );
        }
    }
    let server = Evidence::at_path("/version", format!("the API server is of {major}.{minor}"));
    if evidence.is_empty() {
        view.control_plane_nodes()?;
        return Ok(Verdict::pass(server));
    }
    let lines =
        ["kubectl get nodes -o custom-columns=NAME:.metadata.name,KUBELET:.status.nodeInfo.kubeletVersion"
            .to_owned()];
    let remedy = Remedy::run("see what is behind, and finish the upgrade", Touches::Nothing, &lines);
    let finding = Finding::warning(format!(
        "parts of Kubernetes are of versions that are not meant to work with an API server of {major}.{minor}"
    ));
    Ok(finding.seen(evidence).seen([server]).mend(remedy).found())
}
