//! `doctor --job`: the manifest of a Job that does the same from inside the cluster. It asks nothing of a cluster.

use super::{DoctorArgs, format::Format};
use crate::{
    commands::{
        permissions::{Extent, NAME, as_json, name},
        print,
    },
    error::{CommandError, Exit},
    plan::{
        job::{Job, manifest},
        rights::Grantee,
    },
    questions::{
        least::{Purpose, least},
        needs::AGENTS_NAMESPACE,
    },
    render::Console,
};
use clap::Args;

/// Where the Job finds the root of its node's file system.
const HOST_ROOT: &str = "/host";

#[derive(Debug, Args)]
#[command(next_help_heading = "From inside of the cluster")]
pub(super) struct JobArgs {
    /// Print a Job with its service account and rules that looks from a control-plane node, and look at nothing
    ///
    /// One container looks at the cluster and one at the node; with --on-node the latter alone, which needs no rights. The
    /// reports are JSON, in the log.
    #[arg(
        long, conflicts_with_all = crate::commands::source::CLUSTER_OPTIONS,
        conflicts_with_all = [
            "all_contexts", "endpoints", "lab", "from", "save", "list", "only", "skip", "wait", "host_root", "fix_plan",
        ]
    )]
    job: bool,
    /// The image for the Job, built with the project's Containerfile
    #[arg(long, value_name = "REF", requires = "job")]
    image: Option<String>,
    /// The Secret with which the image is pulled
    #[arg(long, value_name = "NAME", requires = "image", value_parser = name)]
    image_pull_secret: Option<String>,
}

impl JobArgs {
    /// Whether a Job is to be printed in place of a report.
    pub(super) const fn is_wanted(&self) -> bool {
        self.job
    }
}

pub(super) fn run(console: &Console, args: &DoctorArgs) -> Result<Exit, CommandError> {
    let image = args.job.image.as_deref().filter(|image| !image.trim().is_empty()).ok_or_else(|| {
        CommandError::usage("--job needs an image to run, and none is published")
            .hint("build the Containerfile, push it to a registry of yours, and name it with --image REF")
    })?;
    let named = args.namespace.named();
    let namespace = named.as_deref().unwrap_or(AGENTS_NAMESPACE);
    let wanted = args.wanted();
    let extent = Extent {
        ways: wanted.via.as_deref(),
        as_agent: wanted.as_agent,
        listening: wanted.listening,
        // Which cluster it will run in is not known here, and a role in a namespace that is missing is refused.
        openshift: false,
    };
    let purpose =
        Purpose { occasions: extent.occasions(), agents: namespace.to_owned(), sidecars: Vec::new() };
    let job = Job {
        grantee: Grantee { name: NAME, namespace },
        image,
        pull_secret: args.job.image_pull_secret.as_deref(),
        of_cluster: if args.node.is_wanted() { Vec::new() } else { of_cluster(args) },
        of_node: of_node(args),
    };
    let text = manifest(&job, &least(&purpose))?;
    let text = match args.judging.output {
        Format::Human | Format::Yaml => text,
        Format::Json => as_json(&text)?,
        Format::Junit | Format::Markdown => {
            return Err(CommandError::usage("--job prints a manifest, which is YAML or JSON")
                .hint("-o yaml, or -o json"));
        }
    };
    print(console, &text)?;
    Ok(Exit::Fine)
}

/// What was said here and matters where the cluster is looked at.
fn of_cluster(args: &DoctorArgs) -> Vec<String> {
    let identity = &args.identity;
    let mut all = judging(args, &[]);
    if let Some(namespace) = args.namespace.named() {
        all.extend(["--namespace".to_owned(), namespace]);
    }
    let flags = [
        (identity.as_agent, "--as-agent"),
        (identity.all_nodes, "--all-nodes"),
        (identity.no_port_forward, "--no-port-forward"),
        (args.listening.logs, "--logs"),
        (args.listening.exec, "--exec"),
        (identity.send_token_unverified, "--send-token-unverified"),
    ];
    all.extend(flags.into_iter().filter(|(is_said, _)| *is_said).map(|(_, flag)| flag.to_owned()));
    if !identity.via.is_empty() {
        all.extend(["--via".to_owned(), said(&identity.via)]);
    }
    all
}

/// What was said here and matters where the node is looked at.
fn of_node(args: &DoctorArgs) -> Vec<String> {
    judging(args, &["--on-node", "--host-root", HOST_ROOT])
}

fn judging(args: &DoctorArgs, more: &[&str]) -> Vec<String> {
    let fail_on = said(&[args.judging.fail_on]);
    let mut all = vec!["doctor", "-o", "json", "--fail-on", &fail_on];
    all.extend(more);
    all.extend(args.judging.allow_unknown.then_some("--allow-unknown"));
    all.into_iter().map(str::to_owned).collect()
}

/// Values as they are typed.
fn said<T: clap::ValueEnum>(values: &[T]) -> String {
    let names = values.iter().filter_map(clap::ValueEnum::to_possible_value);
    names.map(|value| value.get_name().to_owned()).collect::<Vec<_>>().join(",")
}
