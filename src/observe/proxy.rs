//! Which proxy leads to an API server, by the rules that kubectl has from Go. It reads no environment and opens nothing.
//!
//! kube compares `NO_PROXY` with the proxy's own address in place of the server's, applies it to `proxy-url` too, and
//! refuses lists with an empty entry.

use http::Uri;
use std::{fmt, net::IpAddr};

/// The variables of the environment that name proxies, as they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProxyVariables {
    /// `HTTPS_PROXY`, else `https_proxy`: for servers asked by https.
    pub https: Option<String>,
    /// `HTTP_PROXY`, else `http_proxy`: for servers asked without TLS.
    pub http: Option<String>,
    /// `NO_PROXY`, else `no_proxy`: the servers that are asked directly all the same.
    pub except: Option<String>,
}

/// A proxy that leads to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// Its URL as kube takes it, which may hold a password.
    pub url: Uri,
    /// Who names it.
    pub named_by: NamedBy,
}

/// Why a proxy that is named cannot be used. It never repeats the URL, which may hold a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyError {
    /// Who names the proxy.
    pub named_by: NamedBy,
    /// What is wrong with it.
    pub fault: ProxyFault,
}

/// Who names a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// The cluster's `proxy-url` in the kubeconfig.
    Kubeconfig,
    /// A variable of the environment.
    Variable(&'static str),
}

/// What is wrong with the URL of a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProxyFault {
    /// It is no URL with a host.
    NotUrl,
    /// Its scheme is none that can be used.
    Scheme(String),
    /// It holds a password, and none can be sent to a SOCKS proxy.
    SocksPassword,
}

impl ProxyVariables {
    /// The proxy that leads to a server, where one does.
    ///
    /// `explicit` is the cluster's `proxy-url`: it wins over the variables, and `NO_PROXY` says nothing about it.
    ///
    /// # Errors
    /// Where the proxy that is named cannot be used.
    pub fn to(&self, server: &Uri, explicit: Option<&str>) -> Result<Option<Proxy>, ProxyError> {
        if let Some(url) = explicit.filter(|url| !url.is_empty()) {
            return proxy(url, NamedBy::Kubeconfig).map(Some);
        }
        let (url, name, port) = match server.scheme_str() {
            Some("http") => (&self.http, "HTTP_PROXY", 80),
            _ => (&self.https, "HTTPS_PROXY", 443),
        };
        let (Some(url), Some(host)) = (url.as_deref().filter(|url| !url.is_empty()), server.host()) else {
            return Ok(None);
        };
        if is_direct(host, server.port_u16().unwrap_or(port), self.except.as_deref().unwrap_or_default()) {
            return Ok(None);
        }
        proxy(url, NamedBy::Variable(name)).map(Some)
    }
}

/// Reads the URL of a proxy; one without a scheme is http, as Go has it.
fn proxy(url: &str, named_by: NamedBy) -> Result<Proxy, ProxyError> {
    let wrong = |fault| ProxyError { named_by, fault };
    let url = url.trim();
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        // Go takes this from the environment only; a `proxy-url` is held to its schemes.
        None if named_by == NamedBy::Kubeconfig => return Err(wrong(ProxyFault::Scheme(String::new()))),
        None => ("http".to_owned(), url),
    };
    let scheme = match scheme.as_str() {
        "http" | "https" | "socks5" => scheme.as_str(),
        // Go takes this from the environment too. kube knows the one name, and resolves nothing itself under it.
        "socks5h" if named_by != NamedBy::Kubeconfig => "socks5",
        _ => return Err(wrong(ProxyFault::Scheme(scheme))),
    };
    let uri: Uri = format!("{scheme}://{rest}").parse().map_err(|_| wrong(ProxyFault::NotUrl))?;
    match uri.authority() {
        Some(authority) if scheme == "socks5" && authority.as_str().contains('@') => {
            Err(wrong(ProxyFault::SocksPassword))
        }
        Some(authority) if !authority.host().is_empty() => Ok(Proxy { url: uri, named_by }),
        _ => Err(wrong(ProxyFault::NotUrl)),
    }
}

/// Whether a server is asked directly though a variable names a proxy: it is this machine, or the list has it.
///
/// Source: Go's `golang.org/x/net/http/httpproxy`, which kubectl uses with one addition that changes no outcome.
fn is_direct(host: &str, port: u16, except: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    let address = host.parse::<IpAddr>().ok().map(|address| address.to_canonical());
    if host == "localhost" || address.is_some_and(|address| address.is_loopback()) {
        return true;
    }
    except
        .split(',')
        .map(|entry| entry.trim().to_ascii_lowercase())
        .any(|entry| Exception::read(&entry).is_some_and(|exception| exception.has(&host, port, address)))
}

/// An entry of `NO_PROXY`.
enum Exception<'a> {
    All,
    Network(IpAddr, u8),
    Address(IpAddr, Option<&'a str>),
    /// A domain with what is below it, and the host of that name itself unless a dot begins it.
    Domain {
        name: &'a str,
        itself: bool,
        port: Option<&'a str>,
    },
}

impl<'a> Exception<'a> {
    /// Reads an entry in lower case; one that is nothing, such as that after a trailing comma, excepts nothing.
    fn read(entry: &'a str) -> Option<Self> {
        if entry == "*" {
            return Some(Self::All);
        }
        if let Some(network) = entry.split_once('/').and_then(|(base, bits)| network(base, bits)) {
            return Some(network);
        }
        let (host, port) = split_port(entry);
        if let Ok(address) = host.parse::<IpAddr>() {
            return Some(Self::Address(address.to_canonical(), port));
        }
        let host = host.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(host);
        match host.strip_prefix('.') {
            Some(name) => Some(Self::Domain { name, itself: false, port }),
            None if host.is_empty() => None,
            None => Some(Self::Domain { name: host, itself: true, port }),
        }
    }

    fn has(&self, host: &str, port: u16, address: Option<IpAddr>) -> bool {
        let is_port = |wanted: Option<&str>| wanted.is_none_or(|wanted| wanted == port.to_string());
        match self {
            Self::All => true,
            Self::Network(base, bits) => address.is_some_and(|address| is_within(address, *base, *bits)),
            Self::Address(wanted, port) => address == Some(*wanted) && is_port(*port),
            Self::Domain { name, itself, port } => {
                let below = host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'));
                (below || (*itself && host == *name)) && is_port(*port)
            }
        }
    }
}

fn network(base: &str, bits: &str) -> Option<Exception<'static>> {
    let (base, bits): (IpAddr, u8) = (base.parse().ok()?, bits.parse().ok()?);
    let width = if base.is_ipv4() { 32 } else { 128 };
    (bits <= width).then_some(Exception::Network(base, bits))
}

fn is_within(address: IpAddr, base: IpAddr, bits: u8) -> bool {
    match (address, base) {
        (IpAddr::V4(address), IpAddr::V4(base)) => {
            (address.to_bits() ^ base.to_bits()).checked_shr(32 - u32::from(bits)).unwrap_or(0) == 0
        }
        (IpAddr::V6(address), IpAddr::V6(base)) => {
            (address.to_bits() ^ base.to_bits()).checked_shr(128 - u32::from(bits)).unwrap_or(0) == 0
        }
        _ => false,
    }
}

/// Splits `host:port` and `[address]:port`; a bare IPv6 address has colons and no port.
fn split_port(entry: &str) -> (&str, Option<&str>) {
    if let Some((address, rest)) = entry.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (address, rest.strip_prefix(':').filter(|port| !port.is_empty()));
    }
    match entry.split_once(':') {
        Some((host, port)) if !port.contains(':') => (host, Some(port).filter(|port| !port.is_empty())),
        _ => (entry, None),
    }
}

impl fmt::Display for NamedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kubeconfig => "proxy-url",
            Self::Variable(name) => name,
        })
    }
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy that {} names", self.named_by)?;
        match &self.fault {
            ProxyFault::NotUrl => f.write_str(" is not a URL"),
            ProxyFault::Scheme(scheme) if scheme.is_empty() => {
                f.write_str(" has no scheme, expected http, https or socks5")
            }
            ProxyFault::Scheme(scheme) => {
                write!(f, " has the scheme {scheme}, expected http, https or socks5")
            }
            ProxyFault::SocksPassword => {
                f.write_str(" wants a password, and ctlmon can send none to a socks5 proxy")
            }
        }
    }
}

impl std::error::Error for ProxyError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(server: &str, except: &str, is_proxied: bool) {
        let variables = ProxyVariables {
            https: Some("http://proxy.example:3128".to_owned()),
            http: Some("http://plain.example:3128".to_owned()),
            except: Some(except.to_owned()),
        };
        let proxy = variables.to(&server.parse().unwrap(), None).unwrap();
        assert_eq!(proxy.is_some(), is_proxied, "{server} with NO_PROXY={except}");
    }

    #[test]
    fn exceptions_are_those_of_kubectl() {
        const HOST: &str = "https://api.corp.example:6443";
        const ADDRESS: &str = "https://10.1.2.3:6443";
        const SIX: &str = "https://[2001:db8::1]:6443";
        for (server, except, is_proxied) in [
            (HOST, "", true),
            (HOST, "api.corp.example", false),
            (HOST, "API.Corp.Example", false),
            (HOST, "corp.example", false),
            (HOST, ".corp.example", false),
            (HOST, "*.corp.example", false),
            (HOST, ".api.corp.example", true),
            (HOST, "*.api.corp.example", true),
            (HOST, "orp.example", true),
            (HOST, "api.corp", true),
            (HOST, "api.corp.example:6443", false),
            (HOST, "corp.example:6443", false),
            (HOST, "api.corp.example:443", true),
            (HOST, "*", false),
            (HOST, "other.example, *", false),
            (HOST, "*corp.example", true),
            (HOST, "localhost,", true),
            (HOST, " , ,corp.example ,", false),
            (HOST, "10.0.0.0/8", true),
            (HOST, "https://api.corp.example", true),
            (HOST, ":6443", true),
            (HOST, "proxy.example", true),
            ("https://api.corp.example", "api.corp.example:443", false),
            ("https://API.CORP.example:6443", "corp.example", false),
            ("http://api.corp.example", "api.corp.example:80", false),
            ("http://api.corp.example", "", true),
            (ADDRESS, "10.1.2.3", false),
            (ADDRESS, "10.1.2.3:6443", false),
            (ADDRESS, "10.1.2.3:443", true),
            (ADDRESS, "10.1.2.4", true),
            (ADDRESS, "10.0.0.0/8", false),
            (ADDRESS, "10.1.2.3/32", false),
            (ADDRESS, "10.1.2.0/31", true),
            (ADDRESS, "0.0.0.0/0", false),
            (ADDRESS, "10.0.0.0/33", true),
            (ADDRESS, "::/0", true),
            (ADDRESS, "10.1", true),
            (SIX, "2001:db8::1", false),
            (SIX, "[2001:db8::1]:6443", false),
            (SIX, "[2001:db8::1]:443", true),
            (SIX, "2001:db8::/32", false),
            (SIX, "2001:db9::/32", true),
            (SIX, "::/0", false),
        ] {
            check(server, except, is_proxied);
        }
    }

    #[test]
    fn this_machine_needs_no_exception() {
        for server in ["https://localhost:6443", "https://127.0.0.1", "https://127.9.9.9", "https://[::1]:1"]
        {
            check(server, "", false);
        }
        check("https://localhost.example", "", true);
    }

    #[test]
    fn the_kubeconfig_wins_and_knows_no_exception() {
        let variables = ProxyVariables {
            https: Some("http://environment.example".to_owned()),
            except: Some("*,".to_owned()),
            ..ProxyVariables::default()
        };
        let server = "https://127.0.0.1:6443".parse().unwrap();
        let proxy = variables.to(&server, Some("socks5://kubeconfig.example:1080")).unwrap();
        assert_eq!(proxy.unwrap().url, "socks5://kubeconfig.example:1080");
        assert_eq!(variables.to(&server, Some("")), Ok(None));
        assert_eq!(ProxyVariables::default().to(&server, None), Ok(None));
    }

    #[test]
    fn urls_of_proxies_are_read_without_being_repeated() {
        let read = |url: &str| {
            let variables = ProxyVariables { https: Some(url.to_owned()), ..ProxyVariables::default() };
            variables
                .to(&"https://api.example".parse().unwrap(), None)
                .map(|proxy| proxy.map(|proxy| proxy.url.to_string()))
                .map_err(|error| error.to_string())
        };
        for (url, expected) in [
            ("proxy.example:3128", "http://proxy.example:3128/"),
            ("http://user:word@proxy.example:3128", "http://user:word@proxy.example:3128/"),
            ("HTTPS://proxy.example", "https://proxy.example/"),
            ("socks5h://proxy.example:1080", "socks5://proxy.example:1080/"),
        ] {
            assert_eq!(read(url).unwrap().unwrap(), expected);
        }
        for (url, expected) in [
            ("ftp://user:canary@proxy.example", "has the scheme ftp"),
            ("http://user:canary@", "is not a URL"),
            ("http://user:cana ry@proxy.example", "is not a URL"),
            ("socks5://user:canary@proxy.example", "send none to a socks5 proxy"),
        ] {
            let error = read(url).unwrap_err();
            assert!(
                error.starts_with("the proxy that HTTPS_PROXY names ") && error.contains(expected),
                "{error}"
            );
            assert!(!error.contains("ry@") && !error.contains("cana"), "{error}");
        }
        let bare = ProxyVariables::default().to(&"https://api.example".parse().unwrap(), Some("proxy:3128"));
        assert!(bare.unwrap_err().to_string().contains("the proxy that proxy-url names has no scheme"));
    }
}
