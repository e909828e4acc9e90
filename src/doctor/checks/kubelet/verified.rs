//! What the four checks of kubelets' certificates share: the certificate, by which host agents ask for it, and with which CA
//! they verify it. Who does not verify is not hurt, so nothing is judged then.

use crate::{
    certs::{self, CertificateFacts},
    doctor::{Case, Finding, Remedy, Touches, Verdict},
    model::{
        answer::Der,
        evidence::Evidence,
        facts::Node,
        observed::{Gap, Why},
        question::ProbeSpec,
        workload::Workload,
    },
};

/// A kubelet's certificate that agents verify.
pub(super) struct Verified<'a> {
    pub(super) spec: &'a ProbeSpec,
    pub(super) node: &'a Node,
    pub(super) workload: &'a Workload,
    pub(super) chain: &'a [Der],
    pub(super) facts: CertificateFacts,
}

/// Judges the certificate of the case's kubelet, where agents verify it.
pub(super) fn of_certificate(
    case: &Case<'_>,
    judge: impl FnOnce(&Verified<'_>) -> Result<Verdict, Gap>,
) -> Result<Verdict, Gap> {
    let kubelet = case.instance()?;
    let Some(node) = case.view.node_of(kubelet) else {
        return Ok(Verdict::NotApplicable("a named endpoint is verified with --ca or not at all"));
    };
    if case.view.is_asked_by_nobody(kubelet) {
        return Ok(Verdict::NotApplicable("no Datadog Agent asks it"));
    }
    let Some(workload) = case.view.verifying(kubelet)? else {
        return Ok(Verdict::NotApplicable("no agent of this node verifies its kubelet's certificate"));
    };
    let served = case.view.probes(kubelet).find_map(|(spec, record)| {
        let chain = record.tls.as_ref()?.chain.as_slice();
        Some((spec, chain, chain.first()?))
    });
    let what = format!("the serving certificate of kubelet on {}", kubelet.name);
    let Some((spec, chain, leaf)) = served else {
        let gap = case.view.gap(kubelet, what);
        let why = match gap.why {
            Why::NotAsked => Why::OutOfReach("no connection to it could be made from here".to_owned()),
            why => why,
        };
        return Err(Gap { why, ..gap });
    };
    let facts = certs::inspect(&leaf.0).map_err(|error| Gap::new(what, Why::Failed(error.to_string())))?;
    judge(&Verified { spec, node, workload, chain, facts })
}

impl Verified<'_> {
    /// A claim about the certificate.
    pub(super) fn seen(&self, claim: String) -> Evidence {
        Evidence::in_probe(self.spec, claim)
    }

    /// An error about it, with that the agents verify it, and what mends it: the best way, then the last.
    pub(super) fn error(&self, summary: String, seen: Evidence) -> Finding {
        let field = Some("spec.template.spec.containers");
        let verify = Evidence::in_workload(self.workload, field, "DD_KUBELET_TLS_VERIFY is not false");
        Finding::error(summary).seen([seen, verify])
    }
}

/// Certificates that the cluster's CA signs, with names and addresses of the node.
pub(super) fn bootstrap() -> Remedy {
    Remedy::edit(
        "let the cluster's CA sign the certificates of kubelets",
        Touches::ControlPlane,
        "/var/lib/kubelet/config.yaml on each node, and ConfigMap kube-system/kubelet-config for nodes that join",
        "serverTLSBootstrap: true\n",
    )
    .knowing("restart the kubelets, and approve their requests (kubectl get csr): nobody approves these by himself")
}

/// The last resort.
pub(super) fn do_not_verify() -> Remedy {
    Remedy::edit(
        "or do not verify them",
        Touches::Monitoring,
        "the Helm values",
        "datadog:\n  kubelet:\n    tlsVerify: false\n",
    )
    .knowing("the token of the agents' account then goes to whoever answers at the node's address")
}
