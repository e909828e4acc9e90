//! The API server as a client: it asks a node or a pod on somebody's behalf, and words what goes wrong as Go does.
//! Where to was decided before.

use super::{
    cluster::Cluster,
    error::LabError,
    reply::{Refusal, Reply},
    request::Ask,
};
use bytes::Bytes;
use futures::future::join;
use http::{HeaderValue, Request, header};
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::{
    AlertDescription, ClientConfig, DigitallySignedStruct, Error, InvalidMessage, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime},
};
use std::{error, net::IpAddr, sync::Arc};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

/// A request that the API server is to make.
pub(super) struct Journey {
    /// The node on which the API server runs.
    pub(super) from: String,
    pub(super) scheme: Scheme,
    /// With the certificate that kubelets know it by; else with none.
    pub(super) as_api_server: bool,
    pub(super) address: IpAddr,
    pub(super) port: u16,
    /// Path and query.
    pub(super) target: String,
}

/// How it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Http,
    Https,
}

impl Scheme {
    pub(super) const fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl Journey {
    /// Makes the request and brings the answer, whatever it is. The caller's credentials stay behind.
    pub(super) async fn make(&self, cluster: &Cluster, ask: &Ask) -> Result<Reply, Refusal> {
        let place = format!("{}:{}", self.address, self.port);
        let unreachable = || Refusal::unreachable(&format!("dial tcp {place}: connect: connection refused"));
        let routes = cluster.network().routes(&self.from);
        let really = routes.get(&(self.address.to_string(), self.port)).ok_or_else(unreachable)?;
        let stream = TcpStream::connect(really).await.map_err(|_| unreachable())?;
        // A failure only makes it slower.
        let _ = stream.set_nodelay(true);
        let mut request = Request::builder().uri(&self.target).header(header::HOST, &place);
        for name in [header::ACCEPT, header::USER_AGENT] {
            if let Some(value) = ask.headers.get(&name) {
                request = request.header(name, value);
            }
        }
        let request = request
            .header(header::CONNECTION, HeaderValue::from_static("close"))
            .body(Empty::new())
            .map_err(|_| Refusal::bad_request("the path cannot be asked for"))?;
        let answered = match self.scheme {
            Scheme::Http => exchange(stream, request).await,
            Scheme::Https => match self.connector(cluster) {
                Ok(connector) => match connector.connect(self.address.into(), stream).await {
                    Ok(stream) => exchange(stream, request).await,
                    Err(error) => Err(said_by_go(&error)),
                },
                Err(error) => Err(error.to_string()),
            },
        };
        answered.map_err(|why| Refusal::unreachable(&why))
    }

    fn connector(&self, cluster: &Cluster) -> Result<TlsConnector, LabError> {
        let crypto = cluster.crypto();
        let config = ClientConfig::builder_with_provider(Arc::clone(crypto))
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Anybody(Arc::clone(crypto))));
        let config = if self.as_api_server {
            let own = cluster.pki().certificate("apiserver-kubelet-client")?;
            config.with_client_auth_cert(own.chain.clone(), PrivateKeyDer::Pkcs8(own.key.clone_key()))?
        } else {
            config.with_no_client_auth()
        };
        Ok(TlsConnector::from(Arc::new(config)))
    }
}

/// One request and its answer to the end.
async fn exchange<S>(stream: S, request: Request<Empty<Bytes>>) -> Result<Reply, String>
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| said_by_go(&error))?;
    let asking = async move {
        let (mut parts, body) = sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        // These are between neighbours; the server here sets its own.
        for name in [header::CONNECTION, header::TRANSFER_ENCODING, header::CONTENT_LENGTH, header::DATE] {
            parts.headers.remove(name);
        }
        Ok::<_, hyper::Error>(Reply { status: parts.status, headers: parts.headers, body })
    };
    // The connection must be driven beside the request; how it ends matters only if there was no answer.
    let (answered, driven) = join(asking, connection).await;
    answered.map_err(|error| said_by_go(driven.as_ref().err().unwrap_or(&error)))
}

/// What Go's HTTP client says of a failure.
fn said_by_go(error: &(dyn error::Error + 'static)) -> String {
    let mut cause = Some(error);
    while let Some(current) = cause {
        let inside = current.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let tls = current
            .downcast_ref::<Error>()
            .or_else(|| inside.and_then(|inside| inside.downcast_ref::<Error>()));
        match tls {
            Some(Error::AlertReceived(alert)) => return format!("remote error: tls: {}", name_of(*alert)),
            Some(Error::InvalidMessage(InvalidMessage::InvalidContentType)) => {
                return "http: server gave HTTP response to HTTPS client".to_owned();
            }
            _ => cause = current.source(),
        }
    }
    "EOF".to_owned()
}

/// An alert as Go's `crypto/tls` calls it.
fn name_of(alert: AlertDescription) -> String {
    match alert {
        AlertDescription::BadCertificate => "bad certificate".to_owned(),
        AlertDescription::CertificateExpired => "expired certificate".to_owned(),
        AlertDescription::CertificateRequired => "certificate required".to_owned(),
        AlertDescription::HandshakeFailure => "handshake failure".to_owned(),
        AlertDescription::UnknownCA => "unknown certificate authority".to_owned(),
        other => format!("alert({})", u8::from(other)),
    }
}

/// Takes any server: kubeadm gives the API server no authority for kubelets, and the proxy looks at no certificate.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _server: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
