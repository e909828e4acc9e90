//! The table of tools that monitor clusters. The order of the rows means nothing.

use super::{
    Description, Facts, Sign, Signal, Tool, datadog, heapster,
    sign::{container, on, tag},
};
use crate::model::{installer::CHART, workload::Workload};

/// Every tool that can be recognised.
pub static TOOLS: &[Tool] = &[
    Tool { id: "datadog", name: "Datadog", signs: datadog::SIGNS, describe: datadog::describe },
    Tool { id: "heapster", name: "Heapster", signs: heapster::SIGNS, describe: heapster::describe },
    Tool {
        id: "metrics-server",
        name: "metrics-server",
        signs: &[
            Sign {
                signal: Signal::ShortImage("metrics-server"),
                source: "its manifests, and mirrors of its image",
            },
            Sign {
                signal: Signal::Group("metrics.k8s.io"),
                source: "the API that it serves; adapters serve it too",
            },
        ],
        describe: |_, own| described(own, "metrics-server"),
    },
    Tool {
        id: "new-relic",
        name: "New Relic",
        signs: &[
            Sign { signal: Signal::Image("newrelic/"), source: "the organisation of its images" },
            Sign { signal: Signal::Label("app.kubernetes.io/name", "newrelic-"), source: "chart nri-bundle" },
            Sign { signal: Signal::Label("app.kubernetes.io/name", "nri-"), source: "chart nri-bundle" },
            Sign { signal: Signal::Group("newrelic.com"), source: "the operator of its agents" },
        ],
        describe: |_, own| described(own, "newrelic-infrastructure"),
    },
    Tool {
        id: "opentelemetry",
        name: "OpenTelemetry",
        signs: &[
            Sign {
                signal: Signal::ShortImage("opentelemetry-collector"),
                source: "chart opentelemetry-collector",
            },
            Sign {
                signal: Signal::ShortImage("opentelemetry-operator"),
                source: "chart opentelemetry-operator",
            },
            Sign { signal: Signal::ShortImage("otelcol"), source: "distributions of the collector" },
            Sign {
                signal: Signal::Label("app.kubernetes.io/component", "opentelemetry-collector"),
                source: "collectors that its operator made",
            },
            Sign { signal: Signal::Group("opentelemetry.io"), source: "its operator" },
        ],
        describe: |_, own| described(own, "opentelemetry-collector"),
    },
    Tool {
        id: "prometheus-operator",
        name: "Prometheus Operator",
        signs: &[
            Sign {
                signal: Signal::ShortImage("prometheus-operator"),
                source: "kube-prometheus and its chart",
            },
            Sign {
                signal: Signal::Label("app.kubernetes.io/name", "prometheus-operator"),
                source: "kube-prometheus; OpenShift, whose images have no names",
            },
            Sign {
                signal: Signal::Group("monitoring.coreos.com"),
                source: "its resources, which survive it",
            },
        ],
        describe: |_, own| described(own, "prometheus-operator"),
    },
    Tool {
        id: "rancher-monitoring",
        name: "rancher-monitoring",
        signs: &[
            Sign {
                signal: Signal::ShortImage("pushprox"),
                source: "chart rancher-monitoring, rkeEtcd and its like",
            },
            Sign { signal: Signal::Label(CHART, "rancher-monitoring"), source: "chart rancher-monitoring" },
            Sign { signal: Signal::Label("chart", "rancher-monitoring"), source: "the same, older" },
            Sign { signal: Signal::Name("rancher-monitoring-"), source: "the release, which Rancher names" },
            Sign {
                signal: Signal::Namespace("cattle-monitoring-system"),
                source: "the namespace that Rancher gives it; it survives it",
            },
        ],
        describe: rancher,
    },
];

/// Version and chart, as most tools show them.
fn described(own: &[&Workload], image: &str) -> Description {
    let mut said = Description::default();
    let tagged = own.iter().find_map(|workload| Some((workload, tag(&container(workload, image)?.image)?)));
    let labelled = || {
        own.iter().find_map(|workload| {
            let version = workload.labels.get("app.kubernetes.io/version")?;
            Some((workload, version.clone()))
        })
    };
    if let Some((workload, version)) = tagged.or_else(labelled) {
        said.evidence.push(on(workload, None, format!("version {version}")));
        said.version = Some(version);
    }
    let chart =
        own.iter().find_map(|workload| workload.labels.get(CHART).or_else(|| workload.labels.get("chart")));
    said.details.extend(chart.map(|chart| ("chart", chart.clone())));
    said
}

/// Which components `PushProx` brings to rancher-monitoring: their endpoints are asked by its clients already.
fn rancher(_: &Facts<'_>, own: &[&Workload]) -> Description {
    let mut said = described(own, "prometheus-operator");
    let clients: Vec<&str> = own
        .iter()
        .filter_map(|workload| workload.name.strip_prefix("pushprox-")?.strip_suffix("-client"))
        .collect();
    let pushprox = if clients.is_empty() { "no clients".to_owned() } else { clients.join(", ") };
    said.details.push(("pushprox", pushprox));
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_every_tool_an_id_of_its_own_and_every_sign_a_source() {
        let mut ids: Vec<&str> = TOOLS.iter().map(|tool| tool.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), TOOLS.len());
        for tool in TOOLS {
            assert!(tool.signs.iter().all(|sign| !sign.source.is_empty()), "{}", tool.id);
        }
    }
}
