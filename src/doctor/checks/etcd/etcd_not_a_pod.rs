//! A check attaches to etcd's container, and the API servers' etcd runs in none.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, checks::setting},
    model::{component::Component, endpoint::Endpoint, evidence::Evidence, facts::Node, observed::Gap},
    view::{Origin, Written},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("etcd-not-a-pod"),
    title: "a check attaches to etcd's container, and etcd runs in none",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[],
    explain: r"
What was seen
  The check's ad_identifiers name etcd, no pod of etcd was seen, and --etcd-servers of the API servers lead to
  where etcd is: on other hosts, or beside the API server as a program of the node.

What it means
  The check attaches to nothing and never runs. kubeadm with an external etcd and Kubespray are set up so.

How to confirm by hand
    kubectl -n kube-system get pod -l component=kube-apiserver -o jsonpath='{.items[*].spec.containers[0].command}' | tr ',' '\n' | grep etcd-servers

How to fix
  Where etcd is on the control-plane nodes attach the check to a container that runs there, such as
  kube-apiserver. Where it is on other hosts let the Cluster Agent hand out a check with their addresses, or
  run an Agent there.

References
  Kubernetes: kube-apiserver, --etcd-servers; kubeadm with external etcd. helm-charts#1939.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let written = case.written()?;
    let names_etcd = written.check.ad_identifiers.iter().any(|identifier| identifier == "etcd");
    let is_of_file = matches!(written.origin, Origin::ConfigMap { .. }) && !written.is_handed_out();
    if written.component != Component::Etcd || !is_of_file || !names_etcd {
        return Ok(Verdict::NotApplicable("it attaches to no container of etcd"));
    }
    if let Some(instance) = case.view.instances_of(Component::Etcd).next() {
        return Ok(Verdict::pass(written.origin.says(format!("a pod of etcd runs on {}", instance.name))));
    }
    if case.view.is_container("etcd")? {
        return Ok(Verdict::NotApplicable("another workload runs containers of etcd"));
    }
    let found = case.view.instances_of(Component::ApiServer).find_map(|instance| {
        let servers = instance.flags.as_ref()?.get("etcd-servers").filter(|servers| !servers.is_empty())?;
        let pod = instance.pod.as_ref()?;
        let place = Some("spec.containers[0].command");
        let claim = format!("--etcd-servers={servers}");
        Some((servers.clone(), Evidence::in_object("Pod", Some(&pod.namespace), &pod.name, place, claim)))
    });
    let Some((servers, seen)) = found else {
        return Ok(Verdict::NotApplicable("it cannot be seen where the API servers' etcd is"));
    };
    let hosts: Vec<Endpoint> = servers.split(',').filter_map(|url| url.parse().ok()).collect();
    let has = |node: &Node, host: &str| node.addresses.iter().any(|(_, address)| address == host);
    let is_of_nodes = |endpoint: &Endpoint| {
        endpoint.is_loopback() || case.view.nodes.values().any(|node| has(node, &endpoint.host))
    };
    let is_beside = hosts.iter().all(is_of_nodes);
    let place = if is_beside { "a program of the nodes" } else { "on hosts outside of the cluster" };
    Ok(Finding::error(format!("the check attaches to etcd's container, and etcd is {place}"))
        .seen([written.origin.says("ad_identifiers: etcd"), seen])
        .mend(remedy(&written, is_beside, &hosts))
        .found())
}

fn remedy(written: &Written<'_>, is_beside: bool, hosts: &[Endpoint]) -> Remedy {
    if is_beside {
        return Remedy::edit(
            "attach to a container on the same nodes",
            Touches::Monitoring,
            setting::place(&written.origin),
            "ad_identifiers:\n  - kube-apiserver\n",
        );
    }
    let instances: Vec<String> =
        hosts.iter().map(|host| format!("        - prometheus_url: {host}/metrics")).collect();
    let instances = instances.join("\n");
    Remedy::edit(
        "let the Cluster Agent hand out a check with their addresses",
        Touches::Monitoring,
        "the Helm values of the Cluster Agent's release",
        format!("clusterAgent:\n  confd:\n    etcd.yaml: |-\n      cluster_check: true\n      init_config: {{}}\n      instances:\n{instances}\n"),
    )
    .knowing("give each instance the client certificate, mounted where cluster checks run")
}
