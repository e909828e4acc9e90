//! Words about certificates, for people.

pub mod inspect;
pub mod issue;
pub mod manifest;
pub mod verify;

use super::console::Tone;
use crate::certs::review::Level;
use jiff::SignedDuration;

/// A stretch of time in its greatest unit, as `kubectl get` writes ages; what is over is `expired`.
#[must_use]
pub(super) fn left(left: SignedDuration) -> String {
    let hours = left.as_hours();
    match hours {
        _ if left < SignedDuration::ZERO => "expired".to_owned(),
        0 => format!("{}m", left.as_mins()),
        1..=47 => format!("{hours}h"),
        48..=17_519 => format!("{}d", hours / 24),
        _ => format!("{}y", hours / (24 * 365)),
    }
}

/// The word for a level, which stands before its sentence.
pub(super) const fn level(level: Level) -> (&'static str, Tone) {
    match level {
        Level::Error => ("error", Tone::Bad),
        Level::Warning => ("warn", Tone::Weak),
        Level::Note => ("note", Tone::Faint),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_told_in_its_greatest_unit() {
        for (hours, expected) in [
            (-1, "expired"),
            (0, "0m"),
            (1, "1h"),
            (47, "47h"),
            (48, "2d"),
            (24 * 365 - 1, "364d"),
            (24 * 365 * 2 - 1, "729d"),
            (24 * 365 * 2, "2y"),
            (24 * 3651, "10y"),
        ] {
            assert_eq!(left(SignedDuration::from_hours(hours)), expected, "{hours}");
        }
    }
}
