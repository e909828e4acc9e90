//! The health of what is measured, as one scrape tells it: the metrics of an instance, or why they are not known.
//!
//! Thresholds are those of kubernetes-mixin and of etcd's own mixin; what these call critical is an error here, and what they
//! call informational a note. They want a state to last for minutes, which one scrape cannot tell.

use crate::{
    doctor::{Case, Verdict},
    model::{
        component::Gate,
        evidence::Evidence,
        observed::{Gap, Why},
    },
    view::{Instance, Scraped},
};

/// Judges the metrics of the case's instance; `judge` says nothing where the metric is not among them.
///
/// Where an instance answers and serves no metrics, other checks say why.
pub(super) fn of_scrape(
    case: &Case<'_>,
    judge: impl FnOnce(&Scraped<'_>) -> Option<Verdict>,
) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    match case.view.scraped(instance) {
        Some(scraped) => {
            Ok(judge(&scraped).unwrap_or(Verdict::NotApplicable("it does not serve this metric")))
        }
        None => without(case, instance),
    }
}

/// What can be said of an instance whose metrics nobody got.
fn without(case: &Case<'_>, instance: &Instance) -> Result<Verdict, Gap> {
    let what = || format!("the metrics of {} on {}", instance.component, instance.name);
    let gap = case.view.gap(instance, what());
    let asks_for_token = instance.named.is_none() && instance.component.profile().gate == Gate::Delegated;
    if case.view.best(instance).is_none() || matches!(gap.why, Why::Denied(_)) {
        return Err(gap);
    }
    if asks_for_token && !case.view.snapshot.wanted.as_agent && !case.view.agents.is_nobody() {
        let reason = "it was not asked with the account's token, which --as-agent allows";
        return Err(Gap::new(what(), Why::OutOfReach(reason.to_owned())));
    }
    Ok(Verdict::NotApplicable("it served no metrics, of which other checks tell"))
}

/// A claim about a scrape.
pub(super) fn seen(scraped: &Scraped<'_>, claim: String) -> Evidence {
    Evidence::in_probe(scraped.spec, claim)
}

/// A number of bytes as people read it.
pub(super) fn mebibytes(bytes: f64) -> String {
    format!("{:.0} MiB", bytes / (1024.0 * 1024.0))
}

/// A number of seconds as people read it.
pub(super) fn span(seconds: f64) -> String {
    const DAY: f64 = 86_400.0;
    const HOUR: f64 = 3_600.0;
    match seconds {
        _ if seconds < HOUR => format!("{:.0} minutes", seconds / 60.0),
        _ if seconds < 2.0 * DAY => format!("{:.0} hours", seconds / HOUR),
        _ => format!("{:.0} days", seconds / DAY),
    }
}
