//! From the lines of a log to what is known of them. No line is kept, and no piece of one.

use crate::model::{
    component::Component,
    said::{LogSeen, Said},
    sayings::{check_of, said_in},
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Reads the lines as the API server sends them with times; `complete` says whether no limit cut them short.
#[must_use]
pub fn log(bytes: &[u8], complete: bool) -> LogSeen {
    let mut seen = LogSeen { complete, ..LogSeen::default() };
    let mut said: BTreeMap<(&str, Option<Component>), Said> = BTreeMap::new();
    for line in String::from_utf8_lossy(bytes).lines().filter(|line| !line.is_empty()) {
        let (time, line) = timed(line);
        seen.lines = seen.lines.saturating_add(1);
        seen.first = seen.first.or(time);
        seen.last = time.or(seen.last);
        let check = check_of(line);
        for saying in said_in(line) {
            let said = said.entry((saying.id, check)).or_insert_with(|| Said {
                saying: saying.id.to_owned(),
                check,
                times: 0,
                first: time,
                last: None,
            });
            said.times = said.times.saturating_add(1);
            said.last = time.or(said.last);
        }
    }
    seen.said = said.into_values().collect();
    seen
}

/// The time before a line, which the kubelet writes as RFC 3339, and the line.
fn timed(line: &str) -> (Option<Timestamp>, &str) {
    let split = line.split_once(' ').and_then(|(time, rest)| Some((time.parse().ok()?, rest)));
    split.map_or((None, line), |(time, rest)| (Some(time), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_by_what_they_say_and_of_which_check() {
        let text = "\
2026-06-01T08:00:00.5Z CORE | INFO | all is well
2026-06-01T08:01:00Z CORE | ERROR | (a.go:1 in b) | check:etcd | Error running check: Connection refused TOKEN-1
2026-06-01T08:02:00Z CORE | ERROR | (a.go:1 in b) | check:etcd | Error running check: Connection refused TOKEN-2
2026-06-01T08:03:00+02:00 CORE | ERROR | API Key invalid, dropping transaction for https://TOKEN-3
  Traceback without a time
";
        let seen = log(text.as_bytes(), true);
        assert_eq!((seen.lines, seen.complete), (5, true));
        assert_eq!(seen.last, Some("2026-06-01T06:03:00Z".parse().unwrap()));
        let said: Vec<_> =
            seen.said.iter().map(|said| (said.saying.as_str(), said.check, said.times)).collect();
        let expected = [("api-key-invalid", None, 1), ("connection-refused", Some(Component::Etcd), 2)];
        assert_eq!(said, expected);
        assert_eq!(seen.said[1].first, Some("2026-06-01T08:01:00Z".parse().unwrap()));
        assert_eq!(seen.said[1].last, Some("2026-06-01T08:02:00Z".parse().unwrap()));
        assert!(!format!("{seen:?}").contains("TOKEN"));
    }

    #[test]
    fn any_bytes_are_a_log() {
        assert_eq!(log(b"", true), LogSeen { complete: true, ..LogSeen::default() });
        assert_eq!(log(&[0xff, b'\n', 0xfe, b' ', 0x80], false).lines, 2);
    }
}
