//! Through the API server's proxy: to kubelets with its own identity, to everything else with none.

use super::client::{Answer, CP, Call, Pair, agent_token, spec, token_of};
use ctlmon::{
    lab::Lab,
    model::{component::Component, rights::Rule},
};
use serde_json::{Value, json};

const PODS: &str = "/api/v1/namespaces/kube-system/pods";

async fn get(lab: &Lab, path: &str) -> Answer {
    Call::new(path).certificate(&Pair::admin(lab)).send(lab, CP, 6443).await
}

/// Status and message of a Status object, as the administrator gets it.
async fn check(lab: &Lab, path: &str, code: u16, message: &str) {
    let answer = get(lab, path).await;
    let status: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    assert_eq!((answer.status, &status["message"]), (code, &json!(message)), "{path}: {}", answer.body);
}

#[tokio::test]
async fn kubelets_are_asked_as_the_api_server() {
    let mut spec = spec();
    let role = spec.rights.roles.iter_mut().find(|role| role.name == "datadog-agent").unwrap();
    role.rules.push(Rule {
        verbs: vec!["get".to_owned()],
        api_groups: vec![String::new()],
        resources: vec!["nodes/proxy".to_owned()],
        ..Rule::default()
    });
    let lab = Lab::start(spec).await.unwrap();
    for (path, node) in [
        ("/api/v1/nodes/cp-1/proxy/metrics", "cp-1"),
        ("/api/v1/nodes/cp-1:10250/proxy/metrics", "cp-1"),
        ("/api/v1/nodes/https:worker-1:10250/proxy/metrics", "worker-1"),
        // The scheme of a request to the kubelet's own port is not asked about.
        ("/api/v1/nodes/http:worker-1:10250/proxy/metrics", "worker-1"),
    ] {
        let answer = get(&lab, path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.body.contains(&format!("kubelet_node_name{{node=\"{node}\"}} 1")), "{path}");
        assert!(answer.header("Content-Type").starts_with("text/plain; version=0.0.4"));
        assert!(answer.headers.contains_key("Audit-Id"));
    }
    // The right on nodes/proxy is enough: the account's own rights on the node do not matter.
    let token = agent_token(&lab).await;
    let configz = Call::new("/api/v1/nodes/cp-1/proxy/configz").token(&token).json(&lab, CP, 6443).await;
    let config = &configz["kubeletconfig"];
    assert_eq!(config["authentication"]["webhook"]["enabled"], true);
    assert_eq!(config["authentication"]["anonymous"]["enabled"], false);
    assert_eq!(config["authorization"]["mode"], "Webhook");
    // What is passed on is not indented for people.
    let raw = Call::new("/api/v1/nodes/cp-1/proxy/configz")
        .header("User-Agent", "curl/8.14.1")
        .certificate(&Pair::admin(&lab))
        .send(&lab, CP, 6443)
        .await;
    assert!(raw.body.starts_with("{\"kubeletconfig\":{\"kind\":\"KubeletConfiguration\","), "{}", raw.body);
    let pods = get(&lab, "/api/v1/nodes/worker-1/proxy/pods?x=1").await;
    let pods: Value = serde_json::from_str(&pods.body).unwrap();
    assert!(pods["items"].as_array().unwrap().iter().all(|pod| pod["spec"]["nodeName"] == "worker-1"));
    assert_eq!(get(&lab, "/api/v1/nodes/cp-1/proxy/nosuch").await.body, "404 page not found\n");
    let posted = Call::post("/api/v1/nodes/cp-1/proxy/metrics", &json!({})).certificate(&Pair::admin(&lab));
    assert_eq!(posted.send(&lab, CP, 6443).await.status, 405);
}

#[tokio::test]
async fn the_proxy_is_refused_and_fails_in_the_api_servers_words() {
    let mut spec = spec();
    spec.nodes[1].kubelet.is_listening = false;
    let lab = Lab::start(spec).await.unwrap();
    let refused = "error trying to reach service: dial tcp 192.0.2.11:10257: connect: connection refused";
    check(&lab, "/api/v1/nodes/nosuch/proxy/metrics", 404, "nodes \"nosuch\" not found").await;
    check(&lab, "/api/v1/nodes/cp-1:10257/proxy/metrics", 503, refused).await;
    check(&lab, "/api/v1/nodes/https:cp-1:10257/proxy/metrics", 503, refused).await;
    check(
        &lab,
        "/api/v1/nodes/worker-1/proxy/metrics",
        503,
        "error trying to reach service: dial tcp 192.0.2.21:10250: connect: connection refused",
    )
    .await;
    let norbac = token_of(&lab, "datadog", "default", &json!({})).await;
    for (path, message) in [
        (
            "/api/v1/nodes/cp-1/proxy/metrics".to_owned(),
            "nodes \"cp-1\" is forbidden: User \"system:serviceaccount:datadog:default\" cannot get resource \"nodes/proxy\" in API group \"\" at the cluster scope",
        ),
        (
            format!("{PODS}/https:kube-scheduler-cp-1:10259/proxy/metrics"),
            "pods \"https:kube-scheduler-cp-1:10259\" is forbidden: User \"system:serviceaccount:datadog:default\" cannot get resource \"pods/proxy\" in API group \"\" in the namespace \"kube-system\"",
        ),
    ] {
        let answer = Call::new(&path).token(&norbac).send(&lab, CP, 6443).await;
        let status: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((answer.status, &status["message"]), (403, &json!(message)));
    }
}

#[tokio::test]
async fn a_kubelet_that_does_not_know_the_api_server_says_so_itself() {
    let mut spec = spec();
    spec.rights.bindings.retain(|binding| binding.name != "kubeadm:apiserver-kubelet-client");
    let lab = Lab::start(spec).await.unwrap();
    let answer = get(&lab, "/api/v1/nodes/cp-1/proxy/stats/summary").await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (
            403,
            "Forbidden (user=kube-apiserver-kubelet-client, verb=get, resource=nodes, subresource(s)=[stats])\n"
        )
    );
}

#[tokio::test]
async fn pods_on_loopback_are_out_of_the_proxys_reach() {
    let lab = Lab::start(spec()).await.unwrap();
    let refused = |port: u16| {
        format!("error trying to reach service: dial tcp 192.0.2.11:{port}: connect: connection refused")
    };
    for (pod, port) in [
        ("https:kube-controller-manager-cp-1:10257", 10257),
        ("kube-controller-manager-cp-1:10257", 10257),
        // The first port of the first container.
        ("kube-controller-manager-cp-1", 10257),
        ("https:kube-scheduler-cp-1:10259", 10259),
        ("http:etcd-cp-1:2381", 2381),
    ] {
        check(&lab, &format!("{PODS}/{pod}/proxy/metrics"), 503, &refused(port)).await;
    }
    let required = "error trying to reach service: remote error: tls: certificate required";
    check(&lab, &format!("{PODS}/https:etcd-cp-1:2379/proxy/metrics"), 503, required).await;
    check(
        &lab,
        &format!("{PODS}/https:kube-apiserver-cp-1:6443/proxy/metrics"),
        403,
        "forbidden: User \"system:anonymous\" cannot get path \"/metrics\"",
    )
    .await;
    check(&lab, &format!("{PODS}/nosuch/proxy/metrics"), 404, "pods \"nosuch\" not found").await;
}

#[tokio::test]
async fn pods_on_all_addresses_are_asked_as_nobody() {
    let mut spec = spec();
    for component in &mut spec.components {
        match component.component {
            Component::ControllerManager | Component::Scheduler => {
                component.flags.insert("bind-address".to_owned(), "0.0.0.0".to_owned());
            }
            Component::Etcd => {
                component.flags.insert("listen-metrics-urls".to_owned(), "http://0.0.0.0:2381".to_owned());
            }
            _ => {}
        }
    }
    let lab = Lab::start(spec).await.unwrap();
    let anonymous = "forbidden: User \"system:anonymous\" cannot get path \"/metrics\"";
    let path = format!("{PODS}/https:kube-controller-manager-cp-1:10257/proxy/metrics");
    check(&lab, &path, 403, anonymous).await;
    // The caller's own credentials never arrive, whatever he tries.
    let token = agent_token(&lab).await;
    let answer = Call::new(&path).certificate(&Pair::admin(&lab)).token(&token).send(&lab, CP, 6443).await;
    assert_eq!(answer.status, 403);
    check(&lab, "/api/v1/nodes/https:cp-1:10257/proxy/metrics", 403, anonymous).await;
    let plain = get(&lab, &format!("{PODS}/kube-controller-manager-cp-1:10257/proxy/metrics")).await;
    assert_eq!(
        (plain.status, plain.body.trim_end()),
        (400, "Client sent an HTTP request to an HTTPS server.")
    );
    let healthy = get(&lab, &format!("{PODS}/https:kube-scheduler-cp-1:10259/proxy/healthz")).await;
    assert_eq!((healthy.status, healthy.body.as_str()), (200, "ok"));
    let etcd = get(&lab, &format!("{PODS}/etcd-cp-1:2381/proxy/metrics")).await;
    assert_eq!(etcd.status, 200);
    assert!(etcd.body.contains("\netcd_server_has_leader 1\n"));
    check(
        &lab,
        &format!("{PODS}/https:etcd-cp-1:2381/proxy/metrics"),
        503,
        "error trying to reach service: http: server gave HTTP response to HTTPS client",
    )
    .await;
}
