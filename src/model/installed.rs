//! What installers of Datadog keep in a cluster: a Helm release, a `DatadogAgent`, Applications of Argo CD, and who serves
//! external metrics. Of settings those values alone are kept that are known to be harmless.

use super::{access::Permission, facts::Named, installer::Installer};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// The group and the version of a `DatadogAgent`.
pub const DATADOG_AGENT: (&str, &str) = ("datadoghq.com", "v2alpha1");

/// The group and the version of an Application of Argo CD.
pub const APPLICATION: (&str, &str) = ("argoproj.io", "v1alpha1");

/// How many Applications are read at the most. With what Argo CD says of their objects, some 20 MB.
const MAX_APPLICATIONS: u32 = 500;

/// The `APIService` of external metrics, of which a cluster has one.
pub const EXTERNAL_METRICS: &str = "v1beta1.external.metrics.k8s.io";

/// The type of the Secrets in which Helm keeps its releases.
pub const RELEASE_TYPE: &str = "helm.sh/release.v1";

/// What is asked about an installation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InstalledQuestion {
    /// The revision of a Helm release that is deployed.
    Release {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// A `DatadogAgent`.
    DatadogAgent {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// The Applications of Argo CD, in whatever namespace. Who wrote one may have called it anything, and told it to install
    /// a release of another name elsewhere.
    Applications,
    /// Who serves external metrics.
    ExternalMetrics,
}

/// What an installer was told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installed {
    /// The version of the chart, where it is a Helm release that says so.
    pub chart: Option<String>,
    /// The revision of a Helm release.
    pub revision: Option<u32>,
    /// The settings that its user gave.
    pub settings: Settings,
}

/// An Application of Argo CD that installs the chart `datadog` in its own cluster. One with two sources of the chart is two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The namespace into which it installs.
    pub destination: String,
    /// The release as which the chart is rendered.
    pub release: String,
    /// What it was told.
    pub installed: Installed,
}

/// Settings by their paths, such as `agents.tolerations[0].key`.
pub type Settings = BTreeMap<String, Setting>;

/// The value of a setting.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Setting {
    /// It is known to be harmless: the value as JSON.
    Known(String),
    /// It may be a secret, or hold one somewhere below: nothing is kept but that it is there.
    Hidden,
}

/// Who serves a group of the API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServedBy {
    /// The Service; `None` where the API server serves it itself.
    pub service: Option<Named>,
}

impl InstalledQuestion {
    /// What an installer was told; `None` of one that keeps no record.
    #[must_use]
    pub fn about(installer: &Installer) -> Option<Self> {
        match installer {
            Installer::Helm { namespace, release } => {
                Some(Self::Release { namespace: namespace.clone(), name: release.clone() })
            }
            Installer::Operator { namespace, name } => {
                Some(Self::DatadogAgent { namespace: namespace.clone(), name: name.clone() })
            }
            Installer::ArgoCd { .. } => Some(Self::Applications),
            Installer::Hand { .. } => None,
        }
    }

    /// The right that it takes. Helm puts a revision's number into the Secret's name, so that all of the namespace's
    /// Secrets must be listed, if by labels.
    #[must_use]
    pub fn permission(&self) -> Permission {
        let (verb, group, resource, namespace, name) = match self {
            Self::Release { namespace, .. } => ("list", "", "secrets", Some(namespace.clone()), None),
            Self::DatadogAgent { namespace, name } => {
                ("get", DATADOG_AGENT.0, "datadogagents", Some(namespace.clone()), Some(name.clone()))
            }
            Self::Applications => ("list", APPLICATION.0, "applications", None, None),
            Self::ExternalMetrics => {
                ("get", "apiregistration.k8s.io", "apiservices", None, Some(EXTERNAL_METRICS.to_owned()))
            }
        };
        Permission::Resource {
            verb: verb.to_owned(),
            group: group.to_owned(),
            resource: resource.to_owned(),
            subresource: None,
            namespace,
            name,
        }
    }

    /// The path of the API server that answers it.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Release { namespace, name } => format!(
                "/api/v1/namespaces/{namespace}/secrets?labelSelector=owner=helm,status=deployed,name={name}&limit=10"
            ),
            Self::DatadogAgent { namespace, name } => {
                let (group, version) = DATADOG_AGENT;
                format!("/apis/{group}/{version}/namespaces/{namespace}/datadogagents/{name}")
            }
            Self::Applications => {
                let (group, version) = APPLICATION;
                format!("/apis/{group}/{version}/applications?limit={MAX_APPLICATIONS}")
            }
            Self::ExternalMetrics => {
                format!("/apis/apiregistration.k8s.io/v1/apiservices/{EXTERNAL_METRICS}")
            }
        }
    }
}

impl Application {
    /// It, as an installer.
    #[must_use]
    pub fn installer(&self) -> Installer {
        Installer::ArgoCd { namespace: self.namespace.clone(), name: self.name.clone() }
    }

    /// Whether it installs this release.
    #[must_use]
    pub fn installs(&self, namespace: &str, release: &str) -> bool {
        self.destination == namespace && self.release == release
    }

    /// Whether it may have labelled what it installs so: where Argo CD tracks objects by a label, that is the one in which
    /// the chart says the release, and it has the Application's name.
    #[must_use]
    pub fn labels(&self, namespace: &str, instance: &str) -> bool {
        self.destination == namespace && self.name == instance
    }
}

impl fmt::Display for InstalledQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Release { namespace, name } => write!(f, "Helm release {namespace}/{name}"),
            Self::DatadogAgent { namespace, name } => write!(f, "DatadogAgent {namespace}/{name}"),
            Self::Applications => f.write_str("the Applications of Argo CD"),
            Self::ExternalMetrics => write!(f, "APIService {EXTERNAL_METRICS}"),
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(value) => f.write_str(value),
            Self::Hidden => f.write_str("(not read)"),
        }
    }
}
