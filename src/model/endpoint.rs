//! Where a metrics source is, and how its URL reads.

use serde::{Deserialize, Serialize};
use std::{fmt, net::IpAddr, str::FromStr};

/// One metrics source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Endpoint {
    /// TLS or not.
    pub scheme: Scheme,
    /// A host name or an address, IPv6 without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The path, with its query if it has one.
    pub path: String,
}

/// TLS or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

/// Why a text is no endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointError(&'static str);

impl Endpoint {
    /// Host and port as they stand in a URL, IPv6 in brackets.
    #[must_use]
    pub fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// Whether the host is a loopback address or the name of one.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl Scheme {
    /// The port where a URL names none.
    #[must_use]
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }

    /// As it stands in a URL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    /// Reads `http://HOST[:PORT][/PATH]` and the same with `https`; the path stays empty where none is given.
    fn from_str(url: &str) -> Result<Self, EndpointError> {
        let (scheme, rest) = match url.split_once("://") {
            Some(("http", rest)) => (Scheme::Http, rest),
            Some(("https", rest)) => (Scheme::Https, rest),
            Some(_) => return Err(EndpointError("the scheme is neither http nor https")),
            None => return Err(EndpointError("it does not begin with http:// or https://")),
        };
        let cut = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(cut);
        if authority.contains('@') {
            return Err(EndpointError("it holds a user name or password"));
        }
        if !path.is_empty() && !path.starts_with('/') {
            return Err(EndpointError("its path does not begin with a slash"));
        }
        if path.contains('#') || path.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(EndpointError("its path holds characters that no request may hold"));
        }
        let (host, port) = match authority.strip_prefix('[') {
            Some(bracketed) => {
                let (host, after) = bracketed
                    .split_once(']')
                    .ok_or(EndpointError("the bracket of its address is not closed"))?;
                if host.parse::<std::net::Ipv6Addr>().is_err() {
                    return Err(EndpointError("what stands in brackets is no IPv6 address"));
                }
                (host, after.strip_prefix(':').or(after.is_empty().then_some("")))
            }
            None => match authority.rsplit_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, Some("")),
            },
        };
        let port = match port {
            Some("") => scheme.default_port(),
            Some(port) => port.parse().map_err(|_| EndpointError("its port is no number from 1 to 65535"))?,
            None => return Err(EndpointError("something stands between its address and its port")),
        };
        let is_name =
            |host: &str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
        if host.is_empty() || port == 0 || !(authority.starts_with('[') || is_name(host)) {
            return Err(EndpointError("it has no usable host and port"));
        }
        Ok(Self { scheme, host: host.to_owned(), port, path: path.to_owned() })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme.as_str(), self.authority(), self.path)
    }
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for EndpointError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, expected: Option<&str>) {
        assert_eq!(
            url.parse::<Endpoint>().ok().map(|endpoint| endpoint.to_string()).as_deref(),
            expected,
            "{url}"
        );
    }

    #[test]
    fn urls_are_read_as_people_write_them() {
        check("https://127.0.0.1:2379/metrics", Some("https://127.0.0.1:2379/metrics"));
        check("https://etcd.example", Some("https://etcd.example:443"));
        check("http://[::1]:2381/metrics?a=b", Some("http://[::1]:2381/metrics?a=b"));
        check("https://[fd00::1]/metrics", Some("https://[fd00::1]:443/metrics"));
    }

    #[test]
    fn what_is_no_endpoint_is_refused() {
        for url in [
            "",
            "127.0.0.1:2379",
            "ftp://a/",
            "https://",
            "https://:2379",
            "https://a:b@c/",
            "https://a:0",
            "https://a:99999",
            "https://[::1",
            "https://[x]:1",
            "https://[::1]2379",
            "https://a b/",
            "https://%%host%%:2379/metrics",
            "https://a/b c",
            "https://::1:2379",
        ] {
            check(url, None);
        }
    }
}
