//! From what the commands of agents print to the slim forms of the model. Names of checks, numbers and known sayings are
//! kept; errors, instances and whatever else is printed stay here.
//!
//! Source: `pkg/collector/check/stats`, `comp/core/autodiscovery/status`, `pkg/status/clusteragent` and `pkg/flare` of
//! the Agent. Every field is optional, because versions differ.

use super::DecodeError;
use crate::model::{
    component::Component,
    said::{
        AgentCommand, AgentStatus, CheckRun, ClusterAgentStatus, ClusterChecks, ConfigSource, Configurations,
        SelfReport, Unloaded,
    },
    sayings::{of_check, said_in},
};
use serde_json::{Map, Value};

/// Reads what a command printed.
///
/// # Errors
/// If it is not what that command prints.
pub fn told(command: AgentCommand, output: &[u8]) -> Result<SelfReport, DecodeError> {
    let json = |what| match serde_json::from_slice(output) {
        Ok(Value::Object(entries)) => Ok(entries),
        _ => Err(DecodeError::Shape(what)),
    };
    let text = String::from_utf8_lossy(output);
    Ok(match command {
        AgentCommand::Status => SelfReport::Status(agent_status(&json("status of an Agent")?)),
        AgentCommand::ClusterAgentStatus => {
            SelfReport::ClusterAgent(cluster_agent_status(&json("status of a Cluster Agent")?))
        }
        AgentCommand::ConfigCheck => SelfReport::Configurations(configurations(&text)),
        AgentCommand::ClusterChecks => SelfReport::ClusterChecks(cluster_checks(&text)),
    })
}

fn agent_status(status: &Map<String, Value>) -> AgentStatus {
    let at = |path: &'static [&'static str]| entries(status, path);
    let mut runs: Vec<CheckRun> = Vec::new();
    for (name, instances) in at(&["runnerStats", "Checks"]) {
        if let (Some(component), Value::Object(instances)) = (of_check(name), instances) {
            runs.extend(instances.values().map(|instance| check_run(component, instance)));
        }
    }
    let files = at(&["autoConfigStats", "ConfigErrors"]).map(|(name, _)| name.as_str());
    AgentStatus {
        unloaded: Unloaded { components: components(files), pods: count(at(&["adConfigErrors"]).count()) },
        refused_keys: count(
            at(&["forwarderStats", "APIKeyStatus"])
                .filter(|(_, said)| said.as_str().is_some_and(|said| said.contains("API Key invalid")))
                .count(),
        ),
        runs,
    }
}

/// The entries of an object inside of others; none where there is no such object.
fn entries<'a>(
    root: &'a Map<String, Value>,
    path: &'static [&'static str],
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let mut found = Some(root);
    for key in path {
        found = found.and_then(|object| object.get(*key)?.as_object());
    }
    found.into_iter().flatten()
}

fn check_run(component: Component, instance: &Value) -> CheckRun {
    /// The interval is a duration of Go's, in nanoseconds.
    const NANOSECONDS: u64 = 1_000_000;
    let number = |key: &str| instance[key].as_u64();
    let error = instance["LastError"].as_str().unwrap_or_default();
    CheckRun {
        component,
        source: source(instance["CheckConfigSource"].as_str().unwrap_or_default()),
        runs: number("TotalRuns").unwrap_or_default(),
        // The samples of the last run stay as they are where it brings none, so they tell nothing.
        samples: number("TotalMetricSamples").unwrap_or_default(),
        average_ms: number("AverageExecutionTime").unwrap_or_default(),
        interval_ms: number("Interval")
            .map(|interval| interval / NANOSECONDS)
            .filter(|interval| *interval > 0),
        fails: !error.is_empty(),
        sayings: said_in(error).iter().map(|saying| saying.id.to_owned()).collect(),
    }
}

/// Where a configuration comes from, by how the Agent's providers begin their sources.
fn source(said: &str) -> ConfigSource {
    match said.split(':').next().unwrap_or_default() {
        "file" if said.contains("/auto_conf.yaml") => ConfigSource::Packaged,
        "file" => ConfigSource::File,
        "kube_services" | "kube_endpoints" | "cluster-checks" | "endpoints-checks" => ConfigSource::Cluster,
        "container" | "docker" | "kubelet" => ConfigSource::Pod,
        _ => ConfigSource::Other,
    }
}

/// The components by the names of checks, each once; a file is called as its check is.
fn components<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Component> {
    let mut found: Vec<Component> =
        names.filter_map(|name| of_check(name.trim_end_matches(".yaml").trim_end_matches(".d"))).collect();
    found.sort();
    found.dedup();
    found
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn cluster_agent_status(status: &Map<String, Value>) -> ClusterAgentStatus {
    let checks = &status.get("clusterchecks").unwrap_or(&Value::Null);
    let number = |key: &str| checks[key].as_u64().unwrap_or_default();
    let elects = match status.get("leaderelection").and_then(|election| election["status"].as_str()) {
        Some("Failing") => Some(false),
        Some("Running") => Some(true),
        _ => None,
    };
    ClusterAgentStatus {
        elects,
        leads: checks["Leader"].as_bool().unwrap_or_default(),
        agents: number("NodeCount"),
        unassigned: number("DanglingConfigs"),
    }
}

fn configurations(text: &str) -> Configurations {
    let mut configurations = Configurations::default();
    let mut failed = Vec::new();
    let mut in_errors = false;
    let mut current = None;
    for line in text.lines() {
        if let Some(title) = title(line) {
            in_errors = title == "Configuration errors";
            let name = title.strip_suffix(" check").map(|name| name.trim_end_matches(" cluster"));
            current = name.and_then(of_check);
        } else if let (Some(component), Some(said)) = (current, line.strip_prefix("Configuration source: ")) {
            configurations.loaded.push((component, source(said)));
        } else if in_errors && let Some((name, _)) = line.split_once(": ") {
            failed.push(name);
        }
    }
    configurations.loaded.sort();
    configurations.unloaded.components = components(failed.into_iter());
    configurations
}

fn cluster_checks(text: &str) -> ClusterChecks {
    let mut checks = ClusterChecks::default();
    let mut is_unassigned = false;
    let mut unassigned = Vec::new();
    for title in text.lines().filter_map(title) {
        match title.split_once(' ') {
            Some(("Unassigned", _)) => is_unassigned = true,
            Some((number, "agent reporting" | "agents reporting")) => {
                is_unassigned = false;
                checks.agents = if number == "Zero" { Some(0) } else { number.parse().ok() };
            }
            Some((name, "cluster check" | "check")) if is_unassigned => unassigned.push(name),
            _ => {}
        }
    }
    checks.unassigned_count = unassigned.len() as u64;
    checks.unassigned = components(unassigned.into_iter());
    checks
}

/// What stands between `===` and `===`.
fn title(line: &str) -> Option<&str> {
    line.strip_prefix("=== ")?.strip_suffix(" ===")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(command: AgentCommand, output: &str) -> SelfReport {
        told(command, output.as_bytes()).unwrap()
    }

    #[test]
    fn of_a_status_the_checks_of_components_are_kept_and_no_text() {
        let error =
            json!([{"message": "HTTPSConnectionPool: Connection refused SECRET", "traceback": "SECRET"}]);
        let status = json!({
            "hostname": "SECRET",
            "runnerStats": {"Checks": {
                "etcd": {"etcd:SECRET": {
                    "CheckName": "etcd", "TotalRuns": 5, "MetricSamples": 7, "TotalMetricSamples": 0,
                    "AverageExecutionTime": 2000, "Interval": 15_000_000_000_u64, "LastError": error.to_string(),
                    "CheckConfigSource": "file:/etc/datadog-agent/conf.d/etcd.d/auto_conf.yaml[0]",
                }},
                "cpu": {"cpu": {"TotalRuns": 5}},
            }},
            "autoConfigStats": {"ConfigErrors": {"kube_scheduler": "yaml: SECRET"}},
            "adConfigErrors": {"kube-system/etcd (SECRET)": {"SECRET": {}}},
            "forwarderStats": {"APIKeyStatus": {"API key ending with SECRE": "API Key invalid"}},
        });
        let told = read(AgentCommand::Status, &status.to_string());
        assert!(!format!("{told:?}").contains("SECRE"));
        let run = CheckRun {
            component: Component::Etcd,
            source: ConfigSource::Packaged,
            runs: 5,
            samples: 0,
            average_ms: 2000,
            interval_ms: Some(15_000),
            fails: true,
            sayings: vec!["connection-refused".to_owned()],
        };
        let unloaded = Unloaded { components: vec![Component::Scheduler], pods: 1 };
        assert_eq!(told, SelfReport::Status(AgentStatus { runs: vec![run], unloaded, refused_keys: 1 }));
    }

    #[test]
    fn what_is_no_status_is_refused() {
        for output in ["", "[]", "Error: unable to read authentication token", "{\"runnerStats\": {"] {
            assert!(told(AgentCommand::Status, output.as_bytes()).is_err(), "{output}");
        }
        let empty = SelfReport::Status(AgentStatus::default());
        assert_eq!(read(AgentCommand::Status, "{\"runnerStats\": {\"Checks\": []}}"), empty);
    }

    #[test]
    fn configurations_are_told_by_their_titles() {
        let text = "=== Configuration errors ===\n\nkube_scheduler: yaml: line 3: SECRET\n\n=== etcd check ===\n\
                    Configuration provider: file\nConfiguration source: file:/etc/datadog-agent/conf.d/etcd.d/conf.yaml[0]\n\
                    Config for instance ID: etcd:SECRET\npassword: SECRET\n~\n===\n\n=== cpu check ===\n\
                    Configuration source: file:/x\n===\n";
        let expected = Configurations {
            loaded: vec![(Component::Etcd, ConfigSource::File)],
            unloaded: Unloaded { components: vec![Component::Scheduler], pods: 0 },
        };
        assert_eq!(read(AgentCommand::ConfigCheck, text), SelfReport::Configurations(expected));
    }

    #[test]
    fn cluster_checks_that_nobody_runs_are_counted() {
        let text = "=== Unassigned configurations ===\n\n=== kube_apiserver_metrics cluster check ===\n===\n\n\
                    === http_check cluster check ===\n===\n\n=== Zero agent reporting ===\nNo check will be dispatched\n";
        let expected =
            ClusterChecks { agents: Some(0), unassigned: vec![Component::ApiServer], unassigned_count: 2 };
        assert_eq!(read(AgentCommand::ClusterChecks, text), SelfReport::ClusterChecks(expected));
        let text = "=== 2 agents reporting ===\n\nName   Running checks\na 1\n\n===== Checks on a =====\n\n=== etcd cluster check ===\n===\n";
        let expected = ClusterChecks { agents: Some(2), ..ClusterChecks::default() };
        assert_eq!(read(AgentCommand::ClusterChecks, text), SelfReport::ClusterChecks(expected));
    }

    #[test]
    fn the_election_and_the_dispatch_of_a_cluster_agent_are_kept() {
        let status = json!({
            "leaderelection": {"status": "Running", "leaderName": "x"},
            "clusterchecks": {"Leader": true, "NodeCount": 2, "DanglingConfigs": 1},
        });
        let expected = ClusterAgentStatus { elects: Some(true), leads: true, agents: 2, unassigned: 1 };
        assert_eq!(
            read(AgentCommand::ClusterAgentStatus, &status.to_string()),
            SelfReport::ClusterAgent(expected)
        );
        assert_eq!(
            read(AgentCommand::ClusterAgentStatus, "{}"),
            SelfReport::ClusterAgent(ClusterAgentStatus::default())
        );
    }
}
