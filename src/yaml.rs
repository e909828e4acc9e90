//! Reading YAML, in one place and into one untyped form. The crate keeps the name under which everybody knows it,
//! `serde_yaml`, but is serde-saphyr: the original is no longer kept. No error quotes the text.

pub mod write;

use serde_json::Value;
use serde_yaml::{budget, options};
use std::fmt;

/// How much text is read. The parser takes about a quarter of a second for a megabyte; `kubectl` can print JSON for more.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;

/// How many nodes of the syntax tree are read. The parser's own limit, 250,000, is reached by the YAML of 600 nodes.
const MAX_NODES: usize = 8_000_000;

/// How many documents a stream may have.
const MAX_DOCUMENTS: usize = 10_000;

/// Why a text could not be read as YAML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum YamlError {
    /// It has more than [`MAX_BYTES`] bytes.
    TooLarge(usize),
    /// It is no YAML, or none that is allowed: keys that occur twice and excessive aliases are refused.
    Syntax {
        /// The line and the column of the first fault, from 1, where they are known.
        at: Option<(u64, u64)>,
    },
}

/// The documents of a text; empty ones are left out.
///
/// # Errors
/// If the text is too large or is not YAML.
pub fn documents(text: &str) -> Result<Vec<Value>, YamlError> {
    if text.len() > MAX_BYTES {
        return Err(YamlError::TooLarge(text.len()));
    }
    let options = options! {
        budget: budget! {
            max_nodes: MAX_NODES,
            max_events: 2 * MAX_NODES,
            max_documents: MAX_DOCUMENTS,
        },
        with_snippet: false,
    };
    serde_yaml::from_multiple_with_options(text, options).map_err(|error| YamlError::Syntax {
        at: error.location().map(|at| (at.line(), at.column())).filter(|(line, _)| *line > 0),
    })
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(bytes) => {
                write!(f, "too large to be read as YAML: {bytes} bytes, of which {MAX_BYTES} are allowed")
            }
            Self::Syntax { at: Some((line, column)) } => {
                write!(f, "not YAML from line {line}, column {column}")
            }
            Self::Syntax { at: None } => f.write_str("not YAML"),
        }
    }
}

impl std::error::Error for YamlError {}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(text: &str, expected: &[Value]) {
        assert_eq!(documents(text).unwrap(), expected, "{text}");
    }

    #[test]
    fn reads_every_document() {
        check("a: 1\n---\nb: [x, \"1\", null]\n", &[json!({"a": 1}), json!({"b": ["x", "1", null]})]);
        check("---\n---\na: {}\n---\n", &[json!({"a": {}})]);
        check("", &[]);
        check("# nothing but a comment\n", &[]);
        check("{\"a\": 10250}", &[json!({"a": 10250})]);
        check("a: |-\n  x: 1\n  y: 2\n", &[json!({"a": "x: 1\ny: 2"})]);
    }

    #[test]
    fn says_where_and_never_what() {
        let error = documents("user: me\npassword: \"hunter2\n").unwrap_err();
        assert!(matches!(error, YamlError::Syntax { at: Some(_) }), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }

    #[test]
    fn refuses_what_kubernetes_would_not_take() {
        assert!(documents("a: 1\na: 2\n").is_err(), "a key that occurs twice");
        let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n\
                    d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n\
                    g: [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n";
        assert!(documents(bomb).is_err(), "aliases of aliases");
        assert!(matches!(documents(&" ".repeat(MAX_BYTES + 1)), Err(YamlError::TooLarge(_))));
    }

    #[test]
    fn reads_more_nodes_than_the_parser_would_by_itself() {
        let text = "- {a: 1, b: 2, c: 3}\n".repeat(50_000);
        assert_eq!(documents(&text).unwrap()[0].as_array().map(Vec::len), Some(50_000));
    }
}
