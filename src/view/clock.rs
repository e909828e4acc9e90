//! What time it is in the cluster, as the API server has told it. It knows no other clock than the snapshot's.

use super::View;
use crate::model::{
    answer::{Answer, ProbeRecord},
    around,
    component::Component,
    observed::{Gap, Observed, Why},
    question::{ProbeSpec, Question},
};
use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};

impl<'a> View<'a> {
    /// The time by the API server's clock, as the header `Date` of an answer tells it, and which answer that was.
    ///
    /// The one about its readiness comes first: it is asked at the beginning, when the snapshot's time was taken.
    ///
    /// # Errors
    /// A gap where no answer told it.
    pub fn server_time(&self) -> Result<(&'a ProbeSpec, Timestamp), Gap> {
        const WHAT: &str = "the API server's clock";
        let ready = around::readiness();
        let probes = self.snapshot.asked.iter().filter_map(|asked| match (&asked.question, &asked.answer) {
            (Question::Probe(spec), Observed::Seen(Answer::Probe(record)))
                if spec.component == Component::ApiServer =>
            {
                Some((spec, date(record)?))
            }
            _ => None,
        });
        probes.min_by_key(|(spec, _)| **spec != ready).ok_or_else(|| {
            let refused = self.snapshot.probe(&ready).seen(WHAT).err();
            refused.unwrap_or_else(|| Gap::new(WHAT, Why::OutOfReach("no answer told it".to_owned())))
        })
    }
}

fn date(record: &ProbeRecord) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(record.http.as_ref()?.headers.get("date")?).ok()
}
