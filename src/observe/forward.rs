//! A stream into a pod's network, forwarded by the API server over a WebSocket.

use super::dial::Stream;
use crate::model::{
    observed::{Failure, FailureKind},
    question::{Permission, PodRef},
};
use futures::{FutureExt as _, future::BoxFuture};
use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use std::time::Duration;

/// How long to wait for the reason after a forwarded stream has ended. It travels on a channel of its own, right
/// behind the end of the stream.
const REASON_TIMEOUT: Duration = Duration::from_millis(300);

/// A forwarded stream.
pub(super) struct Forwarded {
    pub(super) stream: Box<dyn Stream>,
    reason: BoxFuture<'static, Option<String>>,
}

/// Why nothing was forwarded.
pub(super) enum ForwardError {
    /// The caller may not; what the API server said.
    Denied(String),
    /// It failed otherwise.
    Failed(Failure),
}

/// Opens a stream to a port in a pod's network.
pub(super) async fn forward(
    client: &kube::Client,
    pod: &PodRef,
    port: u16,
) -> Result<Forwarded, ForwardError> {
    let failed = |kind, detail: &str| ForwardError::Failed(Failure::new(kind, detail));
    let pods: Api<Pod> = Api::namespaced(client.clone(), &pod.namespace);
    let mut forwarder = pods.portforward(&pod.name, &[port]).await.map_err(|error| match error {
        kube::Error::Api(status) if status.code == 403 => ForwardError::Denied(status.message.clone()),
        kube::Error::Api(status) => {
            failed(FailureKind::Unexpected, &format!("{}: {}", status.code, status.message))
        }
        _ => failed(FailureKind::Unexpected, "the API server does not switch to a WebSocket"),
    })?;
    let (Some(stream), Some(reason)) = (forwarder.take_stream(port), forwarder.take_error(port)) else {
        return Err(failed(FailureKind::Unexpected, "the port was not forwarded"));
    };
    Ok(Forwarded { stream: Box::new(stream), reason: reason.boxed() })
}

/// The right that a refusal is about: that of the question, with the verb that the API server says it denied.
///
/// In a user name the quotes would be escaped, so a user cannot be called what is looked for here.
pub(super) fn lacking(mut permission: Permission, said: &str) -> Permission {
    if let Permission::Resource { verb, resource, subresource: Some(subresource), .. } = &mut permission
        && said.contains(&format!(" cannot create resource \"{resource}/{subresource}\""))
    {
        "create".clone_into(verb);
    }
    permission
}

impl Forwarded {
    /// Separates the stream from the channel that tells why it ended.
    pub(super) fn split(self) -> (Box<dyn Stream>, Reason) {
        (self.stream, Reason(self.reason))
    }
}

/// The channel that tells why a forwarded stream ended.
pub(super) struct Reason(BoxFuture<'static, Option<String>>);

impl Reason {
    /// What a stream that ended without a word failed of.
    ///
    /// The container runtime's words are no protocol; "refused" is in all of those that were seen (containerd,
    /// CRI-O), and what has it not is kept as a closed connection.
    pub(super) async fn explain(self, failure: Failure) -> Failure {
        match tokio::time::timeout(REASON_TIMEOUT, self.0).await {
            Ok(Some(said)) if said.contains("refused") => {
                Failure::new(FailureKind::Refused, "as the node's container runtime says")
            }
            _ => failure,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_verb_that_was_denied() {
        let check = |said: &str, expected: &str| {
            let permission = Permission::Resource {
                verb: "get".to_owned(),
                group: String::new(),
                resource: "pods".to_owned(),
                subresource: Some("portforward".to_owned()),
                namespace: Some("kube-system".to_owned()),
                name: None,
            };
            let lacking = lacking(permission, said).to_string();
            assert_eq!(lacking, format!("{expected} pods/portforward in namespace kube-system"), "{said}");
        };
        let of = |user: &str, verb: &str| {
            format!(
                "pods \"etcd-cp-1\" is forbidden: User {user:?} cannot {verb} resource \"pods/portforward\" in API group \"\" in the namespace \"kube-system\""
            )
        };
        check(&of("me", "get"), "get");
        check(&of("me", "create"), "create");
        // Another server's words, or a user who calls himself a refusal, change nothing.
        check("denied by policy", "get");
        check(&of("who cannot create resource \"pods/portforward\"", "get"), "get");
    }
}
