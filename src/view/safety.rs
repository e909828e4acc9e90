//! Whether a token may be sent to an endpoint: never first, and never to a stranger.

use super::{Approach, Instance, View, cluster_agent::token_source};
use crate::{
    certs::inspect::fingerprint,
    model::{
        answer::Rung,
        component::Gate,
        observed::{FailureKind, Observed, Why},
        question::{Credential, Endpoint, ProbeSpec, Scheme, Vantage},
    },
};

impl View<'_> {
    /// The probes with which an instance is to be asked, as far as it is known yet what is safe.
    ///
    /// Nobody comes first. A client certificate may follow at once: presenting it gives nothing away that a
    /// stranger could use. A token waits for what nobody saw.
    #[must_use]
    pub fn plan(&self, instance: &Instance) -> Vec<ProbeSpec> {
        let mut specs = Vec::new();
        for approach in &instance.approaches {
            if matches!(approach.vantage, Vantage::ApiServer(_)) {
                specs.push(spec(instance, approach, Credential::Caller, None));
            } else {
                specs.extend(self.over_a_stream(instance, approach));
            }
            if !self.is_fruitless(instance, approach) {
                break;
            }
        }
        specs
    }

    fn over_a_stream(&self, instance: &Instance, approach: &Approach) -> Vec<ProbeSpec> {
        let mut specs = vec![spec(instance, approach, Credential::Nobody, None)];
        if self.spoke_otherwise(instance, approach) {
            specs.push(in_other_scheme(instance, approach));
        }
        if let Some(credential) = self.certificate_credential(instance) {
            specs.push(spec(instance, approach, credential, None));
        }
        let tokens = self.token_credentials(instance);
        if !tokens.is_empty()
            && let Some(pin) = self.pin(instance, approach)
        {
            let with = |credential| spec(instance, approach, credential, Some(pin.clone()));
            specs.extend(tokens.into_iter().map(with));
            if let Some((endpoint, credential)) = self.sidecar_request(instance) {
                let vantage = approach.vantage.clone();
                specs.push(spec(instance, &Approach { vantage, endpoint }, credential, Some(pin.clone())));
            }
        }
        specs
    }

    /// Whether an approach was tried and showed nothing of the endpoint, so that the next one is worth trying.
    ///
    /// What the API server answers shows nothing of what the agents' account gets, so it does not end the search
    /// where that is wanted; and as that is known beforehand, the next one need not wait for it.
    fn is_fruitless(&self, instance: &Instance, approach: &Approach) -> bool {
        let through_api = matches!(approach.vantage, Vantage::ApiServer(_));
        // Nor does it show a kubelet's certificate, which agents that verify it have to do with.
        let is_verified = || matches!(self.verifying(instance), Ok(Some(_)));
        if through_api && (!self.token_credentials(instance).is_empty() || is_verified()) {
            return true;
        }
        let first = if through_api { Credential::Caller } else { Credential::Nobody };
        match self.snapshot.probe(&spec(instance, approach, first, None)) {
            Observed::NotAsked => false,
            Observed::Seen(record) if through_api => record.http.is_none(),
            Observed::Seen(record) => {
                let kind = record.failure.as_ref().map(|failure| failure.kind);
                record.rung < Rung::Handshaken && kind != Some(FailureKind::NotTls)
            }
            Observed::Absent | Observed::Denied(_) | Observed::Failed(_) => true,
        }
    }

    /// Whether what nobody saw looks as if the port spoke the other scheme.
    fn spoke_otherwise(&self, instance: &Instance, approach: &Approach) -> bool {
        let seen = self.probes(instance).find(|(spec, _)| {
            spec.credential == Credential::Nobody
                && spec.vantage == approach.vantage
                && spec.endpoint == approach.endpoint
        });
        let Some((_, record)) = seen else { return false };
        let kind = record.failure.as_ref().map(|failure| failure.kind);
        match approach.endpoint.scheme {
            Scheme::Https => kind == Some(FailureKind::NotTls),
            Scheme::Http => {
                record.http.is_none() && matches!(kind, Some(FailureKind::Closed | FailureKind::Protocol))
            }
        }
    }

    fn certificate_credential(&self, instance: &Instance) -> Option<Credential> {
        if let Some(credential @ Credential::ClientCertificate(_)) = instance.named_credential() {
            return Some(credential.clone());
        }
        if instance.named.is_some() || instance.component.profile().gate != Gate::ClientCertificate {
            return None;
        }
        let presented = self.client_certificate(instance).ok()??;
        Some(Credential::ClientCertificate(presented.source))
    }

    /// The right without which there was no token to show an instance, where one was wanted.
    pub(super) fn denied_token(&self, instance: &Instance) -> Option<Why> {
        if !self.snapshot.wanted.as_agent || instance.named.is_some() {
            return None;
        }
        let gap = match instance.component.profile().gate {
            Gate::Delegated => {
                self.snapshot.token(&self.asking(instance)?.token()).seen("the token").err()?
            }
            Gate::SharedToken => {
                let workload = self.agents.workloads.as_ref().ok()?.first()?;
                self.token_entry(&token_source(workload)).err()?
            }
            Gate::ClientCertificate => return None,
        };
        matches!(gap.why, Why::Denied(_)).then_some(gap.why)
    }

    /// The certificate that a token is tied to: what nobody saw there, where a token may be sent there at all.
    fn pin(&self, instance: &Instance, approach: &Approach) -> Option<String> {
        let (_, record) = self.probes(instance).find(|(spec, _)| {
            spec.credential == Credential::Nobody
                && spec.vantage == approach.vantage
                && spec.endpoint == approach.endpoint
        })?;
        if record.rung < Rung::Handshaken || approach.endpoint.scheme != Scheme::Https {
            return None;
        }
        let tls = record.tls.as_ref()?;
        let leaf = tls.chain.first()?;
        let reaches_authority = || {
            self.trust(instance)
                .ok()
                .flatten()
                .is_some_and(|trust| crate::certs::chain::reaches(leaf, &tls.chain[1..], &trust.anchors))
        };
        // Traffic to an address of its own never leaves the machine, and a port-forward ends in the pod.
        let is_safe = approach.endpoint.is_loopback()
            || instance.node.as_deref().is_some_and(|node| self.standing_on.contains(node))
            || matches!(approach.vantage, Vantage::PortForward(_))
            || reaches_authority()
            || self.snapshot.wanted.send_token_unverified;
        (is_safe && tls.key_proven).then(|| fingerprint(&leaf.0))
    }
}

/// The same place in the other scheme, as nobody.
pub(super) fn in_other_scheme(instance: &Instance, approach: &Approach) -> ProbeSpec {
    let scheme = match approach.endpoint.scheme {
        Scheme::Http => Scheme::Https,
        Scheme::Https => Scheme::Http,
    };
    let endpoint = Endpoint { scheme, ..approach.endpoint.clone() };
    let approach = Approach { vantage: approach.vantage.clone(), endpoint };
    spec(instance, &approach, Credential::Nobody, None)
}

fn spec(instance: &Instance, approach: &Approach, credential: Credential, pin: Option<String>) -> ProbeSpec {
    ProbeSpec {
        component: instance.component,
        endpoint: approach.endpoint.clone(),
        vantage: approach.vantage.clone(),
        credential,
        pin,
    }
}
