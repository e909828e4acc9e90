//! Authorities and certificates in kubeadm's layout, made by rcgen, and whatever may be wrong with a client's. It starts nothing.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, DnValue, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RsaKeySize, SanType,
    string::PrintableString,
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};
use time::{Duration, OffsetDateTime};

/// The one node of the control plane.
pub(crate) const NODE: &str = "cp-1";

/// Its address, which is this machine's own whatever else that has.
pub(crate) const ADDRESS: &str = "127.0.0.1";

/// The kind of all keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// kubeadm's default.
    Rsa,
    /// What it makes for `encryptionAlgorithm: ECDSA-P256`; made in no time.
    Ecdsa,
}

/// A certificate with its key, as PEM.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    pub(crate) pem: String,
    pub(crate) key: String,
}

/// A CA.
pub(crate) struct Authority {
    pub(crate) leaf: Leaf,
    issuer: Issuer<'static, KeyPair>,
    keys: KeyKind,
}

/// What a certificate says.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) name: String,
    pub(crate) group: Option<String>,
    pub(crate) purposes: Vec<ExtendedKeyUsagePurpose>,
    pub(crate) hosts: Vec<String>,
    pub(crate) from: OffsetDateTime,
    pub(crate) until: OffsetDateTime,
}

/// All of a cluster's.
pub(crate) struct Pki {
    pub(crate) kubernetes: Authority,
    pub(crate) front_proxy: Authority,
    pub(crate) etcd: Authority,
    /// The key that signs the tokens of service accounts.
    pub(crate) accounts: AccountKey,
    files: BTreeMap<&'static str, Leaf>,
}

/// A key that signs tokens.
pub(crate) struct AccountKey(KeyPair);

impl Shape {
    /// A client's, good for a year from five minutes ago, as kubeadm makes them.
    pub(crate) fn client(name: &str) -> Self {
        let from = OffsetDateTime::now_utc() - Duration::minutes(5);
        Self {
            name: name.to_owned(),
            group: None,
            purposes: vec![ExtendedKeyUsagePurpose::ClientAuth],
            hosts: Vec::new(),
            from,
            until: from + Duration::minutes(5) + Duration::days(365),
        }
    }

    /// A server's.
    pub(crate) fn server(name: &str, hosts: &[&str]) -> Self {
        Self {
            purposes: vec![ExtendedKeyUsagePurpose::ServerAuth],
            hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
            ..Self::client(name)
        }
    }

    pub(crate) fn in_group(self, group: &str) -> Self {
        Self { group: Some(group.to_owned()), ..self }
    }

    pub(crate) fn purposes(self, purposes: &[ExtendedKeyUsagePurpose]) -> Self {
        Self { purposes: purposes.to_vec(), ..self }
    }

    pub(crate) fn expired(self) -> Self {
        let now = OffsetDateTime::now_utc();
        Self { from: now - Duration::days(60), until: now - Duration::days(30), ..self }
    }

    pub(crate) fn not_yet_valid(self) -> Self {
        let now = OffsetDateTime::now_utc();
        Self { from: now + Duration::days(30), until: now + Duration::days(60), ..self }
    }
}

impl Authority {
    /// A CA of this name that nobody knows, whatever its name.
    pub(crate) fn new(name: &str, keys: KeyKind) -> Self {
        let from = OffsetDateTime::now_utc() - Duration::minutes(5);
        let mut params = params(name, None);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages.push(KeyUsagePurpose::KeyCertSign);
        params.subject_alt_names = vec![SanType::DnsName(name.try_into().unwrap())];
        params.not_before = from;
        params.not_after = from + Duration::minutes(5) + Duration::days(3650);
        let key = key(keys);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { leaf: Leaf { pem, key: key.serialize_pem() }, issuer: Issuer::new(params, key), keys }
    }

    /// A certificate of this CA.
    pub(crate) fn issue(&self, shape: &Shape) -> Leaf {
        let mut params = params(&shape.name, shape.group.as_deref());
        params.extended_key_usages.clone_from(&shape.purposes);
        params.use_authority_key_identifier_extension = true;
        params.is_ca = IsCa::ExplicitNoCa;
        params.not_before = shape.from;
        params.not_after = shape.until;
        params.subject_alt_names = shape
            .hosts
            .iter()
            .map(|host| match host.parse() {
                Ok(address) => SanType::IpAddress(address),
                Err(_) => SanType::DnsName(host.as_str().try_into().unwrap()),
            })
            .collect();
        let key = key(self.keys);
        let pem = params.signed_by(&key, &self.issuer).unwrap().pem();
        Leaf { pem, key: key.serialize_pem() }
    }
}

impl Pki {
    /// Everything that `kubeadm init phase certs all` makes, by the same names.
    pub(crate) fn make(keys: KeyKind) -> Self {
        let kubernetes = Authority::new("kubernetes", keys);
        let front_proxy = Authority::new("front-proxy-ca", keys);
        let etcd = Authority::new("etcd-ca", keys);
        let api_server = Shape::server(
            "kube-apiserver",
            &[
                NODE,
                "kubernetes",
                "kubernetes.default",
                "kubernetes.default.svc",
                "kubernetes.default.svc.cluster.local",
                "10.96.0.1",
                ADDRESS,
            ],
        );
        let both = [ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let member = Shape::server(NODE, &[NODE, "localhost", ADDRESS, "::1"]).purposes(&both);
        let files = BTreeMap::from([
            ("ca", kubernetes.leaf.clone()),
            ("front-proxy-ca", front_proxy.leaf.clone()),
            ("etcd/ca", etcd.leaf.clone()),
            ("apiserver", kubernetes.issue(&api_server)),
            ("apiserver-kubelet-client", kubernetes.issue(&Shape::client("kube-apiserver-kubelet-client"))),
            ("front-proxy-client", front_proxy.issue(&Shape::client("front-proxy-client"))),
            ("apiserver-etcd-client", etcd.issue(&Shape::client("kube-apiserver-etcd-client"))),
            ("etcd/healthcheck-client", etcd.issue(&Shape::client("kube-etcd-healthcheck-client"))),
            ("etcd/server", etcd.issue(&member)),
            ("etcd/peer", etcd.issue(&member)),
        ]);
        Self { kubernetes, front_proxy, etcd, accounts: AccountKey(key(keys)), files }
    }

    /// Writes all of it below a folder, keys readable by their owner only, as kubeadm does.
    pub(crate) fn write(&self, folder: &Path) {
        fs::create_dir_all(folder.join("etcd")).unwrap();
        for (name, leaf) in &self.files {
            leaf.write(folder, name);
        }
        write(&folder.join("sa.key"), &self.accounts.0.serialize_pem(), 0o600);
        write(&folder.join("sa.pub"), &self.accounts.0.public_key_pem(), 0o600);
    }

    /// The administrator's certificate.
    pub(crate) fn admin(&self) -> Leaf {
        self.kubernetes.issue(&Shape::client("kubernetes-admin").in_group("system:masters"))
    }
}

impl Leaf {
    /// Writes `NAME.crt` and `NAME.key`.
    pub(crate) fn write(&self, folder: &Path, name: &str) -> (PathBuf, PathBuf) {
        let (certificate, key) = (folder.join(format!("{name}.crt")), folder.join(format!("{name}.key")));
        write(&certificate, &self.pem, 0o644);
        write(&key, &self.key, 0o600);
        (certificate, key)
    }
}

impl AccountKey {
    /// One that no cluster knows.
    pub(crate) fn new() -> Self {
        Self(key(KeyKind::Ecdsa))
    }

    /// A signature as a token carries it. Elliptic keys only.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let key =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &self.0.serialize_der()).unwrap();
        key.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
    }
}

fn key(keys: KeyKind) -> KeyPair {
    match keys {
        KeyKind::Rsa => KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048),
        KeyKind::Ecdsa => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256),
    }
    .unwrap()
}

fn params(name: &str, group: Option<&str>) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    if let Some(group) = group {
        params.distinguished_name.push(DnType::OrganizationName, name_part(group));
    }
    params.distinguished_name.push(DnType::CommonName, name_part(name));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
    params
}

/// In the string type that Go would choose, because names are compared byte by byte.
fn name_part(text: &str) -> DnValue {
    PrintableString::try_from(text)
        .map_or_else(|_| DnValue::Utf8String(text.to_owned()), DnValue::PrintableString)
}

fn write(path: &Path, text: &str, mode: u32) {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let _ = fs::remove_file(path);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}
