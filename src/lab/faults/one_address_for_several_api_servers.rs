//! The API servers, of which Amazon runs two, are asked through the Service in front of them.

use super::Fault;
use crate::{
    lab::{
        edit::Edit,
        spec::{ComponentSpec, NodeSpec},
    },
    model::component::Component,
};
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr};

pub(super) static FAULT: Fault = Fault {
    id: "one-address-for-several-api-servers",
    check: "one-address-for-several-api-servers",
    distributions: &["eks"],
    change: |spec| {
        const SECOND: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 12));
        let Some(first) = spec.nodes.iter().find(|node| !node.is_member).cloned() else { return };
        let Some(server) = spec.component(Component::ApiServer, &first.name).cloned() else { return };
        if let Some(certificate) = spec.pki.certificates.get_mut(&server.serving) {
            certificate.addresses.push(SECOND);
        }
        let node = "cp-2".to_owned();
        spec.components.push(ComponentSpec { node: node.clone(), ..server });
        spec.nodes.push(NodeSpec { name: node, address: SECOND, ..first });
        let instance =
            json!({"prometheus_url": "https://%%host%%:%%port%%/metrics", "bearer_token_auth": true});
        let checks = json!({"kube_apiserver_metrics": {"init_config": {}, "instances": [instance]}});
        let annotations = json!({"ad.datadoghq.com/service.checks": checks.to_string()});
        spec.edits.push(Edit::new(
            "Service",
            "default",
            "kubernetes",
            "/metadata/annotations",
            Some(annotations),
        ));
    },
};
