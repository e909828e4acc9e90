//! `--diff`: puts together what would be written and what is deployed, and says what would change. It writes nothing.

use super::{GenValuesArgs, Output, Setup};
use crate::{
    commands::print,
    error::{CommandError, Exit},
    model::{
        installed::Settings,
        snapshot::{CutShort, Snapshot},
    },
    observe::decode,
    plan::{
        Dialect,
        diff::{self, Standing, Verdict},
    },
    render::{Console, diff as words, json},
    view::View,
    yaml,
};

pub(super) fn run(
    console: &Console,
    args: &GenValuesArgs,
    setup: &Setup,
    snapshot: &Snapshot,
) -> Result<Exit, CommandError> {
    let choices = &setup.plan.choices;
    let view = View::new(snapshot);
    let meant = diff::installer(setup.dialect, &choices.namespace, &choices.release);
    let installer = view.replaced_by(&meant);
    let standing =
        Standing { scene: view.scene(), installed: view.told_to(&meant).map(Option::<&_>::cloned) };
    let diff = diff::diff(&setup.meant.subject(args), &setup.plan, &installer, &written(setup)?, &standing);
    let exit = match (snapshot.cut_short, diff.verdict()) {
        (Some(CutShort::Interrupted), _) => Exit::Interrupted,
        (_, Verdict::Same) => Exit::Fine,
        (_, Verdict::Different) => Exit::Problems,
        (_, Verdict::Unknown) => Exit::CouldNotLook,
    };
    let text = match args.output {
        Output::Json => json::diff(&diff, exit.code()).map_err(CommandError::could_not_look)?,
        Output::Yaml => words::human(console, &diff),
    };
    Ok(if print(console, &text)? { exit } else { Exit::Fine })
}

/// What would be written, read as what is deployed is read.
fn written(setup: &Setup) -> Result<Settings, CommandError> {
    let documents = yaml::documents(&setup.folder.main.text).map_err(CommandError::could_not_look)?;
    let document = documents.first().cloned().unwrap_or_default();
    Ok(match setup.dialect {
        Dialect::Helm => decode::helm_values(&document),
        Dialect::DatadogAgent => decode::datadog_agent_settings(&document),
        Dialect::ArgoCd => {
            let values = document["spec"]["source"]["helm"]["values"].as_str().unwrap_or_default();
            let documents = yaml::documents(values).map_err(CommandError::could_not_look)?;
            decode::helm_values(documents.first().unwrap_or(&document))
        }
    })
}
