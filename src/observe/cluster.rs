//! Questions to the Kubernetes API: one request each, slim answers. kube's types stop here.

use super::{
    client,
    decode::{self, DecodeError},
    exchange::{ProbeLimits, kept_headers},
    forward::lacking,
    keyring::Keyring,
    metrics::BodyReader,
    secrets::{self, WholeSecret},
};
use crate::model::{
    answer::{AccessAnswer, Answer, BodyKind, HttpSeen, ProbeRecord, ReviewAnswer, Rung, TokenFacts},
    installed::InstalledQuestion,
    observed::{Denial, Failure, FailureKind, Observed},
    question::{
        AccessSpec, AccountRef, ApiRoute, ListSpec, ObjectKind, ObjectRef, Permission, ProbeSpec, Question,
        Resource, Shape, TokenSpec, Who,
    },
};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use kube::client::Body;
use serde_json::{Value, json};
use std::{
    fmt::Display,
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
    time::Duration,
};

/// How many bytes one answer of the API server may have. A page of 500 pods is 5 MB.
pub const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// How long a token of an agents' account lives: the least that the API server grants.
pub const TOKEN_SECONDS: u32 = 600;

/// One Kubernetes API.
pub struct Cluster {
    client: kube::Client,
    request_timeout: Duration,
    requests: AtomicU32,
    bytes: AtomicU64,
}

impl Cluster {
    /// Wraps a client.
    #[must_use]
    pub const fn new(client: kube::Client, request_timeout: Duration) -> Self {
        Self { client, request_timeout, requests: AtomicU32::new(0), bytes: AtomicU64::new(0) }
    }

    /// Requests sent and bytes of bodies read so far.
    pub(super) fn spent(&self) -> (u32, u64) {
        (self.requests.load(Ordering::Relaxed), self.bytes.load(Ordering::Relaxed))
    }

    /// Counts a request that is sent past [`Self::send`].
    pub(super) fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts bytes that are read past [`Self::send`].
    pub(super) fn count_bytes(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) const fn client(&self) -> &kube::Client {
        &self.client
    }

    /// How long one request may take.
    pub(super) const fn request_timeout(&self) -> Duration {
        self.request_timeout
    }

    /// Asks an endpoint through the API server, as the caller.
    pub(super) async fn probe(
        &self,
        spec: &ProbeSpec,
        route: &ApiRoute,
        limits: &ProbeLimits,
        keep: &[&str],
    ) -> Observed<Box<ProbeRecord>> {
        let path = match route {
            ApiRoute::Itself => spec.endpoint.path.clone(),
            ApiRoute::Node(node) => format!("/api/v1/nodes/{node}/proxy{}", spec.endpoint.path),
        };
        let exchange = async {
            let request = Request::get(&path)
                .header(header::ACCEPT, "text/plain;version=0.0.4, */*;q=0.5")
                .body(Body::empty())
                .map_err(|error| Refusal::from_text(&error))?;
            self.requests.fetch_add(1, Ordering::Relaxed);
            let response = self.client.send(request).await.map_err(|error| Refusal::from_client(&error))?;
            let (head, mut body) = response.into_parts();
            let text = |name| head.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
            // kube's client unpacks what it has asked to be packed, so no encoding is left by now.
            let mut reader = BodyReader::new(limits.body, keep, text(header::CONTENT_TYPE), None);
            let ended = loop {
                match body.frame().await {
                    None => break true,
                    Some(Ok(frame)) => {
                        if frame.data_ref().is_some_and(|chunk| reader.feed(chunk).is_break()) {
                            break false;
                        }
                    }
                    Some(Err(error)) => return Err(Refusal::from_client(&error)),
                }
            };
            let body = reader.finish(ended);
            let headers = kept_headers(&head.headers);
            Ok(HttpSeen { status: head.status.as_u16(), headers, body })
        };
        let record = |rung, failure, http| {
            Observed::Seen(Box::new(ProbeRecord { rung, failure, tls: None, http, elapsed_ms: 0 }))
        };
        match tokio::time::timeout(limits.total, exchange).await {
            Ok(Ok(http)) => match by_the_api_server(&http, route) {
                Some(Refusal::Denied(said)) => match Question::Probe(spec.clone()).permission() {
                    Some(permission) => Observed::Denied(Denial { permission, said }),
                    None => record(Rung::Answered, None, Some(http)),
                },
                Some(Refusal::Failed(failure)) => record(Rung::Resolved, Some(failure), None),
                Some(Refusal::Absent) => {
                    record(Rung::Resolved, Some(Failure::new(FailureKind::Unexpected, "no such path")), None)
                }
                None => record(Rung::Answered, None, Some(http)),
            },
            Ok(Err(Refusal::Failed(failure))) => record(Rung::Resolved, Some(failure), None),
            Ok(Err(Refusal::Absent | Refusal::Denied(_))) => Observed::NotAsked,
            Err(_) => record(
                Rung::Resolved,
                Some(Failure::new(FailureKind::Timeout, "through the API server")),
                None,
            ),
        }
    }

    /// Asks one question that is meant for the API server.
    pub(super) async fn ask(&self, question: &Question, keyring: &Keyring) -> Observed<Answer> {
        let permission = question.permission();
        let answered = match question {
            Question::Version => {
                self.get("/version", None, |value| decode::version(&value).map(Answer::Version)).await
            }
            Question::ApiGroups => {
                self.get("/apis", None, |value| decode::api_groups(&value).map(Answer::ApiGroups)).await
            }
            Question::List(spec) if spec.shape == Shape::Addresses => self.addresses(spec).await,
            Question::List(spec) => self.list(spec).await,
            Question::Object(object) => self.object(object, keyring).await,
            Question::May(spec) => self.may(spec).await,
            Question::Token(spec) => self.token(spec, keyring).await,
            Question::Review(account) => self.review(account, keyring).await,
            Question::Installed(asked) => self.installed(asked).await,
            Question::KubeletConfig(node) => {
                let path = format!("/api/v1/nodes/{node}/proxy/configz");
                self.get(&path, None, |value| decode::kubelet_config(&value).map(Answer::KubeletConfig)).await
            }
            Question::KubeletPods(node) => {
                let path = format!("/api/v1/nodes/{node}/proxy/pods");
                self.get(&path, None, |value| decode::static_pods(&value).map(Answer::KubeletPods)).await
            }
            Question::Logs(spec) => self.log(spec).await,
            Question::Exec(spec) => self.exec(spec).await,
            Question::Here(_)
            | Question::Certificates(_)
            | Question::TokenFile(_)
            | Question::Host(_)
            | Question::Probe(_) => {
                return Observed::NotAsked;
            }
        };
        observed(answered, permission)
    }

    async fn list(&self, spec: &ListSpec) -> Result<Answer, Refusal> {
        let api = match spec.resource.group() {
            "" => "/api/v1".to_owned(),
            group => format!("/apis/{group}/{}", spec.resource.version()),
        };
        let within = spec.namespace.as_ref().map(|name| format!("/namespaces/{name}")).unwrap_or_default();
        let selected: String = [("labelSelector", &spec.labels), ("fieldSelector", &spec.fields)]
            .into_iter()
            .filter_map(|(name, selector)| {
                Some(["&", name, "=", &percent_encoded(selector.as_ref()?)].concat())
            })
            .collect();
        let path = format!("{api}{within}/{}?limit={}{selected}", spec.resource.plural(), spec.limit);
        let accept = match spec.shape {
            Shape::Whole | Shape::Specifications | Shape::Addresses => None,
            Shape::Names => Some("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"),
        };
        let (resource, shape) = (spec.resource, spec.shape);
        self.get(&path, accept, move |value| match (shape, resource) {
            (Shape::Names, _) | (Shape::Whole, Resource::Namespaces) => {
                decode::names(&value).map(Answer::Names)
            }
            (Shape::Specifications, _) => decode::specifications(&value).map(Answer::Workloads),
            (Shape::Whole, Resource::Services) => decode::services(&value).map(Answer::Services),
            (Shape::Whole, Resource::Nodes) => decode::nodes(&value).map(Answer::Nodes),
            (Shape::Whole, Resource::Pods) => decode::pods(&value).map(Answer::Pods),
            (Shape::Whole, Resource::DaemonSets | Resource::Deployments) => {
                decode::workloads(&value).map(Answer::Workloads)
            }
            (Shape::Whole, Resource::ClusterRoleBindings) => decode::bindings(&value).map(Answer::Bindings),
            // Addresses do not get here: they are read page by page.
            (Shape::Whole | Shape::Addresses, around) => decode::around(&value, around),
        })
        .await
    }

    async fn object(&self, object: &ObjectRef, keyring: &Keyring) -> Result<Answer, Refusal> {
        self.get(&object.path(), None, |value| match object.kind {
            ObjectKind::ConfigMap => decode::config_map(&value).map(Answer::ConfigMap),
            ObjectKind::Namespace => decode::namespace(&value).map(Answer::Namespace),
            ObjectKind::ServiceAccount => decode::service_account(&value).map(Answer::ServiceAccount),
            ObjectKind::ClusterRole => decode::role(&value).map(Answer::Role),
            ObjectKind::Secret => {
                Ok::<_, DecodeError>(Answer::Secret(secrets::facts(&value, object, keyring)))
            }
        })
        .await
    }

    async fn installed(&self, asked: &InstalledQuestion) -> Result<Answer, Refusal> {
        let path = asked.path();
        match asked {
            InstalledQuestion::Release { .. } => {
                let release = self.get(&path, None, |list| decode::release(&list)).await?;
                release.map(Answer::Installed).ok_or(Refusal::Absent)
            }
            InstalledQuestion::DatadogAgent { .. } => {
                self.get(&path, None, |object| {
                    decode::installed_datadog_agent(&object).map(Answer::Installed)
                })
                .await
            }
            InstalledQuestion::Applications => {
                self.get(&path, None, |list| decode::applications(&list).map(Answer::Applications)).await
            }
            InstalledQuestion::ExternalMetrics => {
                self.get(&path, None, |object| decode::served_by(&object).map(Answer::ServedBy)).await
            }
        }
    }

    async fn may(&self, spec: &AccessSpec) -> Result<Answer, Refusal> {
        let mut review = match &spec.action {
            Permission::Path { verb, path } => json!({"nonResourceAttributes": {"verb": verb, "path": path}}),
            Permission::Root => return Err(Refusal::unexpected("no API server knows who is root on a node")),
            Permission::Resource { verb, group, resource, subresource, namespace, name } => {
                json!({"resourceAttributes": {
                    "verb": verb, "group": group, "resource": resource,
                    "subresource": subresource, "namespace": namespace, "name": name,
                }})
            }
        };
        let user = |review: &mut Value, name: &str, groups: &[&str]| {
            review["user"] = json!(name);
            review["groups"] = json!(groups);
        };
        let kind = match &spec.who {
            Who::Caller => "SelfSubjectAccessReview",
            Who::Anonymous => {
                user(&mut review, "system:anonymous", &["system:unauthenticated"]);
                "SubjectAccessReview"
            }
            Who::Account(account) => {
                let of_namespace = format!("system:serviceaccounts:{}", account.namespace);
                let groups = ["system:serviceaccounts", &of_namespace, "system:authenticated"];
                user(&mut review, &account.user_name(), &groups);
                "SubjectAccessReview"
            }
            Who::User(name) => {
                user(&mut review, name, &["system:authenticated"]);
                "SubjectAccessReview"
            }
        };
        let path = format!("/apis/authorization.k8s.io/v1/{}s", kind.to_lowercase());
        let body = json!({"apiVersion": "authorization.k8s.io/v1", "kind": kind, "spec": review});
        self.post(&path, &body, |value| {
            let status = &value["status"];
            let allowed = status["allowed"].as_bool().ok_or_else(|| "no verdict in the review".to_owned())?;
            let reason = status["reason"].as_str().unwrap_or_default().to_owned();
            Ok::<_, String>(Answer::Access(AccessAnswer { allowed, reason }))
        })
        .await
    }

    /// Asks what a token is worth. It goes to the API server of the caller, which has issued it.
    async fn review(&self, account: &AccountRef, keyring: &Keyring) -> Result<Answer, Refusal> {
        let token = keyring.account(account).ok_or_else(|| {
            Refusal::Failed(Failure::new(FailureKind::Unprepared, "the token was not got in this run"))
        })?;
        let body = json!({
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token.expose()},
        });
        self.post("/apis/authentication.k8s.io/v1/tokenreviews", &body, |value| {
            let status = value["status"].as_object().ok_or_else(|| "no verdict in the review".to_owned())?;
            let said = status.get("error").and_then(Value::as_str).unwrap_or_default();
            let authenticated = status.get("authenticated").and_then(Value::as_bool).unwrap_or(false);
            Ok::<_, String>(Answer::Review(ReviewAnswer { authenticated, error: client::shortened(said) }))
        })
        .await
    }

    async fn token(&self, spec: &TokenSpec, keyring: &Keyring) -> Result<Answer, Refusal> {
        let TokenSpec { account, audience } = spec;
        let path = format!("/api/v1/namespaces/{}/serviceaccounts/{}/token", account.namespace, account.name);
        let mut body = json!({
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
            "spec": {"expirationSeconds": TOKEN_SECONDS},
        });
        if let Some(audience) = audience {
            body["spec"]["audiences"] = json!([audience]);
        }
        self.post(&path, &body, |value| {
            let status = &value["status"];
            let token = status["token"].as_str().ok_or_else(|| "no token in the answer".to_owned())?;
            keyring.keep_account(account.clone(), token.to_owned());
            let expires = status["expirationTimestamp"].as_str().and_then(|time| time.parse().ok());
            let facts = TokenFacts::claimed(token);
            Ok::<_, String>(Answer::Token(TokenFacts { expires: expires.or(facts.expires), ..facts }))
        })
        .await
    }

    /// A Secret with everything that is in it, for the one command that hands it on.
    ///
    /// Not a question: its answer may stand in no snapshot.
    pub async fn whole_secret(&self, object: &ObjectRef) -> Observed<WholeSecret> {
        let path = format!("/api/v1/namespaces/{}/secrets/{}", object.namespace, object.name);
        let answered = self.get(&path, None, |value| WholeSecret::of(&value)).await;
        observed(answered, Question::Object(object.clone()).permission())
    }

    pub(super) async fn get<T, E: Display>(
        &self,
        path: &str,
        accept: Option<&str>,
        decode: impl FnOnce(Value) -> Result<T, E>,
    ) -> Result<T, Refusal> {
        self.send(getting(path, accept)?, |body| decoded(body, decode)).await
    }

    /// The same for what is better read without becoming a tree.
    pub(super) async fn get_text<T, E: Display>(
        &self,
        path: &str,
        decode: impl FnOnce(&[u8]) -> Result<T, E>,
    ) -> Result<T, Refusal> {
        let decode = |body: &[u8]| decode(body).map_err(|detail| Refusal::unexpected(&detail.to_string()));
        self.send(getting(path, None)?, decode).await
    }

    async fn post<E: Display>(
        &self,
        path: &str,
        body: &Value,
        decode: impl FnOnce(Value) -> Result<Answer, E>,
    ) -> Result<Answer, Refusal> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string().into_bytes()))
            .map_err(|error| Refusal::from_text(&error))?;
        self.send(request, |body| decoded(body, decode)).await
    }

    async fn send<T>(
        &self,
        request: Request<Body>,
        decode: impl FnOnce(&[u8]) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let (status, body) = self.exchange(request, MAX_ANSWER_BYTES).await?;
        if status.is_success() { decode(&body) } else { Err(Refusal::from_status(status, &body)) }
    }

    /// Sends a request and reads the whole answer, which may have so many bytes.
    pub(super) async fn exchange(
        &self,
        request: Request<Body>,
        most: usize,
    ) -> Result<(StatusCode, Bytes), Refusal> {
        self.count_request();
        let exchange = async {
            let response = self.client.send(request).await.map_err(|error| Refusal::from_client(&error))?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, most)
                .collect()
                .await
                .map_err(|error| Refusal::Failed(Failure::new(FailureKind::Protocol, error.to_string())))?
                .to_bytes();
            Ok((head.status, body))
        };
        let (status, body) = tokio::time::timeout(self.request_timeout, exchange)
            .await
            .map_err(|_| Refusal::Failed(Failure::new(FailureKind::Timeout, "")))??;
        self.count_bytes(body.len());
        Ok((status, body))
    }
}

fn getting(path: &str, accept: Option<&str>) -> Result<Request<Body>, Refusal> {
    Request::get(path)
        .header(header::ACCEPT, accept.unwrap_or("application/json"))
        .body(Body::empty())
        .map_err(|error| Refusal::from_text(&error))
}

fn decoded<T, E: Display>(body: &[u8], decode: impl FnOnce(Value) -> Result<T, E>) -> Result<T, Refusal> {
    let value = serde_json::from_slice(body)
        .map_err(|error| Refusal::unexpected(&format!("the answer is not JSON: {error}")))?;
    decode(value).map_err(|detail| Refusal::unexpected(&detail.to_string()))
}

/// An answer, or the reason why there is none; `permission` is the right that it would have needed.
fn observed<T>(answered: Result<T, Refusal>, permission: Option<Permission>) -> Observed<T> {
    match answered {
        Ok(answer) => Observed::Seen(answer),
        Err(Refusal::Absent) => Observed::Absent,
        Err(Refusal::Denied(said)) => match permission {
            Some(permission) => Observed::Denied(Denial { permission: lacking(permission, &said), said }),
            None => Observed::Failed(Failure::new(FailureKind::Unexpected, said)),
        },
        Err(Refusal::Failed(failure)) => Observed::Failed(failure),
    }
}

/// What the API server itself said in place of what lies behind it: it words refusals and failures as a `Status`.
///
/// Measured on 1.36: 403 where the caller may not use the proxy, 503 where the node cannot be reached. What the
/// kubelet says of its own is plain text.
fn by_the_api_server(http: &HttpSeen, route: &ApiRoute) -> Option<Refusal> {
    let BodyKind::Json(text) = &http.body.kind else { return None };
    if !text.contains("\"Status\"") {
        return None;
    }
    match (http.status, route) {
        (403, _) => Some(Refusal::Denied(text.clone())),
        (404, ApiRoute::Node(_)) => Some(Refusal::Absent),
        (_, ApiRoute::Node(_)) => Some(Refusal::unexpected(&format!("{} from the API server", http.status))),
        (_, ApiRoute::Itself) => None,
    }
}

/// Why there is no answer.
pub(super) enum Refusal {
    Absent,
    Denied(String),
    Failed(Failure),
}

impl Refusal {
    pub(super) fn unexpected(detail: &str) -> Self {
        Self::Failed(Failure::new(FailureKind::Unexpected, detail))
    }

    pub(super) fn from_client(error: &kube::Error) -> Self {
        Self::Failed(client::failure(error))
    }

    pub(super) fn from_text(error: &dyn std::error::Error) -> Self {
        Self::Failed(Failure::new(FailureKind::Unprepared, error.to_string()))
    }

    pub(super) fn from_status(status: StatusCode, body: &[u8]) -> Self {
        let said = serde_json::from_slice::<Value>(body)
            .ok()
            .and_then(|status| Some(status["message"].as_str()?.to_owned()))
            .unwrap_or_default();
        let said = client::shortened(&said);
        match status {
            StatusCode::NOT_FOUND => Self::Absent,
            StatusCode::FORBIDDEN => Self::Denied(said),
            StatusCode::UNAUTHORIZED => Self::Failed(Failure::new(FailureKind::Unauthenticated, "401")),
            status => Self::unexpected(&format!("{}: {said}", status.as_u16())),
        }
    }
}

/// A selector as it may stand in a query.
pub(super) fn percent_encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/=,!".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}
