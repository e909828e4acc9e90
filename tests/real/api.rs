//! The API of a real control plane as its administrator uses it: objects one by one and in bulk. It judges nothing.

use futures::{StreamExt as _, stream};
use kube::{
    Client, Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use serde_json::{Value, json};
use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};
use tokio::runtime::Runtime;

/// How many objects are on their way at once when many are made. The server has several workers; more connections
/// only queue there.
const AT_ONCE: usize = 48;

/// One runtime for all clients, which are tied to the one that they were made on.
pub(crate) static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
});

/// An API server, as somebody whom a kubeconfig describes.
#[derive(Clone)]
pub(crate) struct Api {
    client: Client,
}

/// A refusal: the status code and the Status object's message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) code: u16,
    pub(crate) message: String,
}

impl Api {
    /// As the user of a kubeconfig.
    pub(crate) fn new(kubeconfig: &Value) -> Self {
        // There is one provider for the process, whichever test installs it.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let kubeconfig: Kubeconfig = serde_json::from_value(kubeconfig.clone()).unwrap();
        let client = RUNTIME.block_on(async {
            let options = KubeConfigOptions::default();
            let mut config = Config::from_custom_kubeconfig(kubeconfig, &options).await.unwrap();
            config.read_timeout = Some(Duration::from_secs(60));
            Client::try_from(config).unwrap()
        });
        Self { client }
    }

    /// Any request, with a JSON body or none.
    pub(crate) fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, Refused> {
        RUNTIME.block_on(send(&self.client, method, path, "application/json", body))
    }

    /// Reads.
    pub(crate) fn get(&self, path: &str) -> Result<Value, Refused> {
        self.send("GET", path, None)
    }

    /// Reads what is no JSON, such as a health check.
    pub(crate) fn text(&self, path: &str) -> Result<String, String> {
        let request = http::Request::get(path).body(Vec::new()).unwrap();
        RUNTIME.block_on(self.client.request_text(request)).map_err(|error| error.to_string())
    }

    /// Makes an object, and says how it was stored.
    pub(crate) fn create(&self, path: &str, object: &Value) -> Value {
        self.send("POST", path, Some(object)).unwrap_or_else(|refused| panic!("{path}: {refused:?}"))
    }

    /// The same, where it is not there yet.
    pub(crate) fn ensure(&self, path: &str, object: &Value) {
        match self.send("POST", path, Some(object)) {
            Ok(_) | Err(Refused { code: 409, .. }) => {}
            Err(refused) => panic!("{path}: {refused:?}"),
        }
    }

    /// Makes an object with a status, which the API takes in a request of its own.
    pub(crate) fn create_with_status(&self, path: &str, object: &Value) -> Value {
        self.try_create_with_status(path, object).unwrap_or_else(|refused| panic!("{path}: {refused:?}"))
    }

    /// The same, where it may be refused.
    pub(crate) fn try_create_with_status(&self, path: &str, object: &Value) -> Result<Value, Refused> {
        RUNTIME.block_on(create_with_status(&self.client, path, object))
    }

    /// Changes what a merge patch names.
    pub(crate) fn merge(&self, path: &str, change: &Value) {
        let kind = "application/merge-patch+json";
        let changed = RUNTIME.block_on(send(&self.client, "PATCH", path, kind, Some(change)));
        changed.unwrap_or_else(|refused| panic!("{path}: {refused:?}"));
    }

    /// Removes an object at once.
    pub(crate) fn delete(&self, path: &str) {
        let now = json!({"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0});
        self.send("DELETE", path, Some(&now)).unwrap_or_else(|refused| panic!("{path}: {refused:?}"));
    }

    /// A token of a service account, for an audience or for the API server's own.
    pub(crate) fn token(&self, namespace: &str, account: &str, audience: Option<&str>) -> String {
        let spec = audience.map_or_else(|| json!({}), |audience| json!({"audiences": [audience]}));
        let path = format!("/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token");
        let request = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec});
        self.create(&path, &request)["status"]["token"].as_str().unwrap().to_owned()
    }

    /// Makes a service account, and says its UID.
    pub(crate) fn account(&self, namespace: &str, name: &str) -> String {
        let path = format!("/api/v1/namespaces/{namespace}/serviceaccounts");
        let account = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}});
        self.create(&path, &account)["metadata"]["uid"].as_str().unwrap().to_owned()
    }

    /// Makes a namespace, where it is not there yet.
    pub(crate) fn namespace(&self, name: &str) {
        let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        self.ensure("/api/v1/namespaces", &namespace);
    }

    /// Makes many objects, each with its status, over many connections.
    pub(crate) fn create_all(&self, objects: impl Iterator<Item = (String, Value)> + Send) {
        RUNTIME.block_on(async {
            let mut made = stream::iter(objects)
                .map(|(path, object)| {
                    let client = self.client.clone();
                    async move { create_with_status(&client, &path, &object).await }
                })
                .buffer_unordered(AT_ONCE);
            while let Some(made) = made.next().await {
                made.unwrap();
            }
        });
    }

    /// Posts many objects to one path, over many connections; the answers are in the order of the objects.
    pub(crate) fn post_all(&self, path: &str, objects: impl Iterator<Item = Value> + Send) -> Vec<Value> {
        RUNTIME.block_on(async {
            stream::iter(objects)
                .map(|object| {
                    let client = self.client.clone();
                    async move { send(&client, "POST", path, "application/json", Some(&object)).await.unwrap() }
                })
                .buffered(AT_ONCE)
                .collect()
                .await
        })
    }

    /// Makes this many nodes and pods in a namespace, the pods spread over the nodes and said to run there. Nothing does.
    pub(crate) fn populate(&self, namespace: &str, nodes: usize, pods: usize) {
        self.namespace(namespace);
        // Admission wants it; the controller-manager makes one too, and takes longer.
        let account = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}});
        self.ensure(&format!("/api/v1/namespaces/{namespace}/serviceaccounts"), &account);
        let path: Arc<str> = format!("/api/v1/namespaces/{namespace}/pods").into();
        self.create_all((0..nodes).map(|number| ("/api/v1/nodes".to_owned(), worker(number))));
        self.create_all((0..pods).map(move |number| {
            (path.to_string(), pod(number, (nodes > 0).then(|| format!("worker-{}", number % nodes))))
        }));
    }

    /// Stores nothing, and says what strict validation has against an object.
    pub(crate) fn dry_run(&self, path: &str, object: &Value) -> Result<Value, Refused> {
        self.send("POST", &format!("{path}?dryRun=All&fieldValidation=Strict"), Some(object))
    }
}

async fn create_with_status(client: &Client, path: &str, object: &Value) -> Result<Value, Refused> {
    let mut stored = send(client, "POST", path, "application/json", Some(object)).await?;
    let Some(status) = object.get("status") else { return Ok(stored) };
    let name = stored["metadata"]["name"].as_str().unwrap_or_default();
    let path = format!("{path}/{name}/status");
    // A patch, because a controller may have written in between.
    let change = json!({"status": status});
    stored = send(client, "PATCH", &path, "application/merge-patch+json", Some(&change)).await?;
    Ok(stored)
}

async fn send(
    client: &Client,
    method: &str,
    path: &str,
    kind: &str,
    body: Option<&Value>,
) -> Result<Value, Refused> {
    let bytes = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
    let request = http::Request::builder().method(method).uri(path).header("Content-Type", kind);
    match client.request::<Value>(request.body(bytes).unwrap()).await {
        Ok(value) => Ok(value),
        Err(kube::Error::Api(status)) => Err(Refused { code: status.code, message: status.message.clone() }),
        Err(error) => Err(Refused { code: 0, message: format!("{error:?}") }),
    }
}

/// A node object that nothing stands behind.
pub(crate) fn worker(number: usize) -> Value {
    // 198.18.0.0/15 is for measurements between networks, and routed nowhere.
    let address = format!("198.18.{}.{}", number / 250, number % 250 + 1);
    let name = format!("worker-{number}");
    json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": name, "labels": {
            "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
        }},
        "status": {
            "addresses": [
                {"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name},
            ],
            "capacity": {"cpu": "16", "memory": "64Gi", "pods": "110"},
            "conditions": [{
                "type": "Ready", "status": "True", "reason": "KubeletReady", "message": "",
                "lastHeartbeatTime": "2026-01-01T00:00:00Z", "lastTransitionTime": "2026-01-01T00:00:00Z",
            }],
            "nodeInfo": {
                "architecture": "amd64", "operatingSystem": "linux", "osImage": "Debian GNU/Linux 12 (bookworm)",
                "kernelVersion": "6.1.0", "containerRuntimeVersion": "containerd://2.1.9",
                "kubeletVersion": "v1.36.3", "kubeProxyVersion": "", "machineID": "", "systemUUID": "", "bootID": "",
            },
        },
    })
}

/// A pod object, said to run on a node.
pub(crate) fn pod(number: usize, node: Option<String>) -> Value {
    let address = format!("198.19.{}.{}", number / 250 % 250, number % 250 + 1);
    let mut pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": format!("app-{number}"), "labels": {"app": "app", "tier": "backend"}},
        "spec": {
            "containers": [{"name": "app", "image": "registry.invalid/app:1"}],
            "tolerations": [{"operator": "Exists"}],
            "automountServiceAccountToken": false,
        },
    });
    if let Some(node) = node {
        pod["spec"]["nodeName"] = Value::String(node);
        pod["status"] = json!({"phase": "Running", "podIP": address, "podIPs": [{"ip": address}]});
    }
    pod
}
