//! From a kubeconfig to a client: which files, which context, and one clear error for each way in which that fails.

use kube::config::{KubeConfigOptions, Kubeconfig, KubeconfigError};
use std::{fmt, path::PathBuf, time::Duration};

/// What the user said about the cluster; everything else comes from the kubeconfig.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// `--kubeconfig`.
    pub kubeconfig: Option<PathBuf>,
    /// `--context`.
    pub context: Option<String>,
    /// The value of `KUBECONFIG`: files, separated as `PATH` is.
    pub environment: Option<std::ffi::OsString>,
    /// The home folder, for `~/.kube/config`.
    pub home: Option<PathBuf>,
    /// Whether this runs in a pod with a service account.
    pub in_cluster: bool,
}

/// A client, and the name of the context that it was made from.
pub struct Connection {
    /// The client.
    pub client: kube::Client,
    /// The context, or `in-cluster`.
    pub context: String,
}

/// Why there is no client.
#[derive(Debug)]
pub enum ConnectError {
    /// No kubeconfig anywhere.
    NoKubeconfig {
        /// Where it was looked for.
        looked: Vec<PathBuf>,
    },
    /// A kubeconfig cannot be read or understood.
    Unusable {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: Box<KubeconfigError>,
    },
    /// A kubeconfig that was at hand is none.
    Malformed,
    /// The context does not exist, or none is current.
    Context {
        /// The context that was asked for; `None` for the current one.
        wanted: Option<String>,
        /// Those that there are.
        available: Vec<String>,
    },
    /// The context is incomplete: its cluster, user or one of their files is missing or damaged.
    Incomplete {
        /// The context.
        context: String,
        /// What is wrong.
        source: Box<KubeconfigError>,
    },
    /// The exec plugin that provides the credentials cannot be run or fails.
    Plugin {
        /// Its command.
        command: String,
        /// What went wrong, without anything that the plugin printed.
        problem: &'static str,
        /// How to install it, as the kubeconfig says.
        hint: Option<String>,
    },
    /// The service account of the pod that this runs in cannot be used.
    InCluster(Box<kube::config::InClusterError>),
    /// The client could not be made for another reason.
    Client {
        /// The context.
        context: String,
        /// Why.
        source: Box<kube::Error>,
    },
}

/// Makes a client for what the user said.
///
/// # Errors
/// See [`ConnectError`]; no connection is opened here, so an unreachable cluster is not among them.
pub async fn connect(target: &Target, request_timeout: Duration) -> Result<Connection, ConnectError> {
    let Some(kubeconfig) = load(target)? else {
        if target.in_cluster {
            return in_cluster(request_timeout);
        }
        return Err(ConnectError::NoKubeconfig { looked: candidates(target) });
    };
    of_kubeconfig(kubeconfig, target.context.as_deref(), request_timeout).await
}

impl Connection {
    /// Makes a client from a kubeconfig that is at hand as JSON.
    ///
    /// # Errors
    /// See [`ConnectError`].
    pub async fn from_value(
        kubeconfig: serde_json::Value,
        request_timeout: Duration,
    ) -> Result<Self, ConnectError> {
        let kubeconfig = serde_json::from_value(kubeconfig).map_err(|_| ConnectError::Malformed)?;
        of_kubeconfig(kubeconfig, None, request_timeout).await
    }
}

async fn of_kubeconfig(
    kubeconfig: Kubeconfig,
    wanted: Option<&str>,
    request_timeout: Duration,
) -> Result<Connection, ConnectError> {
    let wanted = wanted
        .map(str::to_owned)
        .or_else(|| kubeconfig.current_context.clone())
        .filter(|name| !name.is_empty());
    let available: Vec<String> = kubeconfig.contexts.iter().map(|context| context.name.clone()).collect();
    let Some(context) = wanted.clone().filter(|name| available.contains(name)) else {
        return Err(ConnectError::Context { wanted, available });
    };
    let plugin = plugin_of(&kubeconfig, &context);
    let options = KubeConfigOptions { context: Some(context.clone()), ..KubeConfigOptions::default() };
    let config = kube::Config::from_custom_kubeconfig(kubeconfig, &options)
        .await
        .map_err(|source| ConnectError::Incomplete { context: context.clone(), source: Box::new(source) })?;
    let client = client(config, request_timeout).map_err(|source| match (plugin, source) {
        // The error of a plugin holds its whole command line and what it printed: none of it may be shown.
        (Some((command, hint)), kube::Error::Auth(error)) => {
            ConnectError::Plugin { command, problem: plugin_problem(&error), hint }
        }
        (_, source) => ConnectError::Client { context: context.clone(), source: Box::new(source) },
    })?;
    Ok(Connection { client, context })
}

fn in_cluster(request_timeout: Duration) -> Result<Connection, ConnectError> {
    let context = "in-cluster".to_owned();
    let error = |source| ConnectError::Client { context: "in-cluster".to_owned(), source: Box::new(source) };
    let config = kube::Config::incluster().map_err(|source| ConnectError::InCluster(Box::new(source)))?;
    let client = client(config, request_timeout).map_err(error)?;
    Ok(Connection { client, context })
}

fn client(mut config: kube::Config, request_timeout: Duration) -> Result<kube::Client, kube::Error> {
    // kube's defaults are made for controllers: no read timeout, and retries that hide what is to be seen.
    config.connect_timeout = Some(request_timeout);
    config.read_timeout = Some(request_timeout);
    config.write_timeout = Some(request_timeout);
    config.default_retry = false;
    kube::Client::try_from(config)
}

/// The files in which a kubeconfig is looked for.
fn candidates(target: &Target) -> Vec<PathBuf> {
    if let Some(path) = &target.kubeconfig {
        return vec![path.clone()];
    }
    let listed: Vec<PathBuf> = target
        .environment
        .iter()
        .flat_map(std::env::split_paths)
        .filter(|path| !path.as_os_str().is_empty())
        .collect();
    if !listed.is_empty() {
        return listed;
    }
    target.home.iter().map(|home| home.join(".kube").join("config")).collect()
}

fn load(target: &Target) -> Result<Option<Kubeconfig>, ConnectError> {
    let paths = candidates(target);
    let mut merged: Option<Kubeconfig> = None;
    for path in paths {
        let read = match Kubeconfig::read_from(&path) {
            Ok(read) => read,
            // A missing file is skipped, as kubectl does, unless the user named this very file.
            Err(KubeconfigError::ReadConfig(error, _))
                if error.kind() == std::io::ErrorKind::NotFound && target.kubeconfig.is_none() =>
            {
                continue;
            }
            Err(source) => return Err(ConnectError::Unusable { path, source: Box::new(source) }),
        };
        merged = Some(match merged {
            None => read,
            Some(first) => first
                .merge(read)
                .map_err(|source| ConnectError::Unusable { path, source: Box::new(source) })?,
        });
    }
    Ok(merged)
}

/// The command and install hint of the exec plugin that a context uses.
fn plugin_of(kubeconfig: &Kubeconfig, context: &str) -> Option<(String, Option<String>)> {
    let context = kubeconfig.contexts.iter().find(|named| named.name == context)?.context.as_ref()?;
    let user = context.user.as_ref()?;
    let exec =
        kubeconfig.auth_infos.iter().find(|named| named.name == *user)?.auth_info.as_ref()?.exec.as_ref()?;
    Some((exec.command.clone().unwrap_or_default(), exec.install_hint.clone()))
}

fn plugin_problem(error: &kube::client::AuthError) -> &'static str {
    use kube::client::AuthError;
    match error {
        AuthError::AuthExecStart(error) if error.kind() == std::io::ErrorKind::NotFound => "is not installed",
        AuthError::AuthExecStart(_) => "cannot be started",
        AuthError::AuthExecRun { .. } => "ended with an error",
        _ => "printed nothing that could be used",
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKubeconfig { looked } => {
                let looked: Vec<String> = looked.iter().map(|path| path.display().to_string()).collect();
                write!(f, "no kubeconfig found (looked at: {})", looked.join(", "))
            }
            Self::Unusable { path, source } => {
                write!(f, "cannot use the kubeconfig {}: {}", path.display(), reason(source))
            }
            Self::Malformed => f.write_str("the kubeconfig at hand is none"),
            Self::Context { wanted: Some(wanted), available } => {
                write!(f, "the kubeconfig has no context \"{wanted}\" (it has: {})", available.join(", "))
            }
            Self::Context { wanted: None, available } => {
                write!(f, "the kubeconfig has no current context (it has: {})", available.join(", "))
            }
            Self::Incomplete { context, source } => {
                write!(f, "the context \"{context}\" cannot be used: {}", reason(source))
            }
            Self::Plugin { command, problem, .. } => {
                write!(f, "the credential plugin \"{command}\" of the kubeconfig {problem}")
            }
            Self::InCluster(source) => write!(f, "the service account of this pod cannot be used: {source}"),
            Self::Client { context, source } => {
                write!(f, "no client can be made for the context \"{context}\": {source}")
            }
        }
    }
}

/// The innermost reason: what kube wraps around it repeats the file's name or only that something failed.
fn reason(error: &KubeconfigError) -> String {
    match error {
        KubeconfigError::ReadConfig(error, _) => error.to_string(),
        // The parser's own text quotes the lines around the fault, and those of a kubeconfig hold credentials.
        KubeconfigError::Parse(error) => match error.location() {
            Some(at) => format!("it is not a kubeconfig: line {}, column {}", at.line(), at.column()),
            None => "it is not a kubeconfig".to_owned(),
        },
        other => other.to_string(),
    }
}

impl std::error::Error for ConnectError {}
