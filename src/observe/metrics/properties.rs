//! What must hold for any body, tried on many that are made up from a seed. It must not depend on a clock or a machine.

use super::{BodyLimits, BodyReader, line::LineReader};
use crate::model::answer::{BodyKind, BodySeen};
use std::{fmt::Write as _, ops::ControlFlow};

const LIMITS: BodyLimits =
    BodyLimits { bytes: 3000, line: 120, families: 12, name: 24, kept: 8, label_pairs: 2, sample: 64 };
const KEEP: &[&str] = &["up", "m1_total", "my.metric", "m2_bucket"];

/// Splitmix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % below as u64).expect("below a usize")
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }

    /// A well-formed body, or something that looks like one.
    fn body(&mut self) -> String {
        let mut body = self
            .pick(&["", "", "", "", "\u{feff}", "\n", "<html>", "{\"a\":", "[", "ok\n", "# HELP a b\n"])
            .to_owned();
        for _ in 0..self.roll(40) {
            let name =
                self.pick(&["up", "m1", "m1_total", "m2_bucket", "m2_sum", "a_very_long_name_indeed_", "z"]);
            let name = format!("{name}{}", self.pick(&["", "", "", "1", "2", "3"]));
            let kind = self.pick(&["counter", "gauge", "histogram", "summary", "info", "untyped"]);
            let label = self.pick(&["}", "\\\"", "\\\\", ",", "\\n", "é", "#", "x=\\\"y\\\"", "", " "]);
            let value = self.pick(&["1", "NaN", "+Inf", "-1e-3", "0.5 17", "1 # {a=\"b\"} 1", "x"]);
            let end = self.pick(&["\n", "\n", "\n", "\r\n", " \n", "\n\n"]);
            match self.roll(9) {
                0 => write!(body, "# TYPE {name} {kind}{end}"),
                1 => write!(body, "# HELP {name} some help{end}"),
                2 => write!(body, "{{\"my.metric\",l=\"{label}\"}} {value}{end}"),
                3 => write!(body, "{name} {value}{end}"),
                4 => write!(body, "{name}{{l=\"{label}\",\"q.l\"=\"{label}\",m=\"\"}} {value}{end}"),
                5 => write!(body, "{}{end}", "x".repeat(self.roll(300))),
                6 => write!(body, "{name}{{l=\"{}\"}} {value}{end}", "y".repeat(100 + self.roll(30))),
                _ => write!(body, "{name}{{l=\"{label}\"}} {value}{end}"),
            }
            .expect("a string takes all");
        }
        if self.roll(2) == 0 {
            body.truncate(body.trim_end().len());
        }
        body
    }

    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        const NASTY: &[u8] = b"\0\n\r\t \"\\{}[],=#<eE+-.0123456789\x80\xc3\xff\xef\xbb\xbf";
        for _ in 0..self.roll(8) {
            let place = self.roll(bytes.len() + 1);
            let byte = NASTY[self.roll(NASTY.len())];
            match self.roll(4) {
                0 => bytes.insert(place, byte),
                1 => bytes.truncate(place),
                2 if place < bytes.len() => drop(bytes.remove(place)),
                _ if place < bytes.len() => bytes[place] = byte,
                _ => {}
            }
        }
    }
}

fn reader(kind: usize) -> BodyReader {
    let (content_type, encoding) = match kind {
        0 => (Some("application/openmetrics-text"), None),
        1 => (Some("text/plain; version=0.0.4"), Some("identity")),
        2 => (None, Some("gzip")),
        _ => (None, None),
    };
    BodyReader::new(LIMITS, KEEP, content_type, encoding)
}

fn read<'a>(kind: usize, ended: bool, chunks: impl Iterator<Item = &'a [u8]>) -> BodySeen {
    let mut reader = reader(kind);
    for chunk in chunks {
        if reader.feed(chunk) == ControlFlow::Break(()) {
            break;
        }
    }
    reader.finish(ended)
}

/// That the body is read alike in one chunk, byte by byte and in chunks of any size, and within the limits.
///
/// It gives the place of the kind, so that a test can tell whether its bodies are of all kinds.
fn check(dice: &mut Dice, body: &[u8]) -> usize {
    let kind = dice.roll(8);
    let ended = dice.roll(4) > 0;
    let whole = read(kind, ended, std::iter::once(body));
    assert_eq!(whole, read(kind, ended, body.chunks(1)), "{}", body.escape_ascii());
    let mut rest = body;
    let chunks = std::iter::from_fn(|| {
        let (chunk, after) = rest.split_at(dice.roll(rest.len().min(70) + 1));
        rest = after;
        (!chunk.is_empty() || !rest.is_empty()).then_some(chunk)
    });
    assert_eq!(whole, read(kind, ended, chunks), "{}", body.escape_ascii());

    assert!(whole.bytes <= LIMITS.bytes);
    let place = match &whole.kind {
        BodyKind::Empty => 0,
        BodyKind::Metrics(_) => 1,
        BodyKind::Html(_) => 2,
        BodyKind::Json(_) => 3,
        BodyKind::Text(_) => 4,
        BodyKind::Binary => 5,
    };
    match whole.kind {
        BodyKind::Metrics(seen) => {
            assert!(seen.families.len() <= LIMITS.families);
            assert!(seen.families.is_sorted_by(|a, b| a < b));
            // The suffix that is put back comes on top.
            assert!(seen.families.iter().all(|name| name.len() <= LIMITS.name + "_total".len()));
            assert!(seen.kept.len() <= LIMITS.kept);
            assert!(seen.kept.iter().all(|sample| sample.labels.len() <= LIMITS.label_pairs));
            assert!(seen.kept.iter().all(|sample| KEEP.contains(&sample.name.as_str())));
        }
        BodyKind::Html(text) | BodyKind::Json(text) | BodyKind::Text(text) => {
            assert!(text.len() <= super::excerpt::MAX_EXCERPT_BYTES);
            assert!(!text.contains(|char: char| char.is_control()));
        }
        BodyKind::Empty | BodyKind::Binary => {}
    }
    place
}

#[test]
fn chunks_make_no_difference() {
    let mut dice = Dice(1);
    for _ in 0..3000 {
        let body = dice.body();
        check(&mut dice, body.as_bytes());
    }
}

#[test]
fn damaged_bodies_are_read() {
    let mut dice = Dice(2);
    let mut kinds = [0; 6];
    for _ in 0..6000 {
        let mut body = dice.body().into_bytes();
        dice.mutate(&mut body);
        kinds[check(&mut dice, &body)] += 1;
    }
    assert!(kinds.iter().all(|count| *count > 20), "{kinds:?}");
}

#[test]
fn random_bytes_are_read() {
    let mut dice = Dice(3);
    for _ in 0..2000 {
        let length = dice.roll(400);
        let body: Vec<u8> = (0..length).map(|_| dice.roll(256).to_le_bytes()[0]).collect();
        check(&mut dice, &body);
    }
}

#[test]
fn a_line_is_read_alike_whatever_was_read_before_it() {
    let mut dice = Dice(4);
    let mut reader = LineReader::default();
    let mut check = |line: &str| {
        assert_eq!(reader.read(line), LineReader::default().read(line), "{line}");
    };
    for _ in 0..2000 {
        for line in dice.body().lines() {
            check(line);
            // Most of these begin as the line did.
            let mut damaged = line.as_bytes().to_vec();
            dice.mutate(&mut damaged);
            check(&String::from_utf8_lossy(&damaged));
        }
    }
}

#[test]
fn every_part_of_a_body_is_metrics_once_a_line_is_whole() {
    let body = "# HELP up Whether\n# TYPE up gauge\nup{a=\"}\"} 1\nup{a=\"é\"} 2\n# EOF\n".as_bytes();
    for end in "# HELP ".len()..body.len() {
        let seen = read(3, false, std::iter::once(&body[..end]));
        assert!(matches!(&seen.kind, BodyKind::Metrics(seen) if seen.unreadable == 0), "{end}: {seen:?}");
        assert!(!seen.complete);
    }
}

#[test]
fn a_line_of_a_hundred_megabytes_needs_no_memory() {
    let limits = BodyLimits { bytes: 200 << 20, ..BodyLimits::CONTROL_PLANE };
    let mut reader = BodyReader::new(limits, KEEP, None, None);
    let chunk = vec![b'x'; 1 << 20];
    assert!(reader.feed(b"up 1\n# HELP up ").is_continue());
    for _ in 0..100 {
        assert!(reader.feed(&chunk).is_continue());
        assert!(reader.lines.partial().len() <= limits.line);
        assert!(reader.lines.capacity() <= 2 * limits.line);
    }
    assert!(reader.feed(b"\nup 2\n").is_continue());
    let seen = reader.finish(true);
    assert_eq!(seen.bytes, 15 + (100 << 20) + 6);
    let BodyKind::Metrics(seen) = seen.kind else { panic!("not metrics") };
    assert_eq!((seen.samples, seen.unreadable, seen.kept.len()), (2, 1, 2));
}

#[test]
fn no_secret_gets_into_an_excerpt_wherever_it_stands_and_wherever_the_body_ends() {
    const SECRETS: [&str; 6] = [
        "0123456789abcdef0123456789abcdef",
        "/9j4AAQSkZJRgABAQ/EASABIAAD/2wBDAAYEBQ==",
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrIn0.c2lnbmF0dXJl",
        "a8f2k1.9sdf87sdf98s7df9",
        "h7v5xq2lm9z4c8n6b3d1w0r5t7y9",
        "xoxb-123456789012-abcdefghijkl-AbCdEf123456",
    ];
    for secret in SECRETS {
        for (before, after) in
            [("", ""), ("User \"", "\" is unknown"), ("token=", ";"), ("http://x/?", ""), ("\n", "\n")]
        {
            for filler in (0..600).step_by(31).chain((1960..2050).step_by(3)) {
                let words = "to be ".repeat(filler / 6 + 1);
                // Blanking this leaves room to show what stands where the beginning of a body ends.
                let long = "z1".repeat(filler / 2);
                for filler in [&words[..filler], long.as_str()] {
                    let body = format!("it is: {filler} {before}{secret}{after} and so on");
                    for end in [body.len(), body.len() - after.len() - 11 - secret.len() / 2] {
                        let mut reader = BodyReader::new(BodyLimits::CONTROL_PLANE, &[], None, None);
                        assert!(reader.feed(&body.as_bytes()[..end]).is_continue());
                        let BodyKind::Text(text) = reader.finish(end == body.len()).kind else {
                            panic!("{body}")
                        };
                        let shows = |part: &[u8]| text.as_bytes().windows(8).any(|shown| shown == part);
                        assert!(!secret.as_bytes().windows(8).any(shows), "{text} of {body}");
                    }
                }
            }
        }
    }
}
