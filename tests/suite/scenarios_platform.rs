//! What no fault of the practice cluster shows, because other products or other circumstances do: each check fires, passes, and
//! does not know where it was not let look.

use crate::support::within::{self, Diagnosis, doctor};
use ctlmon::{
    distributions::{Facts, detect},
    doctor::{Pick, Selection, Severity, Verdict, checks, judge},
    lab::{Lab, LabSpec, edit::Edit, spec::SecretSpec},
    model::{
        answer::{Answer, ProbeRecord, Rung},
        component::Component,
        observed::{Failure, FailureKind, Observed, Why},
        question::{Credential, ProbeSpec, Question, Vantage},
        snapshot::{Asked, Snapshot, Wanted},
    },
    observe::dial::Routes,
    view::View,
};
use serde_json::{Value, json};

/// What a check says, in a word: the worst of its verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Error,
    Warning,
    Note,
    Unknown,
    Passes,
    Nothing,
}

/// Looks as somebody who may everything and reaches the API server alone.
async fn look(change: impl FnOnce(&mut LabSpec)) -> Diagnosis {
    let mut spec = within::spec();
    within::bind(&mut spec, None, "cluster-admin");
    change(&mut spec);
    let lab = Lab::start(spec).await.unwrap();
    doctor(&lab, Routes::default(), Wanted { as_agent: true, ..Wanted::default() }).await
}

/// What a check makes of a snapshot.
fn said(snapshot: &Snapshot, check: &str) -> Said {
    let check = checks::named(check).unwrap().id;
    let only = Selection { only: [Pick::Check(check)].into(), ..Selection::default() };
    let report = judge(&View::new(snapshot), &detect(&Facts::gather(snapshot)), &only);
    let rows = report.rows.iter().flat_map(|row| [row].into_iter().chain(&row.symptoms));
    let of = |verdict: &Verdict| match verdict {
        Verdict::Problem(finding) => match finding.severity {
            Severity::Error => Said::Error,
            Severity::Warning => Said::Warning,
            Severity::Note => Said::Note,
        },
        Verdict::Unknown(_) => Said::Unknown,
        Verdict::Pass(_) => Said::Passes,
        Verdict::NotApplicable(_) => Said::Nothing,
    };
    let about = rows.filter(|row| row.check.id == check).map(|row| of(&row.verdict));
    about.min_by_key(|said| *said as u8).unwrap_or(Said::Nothing)
}

async fn check(name: &str, expected: Said, change: impl FnOnce(&mut LabSpec)) {
    assert_eq!(said(&look(change).await.snapshot, name), expected, "{name}");
}

fn agents(at: &str, to: Value) -> Edit {
    Edit::new("DaemonSet", "datadog", "datadog-agent", at, Some(to))
}

fn nodes(os: &str) -> Edit {
    Edit::new("Node", "", "*", "/status/nodeInfo/osImage", Some(json!(os)))
}

/// None of the agents' pods is ready, and a warning says why.
fn refused(spec: &mut LabSpec, message: &str) {
    spec.edits.push(agents("/status/numberReady", json!(0)));
    spec.objects.push(json!({
        "apiVersion": "v1", "kind": "Event", "type": "Warning", "reason": "FailedCreate", "message": message,
        "metadata": {"namespace": "datadog", "name": "datadog-agent.1"},
        "involvedObject": {"kind": "DaemonSet", "namespace": "datadog", "name": "datadog-agent"},
    }));
}

#[tokio::test]
async fn admission_of_other_products_is_known_by_its_words() {
    for (name, message) in [
        (
            "security-context-constraint-forbids-agents",
            "pods \"a\" is forbidden: unable to validate against any security context constraint: []",
        ),
        (
            "autopilot-refuses-agents",
            "admission webhook denied the request: GKE Warden rejected the request: autogke-no-host-port",
        ),
    ] {
        check(name, Said::Error, |spec| refused(spec, message)).await;
        check(name, Said::Passes, |spec| refused(spec, "exceeded quota")).await;
        check(name, Said::Passes, |_| ()).await;
    }
}

#[tokio::test]
async fn pod_security_warns_of_pods_that_it_would_forbid() {
    let label = |level: &str| {
        let at = "/metadata/labels/pod-security.kubernetes.io~1enforce";
        Edit::new("Namespace", "", "datadog", at, Some(json!(level)))
    };
    let name = "pod-security-forbids-agents";
    check(name, Said::Warning, |spec| spec.edits.push(label("restricted"))).await;
    check(name, Said::Passes, |spec| spec.edits.push(label("privileged"))).await;
}

#[tokio::test]
async fn paths_of_the_node_are_held_against_its_operating_system_and_its_role() {
    let mount = |path: &str| agents("/volumes/-", json!({"name": "host", "hostPath": {"path": path}}));
    let mount = |path: &str| Edit { at: "/spec/template/spec/volumes/-".to_owned(), ..mount(path) };
    let name = "host-path-not-on-node";
    check(name, Said::Error, |spec| spec.edits.extend([mount("/etc/passwd"), nodes("Talos (v1.11.2)")]))
        .await;
    check(name, Said::Warning, |spec| {
        spec.edits.extend([mount("/usr/src"), nodes("Flatcar Container Linux")]);
    })
    .await;
    check(name, Said::Passes, |spec| spec.edits.push(mount("/etc/passwd"))).await;
    let name = "host-path-missing-on-workers";
    check(name, Said::Warning, |spec| spec.edits.push(mount("/etc/kubernetes/pki/etcd"))).await;
    check(name, Said::Passes, |spec| spec.edits.push(mount("/proc"))).await;
}

/// The agents read etcd's client certificate from the node.
fn from_the_node(spec: &mut LabSpec) {
    let volume = json!({"name": "etcd", "hostPath": {"path": "/etc/kubernetes/pki/etcd"}});
    spec.edits.push(agents("/spec/template/spec/volumes/2", volume));
    spec.edits.push(agents("/spec/template/spec/containers/0/volumeMounts/2/name", json!("etcd")));
}

#[tokio::test]
async fn a_key_of_the_node_is_read_by_root_alone_and_not_past_selinux() {
    let context = |value: Value| agents("/spec/template/spec/securityContext", value);
    let name = "etcd-key-unreadable";
    check(name, Said::Error, |spec| {
        from_the_node(spec);
        spec.edits.push(context(json!({"runAsUser": 101})));
    })
    .await;
    check(name, Said::Passes, from_the_node).await;
    check(name, Said::Nothing, |_| ()).await;
    let name = "selinux-confines-agent";
    let enforcing = |spec: &mut LabSpec| {
        from_the_node(spec);
        spec.edits.push(nodes("Red Hat Enterprise Linux CoreOS 418.94"));
    };
    check(name, Said::Warning, enforcing).await;
    check(name, Said::Passes, |spec| {
        enforcing(spec);
        spec.edits.push(context(json!({"seLinuxOptions": {"type": "spc_t"}})));
    })
    .await;
    check(name, Said::Nothing, from_the_node).await;
}

#[tokio::test]
async fn openshifts_certificate_is_missed_where_pods_wait_for_it() {
    let name = "openshift-etcd-secret-missing";
    let mounted = |spec: &mut LabSpec| {
        spec.edits.push(agents(
            "/spec/template/spec/volumes/-",
            json!({"name": "metric", "secret": {"secretName": "etcd-metric-client"}}),
        ));
    };
    check(name, Said::Error, |spec| {
        mounted(spec);
        refused(
            spec,
            "MountVolume.SetUp failed for volume \"metric\" : secret \"etcd-metric-client\" not found",
        );
    })
    .await;
    // Pods that run have had it, and those to come will not.
    check(name, Said::Error, mounted).await;
    check(name, Said::Passes, |spec| {
        mounted(spec);
        let known = spec.secrets.iter().find(|secret| secret.name == "etcd-client").cloned().unwrap();
        spec.secrets.push(SecretSpec { name: "etcd-metric-client".to_owned(), ..known });
    })
    .await;
    check(name, Said::Nothing, |_| ()).await;
}

fn datadog_agent(spec: &mut LabSpec, status: &Value, annotation: Option<&str>) {
    spec.groups.extend(["datadoghq.com/v2alpha1", "metrics.eks.amazonaws.com/v1"].map(str::to_owned));
    let annotations = annotation.map(|value| json!({"agent.datadoghq.com/cluster-provider": value}));
    spec.objects.push(json!({
        "apiVersion": "datadoghq.com/v2alpha1", "kind": "DatadogAgent", "spec": {}, "status": status,
        "metadata": {"namespace": "datadog", "name": "datadog", "annotations": annotations},
    }));
}

#[tokio::test]
async fn the_operator_is_to_know_the_product_whose_control_plane_it_configures() {
    let name = "operator-does-not-know-product";
    check(name, Said::Warning, |spec| datadog_agent(spec, &json!({}), None)).await;
    check(name, Said::Warning, |spec| datadog_agent(spec, &json!({}), Some("default"))).await;
    check(name, Said::Passes, |spec| datadog_agent(spec, &json!({"clusterProvider": "eks"}), None)).await;
    check(name, Said::Nothing, |_| ()).await;
    check("operator-cannot-grant", Said::Passes, |spec| datadog_agent(spec, &json!({}), None)).await;
}

/// The record of the probe that got an API server's metrics.
fn with_metrics(snapshot: &mut Snapshot, change: impl Fn(&mut ProbeRecord)) {
    for asked in &mut snapshot.asked {
        if let (Question::Probe(spec), Observed::Seen(Answer::Probe(record))) =
            (&asked.question, &mut asked.answer)
            && spec.component == Component::ApiServer
            && record.families().is_some()
        {
            change(record);
        }
    }
}

#[tokio::test]
async fn metrics_are_too_large_or_too_slow() {
    let name = "metrics-too-large";
    let mut snapshot = look(|_| ()).await.snapshot;
    assert_eq!(said(&snapshot, name), Said::Passes);
    with_metrics(&mut snapshot, |record| record.elapsed_ms = 7_000);
    assert_eq!(said(&snapshot, name), Said::Note);
    with_metrics(&mut snapshot, |record| {
        record.elapsed_ms = 0;
        record.http.as_mut().unwrap().body.bytes = 12 << 20;
    });
    assert_eq!(said(&snapshot, name), Said::Note);
    snapshot.asked.retain(|asked| !matches!(asked.question, Question::Probe(_)));
    assert_eq!(said(&snapshot, name), Said::Unknown);
}

#[tokio::test]
async fn a_port_is_filtered_where_nothing_comes_back_and_another_way_answers() {
    let name = "port-filtered";
    let mut snapshot = look(|_| ()).await.snapshot;
    assert_eq!(said(&snapshot, name), Said::Nothing, "a desk may be kept away");
    snapshot.wanted.context = Some("in-cluster".to_owned());
    let is_direct =
        |asked: &Asked| matches!(&asked.question, Question::Probe(spec) if spec.vantage == Vantage::Direct);
    snapshot.asked.retain(|asked| !is_direct(asked));
    let kubelet = View::new(&snapshot).instances_of(Component::Kubelet).next().unwrap().clone();
    let direct = ProbeSpec {
        component: Component::Kubelet,
        endpoint: kubelet.endpoint,
        vantage: Vantage::Direct,
        credential: Credential::Nobody,
        pin: None,
    };
    for (kind, expected) in [(FailureKind::Timeout, Said::Warning), (FailureKind::Refused, Said::Passes)] {
        let failure = Some(Failure::new(kind, "no answer"));
        let record = ProbeRecord { rung: Rung::Resolved, failure, tls: None, http: None, elapsed_ms: 10_000 };
        let question = Question::Probe(direct.clone());
        snapshot.asked.retain(|asked| asked.question != question);
        snapshot.add([Asked { question, answer: Observed::Seen(Answer::Probe(Box::new(record))) }]);
        assert_eq!(said(&snapshot, name), expected, "{kind:?}");
    }
}

#[tokio::test]
async fn requests_of_kubelets_are_worse_where_a_kubelet_breaks_off() {
    let name = "kubelet-serving-csr-pending";
    let request = |created: &str| {
        json!({
            "apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest", "status": {},
            "metadata": {"name": "csr-a", "creationTimestamp": created},
            "spec": {"signerName": "kubernetes.io/kubelet-serving", "username": "system:node:cp-1"},
        })
    };
    check(name, Said::Passes, |spec| spec.objects.push(request("2026-06-01T08:58:00Z"))).await;
    let mut snapshot = look(|spec| spec.objects.push(request("2026-06-01T08:00:00Z"))).await.snapshot;
    assert_eq!(said(&snapshot, name), Said::Warning);
    let mut broken = 0;
    for asked in &mut snapshot.asked {
        if let (Question::Probe(spec), Observed::Seen(Answer::Probe(record))) =
            (&asked.question, &mut asked.answer)
            && spec.component == Component::Kubelet
        {
            record.http = None;
            record.rung = Rung::Connected;
            if let Some(tls) = &mut record.tls {
                tls.alert = Some("internal_error".to_owned());
                broken += 1;
            }
        }
    }
    assert!(broken > 0);
    assert_eq!(said(&snapshot, name), Said::Error);
}

#[tokio::test]
async fn without_datadog_nothing_is_unknown_and_endpoints_are_judged() {
    let seen = look(|spec| spec.has_datadog = false).await;
    let problems: Vec<&str> = seen.report.problems().map(|(_, row)| row.check.id.0).collect();
    assert_eq!(problems, ["datadog-not-installed"]);
    let gaps: Vec<_> =
        seen.report.gaps().into_iter().filter(|gap| !matches!(gap.why, Why::OutOfReach(_))).collect();
    assert!(gaps.is_empty(), "{gaps:?}");
    for component in [Component::ApiServer, Component::Etcd, Component::Kubelet] {
        let is_about = |row: &&ctlmon::doctor::Row| {
            row.subjects.iter().any(|subject| subject.component() == Some(component))
        };
        assert!(seen.report.passes().any(|row| is_about(&row)), "{component}");
    }
}
