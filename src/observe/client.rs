//! What an error of the Kubernetes client means: the kind of failure, and words for it. It knows the API server's faults
//! alone; those of monitored endpoints are `probe`'s.

use super::{dial::connect_failure, tls::alert_name};
use crate::model::observed::{Failure, FailureKind};
use jiff::Timestamp;
use rustls::{CertificateError, pki_types::UnixTime};
use std::{error::Error, io};

/// How the standard library begins every error of the resolver, which has no kind of its own.
const RESOLVER: &str = "failed to lookup address information";

/// What hyper-util says of a SOCKS proxy that cannot be reached; it keeps the reason to itself.
const NO_PROXY: &str = "failed to create underlying connection";

/// What the API server says, at a length that can be shown.
pub(super) fn shortened(said: &str) -> String {
    said.chars().take(400).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The failure in a client's error: the outer layers only repeat that something failed.
pub(super) fn failure(error: &kube::Error) -> Failure {
    let mut layer: &(dyn Error + 'static) = error;
    let mut found = None;
    loop {
        if let Some(tls) = layer.downcast_ref() {
            return tls_failure(tls);
        }
        let io = layer.downcast_ref::<io::Error>();
        found = io.map(io_failure).or(found);
        // An I/O error that wraps another error gives that one's source as its own, and so passes it over.
        let inner = io.and_then(io::Error::get_ref).map(|inner| -> &(dyn Error + 'static) { inner });
        match inner.or_else(|| layer.source()) {
            Some(inner) => layer = inner,
            None => return found.unwrap_or_else(|| other_failure(layer.to_string())),
        }
    }
}

fn other_failure(text: String) -> Failure {
    if text.ends_with(NO_PROXY) {
        return Failure::new(FailureKind::Unreachable, "the proxy cannot be connected to");
    }
    Failure::new(FailureKind::Closed, text)
}

fn io_failure(error: &io::Error) -> Failure {
    let text = error.to_string();
    match error.kind() {
        // The words of the kind say all that these do.
        io::ErrorKind::TimedOut => Failure::new(FailureKind::Timeout, ""),
        io::ErrorKind::ConnectionRefused => Failure::new(FailureKind::Refused, ""),
        io::ErrorKind::UnexpectedEof => Failure::new(FailureKind::Closed, "in the middle"),
        _ if error.raw_os_error().is_some() || text.starts_with(RESOLVER) => connect_failure(error),
        _ => Failure::new(FailureKind::Closed, text),
    }
}

fn tls_failure(error: &rustls::Error) -> Failure {
    match error {
        rustls::Error::AlertReceived(alert) => Failure::new(FailureKind::Alert, alert_name(*alert)),
        rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType) => {
            Failure::new(FailureKind::NotTls, "its first bytes are no TLS record")
        }
        rustls::Error::InvalidCertificate(fault) => {
            Failure::new(FailureKind::Handshake, format!("its certificate {}", certificate_fault(fault)))
        }
        other => Failure::new(FailureKind::Handshake, other.to_string()),
    }
}

fn certificate_fault(fault: &CertificateError) -> String {
    match fault {
        CertificateError::UnknownIssuer => "is of none of the CAs that are trusted here".to_owned(),
        CertificateError::BadSignature => {
            "is of a CA that has the name of one that is trusted here, and another key".to_owned()
        }
        CertificateError::ExpiredContext { not_after, .. } => format!("expired on {}", date(*not_after)),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("is not valid before {}", date(*not_before))
        }
        CertificateError::NotValidForNameContext { expected, presented } if presented.is_empty() => {
            format!("names no host at all, and not {}", expected.to_str())
        }
        CertificateError::NotValidForNameContext { expected, presented } => {
            format!("does not name {}, but {}", expected.to_str(), presented.join(", "))
        }
        other => format!("cannot be used: {other}"),
    }
}

fn date(time: UnixTime) -> String {
    i64::try_from(time.as_secs())
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .map_or_else(|| "a date that no calendar has".to_owned(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(inner: impl Error + Send + Sync + 'static, kind: FailureKind, words: &str) {
        let failure = failure(&kube::Error::Service(Box::new(inner)));
        assert_eq!(failure.kind, kind, "{failure}");
        assert!(failure.to_string().contains(words), "{failure}");
    }

    #[test]
    fn failures_to_connect_keep_their_kind() {
        check(io::Error::from(io::ErrorKind::ConnectionRefused), FailureKind::Refused, "refused");
        check(io::Error::from(io::ErrorKind::TimedOut), FailureKind::Timeout, "never answered");
        check(io::Error::other(format!("{RESOLVER}: unknown")), FailureKind::Resolve, "unknown");
        check(io::Error::other("tunnel error: 407"), FailureKind::Closed, "407");
    }

    #[test]
    fn tls_is_looked_for_inside_of_other_errors() {
        let alert = rustls::Error::AlertReceived(rustls::AlertDescription::UnknownCA);
        check(io::Error::other(alert), FailureKind::Alert, "unknown_ca");
        let fault = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        check(io::Error::other(fault), FailureKind::Handshake, "none of the CAs");
        let fault = rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType);
        check(fault, FailureKind::NotTls, "does not speak TLS");
    }
}
