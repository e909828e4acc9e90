//! As much XML as a report needs: elements with attributes, and text in which nothing is markup.
//!
//! XML 1.0 cannot hold most control characters in any spelling, not even as references, so these are replaced.

use std::fmt::Write as _;

/// An element.
pub(super) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    text: String,
    children: Vec<Self>,
}

impl Element {
    pub(super) const fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), text: String::new(), children: Vec::new() }
    }

    /// The same with one more attribute.
    #[must_use]
    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.attributes.push((name, value.to_owned()));
        self
    }

    /// The same with a text in place of children.
    #[must_use]
    pub(super) fn text(mut self, text: &str) -> Self {
        text.clone_into(&mut self.text);
        self
    }

    pub(super) fn add(&mut self, child: Self) {
        self.children.push(child);
    }

    /// A document with this as its root.
    pub(super) fn to_document(&self) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        self.write(&mut out, 0);
        out
    }

    fn write(&self, out: &mut String, depth: usize) {
        let indent = "  ".repeat(depth);
        // Writing to a String cannot fail.
        let _ = write!(out, "{indent}<{}", self.name);
        for (name, value) in &self.attributes {
            let _ = write!(out, " {name}=\"{}\"", attribute(value));
        }
        if self.children.is_empty() && self.text.is_empty() {
            out.push_str("/>\n");
            return;
        }
        out.push('>');
        out.push_str(&escaped(&self.text));
        if !self.children.is_empty() {
            out.push('\n');
            for child in &self.children {
                child.write(out, depth + 1);
            }
            out.push_str(&indent);
        }
        let _ = writeln!(out, "</{}>", self.name);
    }
}

/// Text between tags.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            // Three characters of text could end a section that nobody has begun.
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            // Allowed, and of no use to anybody but a terminal.
            '\u{7f}'..='\u{9f}' => out.push('\u{fffd}'),
            c if is_character(c) => out.push(c),
            _ => out.push('\u{fffd}'),
        }
    }
    out
}

/// The value of an attribute, on one line: readers turn the ends of lines into spaces.
fn attribute(text: &str) -> String {
    escaped(text).replace(['\n', '\t'], " ")
}

/// What the production `Char` of XML 1.0 allows, without a carriage return, which readers take for the end of a line.
const fn is_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(escaped(text), expected);
    }

    #[test]
    fn nothing_in_text_is_markup() {
        check("a<b>&\"c\"", "a&lt;b&gt;&amp;&quot;c&quot;");
        check("]]>", "]]&gt;");
        check("<!--", "&lt;!--");
        check("&#0;", "&amp;#0;");
        assert_eq!(attribute("a\nb\t\"c"), "a b &quot;c");
    }

    #[test]
    fn what_xml_cannot_hold_is_replaced() {
        for number in 0..=0x9f {
            let c = char::from_u32(number).unwrap();
            let is_kept = matches!(c, '\n' | '\t' | ' '..='~');
            assert_eq!(escaped(&c.to_string()).contains('\u{fffd}'), !is_kept, "{number:x}");
        }
        check("\u{fffe}\u{ffff}\r", "\u{fffd}\u{fffd}\u{fffd}");
        check("é🦀\u{2028}", "é🦀\u{2028}");
    }

    #[test]
    fn elements_lie_within_each_other() {
        let mut root = Element::new("a").with("b", "\"");
        root.add(Element::new("c").text("d"));
        root.add(Element::new("e"));
        let expected =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b=\"&quot;\">\n  <c>d</c>\n  <e/>\n</a>\n";
        assert_eq!(root.to_document(), expected);
    }
}
