//! Why there is no client, in words that name the file and the entry, and repeat nothing else of what they hold.

use crate::{certs::pem::PemError, observe::files::reason};
use std::{error::Error, fmt, io, path::PathBuf, time::Duration};

/// Why there is no client.
#[derive(Debug)]
pub enum ConnectError {
    /// No kubeconfig anywhere.
    NoKubeconfig {
        /// Where it was looked for.
        looked: Files,
    },
    /// A kubeconfig cannot be read.
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A kubeconfig is not YAML, or not that of a kubeconfig.
    Foreign {
        /// Which one.
        path: PathBuf,
        /// The line and the column of the first fault, from 1, where they are known.
        at: Option<(u64, u64)>,
    },
    /// A kubeconfig is a Kubernetes object of another kind.
    OtherKind {
        /// Which one.
        path: PathBuf,
        /// Its kind.
        kind: String,
    },
    /// Kubeconfigs that cannot be merged.
    Unlike {
        /// Which ones.
        files: Files,
    },
    /// A kubeconfig that was at hand is none.
    Malformed,
    /// There is not a single context.
    NoContexts {
        /// Where.
        files: Files,
    },
    /// The context does not exist, or none is current.
    Context {
        /// The context that was asked for; `None` for the current one.
        wanted: Option<String>,
        /// Those that there are.
        available: Vec<String>,
        /// Where.
        files: Files,
    },
    /// The context cannot be used.
    Unusable {
        /// The context.
        context: String,
        /// Where it stands.
        files: Files,
        /// Why.
        why: Unusable,
    },
    /// The service account of the pod that this runs in cannot be used.
    InCluster(Box<kube::config::InClusterError>),
}

/// Why a context cannot be used.
#[derive(Debug)]
pub enum Unusable {
    /// A part of it is missing or of no use.
    Part(Part),
    /// The exec plugin that provides the credentials cannot be run or fails.
    Plugin {
        /// The plugin's command, without its arguments.
        command: String,
        /// What went wrong, without anything that the plugin printed.
        problem: PluginProblem,
        /// How to install it, as the kubeconfig says.
        hint: Option<String>,
    },
    /// The auth-provider of this name, which is of the time before exec plugins, gives no credentials.
    Provider(String),
    /// The client could not be made for another reason.
    Client(Box<dyn Error + Send + Sync>),
}

impl From<Part> for Unusable {
    fn from(part: Part) -> Self {
        Self::Part(part)
    }
}

/// The files of a kubeconfig, in the order in which they are merged; none for one that never was a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files(pub Vec<PathBuf>);

/// A part of a context and what is wrong with it.
#[derive(Debug)]
pub struct Part {
    /// The entry, as the kubeconfig spells it.
    pub name: &'static str,
    /// The file that the entry names, where it names one.
    pub file: Option<PathBuf>,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a part of a context.
#[derive(Debug)]
pub enum Fault {
    /// The context, its cluster or its user lacks it.
    Missing,
    /// It is named, by this name, and the kubeconfig does not hold it.
    Undefined(String),
    /// It is not a URL of one of these schemes.
    NotUrl(&'static [&'static str]),
    /// Its file cannot be read.
    Unreadable(io::Error),
    /// It is not base64.
    NotBase64,
    /// It is not PEM of the kind that is wanted.
    Pem(PemError),
    /// TLS cannot use it.
    Unusable,
    /// The private key is another certificate's.
    OtherKey,
    /// It cannot stand in an HTTP header.
    NotAToken,
}

/// What went wrong with an exec plugin.
#[derive(Debug)]
pub enum PluginProblem {
    /// The kubeconfig names no command.
    NoCommand,
    /// There is no such program.
    NotInstalled,
    /// There is, but it cannot be started.
    NotStarted(io::Error),
    /// It wants to ask somebody, and there is no terminal.
    NeedsTerminal,
    /// It ended with this code.
    Failed(i32),
    /// A signal ended it.
    Killed,
    /// It did not end in this time.
    Endless(Duration),
    /// It printed no credential, or none that can be used.
    NoCredential,
}

impl Part {
    /// A part that the kubeconfig itself holds.
    pub(super) const fn new(name: &'static str, fault: Fault) -> Self {
        Self { name, file: None, fault }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKubeconfig { looked: Files(looked) } if looked.is_empty() => {
                f.write_str("no kubeconfig is named, and there is no home folder to look for one in")
            }
            Self::NoKubeconfig { looked: Files(looked) } => {
                let looked: Vec<String> = looked.iter().map(|path| path.display().to_string()).collect();
                write!(f, "no kubeconfig found (looked for: {})", looked.join(", "))
            }
            Self::Unreadable { path, source } => {
                write!(f, "cannot read the kubeconfig {}: {}", path.display(), reason(source))
            }
            Self::Foreign { path, at } => {
                write!(f, "cannot read the kubeconfig {}: it is not YAML of kind Config", path.display())?;
                match at {
                    Some((line, column)) => write!(f, "; the first fault is at line {line}, column {column}"),
                    None => Ok(()),
                }
            }
            Self::OtherKind { path, kind } => {
                write!(f, "{} is no kubeconfig: its kind is {kind}, and not Config", path.display())
            }
            Self::Unlike { files } => {
                write!(f, "{files} cannot be merged: parts of it differ in kind or apiVersion")
            }
            Self::Malformed => f.write_str("the kubeconfig at hand is none"),
            Self::NoContexts { files } => write!(f, "{files} has no contexts"),
            Self::Context { wanted, available, files } => {
                match wanted {
                    Some(wanted) => write!(f, "{files} has no context \"{wanted}\"")?,
                    None => write!(f, "{files} has no current context")?,
                }
                write!(f, " (it has: {})", available.join(", "))
            }
            Self::Unusable { context, files, why } => {
                write!(f, "the context \"{context}\" of {files} cannot be used: {why}")
            }
            Self::InCluster(source) => write!(f, "the service account of this pod cannot be used: {source}"),
        }
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Part(part) => write!(f, "{part}"),
            Self::Plugin { command, problem, .. } => {
                write!(f, "its credential plugin \"{command}\" {problem}")
            }
            Self::Provider(name) => write!(f, "its auth-provider \"{name}\" gives no credential"),
            Self::Client(source) => write!(f, "{}", innermost(&**source)),
        }
    }
}

/// The innermost reason: the outer layers only repeat that something failed.
fn innermost<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unreadable { source, .. } => Some(source),
            Self::InCluster(source) => Some(source.as_ref()),
            Self::Unusable { why, .. } => match why {
                Unusable::Part(Part { fault: Fault::Unreadable(source), .. })
                | Unusable::Plugin { problem: PluginProblem::NotStarted(source), .. } => Some(source),
                Unusable::Part(Part { fault: Fault::Pem(source), .. }) => Some(source),
                Unusable::Client(source) => Some(source.as_ref()),
                Unusable::Part(_) | Unusable::Plugin { .. } | Unusable::Provider(_) => None,
            },
            _ => None,
        }
    }
}

impl fmt::Display for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the kubeconfig")?;
        for (number, path) in self.0.iter().enumerate() {
            write!(f, "{} {}", if number == 0 { "" } else { " with" }, path.display())?;
        }
        Ok(())
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "its {}", self.name)?;
        if let Some(file) = &self.file {
            write!(f, " {}", file.display())?;
        }
        match &self.fault {
            Fault::Missing => f.write_str(" is missing"),
            Fault::Undefined(name) => write!(f, " \"{name}\" is not in it"),
            Fault::NotUrl(schemes) => write!(f, " is not a URL that begins with {}", alternatives(schemes)),
            Fault::Unreadable(error) => write!(f, " cannot be read: {}", reason(error)),
            Fault::NotBase64 => f.write_str(" is not base64"),
            // The text of a damaged block, which its error may quote, can be that of a key.
            Fault::Pem(PemError::Damaged(_)) => f.write_str(" is damaged PEM"),
            Fault::Pem(error) => write!(f, " is of no use: {error}"),
            Fault::Unusable => f.write_str(" is PEM of something that TLS cannot use"),
            Fault::OtherKey => f.write_str(" does not belong to its client certificate"),
            Fault::NotAToken => f.write_str(" holds characters that no token has"),
        }
    }
}

fn alternatives(schemes: &[&str]) -> String {
    let schemes: Vec<String> = schemes.iter().map(|scheme| format!("{scheme}://")).collect();
    schemes.join(" or ")
}

impl fmt::Display for PluginProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCommand => f.write_str("has no command"),
            Self::NotInstalled => f.write_str("is not installed"),
            Self::NotStarted(error) => write!(f, "cannot be started: {}", reason(error)),
            Self::NeedsTerminal => f.write_str("asks its user, and there is no terminal to ask on"),
            Self::Failed(code) => write!(f, "ended with code {code}"),
            Self::Killed => f.write_str("was ended by a signal"),
            Self::Endless(limit) => write!(f, "did not end within {} s", limit.as_secs_f32()),
            Self::NoCredential => f.write_str("printed no credential that can be used"),
        }
    }
}
