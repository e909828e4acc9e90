//! stub
use super::source::Sight;
use crate::{
    error::{CommandError, Exit},
    model::snapshot::Wanted,
    observe::Limits,
    render::Console,
};
#[derive(Debug, clap::Args)]
pub(super) struct PracticeArgs {}
#[derive(Debug, clap::Args)]
pub(super) struct LabArgs {}
pub(super) struct Practice;
impl PracticeArgs {
    pub(super) fn wanted(&self) -> Result<Option<()>, CommandError> {
        Ok(None)
    }
}
pub(super) async fn start(_: ()) -> Result<Practice, CommandError> {
    Err(CommandError::usage(""))
}
impl Practice {
    pub(super) async fn sight(&self, _: Limits, _: Wanted) -> Result<Sight, CommandError> {
        Err(CommandError::usage(""))
    }
}
pub(super) fn run(_: &Console, _: &LabArgs) -> Result<Exit, CommandError> {
    Ok(Exit::Fine)
}
