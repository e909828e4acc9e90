//! A certificate as it was found: its chain, the key that lies beside it, and where. Types only; `review` judges them.

use crate::model::answer::Der;

/// A certificate as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// What it is called in a table, such as `etcd-healthcheck-client`.
    pub name: String,
    /// Where it was found, for people.
    pub place: String,
    /// The certificate first, then what stands behind it in the same place.
    pub chain: Vec<Der>,
    /// The private key beside it.
    pub key: KeySeen,
    /// What it seems to be meant for.
    pub role: Role,
}

/// What a certificate is meant for, as far as its place tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It was named on its own: it is judged as the client certificate that an agent would present.
    Client,
    /// A server presented it.
    Server,
    /// It lies in a folder among others.
    Any,
}

/// What was seen of a private key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySeen {
    /// There is none, or nobody looked for one.
    Nothing,
    /// It was read.
    Read {
        /// Where.
        place: String,
        /// The SHA-256 of its public half in hex.
        public_key: String,
        /// The permission bits of its file, where it is one.
        mode: Option<u32>,
    },
    /// It is there, and what it belongs to is unknown.
    Unread {
        /// Where.
        place: String,
        /// Why.
        why: String,
        /// The permission bits of its file, where it is one.
        mode: Option<u32>,
    },
}

/// A place that holds certificates, perhaps, and could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Where.
    pub place: String,
    /// Why not.
    pub why: String,
}

impl KeySeen {
    /// Where it is.
    #[must_use]
    pub fn place(&self) -> Option<&str> {
        match self {
            Self::Nothing => None,
            Self::Read { place, .. } | Self::Unread { place, .. } => Some(place),
        }
    }

    /// The permission bits of its file.
    #[must_use]
    pub const fn mode(&self) -> Option<u32> {
        match self {
            Self::Nothing => None,
            Self::Read { mode, .. } | Self::Unread { mode, .. } => *mode,
        }
    }
}
