//! docs/checks.md: every check with its page, in the order of the table.

use super::{
    MARK,
    markdown::{block, table},
};
use crate::{
    doctor::{
        Check, Subjects,
        known::{Held, KNOWN},
    },
    render::catalogue::judged,
};
use std::fmt::Write as _;

/// The document.
#[must_use]
pub fn document(checks: &[&Check]) -> String {
    let mut out = format!(
        "{MARK}\n\n# Checks\n\nWhat `ctlmon doctor` judges. `ctlmon explain ID` prints the same pages offline; \
         `--only` and `--skip` select checks by id, by a pattern such as `etcd-*`, or by component.\n\n"
    );
    let rows = checks.iter().map(|check| {
        [
            format!("[`{0}`](#{0})", check.id),
            judged(check, check.subjects.components()),
            check.title.to_owned(),
        ]
    });
    out.push_str(&table(["check", "judges", "problem"], rows));
    for check in checks {
        section(&mut out, check);
    }
    known(&mut out);
    out
}

/// Which check finds what is known to go wrong, so that whoever has met a failure sees whether `doctor` would have said so.
fn known(out: &mut String) {
    out.push_str("\n## Known failures\n\nWhat is known to go wrong, and which check finds it.\n\n");
    let rows = KNOWN.iter().map(|known| {
        let held = match known.held {
            Held::By(ids) => ids.iter().map(|id| format!("[`{id}`](#{id})")).collect::<Vec<_>>().join(", "),
            Held::Not(reason) => format!("none: {reason}"),
        };
        [known.key.to_owned(), known.what.to_owned(), held]
    });
    out.push_str(&table(["key", "what is wrong", "found by"], rows));
}

fn section(out: &mut String, check: &Check) {
    let subjects = match check.subjects {
        Subjects::EachInstance(_) => {
            format!("each instance of {}", judged(check, check.subjects.components()))
        }
        Subjects::Once => "the monitoring as a whole".to_owned(),
        Subjects::EachControlPlaneNode => "each control-plane node".to_owned(),
        Subjects::EachAgentWorkload => "each workload of node agents".to_owned(),
        Subjects::EachDatadogWorkload => {
            "each workload of Datadog's, the Cluster Agent's included".to_owned()
        }
        Subjects::EachWrittenCheck => {
            "each check of a control-plane component in a file or an annotation".to_owned()
        }
        Subjects::EachAgentAccount => "each service account that the agents run as".to_owned(),
        Subjects::EachNodeFile => "each certificate, key and kubeconfig of the node (`--on-node`)".to_owned(),
        Subjects::EachManifest => "each manifest of a control plane's static pod (`--on-node`)".to_owned(),
    };
    let causes: Vec<String> = check.symptom_of.iter().map(|id| format!("[`{id}`](#{id})")).collect();
    // Writing to a String cannot fail.
    let _ = writeln!(out, "\n## {}\n\nProblem: {}.\n\nJudges {subjects}.", check.id, check.title);
    if !causes.is_empty() {
        let _ = writeln!(
            out,
            "It is shown beneath its cause where one of these is found: {}.",
            causes.join(", ")
        );
    }
    let _ = write!(out, "\n{}", block("text", check.explain.trim_matches('\n')));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::checks::CHECKS;

    #[test]
    fn every_check_has_a_heading_that_is_its_id_and_every_link_leads_to_one() {
        let document = document(CHECKS);
        for check in CHECKS {
            assert!(document.contains(&format!("\n## {}\n", check.id)), "{}", check.id);
        }
        for link in document.split("](#").skip(1) {
            let id = link.split(')').next().unwrap();
            assert!(CHECKS.iter().any(|check| check.id.0 == id), "{id}");
        }
    }
}
