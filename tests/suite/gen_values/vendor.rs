//! Where the vendor's pages are wrong: what is written instead. `docs/vendor-docs.md` names these tests, one for each row.

use super::{DIALECTS, names, plain, planned, plans, read::one};
use ctlmon::{
    distributions::{ALL, Distribution},
    model::component::Component,
    plan::{Audience, Choices, Dialect, EtcdSource, Folder, Instance, Outcome, Plan, Version, folder, spell},
};
use serde_json::Value;
use std::collections::BTreeSet;

fn usual(id: &str) -> Plan {
    with(id, |_| {})
}

/// The plan of a distribution for its usual audience, after a change of the choices.
fn with(id: &str, change: impl FnOnce(&mut Choices)) -> Plan {
    let distribution = Distribution::named(id).unwrap();
    let mut choices = plain(ctlmon::plan::usual_audience(distribution, &distribution.identity()));
    change(&mut choices);
    planned(distribution, &choices).unwrap_or_else(|error| panic!("{id}: {error}"))
}

fn kubernetes(minor: u16) -> impl FnOnce(&mut Choices) {
    move |choices| choices.versions.kubernetes = Some(Version(1, minor, 0))
}

fn instances(plan: &Plan, component: Component) -> Vec<Instance> {
    let planned = plan.components.iter().find(|planned| planned.component == component).unwrap();
    match &planned.outcome {
        Outcome::Packaged { instances }
        | Outcome::NodeCheck { instances }
        | Outcome::ClusterCheck { instances }
        | Outcome::Native { instances, .. }
        | Outcome::Sidecar { instances } => instances.clone(),
        Outcome::Left { .. } => Vec::new(),
    }
}

fn urls(plan: &Plan, component: Component) -> Vec<String> {
    instances(plan, component)
        .iter()
        .flat_map(|it| it.urls().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

fn written(plan: &Plan, dialect: Dialect) -> Folder {
    folder(plan, dialect, &names()).unwrap()
}

fn everything(folder: &Folder) -> String {
    let documents = folder.manifests.iter().chain(&folder.nodes).chain([&folder.main]);
    let mut text: String = documents.map(|it| it.text.as_str()).collect::<Vec<_>>().join("\n");
    text.push_str(&folder.readme);
    text.push_str(&folder.undo);
    text
}

/// A chart before the switch, for which everything is written out.
fn by_hand(choices: &mut Choices) {
    choices.versions.chart = Version(3, 151, 0);
}

#[test]
fn certificates_are_read_where_they_are_mounted() {
    for plan in plans() {
        let mounted: Vec<&str> = plan.agents.mounts.iter().map(|mount| mount.at.as_str()).collect();
        let files = plan.agents.files.iter().chain(&plan.cluster_agent.files);
        for instance in files.flat_map(|file| &file.instances) {
            for path in
                [&instance.tls_ca_cert, &instance.tls_cert, &instance.tls_private_key].into_iter().flatten()
            {
                let is_account = path.starts_with("/var/run/secrets/kubernetes.io/serviceaccount/");
                let is_mounted = mounted.iter().any(|at| path == at || path.starts_with(&format!("{at}/")));
                assert!(is_account || is_mounted, "{}: {path}: {mounted:?}", plan.identity.id);
            }
            assert_eq!(instance.tls_cert.is_some(), instance.tls_private_key.is_some());
            assert!(
                instance.tls_cert.is_none() || instance.tls_cert != instance.tls_private_key,
                "a key is no certificate"
            );
            assert!(instance.urls().next().is_some());
        }
    }
}

#[test]
fn openshift_has_its_metrics_certificate_copied_by_its_own_names() {
    let plan = with("openshift4", by_hand);
    let [etcd] = instances(&plan, Component::Etcd).try_into().unwrap();
    let file =
        |of: &Option<String>| of.as_deref().and_then(|path| path.rsplit('/').next().map(str::to_owned));
    assert_eq!(
        (file(&etcd.tls_cert), file(&etcd.tls_private_key)),
        (Some("tls.crt".to_owned()), Some("tls.key".to_owned()))
    );
    assert_eq!((etcd.tls_verify, etcd.tls_ca_cert), (Some(false), None), "the Secret holds no CA");
    assert_eq!(etcd.prometheus_url.as_deref(), Some("https://%%host%%:9979/metrics"));
    for folder in [written(&plan, Dialect::Helm), written(&usual("openshift4"), Dialect::DatadogAgent)] {
        let copy = folder
            .steps
            .iter()
            .flat_map(|step| &step.commands)
            .find(|line| line.contains("go-template"))
            .unwrap();
        assert!(
            copy.contains("secret etcd-metric-client -n openshift-etcd-operator") && !copy.contains("sed"),
            "{copy}"
        );
    }
    let old = with("openshift4", kubernetes(26));
    assert_eq!(old.switch, None, "the switch would have agents wait for a Secret that 4.13 does not have");
    assert!(old.copy.is_some_and(|secret| secret.name == "kube-etcd-client-certs"), "{:?}", old.copy);
}

#[test]
fn overrides_of_runners_come_with_runners() {
    for plan in plans() {
        let helm = one(&spell(&plan, Dialect::Helm).unwrap());
        let agent = one(&spell(&plan, Dialect::DatadogAgent).unwrap());
        let features = &agent["spec"]["features"]["clusterChecks"];
        assert_eq!(helm["clusterChecksRunner"].is_object(), plan.runners.is_some());
        assert_eq!(helm["clusterChecksRunner"]["enabled"] == true, plan.runners.is_some());
        assert_eq!(agent["spec"]["override"]["clusterChecksRunner"].is_object(), plan.runners.is_some());
        assert_eq!(features["useClusterChecksRunners"] == true, plan.runners.is_some());
        assert!(features["clusterCheckRunners"].is_null());
    }
    assert!(usual("eks-fargate").runners.is_some(), "nobody else could run a cluster check there");
}

#[test]
fn openshift_3_is_asked_without_copies_of_services_and_by_files_of_its_own_nodes() {
    let plan = usual("openshift3");
    let folder = written(&plan, Dialect::Helm);
    let text = everything(&folder);
    assert!(!text.contains("openshift-etcd") && !text.contains("-copy") && !text.contains("sed "), "{text}");
    assert_eq!(urls(&plan, Component::Etcd), ["https://127.0.0.1:2379/metrics"]);
    assert!(plan.agents.host_network && plan.agents.mounts.len() == 3, "{:?}", plan.agents);
}

#[test]
fn rke1_needs_no_name_of_a_nodes_file_and_no_port_of_old() {
    for (minor, manager, scheduler) in [
        (30, "https://127.0.0.1:10257", "https://127.0.0.1:10259"),
        (21, "http://127.0.0.1:10252", "http://127.0.0.1:10251"),
    ] {
        let plan = with("rke1", kubernetes(minor));
        assert_eq!(urls(&plan, Component::ControllerManager), [format!("{manager}/metrics")]);
        assert_eq!(urls(&plan, Component::Scheduler), [format!("{scheduler}/metrics")]);
        let text = everything(&written(&plan, Dialect::Helm));
        assert!(!text.contains("kube-etcd-") && !text.contains("pause:"), "{text}");
        assert_eq!(plan.agents.mounts.len(), 1, "one certificate for all nodes: {:?}", plan.agents.mounts);
    }
}

#[test]
fn rke1_with_rancher_monitoring_is_found_by_services() {
    let rke1 = Distribution::named("rke1").unwrap();
    let identity =
        ctlmon::distributions::Identity { variant: Some("rancher-monitoring".to_owned()), ..rke1.identity() };
    let subject =
        ctlmon::plan::Subject { distribution: rke1, identity: &identity, rivals: &[], nodes: &[], pki: None };
    let choices = Choices { etcd: EtcdSource::Secret, ..plain(Audience::All) };
    let plan = ctlmon::plan::plan(&subject, &choices).unwrap();
    let folder = written(&plan, Dialect::Helm);
    let services = folder.manifests.iter().find(|it| it.name == "20-services.yaml").unwrap();
    let services = ctlmon::yaml::documents(&services.text).unwrap();
    assert_eq!(services.len(), 3);
    for service in &services {
        assert_eq!(
            (&service["spec"]["clusterIP"], &service["metadata"]["namespace"]),
            (&"None".into(), &"cattle-monitoring-system".into())
        );
        let name = service["metadata"]["name"].as_str().unwrap();
        assert!(plan.cluster_agent.files.iter().any(|file| file.endpoints.unwrap().name == name), "{name}");
    }
    assert_eq!(urls(&plan, Component::ControllerManager), ["https://%%host%%:10257/metrics"]);
    let said = folder.main.text.replace("\n# ", " ");
    assert!(said.contains("cattle-monitoring-system/pushprox-kube-etcd-datadog"), "{said}");
}

#[test]
fn secure_ports_are_collected_by_what_agents_bring_along() {
    let plan = usual("kubeadm");
    for component in [Component::ApiServer, Component::ControllerManager, Component::Scheduler] {
        let planned = plan.components.iter().find(|it| it.component == component).unwrap();
        assert!(matches!(planned.outcome, Outcome::Packaged { .. }), "{component}: {:?}", planned.outcome);
        assert!(!plan.agents.ignored.contains(&component.profile().agent_check));
    }
    assert!(plan.agents.host_network, "they listen on loopback");
}

#[test]
fn both_taints_are_borne_and_labels_keep_agents_off_workers() {
    for (id, audience) in
        [("kubeadm", Audience::ControlPlane), ("kops", Audience::ControlPlane), ("kubeadm", Audience::All)]
    {
        let plan = planned(Distribution::named(id).unwrap(), &plain(audience)).unwrap();
        for taint in
            ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master", "CriticalAddonsOnly"]
        {
            assert!(plan.agents.placement.tolerations.iter().any(|key| key == taint), "{id}: {taint}");
        }
        assert_eq!(plan.agents.placement.terms.is_empty(), audience == Audience::All, "{id}");
    }
}

#[test]
fn kubeadm_is_told_in_the_form_that_its_release_reads() {
    for (minor, version) in [(30, "v1beta3"), (31, "v1beta4")] {
        let plan = with("kubeadm", |choices| {
            kubernetes(minor)(choices);
            choices.audience = Audience::All;
            choices.exposed = BTreeSet::from([Component::Scheduler, Component::ControllerManager]);
        });
        let folder = written(&plan, Dialect::Helm);
        let document = one(&folder.nodes[0].text);
        assert_eq!(document["apiVersion"], format!("kubeadm.k8s.io/{version}"));
        for part in ["scheduler", "controllerManager"] {
            let arguments = &document[part]["extraArgs"];
            let address = if minor < 31 { &arguments["bind-address"] } else { &arguments[0]["value"] };
            assert_eq!(address, "0.0.0.0", "{document}");
        }
        assert!(folder.readme.contains("It changes no running cluster"), "{}", folder.readme);
    }
}

#[test]
fn options_of_checks_have_their_current_names() {
    for plan in plans() {
        for dialect in DIALECTS {
            let text = spell(&plan, dialect).unwrap();
            for old in
                ["ssl_", "image.name", ":latest", "gcr.io", "k8s.gcr.io", "pause:3.0", "openmetrics_endpoint"]
            {
                assert!(!text.contains(old), "{old}: {text}");
            }
        }
    }
}

#[test]
fn the_api_server_is_collected_wherever_its_service_is() {
    for id in ["aks", "gke", "oke", "doks", "iks", "linode", "roks", "hypershift"] {
        let Some(distribution) = Distribution::named(id) else { continue };
        let plan = planned(distribution, &plain(Audience::All)).unwrap();
        let [instance] = instances(&plan, Component::ApiServer).try_into().unwrap();
        assert!(instance.bearer_token_auth && instance.tls_verify == Some(true), "{id}: {instance:?}");
        assert!(instance.tls_use_host_header, "{id}: its address need not be in its certificate");
        assert_eq!(instance.extra_headers.get("Host"), Some(&"kubernetes.default.svc"), "{id}");
        for component in [Component::Etcd, Component::ControllerManager, Component::Scheduler] {
            let planned = plan.components.iter().find(|it| it.component == component).unwrap();
            assert!(
                matches!(&planned.outcome, Outcome::Left { reason, .. } if reason.len() > 20),
                "{id}: {component}"
            );
        }
    }
}

#[test]
fn eks_is_collected_by_its_own_api_and_not_before_it_has_one() {
    let plan = usual("eks");
    assert_eq!(plan.switch.map(|switch| switch.provider), Some("eks"));
    let old_chart = with("eks", by_hand);
    assert_eq!(old_chart.switch, None, "3.150 and 3.151 do not have the switch, whatever the page says");
    for component in [Component::ControllerManager, Component::Scheduler] {
        let [instance] = instances(&old_chart, component).try_into().unwrap();
        assert_eq!(instance.extra_headers.get("accept"), Some(&"*/*"), "or the API server answers 406");
        assert!(instance.bearer_token_auth && instance.tls_ca_cert.is_some());
    }
    let old = with("eks", kubernetes(27));
    assert!(urls(&old, Component::Scheduler).is_empty() && !urls(&old, Component::ApiServer).is_empty());
}

#[test]
fn the_switch_is_never_left_out_by_the_chart() {
    let plan = with("eks", |choices| {
        choices.extras.events = false;
        choices.extras.kube_state_metrics = false;
    });
    assert_eq!(
        (plan.switch, plan.cluster_agent.files.len()),
        (None, 3),
        "it would be ignored without a word"
    );
}

#[test]
fn the_operator_is_told_the_product_by_a_name_that_it_knows() {
    for (id, name) in [("openshift4", "openshift-rhcos"), ("eks", "eks")] {
        let document = one(&spell(&usual(id), Dialect::DatadogAgent).unwrap());
        assert_eq!(document["metadata"]["annotations"]["agent.datadoghq.com/cluster-provider"], name);
    }
    let before = with("eks", |choices| choices.versions.operator = Version(1, 28, 0));
    let document = one(&spell(&before, Dialect::DatadogAgent).unwrap());
    assert_eq!(
        document["spec"]["features"]["controlPlaneMonitoring"]["enabled"], false,
        "or the checks run twice"
    );
}

/// Found by rendering the real charts of these versions, and by the definitions of these operators.
#[test]
fn old_releases_are_told_nothing_that_they_do_not_know() {
    for (chart, knows) in [(Version(3, 156, 0), false), (Version(3, 157, 0), true)] {
        let values = |audience| {
            let plan = with("kubeadm", |choices| {
                choices.audience = audience;
                choices.registry = Some("r.example/dd".to_owned());
                choices.versions.chart = chart;
            });
            one(&spell(&plan, Dialect::Helm).unwrap())
        };
        assert_eq!(values(Audience::Workers)["datadog"]["operator"].is_object(), knows, "{chart}");
        assert_eq!(values(Audience::ControlPlane)["operator"].is_object(), knows, "{chart}");
    }
    for (id, last, first) in [
        ("talos", Version(3, 82, 0), Version(3, 83, 0)),
        ("gke-autopilot", Version(3, 112, 0), Version(3, 113, 0)),
    ] {
        let distribution = Distribution::named(id).unwrap();
        let of = |chart| {
            let mut choices = plain(ctlmon::plan::usual_audience(distribution, &distribution.identity()));
            choices.versions.chart = chart;
            planned(distribution, &choices)
        };
        assert!(of(first).is_ok() && of(last).unwrap_err().to_string().contains(&first.to_string()), "{id}");
    }
    for (operator, knows) in [(Version(1, 17, 0), false), (Version(1, 18, 0), true)] {
        for (id, audience) in [("kubeadm", Audience::Workers), ("openshift4", Audience::ControlPlane)] {
            let plan = with(id, |choices| {
                choices.audience = audience;
                choices.versions.operator = operator;
            });
            let folder = written(&plan, Dialect::DatadogAgent);
            let native = &one(&folder.main.text)["spec"]["features"]["controlPlaneMonitoring"];
            assert_eq!(native.is_object(), knows, "{operator}, {id}");
            let installed = audience == Audience::Workers
                || folder.readme.contains(&format!("--set image.tag={operator}"));
            assert!(installed, "what is installed is what it is written for: {}", folder.readme);
        }
    }
}

#[test]
fn sidecars_have_rights_with_their_binding_and_a_token() {
    let plan = with("eks-fargate", |choices| {
        let account = |namespace: &str, name: &str| ctlmon::plan::Account {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        };
        choices.sidecar_accounts = vec![account("golang", "go-app"), account("shop", "web")];
    });
    let folder = written(&plan, Dialect::Helm);
    let rights = folder.manifests.iter().find(|it| it.name == "30-sidecar-rights.yaml").unwrap();
    let rights = ctlmon::yaml::documents(&rights.text).unwrap();
    let [role, binding] = rights.as_slice() else { panic!("{rights:?}") };
    assert_eq!(binding["roleRef"]["name"], role["metadata"]["name"]);
    let subjects: Vec<&Value> =
        binding["subjects"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert_eq!(subjects, ["go-app", "web"]);
    assert!(role["rules"].to_string().contains("nodes/proxy"));
    for namespace in ["golang", "shop"] {
        let line = format!("kubectl create secret generic datadog-secret -n {namespace} ");
        assert!(folder.readme.contains(&line), "{}", folder.readme);
    }
    assert!(
        !everything(&folder).contains("can-i get nodes/"),
        "kubectl would read that as a node of that name"
    );
}

#[test]
fn secrets_are_read_by_the_name_under_which_they_are_written() {
    for plan in plans() {
        let folder = written(&plan, Dialect::ArgoCd);
        if plan.cluster_agent.joins.is_some() {
            assert!(
                !folder.manifests.iter().any(|it| it.name.contains("secret")),
                "the other release brings them"
            );
            continue;
        }
        let secrets = folder.manifests.iter().find(|it| it.name == "10-external-secret.yaml").unwrap();
        let mut targets = BTreeSet::new();
        for secret in ctlmon::yaml::documents(&secrets.text).unwrap() {
            assert_eq!(secret["apiVersion"], "external-secrets.io/v1");
            assert_eq!(secret["metadata"]["namespace"], plan.choices.namespace);
            targets.insert(secret["spec"]["target"]["name"].as_str().unwrap().to_owned());
            let fields: BTreeSet<&str> =
                secret["spec"].as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(fields, BTreeSet::from(["data", "refreshInterval", "secretStoreRef", "target"]));
        }
        let keys = &plan.choices.keys;
        assert_eq!(targets, [&keys.api, &keys.app, &keys.token].into_iter().cloned().collect());
        let application = one(&folder.main.text);
        let fields: BTreeSet<&str> =
            application["spec"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields, BTreeSet::from(["destination", "project", "source", "syncPolicy"]));
    }
}

#[test]
fn the_cluster_agent_has_the_name_that_the_chart_gives_it() {
    for (release, name) in [
        ("dd", "dd-datadog"),
        ("datadog-agent", "datadog-agent"),
        ("control-plane-ddagent", "control-plane-ddagent-datadog"),
    ] {
        let plan = with("kubeadm", |choices| {
            choices.audience = Audience::Workers;
            choices.cluster_agent_release = release.to_owned();
        });
        assert_eq!(plan.cluster_agent.joins, Some(format!("{name}-cluster-agent")));
    }
}

#[test]
fn two_releases_share_one_cluster_agent_and_one_kube_state_metrics() {
    for distribution in ALL {
        let Ok(workers) = planned(distribution, &plain(Audience::Workers)) else { continue };
        let values = one(&spell(&workers, Dialect::Helm).unwrap());
        assert_eq!(values["existingClusterAgent"]["join"], true, "{}", distribution.id);
        assert_eq!(values["datadog"]["kubeStateMetricsCore"]["enabled"], false, "{}", distribution.id);
        assert_eq!(values["datadog"]["operator"]["enabled"], false, "{}", distribution.id);
        assert!(
            values["datadog"]["ignoreAutoConfig"].to_string().contains("kubernetes_state"),
            "{}",
            distribution.id
        );
        assert!(
            values["clusterAgent"].is_null() && values["providers"]["eks"].is_null(),
            "{}",
            distribution.id
        );
    }
}

#[test]
fn every_row_of_the_page_names_a_test_that_is_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/vendor-docs.md")).unwrap();
    let folder = root.join("tests/suite/gen_values");
    let tests: String = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    let rows: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| #") && !line.starts_with("| ---"))
        .collect();
    assert_eq!(rows.len(), 36, "34 rows about pages, 2 about the articles");
    for row in rows {
        let last = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        let names: Vec<&str> = last.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty() || last.contains("nothing is written"), "{row}");
        for name in names {
            assert!(tests.contains(&format!("fn {name}()")), "{name} is no test: {row}");
        }
    }
}
