//! With which flags the control plane runs: kubeadm's, and what a test has changed. It starts nothing.

use crate::{
    pki::{ADDRESS, NODE, Pki},
    programs::{Generation, Program},
    tokens::ISSUER,
};
use std::{collections::BTreeMap, path::Path};

/// What differs from what kubeadm sets up.
#[derive(Clone)]
pub(crate) struct Options {
    /// Which etcd.
    pub(crate) etcd: Generation,
    /// Flags that are set, or left out, in place of kubeadm's; without their dashes.
    changes: Vec<(Program, &'static str, Option<String>)>,
    /// What is done to the files of kubeadm's layout, in `etc/kubernetes` below the folder, before anything starts.
    pub(crate) before_start: fn(&Pki, &Path),
}

/// The ports of one control plane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ports {
    pub(crate) api_server: u16,
    pub(crate) controller_manager: u16,
    pub(crate) scheduler: u16,
    pub(crate) etcd: u16,
    pub(crate) etcd_peer: u16,
    pub(crate) etcd_metrics: u16,
}

/// The flags of one program, without their dashes.
pub(crate) type Flags = BTreeMap<&'static str, String>;

impl Options {
    /// As kubeadm sets it up, with the etcd that was built.
    pub(crate) fn kubeadm() -> Self {
        Self { etcd: Generation::Built, changes: Vec::new(), before_start: |_, _| {} }
    }

    /// The same with another etcd.
    pub(crate) fn etcd(self, etcd: Generation) -> Self {
        Self { etcd, ..self }
    }

    /// The same with a flag more, or with another value of it.
    pub(crate) fn set(mut self, program: Program, flag: &'static str, value: &str) -> Self {
        self.changes.push((program, flag, Some(value.to_owned())));
        self
    }

    /// The same without a flag.
    pub(crate) fn without(mut self, program: Program, flag: &'static str) -> Self {
        self.changes.push((program, flag, None));
        self
    }

    /// The same with controller-manager and scheduler on this address.
    pub(crate) fn bind_address(self, address: &str) -> Self {
        self.set(Program::ControllerManager, "bind-address", address).set(
            Program::Scheduler,
            "bind-address",
            address,
        )
    }

    /// The same with tokens for this audience and for no other.
    pub(crate) fn audience(self, audience: &str) -> Self {
        self.set(Program::ApiServer, "api-audiences", audience)
    }

    /// The same, with files that something is done to first.
    pub(crate) fn before_start(self, change: fn(&Pki, &Path)) -> Self {
        Self { before_start: change, ..self }
    }

    /// The flags of a server, with the paths that it would have on a node.
    pub(crate) fn flags(&self, program: Program, ports: Ports) -> Flags {
        let mut flags = kubeadm(program, self.etcd, ports);
        for (of, flag, value) in &self.changes {
            if *of == program {
                match value {
                    Some(value) => flags.insert(flag, value.clone()),
                    None => flags.remove(flag),
                };
            }
        }
        flags
    }
}

/// kubeadm's flags for version 1.36, but for the ports.
fn kubeadm(program: Program, etcd: Generation, ports: Ports) -> Flags {
    let pki = |name: &str| format!("/etc/kubernetes/pki/{name}");
    let conf = |name: &str| format!("/etc/kubernetes/{name}.conf");
    let client_url = format!("https://{ADDRESS}:{}", ports.etcd);
    let peer_url = format!("https://{ADDRESS}:{}", ports.etcd_peer);
    let text = str::to_owned;
    match program {
        Program::Etcd => {
            let mut flags = Flags::from([
                ("advertise-client-urls", client_url.clone()),
                ("cert-file", pki("etcd/server.crt")),
                ("client-cert-auth", text("true")),
                ("data-dir", text("/var/lib/etcd")),
                ("initial-advertise-peer-urls", peer_url.clone()),
                ("initial-cluster", format!("{NODE}={peer_url}")),
                ("key-file", pki("etcd/server.key")),
                ("listen-client-urls", client_url),
                ("listen-metrics-urls", format!("http://{ADDRESS}:{}", ports.etcd_metrics)),
                ("listen-peer-urls", peer_url),
                ("name", text(NODE)),
                ("peer-cert-file", pki("etcd/peer.crt")),
                ("peer-client-cert-auth", text("true")),
                ("peer-key-file", pki("etcd/peer.key")),
                ("peer-trusted-ca-file", pki("etcd/ca.crt")),
                ("snapshot-count", text("10000")),
                ("trusted-ca-file", pki("etcd/ca.crt")),
                // Not kubeadm's: what the tests write need not survive the machine.
                ("unsafe-no-fsync", text("true")),
            ]);
            if etcd == Generation::Built {
                flags.insert("feature-gates", text("InitialCorruptCheck=true"));
                flags.insert("watch-progress-notify-interval", text("5s"));
            }
            flags
        }
        Program::ApiServer => Flags::from([
            ("advertise-address", text(ADDRESS)),
            ("allow-privileged", text("true")),
            ("authorization-mode", text("Node,RBAC")),
            // Not kubeadm's: nothing beyond this machine is to reach it.
            ("bind-address", text(ADDRESS)),
            ("client-ca-file", pki("ca.crt")),
            ("enable-admission-plugins", text("NodeRestriction")),
            ("enable-bootstrap-token-auth", text("true")),
            ("etcd-cafile", pki("etcd/ca.crt")),
            ("etcd-certfile", pki("apiserver-etcd-client.crt")),
            ("etcd-keyfile", pki("apiserver-etcd-client.key")),
            ("etcd-servers", client_url),
            ("kubelet-client-certificate", pki("apiserver-kubelet-client.crt")),
            ("kubelet-client-key", pki("apiserver-kubelet-client.key")),
            ("kubelet-preferred-address-types", text("InternalIP,ExternalIP,Hostname")),
            ("proxy-client-cert-file", pki("front-proxy-client.crt")),
            ("proxy-client-key-file", pki("front-proxy-client.key")),
            ("requestheader-allowed-names", text("front-proxy-client")),
            ("requestheader-client-ca-file", pki("front-proxy-ca.crt")),
            ("requestheader-extra-headers-prefix", text("X-Remote-Extra-")),
            ("requestheader-group-headers", text("X-Remote-Group")),
            ("requestheader-username-headers", text("X-Remote-User")),
            ("secure-port", ports.api_server.to_string()),
            ("service-account-issuer", text(ISSUER)),
            ("service-account-key-file", pki("sa.pub")),
            ("service-account-signing-key-file", pki("sa.key")),
            ("service-cluster-ip-range", text("10.96.0.0/12")),
            ("tls-cert-file", pki("apiserver.crt")),
            ("tls-private-key-file", pki("apiserver.key")),
        ]),
        Program::ControllerManager => Flags::from([
            ("allocate-node-cidrs", text("true")),
            ("authentication-kubeconfig", conf("controller-manager")),
            ("authorization-kubeconfig", conf("controller-manager")),
            ("bind-address", text(ADDRESS)),
            ("client-ca-file", pki("ca.crt")),
            ("cluster-cidr", text("10.244.0.0/16")),
            ("cluster-name", text("kubernetes")),
            ("cluster-signing-cert-file", pki("ca.crt")),
            ("cluster-signing-key-file", pki("ca.key")),
            ("controllers", text("*,bootstrapsigner,tokencleaner")),
            ("kubeconfig", conf("controller-manager")),
            ("leader-elect", text("true")),
            ("requestheader-client-ca-file", pki("front-proxy-ca.crt")),
            ("root-ca-file", pki("ca.crt")),
            ("secure-port", ports.controller_manager.to_string()),
            ("service-account-private-key-file", pki("sa.key")),
            ("service-cluster-ip-range", text("10.96.0.0/12")),
            ("use-service-account-credentials", text("true")),
        ]),
        Program::Scheduler => Flags::from([
            ("authentication-kubeconfig", conf("scheduler")),
            ("authorization-kubeconfig", conf("scheduler")),
            ("bind-address", text(ADDRESS)),
            ("kubeconfig", conf("scheduler")),
            ("leader-elect", text("true")),
            ("secure-port", ports.scheduler.to_string()),
        ]),
        Program::Kubeadm | Program::Kubectl => Flags::new(),
    }
}

impl Ports {
    /// Ports of loopback that nobody uses at this moment. Nobody can be handed a socket, so one may be taken before
    /// its server comes to it.
    pub(crate) fn free() -> Self {
        let listen = || std::net::TcpListener::bind((ADDRESS, 0)).unwrap();
        let sockets = [(); 6].map(|()| listen());
        let [api_server, controller_manager, scheduler, etcd, etcd_peer, etcd_metrics] =
            sockets.map(|socket| socket.local_addr().unwrap().port());
        Self { api_server, controller_manager, scheduler, etcd, etcd_peer, etcd_metrics }
    }

    /// The port that a server serves its clients on.
    pub(crate) const fn of(self, program: Program) -> u16 {
        match program {
            Program::Etcd => self.etcd,
            Program::ControllerManager => self.controller_manager,
            Program::Scheduler => self.scheduler,
            _ => self.api_server,
        }
    }
}
