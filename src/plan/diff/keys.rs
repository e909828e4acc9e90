//! Which settings differ: path by path, without knowing what any of them means.

use crate::{
    model::installed::{Setting, Settings},
    plan::Version,
};
use serde_json::Value;
use std::collections::BTreeSet;

/// A setting that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyChange {
    /// Its path.
    pub path: String,
    /// What is deployed; `None` where it is not there.
    pub deployed: Option<Setting>,
    /// What would be written; `None` where nothing is, so that it would go.
    pub written: Option<Setting>,
}

/// Every setting that differs, by its path. A value that was not read differs from every other.
pub(super) fn changes(deployed: &Settings, written: &Settings) -> Vec<KeyChange> {
    let paths: BTreeSet<&String> = deployed.keys().chain(written.keys()).collect();
    paths
        .into_iter()
        .map(|path| KeyChange {
            path: path.clone(),
            deployed: deployed.get(path).cloned(),
            written: written.get(path).cloned(),
        })
        .filter(|change| change.deployed != change.written || change.deployed == Some(Setting::Hidden))
        .collect()
}

/// The chart, where another would be installed than is. Of one that does not say its release nothing is known to change.
pub(super) fn chart(deployed: Option<&str>, written: Version) -> Option<KeyChange> {
    let deployed = deployed.and_then(Version::read).filter(|deployed| *deployed != written)?;
    let known = |version: Version| Some(Setting::Known(Value::from(version.to_string()).to_string()));
    Some(KeyChange { path: "chart".to_owned(), deployed: known(deployed), written: known(written) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, Option<&str>)]) -> Settings {
        let known = |value: &str| Setting::Known(value.to_owned());
        pairs.iter().map(|(path, value)| ((*path).to_owned(), value.map_or(Setting::Hidden, known))).collect()
    }

    #[test]
    fn tells_what_comes_what_goes_and_what_changes() {
        let deployed = settings(&[("a", Some("1")), ("b", Some("2")), ("c", None), ("d", Some("4"))]);
        let written = settings(&[("a", Some("1")), ("b", Some("3")), ("e", Some("5"))]);
        let paths: Vec<_> = changes(&deployed, &written)
            .into_iter()
            .map(|it| (it.path, it.deployed.is_some(), it.written.is_some()))
            .collect();
        let expected = [("b", true, true), ("c", true, false), ("d", true, false), ("e", false, true)];
        assert_eq!(paths, expected.map(|(path, is, would)| (path.to_owned(), is, would)));
        assert_eq!(changes(&written, &written), []);
    }

    #[test]
    fn takes_no_value_that_was_not_read_for_the_same() {
        let hidden = settings(&[("a", None)]);
        assert_eq!(changes(&hidden, &hidden).len(), 1);
    }
}
