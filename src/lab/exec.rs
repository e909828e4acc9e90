//! The output of a command over a WebSocket: one channel for what it prints, one for how it ends. What that is was decided before.
//!
//! Source: `k8s.io/apimachinery/pkg/util/remotecommand`.

use super::forward::socket;
use futures::SinkExt as _;
use hyper::upgrade::OnUpgrade;
use tokio_tungstenite::tungstenite::Message;

/// The channel of standard output.
const STDOUT: u8 = 1;
/// The channel of the status at the end.
const STATUS: u8 = 3;
/// How much is sent at once.
const CHUNK: usize = 16 * 1024;

/// How a command ends that did its work.
const SUCCESS: &str = "{\"metadata\":{},\"status\":\"Success\"}";
/// How containerd ends what it cannot start.
const NO_SUCH_COMMAND: &str = "{\"metadata\":{},\"status\":\"Failure\",\"message\":\"command terminated with exit code 126\",\
                               \"reason\":\"NonZeroExitCode\",\"details\":{\"causes\":[{\"reason\":\"ExitCode\",\"message\":\"126\"}]}}";

/// A command that was granted and waits for its connection.
pub(super) struct Exec {
    upgrade: OnUpgrade,
    output: Option<String>,
}

impl Exec {
    /// A command that prints this; `None` for one that the container does not have.
    pub(super) const fn new(upgrade: OnUpgrade, output: Option<String>) -> Self {
        Self { upgrade, output }
    }

    /// Prints and ends.
    pub(super) async fn run(self) {
        let Some(mut socket) = socket(self.upgrade).await else { return };
        let output = self.output.as_deref().unwrap_or_default();
        let status = if self.output.is_some() { SUCCESS } else { NO_SUCH_COMMAND };
        let printed = output.as_bytes().chunks(CHUNK).map(|chunk| (STDOUT, chunk));
        for (channel, bytes) in printed.chain([(STATUS, status.as_bytes())]) {
            // Fails only when the client is gone, and then there is nobody to say it to.
            if socket.send(Message::binary([&[channel], bytes].concat())).await.is_err() {
                return;
            }
        }
        let _ = socket.close(None).await;
    }
}
