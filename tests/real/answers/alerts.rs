//! With which TLS alerts etcd refuses: two generations of it, each against the practice cluster that imitates it.

use super::{cast, pair};
use crate::{
    api::RUNTIME,
    client::{Call, Pair},
    pki::{Authority, KeyKind, Pki, Shape},
    programs::{Generation, has_assets},
    warden::Warden,
};
use ctlmon::lab::{Lab, LabSpec, spec::Alerts};
use rcgen::ExtendedKeyUsagePurpose::ServerAuth;
use rustls::AlertDescription::{
    self, BadCertificate, CertificateExpired, CertificateRequired, HandshakeFailure, UnknownCA,
};
use std::{
    net::{SocketAddr, TcpListener},
    process::Command,
    time::{Duration, Instant},
};
use tokio::net::TcpStream;

type Outcome = Result<u16, AlertDescription>;

/// Each certificate, and what etcd built with Go 1.20 or newer answers over TLS 1.3 and 1.2.
const TABLE: &[(&str, Outcome, Outcome)] = &[
    ("none", Err(CertificateRequired), Err(HandshakeFailure)),
    ("good", Ok(200), Ok(200)),
    ("any purpose", Ok(200), Ok(200)),
    ("for servers", Err(BadCertificate), Err(BadCertificate)),
    ("expired", Err(CertificateExpired), Err(CertificateExpired)),
    ("not yet valid", Err(CertificateExpired), Err(CertificateExpired)),
    ("foreign", Err(UnknownCA), Err(UnknownCA)),
    ("same name", Err(UnknownCA), Err(UnknownCA)),
    ("of kubernetes", Err(UnknownCA), Err(UnknownCA)),
];

fn check(test: &str, generation: Generation, alerts: Alerts) {
    if !has_assets(test) {
        return;
    }
    let real = Etcd::start(generation);
    let lab = RUNTIME.block_on(Lab::start(LabSpec { etcd_alerts: alerts, ..cast::spec() })).unwrap();
    let practice = cast::way(&lab, crate::programs::Program::Etcd);
    for (name, tls13, tls12) in TABLE {
        for (version, of_new_go) in [("1.3", tls13), ("1.2", tls12)] {
            let expected = match (generation, of_new_go) {
                // Go 1.19 says the same to everybody whom it refuses.
                (Generation::Debian, Err(_)) => Err(BadCertificate),
                _ => *of_new_go,
            };
            let of_real = real.pair(name);
            // A refusal must arrive each time, not by luck.
            for _ in 0..5 {
                assert_eq!(
                    outcome(real.address, of_real.as_ref(), version),
                    expected,
                    "real: {name}, TLS {version}"
                );
            }
            let of_practice = of_practice(&lab, name);
            assert_eq!(
                outcome(practice, of_practice.as_ref(), version),
                expected,
                "practice: {name}, TLS {version}"
            );
        }
    }
    let plain = |address| RUNTIME.block_on(Call::new("/metrics").plain(address));
    assert_eq!(plain(real.address), plain(practice), "plain HTTP to the TLS port");
}

#[test]
fn etcd_of_a_new_go_gives_an_alert_for_each_reason() {
    check("etcd_of_a_new_go_gives_an_alert_for_each_reason", Generation::Built, Alerts::ByReason);
}

#[test]
fn etcd_of_an_old_go_gives_one_alert_for_all() {
    const TEST: &str = "etcd_of_an_old_go_gives_one_alert_for_all";
    if Generation::Debian.is_there(TEST) {
        check(TEST, Generation::Debian, Alerts::BadCertificate);
    }
}

fn outcome(address: SocketAddr, pair: Option<&Pair>, version: &str) -> Outcome {
    let mut call = Call::new("/health");
    if let Some(pair) = pair {
        call = call.certificate(pair);
    }
    if version == "1.2" {
        call = call.over_tls12();
    }
    RUNTIME
        .block_on(async { call.attempt_over(TcpStream::connect(address).await.unwrap()).await })
        .map(|answer| answer.status)
}

fn of_practice(lab: &Lab, name: &str) -> Option<Pair> {
    let secret = match name {
        "none" => return None,
        "good" => "etcd",
        "any purpose" => "etcd-any-purpose",
        "for servers" => "etcd-for-servers",
        "expired" => "etcd-expired",
        "not yet valid" => "etcd-not-yet-valid",
        "foreign" => "foreign",
        "same name" => "etcd-same-name",
        _ => "nobody",
    };
    Some(RUNTIME.block_on(Pair::of_secret(lab, "default", secret)))
}

/// A real etcd alone.
struct Etcd {
    address: SocketAddr,
    pki: Pki,
    _running: crate::warden::Running,
    _warden: Warden,
}

impl Etcd {
    fn start(generation: Generation) -> Self {
        let pki = Pki::make(KeyKind::Ecdsa);
        let warden = Warden::new();
        let folder = warden.folder().join("pki");
        pki.write(&folder);
        let [clients, peers] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let [clients, peers] = [clients, peers].map(|socket| socket.local_addr().unwrap());
        let (url, peer) = (format!("https://{clients}"), format!("http://{peers}"));
        let mut command = Command::new(generation.path());
        command.arg("--data-dir").arg(warden.folder().join("member"));
        command.args(["--name", "cp-1", "--client-cert-auth", "--unsafe-no-fsync"]);
        command.args(["--listen-client-urls", &url, "--advertise-client-urls", &url]);
        command.args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer]);
        command.args(["--initial-cluster", &format!("cp-1={peer}")]);
        for (flag, file) in
            [("--cert-file", "server.crt"), ("--key-file", "server.key"), ("--trusted-ca-file", "ca.crt")]
        {
            command.arg(flag).arg(folder.join("etcd").join(file));
        }
        let mut running = warden.start("etcd", command);
        let etcd_log = warden.log("etcd");
        let good = pair(&pki.etcd.issue(&Shape::client("probe")));
        let since = Instant::now();
        loop {
            let is_open = std::net::TcpStream::connect(clients).is_ok();
            if is_open && outcome(clients, Some(&good), "1.3") == Ok(200) {
                break;
            }
            assert!(
                running.is_up() && since.elapsed() < Duration::from_secs(60),
                "etcd: {}",
                std::fs::read_to_string(&etcd_log).unwrap_or_default()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { address: clients, pki, _running: running, _warden: warden }
    }

    fn pair(&self, name: &str) -> Option<Pair> {
        let shape = Shape::client("lab-nobody");
        let authority = &self.pki.etcd;
        let leaf = match name {
            "none" => return None,
            "good" => authority.issue(&shape),
            "any purpose" => authority.issue(&shape.purposes(&[])),
            "for servers" => authority.issue(&shape.purposes(&[ServerAuth])),
            "expired" => authority.issue(&shape.expired()),
            "not yet valid" => authority.issue(&shape.not_yet_valid()),
            "foreign" => Authority::new("rogue-ca", KeyKind::Ecdsa).issue(&shape),
            "same name" => Authority::new("etcd-ca", KeyKind::Ecdsa).issue(&shape),
            _ => self.pki.kubernetes.issue(&shape),
        };
        Some(pair(&leaf))
    }
}
