//! `--on-node`: the node that ctlmon runs on in place of a cluster. It reads no kubeconfig.

use super::source::{Sight, now};
use crate::{
    error::CommandError,
    model::{
        observed::Why,
        snapshot::{Snapshot, Wanted},
    },
    observe::{Limits, Observer, host::HostRoot},
    view::{OnNode, View},
};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(next_help_heading = "This node, without a Kubernetes API")]
pub(super) struct OnNodeArgs {
    /// Look at the control-plane node that ctlmon runs on: its processes, manifests, certificates, loopback; as root
    #[arg(long, conflicts_with_all = super::source::CLUSTER_OPTIONS, conflicts_with = "from")]
    on_node: bool,
    /// Where the root of the node's file system is mounted, such as /host in a container
    #[arg(long, value_name = "PATH", default_value = "/", requires = "on_node")]
    host_root: PathBuf,
}

impl OnNodeArgs {
    /// Whether the node is looked at in place of a cluster.
    pub(super) const fn is_wanted(&self) -> bool {
        self.on_node
    }

    /// What is needed to look at the node, where that is wanted.
    pub(super) fn sight(&self, limits: Limits, wanted: Wanted) -> Result<Option<Sight>, CommandError> {
        if !self.on_node {
            return Ok(None);
        }
        let host = HostRoot::at(&self.host_root);
        let root = self.host_root.display();
        host.check().map_err(|error| {
            let what =
                format_args!("cannot read {root}, where the root of a node's file system was expected");
            CommandError::system(what, &error)
        })?;
        let wanted = Wanted { on_node: Some(root.to_string()), ..wanted };
        let observer = Observer::of_node(host, limits);
        Ok(Some(Sight { observer, snapshot: Snapshot::empty(now(), wanted), way: None }))
    }
}

/// The error of a run on a machine that shows no control plane.
pub(super) fn reached(snapshot: &Snapshot) -> Result<(), CommandError> {
    match View::new(snapshot).node {
        Some(node) if !node.has_control_plane() && snapshot.cut_short.is_none() => {
            Err(no_control_plane(&node))
        }
        _ => Ok(()),
    }
}

fn no_control_plane(node: &OnNode<'_>) -> CommandError {
    let folders = node.manifest_folders().into_iter().collect::<Vec<_>>().join(" and ");
    if node.gaps.is_empty() {
        let message = format!(
            "this machine is no control-plane node: no manifest of a control plane lies in {folders}, and no process of one runs"
        );
        return CommandError::could_not_look(message)
            .hint("run it on a control-plane node, or name a cluster with --kubeconfig");
    }
    let gaps: Vec<String> = node.gaps.iter().map(ToString::to_string).collect();
    let message = format!(
        "nothing of a control plane was seen on this machine, and not all could be looked at: {}",
        gaps.join("; ")
    );
    let error = CommandError::could_not_look(message);
    if node.gaps.iter().any(|gap| matches!(gap.why, Why::Denied(_))) {
        error.hint("run ctlmon as root")
    } else {
        error.hint("is --host-root the root of a node's file system, with the node's /proc in it?")
    }
}
