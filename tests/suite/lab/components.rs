//! API server, controller-manager, scheduler, kubelet and Cluster Agent: status and body for every kind of credential.

use super::client::{
    CP, Call, LOCAL, Pair, agent_token, client_certificate, connect, spec, token_of, way, with_certificate,
};
use ctlmon::{
    lab::{
        Lab, LabSpec,
        faults::Fault,
        spec::{CertificateSpec, Issuer, KubeletAuthorization, KubeletSpec, Purpose, TokenSpec, Validity},
    },
    model::{component::Component, question::AccountRef},
};
use jiff::SignedDuration;
use rustls::version::TLS13;
use serde_json::json;

const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";
const NO_RIGHTS: &str = "system:serviceaccount:datadog:default";

/// The three servers that refuse with a Status object.
const WITH_STATUS: [(&str, u16); 3] = [(CP, 6443), (LOCAL, 10257), (LOCAL, 10259)];

/// As a real server of version 1.36.2 wrote it to curl.
fn forbidden(user: &str, path: &str) -> String {
    format!(
        "{{\n  \"kind\": \"Status\",\n  \"apiVersion\": \"v1\",\n  \"metadata\": {{}},\n  \"status\": \"Failure\",\n  \"message\": \"forbidden: User \\\"{user}\\\" cannot get path \\\"{path}\\\"\",\n  \"reason\": \"Forbidden\",\n  \"details\": {{}},\n  \"code\": 403\n}}"
    )
}

const UNAUTHORIZED: &str = "{\n  \"kind\": \"Status\",\n  \"apiVersion\": \"v1\",\n  \"metadata\": {},\n  \"status\": \"Failure\",\n  \"message\": \"Unauthorized\",\n  \"reason\": \"Unauthorized\",\n  \"code\": 401\n}";

fn as_curl(path: &str) -> Call {
    Call::new(path).header("User-Agent", "curl/8.14.1")
}

/// A spec with the certificates and tokens of the table.
fn table_spec() -> LabSpec {
    let kubernetes = || Issuer::Authority("ca".to_owned());
    let nobody = client_certificate(kubernetes());
    let past = Validity { from: SignedDuration::from_hours(-48), until: SignedDuration::from_hours(-24) };
    let mut spec = spec();
    for (name, certificate) in [
        ("k-masters", nobody.clone().in_group("system:masters")),
        ("k-monitoring", nobody.clone().in_group("system:monitoring")),
        ("k-nobody", nobody.clone()),
        ("k-expired", CertificateSpec { validity: past, ..nobody.clone() }),
        ("k-serverauth", CertificateSpec { purposes: vec![Purpose::Server], ..nobody.clone() }),
        ("k-rogue", client_certificate(Issuer::Itself)),
        ("e-ok", client_certificate(Issuer::Authority("etcd-ca".to_owned()))),
    ] {
        spec = with_certificate(spec, name, certificate);
    }
    spec.tokens.push(TokenSpec {
        text: "an-old-one".to_owned(),
        account: AccountRef { namespace: "datadog".to_owned(), name: "datadog-agent".to_owned() },
        audiences: vec!["https://kubernetes.default.svc.cluster.local".to_owned()],
        until: SignedDuration::from_hours(-1),
    });
    spec
}

#[tokio::test]
async fn every_credential_is_answered_as_on_a_real_cluster() {
    let lab = Lab::start(table_spec()).await.unwrap();
    let agent = agent_token(&lab).await;
    let norbac = token_of(&lab, "datadog", "default", &json!({})).await;
    let for_others = token_of(&lab, "datadog", "datadog-agent", &json!({"audiences": ["foo"]})).await;
    let bearer = |token: &str| Some(format!("Bearer {token}"));
    for (header, status, user) in [
        (None, 403, "system:anonymous"),
        (bearer(""), 403, "system:anonymous"),
        (Some("Basic YWRtaW46YWRtaW4=".to_owned()), 403, "system:anonymous"),
        (bearer(&norbac), 403, NO_RIGHTS),
        (bearer(&agent), 200, ""),
        (bearer(&for_others), 401, ""),
        (bearer("an-old-one"), 401, ""),
        (bearer("abc"), 401, ""),
        (bearer("abcdef.0123456789abcdef"), 401, ""),
    ] {
        let mut call = as_curl("/metrics");
        if let Some(header) = &header {
            call = call.header("Authorization", header);
        }
        check_metrics(&lab, &call, status, user, &format!("{header:?}")).await;
    }
    for (name, status, user) in [
        ("k-masters", 200, ""),
        ("k-monitoring", 200, ""),
        ("k-nobody", 403, "lab-nobody"),
        ("k-expired", 401, ""),
        ("k-serverauth", 401, ""),
        ("k-rogue", 401, ""),
        ("e-ok", 401, ""),
    ] {
        let pair = Pair::of_secret(&lab, "default", name).await;
        check_metrics(&lab, &as_curl("/metrics").certificate(&pair), status, user, name).await;
        let call = as_curl("/metrics").certificate(&pair).over_tls12();
        check_metrics(&lab, &call, status, user, name).await;
    }
}

/// Asks all four servers; the kubelet lets nobody in who brings nothing.
async fn check_metrics(lab: &Lab, call: &Call, status: u16, user: &str, what: &str) {
    for (host, port) in WITH_STATUS {
        let answer = call.send(lab, host, port).await;
        let what = format!("{port} {what}");
        assert_eq!(answer.status, status, "{what}");
        match status {
            200 => {
                assert_eq!(answer.header("Content-Type"), METRICS, "{what}");
                // The header and the metric are of one process.
                let since: f64 = answer.header("Process-Start-Time-Unix").parse().unwrap();
                let metric =
                    answer.body.lines().find_map(|line| line.strip_prefix("process_start_time_seconds "));
                assert_eq!(metric.unwrap().parse::<f64>().unwrap().to_bits(), since.to_bits(), "{what}");
            }
            401 => assert_eq!(answer.body, UNAUTHORIZED, "{what}"),
            _ => assert_eq!(answer.body, forbidden(user, "/metrics"), "{what}"),
        }
        if status != 200 {
            assert_eq!(answer.header("Content-Type"), "application/json", "{what}");
        }
        // Only the API server signs what it says.
        assert_eq!(answer.headers.contains_key("Audit-Id"), port == 6443, "{what}");
        let prioritised = answer.headers.contains_key("X-Kubernetes-Pf-Flowschema-Uid");
        assert_eq!(prioritised, port == 6443 && status != 401, "{what}");
        assert!(!answer.headers.contains_key("Www-Authenticate"), "{what}");
    }
    let answer = call.send(lab, CP, 10250).await;
    if user == "system:anonymous" || status == 401 {
        assert_eq!((answer.status, answer.body.as_str()), (401, "Unauthorized"), "{what}");
    } else if status == 403 {
        let body = format!("Forbidden (user={user}, verb=get, resource=nodes, subresource(s)=[metrics])\n");
        assert_eq!((answer.status, answer.body), (403, body), "{what}");
    } else {
        assert_eq!((answer.status, answer.header("Content-Type")), (200, METRICS), "{what}");
    }
    if answer.status != 200 {
        assert_eq!(answer.headers["Content-Type"], "text/plain; charset=utf-8", "{what}");
    }
}

#[tokio::test]
async fn programs_get_their_status_objects_on_one_line() {
    let lab = Lab::start(spec()).await.unwrap();
    for (host, port) in WITH_STATUS {
        let answer = Call::new("/metrics").send(&lab, host, port).await;
        assert_eq!(
            answer.body,
            "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\"forbidden: User \\\"system:anonymous\\\" cannot get path \\\"/metrics\\\"\",\"reason\":\"Forbidden\",\"details\":{},\"code\":403}\n"
        );
    }
}

#[tokio::test]
async fn metrics_have_the_families_by_which_a_component_is_known() {
    let lab = Lab::start(spec()).await.unwrap();
    let token = agent_token(&lab).await;
    let etcd = Pair::of_secret(&lab, "datadog", "etcd-client").await;
    for component in Component::ALL {
        let profile = component.profile();
        if profile.families.is_empty() {
            continue;
        }
        let host = match component {
            Component::ControllerManager | Component::Scheduler => LOCAL,
            _ => CP,
        };
        let call = Call::new("/metrics").token(&token).certificate(&etcd);
        let call = if component == Component::Etcd { call } else { Call::new("/metrics").token(&token) };
        let body = call.send(&lab, host, profile.port).await.body;
        for family in profile.families {
            assert!(body.contains(&format!("\n# TYPE {family} ")), "{component} {family}");
        }
        for other in Component::ALL.into_iter().filter(|other| *other != component) {
            for family in other.profile().families {
                assert!(!body.contains(family), "{component} {family}");
            }
        }
    }
    let of_worker = Call::new("/metrics").token(&token).send(&lab, "192.0.2.21", 10250).await.body;
    assert!(of_worker.contains("kubelet_node_name{node=\"worker-1\"} 1"));
}

#[tokio::test]
async fn health_is_for_everybody_where_it_exists() {
    let lab = Lab::start(spec()).await.unwrap();
    for (host, port, path, status, body) in [
        (CP, 6443, "/healthz", 200, "ok"),
        (CP, 6443, "/livez", 200, "ok"),
        (CP, 6443, "/readyz", 200, "ok"),
        (CP, 6443, "/livez/etcd", 403, ""),
        (CP, 6443, "/metrics/slis", 403, ""),
        (LOCAL, 10257, "/healthz", 200, "ok"),
        (LOCAL, 10257, "/livez", 404, "404 page not found\n"),
        (LOCAL, 10257, "/readyz", 404, "404 page not found\n"),
        (LOCAL, 10257, "/nosuch", 403, ""),
        (LOCAL, 10259, "/healthz", 200, "ok"),
        (LOCAL, 10259, "/livez", 200, "ok"),
        (LOCAL, 10259, "/readyz", 200, "ok"),
    ] {
        let answer = as_curl(path).send(&lab, host, port).await;
        let body = if status == 403 { forbidden("system:anonymous", path) } else { body.to_owned() };
        assert_eq!((answer.status, answer.body), (status, body), "{port}{path}");
    }
    let verbose = Call::new("/readyz?verbose").send(&lab, CP, 6443).await.body;
    assert!(
        verbose.starts_with("[+]ping ok\n[+]log ok\n[+]etcd ok\n[+]etcd-readiness ok\n[+]informer-sync ok\n")
    );
    let admin = Pair::admin(&lab);
    let unknown = Call::new("/nosuch").certificate(&admin).send(&lab, LOCAL, 10257).await;
    assert_eq!((unknown.status, unknown.body.as_str()), (404, "404 page not found\n"));
}

#[tokio::test]
async fn the_kubelet_asks_for_rights_on_the_node() {
    let lab = Lab::start(spec()).await.unwrap();
    let norbac = token_of(&lab, "datadog", "default", &json!({})).await;
    for (path, subresources) in [
        ("/healthz", "healthz proxy"),
        ("/metrics/cadvisor", "metrics"),
        ("/pods", "pods proxy"),
        ("/stats/summary", "stats"),
        ("/logs/", "log"),
        ("/configz", "configz proxy"),
        ("/nosuch", "proxy"),
    ] {
        let answer = Call::new(path).token(&norbac).send(&lab, CP, 10250).await;
        assert_eq!(
            answer.body,
            format!(
                "Forbidden (user={NO_RIGHTS}, verb=get, resource=nodes, subresource(s)=[{subresources}])\n"
            )
        );
    }
    let agent = agent_token(&lab).await;
    assert_eq!(Call::new("/healthz").token(&agent).send(&lab, CP, 10250).await.body, "ok");
}

#[tokio::test]
async fn a_kubelet_obeys_its_configuration_and_tells_it() {
    let mut spec = spec();
    spec.nodes[0].kubelet.webhook = false;
    spec.nodes[1].kubelet = KubeletSpec {
        anonymous: true,
        authorization: KubeletAuthorization::AlwaysAllow,
        ..spec.nodes[1].kubelet.clone()
    };
    let lab = Lab::start(spec).await.unwrap();
    let agent = agent_token(&lab).await;
    // A good token is not looked at, so nobody is known.
    let answer = Call::new("/metrics").token(&agent).send(&lab, CP, 10250).await;
    assert_eq!((answer.status, answer.body.as_str()), (401, "Unauthorized"));
    assert_eq!(Call::new("/metrics").send(&lab, "192.0.2.21", 10250).await.status, 200);
    for (node, webhook, anonymous, mode) in
        [("cp-1", false, false, "Webhook"), ("worker-1", true, true, "AlwaysAllow")]
    {
        let path = format!("/api/v1/nodes/{node}/proxy/configz");
        let config =
            &Call::new(&path).certificate(&Pair::admin(&lab)).json(&lab, CP, 6443).await["kubeletconfig"];
        assert_eq!(config["authentication"]["webhook"]["enabled"], webhook, "{node}");
        assert_eq!(config["authentication"]["anonymous"]["enabled"], anonymous, "{node}");
        assert_eq!(config["authorization"]["mode"], mode, "{node}");
    }
}

#[tokio::test]
async fn a_role_without_the_metrics_of_nodes_is_refused_by_the_kubelet_alone() {
    let mut spec = spec();
    for rule in spec
        .rights
        .roles
        .iter_mut()
        .filter(|role| role.name == "datadog-agent")
        .flat_map(|role| &mut role.rules)
    {
        rule.resources.retain(|resource| resource != "nodes/metrics");
    }
    let lab = Lab::start(spec).await.unwrap();
    let agent = agent_token(&lab).await;
    let ask = |path: &str| Call::new(path).token(&agent);
    assert_eq!(
        ask("/metrics").send(&lab, CP, 10250).await.body,
        "Forbidden (user=system:serviceaccount:datadog:datadog-agent, verb=get, resource=nodes, subresource(s)=[metrics])\n"
    );
    assert_eq!(ask("/stats/summary").send(&lab, CP, 10250).await.status, 200);
    assert_eq!(ask("/pods").send(&lab, CP, 10250).await.status, 200);
    assert_eq!(ask("/metrics").send(&lab, CP, 6443).await.status, 200);
}

#[tokio::test]
async fn plain_http_on_a_tls_port_is_told_so() {
    let lab = Lab::start(spec()).await.unwrap();
    for (host, port) in [(CP, 6443), (LOCAL, 10257), (LOCAL, 10259), (CP, 10250), ("10.244.0.10", 5005)] {
        let answer = Call::new("/metrics").plain(way(&lab, host, port)).await;
        assert_eq!(
            answer, "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n",
            "{port}"
        );
    }
}

#[tokio::test]
async fn servers_name_the_authorities_that_they_accept() {
    let lab = Lab::start(spec()).await.unwrap();
    let kubernetes = b"\x30\x15\x31\x13\x30\x11\x06\x03\x55\x04\x03\x13\x0akubernetes".to_vec();
    let front_proxy = b"\x30\x19\x31\x17\x30\x15\x06\x03\x55\x04\x03\x13\x0efront-proxy-ca".to_vec();
    for (host, port, expected) in [
        (CP, 6443, Some(vec![kubernetes.clone(), front_proxy.clone()])),
        (LOCAL, 10257, Some(vec![kubernetes.clone(), front_proxy])),
        (LOCAL, 10259, Some(vec![kubernetes.clone()])),
        (CP, 10250, Some(vec![kubernetes])),
        ("10.244.0.10", 5005, None),
    ] {
        let (_, named) = connect(way(&lab, host, port), None, &TLS13).await.unwrap();
        assert_eq!(named, expected, "{port}");
    }
}

#[tokio::test]
async fn flags_decide_whether_anybody_is_asked() {
    let mut spec = spec();
    (Fault::named("controller-manager-metrics-forbidden").unwrap().change)(&mut spec);
    for component in spec.components.iter_mut().filter(|spec| spec.component == Component::Scheduler) {
        component.flags.remove("authentication-kubeconfig");
    }
    spec = with_certificate(
        spec,
        "k-masters",
        client_certificate(Issuer::Authority("ca".to_owned())).in_group("system:masters"),
    );
    let lab = Lab::start(spec).await.unwrap();
    let token = agent_token(&lab).await;
    let metrics = as_curl("/metrics").token(&token);

    // Known, but nobody can be asked what he may.
    let answer = metrics.send(&lab, LOCAL, 10257).await;
    assert_eq!(answer.body, forbidden("system:serviceaccount:datadog:datadog-agent", "/metrics"));
    assert_eq!(metrics.clone().send(&lab, CP, 6443).await.status, 200);
    assert_eq!(Call::new("/healthz").send(&lab, LOCAL, 10257).await.status, 200);
    let masters = Pair::of_secret(&lab, "default", "k-masters").await;
    assert_eq!(Call::new("/metrics").certificate(&masters).send(&lab, LOCAL, 10257).await.status, 200);

    // Nobody can be asked who he is, so everybody is nobody, even with a bad token.
    assert_eq!(metrics.send(&lab, LOCAL, 10259).await.body, forbidden("system:anonymous", "/metrics"));
    let answer = as_curl("/metrics").token("abc").send(&lab, LOCAL, 10259).await;
    assert_eq!(answer.body, forbidden("system:anonymous", "/metrics"));
    assert_eq!(connect(way(&lab, LOCAL, 10259), None, &TLS13).await.unwrap().1, None);
}

#[tokio::test]
async fn the_cluster_agent_knows_one_token() {
    let lab = Lab::start(spec()).await.unwrap();
    let token = lab.spec().cluster_agent.token.clone();
    let secret = Call::new("/api/v1/namespaces/datadog/secrets/datadog-agent-cluster-agent")
        .certificate(&Pair::admin(&lab))
        .json(&lab, CP, 6443)
        .await;
    assert_eq!(super::client::decoded(&secret["data"]["token"]), token);
    for (header, status, body) in [
        (None, 401, "no session token provided\n".to_owned()),
        (Some("Basic abc".to_owned()), 401, "unsupported authorization scheme: Basic\n".to_owned()),
        (Some("Bearer abc".to_owned()), 403, "invalid session token\n".to_owned()),
        (Some(format!("Bearer {token} x")), 403, "invalid session token\n".to_owned()),
        (
            Some(format!("Bearer {token}")),
            200,
            r#"{"Major":7,"Minor":81,"Patch":1,"Pre":"","Meta":"","Commit":"0c6f8ad"}"#.to_owned(),
        ),
    ] {
        let mut call = Call::new("/version");
        if let Some(header) = &header {
            call = call.header("Authorization", header);
        }
        let answer = call.send(&lab, "10.244.0.10", 5005).await;
        assert_eq!((answer.status, &answer.body), (status, &body), "{header:?}");
        let challenge = if header.is_none() { "Bearer realm=\"Datadog Agent\"" } else { "" };
        assert_eq!(answer.header("Www-Authenticate"), challenge);
    }
}
