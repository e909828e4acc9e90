//! Shell completions, as text.

use clap::Command;
use clap_complete::{Generator as _, Shell, generate};

/// The shells, in the order of the documentation.
pub const SHELLS: [Shell; 5] = [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell, Shell::Elvish];

/// The script for one shell.
#[must_use]
pub fn script(program: &Command, shell: Shell) -> Vec<u8> {
    let mut program = program.clone();
    let name = program.get_name().to_owned();
    let mut script = Vec::new();
    generate(shell, &mut program, name, &mut script);
    script
}

/// The name of the script's file, as the shell looks for it.
#[must_use]
pub fn file_name(program: &Command, shell: Shell) -> String {
    shell.file_name(program.get_name())
}
