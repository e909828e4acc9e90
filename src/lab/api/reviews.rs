//! Access reviews and token reviews: what the API server says of others' rights and credentials.

use super::body;
use crate::{
    lab::{
        cluster::Cluster,
        json::escape,
        reply::{Refusal, Reply},
        request::Ask,
        store::uid,
    },
    model::question::Permission,
    rbac::{Identity, rules_for},
};
use http::StatusCode;
use serde_json::{Map, Value, json};

/// From the caller and the review's `spec` to its `status`, or to what is wrong with the `spec`.
type Reviewer = fn(&Cluster, &Identity, &Value) -> Result<Value, &'static str>;

/// Answers a review; `None` for what is not one.
pub(super) fn create(
    cluster: &Cluster,
    who: &Identity,
    (group, plural): (&str, &str),
    ask: &Ask,
) -> Option<Result<Reply, Refusal>> {
    let (kind, answer): (_, Reviewer) = match (group, plural) {
        ("authorization.k8s.io", "selfsubjectaccessreviews") => ("SelfSubjectAccessReview", own_access),
        ("authorization.k8s.io", "subjectaccessreviews") => ("SubjectAccessReview", access),
        ("authorization.k8s.io", "selfsubjectrulesreviews") => ("SelfSubjectRulesReview", own_rules),
        ("authentication.k8s.io", "tokenreviews") => ("TokenReview", token),
        _ => return None,
    };
    let mut review = match body::read(ask, kind) {
        Ok(review) => review,
        Err(status) => return Some(Err(status)),
    };
    let status = match answer(cluster, who, &review["spec"]) {
        Ok(status) => status,
        Err(problem) => return Some(Err(Refusal::invalid(group, kind, "", problem))),
    };
    review["kind"] = json!(kind);
    review["apiVersion"] = json!(format!("{group}/v1"));
    if review["metadata"].is_null() {
        review["metadata"] = json!({});
    }
    review["status"] = status;
    Some(Ok(Reply::json(StatusCode::CREATED, escape(&review.to_string()) + "\n")))
}

fn own_access(cluster: &Cluster, who: &Identity, spec: &Value) -> Result<Value, &'static str> {
    let action = action(spec)?;
    Ok(ruling(cluster, who, &action))
}

/// The groups are those that are given: the API server does not know who is in which.
fn access(cluster: &Cluster, _: &Identity, spec: &Value) -> Result<Value, &'static str> {
    let user = text(&spec["user"]).unwrap_or_default();
    let groups = texts(&spec["groups"]);
    if user.is_empty() && groups.is_empty() {
        return Err("spec.user: Invalid value: \"\": at least one of user or group must be specified");
    }
    let action = action(spec)?;
    Ok(ruling(cluster, &Identity { user, groups }, &action))
}

fn ruling(cluster: &Cluster, who: &Identity, action: &Permission) -> Value {
    let ruling = cluster.rule(who, action);
    let mut status = json!({"allowed": ruling.is_allowed()});
    let reason = ruling.reason();
    if !reason.is_empty() {
        status["reason"] = json!(reason);
    }
    status
}

fn action(spec: &Value) -> Result<Permission, &'static str> {
    match (spec["resourceAttributes"].as_object(), spec["nonResourceAttributes"].as_object()) {
        (Some(attributes), None) => {
            let part = |name: &str| attributes.get(name).and_then(text);
            Ok(Permission::Resource {
                verb: part("verb").unwrap_or_default(),
                group: part("group").unwrap_or_default(),
                resource: part("resource").unwrap_or_default(),
                subresource: part("subresource"),
                namespace: part("namespace"),
                name: part("name"),
            })
        }
        (None, Some(attributes)) => {
            let part = |name: &str| attributes.get(name).and_then(text).unwrap_or_default();
            Ok(Permission::path(&part("verb"), &part("path")))
        }
        _ => Err(
            "spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified",
        ),
    }
}

fn own_rules(cluster: &Cluster, who: &Identity, spec: &Value) -> Result<Value, &'static str> {
    let namespace =
        text(&spec["namespace"]).ok_or("spec.namespace: Required value: no namespace on request")?;
    let (mut on_resources, mut on_paths) = (Vec::new(), Vec::new());
    for rule in rules_for(&cluster.spec().rights, who, Some(&namespace)) {
        let object = |parts: &[(&str, &Vec<String>)]| {
            let filled = parts.iter().filter(|(_, list)| !list.is_empty());
            Value::Object(filled.map(|(name, list)| ((*name).to_owned(), json!(list))).collect::<Map<_, _>>())
        };
        if rule.non_resource_urls.is_empty() {
            on_resources.push(object(&[
                ("verbs", &rule.verbs),
                ("apiGroups", &rule.api_groups),
                ("resources", &rule.resources),
                ("resourceNames", &rule.resource_names),
            ]));
        } else {
            on_paths.push(object(&[("verbs", &rule.verbs), ("nonResourceURLs", &rule.non_resource_urls)]));
        }
    }
    Ok(json!({"resourceRules": on_resources, "nonResourceRules": on_paths, "incomplete": false}))
}

fn token(cluster: &Cluster, _: &Identity, spec: &Value) -> Result<Value, &'static str> {
    let token = text(&spec["token"]).ok_or("spec.token: Required value")?;
    let mut audiences = texts(&spec["audiences"]);
    if audiences.is_empty() {
        audiences.push(cluster.tokens().issuer().to_owned());
    }
    Ok(match cluster.tokens().look_up(&token, &audiences, cluster.clock()) {
        Ok((account, audiences)) => {
            let identity = Identity::of_account(&account);
            json!({
                "authenticated": true,
                "user": {
                    "username": identity.user,
                    "uid": uid(cluster.seed(), "ServiceAccount", &account.namespace, &account.name),
                    "groups": identity.groups,
                },
                "audiences": audiences,
            })
        }
        Err(problem) => json!({"user": {}, "error": problem.to_string()}),
    })
}

/// A string that says something.
fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(text).collect()
}
