//! `ctlmon detect`: which distribution this is, where its control plane runs, and what monitors it already.

use super::{
    clusters,
    limits::LimitArgs,
    on_node::OnNodeArgs,
    print,
    source::{self, ClusterArgs, RecordingArgs, Seen, Sight},
};
use crate::{
    distributions::{Facts, detect},
    error::{CommandError, Exit},
    model::{
        progress::Silent,
        question::Question,
        snapshot::{CutShort, Snapshot, Wanted},
    },
    monitoring::monitoring,
    observe::pasted::Paste,
    questions, recording,
    render::{
        Console, clusters as table,
        detection::{self, Answer},
        json,
    },
};
use clap::{Args, ValueEnum};
use std::collections::BTreeSet;

/// How many clusters are looked at at once.
const CLUSTERS_AT_ONCE: usize = 256;

#[derive(Debug, Args)]
#[command(mut_arg("context", |context| {
    context.help("The context of the kubeconfig; the current one otherwise; repeatable, for one table of several clusters")
}))]
pub(super) struct DetectArgs {
    #[command(flatten)]
    cluster: ClusterArgs,
    /// Look at the clusters of all contexts of the kubeconfig, at once, and answer in one table
    #[arg(help_heading = "Cluster", long, conflicts_with_all = ["context", "cluster", "user", "from", "save", "on_node"])]
    all_contexts: bool,
    /// Judge what kubectl printed: any list as JSON of any size or as YAML of up to 32 MiB, version, /apis, api-versions, describe nodes; repeatable, - is stdin
    #[arg(help_heading = "Pasted output, without a cluster", short = 'f', long = "filename", value_name = "FILE", num_args = 1.., conflicts_with_all = source::CLUSTER_OPTIONS, conflicts_with_all = ["from", "all_contexts", "on_node"])]
    files: Vec<String>,
    #[command(flatten)]
    node: OnNodeArgs,
    #[command(flatten)]
    recording: RecordingArgs,
    /// The format of the answer
    #[arg(help_heading = "Reporting", short, long, value_name = "FORMAT", default_value = "human")]
    output: Output,
    /// Show the whole weighing: every clue of all that it could be, what was found and what was not
    #[arg(help_heading = "Reporting", long)]
    why: bool,
    #[command(flatten)]
    limits: LimitArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Output {
    /// For people
    Human,
    /// JSON version 1; of several clusters a list
    Json,
    /// The same as YAML
    Yaml,
    /// The id of the distribution alone; of several clusters after the context and a tab
    Name,
}

pub(super) fn run(console: &Console, args: &DetectArgs) -> Result<Exit, CommandError> {
    let contexts = args.cluster.contexts();
    if args.all_contexts || contexts.len() > 1 {
        return several(console, args, contexts);
    }
    let seen = if let Some(path) = &args.recording.from {
        Seen::elsewhere(recording::load(path)?)
    } else if args.files.is_empty() {
        let runtime = source::runtime()?;
        runtime.block_on(async {
            let limits = args.limits.limits();
            let sight = match args.node.sight(limits, Wanted::default())? {
                Some(sight) => sight,
                None => args.cluster.sight(limits, Wanted::default()).await?,
            };
            Ok::<_, CommandError>(source::look(console, sight, wanted).await)
        })?
    } else {
        Seen::elsewhere(read(&args.files)?)
    };
    if let Err(error) = seen.reached() {
        source::save(console, &args.recording, &seen.snapshot);
        return Err(error);
    }
    let (answer, exit) = judge(&seen.snapshot, args.why);
    let text = match args.output {
        Output::Human => detection::human(console, &answer),
        Output::Json => json::detection(&answer, exit.code()).map_err(CommandError::could_not_look)?,
        Output::Yaml => json::detection_yaml(&answer, exit.code()).map_err(CommandError::could_not_look)?,
        Output::Name => detection::name(&answer.detection),
    };
    print(console, &text)?;
    source::save(console, &args.recording, &seen.snapshot);
    Ok(exit)
}

fn several(console: &Console, args: &DetectArgs, contexts: Vec<String>) -> Result<Exit, CommandError> {
    if args.recording.save.is_some() {
        return Err(CommandError::usage(
            "--save writes the recording of one cluster, and several contexts are named",
        ));
    }
    let limits = args.limits.limits();
    let answer = async |connection, limits| {
        let sight = Sight::of(connection, limits, Wanted::default());
        let seen = source::look_telling(console, sight, wanted, &Silent).await;
        seen.reached()?;
        Ok(judge(&seen.snapshot, args.why))
    };
    let looking = clusters::look(console, &args.cluster, contexts, limits, CLUSTERS_AT_ONCE, answer);
    let all = source::runtime()?.block_on(looking)?;
    let text = match args.output {
        Output::Human => table::human(console, &all),
        Output::Json => json::clusters(&all).map_err(CommandError::could_not_look)?,
        Output::Yaml => json::clusters_yaml(&all).map_err(CommandError::could_not_look)?,
        Output::Name => table::names(&all),
    };
    clusters::tell(console, &all, &text)
}

/// What is worth asking: which distribution this is, and what monitors it already.
pub(super) fn wanted(snapshot: &Snapshot) -> BTreeSet<Question> {
    questions::detect(snapshot).into_iter().chain(questions::monitoring(snapshot)).collect()
}

/// The answer about one cluster, and the exit code that goes with it.
pub(super) fn judge(snapshot: &Snapshot, why: bool) -> (Answer, Exit) {
    let facts = Facts::gather(snapshot);
    let found = detect(&facts);
    let exit = match (snapshot.cut_short, found.is_known()) {
        (Some(CutShort::Interrupted), _) => Exit::Interrupted,
        (_, true) => Exit::Fine,
        (_, false) => Exit::CouldNotLook,
    };
    (Answer::new(snapshot, &facts, found, monitoring(snapshot), why), exit)
}

pub(super) fn read(files: &[String]) -> Result<Snapshot, CommandError> {
    if files.iter().filter(|name| *name == "-").count() > 1 {
        return Err(CommandError::usage("standard input, which - stands for, can be read only once"));
    }
    let mut paste = Paste::new();
    for name in files {
        if name == "-" {
            paste.add("standard input", std::io::stdin().lock())?;
        } else {
            let failed = |error| CommandError::system(format_args!("cannot read {name}"), &error);
            #[expect(clippy::disallowed_methods, reason = "the edge where pasted files come in")]
            let file = std::fs::File::open(name).map_err(failed)?;
            paste.add(name, file)?;
        }
    }
    Ok(paste.finish(source::now())?)
}
