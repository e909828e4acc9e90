//! Manifests of static pods, as the kubelet reads them from a folder. Of a command line known flags are kept, as of pods
//! that the API server tells of.

use super::{MAX_FILE_BYTES, missing, root::HostRoot};
use crate::{
    model::{
        host::{Manifest, ManifestContainer, Manifests, PROGRAMS},
        observed::Observed,
        workload::Mount,
    },
    observe::decode::{self, flags},
    yaml,
};
use serde_json::Value;
use std::io;

/// How many files of a folder are read. A control plane has four to ten.
const MAX_MANIFESTS: usize = 200;

/// The manifests in a folder.
///
/// # Errors
/// Where the folder cannot be listed, or where it has files and not one may be read.
pub(super) fn read(host: &HostRoot, folder: &str) -> io::Result<Manifests> {
    let (names, listed) = host.names(folder)?;
    // The kubelet passes over names that begin with a dot, and over folders.
    let names: Vec<&String> = names.iter().filter(|name| !name.starts_with('.')).collect();
    let mut manifests =
        Manifests { complete: listed && names.len() <= MAX_MANIFESTS, ..Manifests::default() };
    let mut denied = None;
    for name in names.into_iter().take(MAX_MANIFESTS) {
        let file = format!("{}/{name}", folder.trim_end_matches('/'));
        match host.open(&file) {
            Ok((_, text)) => match std::str::from_utf8(&text).map_err(|_| "it is not text".to_owned()) {
                Ok(text) => match manifest(&file, text) {
                    Ok(manifest) => manifests.pods.push(manifest),
                    Err(why) => manifests.unreadable.push((file, why)),
                },
                Err(why) => manifests.unreadable.push((file, why)),
            },
            Err(error) if error.kind() == io::ErrorKind::IsADirectory => {}
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                manifests.unreadable.push((file, "permission denied".to_owned()));
                denied = Some(error);
            }
            Err(error) => {
                if let Observed::Failed(failure) = missing::<()>(&error) {
                    manifests.unreadable.push((file, failure.detail));
                }
            }
        }
    }
    match denied {
        Some(error) if manifests.pods.is_empty() => Err(error),
        _ => Ok(manifests),
    }
}

fn manifest(file: &str, text: &str) -> Result<Manifest, String> {
    debug_assert!(text.len() as u64 <= MAX_FILE_BYTES, "bounded where it is read");
    let documents = yaml::documents(text).map_err(|error| error.to_string())?;
    let pod = documents.iter().find(|document| document["kind"] == "Pod").ok_or("it holds no Pod")?;
    let facts = decode::pod(pod).map_err(|error| error.to_string())?;
    let spec = &pod["spec"];
    let host_paths = items(&spec["volumes"])
        .filter_map(|volume| Some((text_of(&volume["name"])?, text_of(&volume["hostPath"]["path"])?)))
        .collect();
    Ok(Manifest {
        file: file.to_owned(),
        name: facts.name,
        annotations: facts.annotations,
        containers: items(&spec["containers"]).map(container).collect(),
        host_paths,
    })
}

fn container(raw: &Value) -> ManifestContainer {
    let words: Vec<&str> =
        items(&raw["command"]).chain(items(&raw["args"])).filter_map(Value::as_str).collect();
    let known = |word: &&str| PROGRAMS.into_iter().find(|program| word.rsplit('/').next() == Some(program));
    // kOps starts programs by way of another one that writes their log.
    let program = words.iter().find_map(known);
    ManifestContainer {
        name: text_of(&raw["name"]).unwrap_or_default(),
        image: text_of(&raw["image"]).unwrap_or_default(),
        direct: program.is_some() && words.first().and_then(known) == program,
        program: program.map(str::to_owned),
        flags: flags::read(words.iter().copied()),
        mounts: items(&raw["volumeMounts"])
            .filter_map(|mount| {
                Some(Mount {
                    volume: text_of(&mount["name"])?,
                    path: text_of(&mount["mountPath"])?,
                    sub_path: text_of(&mount["subPath"]),
                })
            })
            .collect(),
    }
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn text_of(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests lay out the node that is read")]
mod tests {
    use super::*;
    use std::fs;
    use tempfile::TempDir;

    const ETCD: &str = r"
apiVersion: v1
kind: Pod
metadata: {name: etcd, annotations: {kubeadm.kubernetes.io/etcd.advertise-client-urls: 'https://192.0.2.11:2379', other: canary}}
spec:
  containers:
  - name: etcd
    image: registry.k8s.io/etcd:3.6.8-0
    command: [etcd, --cert-file=/etc/kubernetes/pki/etcd/server.crt, --initial-cluster-token=canary]
    env: [{name: PASSWORD, value: canary}]
    volumeMounts: [{name: etcd-certs, mountPath: /etc/kubernetes/pki/etcd}]
  volumes:
  - {name: etcd-certs, hostPath: {path: /etc/kubernetes/pki/etcd, type: DirectoryOrCreate}}
  - {name: memory, emptyDir: {}}
";

    #[test]
    fn keeps_of_a_pod_what_leads_to_its_files() {
        let manifest = manifest("/m/etcd.yaml", ETCD).unwrap();
        let container = manifest.container("etcd").unwrap();
        assert_eq!(container.flags["cert-file"], "/etc/kubernetes/pki/etcd/server.crt");
        assert_eq!((container.direct, manifest.host_paths.len()), (true, 1));
        assert!(!format!("{manifest:?}").contains("canary"));
    }

    #[test]
    fn sees_the_program_behind_another_one() {
        let check = |command: &str, expected: Option<(&str, bool)>| {
            let container =
                container(&serde_json::json!({"command": command.split(' ').collect::<Vec<_>>()}));
            assert_eq!(container.program.as_deref().map(|it| (it, container.direct)), expected, "{command}");
        };
        check("etcd --a=b", Some(("etcd", true)));
        check(
            "/go-runner --log-file=/x /usr/local/bin/kube-apiserver --secure-port=1",
            Some(("kube-apiserver", false)),
        );
        check("/bin/sh -c exec", None);
    }

    #[test]
    fn says_which_files_it_could_not_read() {
        let folder = TempDir::new().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("etcd.yaml", ETCD);
        write(".hidden.yaml", "x");
        write("list.yaml", "kind: List");
        write("no.yaml", "a: [");
        fs::create_dir(folder.path().join("folder")).unwrap();
        let read = read(&HostRoot::at(folder.path()), "/").unwrap();
        assert_eq!(read.pods.len(), 1);
        let named: Vec<&str> = read.unreadable.iter().map(|(file, _)| file.as_str()).collect();
        assert_eq!((named, read.complete), (vec!["/list.yaml", "/no.yaml"], true));
    }
}
