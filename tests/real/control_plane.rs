//! A real control plane on loopback: etcd, kube-apiserver, kube-controller-manager and kube-scheduler as kubeadm sets
//! them up. No kubelet runs, so pods and nodes are objects and nothing more.

use crate::{
    api::Api,
    options::{Options, Ports},
    pki::{ADDRESS, KeyKind, Leaf, NODE, Pki, Shape},
    programs::{Program, has_assets},
    support,
    warden::{Running, Warden},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, OnceLock},
    time::{Duration, Instant},
};

/// Until everything must be ready; six seconds is usual on two idle cores.
const PATIENCE: Duration = Duration::from_secs(90);

/// Between two looks at whether something is ready, which nobody announces.
const PAUSE: Duration = Duration::from_millis(50);

/// How often other ports are tried where somebody was quicker.
const TRIES: usize = 3;

/// A control plane; ended, with its folder, when it goes out of scope.
pub(crate) struct ControlPlane {
    running: Mutex<BTreeMap<Program, Running>>,
    pub(crate) options: Options,
    pub(crate) ports: Ports,
    pub(crate) pki: Pki,
    /// As the administrator.
    pub(crate) api: Api,
    warden: Warden,
}

/// The control plane that all tests of this program share, for those that change nothing which others see.
pub(crate) struct Shared {
    test: String,
    plane: &'static ControlPlane,
}

static SHARED: OnceLock<ControlPlane> = OnceLock::new();

impl ControlPlane {
    /// The shared one, ready; nothing where the test is skipped.
    pub(crate) fn shared(test: &str) -> Option<Shared> {
        has_assets(test).then(|| Shared {
            test: test.to_owned(),
            plane: SHARED.get_or_init(|| Self::ready(test, &Options::kubeadm())),
        })
    }

    /// One of the test's own, ready; nothing where the test is skipped.
    pub(crate) fn start(test: &str, options: &Options) -> Option<Self> {
        has_assets(test).then(|| Self::ready(test, options))
    }

    fn ready(test: &str, options: &Options) -> Self {
        for _ in 1..TRIES {
            let plane = Self::launch(options);
            match plane.wait() {
                Ok(()) => return plane,
                Err(reason) if plane.lost_a_port() => println!("{test}: once more, because {reason}"),
                Err(reason) => plane.give_up(test, &reason),
            }
        }
        let plane = Self::launch(options);
        plane.wait().unwrap_or_else(|reason| plane.give_up(test, &reason));
        plane
    }

    /// Starts all processes and waits for none of them.
    pub(crate) fn launch(options: &Options) -> Self {
        let pki = Pki::make(KeyKind::Ecdsa);
        let ports = Ports::free();
        let warden = Warden::new();
        let kubernetes = warden.folder().join("etc/kubernetes");
        fs::create_dir_all(kubernetes.join("manifests")).unwrap();
        fs::create_dir_all(warden.folder().join("var/lib")).unwrap();
        pki.write(&kubernetes.join("pki"));
        let kubeconfig = configuration(&pki, ports, &user(&pki.admin()));
        let plane = Self {
            running: Mutex::default(),
            options: options.clone(),
            ports,
            api: Api::new(&kubeconfig),
            pki,
            warden,
        };
        plane.write_kubeconfigs(&kubernetes);
        for program in Program::SERVERS {
            let manifest = serde_yaml::to_string(&plane.manifest(program)).unwrap();
            fs::write(kubernetes.join(format!("manifests/{}.yaml", program.name())), manifest).unwrap();
        }
        (options.before_start)(&plane.pki, &kubernetes);
        for program in Program::SERVERS {
            plane.begin(program);
        }
        plane
    }

    fn write_kubeconfigs(&self, folder: &Path) {
        let shapes = [
            ("admin", Shape::client("kubernetes-admin").in_group("kubeadm:cluster-admins")),
            ("super-admin", Shape::client("kubernetes-super-admin").in_group("system:masters")),
            ("controller-manager", Shape::client("system:kube-controller-manager")),
            ("scheduler", Shape::client("system:kube-scheduler")),
        ];
        for (name, shape) in shapes {
            let user = user(&self.pki.kubernetes.issue(&shape));
            let text = serde_yaml::to_string(&configuration(&self.pki, self.ports, &user)).unwrap();
            fs::write(folder.join(format!("{name}.conf")), text).unwrap();
        }
    }

    /// Starts a server, anew or again.
    pub(crate) fn begin(&self, program: Program) {
        let path = if program == Program::Etcd { self.options.etcd.path() } else { program.path() };
        let mut command = Command::new(path);
        for (flag, value) in self.options.flags(program, self.ports) {
            command.arg(format!("--{flag}={}", self.on_this_machine(&value)));
        }
        let running = self.warden.start(program.name(), command);
        self.running.lock().unwrap().insert(program, running);
    }

    /// Ends a server at once.
    pub(crate) fn stop(&self, program: Program) {
        self.running.lock().unwrap().remove(&program).unwrap();
    }

    /// The process of a server.
    pub(crate) fn id(&self, program: Program) -> u32 {
        self.running.lock().unwrap()[&program].id()
    }

    /// The process that ends the others when this one has ended.
    pub(crate) fn warden_id(&self) -> u32 {
        self.warden.id()
    }

    /// Waits until everything serves, or says what does not.
    fn wait(&self) -> Result<(), String> {
        self.wait_for("kube-apiserver is not ready", || self.api.text("/readyz").is_ok())?;
        for program in [Program::ControllerManager, Program::Scheduler] {
            let anybody = Api::new(&json!({
                "clusters": [{"name": "c", "cluster": {
                    "server": format!("https://{}:{}", self.bound(program), self.ports.of(program)),
                    "insecure-skip-tls-verify": true,
                }}],
                "users": [{"name": "u", "user": {}}],
                "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
                "current-context": "x",
            }));
            self.wait_for(&format!("{} is not healthy", program.name()), || {
                anybody.text("/healthz").is_ok()
            })?;
        }
        // The first thing that shows the controllers at work, and without which no pod can be made.
        let account = "/api/v1/namespaces/kube-system/serviceaccounts/default";
        self.wait_for("kube-controller-manager makes no service accounts", || self.api.get(account).is_ok())?;
        // What `kubeadm init` adds for the user of admin.conf.
        self.api.ensure(
            "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
            &json!({
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
                "metadata": {"name": "kubeadm:cluster-admins"},
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
                "subjects": [{
                    "apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "kubeadm:cluster-admins",
                }],
            }),
        );
        Ok(())
    }

    /// Looks until something is so, or says that it is not.
    pub(crate) fn wait_for(&self, otherwise: &str, is_so: impl Fn() -> bool) -> Result<(), String> {
        let since = Instant::now();
        loop {
            if is_so() {
                return Ok(());
            }
            let ended = self.ended();
            if !ended.is_empty() {
                return Err(format!("{} ended", ended.join(", ")));
            }
            if since.elapsed() > PATIENCE {
                return Err(format!("{otherwise} after {} s", PATIENCE.as_secs()));
            }
            std::thread::sleep(PAUSE);
        }
    }

    fn ended(&self) -> Vec<&'static str> {
        let mut running = self.running.lock().unwrap();
        running
            .iter_mut()
            .filter_map(|(program, running)| (!running.is_up()).then(|| program.name()))
            .collect()
    }

    fn lost_a_port(&self) -> bool {
        Program::SERVERS.into_iter().any(|program| self.log(program).contains("address already in use"))
    }

    fn give_up(&self, test: &str, reason: &str) -> ! {
        let logs = self.warden.keep_logs(test);
        panic!("{test}: {reason}; the logs are kept in {}", logs.display())
    }

    /// What a server has said so far.
    pub(crate) fn log(&self, program: Program) -> String {
        fs::read_to_string(self.warden.log(program.name())).unwrap_or_default()
    }

    /// The folder that stands for the root of the node: `etc/kubernetes` and `var/lib/etcd` are below it, and `tmp` is
    /// for tests.
    pub(crate) fn folder(&self) -> &Path {
        self.warden.folder()
    }

    /// A path of the node, where it really is.
    pub(crate) fn on_this_machine(&self, value: &str) -> String {
        if value.starts_with("/etc/kubernetes/") || value.starts_with("/var/lib/") {
            format!("{}{value}", self.folder().display())
        } else {
            value.to_owned()
        }
    }

    /// Where a server serves.
    pub(crate) fn url(&self, program: Program) -> String {
        format!("https://{}:{}", self.bound(program), self.ports.of(program))
    }

    fn bound(&self, program: Program) -> String {
        let flags = self.options.flags(program, self.ports);
        let bound = flags.get("bind-address").filter(|address| *address != "0.0.0.0");
        bound.cloned().unwrap_or_else(|| ADDRESS.to_owned())
    }

    /// A kubeconfig of the administrator.
    pub(crate) fn kubeconfig(&self) -> PathBuf {
        self.folder().join("etc/kubernetes/super-admin.conf")
    }

    /// A kubeconfig of the holder of a token, of this name.
    pub(crate) fn kubeconfig_of_token(&self, name: &str, token: &str) -> PathBuf {
        self.kubeconfig_of(name, &json!({"token": token}))
    }

    /// A kubeconfig with this `user` entry, of this name.
    pub(crate) fn kubeconfig_of(&self, name: &str, user: &Value) -> PathBuf {
        self.file(&format!("{name}.kubeconfig"), &configuration(&self.pki, self.ports, user).to_string())
    }

    /// The same as somebody's API.
    pub(crate) fn api_of(&self, user: &Value) -> Api {
        Api::new(&configuration(&self.pki, self.ports, user))
    }

    /// A file for a test.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let folder = self.folder().join("tmp");
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// ctlmon in an environment that leads nowhere else, as the administrator.
    pub(crate) fn ctlmon(&self, arguments: &[&str]) -> Command {
        let mut command = support::ctlmon(self.folder());
        command.args(arguments).arg("--kubeconfig").arg(self.kubeconfig());
        command
    }

    /// kubectl as the administrator; what it printed.
    pub(crate) fn kubectl(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(Program::Kubectl.path());
        command.env_clear().env("HOME", self.folder()).env("KUBECONFIG", self.kubeconfig()).args(arguments);
        let output = command.output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "kubectl {arguments:?}: {error}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Makes the objects of a YAML file, such as roles and bindings.
    pub(crate) fn apply(&self, file: &Path) {
        self.kubectl(&["apply", "--server-side", "-f", file.to_str().unwrap()]);
    }

    /// Makes the objects that a kubelet would have made of this node: the Node, and the mirror pods of the four.
    pub(crate) fn register(&self) {
        let node = self.api.create_with_status("/api/v1/nodes", &node());
        for program in Program::SERVERS {
            let mut pod = self.manifest(program);
            let metadata = &mut pod["metadata"];
            metadata["name"] = json!(format!("{}-{NODE}", program.name()));
            metadata["annotations"] = json!({
                "kubernetes.io/config.hash": "0", "kubernetes.io/config.mirror": "0",
                "kubernetes.io/config.seen": "2026-01-01T00:00:00Z", "kubernetes.io/config.source": "file",
            });
            metadata["ownerReferences"] = json!([{
                "apiVersion": "v1", "kind": "Node", "controller": true,
                "name": NODE, "uid": node["metadata"]["uid"],
            }]);
            pod["spec"]["nodeName"] = json!(NODE);
            pod["spec"]["tolerations"] = json!([{"effect": "NoExecute", "operator": "Exists"}]);
            pod["status"] = json!({
                "phase": "Running", "hostIP": ADDRESS, "podIP": ADDRESS, "podIPs": [{"ip": ADDRESS}],
                "conditions": [{"type": "Ready", "status": "True"}],
            });
            self.api.create_with_status("/api/v1/namespaces/kube-system/pods", &pod);
        }
    }

    /// The static pod of a server, as kubeadm writes it.
    fn manifest(&self, program: Program) -> Value {
        let flags = self.options.flags(program, self.ports);
        let command: Vec<String> = std::iter::once(program.name().to_owned())
            .chain(flags.iter().map(|(flag, value)| format!("--{flag}={value}")))
            .collect();
        let name = program.name();
        let mut paths = vec![("k8s-certs", "/etc/kubernetes/pki", "DirectoryOrCreate")];
        match program {
            Program::Etcd => {
                paths = vec![
                    ("etcd-data", "/var/lib/etcd", "DirectoryOrCreate"),
                    ("etcd-certs", "/etc/kubernetes/pki/etcd", "DirectoryOrCreate"),
                ];
            }
            Program::ControllerManager => {
                paths.push(("kubeconfig", "/etc/kubernetes/controller-manager.conf", "FileOrCreate"));
            }
            Program::Scheduler => {
                paths = vec![("kubeconfig", "/etc/kubernetes/scheduler.conf", "FileOrCreate")];
            }
            _ => {}
        }
        let mounts = paths.iter().map(|(name, path, _)| json!({"name": name, "mountPath": path}));
        let volumes = paths
            .iter()
            .map(|(name, path, kind)| json!({"name": name, "hostPath": {"path": path, "type": kind}}));
        json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {
                "name": name, "namespace": "kube-system", "labels": {"component": name, "tier": "control-plane"},
            },
            "spec": {
                "containers": [{
                    "name": name, "image": image(program), "command": command,
                    "volumeMounts": mounts.collect::<Vec<_>>(),
                }],
                "hostNetwork": true, "priorityClassName": "system-node-critical",
                "volumes": volumes.collect::<Vec<_>>(),
            },
        })
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let name = std::thread::current().name().unwrap_or("test").replace("::", "-");
            println!("the servers' logs are kept in {}", self.warden.keep_logs(&name).display());
        }
    }
}

impl std::ops::Deref for Shared {
    type Target = ControlPlane;

    fn deref(&self) -> &ControlPlane {
        self.plane
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("the servers' logs are kept in {}", self.warden.keep_logs(&self.test).display());
        }
    }
}

/// The `user` entry of a kubeconfig for a certificate.
pub(crate) fn user(leaf: &Leaf) -> Value {
    json!({
        "client-certificate-data": STANDARD.encode(&leaf.pem), "client-key-data": STANDARD.encode(&leaf.key),
    })
}

fn configuration(pki: &Pki, ports: Ports, user: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Config",
        "clusters": [{"name": "kubernetes", "cluster": {
            "server": format!("https://{ADDRESS}:{}", ports.api_server),
            "certificate-authority-data": STANDARD.encode(&pki.kubernetes.leaf.pem),
        }}],
        "users": [{"name": "user", "user": user}],
        "contexts": [{"name": "user@kubernetes", "context": {"cluster": "kubernetes", "user": "user"}}],
        "current-context": "user@kubernetes",
    })
}

fn node() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {
            "name": NODE,
            "labels": {
                "kubernetes.io/hostname": NODE, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
                "node-role.kubernetes.io/control-plane": "",
                "node.kubernetes.io/exclude-from-external-load-balancers": "",
            },
            "annotations": {"node.alpha.kubernetes.io/ttl": "0"},
        },
        "spec": {"taints": [{"effect": "NoSchedule", "key": "node-role.kubernetes.io/control-plane"}]},
        "status": {
            "addresses": [{"type": "InternalIP", "address": ADDRESS}, {"type": "Hostname", "address": NODE}],
            // Without room for pods the scheduler brings none.
            "capacity": {"cpu": "16", "memory": "64Gi", "pods": "110"},
            "allocatable": {"cpu": "16", "memory": "64Gi", "pods": "110"},
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

const fn image(program: Program) -> &'static str {
    match program {
        Program::Etcd => "registry.k8s.io/etcd:3.6.8-0",
        Program::ControllerManager => "registry.k8s.io/kube-controller-manager:v1.36.3",
        Program::Scheduler => "registry.k8s.io/kube-scheduler:v1.36.3",
        _ => "registry.k8s.io/kube-apiserver:v1.36.3",
    }
}
