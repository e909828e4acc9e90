//! Whether a context's parts can be used, asked before a client is made: kube names neither the entry nor the file,
//! and takes some faults for "no credential".

use super::{
    error::{Fault, Part},
    lifetime::Lifetime,
};
use crate::{certs::pem, observe::files};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use kube::config::{AuthInfo, Cluster};
use rustls::{Error, RootCertStore, pki_types::CertificateDer, sign::CertifiedKey};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The schemes in which an API server can be asked.
const SERVER_SCHEMES: &[&str] = &["https", "http"];

/// The schemes of proxies that kube can use.
const PROXY_SCHEMES: &[&str] = &["http", "https", "socks5"];

/// Looks at every part of a context that a client is made from, and says how long the user's credential lives.
pub(super) fn check(cluster: &Cluster, user: &AuthInfo) -> Result<Option<Lifetime>, Part> {
    match cluster.server.as_deref() {
        None | Some("") => return Err(Part::new("server", Fault::Missing)),
        Some(server) => url("server", server, SERVER_SCHEMES)?,
    }
    if let Some(proxy) = cluster.proxy_url.as_deref().filter(|url| !url.is_empty()) {
        url("proxy-url", proxy, PROXY_SCHEMES)?;
    }
    let data = cluster.certificate_authority_data.as_deref();
    let file = cluster.certificate_authority.as_deref();
    if let Some(authority) = Entry::read("certificate-authority", "certificate-authority-data", data, file)? {
        let mut roots = RootCertStore::empty();
        for certificate in authority.certificates()? {
            roots.add(certificate).map_err(|_| authority.wrong(Fault::Unusable))?;
        }
    }
    check_user(user)
}

fn check_user(user: &AuthInfo) -> Result<Option<Lifetime>, Part> {
    // The one way to see what kube keeps from view; it does not leave this function.
    let shown = serde_json::to_value(user).unwrap_or_default();
    let data = user.client_certificate_data.as_deref();
    let file = user.client_certificate.as_deref();
    let certificate = Entry::read("client-certificate", "client-certificate-data", data, file)?;
    let data = shown["client-key-data"].as_str();
    let key = Entry::read("client-key", "client-key-data", data, user.client_key.as_deref())?;
    let of_certificate = match (certificate, key) {
        (None, None) => None,
        (Some(_), None) => return Err(Part::new("client-key", Fault::Missing)),
        (None, Some(_)) => return Err(Part::new("client-certificate", Fault::Missing)),
        (Some(certificate), Some(key)) => pair(&certificate, &key)?,
    };
    let (token, file) = (shown["token"].as_str(), user.token_file.as_deref());
    match Entry::read("tokenFile", "token", None, file.filter(|_| token.is_none()))? {
        None => match token {
            None => Ok(of_certificate),
            Some(token) => check_token(token).map_err(|fault| Part::new("token", fault)),
        },
        Some(entry) => {
            let token = str::from_utf8(&entry.text).map_err(|_| Fault::NotAToken);
            token.and_then(|token| check_token(token.trim())).map_err(|fault| entry.wrong(fault))
        }
    }
}

fn check_token(token: &str) -> Result<Option<Lifetime>, Fault> {
    if token.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(Lifetime::of_token(token))
    } else {
        Err(Fault::NotAToken)
    }
}

/// That certificate and key are ones that TLS can use, and belong together.
fn pair(certificate: &Entry, key: &Entry) -> Result<Option<Lifetime>, Part> {
    let chain = certificate.certificates()?;
    let lifetime = chain.first().and_then(|leaf| Lifetime::of_certificate(leaf));
    let private = pem::private_key(&key.text).map_err(|error| key.wrong(Fault::Pem(error)))?;
    let private = rustls::crypto::aws_lc_rs::sign::any_supported_type(&private)
        .map_err(|_| key.wrong(Fault::Unusable))?;
    match CertifiedKey::new(chain, private).keys_match() {
        Err(Error::InconsistentKeys(rustls::InconsistentKeys::KeyMismatch)) => {
            Err(key.wrong(Fault::OtherKey))
        }
        // A kind of key that does not tell its public half is nobody's fault.
        Ok(()) | Err(Error::InconsistentKeys(_)) => Ok(lifetime),
        Err(_) => Err(certificate.wrong(Fault::Unusable)),
    }
}

fn url(name: &'static str, text: &str, schemes: &'static [&'static str]) -> Result<(), Part> {
    let wrong = || Part::new(name, Fault::NotUrl(schemes));
    let url: http::Uri = text.parse().map_err(|_| wrong())?;
    let scheme = url.scheme_str().ok_or_else(wrong)?;
    let has_host = url.host().is_some_and(|host| !host.is_empty());
    if has_host && schemes.contains(&scheme) { Ok(()) } else { Err(wrong()) }
}

/// What a kubeconfig holds itself, or in a file that it names.
struct Entry {
    name: &'static str,
    file: Option<PathBuf>,
    text: Zeroizing<Vec<u8>>,
}

impl Entry {
    /// Reads an entry; where both are there the data wins, as it does for kubectl.
    fn read(
        name: &'static str,
        data_name: &'static str,
        data: Option<&str>,
        file: Option<&str>,
    ) -> Result<Option<Self>, Part> {
        let text = match (data, file) {
            (Some(data), _) => STANDARD.decode(data).map_err(|_| Part::new(data_name, Fault::NotBase64))?,
            (None, Some(file)) => files::bytes(file.as_ref()).map_err(|error| Part {
                name,
                file: Some(file.into()),
                fault: Fault::Unreadable(error),
            })?,
            (None, None) => return Ok(None),
        };
        let (name, file) = if data.is_some() { (data_name, None) } else { (name, file.map(PathBuf::from)) };
        Ok(Some(Self { name, file, text: Zeroizing::new(text) }))
    }

    fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, Part> {
        let chain = pem::certificates(&self.text).map_err(|error| self.wrong(Fault::Pem(error)))?;
        Ok(chain.into_iter().map(|der| CertificateDer::from(der.0)).collect())
    }

    fn wrong(&self, fault: Fault) -> Part {
        Part { name: self.name, file: self.file.clone(), fault }
    }
}
