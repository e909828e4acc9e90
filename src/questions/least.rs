//! The least rights for what somebody is about to do: those of its occasions, in the namespaces that are meant, without any
//! that another one includes.

use super::needs::{AGENTS_NAMESPACE, SIDECAR_NAMESPACE, needs};
use crate::model::{
    need::{Need, Occasion},
    question::Permission,
};

/// What somebody is about to do, and where.
#[derive(Clone, Debug)]
pub struct Purpose {
    /// The occasions.
    pub occasions: Vec<Occasion>,
    /// The namespace of the agents.
    pub agents: String,
    /// The namespaces of applications with an Agent for a sidecar.
    pub sidecars: Vec<String>,
}

/// The rights that this takes, each once.
#[must_use]
pub fn least(purpose: &Purpose) -> Vec<Need> {
    let wanted: Vec<Need> = needs()
        .into_iter()
        .filter(|need| purpose.occasions.contains(&need.occasion))
        .flat_map(|need| placed(&need, purpose))
        .collect();
    let is_included = |place: usize, need: &Need| {
        wanted.iter().enumerate().any(|(other, by)| {
            let is_same = by.permission == need.permission;
            other != place && by.covers(&need.permission) && (!is_same || other < place)
        })
    };
    let kept = wanted.iter().enumerate().filter(|(place, need)| !is_included(*place, need));
    kept.map(|(_, need)| need.clone()).collect()
}

/// A right in the namespaces that are meant by those of the examples.
fn placed(need: &Need, purpose: &Purpose) -> Vec<Need> {
    let Permission::Resource { namespace: Some(example), .. } = &need.permission else {
        return vec![need.clone()];
    };
    let meant: Vec<&String> = match example.as_str() {
        AGENTS_NAMESPACE => vec![&purpose.agents],
        SIDECAR_NAMESPACE => purpose.sidecars.iter().collect(),
        _ => return vec![need.clone()],
    };
    let within = |name: &String| {
        let mut need = need.clone();
        if let Permission::Resource { namespace, .. } = &mut need.permission {
            *namespace = Some(name.clone());
        }
        need
    };
    meant.into_iter().map(within).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights(occasions: &[Occasion], agents: &str, sidecars: &[&str]) -> Vec<String> {
        let purpose = Purpose {
            occasions: occasions.to_vec(),
            agents: agents.to_owned(),
            sidecars: sidecars.iter().map(|name| (*name).to_owned()).collect(),
        };
        least(&purpose).iter().map(|need| need.permission.to_string()).collect()
    }

    #[test]
    fn a_right_that_another_one_includes_is_not_given() {
        let detect = rights(&[Occasion::Detect], "datadog", &[]);
        assert!(detect.contains(&"list pods in namespace kube-system".to_owned()), "{detect:?}");
        let doctor = rights(&[Occasion::Detect, Occasion::Doctor], "datadog", &[]);
        assert!(doctor.contains(&"list pods".to_owned()), "{doctor:?}");
        assert!(!doctor.iter().any(|right| right.starts_with("list pods in")), "{doctor:?}");
    }

    #[test]
    fn namespaces_are_those_that_are_meant() {
        let all = rights(&Occasion::ALL, "monitoring", &["one", "two"]);
        let secrets: Vec<&String> = all.iter().filter(|right| right.starts_with("get secrets in")).collect();
        let namespaces = ["monitoring", "one", "two"].map(|name| format!("get secrets in namespace {name}"));
        assert_eq!(secrets, namespaces.iter().collect::<Vec<_>>());
        let example = format!("in namespace {AGENTS_NAMESPACE}");
        assert!(!all.iter().any(|right| right.ends_with(&example) || right.contains("shop")), "{all:?}");
        assert!(!rights(&Occasion::ALL, "a", &[]).iter().any(|right| right.contains("shop")));
    }
}
