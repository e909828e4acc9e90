//! Files of a node: certificates, and of everything that may be secret only what is public of it. No key leaves this file
//! but as a hash of its public half.

use super::{missing, root::HostRoot};
use crate::{
    certs::pem,
    model::{
        answer::{Der, KeyFacts},
        host::{FileContent, HostFile},
        observed::Observed,
    },
    observe::secrets::public_key_hash,
    yaml,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use std::{fs::Metadata, io};

/// How many files of one kubeconfig or kubelet's configuration are named.
const MAX_NAMED: usize = 50;

/// The fields of a kubelet's configuration that name files.
const KUBELET_FILES: [&str; 4] =
    ["/authentication/x509/clientCAFile", "/tlsCertFile", "/tlsPrivateKeyFile", "/staticPodPath"];

/// Reads a file.
///
/// # Errors
/// Where it is not there, may not be read, or holds PEM that is damaged.
pub(super) fn read(host: &HostRoot, path: &str) -> io::Result<HostFile> {
    let (metadata, content) = match host.open(path) {
        Ok((metadata, text)) => (metadata, content(&text)?),
        Err(error) if error.kind() == io::ErrorKind::IsADirectory => {
            (host.metadata(path)?, FileContent::Folder)
        }
        // What is no regular file is there all the same.
        Err(error) => match missing::<()>(&error) {
            Observed::Failed(_) => (host.metadata(path)?, FileContent::Other),
            _ => return Err(error),
        },
    };
    let (mode, owner, group) = rights(&metadata);
    Ok(HostFile { mode, owner, group, reachable: host.is_reachable(path)?, content })
}

#[cfg(unix)]
fn rights(metadata: &Metadata) -> (u32, u32, u32) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.mode() & 0o7777, metadata.uid(), metadata.gid())
}

/// Where files have no such bits, nobody else is said to read them.
#[cfg(not(unix))]
const fn rights(_metadata: &Metadata) -> (u32, u32, u32) {
    (0, 0, 0)
}

fn content(text: &[u8]) -> io::Result<FileContent> {
    let has_key = pem::has_block(text, "PRIVATE KEY");
    if has_key || pem::has_block(text, "CERTIFICATE") {
        let chain = match pem::certificates(text) {
            Ok(chain) => chain,
            Err(pem::PemError::Nothing(_)) => Vec::new(),
            Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error.to_string())),
        };
        let key = has_key.then(|| KeyFacts { public_key: public_key_hash(text) });
        return Ok(FileContent::Pem { chain, key });
    }
    let Ok(text) = std::str::from_utf8(text) else { return Ok(FileContent::Other) };
    let documents = yaml::documents(text).unwrap_or_default();
    let Some(document) = documents.first() else { return Ok(FileContent::Other) };
    Ok(match document["kind"].as_str() {
        Some("Config") => kubeconfig(document),
        Some("KubeletConfiguration") => FileContent::KubeletConfig {
            static_pods: document["staticPodPath"].as_str().map(str::to_owned),
            port: document["port"].as_u64().and_then(|port| u16::try_from(port).ok()),
            files: KUBELET_FILES
                .iter()
                .filter_map(|field| document.pointer(field)?.as_str())
                .filter(|path| path.starts_with('/') && Some(*path) != document["staticPodPath"].as_str())
                .map(str::to_owned)
                .collect(),
        },
        _ => FileContent::Other,
    })
}

fn kubeconfig(document: &Value) -> FileContent {
    let list = |name: &str| document[name].as_array().into_iter().flatten();
    let users = || list("users").map(|entry| &entry["user"]);
    let chain: Vec<Der> = users()
        .filter_map(|user| STANDARD.decode(user["client-certificate-data"].as_str()?.trim()).ok())
        .filter_map(|text| pem::certificates(&text).ok())
        .flatten()
        .collect();
    let named = users()
        .flat_map(|user| [&user["client-certificate"], &user["client-key"]])
        .chain(list("clusters").map(|entry| &entry["cluster"]["certificate-authority"]));
    let files = named.filter_map(Value::as_str).filter(|path| path.starts_with('/'));
    let mut files: Vec<String> = files.take(MAX_NAMED).map(str::to_owned).collect();
    files.sort_unstable();
    files.dedup();
    let holds = |field: &str| users().any(|user| user[field].as_str().is_some_and(|value| !value.is_empty()));
    FileContent::Kubeconfig {
        chain,
        secret: ["client-key-data", "token", "password"].into_iter().any(holds),
        files,
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests lay out the node that is read")]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt as _};
    use tempfile::TempDir;

    fn pair() -> (String, String) {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::default().self_signed(&key).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    #[test]
    fn keeps_certificates_and_of_a_key_its_public_half() {
        let (certificate, key) = pair();
        let FileContent::Pem { chain, key: facts } =
            content(format!("{certificate}{key}").as_bytes()).unwrap()
        else {
            panic!("PEM")
        };
        assert_eq!(chain.len(), 1);
        assert!(facts.unwrap().public_key.is_some());
        assert!(content(b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n").is_err());
    }

    #[test]
    fn keeps_of_a_kubeconfig_its_certificate_and_the_names_of_files() {
        let (certificate, key) = pair();
        let text = format!(
            "kind: Config\nclusters: [{{name: a, cluster: {{certificate-authority: /ca.crt, server: 'https://canary'}}}}]\n\
             users: [{{name: a, user: {{client-certificate-data: {}, client-key-data: {}}}}}]\n",
            STANDARD.encode(&certificate),
            STANDARD.encode(&key)
        );
        let FileContent::Kubeconfig { chain, secret, files } = content(text.as_bytes()).unwrap() else {
            panic!("a kubeconfig")
        };
        assert_eq!((chain.len(), secret, files), (1, true, vec!["/ca.crt".to_owned()]));
        let plain =
            "kind: Config\nusers: [{name: a, user: {client-certificate: /a.pem, client-key: /a.pem}}]";
        let FileContent::Kubeconfig { chain, secret, files } = content(plain.as_bytes()).unwrap() else {
            panic!("a kubeconfig")
        };
        assert_eq!((chain.len(), secret, files), (0, false, vec!["/a.pem".to_owned()]));
    }

    #[test]
    fn keeps_of_a_kubelets_configuration_where_its_pods_lie() {
        let text = "kind: KubeletConfiguration\nport: 10350\nstaticPodPath: /m\nauthentication: {x509: {clientCAFile: /ca.crt}}";
        let expected = FileContent::KubeletConfig {
            static_pods: Some("/m".to_owned()),
            port: Some(10350),
            files: vec!["/ca.crt".to_owned()],
        };
        assert_eq!(content(text.as_bytes()).unwrap(), expected);
        assert_eq!(content(b"anything: canary").unwrap(), FileContent::Other);
    }

    #[test]
    fn knows_who_may_read_a_file() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("a.key");
        fs::write(&path, pair().1).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let file = read(&HostRoot::at(folder.path()), "/a.key").unwrap();
        assert_eq!((file.mode, file.holds_secret()), (0o640, true));
        assert_eq!(read(&HostRoot::at(folder.path()), "/").unwrap().content, FileContent::Folder);
    }
}
