//! Names in certificates: subjects and alternative names, as DER. Names that are there already are never taken apart and
//! put together again: Go compares them byte by byte.

use super::der;
use std::net::IpAddr;

/// id-at-commonName.
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];

/// The longest common name that RFC 5280 allows, in characters.
const MAX_COMMON_NAME: usize = 64;

/// A name that a certificate is valid for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostName {
    /// A DNS name, perhaps beginning with `*.`.
    Dns(String),
    /// An address.
    Address(IpAddr),
}

/// The DER of a subject that is a common name alone.
///
/// # Errors
/// Where it is empty, longer than RFC 5280 allows, or holds control characters.
pub fn common_name(text: &str) -> Result<Vec<u8>, &'static str> {
    if text.is_empty() || text.chars().count() > MAX_COMMON_NAME || text.chars().any(char::is_control) {
        return Err("expected 1 to 64 characters, none of them a control character");
    }
    // As Go chooses: what every old program reads where it suffices.
    let is_printable =
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte));
    let tag = if is_printable { der::PRINTABLE_STRING } else { der::UTF8_STRING };
    let kind = der::element(der::OID, &[COMMON_NAME]);
    let attribute = der::element(der::SEQUENCE, &[&kind, &der::element(tag, &[text.as_bytes()])]);
    Ok(der::element(der::SEQUENCE, &[&der::element(der::SET, &[&attribute])]))
}

/// The DER of alternative names; `None` where there are none.
#[must_use]
pub fn alternative_names(names: &[HostName]) -> Option<Vec<u8>> {
    let names: Vec<Vec<u8>> = names
        .iter()
        .map(|name| match name {
            HostName::Dns(name) => der::element(der::implicit(2), &[name.as_bytes()]),
            HostName::Address(IpAddr::V4(address)) => der::element(der::implicit(7), &[&address.octets()]),
            HostName::Address(IpAddr::V6(address)) => der::element(der::implicit(7), &[&address.octets()]),
        })
        .collect();
    let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
    (!names.is_empty()).then(|| der::element(der::SEQUENCE, &names))
}

impl std::str::FromStr for HostName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(address) = text.parse() {
            return Ok(Self::Address(address));
        }
        let labels = text.strip_prefix("*.").unwrap_or(text);
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        if text.len() <= 253 && labels.split('.').all(is_label) {
            Ok(Self::Dns(text.to_owned()))
        } else {
            Err("expected a DNS name or an IP address")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use x509_parser::{prelude::FromDer as _, x509::X509Name};

    #[test]
    fn common_names_read_back() {
        for text in ["datadog-agent", "datadog_agent", "Ünïcode", "a,b+c"] {
            let der = common_name(text).unwrap();
            let (rest, name) = X509Name::from_der(&der).unwrap();
            assert!(rest.is_empty());
            assert_eq!(name.iter_common_name().next().unwrap().as_str().unwrap(), text);
        }
        for text in ["", "a\nb", &"x".repeat(65)] {
            common_name(text).unwrap_err();
        }
    }

    #[test]
    fn hosts_are_names_or_addresses() {
        for (text, is_one) in [
            ("etcd.example", true),
            ("*.example", true),
            ("192.0.2.1", true),
            ("2001:db8::1", true),
            ("", false),
            ("a..b", false),
            ("a b", false),
            ("https://a", false),
        ] {
            assert_eq!(text.parse::<HostName>().is_ok(), is_one, "{text}");
        }
    }
}
