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
pub(super) fn issue_again(instance: &Instance, source: &CertificateSource) -> Remedy {
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
    let mut steps = vec![
        Step::Read("on a control-plane node, as root, where the CA that etcd trusts has its key:"),
        Step::Run(vec![
            "umask 077".to_owned(),
            "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=datadog-agent -keyout tls.key -out tls.csr".to_owned(),
            "printf 'basicConstraints=critical,CA:FALSE\\nkeyUsage=critical,digitalSignature\\nextendedKeyUsage=clientAuth\\n' > tls.ext".to_owned(),
            format!("openssl x509 -req -in tls.csr -CA {authority} -CAkey {key} -CAcreateserial -days 365 -sha256 -extfile tls.ext -out tls.crt"),
        ]),
    ];
    match source {
        CertificateSource::Secret { namespace, name, certificate, key } => {
            let key = key.as_deref().unwrap_or("tls.key");
            steps.push(Step::Run(vec![
                format!(
                    "kubectl -n {namespace} create secret generic {name} --from-file=ca.crt={authority} --from-file={certificate}=tls.crt --from-file={key}=tls.key --dry-run=client -o yaml | kubectl apply -f -"
                ),
                format!("kubectl -n {namespace} delete pod -l app.kubernetes.io/component=agent"),
            ]));
        }
        CertificateSource::Files { .. } => {
            steps.push(Step::Read("put tls.crt and tls.key in place of the two files"));
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
