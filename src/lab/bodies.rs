//! Metrics as the components write them, with the samples that a spec has otherwise. It decides nothing.

use super::spec::LabSpec;
use crate::model::component::Component;

/// A component's metrics: the usual text, but for the samples of the spec. A series that is not in it is added.
pub(super) fn of(spec: &LabSpec, component: Component, usual: &str) -> String {
    if let Some(text) = spec.in_place.get(&component) {
        return text.clone();
    }
    let mut changed: Vec<(&str, &str)> = spec
        .samples
        .iter()
        .filter(|(of, ..)| *of == component)
        .map(|(_, series, value)| (series.as_str(), value.as_str()))
        .collect();
    let mut lines = Vec::new();
    for line in usual.lines() {
        let series = line.rsplit_once(' ').map_or(line, |(series, _)| series);
        match changed.iter().position(|(of, _)| *of == series) {
            Some(at) => {
                let (series, value) = changed.swap_remove(at);
                lines.push(format!("{series} {value}"));
            }
            None => lines.push(line.to_owned()),
        }
    }
    lines.extend(changed.into_iter().map(|(series, value)| format!("{series} {value}")));
    (lines.join("\n") + "\n").replace(BUILT, &built(&spec.version))
}

/// The version in the usual texts, by which each component says of what release it is.
const BUILT: &str = r#"git_version="v1.36.2",go_version="go1.26.4",major="1",minor="36""#;

/// The same of another version.
fn built(version: &str) -> String {
    let minor = version.split('.').nth(1).unwrap_or_default();
    format!(r#"git_version="{version}",go_version="go1.26.4",major="1",minor="{minor}""#)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::LabSpec;
    use jiff::Timestamp;

    #[test]
    fn samples_are_replaced_and_added() {
        let mut spec = LabSpec::kubeadm(Timestamp::UNIX_EPOCH);
        for (series, value) in [("a{x=\"y\"}", "2"), ("c", "3")] {
            spec.samples.push((Component::Etcd, series.to_owned(), value.to_owned()));
        }
        let usual = "# HELP a 1\na{x=\"y\"} 1\na{x=\"z\"} 1\n";
        assert_eq!(of(&spec, Component::Etcd, usual), "# HELP a 1\na{x=\"y\"} 2\na{x=\"z\"} 1\nc 3\n");
        assert_eq!(of(&spec, Component::Scheduler, usual), usual);
    }
}
