//! `certs verify`: each way in which a client certificate can be wrong is told by name, offline and from a real etcd's answer.

use super::shell::{certs, sh};
use crate::support::{
    Ran, ctlmon,
    etcd::Etcd,
    has,
    pki::{Authority, Leaf, Shape, client, server, write},
    run,
};
use rcgen::ExtendedKeyUsagePurpose::ServerAuth;
use tempfile::TempDir;

/// A folder with an etcd's CA as `ca.crt` and `ca.key`, and that etcd.
struct Place {
    folder: TempDir,
    authority: Authority,
    etcd: Etcd,
}

impl Place {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let authority = Authority::new("etcd-ca");
        let ca = write(folder.path(), "ca.crt", &authority.pem);
        write(folder.path(), "ca.key", &authority.key);
        let (certificate, key) = authority.issue("cp-1", &server()).write(folder.path(), "server");
        let etcd = Etcd::start(folder.path(), &ca, (&certificate, &key), &[]);
        Self { folder, authority, etcd }
    }

    /// Verifies `client.crt` with `client.key` by `ca.crt`, and asks etcd.
    fn verify(&self) -> Ran {
        certs(
            self.folder.path(),
            &format!(
                "verify --ca ca.crt --cert client.crt --key client.key --endpoint {} -o json",
                self.etcd.url
            ),
        )
    }

    fn check(&self, name: &str, leaf: &Leaf, failures: &[&str]) {
        leaf.write(self.folder.path(), "client");
        self.check_files(name, failures, &[]);
    }

    fn check_files(&self, name: &str, failures: &[&str], remarks: &[&str]) {
        let ran = self.verify();
        assert_eq!(ids(&ran, "error"), failures, "{name}: {}", ran.stdout);
        let lesser = [ids(&ran, "warning"), ids(&ran, "note")].concat();
        assert_eq!(lesser, remarks, "{name}: {}", ran.stdout);
        assert_eq!(ran.code, i32::from(!failures.is_empty()), "{name}");
        assert_eq!(ran.json()["holds"], failures.is_empty());
        for outcome in ran.json()["outcomes"].as_array().unwrap() {
            assert!(outcome["level"] != "error" || outcome["remedy"].is_string(), "{name}: {outcome}");
        }
    }
}

fn ids(ran: &Ran, level: &str) -> Vec<String> {
    let json = ran.json();
    let outcomes = json["outcomes"].as_array().unwrap().iter();
    outcomes
        .filter(|outcome| outcome["level"] == level)
        .map(|outcome| outcome["id"].as_str().unwrap().to_owned())
        .collect()
}

fn from_to(from: i64, to: i64) -> Shape {
    let now = time::OffsetDateTime::now_utc();
    Shape { from: now + time::Duration::hours(from), until: now + time::Duration::hours(to), ..client() }
}

#[test]
fn every_fault_has_its_name() {
    const TEST: &str = "every_fault_has_its_name";
    if !has(TEST, "etcd") {
        return;
    }
    let place = Place::new();
    let own = |shape: Shape| place.authority.issue("datadog-agent", &shape);
    let of = |authority: Authority| authority.issue("datadog-agent", &client());
    place.check("right", &own(client()), &[]);
    place.check("expired", &own(client().expired()), &["expired", "refused"]);
    place.check("not yet valid", &own(client().not_yet_valid()), &["not-yet-valid", "refused"]);
    place.check("made by a clock that is ahead", &own(from_to(2, 99)), &["clock", "refused"]);
    place.check("other CA", &of(Authority::new("other")), &["other-ca", "refused"]);
    place.check("same name, other key", &of(Authority::new("etcd-ca")), &["same-name-other-key", "refused"]);
    place.check(
        "same name, other bytes",
        &of(Authority::printable("etcd-ca")),
        &["same-name-other-key", "refused"],
    );
    place.check(
        "same name, other kind of key",
        &of(Authority::p384("etcd-ca")),
        &["same-name-other-key", "refused"],
    );
    place.check("for servers", &own(client().purposes(&[ServerAuth])), &["no-client-auth", "refused"]);
    let leaf = own(client());
    place.check("other key", &Leaf { key: own(client()).key, pem: leaf.pem }, &["key-mismatch"]);
    own(client()).write(place.folder.path(), "client");
    // A server that is not what it should be, or not under that name.
    let url = place.etcd.url.clone();
    write(place.folder.path(), "ca.crt", &Authority::new("etcd-ca").pem);
    let ran = place.verify();
    assert_eq!(ids(&ran, "error"), ["same-name-other-key", "server-untrusted"], "{}", ran.stdout);
    write(place.folder.path(), "ca.crt", &place.authority.pem);
    let by_name = |url: &str| {
        let words = format!("verify --ca ca.crt --cert client.crt --key client.key --endpoint {url} -o json");
        certs(place.folder.path(), &words)
    };
    let ran = by_name(&url.replace("127.0.0.1", "127.0.0.2"));
    assert_eq!(ids(&ran, "error"), ["unreachable"], "{}", ran.stdout);
    let ran = by_name("https://127.0.0.1:1");
    assert_eq!(ids(&ran, "error"), ["unreachable"], "{}", ran.stdout);
}

#[test]
fn a_server_under_another_name_is_told_from_one_that_is_not_trusted() {
    const TEST: &str = "a_server_under_another_name_is_told_from_one_that_is_not_trusted";
    if !has(TEST, "etcd") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let authority = Authority::new("etcd-ca");
    let ca = write(folder.path(), "ca.crt", &authority.pem);
    let named = server().hosts(&["etcd.example"]);
    let (certificate, key) = authority.issue("cp-1", &named).write(folder.path(), "server");
    let etcd = Etcd::start(folder.path(), &ca, (&certificate, &key), &[]);
    authority.issue("a", &client()).write(folder.path(), "client");
    let words =
        format!("verify --ca ca.crt --cert client.crt --key client.key --endpoint {} -o json", etcd.url);
    let ran = certs(folder.path(), &words);
    assert_eq!(ids(&ran, "error"), ["name"], "{}", ran.stdout);
    assert!(ran.stdout.contains("etcd.example"));
}

/// The lines of the article, word for word but for the paths of the CA.
const ARTICLE: &str = r#"
openssl req -nodes -new -out datadog.csr -keyout datadog.key -subj "/CN=datadog"
openssl x509 -req -in datadog.csr -CA etcd-clients-ca.crt -CAkey etcd-clients-ca.key -CAcreateserial -out datadog.crt -days 365 -sha256
openssl x509 -in datadog.crt -outform PEM -out datadog.pem
openssl x509 -in etcd-clients-ca.crt -outform PEM -out etcd-ca.pem
"#;

#[test]
fn what_the_article_makes_is_version_1_and_holds() {
    const TEST: &str = "what_the_article_makes_is_version_1_and_holds";
    if !has(TEST, "etcd") || !has(TEST, "openssl") {
        return;
    }
    let place = Place::new();
    let folder = place.folder.path();
    sh(
        folder,
        &format!("cp ca.crt etcd-clients-ca.crt; cp ca.key etcd-clients-ca.key; ({ARTICLE}) 2>/dev/null"),
    );
    sh(folder, "cp datadog.pem client.crt; cp datadog.key client.key");
    let inspected = certs(folder, "inspect datadog.pem -o json").json();
    let findings = inspected["certificates"][0]["findings"].as_array().unwrap();
    assert!(
        findings.iter().any(|finding| finding["id"] == "version-1" && finding["level"] == "warning"),
        "{findings:?}"
    );
    place.check_files("the article's", &[], &["version-1", "no-purpose"]);
    let mut doctor = ctlmon(folder);
    doctor.args([
        "doctor",
        "-o",
        "json",
        "--endpoint",
        &format!("etcd={}", place.etcd.url),
        "--ca",
        "etcd-ca.pem",
    ]);
    let ran = run(doctor.args(["--client-cert", "datadog.pem", "--client-key", "datadog.key"]));
    assert_eq!((ran.code, ran.problems("error")), (0, vec![]), "{}", ran.stdout);
    assert!(ran.problems("warning").contains(&"etcd-client-cert-version-1".to_owned()));
    let replaced = certs(
        folder,
        &format!(
            "issue --ca-cert etcd-clients-ca.crt --ca-key etcd-clients-ca.key --out new --name datadog --common-name datadog \
             --accept-full-etcd-access --verify --endpoint {}",
            place.etcd.url
        ),
    );
    assert_eq!(replaced.code, 0, "{replaced:?}");
    assert!(
        replaced.stdout.contains(
            "curl --cacert new/ca.crt --cert new/datadog.crt --key new/datadog.key https://127.0.0.1"
        )
    );
    sh(folder, "cp new/datadog.crt client.crt; cp new/datadog.key client.key");
    place.check_files("its replacement", &[], &[]);
}

#[test]
fn what_etcd_takes_and_others_refuse_holds_with_a_word() {
    const TEST: &str = "what_etcd_takes_and_others_refuse_holds_with_a_word";
    if !has(TEST, "etcd") || !has(TEST, "openssl") {
        return;
    }
    let place = Place::new();
    let folder = place.folder.path();
    sh(folder, "cp ca.crt client.crt; cp ca.key client.key");
    place.check_files("the CA itself", &[], &["ca-as-client", "no-purpose"]);
    let signed = |extensions: &str, more: &str| {
        sh(
            folder,
            &format!(
                "openssl req -nodes -new -out a.csr -keyout client.key -subj /CN=a 2>/dev/null; printf '{extensions}' > e
                 openssl x509 -req -in a.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 9 -extfile e -out client.crt {more} 2>/dev/null"
            ),
        );
    };
    signed("basicConstraints=critical,CA:TRUE\\nextendedKeyUsage=clientAuth\\n", "");
    place.check_files("CA:TRUE", &[], &["ca-as-client"]);
    signed("basicConstraints=critical,CA:FALSE\\n", "");
    place.check_files("no purpose", &[], &["no-purpose"]);
    // Debian's etcd is built with Go 1.19, which refuses SHA-1 since 1.18.
    signed("extendedKeyUsage=clientAuth\\n", "-sha1");
    place.check_files("SHA-1", &["weak-signature", "refused"], &[]);
}

#[test]
fn what_is_issued_with_verify_is_written_only_where_it_holds() {
    const TEST: &str = "what_is_issued_with_verify_is_written_only_where_it_holds";
    if !has(TEST, "etcd") {
        return;
    }
    let place = Place::new();
    let folder = place.folder.path();
    let foreign = Authority::new("etcd-ca");
    write(folder, "foreign.crt", &foreign.pem);
    write(folder, "foreign.key", &foreign.key);
    let words = format!(
        "issue --ca-cert foreign.crt --ca-key foreign.key --out out --accept-full-etcd-access --verify --endpoint {} -o json",
        place.etcd.url
    );
    let ran = certs(folder, &words);
    assert_eq!((ran.code, ran.json()["written"].as_array().unwrap().len()), (1, 0), "{ran:?}");
    assert_eq!(ids(&ran, "error"), ["server-untrusted", "refused"]);
    assert!(!folder.join("out").exists());
}
