//! A practice cluster as Amazon EKS makes it: a control plane that somebody else runs, one machine, one pod's node of Fargate,
//! and the metrics of controller manager and scheduler at paths of the API server.

use super::{
    edit::Edit,
    kubeadm::handed_out,
    spec::{LabSpec, NodeSpec, Shown},
};
use crate::model::{around::EKS_GROUP, component::Component, facts::Taint};
use jiff::Timestamp;
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr};

const COMPUTE: &str = "eks.amazonaws.com/compute-type";
const FARGATE: &str = "fargate-ip-192-0-2-31.eu-central-1.compute.internal";
const FARGATE_ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 31));

impl LabSpec {
    /// A healthy cluster of Amazon EKS with one machine, and a pod on Fargate that has an Agent beside it.
    #[must_use]
    pub fn eks(now: Timestamp) -> Self {
        let mut spec = Self::kubeadm(now);
        "v1.33.4-eks-113cf36".clone_into(&mut spec.version);
        spec.groups = vec!["vpcresources.k8s.aws/v1beta1".to_owned(), format!("{EKS_GROUP}/v1")];
        spec.components.retain(|component| component.component == Component::ApiServer);
        for component in &mut spec.components {
            component.shown = Shown::Nothing;
        }
        for node in &mut spec.nodes {
            // What was the control plane's node is Amazon's own now.
            node.is_member = node.taints.is_empty();
            node.kubelet.is_listening = node.is_member;
            node.labels.insert("eks.amazonaws.com/nodegroup".to_owned(), "main".to_owned());
        }
        let fargate = fargate(&spec);
        spec.nodes.extend(fargate);
        FARGATE.clone_into(&mut spec.sidecar.node);
        spec.annotated.clear();
        spec.agents.checks.clear();
        spec.agents.client_certificate = None;
        spec.secrets.retain(|secret| secret.name != "etcd-client");
        spec.objects.retain(|object| object["metadata"]["name"] != "kubeadm-config");
        spec.objects.push(json!({
            "apiVersion": "apps/v1", "kind": "DaemonSet",
            "metadata": {"namespace": "kube-system", "name": "aws-node", "labels": {"k8s-app": "aws-node"}},
            "spec": {"selector": {"matchLabels": {"k8s-app": "aws-node"}}, "template": {
                "metadata": {"labels": {"k8s-app": "aws-node"}},
                "spec": {"hostNetwork": true, "containers": [{"name": "aws-node", "image": "amazon-k8s-cni:v1.20.1"}]}}},
        }));
        let path = |resource: &str| {
            format!("https://%%host%%:%%port%%/apis/{EKS_GROUP}/v1/{resource}/container/metrics")
        };
        // As the chart's own switch writes it.
        let settings = [
            "    bearer_token_auth: true",
            "    tls_ca_cert: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
            "    extra_headers:",
            "      accept: '*/*'",
        ]
        .join("\n");
        handed_out(
            &mut spec,
            &[
                ("kube_controller_manager", "default/kubernetes", &path("kcm"), &settings),
                ("kube_scheduler", "default/kubernetes", &path("ksh"), &settings),
            ],
        );
        let edit = |at: &str, to: &str| Edit::new("Node", "", "*", at, Some(json!(to)));
        spec.edits.extend([
            edit("/status/nodeInfo/kubeletVersion", "v1.33.4-eks-113cf36"),
            edit("/status/nodeInfo/osImage", "Amazon Linux 2023.8.20250818"),
        ]);
        spec.edits.push(Edit::new(
            "Node",
            "",
            "worker-1",
            "/spec/providerID",
            Some(json!("aws:///eu-central-1a/i-0a1b2c3d4e5f60718")),
        ));
        spec
    }
}

/// The node that Fargate makes for the application's pod.
fn fargate(spec: &LabSpec) -> Option<NodeSpec> {
    let worker = spec.members().next()?;
    let taint =
        Taint { key: COMPUTE.to_owned(), value: "fargate".to_owned(), effect: "NoSchedule".to_owned() };
    let mut node = NodeSpec {
        name: FARGATE.to_owned(),
        address: FARGATE_ADDRESS,
        taints: vec![taint],
        pod_cidr: "10.244.9.0/24".to_owned(),
        ..worker.clone()
    };
    node.labels.remove("eks.amazonaws.com/nodegroup");
    node.labels.insert(COMPUTE.to_owned(), "fargate".to_owned());
    node.labels.insert("kubernetes.io/hostname".to_owned(), FARGATE.to_owned());
    Some(node)
}
