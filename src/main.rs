//! Parses the command line, runs the command, and turns the outcome into an exit code.

use ctlmon::{Cli, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    ctlmon::hide_panics();
    let cli = Cli::of_process();
    match run(cli) {
        Ok(exit) => exit.into(),
        Err(error) => {
            ctlmon::report(&error);
            error.code().into()
        }
    }
}
