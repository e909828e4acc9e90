//! Asking: waves of questions at once, until nothing new is worth asking or the waves are used up.

use super::{
    cluster::Cluster,
    dial::Dialer,
    exchange::ProbeLimits,
    host::HostRoot,
    keyring::Keyring,
    metrics::{BodyLimits, MAX_BODY_BYTES},
    probe::Prober,
};
use crate::model::{
    answer::Answer,
    observed::Observed,
    progress::Progress,
    question::{ListSpec, Question},
    snapshot::{Asked, CutShort, Snapshot, Wave},
};
use std::{
    collections::BTreeSet,
    panic::resume_unwind,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::task::JoinSet;

/// How many waves a run has at the most. The longest known chain of questions needs six.
const MAX_WAVES: usize = 8;

/// How long one request or probe may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(9);

/// How long a whole run may take.
const RUN_TIMEOUT: Duration = Duration::from_secs(60);

/// How many questions are under way at once.
const CONCURRENCY: usize = 32;

/// The limits of a run; each has an option of its own.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The whole run.
    pub run: Duration,
    /// One request or probe.
    pub request: Duration,
    /// Questions under way at once.
    pub concurrency: usize,
    /// Bytes of one body.
    pub body: u64,
}

impl Limits {
    /// The limits that hold where no option says otherwise.
    #[must_use]
    pub fn standard() -> Self {
        Self { run: RUN_TIMEOUT, request: REQUEST_TIMEOUT, concurrency: CONCURRENCY, body: MAX_BODY_BYTES }
    }
}

/// Everything that a run asks through.
pub struct Observer {
    cluster: Option<Cluster>,
    prober: Prober,
    host: Option<HostRoot>,
    keyring: Keyring,
    limits: Limits,
    probed: AtomicU64,
}

impl Observer {
    /// An observer of a cluster, or of named endpoints alone.
    #[must_use]
    pub fn new(client: Option<kube::Client>, dialer: Dialer, keyring: Keyring, limits: Limits) -> Self {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let body = BodyLimits { bytes: limits.body, ..BodyLimits::CONTROL_PLANE };
        Self {
            cluster: client.map(|client| Cluster::new(client, limits.request)),
            prober: Prober {
                dialer,
                provider,
                limits: ProbeLimits { total: limits.request, body },
                connections: AtomicU32::new(0),
            },
            host: None,
            keyring,
            limits,
            probed: AtomicU64::new(0),
        }
    }

    /// An observer of the node that it runs on: of its files, its processes and what listens on loopback.
    #[must_use]
    pub fn of_node(host: HostRoot, limits: Limits) -> Self {
        Self { host: Some(host), ..Self::new(None, Dialer::Loopback, Keyring::new(), limits) }
    }

    /// How many connections were opened to endpoints so far. Those to the API server are pooled by its client, which
    /// does not tell how many there are.
    #[must_use]
    pub fn connections(&self) -> u32 {
        self.prober.connections.load(Ordering::Relaxed)
    }

    async fn ask(&self, question: Question) -> Asked {
        tracing::debug!(question = %named(&question), "asks");
        let answer = match &question {
            Question::Probe(spec) => {
                let seen = self.prober.probe(spec, &self.keyring, self.cluster.as_ref()).await;
                if let Observed::Seen(record) = &seen {
                    self.probed.fetch_add(record.body_bytes(), Ordering::Relaxed);
                }
                seen.map(Answer::Probe)
            }
            Question::Here(address) => Observed::Seen(Answer::Here(self.prober.dialer.is_here(*address))),
            Question::TokenFile(_) => Observed::NotAsked,
            Question::Host(asked) => self.host.as_ref().map_or(Observed::NotAsked, |host| host.ask(asked)),
            Question::Certificates(source) => {
                self.host.as_ref().map_or(Observed::NotAsked, |host| host.certificates(source, &self.keyring))
            }
            other => match &self.cluster {
                Some(cluster) => cluster.ask(other, &self.keyring).await,
                None => Observed::NotAsked,
            },
        };
        let answer = self.keyring.redacted(answer);
        tracing::debug!(question = %named(&question), answer = outcome(&answer), "is answered");
        Asked { question, answer }
    }

    fn spent(&self) -> (u32, u64) {
        let (requests, bytes) = self.cluster.as_ref().map_or((0, 0), Cluster::spent);
        (requests, bytes + self.probed.load(Ordering::Relaxed))
    }
}

/// Asks wave after wave what `questions` finds worth asking, and adds the answers to the snapshot.
///
/// Ends early, with what it has, when the run's time is over or `interrupted` completes.
pub async fn observe(
    observer: &Arc<Observer>,
    snapshot: &mut Snapshot,
    questions: impl Fn(&Snapshot) -> BTreeSet<Question>,
    progress: &dyn Progress,
    interrupted: impl Future<Output = ()>,
) {
    let ends = tokio::time::sleep(observer.limits.run);
    tokio::pin!(ends, interrupted);
    for number in 1..=MAX_WAVES {
        let wanted: Vec<Question> =
            questions(snapshot).into_iter().filter(|question| !snapshot.has(question)).collect();
        if wanted.is_empty() {
            return;
        }
        progress.wave(number, wanted.len());
        tracing::debug!(wave = number, questions = wanted.len(), "begins");
        let before = observer.spent();
        let mut wave = Wave {
            questions: u32::try_from(wanted.len()).unwrap_or(u32::MAX),
            round_trips: wanted.iter().map(Question::round_trips).max().unwrap_or(0),
            ..Wave::default()
        };
        let mut wanted = wanted.into_iter();
        // A task for each, so that all processors decrypt and read: metrics of a thousand nodes are 240 MB.
        let mut asking = JoinSet::new();
        let cut_short = loop {
            let room = observer.limits.concurrency.max(1) - asking.len();
            for question in wanted.by_ref().take(room) {
                let observer = Arc::clone(observer);
                asking.spawn(async move { observer.ask(question).await });
            }
            tokio::select! {
                biased;
                () = &mut interrupted => break Some(CutShort::Interrupted),
                () = &mut ends => break Some(CutShort::Deadline),
                answered = asking.join_next() => match answered {
                    Some(Ok(asked)) => {
                        progress.answered();
                        snapshot.add([asked]);
                    }
                    // Nobody aborts one of them alone, so that it can only have panicked.
                    Some(Err(error)) => resume_unwind(error.into_panic()),
                    None => break None,
                },
            }
        };
        asking.shutdown().await;
        let after = observer.spent();
        wave.requests = after.0 - before.0;
        wave.bytes = after.1 - before.1;
        snapshot.waves.push(wave);
        if cut_short.is_some() {
            snapshot.cut_short = cut_short;
            return;
        }
    }
}

/// A question for the log: its right where it needs one, and no path that a user named, which may have a query.
fn named(question: &Question) -> String {
    match question {
        Question::Probe(spec) => {
            let at = spec.endpoint.authority();
            format!("{} at {at} {} {}", spec.component, spec.vantage, spec.credential.short())
        }
        Question::List(ListSpec { labels: Some(labels), .. }) => {
            question.permission().map_or_else(String::new, |right| format!("{right} with {labels}"))
        }
        Question::Here(address) => format!("is {address} here"),
        Question::Certificates(source) => source.describe(),
        Question::TokenFile(path) => path.clone(),
        Question::Host(asked) => asked.to_string(),
        other => other.permission().map_or_else(String::new, |permission| permission.to_string()),
    }
}

/// How a question ended, without a word of what was answered.
const fn outcome(answer: &Observed<Answer>) -> &'static str {
    match answer {
        Observed::Seen(_) => "seen",
        Observed::Absent => "absent",
        Observed::Denied(_) => "denied",
        Observed::Failed(_) => "failed",
        Observed::NotAsked => "not asked",
    }
}
