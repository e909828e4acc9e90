//! kubeadm's PKI, the certificates that components make for themselves, and the agents' own one. Descriptions only.
//!
//! Source: the certificates of a cluster made by kubeadm 1.36 and those that its ports served.

use super::{CONTROL_PLANE, CONTROL_PLANE_ADDRESS, WORKER};
use crate::lab::spec::{AuthoritySpec, CertificateSpec, Issuer, KeyType, PkiSpec, Purpose, Validity};
use jiff::SignedDuration;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const HOURS_A_DAY: i64 = 24;
const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const LOOPBACK_V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
const API_SERVICE: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 96, 0, 1));
const BOTH: &[Purpose] = &[Purpose::Server, Purpose::Client];
const SERVER: &[Purpose] = &[Purpose::Server];
const CLIENT: &[Purpose] = &[Purpose::Client];

/// All certificates of a cluster that was set up `age` ago, at the Unix time `set_up_at`.
pub(super) fn all(age: SignedDuration, set_up_at: i64) -> PkiSpec {
    let by_kubeadm = |days| since(-age, SignedDuration::from_mins(5), days);
    // Components date what they make in memory back by an hour.
    let by_itself = |days| since(-age, SignedDuration::from_hours(1), days);
    let mut pki = PkiSpec::default();
    for (name, common_name) in
        [("ca", "kubernetes"), ("etcd-ca", "etcd-ca"), ("front-proxy-ca", "front-proxy-ca")]
    {
        // kubeadm's authorities carry their own name as a host name.
        let authority =
            AuthoritySpec { dns: vec![common_name.to_owned()], ..authority(common_name, by_kubeadm(3650)) };
        pki.authorities.insert(name.to_owned(), authority);
    }
    let localhost = format!("localhost@{set_up_at}");
    for (name, common_name, dns, addresses) in [
        ("controller-manager".to_owned(), localhost.clone(), "localhost", &[LOOPBACK, LOOPBACK][..]),
        ("scheduler".to_owned(), localhost, "localhost", &[LOOPBACK, LOOPBACK][..]),
        (format!("kubelet-{CONTROL_PLANE}"), format!("{CONTROL_PLANE}@{set_up_at}"), CONTROL_PLANE, &[][..]),
        (format!("kubelet-{WORKER}"), format!("{WORKER}@{set_up_at}"), WORKER, &[][..]),
    ] {
        let issuer = common_name.replacen('@', "-ca@", 1);
        pki.authorities.insert(format!("{name}-ca"), authority(&issuer, by_itself(365)));
        let issuer = Issuer::SentAuthority(format!("{name}-ca"));
        pki.certificates
            .insert(name, certificate(&common_name, issuer, SERVER, by_itself(365)).named(&[dns], addresses));
    }

    let node = CONTROL_PLANE_ADDRESS;
    let kubernetes = || Issuer::Authority("ca".to_owned());
    let etcd = || Issuer::Authority("etcd-ca".to_owned());
    let leaf =
        |common_name: &str, issuer, purposes| certificate(common_name, issuer, purposes, by_kubeadm(365));
    let etcd_names = [CONTROL_PLANE, "localhost"];
    let etcd_addresses = [node, LOOPBACK, LOOPBACK_V6];
    let api_names = [
        CONTROL_PLANE,
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
    ];
    for (name, certificate) in [
        ("apiserver", leaf("kube-apiserver", kubernetes(), SERVER).named(&api_names, &[API_SERVICE, node])),
        ("apiserver-kubelet-client", leaf("kube-apiserver-kubelet-client", kubernetes(), CLIENT)),
        ("apiserver-etcd-client", leaf("kube-apiserver-etcd-client", etcd(), CLIENT)),
        (
            "front-proxy-client",
            leaf("front-proxy-client", Issuer::Authority("front-proxy-ca".to_owned()), CLIENT),
        ),
        ("etcd-server", leaf(CONTROL_PLANE, etcd(), BOTH).named(&etcd_names, &etcd_addresses)),
        ("etcd-peer", leaf(CONTROL_PLANE, etcd(), BOTH).named(&etcd_names, &etcd_addresses)),
        ("etcd-healthcheck-client", leaf("kube-etcd-healthcheck-client", etcd(), CLIENT)),
        ("admin", leaf("kubernetes-admin", kubernetes(), CLIENT).in_group("kubeadm:cluster-admins")),
        (
            "cluster-agent",
            leaf("datadog-cluster-agent", Issuer::Itself, SERVER).named(&["localhost"], &[LOOPBACK]),
        ),
        (
            "datadog-etcd-client",
            CertificateSpec {
                validity: since(
                    SignedDuration::from_hours(-30 * HOURS_A_DAY),
                    SignedDuration::from_mins(5),
                    365,
                ),
                ..leaf("datadog-agent", etcd(), CLIENT)
            },
        ),
    ] {
        pki.certificates.insert(name.to_owned(), certificate);
    }
    pki
}

/// From somewhat before a moment until some days after it.
const fn since(moment: SignedDuration, dated_back: SignedDuration, days: i64) -> Validity {
    Validity {
        from: moment.saturating_sub(dated_back),
        until: moment.saturating_add(SignedDuration::from_hours(days * HOURS_A_DAY)),
    }
}

fn authority(common_name: &str, validity: Validity) -> AuthoritySpec {
    AuthoritySpec { common_name: common_name.to_owned(), dns: Vec::new(), validity, key: KeyType::P256 }
}

fn certificate(
    common_name: &str,
    issuer: Issuer,
    purposes: &[Purpose],
    validity: Validity,
) -> CertificateSpec {
    CertificateSpec {
        common_name: common_name.to_owned(),
        organization: None,
        issuer,
        purposes: purposes.to_vec(),
        dns: Vec::new(),
        addresses: Vec::new(),
        validity,
        key: KeyType::P256,
    }
}
