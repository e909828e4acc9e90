//! The metrics of the API server are so large, or so slow, that a check of them may break off.

use crate::{
    doctor::{
        Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict,
        checks::scrape::{mebibytes, of_scrape, seen},
    },
    model::{component::Component, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("metrics-too-large"),
    title: "the API server's metrics are so large that a check of them may break off",
    subjects: Subjects::EachInstance(&[Component::ApiServer]),
    symptom_of: &[],
    explain: r"
What was seen
  One answer of the API server's metrics has more than 8 MiB, or took longer than five seconds.

What it means
  The Agent reads all of it every 15 seconds and breaks off after ten (`Read timed out`). Each series is memory in the
  Agent. apiserver_request_duration_seconds_bucket is the most of it, and grows with the kinds of objects that are asked
  for: custom resources multiply it. An API server of 5,000 nodes and no custom resources has 3.2 MB.

How to confirm by hand
    kubectl get --raw /metrics | wc -c
    kubectl get --raw /metrics | cut -d'{' -f1 | grep -v '^#' | sort | uniq -c | sort -rn | head

How to fix
  Leave out what no dashboard shows (exclude_metrics), raise the timeout of the check's instance, and let runners of
  cluster checks with enough memory run it.

References
  integrations-core: kube_apiserver_metrics, timeout and exclude_metrics. Sizes measured on 1.36. kubernetes#105346.
",
    judge,
};

/// More than twice of what an API server of 5,000 nodes was seen to have.
const LARGE: u64 = 8 << 20;

/// Half of what the Agent's checks wait for an answer by default.
const SLOW_MS: u64 = 5_000;

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    of_scrape(case, |scraped| {
        let (bytes, took) = (scraped.record.body_bytes(), scraped.record.elapsed_ms);
        #[expect(clippy::cast_precision_loss, reason = "for people")]
        let size = mebibytes(bytes as f64);
        if bytes <= LARGE && took <= SLOW_MS {
            // How long it took differs from run to run, and where it is no problem nobody asks.
            return Some(Verdict::pass(seen(scraped, format!("its metrics have {size}"))));
        }
        // What went through the API server's own door is not timed.
        let timed = if took == 0 { String::new() } else { format!(" in {took} ms") };
        let claim = format!("{size}{timed}");
        let seen = seen(scraped, format!("its metrics have {claim}"));
        let remedy = Remedy::edit(
            "leave out what nobody looks at, and wait longer",
            Touches::Monitoring,
            "the instance of kube_apiserver_metrics",
            "    timeout: 30\n    exclude_metrics:\n      - apiserver_request_duration_seconds\n",
        )
        .knowing("a dashboard that shows latencies loses them with that family");
        let finding = Finding::note(format!("the API server's metrics are large: {claim}"));
        Some(finding.seen([seen]).mend(remedy).found())
    })
}
