//! `ctlmon certs inspect`: what certificates are, wherever they lie.

use super::{Output, ask, days, object_name, unseen};
use crate::{
    certs::{
        review::{Review, review},
        sighting::{KeySeen, Role, Sighting, Unread},
    },
    commands::{
        limits::LimitArgs,
        print,
        source::{self, ClusterArgs, Sight},
    },
    error::{CommandError, Exit},
    model::{
        agents,
        answer::{Answer, SecretEntry, SecretFacts},
        component::Component,
        observed::Observed,
        question::{Credential, Endpoint, ProbeSpec, Question, Vantage},
        snapshot::{Snapshot, Wanted},
    },
    observe::{Observer, dial::Dialer, keyring::Keyring},
    render::{Console, certs::inspect as words, json},
    store::read::{self, Found},
};
use clap::Args;
use jiff::SignedDuration;
use std::path::Path;

#[derive(Debug, Args)]
pub(super) struct InspectArgs {
    /// A file, a folder, - for standard input, secret:NAMESPACE/NAME, or https://HOST:PORT; several are read together
    #[arg(value_name = "WHAT", required = true)]
    what: Vec<String>,
    #[command(flatten)]
    cluster: ClusterArgs,
    /// End with exit code 1 where anything expires sooner than this, such as 30d
    #[arg(help_heading = "Judging and reporting", long, value_name = "DURATION", value_parser = days)]
    within: Option<SignedDuration>,
    /// The format of the answer
    #[arg(
        help_heading = "Judging and reporting",
        short,
        long,
        value_name = "FORMAT",
        default_value = "human"
    )]
    output: Output,
    #[command(flatten)]
    limits: LimitArgs,
}

pub(super) fn run(console: &Console, args: &InspectArgs) -> Result<Exit, CommandError> {
    let mut found = Found::default();
    let mut is_table = args.what.len() > 1;
    if args.what.iter().filter(|what| *what == "-").count() > 1 {
        return Err(CommandError::usage("standard input, which - stands for, can be read only once"));
    }
    for what in &args.what {
        let more = if what == "-" {
            read::look_at_stdin()?
        } else if let Some(name) = what.strip_prefix("secret:") {
            Found { sightings: of_secret(console, args, name)?, unread: Vec::new() }
        } else if what.contains("://") {
            Found { sightings: vec![of_server(console, args, what)?], unread: Vec::new() }
        } else {
            read::look(Path::new(what))?
        };
        is_table |= more.sightings.iter().any(|sighting| sighting.role == Role::Any);
        found.sightings.extend(more.sightings);
        found.unread.extend(more.unread);
    }
    let now = source::now();
    let reviews = review(&found.sightings, now)
        .map_err(|(place, error)| CommandError::could_not_look(format!("{place} cannot be read: {error}")))?;
    let exit = exit(&reviews, &found.unread, args.within);
    let text = match args.output.spelling() {
        None if is_table => words::table(console, &reviews, &found.unread),
        None => words::pages(console, &reviews),
        Some(spelling) => json::certs::inspected(spelling, &reviews, &found.unread, now, exit.code())
            .map_err(CommandError::could_not_look)?,
    };
    print(console, &text)?;
    Ok(exit)
}

/// What expires wins over what could not be read.
fn exit(reviews: &[Review], unread: &[Unread], within: Option<SignedDuration>) -> Exit {
    if within.is_some_and(|within| reviews.iter().any(|review| review.left < within)) {
        Exit::Problems
    } else if unread.is_empty() {
        Exit::Fine
    } else {
        Exit::CouldNotLook
    }
}

/// The chain that a server presents. Nothing is sent to it but a request without credentials.
fn of_server(console: &Console, args: &InspectArgs, url: &str) -> Result<Sighting, CommandError> {
    let mut endpoint: Endpoint =
        url.parse().map_err(|error| CommandError::usage(format!("{url} is no URL: {error}")))?;
    if endpoint.scheme.as_str() != "https" {
        return Err(CommandError::usage(format!(
            "{url} presents no certificate: expected https://HOST:PORT"
        )));
    }
    if endpoint.path.is_empty() {
        "/".clone_into(&mut endpoint.path);
    }
    let question = Question::Probe(ProbeSpec {
        component: Component::Etcd,
        endpoint,
        vantage: Vantage::Direct,
        credential: Credential::Nobody,
        pin: None,
    });
    let observer = Observer::new(None, Dialer::Network, Keyring::new(), args.limits.limits());
    let snapshot = Snapshot::empty(source::now(), Wanted::default());
    let sight = Sight { observer, snapshot, way: None };
    let record = match source::runtime()?.block_on(ask(console, sight, question))? {
        Observed::Seen(Answer::Probe(record)) => record,
        other => return Err(unseen(&other, url)),
    };
    let chain = record.tls.as_ref().map(|tls| tls.chain.clone()).unwrap_or_default();
    if chain.is_empty() {
        let why =
            record.failure.map_or_else(|| "it presented none".to_owned(), |failure| failure.to_string());
        return Err(CommandError::could_not_look(format!("{url} shows no certificate: {why}")));
    }
    let name = url.strip_prefix("https://").unwrap_or(url).trim_end_matches('/').to_owned();
    Ok(Sighting { name, place: url.to_owned(), chain, key: KeySeen::Nothing, role: Role::Server })
}

/// The certificates of a Secret, each with the key that stands beside it.
fn of_secret(console: &Console, args: &InspectArgs, name: &str) -> Result<Vec<Sighting>, CommandError> {
    let (namespace, name) =
        object_name(name).map_err(|expected| CommandError::usage(format!("secret:{name}: {expected}")))?;
    let question = Question::Object(agents::secret(&namespace, &name));
    let limits = args.limits.limits();
    let answer = source::runtime()?.block_on(async {
        let sight = args.cluster.sight(limits, Wanted::default()).await?;
        ask(console, sight, question).await
    })?;
    let place = format!("Secret {namespace}/{name}");
    match answer {
        Observed::Seen(Answer::Secret(facts)) => of_entries(&place, &facts),
        other => Err(unseen(&other, &place)),
    }
}

fn of_entries(place: &str, facts: &SecretFacts) -> Result<Vec<Sighting>, CommandError> {
    let stem = |entry: &str| entry.rsplit_once('.').map_or(entry, |(stem, _)| stem).to_owned();
    let mut sightings = Vec::new();
    for (entry, content) in &facts.entries {
        let SecretEntry::Certificates(chain) = content else { continue };
        let key = facts.entries.iter().find_map(|(other, content)| match content {
            SecretEntry::PrivateKey(key) if stem(other) == stem(entry) => Some((other, key)),
            _ => None,
        });
        let key = match key {
            None => KeySeen::Nothing,
            Some((other, key)) => {
                let place = format!("{place}, entry {other}");
                match &key.public_key {
                    Some(public_key) => KeySeen::Read { place, public_key: public_key.clone(), mode: None },
                    None => KeySeen::Unread {
                        place,
                        why: "it is encrypted, or of an unknown kind".to_owned(),
                        mode: None,
                    },
                }
            }
        };
        sightings.push(Sighting {
            name: entry.clone(),
            place: format!("{place}, entry {entry}"),
            chain: chain.clone(),
            key,
            role: Role::Client,
        });
    }
    if sightings.is_empty() {
        return Err(CommandError::could_not_look(format!("{place} holds no PEM certificate")));
    }
    Ok(sightings)
}
