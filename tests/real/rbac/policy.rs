//! Generated policies: roles and bindings as they are sent to the API server, everything in them that RBAC has a rule
//! for. Nothing is judged here.

use super::dice::Dice;
use serde_json::{Value, json};

/// The namespaces of all policies.
pub(super) const NAMESPACES: [&str; 3] = ["north", "south", "east"];
/// The verbs that rules and requests draw from; `*` in a request is a verb like any other.
pub(super) const VERBS: [&str; 6] = ["get", "list", "create", "delete", "*", "Get"];
/// The API groups.
pub(super) const GROUPS: [&str; 4] = ["", "apps", "metrics.k8s.io", "*"];
/// What rules name as resources: names, subresources, and every form that looks like a pattern.
/// The star is there twice, because few requests depend on it alone.
const RESOURCES: [&str; 13] = [
    "*",
    "pods",
    "pods/log",
    "nodes",
    "nodes/metrics",
    "deployments",
    "deployments/scale",
    "*",
    "*/scale",
    "*/metrics",
    "pods/*",
    "*/*",
    "Pods",
];
/// The names of single objects.
pub(super) const NAMES: [&str; 4] = ["web", "db", "*", ""];
/// What rules name as paths.
const PATHS: [&str; 12] = [
    "/metrics",
    "/metrics/*",
    "/metrics*",
    "/healthz",
    "/healthz/*",
    "/livez**",
    "/*",
    "*",
    "/",
    "/api/*/v1",
    "/Metrics",
    "/metrics/slis",
];

/// Of ten policies this many are about paths alone, of which there are fewer than resources.
const ABOUT_PATHS: usize = 3;

/// One generated policy: its objects with the paths at which they are made, and the roles that are deleted again.
pub(super) struct Policy {
    pub(super) number: usize,
    pub(super) objects: Vec<(String, Value)>,
    pub(super) deleted: Vec<String>,
}

/// The users of a policy; no other policy has the same.
pub(super) fn users(number: usize) -> [String; 4] {
    [
        format!("ann-{number}"),
        format!("bob-{number}"),
        // A user may be called what the authenticator calls a service account, and is it then.
        format!("system:serviceaccount:north:agent-{number}"),
        format!("north:agent-{number}"),
    ]
}

/// The groups of a policy that no other has.
pub(super) fn groups(number: usize) -> [String; 2] {
    [format!("crew-{number}"), format!("watch-{number}")]
}

/// The name of the service account that a policy's bindings name, in each namespace another one.
pub(super) fn account(number: usize) -> String {
    format!("agent-{number}")
}

impl Policy {
    /// Draws one. All names in it end in its number, so that policies do not meet but in the groups of the system.
    pub(super) fn draw(number: usize, dice: &mut Dice) -> Self {
        let mut policy = Self { number, objects: Vec::new(), deleted: Vec::new() };
        let about_paths = dice.in_ten(ABOUT_PATHS);
        for name in ["reader", "writer", "ghost"] {
            let rules: Vec<Value> = (0..=dice.below(2)).map(|_| rule(dice, about_paths)).collect();
            policy.add_role(dice, None, name, &rules);
        }
        policy.aggregate(dice, about_paths);
        for namespace in NAMESPACES {
            // The same name in each namespace, with other rules, and once as a cluster role besides.
            for name in ["reader", "local"] {
                if dice.in_ten(6) {
                    let rules = [rule(dice, false)];
                    policy.add_role(dice, Some(namespace), name, &rules);
                }
            }
        }
        for place in 0..2 + dice.below(2) {
            policy.bind(dice, None, place);
        }
        for namespace in NAMESPACES {
            for place in 0..dice.below(3) {
                policy.bind(dice, Some(namespace), place);
            }
        }
        policy
    }

    fn named(&self, name: &str) -> String {
        format!("{name}-{}", self.number)
    }

    fn add_role(&mut self, dice: &mut Dice, namespace: Option<&str>, name: &str, rules: &[Value]) {
        let name = self.named(name);
        let (kind, plural) =
            if namespace.is_some() { ("Role", "roles") } else { ("ClusterRole", "clusterroles") };
        let path = path(namespace, plural);
        if name.starts_with("ghost") || dice.in_ten(1) {
            self.deleted.push(format!("{path}/{name}"));
        }
        self.objects.push((path, object(kind, &name, json!({"rules": rules}))));
    }

    /// Two cluster roles and a third one that takes over the rules of those that bear a label.
    fn aggregate(&mut self, dice: &mut Dice, about_paths: bool) {
        for (name, is_collected) in [("part", true), ("apart", dice.in_ten(3))] {
            let mut role =
                object("ClusterRole", &self.named(name), json!({"rules": [rule(dice, about_paths)]}));
            if is_collected {
                role["metadata"]["labels"] = json!({(self.named("collect")): "yes"});
            }
            self.objects.push((path(None, "clusterroles"), role));
        }
        let selectors = json!([{"matchLabels": {(self.named("collect")): "yes"}}]);
        let rule = json!({"aggregationRule": {"clusterRoleSelectors": selectors}});
        self.objects.push((path(None, "clusterroles"), object("ClusterRole", &self.named("whole"), rule)));
    }

    fn bind(&mut self, dice: &mut Dice, namespace: Option<&str>, place: usize) {
        let kind = if namespace.is_some() && dice.in_ten(6) { "Role" } else { "ClusterRole" };
        // Those of the other kind, and those that are gone again, are named less often.
        let usual = if kind == "Role" { ["reader", "local"] } else { ["reader", "writer"] };
        let name = if dice.in_ten(6) {
            dice.one(&usual)
        } else {
            dice.one(&["reader", "writer", "ghost", "whole", "whole", "local", "missing"])
        };
        let name = self.named(name);
        let plural = if namespace.is_some() { "rolebindings" } else { "clusterrolebindings" };
        let binding_kind = if namespace.is_some() { "RoleBinding" } else { "ClusterRoleBinding" };
        let subjects: Vec<Value> = (0..=dice.below(2)).map(|_| self.subject(dice, namespace)).collect();
        let binding = json!({
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name},
            "subjects": subjects,
        });
        let name = self.named(&format!("bind-{place}"));
        self.objects.push((path(namespace, plural), object(binding_kind, &name, binding)));
    }

    fn subject(&self, dice: &mut Dice, namespace: Option<&str>) -> Value {
        let rbac = "rbac.authorization.k8s.io";
        match dice.below(10) {
            0..4 => json!({"apiGroup": rbac, "kind": "User", "name": dice.one(&users(self.number))}),
            4..6 => json!({"apiGroup": rbac, "kind": "Group", "name": dice.one(&groups(self.number))}),
            6 if self.number.is_multiple_of(16) => {
                // Those that the authenticator adds. What they get, everybody gets in all policies, so they are rare.
                let implied =
                    ["system:serviceaccounts:north", "system:serviceaccounts", "system:authenticated"];
                json!({"apiGroup": rbac, "kind": "Group", "name": dice.one(&implied)})
            }
            _ => {
                let mut subject = json!({"kind": "ServiceAccount", "name": account(self.number)});
                // Only a role binding may leave the namespace out, and means its own then.
                if namespace.is_none() || dice.in_ten(7) {
                    subject["namespace"] = json!(dice.one(&NAMESPACES));
                }
                subject
            }
        }
    }
}

fn path(namespace: Option<&str>, plural: &str) -> String {
    let within = namespace.map(|namespace| format!("/namespaces/{namespace}")).unwrap_or_default();
    format!("/apis/rbac.authorization.k8s.io/v1{within}/{plural}")
}

fn object(kind: &str, name: &str, rest: Value) -> Value {
    let mut object = rest;
    object["apiVersion"] = json!("rbac.authorization.k8s.io/v1");
    object["kind"] = json!(kind);
    object["metadata"] = json!({"name": name});
    object
}

fn rule(dice: &mut Dice, about_paths: bool) -> Value {
    let verbs = dice.some(&VERBS, 1, 2);
    if about_paths {
        return json!({"verbs": verbs, "nonResourceURLs": dice.some(&PATHS, 1, 2)});
    }
    let mut rule = json!({
        "verbs": verbs, "apiGroups": dice.some(&GROUPS, 1, 2), "resources": dice.some(&RESOURCES, 1, 2),
    });
    if dice.in_ten(4) {
        rule["resourceNames"] = json!(dice.some(&NAMES, 1, 2));
    }
    rule
}
