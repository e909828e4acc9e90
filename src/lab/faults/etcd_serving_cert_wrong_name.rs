//! The serving certificate of etcd's last member was made for an address that its node had before.

use super::Fault;
use std::net::{IpAddr, Ipv4Addr};

const FORMER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 77));

pub(super) static FAULT: Fault = Fault {
    id: "etcd-serving-cert-wrong-name",
    check: "serving-cert-wrong-name",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(certificate) = spec.last_etcd_serving() {
            certificate.addresses = vec![IpAddr::V4(Ipv4Addr::LOCALHOST), FORMER];
        }
    },
};
