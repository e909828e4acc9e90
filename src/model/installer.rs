//! Who installed a workload of Datadog's, by the labels that installers leave: a pure reading of one workload.

use super::workload::Workload;
use std::fmt;

/// The label by which Helm's charts name themselves and their version.
pub const CHART: &str = "helm.sh/chart";

/// How the name of the `ConfigMap` begins in which the operator's own switch for the control plane writes its checks.
///
/// Source: the operator's feature `controlplanemonitoring`.
pub const NATIVE_CONFIG_MAP: &str = "datadog-controlplane-monitoring-";

/// Who installed agents.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Installer {
    /// A release of the chart `datadog`.
    Helm {
        /// Its namespace.
        namespace: String,
        /// Its name.
        release: String,
    },
    /// The operator, as a `DatadogAgent` wants it.
    Operator {
        /// The namespace of the `DatadogAgent`.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// Argo CD, as an Application wants it. No label of a workload says so: whose it is, the Application tells.
    ArgoCd {
        /// The namespace of the Application.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// Somebody with manifests of his own.
    Hand {
        /// The workload's namespace.
        namespace: String,
        /// The workload's name.
        name: String,
    },
}

impl Installer {
    /// Who installed a workload.
    #[must_use]
    pub fn of(workload: &Workload) -> Self {
        let label = |key: &str| workload.labels.get(key).cloned();
        let namespace = workload.namespace.clone();
        let made_by = label("app.kubernetes.io/managed-by").unwrap_or_default();
        match (label("agent.datadoghq.com/name"), label("app.kubernetes.io/instance")) {
            (Some(name), _) => Self::Operator { namespace, name },
            (None, Some(name)) if made_by == "datadog-operator" => Self::Operator { namespace, name },
            (None, Some(release)) if made_by == "Helm" || label(CHART).is_some() => {
                Self::Helm { namespace, release }
            }
            _ => Self::Hand { namespace, name: workload.name.clone() },
        }
    }
}

impl fmt::Display for Installer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Helm { namespace, release } => write!(f, "Helm release {namespace}/{release}"),
            Self::Operator { namespace, name } => write!(f, "operator, DatadogAgent {namespace}/{name}"),
            Self::ArgoCd { namespace, name } => write!(f, "Argo CD, Application {namespace}/{name}"),
            Self::Hand { namespace, name } => write!(f, "manifests of {namespace}/{name}"),
        }
    }
}
