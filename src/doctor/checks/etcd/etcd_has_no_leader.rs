//! A member of etcd sees no leader.

use crate::{
    doctor::{
        Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict,
        checks::scrape::{of_scrape, seen},
    },
    model::{component::Component, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("etcd-has-no-leader"),
    title: "a member of etcd sees no leader",
    subjects: Subjects::EachInstance(&[Component::Etcd]),
    symptom_of: &[],
    explain: r"
What was seen
  etcd_server_has_leader of a member is 0.

What it means
  The member is cut off from the majority, or there is no majority. It answers no write and no linearizable read, and an
  API server that asks it alone hangs: its own metrics stay out as well.

How to confirm by hand
  On the node:
    curl -s http://127.0.0.1:2381/metrics | grep etcd_server_has_leader
    kubectl -n kube-system logs -l component=etcd --tail=50

How to fix
  See which members are up, and whether they reach each other on port 2380. A majority of them must run; a member that is
  gone for good is removed with `etcdctl member remove`.

References
  etcd's mixin, alert etcdNoLeader (critical).
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    of_scrape(case, |scraped| {
        let has_leader = scraped.value("etcd_server_has_leader")?;
        let seen = seen(scraped, format!("etcd_server_has_leader {has_leader}"));
        if has_leader != 0.0 {
            return Some(Verdict::pass(seen));
        }
        let look = [
            "kubectl -n kube-system get pods -l component=etcd -o wide".to_owned(),
            "kubectl -n kube-system logs -l component=etcd --tail=50".to_owned(),
        ];
        let remedy = Remedy::run("see which members run, and what they say", Touches::Nothing, &look);
        let finding = Finding::error("this member of etcd sees no leader, so that nothing can be written");
        Some(finding.seen([seen]).mend(remedy).found())
    })
}
