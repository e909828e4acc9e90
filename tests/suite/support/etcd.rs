//! A real etcd that demands client certificates.

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
};

/// The server; ended when it goes out of scope.
pub(crate) struct Etcd {
    child: Child,
    /// Where clients reach it.
    pub(crate) url: String,
}

impl Etcd {
    /// Starts one that takes client certificates of a CA, and returns as soon as it serves.
    pub(crate) fn start(
        folder: &Path,
        ca: &Path,
        (certificate, key): (&Path, &Path),
        flags: &[&str],
    ) -> Self {
        // Two free ports: etcd cannot be handed sockets, so these are free a moment before.
        let [client_port, peer_port] =
            [TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap()]
                .map(|socket| socket.local_addr().unwrap().port());
        let url = format!("https://127.0.0.1:{client_port}");
        let peer = format!("http://127.0.0.1:{peer_port}");
        let mut child = Command::new("etcd")
            .arg("--data-dir")
            .arg(folder.join("data"))
            .args(["--name", "cp-1", "--listen-client-urls", &url, "--advertise-client-urls", &url])
            .args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer])
            .args(["--initial-cluster", &format!("cp-1={peer}"), "--client-cert-auth"])
            .args(["--unsafe-no-fsync"])
            .args(flags)
            .arg("--trusted-ca-file")
            .arg(ca)
            .arg("--cert-file")
            .arg(certificate)
            .arg("--key-file")
            .arg(key)
            .env("ETCD_UNSUPPORTED_ARCH", std::env::consts::ARCH)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        loop {
            let mut line = String::new();
            assert!(log.read_line(&mut line).unwrap() > 0, "etcd ended:\n{said}");
            let is_ready = line.contains("serving client") || line.contains("ready to serve client requests");
            said.push_str(&line);
            if is_ready && line.contains("serving client") {
                break;
            }
        }
        // A full pipe would stop etcd.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self { child, url }
    }
}

impl Drop for Etcd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
