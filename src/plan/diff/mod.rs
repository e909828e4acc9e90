//! What a plan would change: for each component who collects it now and who would then, and which settings differ. A function
//! of the plan, of what was seen and of what the installer was told; it decides nothing about what was not seen.

mod collectors;
mod intended;
mod keys;

pub use collectors::{By, Collector, Reach};
pub use keys::KeyChange;

use super::{Dialect, Plan, Subject};
use crate::{
    distributions::Exposure,
    model::{
        component::Component,
        deployed::{Deployed, Scene, Written},
        installed::{Installed, Setting, Settings},
        installer::Installer,
        observed::{Gap, Why},
    },
};
use collectors::{are_alike, collectors, count};
use std::collections::BTreeSet;

/// What a plan is compared with.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What runs.
    pub scene: Scene,
    /// What the installer was told; `None` where it installed nothing.
    pub installed: Result<Option<Installed>, Gap>,
}

/// What a plan would change.
#[derive(Clone, Debug)]
pub struct Diff {
    /// Whose installation it would replace.
    pub installer: Installer,
    /// The chart and the revision of what it would replace; `None` where there is nothing, or nothing was read.
    pub installed: Option<(Option<String>, Option<u32>)>,
    /// What becomes of each component, in the order of [`Component::ALL`].
    pub components: Vec<Change>,
    /// The settings that differ.
    pub keys: Vec<KeyChange>,
    /// Other installations of agents, which stay.
    pub others: BTreeSet<Installer>,
    /// What could not be looked at.
    pub gaps: Vec<Gap>,
}

/// What becomes of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The component.
    pub component: Component,
    /// Who collects it now.
    pub before: Vec<Collector>,
    /// Who would.
    pub after: Vec<Collector>,
    /// Where it is collected by nobody now and would be: nodes, or one empty name for the component as a whole.
    pub starts: BTreeSet<String>,
    /// Where it is collected now and would be no more.
    pub stops: BTreeSet<String>,
    /// Where it would be collected more than once.
    pub twice: BTreeSet<String>,
    /// Whether all of it could be looked at: others may collect it otherwise.
    pub is_certain: bool,
}

/// What becomes of a component, in a word: the first that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It would be collected twice.
    Twice,
    /// It would be collected no more.
    Stops,
    /// Nobody was seen to collect it, or nothing to change, and not everything could be looked at.
    Unknown,
    /// It would be collected.
    Starts,
    /// It would be collected in another way.
    Otherwise,
    /// Nothing changes.
    Same,
}

/// Whether anything would change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing would.
    Same,
    /// Something would.
    Different,
    /// Nothing that was seen would, and not everything was seen.
    Unknown,
}

impl Change {
    /// What becomes of it, in a word.
    #[must_use]
    pub fn kind(&self) -> Kind {
        if !self.twice.is_empty() {
            Kind::Twice
        } else if !self.stops.is_empty() {
            Kind::Stops
        } else if !self.is_certain && (!self.starts.is_empty() || !self.is_change()) {
            Kind::Unknown
        } else if !self.starts.is_empty() {
            Kind::Starts
        } else if self.is_change() {
            Kind::Otherwise
        } else {
            Kind::Same
        }
    }

    /// Whether the plan would change anything: what is collected twice already may stay so.
    #[must_use]
    pub fn is_change(&self) -> bool {
        !are_alike(&self.before, &self.after)
    }
}

impl Diff {
    /// Whether anything would change. What is known to change outweighs what is not known.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let is_certainly_changed = |change: &Change| change.is_change() && change.kind() != Kind::Unknown;
        if !self.keys.is_empty() || self.components.iter().any(is_certainly_changed) {
            Verdict::Different
        } else if self.gaps.is_empty() {
            Verdict::Same
        } else {
            Verdict::Unknown
        }
    }
}

/// Who installs what is spelled so. Argo CD renders the chart as Helm does, under the release's name.
#[must_use]
pub fn installer(dialect: Dialect, namespace: &str, name: &str) -> Installer {
    let (namespace, name) = (namespace.to_owned(), name.to_owned());
    match dialect {
        Dialect::Helm | Dialect::ArgoCd => Installer::Helm { namespace, release: name },
        Dialect::DatadogAgent => Installer::Operator { namespace, name },
    }
}

/// Compares a plan, of which these settings are the spelling, with what is there.
#[must_use]
pub fn diff(
    subject: &Subject<'_>,
    plan: &Plan,
    installer: &Installer,
    written: &Settings,
    standing: &Standing,
) -> Diff {
    let Standing { scene, installed } = standing;
    let mut before = scene.deployed.clone();
    if let Ok(Some(installed)) = installed {
        name_switch(&mut before, installer, &installed.settings);
    }
    let after = replaced(&before, installer, intended::intended(plan, installer, &scene.nodes));
    let components = Component::ALL.map(|component| {
        let exposure = (subject.distribution.exposure)(component, subject.identity);
        let of = |deployed: &Deployed| collectors(component, &exposure, plan, deployed, scene);
        let targets = targets(component, &exposure, scene);
        change(component, of(&before), of(&after), &targets, scene.gaps.is_empty())
    });
    let mut gaps = scene.gaps.clone();
    let keys = match installed {
        Ok(None) if is_there(&before, installer) => {
            gaps.push(without_record(installer));
            Vec::new()
        }
        Ok(found) => {
            let none = Settings::new();
            let deployed = found.as_ref().map_or(&none, |found| &found.settings);
            let chart = found.as_ref().and_then(|found| found.chart.as_deref());
            keys::chart(chart, plan.choices.versions.chart)
                .into_iter()
                .chain(keys::changes(deployed, written))
                .collect()
        }
        Err(gap) => {
            gaps.push(gap.clone());
            Vec::new()
        }
    };
    let found = installed.as_ref().ok().and_then(Option::as_ref);
    Diff {
        installer: installer.clone(),
        installed: found.map(|found| (found.chart.clone(), found.revision)),
        components: components.into(),
        keys,
        others: after
            .agents
            .iter()
            .map(|agents| &agents.installer)
            .filter(|it| *it != installer)
            .cloned()
            .collect(),
        gaps,
    }
}

/// What would run: what others installed, and what the plan installs.
fn replaced(before: &Deployed, installer: &Installer, intended: Deployed) -> Deployed {
    let mut after = before.clone();
    after.agents.retain(|it| it.installer != *installer);
    after.cluster_agents.retain(|it| it.installer != *installer);
    after.runners.remove(installer);
    after.agents.extend(intended.agents);
    after.cluster_agents.extend(intended.cluster_agents);
    after.runners.extend(intended.runners);
    after.sidecars |= intended.sidecars;
    after
}

fn is_there(deployed: &Deployed, installer: &Installer) -> bool {
    deployed.agents.iter().any(|it| it.installer == *installer)
        || deployed.cluster_agents.iter().any(|it| it.installer == *installer)
}

/// Workloads without what their installer should keep of them.
fn without_record(installer: &Installer) -> Gap {
    let why = match installer {
        Installer::Helm { .. } => {
            "its workloads are there, and neither a Secret of Helm's nor an Application of Argo CD is: Helm keeps it elsewhere, \
             or something rendered the chart that runs elsewhere"
        }
        _ => "its workloads are there and it is not",
    };
    Gap::new(format!("the settings of {installer}"), Why::Failed(why.to_owned()))
}

/// Says of checks that a switch of the chart wrote that it did: its file looks like everybody's.
fn name_switch(deployed: &mut Deployed, installer: &Installer, settings: &Settings) {
    let is_on = |(path, setting): (&String, &Setting)| {
        let is_switch = path.starts_with("providers.") && path.ends_with(".controlPlaneMonitoring");
        is_switch && *setting == Setting::Known("true".to_owned())
    };
    if !settings.iter().any(is_on) {
        return;
    }
    for told in deployed
        .cluster_agents
        .iter_mut()
        .filter(|it| it.installer == *installer)
        .flat_map(|it| &mut it.checks)
    {
        let own = format!("clusterAgent.confd[\"{}.yaml\"]", told.component.profile().agent_check);
        if told.by == Written::Cluster && !settings.keys().any(|path| path.starts_with(&own)) {
            told.by = Written::Switch;
        }
    }
}

/// Where a component is collected or not: on nodes where it runs on nodes that are known, else as a whole.
fn targets(component: Component, exposure: &Exposure, scene: &Scene) -> BTreeSet<String> {
    let is_on_nodes = matches!(
        exposure,
        Exposure::HostNetworkPod { .. } | Exposure::HostProcess { .. } | Exposure::Pod { .. }
    );
    let names: BTreeSet<String> = match component {
        Component::Kubelet => scene.nodes.iter().map(|node| node.name.clone()).collect(),
        Component::ClusterAgent => BTreeSet::new(),
        _ if is_on_nodes => collectors::control_plane(scene),
        _ => BTreeSet::new(),
    };
    if names.is_empty() { [String::new()].into() } else { names }
}

fn change(
    component: Component,
    before: Vec<Collector>,
    after: Vec<Collector>,
    targets: &BTreeSet<String>,
    is_certain: bool,
) -> Change {
    let where_it = |holds: &dyn Fn(usize, usize) -> bool| -> BTreeSet<String> {
        let of = |target: &&String| holds(count(&before, target), count(&after, target));
        targets.iter().filter(of).cloned().collect()
    };
    let starts = where_it(&|before, after| before == 0 && after > 0);
    let stops = where_it(&|before, after| before > 0 && after == 0);
    let twice = where_it(&|_, after| after > 1);
    Change { component, before, after, starts, stops, twice, is_certain }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        distributions::Distribution,
        model::{
            deployed::{Annotated, ClusterAgents, NodeAgents, Told},
            facts::{Node, Taint},
            installed::Setting,
        },
        plan::{Audience, ChecksBy, Choices, EtcdSource, Extras, Keys, Version, Versions, plan as planned},
    };

    const CHECK: &str = "kube_scheduler.yaml";

    fn choices(audience: Audience) -> Choices {
        let secret = "datadog-secret".to_owned();
        Choices {
            audience,
            etcd: EtcdSource::Auto,
            checks_by: ChecksBy::Files,
            exposed: BTreeSet::new(),
            kubelet_tls: None,
            namespace: "datadog".to_owned(),
            release: "meant".to_owned(),
            cluster_agent_release: "other".to_owned(),
            cluster_name: None,
            site: None,
            keys: Keys { api: secret.clone(), app: secret.clone(), token: secret.clone(), etcd: secret },
            tags: Vec::new(),
            log_level: None,
            registry: None,
            pull_secret: None,
            extras: Extras {
                logs: false,
                apm: false,
                processes: false,
                external_metrics: false,
                events: true,
                kube_state_metrics: true,
                leader_election: true,
            },
            sidecars: false,
            sidecar_accounts: Vec::new(),
            runners: None,
            windows: false,
            versions: Versions { chart: Version::CHART, operator: Version::OPERATOR, kubernetes: None },
        }
    }

    fn node(name: &str, is_control_plane: bool) -> Node {
        let role = "node-role.kubernetes.io/control-plane";
        let mut labels = vec![("kubernetes.io/os".to_owned(), "linux".to_owned())];
        let mut taints = Vec::new();
        if is_control_plane {
            labels.push((role.to_owned(), String::new()));
            let effect = "NoSchedule".to_owned();
            taints.push(Taint { key: role.to_owned(), value: String::new(), effect });
        }
        Node { name: name.to_owned(), labels: labels.into_iter().collect(), taints, ..Node::default() }
    }

    fn helm(release: &str) -> Installer {
        Installer::Helm { namespace: "datadog".to_owned(), release: release.to_owned() }
    }

    fn agents(release: &str, nodes: &[&str], checks: &[(Component, Written)]) -> NodeAgents {
        NodeAgents {
            installer: helm(release),
            nodes: nodes.iter().map(|name| (*name).to_owned()).collect(),
            host_network: true,
            ignored: BTreeSet::new(),
            checks: checks.iter().map(|(component, by)| told(*component, *by)).collect(),
        }
    }

    fn told(component: Component, by: Written) -> Told {
        Told { component, place: CHECK.to_owned(), by }
    }

    fn scene(agents: Vec<NodeAgents>, cluster_agents: Vec<ClusterAgents>) -> Scene {
        let deployed = Deployed { agents, cluster_agents, ..Deployed::default() };
        Scene { deployed, nodes: vec![node("cp", true), node("w", false)], ..Scene::default() }
    }

    /// What a comparison with nothing kept says.
    fn compared(id: &str, audience: Audience, standing: &Standing) -> Diff {
        let distribution = Distribution::named(id).unwrap();
        let identity = distribution.identity();
        let subject = Subject {
            distribution,
            identity: &identity,
            rivals: &[],
            nodes: &standing.scene.nodes,
            pki: None,
        };
        let plan = planned(&subject, &choices(audience)).unwrap();
        diff(&subject, &plan, &helm("meant"), &Settings::new(), standing)
    }

    fn standing(scene: Scene) -> Standing {
        Standing { scene, installed: Ok(Some(Installed::default())) }
    }

    fn of(diff: &Diff, component: Component) -> &Change {
        diff.components.iter().find(|change| change.component == component).unwrap()
    }

    fn check(scene: Scene, component: Component, kind: Kind, before: &[By], after: &[By]) {
        let diff = compared("kubeadm", Audience::ControlPlane, &standing(scene));
        let change = of(&diff, component);
        let by = |of: &[Collector]| of.iter().map(|it| it.by).collect::<Vec<_>>();
        assert_eq!(
            (change.kind(), by(&change.before), by(&change.after)),
            (kind, before.to_vec(), after.to_vec())
        );
    }

    #[test]
    fn all_of_it_starts_where_there_is_nothing() {
        let diff = compared("kubeadm", Audience::ControlPlane, &standing(scene(Vec::new(), Vec::new())));
        let kinds: BTreeSet<Kind> = diff.components.iter().map(Change::kind).collect();
        assert_eq!(kinds, [Kind::Starts].into());
        assert_eq!(
            of(&diff, Component::Kubelet).starts,
            ["cp".to_owned()].into(),
            "workers keep theirs: nobody's"
        );
        assert_eq!(diff.verdict(), Verdict::Different);
    }

    #[test]
    fn what_is_replaced_by_its_like_stays_the_same() {
        let etcd = [(Component::Etcd, Written::Container)];
        let mut same = agents("meant", &["cp"], &etcd);
        same.ignored = ["etcd".to_owned()].into();
        let cluster_agent = ClusterAgents { installer: helm("meant"), checks: Vec::new() };
        let diff =
            compared("kubeadm", Audience::ControlPlane, &standing(scene(vec![same], vec![cluster_agent])));
        let kinds: Vec<Kind> = diff.components.iter().map(Change::kind).collect();
        assert_eq!(kinds, [Kind::Same; 6], "{:#?}", diff.components);
        assert_eq!(diff.verdict(), Verdict::Same);
    }

    #[test]
    fn what_others_installed_stays_and_counts() {
        let other = || vec![agents("other", &["cp", "w"], &[])];
        let twice = [By::Packaged, By::Packaged];
        check(scene(other(), Vec::new()), Component::Scheduler, Kind::Twice, &[By::Packaged], &twice);
        let elsewhere = vec![agents("other", &["w"], &[])];
        check(scene(elsewhere, Vec::new()), Component::Kubelet, Kind::Starts, &[By::Packaged], &twice);
        let diff = compared("kubeadm", Audience::ControlPlane, &standing(scene(other(), Vec::new())));
        assert_eq!(diff.others, [helm("other")].into());
    }

    #[test]
    fn agents_that_leave_nodes_stop_there() {
        let all = scene(vec![agents("meant", &["cp", "w"], &[])], Vec::new());
        check(all, Component::Kubelet, Kind::Stops, &[By::Packaged], &[By::Packaged]);
    }

    #[test]
    fn a_file_and_the_packaged_configuration_are_two() {
        let twice = agents("meant", &["cp"], &[(Component::Scheduler, Written::Container)]);
        let mut once = twice.clone();
        once.ignored = ["kube_scheduler".to_owned()].into();
        let (file, packaged) = ([By::File], [By::Packaged]);
        check(scene(vec![once], Vec::new()), Component::Scheduler, Kind::Otherwise, &file, &packaged);
        let both = [By::Packaged, By::File];
        check(scene(vec![twice], Vec::new()), Component::Scheduler, Kind::Otherwise, &both, &packaged);
    }

    #[test]
    fn loopback_is_reached_from_the_nodes_network_alone() {
        let mut apart = agents("meant", &["cp"], &[]);
        apart.host_network = false;
        check(scene(vec![apart], Vec::new()), Component::Scheduler, Kind::Starts, &[], &[By::Packaged]);
    }

    #[test]
    fn an_annotation_of_a_pod_comes_before_files_about_its_container() {
        let annotated = |node: Option<&str>| Annotated {
            component: Component::Scheduler,
            place: "x".to_owned(),
            node: node.map(str::to_owned),
        };
        let etcd = agents("meant", &["cp"], &[]);
        let mut pod = scene(vec![etcd.clone()], Vec::new());
        pod.annotated.push(annotated(Some("cp")));
        check(pod, Component::Scheduler, Kind::Same, &[By::Annotation], &[By::Annotation]);
        // One of a Service is the Cluster Agent's, and nothing that an agent knows of.
        let mut service = scene(vec![etcd], Vec::new());
        service.annotated.push(annotated(None));
        let after = [By::Packaged, By::Annotation];
        check(service, Component::Scheduler, Kind::Twice, &[By::Packaged], &after);
    }

    #[test]
    fn the_switch_of_the_chart_is_told_from_a_file() {
        let told = [Component::ApiServer, Component::ControllerManager, Component::Scheduler]
            .map(|component| told(component, Written::Cluster));
        let cluster_agent = ClusterAgents { installer: helm("meant"), checks: told.into() };
        let all = Audience::All;
        let mut hosted = standing(scene(vec![agents("meant", &["cp", "w"], &[])], vec![cluster_agent]));
        let by_file = compared("eks", all, &hosted);
        assert_eq!(of(&by_file, Component::Scheduler).kind(), Kind::Otherwise);
        let switch = ("providers.eks.controlPlaneMonitoring".to_owned(), Setting::Known("true".to_owned()));
        hosted.installed = Ok(Some(Installed { settings: [switch].into(), ..Installed::default() }));
        let by_switch = compared("eks", all, &hosted);
        assert_eq!(of(&by_switch, Component::Scheduler).kind(), Kind::Same, "{by_switch:#?}");
        assert_eq!(by_switch.keys.len(), 1);
    }

    #[test]
    fn what_could_not_be_looked_at_is_never_the_same() {
        let gap = || Gap::new("the DaemonSets", Why::Partial);
        let mut hidden = scene(vec![agents("meant", &["cp"], &[])], Vec::new());
        hidden.gaps.push(gap());
        check(hidden, Component::Scheduler, Kind::Unknown, &[By::Packaged], &[By::Packaged]);
        let mut nothing = scene(Vec::new(), Vec::new());
        nothing.gaps.push(gap());
        check(nothing.clone(), Component::Scheduler, Kind::Unknown, &[], &[By::Packaged]);
        let diff = compared("kubeadm", Audience::ControlPlane, &standing(nothing));
        assert_eq!(diff.verdict(), Verdict::Unknown);
        let workloads = scene(vec![agents("meant", &["cp"], &[])], Vec::new());
        let unrecorded = Standing { scene: workloads.clone(), installed: Ok(None) };
        assert_eq!(compared("kubeadm", Audience::ControlPlane, &unrecorded).gaps.len(), 1);
        let denied = Standing { scene: workloads, installed: Err(gap()) };
        assert_eq!(compared("kubeadm", Audience::ControlPlane, &denied).gaps, [gap()]);
    }
}
