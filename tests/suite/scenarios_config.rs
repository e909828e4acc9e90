//! Checks of what is written, in clusters that are unlike the practice cluster in one respect each, and where no fault shows
//! them: warnings, and what belongs to other ways of running a control plane.

use crate::support::within::{self, bind, doctor};
use ctlmon::{
    distributions::{Facts, detect},
    doctor::{CheckId, Pick, Report, Selection, Severity, Verdict, judge},
    lab::{Lab, LabSpec, edit::Edit},
    model::{
        answer::{Answer, Listed},
        component::Component,
        observed::Observed,
        question::{Question, Resource},
        snapshot::{Snapshot, Wanted},
    },
    observe::dial::Routes,
    view::View,
};
use serde_json::{Value, json};

async fn look(mut spec: LabSpec) -> Snapshot {
    bind(&mut spec, None, "cluster-admin");
    let lab = Lab::start(spec).await.unwrap();
    doctor(&lab, Routes::default(), Wanted::default()).await.snapshot
}

fn report(snapshot: &Snapshot) -> Report {
    judge(&View::new(snapshot), &detect(&Facts::gather(snapshot)), &Selection::default())
}

/// The verdicts of a check with what they are about, those included that are folded under others.
fn verdicts(report: &Report, check: &str) -> Vec<(String, Verdict)> {
    let rows = report.rows.iter().flat_map(|row| [row].into_iter().chain(&row.symptoms));
    rows.filter(|row| row.check.id.0 == check)
        .flat_map(|row| row.subjects.iter().zip(&row.each))
        .map(|(subject, verdict)| (subject.to_string(), verdict.clone()))
        .collect()
}

/// The problems of a check: how bad, what it is about, and its whole text.
fn problems(report: &Report, check: &str) -> Vec<(Severity, String, String)> {
    let found = verdicts(report, check).into_iter().filter_map(|(subject, verdict)| match &verdict {
        Verdict::Problem(finding) => Some((finding.severity, subject, format!("{verdict:?}"))),
        _ => None,
    });
    found.collect()
}

/// That a cluster has one problem of a check, with these words in it, and no error besides it.
async fn check(spec: LabSpec, check: &str, severity: Severity, words: &str) {
    let report = report(&look(spec).await);
    let found = problems(&report, check);
    assert!(found.iter().all(|(of, _, text)| *of == severity && text.contains(words)), "{check}: {found:#?}");
    assert!(!found.is_empty(), "{check}: {:#?}", verdicts(&report, check));
    let errors = report.problems().filter(|(severity, _)| *severity == Severity::Error);
    let others: Vec<&str> = errors.map(|(_, row)| row.check.id.0).filter(|id| *id != check).collect();
    assert!(others.is_empty(), "{check}: {others:?}");
}

async fn check_passes(spec: LabSpec, check: &str) {
    let report = report(&look(spec).await);
    let verdicts = verdicts(&report, check);
    assert!(problems(&report, check).is_empty(), "{check}: {verdicts:#?}");
    assert!(
        verdicts.iter().any(|(_, verdict)| matches!(verdict, Verdict::Pass(_))),
        "{check}: {verdicts:#?}"
    );
}

fn agents(at: &str, to: Option<Value>) -> Edit {
    Edit::new("DaemonSet", "datadog", "datadog-agent", &format!("/spec/template/spec/{at}"), to)
}

/// The agents' variable that says which packaged checks are left alone, in its place among the others.
fn ignoring(value: Value) -> Edit {
    agents("containers/0/env/2", Some(value))
}

/// The text of the agents' file about etcd.
fn etcd_file(text: &str) -> Edit {
    Edit::new("ConfigMap", "datadog", "datadog-agent-confd", "/data/etcd.yaml", Some(json!(text)))
}

fn scheduler_settings(settings: &[(&str, &str)]) -> LabSpec {
    let mut spec = within::spec();
    let check = spec.agents.checks.get_mut("kube_scheduler.yaml").unwrap();
    check.settings.extend(settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    spec
}

/// The API server's Service with other annotations, slices and the like.
fn kubernetes(kind: &'static str, edits: &[(&str, Option<Value>)]) -> LabSpec {
    let mut spec = within::spec();
    spec.edits.extend(edits.iter().map(|(at, to)| Edit::new(kind, "default", "kubernetes", at, to.clone())));
    spec
}

const ENDPOINTS: &str = "/metadata/annotations/ad.datadoghq.com~1endpoints.checks";
const SERVICE: &str = "/metadata/annotations/ad.datadoghq.com~1service.checks";

/// The text of an annotation with one check.
fn checks(name: &str, instance: &Value) -> String {
    json!({name: {"init_config": {}, "instances": [instance]}}).to_string()
}

#[tokio::test]
async fn a_packaged_check_beside_a_written_one_runs_twice() {
    const ID: &str = "check-runs-twice";
    let told = |names: &str| ignoring(json!({"name": "DD_IGNORE_AUTOCONF", "value": names}));
    let mut spec = within::spec();
    spec.edits.push(told("kube_scheduler kube_apiserver_metrics kubernetes_state"));
    check(
        spec.clone(),
        ID,
        Severity::Warning,
        "ignoreAutoConfig: [kube_scheduler, kube_apiserver_metrics, etcd]",
    )
    .await;

    spec.edits.push(agents("volumes/-", Some(json!({"name": "none", "emptyDir": {}}))));
    let mount = json!({"name": "none", "mountPath": "/etc/datadog-agent/conf.d/etcd.d"});
    spec.edits.push(agents("containers/0/volumeMounts/-", Some(mount)));
    check_passes(spec, ID).await;

    let mut spec = within::spec();
    let from = json!({"configMapKeyRef": {"name": "told", "key": "ignored"}});
    spec.edits.push(ignoring(json!({"name": "DD_IGNORE_AUTOCONF", "valueFrom": from})));
    let report = report(&look(spec).await);
    let verdicts = verdicts(&report, ID);
    assert!(verdicts.iter().all(|(_, verdict)| matches!(verdict, Verdict::Unknown(_))), "{verdicts:#?}");
}

#[tokio::test]
async fn what_is_handed_out_beside_the_nodes_own_is_asked_twice() {
    const ID: &str = "check-on-nodes-and-handed-out";
    let mut spec = within::spec();
    spec.edits.push(ignoring(json!({"name": "DD_IGNORE_AUTOCONF", "value": "etcd kube_scheduler"})));
    check(spec, ID, Severity::Warning, "packaged kube_apiserver_metrics").await;
    let mut spec = within::spec();
    let written = spec.agents.checks["kube_scheduler.yaml"].clone();
    let (identifier, url) = ("kube-apiserver".to_owned(), "https://127.0.0.1:6443/metrics".to_owned());
    let written = ctlmon::lab::spec::AgentCheck { identifier, url, ..written };
    spec.agents.checks.insert("kube_apiserver_metrics.yaml".to_owned(), written);
    check(spec, ID, Severity::Warning, "it configures kube_apiserver_metrics as well").await;
}

#[tokio::test]
async fn a_file_without_identifiers_runs_on_workers_too() {
    const ID: &str = "control-plane-check-on-workers";
    let file = "init_config: {}\ninstances:\n  - prometheus_url: http://127.0.0.1:2381/metrics\n";
    let mut spec = within::spec();
    spec.edits.push(etcd_file(file));
    check(spec.clone(), ID, Severity::Warning, "runs on every node").await;
    spec.edits.push(agents("nodeSelector/node-role.kubernetes.io~1control-plane", Some(json!(""))));
    check_passes(spec, ID).await;
    let mut spec = within::spec();
    spec.edits.push(etcd_file(&file.replace("127.0.0.1", "%%host%%")));
    let found = problems(&report(&look(spec).await), "template-variable-unresolved");
    assert!(
        matches!(&found[..], [(Severity::Error, _, text)] if text.contains("ad_identifiers")),
        "{found:#?}"
    );
}

#[tokio::test]
async fn of_several_ports_one_should_be_named() {
    const ID: &str = "port-picked-by-index";
    let ports = |url: &str| {
        let instance = json!({"prometheus_url": url, "bearer_token_auth": true});
        let mut spec =
            kubernetes("Service", &[(ENDPOINTS, Some(json!(checks("kube_apiserver_metrics", &instance))))]);
        let second = json!({"name": "konnectivity", "port": 8132, "protocol": "TCP"});
        spec.edits.push(Edit::new("EndpointSlice", "default", "kubernetes", "/ports/-", Some(second)));
        spec
    };
    check(ports("https://%%host%%:%%port%%/metrics"), ID, Severity::Warning, "konnectivity 8132").await;
    let named = report(&look(ports("https://%%host%%:%%port_https%%/metrics")).await);
    assert!(problems(&named, ID).is_empty());
    assert!(problems(&named, "template-variable-unresolved").is_empty());
    let wrong = ports("https://%%host%%:%%port_metrics%%/metrics");
    check(wrong, "template-variable-unresolved", Severity::Error, "konnectivity 8132").await;
}

#[tokio::test]
async fn a_leader_is_looked_for_where_it_is() {
    const ID: &str = "leader-election-kind-retired";
    let spec = scheduler_settings(&[("leader_election_kind", "endpoints")]);
    check(spec.clone(), ID, Severity::Warning, "endpoints").await;
    check_passes(scheduler_settings(&[("leader_election_kind", "lease")]), ID).await;
    let mut older = look(spec).await;
    set_release(&mut older, "v1.19.16");
    assert!(problems(&report(&older), ID).is_empty(), "both were written then");
}

fn set_release(snapshot: &mut Snapshot, release: &str) {
    for asked in &mut snapshot.asked {
        if let Observed::Seen(Answer::Version(version)) = &mut asked.answer {
            release.clone_into(&mut version.git_version);
        }
    }
}

#[tokio::test]
async fn a_port_without_tls_is_right_on_a_release_that_has_it() {
    const ID: &str = "insecure-port-configured";
    let mut spec = within::spec();
    let check = spec.agents.checks.get_mut("kube_scheduler.yaml").unwrap();
    "http://127.0.0.1:10251/metrics".clone_into(&mut check.url);
    let mut seen = look(spec).await;
    set_release(&mut seen, "v1.18.20");
    assert!(problems(&report(&seen), ID).is_empty());
    set_release(&mut seen, "v1.23.0");
    assert_eq!(problems(&report(&seen), ID).len(), 1);
    seen.asked.retain(|asked| asked.question != Question::Version);
    // By itself: other checks miss the version as well, and unknowns of one cause stand together.
    let only = Selection { only: [Pick::Check(CheckId(ID))].into(), ..Selection::default() };
    let verdicts = verdicts(&judge(&View::new(&seen), &detect(&Facts::gather(&seen)), &only), ID);
    assert!(verdicts.iter().any(|(_, verdict)| matches!(verdict, Verdict::Unknown(_))), "{verdicts:#?}");
}

fn service(name: &str, annotations: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"namespace": "kube-system", "name": name, "annotations": annotations},
        "spec": {"clusterIP": "None", "ports": [{"port": 10259}]},
    })
}

#[tokio::test]
async fn a_service_named_like_an_election_matters_without_leases() {
    const ID: &str = "service-named-like-leader-election";
    let instance = json!({"prometheus_url": "https://%%host%%:10259/metrics", "bearer_token_auth": true, "ssl_verify": false});
    let text = checks("kube_scheduler", &instance);
    let mut spec = within::spec();
    spec.objects.push(service("kube-scheduler", &json!({"ad.datadoghq.com/endpoints.checks": text})));
    check_passes(spec.clone(), ID).await;
    let mut seen = look(spec).await;
    for asked in &mut seen.asked {
        if let Observed::Seen(Answer::Leases(listed)) = &mut asked.answer {
            listed.items.retain(|lease| lease.name != "kube-scheduler");
        }
    }
    assert!(problems(&report(&seen), ID).is_empty(), "it may elect no leader at all");
    set_release(&mut seen, "v1.19.16");
    let found = problems(&report(&seen), ID);
    assert!(
        matches!(&found[..], [(Severity::Warning, _, text)] if text.contains("kube-scheduler-metrics")),
        "{found:#?}"
    );
}

#[tokio::test]
async fn a_service_kept_up_by_a_program_is_noted() {
    const ID: &str = "annotation-kept-by-others";
    let managers = |name: &str| Some(json!([{"manager": name, "operation": "Apply"}]));
    let at = "/metadata/managedFields";
    let spec = kubernetes("Service", &[(at, managers("argocd-controller"))]);
    check(spec, ID, Severity::Note, "argocd-controller").await;
    check_passes(kubernetes("Service", &[(at, managers("kubectl-annotate"))]), ID).await;
}

#[tokio::test]
async fn several_api_servers_are_not_asked_through_one_address() {
    const ID: &str = "one-address-for-several-api-servers";
    let second = |spec: &mut LabSpec| {
        let server = json!({"addresses": ["192.0.2.12"], "conditions": {"ready": true}});
        spec.edits.push(Edit::new("EndpointSlice", "default", "kubernetes", "/endpoints/-", Some(server)));
    };
    let instance = json!({"prometheus_url": "https://%%host%%:%%port%%/metrics", "bearer_token_auth": true});
    let moved = [(ENDPOINTS, None), (SERVICE, Some(json!(checks("kube_apiserver_metrics", &instance))))];
    let mut spec = kubernetes("Service", &moved);
    check_passes(spec.clone(), ID).await;
    second(&mut spec);
    check(spec, ID, Severity::Warning, "2 API servers").await;
    let mut spec = within::spec();
    second(&mut spec);
    check_passes(spec, ID).await;
}

#[tokio::test]
async fn eks_answers_those_who_accept_anything() {
    const ID: &str = "eks-check-without-accept-header";
    const URL: &str = "https://%%host%%:%%port%%/apis/metrics.eks.amazonaws.com/v1/ksh/container/metrics";
    let instance = json!({"prometheus_url": URL, "bearer_token_auth": true});
    let spec = |instance: &Value| {
        kubernetes("Service", &[(SERVICE, Some(json!(checks("kube_scheduler", instance))))])
    };
    let found = problems(&report(&look(spec(&instance)).await), ID);
    assert!(matches!(&found[..], [(Severity::Error, _, text)] if text.contains("406")), "{found:#?}");
    let mut accepting = instance;
    accepting["extra_headers"] = json!({"accept": "*/*"});
    check_passes(spec(&accepting), ID).await;
}

#[tokio::test]
async fn each_instance_must_ask_a_port_that_is_open() {
    let files = "    tls_ca_cert: /etc/etcd-client/ca.crt\n    tls_cert: /etc/etcd-client/tls.crt\n    \
                 tls_private_key: /etc/etcd-client/tls.key\n";
    let instance = |port: u16| format!("  - prometheus_url: https://%%host%%:{port}/metrics\n{files}");
    let head = "ad_identifiers: [etcd]\ninit_config: {}\ninstances:\n";
    let mut spec = within::spec();
    spec.edits.push(etcd_file(&format!("{head}{}{}", instance(2379), instance(4001))));
    check(spec, "check-names-wrong-port", Severity::Error, "2379, 2381").await;
}

#[tokio::test]
async fn without_the_control_planes_pods_nothing_is_said_to_be_no_pod() {
    let mut seen = look(within::spec()).await;
    let is_pods =
        |question: &Question| matches!(question, Question::List(spec) if spec.resource == Resource::Pods);
    seen.asked.retain(|asked| !is_pods(&asked.question));
    let report = report(&seen);
    for id in ["identifier-matches-no-container", "check-of-what-is-no-pod", "etcd-not-a-pod"] {
        assert!(problems(&report, id).is_empty(), "{id}");
    }
    let gaps: Vec<String> = report.gaps().iter().map(ToString::to_string).collect();
    assert!(gaps.iter().any(|gap| gap.starts_with("the pods of the control plane: ")), "{gaps:?}");
}

#[tokio::test]
async fn an_etcd_on_other_hosts_has_no_container() {
    const ID: &str = "etcd-not-a-pod";
    let mut spec = within::spec();
    spec.components.retain(|part| part.component != Component::Etcd);
    for server in spec.components.iter_mut().filter(|part| part.component == Component::ApiServer) {
        let servers = "https://203.0.113.7:2379,https://203.0.113.8:2379".to_owned();
        server.flags.insert("etcd-servers".to_owned(), servers);
    }
    check(spec, ID, Severity::Error, "cluster_check: true").await;
}

#[tokio::test]
async fn the_etcd_for_events_is_collected_as_well() {
    const ID: &str = "second-etcd-not-collected";
    let pod = |app: &str| {
        json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"namespace": "kube-system", "name": format!("{app}-cp-1"), "labels": {"k8s-app": app}},
            "spec": {"nodeName": "cp-1", "hostNetwork": true, "containers": [{"name": "etcd-manager", "image": "registry.k8s.io/etcd-manager/etcd-manager-slim:v3"}]},
            "status": {"phase": "Running"},
        })
    };
    let mut spec = within::spec();
    spec.objects.extend(["etcd-manager-main", "etcd-manager-events"].map(pod));
    check(spec.clone(), ID, Severity::Warning, "4002").await;
    let instance = |port: u16| format!("  - prometheus_url: https://%%host%%:{port}/metrics\n");
    let text = format!(
        "ad_identifiers: [etcd]\ninit_config: {{}}\ninstances:\n{}{}",
        instance(2379),
        instance(4002)
    );
    spec.edits.push(etcd_file(&text));
    check_passes(spec, ID).await;
}

#[tokio::test]
async fn certificates_must_be_where_the_check_runs() {
    const ID: &str = "cert-path-not-mounted";
    let with = |file: &str| scheduler_settings(&[("tls_ca_cert", file)]);
    check(
        with("/etc/etcd-client/etcd-client-ca.crt"),
        ID,
        Severity::Error,
        "its entries are ca.crt, tls.crt, tls.key",
    )
    .await;
    check_passes(with("/etc/etcd-client/ca.crt"), ID).await;
    let report_of = |files: &str| {
        let files = files.to_owned();
        async move {
            let instance = json!({
                "prometheus_url": "https://%%host%%:2379/metrics",
                "tls_cert": format!("{files}/tls.crt"), "tls_private_key": format!("{files}/tls.key"),
            });
            let text = checks("etcd", &instance);
            let mut spec = within::spec();
            spec.objects.push(service("etcd-copy", &json!({"ad.datadoghq.com/service.checks": text})));
            report(&look(spec).await)
        }
    };
    let found = problems(&report_of("/etc/etcd-client").await, ID);
    assert!(
        matches!(&found[..], [(Severity::Error, _, text)] if text.contains("the runners that run it")),
        "{found:#?}"
    );
    assert!(found[0].2.contains("clusterChecksRunner"), "{found:#?}");
}

#[tokio::test]
async fn one_file_for_certificate_and_key_is_doubted_where_it_cannot_be_read() {
    const ID: &str = "key-is-the-certificate";
    let on_node = |key: &str| {
        let mut spec = scheduler_settings(&[("tls_cert", "/host/both.pem"), ("tls_private_key", key)]);
        spec.edits.push(agents("volumes/-", Some(json!({"name": "host", "hostPath": {"path": "/opt/rke"}}))));
        spec.edits
            .push(agents("containers/0/volumeMounts/-", Some(json!({"name": "host", "mountPath": "/host"}))));
        spec
    };
    check(on_node("/host/both.pem"), ID, Severity::Warning, "must then hold both").await;
    check_passes(on_node("/host/both-key.pem"), ID).await;
}

#[tokio::test]
async fn without_the_addresses_behind_a_service_nothing_is_said_of_it() {
    let mut seen = look(within::spec()).await;
    let is_slices = |question: &Question| matches!(question, Question::List(spec) if spec.resource == Resource::EndpointSlices);
    seen.asked.retain(|asked| !is_slices(&asked.question));
    let report = report(&seen);
    let unknown: Vec<String> = report.gaps().iter().map(ToString::to_string).collect();
    let expected = "the addresses behind Service default/kubernetes: it was not asked";
    assert!(unknown.iter().any(|gap| gap == expected), "{unknown:?}");
    for id in ["service-selects-no-pod", "endpoints-resolve-missing", "one-address-for-several-api-servers"] {
        let open = |verdict: &Verdict| matches!(verdict, Verdict::Unknown(_));
        assert!(verdicts(&report, id).iter().all(|(_, verdict)| open(verdict)), "{id}");
    }
}

#[tokio::test]
async fn an_image_is_looked_for_among_all_workloads() {
    const ID: &str = "identifier-matches-no-container";
    let mut spec = within::spec();
    spec.agents.checks.get_mut("etcd.yaml").unwrap().identifier = "kube-proxy".to_owned();
    check_passes(spec.clone(), ID).await;
    spec.agents.checks.get_mut("etcd.yaml").unwrap().identifier = "registry.k8s.io/etcd".to_owned();
    check_passes(spec.clone(), ID).await;
    spec.agents.checks.get_mut("etcd.yaml").unwrap().identifier = "pause".to_owned();
    let mut seen = look(spec).await;
    for asked in &mut seen.asked {
        if let Observed::Seen(Answer::Workloads(Listed { complete, .. })) = &mut asked.answer {
            *complete = false;
        }
    }
    let verdicts = verdicts(&report(&seen), ID);
    assert!(verdicts.iter().any(|(_, verdict)| matches!(verdict, Verdict::Unknown(_))), "{verdicts:#?}");
}

#[tokio::test]
async fn a_distribution_that_runs_components_in_no_pod_is_told_so() {
    const ID: &str = "check-of-what-is-no-pod";
    let mut seen = look(within::spec()).await;
    for asked in &mut seen.asked {
        match &mut asked.answer {
            Observed::Seen(Answer::Nodes(listed)) => {
                for node in &mut listed.items {
                    "v1.31.2+k3s1".clone_into(&mut node.kubelet_version);
                    node.provider_id = Some(format!("k3s://{}", node.name));
                    node.annotations.insert("k3s.io/node-args".to_owned(), String::new());
                    node.labels.insert("node.kubernetes.io/instance-type".to_owned(), "k3s".to_owned());
                }
            }
            Observed::Seen(Answer::Pods(listed)) => listed.items.clear(),
            Observed::Seen(Answer::Version(version)) => "v1.31.2+k3s1".clone_into(&mut version.git_version),
            Observed::Seen(Answer::ConfigMap(facts)) => facts.kubeadm = None,
            Observed::Seen(Answer::ApiGroups(groups)) => groups.push("k3s.cattle.io/v1".to_owned()),
            _ => {}
        }
    }
    let report = report(&seen);
    let found = problems(&report, ID);
    assert!(
        found
            .iter()
            .any(|(severity, subject, _)| *severity == Severity::Error && subject.contains("scheduler")),
        "{found:#?} {:#?}",
        verdicts(&report, ID)
    );
    assert!(problems(&report, "identifier-matches-no-container").len() <= found.len());
}
