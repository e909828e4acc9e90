//! Behind the port of etcd on the node is the page of a proxy that wants people to sign in.

use super::Fault;
use crate::model::component::Component;

pub(super) static FAULT: Fault = Fault {
    id: "answers-something-else",
    check: "answers-something-else",
    distributions: &["kubeadm"],
    change: |spec| {
        let page = "<!doctype html>\n<title>Sign in</title>\n";
        spec.in_place.insert(Component::Etcd, page.to_owned());
    },
};
