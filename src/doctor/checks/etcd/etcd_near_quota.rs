//! The database of etcd has nearly reached its quota.

use crate::{
    doctor::{
        Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict,
        checks::scrape::{mebibytes, of_scrape, seen},
    },
    model::{component::Component, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("etcd-near-quota"),
    title: "the database of etcd has nearly reached its quota",
    subjects: Subjects::EachInstance(&[Component::Etcd]),
    symptom_of: &[],
    explain: r"
What was seen
  etcd_mvcc_db_total_size_in_bytes is more than 95 % of etcd_server_quota_backend_bytes.

What it means
  At the quota etcd raises the alarm NOSPACE and takes no more writes: the cluster is read-only until somebody makes room
  and disarms the alarm. The alarm itself is in no metric; whoever has it is over the quota.

How to confirm by hand
  On the node, with a client certificate of etcd:
    etcdctl endpoint status --write-out=table
    etcdctl alarm list

How to fix
  Compact and defragment, one member after the other, then disarm. If what is stored is that much, raise
  --quota-backend-bytes (8 GiB is the most that etcd recommends), or find out what fills it: Events and custom resources
  most often.

References
  etcd's mixin, alert etcdDatabaseQuotaLowSpace (critical at 95 %). etcd: maintenance, space quota.
",
    judge,
};

/// The share of the quota from which on it is an error.
///
/// Source: etcd's mixin, `etcdDatabaseQuotaLowSpace`.
const TOO_FULL: f64 = 0.95;

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    of_scrape(case, |scraped| {
        let size = scraped.value("etcd_mvcc_db_total_size_in_bytes")?;
        let quota = scraped.value("etcd_server_quota_backend_bytes").filter(|quota| *quota > 0.0)?;
        let share = size / quota;
        let claim = format!("{} of {} are taken, {:.0} %", mebibytes(size), mebibytes(quota), share * 100.0);
        let seen = seen(scraped, claim.clone());
        if share <= TOO_FULL {
            return Some(Verdict::pass(seen));
        }
        let lines = [
            "etcdctl compact $(etcdctl endpoint status --write-out=fields | awk '/\"Revision\"/ {print $3}')",
            "etcdctl defrag",
            "etcdctl alarm disarm",
        ]
        .map(str::to_owned);
        let remedy = Remedy::run("make room, one member after the other", Touches::ControlPlane, &lines)
            .knowing("with ETCDCTL_ENDPOINTS and a client certificate set; a member does not answer while it defragments");
        let finding = Finding::error(format!("the database of etcd has nearly reached its quota: {claim}"));
        Some(finding.seen([seen]).mend(remedy).found())
    })
}
