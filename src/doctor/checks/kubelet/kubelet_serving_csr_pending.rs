//! Kubelets wait for somebody to approve their serving certificates.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, age},
    model::{
        around,
        component::Component,
        evidence::Evidence,
        observed::{Gap, Why},
        surroundings::SigningRequest,
    },
};
use jiff::SignedDuration;

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("kubelet-serving-csr-pending"),
    title: "kubelets wait for somebody to approve their serving certificates",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r"
What was seen
  Requests of kubelets for the signer kubernetes.io/kubelet-serving have neither been approved nor denied for ten minutes.

What it means
  With serverTLSBootstrap a kubelet has its serving certificate signed by the cluster, and nothing in Kubernetes approves
  such a request by itself. A kubelet that never got one breaks every connection off (`remote error: tls: internal error`,
  and `kubectl logs` fails as well); one whose certificate is about to end will.

How to confirm by hand
    kubectl get csr --field-selector spec.signerName=kubernetes.io/kubelet-serving

How to fix
  Approve what waits, after a look at who asks. Then let something approve the next ones: the provider's controller manager,
  or kubelet-serving-cert-approver.

References
  Kubernetes: TLS bootstrapping, approval. kubernetes#73356.
",
    judge,
};

/// How long a request may wait: an approver takes seconds.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// How many requests are named.
const MOST: usize = 10;

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    const WHAT: &str = "the requests of kubelets for serving certificates";
    let listed = case.view.snapshot.signing_requests(&around::signing_requests());
    let listed = listed.seen(WHAT)?;
    let now = case.view.now();
    let is_old = |request: &&SigningRequest| {
        request.created.is_none_or(|created| now.duration_since(created) > PATIENCE)
    };
    let waiting: Vec<&SigningRequest> = listed
        .items
        .iter()
        .filter(|request| request.conditions.is_empty() && !request.issued)
        .filter(is_old)
        .collect();
    if waiting.is_empty() {
        if !listed.complete {
            return Err(Gap::new(WHAT, Why::Partial));
        }
        let path = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
        return Ok(Verdict::pass(Evidence::at_path(path, "no request of a kubelet waits")));
    }
    let mut evidence: Vec<Evidence> =
        waiting.iter().take(MOST).map(|request| of_request(case, request)).collect();
    // Who breaks every connection off has no certificate at all, and is not merely about to renew it.
    let broken = case.view.instances_of(Component::Kubelet).filter_map(|kubelet| {
        let (spec, record) = case.view.best(kubelet)?;
        let alert = record.tls.as_ref()?.alert.as_deref()?;
        (alert == "internal_error").then(|| Evidence::in_probe(spec, "TLS alert internal_error"))
    });
    let broken: Vec<Evidence> = broken.collect();
    let summary =
        format!("{} requests of kubelets for serving certificates wait for approval", waiting.len());
    let finding = if broken.is_empty() { Finding::warning(summary) } else { Finding::error(summary) };
    evidence.extend(broken);
    let lines: Vec<String> = waiting
        .iter()
        .take(MOST)
        .map(|request| format!("kubectl certificate approve {}", request.name))
        .collect();
    let remedy = Remedy::run("approve them, after a look at who asks", Touches::ControlPlane, &lines)
        .knowing("the next ones wait as well, until something approves them: kubelet-serving-cert-approver, for one");
    Ok(finding.seen(evidence).mend(remedy).found())
}

fn of_request(case: &Case<'_>, request: &SigningRequest) -> Evidence {
    let since = request
        .created
        .map_or_else(String::new, |created| format!(", made {}", age::relative(case.view.now(), created)));
    let claim = format!("of {}{since}, neither approved nor denied", request.user);
    Evidence::in_object("CertificateSigningRequest", None, &request.name, Some("status.conditions"), claim)
}
