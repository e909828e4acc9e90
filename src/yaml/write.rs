//! Writing YAML, so that every reader takes every value for the same, whichever version of YAML it knows: each text stands in
//! quotes, as JSON would have it, and only the structure is YAML's own.

use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, Serializer};
use std::io::{self, Write};

/// How far a value lies to the right of what it belongs to.
const STEP: usize = 2;

/// Whether a character must be escaped in quotes: Go's reader refuses it, or changes it, although JSON allows it.
#[must_use]
pub const fn is_escaped(c: char) -> bool {
    matches!(c, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// A document, in the order of its fields, with one newline at its end.
///
/// # Errors
/// Where the value is none that JSON knows, such as a map whose keys are no texts.
pub fn to_string(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut out = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut out, Blocks::default()))?;
    out.push(b'\n');
    // Text goes in, and what is added to it is ASCII.
    Ok(String::from_utf8_lossy(&out).trim_start().to_owned())
}

/// Lays out blocks in place of braces.
#[derive(Default)]
struct Blocks {
    /// How deep each open block lies, and whether anything is in it.
    open: Vec<(usize, bool)>,
    /// Whether a dash was written and nothing behind it.
    is_behind_dash: bool,
    /// The key that is being written, escaped as JSON has it.
    key: Option<Vec<u8>>,
}

impl Blocks {
    fn begin(&mut self) {
        let depth = match self.open.last() {
            Some((depth, _)) => depth + STEP,
            None => 0,
        };
        self.open.push((depth, false));
    }

    fn end<W: ?Sized + Write>(&mut self, out: &mut W, empty: &[u8]) -> io::Result<()> {
        match self.open.pop() {
            Some((_, false)) => self.scalar(out).and_then(|()| out.write_all(empty)),
            _ => Ok(()),
        }
    }

    /// Begins the line of an entry, or stays on that of the dash which it is the first behind.
    fn entry<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        let Some((depth, is_begun)) = self.open.last_mut() else { return Ok(()) };
        let depth = *depth;
        *is_begun = true;
        if std::mem::take(&mut self.is_behind_dash) {
            return out.write_all(b" ");
        }
        out.write_all(b"\n")?;
        out.write_all(" ".repeat(depth).as_bytes())
    }

    /// What parts a value on the same line from its key or dash.
    fn scalar<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.is_behind_dash = false;
        if self.open.is_empty() { Ok(()) } else { out.write_all(b" ") }
    }
}

/// Scalars that differ in nothing but what they are called.
macro_rules! scalars {
    ($($name:ident: $type:ty),+ $(,)?) => {
        $(fn $name<W: ?Sized + Write>(&mut self, out: &mut W, value: $type) -> io::Result<()> {
            self.scalar(out)?;
            write!(out, "{value}")
        })+
    };
}

impl Formatter for Blocks {
    scalars! {
        write_bool: bool, write_i8: i8, write_i16: i16, write_i32: i32, write_i64: i64, write_i128: i128,
        write_u8: u8, write_u16: u16, write_u32: u32, write_u64: u64, write_u128: u128,
    }

    fn write_null<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.scalar(out)?;
        out.write_all(b"null")
    }

    fn begin_string<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        if self.key.is_some() {
            return Ok(());
        }
        self.scalar(out)?;
        out.write_all(b"\"")
    }

    fn end_string<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        match self.key.take() {
            Some(key) if is_plain(&key) => out.write_all(&key),
            Some(key) => [b"\"", &key[..], b"\""].iter().try_for_each(|part| out.write_all(part)),
            None => out.write_all(b"\""),
        }
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, text: &str) -> io::Result<()> {
        match &mut self.key {
            Some(key) => escape(key, text),
            None => escape(out, text),
        }
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, out: &mut W, c: CharEscape) -> io::Result<()> {
        match &mut self.key {
            Some(key) => CompactFormatter.write_char_escape(key, c),
            None => CompactFormatter.write_char_escape(out, c),
        }
    }

    fn begin_array<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.begin();
        Ok(())
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"[]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, _: bool) -> io::Result<()> {
        self.entry(out)?;
        self.is_behind_dash = true;
        out.write_all(b"-")
    }

    fn begin_object<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.begin();
        Ok(())
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"{}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, _: bool) -> io::Result<()> {
        self.key = Some(Vec::new());
        self.entry(out)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b":")
    }
}

/// Text inside of quotes, of which JSON's own escapes were taken out.
fn escape<W: ?Sized + Write>(out: &mut W, text: &str) -> io::Result<()> {
    let mut kept = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| is_escaped(*c)) {
        out.write_all(&text.as_bytes()[kept..at])?;
        write!(out, "\\u{:04x}", c as u32)?;
        kept = at + c.len_utf8();
    }
    out.write_all(&text.as_bytes()[kept..])
}

/// Whether a key can do without quotes: a name of this program's own documents, and no word that means something.
fn is_plain(key: &[u8]) -> bool {
    const WORDS: [&[u8]; 9] = [b"y", b"n", b"yes", b"no", b"on", b"off", b"true", b"false", b"null"];
    key.first().is_some_and(u8::is_ascii_lowercase)
        && key.iter().all(|byte| byte.is_ascii_lowercase() || b"_-".contains(byte))
        && !WORDS.contains(&key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::documents;
    use serde_json::{Value, json};

    fn check(value: &Value, expected: &str) {
        let text = to_string(value).unwrap();
        assert_eq!(text, expected);
        let read = documents(&text).unwrap();
        assert_eq!(read.first().unwrap_or(&Value::Null), value, "{text}");
    }

    #[test]
    fn lays_out_blocks() {
        check(&json!({}), "{}\n");
        check(&json!([]), "[]\n");
        check(&json!("a"), "\"a\"\n");
        check(&json!({"a": 1, "b": null, "c": true}), "a: 1\nb: null\nc: true\n");
        check(&json!({"a": {"b": [], "c": {}}}), "a:\n  b: []\n  c: {}\n");
        check(&json!([{"a": 1, "b": [2, 3]}, []]), "- a: 1\n  b:\n    - 2\n    - 3\n- []\n");
        check(&json!([[1], [{"a": [[]]}]]), "- - 1\n- - a:\n      - []\n");
        check(&json!({"y": 1, "a\"b": 2, "1": 3}), "\"1\": 3\n\"a\\\"b\": 2\n\"y\": 1\n");
    }

    #[test]
    fn keeps_the_order_of_fields() {
        #[derive(serde::Serialize)]
        struct Both {
            b: u8,
            a: Option<&'static str>,
        }
        assert_eq!(to_string(&Both { b: 1, a: Some("x") }).unwrap(), "b: 1\na: \"x\"\n");
    }

    #[test]
    fn every_text_stays_a_text() {
        for text in [
            "",
            "yes",
            "on",
            "~",
            "null",
            "1_000",
            "0o17",
            "12:30:45",
            "1e3",
            "2026-06-01",
            "=",
            "<<",
            "- a",
            "a: b",
            "# a",
            "a\nb\n",
            "\t",
            "\"",
            "\\",
            "{{ a }}",
            "\u{1b}[31m",
            "\u{0}",
            "\u{7f}\u{85}\u{a0}",
            "\u{2028}\u{2029}",
            "\u{feff}",
            "é🦀",
        ] {
            let value = json!({text: [text]});
            let written = to_string(&value).unwrap();
            assert_eq!(documents(&written).unwrap(), [value], "{written}");
            assert!(!written.chars().any(|c| is_escaped(c) || c.is_control() && c != '\n'), "{written:?}");
        }
    }
}
