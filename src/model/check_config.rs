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
}
