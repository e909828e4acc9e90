//! docs/cli.md and the man pages: every command as it explains itself.

use super::{MARK, markdown::block};
use clap::{ColorChoice, Command};
use std::{fmt::Write as _, io};

/// How wide the help in the document is, whatever terminal generates it.
const WIDTH: usize = 100;

/// The document, for the command and all its subcommands that are not hidden.
#[must_use]
pub fn document(program: &Command) -> String {
    let mut out = format!(
        "{MARK}\n\n# Command line\n\nThis is what `--help` prints. The same is in the [man pages](man/), and what the exit \
         codes mean is in [exit-codes.md](exit-codes.md).\n"
    );
    for mut command in prepared(program) {
        let name = full_name(&command);
        let help = command.render_long_help().to_string();
        let help: Vec<&str> = help.lines().map(str::trim_end).collect();
        // Writing to a String cannot fail.
        let _ = write!(out, "\n## {name}\n\n{}", block("text", &help.join("\n")));
    }
    out
}

/// The man pages with the names of their files.
///
/// # Errors
/// None that can come about: they are written to memory.
pub fn man_pages(program: &Command) -> io::Result<Vec<(String, Vec<u8>)>> {
    let source = format!("{} {}", program.get_name(), program.get_version().unwrap_or_default());
    let mut pages = Vec::new();
    for command in prepared(program) {
        let name = full_name(&command).replace(' ', "-");
        let mut page = Vec::new();
        let man = clap_mangen::Man::new(command.display_name(name.clone()));
        man.source(source.trim_end()).manual("ctlmon").render(&mut page)?;
        pages.push((format!("{name}.1"), page));
    }
    Ok(pages)
}

/// The program and its commands, each with what it inherits.
fn prepared(program: &Command) -> Vec<Command> {
    fn collect(command: &Command, into: &mut Vec<Command>) {
        into.push(command.clone().term_width(WIDTH).color(ColorChoice::Never));
        for command in command.get_subcommands().filter(|command| !command.is_hide_set()) {
            collect(command, into);
        }
    }
    // Each command has the flag --help, and `help` as a command would only repeat them all.
    let mut program =
        program.clone().disable_help_subcommand(true).term_width(WIDTH).color(ColorChoice::Never);
    program.build();
    let mut all = Vec::new();
    collect(&program, &mut all);
    all
}

fn full_name(command: &Command) -> String {
    command.get_bin_name().unwrap_or_else(|| command.get_name()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program() -> Command {
        Command::new("program")
            .subcommand(Command::new("look").about("Looks around"))
            .subcommand(Command::new("inner").hide(true))
    }

    #[test]
    fn every_command_but_the_hidden_ones_has_its_section() {
        let text = document(&program());
        assert!(text.contains("\n## program\n") && text.contains("\n## program look\n"), "{text}");
        assert!(text.contains("Looks around") && !text.contains("inner"), "{text}");
    }

    #[test]
    fn every_command_but_the_hidden_ones_has_its_man_page() {
        let names: Vec<String> = man_pages(&program()).unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["program.1", "program-look.1"]);
    }
}
