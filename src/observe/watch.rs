//! A stream that counts what is read and keeps the TLS alert that an error carries, whoever swallows the error later.

use super::tls::Recorder;
use crate::model::observed::{Failure, FailureKind};
use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A watched stream.
#[derive(Debug)]
pub(super) struct Watched<S> {
    inner: S,
    recorder: Arc<Recorder>,
    meter: Meter,
}

/// How much was read from a watched stream.
#[derive(Clone, Debug, Default)]
pub(super) struct Meter(Arc<AtomicU64>);

impl Meter {
    pub(super) fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl<S> Watched<S> {
    pub(super) fn new(inner: S, recorder: Arc<Recorder>) -> Self {
        Self { inner, recorder, meter: Meter::default() }
    }

    pub(super) fn meter(&self) -> Meter {
        self.meter.clone()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let read = Pin::new(&mut this.inner).poll_read(cx, buf);
        match &read {
            Poll::Ready(Ok(())) => {
                this.meter.0.fetch_add((buf.filled().len() - before) as u64, Ordering::Relaxed);
            }
            Poll::Ready(Err(error)) => this.recorder.note(error),
            Poll::Pending => {}
        }
        read
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Watched<S> {
    /// A write that fails may have an alert waiting behind it: in TLS 1.3 a refused client certificate is
    /// reported after the handshake, when the other side has perhaps closed already.
    fn look_behind(&mut self, cx: &mut Context<'_>) {
        let mut scratch = [0_u8; 512];
        let mut buf = ReadBuf::new(&mut scratch);
        if let Poll::Ready(Err(error)) = Pin::new(&mut self.inner).poll_read(cx, &mut buf) {
            self.recorder.note(&error);
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.inner).poll_write(cx, buf);
        if let Poll::Ready(Err(error)) = &written {
            this.recorder.note(error);
            this.look_behind(cx);
        }
        written
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.inner).poll_flush(cx);
        if let Poll::Ready(Err(error)) = &flushed {
            this.recorder.note(error);
            this.look_behind(cx);
        }
        flushed
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

/// The kind of a failure of an established stream.
pub(super) fn stream_failure(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => {
            Failure::new(FailureKind::Closed, "reset")
        }
        io::ErrorKind::UnexpectedEof => Failure::new(FailureKind::Closed, "in the middle"),
        io::ErrorKind::TimedOut => Failure::new(FailureKind::Timeout, ""),
        _ => match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(tls) => Failure::new(FailureKind::Handshake, tls.to_string()),
            None => Failure::new(FailureKind::Closed, error.to_string().to_lowercase()),
        },
    }
}
