//! CAs of every kind that clusters have, made on the spot: what is issued by each is taken by openssl, by a real etcd and by
//! Go; what cannot work is one clear error.

use super::shell::{certs, sh};
use crate::support::{
    etcd::Etcd,
    has,
    pki::{Authority, server, write},
};
use std::{fmt::Write as _, fs, path::Path};
use tempfile::TempDir;

/// What makes a CA's certificate of its key, after which comes the subject.
const CERTIFICATE: &str = "openssl req -x509 -new -key ca.key -out ca.crt -days 3650 \
     -addext keyUsage=critical,digitalSignature,keyCertSign";

/// How well a CA can be judged.
#[derive(Clone, Copy, PartialEq)]
enum Judge {
    /// By everything.
    Strict,
    /// openssl's strict mode refuses the CA itself.
    Lenient,
}

/// A name, the lines that make `ca.crt` and `ca.key`, and whether a password is in `password`.
type Case = (&'static str, String, Judge);

fn keyed(name: &'static str, key: &str) -> Case {
    (name, format!("{key}\n{CERTIFICATE} -subj /CN={name}"), Judge::Strict)
}

/// A CA with a name of its own; what is not in the subject comes by a configuration.
fn named(name: &'static str, subject: &str, more: &str) -> Case {
    let key = "openssl genrsa -traditional -out ca.key 2048 2>/dev/null";
    (name, format!("{key}\n{CERTIFICATE} -subj '{subject}/CN={name}' {more}"), Judge::Strict)
}

/// What openssl makes of a key, the key coming by a pipe.
fn sealed(name: &'static str, how: &str) -> Case {
    let key = format!(
        "echo 'open sesame' > password\nopenssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out plain.key 2>/dev/null\n\
         openssl pkcs8 -topk8 {how} -passout file:password -in plain.key -out ca.key"
    );
    (name, format!("{key}\n{CERTIFICATE} -passin file:password -subj /CN={name}"), Judge::Strict)
}

fn keys() -> Vec<Case> {
    let sec1 = |curve: &str| format!("openssl ecparam -name {curve} -genkey -noout -out ca.key");
    let pkcs8 =
        |curve: &str| format!("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:{curve} -out ca.key");
    let relabelled = |label: &str| {
        // The certificate is made first: openssl itself does not know the label.
        format!(
            "openssl genpkey -algorithm ED25519 -out ca.key\n{CERTIFICATE} -subj '/CN={label}'\nsed -i 's/ PRIVATE/ {label} PRIVATE/' ca.key"
        )
    };
    vec![
        keyed("rsa-2048-pkcs1", "openssl genrsa -traditional -out ca.key 2048"),
        keyed("rsa-3072-pkcs1", "openssl genrsa -traditional -out ca.key 3072"),
        keyed("rsa-4096-pkcs1", "openssl genrsa -traditional -out ca.key 4096"),
        keyed("rsa-2048-pkcs8", "openssl genrsa -out ca.key 2048"),
        keyed("rsa-2048-e3", "openssl genrsa -3 -traditional -out ca.key 2048"),
        keyed("p256-sec1", &sec1("prime256v1")),
        keyed("p384-sec1", &sec1("secp384r1")),
        keyed("p521-sec1", &sec1("secp521r1")),
        keyed("p256-parameters", "openssl ecparam -name prime256v1 -genkey -out ca.key"),
        keyed("p384-parameters", "openssl ecparam -name secp384r1 -genkey -out ca.key"),
        keyed(
            "p256-sec1-bare",
            &(sec1("prime256v1") + "\nopenssl ec -in ca.key -no_public -out ca.key 2>/dev/null"),
        ),
        keyed("p256-pkcs8", &pkcs8("P-256")),
        keyed("p384-pkcs8", &pkcs8("P-384")),
        keyed("p521-pkcs8", &pkcs8("P-521")),
        keyed("ed25519-pkcs8", "openssl genpkey -algorithm ED25519 -out ca.key"),
        ("ed25519-cfssl", relabelled("Ed25519"), Judge::Strict),
        ("ed25519-talos", relabelled("ED25519"), Judge::Strict),
        keyed(
            "key-after-text",
            "openssl genrsa -traditional -out a.key 2048\n(openssl rsa -in a.key -noout -text; sed 's/$/\\r/' a.key) 2>/dev/null > ca.key",
        ),
        sealed("aes-256-sha256", "-v2 aes-256-cbc"),
        sealed("aes-128-sha1", "-v2 aes-128-cbc -v2prf hmacWithSHA1"),
        sealed("des3", "-v2 des3"),
        sealed("scrypt", "-scrypt"),
        (
            "genrsa-des3",
            format!(
                "echo x > password\nopenssl genrsa -des3 -passout file:password -out ca.key 2048\n{CERTIFICATE} -passin file:password -subj /CN=genrsa-des3"
            ),
            Judge::Strict,
        ),
    ]
}

fn names() -> Vec<Case> {
    let rsa = "openssl genrsa -traditional -out ca.key 2048 2>/dev/null";
    let configured = |name: &'static str, extensions: &str| {
        let lines = format!(
            "{rsa}\nprintf '[req]\\ndistinguished_name=d\\nx509_extensions=e\\n[d]\\n[e]\\nbasicConstraints=critical,CA:TRUE\\n\
             keyUsage=critical,digitalSignature,keyCertSign\\n{extensions}' > c.cnf\n\
             openssl req -x509 -new -config c.cnf -key ca.key -out ca.crt -days 3650 -subj /CN={name}"
        );
        (name, lines, Judge::Strict)
    };
    vec![
        named("two-units", "/O=x/OU=one/OU=two", ""),
        named("two-components", "/DC=com/DC=example", ""),
        named("multi-valued", "/O=one+O=two/OU=a+L=b", "-multivalue-rdn"),
        named("go-organizations", "/O=etcd-client+O=system:etcd", "-multivalue-rdn"),
        named("emailed", "/C=DE/ST=a/L=b/O=c/emailAddress=ca@example.org", ""),
        named("chinese", "/O=集群", "-utf8"),
        (
            "teletex",
            format!(
                "{rsa}\nprintf '[req]\\nstring_mask=default\\ndistinguished_name=d\\n[d]\\n' > c.cnf\n\
                 {CERTIFICATE} -config c.cnf -utf8 -subj '/O=Zürich/CN=teletex' -addext basicConstraints=critical,CA:TRUE \
                 -addext subjectKeyIdentifier=hash\n\
                 openssl asn1parse -in ca.crt | grep -q T61STRING"
            ),
            Judge::Strict,
        ),
        configured("key-id-of-8", "subjectKeyIdentifier=0102030405060708\\n"),
        configured("key-id-of-32", &format!("subjectKeyIdentifier={}\\n", "ab".repeat(32))),
        {
            let (name, lines, _) = configured("no-key-id", "subjectKeyIdentifier=none\\n");
            (name, lines, Judge::Lenient)
        },
        (
            "version-1",
            format!(
                "{rsa}\nopenssl req -new -key ca.key -subj /CN=version-1 -out ca.csr\n\
                 openssl x509 -req -in ca.csr -signkey ca.key -days 3650 -out ca.crt 2>/dev/null"
            ),
            Judge::Lenient,
        ),
        (
            "bundle",
            format!(
                "{rsa}\n{CERTIFICATE} -subj /CN=bundle\nmv ca.crt own.crt\n\
                 openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.crt -days 9 -subj /CN=other-of-bundle 2>/dev/null\n\
                 cat other.crt own.crt > ca.crt"
            ),
            Judge::Strict,
        ),
        (
            "intermediate",
            format!(
                "{rsa}\nmv ca.key root.key\nopenssl req -x509 -new -key root.key -out root.crt -days 3650 -subj /CN=root-of-intermediate \
                 -addext keyUsage=critical,keyCertSign\n{rsa}\n\
                 openssl req -new -key ca.key -subj /CN=intermediate -out ca.csr\n\
                 printf 'basicConstraints=critical,CA:TRUE\\nkeyUsage=critical,keyCertSign\\nsubjectKeyIdentifier=hash\\nauthorityKeyIdentifier=keyid\\n' > e\n\
                 openssl x509 -req -in ca.csr -CA root.crt -CAkey root.key -CAcreateserial -days 900 -extfile e -out middle.crt 2>/dev/null\n\
                 cat middle.crt root.crt > ca.crt"
            ),
            Judge::Strict,
        ),
    ]
}

fn make(root: &Path, (name, lines, _): &Case) -> std::path::PathBuf {
    let folder = root.join(name);
    fs::create_dir(&folder).unwrap();
    sh(&folder, lines);
    folder
}

fn issue(folder: &Path, more: &str) -> crate::support::Ran {
    let password = if folder.join("password").exists() { "--ca-key-password-file password" } else { "" };
    certs(
        folder,
        &format!(
            "issue --ca-cert ca.crt --ca-key ca.key {password} --out out --accept-full-etcd-access {more}"
        ),
    )
}

#[test]
fn what_any_ca_issues_is_taken_by_openssl_by_etcd_and_by_go() {
    const TEST: &str = "what_any_ca_issues_is_taken_by_openssl_by_etcd_and_by_go";
    if !["openssl", "etcd", "etcdctl"].iter().all(|program| has(TEST, program)) {
        return;
    }
    let root = TempDir::new().unwrap();
    let cases: Vec<Case> = keys().into_iter().chain(names()).collect();
    // One etcd trusts all of them, as Go does with a file of several; its own certificate is of yet another one.
    let own = Authority::new("etcd-ca");
    let mut trusted = own.pem.clone();
    for case in &cases {
        let folder = make(root.path(), case);
        let _ = write!(trusted, "{}", fs::read_to_string(folder.join("ca.crt")).unwrap());
    }
    let trusted = write(root.path(), "trusted.crt", &trusted);
    let own_ca = write(root.path(), "own.crt", &own.pem);
    let (certificate, key) = own.issue("cp-1", &server()).write(root.path(), "server");
    let etcd = Etcd::start(root.path(), &trusted, (&certificate, &key), &[]);
    for (name, _, judge) in &cases {
        let folder = root.path().join(name);
        let issued = issue(&folder, "");
        assert_eq!(issued.code, 0, "{name}: {}", issued.stderr);
        let strict = if *judge == Judge::Strict { "-x509_strict" } else { "" };
        sh(
            &folder,
            &format!(
                "openssl verify {strict} -purpose sslclient -CAfile ca.crt -untrusted out/client.crt out/client.crt"
            ),
        );
        let command = format!(
            "ETCDCTL_API=3 etcdctl --endpoints {} --cacert {} --cert out/client.crt --key out/client.key put from {name}",
            etcd.url,
            own_ca.display()
        );
        assert_eq!(sh(&folder, &command).trim(), "OK", "{name}");
        let verified = certs(
            &folder,
            &format!(
                "verify --ca {} --cert out/client.crt --key out/client.key --endpoint {}",
                trusted.display(),
                etcd.url
            ),
        );
        assert_eq!(verified.code, 0, "{name}: {}", verified.stdout);
        let inspected = certs(&folder, "inspect out/client.crt out/ca.crt -o json").json();
        let leaf = &inspected["certificates"][0];
        assert_eq!(leaf["findings"], serde_json::json!([]), "{name}");
        assert_eq!(leaf["private_key"]["fits"], true, "{name}");
        assert_ne!(leaf["signed_by"], serde_json::Value::Null, "{name}: signed by the CA beside it");
    }
}

#[test]
fn what_cannot_sign_is_one_clear_error_with_a_remedy() {
    const TEST: &str = "what_cannot_sign_is_one_clear_error_with_a_remedy";
    if !has(TEST, "openssl") {
        return;
    }
    let root = TempDir::new().unwrap();
    let rsa = "openssl genrsa -traditional -out ca.key 2048 2>/dev/null";
    let ca = format!("{CERTIFICATE} -subj /CN=a");
    let cases: Vec<(&str, String, &[&str])> = vec![
        (
            "rsa-1024",
            format!("openssl genrsa -traditional -out ca.key 1024\n{ca}"),
            &["RSA key of 1024 bits"],
        ),
        ("ed448", format!("openssl genpkey -algorithm ED448 -out ca.key\n{ca}"), &["an Ed448 key"]),
        (
            "secp256k1",
            format!("openssl ecparam -name secp256k1 -genkey -noout -out ca.key\n{ca}"),
            &["the curve secp256k1", "P-256"],
        ),
        (
            "explicit-curve",
            format!("openssl ecparam -name prime256v1 -genkey -noout -param_enc explicit -out ca.key\n{ca}"),
            &["describes its curve"],
        ),
        (
            "rsa-pss",
            format!("openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out ca.key\n{ca}"),
            &["RSA key for PSS"],
        ),
        (
            "proc-type",
            format!("{rsa}\n{ca}\nopenssl rsa -in ca.key -aes256 -passout pass:x -traditional -out ca.key"),
            &["Proc-Type", "hint: openssl pkcs8 -topk8 -v2 aes-256-cbc -in ca.key -out ca.key.p8"],
        ),
        (
            "pbes1",
            format!(
                "{rsa}\n{ca}\nopenssl pkcs8 -topk8 -v1 PBE-SHA1-3DES -in ca.key -passout pass:x -out p.key\nmv p.key ca.key"
            ),
            &["not read here", "hint: openssl pkcs8 -topk8"],
        ),
        (
            "no-password",
            format!(
                "{rsa}\n{ca}\nopenssl pkcs8 -topk8 -in ca.key -passout pass:x -out p.key\nmv p.key ca.key"
            ),
            &["encrypted, and there is no password", "--ca-key-password-file"],
        ),
        (
            "wrong-password",
            format!(
                "{rsa}\n{ca}\nopenssl pkcs8 -topk8 -in ca.key -passout pass:x -out p.key\nmv p.key ca.key\necho y > password"
            ),
            &["the password does not open"],
        ),
        ("other-key", format!("{rsa}\n{ca}\n{rsa}"), &["belongs to none of the certificates", "CN=a"]),
        ("no-ca", format!("{rsa}\n{ca} -addext basicConstraints=critical,CA:FALSE"), &["no CA (CA:FALSE)"]),
        (
            "may-not-sign",
            format!(
                "{rsa}\nopenssl req -x509 -new -key ca.key -out ca.crt -subj /CN=a -addext keyUsage=critical,digitalSignature"
            ),
            &["key usage", "does not let it sign"],
        ),
        (
            "for-servers",
            format!("{rsa}\n{ca} -addext extendedKeyUsage=serverAuth"),
            &["do not include client authentication"],
        ),
        (
            "expired",
            format!(
                "{rsa}\nopenssl req -new -key ca.key -subj /CN=a -out a.csr\n\
                 printf 'basicConstraints=critical,CA:TRUE\\n' > e\n\
                 openssl x509 -req -in a.csr -signkey ca.key -days -1 -extfile e -out ca.crt"
            ),
            &["expired on"],
        ),
        ("no-key", format!("{rsa}\n{ca}\nrm ca.key"), &["no such file", "--csr-out"]),
        (
            "public-key",
            format!("{rsa}\n{ca}\nopenssl rsa -in ca.key -pubout -out ca.key"),
            &["no PEM block \"PRIVATE KEY\""],
        ),
        ("noise", format!("{rsa}\n{ca}\nsed -i '5s/.*/AAAA/' ca.key"), &["the private key is damaged"]),
    ];
    for (name, lines, words) in cases {
        let folder = root.path().join(name);
        fs::create_dir(&folder).unwrap();
        sh(&folder, &format!("({lines}) 2>/dev/null"));
        let ran = issue(&folder, "");
        let error = ran.error(3);
        for word in words {
            assert!(ran.stderr.contains(word), "{name}: {word}: {}", ran.stderr);
        }
        assert!(error.contains("ca."), "{name}: {error}");
        assert!(!folder.join("out").exists(), "{name}: nothing was written");
    }
}

#[test]
fn the_old_way_of_encryption_is_mended_by_the_command_that_the_hint_gives() {
    const TEST: &str = "the_old_way_of_encryption_is_mended_by_the_command_that_the_hint_gives";
    if !has(TEST, "openssl") {
        return;
    }
    let folder = TempDir::new().unwrap();
    sh(
        folder.path(),
        &format!(
            "openssl genrsa -traditional -out a.key 2048 2>/dev/null; cp a.key ca.key\n{CERTIFICATE} -subj /CN=a\n\
             echo x > password\nopenssl rsa -in a.key -aes256 -passout file:password -traditional -out ca.key 2>/dev/null"
        ),
    );
    let ran = issue(folder.path(), "");
    let hint = ran.stderr.lines().find_map(|line| line.strip_prefix("hint: ")).unwrap();
    sh(folder.path(), &format!("{hint} -passin file:password -passout pass:x"));
    let ran = certs(
        folder.path(),
        "issue --ca-cert ca.crt --ca-key ca.key.p8 --ca-key-password-file password --out out --accept-full-etcd-access",
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}
