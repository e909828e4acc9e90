//! What the commands of agents print, in the form in which they print it. Nothing is run.
//!
//! Source: `pkg/collector/check/stats`, `pkg/flare` and `pkg/status` of the Agent.

use super::log::container_of;
use crate::lab::{
    cluster::Cluster,
    reply::Refusal,
    request::Ask,
    spec::{RunSpec, VoiceSpec},
};
use crate::model::sayings::of_check;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// How often a check has run since the Agent started.
const RUNS: u64 = 240;
/// How often it is to run, in nanoseconds: fifteen seconds, as they all are.
const INTERVAL: u64 = 15_000_000_000;

/// The output; `None` where the container has no such command.
pub(super) fn run(cluster: &Cluster, ask: &Ask, pod: &Value) -> Result<Option<String>, Refusal> {
    let container = container_of(ask, pod)?;
    let words: Vec<&str> =
        ask.query.iter().filter(|(key, _)| key == "command").map(|(_, word)| word.as_str()).collect();
    let Some(voice) = cluster.spec().voices.values().find(|voice| voice.is_of(pod, container)) else {
        return Ok(None);
    };
    let checks: Vec<&RunSpec> =
        voice.checks.iter().filter(|run| !run.local || is_local(cluster, pod, run)).collect();
    Ok(match (container, words.as_slice()) {
        ("agent", ["agent", "status", "--json"]) => Some(status(voice, &checks).to_string()),
        ("agent", ["agent", "configcheck"]) => Some(config_check(voice, &checks)),
        ("cluster-agent", ["datadog-cluster-agent", "status", "--json"]) => {
            Some(cluster_agent_status(voice).to_string())
        }
        ("cluster-agent", ["datadog-cluster-agent", "clusterchecks"]) => Some(cluster_checks(voice)),
        _ => None,
    })
}

/// Whether what a check collects runs on the pod's node.
fn is_local(cluster: &Cluster, pod: &Value, run: &RunSpec) -> bool {
    let node = pod["spec"]["nodeName"].as_str().unwrap_or_default();
    of_check(&run.check).is_some_and(|component| cluster.spec().component(component, node).is_some())
}

fn status(voice: &VoiceSpec, checks: &[&RunSpec]) -> Value {
    let mut by_name: Map<String, Value> = Map::new();
    for (number, run) in checks.iter().enumerate() {
        let id = format!("{}:{number:016x}", run.check);
        let error = run.error.as_ref().map_or_else(String::new, |message| {
            json!([{"message": message, "traceback": "Traceback (most recent call last):\n"}]).to_string()
        });
        let is_failing = run.error.is_some();
        by_name.entry(run.check.clone()).or_insert_with(|| json!({}))[&id] = json!({
            "CheckName": run.check,
            "CheckVersion": "1.0.0",
            "CheckID": id,
            "CheckConfigSource": run.source,
            "CheckLoader": "python",
            "Interval": INTERVAL,
            "TotalRuns": RUNS,
            "TotalErrors": if is_failing { RUNS } else { 0 },
            "TotalWarnings": 0,
            "MetricSamples": run.samples,
            "TotalMetricSamples": run.samples * RUNS,
            "AverageExecutionTime": run.average_ms,
            "LastExecutionTime": run.average_ms,
            "LastError": error,
            "LastWarnings": [],
        });
    }
    json!({
        "flavor": "agent",
        "version": "7.81.1",
        "autoConfigStats": {"ConfigErrors": voice.unloaded, "ResolveWarnings": {}},
        "adConfigErrors": {},
        "forwarderStats": {"APIKeyStatus": {"API key ending with 0f1e2": "API Key valid"}},
        "runnerStats": {"Checks": by_name},
    })
}

fn config_check(voice: &VoiceSpec, checks: &[&RunSpec]) -> String {
    let mut out = String::new();
    if !voice.unloaded.is_empty() {
        out.push_str("=== Configuration errors ===\n");
    }
    // Writing to a String cannot fail.
    for (check, reason) in &voice.unloaded {
        let _ = writeln!(out, "\n{check}: {reason}");
    }
    for run in checks {
        let _ = writeln!(
            out,
            "\n=== {} check ===\nConfiguration provider: {}\nConfiguration source: {}\n===",
            run.check,
            run.source.split(':').next().unwrap_or_default(),
            run.source
        );
    }
    out
}

fn cluster_agent_status(voice: &VoiceSpec) -> Value {
    let agents = u64::from(voice.unassigned.is_empty());
    json!({
        "version": "7.81.1",
        "leaderelection": {"status": "Running", "leaderName": "datadog-agent-cluster-agent"},
        "clusterchecks": {
            "Follower": false, "LeaderIP": "", "Leader": true, "Active": true,
            "NodeCount": agents, "ActiveConfigs": agents, "DanglingConfigs": voice.unassigned.len(),
        },
    })
}

fn cluster_checks(voice: &VoiceSpec) -> String {
    let mut out = String::new();
    if voice.unassigned.is_empty() {
        out.push_str("=== 1 agents reporting ===\n\nName       Running checks\nworker-1   1\n");
    } else {
        out.push_str("=== Unassigned configurations ===\n");
        for check in &voice.unassigned {
            let _ = writeln!(out, "\n=== {check} cluster check ===\n===");
        }
        out.push_str("\n=== Zero agent reporting ===\nNo check will be dispatched until agents report to the cluster-agent\n");
    }
    out
}
