//! `--fix-plan`: the remedies of the report as a folder of files.

use super::format::Told;
use crate::{
    commands::folder::Kind,
    error::CommandError,
    render::{
        Console,
        fix_plan::{ALTERNATIVES, SIGNATURE, files},
    },
};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(next_help_heading = "Judging and reporting")]
pub(super) struct FixPlanArgs {
    /// Write the remedies as files, in the order in which to apply them; nothing is applied
    #[arg(long, value_name = "DIR", conflicts_with = "list")]
    fix_plan: Option<PathBuf>,
    /// Replace the folder of --fix-plan where it is there already
    #[arg(long, requires = "fix_plan")]
    force: bool,
}

const PLAN: Kind = Kind {
    writer: "doctor --fix-plan",
    signature: SIGNATURE,
    endings: &["md", "sh", "yaml"],
    folders: &[ALTERNATIVES],
};

impl FixPlanArgs {
    /// Whether the remedies are to be written.
    pub(super) const fn is_wanted(&self) -> bool {
        self.fix_plan.is_some()
    }

    /// Whether the folder could be written; asked before anything is looked at, which takes its time.
    pub(super) fn check(&self) -> Result<(), CommandError> {
        self.fix_plan.as_ref().map_or(Ok(()), |place| PLAN.check(place, self.force))
    }

    /// Writes the folder, where one is wanted and there is anything to mend.
    pub(super) fn write(&self, console: &Console, told: &Told<'_>) -> Result<(), CommandError> {
        let Some(place) = &self.fix_plan else { return Ok(()) };
        let files: Vec<(String, String)> = files(told.snapshot, told.detection, told.report)
            .into_iter()
            .map(|file| (file.path, file.text))
            .collect();
        if files.is_empty() {
            console.say(&format!("no problem was found, so {} was not written", place.display()));
            return Ok(());
        }
        PLAN.write(place, &files, self.force)?;
        console.say(&format!("wrote {}; begin with its README.md", place.display()));
        Ok(())
    }
}
