//! From a kubeconfig to a client: which files, which context, and one clear error for each way in which that fails.
//!
//! No connection is opened here, and nothing that a kubeconfig holds is repeated but names and paths.

mod config;
mod error;
mod lifetime;
mod overrides;
mod parts;
mod plugin;
mod shown;

pub use error::{ConnectError, Fault, Files, Part, PluginProblem, Unusable};
pub use lifetime::Lifetime;
pub use overrides::{Impersonation, Overrides};

use super::{
    Limits,
    proxy::{Proxy, ProxyVariables},
};
use crate::model::secret::Secret;
use jiff::Timestamp;
use kube::config::{AuthInfo, Cluster, Context, Kubeconfig, KubeconfigError};
use std::{
    collections::BTreeSet,
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
    /// What the command line says over the kubeconfig.
    pub overrides: Overrides,
    /// The proxies that the environment names.
    pub proxies: ProxyVariables,
}

/// A client, and what it was made from.
pub struct Connection {
    /// The client.
    pub client: kube::Client,
    /// The context, or `in-cluster`.
    pub context: String,
    /// Where the client leads.
    pub way: Way,
    /// What the client shows the API server or a proxy, beside certificates: whoever is shown it can repeat it.
    pub shown: Vec<Secret<String>>,
}

/// Where a client leads, and who says so; without anything that could be a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    files: Files,
    server: String,
    proxy: Option<String>,
    /// How long the caller's credential lives, as far as it says itself.
    lifetime: Option<Lifetime>,
}

/// Makes a client for what the user said.
///
/// # Errors
/// See [`ConnectError`]; no connection is opened here, so an unreachable cluster is not among them.
pub async fn connect(target: &Target, limits: &Limits) -> Result<Connection, ConnectError> {
    let Some((kubeconfig, files)) = load(target)? else {
        if target.in_cluster {
            return in_cluster(target, limits.request);
        }
        return Err(ConnectError::NoKubeconfig { looked: Files(candidates(target)) });
    };
    of_kubeconfig(&kubeconfig, files, target, limits).await
}

impl Connection {
    /// Makes a client from a kubeconfig that is at hand as JSON.
    ///
    /// # Errors
    /// See [`ConnectError`].
    pub async fn from_value(kubeconfig: serde_json::Value, limits: &Limits) -> Result<Self, ConnectError> {
        let kubeconfig = serde_json::from_value(kubeconfig).map_err(|_| ConnectError::Malformed)?;
        of_kubeconfig(&kubeconfig, Files(Vec::new()), &Target::default(), limits).await
    }
}

/// A kubeconfig that is read once, for several of its contexts.
pub struct Contexts {
    kubeconfig: Kubeconfig,
    files: Files,
}

impl Contexts {
    /// Reads the kubeconfig that the user said.
    ///
    /// # Errors
    /// See [`ConnectError`]; a pod's own account is no context.
    pub fn load(target: &Target) -> Result<Self, ConnectError> {
        let (kubeconfig, files) =
            load(target)?.ok_or_else(|| ConnectError::NoKubeconfig { looked: Files(candidates(target)) })?;
        if kubeconfig.contexts.is_empty() {
            return Err(ConnectError::NoContexts { files });
        }
        Ok(Self { kubeconfig, files })
    }

    /// The names of all contexts, sorted, each once.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let names: BTreeSet<&String> = self.kubeconfig.contexts.iter().map(|context| &context.name).collect();
        names.into_iter().cloned().collect()
    }

    /// Makes a client for one of them.
    ///
    /// # Errors
    /// See [`ConnectError`].
    pub async fn connect(
        &self,
        context: &str,
        target: &Target,
        limits: &Limits,
    ) -> Result<Connection, ConnectError> {
        let target = Target { context: Some(context.to_owned()), ..target.clone() };
        of_kubeconfig(&self.kubeconfig, self.files.clone(), &target, limits).await
    }
}

async fn of_kubeconfig(
    kubeconfig: &Kubeconfig,
    files: Files,
    target: &Target,
    limits: &Limits,
) -> Result<Connection, ConnectError> {
    if kubeconfig.contexts.is_empty() {
        return Err(ConnectError::NoContexts { files });
    }
    let wanted = target.context.clone().or_else(|| kubeconfig.current_context.clone());
    let available: Vec<String> = kubeconfig.contexts.iter().map(|context| context.name.clone()).collect();
    let Some(context) = wanted.clone().filter(|name| available.contains(name)) else {
        return Err(ConnectError::Context { wanted, available, files });
    };
    match of_context(kubeconfig, &context, target, limits).await {
        Ok((client, way, shown)) => Ok(Connection { client, context, way: Way { files, ..way }, shown }),
        Err(why) => Err(ConnectError::Unusable { context, files, why }),
    }
}

async fn of_context(
    kubeconfig: &Kubeconfig,
    context: &str,
    target: &Target,
    limits: &Limits,
) -> Result<(kube::Client, Way, Vec<Secret<String>>), Unusable> {
    let (context, cluster, user) = parts_of(kubeconfig, context, &target.overrides)?;
    let (cluster, mut user) = (config::without_empty(cluster), user.cloned().unwrap_or_default());
    let lifetime = parts::check(&cluster, &user)?;
    let provider = user.auth_provider.as_ref().map(|provider| provider.name.clone());
    if let Some(exec) = plugin::of(&user) {
        let credential =
            plugin::run(exec, &cluster, limits.run).await.map_err(|problem| Unusable::Plugin {
                command: exec.command.clone().unwrap_or_default(),
                problem,
                hint: exec.install_hint.clone(),
            })?;
        // kube itself would run the plugin three times, without end, and show in its errors what it printed.
        credential.replace_plugin(&mut user);
    }
    target.overrides.impersonation.apply(&mut user);
    let mut config =
        config::config(context, &cluster, user).map_err(|source| Unusable::Client(Box::new(source)))?;
    let way = Way { lifetime, ..Way::through(target, &mut config, cluster.proxy_url.as_deref())? };
    let shown = shown::secrets(&config);
    let client = client(config, limits.request).map_err(|source| match (provider, source) {
        // The error may hold a command line and what it printed: none of it may be shown.
        (Some(name), kube::Error::Auth(_)) => Unusable::Provider(name),
        (_, source) => Unusable::Client(Box::new(source)),
    })?;
    Ok((client, way, shown))
}

/// A context, its cluster and its user, or those that the command line names; a context without a user asks as nobody.
fn parts_of<'a>(
    kubeconfig: &'a Kubeconfig,
    context: &str,
    overrides: &Overrides,
) -> Result<(&'a Context, &'a Cluster, Option<&'a AuthInfo>), Part> {
    let undefined = |name, wanted: &str| Part::new(name, Fault::Undefined(wanted.to_owned()));
    let named = kubeconfig.contexts.iter().find(|named| named.name == context);
    let context =
        named.and_then(|named| named.context.as_ref()).ok_or_else(|| Part::new("cluster", Fault::Missing))?;
    let cluster = overrides.cluster.as_ref().unwrap_or(&context.cluster);
    let cluster = kubeconfig
        .clusters
        .iter()
        .find(|named| named.name == *cluster)
        .and_then(|named| named.cluster.as_ref())
        .ok_or_else(|| undefined("cluster", cluster))?;
    let user = overrides.user.as_ref().or(context.user.as_ref()).filter(|name| !name.is_empty());
    let user = match user {
        None => None,
        // kube asks as nobody where there is no such user, which ends in a refusal that nobody understands.
        Some(user) => kubeconfig
            .auth_infos
            .iter()
            .find(|named| named.name == *user)
            .ok_or_else(|| undefined("user", user))?
            .auth_info
            .as_ref(),
    };
    Ok((context, cluster, user))
}

fn in_cluster(target: &Target, request_timeout: Duration) -> Result<Connection, ConnectError> {
    let context = "in-cluster".to_owned();
    let mut config = kube::Config::incluster().map_err(|source| ConnectError::InCluster(Box::new(source)))?;
    target.overrides.impersonation.apply(&mut config.auth_info);
    let made = Way::through(target, &mut config, None).and_then(|way| {
        let shown = shown::secrets(&config);
        let client = client(config, request_timeout).map_err(|source| Unusable::Client(Box::new(source)))?;
        Ok((client, way, shown))
    });
    match made {
        Ok((client, way, shown)) => Ok(Connection { client, context, way, shown }),
        Err(why) => Err(ConnectError::Unusable { context, files: Files(Vec::new()), why }),
    }
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
            // For kube an empty name would hide the current context of the files that follow.
            Ok(mut read) => {
                read.current_context.take_if(|name| name.is_empty());
                read
            }
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
    /// What the caller's credential itself says against being taken at this time.
    #[must_use]
    pub fn credential_fault(&self, now: Timestamp) -> Option<String> {
        self.lifetime?.fault(now)
    }

    /// Sets the proxy that leads to the server, and says where that leads.
    fn through(
        target: &Target,
        config: &mut kube::Config,
        proxy_url: Option<&str>,
    ) -> Result<Self, Unusable> {
        let server = without_user(&config.cluster_url);
        let proxy = target.proxies.to(&config.cluster_url, proxy_url).map_err(Unusable::Proxy)?;
        let shown = proxy
            .as_ref()
            .map(|Proxy { url, named_by }| format!("{}, which {named_by} names", without_user(url)));
        config.proxy_url = proxy.map(|proxy| proxy.url);
        Ok(Self { files: Files(Vec::new()), server, proxy: shown, lifetime: None })
    }
}

/// Scheme, host and port alone: a proxy's URL often holds a password.
fn without_user(url: &http::Uri) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", url.scheme_str().unwrap_or_default(), url.host().unwrap_or_default())
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { files, server, proxy, lifetime: _ } = self;
        write!(f, "{files} leads to {server}")?;
        match proxy {
            Some(proxy) => write!(f, ", through the proxy {proxy}"),
            None => Ok(()),
        }
    }
}
