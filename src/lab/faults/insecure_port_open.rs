//! Somebody followed an old guide to Heapster and opened the port that asks nobody.

use super::Fault;
use crate::model::component::Component;

pub(super) static FAULT: Fault = Fault {
    id: "insecure-port-open",
    check: "insecure-port-open",
    distributions: &["kubeadm"],
    change: |spec| {
        let mut servers = spec.components.iter_mut().filter(|part| part.component == Component::ApiServer);
        if let Some(server) = servers.next_back() {
            server.flags.insert("insecure-port".to_owned(), "6444".to_owned());
            server.flags.insert("insecure-bind-address".to_owned(), "0.0.0.0".to_owned());
        }
    },
};
