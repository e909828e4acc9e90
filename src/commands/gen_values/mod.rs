//! `ctlmon gen-values`: the configuration that collects a control plane. It finds out which distribution is meant, and hands
//! everything else to the plan.

mod options;
mod write;

use super::{
    detect,
    limits::LimitArgs,
    print,
    source::{self, ClusterArgs, RecordingArgs, Seen},
};
use crate::{
    distributions::{self, Distribution, Facts, Identity, Who},
    error::{CommandError, Exit},
    model::{
        facts::Node,
        snapshot::{Snapshot, Wanted},
    },
    plan::{Dialect, Names, Subject, folder, plan, summary, usual_audience},
    questions, recording,
    render::{Console, json},
};
use clap::{ArgAction, Args, ValueEnum};
use options::{ChoiceArgs, For};
use std::path::PathBuf;

// One setup is written at a time.
#[derive(Debug, Args)]
#[command(mut_arg("context", |context| context.action(ArgAction::Set)))]
pub(super) struct GenValuesArgs {
    /// The distribution, as detect -o name says it; detected where it is not named
    #[arg(long, value_name = "ID", value_parser = distribution, conflicts_with_all = ["from", "files"])]
    distribution: Option<&'static Distribution>,
    /// How to spell it
    #[arg(long, value_name = "FORMAT", default_value = "helm")]
    format: Format,
    #[command(flatten)]
    choices: ChoiceArgs,
    #[command(flatten)]
    cluster: ClusterArgs,
    /// Judge what kubectl printed (nodes, pods, any list, version, /apis, api-versions); repeatable, - is stdin
    #[arg(help_heading = "Pasted output, without a cluster", short = 'f', long = "filename", value_name = "FILE", num_args = 1.., conflicts_with_all = source::CLUSTER_OPTIONS, conflicts_with = "from")]
    files: Vec<String>,
    #[command(flatten)]
    recording: RecordingArgs,
    /// Write a folder with everything that belongs to the setup; without it the main document alone is printed
    #[arg(help_heading = "Output", long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replace the folder where it is there already
    #[arg(help_heading = "Output", long, requires = "out")]
    force: bool,
    /// The format of what is printed
    #[arg(help_heading = "Output", short, long, value_name = "FORMAT", default_value = "yaml")]
    output: Output,
    #[command(flatten)]
    limits: LimitArgs,
}

/// What helps where no cluster can be looked at.
const NAME_IT: &str = "or name the distribution: --distribution ID writes for it without a cluster";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Values of the Helm chart datadog
    Helm,
    #[value(help = "A DatadogAgent v2alpha1 for the operator")]
    DatadogAgent,
    #[value(help = "An Argo CD Application around the Helm values, with an ExternalSecret")]
    Argocd,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Output {
    /// The main document
    Yaml,
    /// JSON: for each component how it is collected or why not, and the steps
    Json,
}

/// The cluster that is meant, as far as it is known.
struct Meant {
    distribution: &'static Distribution,
    identity: Identity,
    rivals: Vec<&'static str>,
    nodes: Vec<Node>,
}

pub(super) fn run(console: &Console, args: &GenValuesArgs) -> Result<Exit, CommandError> {
    let snapshot = look(console, args)?;
    let meant = meant(args, snapshot.as_ref())?;
    let usual = usual_audience(meant.distribution, &meant.identity);
    let choices = args.choices.choices(usual, meant.identity.version.as_deref())?;
    if choices.windows && args.format == Format::DatadogAgent {
        return Err(CommandError::usage("--target-system windows: the operator runs no agents on Windows")
            .hint("--format helm"));
    }
    if !choices.extras.leader_election && args.format == Format::DatadogAgent {
        return Err(CommandError::usage("--no-leader-election: the operator always has agents elect one")
            .hint("--format helm"));
    }
    let subject = Subject {
        distribution: meant.distribution,
        identity: &meant.identity,
        rivals: &meant.rivals,
        nodes: &meant.nodes,
        pki: args.choices.pki(),
    };
    let plan = plan(&subject, &choices)?;
    let (dialect, main) = match args.format {
        Format::Helm => (Dialect::Helm, args.choices.audience().map_or("values.yaml", For::file)),
        Format::DatadogAgent => (Dialect::DatadogAgent, "datadog-agent.yaml"),
        Format::Argocd => (Dialect::ArgoCd, "application.yaml"),
    };
    let names = Names { main: main.to_owned(), store: args.choices.store().to_owned() };
    let folder = folder(&plan, dialect, &names)?;

    if let Some(out) = &args.out {
        write::folder(out, &folder, args.force)?;
        console.say(&format!("wrote {}; begin with its README.md", out.display()));
    }
    let text = match (args.output, &args.out) {
        (Output::Json, _) => json::plan(&plan, &folder).map_err(CommandError::could_not_look)?,
        (Output::Yaml, None) => folder.main.text.clone(),
        (Output::Yaml, Some(_)) => String::new(),
    };
    print(console, &text)?;
    if !plan.rivals.is_empty() {
        console.say(&format!(
            "warning: probably {}, or {}: name it with --distribution before this is applied",
            plan.identity.name,
            plan.rivals.join(" or ")
        ));
    }
    for line in summary(&plan) {
        console.say(&line);
    }
    if let Some(snapshot) = &snapshot {
        source::save(console, &args.recording, snapshot);
    }
    Ok(Exit::Fine)
}

/// What there is to see; nothing where the distribution was named and no cluster was.
fn look(console: &Console, args: &GenValuesArgs) -> Result<Option<Snapshot>, CommandError> {
    let seen = if let Some(path) = &args.recording.from {
        Seen::elsewhere(recording::load(path)?)
    } else if !args.files.is_empty() {
        Seen::elsewhere(detect::read(&args.files)?)
    } else if args.distribution.is_some() && !args.cluster.is_named() {
        return Ok(None);
    } else {
        source::runtime()?.block_on(async {
            let sight = args.cluster.sight(args.limits.limits(), Wanted::default()).await;
            source::look(console, sight.map_err(|error| error.hint(NAME_IT))?, questions::detect).await
        })?
    };
    if let Err(error) = seen.reached() {
        source::save(console, &args.recording, &seen.snapshot);
        return Err(error.hint(NAME_IT));
    }
    Ok(Some(seen.snapshot))
}

fn meant(args: &GenValuesArgs, snapshot: Option<&Snapshot>) -> Result<Meant, CommandError> {
    let facts = snapshot.map(Facts::gather);
    let nodes = facts.as_ref().and_then(|facts| facts.nodes().ok()).map(|nodes| nodes.items.clone());
    let nodes = nodes.unwrap_or_default();
    if let Some(distribution) = args.distribution {
        let identity = match &facts {
            Some(facts) => distribution.identify(facts),
            None => distribution.identity(),
        };
        return Ok(Meant { distribution, identity, rivals: Vec::new(), nodes });
    }
    let unknown = || {
        CommandError::could_not_look(
            "which distribution this is cannot be told, and each is configured in its own way",
        )
        .hint("name it: --distribution ID; ctlmon detect shows what was seen")
    };
    let found = distributions::detect(&facts.ok_or_else(unknown)?);
    let rivals = match &found.who {
        Who::Certain(_) => Vec::new(),
        Who::Likely { rivals, .. } if rivals.is_empty() => vec!["a distribution that ctlmon does not know"],
        Who::Likely { rivals, .. } => rivals.iter().map(|rival| rival.distribution.name).collect(),
        Who::Unknown => return Err(unknown()),
    };
    let best = found.best().ok_or_else(unknown)?;
    Ok(Meant { distribution: best.distribution, identity: best.identity.clone(), rivals, nodes })
}

fn distribution(text: &str) -> Result<&'static Distribution, String> {
    Distribution::named(text).ok_or_else(|| {
        let mut ids: Vec<&str> = distributions::ALL.iter().map(|it| it.id).collect();
        ids.sort_unstable();
        format!("expected one of {}", ids.join(", "))
    })
}
