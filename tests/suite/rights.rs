//! A caller who may do exactly what the documentation says, and then one thing less: what is missing is named, and nothing else.

use crate::support::within::{self, Diagnosis, doctor, give};
use ctlmon::{
    doctor::{ExitPolicy, Outcome, Severity, Verdict},
    lab::Lab,
    model::{
        component::Component,
        need::{Need, Occasion},
        observed::{Gap, Why},
        question::Permission,
        rights::{Role, Rule},
        snapshot::Wanted,
    },
    observe::dial::Routes,
    questions,
};
use std::collections::BTreeSet;

/// A role for each right, in the namespace that it is about.
fn role(number: usize, need: &Need) -> Role {
    let (namespace, rule) = match &need.permission {
        Permission::Path { verb, path } => (
            None,
            Rule { verbs: vec![verb.clone()], non_resource_urls: vec![path.clone()], ..Rule::default() },
        ),
        Permission::Resource { verb, group, resource, subresource, namespace, name } => {
            let resource = subresource
                .as_ref()
                .map_or_else(|| resource.clone(), |subresource| format!("{resource}/{subresource}"));
            let rule = Rule {
                verbs: vec![verb.clone()],
                api_groups: vec![group.clone()],
                resources: vec![resource],
                resource_names: name.iter().cloned().collect(),
                non_resource_urls: Vec::new(),
            };
            (namespace.clone(), rule)
        }
        Permission::Root => panic!("no role makes anybody root"),
    };
    Role { namespace, name: format!("need-{number}"), rules: vec![rule], aggregation: Vec::new() }
}

/// What everybody may by default, which a test takes away so that it can be given right by right.
const DEFAULTS: [&str; 2] = ["system:discovery", "system:public-info-viewer"];

/// Asks from a laptop: the API server is all that can be reached.
async fn ask(needs: &[Need], as_agent: bool) -> Diagnosis {
    let mut spec = within::spec();
    spec.rights.bindings.retain(|binding| !DEFAULTS.contains(&binding.role.name.as_str()));
    for (number, need) in needs.iter().enumerate() {
        give(&mut spec, role(number, need));
    }
    let lab = Lab::start(spec).await.unwrap();
    let wanted = Wanted { as_agent, ..Wanted::default() };
    doctor(&lab, Routes::default(), wanted).await
}

/// The rights that gaps name.
fn missing(gaps: &[&Gap]) -> BTreeSet<Permission> {
    let denied = gaps.iter().filter_map(|gap| match &gap.why {
        Why::Denied(permission) => Some(permission.clone()),
        _ => None,
    });
    denied.collect()
}

/// The checks with the subjects that they pass, in what they are printed as.
fn passes(seen: &Diagnosis) -> BTreeSet<(String, String)> {
    let rows = &seen.report.rows;
    let each = rows.iter().flat_map(|row| row.subjects.iter().zip(&row.each).map(move |pair| (row, pair)));
    each.filter(|(_, (_, verdict))| matches!(verdict, Verdict::Pass(_)))
        .map(|(row, (subject, _))| (row.check.id.to_string(), subject.place()))
        .collect()
}

fn outcome(seen: &Diagnosis) -> Outcome {
    seen.report.outcome(ExitPolicy { fail_on: Severity::Note, allow_unknown: false })
}

#[tokio::test]
async fn the_documented_rights_are_enough() {
    let seen = ask(&questions::needs(), true).await;
    assert!(seen.report.gaps().is_empty(), "{:?}", seen.report.gaps());
    assert_eq!(outcome(&seen), Outcome::Healthy);
}

/// What is not judged at all without a right; all that is not here leaves every component something.
fn unjudged_without(lost: &str) -> &'static [Component] {
    use Component::{ApiServer, ClusterAgent, ControllerManager, Etcd, Kubelet, Scheduler};
    match lost {
        "list nodes" => &[Kubelet],
        "list pods"
        | "get pods/portforward in namespace datadog"
        | "create pods/portforward in namespace datadog" => &[ClusterAgent],
        "list pods in namespace kube-system" => {
            &[ApiServer, Etcd, ControllerManager, Scheduler, ClusterAgent]
        }
        _ => &[],
    }
}

/// Whether the diagnosis has nothing that depends on a right: the distribution is certain without it.
fn is_for_detection_alone(need: &Need) -> bool {
    let lost = need.permission.to_string();
    need.occasion == Occasion::Detect && lost != "list nodes" && lost != "list pods in namespace kube-system"
}

#[tokio::test]
async fn without_one_right_that_one_is_named() {
    let needs = questions::needs();
    for as_agent in [false, true] {
        let able = ask(&needs, as_agent).await;
        for need in &needs {
            check_without(need, &needs, &able, as_agent).await;
        }
    }
}

async fn check_without(need: &Need, needs: &[Need], able: &Diagnosis, as_agent: bool) {
    let lost = need.permission.to_string();
    // A right to all is a right to some, so it goes along.
    let (gone, rest): (Vec<Need>, Vec<Need>) =
        needs.iter().cloned().partition(|other| other.covers(&need.permission));
    let seen = ask(&rest, as_agent).await;
    let gaps: Vec<String> = seen.report.gaps().iter().map(ToString::to_string).collect();
    let what = format!("without {lost}, as agent {as_agent}: {gaps:#?}");
    let named = missing(&seen.report.gaps());
    let is_lost = |permission: &Permission| gone.iter().any(|need| need.covers(permission));
    assert!(named.iter().all(is_lost), "nothing else is named {what}");
    // No token is asked for without --as-agent; and the API server's port can be asked by a port-forward as well.
    let is_needed = match (need.occasion, lost.as_str()) {
        (Occasion::AsAgent, _) => as_agent,
        (_, "get /metrics") => false,
        _ => !gone.iter().all(is_for_detection_alone),
    };
    assert_eq!(!named.is_empty(), is_needed, "it is named where something depends on it {what}");
    let of_detection = missing(&seen.detection.gaps.iter().collect::<Vec<_>>());
    assert!(of_detection.iter().all(is_lost), "detection names nothing else {what}: {of_detection:?}");
    assert_eq!(seen.report.problems().count(), 0, "nothing becomes a problem {what}");
    let (passing, before) = (passes(&seen), passes(able));
    let new: Vec<_> = passing.difference(&before).collect();
    assert!(new.is_empty(), "nothing passes for it: {new:?} {what}");
    let unjudged = unjudged_without(&lost);
    assert_eq!(seen.report.unjudged, unjudged, "{what}");
    let expected = if unjudged.is_empty() { Outcome::Healthy } else { Outcome::Unknown };
    assert_eq!(outcome(&seen), expected, "{what}");
}
