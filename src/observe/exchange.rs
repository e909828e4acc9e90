//! One HTTP exchange over a stream that is ready for it: request, head, and as much of the body as is kept. It opens
//! nothing, and writes no credential but the token that it is given.

use super::{
    dial::Stream,
    metrics::{BodyLimits, BodyReader},
    tls::Recorder,
    watch::{Meter, Watched},
};
use crate::model::{
    answer::{BodySeen, HttpSeen},
    observed::{Failure, FailureKind},
    question::Endpoint,
    secret::Secret,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, header};
use http_body_util::{BodyExt as _, Empty};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use std::{collections::BTreeMap, time::Duration};
use tokio::time::{Instant, timeout_at};

/// How many bytes of status line and headers are read at the most. The largest seen of a real component is 1 KiB.
pub(super) const MAX_HEAD_BYTES: usize = 64 * 1024;

/// The limits of one probe.
#[derive(Clone, Copy, Debug)]
pub(super) struct ProbeLimits {
    /// The whole probe, from resolving to the last byte.
    pub(super) total: Duration,
    /// The body.
    pub(super) body: BodyLimits,
}

/// The headers that tell something about who answered.
const KEPT_HEADERS: [&str; 10] = [
    "content-type",
    "date",
    "content-encoding",
    "content-length",
    "location",
    "server",
    "www-authenticate",
    "audit-id",
    "x-kubernetes-pf-flowschema-uid",
    "retry-after",
];

/// The samples that judges want; names only, of every component. The histograms among them have no label but their bound,
/// so that each is a dozen series.
pub(super) const KEPT_SAMPLES: [&str; 14] = [
    "etcd_server_has_leader",
    "etcd_mvcc_db_total_size_in_bytes",
    "etcd_mvcc_db_total_size_in_use_in_bytes",
    "etcd_server_quota_backend_bytes",
    "etcd_disk_wal_fsync_duration_seconds_bucket",
    "etcd_disk_backend_commit_duration_seconds_bucket",
    "kubernetes_build_info",
    "aggregator_unavailable_apiservice",
    "apiserver_client_certificate_expiration_seconds_bucket",
    "kubelet_node_name",
    "kubelet_running_pods",
    "kubelet_certificate_manager_client_ttl_seconds",
    "kubelet_certificate_manager_server_ttl_seconds",
    "scheduler_pending_pods",
];

/// How an exchange ends where it must.
pub(super) struct Bounds<'a> {
    /// When it has to be over.
    pub(super) deadline: Instant,
    /// How much of the body is read.
    pub(super) body: BodyLimits,
    /// Where the alert that ended the connection is kept.
    pub(super) recorder: &'a Recorder,
}

/// Sends one GET and reads the answer. An answer whose body breaks off is still an answer, beside the failure.
pub(super) async fn exchange<S: Stream + 'static>(
    stream: Watched<S>,
    endpoint: &Endpoint,
    token: Option<&Secret<String>>,
    bounds: &Bounds<'_>,
) -> Result<(HttpSeen, Option<Failure>), Failure> {
    let meter = stream.meter();
    let request = request(endpoint, token)?;
    let sent = async {
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(MAX_HEAD_BYTES)
            .handshake::<_, Empty<Bytes>>(TokioIo::new(stream))
            .await?;
        // Handed over before anything drives the connection: one that has ended by then would have lost the alert that
        // it ended with, and the request would be one that nobody took.
        let answer = sender.send_request(request);
        let driver = AbortOnDrop(tokio::spawn(connection));
        Ok((answer.await?, driver))
    };
    let (answer, _driver) = match timeout_at(bounds.deadline, sent).await {
        Ok(Ok(answered)) => answered,
        Ok(Err(error)) => return Err(failed(&error, bounds.recorder, meter.read())),
        Err(_) => return Err(late(meter.read(), "no answer")),
    };
    let (head, body) = answer.into_parts();
    let (body, failure) = read(body, &head.headers, &meter, bounds).await;
    Ok((HttpSeen { status: head.status.as_u16(), headers: kept_headers(&head.headers), body }, failure))
}

async fn read(
    mut body: Incoming,
    headers: &HeaderMap,
    meter: &Meter,
    bounds: &Bounds<'_>,
) -> (BodySeen, Option<Failure>) {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let mut reader = BodyReader::new(
        bounds.body,
        &KEPT_SAMPLES,
        text(header::CONTENT_TYPE),
        text(header::CONTENT_ENCODING),
    );
    loop {
        match timeout_at(bounds.deadline, body.frame()).await {
            Ok(None) => return (reader.finish(true), None),
            Ok(Some(Ok(frame))) => {
                if frame.data_ref().is_some_and(|chunk| reader.feed(chunk).is_break()) {
                    return (reader.finish(false), None);
                }
            }
            Ok(Some(Err(error))) => {
                let failure = failed(&error, bounds.recorder, meter.read());
                return (reader.finish(false), Some(failure));
            }
            Err(_) => return (reader.finish(false), Some(late(meter.read(), "the body did not end"))),
        }
    }
}

fn request(endpoint: &Endpoint, token: Option<&Secret<String>>) -> Result<Request<Empty<Bytes>>, Failure> {
    let unprepared = |detail: &str| Failure::new(FailureKind::Unprepared, detail);
    let mut request = Request::get(&endpoint.path)
        .header(header::HOST, endpoint.authority())
        .header(header::USER_AGENT, concat!("ctlmon/", env!("CARGO_PKG_VERSION")))
        // Aggregated metrics APIs answer 406 without the wildcard.
        .header(header::ACCEPT, "text/plain;version=0.0.4, */*;q=0.5")
        // No encoding is offered, so that no body can unpack to more than was sent.
        .header(header::ACCEPT_ENCODING, "identity")
        .header(header::CONNECTION, "close")
        .body(Empty::new())
        .map_err(|_| unprepared("the path cannot be used in a request"))?;
    if let Some(token) = token {
        let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose()))
            .map_err(|_| unprepared("the token holds characters that no header may hold"))?;
        value.set_sensitive(true);
        request.headers_mut().insert(header::AUTHORIZATION, value);
    }
    Ok(request)
}

/// The headers that tell something, each cut to what is readable.
pub(super) fn kept_headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    KEPT_HEADERS
        .into_iter()
        .filter_map(|name| {
            let value = String::from_utf8_lossy(headers.get(name)?.as_bytes());
            // A redirect's query may carry what is nobody's business, and its length is the server's choice.
            let value = if name == "location" { value.split('?').next().unwrap_or_default() } else { &value };
            let shown = value.chars().take(200).map(|c| if c.is_control() { ' ' } else { c }).collect();
            Some((name.to_owned(), shown))
        })
        .collect()
}

fn failed(error: &hyper::Error, recorder: &Recorder, bytes: u64) -> Failure {
    if let Some(alert) = recorder.alert() {
        return Failure::new(FailureKind::Alert, alert);
    }
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(current) = cause {
        if let Some(error) = current.downcast_ref::<std::io::Error>() {
            return super::watch::stream_failure(error);
        }
        cause = current.source();
    }
    if error.is_parse() || error.is_parse_too_large() {
        Failure::new(FailureKind::Protocol, error.to_string().to_lowercase())
    } else if error.is_incomplete_message() && bytes == 0 {
        Failure::new(FailureKind::Closed, "without a word")
    } else {
        Failure::new(FailureKind::Closed, error.to_string().to_lowercase())
    }
}

/// A deadline passed: something had come, or nothing at all.
pub(super) fn late(bytes: u64, what: &str) -> Failure {
    if bytes == 0 {
        Failure::new(FailureKind::Timeout, what)
    } else {
        Failure::new(FailureKind::TooSlow, format!("{what} within the time allowed"))
    }
}

/// Ends the task that drives a connection when the probe is over.
struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
