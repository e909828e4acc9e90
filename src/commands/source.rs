//! Where facts come from: a cluster, a recording, or nothing but named endpoints. Shared by the commands that look.

use super::on_node;
use crate::{
    error::{CommandError, Unreachable},
    model::{
        observed::FailureKind,
        progress::Progress,
        question::Question,
        snapshot::{Snapshot, Wanted},
    },
    observe::{
        Limits, Observer,
        dial::Dialer,
        keyring::Keyring,
        kubeconfig::{ConnectError, Connection, Impersonation, Overrides, Target, Way, connect},
        observe,
        proxy::ProxyVariables,
    },
    recording,
    render::{Console, cost, progress::Bar},
};
use clap::Args;
use jiff::Timestamp;
use std::{collections::BTreeSet, ffi::OsString, path::PathBuf, sync::Arc, thread::available_parallelism};

/// How many threads ask and read at the most: more would read faster than the network brings it.
const MOST_THREADS: usize = 4;

/// The options of [`ClusterArgs`], for those that make no sense beside them.
pub(super) const CLUSTER_OPTIONS: [&str; 7] =
    ["kubeconfig", "context", "cluster", "user", "impersonate", "impersonate_uid", "impersonate_groups"];

#[derive(Debug, Args)]
#[command(next_help_heading = "Cluster")]
pub(super) struct ClusterArgs {
    /// The kubeconfig file; KUBECONFIG and ~/.kube/config otherwise
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// The context of the kubeconfig; the current one otherwise
    #[arg(long, value_name = "NAME")]
    context: Vec<String>,
    /// The cluster of the kubeconfig, in place of the context's
    #[arg(long, value_name = "NAME")]
    cluster: Option<String>,
    /// The user of the kubeconfig, in place of the context's
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Ask the API server in the name of this user, such as system:serviceaccount:datadog:datadog-agent
    #[arg(long = "as", value_name = "USER")]
    impersonate: Option<String>,
    /// Ask as a member of this group too; repeatable
    #[arg(long = "as-group", value_name = "GROUP", requires = "impersonate")]
    impersonate_groups: Vec<String>,
    /// Ask with this UID too
    #[arg(long = "as-uid", value_name = "UID", requires = "impersonate")]
    impersonate_uid: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Cluster")]
pub(super) struct NamespaceArgs {
    /// The namespace of the agents: only those in it are looked at; all of them otherwise
    #[arg(short, long, value_name = "NAME", conflicts_with_all = ["from", "endpoints", "on_node"])]
    namespace: Option<String>,
}

impl NamespaceArgs {
    /// The namespace that was named; an empty one is none, as it is for kubectl.
    pub(super) fn named(&self) -> Option<String> {
        said(self.namespace.as_ref())
    }
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Recording")]
pub(super) struct RecordingArgs {
    /// Write everything that was seen to a file, without any secret; readable by you alone
    #[arg(long, value_name = "FILE")]
    pub(super) save: Option<PathBuf>,
    /// Judge a file written by --save, and look at nothing
    #[arg(long, value_name = "FILE", conflicts_with_all = CLUSTER_OPTIONS, conflicts_with = "save")]
    pub(super) from: Option<PathBuf>,
}

/// What a run looks through.
pub(super) struct Sight {
    pub(super) observer: Observer,
    pub(super) snapshot: Snapshot,
    /// Where the API server is, where there is one that may be out of reach.
    pub(super) way: Option<Way>,
}

/// What a run, or the recording of one, has seen.
pub(super) struct Seen {
    pub(super) snapshot: Snapshot,
    way: Option<Way>,
}

impl ClusterArgs {
    /// Whether a cluster was named, and not only the usual one is meant.
    pub(super) fn is_named(&self) -> bool {
        let is_said = [&self.cluster, &self.user].into_iter().any(Option::is_some);
        self.kubeconfig.is_some() || !self.contexts().is_empty() || is_said
    }

    /// The contexts that were named, each once; an empty name is none, as it is for kubectl.
    pub(super) fn contexts(&self) -> Vec<String> {
        let mut named: Vec<String> = Vec::new();
        for context in self.context.iter().filter(|name| !name.is_empty()) {
            if !named.contains(context) {
                named.push(context.clone());
            }
        }
        named
    }

    /// What the user said about the cluster.
    pub(super) fn target(&self) -> Target {
        Target {
            kubeconfig: self.kubeconfig.clone(),
            context: said(self.context.last()),
            environment: variable("KUBECONFIG"),
            home: variable("HOME").map(PathBuf::from),
            in_cluster: variable("KUBERNETES_SERVICE_HOST").is_some(),
            overrides: Overrides {
                cluster: said(self.cluster.as_ref()),
                user: said(self.user.as_ref()),
                impersonation: Impersonation {
                    user: said(self.impersonate.as_ref()),
                    uid: said(self.impersonate_uid.as_ref()),
                    groups: self.impersonate_groups.clone(),
                },
            },
            proxies: proxies(),
        }
    }

    /// A client for the cluster that was named.
    pub(super) async fn connect(&self, limits: &Limits) -> Result<Connection, CommandError> {
        connect(&self.target(), limits).await.map_err(|error| {
            let is_nothing = matches!(error, ConnectError::NoKubeconfig { .. });
            let error = CommandError::from(error);
            if is_nothing { error.hint("or try the practice cluster: ctlmon doctor --lab") } else { error }
        })
    }

    /// Everything that is needed to look at the cluster that was named.
    pub(super) async fn sight(&self, limits: Limits, wanted: Wanted) -> Result<Sight, CommandError> {
        Ok(Sight::of(self.connect(&limits).await?, limits, wanted))
    }
}

impl Sight {
    /// Everything that is needed to look through a connection.
    pub(super) fn of(connection: Connection, limits: Limits, wanted: Wanted) -> Self {
        let Connection { client, context, way, shown } = connection;
        let keyring = Keyring::new();
        for secret in &shown {
            keyring.learn(secret);
        }
        let observer = Observer::new(Some(client), Dialer::Network, keyring, limits);
        let wanted = Wanted { context: Some(context), ..wanted };
        Self { observer, snapshot: Snapshot::empty(now(), wanted), way: Some(way) }
    }
}

/// Looks, wave after wave. What is judged is what a recording of it holds: a snapshot comes back from one as it was.
pub(super) async fn look(
    console: &Console,
    sight: Sight,
    questions: impl Fn(&Snapshot) -> BTreeSet<Question>,
) -> Seen {
    let bar = Bar::new(console);
    let seen = look_telling(console, sight, questions, &bar).await;
    bar.finish();
    seen
}

/// The same, telling somebody else how far it is.
pub(super) async fn look_telling(
    console: &Console,
    sight: Sight,
    questions: impl Fn(&Snapshot) -> BTreeSet<Question>,
    progress: &dyn Progress,
) -> Seen {
    let Sight { observer, mut snapshot, way } = sight;
    let observer = Arc::new(observer);
    let interrupted = async {
        // Where no handler can be installed the default one ends the process, as ever.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    observe(&observer, &mut snapshot, questions, progress, interrupted).await;
    for line in cost::lines(&snapshot.waves, observer.connections()) {
        console.say_at(1, &line);
    }
    Seen { snapshot, way }
}

impl Seen {
    /// What was seen at another time or by somebody else.
    pub(super) const fn elsewhere(snapshot: Snapshot) -> Self {
        Self { snapshot, way: None }
    }

    /// The error of a run that reached no API server at all, where it should have, or saw no control plane on the node that
    /// it was to look at.
    pub(super) fn reached(&self) -> Result<(), CommandError> {
        on_node::reached(&self.snapshot)?;
        let (Some(failure), Some(context)) = (self.snapshot.unanswered_api(), &self.snapshot.wanted.context)
        else {
            return Ok(());
        };
        let error = CommandError::from(Unreachable { context: context.clone(), failure: failure.clone() });
        let Some(way) = &self.way else { return Err(error) };
        let refused = failure.kind == FailureKind::Unauthenticated;
        let fault = way.credential_fault(self.snapshot.taken_at).filter(|_| refused);
        Err(fault.into_iter().fold(error, CommandError::hint).hint(way.to_string()))
    }
}

/// Writes the recording; a failure spoils no diagnosis that was printed already.
pub(super) fn save(console: &Console, args: &RecordingArgs, snapshot: &Snapshot) {
    if let Some(path) = &args.save {
        match recording::save(path, snapshot) {
            Ok(()) => console.say_at(1, &format!("saved {}", path.display())),
            Err(error) => console.say(&format!("warning: {error}")),
        }
    }
}

/// A runtime of few threads: what takes time here is waiting, but for reading the metrics of many nodes.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, CommandError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(available_parallelism().map_or(1, |all| all.get().min(MOST_THREADS)))
        .enable_all()
        .build()
        .map_err(|error| CommandError::system("cannot start", &error))
}

/// The time at which a run begins.
#[expect(clippy::disallowed_methods, reason = "the one place where a run learns the time")]
pub(super) fn now() -> Timestamp {
    // Whole seconds: certificates know no others, and reports are easier to read.
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// An option that was given and is not empty: kubectl takes an empty one for none.
fn said(option: Option<&String>) -> Option<String> {
    option.filter(|text| !text.is_empty()).cloned()
}

/// The proxies that the environment names. The upper case wins where both are set, as it does for kubectl.
fn proxies() -> ProxyVariables {
    let either = |upper, lower| {
        variable(upper).or_else(|| variable(lower)).map(|value| value.to_string_lossy().into_owned())
    };
    ProxyVariables {
        https: either("HTTPS_PROXY", "https_proxy"),
        http: either("HTTP_PROXY", "http_proxy"),
        except: either("NO_PROXY", "no_proxy"),
    }
}

/// A variable of the environment, where it is set and not empty.
#[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
pub(super) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
