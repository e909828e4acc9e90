//! The grammar of one line of Prometheus or `OpenMetrics` text. What it remembers of a line must not change what it reads in
//! another.
//!
//! It follows what Prometheus' own parsers accept rather than the letter of either format: blanks where
//! the old format has them, exemplars where the new one has them, quoted names in both.

use super::cursor::{Cursor, Pair};
use std::{borrow::Cow, collections::BTreeMap};

/// What one line is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// Nothing but white space.
    Blank,
    /// A comment that means nothing.
    Comment,
    /// `# HELP`, `# UNIT` or `# EOF`.
    Metadata,
    /// `# TYPE`.
    Type(Cow<'a, str>, Kind),
    /// A sample.
    Sample(SampleLine<'a>),
    /// Anything else.
    Unreadable,
}

/// A line that holds a sample.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SampleLine<'a> {
    /// The metric's name.
    pub(super) name: Cow<'a, str>,
    /// Its value as it is written.
    pub(super) value: &'a str,
    /// What stands between its braces, with the closing one; empty where there are none.
    braces: &'a str,
}

/// The types of metrics, as far as they decide which names belong to a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Counter,
    Histogram,
    GaugeHistogram,
    Summary,
    Info,
    /// Those whose samples have the family's own name.
    Plain,
}

/// Reads lines, one after the other.
///
/// The series of a histogram differ behind their last comma alone, so of most lines the greater part was read before.
#[derive(Debug, Default)]
pub(super) struct LineReader {
    /// What the last line with braces began with: all up to its last comma between labels, or up to its opening brace.
    /// Empty where there was none whose name stands before its braces.
    head: String,
    /// Where the name ends in it.
    name_end: usize,
    /// Where the braces have opened in it.
    opened: usize,
}

impl LineReader {
    /// Reads one line, without its line feed.
    pub(super) fn read<'a>(&mut self, line: &'a str) -> Line<'a> {
        let mut at = Cursor::new(line.strip_suffix('\r').unwrap_or(line));
        at.blanks();
        if at.rest().is_empty() {
            Line::Blank
        } else if at.eat(b'#') {
            comment(at).unwrap_or(Line::Comment)
        } else {
            self.sample(at.rest()).map_or(Line::Unreadable, Line::Sample)
        }
    }

    fn sample<'a>(&mut self, line: &'a str) -> Option<SampleLine<'a>> {
        let mut at = Cursor::new(line);
        let place = |at: &Cursor<'_>| line.len() - at.rest().len();
        let known = !self.head.is_empty() && line.starts_with(&self.head);
        let (bare, separated, opened) = if known {
            at = Cursor::new(&line[self.head.len()..]);
            (Some(&line[..self.name_end]), true, Some(self.opened))
        } else {
            let (bare, blanks) = (at.name(), at.blanks());
            let opened = at.eat(b'{').then(|| place(&at));
            (bare, blanks || opened.is_some(), opened)
        };
        let mut quoted = None;
        let mut braces = "";
        if let Some(opened) = opened {
            let mut names = 0;
            let last = at.pairs(|pair| {
                if let Pair::Name(name) = pair {
                    quoted = Some(name);
                    names += 1;
                }
            })?;
            if names > 1 {
                return None;
            }
            braces = &line[opened..place(&at)];
            let head = &line[..line.len() - last.len()];
            if let (Some(name), None) = (bare, &quoted)
                && !(known && head.len() == self.head.len())
            {
                head.clone_into(&mut self.head);
                (self.name_end, self.opened) = (name.len(), opened);
            }
        }
        let name = match (bare, quoted) {
            (Some(name), None) => Cow::Borrowed(name),
            (None, Some(name)) => name.text(),
            _ => return None,
        };
        // `a.b 1` would otherwise be the metric `a` with the value `.b`.
        if !separated {
            return None;
        }
        at.blanks();
        let value = at.number()?;
        at.blanks();
        if at.is_at_end() {
            return Some(SampleLine { name, value, braces });
        }
        if !at.rest().starts_with('#') {
            at.number()?;
            at.blanks();
        }
        if at.eat(b'#') {
            at.exemplar()?;
        }
        at.is_at_end().then_some(SampleLine { name, value, braces })
    }
}

impl Kind {
    /// Those whose samples have other names than the family; all others are alike.
    const NAMED: [(&str, Self); 5] = [
        ("counter", Self::Counter),
        ("histogram", Self::Histogram),
        ("gaugehistogram", Self::GaugeHistogram),
        ("summary", Self::Summary),
        ("info", Self::Info),
    ];

    fn named(name: &str) -> Self {
        let known = Self::NAMED.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        known.map_or(Self::Plain, |(_, kind)| kind)
    }
}

impl SampleLine<'_> {
    /// Its labels; `None` where there are more than `pairs`, or where they need more than `bytes`.
    pub(super) fn labels(&self, pairs: usize, bytes: usize) -> Option<BTreeMap<String, String>> {
        let mut labels = BTreeMap::new();
        let mut room = bytes;
        let mut fits = true;
        if !self.braces.is_empty() {
            Cursor::new(self.braces).pairs(|pair| {
                let Pair::Label(name, value) = pair else { return };
                let size = name.len() + value.len();
                fits = fits && size <= room && labels.len() < pairs;
                if fits {
                    room -= size;
                    labels.insert(name.text().into_owned(), value.text().into_owned());
                }
            })?;
        }
        fits.then_some(labels)
    }
}

fn comment(mut at: Cursor<'_>) -> Option<Line<'_>> {
    at.blanks();
    match at.word() {
        "EOF" => at.is_at_end().then_some(Line::Metadata),
        "HELP" | "UNIT" => {
            at.blanks();
            at.any_name().map(|_| Line::Metadata)
        }
        "TYPE" => {
            at.blanks();
            let name = at.any_name()?;
            at.blanks();
            let kind = at.word();
            (!kind.is_empty()).then(|| Line::Type(name.text(), Kind::named(kind)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Line, LineReader};
    use std::borrow::Cow;

    fn read(line: &str) -> Line<'_> {
        LineReader::default().read(line)
    }

    /// `name{labels}=value` of a sample, or what else the line is.
    fn check(line: &str, expected: &str) {
        let seen = match read(line) {
            Line::Blank => "blank".to_owned(),
            Line::Comment => "comment".to_owned(),
            Line::Metadata => "metadata".to_owned(),
            Line::Type(name, kind) => format!("type {name} {kind:?}"),
            Line::Sample(sample) => {
                let labels = sample.labels(9, 999).expect("few and short labels");
                format!("{}{labels:?}={}", sample.name, sample.value)
            }
            Line::Unreadable => "unreadable".to_owned(),
        };
        assert_eq!(seen, expected, "{line}");
    }

    #[test]
    fn a_line_that_begins_like_the_one_before_has_a_meaning_of_its_own() {
        let mut reader = LineReader::default();
        let mut check = |line: &str, expected: &str| {
            let seen = match reader.read(line) {
                Line::Sample(sample) => {
                    let labels = sample.labels(9, 999).expect("few and short labels");
                    format!("{}{labels:?}={}", sample.name, sample.value)
                }
                other => format!("{other:?}"),
            };
            assert_eq!(seen, expected, "{line}");
        };
        check(r#"a{x="1",le="2"} 3"#, r#"a{"le": "2", "x": "1"}=3"#);
        check(r#"a{x="1",le="+Inf"} 4 17"#, r#"a{"le": "+Inf", "x": "1"}=4"#);
        check(r#"a{x="1",} 5"#, r#"a{"x": "1"}=5"#);
        check(r#"a{x="1",,} 5"#, "Unreadable");
        check(r#"a{x="1","b"} 5"#, "Unreadable");
        check(r#"a{x="1",y="2",z="3"} 6"#, r#"a{"x": "1", "y": "2", "z": "3"}=6"#);
        check(r#"a{x="1","#, "Unreadable");
        check(r#"{"b",x="1",y="2"} 7"#, r#"b{"x": "1", "y": "2"}=7"#);
        check(r#"{"b",x="1","c"} 7"#, "Unreadable");
        check("a 8", "a{}=8");
    }

    #[test]
    fn plain_samples() {
        check("up 1", "up{}=1");
        check("\tup \t 1 \t", "up{}=1");
        check("up 1\r", "up{}=1");
        check("a:b_c9 -1.5e+06 1700000000000", "a:b_c9{}=-1.5e+06");
        check("up{} 1", "up{}=1");
        check("up{}1", "up{}=1");
        check("up { a = \"b\" , } 1", r#"up{"a": "b"}=1"#);
        for value in ["NaN", "+Inf", "-Inf", "inf", "0", ".5", "5.", "1e-9", "+3"] {
            check(&format!("up {value}"), &format!("up{{}}={value}"));
        }
    }

    #[test]
    fn label_values_may_hold_anything() {
        check(r##"up{a="}",b=",",c="#",d=" "} 1"##, r##"up{"a": "}", "b": ",", "c": "#", "d": " "}=1"##);
        check(r#"up{a="\"",b="\\",c="\n",d="\d"} 1"#, r#"up{"a": "\"", "b": "\\", "c": "\n", "d": "\\d"}=1"#);
        check(r#"up{a="x\\"} 1"#, r#"up{"a": "x\\"}=1"#);
        check(r#"up{a="",b="é漢"} 1"#, r#"up{"a": "", "b": "é漢"}=1"#);
    }

    #[test]
    fn names_in_quotes() {
        check(r#"{"my.metric"} 1"#, "my.metric{}=1");
        check(r#"{"my.metric", l="v"} 1"#, r#"my.metric{"l": "v"}=1"#);
        check(r#"{l="v","my \"metric\""} 1"#, r#"my "metric"{"l": "v"}=1"#);
        check(r#"up{"a.b"="c"} 1"#, r#"up{"a.b": "c"}=1"#);
        check(r#"{"a","b"} 1"#, "unreadable");
        check(r#"up{"a"} 1"#, "unreadable");
        check(r#"{""} 1"#, "unreadable");
        check(r#"{l="v"} 1"#, "unreadable");
    }

    #[test]
    fn times_and_exemplars() {
        check("up 1 1700000000.123", "up{}=1");
        check(r#"up 1 # {trace="a}b"} 0.5"#, "up{}=1");
        check(r#"up{a="b"} 1 17 # {trace="a"} 0.5 17.3"#, r#"up{"a": "b"}=1"#);
        check("up 1 # {} 1", "up{}=1");
        for line in ["up 1 2 3", "up 1 x", "up 1 # note", "up 1 # {} ", "up 1 # {} 1 2 3", "up # {} 1"] {
            check(line, "unreadable");
        }
    }

    #[test]
    fn comments() {
        check("", "blank");
        check(" \t\r", "blank");
        check("#", "comment");
        check("# made by hand", "comment");
        check("# HELP up Whether it is up. \\n \\\\", "metadata");
        check("# HELP up", "metadata");
        check("# HELP", "comment");
        check("# UNIT a_seconds seconds", "metadata");
        check("# EOF", "metadata");
        check("# EOF at last", "comment");
        check("# TYPE up gauge", "type up Plain");
        check("#\tTYPE  up\tCOUNTER", "type up Counter");
        check(r#"# TYPE "my.metric" histogram"#, "type my.metric Histogram");
        check("# TYPE up", "comment");
        check("# TYPE a.b gauge", "comment");
        check("# TYPE up sketch", "type up Plain");
    }

    #[test]
    fn what_is_no_sample() {
        for line in [
            "ok",
            "404 page not found",
            "up",
            "up one",
            "up 0x10",
            "up 1_000",
            "a.b 1",
            "a-b 1",
            "a+1",
            "é 1",
            "up{a=\"b\" 1",
            "up{a=\"b} 1",
            "up{a=b} 1",
            "up{a=\"b\"c=\"d\"} 1",
            "up{,a=\"b\"} 1",
            "up{a} 1",
            "up{=\"b\"} 1",
            "{} 1",
            "{",
            r#"{"kind":"Status","code":403}"#,
            r#"  "code": 403"#,
        ] {
            check(line, "unreadable");
        }
    }

    #[test]
    fn too_many_or_too_large_labels_are_none() {
        let Line::Sample(sample) = read(r#"{"up",a="12",b="34"} 1"#) else { panic!("not a sample") };
        assert_eq!(sample.labels(2, 6).map(|labels| labels.len()), Some(2));
        assert_eq!(sample.labels(1, 6), None);
        assert_eq!(sample.labels(2, 5), None);
    }

    #[test]
    fn names_are_borrowed_unless_they_are_escaped() {
        assert!(matches!(read("# TYPE up gauge"), Line::Type(Cow::Borrowed("up"), Kind::Plain)));
    }
}
