//! Named endpoints that refuse what they are shown, in the words of real components: what is blamed, and what is not.

use crate::support::{
    Ran, ctlmon,
    pki::{Authority, client, server, write},
    run,
    server::{page, runtime, serve},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tempfile::TempDir;

/// As controller-manager and scheduler of 1.36 wrote it while their API server was stopped.
const CANNOT_ASK: &str = "Internal Server Error: \"/metrics\": Post \"https://10.0.0.1:6443/apis/authorization.k8s.io/v1/subjectaccessreviews?timeout=10s\": dial tcp 10.0.0.1:6443: connect: connection refused\n";

const ISSUER: &str = "https://kubernetes.default.svc.cluster.local";

fn status(code: u16, message: &str) -> String {
    let reason = if code == 401 { "Unauthorized" } else { "Forbidden" };
    let body = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": message, "reason": reason, "code": code,
    });
    page(&format!("{code} {reason}"), "application/json", &body.to_string())
}

fn unauthorized() -> String {
    status(401, "Unauthorized")
}

fn token(audience: &str, until: i64) -> String {
    let claims = json!({
        "iss": ISSUER, "aud": [audience], "exp": until, "sub": "system:serviceaccount:datadog:datadog-agent",
    });
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// In the year 2100.
const LATER: i64 = 4_102_444_800;

/// What `doctor` makes of components that answer everybody the same, shown a token or a client certificate.
fn look(components: &[&str], answer: &str, shown: Option<&str>) -> Ran {
    let (runtime, folder) = (runtime(), TempDir::new().unwrap());
    let authority = Authority::new("kubernetes");
    let leaf = authority.issue("component", &server());
    let mut command = ctlmon(folder.path());
    command.args(["doctor", "-o", "json"]);
    for component in components {
        let port = serve(&runtime, Some(&leaf), answer.to_owned());
        command.args(["--endpoint", &format!("{component}=https://127.0.0.1:{port}")]);
    }
    if let Some(token) = shown {
        command.arg("--token-file").arg(write(folder.path(), "token", token));
    } else {
        let leaf = authority.issue("datadog-agent", &client().expired());
        let (certificate, key) = leaf.write(folder.path(), "client");
        command.arg("--client-cert").arg(certificate).arg("--client-key").arg(key);
    }
    run(&mut command)
}

/// The one problem of this check, with these words.
fn check(ran: &Ran, id: &str, words: &str) {
    assert_eq!((ran.problems("error"), ran.code), (vec![id.to_owned()], 1), "{}", ran.stdout);
    let json = ran.json();
    let problem: &Value =
        json["verdicts"].as_array().unwrap().iter().find(|verdict| verdict["verdict"] == "problem").unwrap();
    assert!(problem.to_string().contains(words), "{words}: {problem}");
}

#[test]
fn a_token_is_blamed_for_what_it_says_itself() {
    let id = "bearer-token-not-accepted";
    for component in ["apiserver", "controller-manager", "scheduler"] {
        let ran = look(&[component], &unauthorized(), Some(&token(ISSUER, 1_000_000_000)));
        check(&ran, id, "it ended at 2001-09-09T01:46:40Z");
        let ran = look(&[component], &unauthorized(), Some(&token("vault", LATER)));
        check(&ran, id, &format!("it is meant for vault and not for {ISSUER}"));
    }
}

#[test]
fn a_token_that_says_nothing_against_itself_is_blamed_by_an_api_server_only() {
    for token in [token(ISSUER, LATER), "opaque".to_owned()] {
        let alone = look(&["scheduler"], &unauthorized(), Some(&token));
        assert_eq!(alone.problems("error"), Vec::<String>::new(), "{}", alone.stdout);
        assert!(alone.stdout.contains("nothing in the token explains it"), "{}", alone.stdout);
        let both = look(&["apiserver", "scheduler"], &unauthorized(), Some(&token));
        check(&both, "bearer-token-not-accepted", "by its own words nothing is wrong with it");
    }
}

#[test]
fn a_component_that_cannot_ask_is_named_and_the_token_is_not() {
    let answer = page("500 Internal Server Error", "text/plain; charset=utf-8", CANNOT_ASK);
    for component in ["controller-manager", "scheduler"] {
        let ran = look(&[component], &answer, Some(&token(ISSUER, LATER)));
        check(&ran, "api-server-out-of-reach", "connection refused");
    }
    // Any other 500 is somebody else's.
    let ran =
        look(&["scheduler"], &page("500 Internal Server Error", "text/plain", "oops\n"), Some("opaque"));
    check(&ran, "answers-something-else", "status 500");
}

#[test]
fn a_missing_right_is_told_from_a_bad_credential() {
    let forbidden =
        |user: &str| status(403, &format!("forbidden: User \"{user}\" cannot get path \"/metrics\""));
    let account = "system:serviceaccount:datadog:datadog-agent";
    let token = token(ISSUER, LATER);
    let ran = look(&["apiserver", "scheduler"], &forbidden(account), Some(&token));
    check(&ran, "metrics-forbidden", "--serviceaccount=datadog:datadog-agent");
    // A name with which a command could go wrong is in no command.
    let ran = look(&["apiserver"], &forbidden("a; rm b"), Some(&token));
    check(&ran, "metrics-forbidden", "403 to a; rm b");
    assert!(!ran.stdout.contains("--user="), "{}", ran.stdout);
}

#[test]
fn a_client_certificate_is_judged_by_what_it_says() {
    for component in ["apiserver", "controller-manager", "scheduler"] {
        check(&look(&[component], &unauthorized(), None), "client-cert-not-accepted", "it ended at ");
    }
}

#[test]
fn a_recording_keeps_what_a_token_says_and_not_the_token() {
    let (runtime, folder) = (runtime(), TempDir::new().unwrap());
    let leaf = Authority::new("kubernetes").issue("component", &server());
    let endpoint = format!("apiserver=https://127.0.0.1:{}", serve(&runtime, Some(&leaf), unauthorized()));
    let token = token("vault", LATER);
    let file = write(folder.path(), "token", &token);
    let mut live = ctlmon(folder.path());
    live.args(["doctor", "-o", "json", "--endpoint", &endpoint, "--save", "seen.json", "--token-file"])
        .arg(&file);
    let live = run(&mut live);
    let replayed = run(ctlmon(folder.path()).args(["doctor", "-o", "json", "--from", "seen.json"]));
    assert_eq!((live.code, &live.stdout), (replayed.code, &replayed.stdout));
    let saved = std::fs::read_to_string(folder.path().join("seen.json")).unwrap();
    assert!(saved.contains("vault"));
    for part in token.split('.') {
        assert!(!saved.contains(part) || part == "e30", "{part}");
    }
}
