//! What a command ends with: an exit code, or an error with hints. The only place that maps kinds to codes.

use crate::{
    model::observed::{Failure, FailureKind},
    observe::{
        files::{FileError, reason},
        kubeconfig::{ConnectError, Fault, PluginProblem, Unusable},
        pasted::PastedError,
        proxy::NamedBy,
    },
    plan::PlanError,
    recording::RecordingError,
    render::docs::exit_codes::Meaning,
    store::{read::ReadError, write::WriteError},
};
use std::{borrow::Cow, error::Error, fmt, io, process::ExitCode};

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
        doctor: "every component that can be monitored was judged, and no problem is as severe as `--fail-on`; \
                 of several clusters, in each of them",
        detect: "the distribution is certain or likely; of several clusters, of each of them",
        others: "done; with `--within`, nothing expires sooner; `certs verify` holds; with `--diff`, all is as deployed",
    },
    Meaning {
        code: Exit::Problems.code(),
        doctor: "problems; of several clusters, in any of them, whatever is unknown of the others",
        detect: "",
        others: "with `--within`, something expires sooner; `certs verify`, or `--verify`, does not hold; with `--diff`, something \
                 would change",
    },
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
        detect: "unknown, or could not look; of several clusters, at least one of them",
        others: "what was named could not be read or written; of several clusters, at least one of them; with `--diff`, nothing \
                 that could be looked at would change, and something could not be",
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

    /// An operation of the system failed; `what` names it, as in "cannot read x".
    pub fn system(what: impl fmt::Display, error: &io::Error) -> Self {
        Self::could_not_look(format!("{what}: {}", reason(error)))
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
        let hints = hints_to_connect(&error);
        Self { kind: Kind::CouldNotLook, source: Box::new(error), hints }
    }
}

fn hints_to_connect(error: &ConnectError) -> Vec<String> {
    const NAME_ONE: &str = "name a kubeconfig with --kubeconfig FILE, or in KUBECONFIG";
    let hint: Cow<'static, str> = match error {
        ConnectError::NoKubeconfig { .. } | ConnectError::Unreadable { .. } => NAME_ONE.into(),
        ConnectError::OtherKind { .. } | ConnectError::NoContexts { .. } => {
            format!("{NAME_ONE}; kubectl config view --raw --minify writes one").into()
        }
        ConnectError::Foreign { path, .. } => {
            return vec![
                "look there for a tab, a missing colon or a wrong indentation; its text, which may hold credentials, is not repeated here".to_owned(),
                format!("kubectl config view --kubeconfig {} says it in other words", path.display()),
            ];
        }
        ConnectError::Unlike { .. } | ConnectError::Malformed => {
            "write apiVersion: v1 and kind: Config into each, or name one of them with --kubeconfig".into()
        }
        ConnectError::Context { wanted: Some(_), .. } => {
            "name one of those with --context, or make it the current one: kubectl config use-context NAME"
                .into()
        }
        ConnectError::Context { wanted: None, .. } => {
            "name one with --context, or make one current: kubectl config use-context NAME".into()
        }
        ConnectError::Unusable { context, why, .. } => return hints_to_use(context, why),
        ConnectError::InCluster(_) => {
            "mount the service account's token (automountServiceAccountToken), or name a kubeconfig".into()
        }
    };
    vec![hint.into_owned()]
}

fn hints_to_use(context: &str, why: &Unusable) -> Vec<String> {
    const SERVER: &str = "kubectl config set-cluster NAME --server=https://HOST:6443 sets it";
    const CONTEXTS: &str =
        "kubectl config get-contexts shows the cluster and the user that each context names";
    let hint: Cow<'static, str> = match why {
        Unusable::Part(part) => match &part.fault {
            Fault::Undefined(_) => CONTEXTS.into(),
            Fault::Missing if part.name == "cluster" => CONTEXTS.into(),
            Fault::Missing | Fault::NotUrl(_) if part.name == "server" => SERVER.into(),
            Fault::Missing => "certificate and key are named together, or neither".into(),
            Fault::NotUrl(_) => "kubectl config set-cluster NAME --proxy-url=http://HOST:PORT sets it".into(),
            Fault::Unreadable(_) => {
                "a relative path begins in the folder of its kubeconfig; fetch the file again, or correct its path".into()
            }
            Fault::NotBase64 => "it is a PEM file in base64 on one line: base64 -w0 FILE".into(),
            Fault::Pem(_) | Fault::Unusable if part.name.starts_with("client-key") => {
                "an unencrypted PEM block that ends in PRIVATE KEY is expected: openssl pkey -in FILE -noout says what it is".into()
            }
            Fault::Pem(_) | Fault::Unusable => {
                "PEM blocks of CERTIFICATE are expected: openssl x509 -in FILE -noout -subject says what it is".into()
            }
            Fault::OtherKey => "renew certificate and key together, or fetch the kubeconfig anew".into(),
            Fault::NotAToken => "a token is one word without line breaks; fetch the kubeconfig anew".into(),
        },
        Unusable::Plugin { command, problem: PluginProblem::NotInstalled, hint, .. } => match hint {
            // The kubeconfig's author wrote it for exactly this moment.
            Some(hint) if !hint.trim().is_empty() => {
                return hint.lines().map(str::trim).filter(|line| !line.is_empty()).map(harmless).collect();
            }
            _ if command.contains('/') => "install it there, or correct users[].user.exec.command".into(),
            _ => format!("install {} and put it on PATH", harmless(command)).into(),
        },
        Unusable::Plugin { problem: PluginProblem::NeedsTerminal, .. } => {
            "log in by that plugin on a terminal first, or use a context without questions".into()
        }
        Unusable::Plugin { .. } => {
            format!(
                "what the plugin says, which may hold credentials, is not repeated here: see it with kubectl --context {} get --raw /version",
                harmless(context)
            )
            .into()
        }
        Unusable::Provider(name) => match name.as_str() {
            "azure" => "auth-providers were replaced by plugins: kubelogin convert-kubeconfig".into(),
            "gcp" => "auth-providers were replaced by plugins: install gke-gcloud-auth-plugin, then gcloud container clusters get-credentials".into(),
            _ => "auth-providers were replaced by plugins (users[].user.exec): fetch the kubeconfig anew".into(),
        },
        Unusable::Proxy(error) => match error.named_by {
            NamedBy::Kubeconfig => "kubectl config set-cluster NAME --proxy-url=http://HOST:PORT sets it".into(),
            NamedBy::Variable(name) => {
                format!("set {name} to http://HOST:PORT, or name the API server's host in NO_PROXY").into()
            }
        },
        Unusable::Client(_) => {
            "does kubectl work with the same context? kubectl get --raw /version -v=6 shows what it sends".into()
        }
    };
    vec![hint.into_owned()]
}

impl From<Unreachable> for CommandError {
    fn from(error: Unreachable) -> Self {
        let hint = match error.failure.kind {
            FailureKind::Resolve => {
                "does the host name in the kubeconfig have an address here? a VPN often brings its own name server"
            }
            FailureKind::Refused => {
                "is the API server running, and the proxy in front of it if there is one?"
            }
            FailureKind::Timeout | FailureKind::TooSlow | FailureKind::Unreachable => {
                "does a firewall or a missing VPN stand between here and the API server?"
            }
            FailureKind::NotTls => {
                "does an http:// server, or another service than the API server, listen there?"
            }
            FailureKind::Alert => {
                "is the client certificate of the kubeconfig still valid, and of this cluster's CA?"
            }
            FailureKind::Handshake => {
                "fetch the kubeconfig anew, or renew the server's certificate: it must name the server, be of the certificate-authority in the kubeconfig, and hold by this machine's clock"
            }
            FailureKind::Unauthenticated => {
                "have the credentials expired? log in again, or fetch the kubeconfig anew; kubectl auth whoami says whom the server sees"
            }
            FailureKind::Unexpected | FailureKind::Protocol => {
                "does the server in the kubeconfig lead to a login page, a proxy or a load balancer without an API server behind it?"
            }
            FailureKind::Closed | FailureKind::Unreadable | FailureKind::Unprepared => {
                "does kubectl reach it with the same context? kubectl get --raw /version -v=6 shows each request"
            }
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

impl From<ReadError> for CommandError {
    fn from(error: ReadError) -> Self {
        Self::could_not_look(error)
    }
}

impl From<WriteError> for CommandError {
    fn from(error: WriteError) -> Self {
        let hint = match &error {
            WriteError::Exists(_) => Some("--force replaces it; what else lies beside it stays"),
            WriteError::NoExchange(..) => Some("name a new folder, and point the agents at that one"),
            WriteError::Carry(..) => Some("name a folder that holds nothing but the certificates"),
            _ => None,
        };
        let error = Self::could_not_look(error);
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

impl From<PlanError> for CommandError {
    fn from(error: PlanError) -> Self {
        let kind = if error.is_usage() { Kind::Usage } else { Kind::CouldNotLook };
        let hints = error.instead().map(str::to_owned).into_iter().collect();
        Self { kind, source: Box::new(error), hints }
    }
}

impl From<PastedError> for CommandError {
    fn from(error: PastedError) -> Self {
        let hint = error.expected().map(|expected| format!("expected is {expected}"));
        Self { kind: Kind::CouldNotLook, source: Box::new(error), hints: hint.into_iter().collect() }
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
        let Self { context, failure } = self;
        match failure.kind {
            // It was reached, and is of no use all the same.
            FailureKind::Unauthenticated | FailureKind::Unexpected | FailureKind::Protocol => {
                write!(f, "cannot use the Kubernetes API of context \"{context}\": {failure}")
            }
            _ => write!(f, "cannot reach the Kubernetes API of context \"{context}\": {failure}"),
        }
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
