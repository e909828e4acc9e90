//! The nouns of ctlmon: what is asked, what was answered, and how an answer can be missing.
//!
//! Nothing here may touch a clock, a disk, a network, an environment variable or a terminal.

pub mod access;
pub mod agent_rights;
pub mod agent_role;
pub mod agents;
pub mod answer;
pub mod around;
pub mod check_config;
pub mod cluster_name;
pub mod component;
pub mod deployed;
pub mod endpoint;
pub mod evidence;
pub mod facts;
pub mod host;
pub mod installed;
pub mod installer;
pub mod kubelet;
pub mod monitors;
pub mod need;
pub mod network_policy;
pub mod observed;
pub mod progress;
pub mod question;
pub mod resource;
pub mod rights;
pub mod said;
pub mod sayings;
pub mod secret;
pub mod selector;
pub mod snapshot;
pub mod surroundings;
pub mod survey;
mod token;
pub mod workload;
pub mod written_url;
