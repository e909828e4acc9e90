//! What `gen-values --diff` says, in JSON version 1.

use super::{FORMAT, GapV1};
use crate::{
    model::installed::Setting,
    plan::diff::{Change, Collector, Diff, Kind, Reach, Verdict},
};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

#[derive(Serialize)]
struct DiffV1<'a> {
    format: u32,
    tool: &'static str,
    compared_with: String,
    deployed: Option<DeployedV1<'a>>,
    verdict: &'static str,
    components: Vec<ChangeV1<'a>>,
    keys: Vec<KeyV1<'a>>,
    others: Vec<String>,
    gaps: Vec<GapV1>,
    exit: u8,
}

#[derive(Serialize)]
struct DeployedV1<'a> {
    chart: Option<&'a str>,
    revision: Option<u32>,
}

#[derive(Serialize)]
struct ChangeV1<'a> {
    component: &'static str,
    change: &'static str,
    starts: bool,
    stops: bool,
    twice: bool,
    starts_on: Vec<&'a str>,
    stops_on: Vec<&'a str>,
    twice_on: Vec<&'a str>,
    before: Vec<CollectorV1<'a>>,
    after: Vec<CollectorV1<'a>>,
}

#[derive(Serialize)]
struct CollectorV1<'a> {
    by: &'static str,
    installed_by: Option<String>,
    written_in: Option<&'a str>,
    nodes: Option<&'a BTreeSet<String>>,
}

#[derive(Serialize)]
struct KeyV1<'a> {
    path: &'a str,
    change: &'static str,
    deployed: Option<Value>,
    written: Option<Value>,
    /// Whether the value that is deployed was not read.
    hidden: bool,
}

pub(super) fn diff(diff: &Diff, exit: u8) -> Result<String, serde_json::Error> {
    let document = DiffV1 {
        format: FORMAT,
        tool: env!("CARGO_PKG_VERSION"),
        compared_with: diff.installer.to_string(),
        deployed: diff
            .installed
            .as_ref()
            .map(|(chart, revision)| DeployedV1 { chart: chart.as_deref(), revision: *revision }),
        verdict: match diff.verdict() {
            Verdict::Same => "same",
            Verdict::Different => "different",
            Verdict::Unknown => "unknown",
        },
        components: diff.components.iter().map(ChangeV1::of).collect(),
        keys: diff
            .keys
            .iter()
            .map(|key| KeyV1 {
                path: &key.path,
                change: match (&key.deployed, &key.written) {
                    (None, _) => "new",
                    (_, None) => "gone",
                    _ => "other",
                },
                deployed: value(key.deployed.as_ref()),
                written: value(key.written.as_ref()),
                hidden: key.deployed == Some(Setting::Hidden),
            })
            .collect(),
        others: diff.others.iter().map(ToString::to_string).collect(),
        gaps: diff.gaps.iter().map(GapV1::of).collect(),
        exit,
    };
    serde_json::to_string_pretty(&document).map(|text| text + "\n")
}

/// The value itself; nothing where none was read.
fn value(setting: Option<&Setting>) -> Option<Value> {
    match setting? {
        Setting::Known(text) => serde_json::from_str(text).ok(),
        Setting::Hidden => None,
    }
}

impl<'a> ChangeV1<'a> {
    fn of(change: &'a Change) -> Self {
        let nodes =
            |of: &'a BTreeSet<String>| of.iter().map(String::as_str).filter(|it| !it.is_empty()).collect();
        Self {
            component: change.component.profile().id,
            change: match change.kind() {
                Kind::Twice => "twice",
                Kind::Stops => "stops",
                Kind::Unknown => "unknown",
                Kind::Starts => "starts",
                Kind::Otherwise => "otherwise",
                Kind::Same => "same",
            },
            starts: !change.starts.is_empty(),
            stops: !change.stops.is_empty(),
            twice: !change.twice.is_empty(),
            starts_on: nodes(&change.starts),
            stops_on: nodes(&change.stops),
            twice_on: nodes(&change.twice),
            before: change.before.iter().map(CollectorV1::of).collect(),
            after: change.after.iter().map(CollectorV1::of).collect(),
        }
    }
}

impl<'a> CollectorV1<'a> {
    fn of(collector: &'a Collector) -> Self {
        Self {
            by: collector.by.id(),
            installed_by: collector.installer.as_ref().map(ToString::to_string),
            written_in: collector.place.as_deref(),
            nodes: match &collector.reach {
                Reach::On(nodes) => Some(nodes),
                Reach::Everywhere => None,
            },
        }
    }
}
