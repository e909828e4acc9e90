//! `gen-values --diff` where Argo CD has installed the chart: no release of Helm is there, and the Application tells.

use super::deployed::{API_KEY, RELEASE, change, paths, settled, told_in};
use crate::support::{Ran, ctlmon, run, within};
use ctlmon::{
    lab::LabSpec,
    model::rights::{Role, Rule},
    yaml,
};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The Application that gen-values writes.
fn application() -> Value {
    let folder = TempDir::new().unwrap();
    let arguments = ["gen-values", "--distribution", "kubeadm", "--format", "argocd"];
    let ran = run(ctlmon(folder.path()).args(arguments).args(RELEASE));
    yaml::documents(&ran.stdout).unwrap().remove(0)
}

/// The settled cluster with these Applications in place of the release of Helm.
fn by_argo_cd(applications: Vec<Value>) -> LabSpec {
    let mut spec = settled();
    spec.objects.retain(|object| object["type"] != "helm.sh/release.v1");
    spec.groups.push("argoproj.io/v1alpha1".to_owned());
    spec.objects.extend(applications);
    spec
}

async fn compared(spec: LabSpec, format: &str) -> Ran {
    told_in(spec, &["--diff", "-o", "json", "--format", format, RELEASE[0], RELEASE[1]]).await
}

#[tokio::test]
async fn an_application_as_it_would_be_written_is_the_same() {
    for format in ["argocd", "helm"] {
        let ran = compared(by_argo_cd(vec![application()]), format).await;
        let json = ran.json();
        let seen = (ran.code, &json["verdict"], &json["keys"], &json["gaps"]);
        assert_eq!(seen, (0, &json!("same"), &json!([]), &json!([])), "{ran:?}");
        assert_eq!(json["compared_with"], "Argo CD, Application argocd/datadog-agent");
        assert_eq!(json["deployed"], json!({"chart": "3.240.0", "revision": null}));
        assert_eq!(json["others"], json!([]));
    }
}

#[tokio::test]
async fn what_an_application_has_otherwise_differs() {
    let mut other = application();
    let source = &mut other["spec"]["source"];
    source["targetRevision"] = json!("3.230.0");
    source["helm"]["valuesObject"] = json!({"datadog": {"apiKey": API_KEY, "site": "datadoghq.eu"}});
    source["helm"]["parameters"] = json!([{"name": "datadog.appKey", "value": API_KEY}]);
    let ran = compared(by_argo_cd(vec![other]), "argocd").await;
    let json = ran.json();
    assert_eq!((ran.code, &json["verdict"]), (1, &json!("different")), "{ran:?}");
    assert_eq!(json["deployed"], json!({"chart": "3.230.0", "revision": null}));
    let paths = paths(&json);
    for gone in ["datadog.apiKey", "datadog.site", "spec.source.helm.parameters"] {
        assert!(paths.contains(&(gone, "gone")), "{paths:?}");
    }
}

/// That of another chart is written for the chart that is there; a user who names one wants that one.
#[tokio::test]
async fn another_chart_is_a_difference() {
    let arguments = ["--diff", "-o", "json", "--format", "argocd", "--chart-version", "3.239.0"];
    let ran = told_in(by_argo_cd(vec![application()]), &[&arguments[..], &RELEASE].concat()).await;
    let json = ran.json();
    assert_eq!((ran.code, paths(&json)), (1, vec![("chart", "other")]), "{ran:?}");
    assert_eq!(json["keys"][0]["deployed"], "3.240.0");
}

/// One that installs elsewhere, one for another cluster, one of another chart; and that whose objects bear its own name, since
/// Argo CD tracks them by the label in which the chart says the release.
#[tokio::test]
async fn several_applications_are_told_apart() {
    let named = |name: &str, pointer: &str, value: &str| {
        let mut application = application();
        application["metadata"]["name"] = json!(name);
        *application.pointer_mut(pointer).unwrap() = json!(value);
        application
    };
    let elsewhere = named("a", "/spec/destination/namespace", "monitoring");
    let other_cluster = named("b", "/spec/destination/server", "https://10.1.2.3:6443");
    let other_chart = named("c", "/spec/source/chart", "datadog-operator");
    let other_release = named("d", "/spec/source/helm/releaseName", "dd");
    let all = vec![elsewhere, other_cluster, other_chart, other_release, application()];
    let json = compared(by_argo_cd(all.clone()), "argocd").await.json();
    assert_eq!((&json["verdict"], &json["others"]), (&json!("same"), &json!([])), "{json:#}");

    // The agents that run are those of the first four: nothing that they say is what is asked for.
    let tracked = named("datadog-agent", "/spec/source/helm/releaseName", "dd");
    let others = by_argo_cd([&all[..4], &[tracked]].concat());
    let json = compared(others, "argocd").await.json();
    assert_eq!(json["others"], json!(["Argo CD, Application argocd/datadog-agent"]), "{json:#}");
    assert_eq!(change(&json, "kubelet")["change"], "twice");

    let twin = named("twin", "/metadata/namespace", "gitops");
    let ran = compared(by_argo_cd(vec![application(), twin]), "argocd").await;
    let gap = ran.json()["gaps"][0]["why"].to_string();
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(gap.contains("argocd/datadog-agent") && gap.contains("gitops/twin"), "{gap}");
}

/// A release of Helm stays where an Application takes it over.
#[tokio::test]
async fn an_application_outweighs_a_release_of_helm() {
    let mut spec = by_argo_cd(vec![application()]);
    spec.objects.extend(settled().objects.into_iter().filter(|it| it["type"] == "helm.sh/release.v1"));
    let json = compared(spec, "helm").await.json();
    assert_eq!(json["compared_with"], "Argo CD, Application argocd/datadog-agent");
}

#[tokio::test]
async fn without_the_right_to_applications_it_is_never_the_same() {
    let mut spec = by_argo_cd(vec![application()]);
    spec.rights.bindings.retain(|binding| binding.name != "caller:cluster-admin");
    let all = |group: &str, resources: &[&str]| Rule {
        verbs: vec!["get".to_owned(), "list".to_owned()],
        api_groups: vec![group.to_owned()],
        resources: resources.iter().map(|it| (*it).to_owned()).collect(),
        ..Rule::default()
    };
    let core = ["nodes", "pods", "namespaces", "services", "configmaps", "secrets"];
    let rules = vec![all("", &core), all("apps", &["daemonsets", "deployments"])];
    let role = Role { namespace: None, name: "reader".to_owned(), rules, aggregation: Vec::new() };
    within::give(&mut spec, role);
    let ran = compared(spec.clone(), "argocd").await;
    let json = ran.json();
    assert_eq!((ran.code, &json["verdict"]), (3, &json!("unknown")), "{ran:?}");
    let gaps: Vec<&Value> = json["gaps"].as_array().unwrap().iter().map(|gap| &gap["why"]).collect();
    assert_eq!(gaps, ["missing permission: list applications.argoproj.io"]);

    // Where nobody serves the kind there is nothing to be allowed: the release of Helm is what is missing.
    spec.groups.retain(|group| !group.starts_with("argoproj.io/"));
    let json = compared(spec, "argocd").await.json();
    let gap = &json["gaps"][0]["why"];
    assert!(gap.as_str().unwrap().contains("neither a Secret of Helm's nor an Application"), "{json:#}");
}
