//! Where a certificate and its key go: a folder, a Secret manifest, or both. Never to a terminal unasked.

use super::object_name;
use crate::{
    certs::pem,
    error::CommandError,
    model::{answer::Der, secret::Secret},
    render::{Console, certs::manifest},
    store::write::{self, NewFile},
};
use clap::Args;
use std::path::{Path, PathBuf};

/// What is made where no name is given.
pub(super) const NAME: &str = "client";

#[derive(Debug, Args)]
#[command(next_help_heading = "Where it goes")]
pub(super) struct OutputArgs {
    /// Write NAME.crt, NAME.key and ca.crt into this folder, all in one step; what else is in it stays
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Replace files that are there already
    #[arg(long)]
    pub(super) force: bool,
    #[command(flatten)]
    pub(super) secret: SecretArgs,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Where it goes")]
pub(super) struct SecretArgs {
    /// Print a manifest of this Secret, with the entries tls.crt, tls.key and ca.crt, for kubectl apply -f -
    #[arg(long, value_name = "NAMESPACE/NAME", value_parser = object_name)]
    secret: Option<(String, String)>,
    /// Write the manifest to this file, readable by you alone, and not to standard output
    #[arg(long, value_name = "FILE", requires = "secret")]
    secret_file: Option<PathBuf>,
    /// Print the manifest, which holds the private key, even to a terminal
    #[arg(long, requires = "secret")]
    show_secret: bool,
}

impl SecretArgs {
    /// The Secret, where one is wanted.
    pub(super) const fn named(&self) -> Option<&(String, String)> {
        self.secret.as_ref()
    }

    /// Whether standard output is the manifest's.
    pub(super) const fn prints(&self) -> bool {
        self.secret.is_some() && self.secret_file.is_none()
    }
}

/// What is handed over.
pub(super) struct Delivery<'a> {
    /// The certificate, and what is sent along with it.
    pub(super) chain: Vec<Der>,
    /// Its private key.
    pub(super) key: &'a Secret<String>,
    /// The CA, with its whole bundle.
    pub(super) authority: &'a [Der],
}

impl OutputArgs {
    /// Refuses before anything is made what could not be handed over after.
    pub(super) fn check(&self, console: &Console, name: &str, is_document: bool) -> Result<(), CommandError> {
        if self.out.is_none() && self.secret.named().is_none() {
            return Err(CommandError::usage("say where it goes: --out DIR, or --secret NAMESPACE/NAME"));
        }
        file_stem(name)?;
        if self.secret.prints() {
            if is_document {
                return Err(CommandError::usage(
                    "the manifest and the summary cannot both go to standard output: name a --secret-file",
                ));
            }
            refuse_terminal(console, self.secret.show_secret)?;
        }
        Ok(())
    }

    /// Writes the folder and the file, and says what was written; a manifest for standard output is handed back.
    pub(super) fn deliver(
        &self,
        name: &str,
        delivery: &Delivery<'_>,
    ) -> Result<(Vec<String>, Option<Secret<String>>), CommandError> {
        let mut written = Vec::new();
        if let Some(folder) = &self.out {
            write::exchange(folder, &files(name, delivery), self.force)?;
            written.extend(
                [format!("{name}.crt"), format!("{name}.key"), "ca.crt".to_owned()]
                    .map(|file| folder.join(file).display().to_string()),
            );
        }
        let Some((namespace, secret)) = self.secret.named() else { return Ok((written, None)) };
        let text = manifest_of(namespace, secret, delivery);
        match &self.secret.secret_file {
            Some(path) => {
                write::file(path, &text, self.force)?;
                written.push(format!("{} (manifest of Secret {namespace}/{secret})", path.display()));
                Ok((written, None))
            }
            None => Ok((written, Some(text))),
        }
    }
}

fn manifest_of(namespace: &str, name: &str, delivery: &Delivery<'_>) -> Secret<String> {
    let entries = [
        ("ca.crt".to_owned(), Secret::new(pem::encode_certificates(delivery.authority).into_bytes())),
        ("tls.crt".to_owned(), Secret::new(pem::encode_certificates(&delivery.chain).into_bytes())),
        ("tls.key".to_owned(), Secret::new(delivery.key.expose().clone().into_bytes())),
    ];
    manifest::secret(namespace, name, "kubernetes.io/tls", &entries)
}

fn files(name: &str, delivery: &Delivery<'_>) -> [NewFile; 3] {
    let public = |name: &str, chain: &[Der]| NewFile {
        name: name.to_owned(),
        content: Secret::new(pem::encode_certificates(chain)),
        is_private: false,
    };
    [
        public(&format!("{name}.crt"), &delivery.chain),
        NewFile { name: format!("{name}.key"), content: delivery.key.clone(), is_private: true },
        public("ca.crt", delivery.authority),
    ]
}

/// A name that files can have in a folder, beside `ca.crt`.
pub(super) fn file_stem(name: &str) -> Result<(), CommandError> {
    let is_one = !name.is_empty()
        && !name.starts_with('.')
        && name.len() <= 100
        && name != "ca"
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if is_one {
        return Ok(());
    }
    Err(CommandError::usage(format!(
        "--name {name:?}: expected letters, digits, dashes, dots and underscores, and not ca, which is the CA's"
    )))
}

/// A private key on a terminal stays in its history.
pub(super) fn refuse_terminal(console: &Console, is_wanted: bool) -> Result<(), CommandError> {
    if console.shows() && !is_wanted {
        return Err(CommandError::usage(
            "the manifest holds a private key, and standard output is a terminal",
        )
        .hint("pipe it into kubectl apply -f -, write it with --secret-file FILE, or say --show-secret"));
    }
    Ok(())
}

/// Refuses the folder in which the CA itself lies: a container that has it mounted would keep the old one.
pub(super) fn refuse_folder_of(ca: &Path, folder: &Path) -> Result<(), CommandError> {
    #[expect(clippy::disallowed_methods, reason = "whether two paths are one folder only the disk knows")]
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let of_ca = ca.parent().map(|parent| if parent.as_os_str().is_empty() { Path::new(".") } else { parent });
    if of_ca.and_then(real).is_some_and(|of_ca| real(folder) == Some(of_ca)) {
        return Err(CommandError::usage(format!(
            "{} is the CA's own folder: etcd has it mounted, and would see nothing of a new one in its place",
            folder.display()
        ))
        .hint("name another folder with --out"));
    }
    Ok(())
}
