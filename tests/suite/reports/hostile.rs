//! What a server says is text in every format: it ends no tag, no cell and no code, calls nobody, and moves no cursor.

use super::Reports;
use crate::support::{
    ctlmon,
    pki::{Authority, server, write},
    server::{page, runtime, serve},
};
use serde_json::json;
use tempfile::TempDir;

/// Texts that mean something to a reader of some format.
const TEXTS: [&str; 9] = [
    "]]></failure><script>alert(1)</script>",
    "&lt;&#0;&amp;\" x=\"1",
    "a | b \\| c \\\\| d",
    "`` ` ``` ~~~ `",
    "[x](https://evil.example) ![y](z) @octocat <b>",
    "yes: {a: [1, *b, !!c]} # d",
    "\u{1b}[31m\u{7}\u{b}\u{7f}\u{85}",
    "\u{2028}\u{2029}\u{feff}\u{fffe}\u{ffff}",
    "$(touch pwned) `touch pwned` 'x'; touch pwned #",
];

#[test]
fn what_a_server_says_is_text_in_every_format() {
    let runtime = runtime();
    let folder = TempDir::new().unwrap();
    let authority = Authority::new("site");
    let ca = write(folder.path(), "ca.crt", &authority.pem).display().to_string();
    let mut arrived = 0;
    for text in TEXTS {
        let leaf = authority.issue(text, &server());
        let refusal = format!("Forbidden (user={text}, verb=get, resource=nodes)");
        let one_line: String = text.chars().filter(|c| !c.is_control() && c.is_ascii()).collect();
        let redirect = format!(
            "HTTP/1.1 302 Found\r\nlocation: https://there/{one_line}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        );
        let answers = [
            page("403 Forbidden", "text/plain", &refusal),
            redirect,
            page("200 OK", "text/plain", &format!("{text}\n# TYPE {text} gauge\n")),
        ];
        let endpoints: Vec<String> = answers
            .into_iter()
            .map(|answer| format!("kubelet=https://127.0.0.1:{}", serve(&runtime, Some(&leaf), answer)))
            .collect();
        let reports = Reports::of(|format| {
            let mut doctor = ctlmon(folder.path());
            doctor.args(["doctor", "--ca", &ca, "-o", format]);
            for endpoint in &endpoints {
                doctor.args(["--endpoint", endpoint]);
            }
            doctor
        });
        reports.check_agreement();
        let word = one_line.split_whitespace().next().unwrap_or_default();
        arrived += usize::from(
            !word.is_empty() && reports.json.to_string().contains(&json!(word).to_string()[1..word.len()]),
        );
        for ran in &reports.ran {
            assert!(!ran.stdout.chars().any(|c| c.is_control() && c != '\n'), "{text:?}: {:?}", ran.stdout);
        }
        assert!(reports.junit.all("script").is_empty() && reports.junit.all("b").is_empty());
    }
    assert!(arrived >= 5, "what servers say is in the reports at all: {arrived}");
}

#[test]
fn what_a_kubeconfig_says_is_text_in_every_format() {
    let mut arrived = 0;
    for text in TEXTS {
        let folder = TempDir::new().unwrap();
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": text,
            "contexts": [{"name": text, "context": {"cluster": "site"}}],
            "clusters": [{"name": "site", "cluster": {"server": "http://127.0.0.1:1"}}],
        });
        std::fs::write(folder.path().join("config"), config.to_string()).unwrap();
        let reports = Reports::of(|format| {
            let mut doctor = ctlmon(folder.path());
            doctor.args(["doctor", "--kubeconfig", "config", "-o", format]);
            doctor
        });
        // A file with characters that YAML does not hold as they are is no kubeconfig.
        let cluster = &reports.json["cluster"];
        assert!(cluster.is_null() || cluster["context"] == text, "{cluster}");
        arrived += usize::from(!cluster.is_null());
        assert_eq!(reports.ran[0].code, 3);
    }
    assert!(arrived >= 6, "what a kubeconfig says is in the reports at all: {arrived}");
}
