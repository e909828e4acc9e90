//! A check asks a port on which the component does not serve metrics.

use super::{each_instance, first_url, in_pod, insecure_port_configured::GONE};
use crate::{
    distributions::Exposure,
    doctor::{Case, Check, CheckId, Finding, Subjects, Verdict, checks::setting},
    model::{
        agents,
        check_config::CheckInstance,
        component::Component,
        evidence::{Evidence, Locator},
        observed::Gap,
        written_url::{WrittenPort, WrittenUrl},
    },
    view::{Instance, Written},
};
use std::collections::BTreeSet;

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("check-names-wrong-port"),
    title: "a check asks a port on which the component does not serve metrics",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[],
    explain: r"
What was seen
  The port of every URL of the check, with variables filled in from the ports that the container declares, was
  held against the component's flags: --secure-port, or for etcd --listen-client-urls and
  --listen-metrics-urls. None opens it. Where the flags cannot be seen, as with kOps' etcd-manager, the port
  was held against the distribution's own.

What it means
  The Agent gets `connection refused`. Common cases: the API server of kOps listens on 443 and not on 6443;
  etcd of kOps on 4001 and 4002 and not on 2379; port 2381 of etcd is open where --listen-metrics-urls says so
  and nowhere else; and %%port%% of etcd is 2381 from kubeadm 1.34 on, which is the only port that the pod
  declares there.

How to confirm by hand
    kubectl -n kube-system get pod NAME -o jsonpath='{.spec.containers[0].command}{.spec.containers[0].ports}'

How to fix
  Write the port that the component opens as a number. Where another program is meant, such as a proxy on the
  same node, it must declare its port, or the check must attach to that program's container.

References
  Datadog Agent: datadog-agent#2672 (kOps, 443); kops#7135 (4001). kubeadm declares probe-port since 1.34.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    each_instance(case, |written, instance| Ok(judge_one(case, written, instance)))
}

fn judge_one(case: &Case<'_>, written: &Written<'_>, instance: &CheckInstance) -> Verdict {
    let component = written.component;
    if written.is_handed_out() && !written.is_of_endpoints() {
        return Verdict::NotApplicable("it asks a Service or a fixed address");
    }
    let asked: Vec<(&str, u16)> =
        instance.urls().filter_map(|url| Some((url, port_of(case, written, url)?))).collect();
    let Some((url, port)) = asked.first().copied() else {
        return Verdict::NotApplicable("it names no port of the component's own node");
    };
    let (served, seen) = match by_flags(case, written) {
        Some(by_flags) => by_flags,
        None => match by_distribution(case, component, port) {
            Some(by_distribution) => by_distribution,
            None => {
                return Verdict::NotApplicable("it cannot be seen on which ports the component listens");
            }
        },
    };
    let asks = written.origin.says(format!("it asks {url}, which is port {port}"));
    if asked.iter().any(|(_, port)| served.contains(port)) {
        return Verdict::Pass(vec![asks, seen]);
    }
    if asked.len() < instance.urls().count() || asked.iter().all(|(_, port)| is_of_another(case, *port)) {
        return Verdict::NotApplicable("another program takes that port, or another URL is tried");
    }
    let right = served.iter().next().copied().unwrap_or(component.profile().port);
    let url = url_with(first_url(instance), right);
    Finding::error(format!("the check asks port {port}, on which {component} does not serve its metrics"))
        .seen([asks, seen])
        .mend(setting::ask("ask a port that it opens", &written.origin, &url))
        .found()
}

/// The port of a URL that leads to the component's own node; none for the ports that another check judges.
fn port_of(case: &Case<'_>, written: &Written<'_>, url: &str) -> Option<u16> {
    let read = WrittenUrl::read(url).filter(|read| read.has_variable_host() || read.is_loopback())?;
    let port = match read.port {
        WrittenPort::Number(number) => number,
        _ if written.is_of_endpoints() => return None,
        variable => case
            .view
            .attached(written)
            .find_map(|instance| variable.among(&case.view.container_of(instance)?.1.ports))?,
    };
    GONE.iter().all(|(gone, ..)| *gone != port).then_some(port)
}

/// The ports that the flags of the instances open which the check attaches to.
fn by_flags(case: &Case<'_>, written: &Written<'_>) -> Option<(BTreeSet<u16>, Evidence)> {
    let served: BTreeSet<u16> = case.view.attached(written).filter_map(Instance::ports).flatten().collect();
    let (pod, _) = case.view.attached(written).find_map(|instance| case.view.container_of(instance))?;
    let seen = in_pod(pod, "spec.containers[0].command", format!("its flags open {}", list(&served)));
    (!served.is_empty()).then_some((served, seen))
}

/// The ports of etcd on a distribution that hides its flags, where the check asks one that is etcd's elsewhere.
fn by_distribution(case: &Case<'_>, component: Component, port: u16) -> Option<(BTreeSet<u16>, Evidence)> {
    const ELSEWHERE: [u16; 2] = [2379, 2381];
    let exposure = case.detection.exposure(component)?;
    let Exposure::HostNetworkPod { image, listeners } = exposure else { return None };
    if component != Component::Etcd || image == component.profile().program || !ELSEWHERE.contains(&port) {
        return None;
    }
    let served: BTreeSet<u16> = listeners.iter().map(|listener| listener.port).collect();
    let claim = format!("{image} runs etcd on {}", list(&served));
    Some((served, Evidence { claim, locator: Locator::Given("the distribution".to_owned()) }))
}

/// Whether a program of another workload says that it takes the port of its node.
fn is_of_another(case: &Case<'_>, port: u16) -> bool {
    case.view.snapshot.workloads(&agents::daemon_sets()).value().is_some_and(|listed| {
        let mut containers = listed.items.iter().flat_map(|workload| &workload.containers);
        containers.any(|container| container.host_ports.contains(&port))
    })
}

/// A URL with another port.
fn url_with(url: &str, port: u16) -> String {
    WrittenUrl::read(url).map_or_else(
        || format!("https://%%host%%:{port}/metrics"),
        |read| {
            let host =
                if read.host.contains(':') { format!("[{}]", read.host) } else { read.host.to_owned() };
            format!("{}://{host}:{port}{}", read.scheme.as_str(), read.path)
        },
    )
}

fn list(ports: &BTreeSet<u16>) -> String {
    ports.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
