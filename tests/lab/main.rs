//! The practice cluster seen from outside: it must answer as a real kubeadm cluster was seen to answer.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test sets up the world that it looks at, and fails where that fails"
)]

mod api;
mod client;
mod components;
mod etcd;
mod forward;
mod life;
mod nodes;
mod proxy;
