//! The practice cluster in a process of its own, and its API as its administrator sees it.

use super::{ctlmon, server::runtime};
use kube::config::{KubeConfigOptions, Kubeconfig};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// A practice cluster; ended when it goes out of scope.
pub(crate) struct Practice {
    child: Child,
    folder: TempDir,
    kubeconfig: PathBuf,
}

impl Practice {
    /// Starts one, and returns as soon as it serves.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let mut command = ctlmon(folder.path());
        command.arg("lab").args(arguments).env("TMPDIR", folder.path());
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let kubeconfig = PathBuf::from(first.trim_end());
        assert!(kubeconfig.is_absolute(), "the first line is the kubeconfig: {first:?}");
        Self { child, folder, kubeconfig }
    }

    /// A folder that lasts as long as the cluster.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The administrator's kubeconfig.
    pub(crate) fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// Ends it as a service manager would, and says with what exit code.
    pub(crate) fn terminate(&mut self) -> Option<i32> {
        let kill = format!("kill {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }

    /// A kubeconfig with a token of a service account.
    pub(crate) fn kubeconfig_of(&self, namespace: &str, account: &str) -> PathBuf {
        let mut config: Value = serde_json::from_slice(&fs::read(&self.kubeconfig).unwrap()).unwrap();
        let token = runtime().block_on(token(&config, namespace, account));
        config["users"][0]["user"] = json!({"token": token});
        let path = self.folder.path().join(format!("{namespace}-{account}"));
        fs::write(&path, config.to_string()).unwrap();
        path
    }
}

/// Reads from the API server of a kubeconfig.
pub(crate) async fn ask(kubeconfig: &Value, path: &str) -> Value {
    send(kubeconfig, http::Request::get(path).body(Vec::new()).unwrap()).await
}

/// A token of a service account.
pub(crate) async fn token(kubeconfig: &Value, namespace: &str, account: &str) -> String {
    let path = format!("/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token");
    let request = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}});
    let request = http::Request::post(path)
        .header("Content-Type", "application/json")
        .body(request.to_string().into_bytes())
        .unwrap();
    send(kubeconfig, request).await["status"]["token"].as_str().unwrap().to_owned()
}

async fn send(kubeconfig: &Value, request: http::Request<Vec<u8>>) -> Value {
    // There is one provider for the process, whichever test installs it.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let kubeconfig: Kubeconfig = serde_json::from_value(kubeconfig.clone()).unwrap();
    let options = KubeConfigOptions::default();
    let config = kube::Config::from_custom_kubeconfig(kubeconfig, &options).await.unwrap();
    kube::Client::try_from(config).unwrap().request(request).await.unwrap()
}

impl Drop for Practice {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
