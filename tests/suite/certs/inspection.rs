//! `certs inspect`: what is worth saying about each kind of certificate, wherever it lies.

use super::shell::{certs, kubeadm_ca, sh};
use crate::support::{
    Ran, ctlmon, has,
    pki::{Authority, Shape, client, server, write},
    run,
    server::{page, runtime, serve},
};
use serde_json::Value;
use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};
use tempfile::TempDir;

/// The findings about the certificate of this name, the worst first.
fn findings(ran: &Ran, name: &str) -> Vec<String> {
    let json = ran.json();
    let found = json["certificates"].as_array().unwrap().iter().find(|one| one["name"] == name);
    let found = found.unwrap_or_else(|| panic!("{name}: {}", ran.stdout));
    let findings = found["findings"].as_array().unwrap().iter();
    findings
        .map(|one| format!("{} {}", one["level"].as_str().unwrap(), one["id"].as_str().unwrap()))
        .collect()
}

/// A client certificate that lasts for more than the month within which it is worth a word.
fn lasting() -> Shape {
    Shape { until: time::OffsetDateTime::now_utc() + time::Duration::hours(90 * 24 + 12), ..client() }
}

/// What openssl makes with these extensions and flags has these findings.
fn check(folder: &Path, subject: &str, extensions: &str, flags: &str, expected: &[&str]) {
    sh(
        folder,
        &format!(
            "openssl req -nodes -new -newkey rsa:2048 -out a.csr -keyout a.key -subj '{subject}' 2>/dev/null; printf '{extensions}' > e
             openssl x509 -req -in a.csr -CA ca.crt -CAkey ca.key -CAcreateserial -extfile e {flags} -out a.crt 2>/dev/null"
        ),
    );
    let ran = certs(folder, "inspect a.crt ca.crt -o json");
    assert_eq!(findings(&ran, "a.crt"), expected, "{extensions} {flags}: {}", ran.stdout);
}

/// What a client certificate should have.
const CLIENT: &str = "basicConstraints=CA:FALSE\\nextendedKeyUsage=clientAuth\\n";

#[test]
fn every_oddity_is_named() {
    const TEST: &str = "every_oddity_is_named";
    if !has(TEST, "openssl") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    kubeadm_ca(folder);
    check(folder, "/CN=a", CLIENT, "-days 99", &[]);
    check(folder, "/CN=a", CLIENT, "-days 9", &["warning expires-soon"]);
    sh(folder, "openssl genrsa 1024 2>/dev/null | openssl rsa -pubout -out small.pub 2>/dev/null");
    check(
        folder,
        "/CN=a",
        CLIENT,
        "-days 99 -force_pubkey small.pub",
        &["error key-mismatch", "warning small-key"],
    );
    check(folder, "/CN=a", CLIENT, "-days -1", &["error expired"]);
    check(folder, "/CN=a", CLIENT, "-days 9999", &["warning outlives-ca"]);
    check(folder, "/CN=a", CLIENT, "-days 99 -sha1", &["error weak-signature"]);
    check(folder, "/O=system:masters/CN=a", CLIENT, "-days 99", &["warning system-masters"]);
    check(folder, "/CN=a", "basicConstraints=CA:FALSE\\n", "-days 99", &["note no-purpose"]);
    check(folder, "/CN=a", "extendedKeyUsage=serverAuth\\n", "-days 99", &["error no-client-auth"]);
    check(folder, "/CN=a", "extendedKeyUsage=codeSigning\\n", "-days 99", &["error no-client-auth"]);
    check(folder, "/CN=a", "extendedKeyUsage=clientAuth,serverAuth\\n", "-days 99", &["warning server-auth"]);
    let ca = "basicConstraints=critical,CA:TRUE\\nextendedKeyUsage=clientAuth\\n";
    check(folder, "/CN=a", ca, "-days 99", &["warning ca-as-client"]);
}

#[test]
fn a_chain_has_an_order() {
    const TEST: &str = "a_chain_has_an_order";
    if !has(TEST, "openssl") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let (authority, other) = (Authority::new("etcd-ca"), Authority::new("other"));
    let leaf = authority.issue("a", &lasting());
    for (name, parts, expected) in [
        ("right.pem", vec![&leaf.pem, &authority.pem], &[][..]),
        ("stranger.pem", vec![&leaf.pem, &other.pem], &["warning chain-order"]),
        ("late.pem", vec![&leaf.pem, &other.pem, &authority.pem], &["warning chain-order"]),
        ("reversed.pem", vec![&authority.pem, &leaf.pem], &["warning chain-order"]),
        ("bundle.pem", vec![&authority.pem, &other.pem], &[]),
    ] {
        let parts: Vec<&str> = parts.into_iter().map(String::as_str).collect();
        write(folder, name, &parts.concat());
        let ran = certs(folder, &format!("inspect {name} -o json"));
        assert_eq!(findings(&ran, name), expected, "{}", ran.stdout);
    }
}

#[test]
fn keys_are_compared_and_their_modes_looked_at() {
    const TEST: &str = "keys_are_compared_and_their_modes_looked_at";
    if !has(TEST, "openssl") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let authority = Authority::new("etcd-ca");
    let (_, key) = authority.issue("a", &lasting()).write(folder, "a");
    let mode = |mode| fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
    let seen = || findings(&certs(folder, "inspect a.crt -o json"), "a.crt");
    mode(0o600);
    assert_eq!(seen(), [] as [&str; 0]);
    mode(0o640);
    assert_eq!(seen(), ["warning key-readable"]);
    assert!(certs(folder, "inspect a.crt").stdout.contains("open to its group (mode 0640)"));
    mode(0o644);
    assert!(certs(folder, "inspect a.crt").stdout.contains("everybody on the machine"));
    mode(0o600);
    write(folder, "a.key", &authority.issue("b", &lasting()).key);
    assert_eq!(seen(), ["error key-mismatch"]);
    sh(folder, "openssl pkcs8 -topk8 -in a.key -passout pass:x -out b.key; mv b.key a.key; chmod 600 a.key");
    assert_eq!(seen(), ["note key-unread"]);
    // A CA of the same name with another key, told by the key.
    write(folder, "twin.crt", &Authority::new("etcd-ca").pem);
    let ran = certs(folder, "inspect a.crt twin.crt -o json");
    assert_eq!(findings(&ran, "a.crt")[0], "error same-name-other-key");
}

#[test]
fn a_folder_is_a_table_with_its_authorities() {
    const TEST: &str = "a_folder_is_a_table_with_its_authorities";
    if !has(TEST, "openssl") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    fs::create_dir_all(folder.join("pki/etcd")).unwrap();
    let (etcd, front) = (Authority::new("etcd-ca"), Authority::new("front-proxy-ca"));
    write(folder, "pki/etcd/ca.crt", &etcd.pem);
    write(folder, "pki/etcd/ca.key", &etcd.key);
    write(folder, "pki/front-proxy-ca.crt", &front.pem);
    etcd.issue("kube-etcd-healthcheck-client", &lasting()).write(folder, "pki/etcd/healthcheck-client");
    etcd.issue("cp-1", &Shape { until: lasting().until, ..server() }).write(folder, "pki/etcd/server");
    front.issue("front-proxy-client", &lasting()).write(folder, "pki/front-proxy-client");
    write(folder, "pki/sa.pub", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
    let admin = etcd.issue("admin", &lasting());
    write(folder, "admin.crt.tmp", &admin.pem);
    write(folder, "admin.key.tmp", &admin.key);
    sh(
        folder,
        "printf 'apiVersion: v1\\nkind: Config\\ncurrent-context: c\\ncontexts:\\n- name: c\\n  context: {cluster: k, user: u}\\nusers:\\n- name: u\\n  \
         user:\\n    client-certificate-data: %s\\n    client-key-data: %s\\n' \"$(base64 -w0 admin.crt.tmp)\" \"$(base64 -w0 admin.key.tmp)\" \
         > admin.conf; rm *.tmp; chmod 600 admin.conf pki/*.key pki/etcd/*.key",
    );
    let ran = certs(folder, "inspect . -o json");
    let rows: Vec<(String, bool, bool)> = ran.json()["certificates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let flag = |name: &str| one[name].as_bool().unwrap();
            (one["name"].as_str().unwrap().to_owned(), flag("is_ca"), flag("externally_managed"))
        })
        .collect();
    let row = |name: &str, ca, external| (name.to_owned(), ca, external);
    assert_eq!(
        rows,
        [
            row("admin.conf", false, false),
            row("etcd-ca", true, false),
            row("etcd-healthcheck-client", false, false),
            row("etcd-server", false, false),
            row("front-proxy-ca", true, true),
            row("front-proxy-client", false, true),
        ]
    );
    assert_eq!(findings(&ran, "etcd-server"), [] as [&str; 0], "a server may serve");
    let table = certs(folder, "inspect .").stdout;
    for words in ["CERTIFICATE AUTHORITY", "EXTERNALLY MANAGED", "etcd-healthcheck-client", "90d"] {
        assert!(table.contains(words), "{words}: {table}");
    }
    let yaml: Value = serde_yaml::from_str(&certs(folder, "inspect . -o yaml").stdout).unwrap();
    assert_eq!(yaml["certificates"].as_array().unwrap().len(), 6);
    for (within, code) in [("89d", 0), ("91d", 1)] {
        let ran = certs(folder, &format!("inspect . --within {within} -o json"));
        assert_eq!((ran.code, ran.json()["exit"].as_i64()), (code, Some(code.into())), "{within}");
    }
}

#[test]
fn what_cannot_be_read_is_said_and_never_passes_for_fine() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let authority = Authority::new("etcd-ca");
    authority.issue("a", &lasting()).write(folder, "pki-a");
    write(folder, "damaged.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n");
    let ran = certs(folder, "inspect . -o json");
    assert_eq!(ran.code, 3);
    assert_eq!(ran.json()["unread"][0]["place"], "./damaged.crt");
    assert_eq!(certs(folder, "inspect . --within 91d").code, 1, "what expires wins");
    for (words, said) in [
        ("inspect missing.crt", "no such file"),
        ("inspect damaged.crt", "it does not end"),
        ("inspect pki-a.key", "no PEM block \"CERTIFICATE\""),
    ] {
        assert!(certs(folder, words).error(3).contains(said), "{words}");
    }
    fs::create_dir(folder.join("empty")).unwrap();
    assert!(certs(folder, "inspect empty").error(3).contains("holds no file with certificates"));
    for words in ["inspect http://127.0.0.1:1", "inspect - -", "inspect secret:x", "inspect a --within 30"] {
        assert_eq!(certs(folder, words).code, 2, "{words}");
    }
}

#[test]
fn a_server_shows_its_chain() {
    let runtime = runtime();
    let folder = TempDir::new().unwrap();
    let leaf = Authority::new("etcd-ca").issue("cp-1", &server());
    let port = serve(&runtime, Some(&leaf), page("404 Not Found", "text/plain", "no"));
    let url = format!("https://127.0.0.1:{port}");
    let ran = run(ctlmon(folder.path()).args(["certs", "inspect", "-o", "json", &url]));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.json()["certificates"][0]["subject"], "CN=cp-1");
    assert_eq!(ran.json()["certificates"][0]["signed_by"], Value::Null);
}
