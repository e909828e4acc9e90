//! The vendor's own checks of what a token opens, against a real control plane: with what is written for them, and with what
//! the vendor packages where ctlmon says that nothing is to be written. `JUDGE_HOME/checks` holds the checks' sources.

use crate::{
    control_plane::ControlPlane,
    programs::Program,
    support::{ctlmon, run},
};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The checks, with the servers that they are about and the port of which configurations speak.
const CHECKS: [(&str, Program, u16); 3] = [
    ("kube_apiserver_metrics", Program::ApiServer, 6443),
    ("kube_controller_manager", Program::ControllerManager, 10257),
    ("kube_scheduler", Program::Scheduler, 10259),
];

/// Where agents have the token of their account and its CA.
const CA: &str = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";

/// The rights that chart and operator give agents, as far as these checks use them.
const RIGHTS: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: vendors-checks}
rules:
- {nonResourceURLs: [/metrics, /metrics/slis], verbs: [get]}
- {apiGroups: [coordination.k8s.io], resources: [leases], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: vendors-checks}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: vendors-checks}
subjects: [{kind: ServiceAccount, name: agents, namespace: vendors-checks}]
";

/// How many kinds of metrics an idle controller manager has at least; who is refused gets none.
const FEW: &str = "15";

struct Judge {
    script: PathBuf,
    python: PathBuf,
    checks: PathBuf,
}

impl Judge {
    fn found(test: &str) -> Option<Self> {
        let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
        let shared = std::env::var_os("CTLMON_SHARED").map_or_else(beside, PathBuf::from);
        let home = std::env::var_os("JUDGE_HOME").map(PathBuf::from).unwrap_or_default();
        let (script, checks) = (shared.join("judges/run_check.py"), home.join("checks"));
        if !script.is_file() || !checks.is_dir() {
            println!("skipped: {test}: no sources of the checks");
            return None;
        }
        Some(Self { script, python: home.join("venv/bin/python"), checks })
    }

    /// Runs a check with a file, as the agents' account on the servers' node.
    fn collects(&self, plane: &ControlPlane, token: &str, check: &str, file: &str, label: &str) {
        let mut judge = Command::new(&self.python);
        judge.arg(&self.script).arg(check).arg(plane.file("check.yaml", file)).args(["--min", FEW]);
        judge.env("PYTHONPATH", self.checks.join(check));
        judge.arg("--token").arg(plane.file("token", token));
        judge.arg("--kubeconfig").arg(plane.kubeconfig_of_token("agents", token));
        judge
            .arg("--map")
            .arg(format!("{CA}={}", plane.folder().join("etc/kubernetes/pki/ca.crt").display()));
        // The agent is on the node of the servers, which listen where the machine had ports.
        judge.args(["--host", "127.0.0.1", "--port", "6443"]);
        for (_, program, port) in CHECKS {
            judge.arg("--map").arg(format!("https://127.0.0.1:{port}={}", plane.url(program)));
        }
        let ran = judge.output().unwrap();
        let said = String::from_utf8_lossy(&ran.stdout);
        let error = String::from_utf8_lossy(&ran.stderr);
        assert!(
            ran.status.success() && said.contains(": OK  metric_names="),
            "{label}: {said}{error}\n{file}"
        );
    }
}

#[test]
fn the_vendors_checks_collect_by_what_is_written() {
    const TEST: &str = "the_vendors_checks_collect_by_what_is_written";
    let Some(judge) = Judge::found(TEST) else { return };
    let Some(plane) = ControlPlane::shared(TEST) else { return };
    plane.api.namespace("vendors-checks");
    plane.api.account("vendors-checks", "agents");
    plane.apply(&plane.file("vendors-checks.yaml", RIGHTS));
    let token = plane.api.token("vendors-checks", "agents", None);

    for (distribution, written) in [("rke2", 3), ("k3s", 3), ("rke1", 3), ("kops", 1), ("kubeadm", 0)] {
        let values = run(ctlmon(plane.folder()).args(["gen-values", "--distribution", distribution])).stdout;
        let values: Value = serde_yaml::from_str(&values).unwrap();
        let mut count = 0;
        for (check, _, _) in CHECKS {
            let name = format!("{check}.yaml");
            let own = ["datadog", "clusterAgent"].map(|part| values[part]["confd"][&name].as_str());
            count += own.iter().flatten().count();
            let packaged = || {
                let path = self::packaged(&judge.checks, check);
                fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
            };
            let file = own.into_iter().flatten().next().map_or_else(packaged, str::to_owned);
            judge.collects(&plane, &token, check, &file, &format!("{distribution}, {check}"));
        }
        assert_eq!(count, written, "{distribution}: {values}");
    }
}

fn packaged(checks: &Path, check: &str) -> PathBuf {
    checks.join(format!("{check}/datadog_checks/{check}/data/auto_conf.yaml"))
}
