//! `ctlmon explain`: a check's page, offline.

use super::print;
use crate::{
    doctor::checks,
    error::{CommandError, Exit},
    render::{Console, columns, explain},
};
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The check; without one all are listed
    #[arg(value_name = "CHECK")]
    check: Option<String>,
}

pub(super) fn run(console: &Console, args: &ExplainArgs) -> Result<Exit, CommandError> {
    let Some(id) = &args.check else {
        let list = columns(checks::CHECKS.iter().map(|check| (check.id.0, check.title)));
        print(console, &list)?;
        return Ok(Exit::Fine);
    };
    let Some(check) = checks::named(id) else {
        let error = CommandError::usage(format!("there is no check \"{id}\""));
        return Err(match nearest(id) {
            Some(near) => error.hint(format!("did you mean {near}?")),
            None => error.hint("ctlmon explain lists them all"),
        });
    };
    print(console, &explain::page(console, check))?;
    Ok(Exit::Fine)
}

/// The check that shares most words with what was typed, if it shares more than one.
pub(super) fn nearest(id: &str) -> Option<&'static str> {
    let words: Vec<&str> = id.split(['-', '_', ' ']).filter(|word| !word.is_empty()).collect();
    checks::CHECKS
        .iter()
        .map(|check| (check.id.0.split('-').filter(|word| words.contains(word)).count(), check.id.0))
        .filter(|(shared, _)| *shared > 1)
        .max_by_key(|(shared, _)| *shared)
        .map(|(_, id)| id)
}
