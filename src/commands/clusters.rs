//! Several clusters in one run of `ctlmon detect`: all at once, each with its own limits, so that one that is silent or
//! broken spoils no other.

use super::{
    detect::{judge, wanted},
    print,
    source::{self, ClusterArgs, Sight},
};
use crate::{
    error::{CommandError, Exit},
    model::{progress::Progress as _, progress::Silent, snapshot::Wanted},
    observe::{Limits, kubeconfig::Contexts},
    render::{
        Console,
        clusters::{Cluster, Unanswered},
        progress::Bar,
    },
};
use futures::{StreamExt as _, stream};

/// How many clusters are looked at at once. Those beyond wait, so that memory does not grow with their number.
const CLUSTERS_AT_ONCE: usize = 256;

/// How many connections there are at once, over all clusters: half of the files that a process may open by default.
const CONNECTIONS_AT_ONCE: usize = 512;

/// Looks at each of these contexts, or at all that the kubeconfig has, and gives the answers in that order.
pub(super) async fn look(
    console: &Console,
    args: &ClusterArgs,
    named: Vec<String>,
    limits: Limits,
    why: bool,
) -> Result<Vec<Cluster>, CommandError> {
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
            let seen = source::look_telling(console, sight, wanted, &Silent).await?;
            seen.reached()?;
            Ok::<_, CommandError>(judge(&seen.snapshot, why))
        }
        .await;
        bar.answered();
        let (answer, exit) = match answered {
            Ok((answer, exit)) => (Ok(Box::new(answer)), exit.code()),
            Err(error) => {
                let unanswered = Unanswered { error: error.to_string(), hints: error.hints().to_vec() };
                (Err(unanswered), error.code())
            }
        };
        (place, Cluster { context: context.to_owned(), answer, exit })
    };
    let mut clusters: Vec<(usize, Cluster)> = stream::iter(meant.iter().enumerate())
        .map(|(place, context)| one(place, context))
        .buffer_unordered(at_once)
        .collect()
        .await;
    bar.finish();
    clusters.sort_by_key(|(place, _)| *place);
    Ok(clusters.into_iter().map(|(_, cluster)| cluster).collect())
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
