//! The command line: what can be said, and which command does it. No logic that is worth a unit test.

mod certs;
mod clusters;
mod completion;
mod detect;
mod doctor;
mod explain;
mod folder;
mod gen_values;
mod generate;
mod lab;
mod limits;
mod on_node;
mod panics;
mod permissions;
mod selection;
mod source;

pub(crate) use panics::hide_texts as hide_panics;

use crate::{
    error::{CommandError, Exit},
    render::{Colour, Console},
};
use clap::{ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use std::{ffi::OsString, path::Path};

/// Sets up and diagnoses the monitoring of a Kubernetes control plane with Datadog.
#[derive(Debug, Parser)]
#[command(name = "ctlmon", version, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs
    #[arg(short, long, global = true, action = ArgAction::Count)]
    verbose: u8,
    // Not a doc comment: its marks for code would be shown.
    #[arg(
        help = "When to use colour; NO_COLOR switches it off too",
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto"
    )]
    color: Colour,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say which distribution this is and where its control plane runs, with the evidence
    Detect(detect::DetectArgs),
    /// Probe every component's metrics endpoint and say what is wrong, why, and how to mend it
    Doctor(Box<doctor::DoctorArgs>),
    /// Print the least rights for a command as a manifest, with the reason for each rule
    Permissions(permissions::PermissionsArgs),
    /// Issue, inspect, verify, renew and copy the certificates that open etcd
    Certs(certs::CertsArgs),
    /// Print the page of a check: what was seen, what it means, how to confirm and how to fix it
    Explain(explain::ExplainArgs),
    // Not a doc comment: names of kinds would want marks for code, which would be shown.
    #[command(
        about = "Write the configuration that collects the control plane, for Helm, the operator or Argo CD"
    )]
    GenValues(Box<gen_values::GenValuesArgs>),
    /// Serve the embedded practice cluster on loopback until interrupted
    Lab(lab::LabArgs),
    /// Print the completion script of a shell
    Completion(completion::CompletionArgs),
    /// Write the documents, man pages and completions that are generated from the code
    #[command(hide = true)]
    Generate(generate::GenerateArgs),
}

/// The file's name by which kubectl finds a plugin.
const PLUGIN: &str = "kubectl-ctlmon";

impl Cli {
    /// Reads the arguments of the process, or says what is wrong with them and ends it.
    #[must_use]
    pub fn of_process() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the edge where arguments come in")]
        let arguments: Vec<OsString> = std::env::args_os().collect();
        let mut command = Self::command();
        if arguments.first().is_some_and(|program| is_plugin(program.as_ref())) {
            command = command.bin_name("kubectl ctlmon");
        }
        let read = command
            .try_get_matches_from_mut(arguments)
            .and_then(|matches| Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command)));
        read.unwrap_or_else(|error| error.exit())
    }
}

/// Whether this was started under the plugin's name: usage lines then say what a user of kubectl types.
fn is_plugin(program: &Path) -> bool {
    program.file_stem().is_some_and(|name| name == PLUGIN)
}

/// Runs the command.
pub(crate) fn run(cli: Cli) -> Result<Exit, CommandError> {
    let console =
        Console::of_process(cli.global.color, source::variable("NO_COLOR").is_some(), cli.global.verbose);
    if cli.global.verbose >= 3 {
        log_own_target();
    }
    match cli.command {
        Command::Detect(args) => detect::run(&console, &args),
        Command::Doctor(args) => doctor::run(&console, &args),
        Command::Permissions(args) => permissions::run(&console, &args),
        Command::Certs(args) => certs::run(&console, &args),
        Command::Explain(args) => explain::run(&console, &args),
        Command::GenValues(args) => gen_values::run(&console, &args),
        Command::Lab(args) => lab::run(&console, &args),
        Command::Completion(args) => completion::run(&console, &args),
        Command::Generate(args) => generate::run(&console, &args),
    }
}

/// Prints what was asked for, and says whether the reader took all of it.
fn print(console: &Console, text: &str) -> Result<bool, CommandError> {
    console.print(text).map_err(|error| CommandError::system("cannot write to standard output", &error))
}

/// The command line without what is hidden, for documents and completions: those of shells show hidden commands.
fn shown() -> clap::Command {
    let whole = Cli::command();
    let about = whole.get_about().cloned().unwrap_or_default();
    let commands: Vec<clap::Command> =
        whole.get_subcommands().filter(|command| !command.is_hide_set()).cloned().collect();
    let bare = clap::Command::new("ctlmon")
        .version(env!("CARGO_PKG_VERSION"))
        .about(about)
        .subcommand_required(true)
        .arg_required_else_help(true);
    Global::augment_args(bare).subcommands(commands)
}

/// Says an error and its hints on stderr.
pub(crate) fn report(error: &CommandError) {
    let console = Console::of_process(Colour::Never, true, 0);
    console.say(&format!("error: {error}"));
    for hint in error.hints() {
        console.say(&format!("hint: {hint}"));
    }
}

/// Logs what ctlmon itself traces, and nothing of its dependencies: they print headers and frames.
fn log_own_target() {
    use tracing_subscriber::{filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _};
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).without_time();
    // A second subscriber in one process is refused, and the first one serves as well.
    let _ = tracing_subscriber::registry()
        .with(layer)
        .with(Targets::new().with_target("ctlmon", tracing::Level::TRACE))
        .try_init();
}
