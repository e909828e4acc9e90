//! `ctlmon certs issue`: one client certificate for etcd, told what it opens before it is made, and checked before it is written.

use super::{
    Output,
    authority::{AuthorityArgs, Chosen, refuse_the_hosted},
    days,
    live::{self, CheckingArgs},
    output::{Delivery, NAME, OutputArgs, file_stem, refuse_folder_of},
};
use crate::{
    certs::{
        inspect::fingerprint,
        issue::{Issued, Order, SERIAL_BYTES, issue},
        key::{Curve, KeyKind, PrivateKey},
        names::{HostName, alternative_names, common_name},
        pem::ClientIdentity,
        request,
        verify::{self, Outcome, Presented},
    },
    commands::{limits::LimitArgs, print, source},
    error::{CommandError, Exit},
    model::{endpoint::Endpoint, secret::Secret},
    render::{Console, certs::issue as words, json},
    store::write::{self, NewFile},
};
use aws_lc_rs::rand;
use clap::{Args, ValueEnum};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct IssueArgs {
    #[command(flatten)]
    authority: AuthorityArgs,
    #[command(flatten)]
    validity: ValidityArgs,
    #[command(flatten)]
    content: ContentArgs,
    #[command(flatten)]
    output: OutputArgs,
    /// The name of the files
    #[arg(help_heading = "Where it goes", long, value_name = "NAME", default_value = NAME)]
    name: String,
    /// Make key and signing request alone, NAME.key and NAME.csr in this folder, for a CA whose key is elsewhere
    #[arg(help_heading = "Where it goes", long, value_name = "DIR", conflicts_with_all = ["out", "secret", "ca_cert", "verify", "days", "not_after"])]
    csr_out: Option<PathBuf>,
    #[command(flatten)]
    consent: ConsentArgs,
    #[command(flatten)]
    checking: CheckingArgs,
    #[command(flatten)]
    limits: LimitArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "What it says")]
struct ContentArgs {
    /// The common name, which etcd's log shows
    #[arg(long, value_name = "TEXT", default_value = "datadog-agent")]
    common_name: String,
    /// A DNS name or address in it, which etcd asks for with --client-cert-allowed-hostname alone; repeatable
    #[arg(long = "san", value_name = "HOST")]
    names: Vec<HostName>,
    /// The kind of its key
    #[arg(long, value_name = "KIND", default_value = "ecdsa-p256")]
    key_type: KeyType,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "What it says")]
pub(super) struct ValidityArgs {
    /// How many days it is valid
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500), conflicts_with = "not_after")]
    days: Option<u32>,
    /// Until when it is valid: a time such as 2027-06-01T00:00:00Z, a day, or a duration from now such as 90d
    #[arg(long, value_name = "TIME")]
    not_after: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Consent")]
pub(super) struct ConsentArgs {
    /// Issue it without being asked: you know that its holder reads and writes the whole cluster
    #[arg(long)]
    accept_full_etcd_access: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum KeyType {
    /// ECDSA on P-256
    EcdsaP256,
    /// ECDSA on P-384
    EcdsaP384,
    /// RSA with 2048 bits
    #[value(name = "rsa-2048")]
    Rsa2048,
    /// RSA with 3072 bits
    #[value(name = "rsa-3072")]
    Rsa3072,
    /// Ed25519, which the Agent's TLS library must know
    Ed25519,
}

pub(super) fn run(console: &Console, args: &IssueArgs) -> Result<Exit, CommandError> {
    file_stem(&args.name)?;
    let subject = common_name(&args.content.common_name)
        .map_err(|expected| CommandError::usage(format!("--common-name: {expected}")))?;
    let names = alternative_names(&args.content.names);
    if let Some(folder) = &args.csr_out {
        return ask_for_one(console, args, folder, &subject, names.as_deref());
    }
    args.output.check(console, &args.name, args.checking.format != Output::Human)?;
    let now = source::now();
    let until = args.validity.until(now)?;
    let chosen = args.authority.choose(console, now)?;
    if let Some(folder) = &args.output.out {
        refuse_folder_of(&chosen.key, folder)?;
    }
    let endpoint = args.checking.endpoint(chosen.place)?;
    say_what_it_opens(console, &chosen);
    args.consent.obtain(console)?;
    let key = PrivateKey::generate(args.content.key_type.kind()).map_err(CommandError::could_not_look)?;
    let public_key = key.public_key().map_err(CommandError::could_not_look)?;
    let order = Order { subject, public_key, names, serial: serial()?, now, until };
    let issued = issue(&chosen.authority, &order).map_err(CommandError::could_not_look)?;
    let made = Made { chosen: &chosen, issued: &issued, key: &key.to_pem() };
    made.deliver(
        console,
        &args.output,
        &args.name,
        args.checking.format,
        endpoint.as_ref().map(|endpoint| (endpoint, &args.limits)),
        &args.next(&chosen, &issued),
    )
}

/// A certificate that is made, and not yet anywhere.
pub(super) struct Made<'a> {
    pub(super) chosen: &'a Chosen,
    pub(super) issued: &'a Issued,
    pub(super) key: &'a Secret<String>,
}

impl Made<'_> {
    /// Asks etcd where that is wanted, then writes, then says what was done.
    pub(super) fn deliver(
        &self,
        console: &Console,
        output: &OutputArgs,
        name: &str,
        format: Output,
        verify: Option<(&Endpoint, &LimitArgs)>,
        next: &[String],
    ) -> Result<Exit, CommandError> {
        let now = source::now();
        let mut chain = vec![self.issued.certificate.clone()];
        chain.extend(self.chosen.authority.intermediates());
        let delivery = Delivery { chain, key: self.key, authority: &self.chosen.authority.bundle };
        let mut outcomes = Vec::new();
        if let Some((endpoint, limits)) = verify {
            outcomes = self.ask(console, &delivery, endpoint, limits)?;
        }
        let holds = !outcomes.iter().any(Outcome::is_failure);
        let (written, manifest) = if holds { output.deliver(name, &delivery)? } else { (Vec::new(), None) };
        let exit = if holds { Exit::Fine } else { Exit::Problems };
        let file = |end: &str| {
            output.out.as_ref().map_or_else(
                || format!("{name}.{end}"),
                |folder| folder.join(format!("{name}.{end}")).display().to_string(),
            )
        };
        let ca = output
            .out
            .as_ref()
            .map_or_else(|| "ca.crt".to_owned(), |folder| folder.join("ca.crt").display().to_string());
        let curl = verify.as_ref().map(|(endpoint, _)| live::curl(&ca, &file("crt"), &file("key"), endpoint));
        let next = if holds { next } else { &[] };
        if let Some(text) = manifest {
            print(console, text.expose())?;
        }
        let text = match format.spelling() {
            None => words::summary(
                console,
                &words::Made {
                    issued: self.issued,
                    written: &written,
                    outcomes: &outcomes,
                    curl: curl.as_deref(),
                    next,
                },
            ),
            Some(spelling) => {
                let certificate = self.chosen.certificate.display().to_string();
                let document = json::certs::Made {
                    place: self.chosen.place,
                    opens: self.chosen.opens(),
                    authority: &self.chosen.authority,
                    chosen: (&certificate, &self.chosen.why),
                    issued: self.issued,
                    written: &written,
                    outcomes: &outcomes,
                    curl: curl.as_deref(),
                    next,
                };
                json::certs::issued(spelling, &document, now, exit.code())
                    .map_err(CommandError::could_not_look)?
            }
        };
        if output.secret.prints() {
            console.say(text.trim_end());
        } else {
            print(console, &text)?;
        }
        if !holds {
            console.say("error: it does not hold, so nothing was written");
        }
        Ok(exit)
    }

    fn ask(
        &self,
        console: &Console,
        delivery: &Delivery<'_>,
        endpoint: &Endpoint,
        limits: &LimitArgs,
    ) -> Result<Vec<Outcome>, CommandError> {
        let presented = Presented {
            chain: delivery.chain.clone(),
            public_key: Some(fingerprint(&self.issued.facts.public_key)),
            anchors: delivery.authority.to_vec(),
        };
        let identity = ClientIdentity {
            chain: delivery.chain.clone(),
            key: Secret::new(self.key.expose().clone().into_bytes()),
        };
        let record = live::probe(console, identity, endpoint, limits.limits())?;
        let now = source::now();
        let mut outcomes = verify::offline(&presented, now).map_err(CommandError::could_not_look)?;
        let answered = verify::live(&presented, &endpoint.host, &record, &outcomes, now);
        outcomes.extend(answered);
        Ok(outcomes)
    }
}

/// Makes a key and a request for it: the certificate is issued where the CA's key is.
fn ask_for_one(
    console: &Console,
    args: &IssueArgs,
    folder: &std::path::Path,
    subject: &[u8],
    names: Option<&[u8]>,
) -> Result<Exit, CommandError> {
    if let Some(place) = args.authority.place() {
        refuse_the_hosted(place)?;
    }
    let key = PrivateKey::generate(args.content.key_type.kind()).map_err(CommandError::could_not_look)?;
    let text = request::make(&key, subject, names).map_err(CommandError::could_not_look)?;
    let name = &args.name;
    let files = [
        NewFile { name: format!("{name}.key"), content: key.to_pem(), is_private: true },
        NewFile { name: format!("{name}.csr"), content: Secret::new(text), is_private: false },
    ];
    write::exchange(folder, &files, args.output.force)?;
    let at = |end: &str| folder.join(format!("{name}.{end}")).display().to_string();
    let next = format!(
        "take {csr} to where the CA's key is, run ctlmon certs sign {name}.csr --ca-cert CA.crt --ca-key CA.key > {name}.crt there, \
         and bring {name}.crt back beside {key}; the key stays here",
        csr = at("csr"),
        key = at("key"),
    );
    let text = match args.checking.format.spelling() {
        None => words::asked(console, &[at("key"), at("csr")], &next),
        Some(spelling) => json::certs::asked(spelling, &[at("key"), at("csr")], &next, source::now())
            .map_err(CommandError::could_not_look)?,
    };
    print(console, &text)?;
    Ok(Exit::Fine)
}

/// Says which CA signs, what its certificates open and what would be safer.
pub(super) fn say_what_it_opens(console: &Console, chosen: &Chosen) {
    let path = chosen.certificate.display().to_string();
    console.say(words::chosen(console, &chosen.authority, &path, &chosen.why).trim_end());
    console.say(words::warning(console, chosen.opens(), chosen.place).trim_end());
}

impl ConsentArgs {
    /// Goes on only where somebody said that they know.
    pub(super) fn obtain(&self, console: &Console) -> Result<(), CommandError> {
        if self.accept_full_etcd_access {
            return Ok(());
        }
        if !console.can_ask() {
            return Err(CommandError::usage(
                "issuing it needs your consent, and there is no terminal to ask on",
            )
            .hint("say --accept-full-etcd-access where the warning above is known and accepted"));
        }
        let answer = console.confirm("Issue it?");
        if answer.map_err(|error| CommandError::system("cannot read the answer", &error))? {
            Ok(())
        } else {
            Err(CommandError::usage("nothing was issued"))
        }
    }
}

impl ValidityArgs {
    /// How long a certificate is valid where nothing is said: what the usual openssl recipe and kubeadm have.
    const DAYS: u32 = 365;

    /// Until when.
    pub(super) fn until(&self, now: Timestamp) -> Result<Timestamp, CommandError> {
        const EXPECTED: &str = "expected a time such as 2027-06-01T00:00:00Z, a day such as 2027-06-01, or a duration such as 90d";
        let usage = |why: &str| CommandError::usage(format!("--not-after: {why}"));
        let until = match &self.not_after {
            None => {
                let hours = i64::from(self.days.unwrap_or(Self::DAYS)) * 24;
                now.checked_add(jiff::SignedDuration::from_hours(hours)).map_err(|_| usage("too far away"))?
            }
            Some(text) => {
                if let Ok(left) = days(text) {
                    now.checked_add(left).map_err(|_| usage("too far away"))?
                } else if let Ok(at) = text.parse::<Timestamp>() {
                    at
                } else {
                    let day: Date = text.parse().map_err(|_| usage(EXPECTED))?;
                    day.to_zoned(TimeZone::UTC).map_err(|_| usage(EXPECTED))?.timestamp()
                }
            }
        };
        if until <= now { Err(usage("it is over already")) } else { Ok(until) }
    }
}

impl IssueArgs {
    /// What is left to do, and not to forget.
    fn next(&self, chosen: &Chosen, issued: &Issued) -> Vec<String> {
        let ends = issued.facts.not_after;
        let mut next = vec![match &self.output.out {
            Some(folder) => {
                format!("renew it before {ends}: ctlmon certs renew {} --within 30d", folder.display())
            }
            None => format!("issue it again before {ends}"),
        }];
        next.extend(chosen.place.and_then(|place| place.note).map(str::to_owned));
        next
    }
}

impl KeyType {
    const fn kind(self) -> KeyKind {
        match self {
            Self::EcdsaP256 => KeyKind::Ecdsa(Curve::P256),
            Self::EcdsaP384 => KeyKind::Ecdsa(Curve::P384),
            Self::Rsa2048 => KeyKind::Rsa(2048),
            Self::Rsa3072 => KeyKind::Rsa(3072),
            Self::Ed25519 => KeyKind::Ed25519,
        }
    }
}

/// A random serial number.
pub(super) fn serial() -> Result<[u8; SERIAL_BYTES], CommandError> {
    let mut serial = [0; SERIAL_BYTES];
    rand::fill(&mut serial)
        .map_err(|_| CommandError::could_not_look("the system has no randomness for a serial number"))?;
    Ok(serial)
}
