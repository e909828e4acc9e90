//! What pure modules may not mention: the clock, the disk, the network, the environment, the terminal, an async runtime.

use super::{
    paths::{Form, Mention, in_production},
    source::{Violation, module_of},
};

/// The modules that are functions of their arguments.
const PURE: &[&str] =
    &["model", "certs", "rbac", "distributions", "monitoring", "view", "questions", "doctor", "plan"];

const CLOCK: &str = "the time of a judgement is the snapshot's `taken_at`: take the time as an argument";
const DISK: &str =
    "files are read by `observe` and `recording` and written by the edge: take the content as an argument";
const NETWORK: &str = "only `observe` opens sockets: make it a question, and judge the answer";
const ENVIRONMENT: &str = "only `commands` reads the environment: take the value as an argument";
const TERMINAL: &str = "only `render` writes to the terminal: return what there is to say";
const PROCESS: &str = "a pure function starts and ends no process: return what is to be done";
const RUNTIME: &str =
    "nothing waits behind the seam, and a runtime belongs to `observe`: take the result as an argument";

/// Paths, with the reason. A `*` at the end stands for the rest of a name.
const FORBIDDEN: &[(&str, &str)] = &[
    ("std::time::SystemTime", CLOCK),
    ("std::time::Instant", CLOCK),
    ("std::time::UNIX_EPOCH", CLOCK),
    ("jiff::Timestamp::now", CLOCK),
    ("jiff::Zoned::now", CLOCK),
    ("time::OffsetDateTime::now_utc", CLOCK),
    ("time::OffsetDateTime::now_local", CLOCK),
    ("std::fs", DISK),
    ("std::os::unix::fs", DISK),
    ("std::net::Tcp*", NETWORK),
    ("std::net::Udp*", NETWORK),
    ("std::net::ToSocketAddrs", NETWORK),
    ("std::os::unix::net", NETWORK),
    ("hyper", NETWORK),
    ("hyper_util", NETWORK),
    ("kube", NETWORK),
    ("k8s_openapi", NETWORK),
    ("reqwest", NETWORK),
    ("tokio_rustls", NETWORK),
    ("std::env", ENVIRONMENT),
    ("std::io::stdin", TERMINAL),
    ("std::io::stdout", TERMINAL),
    ("std::io::stderr", TERMINAL),
    ("std::io::Std*", TERMINAL),
    ("clap", TERMINAL),
    ("comfy_table", TERMINAL),
    ("indicatif", TERMINAL),
    ("std::process", PROCESS),
    ("std::thread", RUNTIME),
    ("futures", RUNTIME),
    ("tokio", RUNTIME),
];

/// Macros that write to the terminal.
const PRINTS: &[&str] = &["print", "println", "eprint", "eprintln", "dbg"];

/// Mentions of the outer world in a pure module.
pub(crate) fn violations(path: &str, text: &str) -> Vec<Violation> {
    if !module_of(path).first().is_some_and(|module| PURE.contains(&module.as_str())) {
        return Vec::new();
    }
    let mut violations: Vec<Violation> = Vec::new();
    for mention in in_production(path, text) {
        if let Some(reason) = reason(&mention) {
            let violation =
                Violation::new(path, mention.line, format!("mentions {}: {reason}", mention.path()));
            if !violations.contains(&violation) {
                violations.push(violation);
            }
        }
    }
    violations
}

fn reason(mention: &Mention) -> Option<&'static str> {
    if mention.form == Form::MacroCall {
        let name = mention.segments.last()?.as_str();
        if PRINTS.contains(&name) {
            return Some(TERMINAL);
        }
        // `std::env!` is read when the crate is built.
        if name == "env" {
            return None;
        }
    }
    FORBIDDEN.iter().find(|(path, _)| reaches(mention, path)).map(|(_, reason)| *reason)
}

/// Whether the path is the forbidden one or lies below it, or is a glob that could bring it in.
fn reaches(mention: &Mention, forbidden: &str) -> bool {
    let forbidden: Vec<&str> = forbidden.split("::").collect();
    let agree = mention.segments.iter().zip(&forbidden).all(|(segment, forbidden)| {
        forbidden.strip_suffix('*').map_or(segment == forbidden, |beginning| segment.starts_with(beginning))
    });
    agree && (mention.segments.len() >= forbidden.len() || mention.form == Form::Glob)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let seen: Vec<String> =
            violations("src/view/mod.rs", text).into_iter().map(|violation| violation.message).collect();
        assert_eq!(seen.len(), expected.len(), "{text}: {seen:#?}");
        for (seen, expected) in seen.iter().zip(expected) {
            assert!(seen.starts_with(&format!("mentions {expected}: ")), "{seen} lacks {expected}");
        }
    }

    #[test]
    fn sees_every_forbidden_path_in_every_pure_module() {
        for module in PURE {
            for (path, _) in FORBIDDEN {
                let path = path.replace('*', "Rest");
                for text in [format!("use {path};"), format!("fn a() {{ ::{path}::b() }}")] {
                    assert_eq!(violations(&format!("src/{module}/a.rs"), &text).len(), 1, "{module}: {text}");
                }
            }
        }
    }

    #[test]
    fn sees_the_outer_world_behind_imports() {
        check("use std::{fmt, net::{IpAddr, TcpStream}};", &["std::net::TcpStream"]);
        check("use std::net; fn a(b: net::UdpSocket) {}", &["std::net::UdpSocket"]);
        check("use std::io::{self, Write}; fn a() { io::stdout() }", &["std::io::stdout"]);
        check("use jiff::Timestamp;\nfn a() { Timestamp::now() }", &["jiff::Timestamp::now"]);
        check("use jiff::Timestamp as Moment;\nfn a() { Moment::now() }", &["jiff::Timestamp::now"]);
        check(
            "use std::time::*; use std as s; fn a() { s::fs::read(b) }",
            &["std::time::*", "std::fs::read"],
        );
        check("#[derive(clap::ValueEnum)] enum A {}", &["clap::ValueEnum"]);
    }

    #[test]
    fn sees_macros_that_print() {
        for name in PRINTS {
            check(&format!("fn a() {{ {name}!(\"b\") }}"), &[name]);
            check(&format!("fn a() {{ std::{name}!{{}} }}"), &[&format!("std::{name}")]);
        }
    }

    #[test]
    fn lets_through_what_looks_at_nothing() {
        check("use std::{fmt::Write, io, net::IpAddr, time::Duration}; use jiff::Timestamp;", &[]);
        check(
            "fn a(now: Timestamp) -> io::Result<()> { env!(\"B\"); std::env!(\"C\"); now.kube(); self.fs }",
            &[],
        );
        check(
            "// std::fs\n/* tokio::spawn */ const A: &str = \"println!\"; const B: &str = r#\"std::env\"#;",
            &[],
        );
        check("#[cfg(test)] mod tests { use std::fs; fn a() { println!() } }", &[]);
        check("use crate::model::kube; mod tokio; use tokio::A;", &[]);
    }

    #[test]
    fn leaves_the_edge_alone() {
        for path in
            ["src/observe/dial.rs", "src/recording.rs", "src/render/human.rs", "src/commands/doctor.rs"]
        {
            assert_eq!(violations(path, "use std::fs; use tokio::net;"), []);
        }
    }
}
