//! What is kept of an Agent check's configuration: only the keys that are known to be harmless.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The checks in an object's annotations: by the annotation's key without `ad.datadoghq.com/`, then by the check's name.
pub type AnnotatedChecks = BTreeMap<String, BTreeMap<String, CheckConfig>>;

/// One check's configuration, from a file in `confd` or from an annotation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckConfig {
    /// The short image names of the containers that it attaches to; empty for a check that runs wherever its file is.
    pub ad_identifiers: Vec<String>,
    /// Whether the Cluster Agent hands it to one runner.
    pub cluster_check: bool,
    /// Its instances.
    pub instances: Vec<CheckInstance>,
    /// The Services whose endpoints it is for: namespace and name (`advanced_ad_identifiers`, `kube_endpoints`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endpoints_of: Vec<(String, String)>,
    /// How those are addressed (`resolve`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolve: Option<String>,
    /// Why it could not be read, where it could not.
    pub unreadable: Option<String>,
}

/// One instance of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckInstance {
    /// `prometheus_url` or `openmetrics_endpoint`, with its template variables.
    pub url: Option<String>,
    /// Whether the service account's token is sent.
    pub bearer_token_auth: Option<bool>,
    /// Whether the serving certificate is verified (`tls_verify`, or its older name `ssl_verify`).
    pub tls_verify: Option<bool>,
    /// The path of the CA that the serving certificate is verified with, in the Agent's container.
    pub tls_ca_cert: Option<String>,
    /// The path of the client certificate, in the Agent's container.
    pub tls_cert: Option<String>,
    /// The path of its private key, in the Agent's container.
    pub tls_private_key: Option<String>,
    /// `possible_prometheus_urls`, of which the first that answers is asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub possible_urls: Vec<String>,
    /// `url`, which the etcd check reads by the API of etcd 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legacy_url: Option<String>,
    /// `use_preview`, which is off where the API of etcd 2 is to be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_preview: Option<bool>,
    /// Whether a header says that any form of answer will do, which aggregated APIs demand.
    #[serde(default, skip_serializing_if = "is_false")]
    pub accepts_anything: bool,
    /// Whether it brings a credential of its own besides the account's token: a header, or a token from elsewhere.
    #[serde(default, skip_serializing_if = "is_false")]
    pub brings_credential: bool,
    /// The options that are written under a name of old, such as `ssl_verify`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub old_names: Vec<String>,
    /// `leader_election_kind`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leader_election_kind: Option<String>,
}

impl CheckInstance {
    /// Every URL that may be asked, in order.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        self.url.iter().chain(&self.possible_urls).map(String::as_str)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_false(it: &bool) -> bool {
    !*it
}
