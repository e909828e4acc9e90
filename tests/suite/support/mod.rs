//! What several integration tests share: running the binary hermetically, and making certificates.

pub(crate) mod anybody;
pub(crate) mod api;
pub(crate) mod canary;
pub(crate) mod etcd;
pub(crate) mod fleet;
pub(crate) mod impostor;
pub(crate) mod markdown;
pub(crate) mod node;
pub(crate) mod pki;
pub(crate) mod practice;
pub(crate) mod server;
pub(crate) mod within;
pub(crate) mod xml;

use serde_json::Value;
use std::{
    path::Path,
    process::{Command, Output, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

/// The binary in an environment with nothing in it that could reach a cluster.
pub(crate) fn ctlmon(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ctlmon"));
    command.env_clear().env("HOME", folder).current_dir(folder);
    command
}

/// Runs and collects; a signal is a failure of the test.
pub(crate) fn run(command: &mut Command) -> Ran {
    collected(command.output().expect("the binary starts"))
}

fn collected(Output { status, stdout, stderr }: Output) -> Ran {
    Ran {
        code: status.code().expect("the binary ends by itself"),
        stdout: String::from_utf8(stdout).expect("stdout is text"),
        stderr: String::from_utf8(stderr).expect("stderr is text"),
    }
}

/// What a run took.
pub(crate) struct Measured {
    pub(crate) took: Duration,
    /// The most memory that it held, in KiB.
    pub(crate) peak: u64,
    pub(crate) ran: Ran,
}

/// Runs and measures.
pub(crate) fn measured(mut command: Command) -> Measured {
    let begin = Instant::now();
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    let id = child.id();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let mut peak = 0;
            while !is_over.load(Ordering::Relaxed) {
                let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
                let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
                let size = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
                peak = peak.max(size.unwrap_or_default());
                std::thread::sleep(Duration::from_millis(5));
            }
            peak
        });
        let output = child.wait_with_output();
        let took = begin.elapsed();
        // Before anything can fail: the other thread ends with this one.
        is_over.store(true, Ordering::Relaxed);
        let ran = collected(output.expect("the binary ends"));
        Measured { took, peak: watching.join().expect("nothing goes wrong there"), ran }
    })
}

/// The faults that the practice cluster knows unless it is told to be another one's: the id of each, and the check that
/// must find it.
pub(crate) fn faults() -> Vec<(String, String)> {
    faults_of("kubeadm")
}

/// Those of one distribution.
pub(crate) fn faults_of(distribution: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let is_of = |fault: &&Value| {
        fault["distributions"].as_array().expect("a list").iter().any(|of| of == distribution)
    };
    let faults = listed_faults().iter().filter(is_of);
    faults.map(|fault| (text(&fault["id"]), text(&fault["check"]))).collect()
}

/// The options of `doctor` without which these faults cannot be found, each once.
pub(crate) fn needs(ids: &[&str]) -> Vec<String> {
    let mut needs: Vec<String> = listed_faults()
        .iter()
        .filter(|fault| ids.contains(&fault["id"].as_str().expect("a text")))
        .flat_map(|fault| fault["needs"].as_array().expect("a list").clone())
        .map(|option| option.as_str().expect("a text").to_owned())
        .collect();
    needs.sort();
    needs.dedup();
    needs
}

/// What the binary says of its faults.
fn listed_faults() -> &'static [Value] {
    static LISTED: std::sync::OnceLock<Vec<Value>> = std::sync::OnceLock::new();
    LISTED.get_or_init(|| {
        let folder = tempfile::TempDir::new().expect("a folder");
        let list = run(ctlmon(folder.path()).args(["lab", "--list-faults", "-o", "json"])).json();
        list["faults"].as_array().expect("a list").clone()
    })
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

    /// The one error of a run that found nothing out: nothing on stdout, and nothing but hints beside it.
    pub(crate) fn error(&self, code: i32) -> &str {
        assert_eq!(self.code, code, "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        assert!(!self.stderr.contains("panicked"), "{self:?}");
        let mut lines = self.stderr.lines();
        let first = lines.next().and_then(|line| line.strip_prefix("error: "));
        assert!(lines.all(|line| line.starts_with("hint: ")), "one error, then hints: {self:?}");
        first.unwrap_or_else(|| panic!("one error: {self:?}"))
    }

    /// The same where something was said before.
    pub(crate) fn error_after_talk(&self, code: i32) -> &str {
        assert_eq!((self.code, self.stdout.as_str()), (code, ""), "{self:?}");
        assert!(!self.stderr.contains("panicked"), "{self:?}");
        let errors: Vec<&str> = self.stderr.lines().filter_map(|line| line.strip_prefix("error: ")).collect();
        assert_eq!(errors.len(), 1, "one error: {self:?}");
        errors[0]
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
