//! `ctlmon permissions`: the least rights for a command, as a manifest. It asks nothing of a cluster.

use super::{doctor::Via, print};
use crate::{
    error::{CommandError, Exit},
    model::{
        need::Occasion,
        snapshot::{Listening, Way},
    },
    plan::rights::{self, Grantee},
    questions::{
        least::{Purpose, least},
        needs::AGENTS_NAMESPACE,
    },
    render::Console,
    yaml,
};
use clap::{Args, ValueEnum};
use serde_json::json;

/// What the service account and its roles are called.
pub(super) const NAME: &str = "ctlmon";

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub(super) struct PermissionsArgs {
    /// The command that is to be run with these rights
    #[arg(long = "for", value_name = "COMMAND", default_value = "doctor")]
    command: For,
    /// For doctor --as-agent
    #[arg(long)]
    as_agent: bool,
    /// For doctor --logs
    #[arg(long)]
    logs: bool,
    /// For doctor --exec
    #[arg(long)]
    exec: bool,
    /// For doctor --via with these ways; all of them otherwise
    #[arg(long, value_name = "WAY", value_delimiter = ',')]
    via: Vec<Via>,
    /// For doctor --no-port-forward
    #[arg(long)]
    no_port_forward: bool,
    /// For doctor on OpenShift 4, in whose own namespaces copied certificates are compared with their origin
    #[arg(long)]
    openshift: bool,
    /// The namespace of the agents, in which the service account is made as well
    #[arg(short, long, value_name = "NAME", default_value = AGENTS_NAMESPACE, value_parser = name)]
    namespace: String,
    /// A namespace of applications with an Agent for a sidecar, whose tokens are compared; repeatable
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = name)]
    sidecar_namespace: Vec<String>,
    /// What the service account, the roles and their bindings are called
    #[arg(long, value_name = "NAME", default_value = NAME, value_parser = name)]
    name: String,
    /// The format of the manifest
    #[arg(short, long, value_name = "FORMAT", default_value = "yaml")]
    output: Output,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum For {
    Detect,
    GenValues,
    Doctor,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Output {
    /// With the reason for each rule
    Yaml,
    /// One list
    Json,
}

/// What of `doctor` takes rights of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent<'a> {
    /// By which ways it asks; `None` for all.
    pub(super) ways: Option<&'a [Way]>,
    /// Whether it asks as the agents' accounts.
    pub(super) as_agent: bool,
    /// How it listens to programs.
    pub(super) listening: Listening,
    /// Whether the cluster has the namespaces of OpenShift 4.
    pub(super) openshift: bool,
}

impl Extent<'_> {
    /// The occasions on which `doctor` asks so.
    pub(super) fn occasions(self) -> Vec<Occasion> {
        let goes = |way| self.ways.is_none_or(|ways| ways.contains(&way));
        let all = [
            (Occasion::Detect, true),
            (Occasion::Doctor, true),
            (Occasion::AsAgent, self.as_agent),
            (Occasion::PortForward, goes(Way::PortForward)),
            // How the kubelets are configured is asked in this way alone, whatever else is.
            (Occasion::Proxy, true),
            (Occasion::OpenShift, self.openshift),
            (Occasion::Logs, self.listening.logs),
            (Occasion::Exec, self.listening.exec),
        ];
        all.into_iter().filter(|(_, is_wanted)| *is_wanted).map(|(occasion, _)| occasion).collect()
    }
}

pub(super) fn run(console: &Console, args: &PermissionsArgs) -> Result<Exit, CommandError> {
    let ways = Via::ways(&args.via, args.no_port_forward);
    let (command, occasions) = match args.command {
        For::Detect => ("detect", vec![Occasion::Detect]),
        For::GenValues => ("gen-values", vec![Occasion::Detect, Occasion::GenValues]),
        For::Doctor => {
            let listening = Listening { logs: args.logs, exec: args.exec };
            let (ways, as_agent, openshift) = (ways.as_deref(), args.as_agent, args.openshift);
            let extent = Extent { ways, as_agent, listening, openshift };
            ("doctor", extent.occasions())
        }
    };
    let flags = [args.as_agent, args.logs, args.exec, args.openshift];
    let has_options = flags.contains(&true) || ways.is_some() || !args.sidecar_namespace.is_empty();
    if has_options && args.command != For::Doctor {
        return Err(CommandError::usage(format!(
            "--as-agent, --logs, --exec, --openshift, --via, --no-port-forward and --sidecar-namespace are for doctor; {command} takes none of them"
        )));
    }
    let purpose =
        Purpose { occasions, agents: args.namespace.clone(), sidecars: args.sidecar_namespace.clone() };
    let lead = format!(
        "The least rights for ctlmon {command}, each with the reason for it. Without one of them ctlmon runs all the same, and \
         says what it could not look at. Nothing here lets anybody change an object of the cluster."
    );
    let grantee = Grantee { name: &args.name, namespace: &args.namespace };
    let text = rights::manifest(grantee, &least(&purpose), &lead)?;
    let text = match args.output {
        Output::Yaml => text,
        Output::Json => as_json(&text)?,
    };
    let is_read = print(console, &text)?;
    if is_read && console.shows() {
        console.say("hint: kubectl apply -f - gives these rights, and kubectl create token makes a token of the account");
    }
    Ok(Exit::Fine)
}

/// Documents of YAML as the one list in JSON that kubectl takes as well.
pub(super) fn as_json(text: &str) -> Result<String, CommandError> {
    let items = yaml::documents(text).map_err(CommandError::could_not_look)?;
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
    serde_json::to_string_pretty(&list).map(|text| text + "\n").map_err(CommandError::could_not_look)
}

/// Reads what the API server takes for the name of an account, a role, a Job or a namespace.
pub(super) fn name(text: &str) -> Result<String, String> {
    let is_inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let ends_well = |end: Option<char>| end.is_some_and(|c| c != '-');
    let is_name = text.len() <= 63 && text.chars().all(is_inner);
    if is_name && ends_well(text.chars().next()) && ends_well(text.chars().last()) {
        Ok(text.to_owned())
    } else {
        Err("expected at most 63 lower-case letters, digits and dashes, with no dash at either end"
            .to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ways_that_are_taken_need_rights() {
        let check = |ways: Option<&[Way]>, as_agent: bool, without: &[Occasion]| {
            let listening = Listening { logs: true, exec: true };
            let given = Extent { ways, as_agent, listening, openshift: true }.occasions();
            let without = [without, &[Occasion::GenValues]].concat();
            let expected: Vec<Occasion> =
                Occasion::ALL.into_iter().filter(|occasion| !without.contains(occasion)).collect();
            assert_eq!(given, expected, "{ways:?}");
        };
        check(None, true, &[]);
        check(None, false, &[Occasion::AsAgent]);
        check(Some(&[Way::Direct]), true, &[Occasion::PortForward]);
        check(Some(&[Way::ApiServer, Way::Direct]), true, &[Occasion::PortForward]);
    }

    #[test]
    fn names_are_what_the_api_server_takes() {
        for (text, expected) in [
            ("ctlmon", true),
            ("a", true),
            ("a-1", true),
            ("-a", false),
            ("a-", false),
            ("A", false),
            ("", false),
            ("a.b", false),
        ] {
            assert_eq!(name(text).is_ok(), expected, "{text}");
        }
        assert!(name(&"a".repeat(64)).is_err());
    }
}
