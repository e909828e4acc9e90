//! What may be kept of free maps: annotations, flags and variables hold secrets now and then, so a value is kept only
//! where its meaning is known and harmless. Of everything else the key is kept with an empty value.

/// Annotations whose value is kept, by the beginning of the key.
///
/// Which pods are static and where kubeadm's listen; which object of Cluster API made a node; which nodes are simulated.
const ANNOTATIONS: [&str; 5] = [
    "kubernetes.io/config.",
    "kubeadm.kubernetes.io/",
    "kubeadm.alpha.kubernetes.io/",
    "cluster.x-k8s.io/",
    "kwok.x-k8s.io/node",
];

/// Flags of control-plane programs whose value is kept: addresses, ports, switches and paths of files.
const FLAGS: [&str; 61] = [
    "address",
    "advertise-address",
    "advertise-client-urls",
    "anonymous-auth",
    "api-audiences",
    "authentication-kubeconfig",
    "authentication-skip-lookup",
    "authorization-always-allow-paths",
    "authorization-kubeconfig",
    "authorization-mode",
    "bind-address",
    "bootstrap-kubeconfig",
    "cert-dir",
    "cert-file",
    "client-ca-file",
    "client-cert-auth",
    "client-urls",
    "cluster-cidr",
    "cluster-signing-cert-file",
    "cluster-signing-key-file",
    "config",
    "container-runtime-endpoint",
    "etcd-cafile",
    "etcd-certfile",
    "etcd-keyfile",
    "etcd-servers",
    "etcd-servers-overrides",
    "feature-gates",
    "insecure-bind-address",
    "insecure-port",
    "key-file",
    "kubeconfig",
    "kubelet-client-certificate",
    "kubelet-client-key",
    "leader-elect",
    "listen-client-http-urls",
    "listen-client-urls",
    "listen-metrics-urls",
    "metrics",
    "peer-cert-file",
    "peer-key-file",
    "peer-trusted-ca-file",
    "pod-manifest-path",
    "port",
    "profiling",
    "proxy-client-cert-file",
    "proxy-client-key-file",
    "requestheader-client-ca-file",
    "root-ca-file",
    "root-dir",
    "secure-port",
    "service-account-issuer",
    "service-account-key-file",
    "service-account-private-key-file",
    "service-account-signing-key-file",
    "service-cluster-ip-range",
    "tls-cert-file",
    "tls-min-version",
    "tls-private-key-file",
    "trusted-ca-file",
    "use-service-account-credentials",
];

/// Flags of etcd under the name that they had before they were settled.
const EXPERIMENTAL: &str = "experimental-";

/// Variables of Datadog's containers whose value is kept. URLs of proxies and of the intake are not among them: they
/// may carry a password.
const VARIABLES: [&str; 43] = [
    "DD_AC_EXCLUDE",
    "DD_AC_INCLUDE",
    "DD_ADMISSION_CONTROLLER_ADD_AKS_SELECTORS",
    "DD_CHECKS_TAG_CARDINALITY",
    "DD_CLC_RUNNER_ENABLED",
    "DD_CLC_RUNNER_HOST",
    "DD_CLUSTER_AGENT_CMD_PORT",
    "DD_CLUSTER_AGENT_ENABLED",
    "DD_CLUSTER_AGENT_KUBERNETES_SERVICE_NAME",
    "DD_CLUSTER_AGENT_URL",
    "DD_CLUSTER_CHECKS_ENABLED",
    "DD_CLUSTER_NAME",
    "DD_CMD_PORT",
    "DD_COLLECT_KUBERNETES_EVENTS",
    "DD_CONTAINER_EXCLUDE",
    "DD_CONTAINER_EXCLUDE_METRICS",
    "DD_CONTAINER_INCLUDE",
    "DD_CONTAINER_INCLUDE_METRICS",
    "DD_EKS_FARGATE",
    "DD_EXTERNAL_METRICS_PROVIDER_ENABLED",
    "DD_EXTRA_CONFIG_PROVIDERS",
    "DD_EXTRA_LISTENERS",
    "DD_HEALTH_PORT",
    "DD_HOSTNAME",
    "DD_IGNORE_AUTOCONF",
    "DD_KUBELET_CLIENT_CA",
    "DD_KUBELET_TLS_VERIFY",
    "DD_KUBELET_USE_API_SERVER",
    "DD_KUBERNETES_HTTPS_KUBELET_PORT",
    "DD_KUBERNETES_HTTP_KUBELET_PORT",
    "DD_KUBERNETES_KUBELET_HOST",
    "DD_KUBERNETES_KUBELET_NODENAME",
    "DD_KUBERNETES_USE_ENDPOINT_SLICES",
    "DD_KUBE_RESOURCES_NAMESPACE",
    "DD_LEADER_ELECTION",
    "DD_LEADER_LEASE_NAME",
    "DD_LOG_LEVEL",
    "DD_ORCHESTRATOR_EXPLORER_ENABLED",
    "DD_PROMETHEUS_SCRAPE_ENABLED",
    "DD_PROXY_NO_PROXY",
    "DD_SITE",
    "NO_PROXY",
    "no_proxy",
];

/// Parts of a query's key that mean a secret.
const SECRET_KEYS: [&str; 6] = ["key", "pass", "secret", "sig", "token", "auth"];

/// The value of an annotation as it may be kept.
pub(super) fn annotation(key: &str, value: String) -> String {
    if ANNOTATIONS.iter().any(|start| key.starts_with(start)) { value } else { String::new() }
}

/// The value of a flag as it may be kept.
pub(super) fn flag(name: &str, value: &str) -> String {
    if FLAGS.contains(&name) || name.starts_with(EXPERIMENTAL) {
        without_secrets(value)
    } else {
        String::new()
    }
}

/// The value of an environment variable as it may be kept.
pub(super) fn variable(name: &str, value: &str) -> String {
    if VARIABLES.contains(&name) { without_secrets(value) } else { String::new() }
}

/// A URL, or several after commas, without names, passwords and tokens in them.
pub(super) fn without_secrets(urls: &str) -> String {
    let clean: Vec<String> = urls.split(',').map(without_user).collect();
    clean.join(",")
}

/// A place that a program reads or writes, without everything that may be a credential: also without its query.
pub(super) fn place(url: &str) -> String {
    without_user(url.split(['?', '#']).next().unwrap_or_default())
}

fn without_user(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    // The last `@` ends the user's part: a password may hold one itself.
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let Some((path, query)) = tail.split_once('?') else { return format!("{scheme}://{host}{tail}") };
    let query: Vec<&str> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((key, _)) if SECRET_KEYS.iter().any(|part| key.to_lowercase().contains(part)) => key,
            _ => pair,
        })
        .collect();
    format!("{scheme}://{host}{path}?{}", query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_no_variable_that_could_hold_a_secret() {
        for name in VARIABLES {
            let secret = ["API_KEY", "APP_KEY", "TOKEN", "PASSWORD", "SECRET", "PROXY_HTTP"];
            assert!(!secret.iter().any(|part| name.contains(part)), "{name}");
        }
        assert_eq!(variable("DD_API_KEY", "canary"), "");
        assert_eq!(variable("DD_CLUSTER_AGENT_AUTH_TOKEN", "canary"), "");
        assert_eq!(variable("PASSWORD", "canary"), "");
        assert_eq!(variable("DD_SITE", "datadoghq.eu"), "datadoghq.eu");
    }

    #[test]
    fn keeps_annotations_by_their_maker() {
        assert_eq!(annotation("kubernetes.io/config.source", "file".to_owned()), "file");
        assert_eq!(annotation("kubectl.kubernetes.io/last-applied-configuration", "canary".to_owned()), "");
        assert_eq!(annotation("k3s.io/node-args", "[\"--token\",\"canary\"]".to_owned()), "");
    }

    fn check(url: &str, expected: &str) {
        assert_eq!(without_secrets(url), expected, "{url}");
    }

    #[test]
    fn blanks_who_asks_and_with_what() {
        check("https://%%host%%:2379/metrics", "https://%%host%%:2379/metrics");
        check("https://me:canary@etcd:2379/metrics", "https://etcd:2379/metrics");
        check("https://me:ca@nary@etcd:2379", "https://etcd:2379");
        check("https://a:b@x:1,https://y:2", "https://x:1,https://y:2");
        check(
            "https://x/metrics?access_token=canary&format=text",
            "https://x/metrics?access_token&format=text",
        );
        check("https://x/metrics?q=a@b", "https://x/metrics?q=a@b");
        check("/etc/kubernetes/pki/ca.crt", "/etc/kubernetes/pki/ca.crt");
    }
}
