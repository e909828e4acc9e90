//! What the documents show is what the program prints. `BLESS=1 cargo test --test generated` writes it anew.

#![expect(clippy::disallowed_methods, reason = "a test that reads and writes documents and runs the binary")]

use std::{env, fs, path::Path, process::Command};

/// Begins the line above each sample; the arguments follow.
const MARK: &str = "<!-- sample: ";

/// A document with every sample replaced by what the program prints.
fn with_fresh_samples(text: &str) -> String {
    let mut fresh = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        fresh.push_str(line);
        fresh.push('\n');
        let Some(arguments) = line.strip_prefix(MARK).and_then(|rest| rest.strip_suffix(" -->")) else {
            continue;
        };
        fresh.push_str("```text\n");
        fresh.push_str(&printed(arguments));
        fresh.push_str("```\n");
        assert_eq!(lines.next(), Some("```text"), "after {line}");
        assert!(lines.by_ref().any(|line| line == "```"), "the sample after {line} does not end");
    }
    fresh
}

fn printed(arguments: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_ctlmon"))
        .args(arguments.split(' '))
        .env_clear()
        .output()
        .expect("the binary starts");
    String::from_utf8(output.stdout).expect("reports are text")
}

#[test]
fn samples_in_the_documents_are_what_the_program_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["README.md"] {
        let path = root.join(name);
        let text = fs::read_to_string(&path).expect("the document is there");
        let fresh = with_fresh_samples(&text);
        if env::var_os("BLESS").is_some() {
            fs::write(&path, fresh).expect("the document can be written");
        } else {
            assert_eq!(text, fresh, "{name} is stale: BLESS=1 cargo test --test generated");
        }
    }
}
