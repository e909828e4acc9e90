//! `certs renew`: the same subject and kind of key, in one step, and nothing that is no client's.

use super::shell::{certs, kubeadm_ca, sh};
use crate::support::has;
use serde_json::Value;
use std::{fs, path::Path};
use tempfile::TempDir;

const CA: &str = "--ca-cert ca.crt --ca-key ca.key";

fn seen(folder: &Path) -> Value {
    certs(folder, "inspect out/client.crt ca.crt -o json").json()["certificates"][0].clone()
}

#[test]
fn what_is_renewed_says_the_same_and_is_new() {
    const TEST: &str = "what_is_renewed_says_the_same_and_is_new";
    if !has(TEST, "openssl") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    kubeadm_ca(folder);
    for kind in ["ecdsa-p256", "ecdsa-p384", "rsa-2048", "ed25519"] {
        let issue = format!(
            "issue {CA} --accept-full-etcd-access --out out --force --key-type {kind} --san a.example --days 9"
        );
        assert_eq!(certs(folder, &issue).code, 0);
        let old = seen(folder);
        let ran = certs(folder, &format!("renew out --within 5d {CA}"));
        assert!(ran.code == 0 && ran.stdout.contains("need not be renewed"), "{ran:?}");
        assert_eq!(seen(folder)["serial"], old["serial"]);
        let ran = certs(folder, &format!("renew out --within 30d {CA}"));
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.stdout.contains("restart") && ran.stdout.contains("rollout restart"), "{}", ran.stdout);
        let new = seen(folder);
        for same in ["subject", "key", "dns_names", "purposes", "issuer"] {
            assert_eq!(new[same], old[same], "{kind}: {same}");
        }
        for other in ["serial", "key_sha256", "not_after", "subject_key_id"] {
            assert_ne!(new[other], old[other], "{kind}: {other}");
        }
        assert_eq!(new["private_key"]["fits"], true);
    }
    // A subject that no builder of names would leave as it is.
    sh(
        folder,
        "openssl req -nodes -new -newkey rsa:2048 -out a.csr -keyout out/client.key -subj '/O=b+O=a/CN=x' -multivalue-rdn 2>/dev/null
         openssl x509 -req -in a.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out out/client.crt -days 9 2>/dev/null",
    );
    let subject =
        || sh(folder, "openssl x509 -in out/client.crt -noout -subject -nameopt RFC2253,dump_der,dump_all");
    let old = subject();
    assert_eq!(certs(folder, &format!("renew out {CA}")).code, 0);
    assert_eq!(subject(), old);
    assert_eq!(seen(folder)["version"], 3);
    let ran = certs(folder, &format!("renew out {CA} --secret datadog/etcd"));
    let manifest: Value = serde_yaml::from_str(&ran.stdout).unwrap();
    assert_eq!(manifest["metadata"]["name"], "etcd");
    assert!(ran.stderr.contains("apply the manifest"), "{}", ran.stderr);
}

#[test]
fn what_should_not_be_renewed_is_refused() {
    const TEST: &str = "what_should_not_be_renewed_is_refused";
    if !has(TEST, "openssl") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    kubeadm_ca(folder);
    sh(
        folder,
        "mkdir out empty two
         sign() { openssl req -nodes -new -newkey rsa:2048 -out a.csr -keyout $1.key -subj /CN=a 2>/dev/null; printf \"$2\" > e
           openssl x509 -req -in a.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out $1.crt -days 9 -extfile e 2>/dev/null; }
         sign out/client 'extendedKeyUsage=clientAuth,serverAuth'; sign two/a 'extendedKeyUsage=clientAuth'
         cp two/a.crt two/b.crt; cp two/a.key two/b.key; mkdir ca; sign ca/a 'basicConstraints=CA:TRUE'
         mkdir foreign node; sign foreign/a 'extendedKeyUsage=clientAuth'
         openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.crt -subj /CN=etcd-ca -days 9 2>/dev/null
         mkdir -p node/var/lib/k0s/pki/etcd; cp other.crt node/var/lib/k0s/pki/etcd/ca.crt; cp other.key node/var/lib/k0s/pki/etcd/ca.key",
    );
    for (words, code, said) in [
        ("out --ca-cert ca.crt --ca-key ca.key", 2, "a server's certificate"),
        ("ca --ca-cert ca.crt --ca-key ca.key", 2, "is a CA"),
        ("two --ca-cert ca.crt --ca-key ca.key", 2, "--name"),
        ("empty --ca-cert ca.crt --ca-key ca.key", 3, "holds no NAME.crt"),
        ("missing --ca-cert ca.crt --ca-key ca.key", 3, "no such file"),
        ("foreign --root node", 2, "is not of the CA"),
    ] {
        let before = sh(folder, "cat */*.crt | sha256sum");
        let ran = certs(folder, &format!("renew {words}"));
        assert!(ran.code == code && ran.stderr.contains(said), "{words}: {ran:?}");
        assert_eq!(sh(folder, "cat */*.crt | sha256sum"), before);
    }
    let ran = certs(folder, "renew foreign --ca-cert other.crt --ca-key other.key");
    assert!(ran.code == 0 && ran.stderr.contains("another CA than the old one"), "{ran:?}");
    assert_eq!(fs::read(folder.join("foreign/ca.crt")).unwrap(), fs::read(folder.join("other.crt")).unwrap());
}
