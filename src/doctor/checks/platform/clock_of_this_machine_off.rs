//! The clock of the machine that ctlmon runs on does not agree with the API server's.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, age},
    model::{evidence::Evidence, observed::Gap},
};
use jiff::SignedDuration;

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("clock-of-this-machine-off"),
    title: "the clock of this machine does not agree with the API server's",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r"
What was seen
  The header Date of an answer of the API server, and the time at which this run began by the clock of the machine that
  ctlmon runs on, are more than two minutes apart.

What it means
  What ctlmon says of certificates that have expired or are not valid yet, and of tokens, may be wrong, because it goes by
  this clock. If the API server's clock is the wrong one, tokens and certificates are refused everywhere.

How to confirm by hand
    date -u
    kubectl get --raw / -v=8 2>&1 | grep -i ' date:'

How to fix
  Set the clock of this machine, by NTP best. If it is right, set that of the control-plane nodes.

References
  RFC 9110, the header Date.
",
    judge,
};

/// More than a run takes, so that the time which looking took is not taken for a difference.
pub(in crate::doctor::checks) const TOLERANCE: SignedDuration = SignedDuration::from_mins(2);

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let here = case.view.now();
    let (spec, there) = case.view.server_time()?;
    let seen = Evidence::in_probe(spec, format!("Date: {there}, when this machine had {here}"));
    if there.duration_since(here).abs() <= TOLERANCE {
        return Ok(Verdict::pass(seen));
    }
    let lines = ["date -u".to_owned(), "timedatectl status".to_owned()];
    let remedy = Remedy::run("see whether this clock is the wrong one, and set it", Touches::Nothing, &lines);
    let finding = Finding::warning(format!(
        "by the clock of this machine the API server answered {}: one of the two is wrong, and what is said of dates with it",
        age::relative(here, there)
    ));
    Ok(finding.seen([seen]).mend(remedy).found())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        distributions::{Facts, detect},
        doctor::Subject,
        model::{
            answer::{Answer, BodyKind, BodySeen, HttpSeen, ProbeRecord, Rung},
            around,
            observed::Observed,
            question::Question,
            snapshot::{Asked, Snapshot, Wanted},
        },
        view::View,
    };
    use jiff::Timestamp;

    fn judged(date: Option<&str>) -> Result<Verdict, Gap> {
        let mut snapshot =
            Snapshot::empty("2026-06-01T09:00:00Z".parse::<Timestamp>().unwrap(), Wanted::default());
        let headers = date.map(|date| ("date".to_owned(), date.to_owned())).into_iter().collect();
        let body = BodySeen { kind: BodyKind::Empty, bytes: 0, complete: true };
        let http = Some(HttpSeen { status: 200, headers, body });
        let record = ProbeRecord { rung: Rung::Answered, failure: None, tls: None, http, elapsed_ms: 0 };
        snapshot.add([Asked {
            question: Question::Probe(around::readiness()),
            answer: Observed::Seen(Answer::Probe(Box::new(record))),
        }]);
        let (view, detection) = (View::new(&snapshot), detect(&Facts::gather(&snapshot)));
        judge(&Case { view: &view, detection: &detection, subject: Subject::Monitoring, instance: None })
    }

    #[test]
    fn two_clocks_agree_differ_or_are_not_known() {
        assert!(matches!(judged(Some("Mon, 01 Jun 2026 09:01:00 GMT")), Ok(Verdict::Pass(_))));
        for wrong in ["Mon, 01 Jun 2026 09:10:00 GMT", "Mon, 01 Jun 2026 08:10:00 GMT"] {
            assert!(matches!(judged(Some(wrong)), Ok(Verdict::Problem(_))), "{wrong}");
        }
        for unknown in [None, Some("yesterday")] {
            assert!(judged(unknown).is_err(), "{unknown:?}");
        }
    }
}
