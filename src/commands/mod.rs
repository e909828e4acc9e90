//! The command line: what can be said, and which command does it. No logic that is worth a unit test.

mod detect;
mod doctor;
mod explain;
mod lab;
mod limits;
mod source;

use crate::{
    error::{CommandError, Exit},
    render::{Colour, Console},
};
use clap::{ArgAction, Args, Parser, Subcommand};

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
    /// Say more on stderr: -v waves, requests and bytes; -vvv everything that ctlmon itself logs
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
    Doctor(doctor::DoctorArgs),
    /// Print the page of a check: what was seen, what it means, how to confirm and how to fix it
    Explain(explain::ExplainArgs),
    /// Serve the embedded practice cluster on loopback until interrupted
    Lab(lab::LabArgs),
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
        Command::Explain(args) => explain::run(&console, &args),
        Command::Lab(args) => lab::run(&console, &args),
    }
}

/// Prints what was asked for.
fn print(console: &Console, text: &str) -> Result<(), CommandError> {
    console.print(text).map_err(|error| CommandError::system("cannot write to standard output", &error))
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
