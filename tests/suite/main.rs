//! Everything that is tested from outside, over the binary and over the crate's public items; one program, so that it links
//! once and what the tests share is shared.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test sets up the world that it looks at, and fails where that fails"
)]

mod canaries;
mod captures;
mod certs;
mod cli;
mod clusters;
mod contexts;
mod credentials;
mod denied;
mod detection;
mod etcd;
mod faults;
mod gen_values;
mod generated;
mod habits;
mod hard_cases;
mod hostile;
mod impostor;
mod kubeconfig;
mod lab;
mod monitoring;
mod on_node;
mod pasted;
mod replay;
mod rights;
mod scenarios_config;
mod selection;
mod support;
mod workloads;
