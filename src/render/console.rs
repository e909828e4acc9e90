//! Stdout, stderr, colour and width, decided once. Stdout is for what was asked; stderr is for talk.

use crate::model::secret::Secret;
use std::io::{self, IsTerminal as _, Write as _};

/// How wide reports are where the terminal does not say: what fits into an e-mail.
const STANDARD_WIDTH: usize = 80;

/// Beyond this a line is hard to read, however wide the terminal is.
const GREATEST_WIDTH: usize = 110;

/// Below this nothing can be laid out.
const LEAST_WIDTH: usize = 40;

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Colour {
    /// On a terminal that can show it.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Where words go.
#[derive(Debug)]
pub struct Console {
    /// How to show what matters.
    pub paint: Paint,
    /// How many columns a line may have.
    pub width: usize,
    /// How much talk is wanted on stderr.
    pub verbosity: u8,
    /// Whether stderr is a terminal, so that progress may be drawn on it.
    pub is_interactive: bool,
}

/// Colour, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paint(bool);

/// What a piece of text means; colour never says more than the word itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// A problem.
    Bad,
    /// Something fragile.
    Weak,
    /// In order.
    Good,
    /// Not known.
    Open,
    /// A title.
    Strong,
    /// Beside the point.
    Faint,
}

impl Console {
    /// The console of this process.
    #[must_use]
    pub fn of_process(colour: Colour, no_colour: bool, verbosity: u8) -> Self {
        let stdout = io::stdout().is_terminal();
        let paint = match colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => stdout && !no_colour,
        };
        let width = if stdout { terminal_width().unwrap_or(STANDARD_WIDTH) } else { STANDARD_WIDTH };
        Self {
            paint: Paint(paint),
            width: width.clamp(LEAST_WIDTH, GREATEST_WIDTH),
            verbosity,
            is_interactive: io::stderr().is_terminal(),
        }
    }

    /// A console that only lays out, for tests.
    #[must_use]
    pub const fn plain(width: usize) -> Self {
        Self { paint: Paint(false), width, verbosity: 0, is_interactive: false }
    }

    /// Writes what was asked for to stdout. A closed pipe is nobody's error: the reader has seen enough. Says whether
    /// all of it was taken.
    ///
    /// # Errors
    /// Where stdout cannot be written for another reason, such as a full disk.
    pub fn print(&self, text: &str) -> io::Result<bool> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
            other => other.map(|()| true),
        }
    }

    /// Whether somebody is there to answer a question: both what is said and what is answered go over a terminal.
    #[must_use]
    pub fn can_ask(&self) -> bool {
        self.is_interactive && io::stdin().is_terminal()
    }

    /// Whether what is printed is read by a person, and stays in a terminal's history.
    #[must_use]
    pub fn shows(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Asks a question that is answered by `yes`, and by anything else with no.
    ///
    /// # Errors
    /// Where the terminal cannot be read.
    pub fn confirm(&self, question: &str) -> io::Result<bool> {
        // A prompt stays on its line.
        let _ = write!(io::stderr().lock(), "{question} Type yes to go on: ");
        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        Ok(answer.trim().eq_ignore_ascii_case("yes"))
    }

    /// Asks for something secret, which is not shown while it is typed.
    ///
    /// # Errors
    /// Where the terminal cannot be read.
    pub fn ask_secret(&self, question: &str) -> io::Result<Secret<String>> {
        let _ = write!(io::stderr().lock(), "{question}: ");
        console::Term::stderr().read_secure_line().map(Secret::new)
    }

    /// Says something beside the point on stderr.
    pub fn say(&self, text: &str) {
        // Nothing can be done about a stderr that is gone.
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// Says something on stderr where so much talk is wanted.
    pub fn say_at(&self, verbosity: u8, text: &str) {
        if self.verbosity >= verbosity {
            self.say(text);
        }
    }
}

impl Paint {
    /// The text in this tone.
    #[must_use]
    pub fn tone(self, tone: Tone, text: &str) -> String {
        if !self.0 || text.is_empty() {
            return text.to_owned();
        }
        let code = match tone {
            Tone::Bad => "1;31",
            Tone::Weak => "1;33",
            Tone::Good => "32",
            Tone::Open => "1;36",
            Tone::Strong => "1",
            Tone::Faint => "2",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// The columns of the terminal behind stdout.
fn terminal_width() -> Option<usize> {
    console::Term::stdout().size_checked().map(|(_, columns)| usize::from(columns))
}
