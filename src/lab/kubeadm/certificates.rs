//! kubeadm's PKI, the certificates that components make for themselves, and the agents' own one. Descriptions only.
//!
//! Source: the certificates of a cluster made by kubeadm 1.36 and those that its ports served.

use super::{ControlPlane, WORKER};
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
pub(super) fn all(age: SignedDuration, set_up_at: i64, control_planes: &[ControlPlane]) -> PkiSpec {
    let mut pki = PkiSpec::default();
    for (name, common_name) in
        [("ca", "kubernetes"), ("etcd-ca", "etcd-ca"), ("front-proxy-ca", "front-proxy-ca")]
    {
        // kubeadm's authorities carry their own name as a host name.
        let authority = AuthoritySpec {
            dns: vec![common_name.to_owned()],
            ..authority(common_name, by_kubeadm(-age, 3650))
        };
        pki.authorities.insert(name.to_owned(), authority);
    }
    for node in control_planes {
        let (since, second) = (node.joined_after - age, set_up_at + node.joined_after.as_secs());
        for component in ["controller-manager", "scheduler"] {
            let name = format!("{component}-{}", node.name);
            make_itself(&mut pki, name, ("localhost", &[LOOPBACK, LOOPBACK]), since, second);
        }
        make_itself(&mut pki, format!("kubelet-{}", node.name), (&node.name, &[]), since, second);
        pki.certificates.extend(of_node(node, control_planes, since));
    }
    make_itself(&mut pki, format!("kubelet-{WORKER}"), (WORKER, &[]), -age, set_up_at);
    pki.certificates.extend(of_cluster(age));
    pki
}

/// What a program makes in memory when it starts: an authority, a certificate of it, and then it forgets the
/// authority's key.
fn make_itself(
    pki: &mut PkiSpec,
    name: String,
    (host, addresses): (&str, &[IpAddr]),
    since: SignedDuration,
    second: i64,
) {
    // Dated back by an hour.
    let validity = valid(since, SignedDuration::from_hours(1), 365);
    let issuer = format!("{name}-ca");
    pki.authorities.insert(issuer.clone(), authority(&format!("{host}-ca@{second}"), validity));
    let issuer = Issuer::SentAuthority(issuer);
    let certificate = certificate(&format!("{host}@{second}"), issuer, SERVER, validity);
    pki.certificates.insert(name, certificate.named(&[host], addresses));
}

/// What kubeadm puts on a control-plane node for what is served there.
fn of_node(
    node: &ControlPlane,
    control_planes: &[ControlPlane],
    since: SignedDuration,
) -> [(String, CertificateSpec); 3] {
    let name = node.name.as_str();
    let api_names = [
        name,
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
    ];
    // Every API server bears the address under which the cluster is known, which here is that of the first.
    let mut api_addresses = vec![API_SERVICE, node.address];
    api_addresses
        .extend(control_planes.first().map(|first| first.address).filter(|first| *first != node.address));
    let etcd_addresses = [node.address, LOOPBACK, LOOPBACK_V6];
    let leaf = |common_name: &str, issuer: &str, purposes| {
        certificate(common_name, Issuer::Authority(issuer.to_owned()), purposes, by_kubeadm(since, 365))
    };
    let of_etcd = || leaf(name, "etcd-ca", BOTH).named(&[name, "localhost"], &etcd_addresses);
    [
        (format!("apiserver-{name}"), leaf("kube-apiserver", "ca", SERVER).named(&api_names, &api_addresses)),
        (format!("etcd-server-{name}"), of_etcd()),
        (format!("etcd-peer-{name}"), of_etcd()),
    ]
}

/// What is made once, or alike on every node.
fn of_cluster(age: SignedDuration) -> impl Iterator<Item = (String, CertificateSpec)> {
    let authority = |name: &str| Issuer::Authority(name.to_owned());
    let leaf = |common_name: &str, issuer, purposes| {
        certificate(common_name, issuer, purposes, by_kubeadm(-age, 365))
    };
    [
        ("apiserver-kubelet-client", leaf("kube-apiserver-kubelet-client", authority("ca"), CLIENT)),
        ("apiserver-etcd-client", leaf("kube-apiserver-etcd-client", authority("etcd-ca"), CLIENT)),
        ("front-proxy-client", leaf("front-proxy-client", authority("front-proxy-ca"), CLIENT)),
        ("etcd-healthcheck-client", leaf("kube-etcd-healthcheck-client", authority("etcd-ca"), CLIENT)),
        ("admin", leaf("kubernetes-admin", authority("ca"), CLIENT).in_group("kubeadm:cluster-admins")),
        (
            "cluster-agent",
            leaf("datadog-cluster-agent", Issuer::Itself, SERVER).named(&["localhost"], &[LOOPBACK]),
        ),
        (
            "datadog-etcd-client",
            CertificateSpec {
                validity: by_kubeadm(SignedDuration::from_hours(-30 * HOURS_A_DAY), 365),
                ..leaf("datadog-agent", authority("etcd-ca"), CLIENT)
            },
        ),
    ]
    .into_iter()
    .map(|(name, certificate)| (name.to_owned(), certificate))
}

/// kubeadm dates back by five minutes.
const fn by_kubeadm(moment: SignedDuration, days: i64) -> Validity {
    valid(moment, SignedDuration::from_mins(5), days)
}

/// From somewhat before a moment until some days after it.
const fn valid(moment: SignedDuration, dated_back: SignedDuration, days: i64) -> Validity {
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
