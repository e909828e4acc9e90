//! The last lines of a container, read through the API server. They are looked through and thrown away.

use super::{
    cluster::{Cluster, Refusal},
    decode,
};
use crate::model::{
    answer::Answer,
    said::{LOG_BYTES, LOG_LINES, LOG_SECONDS, LogSpec},
};
use http::{Request, StatusCode, header};
use kube::client::Body;

impl Cluster {
    /// What a container has written lately. One that never ran has written nothing: to that the API server says 400.
    pub(super) async fn log(&self, spec: &LogSpec) -> Result<Answer, Refusal> {
        let LogSpec { pod, container, previous } = spec;
        let path = format!(
            "/api/v1/namespaces/{}/pods/{}/log?container={container}&previous={previous}&timestamps=true&\
             sinceSeconds={LOG_SECONDS}&tailLines={LOG_LINES}&limitBytes={LOG_BYTES}",
            pod.namespace, pod.name
        );
        let request = Request::get(path)
            .header(header::ACCEPT, "*/*")
            .body(Body::empty())
            .map_err(|error| Refusal::from_text(&error))?;
        // Whoever sends more than was asked for is no API server.
        let (status, body) = self.exchange(request, 2 * LOG_BYTES).await?;
        match status {
            StatusCode::BAD_REQUEST => Err(Refusal::Absent),
            status if status.is_success() => Ok(Answer::Log(decode::log(&body, body.len() < LOG_BYTES))),
            status => Err(Refusal::from_status(status, &body)),
        }
    }
}
