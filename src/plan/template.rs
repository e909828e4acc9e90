//! Fills the templates. Text from elsewhere comes in as whole scalars, quoted as JSON, which YAML of any version reads as the
//! same text; in comments and in Markdown it comes in without anything that ends a line. It knows no plan.

use super::error::PlanError;
use crate::yaml::write::is_escaped;
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value, value::Serde,
};
use serde::Serialize;
use std::fmt::Write as _;

/// How wide comments are.
const WIDTH: usize = 118;

macro_rules! templates {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../templates/", $name)))),+]
    };
}

/// Every template, by its name below `templates`.
pub(super) static TEMPLATES: [(&str, &str); 21] = templates![
    "argocd/application.yaml.j2",
    "argocd/external-secret.yaml.j2",
    "check.yaml.j2",
    "folder/README.md.j2",
    "folder/undo.md.j2",
    "helm/values.yaml.j2",
    "job.yaml.j2",
    "mounts.yaml.j2",
    "objects/annotations.yaml.j2",
    "objects/checks.yaml.j2",
    "objects/kubeadm.yaml.j2",
    "objects/namespace.yaml.j2",
    "objects/pauses.yaml.j2",
    "objects/services.yaml.j2",
    "objects/sidecars.yaml.j2",
    "operator/datadogagent.yaml.j2",
    "placement.yaml.j2",
    "rights/manifest.yaml.j2",
    "rights/roles.yaml.j2",
    "summary.yaml.j2",
    "volumes.yaml.j2",
];

/// Fills one template. A slot that nothing fills is an error.
///
/// # Errors
/// Where the template and what fills it do not fit.
pub(super) fn fill(name: &'static str, slots: impl Serialize) -> Result<String, PlanError> {
    let failed = |error: Error| {
        let at = error.line().map(|line| format!(" at line {line}")).unwrap_or_default();
        PlanError::Template { name, said: format!("{error}{at}") }
    };
    let environment = environment().map_err(failed)?;
    let text = environment
        .get_template(name)
        .and_then(|template| template.render(Value::from(Serde(&slots))))
        .map_err(failed)?;
    Ok(format!("{}\n", text.trim()))
}

fn environment() -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.set_auto_escape_callback(|name| {
        if name.ends_with(".md.j2") { AutoEscape::None } else { AutoEscape::Json }
    });
    environment.set_formatter(write);
    environment.add_filter("remark", remark);
    environment.add_filter("nested", nested);
    environment.add_filter("through_tpl", through_tpl);
    environment.add_filter("plain", plain);
    for (name, text) in TEMPLATES {
        environment.add_template(name, text)?;
    }
    Ok(environment)
}

/// Writes a value as a scalar that every reader of YAML takes for the same.
fn write(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if value.is_undefined() {
        return Err(Error::new(ErrorKind::UndefinedError, "a slot that nothing fills"));
    }
    let text = if value.is_safe() || *state.auto_escape() == AutoEscape::None {
        value.to_string()
    } else {
        let quoted = serde_json::to_string(value)
            .map_err(|error| Error::new(ErrorKind::BadSerialization, error.to_string()))?;
        escaped(&quoted, state.name() == "check.yaml.j2")
    };
    out.write_str(&text).map_err(Error::from)
}

/// JSON without the characters that Go's reader of YAML refuses or changes although JSON allows them. In text that the
/// chart puts through its template engine no two braces may stand side by side.
fn escaped(json: &str, goes_through_tpl: bool) -> String {
    let mut out = String::with_capacity(json.len());
    let mut before = ' ';
    for c in json.chars() {
        let is_brace = goes_through_tpl && c == '{' && before == '{';
        match c {
            _ if is_escaped(c) => {
                // Writing to a string cannot fail.
                _ = write!(out, "\\u{:04x}", c as u32);
            }
            '{' if is_brace => out.push_str("\\u007b"),
            _ => out.push(c),
        }
        before = c;
    }
    out
}

/// Text that the chart puts through its template engine, so that what comes out is what went in.
fn through_tpl(text: &str) -> String {
    text.replace("{{", "{{`{{`}}")
}

/// Text as lines of a comment, the first where the slot stands and the others below it.
fn remark(text: &str, indent: Option<usize>) -> Value {
    let indent = indent.unwrap_or(0);
    let mut lines = vec![String::from("#")];
    for word in text.split_whitespace() {
        let word = harmless(word);
        let is_full = lines.last().is_some_and(|line| {
            line.len() > 1 && indent + line.chars().count() + 1 + word.chars().count() > WIDTH
        });
        if is_full {
            lines.push(String::from("#"));
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(&word);
        }
    }
    Value::from_safe_string(lines.join(&format!("\n{}", " ".repeat(indent))))
}

/// A document inside of another: every line but the first moved to the right.
fn nested(text: &str, indent: usize) -> Value {
    let mut out = String::new();
    for (number, line) in text.trim().lines().enumerate() {
        if number > 0 {
            out.push('\n');
            if !line.is_empty() {
                out.push_str(&" ".repeat(indent));
            }
        }
        out.push_str(line.trim_end());
    }
    Value::from_safe_string(out)
}

/// Text for Markdown, on one line and without marks of code.
fn plain(text: &str) -> String {
    harmless(text).replace('`', "'")
}

/// Without what ends a line or moves a cursor.
fn harmless(text: &str) -> String {
    let is_bad = |c: char| {
        c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
    };
    text.chars().map(|c| if is_bad(c) { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn knows_every_template_there_is() {
        let environment = environment().unwrap();
        assert_eq!(environment.templates().count(), TEMPLATES.len());
        assert!(TEMPLATES.is_sorted_by_key(|(name, _)| *name));
    }

    /// A slot inside of a scalar would silently write another value: its quotes would stand in the middle of the text.
    #[test]
    fn every_slot_of_yaml_is_a_whole_scalar_or_a_whole_line() {
        for (name, text) in TEMPLATES.into_iter().filter(|(name, _)| name.ends_with(".yaml.j2")) {
            for line in text.lines().filter(|line| line.contains("{{")) {
                let (before, rest) = line.split_once("{{").unwrap();
                let (_, after) = rest.split_once("}}").unwrap();
                let is_value = before.ends_with(": ") || before.ends_with("- ") || before.trim().is_empty();
                let is_key = after.starts_with(':') && before.trim().is_empty();
                let is_pair = is_key && after.trim_start_matches([':', ' ']).starts_with("{{");
                let ends =
                    after.is_empty() || after == ": |-" || after == ":" || is_pair || after == ": true";
                assert!(is_value && ends, "{name}: {line}");
            }
        }
    }

    #[test]
    fn quotes_what_yaml_would_read_otherwise() {
        let check =
            |text: &str, expected: &str| assert_eq!(escaped(&json!(text).to_string(), false), expected);
        check("yes", "\"yes\"");
        check("1_000", "\"1_000\"");
        check("a\"b\n", "\"a\\\"b\\n\"");
        check("\u{85}\u{2028}\u{feff}\u{7f}", "\"\\u0085\\u2028\\ufeff\\u007f\"");
    }

    #[test]
    fn lets_no_template_of_the_chart_through() {
        assert_eq!(escaped("{{{ }}", true), "{\\u007b\\u007b }}");
        assert_eq!(through_tpl("a:{{ .Values }}"), "a:{{`{{`}} .Values }}");
    }

    #[test]
    fn keeps_text_in_its_comment() {
        let text = remark("one\ntwo\u{85}three: x", Some(2)).to_string();
        assert_eq!(text, "# one two three: x");
        let long = remark(&"word ".repeat(60), Some(4)).to_string();
        assert!(
            long.lines().count() > 2 && long.lines().skip(1).all(|line| line.starts_with("    # ")),
            "{long}"
        );
    }
}
