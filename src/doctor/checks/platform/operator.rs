//! What the checks of the operator share: its own objects, where it is installed.

use crate::{
    doctor::Case,
    model::{
        around,
        evidence::Evidence,
        observed::{Gap, Observed, Why},
        surroundings::DatadogAgent,
    },
};

/// Every `DatadogAgent` that was read; `None` where there are none.
///
/// # Errors
/// A gap where their group is served and they could not be read.
pub(super) fn agents<'a>(case: &Case<'a>) -> Result<Option<&'a [DatadogAgent]>, Gap> {
    const WHAT: &str = "the DatadogAgents";
    let snapshot = case.view.snapshot;
    let groups = snapshot.api_groups();
    let groups = groups.seen("the API groups")?;
    let is_served = |group: &String| group.split('/').next() == Some(around::OPERATOR_GROUP);
    if !groups.iter().any(is_served) {
        return Ok(None);
    }
    match snapshot.datadog_agents(&around::datadog_agents()) {
        Observed::Seen(listed) if listed.items.is_empty() && listed.complete => Ok(None),
        Observed::Seen(listed) if listed.items.is_empty() => Err(Gap::new(WHAT, Why::Partial)),
        Observed::Seen(listed) => Ok(Some(&listed.items)),
        // The definition may be gone though its group is served still.
        Observed::Absent => Ok(None),
        other => other.seen(WHAT).map(|_| None),
    }
}

/// A claim about what a `DatadogAgent` says of itself.
pub(super) fn of_condition(agent: &DatadogAgent, claim: &str) -> Evidence {
    let field = Some("status.conditions");
    Evidence::in_object("DatadogAgent", Some(&agent.namespace), &agent.name, field, claim)
}
