//! The rules of the source tree that neither the compiler nor clippy knows; docs/architecture.md gives the reasons.
//!
//! Each rule is a function of a path and a text, and its own tests show by planted examples that it fires.

mod tidy {
    pub(crate) mod files;
    pub(crate) mod layers;
    pub(crate) mod lexer;
    pub(crate) mod lockfile;
    pub(crate) mod paths;
    pub(crate) mod purity;
    pub(crate) mod source;
    pub(crate) mod surfaces;
    pub(crate) mod tables;
    pub(crate) mod words;
}

use std::fmt::Write as _;
use tidy::{
    files, layers, lockfile, purity,
    source::{self, File, Violation, production_files, rust_files},
    surfaces, tables, words,
};

/// The crate.
const SOURCES: &[&str] = &["src"];

/// All Rust of the project.
const ALL_RUST: &[&str] = &["src", "tests", "benches", "examples"];

/// Fails with every breach at once, so that one run shows all there is to do.
fn none(violations: &[Violation]) {
    let mut report = String::new();
    for violation in violations {
        _ = write!(report, "\n{violation}");
    }
    assert!(violations.is_empty(), "{} to put right:{report}", violations.len());
}

/// Applies a rule about single files.
fn each(files: &[File], rule: fn(&str, &str) -> Vec<Violation>) {
    assert!(!files.is_empty(), "there is nothing to look at");
    none(&files.iter().flat_map(|file| rule(&file.path, &file.text)).collect::<Vec<_>>());
}

#[test]
fn imports_go_one_way() {
    each(&production_files(&rust_files(SOURCES)), layers::violations);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the rule is about the file itself")]
fn the_page_about_the_architecture_shows_the_same_imports() {
    let page = std::fs::read_to_string(source::root().join("docs/architecture.md")).unwrap();
    none(&layers::drift("docs/architecture.md", &page));
}

#[test]
fn pure_modules_mention_nothing_of_the_outer_world() {
    each(&production_files(&rust_files(SOURCES)), purity::violations);
}

#[test]
fn every_source_file_says_what_it_is() {
    each(&rust_files(SOURCES), files::without_words);
}

#[test]
fn no_source_file_is_too_long() {
    each(&production_files(&rust_files(SOURCES)), files::too_long);
}

#[test]
fn no_file_has_a_name_that_says_nothing() {
    each(&rust_files(ALL_RUST), files::named_emptily);
}

#[test]
fn no_file_mentions_a_path_of_a_machine() {
    each(&rust_files(ALL_RUST), files::machine_paths);
}

#[test]
fn no_file_holds_unfinished_code() {
    each(&rust_files(ALL_RUST), files::unfinished);
}

#[test]
fn the_table_of_checks_is_complete() {
    none(&tables::incomplete(&tables::CHECKS, &rust_files(SOURCES)));
}

#[test]
fn every_check_explains_itself_under_five_headings() {
    none(&tables::unexplained(&rust_files(SOURCES)));
}

#[test]
fn the_table_of_faults_is_complete() {
    none(&tables::incomplete(&tables::FAULTS, &rust_files(SOURCES)));
}

#[test]
fn the_table_of_distributions_is_complete() {
    none(&tables::incomplete(&tables::DISTRIBUTIONS, &rust_files(SOURCES)));
}

#[test]
fn nothing_but_its_commands_knows_the_lab() {
    each(&rust_files(SOURCES), words::violations);
    each(&rust_files(SOURCES), words::declarations);
}

#[test]
fn only_two_surfaces_are_serialised() {
    each(&production_files(&rust_files(SOURCES)), surfaces::violations);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the rule is about the file itself")]
fn one_crypto_backend_is_locked_and_every_crate_is_a_release() {
    let text = std::fs::read_to_string(source::root().join("Cargo.lock")).unwrap();
    none(&lockfile::violations("Cargo.lock", &text));
}
