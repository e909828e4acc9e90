//! The Kubernetes API: lists, pages, selectors, single objects, reviews, tokens, refusals.

use super::client::{Answer, CP, Call, LOCAL, Pair, agent_token, decoded, spec, token_of};
use ctlmon::{
    lab::{
        Lab,
        faults::Fault,
        spec::{ClusterAgentReference, TokenSpec},
    },
    model::{
        question::AccountRef,
        rights::{Binding, BindingSubject, RoleKind, RoleRef, SubjectKind},
    },
};
use jiff::SignedDuration;
use serde_json::{Value, json};

async fn get(lab: &Lab, path: &str) -> Answer {
    Call::new(path).certificate(&Pair::admin(lab)).send(lab, CP, 6443).await
}

async fn read(lab: &Lab, path: &str) -> Value {
    Call::new(path).certificate(&Pair::admin(lab)).json(lab, CP, 6443).await
}

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["metadata"]["name"].as_str().unwrap()).collect()
}

async fn names_of(lab: &Lab, path: &str) -> Vec<String> {
    names(&read(lab, path).await).into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn lists_are_of_one_namespace_or_of_all_and_selected() {
    let lab = Lab::start(spec()).await.unwrap();
    let pods = "/api/v1/namespaces/kube-system/pods";
    let control_plane =
        ["etcd-cp-1", "kube-apiserver-cp-1", "kube-controller-manager-cp-1", "kube-scheduler-cp-1"];
    assert_eq!(names_of(&lab, &format!("{pods}?labelSelector=tier%3Dcontrol-plane")).await, control_plane);
    assert_eq!(
        names_of(&lab, &format!("{pods}?labelSelector=component+in+%28etcd%2Ckube-scheduler%29%2Ctier"))
            .await,
        ["etcd-cp-1", "kube-scheduler-cp-1"]
    );
    assert_eq!(
        names_of(&lab, &format!("{pods}?labelSelector=tier,component+notin+(etcd)")).await,
        control_plane[1..]
    );
    assert_eq!(
        names_of(&lab, &format!("{pods}?fieldSelector=metadata.name%3Detcd-cp-1")).await,
        ["etcd-cp-1"]
    );
    let here = read(&lab, "/api/v1/pods?fieldSelector=spec.nodeName%3Dcp-1").await;
    assert!(here["items"].as_array().unwrap().iter().all(|pod| pod["spec"]["nodeName"] == "cp-1"));
    assert_eq!(names_of(&lab, "/api/v1/nodes").await, ["cp-1", "worker-1"]);
    assert_eq!(
        names_of(&lab, "/api/v1/nodes?labelSelector=node-role.kubernetes.io%2Fcontrol-plane").await,
        ["cp-1"]
    );
    assert_eq!(names_of(&lab, "/apis/apps/v1/namespaces/nosuch/daemonsets").await, Vec::<String>::new());
    let bad = get(&lab, "/api/v1/pods?fieldSelector=spec.color%3Dred").await;
    assert_eq!(bad.status, 400);
    assert!(bad.body.contains("field label not supported: spec.color"));
}

#[tokio::test]
async fn lists_come_in_pages_that_say_what_is_left() {
    let lab = Lab::start(spec()).await.unwrap();
    let all = names_of(&lab, "/api/v1/pods").await;
    let (mut seen, mut next) = (Vec::new(), String::new());
    loop {
        let page = read(&lab, &format!("/api/v1/pods?limit=3&continue={next}")).await;
        seen.extend(names(&page).into_iter().map(str::to_owned));
        let remaining = page["metadata"]["remainingItemCount"].as_u64();
        assert_eq!(remaining.unwrap_or_default(), (all.len() - seen.len()) as u64);
        match page["metadata"]["continue"].as_str() {
            Some(token) => next = token.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, all);
    // With a selector nobody counts.
    let page = read(&lab, "/api/v1/pods?limit=1&labelSelector=tier%3Dcontrol-plane").await;
    assert!(page["metadata"]["continue"].is_string());
    assert!(page["metadata"]["remainingItemCount"].is_null());
    assert_eq!(get(&lab, "/api/v1/pods?limit=1&continue=xyz").await.status, 400);
}

#[tokio::test]
async fn metadata_alone_is_to_be_had() {
    let lab = Lab::start(spec()).await.unwrap();
    let accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1, application/json";
    let list = Call::new("/apis/apps/v1/daemonsets")
        .certificate(&Pair::admin(&lab))
        .header("Accept", accept)
        .json(&lab, CP, 6443)
        .await;
    assert_eq!(
        (&list["kind"], &list["apiVersion"]),
        (&json!("PartialObjectMetadataList"), &json!("meta.k8s.io/v1"))
    );
    assert_eq!(names(&list), ["datadog-agent", "kube-proxy"]);
    assert!(list["items"][0].get("spec").is_none());
    let table = Call::new("/api/v1/nodes")
        .certificate(&Pair::admin(&lab))
        .header("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
        .json(&lab, CP, 6443)
        .await;
    assert_eq!(table["kind"], "NodeList");
    let protobuf = Call::new("/api/v1/nodes")
        .certificate(&Pair::admin(&lab))
        .header("Accept", "application/vnd.kubernetes.protobuf")
        .send(&lab, CP, 6443)
        .await;
    assert_eq!(protobuf.status, 406);
}

#[tokio::test]
async fn what_does_not_exist_is_not_found_in_the_right_words() {
    let lab = Lab::start(spec()).await.unwrap();
    for (path, body) in [
        (
            "/api/v1/nodes/nosuch",
            r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"nodes \"nosuch\" not found","reason":"NotFound","details":{"name":"nosuch","kind":"nodes"},"code":404}"#,
        ),
        (
            "/apis/apps/v1/namespaces/datadog/daemonsets/nosuch",
            r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"daemonsets.apps \"nosuch\" not found","reason":"NotFound","details":{"name":"nosuch","group":"apps","kind":"daemonsets"},"code":404}"#,
        ),
        (
            "/api/v1/nosuch",
            r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"the server could not find the requested resource","reason":"NotFound","details":{},"code":404}"#,
        ),
        ("/nosuch", "404 page not found"),
    ] {
        let answer = get(&lab, path).await;
        assert_eq!((answer.status, answer.body.trim_end()), (404, body), "{path}");
    }
    let changed = Call::new("/api/v1/nodes/cp-1")
        .method("DELETE")
        .certificate(&Pair::admin(&lab))
        .send(&lab, CP, 6443)
        .await;
    assert_eq!(changed.status, 405);
}

#[tokio::test]
async fn refusals_name_the_resource() {
    let lab = Lab::start(spec()).await.unwrap();
    let token = agent_token(&lab).await;
    for (path, message, details) in [
        (
            "/api/v1/namespaces/kube-system/pods",
            "pods is forbidden: User \"system:serviceaccount:datadog:datadog-agent\" cannot list resource \"pods\" in API group \"\" in the namespace \"kube-system\"",
            json!({"kind": "pods"}),
        ),
        (
            "/apis/apps/v1/daemonsets",
            "daemonsets.apps is forbidden: User \"system:serviceaccount:datadog:datadog-agent\" cannot list resource \"daemonsets\" in API group \"apps\" at the cluster scope",
            json!({"group": "apps", "kind": "daemonsets"}),
        ),
        (
            "/nosuch",
            "forbidden: User \"system:serviceaccount:datadog:datadog-agent\" cannot get path \"/nosuch\"",
            json!({}),
        ),
    ] {
        let answer = Call::new(path).token(&token).send(&lab, CP, 6443).await;
        let status: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((answer.status, &status["message"], &status["details"]), (403, &json!(message), &details));
    }
    for (path, status) in [("/version", 200), ("/api", 403), ("/apis", 403), ("/api/v1/nodes", 403)] {
        assert_eq!(Call::new(path).send(&lab, CP, 6443).await.status, status, "anonymous {path}");
    }
    for path in ["/api", "/apis", "/api/v1", "/apis/apps/v1"] {
        assert_eq!(Call::new(path).token(&token).send(&lab, CP, 6443).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_binding_to_a_missing_role_is_named_in_the_refusal() {
    let mut spec = spec();
    spec.rights.bindings.push(Binding {
        namespace: None,
        name: "gone".to_owned(),
        role: RoleRef { kind: RoleKind::ClusterRole, name: "gone".to_owned() },
        subjects: vec![BindingSubject {
            kind: SubjectKind::ServiceAccount,
            name: "default".to_owned(),
            namespace: Some("datadog".to_owned()),
        }],
    });
    let lab = Lab::start(spec).await.unwrap();
    let token = token_of(&lab, "datadog", "default", &json!({})).await;
    for (host, port) in [(CP, 6443), (LOCAL, 10257)] {
        let answer = Call::new("/metrics").token(&token).send(&lab, host, port).await;
        let status: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(
            status["message"],
            "forbidden: User \"system:serviceaccount:datadog:default\" cannot get path \"/metrics\": RBAC: clusterrole.rbac.authorization.k8s.io \"gone\" not found"
        );
    }
}

async fn review(lab: &Lab, token: Option<&str>, kind: &str, spec: Value) -> Value {
    let (group, plural) = match kind {
        "TokenReview" => ("authentication.k8s.io", "tokenreviews"),
        "SubjectAccessReview" => ("authorization.k8s.io", "subjectaccessreviews"),
        "SelfSubjectRulesReview" => ("authorization.k8s.io", "selfsubjectrulesreviews"),
        _ => ("authorization.k8s.io", "selfsubjectaccessreviews"),
    };
    let call = Call::post(
        &format!("/apis/{group}/v1/{plural}"),
        &json!({"apiVersion": format!("{group}/v1"), "kind": kind, "metadata": {}, "spec": spec}),
    );
    let call = match token {
        Some(token) => call.token(token),
        None => call.certificate(&Pair::admin(lab)),
    };
    call.json(lab, CP, 6443).await["status"].clone()
}

#[tokio::test]
async fn access_reviews_give_verdict_and_reason() {
    let lab = Lab::start(spec()).await.unwrap();
    let agent = agent_token(&lab).await;
    let norbac = token_of(&lab, "datadog", "default", &json!({})).await;
    let metrics = json!({"nonResourceAttributes": {"path": "/metrics", "verb": "get"}});
    let allowed = json!({
        "allowed": true,
        "reason": "RBAC: allowed by ClusterRoleBinding \"datadog-agent\" of ClusterRole \"datadog-agent\" to ServiceAccount \"datadog-agent/datadog\"",
    });
    let own = "SelfSubjectAccessReview";
    assert_eq!(review(&lab, Some(&agent), own, metrics.clone()).await, allowed);
    assert_eq!(review(&lab, Some(&norbac), own, metrics.clone()).await, json!({"allowed": false}));
    let mut of_agent = metrics.clone();
    of_agent["user"] = json!("system:serviceaccount:datadog:datadog-agent");
    assert_eq!(review(&lab, None, "SubjectAccessReview", of_agent).await, allowed);
    for (subresource, allowed) in [("metrics", true), ("proxy", false)] {
        let of_node = json!({
            "user": "system:serviceaccount:datadog:datadog-agent",
            "resourceAttributes": {"verb": "get", "resource": "nodes", "subresource": subresource},
        });
        let said = review(&lab, None, "SubjectAccessReview", of_node).await;
        assert_eq!(said["allowed"], allowed, "{subresource}");
    }
    let rules = review(&lab, Some(&agent), "SelfSubjectRulesReview", json!({"namespace": "default"})).await;
    assert!(
        rules["nonResourceRules"]
            .as_array()
            .unwrap()
            .contains(&json!({"verbs": ["get"], "nonResourceURLs": ["/metrics", "/metrics/slis"]}))
    );
    let refused = Call::post("/apis/authorization.k8s.io/v1/subjectaccessreviews", &json!({"spec": metrics}))
        .token(&agent)
        .send(&lab, CP, 6443)
        .await;
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn token_reviews_say_what_is_wrong_with_a_token() {
    let issuer = "https://kubernetes.default.svc.cluster.local";
    let mut spec = spec();
    spec.tokens.push(TokenSpec {
        text: "old".to_owned(),
        account: AccountRef { namespace: "datadog".to_owned(), name: "datadog-agent".to_owned() },
        audiences: vec![issuer.to_owned()],
        until: SignedDuration::from_hours(-1),
    });
    let lab = Lab::start(spec).await.unwrap();
    let good = agent_token(&lab).await;
    let for_others = token_of(&lab, "datadog", "datadog-agent", &json!({"audiences": ["foo"]})).await;
    let status = review(&lab, None, "TokenReview", json!({"token": good})).await;
    assert_eq!(status["user"]["username"], "system:serviceaccount:datadog:datadog-agent");
    assert_eq!(
        status["user"]["groups"],
        json!(["system:serviceaccounts", "system:serviceaccounts:datadog", "system:authenticated"])
    );
    assert_eq!(status["audiences"], json!([issuer]));
    let account = read(&lab, "/api/v1/namespaces/datadog/serviceaccounts/datadog-agent").await;
    assert_eq!(status["user"]["uid"], account["metadata"]["uid"]);
    for (token, error) in [
        ("abc", "invalid bearer token"),
        ("old", "[invalid bearer token, service account token has expired]"),
        (
            for_others.as_str(),
            "[invalid bearer token, token audiences [\"foo\"] is invalid for the target audiences [\"https://kubernetes.default.svc.cluster.local\"]]",
        ),
    ] {
        let status = review(&lab, None, "TokenReview", json!({"token": token})).await;
        assert_eq!(status, json!({"user": {}, "error": error}));
    }
    let status = review(&lab, None, "TokenReview", json!({"token": for_others, "audiences": ["foo"]})).await;
    assert_eq!((&status["authenticated"], &status["audiences"]), (&json!(true), &json!(["foo"])));
}

#[tokio::test]
async fn tokens_are_issued_for_a_time_and_open_the_metrics() {
    let lab = Lab::start(spec()).await.unwrap();
    let path = "/api/v1/namespaces/datadog/serviceaccounts/datadog-agent/token";
    let ask = |seconds: i64| Call::post(path, &json!({"spec": {"expirationSeconds": seconds}}));
    let admin = Pair::admin(&lab);
    let answer = ask(600).certificate(&admin).json(&lab, CP, 6443).await;
    assert_eq!(answer["status"]["expirationTimestamp"], "2026-06-01T09:10:00Z");
    let token = answer["status"]["token"].as_str().unwrap();
    assert_eq!(token.split('.').count(), 3);
    for (host, port) in [(CP, 6443), (LOCAL, 10257), (LOCAL, 10259), (CP, 10250)] {
        assert_eq!(Call::new("/metrics").token(token).send(&lab, host, port).await.status, 200, "{port}");
    }
    let short = ask(60).certificate(&admin).send(&lab, CP, 6443).await;
    assert_eq!(short.status, 422);
    assert!(short.body.contains("may not specify a duration less than 10 minutes"));
    let missing = Call::post(&path.replace("datadog-agent", "nosuch"), &json!({}))
        .certificate(&admin)
        .send(&lab, CP, 6443)
        .await;
    assert_eq!(missing.status, 404);
    let refused = ask(600).token(token).send(&lab, CP, 6443).await;
    assert!(refused.body.contains("cannot create resource \\\"serviceaccounts/token\\\""));
}

#[tokio::test]
async fn the_administrator_can_act_as_another() {
    let lab = Lab::start(spec()).await.unwrap();
    let as_agent = |path: &str| {
        Call::new(path)
            .certificate(&Pair::admin(&lab))
            .header("Impersonate-User", "system:serviceaccount:datadog:datadog-agent")
    };
    assert_eq!(as_agent("/metrics").send(&lab, CP, 6443).await.status, 200);
    assert_eq!(as_agent("/api/v1/nodes").send(&lab, CP, 6443).await.status, 403);
    let token = agent_token(&lab).await;
    let refused =
        Call::new("/metrics").token(&token).header("Impersonate-User", "jane").send(&lab, CP, 6443).await;
    assert!(refused.body.contains("cannot impersonate resource \\\"users\\\""), "{}", refused.body);
}

#[tokio::test]
async fn what_is_stored_agrees_with_what_is_served() {
    let lab = Lab::start(spec()).await.unwrap();
    let pod = read(&lab, "/api/v1/namespaces/kube-system/pods/kube-controller-manager-cp-1").await;
    let command = pod["spec"]["containers"][0]["command"].as_array().unwrap();
    assert!(command.contains(&json!("--bind-address=127.0.0.1")));
    assert_eq!(pod["metadata"]["annotations"]["kubernetes.io/config.source"], "file");
    let node = read(&lab, "/api/v1/nodes/cp-1").await;
    assert_eq!(pod["metadata"]["ownerReferences"][0]["uid"], node["metadata"]["uid"]);
    assert_eq!(
        node["spec"]["taints"],
        json!([{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}])
    );

    let agents = "/api/v1/namespaces/datadog/pods?labelSelector=app.kubernetes.io%2Fcomponent%3Dagent";
    let agents = read(&lab, agents).await;
    let on: Vec<&str> = agents["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pod| pod["spec"]["nodeName"].as_str().unwrap())
        .collect();
    assert_eq!(on.len(), 2);
    assert!(on.contains(&"cp-1"));
    let confd = read(&lab, "/api/v1/namespaces/datadog/configmaps/datadog-agent-confd").await;
    assert_eq!(
        confd["data"]["kube_scheduler.yaml"],
        "ad_identifiers:\n  - kube-scheduler\ninit_config: {}\ninstances:\n  - prometheus_url: https://127.0.0.1:10259/metrics\n    bearer_token_auth: true\n    ssl_verify: false\n"
    );
    let secret = read(&lab, "/api/v1/namespaces/datadog/secrets/etcd-client").await;
    assert!(decoded(&secret["data"]["ca.crt"]).starts_with("-----BEGIN CERTIFICATE-----\n"));
}

#[tokio::test]
async fn what_the_agents_are_told_need_not_be_true() {
    let mut spec = spec();
    spec.agents.host_network = false;
    spec.agents.cluster_agent = ClusterAgentReference {
        service: "gone".to_owned(),
        url: Some("https://gone.datadog.svc:5005".to_owned()),
        token: ("other".to_owned(), "key".to_owned()),
    };
    let lab = Lab::start(spec).await.unwrap();
    let daemon_set = read(&lab, "/apis/apps/v1/namespaces/datadog/daemonsets/datadog-agent").await;
    let variables = daemon_set["spec"]["template"]["spec"]["containers"][0]["env"].to_string();
    for written in [
        r#"{"name":"DD_CLUSTER_AGENT_KUBERNETES_SERVICE_NAME","value":"gone"}"#,
        r#"{"name":"DD_CLUSTER_AGENT_URL","value":"https://gone.datadog.svc:5005"}"#,
        r#""secretKeyRef":{"key":"key","name":"other"}"#,
    ] {
        assert!(variables.contains(written), "{variables}");
    }
    let cluster_agent =
        read(&lab, "/apis/apps/v1/namespaces/datadog/deployments/datadog-agent-cluster-agent").await;
    assert!(cluster_agent.to_string().contains(r#""name":"datadog-agent-cluster-agent"}}"#));
    // Pods of their own network have addresses of their own.
    let agents = "/api/v1/namespaces/datadog/pods?labelSelector=app.kubernetes.io%2Fcomponent%3Dagent";
    for pod in read(&lab, agents).await["items"].as_array().unwrap() {
        assert_ne!(pod["status"]["podIP"], pod["status"]["hostIP"]);
        assert!(pod["status"]["podIP"].as_str().unwrap().starts_with("10.244."));
    }
}

#[tokio::test]
async fn faults_show_in_the_objects_too() {
    let planted = async |id: &str| {
        let mut spec = spec();
        (Fault::named(id).unwrap().change)(&mut spec);
        Lab::start(spec).await.unwrap()
    };
    let lab = planted("no-agent-on-control-plane").await;
    let agents =
        read(&lab, "/api/v1/namespaces/datadog/pods?labelSelector=app.kubernetes.io%2Fcomponent%3Dagent")
            .await;
    assert_eq!(agents["items"].as_array().unwrap().len(), 1);
    assert_eq!(agents["items"][0]["spec"]["nodeName"], "worker-1");
    let daemon_set = read(&lab, "/apis/apps/v1/namespaces/datadog/daemonsets/datadog-agent").await;
    assert_eq!(daemon_set["status"]["desiredNumberScheduled"], 1);

    let lab = planted("controller-manager-metrics-forbidden").await;
    let pod = read(&lab, "/api/v1/namespaces/kube-system/pods/kube-controller-manager-cp-1").await;
    assert!(!pod["spec"]["containers"][0]["command"].to_string().contains("authorization-kubeconfig"));

    let lab = planted("scheduler-no-credentials").await;
    let confd = read(&lab, "/api/v1/namespaces/datadog/configmaps/datadog-agent-confd").await;
    assert!(!confd["data"]["kube_scheduler.yaml"].as_str().unwrap().contains("bearer_token_auth"));
}
