//! As whom an instance is asked: the account, or the token, of the workload that in fact asks it. It sends nothing.

use super::{
    Instance, Probed, View,
    cluster_agent::{TokenSource, token_source},
};
use crate::model::{
    agents::AgentRole,
    answer::{Answer, SecretEntry},
    component::{Component, Gate},
    observed::Observed,
    question::{AccountRef, Credential, Endpoint, Question},
    workload::Workload,
};

/// How the paths begin by which the API server is asked for a node's kubelet.
const NODES: &str = "/api/v1/nodes/";

/// How many different tokens the Cluster Agent is shown at the most: one for each role, and one more.
const MAX_SHARED_TOKENS: usize = 4;

impl<'a> View<'a> {
    /// The account that the node agents run as.
    #[must_use]
    pub fn agent_account(&self) -> Option<AccountRef> {
        self.agents.workloads.as_ref().ok()?.first().map(|workload| workload.account())
    }

    /// The workload that asks an instance: the one which runs its check. Node agents ask what runs on their node; a
    /// runner asks what only an annotation of a Service, or the Cluster Agent, tells of.
    #[must_use]
    pub fn asking(&self, instance: &Instance) -> Option<&'a Workload> {
        let node_agent = || self.agents.workloads.as_ref().ok()?.first().copied();
        if instance.component == Component::Kubelet {
            return node_agent();
        }
        self.configured(instance).ok().map(|configured| configured.workload).or_else(node_agent)
    }

    /// The account that asks an instance: that of the workload.
    #[must_use]
    pub fn asking_account(&self, instance: &Instance) -> Option<AccountRef> {
        self.asking(instance).map(Workload::account)
    }

    /// What an API server answered to the account of a sidecar that asked it for a kubelet.
    #[must_use]
    pub fn as_sidecar(&self, account: &AccountRef) -> Option<Probed<'a>> {
        self.snapshot.asked.iter().find_map(|asked| match (&asked.question, &asked.answer) {
            (Question::Probe(spec), Observed::Seen(Answer::Probe(record)))
                if spec.component == Component::ApiServer
                    && spec.endpoint.path.starts_with(NODES)
                    && spec.credential == Credential::Account(account.clone()) =>
            {
                Some((spec, record.as_ref()))
            }
            _ => None,
        })
    }

    /// What a sidecar asks of an API server, and as whom: a kubelet's metrics, of whichever node there is.
    pub(super) fn sidecar_request(&self, instance: &Instance) -> Option<(Endpoint, Credential)> {
        let sidecar = self.agents.identities().remove(&AgentRole::Sidecar)?;
        if instance.component != Component::ApiServer || instance.named.is_some() {
            return None;
        }
        self.snapshot.token(&sidecar.token()).value()?;
        let account = sidecar.account();
        let kubelet = self.instances_of(Component::Kubelet).find_map(|kubelet| kubelet.node.as_deref())?;
        let path = format!("{NODES}{kubelet}/proxy{}", Component::Kubelet.profile().path);
        Some((Endpoint { path, ..instance.endpoint.clone() }, Credential::Account(account)))
    }

    /// Whether runners are configured to ask a component that wants a token.
    #[must_use]
    pub fn runner_asks(&self) -> bool {
        self.instances.iter().filter(|instance| instance.component.profile().gate == Gate::Delegated).any(
            |instance| {
                let configured = self.configurations(instance).unwrap_or_default();
                configured.iter().any(|configured| configured.role == AgentRole::Runner)
            },
        )
    }

    /// The tokens, of those at hand, that an instance is asked with.
    pub(super) fn token_credentials(&self, instance: &Instance) -> Vec<Credential> {
        if let Some(credential @ Credential::TokenFile(_)) = instance.named_credential() {
            return vec![credential.clone()];
        }
        if !self.snapshot.wanted.as_agent || instance.named.is_some() {
            return Vec::new();
        }
        match instance.component.profile().gate {
            Gate::Delegated => self.accounts_asking(instance).into_iter().map(Credential::Account).collect(),
            Gate::SharedToken => self.shared_tokens(),
            Gate::ClientCertificate => Vec::new(),
        }
    }

    /// The API server is asked by everybody: node agents and runners for its metrics, and the Cluster Agent, which may
    /// read them by the chart's rules. All others are asked by one.
    fn accounts_asking(&self, instance: &Instance) -> Vec<AccountRef> {
        let workloads: Vec<&Workload> = if instance.component == Component::ApiServer {
            let identities = self.agents.identities();
            let roles = [AgentRole::NodeAgent, AgentRole::Runner, AgentRole::ClusterAgent];
            roles.iter().filter_map(|role| identities.get(role).copied()).collect()
        } else {
            self.asking(instance).into_iter().collect()
        };
        let has_token = |workload: &&Workload| self.snapshot.token(&workload.token()).value().is_some();
        let mut accounts: Vec<AccountRef> =
            workloads.into_iter().filter(has_token).map(Workload::account).collect();
        accounts.dedup();
        accounts
    }

    /// The tokens that workloads show the Cluster Agent; of equal ones the first.
    fn shared_tokens(&self) -> Vec<Credential> {
        let mut seen = Vec::new();
        let mut credentials = Vec::new();
        for (_, workload) in self.agents.of_all_roles() {
            let source = token_source(workload);
            let Ok(SecretEntry::Opaque { fingerprint, .. }) = self.token_entry(&source) else { continue };
            let TokenSource::Secret { namespace, name, key } = source else { continue };
            if !seen.contains(&fingerprint) && seen.len() < MAX_SHARED_TOKENS {
                seen.push(fingerprint);
                credentials.push(Credential::SecretToken { namespace, name, key });
            }
        }
        credentials
    }
}
