//! What a conclusion rests on: a claim, and the place in the snapshot where it was read.

use super::{
    question::{AccessSpec, CertificateSource, Credential, Endpoint, ObjectRef, ProbeSpec, Vantage},
    workload::Workload,
};
use std::fmt;

/// A claim plus the place where it was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// What was seen, as a sentence without its final stop.
    pub claim: String,
    /// Where.
    pub locator: Locator,
}

/// A place in the snapshot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Locator {
    /// An object of the Kubernetes API: kind, namespace, name, and the field if one is meant.
    Object {
        /// Its kind as people write it.
        kind: &'static str,
        /// Its namespace; `None` for cluster scope.
        namespace: Option<String>,
        /// Its name.
        name: String,
        /// The field.
        field: Option<String>,
    },
    /// The answer to a path of the API server.
    Path(String),
    /// What an endpoint answered, from where and as whom.
    Probe {
        /// Where.
        endpoint: Endpoint,
        /// From where.
        vantage: Vantage,
        /// As whom.
        credential: Credential,
    },
    /// A certificate.
    Certificate(CertificateSource),
    /// A file or a folder of the node.
    File(String),
    /// A process of the node.
    Process {
        /// Its program.
        program: String,
        /// Its id.
        pid: u32,
    },
    /// An access review.
    Review(String),
    /// Something that the user said or gave.
    Given(String),
}

impl Evidence {
    /// A claim read in an object.
    pub fn in_object(
        kind: &'static str,
        namespace: Option<&str>,
        name: &str,
        field: Option<&str>,
        claim: impl Into<String>,
    ) -> Self {
        Self {
            claim: claim.into(),
            locator: Locator::Object {
                kind,
                namespace: namespace.map(str::to_owned),
                name: name.to_owned(),
                field: field.map(str::to_owned),
            },
        }
    }

    /// A claim read in a workload.
    pub fn in_workload(workload: &Workload, field: Option<&str>, claim: impl Into<String>) -> Self {
        Self::in_object(workload.kind_name(), Some(&workload.namespace), &workload.name, field, claim)
    }

    /// A claim about a variable of a workload's containers.
    pub fn in_variables(workload: &Workload, claim: impl Into<String>) -> Self {
        Self::in_workload(workload, Some("env"), claim)
    }

    /// What an access review says.
    pub fn in_review(spec: &AccessSpec, allowed: bool) -> Self {
        let claim = format!("{} {} {}", spec.who, if allowed { "may" } else { "may not" }, spec.action);
        Self { claim, locator: Locator::Review(format!("{} {}", spec.who, spec.action)) }
    }

    /// A claim read in an object that was asked for by name.
    pub fn in_ref(object: &ObjectRef, field: Option<&str>, claim: impl Into<String>) -> Self {
        Self::in_object(object.kind.name(), Some(&object.namespace), &object.name, field, claim)
    }

    /// A claim about what a probe saw.
    pub fn in_probe(spec: &ProbeSpec, claim: impl Into<String>) -> Self {
        Self {
            claim: claim.into(),
            locator: Locator::Probe {
                endpoint: spec.endpoint.clone(),
                vantage: spec.vantage.clone(),
                credential: spec.credential.clone(),
            },
        }
    }

    /// The claim with its place, as one line.
    #[must_use]
    pub fn to_line(&self) -> String {
        format!("{} ({})", self.claim, self.locator)
    }

    /// Another claim about the same place.
    #[must_use]
    pub fn with_claim(mut self, claim: impl Into<String>) -> Self {
        self.claim = claim.into();
        self
    }

    /// A claim about a certificate.
    pub fn in_certificate(source: &CertificateSource, claim: impl Into<String>) -> Self {
        Self { claim: claim.into(), locator: Locator::Certificate(source.clone()) }
    }

    /// A claim read in a file of the node.
    pub fn in_file(path: &str, claim: impl Into<String>) -> Self {
        Self { claim: claim.into(), locator: Locator::File(path.to_owned()) }
    }

    /// A claim about the answer to a path of the API server.
    pub fn at_path(path: &str, claim: impl Into<String>) -> Self {
        Self { claim: claim.into(), locator: Locator::Path(path.to_owned()) }
    }
}

impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object { kind, namespace, name, field } => {
                match namespace {
                    Some(namespace) => write!(f, "{kind} {namespace}/{name}")?,
                    None => write!(f, "{kind} {name}")?,
                }
                match field {
                    Some(field) => write!(f, ", {field}"),
                    None => Ok(()),
                }
            }
            Self::Path(path) => write!(f, "GET {path}"),
            Self::Probe { endpoint, vantage, credential } => {
                write!(f, "GET {endpoint} {vantage}, {credential}")
            }
            Self::Certificate(source) => f.write_str(&source.describe()),
            Self::File(path) => f.write_str(path),
            Self::Process { program, pid } => write!(f, "process {pid} of {program}"),
            Self::Review(what) => write!(f, "access review: {what}"),
            Self::Given(what) => f.write_str(what),
        }
    }
}
