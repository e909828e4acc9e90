//! The embedded practice cluster: real servers in this process that demand and answer what a kubeadm cluster's do.
//!
//! One [`LabSpec`] describes it; the servers read the spec, and a fault is a change of it. Nothing outside this module
//! and its command knows that there is a practice cluster: everybody else sees addresses and a kubeconfig.

mod key;
mod kubeadm;
mod pki;
mod seed;
pub mod spec;

pub use pki::PkiError;
pub use spec::LabSpec;
