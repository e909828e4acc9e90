//! The disk of etcd is too slow for it.

use crate::{
    doctor::{
        Case, Check, CheckId, Finding, Remedy, Severity, Subjects, Touches, Verdict,
        checks::scrape::{of_scrape, seen},
    },
    model::{component::Component, evidence::Evidence, observed::Gap},
    view::Scraped,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("etcd-slow-disk"),
    title: "the disk of etcd is too slow for it",
    subjects: Subjects::EachInstance(&[Component::Etcd]),
    symptom_of: &[],
    explain: r"
What was seen
  One in a hundred writes of the log took longer than half a second, or one in a hundred commits to the database longer
  than a quarter of one, since this member was started. One scrape tells the whole time since then and not the last
  minutes: a disk that was slow once still shows.

What it means
  etcd answers a write when the log has reached the disk. On a slow disk heartbeats are late, leaders change, and
  everything that asks the API server waits.

How to confirm by hand
  On the node:
    curl -s http://127.0.0.1:2381/metrics | grep -E 'etcd_disk_(wal_fsync|backend_commit)_duration_seconds_(bucket|count)'
    kubectl -n kube-system logs -l component=etcd --tail=200 | grep -i 'slow fdatasync'

How to fix
  Give etcd a disk of its own: a local SSD, no network volume, nothing else that writes on it.

References
  etcd's mixin, alerts etcdHighFsyncDurations (0.5 s warning, 1 s critical) and etcdHighCommitDurations (0.25 s warning),
  both of the 99th percentile over five minutes. etcd: hardware recommendations.
",
    judge,
};

/// Which writes are slow: the histogram, from how many seconds on it is a warning, and from how many an error.
///
/// Source: etcd's mixin, `etcdHighFsyncDurations` and `etcdHighCommitDurations`.
const WRITES: [(&str, &str, f64, f64); 2] = [
    ("writes of the log", "etcd_disk_wal_fsync_duration_seconds_bucket", 0.5, 1.0),
    ("commits to the database", "etcd_disk_backend_commit_duration_seconds_bucket", 0.25, f64::INFINITY),
];

/// The share of writes that must be fast.
const PERCENTILE: f64 = 0.99;

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    of_scrape(case, |scraped| {
        let found: Vec<(Option<Severity>, Evidence)> =
            WRITES.iter().filter_map(|write| of_write(scraped, *write)).collect();
        let worst = found.iter().filter_map(|(severity, _)| *severity).max();
        let evidence = found.into_iter().map(|(_, evidence)| evidence);
        let words = "the disk of etcd is too slow for it";
        let finding = match worst {
            Some(Severity::Error) => Finding::error(words),
            Some(_) => Finding::warning(words),
            None => {
                let evidence: Vec<Evidence> = evidence.collect();
                return (!evidence.is_empty()).then_some(Verdict::Pass(evidence));
            }
        };
        let look = ["kubectl -n kube-system logs -l component=etcd --tail=200 | grep -i slow".to_owned()];
        let remedy = Remedy::run("see since when, then move etcd to a faster disk", Touches::Nothing, &look);
        Some(finding.seen(evidence).mend(remedy).found())
    })
}

fn of_write(
    scraped: &Scraped<'_>,
    (what, bucket, slow, too_slow): (&str, &str, f64, f64),
) -> Option<(Option<Severity>, Evidence)> {
    let seconds = scraped.quantile(bucket, PERCENTILE)?;
    let severity = match seconds {
        _ if seconds > too_slow => Some(Severity::Error),
        _ if seconds > slow => Some(Severity::Warning),
        _ => None,
    };
    Some((
        severity,
        seen(scraped, format!("99 % of the {what} took at most {seconds:.3} s since it was started")),
    ))
}
