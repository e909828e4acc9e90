//! `ctlmon certs verify`: whether etcd takes a client certificate, without asking it and then by asking it.

use super::{Output, live};
use crate::{
    certs::{
        inspect::fingerprint,
        key,
        pem::{self, ClientIdentity, PemError},
        places::{Place, place},
        verify::{self, Outcome, Presented},
    },
    commands::{limits::LimitArgs, print, source},
    error::{CommandError, Exit},
    model::{answer::Der, endpoint::Endpoint, secret::Secret},
    observe::files::{bytes, reason},
    render::{Console, certs::verify as words, json},
};
use clap::Args;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// The CA that etcd trusts, and that signed etcd's own certificate
    #[arg(long, value_name = "FILE")]
    ca: PathBuf,
    /// The client certificate
    #[arg(long, value_name = "FILE")]
    cert: PathBuf,
    /// Its private key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Ask this etcd too, as an Agent would
    #[arg(long, value_name = "URL", value_parser = live::endpoint)]
    endpoint: Option<Endpoint>,
    /// Ask etcd too, where this distribution has it on its nodes
    #[arg(long, value_name = "ID", conflicts_with = "endpoint", value_parser = known)]
    distribution: Option<Endpoint>,
    /// The format of the answer
    #[arg(short, long, value_name = "FORMAT", default_value = "human")]
    output: Output,
    #[command(flatten)]
    limits: LimitArgs,
}

pub(super) fn run(console: &Console, args: &VerifyArgs) -> Result<Exit, CommandError> {
    let anchors = certificates(&args.ca, "PEM certificates of a CA")?;
    let chain = certificates(&args.cert, "a PEM certificate")?;
    let text = Secret::new(read(&args.key, "the certificate's PEM private key")?);
    let key = key::read(text.expose(), None).map_err(|error| unusable(&args.key, &error))?;
    let public = key.public_key().map_err(CommandError::could_not_look)?;
    let presented = Presented { chain: chain.clone(), public_key: Some(fingerprint(&public)), anchors };
    let now = source::now();
    let mut outcomes = verify::offline(&presented, now)
        .map_err(|error| CommandError::could_not_look(format!("{}: {error}", args.cert.display())))?;
    let endpoint = args.endpoint.as_ref().or(args.distribution.as_ref());
    let mut curl = None;
    if let Some(endpoint) = endpoint {
        let shown = |path: &Path| path.display().to_string();
        curl = Some(live::curl(&shown(&args.ca), &shown(&args.cert), &shown(&args.key), endpoint));
        // With a key of another certificate nothing can be presented that a server would look at.
        if !outcomes.iter().any(|outcome| outcome.id == "key-mismatch") {
            let identity = ClientIdentity { chain, key: text };
            let record = live::probe(console, identity, endpoint, args.limits.limits())?;
            let answered = verify::live(&presented, &endpoint.host, &record, &outcomes, source::now());
            outcomes.extend(answered);
        }
    }
    let exit = if outcomes.iter().any(Outcome::is_failure) { Exit::Problems } else { Exit::Fine };
    let text = match args.output.spelling() {
        None => words::report(console, &outcomes, curl.as_deref()),
        Some(spelling) => json::certs::verified(spelling, &outcomes, curl.as_deref(), now, exit.code())
            .map_err(CommandError::could_not_look)?,
    };
    print(console, &text)?;
    Ok(exit)
}

fn certificates(path: &Path, expected: &str) -> Result<Vec<Der>, CommandError> {
    let text = read(path, expected)?;
    pem::certificates(&text).map_err(|error| {
        CommandError::could_not_look(format!("{} does not hold {expected}: {error}", path.display()))
    })
}

fn read(path: &Path, expected: &str) -> Result<Vec<u8>, CommandError> {
    bytes(path).map_err(|error| {
        let path = path.display();
        CommandError::could_not_look(format!(
            "cannot read {path}, where {expected} was expected: {}",
            reason(&error)
        ))
    })
}

fn unusable(path: &Path, error: &PemError) -> CommandError {
    CommandError::could_not_look(format!(
        "{} cannot be used as the certificate's key: {error}",
        path.display()
    ))
}

fn known(id: &str) -> Result<Endpoint, String> {
    let url = place(id).and_then(|place: &Place| place.url);
    live::endpoint(url.ok_or("where etcd answers there is not known: name its URL with --endpoint")?)
}
