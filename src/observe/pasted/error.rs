//! What can be wrong with what was pasted, in words. Nothing here repeats more of an input than its first words, and none of
//! what it cannot name: it may be somebody's token.

use crate::{observe::decode::DecodeError, yaml::YamlError};
use std::{collections::BTreeSet, fmt};

/// What can be pasted, for error messages and help.
pub const EXPECTED: &str = "the output, as JSON or YAML, of `kubectl get nodes,namespaces`, of `kubectl get \
                            pods,daemonsets,deployments,configmaps -n kube-system` or with -A, of `kubectl get apiservices`, \
                            of `kubectl version`, or of `kubectl get --raw /apis`; or the text of `kubectl api-versions`, \
                            `kubectl version` or `kubectl describe nodes`";

/// Why what was pasted could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PastedError {
    /// One input.
    In {
        /// Its name.
        input: String,
        /// The line and the column, from 1, where they are known.
        at: Option<(usize, usize)>,
        /// What is wrong there.
        fault: Fault,
    },
    /// All inputs were read, and none holds anything that was asked for: the kinds that they hold.
    Nothing(BTreeSet<String>),
}

/// What is wrong with one input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The system could not read it: the reason.
    Unreadable(String),
    /// It is empty.
    Empty,
    /// It is not text.
    NotText,
    /// It is no JSON, and more than is read of anything else.
    TooLarge,
    /// One object in it is larger than any that an API server keeps.
    ObjectTooLarge,
    /// It begins as JSON and is none.
    NotJson,
    /// It is JSON that ends too early.
    CutOff,
    /// It looks like YAML and cannot be read.
    NotYaml(YamlError),
    /// It is a table for people, which leaves out what tells distributions apart: its first line.
    Table(String),
    /// It is the text of `kubectl describe` about something else than nodes.
    Description,
    /// It is the output of `kubectl version` without a server's version in it.
    NoServer,
    /// It is what the API server says where it refuses or fails: its reason.
    Status(String),
    /// It is something else: its beginning, or what it is in words.
    Unknown(String),
    /// It is an object that is not as it should be.
    Object(DecodeError),
}

impl PastedError {
    /// The same about an input of this name.
    #[must_use]
    pub(super) fn of(self, name: &str) -> Self {
        match self {
            Self::In { at, fault, .. } => Self::In { input: name.to_owned(), at, fault },
            other @ Self::Nothing(_) => other,
        }
    }

    /// The same at a place in its input, unless it has one already.
    #[must_use]
    pub(super) fn at(self, place: Option<(usize, usize)>) -> Self {
        match self {
            Self::In { input, at, fault } => Self::In { input, at: at.or(place), fault },
            other @ Self::Nothing(_) => other,
        }
    }

    /// What was expected, where that is not said by the error itself.
    #[must_use]
    pub const fn expected(&self) -> Option<&'static str> {
        match self {
            Self::Nothing(_)
            | Self::In {
                fault: Fault::Empty | Fault::NotText | Fault::TooLarge | Fault::Unknown(_) | Fault::Status(_),
                ..
            } => Some(EXPECTED),
            Self::In { .. } => None,
        }
    }
}

impl From<Fault> for PastedError {
    fn from(fault: Fault) -> Self {
        Self::In { input: String::new(), at: None, fault }
    }
}

impl From<DecodeError> for PastedError {
    fn from(error: DecodeError) -> Self {
        Fault::Object(error).into()
    }
}

impl fmt::Display for PastedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::In { input, at, fault } => {
                write!(f, "{input}: {fault}")?;
                match at {
                    Some((line, column)) => write!(f, ", at line {line}, column {column}"),
                    None => Ok(()),
                }
            }
            Self::Nothing(kinds) if kinds.is_empty() => f.write_str("nothing but empty lists"),
            Self::Nothing(kinds) => {
                let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
                write!(f, "nothing but objects of kind {}", kinds.join(", "))
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(reason) => write!(f, "cannot be read: {reason}"),
            Self::Empty => f.write_str("empty"),
            Self::NotText => f.write_str("not text"),
            Self::TooLarge => write!(
                f,
                "larger than {} MiB, and not JSON, which may have any size; run the same command with `-o json`",
                super::MAX_TEXT_BYTES >> 20
            ),
            Self::ObjectTooLarge => {
                write!(f, "one object has more than {} MiB", super::metered::MAX_OBJECT_BYTES >> 20)
            }
            Self::NotJson => f.write_str("begins as JSON, but is none"),
            Self::CutOff => f.write_str("begins as JSON, but ends too early: was it cut off?"),
            Self::NotYaml(error) => error.fmt(f),
            Self::Table(first) => write!(
                f,
                "a table made for people (`{first}`), which leaves out what tells distributions apart; run the same \
                 command with `-o json`"
            ),
            Self::Description => f.write_str(
                "the text of `kubectl describe`, which can be read back of nodes alone; use `kubectl get` with `-o json`",
            ),
            Self::NoServer => f.write_str(
                "the version of kubectl without that of a server; run `kubectl version -o json` where the cluster can \
                 be reached",
            ),
            Self::Status(reason) => write!(f, "a refusal of the API server ({reason}) and no object"),
            Self::Unknown(what) => f.write_str(what),
            Self::Object(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PastedError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::In { fault: Fault::NotYaml(error), .. } => Some(error),
            Self::In { fault: Fault::Object(error), .. } => Some(error),
            Self::In { .. } | Self::Nothing(_) => None,
        }
    }
}
