//! What is serialised: the snapshot with its nouns, and the documents of `render`. A plan's pieces become YAML.

use super::{
    lexer::{Token, closing, tokens},
    source::{Violation, module_of, production},
};

/// Types that can be serialised and belong to no surface.
pub(crate) fn violations(path: &str, text: &str) -> Vec<Violation> {
    if is_surface(path) {
        return Vec::new();
    }
    let tokens = production(&tokens(text)).tokens;
    let is_serialize = |token: &Token| token.is_ident("Serialize");
    (0..tokens.len())
        .filter(|at| {
            let rest = &tokens[*at..];
            match rest {
                [derive, open, ..] if derive.is_ident("derive") && open.is_sign('(') => {
                    rest[..closing(rest, 1)].iter().any(is_serialize)
                }
                [name, of, ..] => is_serialize(name) && of.is_ident("for"),
                _ => false,
            }
        })
        .map(|at| {
            let message = "can be serialised, and only the snapshot's nouns (model, recording), render's JSON and plan's YAML may: \
                           build a document of its own in src/render/json from it";
            Violation::new(path, tokens[at].line, message)
        })
        .collect()
}

fn is_surface(path: &str) -> bool {
    let module = module_of(path);
    match module.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["model" | "recording" | "plan", ..] => true,
        ["render", format, ..] => format.starts_with("json"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, expected: usize) {
        assert_eq!(violations(path, text).len(), expected, "{path}: {text}");
    }

    #[test]
    fn sees_a_third_surface() {
        for path in
            ["src/doctor/report.rs", "src/render/human.rs", "src/commands/detect.rs", "src/lab/spec.rs"]
        {
            check(path, "#[derive(Debug, Serialize)] struct A;", 1);
            check(path, "#[derive(serde::Serialize,)] struct A;", 1);
            check(path, "#[cfg_attr(unix, derive(Serialize))] struct A;", 1);
            check(path, "impl Serialize for A {}", 1);
            check(path, "impl<'a> serde::Serialize for A<'a> {}", 1);
        }
    }

    #[test]
    fn lets_the_surfaces_readers_and_tests_through() {
        for path in [
            "src/model/a.rs",
            "src/recording.rs",
            "src/recording/file.rs",
            "src/render/json.rs",
            "src/render/json/v1.rs",
            "src/plan/helm.rs",
        ] {
            check(path, "#[derive(Serialize)] struct A;", 0);
        }
        check("src/observe/a.rs", "#[derive(Debug, Deserialize)] struct A; fn b<T: Serialize>(c: T) {}", 0);
        check("src/observe/a.rs", "#[cfg(test)] mod tests { #[derive(Serialize)] struct A; }", 0);
    }
}
