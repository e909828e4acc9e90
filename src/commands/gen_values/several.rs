//! Several clusters in one run of `gen-values`: a folder for each below the one that was named, whole or not at all, and none
//! of them spoils another.

use super::{GenValuesArgs, Output, Setup, say, setup, wanted, write};
use crate::{
    commands::{
        clusters, folder, print,
        source::{self, Sight},
    },
    error::{CommandError, Exit},
    model::{
        progress::Silent,
        snapshot::{CutShort, Snapshot, Wanted},
    },
    render::{Console, clusters::Cluster, json},
};
use std::{collections::BTreeMap, path::Path};

/// How many clusters are looked at at once.
const CLUSTERS_AT_ONCE: usize = 256;

/// The longest name of a folder; file systems take 255 bytes, and the folder is written under a longer name first.
const MAX_NAME: usize = 200;

pub(super) fn run(
    console: &Console,
    args: &GenValuesArgs,
    contexts: Vec<String>,
) -> Result<Exit, CommandError> {
    let Some(out) = &args.out else {
        let error = "several contexts are named, and a folder is written for each of them";
        return Err(CommandError::usage(error).hint("name the folder to put them into: --out DIR"));
    };
    if args.diff || args.recording.save.is_some() {
        let option = if args.diff { "--diff" } else { "--save" };
        return Err(CommandError::usage(format!(
            "{option} is about one cluster, and several contexts are named"
        )));
    }
    let names = names(&contexts)?;
    let questions = |snapshot: &Snapshot| wanted(args, snapshot);
    let answer = async |connection, limits| {
        let sight = Sight::of(connection, limits, Wanted::default());
        let seen = source::look_telling(console, sight, questions, &Silent).await;
        seen.reached()?;
        let setup = setup(args, Some(&seen.snapshot))?;
        let is_interrupted = seen.snapshot.cut_short == Some(CutShort::Interrupted);
        Ok((setup, if is_interrupted { Exit::Interrupted } else { Exit::Fine }))
    };
    let limits = args.limits.limits();
    let looking = clusters::look(console, &args.cluster, contexts, limits, CLUSTERS_AT_ONCE, answer);
    let all = source::runtime()?.block_on(looking)?;
    folder::parent(out)?;
    let mut written = Vec::new();
    for cluster in all {
        let place = out.join(&names[&cluster.context]);
        let cluster = write_one(args, &place, cluster);
        let context = &cluster.context;
        match &cluster.answer {
            Ok(setup) => {
                console.say(&format!("{context}: wrote {}; begin with its README.md", place.display()));
                say(console, setup);
            }
            Err(unanswered) => {
                console.say(&format!("error: {context}: {}", unanswered.error));
                for hint in &unanswered.hints {
                    console.say(&format!("hint: {hint}"));
                }
            }
        }
        written.push(cluster);
    }
    if matches!(args.output, Output::Json) {
        let each = written.iter().map(|cluster| {
            let done = match &cluster.answer {
                Ok(setup) => Ok((&setup.plan, &setup.folder)),
                Err(unanswered) => Err((unanswered.clone(), cluster.exit)),
            };
            (cluster.context.as_str(), done)
        });
        print(console, &json::plans(each.collect()).map_err(CommandError::could_not_look)?)?;
    }
    Ok(clusters::exit(&written))
}

/// Writes the folder of a cluster that has an answer; without its folder it has none.
fn write_one(args: &GenValuesArgs, place: &Path, cluster: Cluster<Setup>) -> Cluster<Setup> {
    let Ok(setup) = &cluster.answer else { return cluster };
    match write::folder(place, &setup.folder, args.force) {
        Ok(()) => cluster,
        Err(error) => Cluster { answer: Err(clusters::unanswered(&error)), exit: error.code(), ..cluster },
    }
}

/// A folder's name for each context.
fn names(contexts: &[String]) -> Result<BTreeMap<String, String>, CommandError> {
    let mut taken: BTreeMap<String, &String> = BTreeMap::new();
    let mut names = BTreeMap::new();
    for context in contexts {
        let name = file_name(context);
        // Some file systems know no difference between letters that differ in size alone.
        if let Some(other) = taken.insert(name.to_lowercase(), context) {
            return Err(CommandError::usage(format!(
                "contexts {other} and {context} would both be written to {name}"
            ))
            .hint("write them one by one, each with an --out of its own"));
        }
        names.insert(context.clone(), name);
    }
    Ok(names)
}

/// A context's name as one of a folder: without what means something to a file system or a shell.
fn file_name(context: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-@".contains(c);
    let mut name: String =
        context.chars().map(|c| if is_plain(c) { c } else { '_' }).take(MAX_NAME).collect();
    if name.starts_with(['.', '-']) {
        name.replace_range(..1, "_");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_names_safe_and_keeps_them_apart() {
        let check = |context: &str, expected: &str| assert_eq!(file_name(context), expected);
        check("kubernetes-admin@prod", "kubernetes-admin@prod");
        check("arn:aws:eks:eu-west-1:1:cluster/a", "arn_aws_eks_eu-west-1_1_cluster_a");
        check("../../etc", "_._.._etc");
        check("..", "_.");
        check("-rf", "_rf");
        check("é\n", "__");
        check(&"x".repeat(400), &"x".repeat(MAX_NAME));
        let of =
            |names: &[&str]| super::names(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["a", "b"]).unwrap().len(), 2);
        for clash in [["a/b", "a_b"], ["A", "a"]] {
            assert!(of(&clash).unwrap_err().to_string().contains("would both"), "{clash:?}");
        }
    }
}
