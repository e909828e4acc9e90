//! The manifests of `ctlmon permissions` and of `doctor --job` on a real API server: they are valid, they are enough, and one
//! rule fewer is named.

use crate::{
    api::{Api, RUNTIME, Refused},
    control_plane::ControlPlane,
    manifests::{collection, strictly},
    options::Options,
    programs::Program,
    support::{self, Ran, run, within},
};
use ctlmon::lab::Lab;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The namespaces of the agents and of an application with a sidecar, in the practice cluster whose objects are used here.
const NAMESPACES: [&str; 2] = ["datadog", "shop"];

const ROLES: &str = "/apis/rbac.authorization.k8s.io/v1";

/// How every missing right is introduced.
const MISSING: &str = "missing permission: ";

fn printed(plane: &ControlPlane, arguments: &[&str]) -> String {
    let ran = run(support::ctlmon(plane.folder()).args(arguments));
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.stdout
}

#[test]
fn the_manifests_are_valid() {
    const TEST: &str = "the_manifests_are_valid";
    let Some(plane) = ControlPlane::shared(TEST) else { return };
    for namespace in NAMESPACES {
        plane.api.namespace(namespace);
    }
    let job = ["doctor", "--job", "--image", "registry.example/ctlmon:1"];
    for arguments in [
        &["permissions", "--as-agent", "--sidecar-namespace", "shop"][..],
        &["permissions", "--for", "detect", "--name", "no"],
        &job,
        &[&job[..], &["--image-pull-secret", "pull", "--as-agent"]].concat(),
        &[&job[..], &["--on-node"]].concat(),
    ] {
        assert_eq!(strictly(&plane, &printed(&plane, arguments)), Ok(()), "{arguments:?}");
    }
}

/// What the practice cluster has of each kind, those first that others refer to.
const LISTS: [(&str, &str, &str); 10] = [
    ("v1", "Node", "/api/v1/nodes"),
    ("v1", "ServiceAccount", "/api/v1/serviceaccounts"),
    ("v1", "ConfigMap", "/api/v1/configmaps"),
    ("v1", "Secret", "/api/v1/secrets"),
    ("v1", "Service", "/api/v1/services"),
    ("apps/v1", "DaemonSet", "/apis/apps/v1/daemonsets"),
    ("apps/v1", "Deployment", "/apis/apps/v1/deployments"),
    ("v1", "Pod", "/api/v1/pods"),
    (ROLES_VERSION, "ClusterRole", "/apis/rbac.authorization.k8s.io/v1/clusterroles"),
    (ROLES_VERSION, "ClusterRoleBinding", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"),
];

const ROLES_VERSION: &str = "rbac.authorization.k8s.io/v1";

/// A control plane with the objects of the practice cluster, on which nobody has a right by default but to ask for his own.
fn inhabited(test: &str) -> Option<ControlPlane> {
    // Nothing stands behind these objects, and nobody is to put that right.
    let options =
        Options::kubeadm().set(Program::ControllerManager, "controllers", "serviceaccount-controller");
    let plane = ControlPlane::start(test, &options)?;
    for namespace in NAMESPACES {
        plane.api.namespace(namespace);
    }
    let lab = RUNTIME.block_on(Lab::start(within::running())).unwrap();
    let practice = Api::new(&lab.kubeconfig().unwrap());
    for (version, kind, path) in LISTS {
        for mut object in practice.get(path).unwrap()["items"].as_array().unwrap().iter().cloned() {
            object["apiVersion"] = version.into();
            object["kind"] = kind.into();
            let metadata = object["metadata"].as_object_mut().unwrap();
            for field in ["uid", "resourceVersion", "ownerReferences", "generation"] {
                metadata.remove(field);
            }
            if kind == "Service" {
                object["spec"].as_object_mut().unwrap().retain(|field, _| !field.starts_with("clusterIP"));
            }
            match plane.api.try_create_with_status(&collection(&plane, &object), &object) {
                Ok(_) | Err(Refused { code: 409, .. }) => {}
                Err(refused) => panic!("{kind} {}: {refused:?}", object["metadata"]["name"]),
            }
        }
    }
    for name in ["system:discovery", "system:public-info-viewer"] {
        plane.api.delete(&format!("{ROLES}/clusterrolebindings/{name}"));
    }
    Some(plane)
}

/// The rights that a run of the account names as missing.
fn missing(ran: &Ran) -> BTreeSet<String> {
    let json = ran.json();
    let gaps = json["gaps"].as_array().unwrap().iter();
    gaps.filter_map(|gap| gap["why"].as_str().unwrap().strip_prefix(MISSING)).map(str::to_owned).collect()
}

/// A rule in the words in which a missing right is told.
fn words(holder: &Value, rule: &Value) -> BTreeSet<String> {
    let texts = |name: &str| {
        let all = rule[name].as_array().cloned().unwrap_or_default();
        all.into_iter().map(|text| text.as_str().unwrap().to_owned()).collect::<Vec<String>>()
    };
    let within = holder["metadata"]["namespace"].as_str().map(|name| format!(" in namespace {name}"));
    let within = within.unwrap_or_default();
    let group = texts("apiGroups").first().filter(|group| !group.is_empty()).map(|group| format!(".{group}"));
    let group = group.unwrap_or_default();
    let mut all = BTreeSet::new();
    for verb in texts("verbs") {
        all.extend(texts("nonResourceURLs").iter().map(|path| format!("{verb} {path}")));
        all.extend(texts("resources").iter().map(|resource| format!("{verb} {resource}{group}{within}")));
    }
    all
}

/// Whether a right that is told, which may name an object, is one of a rule.
fn is_of(told: &str, rule: &BTreeSet<String>) -> bool {
    let mut parts = told.split('"');
    let bare = match (parts.next(), parts.next(), parts.next()) {
        (Some(before), Some(_), Some(after)) => format!("{}{after}", before.trim_end()),
        _ => told.to_owned(),
    };
    // A right in all namespaces is told as the one in a namespace that was asked for.
    rule.contains(&bare) || rule.contains(bare.split(" in namespace ").next().unwrap_or_default())
}

/// How long an answer is waited for at first: nothing is behind most of what is asked.
const LITTLE: &str = "2s";

/// How long where nothing was found missing: whoever is not answered is not told what he lacks, and an API server of a busy
/// machine takes its time.
const MUCH: &str = "15s";

#[test]
fn the_manifest_is_enough_and_one_rule_fewer_is_named() {
    const TEST: &str = "permissions::the_manifest_is_enough_and_one_rule_fewer_is_named";
    let Some(plane) = inhabited(TEST) else { return };
    let manifest = printed(&plane, &["permissions", "--sidecar-namespace", "shop"]);
    plane.apply(&plane.file("rights.yaml", &manifest));
    let token = plane.api.token("datadog", "ctlmon", None);
    let account = plane.api_of(&json!({"token": token}));
    let kubeconfig = plane.kubeconfig_of_token("ctlmon", &token);
    let look = |patience: &str| {
        let mut command = support::ctlmon(plane.folder());
        // Nothing stands behind these nodes and pods; whether one may ask is decided before.
        command.args(["doctor", "-o", "json", "--via", "api-server,port-forward", "--request-timeout"]);
        run(command.arg(patience).arg("--kubeconfig").arg(&kubeconfig))
    };
    let documents: Vec<Value> = serde_yaml::from_multiple(&manifest).unwrap();
    let holders = documents.iter().filter(|one| one["kind"] == "ClusterRole" || one["kind"] == "Role");
    let settled = |rule: &Value, holder: &Value, expected: bool| {
        let told = plane.wait_for("the rule does not count", || may(&account, holder, rule) == expected);
        told.unwrap();
    };
    for holder in holders.clone() {
        for rule in holder["rules"].as_array().unwrap() {
            settled(rule, holder, true);
        }
    }
    let able = look(LITTLE);
    assert_eq!(missing(&able), BTreeSet::new(), "{}", able.stdout);
    let mut unmissed = Vec::new();
    for holder in holders {
        let path = format!("{}/ctlmon", collection(&plane, holder));
        let rules = holder["rules"].as_array().unwrap();
        for (place, lost) in rules.iter().enumerate() {
            let mut rest = rules.clone();
            rest.remove(place);
            plane.api.merge(&path, &json!({"rules": rest}));
            settled(lost, holder, false);
            let of_rule = words(holder, lost);
            let mut named = missing(&look(LITTLE));
            if named.is_empty() {
                named = missing(&look(MUCH));
            }
            assert!(named.iter().all(|told| is_of(told, &of_rule)), "{of_rule:?}: {named:?}");
            if named.is_empty() {
                unmissed.push(of_rule);
            }
            plane.api.merge(&path, &json!({"rules": rules}));
            settled(lost, holder, true);
        }
    }
    // What only some clusters have signs of is not asked of this one: it has no cluster-info and no operator.
    let unmissed: BTreeSet<String> = unmissed.into_iter().flatten().collect();
    let rare = ["get configmaps in namespace kube-public", "list datadogagents.datadoghq.com"];
    assert_eq!(unmissed, rare.map(str::to_owned).into());
}

/// Whether an account may do what a rule says, as the API server decides it by now.
fn may(account: &Api, holder: &Value, rule: &Value) -> bool {
    let verb = &rule["verbs"][0];
    let attributes = if rule["nonResourceURLs"].is_array() {
        json!({"nonResourceAttributes": {"verb": verb, "path": rule["nonResourceURLs"][0]}})
    } else {
        let resource = rule["resources"][0].as_str().unwrap();
        let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
        json!({"resourceAttributes": {
            "verb": verb, "group": rule["apiGroups"][0], "resource": resource, "subresource": subresource,
            "namespace": holder["metadata"]["namespace"], "name": rule["resourceNames"][0],
        }})
    };
    let review = json!({
        "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": attributes,
    });
    let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    account.create(path, &review)["status"]["allowed"] == true
}
