//! Agents ask a kubelet by a name which its certificate does not bear.

use super::verified::{bootstrap, do_not_verify, of_certificate};
use crate::{
    doctor::{Case, Check, CheckId, Remedy, Subjects, Touches, Verdict},
    model::{component::Component, observed::Gap},
};
use std::net::IpAddr;

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("kubelet-cert-wrong-name"),
    title: "agents ask a kubelet by a name which its certificate does not bear",
    subjects: Subjects::EachInstance(&[Component::Kubelet]),
    symptom_of: &[CheckId("kubelet-cert-untrusted")],
    explain: r"
What was seen
  The agents ask their kubelet by a name, and the certificate that it serves is valid for other names.

What it means
  The Agent breaks off: `x509: certificate is valid for A, not B`, which it logs at the level DEBUG only. Most often one
  of the two is the short name and the other one has the domain.

How to confirm by hand
    openssl s_client -connect NODE:10250 </dev/null 2>/dev/null | openssl x509 -noout -ext subjectAltName
    kubectl get node NODE -o jsonpath='{.status.addresses}'

How to fix
  Ask by the node's address, if the certificate bears that; else let the cluster's CA sign certificates with both names.

References
  datadog-agent#2480. The Agent's pkg/util/kubernetes/kubelet.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    of_certificate(case, |verified| {
        let host = case.view.asked_host(verified.workload, verified.node)?;
        if host.parse::<IpAddr>().is_ok() {
            return Ok(Verdict::NotApplicable("agents ask it by an address"));
        }
        let seen = verified.seen(format!("its certificate is valid for {}", verified.facts.describe_hosts()));
        if verified.facts.names_host(&host) {
            return Ok(Verdict::pass(seen));
        }
        let finding = verified
            .error(format!("agents ask this kubelet by {host}, which its certificate does not bear"), seen);
        let by_address = Remedy::edit(
            "ask by the node's address",
            Touches::Monitoring,
            "the Helm values",
            "datadog:\n  kubelet:\n    host:\n      valueFrom:\n        fieldRef:\n          fieldPath: status.hostIP\n",
        );
        let address = verified.node.address("InternalIP");
        let is_named = address.is_some_and(|address| verified.facts.names_host(address));
        let finding = if is_named { finding.mend(by_address) } else { finding };
        Ok(finding.mend(bootstrap()).mend(do_not_verify()).found())
    })
}
