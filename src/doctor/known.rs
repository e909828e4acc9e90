//! The known ways in which this monitoring breaks, and which check finds each: what is held by a check, and what is not and why.
//!
//! Source: reports of users and the code of Datadog's Agent, chart and operator and of Kubernetes, collected with their literal
//! error texts. The keys group them: kubelet, controller manager and scheduler, API server, etcd, Cluster Agent,
//! Autodiscovery, credentials, platform, the Agent itself, and Datadog as a whole.

/// A known way in which the monitoring breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its key, such as `KL-01`.
    pub key: &'static str,
    /// What is wrong, as a clause.
    pub what: &'static str,
    /// Who finds it.
    pub held: Held,
}

/// Who finds a known failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// These checks, the most precise first.
    By(&'static [&'static str]),
    /// None, for this reason.
    Not(&'static str),
}

const fn by(key: &'static str, what: &'static str, checks: &'static [&'static str]) -> Known {
    Known { key, what, held: Held::By(checks) }
}

const fn not(key: &'static str, what: &'static str, reason: &'static str) -> Known {
    Known { key, what, held: Held::Not(reason) }
}

/// All of them.
pub static KNOWN: &[Known] = &[
    by("KL-01", "the account may not read the kubelet's metrics and stats", &["kubelet-metrics-forbidden"]),
    by("KL-02", "the right role is bound to another account", &["account-role-bound-to-another"]),
    by(
        "KL-03",
        "finer rights to kubelets than these know, or coarser ones than they need",
        &["fine-grained-rights-on-old-kubelet", "account-has-more-than-it-needs", "kubelet-pods-forbidden"],
    ),
    by("KL-04", "the kubelet asks nobody whose a token is", &["kubelet-ignores-tokens"]),
    by("KL-05", "the kubelet's read-only port is asked and closed", &["kubelet-read-only-port-asked"]),
    by("KL-06", "the kubelet's certificate names no address", &["kubelet-cert-without-address"]),
    by("KL-07", "the kubelet's certificate is for another name", &["kubelet-cert-wrong-name"]),
    by("KL-08", "no CA of the agents has signed the kubelet's certificate", &["kubelet-cert-untrusted"]),
    by("KL-09", "the kubelet's certificate is over", &["kubelet-cert-expired"]),
    by("KL-10", "nobody signs what kubelets ask for", &["kubelet-serving-csr-pending"]),
    by("KL-11", "the Agent finds no URL of its kubelet", &["kubelet-url-undetected"]),
    by("KL-12", "the Agent is not told the host of its kubelet", &["kubelet-host-unset"]),
    by(
        "KL-13",
        "a proxy gets what is meant for the cluster",
        &["proxy-catches-cluster-traffic", "http-proxy-intercepts"],
    ),
    by("KL-14", "the Agent's own test of the connection passes with a 403", &["kubelet-metrics-forbidden"]),
    by("KL-15", "the Agent finds no host name and ends", &["hostname-undetermined"]),
    by("KL-16", "the pods have no token", &["token-not-mounted"]),
    by(
        "KL-17",
        "a sidecar may not ask for its kubelet through the API server",
        &["sidecar-kubelet-forbidden"],
    ),
    by("KL-18", "a sidecar is not told its node", &["sidecar-node-name-missing"]),
    by("KL-19", "an old sidecar writes addresses of IPv6 without brackets", &["sidecar-on-ipv6-too-old"]),
    by("CM-01", "it listens on loopback, and the agents are elsewhere", &["metrics-on-loopback-only"]),
    by("CM-02", "a port without TLS is asked that is gone", &["insecure-port-configured"]),
    by(
        "CM-03",
        "no credential arrives, or the component looks at none",
        &["check-sends-no-token", "scheduler-no-credentials", "controller-manager-metrics-forbidden"],
    ),
    by(
        "CM-04",
        "the account may not get /metrics",
        &["agent-account-metrics-forbidden", "controller-manager-metrics-forbidden"],
    ),
    by(
        "CM-05",
        "the component may not read whose certificates are good",
        &["authentication-configmap-unreadable", "authentication-configmap-forbidden"],
    ),
    by("CM-06", "a certificate that is made anew at each start is verified", &["self-signed-cert-verified"]),
    by(
        "CM-07",
        "the account may not read who leads, or looks where nobody writes it",
        &["leader-lease-unreadable", "leader-election-kind-retired"],
    ),
    by("CM-08", "flags that kubeadm was not told of", &["flags-not-in-kubeadm-config"]),
    by("CM-09", "a Service selects no pods", &["service-selects-no-pod"]),
    by(
        "CM-10",
        "a Service bears the name of an old leader election",
        &["service-named-like-leader-election"],
    ),
    by("CM-11", "a check waits for a container where the component is no pod", &["check-of-what-is-no-pod"]),
    not(
        "CM-12",
        "a provider hides the component",
        "a component that the distribution hides is not expected to be judged; `detect` and `gen-values` name the reason",
    ),
    by(
        "CM-13",
        "EKS's own metrics are forbidden, not served, or asked without the right header",
        &["eks-metrics-forbidden", "eks-metrics-not-served", "eks-check-without-accept-header"],
    ),
    by("CM-14", "a firewall drops what goes to the port", &["port-filtered"]),
    by(
        "AS-01",
        "an account that asks may not get /metrics",
        &["agent-account-metrics-forbidden", "metrics-forbidden"],
    ),
    by("AS-02", "an old Agent keeps a token that ends", &["agent-too-old-for-bound-tokens"]),
    by(
        "AS-03",
        "a check names a port at which nobody listens, or one that cannot be known",
        &["check-names-wrong-port"],
    ),
    by("AS-04", "an annotation cannot be read", &["check-unreadable"]),
    by("AS-05", "addresses that pods have are not handed to runners", &["endpoints-resolve-missing"]),
    by("AS-06", "an annotation is undone by whoever keeps the object", &["annotation-kept-by-others"]),
    by(
        "AS-07",
        "cluster checks are off, or the Cluster Agent may not list what it hands out",
        &["cluster-checks-off", "cluster-agent-lists-forbidden"],
    ),
    by(
        "AS-08",
        "nobody runs cluster checks",
        &["nobody-runs-cluster-checks", "cluster-check-not-dispatched"],
    ),
    by("AS-09", "an answer is large or slow", &["metrics-too-large"]),
    by("AS-10", "the API server is not ready", &["api-server-not-ready"]),
    by(
        "AS-11",
        "client certificates that the API server sees end soon",
        &["api-server-client-cert-expiring"],
    ),
    by("AS-12", "one of several API servers is asked", &["one-address-for-several-api-servers"]),
    by("ET-01", "the packaged check asks etcd without TLS", &["etcd-packaged-check-over-http"]),
    by("ET-02", "etcd refuses the certificate", &["etcd-client-cert-refused", "etcd-rejects-clients"]),
    by("ET-03", "no certificate is presented", &["etcd-client-cert-missing"]),
    by("ET-04", "the CA is another one", &["etcd-client-cert-foreign-ca", "serving-cert-untrusted"]),
    by("ET-05", "the certificate is not for clients", &["etcd-client-cert-without-client-auth"]),
    by("ET-06", "etcd's certificate is for other names", &["serving-cert-wrong-name"]),
    by(
        "ET-07",
        "a certificate is over, or a copy of it was left behind",
        &[
            "etcd-client-cert-expired",
            "serving-cert-expired",
            "certificate-file-expired",
            "copied-secret-stale",
        ],
    ),
    by("ET-08", "the Agent may not read the key", &["etcd-key-unreadable"]),
    by("ET-09", "a certificate is read where nothing is mounted", &["cert-path-not-mounted"]),
    by("ET-10", "the key is the certificate", &["key-is-the-certificate", "etcd-client-key-mismatch"]),
    by(
        "ET-11",
        "a path of the control plane is mounted on workers",
        &["host-path-missing-on-workers", "host-path-not-on-node"],
    ),
    by(
        "ET-12",
        "the metrics listener is on loopback or on another port",
        &["metrics-on-loopback-only", "check-names-wrong-port", "metrics-scheme-mismatch"],
    ),
    by("ET-13", "an etcd is asked that k3s does not have", &["check-of-what-is-no-pod"]),
    by("ET-14", "the check reads the API of etcd 2", &["etcd-check-of-old-api"]),
    not(
        "ET-15",
        "no tag says who leads",
        "nothing is lost by it: the metric etcd_server_is_leader says the same, and the option is off by default where there is no gateway",
    ),
    by(
        "ET-16",
        "kOps' etcd listens on other ports",
        &["check-names-wrong-port", "metrics-endpoint-unreachable"],
    ),
    by("ET-17", "etcd is no pod", &["etcd-not-a-pod", "check-of-what-is-no-pod"]),
    by("ET-18", "OpenShift's Secret is elsewhere", &["openshift-etcd-secret-missing"]),
    by("ET-19", "a port is chosen by its place", &["port-picked-by-index"]),
    by(
        "ET-20",
        "PushProx selects nothing, or asks ports that are gone",
        &["pushprox-selects-nothing", "insecure-port-configured"],
    ),
    by("ET-21", "SELinux confines the Agent", &["selinux-confines-agent"]),
    by("ET-22", "etcd is full or raises an alarm", &["etcd-near-quota", "etcd-has-no-leader"]),
    by("ET-23", "one of two etcds is not collected", &["second-etcd-not-collected"]),
    by("CA-01", "the token is another than the Cluster Agent's", &["cluster-agent-token-mismatch"]),
    by("CA-02", "the token is too short", &["cluster-agent-token-too-short"]),
    by("CA-03", "the token has white space in it", &["cluster-agent-token-has-white-space"]),
    by("CA-04", "the token is drawn anew at each render", &["cluster-agent-token-made-anew"]),
    by("CA-05", "a Secret or an entry of it does not exist", &["referenced-object-missing"]),
    by(
        "CA-06",
        "the variables of the Service are not set",
        &["service-variables-unset", "cluster-agent-address-wrong"],
    ),
    by("CA-07", "the URL is not https", &["cluster-agent-address-wrong"]),
    by(
        "CA-08",
        "the name of the Cluster Agent has no address",
        &["cluster-agent-name-unresolvable", "cluster-agent-not-reached"],
    ),
    by("CA-09", "a network policy is in the way", &["network-policy-blocks-cluster-agent"]),
    by("CA-10", "nobody is behind the Cluster Agent's Service", &["cluster-agent-service-empty"]),
    by(
        "CA-11",
        "the Cluster Agent may not elect a leader",
        &["leader-election-forbidden", "leader-lease-stale"],
    ),
    by("CA-12", "the leader is nobody who runs", &["leader-is-no-pod", "cluster-agent-leader-lost"]),
    by("CA-13", "Agent and Cluster Agent are of distant releases", &["agent-and-cluster-agent-skewed"]),
    not(
        "CA-14",
        "a command in the Cluster Agent's pod is refused",
        "a command that could not be run is unknown, with the right or the answer by name",
    ),
    by(
        "CA-15",
        "the admission webhook cannot be called",
        &["admission-webhook-unreachable", "admission-webhook-fails"],
    ),
    by("CA-16", "agents on Windows join no Cluster Agent", &["windows-agents-without-cluster-agent"]),
    by("AD-01", "the kubelet calls static pods pending", &["static-pods-pending"]),
    by("AD-02", "a template variable has no value", &["no-ip-for-container", "template-variable-unresolved"]),
    by("AD-03", "a check runs twice on a node", &["check-runs-twice"]),
    by("AD-04", "a check runs on nodes and is handed out", &["check-on-nodes-and-handed-out"]),
    by("AD-05", "no Agent runs on the control plane", &["no-agent-on-control-plane"]),
    by("AD-06", "a check of the control plane runs on workers", &["control-plane-check-on-workers"]),
    by("AD-07", "an identifier is no image", &["identifier-matches-no-container"]),
    by("AD-08", "an annotation names no container", &["annotation-names-no-container"]),
    by("AD-09", "lists of an annotation differ in length", &["check-unreadable"]),
    by("AD-10", "a file is no YAML", &["check-unreadable", "agent-configuration-not-loaded"]),
    by("AD-11", "the control plane's containers are excluded", &["control-plane-containers-excluded"]),
    by("AD-12", "who runs the check has no certificate", &["cert-path-not-mounted"]),
    by("AD-13", "an option bears an old name", &["option-under-old-name"]),
    by("CR-01", "the API key is not one", &["api-key-malformed", "api-key-invalid", "api-key-missing"]),
    by("CR-02", "containers send to different sites", &["site-differs", "api-key-invalid"]),
    by("CR-03", "the application key is missing", &["app-key-missing"]),
    by("CR-04", "the name of the cluster is not allowed", &["cluster-name-invalid", "cluster-name-refused"]),
    by("CR-05", "the name of the cluster differs", &["cluster-name-differs"]),
    not(
        "CR-06",
        "two clusters bear one name",
        "one run judges one cluster, and of several each by itself; the name is in every report",
    ),
    not(
        "CR-07",
        "two clusters have nodes of one name",
        "the same: with a name for each cluster, which cluster-name-differs and cluster-name-invalid watch, host names do not clash",
    ),
    by("CR-08", "a Secret is in another namespace", &["referenced-object-missing"]),
    by("PS-01", "Pod Security forbids the agents", &["pod-security-forbids-agents"]),
    by(
        "PS-02",
        "no security context constraint allows the agents",
        &["security-context-constraint-forbids-agents"],
    ),
    by("PS-03", "GKE Autopilot refuses the agents", &["autopilot-refuses-agents"]),
    by("PS-04", "Talos has no such files", &["agent-file-system-read-only", "read-only-file-system"]),
    by(
        "PS-05",
        "Bottlerocket confines the agents",
        &["agent-file-system-read-only", "selinux-confines-agent"],
    ),
    by(
        "PS-06",
        "the root file system is read-only",
        &["agent-file-system-read-only", "read-only-file-system"],
    ),
    by("PS-07", "a node has no /usr/src", &["host-path-not-on-node"]),
    by(
        "PS-08",
        "the operator may not grant what it writes",
        &["operator-cannot-grant", "rbac-escalation-refused"],
    ),
    by("PS-09", "an old DaemonSet of the operator is in the way", &["old-introspection-daemonset"]),
    by("PS-10", "the operator does not know the product", &["operator-does-not-know-product"]),
    by("AG-01", "an Agent crashes again and again", &["agent-crash-looping"]),
    by("AG-02", "an Agent is not ready", &["agent-not-ready"]),
    by("AG-03", "pods of a DaemonSet are missing", &["agent-pods-missing"]),
    by("AG-04", "a mount names no volume", &["agent-volume-unknown"]),
    by("AG-05", "the intake cannot be reached", &["intake-unreachable"]),
    by("AG-06", "a check says why it fails", &["agent-check-fails"]),
    by("AG-07", "a check takes longer than its interval", &["agent-check-too-slow"]),
    by("AG-09", "a port of the node is taken", &["host-port-taken"]),
    by("AG-11", "clocks differ", &["clock-of-node-off", "clock-of-this-machine-off"]),
    not(
        "AG-12",
        "whoever looks lacks a right",
        "that is no problem of the cluster: what could not be looked at is unknown, with the right by name",
    ),
    by("DD-01", "Datadog is not installed", &["datadog-not-installed"]),
    by("DD-02", "the API server has an open port without TLS", &["insecure-port-open"]),
    by("DD-03", "a retired Heapster is still there", &["heapster-retired"]),
    by(
        "DD-04",
        "a copied certificate or token no longer equals its origin",
        &["copied-secret-stale", "cluster-agent-token-mismatch"],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::checks;
    use std::collections::BTreeSet;

    #[test]
    fn every_check_that_is_named_exists_and_nearly_all_failures_are_found() {
        let mut keys = BTreeSet::new();
        for known in KNOWN {
            assert!(keys.insert(known.key), "{} stands here once", known.key);
            match known.held {
                Held::By(ids) => {
                    assert!(!ids.is_empty(), "{}", known.key);
                    for id in ids {
                        assert!(checks::named(id).is_some(), "{}: no check {id}", known.key);
                    }
                }
                Held::Not(reason) => assert!(!reason.is_empty(), "{}", known.key),
            }
        }
        let held = KNOWN.iter().filter(|known| matches!(known.held, Held::By(_))).count();
        assert!(held >= 110, "{held} of {}", KNOWN.len());
    }
}
