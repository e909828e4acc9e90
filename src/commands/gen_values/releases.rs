//! For which releases of chart and operator configuration is written: those that were named, else those that are deployed,
//! else the newest that are known.

use crate::{
    model::{installer::Installer, snapshot::Snapshot},
    plan::Version,
    view::{Found, View},
};

/// The releases, and what is to be said of where they come from.
pub(super) struct Releases {
    pub(super) chart: Version,
    pub(super) operator: Version,
    pub(super) said: Vec<String>,
}

/// Decides for what this installer installed, or will.
pub(super) fn decide(
    snapshot: Option<&Snapshot>,
    meant: &Installer,
    (chart, operator): (Option<Version>, Option<Version>),
) -> Releases {
    let mut releases = Releases { chart: Version::CHART, operator: Version::OPERATOR, said: Vec::new() };
    let view = snapshot.map(View::new);
    let found =
        |of: fn(&View<'_>, &Installer) -> Found| view.as_ref().map_or(Found::Nothing, |view| of(view, meant));
    let mut take = |what, named: Option<Version>, found: Found, fallback: &mut Version| {
        if let Some(named) = named {
            *fallback = named;
            return;
        }
        match found {
            Found::One(text) => {
                if let Some(version) = Version::read(&text) {
                    *fallback = version;
                    releases.said.push(format!("read from the cluster: {what} {version}"));
                }
            }
            Found::Several(texts) => {
                let texts: Vec<String> = texts.into_iter().collect();
                releases.said.push(format!(
                    "the cluster has {what}s {}: this is for {what} {fallback}, unless --{what}-version names another",
                    texts.join(" and ")
                ));
            }
            Found::Nothing => {}
        }
    };
    take("chart", chart, found(chart_of), &mut releases.chart);
    take("operator", operator, found(|view, _| view.operator()), &mut releases.operator);
    releases
}

/// What a release says of its chart outweighs what its workloads say: these may be left over from an upgrade that failed.
fn chart_of(view: &View<'_>, meant: &Installer) -> Found {
    let told = view.told_to(meant).ok().flatten();
    told.and_then(|installed| installed.chart.clone()).map_or_else(|| view.chart(meant), Found::One)
}
