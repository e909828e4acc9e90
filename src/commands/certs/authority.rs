//! Which CA signs: the one that was named, or the one that lies where this machine's distribution keeps it. Its key is read
//! here, once.
#![expect(
    clippy::disallowed_methods,
    reason = "the edge that sees which of the known files this machine has"
)]

use crate::{
    certs::{
        authority::Authority,
        key::{self, PrivateKey},
        pem::{self, PemError},
        places::{Opens, PLACES, Place, Whereabouts, place},
    },
    error::CommandError,
    model::secret::Secret,
    observe::files::{bytes, reason},
    render::Console,
};
use clap::Args;
use jiff::Timestamp;
use std::{
    io,
    path::{Path, PathBuf},
};

#[derive(Debug, Args)]
#[command(next_help_heading = "The CA that signs")]
pub(super) struct AuthorityArgs {
    /// Take the CA from where this distribution keeps it, such as kubeadm, kops or rke2; found out otherwise
    #[arg(long, value_name = "ID", value_parser = known)]
    distribution: Option<&'static Place>,
    /// The CA's certificate, or a bundle that holds it
    #[arg(long, value_name = "FILE", requires = "ca_key")]
    ca_cert: Option<PathBuf>,
    /// The CA's private key, which is read once and written nowhere
    #[arg(long, value_name = "FILE", requires = "ca_cert")]
    ca_key: Option<PathBuf>,
    /// The file with the password of the CA's key; asked for on a terminal otherwise
    #[arg(long, value_name = "FILE")]
    ca_key_password_file: Option<PathBuf>,
    /// Where the node's file system is mounted, such as /host in a pod
    #[arg(long, value_name = "DIR", default_value = "/")]
    root: PathBuf,
}

/// The CA that signs, and how it was come by.
pub(super) struct Chosen {
    pub(super) authority: Authority,
    pub(super) place: Option<&'static Place>,
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
    pub(super) why: String,
}

impl Chosen {
    /// What its certificates open.
    pub(super) const fn opens(&self) -> Opens {
        match self.place {
            Some(place) => place.opens,
            None => Opens::Etcd,
        }
    }
}

impl AuthorityArgs {
    /// The distribution that was named, or that the known files show; for what needs no CA.
    pub(super) fn place(&self) -> Option<&'static Place> {
        self.distribution.or_else(|| self.found().first().map(|(place, _)| *place))
    }

    /// Whether the files were named.
    pub(super) const fn is_named(&self) -> bool {
        self.ca_cert.is_some()
    }

    /// Finds and reads the CA.
    pub(super) fn choose(&self, console: &Console, now: Timestamp) -> Result<Chosen, CommandError> {
        if let Some(place) = self.distribution {
            refuse_the_hosted(place)?;
        }
        let (place, certificate, key, why) = self.paths()?;
        let text = bytes(&certificate).map_err(|error| unreadable("CA certificate", &certificate, &error))?;
        let bundle = pem::certificates(&text).map_err(|error| {
            CommandError::could_not_look(format!(
                "{} does not hold a CA certificate: {error}",
                certificate.display()
            ))
        })?;
        let text =
            bytes(&key).map(Secret::new).map_err(|error| unreadable("CA's private key", &key, &error))?;
        let private = self.read_key(console, &key, &text)?;
        drop(text);
        let authority = Authority::choose(&bundle, private, now).map_err(|error| {
            CommandError::could_not_look(format!("{} cannot sign: {error}", certificate.display()))
                .hint("ctlmon certs inspect shows what a file holds, and what of a key belongs to it")
        })?;
        let why = if bundle.len() > 1 {
            format!("{why}; of its {} certificates the one that the key belongs to", bundle.len())
        } else {
            why
        };
        Ok(Chosen { authority, place, certificate, key, why })
    }

    fn paths(&self) -> Result<(Option<&'static Place>, PathBuf, PathBuf, String), CommandError> {
        if let (Some(certificate), Some(key)) = (&self.ca_cert, &self.ca_key) {
            let why = "named with --ca-cert".to_owned();
            return Ok((self.distribution, certificate.clone(), key.clone(), why));
        }
        if let Some(place) = self.distribution {
            let Whereabouts::Files(pairs) = &place.authority else {
                let Whereabouts::Elsewhere(how) = &place.authority else { return Err(nowhere()) };
                return Err(CommandError::could_not_look(format!(
                    "{} keeps no CA in files: {how}",
                    place.name
                )));
            };
            let found = pairs.iter().find(|pair| self.at(pair.certificate).is_file()).or(pairs.first());
            let pair = found.ok_or_else(nowhere)?;
            let why = format!("where {} keeps it", place.name);
            return Ok((Some(place), self.at(pair.certificate), self.at(pair.key), why));
        }
        let found = self.found();
        match found.as_slice() {
            [] => Err(nowhere()),
            [(place, (certificate, key))] => {
                let why = format!(
                    "the only known path of an etcd CA that this machine has, that of {}",
                    place.name
                );
                Ok((Some(place), certificate.clone(), key.clone(), why))
            }
            several => {
                let names: Vec<String> = several
                    .iter()
                    .map(|(place, (path, _))| format!("{} ({})", place.id, path.display()))
                    .collect();
                Err(CommandError::usage(format!("this machine has several etcd CAs: {}", names.join(", ")))
                    .hint("say which with --distribution, or name the files with --ca-cert and --ca-key"))
            }
        }
    }

    /// The known paths that this machine has; of those that share one, the first.
    fn found(&self) -> Vec<(&'static Place, (PathBuf, PathBuf))> {
        let mut found: Vec<(&'static Place, (PathBuf, PathBuf))> = Vec::new();
        for place in PLACES {
            let Whereabouts::Files(pairs) = &place.authority else { continue };
            let Some(pair) = pairs.iter().find(|pair| self.at(pair.certificate).is_file()) else { continue };
            let paths = (self.at(pair.certificate), self.at(pair.key));
            if !found.iter().any(|(_, other)| *other == paths) {
                found.push((place, paths));
            }
        }
        found
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    fn read_key(
        &self,
        console: &Console,
        path: &Path,
        text: &Secret<Vec<u8>>,
    ) -> Result<PrivateKey, CommandError> {
        let password = if key::wants_password(text.expose()) { self.password(console, path)? } else { None };
        key::read(text.expose(), password.as_ref()).map_err(|error| {
            let remedy = match &error {
                PemError::Key(error) => error.remedy(&path.display().to_string()),
                _ => None,
            };
            let error = CommandError::could_not_look(format!(
                "{} cannot be used as the CA's key: {error}",
                path.display()
            ));
            match remedy {
                Some(remedy) => error.hint(remedy),
                None => error,
            }
        })
    }

    fn password(&self, console: &Console, path: &Path) -> Result<Option<Secret<Vec<u8>>>, CommandError> {
        if let Some(file) = &self.ca_key_password_file {
            let mut text =
                bytes(file).map_err(|error| unreadable("password of the CA's key", file, &error))?;
            // An editor ends the file with a line break, which is no part of the password.
            if text.last() == Some(&b'\n') {
                text.pop();
            }
            if text.last() == Some(&b'\r') {
                text.pop();
            }
            return Ok(Some(Secret::new(text)));
        }
        if !console.can_ask() {
            return Ok(None);
        }
        let asked = console.ask_secret(&format!("Password of {}", path.display()));
        let password = asked.map_err(|error| CommandError::system("cannot read the password", &error))?;
        Ok(Some(Secret::new(password.expose().clone().into_bytes())))
    }
}

fn unreadable(what: &str, path: &Path, error: &io::Error) -> CommandError {
    let shown = CommandError::could_not_look(format!(
        "cannot read {}, where the {what} was expected: {}",
        path.display(),
        reason(error)
    ));
    match error.kind() {
        io::ErrorKind::NotFound => shown.hint(
            "where the CA's key is kept elsewhere, ctlmon certs issue --csr-out DIR makes key and request here, and ctlmon certs \
             sign signs it there",
        ),
        io::ErrorKind::PermissionDenied => shown.hint("run it as root: the CA's key is root's alone"),
        _ => shown,
    }
}

/// Refuses where no certificate of anybody's opens etcd.
pub(super) fn refuse_the_hosted(place: &Place) -> Result<(), CommandError> {
    match &place.authority {
        Whereabouts::Nowhere(why) => {
            Err(CommandError::usage(format!("on {} no certificate can be issued: {why}", place.name))
                .hint("ctlmon doctor says which components can be monitored there"))
        }
        _ => Ok(()),
    }
}

fn nowhere() -> CommandError {
    CommandError::could_not_look("no CA of etcd lies where the known distributions keep it")
        .hint("run it as root on a control-plane node, or name the files with --ca-cert and --ca-key")
        .hint("of a hosted cluster, such as EKS, GKE or AKS, the provider keeps etcd to itself: ctlmon doctor says what can be monitored there")
}

fn known(id: &str) -> Result<&'static Place, String> {
    place(id).ok_or_else(|| {
        let ids: Vec<&str> = PLACES.iter().map(|place| place.id).collect();
        format!(
            "expected one of {}; for any other name the files with --ca-cert and --ca-key",
            ids.join(", ")
        )
    })
}
