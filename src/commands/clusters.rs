//! Several clusters in one run: all at once, each with its own limits, so that one that is silent or broken spoils no
//! other.

use super::{print, source::ClusterArgs};
use crate::{
    error::{CommandError, Exit},
    model::progress::Progress as _,
    observe::{
        Limits,
        kubeconfig::{Connection, Contexts},
    },
    render::{
        Console,
        clusters::{Cluster, Unanswered},
        progress::Bar,
    },
};
use futures::{StreamExt as _, stream};
use std::cell::Cell;

/// How many connections there are at once, over all clusters: half of the files that a process may open by default.
const CONNECTIONS_AT_ONCE: usize = 512;

/// Looks at each of these contexts, or at all that the kubeconfig has, and gives the answers in that order.
///
/// So many are looked at at once; those beyond wait, so that memory does not grow with their number, and after an
/// interruption none of them is begun.
pub(super) async fn look<A>(
    console: &Console,
    args: &ClusterArgs,
    named: Vec<String>,
    limits: Limits,
    most_at_once: usize,
    answer: impl AsyncFn(Connection, Limits) -> Result<(A, Exit), CommandError>,
) -> Result<Vec<Cluster<A>>, CommandError> {
    let target = args.target();
    let contexts = Contexts::load(&target)?;
    let meant = if named.is_empty() { contexts.names() } else { named };
    let at_once = meant.len().clamp(1, most_at_once);
    let limits =
        Limits { concurrency: (CONNECTIONS_AT_ONCE / at_once).clamp(1, limits.concurrency.max(1)), ..limits };
    let bar = Bar::new(console);
    bar.wave(1, meant.len());
    let is_interrupted = Cell::new(false);
    let one = async |place: usize, context: &str| {
        let answered = async {
            if is_interrupted.get() {
                return Err(None);
            }
            let connection = contexts.connect(context, &target, &limits).await;
            let connection = connection.map_err(|error| Some(CommandError::from(error)))?;
            answer(connection, limits).await.map_err(Some)
        }
        .await;
        bar.answered();
        let (answer, exit) = match answered {
            Ok((answer, exit)) => {
                is_interrupted.set(is_interrupted.get() || exit == Exit::Interrupted);
                (Ok(Box::new(answer)), exit.code())
            }
            Err(Some(error)) => (Err(unanswered(&error)), error.code()),
            Err(None) => {
                let error = "interrupted before it was looked at".to_owned();
                (Err(Unanswered { error, hints: Vec::new() }), Exit::Interrupted.code())
            }
        };
        (place, Cluster { context: context.to_owned(), answer, exit })
    };
    let mut clusters: Vec<(usize, Cluster<A>)> = stream::iter(meant.iter().enumerate())
        .map(|(place, context)| one(place, context))
        .buffer_unordered(at_once)
        .collect()
        .await;
    bar.finish();
    clusters.sort_by_key(|(place, _)| *place);
    Ok(clusters.into_iter().map(|(_, cluster)| cluster).collect())
}

/// Why a cluster has no answer.
pub(super) fn unanswered(error: &CommandError) -> Unanswered {
    Unanswered { error: error.to_string(), hints: error.hints().to_vec() }
}

/// The exit code of all of them together: that of an interruption where there was one, else that of problems, else 3 where
/// any of them is unknown or could not be looked at, else 0.
pub(super) fn exit<A>(clusters: &[Cluster<A>]) -> Exit {
    let any = |exit: Exit| clusters.iter().any(|cluster| cluster.exit == exit.code());
    if any(Exit::Interrupted) {
        Exit::Interrupted
    } else if any(Exit::Problems) {
        Exit::Problems
    } else if clusters.iter().any(|cluster| cluster.exit != Exit::Fine.code()) {
        Exit::CouldNotLook
    } else {
        Exit::Fine
    }
}

/// Prints what was asked for, and ends with the exit code of all. Who closes the pipe has seen enough.
pub(super) fn tell<A>(console: &Console, clusters: &[Cluster<A>], text: &str) -> Result<Exit, CommandError> {
    let is_read = print(console, text)?;
    Ok(if is_read { exit(clusters) } else { Exit::Fine })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_exit_code_counts_and_an_interruption_above_all() {
        let check = |codes: &[Exit], expected: Exit| {
            let cluster =
                |exit: &Exit| Cluster { context: String::new(), answer: Ok(Box::new(())), exit: exit.code() };
            assert_eq!(exit(&codes.iter().map(cluster).collect::<Vec<_>>()), expected, "{codes:?}");
        };
        check(&[], Exit::Fine);
        check(&[Exit::Fine, Exit::Fine], Exit::Fine);
        check(&[Exit::Fine, Exit::CouldNotLook], Exit::CouldNotLook);
        check(&[Exit::Problems, Exit::CouldNotLook], Exit::Problems);
        check(&[Exit::Problems, Exit::Interrupted, Exit::Fine], Exit::Interrupted);
    }
}
