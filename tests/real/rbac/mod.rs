//! `rbac::evaluate` against the real thing: thousands of generated policies and requests, and to each of them the
//! verdict and the reason that kube-apiserver gives in a `SubjectAccessReview`.

mod dice;
mod objects;
mod policy;
mod request;

use crate::{api::Api, control_plane::ControlPlane, options::Options};
use ctlmon::{
    model::{
        question::AccountRef,
        rights::{Binding, Rights},
    },
    rbac::{Identity, Ruling, evaluate},
};
use dice::Dice;
use policy::{NAMESPACES, Policy};
use request::Request;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What all choices follow from, unless `CTLMON_SEED` says otherwise.
const SEED: u64 = 20_261_121;
/// How many policies there are at once.
const POLICIES: usize = 48;
/// How many requests are made about each.
const REQUESTS: usize = 60;

/// Where access reviews are asked for.
const REVIEWS: &str = "/apis/authorization.k8s.io/v1/subjectaccessreviews";

/// What the real API server said to a request.
struct Review {
    allowed: bool,
    reason: String,
}

#[test]
fn rbac_is_evaluated_as_the_api_server_evaluates_it() {
    let test = "rbac::rbac_is_evaluated_as_the_api_server_evaluates_it";
    let Some(plane) = ControlPlane::start(test, &Options::kubeadm()) else { return };
    let seed = std::env::var("CTLMON_SEED").map_or(SEED, |seed| seed.parse().unwrap());
    println!("CTLMON_SEED={seed}");
    let mut dice = Dice(seed);
    let policies: Vec<Policy> = (0..POLICIES).map(|number| Policy::draw(number, &mut dice)).collect();
    for namespace in NAMESPACES {
        plane.api.namespace(namespace);
    }
    plane.api.create_all(policies.iter().flat_map(|policy| policy.objects.clone()));
    for path in policies.iter().flat_map(|policy| &policy.deleted) {
        plane.api.delete(path);
    }
    plane.wait_for("aggregated roles lack rules", || is_aggregated(&plane.api)).unwrap();
    settle(&plane);

    let requests: Vec<Request> = (0..POLICIES * REQUESTS)
        .map(|number| Request::draw(&policies[number % POLICIES], &mut dice))
        .collect();
    let reviews = plane.api.post_all(REVIEWS, requests.iter().map(Request::review));
    let rights = objects::rights(&plane.api);
    let reviews: Vec<Review> = reviews.iter().map(Review::of).collect();

    let wrong: Vec<String> = requests
        .iter()
        .zip(&reviews)
        .filter_map(|(request, review)| Some((request, review, fault(&rights, request, review)?)))
        .map(|(request, review, fault)| explained(&rights, request, review, &fault))
        .collect();
    let allowed = reviews.iter().filter(|review| review.allowed).count();
    let missing = reviews.iter().filter(|review| review.reason.contains("not found")).count();
    println!(
        "{} pairs over {POLICIES} policies: {allowed} allowed, {missing} with a missing role, {} wrong",
        requests.len(),
        wrong.len()
    );
    assert!(
        wrong.is_empty(),
        "seed {seed}: {} of {}\n{}",
        wrong.len(),
        requests.len(),
        wrong[..wrong.len().min(3)].join("\n")
    );
    // Pairs that all end alike would prove little.
    assert!(
        allowed * 5 > requests.len() && allowed * 5 < requests.len() * 4,
        "{allowed} of {}",
        requests.len()
    );
    assert!(missing > 50, "{missing}");
}

#[test]
fn an_account_is_in_the_groups_that_its_token_puts_it_in() {
    let Some(plane) = ControlPlane::shared("rbac::an_account_is_in_the_groups_that_its_token_puts_it_in")
    else {
        return;
    };
    plane.api.namespace("rbac-groups");
    plane.api.account("rbac-groups", "agent");
    let token = plane.api.token("rbac-groups", "agent", None);
    let review = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"});
    let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    let seen = plane.api_of(&json!({"token": token})).create(path, &review);
    let account = AccountRef { namespace: "rbac-groups".to_owned(), name: "agent".to_owned() };
    let identity = Identity::of_account(&account);
    assert_eq!(seen["status"]["userInfo"]["username"], identity.user);
    let mut groups: Vec<&str> = seen["status"]["userInfo"]["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap())
        .collect();
    let mut expected: Vec<&str> = identity.groups.iter().map(String::as_str).collect();
    groups.sort_unstable();
    expected.sort_unstable();
    assert_eq!(groups, expected);
}

impl Review {
    fn of(review: &Value) -> Self {
        let status = &review["status"];
        Self {
            allowed: status["allowed"].as_bool().unwrap_or_else(|| panic!("{review}")),
            reason: status["reason"].as_str().unwrap_or_default().to_owned(),
        }
    }
}

/// What ctlmon says otherwise than the API server, if anything.
///
/// Where several bindings allow, the API server names whichever its cache holds first; so the one that it names must
/// be one that allows here too, in the same words.
fn fault(rights: &Rights, request: &Request, review: &Review) -> Option<String> {
    let ruling = evaluate(rights, &request.who, &request.action);
    if ruling.is_allowed() != review.allowed {
        return Some(format!("ctlmon says {}", if ruling.is_allowed() { "yes" } else { "no" }));
    }
    let reason = match &ruling {
        Ruling::Unrestricted => ruling.reason(),
        Ruling::Denied { .. } => {
            let reason = ruling.reason();
            let (ours, theirs) = (missing(&reason), missing(&review.reason));
            return (ours != theirs).then(|| format!("ctlmon misses {ours:?}"));
        }
        Ruling::Allowed(_) => {
            let only =
                |binding: &Binding| Rights { roles: rights.roles.clone(), bindings: vec![binding.clone()] };
            let named = rights
                .bindings
                .iter()
                .filter(|binding| review.reason.contains(&format!("\"{}", binding.name)))
                .map(|binding| evaluate(&only(binding), &request.who, &request.action).reason());
            named.into_iter().find(|reason| *reason == review.reason).unwrap_or_default()
        }
    };
    (reason != review.reason).then(|| format!("ctlmon gives the reason {reason:?}"))
}

/// The roles that a reason says are missing.
fn missing(reason: &str) -> BTreeSet<&str> {
    let list = reason.strip_prefix("RBAC: ").unwrap_or(reason);
    list.trim_start_matches('[').trim_end_matches(']').split(", ").filter(|one| !one.is_empty()).collect()
}

/// The request with the objects that it depends on, and no others.
fn explained(rights: &Rights, request: &Request, review: &Review, fault: &str) -> String {
    let concerned: Vec<&Binding> = rights
        .bindings
        .iter()
        .filter(|binding| {
            let mine = |name: &str| {
                request.who.groups.iter().any(|group| group == name)
                    || request.who.user == name
                    || request.who.user.ends_with(&format!(":{name}"))
            };
            !binding.name.starts_with("system:") && binding.subjects.iter().any(|subject| mine(&subject.name))
        })
        .collect();
    let roles: Vec<_> = rights
        .roles
        .iter()
        .filter(|role| {
            concerned.iter().any(|binding| binding.role.name == role.name && binding.role.kind == role.kind())
        })
        .collect();
    format!(
        "{fault}, the API server {} ({:?}):\n{}\nbindings: {}\nroles: {}\n",
        if review.allowed { "yes" } else { "no" },
        review.reason,
        request.review(),
        json!(concerned),
        json!(roles)
    )
}

/// Whether every aggregated role has the rules of all roles that it collects.
fn is_aggregated(api: &Api) -> bool {
    let roles = api.get("/apis/rbac.authorization.k8s.io/v1/clusterroles").unwrap();
    let roles = roles["items"].as_array().unwrap();
    let grants = |role: &Value| role["rules"].as_array().cloned().unwrap_or_default();
    let wholes = roles.iter().filter(|role| role["aggregationRule"].is_object());
    wholes.into_iter().all(|whole| {
        let selectors = whole["aggregationRule"]["clusterRoleSelectors"].as_array().unwrap();
        let collects = |role: &Value| {
            selectors.iter().any(|selector| {
                let wanted = selector["matchLabels"].as_object().into_iter().flatten();
                wanted.into_iter().all(|(label, value)| role["metadata"]["labels"][label] == *value)
            })
        };
        let has = grants(whole);
        roles.iter().filter(|role| collects(role)).flat_map(grants).all(|rule| has.contains(&rule))
    })
}

/// Waits until the API server's own cache of each kind has what was made last; what came before it has it too.
fn settle(plane: &ControlPlane) {
    let rbac = "rbac.authorization.k8s.io";
    for (within, role, binding) in
        [("", "ClusterRole", "ClusterRoleBinding"), ("/namespaces/north", "Role", "RoleBinding")]
    {
        let create = |kind: &str, mut object: Value| {
            object["apiVersion"] = json!(format!("{rbac}/v1"));
            object["kind"] = json!(kind);
            object["metadata"] = json!({"name": "settled"});
            plane.api.create(&format!("/apis/{rbac}/v1{within}/{}s", kind.to_lowercase()), &object);
        };
        let user = format!("settled by a {binding}");
        create(role, json!({"rules": [{"verbs": ["settle"], "apiGroups": [""], "resources": ["pods"]}]}));
        create(
            binding,
            json!({
                "roleRef": {"apiGroup": rbac, "kind": role, "name": "settled"},
                "subjects": [{"apiGroup": rbac, "kind": "User", "name": user}],
            }),
        );
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
            "spec": {
                "user": user,
                "resourceAttributes": {"verb": "settle", "resource": "pods", "namespace": "north"},
            },
        });
        let is_seen = || plane.api.create(REVIEWS, &review)["status"]["allowed"] == true;
        plane.wait_for("roles and bindings do not settle", is_seen).unwrap();
    }
}
