//! More than half of the database file of etcd is empty.

use crate::{
    doctor::{
        Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict,
        checks::scrape::{mebibytes, of_scrape, seen},
    },
    model::{component::Component, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("etcd-needs-defragmentation"),
    title: "more than half of the database file of etcd is empty",
    subjects: Subjects::EachInstance(&[Component::Etcd]),
    symptom_of: &[CheckId("etcd-near-quota")],
    explain: r"
What was seen
  Less than half of the database file is in use, and more than 100 MiB are.

What it means
  etcd never gives room back by itself: what was deleted stays in the file as holes, counts for the quota, and is read
  into memory.

How to confirm by hand
  On the node:
    curl -s http://127.0.0.1:2381/metrics | grep etcd_mvcc_db_total_size

How to fix
  Defragment one member after the other, the leader last. A member answers nobody meanwhile, for about ten seconds per
  gigabyte.

References
  etcd's mixin, alert etcdDatabaseHighFragmentationRatio (warning). etcd: maintenance, defragmentation.
",
    judge,
};

/// The share in use below which a file is worth defragmenting, and how much must be in use.
///
/// Source: etcd's mixin, `etcdDatabaseHighFragmentationRatio`.
const HALF: f64 = 0.5;
const ENOUGH: f64 = 104_857_600.0;

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    of_scrape(case, |scraped| {
        let size = scraped.value("etcd_mvcc_db_total_size_in_bytes").filter(|size| *size > 0.0)?;
        let used = scraped.value("etcd_mvcc_db_total_size_in_use_in_bytes")?;
        let claim = format!("{} of {} are in use", mebibytes(used), mebibytes(size));
        let seen = seen(scraped, claim.clone());
        if used / size >= HALF || used <= ENOUGH {
            return Some(Verdict::pass(seen));
        }
        let line = ["etcdctl defrag".to_owned()];
        let remedy = Remedy::run("defragment this member", Touches::ControlPlane, &line)
            .knowing("with ETCDCTL_ENDPOINTS and a client certificate set; one member after the other, the leader last");
        let finding =
            Finding::warning(format!("more than half of the database file of etcd is empty: {claim}"));
        Some(finding.seen([seen]).mend(remedy).found())
    })
}
