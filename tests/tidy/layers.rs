//! Which module may import which: what crate walls would say if this were a workspace.

use super::{
    paths::{Form, in_production},
    source::{Violation, module_of},
};

/// A module of the crate's root and what it may import besides itself.
///
/// `view` stands between `model` and the judges: an index over a snapshot needs parsed certificates, of which `model`
/// must not know.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("yaml", &[]),
    ("certs", &["model"]),
    ("rbac", &["model"]),
    ("distributions", &["model"]),
    ("monitoring", &["model"]),
    ("recording", &["model"]),
    ("view", &["model", "certs", "rbac", "distributions"]),
    ("questions", &["model", "view", "distributions"]),
    ("doctor", &["model", "certs", "rbac", "distributions", "view"]),
    ("plan", &["model", "distributions", "rbac", "certs", "yaml"]),
    ("observe", &["model", "certs", "yaml"]),
    ("store", &["model", "certs", "yaml", "observe"]),
    ("render", &["model", "doctor", "distributions", "monitoring", "view", "plan", "certs", "yaml"]),
    ("lab", &["model", "rbac", "certs"]),
];

/// The modules that put everything together.
const EDGE: &[&str] = &["commands", "error", "lib", "main"];

/// The only one of them that may import the lab.
const KNOWS_THE_LAB: &str = "commands";

/// Imports that go the other way.
pub(crate) fn violations(path: &str, text: &str) -> Vec<Violation> {
    let file = path.strip_prefix("src/").unwrap_or(path);
    let layer = file.split('/').next().unwrap_or(file).trim_end_matches(".rs");
    let below = LAYERS.iter().find(|(name, _)| *name == layer).map(|(_, below)| *below);
    if below.is_none() && !EDGE.contains(&layer) {
        return vec![Violation::new(
            path,
            1,
            format!(
                "{layer} is no known module: add its row to LAYERS in tests/tidy/layers.rs and to docs/architecture.md"
            ),
        )];
    }
    let may = |target: &str| match below {
        Some(below) => target == layer || below.contains(&target),
        None => target != "lab" || layer == KNOWS_THE_LAB,
    };
    let mut violations = Vec::new();
    for mention in in_production(path, text).into_iter().filter(|mention| mention.literal) {
        let Some(("crate", rest)) =
            mention.segments.split_first().map(|(first, rest)| (first.as_str(), rest))
        else {
            continue;
        };
        let message = match rest.first() {
            Some(target) if may(target) => continue,
            // The root's own children seen from a binary or the root itself.
            None if module_of(path).is_empty() && mention.form != Form::Glob => continue,
            None => {
                "imports the whole crate, which hides what it uses: name the module that is meant".to_owned()
            }
            Some(target) => match below {
                Some([]) => format!(
                    "imports {target}, and {layer} imports nothing of this crate: move what is needed into {layer}, or the code that needs it out of it"
                ),
                Some(below) => format!(
                    "imports {target}, and {layer} may import only {}: hand over what is needed as an argument, or move it to a module below both",
                    below.join(", ")
                ),
                None => format!("imports {target}: only commands may know the lab, so wire it up there"),
            },
        };
        violations.push(Violation::new(path, mention.line, message));
    }
    violations
}

/// Rows that the table on the page about the architecture lacks, or has otherwise.
pub(crate) fn drift(path: &str, text: &str) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (layer, below) in LAYERS {
        let names: Vec<String> = below.iter().map(|name| format!("`{name}`")).collect();
        let imports = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
        let row = text.lines().position(|line| line.starts_with(&format!("| `{layer}` |")));
        let agrees =
            |line: usize| text.lines().nth(line).is_some_and(|row| row.ends_with(&format!("| {imports} |")));
        if !row.is_some_and(agrees) {
            let message = format!(
                "the code map has no row for {layer} that ends in `| {imports} |`: write there what LAYERS in tests/tidy/layers.rs says"
            );
            violations.push(Violation::new(path, row.map_or(1, |line| line + 1), message));
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, expected: &[&str]) {
        let seen: Vec<String> = violations(path, text).iter().map(ToString::to_string).collect();
        assert_eq!(seen.len(), expected.len(), "{seen:#?}");
        for (seen, expected) in seen.iter().zip(expected) {
            assert!(seen.contains(expected), "{seen} lacks {expected}");
        }
    }

    #[test]
    fn sees_an_import_of_a_layer_above() {
        check("src/model/facts.rs", "use crate::certs::inspect;", &["src/model/facts.rs:1: imports certs"]);
        check("src/questions/doctor.rs", "use crate::{model::a,\n observe::b};", &[":2: imports observe"]);
        check("src/yaml.rs", "fn a() { super::model::b() }", &["imports model"]);
        check("src/doctor/fold.rs", "use super::super::render;", &["imports render"]);
        check("src/render/human.rs", "use crate::observe;", &["imports observe"]);
        check("src/recording/file.rs", "use crate::view as model;", &["imports view"]);
    }

    #[test]
    fn sees_each_layer_that_is_not_in_the_row() {
        for (layer, below) in LAYERS {
            for (other, _) in LAYERS.iter().filter(|(other, _)| other != layer) {
                let seen = violations(&format!("src/{layer}/a.rs"), &format!("use crate::{other}::a;"));
                assert_eq!(seen.is_empty(), below.contains(other), "{layer} imports {other}: {seen:?}");
            }
        }
    }

    #[test]
    fn holds_no_circle() {
        for (index, (layer, below)) in LAYERS.iter().enumerate() {
            for other in *below {
                let position = LAYERS.iter().position(|(name, _)| name == other);
                assert!(position.is_some_and(|position| position < index), "{layer} stands above {other}");
            }
        }
    }

    #[test]
    fn lets_tests_and_the_module_itself_through() {
        check(
            "src/doctor/fold.rs",
            "use crate::{doctor::a, view}; use super::verdict; use jiff::Timestamp;",
            &[],
        );
        check("src/doctor/fold.rs", "#[cfg(test)] mod tests { use crate::observe; }", &[]);
        check("src/doctor/fold.rs", "// crate::observe\n const A: &str = \"crate::observe\";", &[]);
        check("src/commands/doctor.rs", "use crate::{observe, render, lab};", &[]);
        check(
            "src/lib.rs",
            "pub mod lab; use crate::{error::Exit, commands}; pub(crate) use observe::Observer;",
            &[],
        );
    }

    #[test]
    fn sees_the_lab_imported_by_any_other_than_commands() {
        check("src/error.rs", "use crate::lab::LabError;", &["only commands may know the lab"]);
        check("src/main.rs", "use ctlmon::lab;", &["only commands may know the lab"]);
    }

    #[test]
    fn sees_imports_that_name_no_module() {
        check("src/yaml.rs", "use super::*;", &["imports the whole crate"]);
        check("src/view/mod.rs", "use crate as it;", &["imports the whole crate"]);
    }

    #[test]
    fn sees_a_module_without_a_row() {
        check("src/extras/mod.rs", "", &["extras is no known module"]);
    }

    #[test]
    fn sees_a_page_that_says_something_else() {
        let row = |(layer, below): &(&str, &[&str])| {
            let names: Vec<String> = below.iter().map(|name| format!("`{name}`")).collect();
            format!(
                "| `{layer}` | What it is. | {} |\n",
                if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
            )
        };
        let page: String = LAYERS.iter().map(row).collect::<Vec<_>>().concat();
        assert_eq!(drift("docs/architecture.md", &page), []);
        for planted in
            [page.replace("| `yaml` |", "| `yml` |"), page.replace("`model`, `view`, ", "`view`, `model`, ")]
        {
            assert_eq!(drift("docs/architecture.md", &planted).len(), 1, "{planted}");
        }
    }
}
