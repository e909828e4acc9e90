//! Port-forward, through the client that ctlmon itself uses.

use super::client::{CP, Call, Pair, agent_token, spec};
use ctlmon::lab::Lab;
use k8s_openapi::api::core::v1::Pod;
use kube::{
    Api, Client, Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use rustls::AlertDescription;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

async fn client(lab: &Lab) -> Client {
    let kubeconfig: Kubeconfig = serde_json::from_value(lab.kubeconfig().unwrap()).unwrap();
    // Another test may have been first; which one it is does not matter here.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.unwrap();
    Client::try_from(config).unwrap()
}

/// A cluster whose certificates hold at the time of this machine, which is what kube verifies with.
async fn lab() -> Lab {
    let mut spec = spec();
    spec.now = jiff::Timestamp::now();
    Lab::start(spec).await.unwrap()
}

#[tokio::test]
async fn plain_bytes_pass_both_ways() {
    let lab = lab().await;
    let pods: Api<Pod> = Api::namespaced(client(&lab).await, "kube-system");
    let mut forward = pods.portforward("etcd-cp-1", &[2381]).await.unwrap();
    let mut stream = forward.take_stream(2381).unwrap();
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with(r#"{"health":"true","reason":""}"#), "{answer}");
}

#[tokio::test]
async fn loopback_ports_of_static_pods_are_reached_from_afar() {
    let lab = lab().await;
    let token = agent_token(&lab).await;
    let pods: Api<Pod> = Api::namespaced(client(&lab).await, "kube-system");
    for (pod, port, expected) in [
        ("kube-scheduler-cp-1", 10259, Ok(200)),
        ("kube-controller-manager-cp-1", 10257, Ok(200)),
        ("kube-apiserver-cp-1", 6443, Ok(200)),
        // All of them share the node's network.
        ("etcd-cp-1", 10259, Ok(200)),
        ("etcd-cp-1", 2379, Err(AlertDescription::CertificateRequired)),
    ] {
        let mut forward = pods.portforward(pod, &[port]).await.unwrap();
        let stream = forward.take_stream(port).unwrap();
        let answer = Call::new("/metrics").token(&token).attempt_over(stream).await;
        assert_eq!(answer.map(|answer| answer.status), expected, "{pod} {port}");
    }
}

#[tokio::test]
async fn a_port_with_nothing_behind_it_says_so_and_ends() {
    let lab = lab().await;
    let pods: Api<Pod> = Api::namespaced(client(&lab).await, "kube-system");
    let mut forward = pods.portforward("etcd-cp-1", &[9999]).await.unwrap();
    let error = forward.take_error(9999).unwrap();
    let mut stream = forward.take_stream(9999).unwrap();
    let mut nothing = Vec::new();
    stream.read_to_end(&mut nothing).await.unwrap();
    assert!(nothing.is_empty());
    let said = error.await.unwrap();
    assert!(said.contains("connect: connection refused"), "{said}");
}

#[tokio::test]
async fn kube_reads_lists_pages_and_refusals() {
    let lab = lab().await;
    let client = client(&lab).await;
    let pods: Api<Pod> = Api::all(client.clone());
    let page = pods.list(&kube::api::ListParams::default().limit(2)).await.unwrap();
    assert_eq!(page.items.len(), 2);
    assert!(page.metadata.remaining_item_count.unwrap() > 0);
    let names =
        pods.list_metadata(&kube::api::ListParams::default().labels("tier=control-plane")).await.unwrap();
    assert_eq!(names.items.len(), 4);
    assert_eq!(client.apiserver_version().await.unwrap().git_version, "v1.36.2");
    let error = pods.list(&kube::api::ListParams::default().fields("spec.color=red")).await.unwrap_err();
    assert!(matches!(error, kube::Error::Api(status) if status.code == 400));
}

#[tokio::test]
async fn forwarding_takes_two_rights_and_an_upgrade() {
    let lab = lab().await;
    let token = agent_token(&lab).await;
    let path = "/api/v1/namespaces/kube-system/pods/kube-scheduler-cp-1/portforward?ports=10259";
    let refused = Call::new(path).token(&token).send(&lab, CP, 6443).await;
    let status: Value = serde_json::from_str(&refused.body).unwrap();
    assert_eq!(
        status["message"],
        "pods \"kube-scheduler-cp-1\" is forbidden: User \"system:serviceaccount:datadog:datadog-agent\" cannot get resource \"pods/portforward\" in API group \"\" in the namespace \"kube-system\""
    );
    let plain = Call::new(path).certificate(&Pair::admin(&lab)).send(&lab, CP, 6443).await;
    assert_eq!(plain.status, 400);
}
