//! A reader of XML 1.0 that knows elements, attributes and text, and takes nothing that is not well-formed. It shares no code
//! with what writes reports.

/// An element.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    /// The text in it, that of its children left out.
    pub(crate) text: String,
    pub(crate) children: Vec<Self>,
}

impl Element {
    /// The root of a document.
    #[track_caller]
    pub(crate) fn parse(document: &str) -> Self {
        assert!(document.chars().all(is_char), "a character that XML cannot hold: {document:?}");
        let rest =
            document.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").expect("a declaration");
        let mut rest = rest.strip_prefix('<').expect("a root");
        let root = Self::read(&mut rest);
        assert_eq!(rest.trim(), "", "nothing follows the root");
        root
    }

    /// Reads on behind the `<` of a start tag.
    fn read(rest: &mut &str) -> Self {
        let name = name(rest);
        let mut element = Self { name, attributes: Vec::new(), text: String::new(), children: Vec::new() };
        loop {
            let space = rest.len() - rest.trim_start().len();
            *rest = rest.trim_start();
            if take(rest, "/>") {
                return element;
            }
            if take(rest, ">") {
                break;
            }
            assert!(space > 0, "space before an attribute: {rest:.40}");
            let key = self::name(rest);
            assert!(take(rest, "=\""), "a value of {key}");
            let (value, behind) = rest.split_once('"').expect("a value ends");
            *rest = behind;
            assert!(!value.contains('<') && !value.contains('\n'), "{key}={value:?}");
            assert!(element.attribute(&key).is_none(), "{key} occurs once");
            element.attributes.push((key, unescaped(value)));
        }
        loop {
            let (text, behind) = rest.split_once('<').expect("an end tag");
            assert!(!text.contains("]]>"), "{text:?}");
            element.text.push_str(&unescaped(text));
            *rest = behind;
            if take(rest, "/") {
                assert_eq!(self::name(rest), element.name, "tags are nested");
                assert!(take(rest, ">"), "an end tag ends");
                return element;
            }
            element.children.push(Self::read(rest));
        }
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The elements of this name, however deep.
    pub(crate) fn all<'a>(&'a self, name: &str) -> Vec<&'a Self> {
        let mut found: Vec<&Self> = self.children.iter().filter(|child| child.name == name).collect();
        found.extend(self.children.iter().flat_map(|child| child.all(name)));
        found
    }
}

fn take(rest: &mut &str, word: &str) -> bool {
    let stripped = rest.strip_prefix(word);
    *rest = stripped.unwrap_or(rest);
    stripped.is_some()
}

fn name(rest: &mut &str) -> String {
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).expect("a name ends");
    let (name, behind) = rest.split_at(end);
    assert!(name.starts_with(|c: char| c.is_ascii_alphabetic()), "a name: {rest:.40}");
    *rest = behind;
    name.to_owned()
}

fn unescaped(text: &str) -> String {
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (entity, rest) = part.split_once(';').expect("a reference ends");
        out.push_str(match entity {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            other => panic!("an unknown reference: {other}"),
        });
        out.push_str(rest);
    }
    out
}

const fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}
