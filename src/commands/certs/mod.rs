//! `ctlmon certs`: the certificates that open etcd. Each subcommand has its own file.

mod authority;
mod copy;
mod inspect;
mod issue;
mod live;
mod output;
mod renew;
mod sign;
mod verify;

use super::source::{self, Sight};
use crate::{
    error::{CommandError, Exit},
    model::{answer::Answer, observed::Observed, question::Question},
    render::{Console, json::certs::Spelling},
};
use clap::{Args, Subcommand, ValueEnum};
use jiff::SignedDuration;
use std::collections::BTreeSet;

#[derive(Debug, Args)]
pub(super) struct CertsArgs {
    #[command(subcommand)]
    command: CertsCommand,
}

#[derive(Debug, Subcommand)]
enum CertsCommand {
    /// Issue a client certificate for etcd, and say first what it opens and what would be safer
    Issue(issue::IssueArgs),
    /// Say whether etcd takes a client certificate, and if not, why and what to do
    Verify(verify::VerifyArgs),
    /// Sign a request where the CA's key is
    Sign(sign::SignArgs),
    /// Put a new certificate and key in place of old ones, with the same subject and kind of key
    Renew(renew::RenewArgs),
    /// Print a Secret as a manifest for another namespace
    Copy(copy::CopyArgs),
    /// Say what certificates are, who signed them, how long they last, and what is wrong with them
    Inspect(inspect::InspectArgs),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Output {
    /// For people
    Human,
    /// JSON
    Json,
    /// The same as YAML
    Yaml,
}

pub(super) fn run(console: &Console, args: &CertsArgs) -> Result<Exit, CommandError> {
    match &args.command {
        CertsCommand::Issue(args) => issue::run(console, args),
        CertsCommand::Verify(args) => verify::run(console, args),
        CertsCommand::Sign(args) => sign::run(console, args),
        CertsCommand::Renew(args) => renew::run(console, args),
        CertsCommand::Copy(args) => copy::run(console, args),
        CertsCommand::Inspect(args) => inspect::run(console, args),
    }
}

impl Output {
    const fn spelling(self) -> Option<Spelling> {
        match self {
            Self::Human => None,
            Self::Json => Some(Spelling::Json),
            Self::Yaml => Some(Spelling::Yaml),
        }
    }
}

/// Asks one question.
async fn ask(console: &Console, sight: Sight, question: Question) -> Result<Observed<Answer>, CommandError> {
    let questions = BTreeSet::from([question.clone()]);
    let seen = source::look(console, sight, move |_| questions.clone()).await;
    seen.reached()?;
    Ok(seen.snapshot.answer(&question).clone())
}

/// The error of a question that brought nothing back.
fn unseen(answer: &Observed<Answer>, what: &str) -> CommandError {
    let why = match answer.seen(what) {
        Err(gap) => gap.to_string(),
        Ok(_) => format!("{what}: another answer came than was asked for"),
    };
    CommandError::could_not_look(why)
}

/// Reads a stretch of time as certificates are spoken of: `30d`, `36h`, `2w`, `1y`.
fn days(text: &str) -> Result<SignedDuration, String> {
    const EXPECTED: &str = "expected a number with a unit, such as 30d, 36h, 2w or 1y";
    let cut = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(cut);
    let number: i64 = number.parse().map_err(|_| EXPECTED.to_owned())?;
    let hours = match unit {
        "h" => 1,
        "d" => 24,
        "w" => 24 * 7,
        "y" => 24 * 365,
        "m" => return Ok(SignedDuration::from_mins(number.min(60 * 24 * 365 * 100))),
        _ => return Err(EXPECTED.to_owned()),
    };
    number
        .checked_mul(hours)
        .filter(|hours| *hours <= 24 * 365 * 1000)
        .map(SignedDuration::from_hours)
        .ok_or_else(|| "expected at most 1000 years".to_owned())
}

/// Reads `NAMESPACE/NAME`.
fn object_name(text: &str) -> Result<(String, String), String> {
    let is_name = |name: &str| {
        !name.is_empty()
            && name.len() <= 253
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte))
            && name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.ends_with(|c: char| c.is_ascii_alphanumeric())
    };
    match text.split_once('/') {
        Some((namespace, name)) if is_name(namespace) && is_name(name) && !namespace.contains('.') => {
            Ok((namespace.to_owned(), name.to_owned()))
        }
        _ => Err("expected NAMESPACE/NAME, such as datadog/etcd-client".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_of_time_have_units() {
        for (text, hours) in [
            ("30d", Some(720)),
            ("36h", Some(36)),
            ("2w", Some(336)),
            ("1y", Some(8760)),
            ("90m", Some(1)),
            ("0d", Some(0)),
            ("30", None),
            ("d", None),
            ("-1d", None),
            ("1001y", None),
            ("9999999999999999999d", None),
        ] {
            assert_eq!(days(text).ok().map(|left| left.as_hours()), hours, "{text}");
        }
    }

    #[test]
    fn objects_are_named_with_their_namespace() {
        for (text, is_one) in [
            ("datadog/etcd-client", true),
            ("a/b.c", true),
            ("a.b/c", false),
            ("etcd-client", false),
            ("a/b/c", false),
            ("/b", false),
            ("a/", false),
            ("A/b", false),
            ("a/b\n", false),
        ] {
            assert_eq!(object_name(text).is_ok(), is_one, "{text:?}");
        }
    }
}
