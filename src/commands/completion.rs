//! `ctlmon completion`: a shell's completion script on stdout.

use crate::{
    error::{CommandError, Exit},
    render::{Console, docs::completions},
};
use clap::Args;
use clap_complete::Shell;

#[derive(Debug, Args)]
pub(super) struct CompletionArgs {
    /// The shell, such as in: source <(ctlmon completion bash)
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(super) fn run(console: &Console, args: &CompletionArgs) -> Result<Exit, CommandError> {
    let script = completions::script(&super::shown(), args.shell);
    super::print(console, &String::from_utf8(script).map_err(CommandError::could_not_look)?)?;
    Ok(Exit::Fine)
}
