//! A client that shows everything: bytes as they came, alerts, the authorities a server names. It verifies nothing.

use crate::support::anybody::Anybody;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ctlmon::lab::{
    Lab, LabSpec,
    spec::{CertificateSpec, Issuer, KeyType, Purpose, SecretEntry, SecretSpec, Validity},
};
use jiff::{SignedDuration, Timestamp};
use rustls::{
    AlertDescription, ClientConfig, Error, SignatureScheme, SupportedProtocolVersion,
    client::ResolvesClientCert,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// When the practice cluster of a test is.
pub(crate) const NOW: &str = "2026-06-01T09:00:00Z";
pub(crate) const CP: &str = "192.0.2.11";
pub(crate) const LOCAL: &str = "127.0.0.1";

pub(crate) fn spec() -> LabSpec {
    LabSpec::kubeadm(NOW.parse::<Timestamp>().unwrap())
}

/// A spec with a client certificate more, and a Secret from which a test can read it.
pub(crate) fn with_certificate(mut spec: LabSpec, name: &str, certificate: CertificateSpec) -> LabSpec {
    let entries = [
        ("tls.crt", SecretEntry::Certificate(name.to_owned())),
        ("tls.key", SecretEntry::Key(name.to_owned())),
    ];
    spec.pki.certificates.insert(name.to_owned(), certificate);
    spec.secrets.push(SecretSpec {
        namespace: "default".to_owned(),
        name: name.to_owned(),
        labels: BTreeMap::new(),
        entries: entries.into_iter().map(|(key, entry)| (key.to_owned(), entry)).collect(),
    });
    spec
}

/// A client certificate of an authority that holds now.
pub(crate) fn client_certificate(issuer: Issuer) -> CertificateSpec {
    CertificateSpec {
        common_name: "lab-nobody".to_owned(),
        organization: None,
        issuer,
        purposes: vec![Purpose::Client],
        dns: Vec::new(),
        addresses: Vec::new(),
        validity: Validity { from: SignedDuration::from_hours(-24), until: SignedDuration::from_hours(24) },
        key: KeyType::P256,
    }
}

/// A certificate with its key.
#[derive(Clone, Debug)]
pub(crate) struct Pair(Arc<CertifiedKey>);

impl Pair {
    pub(crate) fn from_pem(certificate: &str, key: &str) -> Self {
        let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
        let key = crypto().key_provider.load_private_key(key).unwrap();
        Self(Arc::new(CertifiedKey::new(vec![certificate], key)))
    }

    /// The administrator's.
    pub(crate) fn admin(lab: &Lab) -> Self {
        let config = lab.kubeconfig().unwrap();
        let user = &config["users"][0]["user"];
        Self::from_pem(&decoded(&user["client-certificate-data"]), &decoded(&user["client-key-data"]))
    }

    /// From a Secret, read as the administrator.
    pub(crate) async fn of_secret(lab: &Lab, namespace: &str, name: &str) -> Self {
        let path = format!("/api/v1/namespaces/{namespace}/secrets/{name}");
        let secret = Call::new(&path).certificate(&Self::admin(lab)).json(lab, CP, 6443).await;
        Self::from_pem(&decoded(&secret["data"]["tls.crt"]), &decoded(&secret["data"]["tls.key"]))
    }
}

pub(crate) fn decoded(value: &Value) -> String {
    String::from_utf8(STANDARD.decode(value.as_str().unwrap()).unwrap()).unwrap()
}

pub(crate) fn crypto() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

pub(crate) fn way(lab: &Lab, host: &str, port: u16) -> SocketAddr {
    lab.routes()[&(host.to_owned(), port)]
}

/// One request.
#[derive(Clone)]
pub(crate) struct Call {
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: String,
    certificate: Option<Pair>,
    version: &'static SupportedProtocolVersion,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Call {
    pub(crate) fn new(path: &str) -> Self {
        Self {
            method: "GET",
            path: path.to_owned(),
            headers: Vec::new(),
            body: String::new(),
            certificate: None,
            version: &TLS13,
        }
    }

    pub(crate) fn post(path: &str, body: &Value) -> Self {
        let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
        Self { method: "POST", body: body.to_string(), headers, ..Self::new(path) }
    }

    pub(crate) fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn token(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn certificate(mut self, certificate: &Pair) -> Self {
        self.certificate = Some(certificate.clone());
        self
    }

    pub(crate) fn over_tls12(mut self) -> Self {
        self.version = &TLS12;
        self
    }

    /// Asks over TLS.
    pub(crate) async fn send(&self, lab: &Lab, host: &str, port: u16) -> Answer {
        self.attempt(lab, host, port).await.unwrap()
    }

    /// Asks over TLS for JSON.
    pub(crate) async fn json(&self, lab: &Lab, host: &str, port: u16) -> Value {
        let answer = self.send(lab, host, port).await;
        assert!(answer.status < 300, "{}: {}", self.path, answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    /// Asks over TLS, or tells the alert with which the server refused.
    pub(crate) async fn attempt(&self, lab: &Lab, host: &str, port: u16) -> Result<Answer, AlertDescription> {
        let stream = TcpStream::connect(way(lab, host, port)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        self.attempt_over(stream).await
    }

    /// The same over a stream that there is already.
    pub(crate) async fn attempt_over<S>(&self, stream: S) -> Result<Answer, AlertDescription>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut stream =
            handshake(stream, self.certificate.clone(), self.version).await.map_err(|error| alert(&error))?.0;
        let result = async {
            stream.write_all(self.text().as_bytes()).await?;
            stream.flush().await?;
            let mut bytes = Vec::new();
            stream.read_to_end(&mut bytes).await?;
            Ok(bytes)
        }
        .await;
        result.map(|bytes| Answer::read(&bytes)).map_err(|error: std::io::Error| alert(&error))
    }

    /// Asks without TLS and returns what came, to the byte.
    pub(crate) async fn plain(&self, address: SocketAddr) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(self.text().as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        String::from_utf8(bytes).unwrap()
    }

    fn text(&self) -> String {
        let mut text =
            format!("{} {} HTTP/1.1\r\nHost: practice\r\nConnection: close\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            let _ = write!(text, "{name}: {value}\r\n");
        }
        if !self.body.is_empty() {
            let _ = write!(text, "Content-Length: {}\r\n", self.body.len());
        }
        text + "\r\n" + &self.body
    }
}

impl Answer {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Self { status, headers, body: body.to_owned() }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

fn alert(error: &std::io::Error) -> AlertDescription {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::AlertReceived(alert)) => *alert,
        other => panic!("no alert but {error}: {other:?}"),
    }
}

/// Connects, and tells which authorities the server named when it asked for a certificate.
pub(crate) async fn connect(
    address: SocketAddr,
    certificate: Option<Pair>,
    version: &'static SupportedProtocolVersion,
) -> std::io::Result<(TlsStream<TcpStream>, Option<Vec<Vec<u8>>>)> {
    handshake(TcpStream::connect(address).await?, certificate, version).await
}

async fn handshake<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    certificate: Option<Pair>,
    version: &'static SupportedProtocolVersion,
) -> std::io::Result<(TlsStream<S>, Option<Vec<Vec<u8>>>)> {
    let resolver = Arc::new(Resolver { certificate, named: Mutex::default() });
    let config = ClientConfig::builder_with_provider(crypto())
        .with_protocol_versions(&[version])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody))
        .with_client_cert_resolver(resolver.clone());
    let name = ServerName::try_from("practice").unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    let named = resolver.named.lock().unwrap().take();
    Ok((stream, named))
}

#[derive(Debug)]
struct Resolver {
    certificate: Option<Pair>,
    named: Mutex<Option<Vec<Vec<u8>>>>,
}

impl ResolvesClientCert for Resolver {
    fn resolve(&self, named: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        *self.named.lock().unwrap() = Some(named.iter().map(|name| name.to_vec()).collect());
        self.certificate.as_ref().map(|pair| pair.0.clone())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// A token of the agents' account, asked for as the administrator.
pub(crate) async fn agent_token(lab: &Lab) -> String {
    token_of(lab, "datadog", "datadog-agent", &serde_json::json!({})).await
}

pub(crate) async fn token_of(lab: &Lab, namespace: &str, name: &str, spec: &Value) -> String {
    let path = format!("/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token");
    let request =
        serde_json::json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec});
    let answer = Call::post(&path, &request).certificate(&Pair::admin(lab)).json(lab, CP, 6443).await;
    answer["status"]["token"].as_str().unwrap().to_owned()
}
