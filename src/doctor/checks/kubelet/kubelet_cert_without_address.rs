//! Agents ask a kubelet by its node's address, which its certificate does not bear.

use super::verified::{bootstrap, do_not_verify, of_certificate};
use crate::{
    doctor::{Case, Check, CheckId, Remedy, Subjects, Touches, Verdict},
    model::{component::Component, observed::Gap},
};
use std::net::IpAddr;

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("kubelet-cert-without-address"),
    title: "agents ask a kubelet by its node's address, which its certificate does not bear",
    subjects: Subjects::EachInstance(&[Component::Kubelet]),
    symptom_of: &[CheckId("kubelet-cert-untrusted")],
    explain: r"
What was seen
  The agents are told to ask their kubelet by status.hostIP, and the certificate that it serves has no such address among
  its alternative names.

What it means
  The Agent breaks off: `x509: cannot validate certificate for ADDRESS because it doesn't contain any IP SANs`, and says of
  it above the level DEBUG only `Unable to detect the kubelet URL automatically`. A certificate that a kubelet makes for
  itself bears the node's name alone.

How to confirm by hand
    openssl s_client -connect NODE:10250 </dev/null 2>/dev/null | openssl x509 -noout -ext subjectAltName

How to fix
  Let the cluster's CA sign the kubelets' certificates, which then bear name and addresses. Or ask by the node's name, if
  it is in the certificate and pods can resolve it.

References
  integrations-core#2582; kubernetes#59372. Measured on kubeadm 1.36: DNS name of the node only.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    of_certificate(case, |verified| {
        let host = case.view.asked_host(verified.workload, verified.node)?;
        if host.parse::<IpAddr>().is_err() {
            return Ok(Verdict::NotApplicable("agents ask it by a name"));
        }
        let seen = verified.seen(format!("its certificate is valid for {}", verified.facts.describe_hosts()));
        if verified.facts.names_host(&host) {
            return Ok(Verdict::pass(seen));
        }
        let summary = format!("agents ask this kubelet by {host}, which its certificate does not bear");
        let finding = verified.error(summary, seen).mend(bootstrap());
        let by_name = Remedy::edit(
            "or ask by the node's name",
            Touches::Monitoring,
            "the Helm values",
            "datadog:\n  kubelet:\n    host:\n      valueFrom:\n        fieldRef:\n          fieldPath: spec.nodeName\n",
        )
        .knowing("if pods can resolve it");
        let is_named = verified.facts.names_host(&verified.node.name);
        let finding = if is_named { finding.mend(by_name) } else { finding };
        Ok(finding.mend(do_not_verify()).found())
    })
}
