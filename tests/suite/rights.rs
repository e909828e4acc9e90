//! A caller who may do exactly what the documentation says, and then one thing less: what is missing is named, and nothing else.

use crate::support::{
    Ran, ctlmon, run,
    within::{self, Diagnosis, doctor, give},
};
use ctlmon::{
    doctor::{ExitPolicy, Outcome, Selection, Severity, Verdict, judge},
    lab::{Lab, LabSpec, faults::Fault},
    model::{
        answer::{Answer, ReviewAnswer},
        component::Component,
        need::{Need, Occasion},
        observed::{Gap, Observed, Why},
        question::{Credential, Permission, Question},
        rights::{Role, Rule},
        snapshot::{Asked, Listening, Snapshot, Wanted},
    },
    observe::dial::Routes,
    questions, recording,
    view::View,
};
use futures::{StreamExt as _, stream};
use std::{collections::BTreeSet, fs};
use tempfile::TempDir;

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

/// A cluster whose caller has these rights and no others.
fn cluster(mut spec: LabSpec, needs: &[Need]) -> LabSpec {
    spec.rights.bindings.retain(|binding| !DEFAULTS.contains(&binding.role.name.as_str()));
    for (number, need) in needs.iter().enumerate() {
        give(&mut spec, role(number, need));
    }
    spec
}

/// Asks from a laptop: the API server is all that can be reached.
async fn ask(needs: &[Need], as_agent: bool) -> Diagnosis {
    ask_for(needs, Wanted { as_agent, ..Wanted::default() }).await
}

async fn ask_for(needs: &[Need], wanted: Wanted) -> Diagnosis {
    let lab = Lab::start(cluster(within::spec(), needs)).await.unwrap();
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

const fn is_denied(gap: &Gap) -> bool {
    matches!(gap.why, Why::Denied(_))
}

/// The right for want of which a question was refused.
fn refusal(asked: &Asked) -> Option<Permission> {
    match &asked.answer {
        Observed::Denied(denial) => Some(denial.permission.clone()),
        _ => None,
    }
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

/// The right to ask what is wrong with a token.
const REVIEW: &str = "create tokenreviews.authentication.k8s.io";

/// The rights to look for what only some clusters have signs of.
const BINDINGS: &str = "list clusterrolebindings.rbac.authorization.k8s.io";
const MICROSHIFT: &str = "get configmaps \"microshift-version\" in namespace kube-public";
const OPERATOR: &str = "list datadogagents.datadoghq.com";

/// The right to look at what an account was given, where it lacks something.
const ROLES: &str = "get clusterroles.rbac.authorization.k8s.io";

/// Whether something is not seen without a right in a healthy cluster. Nobody asks for a token without --as-agent, and
/// with it the agents' account shows what the API server serves; what is wrong with a token is asked where it is
/// refused, bindings and roles where an account lacks a right, the version of `MicroShift` and `DatadogAgents` where there
/// are signs of these.
fn is_missed(need: &Need, as_agent: bool) -> bool {
    match (need.occasion, need.permission.to_string().as_str()) {
        (_, REVIEW | BINDINGS | ROLES | MICROSHIFT | OPERATOR)
        // `doctor` asks nothing of what `gen-values` does, and only agents on OpenShift have copies of its Secrets.
        | (Occasion::GenValues | Occasion::Logs | Occasion::Exec | Occasion::OpenShift, _) => false,
        (Occasion::AsAgent, _) => as_agent,
        (_, "get /metrics") => !as_agent,
        _ => true,
    }
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

#[tokio::test]
async fn to_hear_what_is_said_takes_rights_of_its_own_and_each_is_named() {
    let needs = questions::needs();
    let listening = Listening { logs: true, exec: true };
    let wanted = Wanted { as_agent: true, listening, ..Wanted::default() };
    let able = ask_for(&needs, wanted.clone()).await;
    assert!(able.report.gaps().is_empty(), "{:?}", able.report.gaps());
    assert_eq!(outcome(&able), Outcome::Healthy);
    let said = needs.iter().filter(|need| matches!(need.occasion, Occasion::Logs | Occasion::Exec));
    let mut lost = BTreeSet::new();
    for need in said {
        let rest: Vec<Need> = needs.iter().filter(|other| *other != need).cloned().collect();
        let seen = ask_for(&rest, wanted.clone()).await;
        let only = BTreeSet::from([need.permission.clone()]);
        assert_eq!(missing(&seen.report.gaps()), only, "{:?}", seen.report.gaps());
        assert_eq!(seen.report.problems().count(), 0, "{}", need.permission);
        assert!(passes(&seen).is_subset(&passes(&able)), "{}", need.permission);
        assert_ne!(passes(&seen), passes(&able), "{}", need.permission);
        lost.insert(need.permission.to_string());
    }
    let expected = [
        "create pods/exec in namespace datadog",
        "get pods/exec in namespace datadog",
        "get pods/log in namespace datadog",
        "get pods/log in namespace kube-system",
        "get pods/log in namespace shop",
    ];
    assert_eq!(lost, expected.map(str::to_owned).into());
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
    let is_needed = gone.iter().any(|need| is_missed(need, as_agent));
    assert_eq!(!named.is_empty(), is_needed, "it is named where something depends on it {what}");
    let refused: BTreeSet<Permission> = seen.snapshot.asked.iter().filter_map(refusal).collect();
    assert!(named.is_subset(&refused), "what was not refused is not missing {what}");
    let before = able.report.gaps();
    let others: Vec<&Gap> =
        seen.report.gaps().into_iter().filter(|gap| !is_denied(gap) && !before.contains(gap)).collect();
    assert!(others.is_empty(), "nothing is open for another reason {what}: {others:?}");
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

/// What the binary says to somebody who reaches nothing but the API server, and what it saved.
struct Said {
    json: Ran,
    human: Ran,
    saved: Snapshot,
}

async fn live(needs: &[Need], arguments: &[&str]) -> Said {
    live_in(cluster(within::running(), needs), arguments).await
}

async fn live_in(spec: LabSpec, arguments: &[&str]) -> Said {
    let lab = Lab::start(spec).await.unwrap();
    let folder = TempDir::new().unwrap();
    let kubeconfig = within::kubeconfig(&lab).to_string();
    let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
    tokio::task::spawn_blocking(move || {
        let (config, recording) = (folder.path().join("config"), folder.path().join("run"));
        fs::write(&config, kubeconfig).unwrap();
        let mut looking = ctlmon(folder.path());
        looking.args(&arguments).args(["-o", "json", "--kubeconfig"]).arg(config);
        let json = run(looking.arg("--save").arg(&recording));
        assert_eq!(json.stderr, "", "{arguments:?}");
        let human = run(ctlmon(folder.path()).args([&arguments[0], "--from"]).arg(&recording));
        Said { json, human, saved: recording::load(&recording).unwrap() }
    })
    .await
    .unwrap()
}

/// How every missing right is introduced.
const MISSING: &str = "missing permission: ";

/// Checks what is said without one right, and how it ends.
fn check_said(said: &Said, need: &Need, gone: &[Need], is_needed: bool, code: i32, what: &str) {
    let what = format!("without {}, {what}: {}", need.permission, said.json.stdout);
    let json = said.json.json();
    assert_eq!((said.json.code, said.human.code), (code, code), "{what}");
    assert_eq!(json["exit"], code, "{what}");
    let refused: BTreeSet<Permission> = said.saved.asked.iter().filter_map(refusal).collect();
    let is_lost = |permission: &Permission| gone.iter().any(|need| need.covers(permission));
    assert!(refused.iter().all(is_lost), "nothing else is refused {what}: {refused:?}");
    let gaps = [&json["gaps"], &json["monitoring"]["gaps"]];
    let gaps = gaps.into_iter().filter_map(serde_json::Value::as_array).flatten();
    let whys = gaps.map(|gap| gap["why"].as_str().unwrap());
    let named: BTreeSet<String> =
        whys.filter_map(|why| why.strip_prefix(MISSING)).map(str::to_owned).collect();
    let rules: BTreeSet<String> = refused.iter().map(ToString::to_string).collect();
    assert!(named.is_subset(&rules), "no other is named {what}: {named:?}");
    assert_eq!(!named.is_empty(), is_needed, "it is named where it is missed {what}");
    if is_needed {
        assert_eq!(named, rules, "all of it is named {what}");
    }
    let words = said.human.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(words.matches(MISSING).count(), named.len(), "each once {what}: {words}");
    for rule in named {
        assert!(words.contains(&format!("{MISSING}{rule}")), "{rule} {what}: {words}");
    }
}

#[tokio::test]
async fn the_binary_names_the_one_right_that_is_missing_and_ends_as_it_should() {
    let needs = questions::needs();
    // No connection but that to the API server is tried.
    let doctor = ["doctor", "--via", "api-server,port-forward"];
    let runs: [(Vec<&str>, bool); 3] =
        [(doctor.to_vec(), false), ([&doctor[..], &["--as-agent"]].concat(), true), (vec!["detect"], false)];
    for (arguments, _) in &runs {
        let able = live(&needs, arguments).await;
        assert_eq!(able.json.code, 0, "{arguments:?}: {}", able.json.stdout);
        assert!(!able.json.stdout.contains(MISSING), "{arguments:?}: {}", able.json.stdout);
    }
    let cases = needs.iter().flat_map(|need| runs.iter().map(move |run| (need, run)));
    let checks = cases.map(|(need, (arguments, as_agent))| {
        let needs = &needs;
        async move {
            let (gone, rest): (Vec<Need>, Vec<Need>) =
                needs.iter().cloned().partition(|other| other.covers(&need.permission));
            let said = live(&rest, arguments).await;
            let is_doctor = arguments[0] == "doctor";
            let is_needed = if is_doctor {
                gone.iter().any(|need| is_missed(need, *as_agent))
            } else {
                gone.iter().any(|need| need.occasion == Occasion::Detect && is_missed(need, false))
            };
            let is_unjudged = is_doctor && !unjudged_without(&need.permission.to_string()).is_empty();
            let code = if is_unjudged { 3 } else { 0 };
            check_said(&said, need, &gone, is_needed, code, &arguments.join(" "));
        }
    });
    stream::iter(checks).buffer_unordered(4).collect::<Vec<()>>().await;
}

/// A cluster whose components refuse the agents' token, whatever else is wrong with it.
fn refusing(needs: &[Need]) -> LabSpec {
    let mut spec = cluster(within::running(), needs);
    (Fault::named("agent-token-refused").unwrap().change)(&mut spec);
    spec
}

#[tokio::test]
async fn a_refused_token_is_asked_about_and_what_is_missing_for_that_is_named() {
    const ASK: [&str; 4] = ["doctor", "--via", "api-server,port-forward", "--as-agent"];
    let needs = questions::needs();
    let evidence = |said: &Said| {
        let verdicts = said.json.json()["verdicts"].clone();
        let mut verdicts = verdicts.as_array().unwrap().iter();
        let refused = verdicts.find(|verdict| verdict["check"] == "agent-token-refused").unwrap();
        assert_eq!(refused["verdict"], "problem", "{refused}");
        refused["evidence"].to_string()
    };
    let able = live_in(refusing(&needs), &ASK).await;
    assert_eq!(able.json.problems("error"), ["agent-token-refused"], "{}", able.json.stdout);
    let said = evidence(&able);
    assert!(said.contains("TokenReview of a token of datadog/datadog-agent"), "{said}");
    assert!(said.contains("token audiences") && said.contains("vault"), "{said}");
    assert!(said.contains("401"), "{said}");

    let (gone, rest): (Vec<Need>, Vec<Need>) =
        needs.iter().cloned().partition(|need| need.permission.to_string() == REVIEW);
    let without = live_in(refusing(&rest), &ASK).await;
    check_said(&without, &gone[0], &gone, true, 1, "a refused token");
    // The flags and the DaemonSet tell the same.
    assert_eq!(without.json.problems("error"), ["agent-token-refused"], "{}", without.json.stdout);
    assert!(!evidence(&without).contains("TokenReview"));
    let unasked = live_in(refusing(&needs), &ASK[..3]).await;
    assert!(!unasked.saved.asked.iter().any(|asked| matches!(asked.question, Question::Review(_))));
}

/// A component that is alone in refusing a token cannot ask about it: that is no bad token.
#[tokio::test]
async fn a_token_that_the_api_server_takes_is_not_called_bad() {
    let mut spec = within::spec();
    within::bind(&mut spec, None, "cluster-admin");
    let lab = Lab::start(spec).await.unwrap();
    let mut seen = doctor(&lab, Routes::default(), Wanted { as_agent: true, ..Wanted::default() }).await;
    let account = seen.snapshot.asked.iter().find_map(|asked| match &asked.question {
        Question::Token(spec) => Some(spec.account.clone()),
        _ => None,
    });
    let review = Question::Review(account.unwrap());
    assert!(!seen.snapshot.has(&review), "nobody refused it");
    for asked in &mut seen.snapshot.asked {
        let (Question::Probe(spec), Observed::Seen(Answer::Probe(record))) =
            (&asked.question, &mut asked.answer)
        else {
            continue;
        };
        if spec.component == Component::Scheduler && matches!(spec.credential, Credential::Account(_)) {
            record.http.as_mut().unwrap().status = 401;
        }
    }
    assert!(questions::doctor(&seen.snapshot).contains(&review), "now somebody did");
    let mut check = |authenticated: bool, words: &str| {
        let error =
            if authenticated { "" } else { "[invalid bearer token, service account token has expired]" };
        let answer = Answer::Review(ReviewAnswer { authenticated, error: error.to_owned() });
        seen.snapshot.asked.retain(|asked| asked.question != review);
        seen.snapshot.add([Asked { question: review.clone(), answer: Observed::Seen(answer) }]);
        let report = judge(&View::new(&seen.snapshot), &seen.detection, &Selection::default());
        let found: Vec<(&str, String)> = report
            .problems()
            .map(|(_, row)| match &row.verdict {
                Verdict::Problem(finding) => (row.check.id.0, finding.summary.clone()),
                _ => unreachable!(),
            })
            .collect();
        assert!(matches!(&found[..], [("agent-token-refused", said)] if said.contains(words)), "{found:?}");
    };
    check(true, "kube-scheduler refuses a token that the API server takes");
    check(false, "it has expired");
}
