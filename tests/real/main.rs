//! Everything that is tested against real servers: a control plane of kube-apiserver, controller-manager, scheduler and
//! etcd, started from the folder that `KUBEBUILDER_ASSETS` names. Nothing here reaches beyond loopback.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test sets up the world that it looks at, and fails where that fails"
)]

mod answers;
mod api;
mod checks;
mod control_plane;
mod doctor;
mod kubeadm;
mod life;
mod manifests;
mod on_node;
mod options;
mod permissions;
mod pki;
mod programs;
mod rbac;
mod setups;
mod size;
mod smoke;
mod tokens;
mod warden;

#[path = "../suite/lab/client.rs"]
#[expect(dead_code, reason = "the practice cluster's tests use the rest")]
mod client;
#[path = "../suite/support/mod.rs"]
#[expect(dead_code, reason = "the other tests use the rest")]
mod support;
