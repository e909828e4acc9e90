//! `ctlmon certs copy`: the manifest of a Secret for another namespace, clean of what ties it to the old one. It applies nothing.

use super::{object_name, output::refuse_terminal};
use crate::{
    commands::{
        limits::LimitArgs,
        print,
        source::{self, ClusterArgs},
    },
    error::{CommandError, Exit},
    model::{agents, observed::Observed},
    observe::cluster::Cluster,
    render::{Console, certs::manifest},
    store::write,
};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct CopyArgs {
    /// The Secret that is read
    #[arg(long, value_name = "NAMESPACE/NAME", value_parser = object_name)]
    from: (String, String),
    /// The Secret that the manifest is for
    #[arg(long, value_name = "NAMESPACE/NAME", value_parser = object_name)]
    to: (String, String),
    /// Write the manifest to this file, readable by you alone, and not to standard output
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Replace the file where it is there already
    #[arg(long, requires = "secret_file")]
    force: bool,
    /// Print the manifest, which holds private keys, even to a terminal
    #[arg(long)]
    show_secret: bool,
    #[command(flatten)]
    cluster: ClusterArgs,
    #[command(flatten)]
    limits: LimitArgs,
}

/// Made by the API server for an account; a copy of it would be taken for another one.
const ACCOUNT_TOKEN: &str = "kubernetes.io/service-account-token";

pub(super) fn run(console: &Console, args: &CopyArgs) -> Result<Exit, CommandError> {
    if args.secret_file.is_none() {
        refuse_terminal(console, args.show_secret)?;
    }
    let limits = args.limits.limits();
    let (namespace, name) = &args.from;
    let place = format!("Secret {namespace}/{name}");
    let found = source::runtime()?.block_on(async {
        let connection = args.cluster.connect(&limits).await?;
        let cluster = Cluster::new(connection.client, limits.request);
        Ok::<_, CommandError>(cluster.whole_secret(&agents::secret(namespace, name)).await)
    })?;
    let secret = match found {
        Observed::Seen(secret) => secret,
        other => {
            let why = other.seen(&place).err().map(|gap| gap.to_string()).unwrap_or_default();
            return Err(CommandError::could_not_look(why));
        }
    };
    if secret.kind == ACCOUNT_TOKEN {
        return Err(CommandError::usage(format!(
            "{place} is the token of a service account, which cannot be copied"
        )));
    }
    let text = manifest::secret(&args.to.0, &args.to.1, &secret.kind, &secret.entries);
    match &args.secret_file {
        Some(path) => {
            write::file(path, &text, args.force)?;
            console.say(&format!("wrote {}", path.display()));
        }
        None => {
            print(console, text.expose())?;
        }
    }
    console.say(&format!(
        "note: it is a copy: when {place} is renewed, copy it again{}",
        if args.secret_file.is_none() { "; nothing was applied" } else { "" }
    ));
    Ok(Exit::Fine)
}
