//! How a component listens is not what kubeadm would write.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{
        answer::KubeadmFacts,
        component::Component,
        evidence::Evidence,
        observed::{Gap, Observed},
        survey,
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("flags-not-in-kubeadm-config"),
    title: "how a component listens is not what kubeadm would write",
    subjects: Subjects::EachInstance(&[Component::Etcd, Component::ControllerManager, Component::Scheduler]),
    symptom_of: &[],
    explain: r"
What was seen
  The flag by which a component's metrics are reached (--bind-address, of etcd --listen-metrics-urls) has another value
  than the ConfigMap kubeadm-config gives it, or than kubeadm gives it where that says nothing.

What it means
  Somebody has edited the manifest on the node. kubeadm writes manifests anew from that ConfigMap at every upgrade, and on
  every node that joins: the metrics that can be read today are gone then, and nobody will remember why.

How to confirm by hand
    kubectl -n kube-system get configmap kubeadm-config -o jsonpath='{.data.ClusterConfiguration}'
    kubectl -n kube-system get pods -l tier=control-plane -o jsonpath='{.items[*].spec.containers[0].command}'

How to fix
  Write it into ClusterConfiguration as well. That changes no running cluster: it is what the next upgrade uses.

References
  kubeadm: reconfiguring a cluster; kubeadm#1564 (of etcd, some upgrades took no extra arguments at all).
",
    judge,
};

/// The flag, and what kubeadm writes by itself.
///
/// Source: the manifests of kubeadm 1.17 to 1.36.
const fn listens(component: Component) -> (&'static str, &'static str) {
    match component {
        Component::Etcd => ("listen-metrics-urls", "http://127.0.0.1:2381"),
        _ => ("bind-address", "127.0.0.1"),
    }
}

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    let (Some(flags), Some(pod)) = (&instance.flags, &instance.pod) else {
        return Ok(Verdict::NotApplicable("its flags are not known"));
    };
    let Some(kubeadm) = configuration(case)? else {
        return Ok(Verdict::NotApplicable("kubeadm did not make this cluster"));
    };
    let (flag, usual) = listens(instance.component);
    let written = kubeadm.extra_args.get(&instance.component).and_then(|flags| flags.get(flag));
    let expected = written.map_or(usual, String::as_str);
    let field = Some("spec.containers[0].command");
    let of_pod = |claim: String| Evidence::in_object("Pod", Some(&pod.namespace), &pod.name, field, claim);
    let Some(actual) = flags.get(flag) else {
        return Ok(Verdict::NotApplicable("it does not have that flag"));
    };
    let seen = of_pod(format!("--{flag}={actual}"));
    if actual == expected {
        return Ok(Verdict::pass(seen));
    }
    let said = match written {
        Some(value) => format!("gives {} --{flag}={value}", instance.component),
        None => format!("says nothing of --{flag}, for which kubeadm writes {usual}"),
    };
    let [object] = survey::config_maps();
    let config = Evidence::in_ref(&object, Some("data.ClusterConfiguration"), said);
    let edit = Remedy::edit(
        "let kubeadm know of it",
        Touches::ControlPlane,
        "ConfigMap kube-system/kubeadm-config, entry ClusterConfiguration",
        extra(instance.component, &kubeadm.api_version, flag, actual),
    )
    .knowing("or take the edit on the node back, if nobody needs it");
    let finding = Finding::warning(format!(
        "{} runs with --{flag}={actual}, which the next upgrade by kubeadm takes back",
        instance.component
    ));
    Ok(finding.seen([seen, config]).mend(edit).found())
}

/// What kubeadm was told; `None` where there is nothing of it.
fn configuration<'a>(case: &Case<'a>) -> Result<Option<&'a KubeadmFacts>, Gap> {
    let [object] = survey::config_maps();
    match case.view.snapshot.config_map(&object.namespace, &object.name) {
        Observed::Seen(facts) => Ok(facts.kubeadm.as_ref()),
        Observed::Absent => Ok(None),
        other => other.seen("ConfigMap kube-system/kubeadm-config").map(|_| None),
    }
}

/// The lines in the form of the configuration's version: a mapping up to v1beta3, a list from v1beta4 on.
fn extra(component: Component, api_version: &str, flag: &str, value: &str) -> String {
    let (part, indent) = match component {
        Component::Etcd => ("etcd:\n  local:\n", "    "),
        Component::ControllerManager => ("controllerManager:\n", "  "),
        _ => ("scheduler:\n", "  "),
    };
    let is_mapping = ["v1beta1", "v1beta2", "v1beta3"].iter().any(|old| api_version.ends_with(old));
    if is_mapping {
        format!("{part}{indent}extraArgs:\n{indent}  {flag}: {value}\n")
    } else {
        format!("{part}{indent}extraArgs:\n{indent}  - name: {flag}\n{indent}    value: {value}\n")
    }
}
