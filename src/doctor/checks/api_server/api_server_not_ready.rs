//! The API server calls itself not ready.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{
        around,
        evidence::Evidence,
        observed::{Gap, Why},
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("api-server-not-ready"),
    title: "the API server calls itself not ready",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r"
What was seen
  /readyz of the API server answered another status than 200, or did not answer. With ?verbose it names the parts that
  fail by [-]; their reason it keeps to its log.

What it means
  Load balancers send it no more requests. Where etcd fails, every request hangs and its metrics with them; the
  controller-manager and the scheduler then answer 401 or 500 to good tokens, because they cannot ask whose these are.
  A server that has just started fails some hooks for seconds, while its metrics answer already.

How to confirm by hand
    kubectl get --raw '/readyz?verbose'
    kubectl get --raw '/livez/etcd'

How to fix
  [-]etcd: look after etcd first. [-]poststarthook/NAME: wait a minute, then read the API server's log. [-]shutdown: it is
  about to end.

References
  Kubernetes: API health endpoints; programs are told to judge by the status alone. Measured on 1.36 with etcd stopped.
",
    judge,
};

/// How many of the parts that fail are named.
const MOST: usize = 5;

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    const WHAT: &str = "whether the API server is ready";
    let spec = around::readiness();
    let answer = case.view.snapshot.probe(&spec);
    let record = answer.seen(WHAT)?;
    let Some(status) = record.status() else {
        let why = record.failure.as_ref().map_or_else(|| "no answer".to_owned(), ToString::to_string);
        return Err(Gap::new(WHAT, Why::Failed(why)));
    };
    let at = |claim: String| Evidence::at_path(&spec.endpoint.path, claim);
    match status {
        200 => return Ok(Verdict::pass(at("200".to_owned()))),
        // Before 1.16 there was /healthz alone.
        404 => return Ok(Verdict::NotApplicable("this API server has no /readyz")),
        401 | 403 => return Err(Gap::new(WHAT, Why::Failed(format!("it answered {status}")))),
        _ => {}
    }
    let failing = record.text().lines().filter_map(|line| line.strip_prefix("[-]"));
    let failing: Vec<&str> = failing.filter_map(|line| line.split_whitespace().next()).take(MOST).collect();
    let parts = if failing.is_empty() { String::new() } else { format!(": {} fails", failing.join(", ")) };
    let lines = [
        "kubectl get --raw '/readyz?verbose'".to_owned(),
        "kubectl -n kube-system logs -l component=etcd --tail=50".to_owned(),
    ];
    let remedy = Remedy::run("see which part fails, and read its log", Touches::Nothing, &lines);
    let finding = Finding::error(format!("the API server calls itself not ready{parts}"));
    Ok(finding.seen([at(format!("{status}{parts}"))]).mend(remedy).found())
}
