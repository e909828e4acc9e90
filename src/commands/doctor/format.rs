//! The formats of the report. All tell of one run with one exit code, also where it ended early or reached nothing.

use crate::{
    distributions::Detection,
    doctor::{Check, ExitPolicy, Report},
    error::CommandError,
    model::{component::Component, snapshot::Snapshot},
    render::{Console, Unreached, catalogue, human, json, junit, markdown},
};
use clap::ValueEnum;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Human,
    /// JSON version 1
    Json,
    /// The same as YAML
    Yaml,
    #[value(help = "JUnit XML, for CI: a problem fails, what is unknown is skipped")]
    Junit,
    /// Markdown, for an issue or a pull request
    Markdown,
}

/// What a run came to.
pub(super) struct Told<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) detection: &'a Detection,
    pub(super) report: &'a Report,
    pub(super) policy: ExitPolicy,
    pub(super) exit: u8,
}

impl Format {
    /// The report.
    pub(super) fn report(self, console: &Console, told: &Told<'_>) -> Result<String, CommandError> {
        let Told { snapshot, detection, report, policy, exit } = *told;
        match self {
            Self::Human => Ok(human::report(console, snapshot, detection, report)),
            Self::Json => json::report(snapshot, detection, report, exit),
            Self::Yaml => json::report_yaml(snapshot, detection, report, exit),
            Self::Junit => Ok(junit::report(snapshot, detection, report, policy)),
            Self::Markdown => Ok(markdown::report(snapshot, detection, report)),
        }
        .map_err(CommandError::could_not_look)
    }

    /// What programs get of a run that reached nothing. People read the error, which is on stderr.
    pub(super) fn unreached(self, unreached: &Unreached<'_>) -> Result<String, CommandError> {
        match self {
            Self::Human => Ok(String::new()),
            Self::Json => json::unreached(unreached),
            Self::Yaml => json::unreached_yaml(unreached),
            Self::Junit => Ok(junit::unreached(unreached)),
            Self::Markdown => Ok(markdown::unreached(unreached)),
        }
        .map_err(CommandError::could_not_look)
    }

    /// The list of checks; of checks that judged nothing there is no report.
    pub(super) fn catalogue(self, taken: &[(&Check, Vec<Component>)]) -> Result<String, CommandError> {
        match self {
            Self::Human => Ok(catalogue::human(taken)),
            Self::Json => json::catalogue(taken).map_err(CommandError::could_not_look),
            Self::Yaml | Self::Junit | Self::Markdown => {
                Err(CommandError::usage("--list is printed for people or as JSON")
                    .hint("-o human, or -o json"))
            }
        }
    }
}
