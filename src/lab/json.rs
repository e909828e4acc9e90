//! JSON text as Go writes it: escapes and indentation. It builds no values.

/// A JSON string as Go's encoder writes it, which escapes what HTML would notice.
pub(super) fn quote(text: &str) -> String {
    escape(&serde_json::Value::from(text).to_string())
}

/// JSON text with those characters escaped that Go's encoder escapes; outside of strings they do not occur.
pub(super) fn escape(json: &str) -> String {
    json.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

/// Compact JSON with two spaces for each level, as Go's `json.Indent` does it.
pub(super) fn indent(compact: &str) -> String {
    let mut text = String::with_capacity(compact.len() * 2);
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    let mut rest = compact.chars().peekable();
    let line = |text: &mut String, depth: usize| {
        text.push('\n');
        text.push_str(&"  ".repeat(depth));
    };
    while let Some(character) = rest.next() {
        if in_string {
            text.push(character);
            (in_string, escaped) = (escaped || character != '"', !escaped && character == '\\');
            continue;
        }
        match character {
            '{' | '[' => {
                text.push(character);
                if rest.peek().is_some_and(|next| *next != '}' && *next != ']') {
                    depth += 1;
                    line(&mut text, depth);
                } else {
                    text.extend(rest.next());
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut text, depth);
                text.push(character);
            }
            ',' => {
                text.push(',');
                line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            _ => {
                in_string = character == '"';
                text.push(character);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indentation_is_that_of_go() {
        let compact = r#"{"a":{},"b":[],"c":[1,"x{,:\"\\"],"d":{"e":null}}"#;
        let indented = "{\n  \"a\": {},\n  \"b\": [],\n  \"c\": [\n    1,\n    \"x{,:\\\"\\\\\"\n  ],\n  \"d\": {\n    \"e\": null\n  }\n}";
        assert_eq!(indent(compact), indented);
    }

    #[test]
    fn strings_are_escaped_as_go_escapes_them() {
        assert_eq!(quote("a->b & \"c\""), r#""a-\u003eb \u0026 \"c\"""#);
    }
}
