//! The cluster was made with IPv6, and the application's sidecar is from before Agents knew such addresses.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;
use std::net::{IpAddr, Ipv6Addr};

pub(super) static FAULT: Fault = Fault {
    id: "sidecar-on-ipv6-too-old",
    check: "sidecar-on-ipv6-too-old",
    distributions: &["eks"],
    change: |spec| {
        const ADDRESS: IpAddr = IpAddr::V6(Ipv6Addr::new(0xfd7a, 0x9c2e, 0, 0, 0, 0, 0, 1));
        for node in spec.nodes.iter_mut().filter(|node| !node.is_member) {
            node.address = ADDRESS;
        }
        for certificate in spec.components.iter().map(|server| &server.serving) {
            if let Some(certificate) = spec.pki.certificates.get_mut(certificate) {
                certificate.addresses.push(ADDRESS);
            }
        }
        let address = "/subsets/0/addresses/0/ip";
        spec.edits.push(Edit::new("Endpoints", "default", "kubernetes", address, Some(json!(ADDRESS))));
        let (namespace, name) = (&spec.sidecar.account.namespace, &spec.sidecar.account.name);
        let (image, old) = ("/spec/template/spec/containers/1/image", json!("gcr.io/datadoghq/agent:7.43.1"));
        spec.edits.push(Edit::new("Deployment", namespace, name, image, Some(old)));
    },
};
