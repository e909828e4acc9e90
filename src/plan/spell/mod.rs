//! Spells a plan: as Helm values, as a `DatadogAgent`, as an Argo CD Application, and as a folder that explains itself. The
//! templates hold form and comments; what is true is the plan's alone.

mod annotations;
mod install;
mod slots;
mod steps;
mod summary;

use super::{Plan, error::PlanError, parts::Step, template::fill};
use crate::model::component::Component;
use serde::Serialize;
use slots::Slots;

pub use summary::summary;

/// How a plan is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Values of the Helm chart `datadog`.
    Helm,
    /// A `DatadogAgent` for the operator.
    DatadogAgent,
    /// An Argo CD Application around the values, with an `ExternalSecret`.
    ArgoCd,
}

/// A file of YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Everything that belongs to one setup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The document that everything else serves.
    pub main: Document,
    /// What else is applied, by a name that begins with its number in the order.
    pub manifests: Vec<Document>,
    /// Texts for files of the nodes and their installers; no cluster takes them.
    pub nodes: Vec<Document>,
    /// What an administrator does, in order.
    pub steps: Vec<Step>,
    /// The page that explains it.
    pub readme: String,
    /// The page that takes it away again.
    pub undo: String,
}

/// Names that a folder's texts refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The file of the main document.
    pub main: String,
    /// The secret store of the External Secrets operator.
    pub store: String,
}

/// The main document.
///
/// # Errors
/// Where a template is at fault.
pub fn spell(plan: &Plan, dialect: Dialect) -> Result<String, PlanError> {
    let slots = Slots::of(plan);
    match dialect {
        Dialect::Helm => fill("helm/values.yaml.j2", slots),
        Dialect::DatadogAgent => fill("operator/datadogagent.yaml.j2", slots.for_operator(plan)),
        Dialect::ArgoCd => fill("argocd/application.yaml.j2", slots),
    }
}

/// The main document with everything that belongs to it.
///
/// # Errors
/// Where a template is at fault.
pub fn folder(plan: &Plan, dialect: Dialect, names: &Names) -> Result<Folder, PlanError> {
    let main = Document { name: names.main.clone(), text: spell(plan, dialect)? };
    let mut manifests = vec![Document {
        name: "00-namespace.yaml".to_owned(),
        text: fill("objects/namespace.yaml.j2", Slots::of(plan))?,
    }];
    // The Secrets that another release lives on are its own.
    if dialect == Dialect::ArgoCd && plan.cluster_agent.joins.is_none() {
        manifests.push(Document {
            name: "10-external-secret.yaml".to_owned(),
            text: fill("argocd/external-secret.yaml.j2", external_secrets(plan, &names.store))?,
        });
    }
    let annotations = annotations::of(plan)?;
    if !annotations.made.is_empty() {
        manifests.push(Document {
            name: "20-services.yaml".to_owned(),
            text: fill("objects/services.yaml.j2", &annotations)?,
        });
    }
    if !annotations.existing.is_empty() {
        manifests.push(Document {
            name: "21-annotations.yaml".to_owned(),
            text: fill("objects/annotations.yaml.j2", &annotations)?,
        });
    }
    if !annotations.pauses.is_empty() {
        manifests.push(Document {
            name: "22-pauses.yaml".to_owned(),
            text: fill("objects/pauses.yaml.j2", &annotations)?,
        });
    }
    if plan.sidecars.is_some() {
        manifests.push(Document {
            name: "30-sidecar-rights.yaml".to_owned(),
            text: fill("objects/sidecars.yaml.j2", Slots::of(plan))?,
        });
    }
    let nodes = kubeadm(plan)?.into_iter().collect();
    let steps = steps::steps(plan, dialect, names);
    let page = Page {
        tool: env!("CARGO_PKG_VERSION"),
        distribution: summary::named(plan),
        rivals: &plan.rivals,
        summary: summary(plan),
        remarks: remarks(plan),
        tiles: tiles(plan),
        steps: &steps,
        settings: plan.settings.iter().map(Undone::of).collect(),
    };
    let readme = fill("folder/README.md.j2", &page)?;
    let backwards: Vec<Step> = steps.iter().rev().filter(|step| !step.undo.is_empty()).cloned().collect();
    let undo = fill("folder/undo.md.j2", Page { steps: &backwards, ..page })?;
    Ok(Folder { main, manifests, nodes, steps, readme, undo })
}

/// What the choices cost or risk, each once.
fn remarks(plan: &Plan) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for remark in plan.components.iter().flat_map(|planned| &planned.remarks) {
        if !all.contains(remark) {
            all.push(remark.clone());
        }
    }
    all
}

#[derive(Serialize)]
struct Page<'a> {
    tool: &'static str,
    distribution: String,
    rivals: &'a [&'static str],
    summary: Vec<String>,
    remarks: Vec<String>,
    tiles: Vec<Tile>,
    steps: &'a [Step],
    settings: Vec<Undone>,
}

/// What an administrator puts back on the nodes.
#[derive(Serialize)]
struct Undone {
    component: Component,
    words: String,
}

impl Undone {
    fn of(setting: &super::NeededSetting) -> Self {
        Self { component: setting.component, words: steps::undone(setting) }
    }
}

/// An integration to install in Datadog, and the metric that shows that it works.
#[derive(Serialize)]
struct Tile {
    name: &'static str,
    metric: &'static str,
}

fn tiles(plan: &Plan) -> Vec<Tile> {
    use Component as C;
    let tile = |component| match component {
        C::ApiServer => {
            Tile { name: "Kubernetes API server metrics", metric: "kube_apiserver.current_inflight_requests" }
        }
        C::Etcd => Tile { name: "etcd", metric: "etcd.server.has_leader" },
        C::ControllerManager => {
            Tile { name: "Kubernetes Controller Manager", metric: "kube_controller_manager.queue.depth" }
        }
        C::Scheduler => {
            Tile { name: "Kubernetes Scheduler", metric: "kube_scheduler.pod_preemption.attempts" }
        }
        C::Kubelet => Tile { name: "Kubernetes", metric: "kubernetes.kubelet.check" },
        C::ClusterAgent => Tile { name: "Datadog Cluster Agent", metric: "datadog.cluster_agent.running" },
    };
    let is_left = |outcome: &super::Outcome| matches!(outcome, super::Outcome::Left { .. });
    plan.components.iter().filter(|it| !is_left(&it.outcome)).map(|it| tile(it.component)).collect()
}

/// The release of Kubernetes whose kubeadm writes v1beta4, in which arguments are a list.
///
/// Source: kubernetes/kubernetes, changes of 1.31.
const MINOR_OF_V1BETA4: u16 = 31;

#[derive(Serialize)]
struct ClusterConfiguration {
    is_list: bool,
    etcd: Vec<Argument>,
    controller_manager: Vec<Argument>,
    scheduler: Vec<Argument>,
}

#[derive(Serialize)]
struct Argument {
    name: &'static str,
    value: &'static str,
}

/// What kubeadm is told so that components listen where the plan has them asked; `None` where nothing is to be told.
fn kubeadm(plan: &Plan) -> Result<Option<Document>, PlanError> {
    use Component as C;
    let of = |component| {
        let own = plan.settings.iter().filter(|setting| setting.component == component);
        own.filter(|setting| setting.place.contains(steps::CLUSTER_CONFIGURATION))
            .filter_map(|setting| setting.text.split_once(": "))
            .map(|(name, value)| Argument { name, value })
            .collect::<Vec<_>>()
    };
    let slots = ClusterConfiguration {
        is_list: plan.choices.versions.kubernetes.is_none_or(|version| version.1 >= MINOR_OF_V1BETA4),
        etcd: of(C::Etcd),
        controller_manager: of(C::ControllerManager),
        scheduler: of(C::Scheduler),
    };
    if [&slots.etcd, &slots.controller_manager, &slots.scheduler].iter().all(|of| of.is_empty()) {
        return Ok(None);
    }
    let text = fill("objects/kubeadm.yaml.j2", slots)?;
    Ok(Some(Document { name: "kubeadm-cluster-configuration.yaml".to_owned(), text }))
}

#[derive(Serialize)]
struct ExternalSecrets<'a> {
    namespace: &'a str,
    store: &'a str,
    secrets: Vec<ExternalSecret<'a>>,
}

#[derive(Serialize)]
struct ExternalSecret<'a> {
    name: &'a str,
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Serialize)]
struct Entry {
    key: &'static str,
    remote: &'static str,
}

/// One `ExternalSecret` for each Secret that the values name, with the keys that they expect in it.
fn external_secrets<'a>(plan: &'a Plan, store: &'a str) -> ExternalSecrets<'a> {
    let keys = &plan.choices.keys;
    let mut secrets: Vec<ExternalSecret<'_>> = Vec::new();
    for (name, key, remote) in [
        (&keys.api, "api-key", "datadog/apikey"),
        (&keys.app, "app-key", "datadog/appkey"),
        (&keys.token, "token", "datadog/cluster-agent-token"),
    ] {
        let entry = Entry { key, remote };
        match secrets.iter_mut().find(|secret| secret.name == name) {
            Some(secret) => secret.entries.push(entry),
            None => secrets.push(ExternalSecret { name, entries: vec![entry] }),
        }
    }
    ExternalSecrets { namespace: &plan.choices.namespace, store, secrets }
}
