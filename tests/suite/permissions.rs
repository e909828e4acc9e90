//! `ctlmon permissions`: the manifest is enough, nothing in it is too much, and each rule says why it is there.

use crate::support::{
    ctlmon, run,
    within::{self, doctor, give},
};
use ctlmon::{
    lab::Lab,
    model::{
        observed::{Observed, Why},
        question::Permission,
        rights::{Role, Rule},
        snapshot::Wanted,
    },
    observe::dial::Routes,
    yaml,
};
use serde_json::Value;
use std::collections::BTreeSet;
use tempfile::TempDir;

/// What everybody may by default, which is taken away so that the manifest alone counts.
const DEFAULTS: [&str; 2] = ["system:discovery", "system:public-info-viewer"];

fn printed(arguments: &[&str]) -> String {
    let folder = TempDir::new().unwrap();
    let ran = run(ctlmon(folder.path()).arg("permissions").args(arguments));
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{arguments:?}");
    ran.stdout
}

/// The roles of a manifest, with one rule in each.
fn roles(manifest: &str) -> Vec<Role> {
    let texts = |value: &Value| {
        let each = value.as_array().into_iter().flatten();
        each.map(|text| text.as_str().unwrap().to_owned()).collect::<Vec<String>>()
    };
    let documents = yaml::documents(manifest).unwrap();
    let roles = documents.iter().filter(|one| one["kind"] == "ClusterRole" || one["kind"] == "Role");
    let single =
        roles.flat_map(|role| role["rules"].as_array().unwrap().iter().map(move |rule| (role, rule)));
    single
        .enumerate()
        .map(|(number, (role, rule))| Role {
            namespace: role["metadata"]["namespace"].as_str().map(str::to_owned),
            name: format!("rule-{number}"),
            rules: vec![Rule {
                verbs: texts(&rule["verbs"]),
                api_groups: texts(&rule["apiGroups"]),
                resources: texts(&rule["resources"]),
                resource_names: texts(&rule["resourceNames"]),
                non_resource_urls: texts(&rule["nonResourceURLs"]),
            }],
            aggregation: Vec::new(),
        })
        .collect()
}

/// The rights for want of which `doctor` was refused something, and those that its report names.
async fn refused(roles: &[Role], as_agent: bool) -> (Vec<Permission>, Vec<Permission>) {
    let mut spec = within::spec();
    spec.rights.bindings.retain(|binding| !DEFAULTS.contains(&binding.role.name.as_str()));
    for role in roles {
        give(&mut spec, role.clone());
    }
    let lab = Lab::start(spec).await.unwrap();
    let seen = doctor(&lab, Routes::default(), Wanted { as_agent, ..Wanted::default() }).await;
    let refused = seen.snapshot.asked.iter().filter_map(|asked| match &asked.answer {
        Observed::Denied(denial) => Some(denial.permission.clone()),
        _ => None,
    });
    let named = seen.report.gaps().into_iter().filter_map(|gap| match &gap.why {
        Why::Denied(permission) => Some(permission.clone()),
        _ => None,
    });
    (refused.collect(), named.collect())
}

/// Whether a rule grants a right.
fn grants(role: &Role, permission: &Permission) -> bool {
    let [only] = &role.rules[..] else { return false };
    match permission {
        Permission::Path { verb, path } => only.verbs.contains(verb) && only.non_resource_urls.contains(path),
        Permission::Resource { verb, group, resource, subresource, namespace, .. } => {
            let name = subresource.as_ref().map_or(resource.clone(), |sub| format!("{resource}/{sub}"));
            only.verbs.contains(verb)
                && only.api_groups.contains(group)
                && only.resources.contains(&name)
                && (role.namespace.is_none() || role.namespace == *namespace)
        }
        Permission::Root => false,
    }
}

#[tokio::test]
async fn the_manifest_is_enough_and_one_rule_fewer_is_named() {
    for as_agent in [false, true] {
        let mut arguments = vec!["--sidecar-namespace", "shop"];
        arguments.extend(as_agent.then_some("--as-agent"));
        let all = roles(&printed(&arguments));
        let mut unasked: BTreeSet<String> = BTreeSet::new();
        let (refused_with_all, named) = refused(&all, as_agent).await;
        assert_eq!((refused_with_all, named), (vec![], vec![]));
        for (place, lost) in all.iter().enumerate() {
            let mut rest = all.clone();
            rest.remove(place);
            let (refused, named) = refused(&rest, as_agent).await;
            assert!(refused.iter().all(|right| grants(lost, right)), "{lost:?}: {refused:?}");
            assert!(named.iter().all(|right| refused.contains(right)), "{lost:?}: {named:?}");
            // With the agents' token there is another way to what the API server serves.
            let is_seen_otherwise = as_agent && grants(lost, &Permission::path("get", "/metrics"));
            let is_missed = !refused.is_empty() && !is_seen_otherwise;
            assert_eq!(!named.is_empty(), is_missed, "{lost:?}: {refused:?} {named:?}");
            if refused.is_empty() {
                unasked.extend(lost.rules[0].resources.iter().cloned());
            }
        }
        // What only some clusters have signs of, and what is asked where a token is refused.
        let mut rare = BTreeSet::from(["clusterrolebindings", "clusterroles", "configmaps", "datadogagents"]);
        rare.extend(as_agent.then_some("tokenreviews"));
        assert_eq!(unasked.iter().map(String::as_str).collect::<BTreeSet<_>>(), rare);
    }
}

#[test]
fn every_rule_says_why_and_everything_is_bound_to_one_account() {
    let manifest =
        printed(&["--as-agent", "--namespace", "agents", "--name", "looks", "--sidecar-namespace", "a,b"]);
    let lines: Vec<&str> = manifest.lines().collect();
    for (place, line) in lines.iter().enumerate() {
        if line.starts_with("  - apiGroups") || line.starts_with("  - nonResourceURLs") {
            assert!(lines[place - 1].starts_with("  # "), "{line} of line {place}");
        }
    }
    let documents = yaml::documents(&manifest).unwrap();
    let bindings = documents.iter().filter(|one| one["kind"].as_str().unwrap().ends_with("Binding"));
    let mut namespaces: Vec<&str> = Vec::new();
    for binding in bindings {
        assert_eq!(binding["roleRef"]["name"], "looks");
        assert_eq!(
            (&binding["subjects"][0]["name"], &binding["subjects"][0]["namespace"]),
            (&"looks".into(), &"agents".into())
        );
        namespaces.push(binding["metadata"]["namespace"].as_str().unwrap_or("-"));
    }
    let others = ["default", "kube-node-lease", "kube-public", "kube-system"];
    assert_eq!(namespaces, [&["-", "a", "agents", "b"][..], &others].concat(), "every cluster has them");
    let list: Value = serde_json::from_str(&printed(&[
        "-o",
        "json",
        "--as-agent",
        "-n",
        "agents",
        "--name",
        "looks",
        "--sidecar-namespace",
        "a,b",
    ]))
    .unwrap();
    assert_eq!(list["kind"], "List");
    assert_eq!(list["items"].as_array().unwrap(), &documents);
}

#[test]
fn a_command_that_asks_less_needs_less() {
    let count = |arguments: &[&str]| roles(&printed(arguments)).len();
    let detect = count(&["--for", "detect"]);
    assert!(detect < count(&["--for", "gen-values"]), "it asks besides what is deployed");
    let doctor = count(&[]);
    assert!(detect < doctor && doctor < count(&["--as-agent"]));
    let direct = printed(&["--via", "direct"]);
    assert!(!direct.contains("portforward"), "{direct}");
    assert_eq!(printed(&["--no-port-forward"]), direct);
    // Nobody who looks may change anything: what is created is an answer and never kept.
    for role in roles(&printed(&["--as-agent"])) {
        for verb in &role.rules[0].verbs {
            assert!(["get", "list", "create"].contains(&verb.as_str()), "{role:?}");
            let is_answer = |name: &String| {
                ["subjectaccessreviews", "tokenreviews", "serviceaccounts/token", "pods/portforward"]
                    .contains(&name.as_str())
            };
            assert!(verb != "create" || role.rules[0].resources.iter().all(is_answer), "{role:?}");
        }
    }
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    let folder = TempDir::new().unwrap();
    for arguments in [
        &["--for", "explain"][..],
        &["--for", "detect", "--as-agent"],
        &["--for", "gen-values", "--via", "direct"],
        &["--name", "Not-A-Name"],
        &["--namespace", "a b"],
    ] {
        let ran = run(ctlmon(folder.path()).arg("permissions").args(arguments));
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?} {ran:?}");
    }
}

#[test]
fn the_namespaces_of_openshift_are_for_those_who_have_them() {
    assert!(!printed(&["--as-agent"]).contains("openshift"));
    let manifest = printed(&["--openshift"]);
    for namespace in ["openshift-etcd", "openshift-etcd-operator", "openshift-monitoring"] {
        assert!(manifest.contains(&format!("namespace: \"{namespace}\"\n")), "{namespace}: {manifest}");
    }
}
