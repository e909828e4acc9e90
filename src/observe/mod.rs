//! Looking at the world: the only module that may use sockets, kube, tokio and the clock.
//!
//! Looking cannot fail; it can only see less.

mod client;
pub mod cluster;
pub mod decode;
pub mod dial;
mod exchange;
mod exec;
pub mod files;
mod forward;
pub mod host;
pub mod keyring;
pub mod kubeconfig;
mod logs;
pub mod metrics;
mod pages;
pub mod pasted;
pub mod probe;
pub mod proxy;
mod redact;
mod run;
pub mod secrets;
mod tls;
mod watch;

pub use run::{Limits, Observer, observe};
