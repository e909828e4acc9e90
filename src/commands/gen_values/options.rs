//! The options of `gen-values` that become choices of a plan. What they must be is the plan's to say.

use super::releases::Releases;
use crate::{
    error::CommandError,
    model::component::Component,
    plan::{
        Account, Audience, ChecksBy, Choices, EtcdSource, Extras, Keys, KubeletTls, LogLevel, Version,
        Versions,
    },
};
use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each one is a flag of the command line")]
pub(super) struct ChoiceArgs {
    /// On which nodes the agents run; control-plane where components can be reached from there alone, else all
    #[arg(help_heading = "What to set up", long = "for", value_name = "NODES")]
    audience: Option<For>,
    /// Where etcd's metrics come from; auto takes the way that needs the least power
    #[arg(help_heading = "What to set up", long, value_name = "SOURCE", default_value = "auto")]
    etcd_source: Source,
    /// The folder of etcd's certificates on the nodes, where it is not the distribution's usual one
    #[arg(help_heading = "What to set up", long, value_name = "DIR", value_parser = folder)]
    etcd_pki_dir: Option<String>,
    /// How agents are told of checks for which no container of the component's own stands
    #[arg(help_heading = "What to set up", long, value_name = "MEANS", default_value = "files")]
    checks_by: Means,
    /// Components that listen on their node's address, or will before this is applied; repeatable
    #[arg(help_heading = "What to set up", long, value_name = "COMPONENT", value_delimiter = ',', value_parser = component)]
    exposed: Vec<Component>,
    /// How agents take kubelets' certificates: verify, skip, or ca=PATH of a file on the nodes
    #[arg(help_heading = "What to set up", long, value_name = "HOW", value_parser = kubelet_tls)]
    kubelet_tls: Option<KubeletTls>,
    /// Runners of cluster checks; node agents run these otherwise
    #[arg(help_heading = "What to set up", long, value_name = "N")]
    runners: Option<u8>,
    /// Let agents run beside pods too, where some nodes are Fargate's
    #[arg(help_heading = "What to set up", long)]
    sidecars: bool,
    /// The service account of pods that get an agent beside them; repeatable
    #[arg(help_heading = "What to set up", long = "sidecar-account", value_name = "NAMESPACE/NAME", value_parser = account)]
    sidecar_accounts: Vec<Account>,
    /// The operating system of the nodes
    #[arg(help_heading = "What to set up", long, value_name = "SYSTEM", default_value = "linux")]
    target_system: System,

    /// The namespace of the agents
    #[arg(help_heading = "Names", short, long, value_name = "NAME", default_value = "datadog")]
    namespace: String,
    #[arg(
        help = "The name of the Helm release or of the DatadogAgent",
        help_heading = "Names",
        long,
        value_name = "NAME"
    )]
    release: Option<String>,
    #[arg(
        help = "The release or DatadogAgent whose Cluster Agent the agents on workers join",
        help_heading = "Names",
        long,
        value_name = "NAME",
        default_value = "control-plane-ddagent"
    )]
    cluster_agent_release: String,
    /// The name of the cluster in Datadog
    #[arg(help_heading = "Names", long, value_name = "NAME")]
    cluster_name: Option<String>,
    /// Datadog's site, such as datadoghq.eu
    #[arg(help_heading = "Names", long, value_name = "HOST")]
    site: Option<String>,
    /// A tag of everything that is sent; repeatable
    #[arg(help_heading = "Names", long = "tag", value_name = "KEY:VALUE")]
    tags: Vec<String>,

    /// The Secret with the API key, under the key api-key
    #[arg(
        help_heading = "Secrets, by name: keys are never options",
        long,
        value_name = "NAME",
        default_value = "datadog-secret"
    )]
    api_key_secret: String,
    /// The Secret with the application key, under the key app-key
    #[arg(
        help_heading = "Secrets, by name: keys are never options",
        long,
        value_name = "NAME",
        default_value = "datadog-secret"
    )]
    app_key_secret: String,
    /// The Secret with the Cluster Agent's token, under the key token
    #[arg(
        help_heading = "Secrets, by name: keys are never options",
        long,
        value_name = "NAME",
        default_value = "datadog-secret"
    )]
    token_secret: String,
    /// The Secret with a client certificate for etcd: ca.crt, tls.crt and tls.key
    #[arg(
        help_heading = "Secrets, by name: keys are never options",
        long,
        value_name = "NAME",
        default_value = "datadog-etcd-client"
    )]
    etcd_secret: String,
    /// The Secret with which images are pulled
    #[arg(help_heading = "Secrets, by name: keys are never options", long, value_name = "NAME")]
    image_pull_secret: Option<String>,
    #[arg(
        help = "The SecretStore that an ExternalSecret reads, with --format argocd",
        help_heading = "Secrets, by name: keys are never options",
        long,
        value_name = "NAME",
        default_value = "datadog"
    )]
    secret_store: String,

    /// Collect the logs of all containers
    #[arg(help_heading = "What else to collect", long)]
    logs: bool,
    /// Collect traces
    #[arg(help_heading = "What else to collect", long)]
    apm: bool,
    /// Collect processes
    #[arg(help_heading = "What else to collect", long)]
    processes: bool,
    /// Serve the external metrics API; only one can in a cluster
    #[arg(help_heading = "What else to collect", long)]
    external_metrics: bool,
    /// Collect no Kubernetes events
    #[arg(help_heading = "What else to collect", long)]
    no_events: bool,
    /// Run no check of kube-state-metrics
    #[arg(help_heading = "What else to collect", long)]
    no_kube_state_metrics: bool,
    /// Elect no leader among agents
    #[arg(help_heading = "What else to collect", long)]
    no_leader_election: bool,
    /// How much the agents log
    #[arg(help_heading = "What else to collect", long, value_name = "LEVEL")]
    log_level: Option<Level>,

    /// The chart that this is for; the deployed one where a cluster was looked at and has one, else the newest known
    #[arg(help_heading = "Releases", long, value_name = "VERSION", value_parser = version)]
    chart_version: Option<Version>,
    /// The operator that this is for; found out in the same way
    #[arg(help_heading = "Releases", long, value_name = "VERSION", value_parser = version)]
    operator_version: Option<Version>,
    /// The release of Kubernetes that this is for; the cluster's where it was looked at, else the newest
    #[arg(help_heading = "Releases", long, value_name = "VERSION", value_parser = version)]
    kubernetes_version: Option<Version>,
    /// The registry of all images
    #[arg(help_heading = "Releases", long, value_name = "HOST")]
    registry: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum For {
    /// Those of the control plane alone
    ControlPlane,
    /// All others; their agents join the Cluster Agent of the other release
    Workers,
    /// All, with one configuration that is right for both
    All,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Source {
    /// The first of those below that the distribution has
    Auto,
    /// A listener for metrics alone
    Metrics,
    /// A certificate that opens metrics alone
    MetricsCertificate,
    /// A client certificate that lies on the nodes
    NodeCertificate,
    /// A client certificate of your own, in a Secret
    Secret,
    /// Nowhere
    Off,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Means {
    /// Files of the agents
    Files,
    /// Annotations of Services, and of pods that only pause where there is no Service
    Annotations,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum System {
    /// Linux
    Linux,
    /// Windows, on workers alone
    Windows,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Level {
    /// Everything
    Trace,
    /// What helps to find a fault
    Debug,
    /// What agents log by themselves
    Info,
    /// Warnings and worse
    Warn,
    /// Errors and worse
    Error,
}

impl For {
    const fn audience(self) -> Audience {
        match self {
            Self::ControlPlane => Audience::ControlPlane,
            Self::Workers => Audience::Workers,
            Self::All => Audience::All,
        }
    }

    /// The file of Helm values: half of a split bears the name that the articles gave it.
    pub(super) const fn file(self) -> &'static str {
        match self {
            Self::ControlPlane => "master-node-datadog-values.yaml",
            Self::Workers => "worker-node-datadog-values.yaml",
            Self::All => "values.yaml",
        }
    }
}

impl ChoiceArgs {
    pub(super) const fn audience(&self) -> Option<For> {
        self.audience
    }

    pub(super) fn pki(&self) -> Option<&str> {
        self.etcd_pki_dir.as_deref()
    }

    pub(super) fn store(&self) -> &str {
        &self.secret_store
    }

    /// The namespace and the name of what is installed, where this is the usual audience.
    pub(super) fn release(&self, usual: Audience) -> (&str, &str) {
        let release = match (&self.release, self.audience.map_or(usual, For::audience)) {
            (Some(release), _) => release.as_str(),
            (None, Audience::ControlPlane) => "control-plane-ddagent",
            (None, Audience::Workers) => "worker-node-ddagent",
            (None, Audience::All) => "datadog",
        };
        (&self.namespace, release)
    }

    /// The releases of the chart and of the operator that were named.
    pub(super) const fn named_releases(&self) -> (Option<Version>, Option<Version>) {
        (self.chart_version, self.operator_version)
    }

    pub(super) const fn external_metrics(&self) -> bool {
        self.external_metrics
    }

    /// The choices, for a cluster whose usual audience and releases are known.
    pub(super) fn choices(
        &self,
        usual: Audience,
        kubernetes: Option<&str>,
        releases: &Releases,
    ) -> Result<Choices, CommandError> {
        let audience = self.audience.map_or(usual, For::audience);
        let (_, release) = self.release(usual);
        if audience == Audience::Workers && release == self.cluster_agent_release {
            return Err(CommandError::usage(format!(
                "--release and --cluster-agent-release are both {release}: the agents on workers join another release"
            )));
        }
        Ok(Choices {
            audience,
            etcd: match self.etcd_source {
                Source::Auto => EtcdSource::Auto,
                Source::Metrics => EtcdSource::Metrics,
                Source::MetricsCertificate => EtcdSource::MetricsCertificate,
                Source::NodeCertificate => EtcdSource::NodeCertificate,
                Source::Secret => EtcdSource::Secret,
                Source::Off => EtcdSource::Off,
            },
            checks_by: match self.checks_by {
                Means::Files => ChecksBy::Files,
                Means::Annotations => ChecksBy::Annotations,
            },
            exposed: self.exposed.iter().copied().collect(),
            kubelet_tls: self.kubelet_tls.clone(),
            namespace: self.namespace.clone(),
            release: release.to_owned(),
            cluster_agent_release: self.cluster_agent_release.clone(),
            cluster_name: self.cluster_name.clone(),
            site: self.site.clone(),
            keys: Keys {
                api: self.api_key_secret.clone(),
                app: self.app_key_secret.clone(),
                token: self.token_secret.clone(),
                etcd: self.etcd_secret.clone(),
            },
            tags: self.tags.clone(),
            log_level: self.log_level.map(|level| match level {
                Level::Trace => LogLevel::Trace,
                Level::Debug => LogLevel::Debug,
                Level::Info => LogLevel::Info,
                Level::Warn => LogLevel::Warn,
                Level::Error => LogLevel::Error,
            }),
            registry: self.registry.clone(),
            pull_secret: self.image_pull_secret.clone(),
            extras: Extras {
                logs: self.logs,
                apm: self.apm,
                processes: self.processes,
                external_metrics: self.external_metrics,
                events: !self.no_events,
                kube_state_metrics: !self.no_kube_state_metrics,
                leader_election: !self.no_leader_election,
            },
            sidecars: self.sidecars,
            sidecar_accounts: self.sidecar_accounts.clone(),
            runners: self.runners,
            windows: matches!(self.target_system, System::Windows),
            versions: Versions {
                chart: releases.chart,
                operator: releases.operator,
                kubernetes: self.kubernetes_version.or_else(|| kubernetes.and_then(Version::read)),
            },
        })
    }
}

fn version(text: &str) -> Result<Version, String> {
    Version::read(text).ok_or_else(|| "expected numbers such as 3.240.0 or v1.36.2".to_owned())
}

fn component(text: &str) -> Result<Component, String> {
    match Component::named(text) {
        Some(component @ (Component::Etcd | Component::ControllerManager | Component::Scheduler)) => {
            Ok(component)
        }
        _ => Err("expected etcd, controller-manager or scheduler".to_owned()),
    }
}

fn kubelet_tls(text: &str) -> Result<KubeletTls, String> {
    match text {
        "verify" => Ok(KubeletTls::Verify),
        "skip" => Ok(KubeletTls::Skip),
        _ => match text.strip_prefix("ca=") {
            Some(path) => Ok(KubeletTls::Authority(path.to_owned())),
            None => Err("expected verify, skip or ca=PATH".to_owned()),
        },
    }
}

fn folder(text: &str) -> Result<String, String> {
    let is_good = text.starts_with('/')
        && !text.contains(char::is_control)
        && !text.split('/').any(|part| part == "..");
    if is_good { Ok(text.to_owned()) } else { Err("expected an absolute path on the nodes".to_owned()) }
}

fn account(text: &str) -> Result<Account, String> {
    let (namespace, name) = text.split_once('/').ok_or("expected NAMESPACE/NAME")?;
    Ok(Account { namespace: namespace.to_owned(), name: name.to_owned() })
}
