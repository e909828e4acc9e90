//! A control-plane node in a folder: manifests as kubeadm 1.36 writes them, its PKI made on the spot, processes made up.

use super::{
    Ran, ctlmon,
    pki::{Authority, Leaf, Shape, client, server, write},
    run,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::{
    fs::{self, Permissions},
    net::TcpListener,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// A node below a folder of its own.
pub(crate) struct Node {
    folder: TempDir,
    cluster: Authority,
    etcd: Authority,
    /// The port of etcd's clients.
    pub(crate) etcd_port: u16,
    /// The port of the API server; nobody listens there.
    pub(crate) api_port: u16,
}

const PKI: &str = "etc/kubernetes/pki";

impl Node {
    /// A node on which nothing is wrong, and nothing runs.
    pub(crate) fn kubeadm() -> Self {
        let [etcd_port, api_port] = [free_port(), free_port()];
        let node = Self {
            folder: TempDir::new().unwrap(),
            cluster: Authority::new("kubernetes"),
            etcd: Authority::new("etcd-ca"),
            etcd_port,
            api_port,
        };
        for folder in
            ["etc/kubernetes/pki/etcd", "etc/kubernetes/manifests", "var/lib/kubelet/pki", "var/lib/etcd"]
        {
            fs::create_dir_all(node.at(folder)).unwrap();
        }
        node.add_certificates();
        node.add_kubeconfigs();
        node.add_manifests();
        node.process(1, "/sbin/init", "mnt:[1]");
        node
    }

    /// The root of the node's file system.
    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("node")
    }

    /// A path of the node as this machine sees it.
    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.root().join(path.trim_start_matches('/'))
    }

    /// Puts another client certificate for etcd in the place of one, such as `apiserver-etcd-client`.
    pub(crate) fn etcd_client(&self, name: &str, shape: &Shape) {
        self.put(&format!("{PKI}/{name}"), &self.etcd.issue("kube-apiserver-etcd-client", shape));
    }

    /// The same for a certificate of the cluster's CA.
    pub(crate) fn cluster_client(&self, name: &str, shape: &Shape) {
        self.put(&format!("{PKI}/{name}"), &self.cluster.issue("kube-apiserver-kubelet-client", shape));
    }

    fn put(&self, path: &str, leaf: &Leaf) {
        fs::write(self.at(&format!("{path}.crt")), &leaf.pem).unwrap();
        self.secret(&format!("{path}.key"), &leaf.key);
    }

    fn secret(&self, path: &str, text: &str) {
        fs::write(self.at(path), text).unwrap();
        fs::set_permissions(self.at(path), Permissions::from_mode(0o600)).unwrap();
    }

    fn add_certificates(&self) {
        for (path, authority) in
            [("ca", &self.cluster), ("front-proxy-ca", &self.cluster), ("etcd/ca", &self.etcd)]
        {
            fs::write(self.at(&format!("{PKI}/{path}.crt")), &authority.pem).unwrap();
            self.secret(&format!("{PKI}/{path}.key"), &authority.key);
        }
        let of_cluster = [
            ("apiserver", server().hosts(&["kubernetes", "10.96.0.1", "192.0.2.11"])),
            ("apiserver-kubelet-client", client()),
            ("front-proxy-client", client()),
        ];
        for (name, shape) in of_cluster {
            self.put(&format!("{PKI}/{name}"), &self.cluster.issue(name, &shape));
        }
        let of_etcd = [
            ("apiserver-etcd-client", client()),
            ("etcd/server", server()),
            ("etcd/peer", server()),
            ("etcd/healthcheck-client", client()),
        ];
        for (name, shape) in of_etcd {
            self.put(&format!("{PKI}/{name}"), &self.etcd.issue(name, &shape));
        }
        let account = self.cluster.issue("sa", &client());
        self.secret(&format!("{PKI}/sa.key"), &account.key);
        write(&self.at(PKI), "sa.pub", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
    }

    /// Writes the kubeconfig of one of kubeadm's users.
    pub(crate) fn kubeconfig(&self, name: &str, shape: &Shape) {
        let Leaf { pem, key } = self.cluster.issue(name, shape);
        self.secret(
            &format!("etc/kubernetes/{name}.conf"),
            &format!(
                "apiVersion: v1\nkind: Config\nclusters:\n- name: kubernetes\n  cluster:\n    server: https://192.0.2.11:6443\n\
                 users:\n- name: {name}\n  user:\n    client-certificate-data: {}\n    client-key-data: {}\n",
                STANDARD.encode(pem),
                STANDARD.encode(key)
            ),
        );
    }

    fn add_kubeconfigs(&self) {
        for name in ["admin", "super-admin", "controller-manager", "scheduler"] {
            self.kubeconfig(name, &client());
        }
        self.secret(
            "etc/kubernetes/kubelet.conf",
            "apiVersion: v1\nkind: Config\nusers:\n- name: default-auth\n  user:\n    \
             client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem\n    \
             client-key: /var/lib/kubelet/pki/kubelet-client-current.pem\n",
        );
        self.kubelet_client(&client());
        write(
            &self.at("var/lib/kubelet"),
            "config.yaml",
            "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nport: 1\n\
             authentication:\n  x509:\n    clientCAFile: /etc/kubernetes/pki/ca.crt\nstaticPodPath: /etc/kubernetes/manifests\n",
        );
    }

    /// The kubelet's own certificate, which it renews: a link to the newest file, by its path on the node.
    pub(crate) fn kubelet_client(&self, shape: &Shape) {
        let leaf = self.cluster.issue("system:node:cp1", shape);
        self.secret("var/lib/kubelet/pki/kubelet-client-new.pem", &format!("{}{}", leaf.pem, leaf.key));
        let link = self.at("var/lib/kubelet/pki/kubelet-client-current.pem");
        let _ = fs::remove_file(&link);
        symlink("/var/lib/kubelet/pki/kubelet-client-new.pem", link).unwrap();
    }

    /// etcd's flags as kubeadm writes them.
    pub(crate) fn etcd_flags(&self) -> Vec<String> {
        let port = self.etcd_port;
        [
            "--advertise-client-urls=https://192.0.2.11:2379",
            "--cert-file=/etc/kubernetes/pki/etcd/server.crt",
            "--client-cert-auth=true",
            "--data-dir=/var/lib/etcd",
            "--key-file=/etc/kubernetes/pki/etcd/server.key",
            &format!("--listen-client-urls=https://127.0.0.1:{port},https://192.0.2.11:{port}"),
            "--name=cp1",
            "--peer-cert-file=/etc/kubernetes/pki/etcd/peer.crt",
            "--peer-key-file=/etc/kubernetes/pki/etcd/peer.key",
            "--peer-trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt",
            "--snapshot-count=10000",
            "--trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt",
        ]
        .map(str::to_owned)
        .into()
    }

    /// The API server's flags as kubeadm writes them.
    pub(crate) fn api_server_flags(&self) -> Vec<String> {
        [
            "--advertise-address=192.0.2.11",
            "--authorization-mode=Node,RBAC",
            "--client-ca-file=/etc/kubernetes/pki/ca.crt",
            "--enable-bootstrap-token-auth=true",
            "--etcd-cafile=/etc/kubernetes/pki/etcd/ca.crt",
            "--etcd-certfile=/etc/kubernetes/pki/apiserver-etcd-client.crt",
            "--etcd-keyfile=/etc/kubernetes/pki/apiserver-etcd-client.key",
            &format!("--etcd-servers=https://127.0.0.1:{}", self.etcd_port),
            "--kubelet-client-certificate=/etc/kubernetes/pki/apiserver-kubelet-client.crt",
            "--kubelet-client-key=/etc/kubernetes/pki/apiserver-kubelet-client.key",
            "--proxy-client-cert-file=/etc/kubernetes/pki/front-proxy-client.crt",
            "--proxy-client-key-file=/etc/kubernetes/pki/front-proxy-client.key",
            "--requestheader-client-ca-file=/etc/kubernetes/pki/front-proxy-ca.crt",
            &format!("--secure-port={}", self.api_port),
            "--service-account-key-file=/etc/kubernetes/pki/sa.pub",
            "--service-account-signing-key-file=/etc/kubernetes/pki/sa.key",
            "--tls-cert-file=/etc/kubernetes/pki/apiserver.crt",
            "--tls-private-key-file=/etc/kubernetes/pki/apiserver.key",
        ]
        .map(str::to_owned)
        .into()
    }

    fn add_manifests(&self) {
        self.manifest(
            "etcd",
            "etcd:3.6.8-0",
            &self.etcd_flags(),
            &[("etcd-data", "/var/lib/etcd"), ("etcd-certs", "/etc/kubernetes/pki/etcd")],
        );
        self.manifest(
            "kube-apiserver",
            "kube-apiserver:v1.36.2",
            &self.api_server_flags(),
            &[("ca-certs", "/etc/ssl/certs"), ("k8s-certs", "/etc/kubernetes/pki")],
        );
        for (program, file) in
            [("kube-controller-manager", "controller-manager"), ("kube-scheduler", "scheduler")]
        {
            let path = format!("/etc/kubernetes/{file}.conf");
            let flags = ["authentication-kubeconfig", "authorization-kubeconfig", "kubeconfig"];
            let mut flags: Vec<String> = flags.iter().map(|flag| format!("--{flag}={path}")).collect();
            flags.push("--bind-address=127.0.0.1".to_owned());
            flags.push("--secure-port=1".to_owned());
            let image = format!("{program}:v1.36.2");
            self.manifest(program, &image, &flags, &[("kubeconfig", &path)]);
        }
    }

    /// Writes the manifest of one program.
    pub(crate) fn manifest(&self, program: &str, image: &str, flags: &[String], volumes: &[(&str, &str)]) {
        let port = self.etcd_port;
        let annotation = match program {
            "etcd" => {
                format!("    kubeadm.kubernetes.io/etcd.advertise-client-urls: https://192.0.2.11:{port}\n")
            }
            "kube-apiserver" => {
                "    kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint: 192.0.2.11:6443\n"
                    .to_owned()
            }
            _ => "    kubernetes.io/config.source: file\n".to_owned(),
        };
        let flags = flags.iter().map(|flag| format!("    - {flag}\n")).collect::<Vec<_>>().concat();
        let mounts = volumes
            .iter()
            .map(|(name, path)| format!("    - mountPath: {path}\n      name: {name}\n"))
            .collect::<Vec<_>>()
            .concat();
        let volumes = volumes
            .iter()
            .map(|(name, path)| {
                format!(
                    "  - hostPath:\n      path: {path}\n      type: DirectoryOrCreate\n    name: {name}\n"
                )
            })
            .collect::<Vec<_>>()
            .concat();
        let text = format!(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n{annotation}  labels:\n    component: {program}\n    \
             tier: control-plane\n  name: {program}\n  namespace: kube-system\nspec:\n  containers:\n  - command:\n    \
             - {program}\n{flags}    image: registry.k8s.io/{image}\n    name: {program}\n    volumeMounts:\n{mounts}  \
             hostNetwork: true\n  volumes:\n{volumes}status: {{}}\n"
        );
        self.secret(&format!("etc/kubernetes/manifests/{program}.yaml"), &text);
    }

    /// Makes up a process.
    pub(crate) fn process(&self, pid: u32, line: &str, namespace: &str) {
        let folder = self.at(&format!("proc/{pid}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("ns")).unwrap();
        fs::write(folder.join("cmdline"), line.replace(' ', "\0") + "\0").unwrap();
        symlink(namespace, folder.join("ns/mnt")).unwrap();
    }

    /// Looks at it, and at nothing else.
    pub(crate) fn look(&self, command: &str, arguments: &[&str]) -> Ran {
        run(self.command(command).args(arguments))
    }

    /// The same, to be run.
    pub(crate) fn command(&self, command: &str) -> Command {
        let mut ctlmon = ctlmon(self.folder.path());
        ctlmon.args([command, "--on-node", "--host-root"]).arg(self.root());
        ctlmon
    }

    /// A folder beside the node.
    pub(crate) fn beside(&self) -> &Path {
        self.folder.path()
    }
}

/// A port that is free at the moment.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
