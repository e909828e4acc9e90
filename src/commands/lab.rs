//! `ctlmon lab` and `doctor --lab`: the practice cluster for another process, or in this one.

use super::{
    print,
    source::{self, Sight},
};
use crate::{
    error::{CommandError, Exit},
    lab::{
        Lab, LabSpec,
        faults::{FAULTS, Fault},
        spec::Pace,
    },
    model::snapshot::{Snapshot, Wanted},
    observe::{
        Limits, Observer,
        dial::{Dialer, Routes},
        keyring::Keyring,
        kubeconfig::Connection,
    },
    render::{Console, columns},
};
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};
use tokio::signal::unix::{SignalKind, signal};

/// The time in a cluster that lives in the process of `doctor`, so that its reports do not depend on the day.
const STANDING_CLOCK: i64 = 1_780_304_400; // 2026-06-01T09:00:00Z

#[derive(Debug, Args)]
#[command(next_help_heading = "Practice cluster")]
pub(super) struct PracticeArgs {
    /// Look at the embedded practice cluster, in this process and also as its agents' account
    #[arg(
        long, value_name = "DISTRIBUTION", num_args = 0..=1, require_equals = true, default_missing_value = "kubeadm",
        conflicts_with_all = source::CLUSTER_OPTIONS, conflicts_with_all = ["endpoints", "from", "on_node"]
    )]
    lab: Option<Distribution>,
    /// Plant this fault in it; repeatable; ctlmon lab --list-faults names them all
    #[arg(long = "fault", value_name = "FAULT", requires = "lab", value_delimiter = ',', value_parser = fault)]
    faults: Vec<&'static Fault>,
    /// Give it this many control-plane nodes
    #[arg(long, value_name = "N", default_value_t = 1, requires = "lab", value_parser = control_planes())]
    control_planes: u8,
}

#[derive(Debug, Args)]
pub(super) struct LabArgs {
    /// The distribution
    #[arg(long, value_name = "DISTRIBUTION", default_value = "kubeadm")]
    distribution: Distribution,
    /// Plant this fault; repeatable
    #[arg(
        long = "fault", value_name = "FAULT", value_delimiter = ',', value_parser = fault,
        conflicts_with = "list_faults"
    )]
    faults: Vec<&'static Fault>,
    /// How many control-plane nodes there are
    #[arg(
        long, value_name = "N", default_value_t = 1, value_parser = control_planes(),
        conflicts_with = "list_faults"
    )]
    control_planes: u8,
    /// List the faults and serve nothing
    #[arg(long)]
    list_faults: bool,
    /// The format of the list
    #[arg(short, long, value_name = "FORMAT", default_value = "human", requires = "list_faults")]
    output: Output,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Distribution {
    /// kubeadm
    Kubeadm,
    #[value(help = "Amazon EKS with a pod on Fargate")]
    Eks,
    #[value(help = "OpenShift 4")]
    Openshift4,
    #[value(help = "RKE1 with Rancher's monitoring")]
    Rke1,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Output {
    /// For people
    Human,
    /// JSON
    Json,
}

/// A practice cluster that runs in this process.
pub(super) struct Practice {
    lab: Lab,
}

impl PracticeArgs {
    /// The cluster that is wanted, if one is.
    pub(super) fn wanted(&self) -> Option<LabSpec> {
        let now = Timestamp::from_second(STANDING_CLOCK).unwrap_or(Timestamp::UNIX_EPOCH);
        self.lab.map(|distribution| spec(distribution, self.control_planes, now, Pace::Still, &self.faults))
    }
}

/// Starts a cluster in this process.
pub(super) async fn start(spec: LabSpec) -> Result<Practice, CommandError> {
    Ok(Practice { lab: Lab::start(spec).await.map_err(CommandError::could_not_look)? })
}

impl Practice {
    /// Everything that is needed to look at it, standing on its first node.
    pub(super) async fn sight(&self, limits: Limits, wanted: Wanted) -> Result<Sight, CommandError> {
        let mut kubeconfig = self.lab.kubeconfig().map_err(CommandError::could_not_look)?;
        // Its clock stands still and its certificates live by that clock, so this machine's must not judge them.
        // The listener is this process's own.
        let cluster = &mut kubeconfig["clusters"][0]["cluster"];
        cluster["insecure-skip-tls-verify"] = Value::Bool(true);
        if let Some(cluster) = cluster.as_object_mut() {
            cluster.remove("certificate-authority-data");
        }
        let Connection { client, context, .. } = Connection::from_value(kubeconfig, &limits).await?;
        let routes = Routes { table: self.lab.routes(), here: self.lab.addresses_here() };
        let observer = Observer::new(Some(client), Dialer::Routes(routes), Keyring::new(), limits);
        let wanted = Wanted { context: Some(context), as_agent: true, ..wanted };
        Ok(Sight { way: None, observer, snapshot: Snapshot::empty(self.lab.clock(), wanted) })
    }
}

pub(super) fn run(console: &Console, args: &LabArgs) -> Result<Exit, CommandError> {
    if args.list_faults {
        print(console, &list(args.output)?)?;
        return Ok(Exit::Fine);
    }
    let spec = spec(args.distribution, args.control_planes, source::now(), Pace::Running, &args.faults);
    source::runtime()?.block_on(serve(console, spec))
}

async fn serve(console: &Console, spec: LabSpec) -> Result<Exit, CommandError> {
    let lab = Lab::start(spec).await.map_err(CommandError::could_not_look)?;
    let kubeconfig = lab.kubeconfig().map_err(CommandError::could_not_look)?;
    // Before anybody can know that there is something to end.
    let mut ends = [SignalKind::interrupt(), SignalKind::terminate()]
        .into_iter()
        .map(signal)
        .collect::<io::Result<Vec<_>>>()
        .map_err(|error| CommandError::system("cannot wait for signals", &error))?;
    let file = KubeconfigFile::write(&kubeconfig)?;
    print(console, &format!("{}\n", file.path.display()))?;
    console.say(&format!("hint: ctlmon doctor --kubeconfig {}", file.path.display()));
    console.say("hint: Ctrl-C ends the practice cluster and removes the file");
    futures::future::select_all(ends.iter_mut().map(|signal| Box::pin(signal.recv()))).await;
    Ok(Exit::Fine)
}

fn spec(
    distribution: Distribution,
    control_planes: u8,
    now: Timestamp,
    pace: Pace,
    faults: &[&'static Fault],
) -> LabSpec {
    let mut spec = match distribution {
        Distribution::Kubeadm => LabSpec::kubeadm_with(now, control_planes),
        Distribution::Eks => LabSpec::eks(now),
        Distribution::Openshift4 => LabSpec::openshift(now),
        Distribution::Rke1 => LabSpec::rke1(now),
    };
    spec.pace = pace;
    for fault in faults {
        (fault.change)(&mut spec);
    }
    spec
}

fn list(output: Output) -> Result<String, CommandError> {
    match output {
        Output::Human => Ok(columns(FAULTS.iter().map(|fault| (fault.id, fault.check)))),
        Output::Json => {
            let faults: Vec<Value> = FAULTS
                .iter()
                .map(|fault| {
                    json!({
                        "id": fault.id,
                        "check": fault.check,
                        "distributions": fault.distributions,
                        "severity": fault.severity(),
                        "needs": fault.needs(),
                    })
                })
                .collect();
            serde_json::to_string_pretty(&json!({"faults": faults}))
                .map(|text| text + "\n")
                .map_err(CommandError::could_not_look)
        }
    }
}

/// One, or as many as give etcd a majority that survives a member: more show nothing new.
fn control_planes() -> clap::builder::RangedI64ValueParser<u8> {
    clap::value_parser!(u8).range(1..=3)
}

fn fault(id: &str) -> Result<&'static Fault, String> {
    FAULTS
        .iter()
        .copied()
        .find(|fault| fault.id == id)
        .ok_or_else(|| "there is no such fault; ctlmon lab --list-faults names them all".to_owned())
}

/// A kubeconfig in a folder of its own, readable by nobody else, and removed when the cluster ends.
struct KubeconfigFile {
    folder: PathBuf,
    path: PathBuf,
}

impl KubeconfigFile {
    #[expect(
        clippy::disallowed_methods,
        reason = "the edge where the practice cluster's kubeconfig is written"
    )]
    fn write(kubeconfig: &Value) -> Result<Self, CommandError> {
        use std::os::unix::fs::DirBuilderExt as _;
        let folder = std::env::temp_dir().join(format!("ctlmon-lab-{}", std::process::id()));
        let failed = |path: &Path, error| {
            CommandError::system(format_args!("cannot write {}", path.display()), &error)
                .hint("TMPDIR names the folder for it")
        };
        // A folder that exists already is somebody else's.
        fs::DirBuilder::new().mode(0o700).create(&folder).map_err(|error| failed(&folder, error))?;
        let file = Self { path: folder.join("kubeconfig"), folder };
        fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&file.path)
            .and_then(|mut out| out.write_all(kubeconfig.to_string().as_bytes()))
            .map_err(|error| failed(&file.path, error))?;
        Ok(file)
    }
}

impl Drop for KubeconfigFile {
    #[expect(clippy::disallowed_methods, reason = "what was written is removed")]
    fn drop(&mut self) {
        // Nothing can be done about a file that is gone already.
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_dir(&self.folder);
    }
}
