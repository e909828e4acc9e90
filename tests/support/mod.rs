//! What several integration tests share: running the binary hermetically, and making certificates.

#![allow(dead_code, reason = "each test binary uses a part of it")]

pub(crate) mod pki;
pub(crate) mod practice;
pub(crate) mod server;

use serde_json::Value;
use std::{
    path::Path,
    process::{Command, Output},
};

/// The binary in an environment with nothing in it that could reach a cluster.
pub(crate) fn ctlmon(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ctlmon"));
    command.env_clear().env("HOME", folder).current_dir(folder);
    command
}

/// Runs and collects; a signal is a failure of the test.
pub(crate) fn run(command: &mut Command) -> Ran {
    let Output { status, stdout, stderr } = command.output().expect("the binary starts");
    Ran {
        code: status.code().expect("the binary ends by itself"),
        stdout: String::from_utf8(stdout).expect("stdout is text"),
        stderr: String::from_utf8(stderr).expect("stderr is text"),
    }
}

/// What a run left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Stdout as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The checks that found a problem of this severity, sorted; symptoms do not count.
    pub(crate) fn problems(&self, severity: &str) -> Vec<String> {
        let json = self.json();
        let mut found: Vec<String> = json["verdicts"]
            .as_array()
            .expect("verdicts are a list")
            .iter()
            .filter(|verdict| verdict["verdict"] == "problem" && verdict["severity"] == severity)
            .map(|verdict| verdict["check"].as_str().expect("a check has an id").to_owned())
            .collect();
        found.sort();
        found.dedup();
        found
    }
}

/// Whether a program is there; says by name that the test is skipped where it is not, unless CI demands it.
pub(crate) fn has(test: &str, program: &str) -> bool {
    let is_there = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()));
    if !is_there {
        assert!(
            std::env::var_os("CTLMON_REQUIRE_REAL").is_none(),
            "{test}: {program} is required and missing"
        );
        println!("skipped: {test}: no {program}");
    }
    is_there
}
