//! `ctlmon doctor` of several clusters: each with its own report, and one exit code for all.

use super::{Diagnosis, DoctorArgs, format::Format};
use crate::{
    commands::{
        clusters,
        source::{self, Sight},
    },
    doctor::Selection,
    error::{CommandError, Exit},
    model::progress::Silent,
    questions,
    render::{Console, json, overview},
    view::View,
};

/// How many clusters are looked at at once. Each holds everything that it was seen to answer until it is judged.
const CLUSTERS_AT_ONCE: usize = 16;

pub(super) fn run(
    console: &Console,
    args: &DoctorArgs,
    contexts: Vec<String>,
    selection: &Selection,
) -> Result<Exit, CommandError> {
    for (is_given, option, why) in [
        (args.recording.save.is_some(), "--save", "writes the recording of one cluster"),
        (args.wait.is_wanted(), "--wait", "waits for one cluster"),
        (args.fix_plan.is_wanted(), "--fix-plan", "writes the remedies for one cluster"),
        (
            matches!(args.judging.output, Format::Junit | Format::Markdown),
            "-o junit and -o markdown",
            "report on one cluster",
        ),
    ] {
        if is_given {
            let message = format!("{option} {why}, and several contexts are named");
            return Err(CommandError::usage(message));
        }
    }
    let output = args.judging.output;
    let answer = async |connection, limits| {
        let sight = Sight::of(connection, limits, args.wanted());
        let seen = source::look_telling(console, sight, questions::doctor, &Silent).await;
        seen.reached()?;
        let view = View::new(&seen.snapshot);
        let diagnosis = Diagnosis::of(&view, selection, args.judging.policy());
        let text = output.report(console, &diagnosis.told(&seen.snapshot))?;
        Ok((overview::Diagnosed::new(&diagnosis.detection, &diagnosis.report, text), diagnosis.exit))
    };
    let limits = args.limits.limits();
    let looking = clusters::look(console, &args.cluster, contexts, limits, CLUSTERS_AT_ONCE, answer);
    let all = source::runtime()?.block_on(looking)?;
    let text = match output {
        // The last two were refused above.
        Format::Human | Format::Junit | Format::Markdown => overview::human(console, &all),
        Format::Json => json::reports(&all).map_err(CommandError::could_not_look)?,
        Format::Yaml => json::reports_yaml(&all).map_err(CommandError::could_not_look)?,
    };
    clusters::tell(console, &all, &text)
}
