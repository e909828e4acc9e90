//! A URL as somebody has written it into a check: its host and its port may be variables that the Agent fills in for each
//! container or endpoint that the check attaches to.

use super::{endpoint::Scheme, facts::ContainerPort};
use std::net::IpAddr;

/// A URL of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrittenUrl<'a> {
    /// TLS or not; TLS where nothing is said, as the check of the API server takes it.
    pub scheme: Scheme,
    /// The host, IPv6 without brackets.
    pub host: &'a str,
    /// The port.
    pub port: WrittenPort<'a>,
    /// All that follows.
    pub path: &'a str,
}

/// The port of such a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrittenPort<'a> {
    /// A number, or the one that the scheme stands for.
    Number(u16),
    /// `%%port%%`: the last one of several.
    Last,
    /// `%%port_NAME%%` or `%%port_0%%`: the one of this name or place.
    Of(&'a str),
    /// Another variable, or no port at all.
    Unknown,
}

/// What variables are between.
const VARIABLE: &str = "%%";

impl<'a> WrittenUrl<'a> {
    /// Reads a URL; `None` where it has no host.
    #[must_use]
    pub fn read(url: &'a str) -> Option<Self> {
        let (scheme, rest) = match url.split_once("://") {
            Some(("http", rest)) => (Scheme::Http, rest),
            Some(("https", rest)) => (Scheme::Https, rest),
            Some(_) => return None,
            None => (Scheme::Https, url),
        };
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, after)) => (host, after.strip_prefix(':')),
            None => match authority.rsplit_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, None),
            },
        };
        if host.is_empty() {
            return None;
        }
        let port = port.map_or(WrittenPort::Number(scheme.default_port()), WrittenPort::read);
        Some(Self { scheme, host, port, path })
    }

    /// Whether the host is filled in by whoever runs the check, so that each copy asks its own.
    #[must_use]
    pub fn has_variable_host(&self) -> bool {
        self.host.starts_with(VARIABLE)
    }

    /// Whether the host is the machine or the pod itself.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl<'a> WrittenPort<'a> {
    fn read(text: &'a str) -> Self {
        if let Ok(number) = text.parse() {
            return Self::Number(number);
        }
        match text.strip_prefix(VARIABLE).and_then(|rest| rest.strip_suffix(VARIABLE)) {
            Some("port") => Self::Last,
            Some(variable) => variable.strip_prefix("port_").map_or(Self::Unknown, Self::Of),
            None => Self::Unknown,
        }
    }

    /// The number that it is where a container declares these ports; `None` where there is no such one.
    ///
    /// Source: the Agent's `configresolver`, which takes a container's ports in ascending order.
    #[must_use]
    pub fn among(self, declared: &[ContainerPort]) -> Option<u16> {
        let mut sorted: Vec<&ContainerPort> = declared.iter().collect();
        sorted.sort_by_key(|port| port.number);
        match self {
            Self::Number(number) => Some(number),
            Self::Last => sorted.last().map(|port| port.number),
            Self::Of(which) => sorted
                .iter()
                .find(|port| port.name == which)
                .or_else(|| sorted.get(which.parse::<usize>().ok()?))
                .map(|port| port.number),
            Self::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, host: &str, port: WrittenPort<'_>) {
        let read = WrittenUrl::read(url).unwrap();
        assert_eq!((read.host, read.port), (host, port), "{url}");
    }

    #[test]
    fn reads_numbers_and_variables() {
        check("https://%%host%%:10259/metrics", "%%host%%", WrittenPort::Number(10259));
        check("%%host%%:%%port%%/metrics", "%%host%%", WrittenPort::Last);
        check("https://%%host_pod%%:%%port_etcd-metrics%%/", "%%host_pod%%", WrittenPort::Of("etcd-metrics"));
        check("http://[::1]:2381/metrics", "::1", WrittenPort::Number(2381));
        check("https://kubernetes.default/metrics", "kubernetes.default", WrittenPort::Number(443));
        check("https://a:%%env_PORT%%/", "a", WrittenPort::Unknown);
        assert_eq!(WrittenUrl::read("ftp://a/"), None);
        assert_eq!(WrittenUrl::read("https:///metrics"), None);
    }

    #[test]
    fn a_variable_is_one_of_the_declared_ports() {
        let port = |name: &str, number| ContainerPort { name: name.to_owned(), number };
        let declared = [port("metrics", 9979), port("etcd", 2379)];
        assert_eq!(WrittenPort::Last.among(&declared), Some(9979), "the highest");
        assert_eq!(WrittenPort::Of("etcd").among(&declared), Some(2379));
        assert_eq!(WrittenPort::Of("0").among(&declared), Some(2379));
        assert_eq!(WrittenPort::Of("2").among(&declared), None);
        assert_eq!(WrittenPort::Last.among(&[]), None);
    }
}
