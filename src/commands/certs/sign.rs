//! `ctlmon certs sign`: signs a request where the CA's key is. Of the request it believes subject, key and host names alone.

use super::{
    authority::AuthorityArgs,
    issue::{ConsentArgs, ValidityArgs, say_what_it_opens, serial},
    output::{NAME, file_stem, refuse_folder_of},
};
use crate::{
    certs::{
        issue::{Order, issue},
        key, pem, request,
    },
    commands::{print, source},
    error::{CommandError, Exit},
    model::secret::Secret,
    observe::files::{bytes, reason},
    render::{Console, certs::issue as words},
    store::write::{self, NewFile},
};
use clap::Args;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct SignArgs {
    /// The signing request, as ctlmon certs issue --csr-out or openssl req makes it
    #[arg(value_name = "REQUEST")]
    request: PathBuf,
    #[command(flatten)]
    authority: AuthorityArgs,
    #[command(flatten)]
    validity: ValidityArgs,
    /// Write NAME.crt and ca.crt into this folder, in one step, and not to standard output; a NAME.key in it must be the request's
    #[arg(help_heading = "Where it goes", long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The name of the file
    #[arg(help_heading = "Where it goes", long, value_name = "NAME", default_value = NAME, requires = "out")]
    name: String,
    /// Replace files that are there already
    #[arg(help_heading = "Where it goes", long, requires = "out")]
    force: bool,
    #[command(flatten)]
    consent: ConsentArgs,
}

pub(super) fn run(console: &Console, args: &SignArgs) -> Result<Exit, CommandError> {
    file_stem(&args.name)?;
    let now = source::now();
    let until = args.validity.until(now)?;
    let text = bytes(&args.request).map_err(|error| {
        let path = args.request.display();
        CommandError::could_not_look(format!(
            "cannot read {path}, where a signing request was expected: {}",
            reason(&error)
        ))
    })?;
    let asked = request::read(&text).map_err(|error| {
        CommandError::could_not_look(format!("{} cannot be signed: {error}", args.request.display()))
    })?;
    let chosen = args.authority.choose(console, now)?;
    if let Some(folder) = &args.out {
        refuse_folder_of(&chosen.key, folder)?;
        refuse_other_key(&folder.join(format!("{}.key", args.name)), &asked.public_key)?;
    }
    say_what_it_opens(console, &chosen);
    args.consent.obtain(console)?;
    let order = Order {
        subject: asked.subject,
        public_key: asked.public_key,
        names: asked.names,
        serial: serial()?,
        now,
        until,
    };
    let issued = issue(&chosen.authority, &order).map_err(CommandError::could_not_look)?;
    let mut chain = vec![issued.certificate.clone()];
    chain.extend(chosen.authority.intermediates());
    let text = pem::encode_certificates(&chain);
    let mut written = Vec::new();
    match &args.out {
        None => {
            print(console, &text)?;
        }
        Some(folder) => {
            let name = format!("{}.crt", args.name);
            let authority = pem::encode_certificates(&chosen.authority.bundle);
            written.extend(
                [name.clone(), "ca.crt".to_owned()].map(|file| folder.join(file).display().to_string()),
            );
            let files = [(name, text), ("ca.crt".to_owned(), authority)].map(|(name, text)| NewFile {
                name,
                content: Secret::new(text),
                is_private: false,
            });
            write::exchange(folder, &files, args.force)?;
        }
    }
    let made = words::Made { issued: &issued, written: &written, outcomes: &[], curl: None, next: &[] };
    console.say(words::summary(console, &made).trim_end());
    Ok(Exit::Fine)
}

/// A certificate beside the key of another one is what nobody may find.
fn refuse_other_key(path: &Path, public_key: &[u8]) -> Result<(), CommandError> {
    let Ok(text) = bytes(path).map(Secret::new) else { return Ok(()) };
    let own = key::read(text.expose(), None).ok().and_then(|key| key.public_key().ok());
    if own.as_deref() == Some(public_key) {
        return Ok(());
    }
    Err(CommandError::could_not_look(format!("{} is not the key that the request is for", path.display())))
}
