//! A process runs with other flags than the manifest that it was started from says.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Step, Subjects, Touches, Verdict},
    model::{
        evidence::{Evidence, Locator},
        observed::Gap,
    },
};
use std::collections::{BTreeMap, BTreeSet};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("process-flags-differ"),
    title: "a process runs with other flags than its manifest says",
    subjects: Subjects::EachManifest,
    symptom_of: &[],
    explain: r"
What was seen
  The command line of the process and that in the manifest of its static pod differ in a flag. Only values that are
  known to be harmless are compared; of other flags only whether they are there.

What it means
  The manifest was changed and the kubelet did not start the pod again: the kubelet is down, or it refused the new
  manifest. Or the process was started by somebody else. What monitoring is set up by the manifest is wrong until the
  next restart, and what works now may be gone after it.

How to confirm by hand
    tr '\0' '\n' </proc/PID/cmdline
    grep -- '- --' /etc/kubernetes/manifests/kube-apiserver.yaml
    journalctl -u kubelet --since -1h | grep -i manifest

How to fix
  Start the kubelet, or correct what it complains of. It starts the pod again as soon as the manifest's file changes:
  move it away for 20 seconds and back. Editors that leave a copy in the folder (kube-apiserver.yaml~) give the kubelet
  two manifests of one pod.

References
  Kubernetes: create static pods.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let file = case.file()?;
    let Some(node) = &case.view.node else { return Ok(Verdict::NotApplicable("no node was looked at")) };
    let of_file = node.copies.iter().filter_map(|copy| {
        let (manifest, container) = copy.manifest.filter(|(manifest, _)| manifest.file == file)?;
        Some((copy, manifest, container))
    });
    let Some((copy, manifest, container)) = of_file.into_iter().next() else {
        return Ok(Verdict::NotApplicable("no component runs by it"));
    };
    if !container.direct {
        return Ok(Verdict::NotApplicable("another program starts it, whose flags stand among its own"));
    }
    if let Err(gap) = &node.processes {
        return Err(gap.clone());
    }
    let Some(process) = copy.process else {
        return Ok(Verdict::NotApplicable("no process, or more than one, can be the one that it describes"));
    };
    let at_process = |claim: String| Evidence {
        claim,
        locator: Locator::Process { program: process.program.clone(), pid: process.pid },
    };
    let differences = differences(&container.flags, &process.flags);
    if differences.is_empty() {
        let claim = format!("its {} flags are those of the manifest", process.flags.len());
        return Ok(Verdict::Pass(vec![at_process(claim)]));
    }
    let program = copy.component.profile().program;
    let evidence = differences
        .iter()
        .flat_map(|(written, runs)| {
            [Evidence::in_file(&manifest.file, written.clone()), at_process(runs.clone())]
        })
        .collect();
    Ok(Verdict::Problem(Finding {
        severity: Severity::Warning,
        own_cause: true,
        summary: format!("{program} runs with other flags than {file} says"),
        evidence,
        remedies: vec![Remedy {
            title: "let the kubelet start the pod again".to_owned(),
            steps: vec![
                Step::Run(vec![
                    "systemctl status kubelet".to_owned(),
                    "journalctl -u kubelet --since -1h".to_owned(),
                ]),
                Step::Read(
                    "where the kubelet is well, move the manifest out of its folder for 20 s and back",
                ),
            ],
            touches: Touches::ControlPlane,
        }],
    }))
}

/// Each flag that differs: as it is written, and as it runs.
fn differences(written: &BTreeMap<String, String>, runs: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let names: BTreeSet<&String> = written.keys().chain(runs.keys()).collect();
    let say = |name: &str, value: Option<&String>| match value {
        None => format!("no --{name}"),
        Some(value) if value.is_empty() => format!("--{name}"),
        Some(value) => format!("--{name}={value}"),
    };
    names
        .into_iter()
        .filter(|name| match (written.get(*name), runs.get(*name)) {
            // An empty value is one that is not kept; a variable is put in by the kubelet.
            (Some(one), Some(other)) => {
                one != other && !one.is_empty() && !other.is_empty() && !one.contains("$(")
            }
            _ => true,
        })
        .map(|name| (say(name, written.get(name)), say(name, runs.get(name))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_differ_by_presence_or_by_a_value_that_is_kept() {
        let flags = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let check = |written: &[(&str, &str)], runs: &[(&str, &str)], expected: &[(&str, &str)]| {
            let seen = differences(&flags(written), &flags(runs));
            let seen: Vec<(&str, &str)> = seen.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            assert_eq!(seen, expected);
        };
        check(&[("a", "1"), ("b", "")], &[("a", "1"), ("b", "")], &[]);
        check(&[("a", "1")], &[("a", "2")], &[("--a=1", "--a=2")]);
        check(&[("a", "1")], &[], &[("--a=1", "no --a")]);
        check(&[], &[("token", "")], &[("no --token", "--token")]);
        check(&[("a", "$(HOST)")], &[("a", "192.0.2.1")], &[]);
    }
}
