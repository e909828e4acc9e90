//! Named endpoints against a real etcd with mutual TLS: every way in which a client certificate can be wrong has its own finding.

use crate::support::{
    Ran, ctlmon, etcd, has,
    pki::{Authority, Leaf, client, server, write},
    run,
};
use rcgen::ExtendedKeyUsagePurpose::ServerAuth;
use std::{
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// A real etcd that demands client certificates; ended when it goes out of scope.
pub(crate) struct Etcd {
    _server: etcd::Etcd,
    pub(crate) url: String,
    folder: TempDir,
    pub(crate) authority: Authority,
    ca: PathBuf,
}

impl Etcd {
    fn start() -> Self {
        Self::with(&[])
    }

    /// The same with more flags.
    pub(crate) fn with(flags: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let authority = Authority::new("etcd-ca");
        let ca = write(folder.path(), "ca.crt", &authority.pem);
        let (certificate, key) = authority.issue("cp-1", &server()).write(folder.path(), "server");
        let server = etcd::Etcd::start(folder.path(), &ca, (&certificate, &key), flags);
        Self { url: server.url.clone(), _server: server, folder, authority, ca }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Asks with a certificate, or with none.
    fn doctor(&self, leaf: Option<&Leaf>) -> Ran {
        run(self.command(leaf).arg("--ca").arg(&self.ca))
    }

    /// The same without a CA to compare anything with.
    fn doctor_without_ca(&self, leaf: Option<&Leaf>) -> Ran {
        run(&mut self.command(leaf))
    }

    fn command(&self, leaf: Option<&Leaf>) -> Command {
        let mut command = ctlmon(self.path());
        command.args(["doctor", "-o", "json", "--endpoint", &format!("etcd={}", self.url)]);
        if let Some(leaf) = leaf {
            let (certificate, key) = leaf.write(self.path(), "client");
            command.arg("--client-cert").arg(certificate).arg("--client-key").arg(key);
        }
        command
    }

    /// What `openssl x509 -req` makes without an extension file, as in the articles.
    fn version_1(&self) -> Leaf {
        let at = |name: &str| self.path().join(name);
        write(self.path(), "ca.key", &self.authority.key);
        let openssl = |args: &[&str]| {
            let output = Command::new("openssl").args(args).current_dir(self.path()).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        openssl(&["req", "-nodes", "-new", "-out", "v1.csr", "-keyout", "v1.key", "-subj", "/CN=datadog"]);
        openssl(&[
            "x509",
            "-req",
            "-in",
            "v1.csr",
            "-CA",
            "ca.crt",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-out",
            "v1.crt",
            "-days",
            "365",
            "-sha256",
        ]);
        let read = |name: &str| std::fs::read_to_string(at(name)).unwrap();
        Leaf { pem: read("v1.crt"), key: read("v1.key") }
    }
}

/// What it is called, what is presented, which errors and which lesser findings it must have, and the exit code.
type Case = (&'static str, Option<Leaf>, &'static [&'static str], &'static [&'static str], i32);

#[test]
fn every_client_certificate_gets_its_own_finding() {
    const TEST: &str = "every_client_certificate_gets_its_own_finding";
    if !has(TEST, "etcd") || !has(TEST, "openssl") {
        return;
    }
    let etcd = Etcd::start();
    let own = |shape| Some(etcd.authority.issue("datadog-agent", &shape));
    let of = |authority: Authority| Some(authority.issue("datadog-agent", &client()));
    let cases: Vec<Case> = vec![
        ("none", None, &["etcd-client-cert-missing"], &[], 1),
        ("other CA", of(Authority::new("other")), &["etcd-client-cert-foreign-ca"], &[], 1),
        ("CA of the same name", of(Authority::new("etcd-ca")), &["etcd-client-cert-foreign-ca"], &[], 1),
        (
            "same name, other string",
            of(Authority::printable("etcd-ca")),
            &["etcd-client-cert-foreign-ca"],
            &[],
            1,
        ),
        (
            "same name, other key type",
            of(Authority::p384("etcd-ca")),
            &["etcd-client-cert-foreign-ca"],
            &[],
            1,
        ),
        (
            "serverAuth only",
            own(client().purposes(&[ServerAuth])),
            &["etcd-client-cert-without-client-auth"],
            &[],
            1,
        ),
        ("no purpose", own(client().purposes(&[])), &[], &["etcd-client-cert-without-purpose"], 0),
        ("version 1", Some(etcd.version_1()), &[], &["etcd-client-cert-version-1"], 0),
        ("expired", own(client().expired()), &["etcd-client-cert-expired"], &[], 1),
        ("not yet valid", own(client().not_yet_valid()), &["etcd-client-cert-not-yet-valid"], &[], 1),
        ("right", own(client()), &[], &[], 0),
    ];
    for (name, leaf, errors, others, code) in &cases {
        let ran = etcd.doctor(leaf.as_ref());
        assert_eq!(ran.problems("error"), *errors, "{name}: {}", ran.stdout);
        let mut lesser = ran.problems("warning");
        lesser.extend(ran.problems("note"));
        assert_eq!(lesser, *others, "{name}: {}", ran.stdout);
        assert_eq!(ran.code, *code, "{name}");
        assert_eq!(ran.json()["exit"], *code, "{name}");
    }
}

#[test]
fn without_a_ca_to_compare_with_the_cause_is_found_all_the_same() {
    const TEST: &str = "without_a_ca_to_compare_with_the_cause_is_found_all_the_same";
    if !has(TEST, "etcd") {
        return;
    }
    let etcd = Etcd::start();
    let of = |authority: Authority| authority.issue("datadog-agent", &client());
    for (name, leaf, check) in [
        ("other CA", of(Authority::new("other")), "etcd-client-cert-foreign-ca"),
        ("CA of the same name", of(Authority::new("etcd-ca")), "etcd-client-cert-foreign-ca"),
        ("same name, other string", of(Authority::printable("etcd-ca")), "etcd-client-cert-foreign-ca"),
        ("expired", etcd.authority.issue("a", &client().expired()), "etcd-client-cert-expired"),
    ] {
        assert_eq!(etcd.doctor_without_ca(Some(&leaf)).problems("error"), [check], "{name}");
    }
    let right = etcd.doctor_without_ca(Some(&etcd.authority.issue("datadog-agent", &client())));
    assert_eq!((right.problems("error"), right.code), (vec![], 0), "{}", right.stdout);
}

#[test]
fn a_refusal_that_the_certificate_does_not_explain_is_named_as_such() {
    const TEST: &str = "a_refusal_that_the_certificate_does_not_explain_is_named_as_such";
    if !has(TEST, "etcd") {
        return;
    }
    let etcd = Etcd::with(&["--client-cert-allowed-hostname", "only.example"]);
    let refused = etcd.doctor(Some(&etcd.authority.issue("datadog-agent", &client())));
    assert_eq!(refused.problems("error"), ["etcd-client-cert-refused"], "{}", refused.stdout);
    let allowed = etcd.authority.issue("datadog-agent", &client().hosts(&["only.example"]));
    assert_eq!(etcd.doctor(Some(&allowed)).code, 0);
}

#[test]
fn two_faults_of_one_certificate_are_both_named() {
    const TEST: &str = "two_faults_of_one_certificate_are_both_named";
    if !has(TEST, "etcd") {
        return;
    }
    let etcd = Etcd::start();
    let leaf = Authority::new("etcd-ca").issue("datadog-agent", &client().expired().purposes(&[ServerAuth]));
    assert_eq!(
        etcd.doctor(Some(&leaf)).problems("error"),
        ["etcd-client-cert-expired", "etcd-client-cert-foreign-ca", "etcd-client-cert-without-client-auth"]
    );
}

#[test]
fn a_server_of_another_ca_is_not_trusted_and_says_so() {
    const TEST: &str = "a_server_of_another_ca_is_not_trusted_and_says_so";
    if !has(TEST, "etcd") {
        return;
    }
    let etcd = Etcd::start();
    let leaf = etcd.authority.issue("datadog-agent", &client());
    write(etcd.path(), "ca.crt", &Authority::new("etcd-ca").pem);
    let ran = etcd.doctor(Some(&leaf));
    assert_eq!(ran.problems("error"), ["serving-cert-untrusted"]);
    assert!(ran.stdout.contains("same name with another key"), "{}", ran.stdout);
}

#[test]
fn plain_http_to_a_tls_port_is_named() {
    const TEST: &str = "plain_http_to_a_tls_port_is_named";
    if !has(TEST, "etcd") {
        return;
    }
    let etcd = Etcd::start();
    let url = etcd.url.replace("https", "http");
    let ran = run(ctlmon(etcd.path()).args(["doctor", "-o", "json", "--endpoint", &format!("etcd={url}")]));
    // etcd closes without a word, so the other scheme has to be asked to know.
    assert_eq!(ran.problems("error"), ["metrics-scheme-mismatch"], "{}", ran.stdout);
}
