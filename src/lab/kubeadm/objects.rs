//! What else is in a new kubeadm cluster: namespaces, accounts, services, kubeadm's own notes, and the add-ons' workloads.

use super::{ControlPlane, agents::APPLICATION};
use serde_json::{Value, json};

/// Everything that follows from no other part of the spec.
pub(super) fn all(control_planes: &[ControlPlane]) -> Vec<Value> {
    let mut objects: Vec<Value> = Vec::new();
    for namespace in ["default", "kube-node-lease", "kube-public", "kube-system", "datadog", APPLICATION.0] {
        objects.push(json!({
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": namespace, "labels": {"kubernetes.io/metadata.name": namespace}},
            "spec": {"finalizers": ["kubernetes"]},
            "status": {"phase": "Active"},
        }));
        objects.push(account(namespace, "default"));
    }
    objects.push(account("kube-system", "coredns"));
    objects.push(account("kube-system", "kube-proxy"));
    objects.extend(services(control_planes));
    objects.push(kubeadm_config());
    // It runs on the worker as well.
    objects.push(kube_proxy(control_planes.len() + 1));
    objects.push(coredns());
    objects
}

fn account(namespace: &str, name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"namespace": namespace, "name": name}})
}

fn services(control_planes: &[ControlPlane]) -> Vec<Value> {
    let addresses: Vec<Value> = control_planes.iter().map(|node| json!({"ip": node.address})).collect();
    let dns = json!({
        "k8s-app": "kube-dns",
        "kubernetes.io/cluster-service": "true",
        "kubernetes.io/name": "CoreDNS",
    });
    let service = |namespace: &str, name: &str, labels: &Value, spec: Value| {
        json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"namespace": namespace, "name": name, "labels": labels},
            "spec": spec,
            "status": {"loadBalancer": {}},
        })
    };
    let mut kubernetes = service(
        "default",
        "kubernetes",
        &json!({"component": "apiserver", "provider": "kubernetes"}),
        json!({
            "clusterIP": "10.96.0.1",
            "clusterIPs": ["10.96.0.1"],
            "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}],
            "type": "ClusterIP",
        }),
    );
    // The Cluster Agent hands this to a runner, once for each API server.
    kubernetes["metadata"]["annotations"] = json!({
        "ad.datadoghq.com/endpoints.checks": json!({"kube_apiserver_metrics": {
            "init_config": {},
            "instances": [{"prometheus_url": "https://%%host%%:%%port%%/metrics", "bearer_token_auth": "true"}],
        }})
        .to_string(),
    });
    vec![
        kubernetes,
        json!({
            "apiVersion": "v1",
            "kind": "Endpoints",
            "metadata": {
                "namespace": "default",
                "name": "kubernetes",
                "labels": {"endpointslice.kubernetes.io/skip-mirror": "true"},
            },
            "subsets": [{
                "addresses": addresses,
                "ports": [{"name": "https", "port": 6443, "protocol": "TCP"}],
            }],
        }),
        service(
            "kube-system",
            "kube-dns",
            &dns,
            json!({
                "clusterIP": "10.96.0.10",
                "clusterIPs": ["10.96.0.10"],
                "ports": [
                    {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": "dns"},
                    {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": "dns-tcp"},
                    {"name": "metrics", "port": 9153, "protocol": "TCP", "targetPort": "metrics"},
                ],
                "selector": {"k8s-app": "kube-dns"},
                "type": "ClusterIP",
            }),
        ),
    ]
}

fn kubeadm_config() -> Value {
    // kubeadm can make keys on P-256, so the configuration says what the practice cluster does.
    let text = "\
apiServer: {}
apiVersion: kubeadm.k8s.io/v1beta4
caCertificateValidityPeriod: 87600h0m0s
certificateValidityPeriod: 8760h0m0s
certificatesDir: /etc/kubernetes/pki
clusterName: practice
controlPlaneEndpoint: 192.0.2.11:6443
controllerManager: {}
dns: {}
encryptionAlgorithm: ECDSA-P256
etcd:
  local:
    dataDir: /var/lib/etcd
imageRepository: registry.k8s.io
kind: ClusterConfiguration
kubernetesVersion: v1.36.2
networking:
  dnsDomain: cluster.local
  podSubnet: 10.244.0.0/16
  serviceSubnet: 10.96.0.0/12
proxy: {}
scheduler: {}
";
    json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"namespace": "kube-system", "name": "kubeadm-config"},
        "data": {"ClusterConfiguration": text},
    })
}

fn kube_proxy(pods: usize) -> Value {
    json!({
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"namespace": "kube-system", "name": "kube-proxy", "labels": {"k8s-app": "kube-proxy"}, "generation": 1},
        "spec": {
            "selector": {"matchLabels": {"k8s-app": "kube-proxy"}},
            "template": {
                "metadata": {"labels": {"k8s-app": "kube-proxy"}},
                "spec": {
                    "containers": [{
                        "name": "kube-proxy",
                        "image": "registry.k8s.io/kube-proxy:v1.36.2",
                        "command": [
                            "/usr/local/bin/kube-proxy",
                            "--config=/var/lib/kube-proxy/config.conf",
                            "--hostname-override=$(NODE_NAME)",
                        ],
                    }],
                    "hostNetwork": true,
                    "nodeSelector": {"kubernetes.io/os": "linux"},
                    "serviceAccountName": "kube-proxy",
                    "tolerations": [{"operator": "Exists"}],
                },
            },
            "updateStrategy": {"type": "RollingUpdate"},
        },
        "status": {
            "currentNumberScheduled": pods,
            "desiredNumberScheduled": pods,
            "numberAvailable": pods,
            "numberMisscheduled": 0,
            "numberReady": pods,
            "observedGeneration": 1,
            "updatedNumberScheduled": pods,
        },
    })
}

fn coredns() -> Value {
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"namespace": "kube-system", "name": "coredns", "labels": {"k8s-app": "kube-dns"}, "generation": 1},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"k8s-app": "kube-dns"}},
            "template": {
                "metadata": {"labels": {"k8s-app": "kube-dns"}},
                "spec": {
                    "containers": [{"name": "coredns", "image": "registry.k8s.io/coredns/coredns:v1.14.2"}],
                    "serviceAccountName": "coredns",
                    "tolerations": [
                        {"key": "CriticalAddonsOnly", "operator": "Exists"},
                        {"key": super::CONTROL_PLANE_TAINT, "effect": "NoSchedule"},
                    ],
                },
            },
        },
        "status": {"availableReplicas": 2, "observedGeneration": 1, "readyReplicas": 2, "replicas": 2, "updatedReplicas": 2},
    })
}
