//! What the programs of a healthy cluster write and tell: ordinary lines, and checks that run. Descriptions only.

use super::agents::APPLICATION;
use crate::lab::spec::{RunSpec, VoiceSpec};
use std::collections::BTreeMap;

/// The log line of an Agent at the level that most of them have.
fn agent_line(text: &str) -> String {
    format!("2026-06-01 00:00:00 UTC | CORE | INFO | {text}")
}

/// All of them, for so many control-plane nodes.
pub(super) fn all(control_planes: usize) -> BTreeMap<String, VoiceSpec> {
    let mut agents = VoiceSpec::new(("app", "datadog-agent"), "agent");
    agents.checks = vec![
        run("etcd", "file:/etc/datadog-agent/conf.d/etcd.yaml[0]", true),
        run("kube_scheduler", "file:/etc/datadog-agent/conf.d/kube_scheduler.yaml[0]", true),
        run("kube_controller_manager", "container:containerd://0a1b2c", true),
        run("kubelet", "file:/etc/datadog-agent/conf.d/kubelet.d/conf.yaml.default[0]", false),
    ];
    let mut runners = VoiceSpec::new(("app", "datadog-agent-clusterchecks"), "agent");
    let endpoints = "kube_endpoints:kube_endpoint_uid://default/kubernetes/";
    runners.checks = vec![run("kube_apiserver_metrics", endpoints, false); control_planes];
    let mut sidecar = VoiceSpec::new(("app", APPLICATION.1), "datadog-agent");
    for voice in [&mut agents, &mut runners, &mut sidecar] {
        voice.write(
            900,
            &agent_line(
                "(cmd/agent/subcommands/run/command.go:400 in startAgent) | Starting Datadog Agent v7.81.1",
            ),
        );
        voice.write(60, &agent_line("(pkg/collector/worker/check_logger.go:60 in CheckFinished) | check:kubelet | Done running check"));
        voice.write(30, &agent_line("(comp/forwarder/defaultforwarder/transaction/transaction.go:400 in internalProcess) | Successfully posted payload"));
    }
    let mut cluster_agent = VoiceSpec::new(("app", "datadog-agent-cluster-agent"), "cluster-agent");
    cluster_agent.write(
        60,
        "2026-06-01 00:00:00 UTC | CLUSTER | INFO | (pkg/clusteragent/clusterchecks/dispatcher_configs.go:80 in add) | Dispatching configuration kube_apiserver_metrics:1f2e to node worker-1",
    );
    let component = |program: &str, line: &str| {
        let mut voice = VoiceSpec::new(("component", program), program);
        voice.write(900, "I0601 00:00:00.000000       1 serving.go:386] Serving securely");
        voice.write(45, line);
        (program.to_owned(), voice)
    };
    [
        ("agents".to_owned(), agents),
        ("runners".to_owned(), runners),
        ("sidecar".to_owned(), sidecar),
        ("cluster-agent".to_owned(), cluster_agent),
        component("etcd", "{\"level\":\"info\",\"msg\":\"finished scheduled compaction\"}"),
        component("kube-apiserver", "I0601 00:00:00.000000       1 controller.go:667] quota admission added evaluator for: endpoints"),
        component(
            "kube-scheduler",
            // Ordinary, though it has the name of what those cannot read that lack a right.
            "I0601 00:00:00.000000       1 configmap_cafile_content.go:202] \"Starting controller\" name=\"client-ca::kube-system::extension-apiserver-authentication::client-ca-file\"",
        ),
        component("kube-controller-manager", "I0601 00:00:00.000000       1 shared_informer.go:320] Caches are synced for garbage collector"),
    ]
    .into()
}

fn run(check: &str, source: &str, local: bool) -> RunSpec {
    RunSpec {
        check: check.to_owned(),
        source: source.to_owned(),
        local,
        samples: 300,
        average_ms: 120,
        error: None,
    }
}
