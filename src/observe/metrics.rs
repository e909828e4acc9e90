//! Reads a body as Prometheus or `OpenMetrics` text while it streams by, or says what else it is.
//!
//! It must not hold a body, open a connection, or judge what a name or a value means.

mod cursor;
pub mod excerpt;
mod families;
mod line;
mod lines;
mod tally;

use self::{excerpt::excerpt, lines::Lines, tally::Tally};
use crate::model::answer::{BodyKind, BodySeen};
use serde::de::IgnoredAny;
use std::ops::ControlFlow;

/// How many bytes of a body are read. The largest seen, an API server's with 5000 nodes, has 3.2 MB.
pub const MAX_BODY_BYTES: u64 = 32 << 20;
/// How long a line may be. The longest seen has 587 bytes.
pub const MAX_LINE_BYTES: usize = 64 << 10;
/// How many names of families are kept. The most seen are 279, of a kubelet.
pub const MAX_FAMILIES: usize = 4096;
/// How long the name of a family may be. The longest seen has 72 bytes.
pub const MAX_NAME_BYTES: usize = 512;
/// How many samples are kept, so that one name with many labels cannot fill a recording.
pub const MAX_KEPT_SAMPLES: usize = 512;
/// How many labels a kept sample may have. The most seen are 9.
pub const MAX_LABEL_PAIRS: usize = 64;
/// How many bytes a kept sample may need: name, labels and value together.
pub const MAX_SAMPLE_BYTES: usize = 8 << 10;
/// How much of its beginning decides what a body is. More than an excerpt needs, because blanking shortens it.
const BEGINNING_BYTES: usize = 2048;

/// What a body may begin with before its first line.
const MARK: &str = "\u{feff}";

/// What a reader may read and keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyLimits {
    /// Bytes of the body; the rest is not read.
    pub bytes: u64,
    /// Bytes of a line without its end; a longer one is skipped and counts as unreadable.
    pub line: usize,
    /// Families.
    pub families: usize,
    /// Bytes of a family's name; a longer one counts as one family too many.
    pub name: usize,
    /// Kept samples; later ones are only counted.
    pub kept: usize,
    /// Labels of a kept sample; one with more is only counted.
    pub label_pairs: usize,
    /// Bytes of a kept sample; a larger one is only counted.
    pub sample: usize,
}

/// Reads one body.
#[derive(Debug)]
pub struct BodyReader {
    limits: BodyLimits,
    announced: Announced,
    bytes: u64,
    /// Whether there was more than may be read.
    cut: bool,
    /// From the first byte on that is not white space.
    beginning: Vec<u8>,
    lines: Lines,
    tally: Tally,
}

/// What the answer's headers say about its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Announced {
    Encoded,
    OpenMetrics,
    /// The older format, of which plain text bears a version.
    Prometheus,
    Anything,
}

impl BodyLimits {
    /// The limits for the metrics of a control plane.
    pub const CONTROL_PLANE: Self = Self {
        bytes: MAX_BODY_BYTES,
        line: MAX_LINE_BYTES,
        families: MAX_FAMILIES,
        name: MAX_NAME_BYTES,
        kept: MAX_KEPT_SAMPLES,
        label_pairs: MAX_LABEL_PAIRS,
        sample: MAX_SAMPLE_BYTES,
    };
}

impl BodyReader {
    /// A reader that keeps the samples whose own names (such as `x_bucket`) are in `keep`.
    ///
    /// The two headers are those of the answer. A body in an encoding is not read, because none was asked for.
    pub fn new(
        limits: BodyLimits,
        keep: &[&str],
        content_type: Option<&str>,
        content_encoding: Option<&str>,
    ) -> Self {
        Self {
            limits,
            announced: Announced::by(content_type.unwrap_or_default(), content_encoding.unwrap_or_default()),
            bytes: 0,
            cut: false,
            beginning: Vec::new(),
            lines: Lines::new(limits.line),
            tally: Tally::new(limits, keep),
        }
    }

    /// Takes the next bytes; breaks once there are more than the limit allows, and the rest is not wanted.
    pub fn feed(&mut self, chunk: &[u8]) -> ControlFlow<()> {
        let room = usize::try_from(self.limits.bytes - self.bytes).unwrap_or(usize::MAX);
        let taken = &chunk[..chunk.len().min(room)];
        // A usize has at most 64 bits wherever Rust's standard library runs.
        self.bytes += taken.len() as u64;
        self.cut |= taken.len() < chunk.len();
        self.begin(taken);
        if self.announced != Announced::Encoded {
            self.lines.feed(taken, |line| self.tally.add(line));
        }
        if self.cut { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// What was seen; `ended` tells whether the stream came to its proper end.
    pub fn finish(mut self, ended: bool) -> BodySeen {
        let complete = ended && !self.cut;
        // Without the end, the last line may be any part of a line: `x 12` of `x 123`.
        if complete && !self.lines.partial().is_empty() {
            self.tally.add(std::str::from_utf8(self.lines.partial()).ok());
        }
        BodySeen { bytes: self.bytes, complete, kind: self.kind(complete) }
    }

    fn begin(&mut self, chunk: &[u8]) {
        let chunk = if self.beginning.is_empty() { chunk.trim_ascii_start() } else { chunk };
        let room = BEGINNING_BYTES - self.beginning.len();
        self.beginning.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }

    /// The order matters: a web page may hold metrics, and a line of metrics may begin as JSON does.
    fn kind(self, complete: bool) -> BodyKind {
        let full = self.beginning.len() == BEGINNING_BYTES;
        let beginning =
            self.beginning.strip_prefix(MARK.as_bytes()).unwrap_or(&self.beginning).trim_ascii_start();
        let text = |bytes| excerpt(&String::from_utf8_lossy(bytes), full || !complete);
        if self.bytes > 0 && self.announced == Announced::Encoded {
            BodyKind::Binary
        } else if beginning.is_empty() && !full {
            BodyKind::Empty
        } else if is_html(beginning) {
            BodyKind::Html(text(beginning))
        } else if is_binary(beginning, full || !complete) {
            BodyKind::Binary
        } else if self.is_metrics(beginning, complete) {
            BodyKind::Metrics(self.tally.into_seen(self.announced == Announced::OpenMetrics))
        } else if is_json(beginning) {
            BodyKind::Json(text(beginning))
        } else {
            BodyKind::Text(text(beginning))
        }
    }

    /// Most of its lines must be those of metrics: prose has lines such as `Uptime 5`, and metrics may be damaged.
    fn is_metrics(&self, beginning: &[u8], complete: bool) -> bool {
        let (telling, unreadable) = (self.tally.telling(), self.tally.unreadable());
        // A tag cannot begin a line of metrics, whatever comes after it.
        let begun = !complete && [b"# HELP ", b"# TYPE "].iter().any(|start| beginning.starts_with(*start));
        let expected = begun || matches!(self.announced, Announced::OpenMetrics | Announced::Prometheus);
        !beginning.starts_with(b"<") && (telling > unreadable || (unreadable == 0 && expected))
    }
}

impl Announced {
    fn by(content_type: &str, content_encoding: &str) -> Self {
        let content_type = content_type.trim().to_ascii_lowercase();
        if !matches!(content_encoding.trim().to_ascii_lowercase().as_str(), "" | "identity") {
            Self::Encoded
        } else if content_type.starts_with("application/openmetrics-text") {
            Self::OpenMetrics
        } else if content_type.starts_with("text/plain") && content_type.contains("version=") {
            Self::Prometheus
        } else {
            Self::Anything
        }
    }
}

fn is_html(beginning: &[u8]) -> bool {
    ["<!doctype", "<html"].iter().any(|start| {
        beginning.get(..start.len()).is_some_and(|bytes| bytes.eq_ignore_ascii_case(start.as_bytes()))
    })
}

/// Whether it holds bytes that no text has. What is cut may end within a character.
fn is_binary(beginning: &[u8], cut: bool) -> bool {
    let control = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    match std::str::from_utf8(beginning) {
        Ok(_) => beginning.iter().any(control),
        Err(error) => error.error_len().is_some() || !cut || beginning.iter().any(control),
    }
}

/// Whether it could be the beginning of JSON. `[+]ping ok` is what the health endpoints answer, and is not.
fn is_json(beginning: &[u8]) -> bool {
    let fault = serde_json::Deserializer::from_slice(beginning)
        .into_iter::<IgnoredAny>()
        .find_map(|value| value.err().map(|error| error.is_eof()));
    matches!(beginning.first(), Some(b'{' | b'[')) && fault.unwrap_or(true)
}

#[cfg(test)]
mod properties;

#[cfg(test)]
mod tests {
    use super::{BEGINNING_BYTES, BodyLimits, BodyReader};
    use crate::model::answer::{BodyKind, BodySeen, MetricsSeen};
    use std::ops::ControlFlow;

    const LIMITS: BodyLimits = BodyLimits::CONTROL_PLANE;

    fn read(body: impl AsRef<[u8]>) -> BodySeen {
        let mut reader = BodyReader::new(LIMITS, &[], None, None);
        assert_eq!(reader.feed(body.as_ref()), ControlFlow::Continue(()));
        reader.finish(true)
    }

    fn metrics(kind: BodyKind) -> MetricsSeen {
        match kind {
            BodyKind::Metrics(seen) => seen,
            other => panic!("not metrics but {other:?}"),
        }
    }

    /// The families, and the numbers of samples and of unreadable lines.
    fn check(body: &str, families: &[&str], samples: u64, unreadable: u64) {
        let seen = metrics(read(body).kind);
        assert_eq!(seen.families, families, "{body}");
        assert_eq!((seen.samples, seen.unreadable), (samples, unreadable), "{body}");
    }

    /// That it is not metrics, but what.
    fn check_other(body: impl AsRef<[u8]>, expected: &BodyKind) {
        assert_eq!(read(body.as_ref()).kind, *expected, "{}", String::from_utf8_lossy(body.as_ref()));
    }

    #[test]
    fn the_classic_format() {
        check("# HELP a b\n# TYPE a_total counter\na_total{x=\"}\"} 1\n\nb 2", &["a_total", "b"], 2, 0);
        check("\u{feff}a 1\r\n# TYPE b gauge\r\nb 2\r\n", &["a", "b"], 2, 0);
        check("a 1\nb\nc 3\n", &["a", "c"], 2, 1);
    }

    #[test]
    fn the_new_format() {
        check(
            "# TYPE a counter\n# UNIT a b\na_total 1 # {t=\"1\"} 1 2\na_created 3\n# EOF\n",
            &["a_total"],
            2,
            0,
        );
        check("{\"a.b\",c=\"d\"} 1", &["a.b"], 1, 0);
        check("# EOF\n", &[], 0, 0);
        let mut reader = BodyReader::new(
            LIMITS,
            &[],
            Some("Application/OpenMetrics-Text; version=1.0.0"),
            Some("identity"),
        );
        assert!(reader.feed(b"# TYPE a counter\n# EOF\n").is_continue());
        assert_eq!(metrics(reader.finish(true).kind).families, ["a_total"]);
    }

    #[test]
    fn samples_are_kept_by_their_own_names() {
        let mut reader = BodyReader::new(LIMITS, &["h_count", "up", "gone"], None, None);
        assert!(
            reader
                .feed(b"# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_count 1\nup{a=\"\\\"\"} +Inf 7")
                .is_continue()
        );
        let kept = metrics(reader.finish(true).kind).kept;
        assert_eq!(kept.len(), 2);
        assert_eq!(
            (kept[0].name.as_str(), kept[0].value.as_str(), kept[0].labels.len()),
            ("h_count", "1", 0)
        );
        assert_eq!((kept[1].name.as_str(), kept[1].value.as_str()), ("up", "+Inf"));
        assert_eq!(kept[1].labels.iter().collect::<Vec<_>>(), [(&"a".to_owned(), &"\"".to_owned())]);
    }

    #[test]
    fn what_is_kept_has_limits() {
        let limits = BodyLimits { kept: 2, label_pairs: 1, sample: 12, families: 2, ..LIMITS };
        let mut reader = BodyReader::new(limits, &["up"], None, None);
        let body = "up{a=\"1\",b=\"2\"} 1\nup{a=\"12345678901\"} 1\nup{a=\"1\"} 1\nup 2\nup 3\nx 1\ny 1\n";
        assert!(reader.feed(body.as_bytes()).is_continue());
        let seen = metrics(reader.finish(true).kind);
        assert_eq!(seen.kept.iter().map(|sample| sample.value.as_str()).collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!((seen.samples, seen.more_families), (7, true));
        assert_eq!(seen.families, ["up", "x"]);
    }

    #[test]
    fn a_body_that_breaks_off_is_still_metrics() {
        let mut reader = BodyReader::new(LIMITS, &["up"], None, None);
        assert!(reader.feed(b"up 1\nup 23").is_continue());
        let seen = reader.finish(false);
        assert!(!seen.complete);
        assert_eq!(seen.bytes, 10);
        let seen = metrics(seen.kind);
        // `up 23` could have become `up 234`.
        assert_eq!((seen.samples, seen.kept.len(), seen.unreadable), (1, 1, 0));

        let mut reader = BodyReader::new(LIMITS, &[], None, None);
        assert!(reader.feed(b"# HELP up Whether").is_continue());
        assert_eq!(metrics(reader.finish(false).kind), MetricsSeen::default());

        let mut reader = BodyReader::new(LIMITS, &[], Some("text/plain; version=0.0.4; charset=utf-8"), None);
        assert!(reader.feed(b"up{a=\"b").is_continue());
        assert_eq!(metrics(reader.finish(false).kind), MetricsSeen::default());
    }

    #[test]
    fn no_more_is_read_than_the_limit() {
        let limits = BodyLimits { bytes: 10, ..LIMITS };
        let mut reader = BodyReader::new(limits, &[], None, None);
        assert_eq!(reader.feed(b"up 1\nup 2\n"), ControlFlow::Continue(()));
        assert_eq!(reader.feed(b""), ControlFlow::Continue(()));
        assert!(reader.finish(true).complete, "a body of just the limit is whole");

        let mut reader = BodyReader::new(limits, &[], None, None);
        assert_eq!(reader.feed(b"up 1\nup 2\nu"), ControlFlow::Break(()));
        assert_eq!(reader.feed(b"p 3\n"), ControlFlow::Break(()));
        let seen = reader.finish(true);
        assert_eq!((seen.bytes, seen.complete, metrics(seen.kind).samples), (10, false, 2));
    }

    #[test]
    fn web_pages_are_not_metrics() {
        for body in ["<!DOCTYPE html>\n<pre>\nup 1\nup 2\nup 3\n", " \r\n\t<HTML><pre>", "\u{feff}<html>"] {
            assert!(matches!(read(body).kind, BodyKind::Html(_)), "{body}");
        }
        assert!(matches!(read(b"<html>caf\xe9").kind, BodyKind::Html(_)));
        check_other("<pre>\nup 1\nup 2\n</pre>", &BodyKind::Text("<pre> up 1 up 2 </pre>".to_owned()));
        check_other("<html>\nBearer abc", &BodyKind::Html("<html> Bearer [blanked]".to_owned()));
    }

    #[test]
    fn json_is_not_metrics() {
        let status = "{\n  \"kind\": \"Status\",\n  \"message\": \"forbidden: User \\\"system:anonymous\\\" \
                      cannot get path \\\"/metrics\\\"\",\n  \"code\": 403\n}\n";
        check_other(status, &BodyKind::Json(status.trim().replace('\n', " ")));
        for body in [
            "{}",
            "[]",
            "[1,2]",
            r#"{"a":1}{"b":2}"#,
            "{\"a\": [tr",
            "\u{feff}{\"health\":\"true\",\"reason\":\"\"}",
        ] {
            assert!(matches!(read(body).kind, BodyKind::Json(_)), "{body}");
        }
        for body in ["[+]ping ok\n[+]log ok\n", "[2024-01-01] x", "{a: 1}", "{% if %}", "[1] x"] {
            check_other(body, &BodyKind::Text(body.trim().replace('\n', " ")));
        }
        let long = format!("{{\"items\":[{}", "{\"name\":\"x\"},".repeat(1000));
        assert!(matches!(read(long).kind, BodyKind::Json(_)));
    }

    #[test]
    fn text_is_not_metrics() {
        check_other("ok", &BodyKind::Text("ok".to_owned()));
        check_other("404 page not found\n", &BodyKind::Text("404 page not found".to_owned()));
        check_other(
            "kube-scheduler statusz\nStarted: now\nUptime 5\n",
            &BodyKind::Text("kube-scheduler statusz Started: now Uptime 5".to_owned()),
        );
        check_other("# only a note\n", &BodyKind::Text("# only a note".to_owned()));
    }

    #[test]
    fn nothing_is_empty() {
        check_other("", &BodyKind::Empty);
        check_other("\u{feff} \r\n\t\n", &BodyKind::Empty);
        assert_eq!(read(" \n"), BodySeen { kind: BodyKind::Empty, bytes: 2, complete: true });
        let reader = BodyReader::new(LIMITS, &[], None, Some("gzip"));
        assert_eq!(reader.finish(true).kind, BodyKind::Empty);
    }

    #[test]
    fn what_is_no_text_is_binary() {
        for body in [
            &b"\0\0up 1\n"[..],
            b"up 1\nup 2\n\x01",
            b"\x1f\x8b\x08",
            b"\x15\x03\x03\x00\x02\x02\x46",
            b"caf\xe9",
        ] {
            check_other(body, &BodyKind::Binary);
        }
        for encoding in ["gzip", "br", "zstd, gzip"] {
            let mut reader = BodyReader::new(LIMITS, &[], Some("text/plain; version=0.0.4"), Some(encoding));
            assert!(reader.feed(b"up 1\n").is_continue());
            assert_eq!(reader.finish(true), BodySeen { kind: BodyKind::Binary, bytes: 5, complete: true });
        }
        // What is damaged further on does not undo what was read.
        let body = [b"up 1\n".repeat(BEGINNING_BYTES / 5 + 1).as_slice(), b"\0\xff\n"].concat();
        assert_eq!(metrics(read(body).kind).unreadable, 1);
    }

    #[test]
    fn a_character_may_be_cut_by_the_end_of_the_beginning() {
        let body = format!("{}é", "a".repeat(BEGINNING_BYTES - 1));
        assert!(matches!(read(body).kind, BodyKind::Text(_)));
    }
}
