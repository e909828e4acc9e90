//! Kubelets ask the cluster to sign their serving certificates, and nobody approves.

use super::Fault;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "kubelet-serving-csr-pending",
    check: "kubelet-serving-csr-pending",
    distributions: &["kubeadm"],
    change: |spec| {
        let made = spec.set_up_at();
        let requests = spec.nodes.iter().map(|node| {
            json!({
                "apiVersion": "certificates.k8s.io/v1",
                "kind": "CertificateSigningRequest",
                "metadata": {"name": format!("csr-{}", node.name), "creationTimestamp": made},
                "spec": {
                    "signerName": "kubernetes.io/kubelet-serving",
                    "username": format!("system:node:{}", node.name),
                },
                "status": {},
            })
        });
        spec.objects.extend(requests.collect::<Vec<_>>());
    },
};
