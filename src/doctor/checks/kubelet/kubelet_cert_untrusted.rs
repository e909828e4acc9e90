//! Agents verify the certificate of a kubelet with a CA that did not sign it.

use super::verified::{bootstrap, do_not_verify, of_certificate};
use crate::{
    certs::chain::reaches,
    doctor::{Case, Check, CheckId, Remedy, Subjects, Touches, Verdict},
    model::{
        component::Component,
        evidence::{Evidence, Locator},
        observed::Gap,
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("kubelet-cert-untrusted"),
    title: "agents verify the certificate of a kubelet with a CA that did not sign it",
    subjects: Subjects::EachInstance(&[Component::Kubelet]),
    symptom_of: &[],
    explain: r"
What was seen
  The agents verify their kubelet's certificate, and the chain that it serves does not lead to the CA that they verify it
  with: the cluster's own, where they are told of no other.

What it means
  The Agent breaks off: `x509: certificate signed by unknown authority`. A kubelet that is told nothing makes its
  certificate for itself, with a CA whose key nobody has. Some installers sign kubelets with a CA of its own.

How to confirm by hand
    openssl s_client -connect NODE:10250 -showcerts </dev/null 2>/dev/null | openssl x509 -noout -issuer
    kubectl -n datadog get configmap kube-root-ca.crt -o jsonpath='{.data.ca\.crt}' | openssl x509 -noout -subject

How to fix
  Let the cluster's CA sign the kubelets' certificates. Where another CA signs them, mount its certificate
  (datadog.kubelet.hostCAPath). As a last resort do not verify.

References
  datadog-agent#2480; integrations-core#2582. Measured on kubeadm 1.36: issuer NODE-ca@TIME.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    of_certificate(case, |verified| {
        let Some((leaf, rest)) = verified.chain.split_first() else {
            return Ok(Verdict::NotApplicable("no certificate was served"));
        };
        let trust = case.view.trust_of_kubelets(verified.workload)?;
        let issued = format!("its certificate is issued by {}", verified.facts.issuer);
        if reaches(leaf, rest, &trust.anchors) {
            return Ok(Verdict::pass(verified.seen(format!("{issued}, which {} holds", trust.origin))));
        }
        let summary = "agents verify this kubelet's certificate with a CA that did not sign it".to_owned();
        let held = Evidence {
            claim: "holds the CA that the agents verify it with".to_owned(),
            locator: Locator::Given(trust.origin),
        };
        let mount = Remedy::edit(
            "or, where another CA signs them, give the agents that one",
            Touches::Monitoring,
            "the Helm values",
            "datadog:\n  kubelet:\n    hostCAPath: PATH_OF_THE_CA_ON_THE_NODES\n",
        );
        let finding = verified.error(summary, verified.seen(issued)).seen([held]);
        Ok(finding.mend(bootstrap()).mend(mount).mend(do_not_verify()).found())
    })
}
