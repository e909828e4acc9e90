//! `SELinux` keeps the agents from files of the node.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{
        component::Component,
        evidence::{Evidence, Locator},
        observed::Gap,
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("selinux-confines-agent"),
    title: "SELinux keeps the agents from files of the node",
    subjects: Subjects::EachInstance(&[Component::Etcd]),
    symptom_of: &[CheckId("etcd-key-unreadable")],
    explain: r"
What was seen
  The check of etcd reads a certificate that lies on the node, the node's operating system enforces SELinux, and the agents'
  template does not give them the type spc_t.

What it means
  A container is confined to files that are labelled for containers. It may be root and the mode 0644, and the Agent still
  gets `Permission denied`; the node's audit log has `scontext=...container_t`. A privileged container is not confined;
  whether these are is not kept, so this is a warning.

How to confirm by hand
  On the node:
    ausearch -m avc -ts recent | grep datadog

How to fix
  Give the agents the type spc_t, or the certificate in a Secret, which is labelled for the pod.

References
  integrations-core#5596; datadog-agent#7026. Chart: agents.podSecurity.seLinuxContext.
",
    judge,
};

/// The operating systems that always enforce, as their kubelets report them.
const ENFORCING: [&str; 2] = ["Red Hat Enterprise Linux CoreOS", "Bottlerocket"];

/// The type of containers that are not confined.
const UNCONFINED: &str = "spc_t";

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    let node = instance.node.as_deref().and_then(|name| case.view.nodes.get(name).copied());
    let Some(node) = node.filter(|node| ENFORCING.iter().any(|os| node.os_image.starts_with(os))) else {
        return Ok(Verdict::NotApplicable("its node is not known to enforce SELinux"));
    };
    if case.view.is_asked_by_nobody(instance) {
        return Ok(Verdict::NotApplicable("no Datadog Agent asks it"));
    }
    for configured in case.view.configurations(instance)? {
        let settings = &configured.instance;
        let paths = [&settings.tls_private_key, &settings.tls_cert, &settings.tls_ca_cert];
        let mut paths = paths.into_iter().flatten();
        let Some(path) = paths.find(|path| configured.folder_of_node(path).is_some()) else { continue };
        let of_container = configured.container().and_then(|container| container.selinux_type.as_deref());
        let kind = of_container.or(configured.workload.selinux_type.as_deref());
        let field = Some("spec.template.spec.securityContext");
        let typed = Evidence::in_workload(
            configured.workload,
            field,
            format!("seLinuxOptions.type: {}", kind.unwrap_or("not set")),
        );
        if kind == Some(UNCONFINED) {
            return Ok(Verdict::pass(typed));
        }
        let named = Evidence {
            claim: format!("names {path}, which lies on the node"),
            locator: Locator::Given(configured.describe_origin()),
        };
        let of_node = Evidence::in_object(
            "Node",
            None,
            &node.name,
            Some("status.nodeInfo.osImage"),
            node.os_image.clone(),
        );
        let remedy = Remedy::edit(
            "do not confine the agents",
            Touches::Monitoring,
            "the Helm values",
            "agents:\n  podSecurity:\n    seLinuxContext:\n      rule: MustRunAs\n      seLinuxOptions:\n        type: spc_t\n",
        )
        .knowing("or mount the certificate from a Secret, which is labelled for the pod");
        let finding = Finding::warning(
            "SELinux keeps the agents from the certificate on the node, unless they are privileged",
        );
        return Ok(finding.seen([named, of_node, typed]).mend(remedy).found());
    }
    Ok(Verdict::NotApplicable("the agents read no file of the node for it"))
}
