//! `ctlmon gen-values`: the configuration that collects a control plane. It finds out which distribution is meant, and hands
//! everything else to the plan.

mod compare;
mod options;
mod releases;
mod several;
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
        installed::{InstalledQuestion, ServedBy},
        installer::Installer,
        observed::Observed,
        question::Question,
        snapshot::{Snapshot, Wanted},
    },
    plan::{
        Audience, Dialect, Folder, Names, Plan, Subject, diff, external, folder, plan, summary,
        usual_audience,
    },
    questions, recording,
    render::{Console, json},
};
use clap::{Args, ValueEnum};
use options::{ChoiceArgs, For};
use std::{collections::BTreeSet, path::PathBuf};

#[derive(Debug, Args)]
#[command(mut_arg("context", |context| {
    context.help("The context of the kubeconfig; the current one otherwise; repeatable, for a folder of each cluster below --out")
}))]
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
    /// Write nothing: say what differs from what is deployed, and what would start, stop or be collected twice
    #[arg(help_heading = "Output", long, conflicts_with_all = ["out", "files"])]
    diff: bool,
    /// The format of what is printed
    #[arg(help_heading = "Output", short, long, value_name = "FORMAT", default_value = "yaml")]
    output: Output,
    #[command(flatten)]
    limits: LimitArgs,
}

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
    /// The main document; with --diff, text for people
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

/// All that is written for one cluster, and what is to be said of it.
struct Setup {
    meant: Meant,
    plan: Plan,
    dialect: Dialect,
    folder: Folder,
    said: Vec<String>,
}

pub(super) fn run(console: &Console, args: &GenValuesArgs) -> Result<Exit, CommandError> {
    let contexts = args.cluster.contexts();
    if contexts.len() > 1 {
        return several::run(console, args, contexts);
    }
    let snapshot = look(console, args)?;
    let setup = setup(args, snapshot.as_ref())?;
    if let Some(snapshot) = snapshot.as_ref().filter(|_| args.diff) {
        let exit = compare::run(console, args, &setup, snapshot)?;
        for line in &setup.said {
            console.say(line);
        }
        source::save(console, &args.recording, snapshot);
        return Ok(exit);
    }
    if let Some(out) = &args.out {
        write::folder(out, &setup.folder, args.force)?;
        console.say(&format!("wrote {}; begin with its README.md", out.display()));
    }
    let text = match (args.output, &args.out) {
        (Output::Json, _) => json::plan(&setup.plan, &setup.folder).map_err(CommandError::could_not_look)?,
        (Output::Yaml, None) => setup.folder.main.text.clone(),
        (Output::Yaml, Some(_)) => String::new(),
    };
    print(console, &text)?;
    say(console, &setup);
    if let Some(snapshot) = &snapshot {
        source::save(console, &args.recording, snapshot);
    }
    Ok(Exit::Fine)
}

/// What is to be known before this is applied, then what it does.
fn say(console: &Console, setup: &Setup) {
    for line in setup.said.iter().chain(&summary(&setup.plan)) {
        console.say(line);
    }
}

/// Everything for one cluster.
fn setup(args: &GenValuesArgs, snapshot: Option<&Snapshot>) -> Result<Setup, CommandError> {
    let meant = meant(args, snapshot)?;
    let usual = usual_audience(meant.distribution, &meant.identity);
    let releases = releases::decide(snapshot, &args.installer(usual), args.choices.named_releases());
    let choices = args.choices.choices(usual, meant.identity.version.as_deref(), &releases)?;
    if choices.windows && args.format == Format::DatadogAgent {
        return Err(CommandError::usage("--target-system windows: the operator runs no agents on Windows")
            .hint("--format helm"));
    }
    if !choices.extras.leader_election && args.format == Format::DatadogAgent {
        return Err(CommandError::usage("--no-leader-election: the operator always has agents elect one")
            .hint("--format helm"));
    }
    let plan = plan(&meant.subject(args), &choices)?;
    let main = match args.format {
        Format::Helm => args.choices.audience().map_or("values.yaml", For::file),
        Format::DatadogAgent => "datadog-agent.yaml",
        Format::Argocd => "application.yaml",
    };
    let names = Names { main: main.to_owned(), store: args.choices.store().to_owned() };
    let dialect = args.format.dialect();
    let folder = folder(&plan, dialect, &names)?;
    let mut said = releases.said;
    if !plan.rivals.is_empty() {
        said.push(format!(
            "warning: probably {}, or {}: name it with --distribution before this is applied",
            plan.identity.name,
            plan.rivals.join(" or ")
        ));
    }
    said.extend(
        snapshot.filter(|_| choices.extras.external_metrics).and_then(|it| rival(it, &plan, dialect)),
    );
    Ok(Setup { meant, plan, dialect, folder, said })
}

/// What is to be said of who serves external metrics already.
fn rival(snapshot: &Snapshot, plan: &Plan, dialect: Dialect) -> Option<String> {
    let what = "who serves the external metrics API already";
    match snapshot.external_metrics() {
        Observed::Seen(ServedBy { service: Some(service) }) => {
            external::is_of_another(service, &plan.choices, dialect).then(|| {
                format!(
                    "warning: Service {}/{} serves the external metrics API, of which a cluster has one: what is written here \
                     takes it away from there",
                    service.namespace, service.name
                )
            })
        }
        Observed::Seen(_) | Observed::Absent => None,
        other => other.seen(what).err().map(|gap| format!("unknown: {gap}")),
    }
}

impl Format {
    const fn dialect(self) -> Dialect {
        match self {
            Self::Helm => Dialect::Helm,
            Self::DatadogAgent => Dialect::DatadogAgent,
            Self::Argocd => Dialect::ArgoCd,
        }
    }
}

impl GenValuesArgs {
    /// What helps where no cluster can be looked at.
    const fn without_cluster(&self) -> &'static str {
        if self.diff {
            "or compare with what was seen when --diff looked with --save FILE: --from FILE"
        } else {
            "or name the distribution: --distribution ID writes for it without a cluster"
        }
    }

    /// Who installs it, where this is the usual audience.
    fn installer(&self, usual: Audience) -> Installer {
        let (namespace, name) = self.choices.release(usual);
        diff::installer(self.format.dialect(), namespace, name)
    }
}

impl Meant {
    fn subject<'a>(&'a self, args: &'a GenValuesArgs) -> Subject<'a> {
        Subject {
            distribution: self.distribution,
            identity: &self.identity,
            rivals: &self.rivals,
            nodes: &self.nodes,
            pki: args.choices.pki(),
        }
    }
}

/// What is worth asking: what `detect` asks, who else serves external metrics where these are wanted, and to compare what is
/// deployed as well.
fn wanted(args: &GenValuesArgs, snapshot: &Snapshot) -> BTreeSet<Question> {
    let mut questions = detect::wanted(snapshot);
    if args.choices.external_metrics() {
        questions.insert(Question::Installed(InstalledQuestion::ExternalMetrics));
    }
    if args.diff {
        // How a release is called by default depends on the distribution, which is known when nothing is left to ask.
        if questions::detect(snapshot).is_empty()
            && let Ok(meant) = meant(args, Some(snapshot))
        {
            let installer = args.installer(usual_audience(meant.distribution, &meant.identity));
            questions.extend(InstalledQuestion::about(&installer).map(Question::Installed));
        }
        questions.extend(questions::deployed(snapshot));
    }
    questions
}

/// What there is to see; nothing where the distribution was named and no cluster was.
fn look(console: &Console, args: &GenValuesArgs) -> Result<Option<Snapshot>, CommandError> {
    let seen = if let Some(path) = &args.recording.from {
        Seen::elsewhere(recording::load(path)?)
    } else if !args.files.is_empty() {
        Seen::elsewhere(detect::read(&args.files)?)
    } else if args.distribution.is_some() && !args.cluster.is_named() && !args.diff {
        return Ok(None);
    } else {
        source::runtime()?.block_on(async {
            let sight = args.cluster.sight(args.limits.limits(), Wanted::default()).await;
            let sight = sight.map_err(|error| error.hint(args.without_cluster()))?;
            Ok::<_, CommandError>(
                source::look(console, sight, |snapshot: &Snapshot| wanted(args, snapshot)).await,
            )
        })?
    };
    if let Err(error) = seen.reached() {
        source::save(console, &args.recording, &seen.snapshot);
        return Err(error.hint(args.without_cluster()));
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
