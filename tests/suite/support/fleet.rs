//! A cluster of many nodes on loopback: an API server that hands them out page by page over plain HTTP, and a kubelet for each
//! that serves metrics over TLS. It knows no rights.

use super::{
    pki::{Authority, server},
    server::acceptor,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::{fmt::Write as _, sync::Arc};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpListener,
    runtime::Runtime,
};

/// A running fleet; it ends with the runtime that it was started on.
pub(crate) struct Fleet {
    /// The port of the API server.
    pub(crate) api: u16,
    /// The ports of the kubelets, in the order of the nodes.
    pub(crate) kubelets: Vec<u16>,
    /// In PEM.
    authority: String,
}

impl Fleet {
    /// So many nodes, whose kubelets serve so many bytes of metrics each.
    pub(crate) fn start(runtime: &Runtime, nodes: usize, bytes: usize) -> Self {
        let authority = Authority::new("kubelet-ca");
        let acceptor = acceptor(&authority.issue("kubelet", &server()));
        let metrics = Arc::new(answer("text/plain; version=0.0.4", &metrics(bytes)));
        let kubelets: Vec<u16> = (0..nodes)
            .map(|_| {
                let (acceptor, metrics) = (acceptor.clone(), metrics.clone());
                listen(runtime, move |stream| {
                    let (acceptor, metrics) = (acceptor.clone(), metrics.clone());
                    async move {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            converse(stream, |_| metrics.to_string()).await;
                        }
                    }
                })
            })
            .collect();
        // Written once, so that no measurement is of how long a test needs to make up a node.
        let nodes: Vec<String> =
            kubelets.iter().enumerate().map(|(number, port)| node(number, *port).to_string()).collect();
        let nodes = Arc::new(nodes);
        let api = listen(runtime, move |stream| {
            let nodes = nodes.clone();
            async move {
                converse(stream, |target| answer("application/json", &api(&nodes, target))).await;
            }
        });
        Self { api, kubelets, authority: authority.pem }
    }

    /// A kubeconfig for it. It names an authority, as those of clusters do: without one all of the machine's are read.
    pub(crate) fn kubeconfig(&self) -> Value {
        let mut kubeconfig = super::api::kubeconfig(&[("fleet".to_owned(), self.api)]);
        kubeconfig["clusters"][0]["cluster"]["certificate-authority-data"] =
            json!(STANDARD.encode(&self.authority));
        kubeconfig
    }
}

fn listen<F: Future<Output = ()> + Send + 'static>(
    runtime: &Runtime,
    serve: impl Fn(tokio::net::TcpStream) -> F + Send + 'static,
) -> u16 {
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let port = listener.local_addr().unwrap().port();
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    port
}

/// Answers request after request, each by its target.
async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, answer: impl Fn(&str) -> String) {
    let mut read = Vec::new();
    loop {
        let Some(end) = read.windows(4).position(|end| end == b"\r\n\r\n") else {
            match stream.read_buf(&mut read).await {
                Ok(1..) => continue,
                Ok(0) | Err(_) => return,
            }
        };
        let head = String::from_utf8_lossy(&read[..end]).into_owned();
        read.drain(..end + 4);
        let target = head.split(' ').nth(1).unwrap_or_default();
        if stream.write_all(answer(target).as_bytes()).await.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
}

fn answer(kind: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// What a kubelet would serve, as long as is wanted.
fn metrics(bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 200);
    text.push_str("# TYPE kubelet_node_name gauge\nkubelet_node_name{node=\"worker\"} 1\n");
    for family in 0.. {
        let _ = writeln!(text, "# HELP kubelet_example_{family}_seconds [ALPHA] How long it took.");
        let _ = writeln!(text, "# TYPE kubelet_example_{family}_seconds histogram");
        for bucket in 0..14 {
            let _ = writeln!(
                text,
                "kubelet_example_{family}_seconds_bucket{{operation_type=\"sync\",le=\"{bucket}\"}} {}",
                bucket * 17
            );
        }
        if text.len() >= bytes {
            return text;
        }
    }
    text
}

fn api(nodes: &[String], target: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let asked = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let list = |items: &str, next: &str| {
        format!(
            r#"{{"kind": "List", "apiVersion": "v1", "metadata": {{"continue": "{next}"}}, "items": [{items}]}}"#
        )
    };
    match path {
        "/version" => json!({"major": "1", "minor": "36", "gitVersion": "v1.36.3"}).to_string(),
        "/apis" => json!({"kind": "APIGroupList", "groups": []}).to_string(),
        "/api/v1/nodes" if asked("labelSelector").is_none() => {
            let number = |name| asked(name).and_then(|number| number.parse::<usize>().ok());
            let begin = number("continue").unwrap_or_default();
            let end = nodes.len().min(begin.saturating_add(number("limit").unwrap_or(usize::MAX)));
            let next = if end < nodes.len() { end.to_string() } else { String::new() };
            list(&nodes[begin..end].join(","), &next)
        }
        _ if path.ends_with("/proxy/configz") => json!({"kubeletconfig": {
            "authentication": {"webhook": {"enabled": true}, "anonymous": {"enabled": false}},
            "authorization": {"mode": "Webhook"},
        }})
        .to_string(),
        _ => list("", ""),
    }
}

/// A node of the size that nodes have, most of which is nothing that anybody asks for.
fn node(number: usize, port: u16) -> Value {
    let images: Vec<Value> = (0..50)
        .map(|image| json!({"names": [format!("registry.invalid/team/image-{image}@sha256:{image:064x}")], "sizeBytes": 1}))
        .collect();
    json!({
        "metadata": {"name": format!("worker-{number:04}"), "labels": {"kubernetes.io/os": "linux"}},
        "spec": {},
        "status": {
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": port}},
            "nodeInfo": {"kubeletVersion": "v1.36.3"},
            "images": images,
        },
    })
}
