//! Neither the CA's private key nor the new one goes anywhere but where it belongs: searched raw, as hex and as base64 in
//! everything that the program writes, says and is started with.

use super::shell::{certs, sh};
use crate::support::has;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ctlmon::certs::pem;
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// How many bytes of a secret are one too many.
const RUN: usize = 9;

/// Every way in which a run of a secret's bytes can read.
fn needles(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut needles: Vec<Vec<u8>> = secret.windows(RUN).map(<[u8]>::to_vec).collect();
    let hex = ctlmon::certs::inspect::hex(secret);
    for hex in [hex.clone(), hex.to_uppercase()] {
        needles.extend(hex.as_bytes().windows(RUN * 2).map(<[u8]>::to_vec));
    }
    for skip in 0..3 {
        let whole = (secret.len() - skip) / 3 * 3;
        let text = STANDARD.encode(&secret[skip..skip + whole]);
        needles.extend(text.as_bytes().windows(12).map(<[u8]>::to_vec));
    }
    needles
}

fn holds(text: &[u8], secret: &[u8]) -> bool {
    needles(secret).iter().any(|needle| text.windows(needle.len()).any(|window| window == needle))
}

/// The scalar of a P-256 key as openssl (SEC1) or ctlmon (PKCS#8) writes it.
fn scalar(path: &Path) -> Vec<u8> {
    let block = pem::key_block(&fs::read(path).unwrap()).unwrap();
    let at = if block.label == "EC PRIVATE KEY" { 7 } else { 36 };
    block.der[at..at + 32].to_vec()
}

/// What was written and to where, out of a trace in which every string is hex.
fn writes(trace: &str) -> Vec<(String, Vec<u8>)> {
    trace
        .lines()
        .filter_map(|line| {
            let (_, call) = line.split_once('(')?;
            let (target, rest) = call.split_once('"')?;
            let bytes = rest.rsplit_once('"')?.0;
            let bytes = bytes.split("\\x").skip(1).map(|pair| u8::from_str_radix(pair.get(..2)?, 16).ok());
            Some((target.to_owned(), bytes.collect::<Option<Vec<u8>>>()?))
        })
        .collect()
}

#[test]
fn the_search_finds_what_is_there() {
    let secret: Vec<u8> = (7..39).collect();
    for text in [
        secret.clone(),
        STANDARD.encode(&secret).into_bytes(),
        STANDARD.encode([&[1], &secret[..]].concat()).into_bytes(),
    ] {
        assert!(holds(&text, &secret));
        assert!(!holds(&text[..8], &secret));
    }
}

#[test]
fn keys_go_nowhere_but_where_they_belong() {
    const TEST: &str = "keys_go_nowhere_but_where_they_belong";
    if !has(TEST, "strace") || !has(TEST, "openssl") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    sh(
        folder,
        "openssl ecparam -name prime256v1 -genkey -noout -out ca.key
         openssl req -x509 -new -key ca.key -out ca.crt -days 99 -subj /CN=etcd-ca -addext keyUsage=critical,keyCertSign
         mkdir tmp",
    );
    for words in [
        "-vvv certs issue --ca-cert ca.crt --ca-key ca.key --out out --accept-full-etcd-access -o json",
        "-vvv certs renew out --ca-cert ca.crt --ca-key ca.key",
        "-vvv certs verify --ca ca.crt --cert out/client.crt --key out/client.key --endpoint https://127.0.0.1:1",
        "-vvv certs inspect out ca.crt",
    ] {
        let output = Command::new("strace")
            .args([
                "-f",
                "-qq",
                "-y",
                "-xx",
                "-s",
                "1000000",
                "-e",
                "trace=write,pwrite64,writev,sendto,execve",
                "-o",
                "trace",
            ])
            .arg(env!("CARGO_BIN_EXE_ctlmon"))
            .args(words.split_whitespace())
            .current_dir(folder)
            .env_clear()
            .env("TMPDIR", folder.join("tmp"))
            .env("RUST_BACKTRACE", "full")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(
            matches!(output.status.code(), Some(0 | 1)),
            "{words}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let (ca, leaf) = (scalar(&folder.join("ca.key")), scalar(&folder.join("out/client.key")));
        for secret in [&ca, &leaf] {
            assert!(!holds(&output.stdout, secret) && !holds(&output.stderr, secret), "{words}");
        }
        let writes = writes(&fs::read_to_string(folder.join("trace")).unwrap());
        assert!(!writes.is_empty(), "{words}: the trace is understood");
        // With -xx strace writes paths as hex as well.
        let of_key = "client.key".bytes().map(|byte| format!("\\x{byte:02x}")).collect::<Vec<_>>().concat();
        let mut written = 0;
        for (target, bytes) in writes {
            assert!(!holds(&bytes, &ca), "{words}: {target}");
            if holds(&bytes, &leaf) {
                assert!(target.contains("client.key") || target.contains(&of_key), "{words}: {target}");
                written += 1;
            }
        }
        assert_eq!(written, usize::from(words.contains("issue") || words.contains("renew")), "{words}");
        assert_eq!(fs::read_dir(folder.join("tmp")).unwrap().count(), 0, "{words}");
    }
}

#[test]
fn an_error_about_a_key_repeats_nothing_of_it() {
    const TEST: &str = "an_error_about_a_key_repeats_nothing_of_it";
    if !has(TEST, "openssl") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    sh(
        folder,
        "openssl ecparam -name prime256v1 -genkey -noout -out ca.key
         openssl req -x509 -new -key ca.key -out ca.crt -days 99 -subj /CN=etcd-ca
         cp ca.key whole.key",
    );
    let secret = scalar(&folder.join("whole.key"));
    let text = fs::read_to_string(folder.join("ca.key")).unwrap();
    for damaged in [
        text.replace("-----END", "----END"),
        text.replacen("MH", "NH", 1),
        text.replace("==", "=*"),
        text.replace('\n', ""),
    ] {
        fs::write(folder.join("ca.key"), damaged).unwrap();
        for words in [
            "issue --ca-cert ca.crt --ca-key ca.key --out out --accept-full-etcd-access",
            "verify --ca ca.crt --cert ca.crt --key ca.key",
            "inspect ca.key",
        ] {
            let ran = certs(folder, words);
            assert_ne!(ran.code, 0, "{words}");
            assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
            assert!(!holds(format!("{}{}", ran.stdout, ran.stderr).as_bytes(), &secret), "{words}");
        }
    }
}
