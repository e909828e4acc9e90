//! Answers, and the two forms in which Kubernetes refuses: a Status object, and a line of text. It decides nothing.

use super::json::{indent, quote};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

/// Of Prometheus' text format, as Go's client library writes it today.
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";
const TEXT: &str = "text/plain; charset=utf-8";

/// `process_start_time_seconds` of the metrics.
const STARTED: &str = "1776675600";

/// One answer.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// What a Status object says about a request that failed.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) code: StatusCode,
    pub(super) reason: &'static str,
    pub(super) message: String,
    /// `None` leaves `details` out.
    pub(super) details: Option<Details>,
}

/// What a Status object is about; empty parts are left out.
#[derive(Clone, Debug, Default)]
pub(super) struct Details {
    pub(super) name: String,
    pub(super) group: String,
    pub(super) kind: String,
}

impl Reply {
    fn new(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))]);
        Self { status, headers, body: body.into() }
    }

    /// Plain text, which the browser is asked not to take for anything else.
    pub(super) fn text(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self::new(status, TEXT, body).with(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
    }

    /// Plain text without further headers.
    pub(super) fn bare_text(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self::new(status, TEXT, body)
    }

    /// Metrics.
    pub(super) fn metrics(body: impl Into<Bytes>) -> Self {
        Self::new(StatusCode::OK, METRICS, body)
    }

    /// Metrics of a component of Kubernetes, whose handler says since when it counts.
    ///
    /// Source: `metrics/http.go` of `k8s.io/component-base`, and every server of 1.36 that was asked.
    pub(super) fn kubernetes_metrics(body: impl Into<Bytes>) -> Self {
        Self::metrics(body).with(HeaderName::from_static("process-start-time-unix"), STARTED)
    }

    /// JSON that is written already.
    pub(super) fn json(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self::new(status, "application/json", body)
    }

    /// What Go's multiplexer says of a path that nobody serves.
    pub(super) fn not_found() -> Self {
        Self::text(StatusCode::NOT_FOUND, "404 page not found\n")
    }

    /// With a header more.
    pub(super) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// The same with JSON indented, as people get it.
    pub(super) fn indented(mut self) -> Self {
        if self.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json")
            && let Ok(text) = str::from_utf8(&self.body)
        {
            self.body = indent(text.trim_end()).into();
        }
        self
    }
}

impl Refusal {
    /// 401: a credential came and it is bad, or none came where one is needed.
    pub(super) fn unauthorized() -> Self {
        Self {
            code: StatusCode::UNAUTHORIZED,
            reason: "Unauthorized",
            message: "Unauthorized".to_owned(),
            details: None,
        }
    }

    /// 404 for a resource that the API does not have.
    pub(super) fn no_such_resource() -> Self {
        Self {
            code: StatusCode::NOT_FOUND,
            reason: "NotFound",
            message: "the server could not find the requested resource".to_owned(),
            details: Some(Details::default()),
        }
    }

    /// 404 for an object; `resource` is its plural with the group, if it has one.
    pub(super) fn no_such_object(group: &str, plural: &str, name: &str) -> Self {
        Self {
            code: StatusCode::NOT_FOUND,
            reason: "NotFound",
            message: format!("{} \"{name}\" not found", qualified(group, plural)),
            details: Some(Details {
                name: name.to_owned(),
                group: group.to_owned(),
                kind: plural.to_owned(),
            }),
        }
    }

    /// 400.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self { code: StatusCode::BAD_REQUEST, reason: "BadRequest", message: message.into(), details: None }
    }

    /// 405: the practice cluster can be looked at and not be changed.
    pub(super) fn method_not_allowed() -> Self {
        Self {
            code: StatusCode::METHOD_NOT_ALLOWED,
            reason: "MethodNotAllowed",
            message: "the server does not allow this method on the requested resource".to_owned(),
            details: Some(Details::default()),
        }
    }

    /// 503, for somebody whom the API server was to ask and could not.
    pub(super) fn unreachable(why: &str) -> Self {
        Self {
            code: StatusCode::SERVICE_UNAVAILABLE,
            reason: "ServiceUnavailable",
            message: format!("error trying to reach service: {why}"),
            details: None,
        }
    }

    /// 422.
    pub(super) fn invalid(group: &str, kind: &str, name: &str, problem: &str) -> Self {
        Self {
            code: StatusCode::UNPROCESSABLE_ENTITY,
            reason: "Invalid",
            message: format!("{kind}.{group} \"{name}\" is invalid: {problem}"),
            details: Some(Details { name: name.to_owned(), group: group.to_owned(), kind: kind.to_owned() }),
        }
    }

    /// As an answer, in the order and on the one line in which the API server writes it.
    pub(super) fn reply(&self) -> Reply {
        let details = self.details.as_ref().map_or_else(String::new, |details| {
            let parts = [("name", &details.name), ("group", &details.group), ("kind", &details.kind)];
            let filled: Vec<String> = parts
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(key, value)| format!("\"{key}\":{}", quote(value)))
                .collect();
            format!(",\"details\":{{{}}}", filled.join(","))
        });
        let body = format!(
            "{{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{{}},\"status\":\"Failure\",\"message\":{},\"reason\":{}{details},\"code\":{}}}\n",
            quote(&self.message),
            quote(self.reason),
            self.code.as_u16(),
        );
        Reply::json(self.code, body)
    }
}

/// A resource with its group, if it has one, as messages name it.
pub(super) fn qualified(group: &str, plural: &str) -> String {
    if group.is_empty() { plural.to_owned() } else { format!("{plural}.{group}") }
}
