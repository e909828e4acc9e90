//! What holds for every source file by itself: how it begins, how long and how it is named, and what may not be in it.

use super::{
    lexer::{Kind, tokens},
    source::{Violation, production},
};

/// More than this is two things in one file.
const MAX_LINES: usize = 600;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc"];

/// Folders of somebody's machine, in pieces, so that this file does not mention them.
const MACHINE_PATHS: &[&str] = &[concat!("/", "work/"), concat!("/", "root/"), concat!("/", "home/")];

/// Macros for what is not finished.
const UNFINISHED: &[&str] = &["todo", "unimplemented", "dbg"];

/// A file that does not say what it is.
pub(crate) fn without_words(path: &str, text: &str) -> Vec<Violation> {
    let first = text.lines().next().unwrap_or_default();
    if first.strip_prefix("//!").is_some_and(|words| !words.trim().is_empty()) {
        return Vec::new();
    }
    let message = "begins without `//!`: say in the first line what the file is, and what it must not do";
    vec![Violation::new(path, 1, message)]
}

/// A file with too many lines before its tests.
pub(crate) fn too_long(path: &str, text: &str) -> Vec<Violation> {
    let lines = match production(&tokens(text)).tokens.last() {
        None => 0,
        // A literal may end lines after the one on which its token begins.
        Some(last) => {
            last.line + if let Kind::Text(text) = &last.kind { text.matches('\n').count() } else { 0 }
        }
    };
    if lines <= MAX_LINES {
        return Vec::new();
    }
    let message = format!(
        "has {lines} lines before its tests, and {MAX_LINES} is the limit: a check is two checks or wants a parser in model or certs; \
         another file is two modules"
    );
    vec![Violation::new(path, MAX_LINES + 1, message)]
}

/// A file or a folder whose name says nothing.
pub(crate) fn named_emptily(path: &str, _text: &str) -> Vec<Violation> {
    path.trim_end_matches(".rs")
        .split(['/', '_', '-'])
        .filter(|word| EMPTY_NAMES.contains(word))
        .map(|word| {
            let message =
                format!("`{word}` says nothing about what is inside: name the file after what it does");
            Violation::new(path, 1, message)
        })
        .collect()
}

/// A path of the machine on which the file was written; comments and strings count.
pub(crate) fn machine_paths(path: &str, text: &str) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for machine in MACHINE_PATHS.iter().filter(|machine| line.contains(**machine)) {
            let message =
                format!("mentions {machine}: use a path of the project, an argument or a temporary folder");
            violations.push(Violation::new(path, index + 1, message));
        }
    }
    violations
}

/// Code that says itself that it is not finished; tests count.
pub(crate) fn unfinished(path: &str, text: &str) -> Vec<Violation> {
    let tokens = tokens(text);
    tokens
        .windows(3)
        .filter(|tokens| tokens[1].is_sign('!') && tokens[2].opens())
        .filter_map(|tokens| Some((tokens[0].ident()?, tokens[0].line)))
        .filter(|(name, _)| UNFINISHED.contains(name))
        .map(|(name, line)| {
            Violation::new(
                path,
                line,
                format!("calls {name}!: finish it, or leave it out and say so in docs/architecture.md"),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: fn(&str, &str) -> Vec<Violation>, path: &str, text: &str, expected: &[usize]) {
        let lines: Vec<usize> = rule(path, text).iter().map(|violation| violation.line).collect();
        assert_eq!(lines, expected, "{path}: {text}");
    }

    #[test]
    fn sees_a_file_that_does_not_say_what_it_is() {
        check(without_words, "src/a.rs", "fn main() {}\n", &[1]);
        check(without_words, "src/a.rs", "//!\n//! Late.\n", &[1]);
        check(without_words, "src/a.rs", "/// Another thing's words.\n", &[1]);
        check(without_words, "src/a.rs", "", &[1]);
        check(without_words, "src/a.rs", "//! What it is.\n", &[]);
    }

    #[test]
    fn sees_a_file_that_is_too_long() {
        let lines = |count: usize| "const A: u8 = 1;\n".repeat(count);
        check(too_long, "src/a.rs", &lines(MAX_LINES), &[]);
        check(too_long, "src/a.rs", &lines(MAX_LINES + 1), &[MAX_LINES + 1]);
        check(
            too_long,
            "src/a.rs",
            &format!("static A: &str = \"{}\";", "\n".repeat(MAX_LINES)),
            &[MAX_LINES + 1],
        );
        let tests = format!("{}#[cfg(test)]\nmod tests {{\n{}}}\n", lines(MAX_LINES), lines(MAX_LINES));
        check(too_long, "src/a.rs", &tests, &[]);
        check(too_long, "src/a.rs", &format!("{tests}fn after() {{}}"), &[MAX_LINES + 1]);
    }

    #[test]
    fn sees_a_name_that_says_nothing() {
        for name in EMPTY_NAMES {
            check(named_emptily, &format!("src/{name}.rs"), "", &[1]);
            check(named_emptily, &format!("src/{name}/mod.rs"), "", &[1]);
            check(named_emptily, &format!("src/observe/tls_{name}.rs"), "", &[1]);
        }
        check(named_emptily, "src/observe/utility_meter.rs", "", &[]);
    }

    #[test]
    fn sees_a_path_of_a_machine() {
        for machine in MACHINE_PATHS {
            check(machine_paths, "src/a.rs", &format!("\n// in {machine}ctlmon"), &[2]);
            check(machine_paths, "tests/a.rs", &format!("const A: &str = \"{machine}x\";"), &[1]);
        }
        check(machine_paths, "src/a.rs", "/etc/kubernetes/pki/network/homework", &[]);
    }

    #[test]
    fn sees_code_that_is_not_finished() {
        for name in UNFINISHED {
            check(unfinished, "src/a.rs", &format!("fn a() {{\n std::{name}!(); }}"), &[2]);
            check(
                unfinished,
                "src/a.rs",
                &format!("#[cfg(test)] mod tests {{ fn a() {{ {name}![] }} }}"),
                &[1],
            );
            check(unfinished, "src/a.rs", &format!("// {name}!()\n const A: &str = \"{name}!()\";"), &[]);
        }
        check(unfinished, "src/a.rs", "fn todo() { if todo != (1) {} }", &[]);
    }
}
