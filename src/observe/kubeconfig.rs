//! From a kubeconfig to a client: which files, which context, and one clear error for each way in which that fails.
//!
//! No connection is opened here, and nothing that a kubeconfig holds is repeated but names and paths.

mod error;
mod parts;
mod plugin;

pub use error::{ConnectError, Fault, Files, Part, PluginProblem, Unusable};

use super::Limits;
use kube::config::{
    AuthInfo, Cluster, Context, KubeConfigOptions, Kubeconfig, KubeconfigError, NamedContext,
};
use std::{
    fmt, io,
    path::{Path, PathBuf},
    time::Duration,
};

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

/// A client, and what it was made from.
pub struct Connection {
    /// The client.
    pub client: kube::Client,
    /// The context, or `in-cluster`.
    pub context: String,
    /// Where the client leads.
    pub way: Way,
}

/// Where a client leads, and who says so; without anything that could be a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    files: Files,
    server: String,
    proxy: Option<String>,
}

/// Makes a client for what the user said.
///
/// # Errors
/// See [`ConnectError`]; no connection is opened here, so an unreachable cluster is not among them.
pub async fn connect(target: &Target, limits: &Limits) -> Result<Connection, ConnectError> {
    let Some((kubeconfig, files)) = load(target)? else {
        if target.in_cluster {
            return in_cluster(limits.request);
        }
        return Err(ConnectError::NoKubeconfig { looked: Files(candidates(target)) });
    };
    of_kubeconfig(kubeconfig, files, target.context.as_deref(), limits).await
}

impl Connection {
    /// Makes a client from a kubeconfig that is at hand as JSON.
    ///
    /// # Errors
    /// See [`ConnectError`].
    pub async fn from_value(kubeconfig: serde_json::Value, limits: &Limits) -> Result<Self, ConnectError> {
        let kubeconfig = serde_json::from_value(kubeconfig).map_err(|_| ConnectError::Malformed)?;
        of_kubeconfig(kubeconfig, Files(Vec::new()), None, limits).await
    }
}

async fn of_kubeconfig(
    kubeconfig: Kubeconfig,
    files: Files,
    wanted: Option<&str>,
    limits: &Limits,
) -> Result<Connection, ConnectError> {
    if kubeconfig.contexts.is_empty() {
        return Err(ConnectError::NoContexts { files });
    }
    let wanted = wanted
        .map(str::to_owned)
        .or_else(|| kubeconfig.current_context.clone())
        .filter(|name| !name.is_empty());
    let available: Vec<String> = kubeconfig.contexts.iter().map(|context| context.name.clone()).collect();
    let Some(context) = wanted.clone().filter(|name| available.contains(name)) else {
        return Err(ConnectError::Context { wanted, available, files });
    };
    match of_context(kubeconfig, &context, limits).await {
        Ok((client, way)) => Ok(Connection { client, context, way: Way { files, ..way } }),
        Err(why) => Err(ConnectError::Unusable { context, files, why }),
    }
}

async fn of_context(
    mut kubeconfig: Kubeconfig,
    context: &str,
    limits: &Limits,
) -> Result<(kube::Client, Way), Unusable> {
    let (cluster, user) = parts_of(&kubeconfig, context)?;
    parts::check(cluster, user)?;
    let provider = user.and_then(|user| user.auth_provider.as_ref()).map(|provider| provider.name.clone());
    if let Some(exec) = plugin::of(user) {
        let credential =
            plugin::run(exec, cluster, limits.run).await.map_err(|problem| Unusable::Plugin {
                command: exec.command.clone().unwrap_or_default(),
                problem,
                hint: exec.install_hint.clone(),
            })?;
        // kube itself would run the plugin three times, without end, and show in its errors what it printed.
        let name = named(&kubeconfig, context).and_then(user_name).map(str::to_owned);
        let user = kubeconfig.auth_infos.iter_mut().find(|named| Some(&named.name) == name.as_ref());
        if let Some(user) = user.and_then(|named| named.auth_info.as_mut()) {
            credential.replace_plugin(user);
        }
    }
    let options = KubeConfigOptions { context: Some(context.to_owned()), ..KubeConfigOptions::default() };
    let config = kube::Config::from_custom_kubeconfig(kubeconfig, &options)
        .await
        .map_err(|source| Unusable::Client(Box::new(source)))?;
    let way = Way::of(&config);
    let client = client(config, limits.request).map_err(|source| match (provider, source) {
        // The error may hold a command line and what it printed: none of it may be shown.
        (Some(name), kube::Error::Auth(_)) => Unusable::Provider(name),
        (_, source) => Unusable::Client(Box::new(source)),
    })?;
    Ok((client, way))
}

fn named<'a>(kubeconfig: &'a Kubeconfig, context: &str) -> Option<&'a NamedContext> {
    kubeconfig.contexts.iter().find(|named| named.name == context)
}

/// The cluster and the user of a context; a context without a user asks as nobody.
fn parts_of<'a>(
    kubeconfig: &'a Kubeconfig,
    context: &str,
) -> Result<(&'a Cluster, Option<&'a AuthInfo>), Part> {
    let undefined = |name, wanted: &str| Part::new(name, Fault::Undefined(wanted.to_owned()));
    let named = kubeconfig.contexts.iter().find(|named| named.name == context);
    let body: &Context =
        named.and_then(|named| named.context.as_ref()).ok_or_else(|| Part::new("cluster", Fault::Missing))?;
    let cluster = kubeconfig
        .clusters
        .iter()
        .find(|named| named.name == body.cluster)
        .and_then(|named| named.cluster.as_ref())
        .ok_or_else(|| undefined("cluster", &body.cluster))?;
    let user = match named.and_then(user_name) {
        None => None,
        // kube asks as nobody where there is no such user, which ends in a refusal that nobody understands.
        Some(user) => kubeconfig
            .auth_infos
            .iter()
            .find(|named| named.name == user)
            .ok_or_else(|| undefined("user", user))?
            .auth_info
            .as_ref(),
    };
    Ok((cluster, user))
}

fn user_name(context: &NamedContext) -> Option<&str> {
    context.context.as_ref()?.user.as_deref().filter(|name| !name.is_empty())
}

fn in_cluster(request_timeout: Duration) -> Result<Connection, ConnectError> {
    let context = "in-cluster".to_owned();
    let config = kube::Config::incluster().map_err(|source| ConnectError::InCluster(Box::new(source)))?;
    let way = Way::of(&config);
    let client = client(config, request_timeout).map_err(|source| ConnectError::Unusable {
        context: context.clone(),
        files: Files(Vec::new()),
        why: Unusable::Client(Box::new(source)),
    })?;
    Ok(Connection { client, context, way })
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

/// The kubeconfig of all files that there are, and which ones those are.
fn load(target: &Target) -> Result<Option<(Kubeconfig, Files)>, ConnectError> {
    let mut merged: Option<(Kubeconfig, Files)> = None;
    for path in candidates(target) {
        let read = match read(&path) {
            Ok(read) => read,
            // A missing file is skipped, as kubectl does, unless the user named this very file.
            Err(ConnectError::Unreadable { source, .. })
                if source.kind() == io::ErrorKind::NotFound && target.kubeconfig.is_none() =>
            {
                continue;
            }
            Err(error) => return Err(error),
        };
        merged = Some(match merged {
            None => (read, Files(vec![path])),
            Some((first, Files(mut files))) => {
                files.push(path);
                let files = Files(files);
                (first.merge(read).map_err(|_| ConnectError::Unlike { files: files.clone() })?, files)
            }
        });
    }
    Ok(merged)
}

fn read(path: &Path) -> Result<Kubeconfig, ConnectError> {
    let kubeconfig = Kubeconfig::read_from(path).map_err(|error| match error {
        KubeconfigError::ReadConfig(source, _) => ConnectError::Unreadable { path: path.to_owned(), source },
        // The parser's own text quotes the lines around the fault, and those of a kubeconfig hold credentials.
        KubeconfigError::Parse(error) => ConnectError::Foreign {
            path: path.to_owned(),
            at: error.location().map(|at| (at.line(), at.column())).filter(|(line, _)| *line > 0),
        },
        _ => ConnectError::Unlike { files: Files(vec![path.to_owned()]) },
    })?;
    match &kubeconfig.kind {
        Some(kind) if kind != "Config" => {
            Err(ConnectError::OtherKind { path: path.to_owned(), kind: kind.clone() })
        }
        // kubectl takes a file without a kind, and so do other writers of kubeconfigs.
        _ => Ok(kubeconfig),
    }
}

impl Way {
    fn of(config: &kube::Config) -> Self {
        Self {
            files: Files(Vec::new()),
            server: without_user(&config.cluster_url),
            proxy: config.proxy_url.as_ref().map(without_user),
        }
    }
}

/// Scheme, host and port alone: a proxy's URL often holds a password.
fn without_user(url: &http::Uri) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", url.scheme_str().unwrap_or_default(), url.host().unwrap_or_default())
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { files, server, proxy } = self;
        write!(f, "{files} leads to {server}")?;
        match proxy {
            Some(proxy) => write!(f, ", through the proxy {proxy}"),
            None => Ok(()),
        }
    }
}
