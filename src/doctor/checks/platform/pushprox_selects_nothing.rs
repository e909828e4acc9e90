//! PushProx runs on no node, or nobody is behind its Service.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{
        agents,
        evidence::Evidence,
        facts::AnnotatedService,
        observed::{Gap, Why},
        workload::Workload,
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("pushprox-selects-nothing"),
    title: "PushProx runs on no node, or nobody is behind its Service",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r"
What was seen
  A DaemonSet of PushProx clients wants no pod at all, a Service of PushProx whose annotations configure a check has no
  address behind it, or such a Service names a port that its component no longer has (10251, 10252).

What it means
  rancher-monitoring reaches the control plane by PushProx clients on its nodes. Their node selector, or the Service's
  selector, fits no node or pod: it was written for other roles or another product. The checks on the Service's endpoints
  are then never scheduled, and nothing says so. The plain ports 10251 and 10252 went with Kubernetes 1.23 and 1.22.

How to confirm by hand
    kubectl -n cattle-monitoring-system get daemonsets,services,endpointslices | grep pushprox
    kubectl get nodes --show-labels

How to fix
  Correct the selector (clients.nodeSelector of the sub-chart), or the Service's. Ports are 10257 and 10259 by https with a
  token. Where agents run on control-plane nodes they need no PushProx.

References
  rancher#33052, #39429; rke2#519. Datadog: control plane monitoring, Rancher.
",
    judge,
};

/// How everything of PushProx is called.
const PREFIX: &str = "pushprox-";

/// The ports that the controller-manager and the scheduler had without TLS.
const RETIRED_PORTS: [u16; 2] = [10251, 10252];

/// The release from which on neither has one.
const WITHOUT_PORTS: (u32, u32) = (1, 23);

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    const WHAT: &str = "the DaemonSets, among which the agents' own would be";
    let listed = case.view.snapshot.workloads(&agents::daemon_sets());
    let listed = listed.seen(WHAT)?;
    let clients: Vec<&Workload> =
        listed.items.iter().filter(|workload| workload.name.starts_with(PREFIX)).collect();
    let services = case.view.agents.annotated_services()?;
    let services: Vec<&AnnotatedService> =
        services.into_iter().filter(|service| service.name.starts_with(PREFIX)).collect();
    if clients.is_empty() && services.is_empty() {
        let whole = "there is no PushProx";
        return if listed.complete {
            Ok(Verdict::NotApplicable(whole))
        } else {
            Err(Gap::new(WHAT, Why::Partial))
        };
    }
    let mut evidence: Vec<Evidence> = clients.iter().filter_map(|client| of_client(client)).collect();
    for service in &services {
        evidence.extend(of_service(case, service)?);
    }
    if evidence.is_empty() {
        let claims = clients.iter().map(|client| {
            let desired = client.replicas.map_or(0, |replicas| replicas.desired);
            Evidence::in_workload(client, Some("status"), format!("wants {desired} pods"))
        });
        return Ok(Verdict::Pass(claims.collect()));
    }
    let lines = [
        "kubectl get daemonsets,services,endpointslices -A | grep pushprox".to_owned(),
        "kubectl get nodes --show-labels".to_owned(),
    ];
    let remedy =
        Remedy::run("compare selectors with labels, then correct the selector", Touches::Nothing, &lines);
    let finding = Finding::error("PushProx selects nothing, so that what is asked through it is never asked");
    Ok(finding.seen(evidence).mend(remedy).found())
}

/// That a `DaemonSet` wants no pods.
fn of_client(client: &Workload) -> Option<Evidence> {
    let selector: Vec<String> =
        client.node_selector.iter().map(|(key, value)| format!("{key}={value}")).collect();
    client.replicas.filter(|replicas| replicas.desired == 0).map(|_| {
        let claim = format!("wants no pod: its node selector is {}", selector.join(", "));
        Evidence::in_workload(client, Some("spec.template.spec.nodeSelector"), claim)
    })
}

/// What is wrong with a Service.
fn of_service(case: &Case<'_>, service: &AnnotatedService) -> Result<Option<Evidence>, Gap> {
    let at = |field, claim: String| {
        Some(Evidence::in_object("Service", Some(&service.namespace), &service.name, Some(field), claim))
    };
    let slices = case.view.slices_of(&service.namespace, &service.name)?;
    if slices.iter().all(|slice| slice.addresses.is_empty()) {
        return Ok(at("spec.selector", "nobody is behind it".to_owned()));
    }
    let retired = service.ports.iter().find(|(_, port)| RETIRED_PORTS.contains(port));
    Ok(match retired {
        Some((_, port)) if case.view.release()? >= WITHOUT_PORTS => {
            at("spec.ports", format!("port {port}, which its component no longer has"))
        }
        _ => None,
    })
}
