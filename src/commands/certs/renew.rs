//! `ctlmon certs renew`: a new certificate and key in place of old ones, with the same subject and kind of key.

use super::{
    Output,
    authority::AuthorityArgs,
    days,
    issue::{Made, ValidityArgs, serial},
    live::CheckingArgs,
    output::{OutputArgs, SecretArgs, file_stem, refuse_folder_of},
};
use crate::{
    certs::{
        CertificateFacts, Purposes,
        chain::is_signed_by,
        inspect::{PublicKey, inspect},
        issue::{Order, issue},
        key::{Curve, KeyKind, PrivateKey},
        pem,
    },
    commands::{limits::LimitArgs, print, source},
    error::{CommandError, Exit},
    model::answer::Der,
    observe::files::{bytes, reason},
    render::Console,
};
use clap::Args;
use jiff::SignedDuration;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct RenewArgs {
    /// The folder with NAME.crt and NAME.key, as ctlmon certs issue writes it
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The name of the files; the only pair in the folder otherwise
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Renew it only where it expires sooner than this, such as 30d
    #[arg(long, value_name = "DURATION", value_parser = days)]
    within: Option<SignedDuration>,
    #[command(flatten)]
    authority: AuthorityArgs,
    #[command(flatten)]
    validity: ValidityArgs,
    #[command(flatten)]
    secret: SecretArgs,
    #[command(flatten)]
    checking: CheckingArgs,
    #[command(flatten)]
    limits: LimitArgs,
}

pub(super) fn run(console: &Console, args: &RenewArgs) -> Result<Exit, CommandError> {
    let name = args.name()?;
    file_stem(&name)?;
    let output = OutputArgs { out: Some(args.folder.clone()), force: true, secret: args.secret.clone() };
    output.check(console, &name, args.checking.format != Output::Human)?;
    let (old, facts) = read(&args.folder.join(format!("{name}.crt")))?;
    let now = source::now();
    if let Some(within) = args.within
        && facts.not_after.duration_since(now) >= within
    {
        // Nothing is handed over, so standard output stays empty where it would be a manifest.
        let words = format!("{name} need not be renewed: it is valid until {}", facts.not_after);
        if output.secret.prints() {
            console.say(&words);
        } else {
            print(console, &format!("{words}\n"))?;
        }
        return Ok(Exit::Fine);
    }
    refuse_what_is_no_client(&name, &facts)?;
    let until = args.validity.until(now)?;
    let chosen = args.authority.choose(console, now)?;
    refuse_folder_of(&chosen.key, &args.folder)?;
    if !is_signed_by(&old, &chosen.authority.certificate) {
        let words = format!(
            "the certificate is not of the CA in {}, but of {}",
            chosen.certificate.display(),
            facts.issuer
        );
        if !args.authority.is_named() {
            return Err(CommandError::usage(words)
                .hint("where etcd's CA was replaced, name the new one with --ca-cert and --ca-key"));
        }
        console.say(&format!("warning: {words}: the new one is of another CA than the old one"));
    }
    let key = PrivateKey::generate(kind(&facts)?).map_err(CommandError::could_not_look)?;
    let order = Order {
        subject: facts.raw_subject.clone(),
        public_key: key.public_key().map_err(CommandError::could_not_look)?,
        names: facts.raw_names.clone(),
        serial: serial()?,
        now,
        until,
    };
    let issued = issue(&chosen.authority, &order).map_err(CommandError::could_not_look)?;
    let verify = args.checking.endpoint(chosen.place)?;
    let mut next = vec![
        "restart what has this folder mounted from the node, such as the Agent: a container keeps the folder that was there when it \
         started (kubectl -n NAMESPACE rollout restart daemonset/NAME)"
            .to_owned(),
    ];
    next.push(match args.secret.named() {
        Some((namespace, secret)) => {
            format!("apply the manifest of Secret {namespace}/{secret}; mounted Secrets follow within two minutes")
        }
        None => "where the Agent has it from a Secret, renew it with --secret NAMESPACE/NAME and apply what that prints".to_owned(),
    });
    let made = Made { chosen: &chosen, issued: &issued, key: &key.to_pem() };
    made.deliver(
        console,
        &output,
        &name,
        args.checking.format,
        verify.as_ref().map(|endpoint| (endpoint, &args.limits)),
        &next,
    )
}

fn read(path: &Path) -> Result<(Der, CertificateFacts), CommandError> {
    let shown = path.display();
    let text = bytes(path).map_err(|error| {
        CommandError::could_not_look(format!(
            "cannot read {shown}, where a certificate was expected: {}",
            reason(&error)
        ))
    })?;
    let chain = pem::certificates(&text).map_err(|error| {
        CommandError::could_not_look(format!("{shown} does not hold a PEM certificate: {error}"))
    })?;
    let der = chain.into_iter().next().unwrap_or(Der(Vec::new()));
    let facts = inspect(&der.0)
        .map_err(|error| CommandError::could_not_look(format!("{shown} cannot be read: {error}")))?;
    Ok((der, facts))
}

/// What is renewed becomes a client certificate: a CA or a server would stop working.
fn refuse_what_is_no_client(name: &str, facts: &CertificateFacts) -> Result<(), CommandError> {
    let what = match facts.purposes {
        _ if facts.is_ca => "a CA",
        Purposes::Listed { server: true, .. } => "a server's certificate",
        _ => return Ok(()),
    };
    Err(CommandError::usage(format!("{name}.crt is {what}, and only client certificates are renewed here"))
        .hint("renew it with what made it, such as kubeadm certs renew"))
}

/// The same kind of key; what is too small today becomes as small as is allowed.
fn kind(facts: &CertificateFacts) -> Result<KeyKind, CommandError> {
    match &facts.key {
        PublicKey::Rsa(bits) => Ok(KeyKind::Rsa((*bits).max(2048))),
        PublicKey::Other(name) => {
            let known = [Curve::P256, Curve::P384, Curve::P521].map(KeyKind::Ecdsa);
            let mut known = known.into_iter().chain([KeyKind::Ed25519]);
            known.find(|kind| kind.to_string() == *name).ok_or_else(|| {
                CommandError::could_not_look(format!("its key is of a kind that is not made here: {name}"))
                    .hint("issue another one: ctlmon certs issue --force")
            })
        }
    }
}

impl RenewArgs {
    /// The name of the pair: the one that was said, or the only one there is.
    #[expect(clippy::disallowed_methods, reason = "the edge that sees what a named folder holds")]
    fn name(&self) -> Result<String, CommandError> {
        if let Some(name) = &self.name {
            return Ok(name.clone());
        }
        let shown = self.folder.display();
        let entries = std::fs::read_dir(&self.folder)
            .map_err(|error| CommandError::system(format_args!("cannot read {shown}"), &error))?;
        let mut names: Vec<String> = entries
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".crt").map(str::to_owned))
            .filter(|name| self.folder.join(format!("{name}.key")).is_file())
            .collect();
        names.sort();
        match names.as_slice() {
            [name] => Ok(name.clone()),
            [] => Err(CommandError::could_not_look(format!("{shown} holds no NAME.crt with its NAME.key"))),
            several => Err(CommandError::usage(format!("{shown} holds several: {}", several.join(", ")))
                .hint("say which with --name")),
        }
    }
}
