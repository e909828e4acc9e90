//! A certificate of a kubelet ends soon, and it has not got another.

use crate::{
    doctor::{
        Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict,
        checks::scrape::{of_scrape, seen, span},
    },
    model::{component::Component, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("kubelet-certificate-expiring"),
    title: "a certificate of a kubelet ends soon, and it has not got another",
    subjects: Subjects::EachInstance(&[Component::Kubelet]),
    symptom_of: &[],
    explain: r"
What was seen
  The kubelet says of its client certificate, or of its serving certificate, that less than a week of it is left.

What it means
  A kubelet asks for the next certificate when a fifth of the time is left, which is weeks before the end. So somebody
  has not signed it: the request for a serving certificate waits for approval, the controller-manager signs nothing, or
  rotation is off. When it ends the node is NotReady (client certificate), or nobody who verifies can ask its kubelet
  (serving certificate).

How to confirm by hand
    kubectl get csr
  On the node:
    openssl x509 -in /var/lib/kubelet/pki/kubelet-client-current.pem -noout -enddate

How to fix
  Approve what waits, if it is the node's. Turn rotateCertificates on in the kubelet's configuration.

References
  kubernetes-mixin, alerts KubeletClientCertificateExpiration and KubeletServerCertificateExpiration (7 days warning, 1 day
  critical).
",
    judge,
};

/// The seconds that are left from which on it is a warning, and an error.
///
/// Source: kubernetes-mixin, `KubeletClientCertificateExpiration`.
const SOON: f64 = 7.0 * 86_400.0;
const VERY_SOON: f64 = 86_400.0;

const CERTIFICATES: [(&str, &str); 2] = [
    ("client", "kubelet_certificate_manager_client_ttl_seconds"),
    ("serving", "kubelet_certificate_manager_server_ttl_seconds"),
];

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    of_scrape(case, |scraped| {
        // Where a kubelet does not look after a certificate it says that it never ends.
        let left = CERTIFICATES.iter().filter_map(|(which, name)| {
            Some((*which, scraped.value(name).filter(|seconds| seconds.is_finite())?))
        });
        let (which, left) = left.min_by(|a, b| a.1.total_cmp(&b.1))?;
        let words = if left > 0.0 { format!("ends in {}", span(left)) } else { "has ended".to_owned() };
        let seen = seen(scraped, format!("its {which} certificate {words}"));
        if left >= SOON {
            return Some(Verdict::pass(seen));
        }
        let summary = format!("the {which} certificate of this kubelet {words}, and it has not got another");
        let finding = if left < VERY_SOON { Finding::error(summary) } else { Finding::warning(summary) };
        let lines = ["kubectl get csr".to_owned(), "kubectl certificate approve NAME".to_owned()];
        let remedy =
            Remedy::run("approve the request that waits, if it is the node's", Touches::ControlPlane, &lines)
                .knowing("where none waits, turn rotateCertificates on, or join the node again");
        Some(finding.seen([seen]).mend(remedy).found())
    })
}
