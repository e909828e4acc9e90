//! The API server has a port that asks nobody who he is.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{component::Component, evidence::Evidence, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("insecure-port-open"),
    title: "the API server has a port that asks nobody who he is",
    subjects: Subjects::EachInstance(&[Component::ApiServer]),
    symptom_of: &[],
    explain: r"
What was seen
  The API server runs with --insecure-port, and not with 0.

What it means
  On that port there is neither TLS nor authentication nor authorisation: whoever reaches it may do everything. Older
  articles on monitoring open it so that a browser or a collector gets at the metrics, mostly with
  --insecure-bind-address=0.0.0.0. Kubernetes 1.20 takes no value but 0, and 1.24 does not know the flag: an API server
  with it does not come up again after an upgrade.

How to confirm by hand
    kubectl -n kube-system get pod -l component=kube-apiserver -o jsonpath='{.items[*].spec.containers[0].command}'

How to fix
  Remove both flags. Read metrics from the secure port with a token; from a desk use `kubectl proxy`, or
  `kubectl get --raw /metrics`.

References
  Kubernetes: controlling access to the API; changelogs of 1.20 and 1.24.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    let (Some(flags), Some(pod)) = (&instance.flags, &instance.pod) else {
        return Ok(Verdict::NotApplicable("its flags are not known"));
    };
    let seen = |claim: String| {
        Evidence::in_object("Pod", Some(&pod.namespace), &pod.name, Some("spec.containers[0].command"), claim)
    };
    let Some(port) = flags.get("insecure-port").filter(|port| *port != "0") else {
        return Ok(Verdict::pass(seen("no --insecure-port, or 0".to_owned())));
    };
    let mut evidence = vec![seen(format!("--insecure-port={port}"))];
    evidence.extend(
        flags.get("insecure-bind-address").map(|address| seen(format!("--insecure-bind-address={address}"))),
    );
    let remedy = Remedy::edit(
        "close the port",
        Touches::ControlPlane,
        "/etc/kubernetes/manifests/kube-apiserver.yaml on each control-plane node",
        "remove the lines with --insecure-port and --insecure-bind-address\n",
    )
    .knowing("the kubelet restarts the API server by itself; what used the port must ask the secure one with a token");
    let finding = Finding::error(format!(
        "the API server has port {port} open, which asks nobody who he is and lets everybody do everything"
    ));
    Ok(finding.seen(evidence).mend(remedy).found())
}
