//! The value, or the way in which it is missing: what keeps "could not look" apart from "is not there".

use super::question::Permission;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An answer, or the reason why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Observed<T> {
    /// It was there, and this is it.
    Seen(T),
    /// The place was looked at, and it is not there.
    Absent,
    /// Looking was refused.
    Denied(Denial),
    /// Looking failed.
    Failed(Failure),
    /// Nobody looked.
    NotAsked,
}

/// Looking was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denial {
    /// The right that would have been needed.
    pub permission: Permission,
    /// What the refusing server said, shortened.
    pub said: String,
}

/// Looking failed for a technical reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The kind of failure, which judges may rely on.
    pub kind: FailureKind,
    /// The literal error text, for people only: no judge may read it.
    pub detail: String,
}

/// The kinds of technical failure that call for different remedies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// The host name has no address.
    Resolve,
    /// Nobody listens there.
    Refused,
    /// No route, or a firewall that says so.
    Unreachable,
    /// No answer at all within the time allowed.
    Timeout,
    /// An answer began, but did not end within the time allowed.
    TooSlow,
    /// The other side closed or reset the connection.
    Closed,
    /// The other side sent a TLS alert.
    Alert,
    /// The bytes were not TLS.
    NotTls,
    /// The TLS handshake failed for another reason.
    Handshake,
    /// The bytes were not HTTP, or more than the limits allow.
    Protocol,
    /// The server knows nobody with these credentials.
    Unauthenticated,
    /// A file could not be read, or does not hold what it should.
    Unreadable,
    /// The answer was not what was expected of this server.
    Unexpected,
    /// ctlmon itself could not send the question: a certificate or token it needs is missing or unusable.
    Unprepared,
}

/// Something that a conclusion needed and that the snapshot lacks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// What could not be looked at, as a noun phrase.
    pub what: String,
    /// Why not.
    pub why: Why,
}

/// Why something could not be looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The caller lacks a right.
    Denied(Permission),
    /// It was looked for, and it is not there.
    Missing(String),
    /// Looking failed.
    Failed(String),
    /// It was not asked: the run stopped early, or the recording is older than the question.
    NotAsked,
    /// Only a part was looked at, and it was not in that part.
    Partial,
    /// It can be looked at, but not from here or not with these credentials.
    OutOfReach(String),
}

impl<T> Observed<T> {
    /// The value, or a gap that says why it is missing. `what` names the thing looked for.
    ///
    /// # Errors
    /// A gap for everything but [`Observed::Seen`]; an absent thing is one that is missing.
    pub fn seen(&self, what: &str) -> Result<&T, Gap> {
        match self {
            Self::Seen(value) => Ok(value),
            Self::Absent => Err(Gap::new(what, Why::Missing("it does not exist".to_owned()))),
            Self::Denied(denial) => Err(Gap::new(what, Why::Denied(denial.permission.clone()))),
            Self::Failed(failure) => Err(Gap::new(what, Why::Failed(failure.to_string()))),
            Self::NotAsked => Err(Gap::new(what, Why::NotAsked)),
        }
    }

    /// The value where it was seen.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Seen(value) => Some(value),
            _ => None,
        }
    }

    /// The same way of being seen or missing, with the value changed.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Observed<U> {
        match self {
            Self::Seen(value) => Observed::Seen(change(value)),
            Self::Absent => Observed::Absent,
            Self::Denied(denial) => Observed::Denied(denial),
            Self::Failed(failure) => Observed::Failed(failure),
            Self::NotAsked => Observed::NotAsked,
        }
    }
}

impl Gap {
    /// That a node which is looked at from itself asks no API.
    #[must_use]
    pub fn no_api() -> Self {
        Self::new(
            "the Kubernetes API",
            Why::OutOfReach("--on-node asks no API server what it knows".to_owned()),
        )
    }

    /// A gap about `what`.
    pub fn new(what: impl Into<String>, why: Why) -> Self {
        Self { what: what.into(), why }
    }
}

impl Failure {
    /// A failure of this kind with its literal text.
    pub fn new(kind: FailureKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }
}

impl FailureKind {
    /// The kind in words, as a clause that can follow "because".
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Resolve => "the host name has no address",
            Self::Refused => "the connection was refused",
            Self::Unreachable => "there is no route to it",
            Self::Timeout => "it never answered",
            Self::TooSlow => "its answer came too slowly to finish",
            Self::Closed => "the connection was closed",
            Self::Alert => "it refused the TLS handshake",
            Self::NotTls => "it does not speak TLS",
            Self::Handshake => "the TLS handshake failed",
            Self::Protocol => "it does not speak HTTP within the limits",
            Self::Unauthenticated => "it does not accept the credentials",
            Self::Unreadable => "it could not be read",
            Self::Unexpected => "its answer was not understood",
            Self::Unprepared => "the question could not be sent",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.detail.is_empty() {
            f.write_str(self.kind.words())
        } else {
            write!(f, "{} ({})", self.kind.words(), self.detail)
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied(permission) => write!(f, "missing permission: {permission}"),
            Self::Missing(reason) | Self::Failed(reason) | Self::OutOfReach(reason) => f.write_str(reason),
            Self::NotAsked => f.write_str("it was not asked"),
            Self::Partial => f.write_str("only a part of the list was read"),
        }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.why)
    }
}
