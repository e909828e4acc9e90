//! `ctlmon doctor`: looks, judges, reports, and ends with an exit code that every format shares.

mod fix_plan;
mod format;
mod job;
mod several;
mod wait;

use super::{
    lab,
    limits::LimitArgs,
    on_node::OnNodeArgs,
    print,
    selection::{self, Picks, picks},
    source::{self, ClusterArgs, NamespaceArgs, RecordingArgs, Seen, Sight},
};
use crate::{
    distributions::{Detection, Facts, detect},
    doctor::{ExitPolicy, Outcome, Report, Selection, Severity, checks, judge},
    error::{CommandError, Exit},
    model::{
        component::Component,
        question::{CertificateSource, Credential, Endpoint, Scheme},
        snapshot::{Listening, NamedEndpoint, Snapshot, Wanted, Way},
    },
    observe::{Observer, dial::Dialer, files, keyring::Keyring},
    questions, recording,
    render::{Console, Unreached, human},
    view::View,
};
use clap::{Args, ValueEnum};
use fix_plan::FixPlanArgs;
use format::{Format, Told};
use jiff::Timestamp;
use wait::Standing;

#[derive(Debug, Args)]
#[command(mut_arg("context", |context| {
    context.help("The context of the kubeconfig; the current one otherwise; repeatable, for a report of each of several clusters, for people or as JSON or YAML")
}))]
pub(super) struct DoctorArgs {
    #[command(flatten)]
    cluster: ClusterArgs,
    /// Look at the clusters of all contexts of the kubeconfig, at once, and report each
    #[arg(help_heading = "Cluster", long, conflicts_with_all = ["context", "cluster", "user", "from", "save", "on_node", "endpoints", "lab"])]
    all_contexts: bool,
    #[command(flatten)]
    namespace: NamespaceArgs,
    #[command(flatten)]
    node: OnNodeArgs,
    #[command(flatten)]
    endpoints: EndpointArgs,
    #[command(flatten)]
    identity: IdentityArgs,
    #[command(flatten)]
    listening: ListeningArgs,
    #[command(flatten)]
    practice: lab::PracticeArgs,
    #[command(flatten)]
    recording: RecordingArgs,
    #[command(flatten)]
    judging: JudgingArgs,
    #[command(flatten)]
    fix_plan: FixPlanArgs,
    #[command(flatten)]
    wait: wait::WaitArgs,
    #[command(flatten)]
    job: job::JobArgs,
    #[command(flatten)]
    limits: LimitArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Named endpoints, without a Kubernetes API")]
struct EndpointArgs {
    /// Judge this endpoint in place of a cluster's, such as etcd=https://127.0.0.1:2379; repeatable
    #[arg(long = "endpoint", value_name = "COMPONENT=URL", value_parser = endpoint, conflicts_with_all = source::CLUSTER_OPTIONS, conflicts_with_all = ["from", "on_node"])]
    endpoints: Vec<(Component, Endpoint)>,
    /// The CA that the endpoints' serving certificates are verified with
    #[arg(long, value_name = "FILE", requires = "endpoints")]
    ca: Option<String>,
    /// The client certificate that is presented to the endpoints
    #[arg(long, value_name = "FILE", requires_all = ["endpoints", "client_key"])]
    client_cert: Option<String>,
    /// Its private key
    #[arg(long, value_name = "FILE", requires_all = ["endpoints", "client_cert"])]
    client_key: Option<String>,
    /// The bearer token that is sent to the endpoints
    #[arg(long, value_name = "FILE", requires = "endpoints", conflicts_with = "client_cert")]
    token_file: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "From where and as whom to ask")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
struct IdentityArgs {
    /// Ask also with short-lived tokens of the agents' own service accounts
    #[arg(long, conflicts_with_all = ["from", "endpoints", "on_node"])]
    as_agent: bool,
    /// The ways by which endpoints are asked, in this order; all of them otherwise, in the order that suits each
    #[arg(long, value_name = "WAY", value_delimiter = ',', conflicts_with_all = ["from", "endpoints", "on_node"])]
    via: Vec<Via>,
    /// Ask the kubelet of every node; otherwise those of the control plane and of three others
    #[arg(long, conflicts_with_all = ["from", "endpoints", "on_node"])]
    all_nodes: bool,
    /// Forward no ports into pods
    #[arg(long, conflicts_with_all = ["from", "endpoints", "on_node"])]
    no_port_forward: bool,
    /// Send a token even where nothing shows that the server is the one that it is meant for
    #[arg(long, conflicts_with_all = ["from", "on_node"])]
    send_token_unverified: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "What programs say of themselves")]
struct ListeningArgs {
    /// Read the last lines that agents and control plane have written, for what they are known to complain of
    #[arg(long, conflicts_with_all = ["from", "endpoints", "on_node"])]
    logs: bool,
    /// Run the agents' own status commands in their pods
    #[arg(long, conflicts_with_all = ["from", "endpoints", "on_node"])]
    exec: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Judging and reporting")]
struct JudgingArgs {
    /// List the checks with what they judge, and look at nothing
    #[arg(long)]
    list: bool,
    /// Judge by these checks only: ids, patterns such as 'etcd-*', or components; repeatable
    ///
    /// A component stands for whatever is judged of its instances. A component that no selected check judges is not
    /// expected to be judged, and does not count towards exit code 3.
    #[arg(long, value_name = "CHECK", value_delimiter = ',', value_parser = picks)]
    only: Vec<Picks>,
    /// Leave these checks out, whatever --only says; repeatable
    #[arg(long, value_name = "CHECK", value_delimiter = ',', value_parser = picks)]
    skip: Vec<Picks>,
    /// The least severity that makes the exit code 1
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// Accept components of which nothing could be judged
    #[arg(long)]
    allow_unknown: bool,
    /// The format of the report
    #[arg(short, long, value_name = "FORMAT", default_value = "human")]
    output: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Via {
    /// The API server's own answer, or its proxy
    ApiServer,
    /// A port that the API server forwards into a pod
    PortForward,
    /// A connection from this machine
    Direct,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOn {
    Error,
    Warning,
    Note,
}

pub(super) fn run(console: &Console, args: &DoctorArgs) -> Result<Exit, CommandError> {
    let selection = selection::selection(&args.judging.only, &args.judging.skip);
    if args.judging.list {
        print(console, &args.judging.output.catalogue(&selection.of(checks::CHECKS))?)?;
        return Ok(Exit::Fine);
    }
    if args.job.is_wanted() {
        return job::run(console, args);
    }
    let contexts = args.cluster.contexts();
    if args.all_contexts || contexts.len() > 1 {
        return several::run(console, args, contexts, &selection);
    }
    args.fix_plan.check()?;
    let seen = if let Some(path) = &args.recording.from {
        Seen::elsewhere(recording::load(path)?)
    } else {
        let (runtime, begun) = (source::runtime()?, source::now());
        let looked = runtime.block_on(look(console, args, &selection));
        looked.map_err(|error| unreached(console, args, (begun, None), error))?
    };
    if let Err(error) = seen.reached() {
        source::save(console, &args.recording, &seen.snapshot);
        let context = seen.snapshot.wanted.context.as_deref();
        return Err(unreached(console, args, (seen.snapshot.taken_at, context), error));
    }
    let snapshot = seen.snapshot;
    let view = View::new(&snapshot);
    warn_of_an_empty_namespace(console, &view);
    let diagnosis = Diagnosis::of(&view, &selection, args.judging.policy());
    let told = diagnosis.told(&snapshot);
    let is_read = print(console, &args.judging.output.report(console, &told)?)?;
    source::save(console, &args.recording, &snapshot);
    args.fix_plan.write(console, &told)?;
    // Who closes the pipe has seen enough, and is not to be told that something went wrong.
    Ok(if is_read { diagnosis.exit } else { Exit::Fine })
}

/// Tells programs on stdout, too, that nothing could be looked at: a report that is missing tells them nothing.
fn unreached(
    console: &Console,
    args: &DoctorArgs,
    (taken_at, context): (Timestamp, Option<&str>),
    error: CommandError,
) -> CommandError {
    let said = error.to_string();
    let unreached = Unreached { taken_at, context, error: &said, exit: error.code() };
    // Where that cannot be written either, the error that led here is the one to report.
    let _ = args.judging.output.unreached(&unreached).and_then(|text| print(console, &text));
    error
}

/// Looks as often as is wanted, always at the same practice cluster.
async fn look(console: &Console, args: &DoctorArgs, selection: &Selection) -> Result<Seen, CommandError> {
    let practice = match args.practice.wanted() {
        Some(spec) => Some(lab::start(spec).await?),
        None => None,
    };
    let once = async || {
        let (limits, wanted) = (args.limits.limits(), args.wanted());
        let sight = if let Some(practice) = &practice {
            practice.sight(limits, wanted).await?
        } else if let Some(sight) = args.node.sight(limits, wanted.clone())? {
            sight
        } else if args.endpoints.endpoints.is_empty() {
            args.cluster.sight(limits, wanted).await?
        } else {
            args.endpoints.sight(limits, wanted)?
        };
        Ok(source::look(console, sight, questions::doctor).await)
    };
    let standing = |seen: &Seen| Diagnosis::standing(seen, selection, args.judging.policy());
    args.wait.look(console, once, standing).await
}

/// What was seen, judged.
struct Diagnosis {
    detection: Detection,
    report: Report,
    policy: ExitPolicy,
    exit: Exit,
}

impl Diagnosis {
    fn of(view: &View<'_>, selection: &Selection, policy: ExitPolicy) -> Self {
        let detection = detect(&Facts::gather(view.snapshot));
        let report = judge(view, &detection, selection);
        let exit = match report.outcome(policy) {
            Outcome::Healthy => Exit::Fine,
            Outcome::Problems => Exit::Problems,
            Outcome::Unknown => Exit::CouldNotLook,
            Outcome::Interrupted => Exit::Interrupted,
        };
        Self { detection, report, policy, exit }
    }

    /// What there is to wait for.
    fn standing(seen: &Seen, selection: &Selection, policy: ExitPolicy) -> Standing {
        if seen.reached().is_err() {
            return Standing::Unwell("nothing is reached".to_owned());
        }
        let Self { report, exit, .. } = Self::of(&View::new(&seen.snapshot), selection, policy);
        match exit {
            Exit::Fine => Standing::Well,
            _ => Standing::Unwell(human::counts(&report)),
        }
    }

    /// What there is to report.
    fn told<'a>(&'a self, snapshot: &'a Snapshot) -> Told<'a> {
        let Self { detection, report, policy, exit } = self;
        Told { snapshot, detection, report, policy: *policy, exit: exit.code() }
    }
}

/// Without agents nothing is wrong with them, and a mistyped namespace would pass for a healthy one.
fn warn_of_an_empty_namespace(console: &Console, view: &View<'_>) {
    if let Some(namespace) = &view.snapshot.wanted.namespace
        && view.agents.are_absent()
    {
        let others: Vec<&str> = view.agents.elsewhere.iter().copied().collect();
        let others = if others.is_empty() {
            "nor in any other".to_owned()
        } else {
            format!("but in {}", others.join(", "))
        };
        console.say(&format!("warning: no Datadog Agent DaemonSet is in namespace {namespace}, {others}"));
    }
}

impl DoctorArgs {
    fn wanted(&self) -> Wanted {
        Wanted {
            namespace: self.namespace.named(),
            via: self.identity.ways(),
            as_agent: self.identity.as_agent,
            send_token_unverified: self.identity.send_token_unverified,
            listening: Listening { logs: self.listening.logs, exec: self.listening.exec },
            all_nodes: self.identity.all_nodes,
            ..Wanted::default()
        }
    }
}

impl IdentityArgs {
    fn ways(&self) -> Option<Vec<Way>> {
        Via::ways(&self.via, self.no_port_forward)
    }
}

impl Via {
    /// The ways that are left; `None` where nothing was said.
    pub(super) fn ways(said: &[Self], no_port_forward: bool) -> Option<Vec<Way>> {
        let all = [Self::ApiServer, Self::PortForward, Self::Direct];
        let named = if said.is_empty() { &all[..] } else { said };
        (no_port_forward || !said.is_empty()).then(|| {
            named
                .iter()
                .filter(|via| !(no_port_forward && matches!(via, Self::PortForward)))
                .map(|via| match via {
                    Self::ApiServer => Way::ApiServer,
                    Self::PortForward => Way::PortForward,
                    Self::Direct => Way::Direct,
                })
                .collect()
        })
    }
}

impl EndpointArgs {
    /// What is needed to look at the named endpoints: their files are read here, before anything is asked.
    fn sight(&self, limits: crate::observe::Limits, wanted: Wanted) -> Result<Sight, CommandError> {
        let keyring = Keyring::new();
        let mut answers = Vec::new();
        let authority = match &self.ca {
            Some(path) => {
                let source = CertificateSource::Files { certificate: path.clone(), key: None };
                answers.push(files::certificates(&source, &keyring)?);
                Some(source)
            }
            None => None,
        };
        let credential = match (&self.client_cert, &self.token_file) {
            (Some(certificate), _) => {
                let source = CertificateSource::Files {
                    certificate: certificate.clone(),
                    key: self.client_key.clone(),
                };
                answers.push(files::certificates(&source, &keyring)?);
                Credential::ClientCertificate(source)
            }
            (None, Some(path)) => {
                answers.push(files::token(path, &keyring)?);
                Credential::TokenFile(path.clone())
            }
            (None, None) => Credential::Nobody,
        };
        let endpoints = self
            .endpoints
            .iter()
            .map(|(component, endpoint)| NamedEndpoint {
                component: *component,
                endpoint: endpoint.clone(),
                credential: credential.clone(),
                authority: authority.clone().filter(|_| endpoint.scheme == Scheme::Https),
            })
            .collect();
        let mut snapshot = Snapshot::empty(source::now(), Wanted { endpoints, ..wanted });
        snapshot.add(answers);
        Ok(Sight { observer: Observer::new(None, Dialer::Network, keyring, limits), snapshot, way: None })
    }
}

impl JudgingArgs {
    const fn policy(&self) -> ExitPolicy {
        ExitPolicy {
            fail_on: match self.fail_on {
                FailOn::Error => Severity::Error,
                FailOn::Warning => Severity::Warning,
                FailOn::Note => Severity::Note,
            },
            allow_unknown: self.allow_unknown,
        }
    }
}

/// Reads `COMPONENT=URL`; a URL without a path gets the component's own.
fn endpoint(text: &str) -> Result<(Component, Endpoint), String> {
    let known = || Component::ALL.map(|component| component.profile().id).join(", ");
    let (name, url) =
        text.split_once('=').ok_or("expected COMPONENT=URL, such as etcd=https://127.0.0.1:2379")?;
    let component = Component::named(name)
        .ok_or_else(|| format!("unknown component \"{name}\", expected one of: {}", known()))?;
    let mut endpoint: Endpoint = url.parse().map_err(|error| format!("no URL: {error}"))?;
    if endpoint.path.is_empty() || endpoint.path == "/" {
        component.profile().path.clone_into(&mut endpoint.path);
    }
    Ok((component, endpoint))
}
