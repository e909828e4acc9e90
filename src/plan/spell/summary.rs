//! What a plan does, in a line for each component. The same lines stand in the values, in the folder's page and on stderr.

use crate::plan::{Instance, Outcome, Plan, Planned};

/// The distribution with what is known of this cluster of it.
pub(super) fn named(plan: &Plan) -> String {
    let identity = &plan.identity;
    let parts = [Some(identity.name), identity.variant.as_deref(), identity.version.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// A line for each component: how it is collected, or why not.
#[must_use]
pub fn summary(plan: &Plan) -> Vec<String> {
    plan.components.iter().map(line).collect()
}

fn line(planned: &Planned) -> String {
    let name = planned.component;
    match &planned.outcome {
        Outcome::Packaged { instances } => {
            format!("{name}: agents ask {} by themselves; nothing is to be written", addresses(instances))
        }
        Outcome::NodeCheck { instances } => {
            format!("{name}: agents on its nodes ask {}", addresses(instances))
        }
        Outcome::ClusterCheck { instances } => {
            format!(
                "{name}: the Cluster Agent has {} asked, at every address behind the Service",
                addresses(instances)
            )
        }
        Outcome::Native { switch, instances } => format!(
            "{name}: the switch for {} has {} asked, at every address behind the Service",
            switch.provider,
            addresses(instances)
        ),
        Outcome::Sidecar { .. } => {
            format!("{name}: the agent beside each pod asks it, through the API server")
        }
        Outcome::Left { reason, instead: Some(instead) } => {
            format!("{name}: NOT collected: {reason}; {instead}")
        }
        Outcome::Left { reason, instead: None } => format!("{name}: NOT collected: {reason}"),
    }
}

fn addresses(instances: &[Instance]) -> String {
    instances.iter().map(|it| it.urls().collect::<Vec<_>>().join(" or ")).collect::<Vec<_>>().join(" and ")
}
