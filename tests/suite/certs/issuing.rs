//! `certs issue` and `certs sign`: what is asked for, what is refused, and what lies in the folder afterwards.

use super::shell::{certs, kubeadm_ca, sh};
use crate::support::has;
use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
    path::Path,
};
use tempfile::TempDir;

const ISSUE: &str = "issue --ca-cert ca.crt --ca-key ca.key --accept-full-etcd-access";

/// A folder with a CA, where there is openssl to make one.
fn place(test: &str) -> Option<TempDir> {
    if !has(test, "openssl") {
        return None;
    }
    let folder = TempDir::new().unwrap();
    kubeadm_ca(folder.path());
    Some(folder)
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

#[test]
fn consent_is_asked_for_and_the_warning_comes_first() {
    let Some(folder) = place("consent_is_asked_for_and_the_warning_comes_first") else { return };
    let folder = folder.path();
    let ran = certs(folder, "issue --ca-cert ca.crt --ca-key ca.key --out out");
    assert_eq!(ran.code, 2);
    for words in
        ["reads and writes all", "CN=etcd-ca", "named with --ca-cert", "--accept-full-etcd-access", "key id"]
    {
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
    }
    assert!(!folder.join("out").exists());
    let ran = certs(folder, &format!("{ISSUE} --out out"));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("reads and writes all"), "the warning stands whoever agreed");
}

#[test]
fn files_have_the_modes_that_they_should_and_are_not_replaced_unasked() {
    let Some(folder) = place("files_have_the_modes_that_they_should_and_are_not_replaced_unasked") else {
        return;
    };
    let folder = folder.path();
    let out = folder.join("out");
    assert_eq!(certs(folder, &format!("{ISSUE} --out out --name datadog")).code, 0);
    assert_eq!(mode(&out), 0o700);
    for (name, expected) in [("datadog.crt", 0o644), ("datadog.key", 0o600), ("ca.crt", 0o644)] {
        assert_eq!(mode(&out.join(name)), expected, "{name}");
    }
    let before = fs::read(out.join("datadog.key")).unwrap();
    let again = certs(folder, &format!("{ISSUE} --out out --name datadog"));
    assert!(again.error_after_talk(3).contains("it is there already"), "{again:?}");
    assert_eq!(fs::read(out.join("datadog.key")).unwrap(), before);
    // A pair of another name beside it, where only ca.crt is in the way.
    assert_eq!(certs(folder, &format!("{ISSUE} --out out --name other")).code, 3);
    fs::set_permissions(&out, fs::Permissions::from_mode(0o750)).unwrap();
    fs::set_permissions(out.join("datadog.key"), fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(certs(folder, &format!("{ISSUE} --out out --name datadog --force")).code, 0);
    assert_ne!(fs::read(out.join("datadog.key")).unwrap(), before);
    assert_eq!((mode(&out), mode(&out.join("datadog.key"))), (0o750, 0o640), "who could read it still can");
    assert_eq!(certs(folder, &format!("{ISSUE} --out out --name other --force")).code, 0);
    assert_eq!(fs::read_dir(&out).unwrap().count(), 5, "what else is there stays");
}

#[test]
fn links_are_not_followed() {
    let Some(folder) = place("links_are_not_followed") else { return };
    let folder = folder.path();
    fs::create_dir(folder.join("real")).unwrap();
    fs::write(folder.join("precious"), "precious").unwrap();
    symlink("real", folder.join("link")).unwrap();
    symlink("nowhere", folder.join("dangling")).unwrap();
    for name in ["link", "dangling"] {
        let ran = certs(folder, &format!("{ISSUE} --out {name} --force"));
        assert!(ran.error_after_talk(3).contains("it is a symbolic link"), "{ran:?}");
    }
    symlink("../precious", folder.join("real/client.key")).unwrap();
    let ran = certs(folder, &format!("{ISSUE} --out real --force"));
    assert!(ran.error_after_talk(3).contains("it is a symbolic link"), "{ran:?}");
    assert_eq!(fs::read_to_string(folder.join("precious")).unwrap(), "precious");
    fs::write(folder.join("file"), "").unwrap();
    for (words, said) in [
        ("--out file", "it is not a folder"),
        ("--out missing/out", "no such file"),
        ("--out /", "no name of its own"),
    ] {
        let ran = certs(folder, &format!("{ISSUE} {words}"));
        assert!(ran.stderr.contains(said), "{words}: {ran:?}");
        assert_ne!(ran.code, 0);
    }
    let left: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with('.')), "{left:?}");
}

#[test]
fn the_folder_of_the_ca_is_left_alone() {
    let Some(folder) = place("the_folder_of_the_ca_is_left_alone") else { return };
    let folder = folder.path();
    sh(folder, "mkdir pki; mv ca.* pki; ln -s pki alias");
    for out in ["pki", "../alias/../pki", "alias/."] {
        let ran = certs(
            folder,
            &format!(
                "issue --ca-cert pki/ca.crt --ca-key alias/ca.key --accept-full-etcd-access --out {out} --name a"
            ),
        );
        assert_ne!(ran.code, 0, "{out}: {ran:?}");
    }
    assert_eq!(fs::read_dir(folder.join("pki")).unwrap().count(), 2);
}

#[test]
fn dates_are_what_was_asked_for_within_those_of_the_ca() {
    let Some(folder) = place("dates_are_what_was_asked_for_within_those_of_the_ca") else { return };
    let folder = folder.path();
    let until = |words: &str| {
        let ran = certs(folder, &format!("{ISSUE} --out out --force -o json {words}"));
        assert_eq!(ran.code, 0, "{words}: {ran:?}");
        let certificate = ran.json()["certificate"].clone();
        (certificate["not_after"].as_str().unwrap().to_owned(), certificate["is_cut"].as_bool().unwrap())
    };
    assert_eq!(until("--not-after 2031-01-02T03:04:05Z"), ("2031-01-02T03:04:05Z".to_owned(), false));
    assert_eq!(until("--not-after 2031-01-02"), ("2031-01-02T00:00:00Z".to_owned(), false));
    assert!(until("--days 30000").1, "cut to the end of the CA");
    let ca = certs(folder, "inspect ca.crt -o json").json()["certificates"][0]["not_after"].clone();
    assert_eq!(until("--not-after 90y").0, ca.as_str().unwrap());
    for words in [
        "--not-after 2001-01-01",
        "--not-after never",
        "--days 0",
        "--days 3 --not-after 3d",
        "--not-after 0d",
    ] {
        assert_eq!(certs(folder, &format!("{ISSUE} --out out --force {words}")).code, 2, "{words}");
    }
}

#[test]
fn names_and_kinds_of_key_are_what_was_asked_for() {
    let Some(folder) = place("names_and_kinds_of_key_are_what_was_asked_for") else { return };
    let folder = folder.path();
    for (kind, shown) in [
        ("ecdsa-p256", "ECDSA P-256"),
        ("ecdsa-p384", "ECDSA P-384"),
        ("rsa-2048", "RSA-2048"),
        ("rsa-3072", "RSA-3072"),
        ("ed25519", "Ed25519"),
    ] {
        let ran = certs(
            folder,
            &format!(
                "{ISSUE} --out out --force --key-type {kind} --common-name dd-{kind} --san etcd.example --san 192.0.2.1"
            ),
        );
        assert_eq!(ran.code, 0, "{ran:?}");
        let json = certs(folder, "inspect out/client.crt out/ca.crt -o json").json();
        let seen = &json["certificates"][0];
        assert_eq!(
            (seen["key"].as_str(), seen["subject"].as_str()),
            (Some(shown), Some(format!("CN=dd-{kind}").as_str()))
        );
        assert_eq!(seen["dns_names"][0], "etcd.example");
        assert_eq!(seen["addresses"][0], "192.0.2.1");
        sh(
            folder,
            "openssl verify -x509_strict -purpose sslclient -CAfile ca.crt out/client.crt; openssl pkey -in out/client.key -noout -check",
        );
    }
    let serials: std::collections::BTreeSet<String> = (0..5)
        .map(|_| {
            certs(folder, &format!("{ISSUE} --out out --force -o json")).json()["certificate"]["serial"]
                .to_string()
        })
        .collect();
    assert_eq!(serials.len(), 5, "serial numbers are random");
}

#[test]
fn a_secret_goes_to_a_pipe_or_a_file_for_its_owner_alone() {
    let Some(folder) = place("a_secret_goes_to_a_pipe_or_a_file_for_its_owner_alone") else { return };
    let folder = folder.path();
    let ran = certs(folder, &format!("{ISSUE} --secret datadog/etcd-client"));
    assert_eq!(ran.code, 0, "{ran:?}");
    let manifest: serde_json::Value = serde_yaml::from_str(&ran.stdout).unwrap();
    assert_eq!((&manifest["kind"], &manifest["type"]), (&"Secret".into(), &"kubernetes.io/tls".into()));
    let entries: Vec<&String> = manifest["data"].as_object().unwrap().keys().collect();
    assert_eq!(entries, ["ca.crt", "tls.crt", "tls.key"]);
    assert!(ran.stderr.contains("subject"), "the summary is talk here");
    let words = format!("{ISSUE} --secret datadog/etcd-client --secret-file secret.yaml -o json");
    assert_eq!(certs(folder, &words).code, 0);
    assert_eq!(mode(&folder.join("secret.yaml")), 0o600);
    assert_eq!(certs(folder, &words).code, 3, "not over a file that is there");
    assert_eq!(certs(folder, &format!("{words} --force")).code, 0);
    for (words, said) in [
        ("--secret datadog/etcd-client -o json", "cannot both go to standard output"),
        ("", "say where it goes"),
        ("--secret datadog", "NAMESPACE/NAME"),
        ("--out out --name ca", "--name"),
        ("--out out --name ../a", "--name"),
    ] {
        let ran = certs(folder, &format!("{ISSUE} {words}"));
        assert!(ran.code == 2 && ran.stderr.contains(said), "{words}: {ran:?}");
    }
    // A terminal, which script(1) stands in for, is not shown a private key unasked.
    if has("a_secret_goes_to_a_pipe_or_a_file_for_its_owner_alone", "script") {
        let program = env!("CARGO_BIN_EXE_ctlmon");
        let shown = |more: &str| {
            sh(
                folder,
                &format!(
                    "script -qec '{program} certs {ISSUE} --secret a/b {more}' /dev/null </dev/null || true"
                ),
            )
        };
        assert!(!shown("").contains("tls.key\":"), "{}", shown(""));
        assert!(shown("--show-secret").contains("tls.key\":"));
    }
}

#[test]
fn a_request_is_signed_where_the_key_of_the_ca_is() {
    let Some(folder) = place("a_request_is_signed_where_the_key_of_the_ca_is") else { return };
    let folder = folder.path();
    let ran = certs(folder, "issue --csr-out out --common-name datadog --san a.example");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(mode(&folder.join("out/client.key")), 0o600);
    assert_eq!(certs(folder, "sign out/client.csr --ca-cert ca.crt --ca-key ca.key").code, 2, "consent");
    let sign = "sign out/client.csr --ca-cert ca.crt --ca-key ca.key --accept-full-etcd-access";
    let ran = certs(folder, sign);
    assert!(ran.code == 0 && ran.stdout.starts_with("-----BEGIN CERTIFICATE-----"), "{ran:?}");
    assert_eq!(certs(folder, &format!("{sign} --out out")).code, 0);
    assert_eq!(certs(folder, "verify --ca out/ca.crt --cert out/client.crt --key out/client.key").code, 0);
    sh(folder, "openssl verify -x509_strict -purpose sslclient -CAfile ca.crt out/client.crt");
    // Beside the key of another request nothing is written.
    assert_eq!(certs(folder, "issue --csr-out other").code, 0);
    let ran = certs(folder, &format!("{sign} --out other"));
    assert!(ran.stderr.contains("not the key that the request is for"), "{ran:?}");
    // What a request asks for beyond a name is not granted.
    sh(
        folder,
        "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-521 -nodes -keyout evil.key -out evil.csr -subj /O=a+OU=b/CN=evil -multivalue-rdn \
         -addext basicConstraints=critical,CA:TRUE -addext extendedKeyUsage=serverAuth -addext keyUsage=keyCertSign 2>/dev/null",
    );
    let ran = certs(
        folder,
        "sign evil.csr --ca-cert ca.crt --ca-key ca.key --accept-full-etcd-access --out evil --name evil",
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    let seen = certs(folder, "inspect evil/evil.crt ca.crt -o json").json()["certificates"][0].clone();
    assert_eq!((&seen["is_ca"], &seen["purposes"]), (&false.into(), &serde_json::json!(["client"])));
    sh(folder, "openssl verify -x509_strict -purpose sslclient -CAfile ca.crt evil/evil.crt");
    for (content, said) in [
        ("noise", "CERTIFICATE REQUEST"),
        ("-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----", "damaged"),
    ] {
        fs::write(folder.join("bad.csr"), content).unwrap();
        let ran = certs(folder, "sign bad.csr --ca-cert ca.crt --ca-key ca.key --accept-full-etcd-access");
        assert!(ran.error(3).contains(said), "{ran:?}");
    }
}

#[test]
fn the_ca_is_found_where_the_distribution_keeps_it() {
    let Some(folder) = place("the_ca_is_found_where_the_distribution_keeps_it") else { return };
    let folder = folder.path();
    let issue = |words: &str| {
        certs(folder, &format!("issue --root node --accept-full-etcd-access --out out --force {words}"))
    };
    fs::create_dir(folder.join("node")).unwrap();
    assert!(issue("").error(3).contains("no CA of etcd lies where"));
    for (id, certificate, key, safer) in [
        ("kubeadm", "etc/kubernetes/pki/etcd/ca.crt", "etc/kubernetes/pki/etcd/ca.key", "healthcheck-client"),
        (
            "kops",
            "etc/kubernetes/pki/etcd-manager-main/etcd-clients-ca.crt",
            "etc/kubernetes/pki/etcd-manager-main/etcd-clients-ca.key",
            "listenMetricsURLs",
        ),
        ("rke1", "etc/kubernetes/ssl/kube-ca.pem", "etc/kubernetes/ssl/kube-ca-key.pem", "extra_args"),
        (
            "rke2",
            "var/lib/rancher/rke2/server/tls/etcd/server-ca.crt",
            "var/lib/rancher/rke2/server/tls/etcd/server-ca.key",
            "server/tls/etcd/client.crt",
        ),
        ("k0s", "var/lib/k0s/pki/etcd/ca.crt", "var/lib/k0s/pki/etcd/ca.key", "apiserver-etcd-client.crt"),
        ("kubespray", "etc/ssl/etcd/ssl/ca.pem", "etc/ssl/etcd/ssl/ca-key.pem", "etcd_metrics_port"),
    ] {
        sh(
            folder,
            &format!(
                "rm -rf node; mkdir -p $(dirname node/{certificate}); cp ca.crt node/{certificate}; cp ca.key node/{key}"
            ),
        );
        for words in [String::new(), format!("--distribution {id}")] {
            let ran = issue(&format!("{words} -o json"));
            assert_eq!(ran.code, 0, "{id}: {ran:?}");
            assert_eq!(ran.json()["distribution"], id);
            assert!(ran.json()["safer"].to_string().contains(safer), "{id}");
            assert!(ran.stderr.contains("safer"), "{id}");
            let (opens, warnings) = if id == "rke1" { ("etcd-and-api", 2) } else { ("etcd", 1) };
            assert_eq!(ran.json()["opens"], opens, "{id}");
            assert_eq!(
                ran.stderr
                    .matches(
                        "
warning "
                    )
                    .count(),
                warnings,
                "{id}"
            );
        }
        fs::remove_file(folder.join("node").join(key)).unwrap();
        let ran = issue("");
        assert!(
            ran.error(3).contains("private key was expected") && ran.stderr.contains("--csr-out"),
            "{ran:?}"
        );
    }
    sh(folder, "mkdir -p node/var/lib/k0s/pki/etcd; cp ca.* node/var/lib/k0s/pki/etcd");
    assert!(issue("").error(2).contains("several etcd CAs: k0s"), "the choice is the user's");
    for (id, code, said) in [
        ("eks", 2, "the provider's"),
        ("gke", 2, "the provider's"),
        ("microk8s", 2, "dqlite"),
        ("openshift4", 3, "openshift-etcd-operator/etcd-metric-client"),
        ("talos", 3, "machine configuration"),
        ("charmed", 3, "--csr-out"),
    ] {
        assert!(issue(&format!("--distribution {id}")).error(code).contains(said), "{id}");
    }
    assert_eq!(issue("--distribution nonsense").code, 2);
}
