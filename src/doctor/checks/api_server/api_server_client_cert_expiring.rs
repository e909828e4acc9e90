//! Clients show the API server certificates that end soon.

use crate::{
    doctor::{
        Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict,
        checks::scrape::{of_scrape, seen, span},
    },
    model::{component::Component, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("api-server-client-cert-expiring"),
    title: "clients show the API server certificates that end soon",
    subjects: Subjects::EachInstance(&[Component::ApiServer]),
    symptom_of: &[],
    explain: r"
What was seen
  Of the client certificates that were shown to this API server since it was started, more than one in a hundred had less
  than a week left.

What it means
  Somebody's certificate ends soon, or has ended: that of a component, a kubelet, or a person. The metric does not say
  whose, and it counts from the start of the API server, so that one which was renewed meanwhile still shows.

How to confirm by hand
  On each control-plane node:
    kubeadm certs check-expiration
    for file in /etc/kubernetes/*.conf; do grep client-certificate-data $file | awk '{print $2}' | base64 -d | openssl x509 -noout -subject -enddate; done

How to fix
  Renew what ends soon (kubeadm certs renew all), and restart the static pods that use it.

References
  kubernetes-mixin, alert KubeClientCertificateExpiration: the first percentile below 7 days is a warning, below one day
  critical.
",
    judge,
};

/// Source: kubernetes-mixin, `KubeClientCertificateExpiration`.
const PERCENTILE: f64 = 0.01;
const SOON: f64 = 7.0 * 86_400.0;

/// Of fewer than these no percentile can be told.
const ENOUGH: f64 = 100.0;

const SHOWN: &str = "apiserver_client_certificate_expiration_seconds_bucket";

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    of_scrape(case, |scraped| {
        let shown = scraped.samples(SHOWN).map(|(_, count)| count).fold(0.0, f64::max);
        let left = scraped.quantile(SHOWN, PERCENTILE).filter(|_| shown >= ENOUGH)?;
        let seen = seen(
            scraped,
            format!(
                "of {shown} client certificates 1 % had at most {} left when they were shown",
                span(left)
            ),
        );
        if left >= SOON {
            return Some(Verdict::pass(seen));
        }
        let lines = ["kubeadm certs check-expiration".to_owned(), "kubeadm certs renew all".to_owned()];
        let remedy = Remedy::run("find out whose, and renew it", Touches::ControlPlane, &lines)
            .knowing("on each control-plane node, as root; then restart the static pods that use it");
        // It may be over long since, so it is never more than a warning.
        let finding = Finding::warning(format!(
            "more than one in a hundred client certificates had less than {} left",
            span(SOON)
        ));
        Some(finding.seen([seen]).mend(remedy).found())
    })
}
