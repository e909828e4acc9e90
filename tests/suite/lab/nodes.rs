//! Three control-plane nodes: what each has of its own, what they share, and how the others are reached from the first.

use super::client::{CP, Call, LOCAL, NOW, Pair, agent_token, connect, way};
use ctlmon::lab::{Lab, LabSpec, faults::FAULTS};
use jiff::Timestamp;
use rustls::version::TLS13;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use x509_parser::prelude::{FromDer as _, X509Certificate};

const THREE: [&str; 3] = [CP, "192.0.2.12", "192.0.2.13"];

fn three() -> LabSpec {
    LabSpec::kubeadm_with(NOW.parse::<Timestamp>().unwrap(), 3)
}

async fn read(lab: &Lab, path: &str) -> Value {
    Call::new(path).certificate(&Pair::admin(lab)).json(lab, CP, 6443).await
}

fn texts(list: &Value, pointer: &str) -> Vec<String> {
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| item.pointer(pointer).unwrap().as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn each_node_has_its_own_components_and_an_agent() {
    let lab = Lab::start(three()).await.unwrap();
    let nodes = read(&lab, "/api/v1/nodes").await;
    assert_eq!(texts(&nodes, "/metadata/name"), ["cp-1", "cp-2", "cp-3", "worker-1"]);
    let pods = read(&lab, "/api/v1/namespaces/kube-system/pods?labelSelector=tier%3Dcontrol-plane").await;
    let names = texts(&pods, "/metadata/name");
    for node in ["cp-1", "cp-2", "cp-3"] {
        for program in ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] {
            assert!(names.contains(&format!("{program}-{node}")), "{program} on {node}");
        }
    }
    assert_eq!(names.len(), 12);
    let agents = "/api/v1/namespaces/datadog/pods?labelSelector=app.kubernetes.io%2Fcomponent%3Dagent";
    let mut on = texts(&read(&lab, agents).await, "/spec/nodeName");
    on.sort();
    assert_eq!(on, ["cp-1", "cp-2", "cp-3", "worker-1"]);
    let endpoints = read(&lab, "/api/v1/namespaces/default/endpoints/kubernetes").await;
    let addresses = endpoints["subsets"][0]["addresses"].as_array().unwrap();
    assert_eq!(addresses.iter().map(|one| one["ip"].as_str().unwrap()).collect::<Vec<_>>(), THREE);

    let third = read(&lab, "/api/v1/namespaces/kube-system/pods/etcd-cp-3").await;
    let command = third["spec"]["containers"][0]["command"].as_array().unwrap();
    for flag in [
        "--name=cp-3",
        "--initial-cluster=cp-1=https://192.0.2.11:2380,cp-2=https://192.0.2.12:2380,cp-3=https://192.0.2.13:2380",
        "--initial-cluster-state=existing",
        "--listen-client-urls=https://127.0.0.1:2379,https://192.0.2.13:2379",
    ] {
        assert!(command.contains(&json!(flag)), "{flag}");
    }
    let first = read(&lab, "/api/v1/namespaces/kube-system/pods/etcd-cp-1").await;
    assert!(!first.to_string().contains("initial-cluster-state"));
}

/// The subject alternative names that are served at a port.
async fn served(lab: &Lab, host: &str, port: u16) -> (Vec<u8>, String) {
    let pair = Pair::of_secret(lab, "datadog", "etcd-client").await;
    let (stream, _) = connect(way(lab, host, port), Some(pair), &TLS13).await.unwrap();
    let der = stream.get_ref().1.peer_certificates().unwrap()[0].clone();
    let (_, certificate) = X509Certificate::from_der(&der).unwrap();
    let names = format!("{:?}", certificate.subject_alternative_name().unwrap().unwrap().value);
    (der.to_vec(), names)
}

#[tokio::test]
async fn each_node_serves_certificates_of_its_own() {
    let lab = Lab::start(three()).await.unwrap();
    for port in [6443, 2379, 10250] {
        let mut seen = BTreeSet::new();
        for (host, number) in THREE.into_iter().zip(1..) {
            let (der, names) = served(&lab, host, port).await;
            assert!(names.contains(&format!("DNSName(\"cp-{number}\")")), "{host}:{port} {names}");
            seen.insert(der);
        }
        assert_eq!(seen.len(), 3, "{port}");
    }
    // All members of etcd and all API servers take the same certificates and tokens.
    let token = agent_token(&lab).await;
    let pair = Pair::of_secret(&lab, "datadog", "etcd-client").await;
    for host in THREE {
        assert_eq!(Call::new("/metrics").token(&token).send(&lab, host, 6443).await.status, 200);
        assert_eq!(Call::new("/metrics").certificate(&pair).send(&lab, host, 2379).await.status, 200);
        assert_eq!(Call::new("/metrics").token(&token).send(&lab, host, 10250).await.status, 200);
    }
}

#[tokio::test]
async fn loopback_is_that_of_the_first_node() {
    let lab = Lab::start(three()).await.unwrap();
    let routes = lab.routes();
    assert!(!routes.contains_key(&("192.0.2.12".to_owned(), 10257)));
    let here = Call::new("/metrics").token(&agent_token(&lab).await).send(&lab, LOCAL, 10250).await;
    assert!(here.body.contains("kubelet_node_name{node=\"cp-1\"} 1"));
    let there = read_text(&lab, "/api/v1/nodes/cp-3/proxy/metrics").await;
    assert!(there.contains("kubelet_node_name{node=\"cp-3\"} 1"));
}

async fn read_text(lab: &Lab, path: &str) -> String {
    Call::new(path).certificate(&Pair::admin(lab)).send(lab, CP, 6443).await.body
}

#[test]
fn one_is_the_least_and_the_same_as_ever() {
    let now: Timestamp = NOW.parse().unwrap();
    assert_eq!(LabSpec::kubeadm_with(now, 0), LabSpec::kubeadm(now));
    assert_eq!(LabSpec::kubeadm(now).components.len(), 4);
    assert_eq!(LabSpec::kubeadm_with(now, 200).nodes.len(), 10);
}

#[tokio::test]
async fn every_fault_starts_on_three_nodes() {
    for fault in FAULTS.iter().filter(|fault| fault.distributions.contains(&"kubeadm")) {
        let mut spec = three();
        let healthy = spec.clone();
        (fault.change)(&mut spec);
        assert_ne!(spec, healthy, "{}", fault.id);
        // A fault of one node is one of the last, which is not the one where somebody stands; some are of all.
        let changed: Vec<&str> = spec
            .components
            .iter()
            .zip(&healthy.components)
            .filter(|(one, other)| one != other)
            .map(|(one, _)| one.node.as_str())
            .collect();
        let places: [&[&str]; 3] = [&[], &["cp-3"], &["cp-1", "cp-2", "cp-3"]];
        assert!(places.contains(&changed.as_slice()), "{} {changed:?}", fault.id);
        Lab::start(spec).await.unwrap();
    }
}
