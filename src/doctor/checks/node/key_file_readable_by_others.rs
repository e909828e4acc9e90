//! A private key of the node can be read or written by everybody on it.

use super::certificate::{file, users};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Subjects, Touches, Verdict, shell},
    model::{evidence::Evidence, observed::Gap},
};

/// The permission bits by which everybody reads or writes.
const OTHERS: u32 = 0o006;

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("key-file-readable-by-others"),
    title: "a private key of the node can be read by others",
    subjects: Subjects::EachNodeFile,
    symptom_of: &[],
    explain: r"
What was seen
  A file with a private key, or a kubeconfig with a key or a token in it, lets every account of the node read or write
  it, and so do the folders above it.

What it means
  Whoever gets any foothold on the node, in a container that mounts the folder or as a service account of the system,
  is whoever the key belongs to: with a CA's key anybody, with apiserver-etcd-client.key the owner of all Secrets.
  Nothing stops working by it.

How to confirm by hand
    stat -c '%A %U:%G %n' /etc/kubernetes/pki/*.key /etc/kubernetes/pki/etcd/*.key /etc/kubernetes/*.conf

How to fix
    chmod go-rwx FILE
  A key that others could read for long is better issued again. Agents that read it by mounting the folder want a
  certificate of their own.

References
  CIS Kubernetes Benchmark: PKI key file permissions. kubeadm writes keys and kubeconfigs with mode 0600.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (path, file, named_by) = file(case)?;
    let Some(file) = file.filter(|file| file.holds_secret()) else {
        return Ok(Verdict::NotApplicable("it holds no private key"));
    };
    let mode = format!("mode {:04o}, owner {}:{}", file.mode, file.owner, file.group);
    if file.mode & OTHERS == 0 || !file.reachable {
        return Ok(Verdict::Pass(vec![Evidence::in_file(&path, mode)]));
    }
    let how = if file.mode & 0o002 == 0 { "read" } else { "read and written" };
    let own = Evidence::in_file(&path, format!("{mode}, in folders that everybody may pass"));
    Ok(Verdict::Problem(Finding {
        severity: Severity::Warning,
        own_cause: true,
        summary: format!("the private key in {path} can be {how} by every account of the node"),
        evidence: std::iter::once(own).chain(users(named_by)).collect(),
        remedies: vec![Remedy::run(
            "let nobody but its owner read it",
            Touches::ControlPlane,
            &[format!("chmod go-rwx {}", shell::word(&path))],
        )],
    }))
}
