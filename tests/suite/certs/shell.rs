//! Running openssl and the binary in a folder.

use crate::support::{Ran, ctlmon, run};
use std::{
    path::Path,
    process::{Command, Stdio},
};

/// Runs lines of a shell in a folder; the first that fails ends the test.
pub(crate) fn sh(folder: &Path, lines: &str) -> String {
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", lines])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{lines}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs `ctlmon certs` with words that hold no space.
pub(crate) fn certs(folder: &Path, words: &str) -> Ran {
    run(ctlmon(folder).arg("certs").args(words.split_whitespace()).stdin(Stdio::null()))
}

/// A folder with a CA, `ca.crt` and `ca.key`, as kubeadm makes it.
pub(crate) fn kubeadm_ca(folder: &Path) {
    sh(
        folder,
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -subj /CN=etcd-ca -days 3650 \
         -addext keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign 2>/dev/null
         openssl rsa -in ca.key -traditional -out ca.key 2>/dev/null; chmod 600 ca.key",
    );
}
