//! Says in TLS 1.2 what Go says to a client without a certificate: rustls has another alert for it. Nothing else is changed.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The fatal alert `certificate_required` as a record of its own, unencrypted. TLS 1.3 always encrypts it.
const CERTIFICATE_REQUIRED: [u8; 7] = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 116];
/// The same with `handshake_failure`, which Go sends.
const HANDSHAKE_FAILURE: [u8; 7] = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 40];

/// A stream on which one alert is replaced by another.
#[derive(Debug)]
pub(super) struct GoAlerts<S>(pub(super) S);

impl<S: AsyncRead + Unpin> AsyncRead for GoAlerts<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for GoAlerts<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &[u8]) -> Poll<io::Result<usize>> {
        let said = if buffer == CERTIFICATE_REQUIRED { &HANDSHAKE_FAILURE } else { buffer };
        Pin::new(&mut self.0).poll_write(cx, said)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
