//! How a stream to an endpoint is had, by vantage: a socket of this machine, or a table that says where an address really is.

use crate::model::observed::{Failure, FailureKind};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    net::{IpAddr, SocketAddr, UdpSocket},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

/// A connection, whatever carries it.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Where connections from "this machine" go.
#[derive(Clone, Debug)]
pub enum Dialer {
    /// Into the network.
    Network,
    /// To loopback addresses of this machine and nowhere else.
    Loopback,
    /// To the addresses of a table and nowhere else.
    Routes(Routes),
}

/// Addresses that are reached somewhere else than they say.
#[derive(Clone, Debug, Default)]
pub struct Routes {
    /// Host and port as an endpoint names them, and where they really listen.
    pub table: BTreeMap<(String, u16), SocketAddr>,
    /// The addresses that count as this machine's own.
    pub here: BTreeSet<IpAddr>,
}

impl Dialer {
    /// Connects.
    ///
    /// # Errors
    /// The failure, by kind; how long to wait is the caller's business.
    pub(super) async fn connect(&self, host: &str, port: u16) -> Result<Box<dyn Stream>, Failure> {
        let stream = match self {
            Self::Network if is_documentation(host) => {
                return Err(Failure::new(
                    FailureKind::Unreachable,
                    "an address reserved for documentation, which nobody has",
                ));
            }
            Self::Loopback if !is_loopback(host) => {
                return Err(Failure::new(
                    FailureKind::Unreachable,
                    "no loopback address, and no other is asked",
                ));
            }
            Self::Network | Self::Loopback => TcpStream::connect((host, port)).await,
            Self::Routes(routes) => match routes.table.get(&(host.to_owned(), port)) {
                Some(address) => TcpStream::connect(address).await,
                None if routes.table.keys().any(|(known, _)| known == host) => {
                    Err(io::Error::from(io::ErrorKind::ConnectionRefused))
                }
                None => Err(io::Error::from(io::ErrorKind::HostUnreachable)),
            },
        }
        .map_err(|error| connect_failure(&error))?;
        // Probes are one small request each; waiting to fill a segment only delays them. A socket that
        // refuses the option still works.
        let _ = stream.set_nodelay(true);
        Ok(Box::new(stream))
    }

    /// Whether an address belongs to this machine. Sends nothing.
    ///
    /// For an address of its own the kernel chooses that same address as the source; binding to it would be
    /// the simpler question, but succeeds for foreign addresses where `ip_nonlocal_bind` is set, as it is
    /// beside keepalived.
    pub(super) fn is_here(&self, address: IpAddr) -> bool {
        match self {
            Self::Routes(routes) => address.is_loopback() || routes.here.contains(&address),
            Self::Network | Self::Loopback => {
                let any: SocketAddr =
                    if address.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0_u16; 8], 0).into() };
                UdpSocket::bind(any)
                    .and_then(|socket| {
                        socket.connect((address, 9))?;
                        socket.local_addr()
                    })
                    .is_ok_and(|local| local.ip() == address)
            }
        }
    }
}

/// Whether a host is a loopback address. A name is none: a resolver would have to be asked whose it is.
fn is_loopback(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether a host is an address that RFC 5737 or RFC 3849 sets aside for documentation.
///
/// Examples and practice clusters use them; a packet to one of them can only end in a router's log.
fn is_documentation(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_documentation(),
        Ok(IpAddr::V6(address)) => matches!(address.segments(), [0x2001, 0xdb8, ..]),
        Err(_) => false,
    }
}

/// The kind of a failure to connect.
pub(super) fn connect_failure(error: &io::Error) -> Failure {
    let kind = match error.kind() {
        io::ErrorKind::ConnectionRefused => FailureKind::Refused,
        io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::AddrNotAvailable
        | io::ErrorKind::PermissionDenied => FailureKind::Unreachable,
        io::ErrorKind::TimedOut => FailureKind::Timeout,
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => FailureKind::Closed,
        // What is left comes from the resolver, whose errors have no kind of their own.
        _ if error.raw_os_error().is_none() => FailureKind::Resolve,
        _ => FailureKind::Unreachable,
    };
    Failure::new(kind, strip_os_number(&error.to_string()))
}

/// An error's text without the number of the operating system, which differs between systems.
fn strip_os_number(text: &str) -> String {
    text.split(" (os error").next().unwrap_or(text).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_addresses_are_known_and_documentation_addresses_are_not_own() {
        assert!(Dialer::Network.is_here([127, 0, 0, 1].into()));
        assert!(!Dialer::Network.is_here([192, 0, 2, 11].into()));
        let routes = Routes { here: BTreeSet::from([[192, 0, 2, 11].into()]), ..Routes::default() };
        assert!(Dialer::Routes(routes).is_here([192, 0, 2, 11].into()));
    }

    #[test]
    fn loopback_alone_is_dialled_where_no_other_may_be() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let check = |host: &str, expected: bool| {
            // Nobody listens on the port of tcpmux, so that what is dialled is refused.
            let failure = runtime.block_on(Dialer::Loopback.connect(host, 1)).err().unwrap();
            assert_eq!(failure.kind == FailureKind::Refused, expected, "{host}");
        };
        check("127.0.0.1", true);
        check("192.0.2.1", false);
        check("0.0.0.0", false);
        check("localhost", false);
    }

    #[test]
    fn failures_to_connect_have_their_kind() {
        for (error, kind) in [
            (io::ErrorKind::ConnectionRefused.into(), FailureKind::Refused),
            (io::ErrorKind::NetworkUnreachable.into(), FailureKind::Unreachable),
            (io::Error::other("failed to lookup address information"), FailureKind::Resolve),
        ] {
            assert_eq!(connect_failure(&error).kind, kind);
        }
    }
}
