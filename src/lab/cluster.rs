//! What all servers of one practice cluster share. Only tokens and counters change while it runs.

use super::{
    access::{Credentials, Unauthorized, identify},
    clock::Clock,
    error::LabError,
    network::Network,
    objects,
    pki::Pki,
    request::Ask,
    seed::Seed,
    spec::LabSpec,
    store::Store,
    tokens::Tokens,
    verify::Trust,
};
use crate::{
    model::question::Permission,
    rbac::{Identity, Ruling, evaluate},
};
use rustls::crypto::CryptoProvider;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// The shared state of one cluster.
pub(super) struct Cluster {
    spec: LabSpec,
    clock: Clock,
    pki: Pki,
    trust: Trust,
    store: Store,
    tokens: Tokens,
    network: Network,
    crypto: Arc<CryptoProvider>,
    drawn: AtomicU64,
}

impl Cluster {
    /// Makes everything that the spec describes.
    pub(super) fn new(
        spec: LabSpec,
        network: Network,
        crypto: Arc<CryptoProvider>,
    ) -> Result<Self, LabError> {
        let clock = Clock::new(&spec);
        let pki = Pki::make(&spec)?;
        let trust = Trust::new(vec![pki.authority("ca")?.der().clone()], Arc::clone(&crypto))?;
        let store = Store::new(&spec, objects::all(&spec, &pki)?)?;
        let tokens = Tokens::new(&spec);
        Ok(Self { spec, clock, pki, trust, store, tokens, network, crypto, drawn: AtomicU64::new(0) })
    }

    pub(super) const fn spec(&self) -> &LabSpec {
        &self.spec
    }

    pub(super) const fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(super) const fn pki(&self) -> &Pki {
        &self.pki
    }

    /// Whose client certificates are good for Kubernetes.
    pub(super) const fn trust(&self) -> &Trust {
        &self.trust
    }

    pub(super) const fn store(&self) -> &Store {
        &self.store
    }

    pub(super) const fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    pub(super) const fn network(&self) -> &Network {
        &self.network
    }

    pub(super) const fn crypto(&self) -> &Arc<CryptoProvider> {
        &self.crypto
    }

    /// An id that no other request has.
    pub(super) fn next_id(&self, purpose: &str) -> String {
        let count = self.drawn.fetch_add(1, Ordering::Relaxed);
        self.seed().uuid(&format!("{purpose} {count}"))
    }

    pub(super) const fn seed(&self) -> Seed {
        Seed(self.spec.seed)
    }

    /// Who asks.
    pub(super) fn identify(&self, ask: &Ask, looked_at: Credentials) -> Result<Identity, Unauthorized> {
        identify(self, ask, looked_at)
    }

    /// Whether he may.
    pub(super) fn rule(&self, who: &Identity, action: &Permission) -> Ruling<'_> {
        evaluate(&self.spec.rights, who, action)
    }
}
