//! Which releases of the chart and of the operator are installed, read off labels and images of workloads.

use super::View;
use crate::model::{
    answer::Answer,
    facts::{image_tag, short_image},
    installer::{CHART, Installer},
    observed::Observed,
    workload::Workload,
};
use std::collections::BTreeSet;

/// A release that was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// This one is installed.
    One(String),
    /// Several are, and nothing says which of them is meant.
    Several(BTreeSet<String>),
    /// None was seen.
    Nothing,
}

/// How the label of the chart begins, and that of the operator's chart.
const DATADOG: &str = "datadog-";
const OPERATOR: &str = "datadog-operator";

impl View<'_> {
    /// The release of the chart that installed this, else the one that installed all others.
    #[must_use]
    pub fn chart(&self, meant: &Installer) -> Found {
        let version = |workload: &Workload| {
            let version = workload.labels.get(CHART)?.strip_prefix(DATADOG)?;
            version.starts_with(|c: char| c.is_ascii_digit()).then(|| version.to_owned())
        };
        let replaced = self.replaced_by(meant);
        let of_this = |workload: &&Workload| self.installer_of(workload) == replaced;
        match Found::of(self.workloads().filter(of_this).filter_map(version)) {
            Found::Nothing => Found::of(self.workloads().filter_map(version)),
            found => found,
        }
    }

    /// The release of the operator.
    #[must_use]
    pub fn operator(&self) -> Found {
        let is_operator = |workload: &&Workload| {
            let label = |key: &str| workload.labels.get(key).map(String::as_str).unwrap_or_default();
            label("app.kubernetes.io/name") == OPERATOR || label(CHART).starts_with(OPERATOR)
        };
        let image = |workload: &Workload| {
            let mut images = workload.containers.iter().map(|container| container.image.as_str());
            images.find(|image| short_image(image) == "operator").and_then(image_tag).map(str::to_owned)
        };
        Found::of(self.workloads().filter(is_operator).filter_map(image))
    }

    fn workloads(&self) -> impl Iterator<Item = &Workload> {
        let lists = self.snapshot.asked.iter().filter_map(|asked| match &asked.answer {
            Observed::Seen(Answer::Workloads(listed)) => Some(&listed.items),
            _ => None,
        });
        lists.flatten()
    }
}

impl Found {
    fn of(versions: impl Iterator<Item = String>) -> Self {
        let mut versions: BTreeSet<String> = versions.collect();
        match (versions.len(), versions.pop_first()) {
            (_, None) => Self::Nothing,
            (1, Some(version)) => Self::One(version),
            (_, Some(version)) => {
                versions.insert(version);
                Self::Several(versions)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        answer::Listed,
        monitors,
        question::Question,
        snapshot::{Asked, Snapshot, Wanted},
        workload::WorkloadContainer,
    };
    use jiff::Timestamp;

    fn workload(release: &str, chart: &str, image: &str) -> Workload {
        let labels = [("app.kubernetes.io/instance", release), (CHART, chart)];
        let container = WorkloadContainer { image: image.to_owned(), ..WorkloadContainer::default() };
        Workload {
            namespace: "datadog".to_owned(),
            labels: labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
            containers: vec![container],
            ..Workload::default()
        }
    }

    fn check(workloads: &[Workload], chart: &Found, operator: &Found) {
        let mut snapshot = Snapshot::empty(Timestamp::UNIX_EPOCH, Wanted::default());
        snapshot.add([Asked {
            question: Question::List(monitors::daemon_sets()),
            answer: Observed::Seen(Answer::Workloads(Listed { items: workloads.to_vec(), complete: true })),
        }]);
        let meant = Installer::Helm { namespace: "datadog".to_owned(), release: "meant".to_owned() };
        let view = View::new(&snapshot);
        assert_eq!((&view.chart(&meant), &view.operator()), (chart, operator));
    }

    #[test]
    fn reads_the_release_that_is_meant_and_else_the_only_one() {
        let one = |version: &str| Found::One(version.to_owned());
        let agent = |release, chart| workload(release, chart, "gcr.io/datadoghq/agent:7");
        check(&[], &Found::Nothing, &Found::Nothing);
        check(&[agent("other", "datadog-3.100.0")], &one("3.100.0"), &Found::Nothing);
        let both = [agent("other", "datadog-3.100.0"), agent("meant", "datadog-3.200.0")];
        check(&both, &one("3.200.0"), &Found::Nothing);
        let others = [agent("other", "datadog-3.100.0"), agent("third", "datadog-3.200.0")];
        let several = Found::Several(["3.100.0", "3.200.0"].map(str::to_owned).into());
        check(&others, &several, &Found::Nothing);
        let operator =
            workload("meant", "datadog-operator-2.5.0", "gcr.io/datadoghq/operator:1.20.0@sha256:0");
        check(&[operator], &Found::Nothing, &one("1.20.0"));
    }
}
