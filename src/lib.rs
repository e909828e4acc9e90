//! ctlmon: sets up and diagnoses the monitoring of a Kubernetes control plane with Datadog.
//!
//! Data flows one way: questions are planned by pure functions, asked at the edge in waves, and their answers are
//! kept in a snapshot; judges turn the snapshot into a report; renderers turn that into words. A saved snapshot
//! can stand in for the world at any time.
//!
//! What holds throughout:
//! - only [`observe`], [`recording`] and [`store`] bring facts in; only [`render`] and the file-writing edge let words out;
//! - asking cannot fail, it returns less; absence of evidence is unknown, never a pass and never a problem;
//! - a snapshot holds no conclusions and no secrets;
//! - planning, detecting and judging are functions of their arguments, time included;
//! - no check knows another check's code, no distribution names another distribution;
//! - nothing is stored in the cluster: what is created there is an answer and is never kept (access reviews, a
//!   port-forward, with `--as-agent` a short-lived token and a token review, with `--exec` a run of a status command);
//! - a credential never leaves for a server that it is not meant for.

pub mod certs;
pub mod commands;
pub mod distributions;
pub mod doctor;
mod error;

pub mod lab;
pub mod model;
pub mod monitoring;
pub mod observe;
pub mod plan;
pub mod questions;

pub mod rbac;
pub mod recording;
pub mod render;
pub mod store;
pub mod view;
pub mod yaml;

pub use commands::Cli;
pub use error::{CommandError, Exit};

/// Runs one command.
///
/// # Errors
/// Where the command could not do its work; what is wrong with a cluster is never an error.
pub fn run(cli: Cli) -> Result<Exit, CommandError> {
    // Several libraries look for the process's crypto provider; this must come before the first of them. A second
    // call in one process finds it installed already, which is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    commands::run(cli)
}

/// Says of every panic from now on where it came about, and none of its words: they may hold what was seen.
pub fn hide_panics() {
    commands::hide_panics();
}

/// Says an error and its hints on stderr.
pub fn report(error: &CommandError) {
    commands::report(error);
}
