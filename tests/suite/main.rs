//! Everything that is tested from outside, over the binary and over the crate's public items; one program, so that it links
//! once and what the tests share is shared.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test sets up the world that it looks at, and fails where that fails"
)]

mod all_nodes;
mod canaries;
mod captures;
mod certs;
mod cli;
mod clusters;
mod contexts;
mod coverage;
mod credentials;
mod denied;
mod detection;
mod environment;
mod etcd;
mod faults;
mod fix_plan;
mod gen_values;
mod generated;
mod habits;
mod hard_cases;
mod hostile;
mod impostor;
mod job;
mod kubeconfig;
mod lab;
mod monitoring;
mod on_node;
mod pairs;
mod pasted;
mod permissions;
mod replay;
mod reports;
mod rights;
mod said;
mod scenarios_agents;
mod scenarios_config;
mod scenarios_platform;
mod selection;
mod several;
mod story;
mod support;
mod taken_rights;
mod wait;
mod workloads;
