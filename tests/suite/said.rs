//! What agents and control plane say of themselves: when it counts, whose it is, and what is made of it.

use crate::support::within::{self, Diagnosis, bind, doctor};
use ctlmon::{
    doctor::{Report, Row, Selection, Severity, Verdict, judge},
    lab::{Lab, LabSpec, faults::Fault, spec::TokenSpec},
    model::{
        answer::{Answer, BodyKind},
        component::Component,
        evidence::Evidence,
        observed::{Denial, Observed, Why},
        question::{AccountRef, Question},
        snapshot::{Listening, Wanted},
    },
    observe::dial::Routes,
    questions,
    view::{AgentSays, View},
};
use jiff::SignedDuration;
use serde_json::json;

const LOGS: Wanted = wanted(true, false);
const EXEC: Wanted = wanted(false, true);
const BOTH: Wanted = wanted(true, true);

const fn wanted(logs: bool, exec: bool) -> Wanted {
    Wanted {
        context: None,
        namespace: None,
        endpoints: Vec::new(),
        on_node: None,
        via: None,
        as_agent: false,
        send_token_unverified: false,
        all_nodes: false,
        listening: Listening { logs, exec },
    }
}

/// The error line of a check in an Agent's log.
const FAILING: &str = "2026-06-01 08:00:00 UTC | CORE | ERROR | (pkg/collector/worker/check_logger.go:71 in Error) | check:etcd | Error running check: [{\"message\": \"HTTPSConnectionPool: Connection refused\"}]";

async fn look(change: impl FnOnce(&mut LabSpec), wanted: Wanted) -> Diagnosis {
    let mut spec = within::spec();
    bind(&mut spec, None, "cluster-admin");
    change(&mut spec);
    let lab = Lab::start(spec).await.unwrap();
    doctor(&lab, Routes::default(), wanted).await
}

/// The problems, each with its severity and its evidence.
fn problems(seen: &Diagnosis) -> Vec<(&'static str, Severity, String)> {
    seen.report
        .problems()
        .map(|(_, row)| match &row.verdict {
            Verdict::Problem(finding) => {
                let lines: Vec<String> = finding.evidence.iter().map(Evidence::to_line).collect();
                (row.check.id.0, finding.severity, lines.join("\n"))
            }
            _ => unreachable!("a problem has a finding"),
        })
        .collect()
}

/// The same judged again, after something of what was seen was changed.
fn rejudged(view: &View<'_>, seen: &Diagnosis) -> Report {
    judge(view, &seen.detection, &Selection::default())
}

fn evidence_of<'a>(seen: &'a Diagnosis, id: &str) -> Vec<&'a str> {
    let rows = seen.report.rows.iter().filter(|row| row.check.id.0 == id);
    rows.flat_map(|row| match &row.verdict {
        Verdict::Pass(evidence) => evidence.iter().map(|piece| piece.claim.as_str()).collect(),
        _ => Vec::new(),
    })
    .collect()
}

#[tokio::test]
async fn nobody_is_listened_to_unasked() {
    let seen = look(|spec| spec.say("agents", "API Key invalid"), Wanted::default()).await;
    assert!(problems(&seen).is_empty());
    let is_said = |question: &Question| matches!(question, Question::Logs(_) | Question::Exec(_));
    assert!(!seen.snapshot.asked.iter().any(|asked| is_said(&asked.question)));
    let view = View::new(&seen.snapshot);
    assert!(view.instances.iter().all(|instance| view.agent_says(instance) == AgentSays::NotAsked));
}

#[tokio::test]
async fn what_was_said_long_ago_is_over() {
    let write = |seconds_ago| {
        move |spec: &mut LabSpec| {
            spec.voices.get_mut("agents").unwrap().write(seconds_ago, "API Key invalid, dropping");
        }
    };
    let seen = look(write(300), LOGS).await;
    assert_eq!(problems(&seen)[0].0, "api-key-invalid");
    let seen = look(write(1800), LOGS).await;
    assert!(problems(&seen).is_empty());
    let evidence = evidence_of(&seen, "api-key-invalid");
    assert!(evidence.iter().any(|claim| claim.ends_with("and not since")), "{evidence:?}");
    // The API server is asked for the last hour alone.
    let seen = look(write(7200), LOGS).await;
    let evidence = evidence_of(&seen, "api-key-invalid");
    assert!(evidence.iter().all(|claim| claim.contains("nothing of the kind")), "{evidence:?}");
}

#[tokio::test]
async fn what_comes_once_may_be_a_hiccup() {
    let write = |times| {
        move |spec: &mut LabSpec| {
            for ago in 0..times {
                spec.voices.get_mut("agents").unwrap().write(
                    60 + ago,
                    "Error while processing transaction: error while sending transaction, rescheduling it: EOF",
                );
            }
        }
    };
    assert!(problems(&look(write(2), LOGS).await).is_empty());
    assert_eq!(problems(&look(write(3), LOGS).await)[0].0, "intake-unreachable");
}

#[tokio::test]
async fn what_is_fragile_is_a_warning() {
    let webhook = "W0601 1 dispatcher.go:225] Failed calling webhook, failing open datadog.webhook.x: failed calling webhook \"datadog.webhook.auto.instrumentation\": context deadline exceeded";
    let name =
        "CORE | WARN | \"My_Cluster\" isn\u{2019}t a valid cluster name. It must be dot-separated tokens";
    for (id, voice, line) in
        [("admission-webhook-fails", "kube-apiserver", webhook), ("cluster-name-refused", "agents", name)]
    {
        let seen = look(|spec| spec.say(voice, line), LOGS).await;
        let found: Vec<_> = problems(&seen).into_iter().map(|(id, severity, _)| (id, severity)).collect();
        assert_eq!(found, [(id, Severity::Warning)]);
    }
    let seen = look(|spec| spec.run("kube_scheduler").unwrap().average_ms = 15_001, EXEC).await;
    let found = problems(&seen);
    assert_eq!((found[0].0, found[0].1, found.len()), ("agent-check-too-slow", Severity::Warning, 1));
    assert!(found[0].2.contains("15001 ms each, every 15000 ms"), "{found:?}");
}

#[tokio::test]
async fn the_error_of_a_check_is_its_components() {
    let seen = look(|spec| spec.say("agents", FAILING), LOGS).await;
    let found = problems(&seen);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, "agent-check-fails");
    assert!(found[0].2.contains("3 times: nobody listens where it asks"), "{found:?}");
    let view = View::new(&seen.snapshot);
    for instance in &view.instances {
        let expected = match (instance.component, instance.node.as_deref()) {
            (Component::Etcd, _) => AgentSays::Fails("nobody listens where it asks".to_owned()),
            _ => AgentSays::Quiet,
        };
        assert_eq!(view.agent_says(instance), expected, "{}", instance.component);
    }
    // The status tells of the last run, after what the log tells of.
    let seen = look(|spec| spec.say("agents", FAILING), BOTH).await;
    assert!(problems(&seen).is_empty(), "{:?}", problems(&seen));
    let view = View::new(&seen.snapshot);
    let etcd = view.instances_of(Component::Etcd).next().unwrap();
    assert_eq!(view.agent_says(etcd), AgentSays::Ok);
}

#[tokio::test]
async fn what_another_check_explains_is_shown_under_it() {
    let fault = |spec: &mut LabSpec| {
        (Fault::named("kubelet-metrics-forbidden").unwrap().change)(spec);
        spec.say("agents", "Unable to detect the kubelet URL automatically");
        spec.run("kubelet").unwrap().error =
            Some("403 Client Error: Forbidden for url: https://x".to_owned());
    };
    let seen = look(fault, Wanted { as_agent: true, ..BOTH }).await;
    let roots: Vec<&str> = problems(&seen).into_iter().map(|(id, ..)| id).collect();
    assert!(roots.iter().all(|id| *id == "kubelet-metrics-forbidden"), "{roots:?}");
    let symptoms: Vec<&str> = seen
        .report
        .rows
        .iter()
        .flat_map(|row| row.symptoms.iter().map(|symptom| symptom.check.id.0))
        .collect();
    for symptom in ["agent-check-fails", "kubelet-url-undetected"] {
        assert!(symptoms.contains(&symptom), "{symptom}: {symptoms:?}");
    }
}

#[tokio::test]
async fn what_no_other_problem_explains_stands_beside_it() {
    for (error, own) in
        [("Read timed out. (read timeout=10.0)", true), ("403 Client Error: Forbidden for url", false)]
    {
        let fault = |spec: &mut LabSpec| {
            (Fault::named("kubelet-metrics-forbidden").unwrap().change)(spec);
            spec.run("kubelet").unwrap().error = Some(error.to_owned());
        };
        let seen = look(fault, Wanted { as_agent: true, ..EXEC }).await;
        let stands = problems(&seen).iter().any(|(id, ..)| *id == "agent-check-fails");
        assert_eq!(stands, own, "{error}");
    }
}

/// A check that asks another component is content; the families at its instance tell.
#[tokio::test]
async fn a_check_that_is_content_with_something_else_is_caught() {
    let mut seen = look(|_| {}, Wanted { as_agent: true, ..EXEC }).await;
    for asked in &mut seen.snapshot.asked {
        if let (Question::Probe(spec), Observed::Seen(Answer::Probe(record))) =
            (&asked.question, &mut asked.answer)
            && spec.component == Component::Scheduler
            && let Some(http) = &mut record.http
            && let BodyKind::Metrics(metrics) = &mut http.body.kind
        {
            metrics.families = vec!["etcd_server_has_leader".to_owned()];
        }
    }
    let view = View::new(&seen.snapshot);
    let report = rejudged(&view, &seen);
    let rows = report.rows.iter();
    let row = rows.flat_map(|row| std::iter::once(row).chain(&row.symptoms)).find(|row| {
        row.check.id.0 == "agent-check-without-metrics" && matches!(row.verdict, Verdict::Problem(_))
    });
    let Verdict::Problem(finding) = &row.unwrap().verdict else { unreachable!() };
    assert!(finding.summary.contains("something else"), "{}", finding.summary);
}

#[tokio::test]
async fn what_cannot_be_heard_is_unknown() {
    let mut spec = within::spec();
    bind(&mut spec, None, "cluster-admin");
    let lab = Lab::start(spec).await.unwrap();
    let mut seen = doctor(&lab, Routes::default(), BOTH).await;
    for asked in &mut seen.snapshot.asked {
        if let (Question::Logs(_) | Question::Exec(_), Some(permission)) =
            (&asked.question, asked.question.permission())
        {
            let said = "no".to_owned();
            asked.answer = Observed::Denied(Denial { permission, said });
        }
    }
    let view = View::new(&seen.snapshot);
    let report = rejudged(&view, &seen);
    let unknown: Vec<&str> = report
        .rows
        .iter()
        .filter(|row| matches!(&row.verdict, Verdict::Unknown(gap) if matches!(gap.why, Why::Denied(_))))
        .map(|row| row.check.id.0)
        .collect();
    assert!(!unknown.is_empty());
    let is_of_said = |id: &str| evidence_count(&report, id) > 0;
    for id in ["api-key-invalid", "agent-check-fails", "agent-check-without-metrics", "etcd-rejects-clients"]
    {
        assert!(!is_of_said(id), "{id} passes unheard");
    }
    let etcd = view.instances_of(Component::Etcd).next().unwrap();
    assert!(matches!(view.agent_says(etcd), AgentSays::Unheard(_)));
}

fn evidence_count(report: &Report, id: &str) -> usize {
    let is_judged =
        |row: &&Row| row.check.id.0 == id && matches!(row.verdict, Verdict::Pass(_) | Verdict::Problem(_));
    report.rows.iter().filter(is_judged).count()
}

#[tokio::test]
async fn a_container_that_never_ran_has_said_nothing() {
    let mut seen = look(|_| {}, LOGS).await;
    for asked in &mut seen.snapshot.asked {
        if matches!(asked.question, Question::Logs(_)) {
            asked.answer = Observed::Absent;
        }
    }
    let view = View::new(&seen.snapshot);
    let report = rejudged(&view, &seen);
    assert_eq!(report.problems().count(), 0);
    assert_eq!(evidence_count(&report, "api-key-invalid"), 0, "nothing was heard, so nothing passes");
}

#[tokio::test]
async fn so_few_are_listened_to_that_a_run_stays_bounded() {
    let mut spec = LabSpec::kubeadm_with("2026-06-01T09:00:00Z".parse().unwrap(), 3);
    let token = TokenSpec {
        text: within::CALLER_TOKEN.to_owned(),
        account: AccountRef { namespace: "default".to_owned(), name: "caller".to_owned() },
        audiences: vec!["https://kubernetes.default.svc.cluster.local".to_owned()],
        until: SignedDuration::from_hours(1),
    };
    spec.tokens.push(token);
    spec.objects.push(json!({
        "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"namespace": "default", "name": "caller"},
    }));
    bind(&mut spec, None, "cluster-admin");
    let lab = Lab::start(spec).await.unwrap();
    let seen = doctor(&lab, Routes::default(), Wanted { as_agent: true, ..BOTH }).await;
    let count =
        |is: fn(&Question) -> bool| seen.snapshot.asked.iter().filter(|asked| is(&asked.question)).count();
    // Three agents, Cluster Agent, runner, sidecar, and four components on each of three nodes.
    assert_eq!(count(|question| matches!(question, Question::Logs(_))), 3 + 3 + 12);
    assert_eq!(count(|question| matches!(question, Question::Exec(_))), 2 * (3 + 2));
    assert!(problems(&seen).is_empty(), "{:?}", problems(&seen));
    assert!(seen.report.gaps().is_empty(), "{:?}", seen.report.gaps());
}

#[tokio::test]
async fn a_pod_that_is_not_ready_is_asked_for_its_last_words() {
    let mut seen = look(|_| {}, BOTH).await;
    for asked in &mut seen.snapshot.asked {
        if let Observed::Seen(Answer::Pods(listed)) = &mut asked.answer {
            for pod in listed
                .items
                .iter_mut()
                .filter(|pod| pod.labels.get("app").is_some_and(|app| app == "datadog-agent"))
            {
                pod.ready = false;
            }
        }
    }
    let questions = questions::doctor(&seen.snapshot);
    let asked = |container: &str, previous: bool| {
        questions.iter().any(|question| {
            matches!(question, Question::Logs(spec) if spec.container == container && spec.previous == previous)
        })
    };
    assert!(asked("agent", true) && asked("init-config", false) && asked("init-volume", false));
    // Whoever does not run cannot be asked.
    let view = View::new(&seen.snapshot);
    assert!(view.informants().iter().all(|informant| informant.pod.ready));
}
