//! The API server cannot call the Cluster Agent's webhook, or waits for it for too long.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Step, Subjects, Touches, Verdict, shell::word},
    model::{agent_role::is_on, around, evidence::Evidence, observed::Gap, surroundings::Webhook},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("admission-webhook-unreachable"),
    title: "the webhook of the Cluster Agent cannot be called",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r#"
What was seen
  A MutatingWebhookConfiguration of Datadog's leads to a Service without an address that is ready, has the
  API server wait for 30 seconds or longer, or on AKS lacks the selectors that AKS wants.

What it means
  The API server calls the webhook whenever a pod is made. Where nobody answers it waits; with failurePolicy
  Ignore the pod is made without a sidecar or libraries, with Fail it is not made at all. From 30 seconds on
  the request itself times out first, so that Ignore does not help: `failed calling webhook
  "datadog.webhook.…": … context deadline exceeded`. On private clusters a firewall between the control
  plane and port 8000 of the nodes has the same effect, which cannot be seen here.

How to confirm by hand
    kubectl get mutatingwebhookconfigurations datadog-webhook -o yaml
    kubectl -n datadog get endpointslices -l kubernetes.io/service-name=datadog-agent-cluster-agent-admission-controller

How to fix
  See why nobody is behind the Service; set DD_ADMISSION_CONTROLLER_TIMEOUT_SECONDS to 10; on AKS set
  DD_ADMISSION_CONTROLLER_ADD_AKS_SELECTORS to true, which providers.aks.enabled of the chart does.

References
  DataDog/datadog-agent#7387, #8121; DataDog/helm-charts#1267; DataDog/documentation#13503, #19243.
"#,
    judge,
};

/// The API server's own limit of a request.
const TOO_LONG: i64 = 30;

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    if case.view.agents.is_nobody() {
        return Ok(Verdict::NotApplicable("nothing of Datadog's was found"));
    }
    let listed = case.view.snapshot.webhooks(&around::webhooks());
    let listed = listed.seen("the webhooks that change objects")?.to_owned();
    let own: Vec<&Webhook> = listed.items.iter().filter(|webhook| webhook.is_datadogs()).collect();
    if own.is_empty() {
        return Ok(Verdict::NotApplicable("the Cluster Agent has no webhook"));
    }
    let seen = |webhook: &Webhook, claim: String| {
        let name = &webhook.configuration;
        Evidence::in_object("MutatingWebhookConfiguration", None, name, Some("webhooks"), claim)
    };
    for webhook in &own {
        let Some((namespace, name, _)) = &webhook.service else { continue };
        let slices = case.view.slices_of(namespace, name)?;
        if slices.iter().flat_map(|slice| &slice.addresses).any(|address| address.ready) {
            continue;
        }
        let lines = [
            format!("kubectl -n {} describe service {}", word(namespace), word(name)),
            format!("kubectl -n {} get pods -l app.kubernetes.io/component=cluster-agent", word(namespace)),
        ];
        let empty =
            Evidence::in_object("Service", Some(namespace), name, None, "no address behind it is ready");
        let leads = format!("{} leads to Service {namespace}/{name}", webhook.name);
        return Ok(Finding::error(format!("nobody is behind Service {namespace}/{name}, which the API server calls for every new pod"))
            .seen([empty, seen(webhook, leads)])
            .mend(Remedy::run("see why the Cluster Agent does not answer there", Touches::Nothing, &lines).knowing(
                "where the admission controller is not wanted, switch it off in the release: the Cluster Agent takes its webhook along",
            ))
            .found());
    }
    if let Some(webhook) =
        own.iter().find(|webhook| webhook.timeout.is_some_and(|seconds| seconds >= TOO_LONG))
    {
        let seconds = webhook.timeout.unwrap_or_default();
        return Ok(warning(
            format!(
                "the API server waits {seconds} seconds for the Cluster Agent's webhook, longer than for a request"
            ),
            vec![seen(webhook, format!("timeoutSeconds of {} is {seconds}", webhook.name))],
            "DD_ADMISSION_CONTROLLER_TIMEOUT_SECONDS=10\n",
        ));
    }
    let there = case.view.agents.cluster_agents()?;
    let lacks_selectors =
        there.iter().find(|workload| !is_on(workload, "DD_ADMISSION_CONTROLLER_ADD_AKS_SELECTORS"));
    if let Some(workload) =
        lacks_selectors.filter(|_| case.detection.best().is_some_and(|found| found.distribution.id == "aks"))
    {
        let claim = "DD_ADMISSION_CONTROLLER_ADD_AKS_SELECTORS is not true";
        return Ok(warning(
            "the webhook lacks the selectors of AKS, which takes it for a change and undoes it".to_owned(),
            vec![Evidence::in_variables(workload, claim)],
            "DD_ADMISSION_CONTROLLER_ADD_AKS_SELECTORS=true\n",
        ));
    }
    Ok(Verdict::Pass(
        own.iter().map(|webhook| seen(webhook, format!("{} can be called", webhook.name))).collect(),
    ))
}

fn warning(summary: String, evidence: Vec<Evidence>, change: &str) -> Verdict {
    let step = Step::Edit {
        file: "the variables of the Cluster Agent, or the values of the release that makes it".to_owned(),
        change: change.to_owned(),
    };
    let title = "set the variable, by which the Cluster Agent writes its webhook".to_owned();
    Finding::warning(summary)
        .seen(evidence)
        .mend(Remedy { title, steps: vec![step], touches: Touches::Monitoring })
        .found()
}
