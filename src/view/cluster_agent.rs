//! How agents of every role are configured to find the Cluster Agent and to show that they belong to it.

use super::View;
use crate::model::{
    agent_role::agent_containers,
    agents::{self, TOKEN_VARIABLE},
    answer::SecretEntry,
    component::Component,
    observed::{Gap, Observed, Why},
    question::{Endpoint, Question, Scheme},
    workload::{EnvSource, Workload},
};

/// Where a workload takes its token from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// An entry of a Secret of its own namespace.
    Secret {
        /// The Secret's namespace.
        namespace: String,
        /// The Secret's name.
        name: String,
        /// The entry.
        key: String,
    },
    /// It is written into the workload itself, where it is not read.
    Written,
    /// Nowhere.
    Missing,
}

/// Where a workload looks for the Cluster Agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// At a URL.
    Url(Endpoint),
    /// At a URL that cannot be used; the text and why.
    BadUrl(String, &'static str),
    /// At a Service of its own namespace, by the variables that the kubelet sets for it.
    Service(String),
    /// At a URL that comes from another object, or is put together of other variables; neither is read.
    Unread,
    /// It is not told to.
    Disabled,
}

/// Where the agent's container of a workload takes its token from.
#[must_use]
pub fn token_source(workload: &Workload) -> TokenSource {
    if let Some(EnvSource::Secret { name, key }) =
        agent_containers(workload).find_map(|container| container.env_from.get(TOKEN_VARIABLE))
    {
        return TokenSource::Secret {
            namespace: workload.namespace.clone(),
            name: name.clone(),
            key: key.clone(),
        };
    }
    if agent_containers(workload).any(|container| container.env.contains_key(TOKEN_VARIABLE)) {
        TokenSource::Written
    } else {
        TokenSource::Missing
    }
}

/// The variable that names the Cluster Agent's URL.
pub const URL_VARIABLE: &str = "DD_CLUSTER_AGENT_URL";

/// The variable that names the Cluster Agent's Service.
pub const SERVICE_VARIABLE: &str = "DD_CLUSTER_AGENT_KUBERNETES_SERVICE_NAME";

/// The variable without which no Agent asks a Cluster Agent.
pub const SWITCH: &str = "DD_CLUSTER_AGENT_ENABLED";

/// The Service that an Agent looks for where none is named to it.
///
/// Source: the default of `cluster_agent.kubernetes_service_name` in the Agent's `pkg/config/setup`.
const DEFAULT_SERVICE: &str = "datadog-cluster-agent";

/// Where the agent's container of a workload looks for the Cluster Agent.
///
/// Source: the Agent's order: `DD_CLUSTER_AGENT_URL`, then the variables of the Service that
/// `DD_CLUSTER_AGENT_KUBERNETES_SERVICE_NAME` names.
#[must_use]
pub fn address(workload: &Workload) -> Address {
    let variable = |name: &str| {
        agent_containers(workload)
            .find_map(|container| container.env.get(name))
            .filter(|value| !value.is_empty())
    };
    let is_referred_to =
        agent_containers(workload).any(|container| container.env_from.contains_key(URL_VARIABLE));
    // Who gives a URL means it, though without the switch the Agent asks nobody; that is no fault of the address.
    let is_meant = match variable(SWITCH) {
        Some(value) => value != "false",
        None => variable(URL_VARIABLE).is_some() || is_referred_to,
    };
    if !is_meant {
        return Address::Disabled;
    }
    // The kubelet puts the values of other variables in the place of `$(NAME)`.
    if is_referred_to || variable(URL_VARIABLE).is_some_and(|url| url.contains("$(")) {
        return Address::Unread;
    }
    if let Some(url) = variable(URL_VARIABLE) {
        let with_scheme = if url.contains("://") { url.clone() } else { format!("https://{url}") };
        return match with_scheme.parse::<Endpoint>() {
            Ok(endpoint) if endpoint.scheme == Scheme::Https => Address::Url(endpoint),
            Ok(_) => Address::BadUrl(url.clone(), "its scheme is not https"),
            Err(_) => Address::BadUrl(url.clone(), "it is no URL"),
        };
    }
    Address::Service(variable(SERVICE_VARIABLE).map_or(DEFAULT_SERVICE, String::as_str).to_owned())
}

/// The Service and namespace that an address leads to, where it leads to one inside the cluster.
#[must_use]
pub fn service_of(workload: &Workload, address: &Address) -> Option<(String, String)> {
    match address {
        Address::Service(name) => Some((workload.namespace.clone(), name.clone())),
        Address::Url(endpoint) => {
            let mut labels = endpoint.host.split('.');
            let name = labels.next()?.to_owned();
            match (labels.next(), labels.next()) {
                (None, _) => Some((workload.namespace.clone(), name)),
                (Some(namespace), None | Some("svc")) => Some((namespace.to_owned(), name)),
                // Another domain: no Service of this cluster.
                (Some(_), Some(_)) => None,
            }
        }
        Address::BadUrl(..) | Address::Unread | Address::Disabled => None,
    }
}

impl<'a> View<'a> {
    /// The Cluster Agent that a workload belongs to: the one whose Service it is led to, else that of its own
    /// namespace, else the first.
    ///
    /// # Errors
    /// A gap where the Cluster Agents could not be listed.
    pub fn cluster_agent_of(&self, workload: &Workload) -> Result<Option<&'a Workload>, Gap> {
        let found = self.agents.cluster_agents()?;
        let (namespace, service) = service_of(workload, &address(workload))
            .map_or((workload.namespace.clone(), None), |(namespace, service)| (namespace, Some(service)));
        let fits = |candidate: &&Workload| {
            let is_near = candidate.namespace == namespace;
            (is_near && service.as_ref() == Some(&candidate.name), is_near)
        };
        // Of equals the first one: `max_by_key` gives the last.
        Ok(found.into_iter().rev().max_by_key(fits))
    }

    /// Why no pod of the Cluster Agent was found, where the agents are told to ask one and its pods could not be listed.
    #[must_use]
    pub fn unfound_cluster_agent(&self) -> Option<Gap> {
        let is_wanted =
            self.agents.of_all_roles().any(|(_, workload)| address(workload) != Address::Disabled);
        if !is_wanted || self.instances_of(Component::ClusterAgent).next().is_some() {
            return None;
        }
        agents::cluster_agent_pods()
            .into_iter()
            .filter_map(|spec| {
                self.snapshot.answer(&Question::List(spec)).seen("the Cluster Agent's pods").err()
            })
            .find(|gap| gap.why != Why::NotAsked)
    }

    /// What is known of a token: its entry in a Secret.
    ///
    /// # Errors
    /// A gap where the Secret cannot be read, or lacks the entry.
    pub fn token_entry(&self, source: &TokenSource) -> Result<&'a SecretEntry, Gap> {
        let TokenSource::Secret { namespace, name, key } = source else {
            return Err(Gap::new(
                "the token",
                Why::OutOfReach("it is written into the workload itself, where it is not read".to_owned()),
            ));
        };
        let what = format!("Secret {namespace}/{name}, entry {key}");
        match self.snapshot.secret(namespace, name) {
            Observed::Seen(facts) => facts
                .entries
                .get(key)
                .ok_or_else(|| Gap::new(what, Why::Failed("the Secret has no such entry".to_owned()))),
            other => Err(other.seen(&what).err().unwrap_or_else(|| Gap::new(what, Why::NotAsked))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::workload::WorkloadContainer;

    /// An agent with these variables; one without a value comes from a Secret.
    fn agent(variables: &[(&str, Option<&str>)]) -> Workload {
        let source = || EnvSource::Secret { name: "s".to_owned(), key: "k".to_owned() };
        let container = WorkloadContainer {
            env: variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.unwrap_or_default().to_owned()))
                .collect(),
            env_from: variables
                .iter()
                .filter(|(_, value)| value.is_none())
                .map(|(name, _)| ((*name).to_owned(), source()))
                .collect(),
            ..WorkloadContainer::default()
        };
        Workload { namespace: "shop".to_owned(), containers: vec![container], ..Workload::default() }
    }

    fn check(variables: &[(&str, Option<&str>)], expected: Option<(&str, &str)>, is_meant: bool) {
        let workload = agent(variables);
        let found = address(&workload);
        let service = service_of(&workload, &found);
        let service = service.as_ref().map(|(namespace, name)| (namespace.as_str(), name.as_str()));
        assert_eq!((service, found != Address::Disabled), (expected, is_meant), "{variables:?}: {found:?}");
    }

    #[test]
    fn an_address_leads_to_a_service_of_a_namespace() {
        let (on, url) = ("DD_CLUSTER_AGENT_ENABLED", "DD_CLUSTER_AGENT_URL");
        let by_name = ("DD_CLUSTER_AGENT_KUBERNETES_SERVICE_NAME", Some("dca"));
        check(&[(on, Some("true")), by_name], Some(("shop", "dca")), true);
        check(&[(on, Some("false")), by_name], None, false);
        check(&[by_name], None, false);
        check(&[(on, Some("true"))], Some(("shop", "datadog-cluster-agent")), true);
        // The URL comes first, and who gives one means it.
        check(&[(url, Some("https://dca.dd.svc.cluster.local:5005")), by_name], Some(("dd", "dca")), true);
        check(&[(url, Some("https://dca:5005"))], Some(("shop", "dca")), true);
        check(&[(url, Some("https://dca.example.com:5005"))], None, true);
    }

    #[test]
    fn what_is_not_read_is_no_fault() {
        let url = "DD_CLUSTER_AGENT_URL";
        assert_eq!(address(&agent(&[(url, None)])), Address::Unread);
        assert_eq!(address(&agent(&[(url, Some("https://$(HOST):5005"))])), Address::Unread);
        assert!(matches!(address(&agent(&[(url, Some("http://dca:5005"))])), Address::BadUrl(..)));
    }
}
