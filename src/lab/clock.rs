//! The time in a practice cluster. It never asks what time it is elsewhere: it only counts from the spec's `now`.
#![expect(
    clippy::disallowed_methods,
    reason = "the clock of a practice cluster that is served to other processes"
)]

use super::spec::{LabSpec, Pace};
use jiff::{SignedDuration, Timestamp};
use rustls::{pki_types::UnixTime, time_provider::TimeProvider};
use std::time::{Duration, Instant};

/// A clock that stands still, or runs from when it was made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    start: Timestamp,
    running_since: Option<Instant>,
}

impl Clock {
    /// The clock that a spec wants.
    pub(super) fn new(spec: &LabSpec) -> Self {
        let running_since = match spec.pace {
            Pace::Still => None,
            Pace::Running => Some(Instant::now()),
        };
        Self { start: spec.now, running_since }
    }

    /// The time now.
    pub(super) fn now(&self) -> Timestamp {
        let passed = self.running_since.map_or(Duration::ZERO, |since| since.elapsed());
        let passed = SignedDuration::try_from(passed).unwrap_or(SignedDuration::MAX);
        self.start.saturating_add(passed).unwrap_or(self.start)
    }

    /// The same as TLS wants it.
    pub(super) fn unix(&self) -> UnixTime {
        let seconds = u64::try_from(self.now().as_second()).unwrap_or_default();
        UnixTime::since_unix_epoch(Duration::from_secs(seconds))
    }
}

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(self.unix())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_still_clock_stands_and_a_running_one_does_not_go_back() {
        let now: Timestamp = "2026-06-01T09:00:00Z".parse().unwrap();
        let mut spec = LabSpec::kubeadm(now);
        assert_eq!(Clock::new(&spec).now(), now);
        spec.pace = Pace::Running;
        assert!(Clock::new(&spec).now() >= now);
    }
}
