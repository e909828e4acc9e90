//! A TLS server that records whatever it is sent, plain and as it came over the wire, and answers as a component would.

use super::{
    pki::Leaf,
    server::{acceptor, page},
};
use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf},
    net::{TcpListener, TcpStream},
    runtime::Handle,
};

/// The server; it ends with its runtime.
pub(crate) struct Impostor {
    pub(crate) address: SocketAddr,
    heard: Arc<Mutex<Vec<u8>>>,
    connections: Arc<AtomicUsize>,
}

impl Impostor {
    /// Listens on loopback. The first connection sees the first certificate, and so on; the last one stays. Without
    /// any it speaks plain HTTP.
    pub(crate) fn start(runtime: &Handle, leaves: &[&Leaf]) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let acceptors: Vec<_> = leaves.iter().map(|leaf| acceptor(leaf)).collect();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let (ears, count) = (Arc::clone(&heard), Arc::clone(&connections));
        runtime.spawn(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let number = count.fetch_add(1, Ordering::SeqCst);
                let acceptor = acceptors.get(number).or(acceptors.last()).cloned();
                let ears = Arc::clone(&ears);
                tokio::spawn(async move {
                    let stream = Tapped { stream, ears: Arc::clone(&ears) };
                    match acceptor {
                        None => converse(stream, &ears).await,
                        Some(acceptor) => {
                            if let Ok(stream) = acceptor.accept(stream).await {
                                converse(stream, &ears).await;
                            }
                        }
                    }
                });
            }
        });
        Self { address, heard, connections }
    }

    /// Everything that arrived so far.
    pub(crate) fn heard(&self) -> Vec<u8> {
        self.heard.lock().unwrap().clone()
    }

    /// How many have connected.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Forgets what was heard.
    pub(crate) fn forget(&self) {
        self.heard.lock().unwrap().clear();
    }
}

/// Hears all of a request, or what begins none, and invites another one, with a token.
async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, ears: &Mutex<Vec<u8>>) {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read_buf(&mut request).await {
            Ok(1..) if request[0].is_ascii_uppercase() => {}
            Ok(_) | Err(_) => break,
        }
    }
    ears.lock().unwrap().extend_from_slice(&request);
    let answer = page("401 Unauthorized", "text/plain", "Unauthorized");
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// A socket that is listened to.
struct Tapped {
    stream: TcpStream,
    ears: Arc<Mutex<Vec<u8>>>,
}

impl AsyncRead for Tapped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        self.ears.lock().unwrap().extend_from_slice(&buffer.filled()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Tapped {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
