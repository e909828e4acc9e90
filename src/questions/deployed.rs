//! What `gen-values --diff` wants to know of what runs already: the agents of nodes, what they and the Cluster Agent are told
//! to ask, the annotations that add to it, and what Argo CD has installed. What Helm or the operator keeps is one question
//! more, which needs its name.

use crate::{
    model::{
        agents,
        installed::{APPLICATION, InstalledQuestion},
        observed::Observed,
        question::Question,
        snapshot::Snapshot,
    },
    view::View,
};
use std::collections::BTreeSet;

/// The questions about what is deployed that were not asked yet: six lists at first, then the `ConfigMaps` that were found
/// to be mounted, and the Applications of Argo CD once it is known whether somebody serves their kind: whoever may not list
/// what does not exist is told that he may not. They stand beside those of detection.
#[must_use]
pub fn deployed(snapshot: &Snapshot) -> BTreeSet<Question> {
    let mut questions: BTreeSet<Question> =
        [agents::daemon_sets(), agents::deployments(), agents::injected_pods(), agents::services()]
            .into_iter()
            .chain(agents::labelled_deployments())
            .map(Question::List)
            .collect();
    let view = View::new(snapshot);
    let node_agents = view.agents.workloads.as_deref().unwrap_or_default().iter().copied();
    for workload in node_agents.chain(view.agents.cluster_agents().unwrap_or_default()) {
        questions.extend(view.agents.config_maps_of(workload).into_iter().map(Question::Object));
    }
    if snapshot.services(&agents::services()).value().is_some_and(|listed| !listed.complete) {
        questions.extend(agents::control_plane_services().map(Question::List));
    }
    if !matches!(snapshot.api_groups(), Observed::NotAsked) && view.may_serve(APPLICATION.0) {
        questions.insert(Question::Installed(InstalledQuestion::Applications));
    }
    questions.retain(|question| !snapshot.has(question));
    questions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        answer::{Answer, Listed},
        observed::Observed,
        snapshot::{Asked, Wanted},
        workload::{VolumeSource, Workload, WorkloadContainer},
    };
    use jiff::Timestamp;

    #[test]
    fn asks_for_what_agents_mount_once_they_are_known() {
        let container = WorkloadContainer {
            image: "gcr.io/datadoghq/agent:7".to_owned(),
            ..WorkloadContainer::default()
        };
        let confd = VolumeSource::ConfigMap { name: "confd".to_owned(), items: [].into(), optional: false };
        let agent = Workload {
            kind: "DaemonSet".to_owned(),
            namespace: "datadog".to_owned(),
            containers: vec![container],
            volumes: [("confd".to_owned(), confd)].into(),
            ..Workload::default()
        };
        let mut snapshot = Snapshot::empty(Timestamp::UNIX_EPOCH, Wanted::default());
        let first = deployed(&snapshot);
        assert_eq!(first.len(), 6);
        let list = Answer::Workloads(Listed { items: vec![agent], complete: true });
        snapshot.add(first.into_iter().map(|question| {
            let is_agents = question == Question::List(agents::daemon_sets());
            let answer = if is_agents { Observed::Seen(list.clone()) } else { Observed::Absent };
            Asked { question, answer }
        }));
        let confd = Question::Object(agents::config_map("datadog", "confd"));
        assert_eq!(deployed(&snapshot), [confd].into());
    }

    #[test]
    fn asks_for_applications_where_their_kind_is_served_or_may_be() {
        let check = |groups: Observed<Answer>, is_asked| {
            let mut snapshot = Snapshot::empty(Timestamp::UNIX_EPOCH, Wanted::default());
            snapshot.add([Asked { question: Question::ApiGroups, answer: groups }]);
            let applications = Question::Installed(InstalledQuestion::Applications);
            assert_eq!(deployed(&snapshot).contains(&applications), is_asked, "{snapshot:?}");
        };
        let served = |group: &str| Observed::Seen(Answer::ApiGroups(vec![group.to_owned()]));
        check(served("argoproj.io/v1alpha1"), true);
        check(served("apps/v1"), false);
        check(Observed::Absent, true);
    }
}
