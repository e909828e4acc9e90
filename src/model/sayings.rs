//! The sentences by which agents and control planes are known to say what is wrong with them. Data alone: what a program
//! said is kept as the name of a row and never as text, since a log may repeat anything.
//!
//! Literals are matched as they stand, capitals included. What only events of workloads say is not here, and neither is
//! what healthy programs write as well.

use super::component::Component;

/// One thing that programs are known to say.
#[derive(Debug)]
pub struct Saying {
    /// Its name, which recordings keep.
    pub id: &'static str,
    /// Each the literals that stand together in one line; any of them will do.
    pub literals: &'static [&'static [&'static str]],
    /// What it means, as a clause.
    pub means: &'static str,
}

const fn saying(
    id: &'static str,
    literals: &'static [&'static [&'static str]],
    means: &'static str,
) -> Saying {
    Saying { id, literals, means }
}

/// All of them.
///
/// Source: the Agent, the Cluster Agent, client-go, Go's `crypto/tls` and OpenSSL as Python's requests repeats it.
pub static SAYINGS: &[Saying] = &[
    saying(
        "address-not-in-certificate",
        &[&["doesn't contain any IP SANs"]],
        "the serving certificate names no address, and it is asked by its address",
    ),
    saying(
        "name-not-in-certificate",
        &[&["certificate is valid for"], &["Hostname mismatch, certificate is not valid for"]],
        "the serving certificate names other hosts than the one that is asked",
    ),
    saying(
        "certificate-of-unknown-authority",
        &[
            &["signed by unknown authority"],
            &["unable to get local issuer certificate"],
            &["certificate verify failed: self signed certificate"],
            &["certificate verify failed: self-signed certificate"],
        ],
        "the serving certificate is of a CA that it does not trust",
    ),
    saying(
        "certificate-expired",
        &[&["has expired or is not yet valid"], &["certificate verify failed: certificate has expired"]],
        "a certificate has expired or is not valid yet",
    ),
    saying(
        "tls-internal-error",
        &[&["tls: internal error"], &["alert internal error"]],
        "the server has no serving certificate to show",
    ),
    saying(
        "client-certificate-refused",
        &[&["bad certificate"], &["alert unknown ca"], &["failed to verify client's certificate"]],
        "a client certificate is not accepted",
    ),
    saying(
        "client-certificate-missing",
        &[&["didn't provide a certificate"], &["alert certificate required"]],
        "a client certificate is demanded and none is shown",
    ),
    saying(
        "client-certificate-for-other-use",
        &[&["incompatible key usage"]],
        "the client certificate is not made for clients",
    ),
    saying(
        "key-file-forbidden",
        &[&["ermission denied", "pki"]],
        "a certificate or its key may not be read in the container",
    ),
    saying(
        "tls-file-missing",
        &[&["invalid path", "TLS"]],
        "a certificate file is not where the check looks",
    ),
    saying(
        "insecure-port-gone",
        &[&[":10251", "refused"], &[":10252", "refused"]],
        "it asks a port without TLS that no longer exists",
    ),
    saying("connection-refused", &[&["onnection refused"]], "nobody listens where it asks"),
    saying("answer-too-slow", &[&["Read timed out"]], "the answer does not come in time"),
    saying(
        "anonymous-forbidden",
        &[&["User \"system:anonymous\" cannot get path"]],
        "it asks without a token, or the component looks at none",
    ),
    saying(
        "metrics-forbidden",
        &[&["cannot get path \"/metrics\""], &["403 Client Error: Forbidden for url"]],
        "its account may not read what it asks for",
    ),
    saying(
        "token-refused",
        &[
            &["401 Client Error: Unauthorized for url"],
            &["unauthorized to request test kubelet endpoint"],
            &["stale-token"],
        ],
        "its token is not accepted",
    ),
    saying("etcd-api-2-gone", &[&["/v2/stats"]], "it asks version 2 of etcd's API, which is switched off"),
    saying(
        "kubelet-url-undetected",
        &[&["Unable to detect the kubelet URL automatically"], &["impossible to reach Kubelet with host"]],
        "it found no way to its kubelet",
    ),
    saying(
        "kubelet-node-name-empty",
        &[&["nodename is empty"]],
        "it is to ask the kubelet through the API server and is not told its node",
    ),
    saying(
        "proxy-in-between",
        &[&["Tunnel connection failed"], &["Cannot connect to proxy."]],
        "an HTTP proxy answers in place of the cluster",
    ),
    saying(
        "hostname-undetermined",
        &[&["unable to reliably determine the host name"]],
        "it does not know the name of its host, and ends",
    ),
    saying("no-ip-for-container", &[&["No IP found for container"]], "it finds no address for %%host%%"),
    saying(
        "cluster-agent-token-refused",
        &[&["invalid session token"], &["unexpected status code from cluster agent: 403"]],
        "the Cluster Agent does not accept its token",
    ),
    saying(
        "cluster-agent-token-too-short",
        &[&["token length must be greater than 32"]],
        "the token for the Cluster Agent is too short",
    ),
    saying(
        "cluster-agent-address-unknown",
        &[&["_SERVICE_HOST is empty"], &["not a https scheme"]],
        "it has no usable address of the Cluster Agent",
    ),
    saying(
        "cluster-agent-out-of-reach",
        &[&["failure in clusterAgentClient"]],
        "it does not reach the Cluster Agent",
    ),
    saying(
        "cluster-check-not-dispatched",
        &[&["No available node to dispatch"]],
        "it has nobody to hand a cluster check to",
    ),
    saying(
        "leader-election-forbidden",
        &[&["leader-election\" is forbidden"]],
        "it may not take part in the election of a leader",
    ),
    saying(
        "leader-unknown",
        &[&["Could not refresh leadership status"]],
        "it does not know which replica is the leader",
    ),
    saying(
        "webhook-fails",
        &[&["failed calling webhook \"datadog"]],
        "Datadog's admission webhook does not answer the API server",
    ),
    saying(
        "api-key-invalid",
        &[&["API Key invalid"], &["API Key is invalid"]],
        "Datadog does not accept the API key",
    ),
    saying(
        "intake-unreachable",
        &[
            &["Client.Timeout exceeded while awaiting headers", "agent.datadoghq."],
            &["error while sending transaction, rescheduling it"],
        ],
        "what it collected does not reach Datadog",
    ),
    saying(
        "cluster-name-refused",
        &[&["isn't a valid cluster name"], &["clusterName isn't valid"]],
        "the name of the cluster is not valid and is ignored",
    ),
    saying(
        "file-system-read-only",
        &[&["read-only file system"], &["cannot move '/etc/datadog-agent", "ermission denied"]],
        "it may not write where it has to",
    ),
    saying(
        "rights-not-held",
        &[&["not currently held"]],
        "the operator wants to grant rights that it does not have itself",
    ),
    // The name alone stands in the log of every healthy scheduler.
    saying(
        "authentication-unread",
        &[
            &["extension-apiserver-authentication", "is forbidden"],
            &["Continuing without authentication configuration"],
        ],
        "it may not read who is to be trusted, and takes everybody for anonymous",
    ),
];

impl Saying {
    /// The row of this name.
    #[must_use]
    pub fn named(id: &str) -> Option<&'static Self> {
        SAYINGS.iter().find(|saying| saying.id == id)
    }

    /// Whether a line says it; one that was [`plain`] before.
    fn is_in(&self, line: &str) -> bool {
        self.literals.iter().any(|together| together.iter().all(|literal| line.contains(literal)))
    }

    /// What a reader of the log looks for: the first literal.
    #[must_use]
    pub fn literal(&self) -> &'static str {
        self.literals.first().and_then(|together| together.first()).copied().unwrap_or_default()
    }
}

/// What a line says. A line with an error in JSON spells quotes with backslashes; older agents have typographic
/// apostrophes.
#[must_use]
pub fn said_in(line: &str) -> Vec<&'static Saying> {
    let line = line.replace("\\u2019", "'").replace(['\u{2019}', '\u{2018}'], "'").replace('\\', "");
    SAYINGS.iter().filter(|saying| saying.is_in(&line)).collect()
}

/// The component whose check a line of an Agent's log is about.
#[must_use]
pub fn check_of(line: &str) -> Option<Component> {
    let name = line.split_once(" check:")?.1.split([' ', '|', ',']).next()?;
    of_check(name)
}

/// The component that a check of this name collects.
#[must_use]
pub fn of_check(name: &str) -> Option<Component> {
    Component::ALL.into_iter().find(|component| component.profile().agent_check == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn check(line: &str, expected: &[&str]) {
        let ids: Vec<&str> = said_in(line).iter().map(|saying| saying.id).collect();
        assert_eq!(ids, expected, "{line}");
    }

    #[test]
    fn every_row_says_itself_and_has_a_name_of_its_own() {
        let ids: BTreeSet<&str> = SAYINGS.iter().map(|saying| saying.id).collect();
        assert_eq!(ids.len(), SAYINGS.len());
        for saying in SAYINGS {
            for literals in saying.literals {
                let line = literals.join(" … ");
                assert!(said_in(&line).iter().any(|said| said.id == saying.id), "{}: {line}", saying.id);
            }
        }
    }

    #[test]
    fn quotes_in_json_and_old_apostrophes_are_read_through() {
        check(
            r#"| check:kube_scheduler | Error running check: [{"message": "User \"system:anonymous\" cannot get path \"/metrics\""}]"#,
            &["anonymous-forbidden", "metrics-forbidden"],
        );
        check("\"X_1\" isn\u{2019}t a valid cluster name", &["cluster-name-refused"]);
        check(r"tls: client didn\u2019t provide a certificate", &["client-certificate-missing"]);
    }

    #[test]
    fn ordinary_lines_say_nothing() {
        for line in [
            "",
            "I0601 1 named_certificates.go] name=\"client-ca::kube-system::extension-apiserver-authentication::client-ca-file\"",
            "CORE | INFO | (pkg/collector/worker/check_logger.go:40 in CheckStarted) | check:etcd | Running check...",
            "api key invalid",
        ] {
            check(line, &[]);
        }
    }

    #[test]
    fn the_check_is_told_by_its_name() {
        assert_eq!(check_of("ERROR | (x.go:1 in y) | check:etcd | Error"), Some(Component::Etcd));
        assert_eq!(check_of("| check:kube_apiserver_metrics | Error running"), Some(Component::ApiServer));
        assert_eq!(check_of("| check:etcd_other | x"), None);
        assert_eq!(check_of("precheck:etcd"), None);
    }
}
