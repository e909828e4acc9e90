//! What to do about a client certificate that etcd does not take, the least invasive first.

use super::presented::Examined;
use crate::{
    doctor::{Remedy, Step, Touches},
    model::question::CertificateSource,
    view::Instance,
};

/// The remedies for a certificate that has to be replaced.
pub(super) fn replace(examined: &Examined<'_>) -> Vec<Remedy> {
    let mut remedies: Vec<Remedy> = without_certificate(examined.instance).into_iter().collect();
    remedies.push(issue_again(examined.instance, &examined.presented.source));
    remedies
}

/// Where etcd opens a metrics URL of its own, no certificate is needed at all.
pub(super) fn without_certificate(instance: &Instance) -> Option<Remedy> {
    let url = instance
        .flags
        .as_ref()?
        .get("listen-metrics-urls")?
        .split(',')
        .find(|url| url.starts_with("http://"))?
        .trim_end_matches('/')
        .to_owned();
    Some(Remedy {
        title: "ask etcd's own metrics URL on the node, which needs no certificate".to_owned(),
        steps: vec![
            Step::Edit {
                file: "etcd.yaml of the agents' confd (datadog.confd in the Helm values)".to_owned(),
                change: format!(
                    "ad_identifiers: [etcd]\ninit_config: {{}}\ninstances:\n  - prometheus_url: {url}/metrics\n"
                ),
            },
            Step::Read("it listens on the node itself: agents on the host's network reach it, others do not"),
        ],
        touches: Touches::Monitoring,
    })
}

/// Has a certificate issued by the CA that etcd trusts, and puts it where the agents read it.
pub(in crate::doctor::checks) fn issue_again(instance: &Instance, source: &CertificateSource) -> Remedy {
    let ca = instance
        .flags
        .as_ref()
        .and_then(|flags| flags.get("trusted-ca-file"))
        .filter(|path| path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._".contains(&byte)));
    let (authority, key) = match ca {
        Some(path) => (
            path.clone(),
            path.strip_suffix(".crt").map_or_else(|| "ca.key".to_owned(), |stem| format!("{stem}.key")),
        ),
        None => ("ca.crt".to_owned(), "ca.key".to_owned()),
    };
    let issue = format!("ctlmon certs issue --ca-cert {authority} --ca-key {key}");
    let mut steps =
        vec![Step::Read("on a control-plane node, as root, where the CA that etcd trusts has its key:")];
    match source {
        CertificateSource::Secret { namespace, name, certificate, key } => {
            let key = key.as_deref().unwrap_or("tls.key");
            let made = if (certificate.as_str(), key) == ("tls.crt", "tls.key") {
                vec![format!("{issue} --secret {namespace}/{name} | kubectl apply -f -")]
            } else {
                vec![
                    format!("{issue} --out etcd-client"),
                    format!(
                        "kubectl -n {namespace} create secret generic {name} --from-file=ca.crt=etcd-client/ca.crt --from-file={certificate}=etcd-client/client.crt --from-file={key}=etcd-client/client.key --dry-run=client -o yaml | kubectl apply -f -"
                    ),
                ]
            };
            let restart = format!("kubectl -n {namespace} delete pod -l app.kubernetes.io/component=agent");
            steps.push(Step::Run(made.into_iter().chain([restart]).collect()));
        }
        CertificateSource::Files { .. } => {
            steps.push(Step::Run(vec![format!("{issue} --out etcd-client")]));
            steps.push(Step::Read("put client.crt and client.key of that folder in place of the two files"));
        }
    }
    steps.push(Step::Read(
        "with etcd's own authorisation off, as everywhere, any certificate of this CA reads and writes the whole cluster: keep the key as you keep the cluster's own",
    ));
    Remedy {
        title: "issue a client certificate by the CA that etcd trusts, for client authentication".to_owned(),
        steps,
        touches: Touches::Monitoring,
    }
}
