//! The agents look for the Cluster Agent where it is not.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Step, Subjects, Touches, Verdict},
    model::{
        agent_role::{Variable, variable},
        agents,
        evidence::Evidence,
        observed::{Gap, Why},
        workload::Workload,
    },
    view::cluster_agent::{Address, SERVICE_VARIABLE, SWITCH, URL_VARIABLE, address, service_of},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("cluster-agent-address-wrong"),
    title: "the agents look for the Cluster Agent where it is not",
    subjects: Subjects::EachAgentWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  The variables of node agents, of runners or of sidecars name a URL that cannot be used, or a Service that does not
  exist where they look for it.

What it means
  The agents find the Cluster Agent by DD_CLUSTER_AGENT_URL, which must be https; without it by the variables that
  the kubelet sets for the Service named in DD_CLUSTER_AGENT_KUBERNETES_SERVICE_NAME. Those exist only for Services
  of the pod's own namespace, so that a sidecar in another namespace needs the URL. The Agent's log has `cannot get a cluster agent endpoint for kubernetes service X, env
  X_SERVICE_HOST is empty` or `not a https scheme`.

How to confirm by hand
    kubectl get services -A | grep 5005
    kubectl -n NAMESPACE get KIND NAME -o jsonpath='{range .spec.template.spec.containers[0].env[*]}{.name}={.value}{end}' | tr '}' '\n' | grep CLUSTER_AGENT

How to fix
  Name the Service that exists, or from another namespace give the whole URL:
  https://SERVICE.NAMESPACE.svc.cluster.local:5005.

References
  Datadog Agent: pkg/config/utils/clusteragent.go, where both ways are tried in this order.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (role, workload) = case.workload()?;
    let found = address(workload);
    let written = |claim: String| {
        Evidence::in_object(
            workload.kind_name(),
            Some(&workload.namespace),
            &workload.name,
            Some("env"),
            claim,
        )
    };
    match &found {
        Address::Disabled => {
            case.view.surely_unset(workload, SWITCH)?;
            Ok(Verdict::NotApplicable("the agents are not told to talk to a Cluster Agent"))
        }
        Address::Unread => {
            let what = format!("the URL that {} {} are given", role.word(), case.subject.place());
            let why = "DD_CLUSTER_AGENT_URL comes from an object or from variables that are not read";
            Err(Gap::new(what, Why::OutOfReach(why.to_owned())))
        }
        Address::BadUrl(url, why) => {
            let claim = format!("DD_CLUSTER_AGENT_URL={url}");
            Ok(problem(case, workload, &format!("their URL cannot be used: {why}"), vec![written(claim)]))
        }
        Address::Url(_) | Address::Service(_) => {
            case.view.surely_unset(workload, URL_VARIABLE)?;
            if !matches!(found, Address::Url(_)) {
                case.view.surely_unset(workload, SERVICE_VARIABLE)?;
            }
            let is_named = variable(workload, SERVICE_VARIABLE) != Variable::Unset;
            let claim = match &found {
                Address::Url(endpoint) => format!("DD_CLUSTER_AGENT_URL leads to {endpoint}"),
                _ if is_named => {
                    "they take the variables of a Service in their own namespace".to_owned()
                }
                _ => "no Service is named, so they take the variables of the one that they look for by themselves"
                    .to_owned(),
            };
            let Some((namespace, name)) = service_of(workload, &found) else {
                return Ok(Verdict::NotApplicable("the URL leads out of the cluster"));
            };
            let listed = case.view.snapshot.names(&agents::service(&namespace, &name));
            let listed = listed.seen(&format!("Service {namespace}/{name}"))?;
            if listed.items.is_empty() {
                let missing = Evidence::in_object("Service", Some(&namespace), &name, None, "does not exist");
                let summary = format!("there is no Service {namespace}/{name}");
                return Ok(problem(case, workload, &summary, vec![missing, written(claim)]));
            }
            let there = Evidence::in_object("Service", Some(&namespace), &name, None, "exists");
            Ok(Verdict::Pass(vec![there, written(claim)]))
        }
    }
}

fn problem(case: &Case<'_>, workload: &Workload, why: &str, evidence: Vec<Evidence>) -> Verdict {
    let cluster_agent = case.view.cluster_agent_of(workload).ok().flatten();
    let (namespace, name) =
        cluster_agent.map_or(("datadog", "datadog-cluster-agent"), |found| (&found.namespace, &found.name));
    let change = if namespace == workload.namespace {
        format!("DD_CLUSTER_AGENT_KUBERNETES_SERVICE_NAME={name}")
    } else {
        format!("DD_CLUSTER_AGENT_URL=https://{name}.{namespace}.svc.cluster.local:5005")
    };
    Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: format!("the agents look for the Cluster Agent where it is not: {why}"),
        evidence,
        remedies: vec![Remedy {
            title: "name the Service of the Cluster Agent".to_owned(),
            steps: vec![
                Step::Run(vec![format!("kubectl -n {namespace} get services")]),
                Step::Edit {
                    file: format!(
                        "the variables of {} {}/{}",
                        workload.kind_name(),
                        workload.namespace,
                        workload.name
                    ),
                    change,
                },
            ],
            touches: Touches::Monitoring,
        }],
    })
}
