//! Port-forward over a WebSocket: one data channel and one error channel for each port. Whether it is allowed was decided before.
//!
//! Source: the kubelet's `k8s.io/kubelet/pkg/cri/streaming/portforward`; the client side as kube 5 reads it.

use super::{
    reply::{Refusal, Reply},
    request::Ask,
};
use bytes::Bytes;
use futures::{SinkExt as _, StreamExt as _, future::join_all};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use std::{io, net::SocketAddr};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::mpsc,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, handshake::derive_accept_key, protocol::Role},
};

/// The protocols that are spoken, the preferred one first: a kubelet knows only the first for port-forwards.
const PROTOCOLS: [&str; 2] = ["v4.channel.k8s.io", "v5.channel.k8s.io"];
/// What those hear who want something else, such as kubectl, which speaks SPDY.
pub(super) const ONLY: &str =
    "the practice cluster carries streams over WebSockets with v4.channel.k8s.io only";
/// How much is read from a port at once.
const CHUNK: usize = 16 * 1024;
/// How many messages wait for a slow reader.
const QUEUE: usize = 16;

/// A port-forward that was granted and waits for its connection.
pub(super) struct Forward {
    upgrade: OnUpgrade,
    pod: String,
    ports: Vec<(u16, Option<SocketAddr>)>,
}

/// Agrees to switch to a WebSocket.
pub(super) fn accept(ask: &Ask) -> Result<Reply, Refusal> {
    let key = ask
        .headers
        .get(header::SEC_WEBSOCKET_KEY)
        .ok_or_else(|| Refusal::bad_request("missing Sec-WebSocket-Key"))?;
    let offered: Vec<&str> =
        ask.header(header::SEC_WEBSOCKET_PROTOCOL).unwrap_or_default().split(',').map(str::trim).collect();
    let protocol = PROTOCOLS
        .into_iter()
        .find(|protocol| offered.contains(protocol))
        .ok_or_else(|| Refusal::bad_request(ONLY))?;
    let headers = HeaderMap::from_iter([
        (header::CONNECTION, HeaderValue::from_static("Upgrade")),
        (header::UPGRADE, HeaderValue::from_static("websocket")),
        (header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(protocol)),
    ]);
    Ok(Reply { status: StatusCode::SWITCHING_PROTOCOLS, headers, body: Bytes::new() }
        .with(header::SEC_WEBSOCKET_ACCEPT, &derive_accept_key(key.as_bytes())))
}

/// The WebSocket of a connection that was switched to it; `None` where the client has gone.
pub(super) async fn socket(upgrade: OnUpgrade) -> Option<WebSocketStream<TokioIo<Upgraded>>> {
    let upgraded = TokioIo::new(upgrade.await.ok()?);
    Some(WebSocketStream::from_raw_socket(upgraded, Role::Server, None).await)
}

impl Forward {
    /// A port-forward over the connection that is switched.
    pub(super) const fn new(upgrade: OnUpgrade, pod: String, ports: Vec<(u16, Option<SocketAddr>)>) -> Self {
        Self { upgrade, pod, ports }
    }

    /// Carries bytes until either side ends.
    pub(super) async fn run(self) {
        let Some(socket) = socket(self.upgrade).await else { return };
        let (mut sink, mut source) = socket.split();
        let (to_client, mut outgoing) = mpsc::channel::<Message>(QUEUE);
        let mut to_ports = Vec::new();
        let mut ports = Vec::new();
        for (channel, (port, target)) in (0_u8..).step_by(2).zip(self.ports) {
            let (to_port, from_client) = mpsc::channel::<Bytes>(QUEUE);
            to_ports.push(to_port);
            let pod = self.pod.as_str();
            ports.push(serve_port(
                pod,
                port,
                target,
                Channel { number: channel, to_client: to_client.clone() },
                from_client,
            ));
        }
        drop(to_client);
        let ports = join_all(ports);
        let writer = async {
            while let Some(message) = outgoing.recv().await {
                if sink.send(message).await.is_err() {
                    return;
                }
            }
            let _ = sink.send(Message::Close(None)).await;
            let _ = sink.close().await;
        };
        let reader = async {
            while let Some(Ok(message)) = source.next().await {
                let Message::Binary(mut bytes) = message else { continue };
                if bytes.is_empty() {
                    continue;
                }
                let channel = usize::from(bytes.split_to(1)[0]);
                if let (0, Some(to_port)) = (channel % 2, to_ports.get(channel / 2)) {
                    // A port that has ended takes nothing more; the client learns it from its own reading.
                    let _ = to_port.send(bytes).await;
                }
            }
        };
        // The client's end is the end; when all ports have ended, the writer says so and the client closes.
        tokio::select! {
            () = reader => {}
            ((), _) = async { tokio::join!(writer, ports) } => {}
        }
    }
}

/// One port's pair of channels towards the client.
struct Channel {
    number: u8,
    to_client: mpsc::Sender<Message>,
}

impl Channel {
    async fn bytes(&self, bytes: &[u8]) {
        self.say(self.number, bytes).await;
    }

    async fn error(&self, text: &str) {
        self.say(self.number + 1, text.as_bytes()).await;
    }

    async fn say(&self, channel: u8, bytes: &[u8]) {
        let message = [&[channel], bytes].concat();
        // Fails only when the client is gone, and then there is nobody to say it to.
        let _ = self.to_client.send(Message::binary(message)).await;
    }
}

async fn serve_port(
    pod: &str,
    port: u16,
    target: Option<SocketAddr>,
    channel: Channel,
    mut from_client: mpsc::Receiver<Bytes>,
) {
    // Both channels begin with the port that they are for.
    channel.bytes(&port.to_le_bytes()).await;
    channel.say(channel.number + 1, &port.to_le_bytes()).await;
    let connected = match target {
        Some(address) => TcpStream::connect(address).await,
        None => Err(io::Error::from(io::ErrorKind::ConnectionRefused)),
    };
    let Ok(stream) = connected else {
        // The words are those of a kubelet with containerd.
        let text = format!(
            "error forwarding port {port} to pod {pod}, uid : failed to execute portforward in network namespace \"host\": failed to connect to localhost:{port} inside namespace \"host\", IPv4: dial tcp4 127.0.0.1:{port}: connect: connection refused"
        );
        return channel.error(&text).await;
    };
    // Carried bytes wait for nothing; a failure only makes them slower.
    let _ = stream.set_nodelay(true);
    let (mut read, mut write) = stream.into_split();
    let inward = async {
        while let Some(bytes) = from_client.recv().await {
            if write.write_all(&bytes).await.is_err() {
                return;
            }
        }
        let _ = write.shutdown().await;
    };
    let outward = async {
        let mut buffer = vec![0; CHUNK];
        while let Ok(length @ 1..) = read.read(&mut buffer).await {
            channel.bytes(&buffer[..length]).await;
        }
    };
    // When the port has nothing more to say, what the client still sends goes nowhere.
    tokio::pin!(inward);
    tokio::pin!(outward);
    tokio::select! {
        () = &mut outward => {}
        () = &mut inward => outward.await,
    }
}
