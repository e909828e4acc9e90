//! The request that an Agent would do: the metrics of etcd, over TLS, with the client certificate.

use super::{Output, ask};
use crate::{
    certs::{pem::ClientIdentity, places::Place},
    commands::source::{self, Sight},
    error::CommandError,
    model::{
        answer::{Answer, ProbeRecord},
        component::Component,
        observed::Observed,
        question::{CertificateSource, Credential, Endpoint, ProbeSpec, Question, Vantage},
        snapshot::{Snapshot, Wanted},
    },
    observe::{Limits, Observer, dial::Dialer, keyring::Keyring},
    render::Console,
};
use clap::Args;

#[derive(Debug, Args)]
#[command(next_help_heading = "Checking and reporting")]
pub(super) struct CheckingArgs {
    /// Ask etcd with the new certificate first, as an Agent would, and write nothing where it does not hold
    #[arg(long)]
    verify: bool,
    /// The URL of etcd to ask; the usual one of the distribution otherwise
    #[arg(long, value_name = "URL", value_parser = endpoint, requires = "verify")]
    endpoint: Option<Endpoint>,
    /// The format of the summary
    #[arg(short = 'o', long = "output", value_name = "FORMAT", default_value = "human")]
    pub(super) format: Output,
}

impl CheckingArgs {
    /// The etcd that is to be asked, if one is: the one that was named, else the usual one of the place.
    pub(super) fn endpoint(&self, place: Option<&Place>) -> Result<Option<Endpoint>, CommandError> {
        if !self.verify {
            return Ok(None);
        }
        let usual = || place.and_then(|place| place.url).and_then(|url| endpoint(url).ok());
        let unknown = || CommandError::usage("the URL of this etcd is not known: name it with --endpoint");
        self.endpoint.clone().or_else(usual).ok_or_else(unknown).map(Some)
    }
}

/// Asks an endpoint with a client certificate that need not be on the disk yet.
pub(super) fn probe(
    console: &Console,
    identity: ClientIdentity,
    endpoint: &Endpoint,
    limits: Limits,
) -> Result<Box<ProbeRecord>, CommandError> {
    // Only a name for what the keyring holds.
    let source = CertificateSource::Files { certificate: "the certificate".to_owned(), key: None };
    let keyring = Keyring::new();
    keyring.keep_identity(source.clone(), identity);
    let question = Question::Probe(ProbeSpec {
        component: Component::Etcd,
        endpoint: endpoint.clone(),
        vantage: Vantage::Direct,
        credential: Credential::ClientCertificate(source),
        pin: None,
    });
    let observer = Observer::new(None, Dialer::Network, keyring, limits);
    let sight = Sight { observer, snapshot: Snapshot::empty(source::now(), Wanted::default()), way: None };
    match source::runtime()?.block_on(ask(console, sight, question))? {
        Observed::Seen(Answer::Probe(record)) => Ok(record),
        other => Err(super::unseen(&other, &endpoint.to_string())),
    }
}

/// Reads a URL of etcd; one without a path gets that of the metrics.
pub(super) fn endpoint(url: &str) -> Result<Endpoint, String> {
    let mut endpoint: Endpoint = url.parse().map_err(|error| format!("no URL: {error}"))?;
    if endpoint.scheme.as_str() != "https" {
        return Err("over plain HTTP no certificate is presented: expected https://HOST:PORT".to_owned());
    }
    if endpoint.path.is_empty() || endpoint.path == "/" {
        Component::Etcd.profile().path.clone_into(&mut endpoint.path);
    }
    Ok(endpoint)
}

/// What asks in the same way by hand.
pub(super) fn curl(ca: &str, certificate: &str, key: &str, endpoint: &Endpoint) -> String {
    let [ca, certificate, key, url] = [ca, certificate, key, &endpoint.to_string()].map(quoted);
    format!("curl --cacert {ca} --cert {certificate} --key {key} {url}")
}

/// One word of a shell.
fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/.:_-=[]@%+,".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
