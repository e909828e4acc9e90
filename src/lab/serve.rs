//! Connections: plain HTTP told from TLS by its first byte, TLS, HTTP, and the answer of the service behind. No behaviour of one component is here.

use super::{
    alert::GoAlerts,
    api::{self, Outcome},
    cluster::Cluster,
    cluster_agent, delegated, etcd, exec, forward, kubelet,
    network::Service,
    reply::{Refusal, Reply},
    request::Ask,
};
use crate::model::component::Component;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use rustls::{ServerConfig, pki_types::CertificateDer};
use std::{convert::Infallible, io, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::{JoinSet, yield_now},
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

/// The first byte of a TLS handshake.
const HANDSHAKE: u8 = 0x16;
/// What Go's server says to plain HTTP on a TLS port, byte for byte.
const PLAIN_ON_TLS: &[u8] =
    b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
/// The beginnings by which Go's server knows plain HTTP.
const PLAIN_REQUESTS: [&[u8; 5]; 5] = [b"GET /", b"HEAD ", b"POST ", b"PUT /", b"OPTIO"];
/// The most that is read of a request's body.
const BODY_LIMIT: usize = 1 << 20;
/// How long a client that was refused may still take to read why.
const LINGER: Duration = Duration::from_secs(2);

/// One service at its port.
pub(super) struct Door {
    pub(super) cluster: Arc<Cluster>,
    pub(super) service: Service,
    /// `None` for plain HTTP.
    pub(super) tls: Option<Arc<ServerConfig>>,
}

/// Takes connections until it is dropped, and all of them with it.
pub(super) async fn run(listener: TcpListener, door: Arc<Door>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                match accepted {
                    Ok((stream, _)) => { connections.spawn(connection(stream, Arc::clone(&door))); }
                    // Too many open files, most likely: others must get a turn to close some.
                    Err(_) => yield_now().await,
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(mut stream: TcpStream, door: Arc<Door>) {
    // What becomes of a connection is the client's to see; there is nobody here to tell.
    let _ = stream.set_nodelay(true);
    let Some(config) = &door.tls else {
        return http(stream, Vec::new(), &door).await;
    };
    let mut first = [0];
    match stream.peek(&mut first).await {
        Ok(1..) if first[0] == HANDSHAKE => {}
        Ok(1..) => {
            let _ = refuse_plain(&mut stream, &door.service).await;
            return;
        }
        _ => return,
    }
    match TlsAcceptor::from(Arc::clone(config))
        .accept(GoAlerts { stream, without_certificate: door.cluster.spec().etcd_alerts })
        .into_fallible()
        .await
    {
        Ok(stream) => {
            let certificates = stream.get_ref().1.peer_certificates().unwrap_or_default();
            let certificates: Vec<_> = certificates.iter().map(|one| one.clone().into_owned()).collect();
            http(stream, certificates, &door).await;
        }
        Err((_, mut stream)) => linger(&mut stream.stream).await,
    }
}

async fn refuse_plain(stream: &mut TcpStream, service: &Service) -> io::Result<()> {
    let mut start = [0; 5];
    stream.read_exact(&mut start).await?;
    // etcd closes without a word.
    let is_etcd = matches!(service, Service::Component(Component::Etcd, _));
    if !is_etcd && PLAIN_REQUESTS.contains(&&start) {
        stream.write_all(PLAIN_ON_TLS).await?;
    }
    linger(stream).await;
    Ok(())
}

/// Ends a connection so that what was said last arrives.
///
/// Closing a socket on which something is still unread resets it, and a reset overtakes the alert; a Go server
/// leaves that to chance.
async fn linger(stream: &mut TcpStream) {
    let mut unread = [0; 1024];
    let _ = stream.shutdown().await;
    let _ = timeout(LINGER, async { while matches!(stream.read(&mut unread).await, Ok(1..)) {} }).await;
}

async fn http<S>(stream: S, certificates: Vec<CertificateDer<'static>>, door: &Door)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (hand_over, mut handed_over) = mpsc::channel(1);
    let service = service_fn(|request| {
        let (certificates, hand_over) = (certificates.clone(), hand_over.clone());
        async move { Ok::<_, Infallible>(respond(door, request, certificates, hand_over).await) }
    });
    let connection = http1::Builder::new()
        .title_case_headers(true)
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let _ = connection.await;
    match handed_over.try_recv() {
        Ok(HandedOver::Forward(forward)) => forward.run().await,
        Ok(HandedOver::Exec(exec)) => exec.run().await,
        Err(_) => {}
    }
}

/// What a connection becomes that is switched to a WebSocket.
enum HandedOver {
    Forward(forward::Forward),
    Exec(exec::Exec),
}

async fn respond(
    door: &Door,
    mut request: Request<Incoming>,
    certificates: Vec<CertificateDer<'static>>,
    hand_over: mpsc::Sender<HandedOver>,
) -> Response<Full<Bytes>> {
    let upgrade = hyper::upgrade::on(&mut request);
    let (parts, body) = request.into_parts();
    let reply = match Limited::new(body, BODY_LIMIT).collect().await {
        Err(_) => Refusal::bad_request("the request's body cannot be read, or is too large").reply(),
        Ok(body) => {
            let ask = Ask::new(parts.method, &parts.uri, parts.headers, certificates, body.to_bytes());
            match answer(door, &ask) {
                Outcome::Reply(reply) => reply,
                Outcome::Proxy(journey) => {
                    api::passed_on(&door.cluster, journey.make(&door.cluster, &ask).await, &ask)
                }
                Outcome::Forward { pod, ports } => {
                    let forward = forward::Forward::new(upgrade, pod, ports);
                    switch(&ask, &hand_over, HandedOver::Forward(forward))
                }
                Outcome::Exec(output) => {
                    switch(&ask, &hand_over, HandedOver::Exec(exec::Exec::new(upgrade, output)))
                }
            }
        }
    };
    let mut response = Response::new(Full::new(reply.body));
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    let date = door.cluster.clock().now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = HeaderValue::try_from(date) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

/// Switches to a WebSocket where the client speaks one of its protocols.
fn switch(ask: &Ask, hand_over: &mpsc::Sender<HandedOver>, over: HandedOver) -> Reply {
    match forward::accept(ask) {
        Ok(reply) => {
            let _ = hand_over.try_send(over);
            reply
        }
        Err(status) => status.reply(),
    }
}

fn answer(door: &Door, ask: &Ask) -> Outcome {
    let cluster = &door.cluster;
    let gone = || Reply::not_found();
    Outcome::Reply(match &door.service {
        Service::Component(Component::ApiServer, node) => return api::answer(cluster, node, ask),
        Service::Component(Component::Etcd, _) => etcd::on_client_port(cluster.spec(), ask),
        Service::Component(component, node) => cluster
            .spec()
            .component(*component, node)
            .map_or_else(gone, |spec| delegated::answer(cluster, spec, ask)),
        Service::EtcdMetrics => etcd::on_metrics_port(cluster.spec(), ask),
        Service::Kubelet(node) => {
            cluster.spec().node(node).map_or_else(gone, |node| kubelet::answer(cluster, node, ask))
        }
        Service::ClusterAgent => cluster_agent::answer(cluster, ask),
    })
}
