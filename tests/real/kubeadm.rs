//! The certificates and flags that the tests make, against those that the real kubeadm makes.

use crate::{
    options::{Options, Ports},
    pki::{ADDRESS, KeyKind, NODE, Pki},
    programs::{Program, has_assets},
    warden::Warden,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
};
use x509_parser::{
    pem::Pem,
    prelude::{FromDer as _, GeneralName, ParsedExtension, X509Certificate},
};

/// The address that kubeadm is told to advertise: it takes none of loopback.
const ADVERTISED: &str = "192.0.2.11";

/// Runs phases of `kubeadm init` that only write files, and says where its PKI and its manifests are.
fn kubeadm(warden: &Warden, algorithm: &str) -> std::path::PathBuf {
    let folder = warden.folder().join(format!("by-kubeadm-{algorithm}"));
    fs::create_dir_all(&folder).unwrap();
    let config = folder.join("config.yaml");
    let pki = folder.join("pki");
    fs::write(
        &config,
        format!(
            "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n\
             localAPIEndpoint: {{advertiseAddress: {ADVERTISED}}}\nnodeRegistration: {{name: {NODE}}}\n---\n\
             apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.36.3\n\
             certificatesDir: {}\nencryptionAlgorithm: {algorithm}\nnetworking: {{podSubnet: 10.244.0.0/16}}\n",
            pki.display()
        ),
    )
    .unwrap();
    let mut command = Command::new(Program::Kubeadm.path());
    command.env_clear().env("HOME", &folder).current_dir(&folder);
    command.args(["init", "phase", "certs", "all", "--config"]).arg(&config);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

/// What of a certificate decides what it is good for. kubeadm advertises no address of loopback, and these tests no
/// other, so one stands for the other.
fn essence(path: &Path) -> BTreeMap<&'static str, String> {
    let pem = Pem::iter_from_buffer(&fs::read(path).unwrap()).next().unwrap().unwrap();
    let (_, certificate) = X509Certificate::from_der(&pem.contents).unwrap();
    let validity = certificate.validity();
    let seconds = validity.not_after.timestamp() - validity.not_before.timestamp();
    let key = certificate.public_key();
    let mut essence = BTreeMap::from([
        ("version", format!("{}", certificate.version())),
        // Names are compared byte by byte, so their encoding counts.
        ("subject", format!("{} {:02x?}", certificate.subject(), certificate.subject().as_raw())),
        ("issuer", format!("{} {:02x?}", certificate.issuer(), certificate.issuer().as_raw())),
        ("days", (seconds / 86400).to_string()),
        ("signature", certificate.signature_algorithm.algorithm.to_id_string()),
        ("key", format!("{} {}", key.algorithm.algorithm.to_id_string(), key.parsed().unwrap().key_size())),
    ]);
    for extension in certificate.extensions() {
        let critical = if extension.critical { "critical " } else { "" };
        let (name, value) = match extension.parsed_extension() {
            ParsedExtension::BasicConstraints(of) => ("basic constraints", format!("{critical}{of:?}")),
            ParsedExtension::KeyUsage(of) => ("key usage", format!("{critical}{of}")),
            ParsedExtension::ExtendedKeyUsage(of) => (
                "extended key usage",
                format!("{critical}client {} server {} any {}", of.client_auth, of.server_auth, of.any),
            ),
            ParsedExtension::SubjectAlternativeName(of) => {
                let names: BTreeSet<String> = of
                    .general_names
                    .iter()
                    .map(|name| match name {
                        GeneralName::IPAddress(bytes) => {
                            format!("{bytes:?}").replace(&octets(ADVERTISED), &octets(ADDRESS))
                        }
                        other => format!("{other}"),
                    })
                    .collect();
                ("alternative names", format!("{critical}{names:?}"))
            }
            // Their values are made from the keys.
            ParsedExtension::AuthorityKeyIdentifier(_) => ("authority key id", critical.to_owned()),
            ParsedExtension::SubjectKeyIdentifier(_) => ("subject key id", critical.to_owned()),
            other => ("other", format!("{critical}{other:?}")),
        };
        essence.insert(name, value);
    }
    essence
}

/// The files below a folder, by their paths in it.
fn files(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|inner| format!("{name}/{inner}")));
        } else {
            found.insert(name);
        }
    }
    found
}

fn check_certificates(test: &str, algorithm: &str, keys: KeyKind) {
    if !has_assets(test) {
        return;
    }
    let warden = Warden::new();
    let theirs = kubeadm(&warden, algorithm).join("pki");
    let ours = warden.folder().join("pki");
    Pki::make(keys).write(&ours);
    assert_eq!(files(&ours), files(&theirs));
    let mut compared = 0;
    for name in
        files(&theirs).iter().filter(|name| Path::new(name).extension().is_some_and(|end| end == "crt"))
    {
        let mut expected = essence(&theirs.join(name));
        let mut found = essence(&ours.join(name));
        for essence in [&mut expected, &mut found] {
            // rcgen gives leaves a key id of their own, too, by which nobody looks for one.
            essence.retain(|key, _| *key != "subject key id" || name.ends_with("ca.crt"));
        }
        assert_eq!(found, expected, "{name}");
        compared += 1;
    }
    assert_eq!(compared, 10);
    for name in
        files(&theirs).iter().filter(|name| Path::new(name).extension().is_some_and(|end| end == "key"))
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |folder: &Path| fs::metadata(folder.join(name)).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&theirs), "{name}");
    }
}

fn octets(address: &str) -> String {
    format!("{:?}", address.split('.').map(|part| part.parse::<u8>().unwrap()).collect::<Vec<_>>())
}

#[test]
fn rsa_certificates_are_those_of_kubeadm() {
    check_certificates("rsa_certificates_are_those_of_kubeadm", "RSA-2048", KeyKind::Rsa);
}

#[test]
fn elliptic_certificates_are_those_of_kubeadm() {
    check_certificates("elliptic_certificates_are_those_of_kubeadm", "ECDSA-P256", KeyKind::Ecdsa);
}

/// The flags that the tests add, or write otherwise, with the reason.
const OWN: &[(&str, &str)] = &[
    ("etcd", "unsafe-no-fsync"),
    ("kube-apiserver", "bind-address"),
    ("kube-apiserver", "secure-port"),
    ("kube-controller-manager", "secure-port"),
    ("kube-scheduler", "secure-port"),
];

/// Ports and addresses are those of the test, so only the names of the flags are compared, and the files.
#[test]
fn the_servers_run_with_kubeadms_flags() {
    const TEST: &str = "the_servers_run_with_kubeadms_flags";
    if !has_assets(TEST) {
        return;
    }
    let warden = Warden::new();
    let folder = kubeadm(&warden, "ECDSA-P256");
    let config = folder.join("config.yaml");
    let manifests = folder.join("manifests");
    fs::create_dir(&manifests).unwrap();
    for phase in [["control-plane", "all"], ["etcd", "local"]] {
        let mut command = Command::new(Program::Kubeadm.path());
        // A dry run writes here and not where a node has them.
        command.env_clear().env("HOME", &folder).env("KUBEADM_INIT_DRYRUN_DIR", &manifests);
        command.args(["init", "phase"]).args(phase).args(["--dry-run", "--config"]).arg(&config);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(files(&manifests).len(), 4);
    compare(&manifests, &folder);
}

fn compare(manifests: &Path, folder: &Path) {
    for name in files(manifests) {
        let manifest: Value =
            serde_yaml::from_str(&fs::read_to_string(manifests.join(&name)).unwrap()).unwrap();
        let command = manifest["spec"]["containers"][0]["command"].as_array().unwrap();
        let program = command[0].as_str().unwrap();
        let program = Program::SERVERS.into_iter().find(|known| known.name() == program).unwrap();
        let theirs: BTreeMap<&str, String> = command[1..]
            .iter()
            .map(|flag| flag.as_str().unwrap().trim_start_matches("--").split_once('=').unwrap())
            .map(|(flag, value)| {
                let pki = folder.join("pki").display().to_string();
                (flag, value.replace(&pki, "/etc/kubernetes/pki").replace(ADVERTISED, ADDRESS))
            })
            .collect();
        let ours = Options::kubeadm().flags(program, Ports::free());
        let own = |flag: &str| OWN.contains(&(program.name(), flag));
        let names = |flags: Vec<&str>| {
            flags.into_iter().filter(|flag| !own(flag)).map(str::to_owned).collect::<BTreeSet<_>>()
        };
        assert_eq!(
            names(ours.keys().copied().collect()),
            names(theirs.keys().copied().collect()),
            "{}",
            program.name()
        );
        for (flag, value) in &theirs {
            let has_port = value.contains("://") || own(flag);
            if !has_port {
                assert_eq!(ours.get(flag), Some(value), "{} --{flag}", program.name());
            }
        }
    }
}
