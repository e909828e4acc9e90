//! A run of the Agent's check takes longer than the time between two runs.

use super::{
    overheard::WITHOUT_EXEC,
    told::{CHECKED, by, in_short, runs},
};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Step, Subjects, Touches, Verdict},
    model::observed::Gap,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("agent-check-too-slow"),
    title: "the Agent's check takes longer than the time between two runs",
    subjects: Subjects::EachInstance(CHECKED),
    symptom_of: &[],
    explain: r"
What was seen
  The status of an Agent says that a run of its check of this component takes longer, on average, than the interval at
  which it is to run.

What it means
  Runs are left out, graphs have holes, and the check keeps one of the Agent's few workers busy, so that other checks
  wait as well. Mostly it is the API server's metrics: tens of megabytes, most of them histograms that no dashboard
  shows.

How to confirm by hand
    kubectl -n datadog exec daemonset/datadog-agent -c agent -- agent status collector
    kubectl get --raw /metrics | wc -c

How to fix
  Let the check run less often (min_collection_interval), leave out what nobody looks at (exclude_metrics), and let a
  runner with enough processor time have it.

References
  Datadog: OpenMetrics check configuration; kubernetes issue 105346.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    if !case.view.snapshot.wanted.listening.exec {
        return Ok(Verdict::NotApplicable(WITHOUT_EXEC));
    }
    let runs = runs(case, case.instance()?)?;
    let is_slow = |average: u64, interval: Option<u64>| interval.is_some_and(|interval| average > interval);
    let (slow, fine): (Vec<_>, Vec<_>) =
        runs.iter().partition(|(_, run)| is_slow(run.average_ms, run.interval_ms));
    let evidence = |runs: &[&(_, _)]| -> Vec<_> {
        let claim = |(informant, run): &(crate::view::Informant<'_>, &crate::model::said::CheckRun)| {
            let interval = run.interval_ms.map_or_else(String::new, |ms| format!(", every {ms} ms"));
            by(&informant.command, format!("{}{interval}", in_short(run)))
        };
        runs.iter().map(|run| claim(run)).collect()
    };
    if slow.is_empty() {
        return Ok(if fine.is_empty() {
            Verdict::NotApplicable("no Agent that was asked has a check of it")
        } else {
            Verdict::Pass(evidence(&fine))
        });
    }
    Ok(Verdict::Problem(Finding {
        severity: Severity::Warning,
        own_cause: false,
        summary: "a run of the Agent's check takes longer than the time between two runs".to_owned(),
        evidence: evidence(&slow),
        remedies: vec![Remedy {
            title: "let it run less often, and leave out what is not looked at".to_owned(),
            steps: vec![Step::Edit {
                file: "the check's configuration".to_owned(),
                change: "instances:\n  - min_collection_interval: 60\n    exclude_metrics:\n      - apiserver_request_duration_seconds\n"
                    .to_owned(),
            }],
            touches: Touches::Monitoring,
        }],
    }))
}
