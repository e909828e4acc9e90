//! Where a request through the proxy of a node or a pod leads. Whether it is allowed was decided before; nothing is sent here.
//!
//! Source: `ResourceLocation` of nodes and of pods in `pkg/registry/core` of Kubernetes.

use super::path::Resource;
use crate::{
    lab::{
        cluster::Cluster,
        proxy::{Journey, Scheme},
        reply::Refusal,
        request::Ask,
    },
    model::component::Component,
};
use std::net::IpAddr;

/// To a node: to its kubelet as the API server itself, or to another port as nobody.
pub(super) fn to_node(
    cluster: &Cluster,
    from: &str,
    ask: &Ask,
    resource: &Resource,
) -> Result<Journey, Refusal> {
    let target = Target::read(&resource.name)
        .ok_or_else(|| Refusal::bad_request(format!("invalid node request {:?}", resource.name)))?;
    let node =
        cluster.spec().node(target.name).ok_or_else(|| Refusal::no_such_object("", "nodes", target.name))?;
    let kubelet = Component::Kubelet.profile().port;
    let port = target.port.unwrap_or(kubelet);
    let is_kubelet = port == kubelet;
    Ok(Journey {
        from: from.to_owned(),
        scheme: if is_kubelet { Scheme::Https } else { target.scheme },
        as_api_server: is_kubelet,
        address: node.address,
        port,
        target: rest(ask, resource),
    })
}

/// To a pod, as nobody: by plain HTTP where nothing is said, and to the first port that it has.
pub(super) fn to_pod(
    cluster: &Cluster,
    from: &str,
    ask: &Ask,
    resource: &Resource,
) -> Result<Journey, Refusal> {
    let target = Target::read(&resource.name)
        .ok_or_else(|| Refusal::bad_request(format!("invalid pod request {:?}", resource.name)))?;
    let pod = cluster
        .store()
        .core("pods", &resource.namespace, target.name)
        .ok_or_else(|| Refusal::no_such_object("", "pods", target.name))?;
    let address = pod["status"]["podIP"].as_str().and_then(|address| address.parse::<IpAddr>().ok());
    let first = || {
        let mut containers = pod["spec"]["containers"].as_array().into_iter().flatten();
        let port = containers.find_map(|container| container["ports"][0]["containerPort"].as_u64())?;
        u16::try_from(port).ok()
    };
    Ok(Journey {
        from: from.to_owned(),
        scheme: target.scheme,
        as_api_server: false,
        address: address.ok_or_else(|| Refusal::unreachable("the pod has no address"))?,
        port: target.port.or_else(first).unwrap_or(target.scheme.port()),
        target: rest(ask, resource),
    })
}

/// Scheme, name and port, as in `https:kube-scheduler-cp-1:10259`.
struct Target<'a> {
    scheme: Scheme,
    name: &'a str,
    port: Option<u16>,
}

impl<'a> Target<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let parts: Vec<&str> = text.split(':').collect();
        let (scheme, name, port) = match parts[..] {
            [name] => ("", name, ""),
            [name, port] => ("", name, port),
            [scheme, name, port] => (scheme, name, port),
            _ => return None,
        };
        let scheme = match scheme {
            "" | "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return None,
        };
        let port = if port.is_empty() { None } else { Some(port.parse().ok()?) };
        (!name.is_empty()).then_some(Self { scheme, name, port })
    }
}

/// What is asked there: everything behind `proxy`, as it came.
fn rest(ask: &Ask, resource: &Resource) -> String {
    // "", "api", "v1", the resource, its name, "proxy"; within a namespace two more.
    let before = if resource.namespace.is_empty() { 6 } else { 8 };
    let (path, query) = ask.target.split_once('?').unwrap_or((&ask.target, ""));
    let path: Vec<&str> = path.split('/').skip(before).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    format!("/{}{query}", path.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::api::path;
    use bytes::Bytes;
    use http::{HeaderMap, Method};

    #[track_caller]
    fn check(uri: &str, expected: &str) {
        let ask = Ask::new(Method::GET, &uri.parse().unwrap(), HeaderMap::new(), Vec::new(), Bytes::new());
        let path::Target::Resource(resource) = path::Target::of(&ask) else { panic!("{uri} is no resource") };
        let target = Target::read(&resource.name).unwrap();
        let came = format!("{:?} {} {:?} {}", target.scheme, target.name, target.port, rest(&ask, &resource));
        assert_eq!(came, expected, "{uri}");
    }

    #[test]
    fn names_hold_scheme_and_port_and_the_rest_stays_as_it_came() {
        check("/api/v1/nodes/cp-1/proxy/metrics", "Http cp-1 None /metrics");
        check("/api/v1/nodes/cp-1/proxy", "Http cp-1 None /");
        check(
            "/api/v1/nodes/https:cp-1:10250/proxy/a%20b/?x=%26&y",
            "Https cp-1 Some(10250) /a%20b/?x=%26&y",
        );
        check("/api/v1/namespaces/kube-system/pods/a:2381/proxy/metrics", "Http a Some(2381) /metrics");
        check("/api/v1/namespaces/kube-system/pods/https:a:/proxy/", "Https a None /");
        for bad in ["", "a:b:c:d", "ftp:a:1", ":1", "a:port"] {
            assert!(Target::read(bad).is_none(), "{bad}");
        }
    }
}
