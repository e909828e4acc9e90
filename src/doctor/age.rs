//! How long ago, or how soon: the distance of two moments in the one unit that people would use.

use jiff::Timestamp;

/// `3 days ago`, `in 2 hours`; `just now` within a minute.
#[must_use]
pub(super) fn relative(now: Timestamp, then: Timestamp) -> String {
    let seconds = then.as_second() - now.as_second();
    let distance = seconds.unsigned_abs();
    let (number, unit) = match distance {
        0..60 => return "just now".to_owned(),
        60..3_600 => (distance / 60, "minute"),
        3_600..172_800 => (distance / 3_600, "hour"),
        _ => (distance / 86_400, "day"),
    };
    let plural = if number == 1 { "" } else { "s" };
    if seconds < 0 { format!("{number} {unit}{plural} ago") } else { format!("in {number} {unit}{plural}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_unit_that_people_would_use() {
        let now = Timestamp::from_second(1_000_000_000).unwrap();
        for (seconds, expected) in [
            (0, "just now"),
            (-59, "just now"),
            (-60, "1 minute ago"),
            (3_599, "in 59 minutes"),
            (-3_600, "1 hour ago"),
            (-172_799, "47 hours ago"),
            (172_800, "in 2 days"),
            (-34_560_000, "400 days ago"),
        ] {
            let then = Timestamp::from_second(1_000_000_000 + seconds).unwrap();
            assert_eq!(relative(now, then), expected);
        }
    }
}
