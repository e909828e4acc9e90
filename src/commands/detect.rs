//! `ctlmon detect`: which distribution this is, and where its control plane runs.

use super::{
    limits::LimitArgs,
    print,
    source::{self, ClusterArgs, RecordingArgs, Seen},
};
use crate::{
    distributions::{Facts, detect},
    error::{CommandError, Exit},
    model::snapshot::{Snapshot, Wanted},
    observe::pasted,
    questions, recording,
    render::{Console, detection, json},
};
use clap::{Args, ValueEnum};
use std::io::Read as _;

/// The largest pasted input. `kubectl get nodes -o json` of 5,000 nodes is 55 MB.
const MAX_PASTED_BYTES: u64 = 256 * 1024 * 1024;

#[derive(Debug, Args)]
pub(super) struct DetectArgs {
    #[command(flatten)]
    cluster: ClusterArgs,
    /// Judge what kubectl printed (nodes, pods, any list, version, /apis, api-versions); repeatable, - is stdin
    #[arg(help_heading = "Pasted output, without a cluster", short = 'f', long = "filename", value_name = "FILE", num_args = 1.., conflicts_with_all = source::CLUSTER_OPTIONS, conflicts_with = "from")]
    files: Vec<String>,
    #[command(flatten)]
    recording: RecordingArgs,
    /// The format of the answer
    #[arg(help_heading = "Reporting", short, long, value_name = "FORMAT", default_value = "human")]
    output: Output,
    #[command(flatten)]
    limits: LimitArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Output {
    /// For people
    Human,
    /// JSON
    Json,
    /// The id of the distribution alone
    Name,
}

pub(super) fn run(console: &Console, args: &DetectArgs) -> Result<Exit, CommandError> {
    let seen = if let Some(path) = &args.recording.from {
        Seen::elsewhere(recording::load(path)?)
    } else if args.files.is_empty() {
        let runtime = source::runtime()?;
        runtime.block_on(async {
            let sight = args.cluster.sight(args.limits.limits(), Wanted::default()).await?;
            source::look(console, sight, questions::detect).await
        })?
    } else {
        Seen::elsewhere(read(&args.files)?)
    };
    if let Err(error) = seen.reached() {
        source::save(console, &args.recording, &seen.snapshot);
        return Err(error);
    }
    let snapshot = seen.snapshot;
    let found = detect(&Facts::gather(&snapshot));
    let exit = if found.is_known() { Exit::Fine } else { Exit::CouldNotLook };
    let text = match args.output {
        Output::Human => detection::human(console, &found),
        Output::Json => {
            json::detection(&snapshot, &found, exit.code()).map_err(CommandError::could_not_look)?
        }
        Output::Name => detection::name(&found),
    };
    print(console, &text)?;
    source::save(console, &args.recording, &snapshot);
    Ok(exit)
}

pub(super) fn read(files: &[String]) -> Result<Snapshot, CommandError> {
    if files.iter().filter(|name| *name == "-").count() > 1 {
        return Err(CommandError::usage("standard input, which - stands for, can be read only once"));
    }
    let mut inputs = Vec::new();
    for name in files {
        let failed = |error| CommandError::system(format_args!("cannot read {name}"), &error);
        let mut bytes = Vec::new();
        let read = if name == "-" {
            std::io::stdin().lock().take(MAX_PASTED_BYTES + 1).read_to_end(&mut bytes)
        } else {
            #[expect(clippy::disallowed_methods, reason = "the edge where pasted files come in")]
            let file = std::fs::File::open(name).map_err(failed)?;
            file.take(MAX_PASTED_BYTES + 1).read_to_end(&mut bytes)
        };
        read.map_err(failed)?;
        if bytes.len() as u64 > MAX_PASTED_BYTES {
            return Err(CommandError::could_not_look(format!(
                "{name} is larger than {MAX_PASTED_BYTES} bytes"
            )));
        }
        inputs.push((name.clone(), bytes));
    }
    Ok(pasted::read(&inputs, source::now())?)
}
