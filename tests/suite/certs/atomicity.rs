//! Killed before any of its file-system calls, a run leaves one matching pair: the old one or the new one.

use super::shell::{certs, kubeadm_ca, sh};
use crate::support::has;
use ctlmon::certs::{inspect, key, pem};
use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// What touches the disk, and what only looks at it.
const CALLS: &str = "open,openat,creat,mkdir,mkdirat,write,pwrite64,fsync,fdatasync,chmod,fchmod,fchmodat,fchown,chown,lchown,\
    link,linkat,symlink,rename,renameat,renameat2,unlink,unlinkat,rmdir,flock,ftruncate,stat,lstat,statx,newfstatat,fstat,\
    getdents64,read,close";

/// The serial number of the certificate in a folder, whose key must be its own.
fn serial_of_pair(folder: &Path) -> String {
    let chain = pem::certificates(&fs::read(folder.join("client.crt")).unwrap()).unwrap();
    let facts = inspect(&chain[0].0).unwrap();
    let key = key::read(&fs::read(folder.join("client.key")).unwrap(), None).unwrap();
    assert_eq!(facts.public_key, key.public_key().unwrap(), "certificate and key belong together");
    facts.serial
}

fn traced(folder: &Path, strace: &[&str], words: &str) -> Option<i32> {
    let status = Command::new("strace")
        .args(["-f", "-qq"])
        .args(strace)
        .arg(env!("CARGO_BIN_EXE_ctlmon"))
        .arg("certs")
        .args(words.split_whitespace())
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    status.code()
}

/// Every call from the first folder that is made on: what comes before changes nothing.
fn calls(folder: &Path, words: &str) -> Vec<(String, usize)> {
    assert_eq!(traced(folder, &["-e", &format!("trace={CALLS}"), "-o", "calls"], words), Some(0));
    let log = fs::read_to_string(folder.join("calls")).unwrap();
    let (mut counts, mut calls, mut begun) = (BTreeMap::new(), Vec::new(), false);
    for line in log.lines() {
        let line = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
        let Some((name, _)) = line.split_once('(') else { continue };
        let count: &mut usize = counts.entry(name.to_owned()).or_default();
        *count += 1;
        begun |= name.starts_with("mkdir");
        if begun {
            calls.push((name.to_owned(), *count));
        }
    }
    assert!(calls.iter().any(|(name, _)| name.starts_with("rename")), "{log}");
    calls
}

fn survives(name: &str, words: &str) {
    if !has(name, "strace") || !has(name, "openssl") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    kubeadm_ca(folder);
    let first = "issue --ca-cert ca.crt --ca-key ca.key --out out --accept-full-etcd-access";
    assert_eq!(certs(folder, first).code, 0);
    sh(folder, "echo kept > out/note; mkdir out/more; echo kept > out/more/note; ln -s note out/link");
    let calls = calls(folder, words);
    let out = folder.join("out");
    let mut before = serial_of_pair(&out);
    let (mut old, mut new) = (0, 0);
    for (call, number) in &calls {
        let inject = format!("inject={call}:signal=KILL:when={number}");
        let code = traced(folder, &["-e", &format!("trace={call}"), "-e", &inject, "-o", "killed"], words);
        assert_eq!(code, None, "{call} {number} was not reached");
        let after = serial_of_pair(&out);
        if after == before {
            old += 1;
        } else {
            new += 1;
        }
        for kept in ["note", "more/note", "link"] {
            assert_eq!(fs::read_to_string(out.join(kept)).unwrap(), "kept\n", "{call} {number}: {kept}");
        }
        assert!(out.join("ca.crt").is_file());
        before = after;
    }
    println!("{name}: {} calls, {old} kept the old pair, {new} had the new one", calls.len());
    assert!(old > 10 && new > 0, "{old} {new}");
    // The next run removes what the killed ones left.
    assert_eq!(certs(folder, words).code, 0);
    let left: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with('.'))
        .collect();
    assert_eq!(left, [] as [&str; 0]);
}

#[test]
fn issuing_over_an_old_pair_survives_being_killed_anywhere() {
    survives(
        "issuing_over_an_old_pair_survives_being_killed_anywhere",
        "issue --ca-cert ca.crt --ca-key ca.key --out out --accept-full-etcd-access --force",
    );
}

#[test]
fn renewing_survives_being_killed_anywhere() {
    survives("renewing_survives_being_killed_anywhere", "renew out --ca-cert ca.crt --ca-key ca.key");
}

#[test]
fn a_new_folder_is_there_with_all_of_its_files_or_not_at_all() {
    const TEST: &str = "a_new_folder_is_there_with_all_of_its_files_or_not_at_all";
    if !has(TEST, "strace") || !has(TEST, "openssl") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    kubeadm_ca(folder);
    let words = "issue --ca-cert ca.crt --ca-key ca.key --out out --accept-full-etcd-access";
    let calls = calls(folder, words);
    let out = folder.join("out");
    let (mut absent, mut whole) = (0, 0);
    for (call, number) in &calls {
        fs::remove_dir_all(&out).ok();
        let inject = format!("inject={call}:signal=KILL:when={number}");
        traced(folder, &["-e", &format!("trace={call}"), "-e", &inject, "-o", "killed"], words);
        if out.exists() {
            serial_of_pair(&out);
            assert!(out.join("ca.crt").is_file(), "{call} {number}");
            whole += 1;
        } else {
            absent += 1;
        }
    }
    println!("{TEST}: {} calls, {absent} left no folder, {whole} a whole one", calls.len());
    assert!(absent > 10 && whole > 0, "{absent} {whole}");
}

#[test]
fn a_file_system_that_cannot_exchange_is_named_and_nothing_is_changed() {
    const TEST: &str = "a_file_system_that_cannot_exchange_is_named_and_nothing_is_changed";
    if !has(TEST, "strace") || !has(TEST, "openssl") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    kubeadm_ca(folder);
    let words = "issue --ca-cert ca.crt --ca-key ca.key --out out --accept-full-etcd-access --force";
    assert_eq!(certs(folder, words).code, 0);
    let before = serial_of_pair(&folder.join("out"));
    for (call, error, said) in [
        ("renameat2", "EINVAL", "has no such operation"),
        ("renameat2", "ENOSYS", "has no such operation"),
        ("renameat2", "EBUSY", "something is mounted on it"),
        ("fsync", "ENOSPC", "no space left"),
        ("write", "ENOSPC", "no space left"),
    ] {
        // The first write of all is to a file; what is said comes before on stderr, which `when` leaves out.
        let when = if call == "write" { ":when=3+" } else { "" };
        let output = Command::new("strace")
            .args(["-f", "-qq", "-o", "trace", "-e", &format!("trace={call}"), "-e"])
            .arg(format!("inject={call}:error={error}{when}"))
            .arg(env!("CARGO_BIN_EXE_ctlmon"))
            .arg("certs")
            .args(words.split_whitespace())
            .current_dir(folder)
            .env_clear()
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{call} {error}: {stderr}");
        // Where writing fails altogether, so does saying it.
        assert!(call == "write" || stderr.contains(said), "{call} {error}: {stderr}");
        assert_eq!(serial_of_pair(&folder.join("out")), before, "{call} {error}");
        let left =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        assert!(!left.into_iter().any(|name| name.starts_with('.')), "{call} {error}");
    }
}
