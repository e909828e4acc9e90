//! Nothing outside the lab and its commands knows that there is a lab: neither by a path nor in what it says.

use super::{
    lexer::{Token, tokens},
    paths::everywhere,
    source::Violation,
};

const AT_HOME: &[&str] = &["src/lab/", "src/lab.rs", "src/commands/", "src/commands.rs"];

/// Mentions of the lab where it must not be known. Tests count, comments do not.
pub(crate) fn violations(path: &str, text: &str) -> Vec<Violation> {
    if AT_HOME.iter().any(|home| path.starts_with(home)) {
        return Vec::new();
    }
    let mut violations: Vec<Violation> = everywhere(path, text)
        .into_iter()
        .filter(|mention| mention.literal && mention.segments.iter().any(|segment| segment == "lab"))
        .map(|mention| {
            let message = format!(
                "mentions {}: only src/lab and src/commands know the lab; let commands hand in what it makes",
                mention.path()
            );
            Violation::new(path, mention.line, message)
        })
        .collect();
    for token in tokens(text) {
        if token.text().is_some_and(names_the_lab) {
            let message = "a string names the lab: what is said here must hold for every cluster; words about the lab belong to src/lab and src/commands";
            violations.push(Violation::new(path, token.line, message));
        }
    }
    violations
}

fn names_the_lab(text: &str) -> bool {
    let text = text.to_lowercase();
    let words: Vec<&str> =
        text.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.contains(&"lab") || words.windows(2).any(|words| words == ["practice", "cluster"])
}

/// Declarations of the lab anywhere but in the root.
pub(crate) fn declarations(path: &str, text: &str) -> Vec<Violation> {
    if path == "src/lib.rs" {
        return Vec::new();
    }
    let tokens = tokens(text);
    tokens
        .windows(2)
        .filter(|pair: &&[Token]| pair[0].is_ident("mod") && pair[1].is_ident("lab"))
        .filter(|_| !AT_HOME.iter().any(|home| path.starts_with(home)))
        .map(|pair| {
            Violation::new(path, pair[0].line, "declares a module `lab`: there is one, in src/lib.rs")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, expected: usize) {
        let seen = [violations(path, text), declarations(path, text)].concat();
        assert_eq!(seen.len(), expected, "{path}: {text}: {seen:?}");
    }

    #[test]
    fn sees_a_path_into_the_lab() {
        check("src/observe/dial.rs", "use crate::{lab, model};", 1);
        check("src/observe/dial.rs", "fn a() { super::super::lab::run() }", 1);
        check("src/lib.rs", "pub mod lab; fn a() { lab::run() }", 1);
        check("src/view/mod.rs", "#[cfg(test)] mod tests { use crate::lab::spec; }", 1);
        check("src/observe/mod.rs", "mod lab;", 1);
    }

    #[test]
    fn sees_words_about_the_lab() {
        check("src/doctor/fold.rs", "const A: &str = \"start the Lab, then\";", 1);
        check("src/doctor/fold.rs", "const A: &str = r\"the practice\ncluster\";", 1);
    }

    #[test]
    fn lets_other_words_and_comments_through() {
        check(
            "src/doctor/fold.rs",
            "// the lab\n const A: &str = \"label, collaborate, practice a cluster\";",
            0,
        );
        check("src/doctor/fold.rs", "fn a(lab: u8) { b.lab }", 0);
        check("src/lib.rs", "pub mod lab;", 0);
        check("src/lab/mod.rs", "use crate::lab::spec; const A: &str = \"lab\";", 0);
        check("src/commands/lab.rs", "use crate::lab; const A: &str = \"the practice cluster\";", 0);
    }
}
