//! Nothing is configured for etcd, and what the Agent's package brings along asks it without TLS.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{component::Component, evidence::Evidence, observed::Gap},
    view::Instance,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("etcd-packaged-check-over-http"),
    title: "the Agent's packaged check asks etcd without TLS, which it does not serve",
    subjects: Subjects::EachInstance(&[Component::Etcd]),
    symptom_of: &[],
    explain: r"
What was seen
  etcd's flags open its client port with TLS alone, no check of etcd is written anywhere, and the agents
  attach the one that their package brings along.

What it means
  That one asks http://localhost:2379/metrics (newer packages were not seen to ask otherwise). The Agent gets
  `connection reset by peer`; etcd's log has `tls: first record does not look like a TLS handshake` at every
  attempt.

How to confirm by hand
    kubectl -n datadog exec ds/datadog-agent -c agent -- agent check etcd
    kubectl -n kube-system logs etcd-NODE | grep 'rejected connection'

How to fix
  Write a check for etcd and leave the packaged one alone: the metrics URL on loopback where agents share the
  host's network, else the client URL with a client certificate (`ctlmon certs issue` makes one, `ctlmon
  gen-values` the values).

References
  integrations-core: etcd's auto_conf.yaml. helm/charts#21530; etcd#13280.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    let (Some(flags), Some(pod)) = (&instance.flags, &instance.pod) else {
        return Ok(Verdict::NotApplicable("its flags are not known"));
    };
    if case.view.is_asked_by_nobody(instance) {
        return Ok(Verdict::NotApplicable("no Datadog Agent asks it"));
    }
    let (written, gaps) = case.view.written();
    if let Some(written) = written.iter().find(|written| written.component == Component::Etcd) {
        return Ok(Verdict::pass(written.origin.says("a check of etcd is written")));
    }
    if let Some(gap) = gaps.into_iter().next() {
        return Err(gap);
    }
    let urls = flags.get("listen-client-urls").map(String::as_str).unwrap_or_default();
    let opens = Evidence::in_object(
        "Pod",
        Some(&pod.namespace),
        &pod.name,
        Some("spec.containers[0].command"),
        format!("--listen-client-urls={urls}"),
    );
    if urls.is_empty() || urls.split(',').any(|url| url.starts_with("http://")) {
        return Ok(Verdict::NotApplicable("its client port is open without TLS, or is not known"));
    }
    for workload in case.view.agents.workloads.as_ref().map_err(Clone::clone)? {
        if case.view.attaches_packaged(workload, Component::Etcd)?.is_some() {
            let attaches =
                Evidence::in_workload(workload, Some("env"), "its agents attach the packaged check of etcd");
            return Ok(Finding::error(
                "the packaged check asks etcd without TLS, and no other check of etcd is written",
            )
            .seen([opens, attaches])
            .mend(write_one(instance))
            .found());
        }
    }
    Ok(Verdict::NotApplicable("no agent attaches the packaged check of etcd"))
}

fn write_one(instance: &Instance) -> Remedy {
    let opened = instance.flags.as_ref().and_then(|flags| flags.get("listen-metrics-urls"));
    let plain = opened.and_then(|urls| urls.split(',').find(|url| url.starts_with("http://")));
    let (url, files) = match plain {
        Some(url) => (format!("{}/metrics", url.trim_end_matches('/')), ""),
        None => (
            "https://%%host%%:2379/metrics".to_owned(),
            "          tls_ca_cert: PATH/ca.crt\n          tls_cert: PATH/tls.crt\n          tls_private_key: PATH/tls.key\n",
        ),
    };
    Remedy::edit(
        "write a check of etcd and leave the packaged one alone",
        Touches::Monitoring,
        "the Helm values of the agents' release",
        format!(
            "datadog:\n  ignoreAutoConfig: [etcd]\n  confd:\n    etcd.yaml: |-\n      ad_identifiers: [etcd]\n      init_config: {{}}\n      \
             instances:\n        - prometheus_url: {url}\n{files}"
        ),
    )
    .knowing("a loopback address is reached by agents that share the host's network alone: agents.useHostNetwork")
}
