//! The agents are to read a key of the node that belongs to root, and do not run as root.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{
        component::Component,
        evidence::{Evidence, Locator},
        observed::Gap,
    },
    view::Configured,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("etcd-key-unreadable"),
    title: "the agents are to read a key of the node that belongs to root, and do not run as root",
    subjects: Subjects::EachInstance(&[Component::Etcd]),
    symptom_of: &[],
    explain: r"
What was seen
  The check of etcd names a private key that lies on the node, and the security context of the agents' pods or container
  sets another user than root.

What it means
  Installers write keys with mode 0600 for root. The Agent cannot open it: `[Errno 13] Permission denied`. To loosen the
  mode on the node opens etcd, and with it the whole cluster, to every process that gets at the file.

How to confirm by hand
    kubectl -n datadog get daemonset datadog-agent -o jsonpath='{.spec.template.spec.securityContext}'
  On the node:
    ls -l /etc/kubernetes/pki/etcd

How to fix
  Give the agents a client certificate of their own in a Secret. Or let that container run as root.

References
  Kubernetes: security context. kubeadm writes keys with mode 0600 (measured on 1.36).
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    if instance.named.is_some() || case.view.node.is_some() {
        return Ok(Verdict::NotApplicable("it is not asked as the agents are configured"));
    }
    if case.view.is_asked_by_nobody(instance) {
        return Ok(Verdict::NotApplicable("no Datadog Agent asks it"));
    }
    let mut readable = None;
    for configured in case.view.configurations(instance)? {
        let Some(key) = &configured.instance.tls_private_key else { continue };
        let Some(folder) = configured.folder_of_node(key) else { continue };
        let named = Evidence {
            claim: format!("names {key}, which lies in {folder} of the node"),
            locator: Locator::Given(configured.describe_origin()),
        };
        match user(&configured) {
            Some(user) if user != 0 => return Ok(problem(&configured, named, user)),
            _ => readable = Some(named),
        }
    }
    Ok(match readable {
        Some(named) => {
            Verdict::pass(named.with_claim("the agents run as root, to whom keys of the node belong"))
        }
        None => Verdict::NotApplicable("the agents read no key of the node"),
    })
}

/// As which user the agents run, where their template says it; their image says root.
fn user(configured: &Configured<'_>) -> Option<i64> {
    configured.container()?.run_as_user.or(configured.workload.run_as_user)
}

fn problem(configured: &Configured<'_>, named: Evidence, user: i64) -> Verdict {
    let field = Some("spec.template.spec.securityContext");
    let runs = Evidence::in_workload(configured.workload, field, format!("runAsUser: {user}"));
    let own = Remedy::run(
        "give the agents a client certificate of their own",
        Touches::Monitoring,
        &["ctlmon certs issue --help".to_owned()],
    )
    .knowing("it goes into a Secret, which every container that mounts it can read");
    let root = Remedy::edit(
        "or let them run as root",
        Touches::Monitoring,
        "the Helm values",
        "datadog:\n  securityContext:\n    runAsUser: 0\n",
    );
    let finding =
        Finding::error(format!("the agents run as user {user} and are to read a key that belongs to root"));
    finding.seen([named, runs]).mend(own).mend(root).found()
}
