//! A static pod's manifest names a file that does not exist.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Step, Subjects, Touches, Verdict, shell},
    model::{evidence::Evidence, host::looked, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("manifest-file-missing"),
    title: "a static pod's manifest names a file that does not exist",
    subjects: Subjects::EachManifest,
    symptom_of: &[],
    explain: r"
What was seen
  A flag in the manifest of a static pod names a certificate, a key or a kubeconfig; followed through the volumes and
  mounts of the manifest it leads to a path of the node at which nothing lies.

What it means
  The program ends as soon as it is started, and the kubelet starts it again and again. One that runs still runs with
  what it read when it was started, and will not come back from its next restart.

How to confirm by hand
    ls -l PATH
    crictl ps -a --name kube-apiserver
    crictl logs $(crictl ps -a -q --name kube-apiserver | head -1)

How to fix
  Put the file back: kubeadm init phase certs NAME makes a certificate that is missing and keeps those that are there,
  kubeadm init phase kubeconfig NAME a kubeconfig. Or correct the path in the manifest, or the mount that hides it.

References
  kubeadm: init phase certs. Kubernetes: create static pods.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let file = case.file()?;
    let Some(node) = &case.view.node else { return Ok(Verdict::NotApplicable("no node was looked at")) };
    let mut there = Vec::new();
    let mut missing = Vec::new();
    let mut gap = None;
    for (path, named_by) in &node.files {
        let mut by = named_by.iter().filter(|by| by.manifest.is_some_and(|manifest| manifest.file == file));
        let Some(by) = by.next() else { continue };
        match looked(node.file(path), path) {
            Ok(Some(_)) => there.push(format!("--{}", by.what.trim_start_matches('-'))),
            Ok(None) => missing.push((path, &by.what)),
            // What may not be read exists.
            Err(why) => gap = gap.or(Some(why)),
        }
    }
    if missing.is_empty() {
        return match gap {
            Some(gap) if there.is_empty() => Err(gap),
            _ if there.is_empty() => Ok(Verdict::NotApplicable("it names no file of the node")),
            _ => Ok(Verdict::Pass(vec![Evidence::in_file(file, format!("{} files exist", there.len()))])),
        };
    }
    let paths: Vec<&str> = missing.iter().map(|(path, _)| path.as_str()).collect();
    let claims =
        missing.iter().map(|(path, what)| format!("{what}, which is {path} on the node and not there"));
    Ok(Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: true,
        summary: format!("{file} names {}, which does not exist", paths.join(" and ")),
        evidence: claims.map(|claim| Evidence::in_file(file, claim)).collect(),
        remedies: vec![Remedy {
            title: "put the file back, or correct its path in the manifest".to_owned(),
            steps: vec![
                Step::Run(paths.iter().map(|path| format!("ls -l {}", shell::word(path))).collect()),
                Step::Read(
                    "kubeadm init phase certs all and kubeadm init phase kubeconfig all make what is missing and keep what is there",
                ),
            ],
            touches: Touches::ControlPlane,
        }],
    }))
}
