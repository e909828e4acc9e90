//! Several clusters in one run: all at once, each with its own limits, so that one that is silent or
//! broken spoils no other.

use super::{
    print,
    source::{self, ClusterArgs, Sight},
};
use crate::{
    error::{CommandError, Exit},
    model::{
        progress::{Progress as _, Silent},
        question::Question,
        snapshot::{Snapshot, Wanted},
    },
    observe::{Limits, kubeconfig::Contexts},
    render::{
        Console,
        clusters::{Cluster, Unanswered},
        detection::Answer,
        progress::Bar,
    },
};
use futures::{StreamExt as _, stream};
use std::collections::BTreeSet;

/// How many clusters are looked at at once. Those beyond wait, so that memory does not grow with their number.
const CLUSTERS_AT_ONCE: usize = 256;

/// How many connections there are at once, over all clusters: half of the files that a process may open by default.
const CONNECTIONS_AT_ONCE: usize = 512;

/// Looks at each of these contexts, or at all that the kubeconfig has, and judges each by itself; in that order, with what
/// came of it.
pub(super) async fn look<T>(
    console: &Console,
    args: &ClusterArgs,
    named: Vec<String>,
    limits: Limits,
    questions: impl Fn(&Snapshot) -> BTreeSet<Question>,
    judge: impl Fn(&Snapshot) -> Result<T, CommandError>,
) -> Result<Vec<(String, Result<T, CommandError>)>, CommandError> {
    let target = args.target();
    let contexts = Contexts::load(&target)?;
    let meant = if named.is_empty() { contexts.names() } else { named };
    let at_once = meant.len().clamp(1, CLUSTERS_AT_ONCE);
    let limits =
        Limits { concurrency: (CONNECTIONS_AT_ONCE / at_once).clamp(1, limits.concurrency.max(1)), ..limits };
    let bar = Bar::new(console);
    bar.wave(1, meant.len());
    let one = async |place: usize, context: &str| {
        let answered = async {
            let connection = contexts.connect(context, &target, &limits).await?;
            let sight = Sight::of(connection, limits, Wanted::default());
            let seen = source::look_telling(console, sight, &questions, &Silent).await?;
            seen.reached()?;
            judge(&seen.snapshot)
        }
        .await;
        bar.answered();
        (place, answered)
    };
    let mut answers: Vec<(usize, Result<T, CommandError>)> = stream::iter(meant.iter().enumerate())
        .map(|(place, context)| one(place, context))
        .buffer_unordered(at_once)
        .collect()
        .await;
    bar.finish();
    answers.sort_by_key(|(place, _)| *place);
    Ok(meant.into_iter().zip(answers.into_iter().map(|(_, answered)| answered)).collect())
}

/// One of several clusters for the table.
pub(super) fn cluster((context, answered): (String, Result<(Answer, Exit), CommandError>)) -> Cluster {
    let (answer, exit) = match answered {
        Ok((answer, exit)) => (Ok(Box::new(answer)), exit.code()),
        Err(error) => (Err(unanswered(&error)), error.code()),
    };
    Cluster { context, answer, exit }
}

/// Why a cluster has no answer.
pub(super) fn unanswered(error: &CommandError) -> Unanswered {
    Unanswered { error: error.to_string(), hints: error.hints().to_vec() }
}

/// The exit code of all of them together: that of an interruption where there was one, else 3 where any of them is unknown
/// or could not be looked at, else 0.
pub(super) fn exit(clusters: &[Cluster]) -> Exit {
    if clusters.iter().any(|cluster| cluster.exit == Exit::Interrupted.code()) {
        Exit::Interrupted
    } else if clusters.iter().any(|cluster| cluster.exit != Exit::Fine.code()) {
        Exit::CouldNotLook
    } else {
        Exit::Fine
    }
}

/// Prints what was asked for, and ends with the exit code of all.
pub(super) fn tell(console: &Console, clusters: &[Cluster], text: &str) -> Result<Exit, CommandError> {
    print(console, text)?;
    Ok(exit(clusters))
}
