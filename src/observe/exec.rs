//! A command in a container, run through the API server over a WebSocket. What it prints is decoded and thrown away.

use super::{
    client::shortened,
    cluster::{Cluster, Refusal},
    decode,
};
use crate::model::{
    answer::Answer,
    observed::{Failure, FailureKind},
    said::ExecSpec,
};
use k8s_openapi::api::core::v1::Pod;
use kube::{Api, api::AttachParams};
use tokio::{io::AsyncReadExt as _, time::timeout};

/// How many bytes a command may print. The status of an Agent with a thousand checks has one mebibyte.
const MAX_OUTPUT: usize = 4 * 1024 * 1024;

/// How much is taken over at once.
const CHUNK: usize = 64 * 1024;

impl Cluster {
    /// What a command tells. It ends with the connection, or by itself right after.
    pub(super) async fn exec(&self, spec: &ExecSpec) -> Result<Answer, Refusal> {
        self.count_request();
        let output = timeout(self.request_timeout(), self.output_of(spec))
            .await
            .map_err(|_| Refusal::Failed(Failure::new(FailureKind::Timeout, "")))??;
        self.count_bytes(output.len());
        decode::told(spec.command, &output)
            .map(Answer::SelfReport)
            .map_err(|error| Refusal::unexpected(&error.to_string()))
    }

    async fn output_of(&self, spec: &ExecSpec) -> Result<Vec<u8>, Refusal> {
        let pods: Api<Pod> = Api::namespaced(self.client().clone(), &spec.pod.namespace);
        let params = AttachParams {
            container: Some(spec.container.clone()),
            stdin: false,
            stdout: true,
            stderr: false,
            tty: false,
            max_stdin_buf_size: None,
            max_stdout_buf_size: Some(CHUNK),
            max_stderr_buf_size: None,
        };
        let words = spec.command.words().iter().copied();
        let mut process = pods.exec(&spec.pod.name, words, &params).await.map_err(|error| match error {
            kube::Error::Api(status) if status.code == 403 => Refusal::Denied(shortened(&status.message)),
            kube::Error::Api(status) if status.code == 404 => Refusal::Absent,
            kube::Error::Api(status) => Refusal::unexpected(&status.code.to_string()),
            _ => Refusal::unexpected("the API server does not switch to a WebSocket"),
        })?;
        let (Some(output), Some(ended)) = (process.stdout(), process.take_status()) else {
            return Err(Refusal::unexpected("the output is not forwarded"));
        };
        let mut printed = Vec::new();
        // One byte more tells what is too much from what is not.
        let most = MAX_OUTPUT as u64 + 1;
        output.take(most).read_to_end(&mut printed).await.map_err(|error| Refusal::from_text(&error))?;
        if printed.len() > MAX_OUTPUT {
            let failure = Failure::new(FailureKind::Protocol, "it prints more than a status has");
            return Err(Refusal::Failed(failure));
        }
        match ended.await {
            Some(status) if status.status.as_deref() == Some("Success") => Ok(printed),
            Some(_) => Err(Refusal::unexpected("the command fails in this container")),
            None => Err(Refusal::Failed(Failure::new(FailureKind::Closed, "before the command ended"))),
        }
    }
}
