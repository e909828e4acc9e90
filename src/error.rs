//! What a command ends with: an exit code, or an error with hints. The only place that maps kinds to codes.

use crate::{
    model::observed::{Failure, FailureKind},
    observe::{files::FileError, kubeconfig::ConnectError, pasted::PastedError},
    recording::RecordingError,
    render::docs::exit_codes::Meaning,
};
use std::{error::Error, fmt, io, process::ExitCode};

/// What a command ends with when it did its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, and nothing is wrong.
    Fine,
    /// Done, and there are problems.
    Problems,
    /// Something could not be looked at.
    CouldNotLook,
    /// Interrupted, after a partial report.
    Interrupted,
}

/// What each exit code means, for the documentation.
pub(crate) static MEANINGS: &[Meaning] = &[
    Meaning {
        code: Exit::Fine.code(),
        doctor: "every component that can be monitored was judged, and no problem is as severe as `--fail-on`",
        detect: "the distribution is certain or likely",
        others: "done",
    },
    Meaning { code: Exit::Problems.code(), doctor: "problems", detect: "", others: "" },
    Meaning {
        code: Kind::Usage.code(),
        doctor: "the command line makes no sense",
        detect: "the same",
        others: "the same",
    },
    Meaning {
        code: Exit::CouldNotLook.code(),
        doctor: "no cluster, an unreadable recording, or a component that can be monitored and could not be \
                 judged at all (`--allow-unknown` accepts the last)",
        detect: "unknown, or could not look",
        others: "what was named could not be read or written",
    },
    Meaning {
        code: Exit::Interrupted.code(),
        doctor: "interrupted, after a partial report",
        detect: "interrupted",
        others: "",
    },
];

/// What a command ends with when it could not do its work.
#[derive(Debug)]
pub struct CommandError {
    kind: Kind,
    source: Box<dyn Error + Send + Sync>,
    hints: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The words of the command do not make sense.
    Usage,
    /// The world could not be looked at, or a named file not be read or written.
    CouldNotLook,
}

/// The API server of a context could not be reached at all.
#[derive(Debug)]
pub struct Unreachable {
    /// The context.
    pub context: String,
    /// What every question to it ended with.
    pub failure: Failure,
}

impl Exit {
    /// The exit code.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Problems => 1,
            Self::CouldNotLook => 3,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

impl Kind {
    const fn code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::CouldNotLook => Exit::CouldNotLook.code(),
        }
    }
}

impl CommandError {
    /// Words that do not make sense together.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { kind: Kind::Usage, source: message.into().into(), hints: Vec::new() }
    }

    /// Something named could not be read, written or reached.
    pub fn could_not_look(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: Kind::CouldNotLook, source: source.into(), hints: Vec::new() }
    }

    /// The same with one more hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The exit code.
    #[must_use]
    pub const fn code(&self) -> u8 {
        self.kind.code()
    }

    /// The hints, each without its `hint:`.
    #[must_use]
    pub fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl From<ConnectError> for CommandError {
    fn from(error: ConnectError) -> Self {
        let hints: Vec<String> = match &error {
            ConnectError::NoKubeconfig { .. } => vec!["name one with --kubeconfig or KUBECONFIG".to_owned()],
            ConnectError::Context { available, .. } if !available.is_empty() => {
                vec!["name one with --context".to_owned()]
            }
            ConnectError::Plugin { command, hint, .. } => match hint {
                // The kubeconfig's author wrote it for exactly this moment.
                Some(hint) => {
                    hint.lines().map(str::trim).filter(|line| !line.is_empty()).map(harmless).collect()
                }
                None => vec![format!("install {} and put it on PATH", harmless(command))],
            },
            _ => Vec::new(),
        };
        Self { kind: Kind::CouldNotLook, source: Box::new(error), hints }
    }
}

impl From<Unreachable> for CommandError {
    fn from(error: Unreachable) -> Self {
        let hint = match error.failure.kind {
            FailureKind::Resolve => "does the server's host name in the kubeconfig have an address here?",
            FailureKind::Refused => {
                "is the API server, or the proxy in front of it, running at the address in the kubeconfig?"
            }
            FailureKind::Timeout | FailureKind::TooSlow | FailureKind::Unreachable => {
                "does a firewall or a missing VPN stand between here and the API server?"
            }
            FailureKind::Handshake | FailureKind::Alert | FailureKind::NotTls => {
                "does the certificate-authority of the kubeconfig belong to this API server?"
            }
            _ => "does kubectl reach it with the same context? kubectl version -v=6 shows each request",
        };
        Self { kind: Kind::CouldNotLook, source: Box::new(error), hints: vec![hint.to_owned()] }
    }
}

impl From<RecordingError> for CommandError {
    fn from(error: RecordingError) -> Self {
        Self::could_not_look(error)
    }
}

impl From<FileError> for CommandError {
    fn from(error: FileError) -> Self {
        Self::could_not_look(error)
    }
}

impl From<PastedError> for CommandError {
    fn from(error: PastedError) -> Self {
        Self::could_not_look(error)
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        Self::could_not_look(error)
    }
}

/// Text from elsewhere without anything that a terminal would act on.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&harmless(&self.source.to_string()))
    }
}

impl Error for CommandError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.source()
    }
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot reach the Kubernetes API of context \"{}\": {}", self.context, self.failure)
    }
}

impl Error for Unreachable {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exit_code_is_documented_once() {
        let documented: Vec<u8> = MEANINGS.iter().map(|meaning| meaning.code).collect();
        let mut known: Vec<u8> = [Exit::Fine, Exit::Problems, Exit::CouldNotLook, Exit::Interrupted]
            .map(Exit::code)
            .into_iter()
            .chain([Kind::Usage, Kind::CouldNotLook].map(Kind::code))
            .collect();
        known.sort_unstable();
        known.dedup();
        assert_eq!(documented, known);
    }
}
