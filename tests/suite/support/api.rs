//! A server on loopback that answers as the API server of a small cluster: by path, over plain HTTP, with a latency if one
//! is wanted. It knows no rights.

use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
};

/// What an [`api`] was asked so far.
#[derive(Default)]
pub(crate) struct Load {
    now: AtomicUsize,
    /// The most requests that were under way at once.
    pub(crate) most: AtomicUsize,
    /// All requests.
    pub(crate) requests: AtomicUsize,
}

/// A path without its query, and the items of the list that is there.
pub(crate) type List = (&'static str, fn() -> Value);

/// Serves a cluster of kind with these lists in place of its own.
pub(crate) fn api(runtime: &Runtime, lists: &'static [List], latency: Duration) -> (u16, Arc<Load>) {
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let port = listener.local_addr().unwrap().port();
    let load = Arc::new(Load::default());
    let shared = load.clone();
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, lists, latency, shared.clone()));
        }
    });
    (port, load)
}

/// A port on which somebody listens, takes connections, and never says a word.
pub(crate) fn silent(runtime: &Runtime) -> u16 {
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let port = listener.local_addr().unwrap().port();
    runtime.spawn(async move {
        let mut taken = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            taken.push(stream);
        }
    });
    port
}

/// A kubeconfig with these contexts, each for the server at a port, the first one current.
pub(crate) fn kubeconfig(contexts: &[(String, u16)]) -> Value {
    let named = |of: &dyn Fn(&(String, u16)) -> Value| contexts.iter().map(of).collect::<Vec<_>>();
    json!({
        "apiVersion": "v1", "kind": "Config", "current-context": contexts[0].0,
        "clusters": named(&|(name, port)| json!({"name": name, "cluster": {"server": format!("http://127.0.0.1:{port}")}})),
        "users": [{"name": "u", "user": {}}],
        "contexts": named(&|(name, _)| json!({"name": name, "context": {"cluster": name, "user": "u"}})),
    })
}

async fn serve(mut stream: TcpStream, lists: &[List], latency: Duration, load: Arc<Load>) -> Option<()> {
    let mut read = Vec::new();
    loop {
        let end = loop {
            if let Some(end) = read.windows(4).position(|end| end == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut read).await.ok()? == 0 {
                return None;
            }
        };
        let head = String::from_utf8_lossy(&read[..end]).into_owned();
        read.drain(..end);
        let path = head.split(' ').nth(1)?.split('?').next()?.to_owned();
        load.requests.fetch_add(1, Ordering::Relaxed);
        let now = load.now.fetch_add(1, Ordering::Relaxed) + 1;
        load.most.fetch_max(now, Ordering::Relaxed);
        tokio::time::sleep(latency).await;
        load.now.fetch_sub(1, Ordering::Relaxed);
        let (status, body) = answer(&path, lists);
        let body = body.to_string();
        let answer = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}

fn answer(path: &str, lists: &[List]) -> (&'static str, Value) {
    let list = |items: Value| {
        ("200 OK", json!({"kind": "List", "apiVersion": "v1", "metadata": {}, "items": items}))
    };
    if let Some((_, items)) = lists.iter().find(|(of, _)| *of == path) {
        return list(items());
    }
    match path {
        "/version" => ("200 OK", json!({"major": "1", "minor": "33", "gitVersion": "v1.33.1"})),
        "/apis" => {
            let group = json!({"name": "apps", "versions": [{"groupVersion": "apps/v1"}]});
            ("200 OK", json!({"kind": "APIGroupList", "groups": [group]}))
        }
        "/api/v1/nodes" => list(json!([{
            "metadata": {"name": "kind-control-plane", "labels": {"node-role.kubernetes.io/control-plane": ""}},
            "spec": {"providerID": "kind://docker/kind/kind-control-plane"},
            "status": {"nodeInfo": {"kubeletVersion": "v1.33.1"}},
        }])),
        _ if path.contains("/configmaps/") => (
            "404 Not Found",
            json!({"kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404}),
        ),
        _ => list(json!([])),
    }
}
