//! Heapster is still there, which was retired in 2018.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Step, Subjects, Touches, Verdict},
    model::{agents, around, evidence::Evidence, monitors, observed::Gap, workload::Workload},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("heapster-retired"),
    title: "Heapster is still there, which was retired in 2018",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r#"
What was seen
  A Deployment of Heapster, or of the InfluxDB or Grafana that its manifests bring along.

What it means
  Heapster was retired with Kubernetes 1.13 and does not work with a current API. Whoever follows its guides meets the
  answer `User "system:anonymous" cannot proxy services in the namespace "kube-system"` when a browser opens its URL: the
  browser shows the API server no credential, and nobody in particular may not proxy to Services. That answer is right.
  The guides' advice to open --insecure-port instead gives the whole cluster away.

How to confirm by hand
    kubectl -n kube-system get deployments heapster monitoring-influxdb monitoring-grafana
    kubectl auth can-i get services/proxy -n kube-system --as=system:anonymous

How to fix
  Remove it, with its Services and the binding of its account to system:heapster. Until then open its pages through
  `kubectl proxy`, which shows your own credential.

References
  Heapster's deprecation timeline; metrics-server takes the place of what `kubectl top` needed of it.
"#,
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let snapshot = case.view.snapshot;
    let mut found: Vec<&Workload> = Vec::new();
    for workload in monitors::heapsters(snapshot) {
        if !found.iter().any(|known| (&known.namespace, &known.name) == (&workload.namespace, &workload.name))
        {
            found.push(workload);
        }
    }
    let Some(first) = found.first() else {
        let listed = snapshot.workloads(&agents::deployments());
        let listed = listed.seen("the Deployments, among which runners and sidecars would be")?;
        let claim = format!("none of {} Deployments is Heapster's", listed.items.len());
        return Ok(Verdict::pass(Evidence::at_path("/apis/apps/v1/deployments", claim)));
    };
    let mut evidence: Vec<Evidence> = found
        .iter()
        .map(|workload| {
            let image = workload.containers.first().map_or("", |container| container.image.as_str());
            Evidence::in_workload(workload, Some("spec.template.spec.containers"), format!("runs {image}"))
        })
        .collect();
    let bindings = snapshot.bindings(&monitors::heapster_binding());
    let is_bound = bindings.value().is_some_and(|listed| !listed.items.is_empty());
    if is_bound {
        evidence.push(Evidence::in_object(
            "ClusterRoleBinding",
            None,
            monitors::HEAPSTER_BINDING,
            None,
            "its account still has the role that Kubernetes keeps for it",
        ));
    }
    let proxy = around::may_proxy_services();
    let open = case.view.may(&proxy).ok();
    evidence.extend(open.map(|allowed| Evidence::in_review(&proxy, allowed)));
    let finding = if open == Some(true) {
        Finding::warning(
            "Heapster is still there, and nobody in particular may proxy to Services of kube-system",
        )
    } else {
        Finding::warning(
            "Heapster is still there, which was retired in 2018 and collects nothing of a current cluster",
        )
    };
    let namespace = &first.namespace;
    let names: Vec<&str> = found.iter().map(|workload| workload.name.as_str()).collect();
    let names = names.join(" ");
    let mut lines =
        vec![format!("kubectl -n {namespace} delete deployment,service {names} --ignore-not-found")];
    if is_bound {
        lines.push(format!("kubectl delete clusterrolebinding {}", monitors::HEAPSTER_BINDING));
    }
    let look = Remedy {
        title: "open its pages with your own credential for the time being".to_owned(),
        steps: vec![Step::Run(vec![format!(
            "kubectl proxy & curl -s http://127.0.0.1:8001/api/v1/namespaces/{namespace}/services/heapster/proxy/healthz"
        )])],
        touches: Touches::Nothing,
    };
    let remove = Remedy::run("remove it", Touches::Workloads, &lines);
    Ok(finding.seen(evidence).mend(look).mend(remove).found())
}
