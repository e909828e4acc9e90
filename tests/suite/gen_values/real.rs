//! The vendor's own check of etcd, with what is written for it, against a real etcd. `JUDGE_HOME/checks` holds the check's
//! sources.

use super::{judges::Judges, read::one};
use crate::{
    etcd::Etcd,
    support::{
        ctlmon,
        pki::{client, write},
        run,
    },
};
use serde_json::Value;
use std::{fs, net::TcpListener, process::Command};

/// A port that was free a moment ago.
fn free() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn the_vendors_check_collects_by_what_is_written() {
    let Some(judges) = Judges::found("the_vendors_check_collects_by_what_is_written") else { return };
    let checks = judges.home.join("checks/etcd");
    if !checks.is_dir() {
        eprintln!("skipped: the_vendors_check_collects_by_what_is_written: no sources of the check");
        return;
    }
    let metrics = format!("http://127.0.0.1:{}", free());
    let etcd = Etcd::with(&["--listen-metrics-urls", &metrics]);
    let leaf = etcd.authority.issue("agent", &client());

    // The option, and where the instances of it would ask: in whose place the real etcd stands.
    let cases: [(&[&str], &[&str], usize); 9] = [
        (&["kubeadm"], &["http://127.0.0.1:2381"], 1),
        (&["kubeadm", "--etcd-source", "node-certificate"], &["https://127.0.0.1:2379"], 1),
        (&["kubeadm", "--etcd-source", "secret"], &["https://127.0.0.1:2379"], 1),
        (&["kops"], &["https://127.0.0.1:4001", "https://127.0.0.1:4002"], 2),
        (&["rke2"], &["http://127.0.0.1:2381"], 1),
        (&["rke2", "--etcd-source", "node-certificate"], &["https://127.0.0.1:2379"], 1),
        (&["rke1"], &["https://127.0.0.1:2379"], 1),
        (&["openshift4", "--chart-version", "3.151.0"], &["https://127.0.0.1:9979"], 1),
        (&["talos"], &["https://127.0.0.1:2383"], 1),
    ];
    for (options, places, count) in cases {
        let arguments = [&["gen-values", "--distribution"], options].concat();
        let values = one(&run(ctlmon(etcd.path()).args(arguments)).stdout);
        let file = [&values["datadog"]["confd"]["etcd.yaml"], &values["clusterAgent"]["confd"]["etcd.yaml"]];
        let file =
            file.into_iter().find_map(Value::as_str).unwrap_or_else(|| panic!("{options:?}: {values}"));
        let body = one(&file.replace("%%host%%", "127.0.0.1"));
        let instances = body["instances"].as_array().unwrap();
        assert_eq!(instances.len(), count, "{file}");

        let mut check = Command::new(&judges.python);
        check.arg(judges.scripts.join("run_check.py")).arg("etcd").env("PYTHONPATH", &checks);
        check.arg(write(etcd.path(), "instance.json", &body.to_string())).args(["--min", "50"]);
        for place in places {
            let real = if place.starts_with("http:") { &metrics } else { &etcd.url };
            check.args(["--map", &format!("{place}={real}")]);
        }
        for (key, text) in
            [("tls_ca_cert", &etcd.authority.pem), ("tls_cert", &leaf.pem), ("tls_private_key", &leaf.key)]
        {
            for path in instances.iter().filter_map(|instance| instance[key].as_str()) {
                let real = etcd.path().join("mounted").join(path.trim_start_matches('/'));
                fs::create_dir_all(real.parent().unwrap()).unwrap();
                fs::write(&real, text).unwrap();
                check.args(["--map", &format!("{path}={}", real.display())]);
            }
        }
        let ran = check.output().unwrap();
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success(), "{options:?}: {said}{}", String::from_utf8_lossy(&ran.stderr));
        assert_eq!(said.matches(": OK  metric_names=").count(), count, "{options:?}: {said}");
    }
}
