//! One probe, climbing its rungs: resolve, connect, handshake, ask, read. It cannot fail; it can only fall earlier.
//!
//! The one place that puts a credential on a wire. A token is written only after the handshake, and only when
//! the server's certificate is the one that the question was pinned to.
#![expect(clippy::disallowed_methods, reason = "deadlines and durations of probes are measured here")]

use super::{
    cluster::Cluster,
    dial::{Dialer, Stream},
    exchange::{Bounds, KEPT_SAMPLES, ProbeLimits, exchange, late},
    forward::{ForwardError, Reason, forward, lacking},
    keyring::Keyring,
    tls::{Recorder, recording_config},
    watch::Watched,
};
use crate::certs::inspect::fingerprint;
use crate::model::{
    answer::{ProbeRecord, Rung},
    observed::{Denial, Failure, FailureKind, Observed},
    question::{Credential, ProbeSpec, Question, Scheme, Vantage},
    secret::Secret,
};
use rustls::{crypto::CryptoProvider, pki_types::ServerName};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::time::timeout_at;

/// How long a connection may take to come about. A firewall that drops packets costs this and no more.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);

/// What all probes of a run share.
#[derive(Debug)]
pub(super) struct Prober {
    pub(super) dialer: Dialer,
    pub(super) provider: Arc<CryptoProvider>,
    pub(super) limits: ProbeLimits,
    /// How many connections came about.
    pub(super) connections: AtomicU32,
}

/// A probe on its way up.
struct Climb {
    record: ProbeRecord,
    reason: Option<Reason>,
    denied: Option<String>,
    recorder: Arc<Recorder>,
    version: Option<&'static str>,
    tls: bool,
}

impl Prober {
    /// Asks one endpoint, once. Denied where the way to it needs a right that the caller lacks.
    pub(super) async fn probe(
        &self,
        spec: &ProbeSpec,
        keyring: &Keyring,
        cluster: Option<&Cluster>,
    ) -> Observed<Box<ProbeRecord>> {
        let begun = Instant::now();
        if let Vantage::ApiServer(route) = &spec.vantage {
            return match cluster {
                Some(cluster) => cluster.probe(spec, route, &self.limits, &KEPT_SAMPLES).await,
                None => Observed::NotAsked,
            };
        }
        let mut climb = Climb {
            record: ProbeRecord { rung: Rung::Prepared, failure: None, tls: None, http: None, elapsed_ms: 0 },
            reason: None,
            denied: None,
            recorder: Arc::default(),
            version: None,
            tls: spec.endpoint.scheme == Scheme::Https,
        };
        let climbed = self.climb(spec, keyring, cluster, &mut climb).await;
        if let (Some(said), Some(permission)) = (climb.denied, Question::Probe(spec.clone()).permission()) {
            let permission = lacking(permission, &said);
            return Observed::Denied(Denial { permission, said });
        }
        let seen = climb.recorder.seen(climb.version);
        if let Err(mut failure) = climbed {
            if let Some(reason) = climb.reason
                && failure.kind == FailureKind::Closed
                && seen.chain.is_empty()
            {
                failure = reason.explain(failure).await;
                if failure.kind == FailureKind::Refused {
                    climb.record.rung = Rung::Resolved;
                }
            }
            climb.record.failure = Some(failure);
        }
        if climb.tls && climb.record.rung >= Rung::Connected {
            climb.record.tls = Some(seen);
        }
        tracing::trace!(
            at = %spec.endpoint.authority(),
            rung = ?climb.record.rung,
            failure = ?climb.record.failure.as_ref().map(|failure| failure.kind),
            status = climb.record.http.as_ref().map(|http| http.status),
            "has climbed"
        );
        climb.record.elapsed_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        Observed::Seen(Box::new(climb.record))
    }

    async fn climb(
        &self,
        spec: &ProbeSpec,
        keyring: &Keyring,
        cluster: Option<&Cluster>,
        climb: &mut Climb,
    ) -> Result<(), Failure> {
        let deadline = tokio::time::Instant::now() + self.limits.total;
        let (identity, token) = credentials(&spec.credential, keyring)?;
        let config = recording_config(&self.provider, &climb.recorder, identity.as_deref())
            .map_err(|error| Failure::new(FailureKind::Unprepared, error.0))?;

        let connect_by = deadline.min(tokio::time::Instant::now() + CONNECT_TIMEOUT);
        let stream = match timeout_at(connect_by, self.connect(spec, cluster, climb)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(failure)) => {
                if failure.kind != FailureKind::Resolve {
                    climb.record.rung = Rung::Resolved;
                }
                return Err(failure);
            }
            Err(_) => {
                climb.record.rung = Rung::Resolved;
                return Err(Failure::new(FailureKind::Timeout, "no connection came about"));
            }
        };
        climb.record.rung = Rung::Connected;
        self.connections.fetch_add(1, Ordering::Relaxed);
        tracing::trace!(at = %spec.endpoint.authority(), vantage = %spec.vantage, "is connected");

        if climb.tls {
            let name = ServerName::try_from(spec.endpoint.host.clone()).map_err(|_| {
                Failure::new(FailureKind::Unprepared, "the host name cannot be used in a TLS handshake")
            })?;
            let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
            let stream = Watched::new(stream, Arc::default());
            let bytes = stream.meter();
            let stream = match timeout_at(deadline, connector.connect(name, stream)).await {
                Ok(Ok(stream)) => stream,
                Ok(Err(error)) => {
                    climb.recorder.note(&error);
                    return Err(handshake_failure(&error, &climb.recorder));
                }
                Err(_) => return Err(late(bytes.read(), "no handshake")),
            };
            climb.version = match stream.get_ref().1.protocol_version() {
                Some(rustls::ProtocolVersion::TLSv1_3) => Some("1.3"),
                Some(rustls::ProtocolVersion::TLSv1_2) => Some("1.2"),
                _ => None,
            };
            climb.record.rung = Rung::Handshaken;
            let stream = Watched::new(stream, Arc::clone(&climb.recorder));
            let token = token.filter(|_| may_send_token(spec, &climb.recorder));
            if token.is_none() && carries_token(&spec.credential) {
                return Err(Failure::new(
                    FailureKind::Unprepared,
                    "the server's certificate is not the one that was seen before, so the token was not sent",
                ));
            }
            self.ask(spec, token.as_deref(), stream, deadline, climb).await
        } else {
            if carries_token(&spec.credential) && !spec.endpoint.is_loopback() {
                return Err(Failure::new(FailureKind::Unprepared, "a token is never sent over plain HTTP"));
            }
            climb.record.rung = Rung::Handshaken;
            let stream = Watched::new(stream, Arc::clone(&climb.recorder));
            self.ask(spec, token.as_deref(), stream, deadline, climb).await
        }
    }

    async fn ask<S: Stream + 'static>(
        &self,
        spec: &ProbeSpec,
        token: Option<&Secret<String>>,
        stream: Watched<S>,
        deadline: tokio::time::Instant,
        climb: &mut Climb,
    ) -> Result<(), Failure> {
        let bounds = Bounds { deadline, body: self.limits.body, recorder: &climb.recorder };
        let (http, failure) = exchange(stream, &spec.endpoint, token, &bounds).await?;
        climb.record.rung = Rung::Answered;
        climb.record.http = Some(http);
        failure.map_or(Ok(()), Err)
    }

    async fn connect(
        &self,
        spec: &ProbeSpec,
        cluster: Option<&Cluster>,
        climb: &mut Climb,
    ) -> Result<Box<dyn Stream>, Failure> {
        match (&spec.vantage, cluster) {
            (Vantage::Direct, _) => self.dialer.connect(&spec.endpoint.host, spec.endpoint.port).await,
            (Vantage::PortForward(pod), Some(cluster)) => {
                cluster.count_request();
                match forward(cluster.client(), pod, spec.endpoint.port).await {
                    Ok(forwarded) => {
                        let (stream, reason) = forwarded.split();
                        climb.reason = Some(reason);
                        Ok(stream)
                    }
                    Err(ForwardError::Denied(said)) => {
                        climb.denied = Some(said);
                        Err(Failure::new(FailureKind::Unprepared, "forwarding was refused"))
                    }
                    Err(ForwardError::Failed(failure)) => Err(failure),
                }
            }
            (Vantage::PortForward(_) | Vantage::ApiServer(_), _) => {
                Err(Failure::new(FailureKind::Unprepared, "there is no API server to go through"))
            }
        }
    }
}

type Presented = (Option<Arc<crate::certs::pem::ClientIdentity>>, Option<Arc<Secret<String>>>);

/// What to present, out of the keyring.
fn credentials(credential: &Credential, keyring: &Keyring) -> Result<Presented, Failure> {
    let missing = |what: &str| Failure::new(FailureKind::Unprepared, format!("{what} was not read"));
    match credential {
        Credential::Nobody => Ok((None, None)),
        Credential::Caller => {
            Err(Failure::new(FailureKind::Unprepared, "the caller's credential goes to the API server alone"))
        }
        Credential::ClientCertificate(source) => keyring
            .identity(source)
            .map(|identity| (Some(identity), None))
            .ok_or_else(|| missing("the certificate")),
        Credential::Account(account) => {
            keyring.account(account).map(|token| (None, Some(token))).ok_or_else(|| missing("the token"))
        }
        Credential::SecretToken { namespace, name, key } => keyring
            .secret_token(namespace, name, key)
            .map(|token| (None, Some(token)))
            .ok_or_else(|| missing("the token")),
        Credential::TokenFile(path) => {
            keyring.token_file(path).map(|token| (None, Some(token))).ok_or_else(|| missing("the token"))
        }
    }
}

const fn carries_token(credential: &Credential) -> bool {
    matches!(credential, Credential::Account(_) | Credential::SecretToken { .. } | Credential::TokenFile(_))
}

/// Whether this is the server that the token is meant for: the one whose certificate was seen before, and
/// which has proved that it holds its key.
fn may_send_token(spec: &ProbeSpec, recorder: &Recorder) -> bool {
    let seen = recorder.seen(None);
    match (&spec.pin, seen.chain.first()) {
        (Some(pin), Some(leaf)) => seen.key_proven && *pin == fingerprint(&leaf.0),
        _ => false,
    }
}

fn handshake_failure(error: &std::io::Error, recorder: &Recorder) -> Failure {
    use rustls::{Error, InvalidMessage};
    if let Some(alert) = recorder.alert() {
        return Failure::new(FailureKind::Alert, alert);
    }
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::InvalidMessage(InvalidMessage::InvalidContentType)) => {
            Failure::new(FailureKind::NotTls, "its first bytes are no TLS record")
        }
        Some(error) => Failure::new(FailureKind::Handshake, error.to_string()),
        None => super::watch::stream_failure(error),
    }
}
