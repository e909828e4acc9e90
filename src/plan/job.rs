//! A Job that looks from inside: at the cluster and at the control-plane node on which it runs.

use super::{
    choices::Audience,
    error::PlanError,
    parts::Placement,
    rights::{self, Grantee},
    schedule,
    template::fill,
};
use crate::model::need::Need;
use serde::Serialize;

/// How long the Job may run, in seconds: longer than `--timeout` and the pull of a small image.
const DEADLINE: u32 = 300;

/// How long the Job is kept once it has ended, in seconds.
const KEPT: u32 = 3600;

/// What is to be run.
#[derive(Clone, Debug)]
pub struct Job<'a> {
    /// The Job, its service account and the roles of that.
    pub grantee: Grantee<'a>,
    /// The image.
    pub image: &'a str,
    /// The Secret with which the image is pulled.
    pub pull_secret: Option<&'a str>,
    /// The arguments of the container that looks at the cluster; none where only the node is looked at.
    pub of_cluster: Vec<String>,
    /// The arguments of the container that looks at the node.
    pub of_node: Vec<String>,
}

#[derive(Serialize)]
struct Slots<'a> {
    name: &'a str,
    namespace: &'a str,
    image: &'a str,
    pull_secret: Option<&'a str>,
    of_cluster: &'a [String],
    of_node: &'a [String],
    rights: Option<String>,
    placement: Placement,
    deadline: u32,
    kept: u32,
}

/// The Job with everything that it needs.
///
/// # Errors
/// Where a template is at fault.
pub fn manifest(job: &Job<'_>, needs: &[Need]) -> Result<String, PlanError> {
    let Grantee { name, namespace } = job.grantee;
    let rights = if job.of_cluster.is_empty() {
        None
    } else {
        let lead = "What the Job may do: each rule with the reason for it.";
        Some(rights::manifest(job.grantee, needs, lead)?)
    };
    // Nobody has looked at the cluster yet, so that any of the known roles will do.
    let placement = schedule::placement(Audience::ControlPlane, schedule::roles(&[]), &[]);
    fill(
        "job.yaml.j2",
        Slots {
            name,
            namespace,
            image: job.image,
            pull_secret: job.pull_secret,
            of_cluster: &job.of_cluster,
            of_node: &job.of_node,
            rights,
            placement,
            deadline: DEADLINE,
            kept: KEPT,
        },
    )
}
