//! The settings of an installation, by their paths. Helm values and a `DatadogAgent` may hold keys and passwords anywhere,
//! so a value is kept only at the paths that ctlmon writes itself. Where a path leaves these, that something is there is
//! all that is kept: neither what lies below it nor its names.

use super::allowed::without_secrets;
use crate::{
    model::{
        component::Component,
        installed::{Setting, Settings},
    },
    yaml,
};
use serde_json::Value;

/// The Helm values that are kept. `[]` stands for every item of a list, `*` for every key, `**` for all that lies below.
///
/// Tags are among them: they are shown to whoever sees a metric, as labels are to whoever sees an object.
const HELM: &[&str] = &[
    "agents.affinity.**",
    "agents.enabled",
    "agents.image.pullSecrets.[].name",
    "agents.tolerations.[].*",
    "agents.useHostNetwork",
    "agents.volumeMounts.[].mountPath",
    "agents.volumeMounts.[].name",
    "agents.volumeMounts.[].readOnly",
    "agents.volumes.[].hostPath.path",
    "agents.volumes.[].hostPath.type",
    "agents.volumes.[].name",
    "agents.volumes.[].secret.secretName",
    "clusterAgent.admissionController.agentSidecarInjection.enabled",
    "clusterAgent.admissionController.agentSidecarInjection.provider",
    "clusterAgent.confd.*",
    "clusterAgent.image.pullSecrets.[].name",
    "clusterAgent.metricsProvider.enabled",
    "clusterAgent.tokenExistingSecret",
    "clusterChecksRunner.enabled",
    "clusterChecksRunner.image.pullSecrets.[].name",
    "clusterChecksRunner.replicas",
    "clusterChecksRunner.volumeMounts.[].mountPath",
    "clusterChecksRunner.volumeMounts.[].name",
    "clusterChecksRunner.volumeMounts.[].readOnly",
    "clusterChecksRunner.volumes.[].hostPath.path",
    "clusterChecksRunner.volumes.[].hostPath.type",
    "clusterChecksRunner.volumes.[].name",
    "clusterChecksRunner.volumes.[].secret.secretName",
    "datadog.apiKeyExistingSecret",
    "datadog.apm.portEnabled",
    "datadog.appKeyExistingSecret",
    "datadog.clusterName",
    "datadog.collectEvents",
    "datadog.confd.*",
    "datadog.ignoreAutoConfig.[]",
    "datadog.kubeStateMetricsCore.enabled",
    "datadog.kubelet.hostCAPath",
    "datadog.kubelet.tlsVerify",
    "datadog.kubelet.useApiServer",
    "datadog.leaderElection",
    "datadog.logLevel",
    "datadog.logs.containerCollectAll",
    "datadog.logs.enabled",
    "datadog.operator.enabled",
    "datadog.processAgent.processCollection",
    "datadog.site",
    "datadog.tags.[]",
    "existingClusterAgent.clusterchecksEnabled",
    "existingClusterAgent.join",
    "existingClusterAgent.serviceName",
    "existingClusterAgent.tokenSecretName",
    "operator.image.repository",
    "operator.imagePullSecrets.[].name",
    "providers.eks.controlPlaneMonitoring",
    "providers.gke.autopilot",
    "providers.openshift.controlPlaneMonitoring",
    "providers.talos.enabled",
    "registry",
    "targetSystem",
];

/// The same of a `DatadogAgent`.
const DATADOG_AGENT: &[&str] = &[
    "spec.features.admissionController.agentSidecarInjection.enabled",
    "spec.features.admissionController.agentSidecarInjection.provider",
    "spec.features.admissionController.enabled",
    "spec.features.apm.enabled",
    "spec.features.apm.hostPortConfig.enabled",
    "spec.features.clusterChecks.enabled",
    "spec.features.clusterChecks.useClusterChecksRunners",
    "spec.features.controlPlaneMonitoring.enabled",
    "spec.features.eventCollection.collectKubernetesEvents",
    "spec.features.externalMetricsServer.enabled",
    "spec.features.kubeStateMetricsCore.enabled",
    "spec.features.liveProcessCollection.enabled",
    "spec.features.logCollection.containerCollectAll",
    "spec.features.logCollection.enabled",
    "spec.global.clusterAgentTokenSecret.keyName",
    "spec.global.clusterAgentTokenSecret.secretName",
    "spec.global.clusterName",
    "spec.global.credentials.apiSecret.keyName",
    "spec.global.credentials.apiSecret.secretName",
    "spec.global.credentials.appSecret.keyName",
    "spec.global.credentials.appSecret.secretName",
    "spec.global.kubelet.hostCAPath",
    "spec.global.kubelet.tlsVerify",
    "spec.global.logLevel",
    "spec.global.registry",
    "spec.global.site",
    "spec.global.tags.[]",
    "spec.override.clusterAgent.disabled",
    "spec.override.clusterAgent.extraConfd.configDataMap.*",
    "spec.override.clusterAgent.image.pullSecrets.[].name",
    "spec.override.clusterChecksRunner.containers.agent.volumeMounts.[].mountPath",
    "spec.override.clusterChecksRunner.containers.agent.volumeMounts.[].name",
    "spec.override.clusterChecksRunner.containers.agent.volumeMounts.[].readOnly",
    "spec.override.clusterChecksRunner.image.pullSecrets.[].name",
    "spec.override.clusterChecksRunner.replicas",
    "spec.override.clusterChecksRunner.volumes.[].hostPath.path",
    "spec.override.clusterChecksRunner.volumes.[].hostPath.type",
    "spec.override.clusterChecksRunner.volumes.[].name",
    "spec.override.clusterChecksRunner.volumes.[].secret.secretName",
    "spec.override.nodeAgent.affinity.**",
    "spec.override.nodeAgent.containers.agent.env",
    "spec.override.nodeAgent.containers.agent.volumeMounts.[].mountPath",
    "spec.override.nodeAgent.containers.agent.volumeMounts.[].name",
    "spec.override.nodeAgent.containers.agent.volumeMounts.[].readOnly",
    "spec.override.nodeAgent.disabled",
    "spec.override.nodeAgent.dnsPolicy",
    "spec.override.nodeAgent.env",
    "spec.override.nodeAgent.extraConfd.configDataMap.*",
    "spec.override.nodeAgent.hostNetwork",
    "spec.override.nodeAgent.image.pullSecrets.[].name",
    "spec.override.nodeAgent.tolerations.[].*",
    "spec.override.nodeAgent.volumes.[].hostPath.path",
    "spec.override.nodeAgent.volumes.[].hostPath.type",
    "spec.override.nodeAgent.volumes.[].name",
    "spec.override.nodeAgent.volumes.[].secret.secretName",
];

/// The same of a check's file.
const CHECK: &[&str] = &[
    "ad_identifiers.[]",
    "advanced_ad_identifiers.[].kube_endpoints.name",
    "advanced_ad_identifiers.[].kube_endpoints.namespace",
    "advanced_ad_identifiers.[].kube_endpoints.resolve",
    "cluster_check",
    "init_config",
    "instances.[].bearer_token_auth",
    "instances.[].extra_headers.Host",
    "instances.[].extra_headers.accept",
    "instances.[].possible_prometheus_urls.[]",
    "instances.[].prometheus_url",
    "instances.[].tags.[]",
    "instances.[].tls_ca_cert",
    "instances.[].tls_cert",
    "instances.[].tls_private_key",
    "instances.[].tls_use_host_header",
    "instances.[].tls_verify",
];

/// The folders of the files of checks.
const FOLDERS: [&str; 2] = ["confd", "configDataMap"];

/// The Helm values that a release was given.
#[must_use]
pub fn helm_values(values: &Value) -> Settings {
    let mut walk = Walk { known: HELM, settings: Settings::new() };
    walk.keep(&Place::default(), values);
    walk.settings
}

/// What a `DatadogAgent` says of itself.
#[must_use]
pub fn datadog_agent_settings(object: &Value) -> Settings {
    const PROVIDER: &str = "agent.datadoghq.com/cluster-provider";
    let mut walk = Walk { known: DATADOG_AGENT, settings: Settings::new() };
    // Other annotations are other programs', and the rest of the metadata is the API server's.
    if let Some(provider) = object["metadata"]["annotations"][PROVIDER].as_str() {
        let place = Place::default().under("metadata").under("annotations").under(PROVIDER);
        walk.settings.insert(place.shown, known(provider));
    }
    walk.keep(&Place::default().under("spec"), &object["spec"]);
    walk.settings
}

/// Where a value is: its keys, with `[]` for every item of a list, and as people write it.
#[derive(Clone, Debug, Default)]
struct Place {
    keys: Vec<String>,
    shown: String,
}

impl Place {
    fn under(&self, key: &str) -> Self {
        let shown = if key.contains('.') {
            format!("{}[{}]", self.shown, Value::from(key))
        } else if self.shown.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.shown)
        };
        self.followed_by(key, shown)
    }

    fn item(&self, number: usize) -> Self {
        self.followed_by("[]", format!("{}[{number}]", self.shown))
    }

    fn followed_by(&self, key: &str, shown: String) -> Self {
        let mut keys = self.keys.clone();
        keys.push(key.to_owned());
        Self { keys, shown }
    }

    fn key(&self) -> &str {
        self.keys.last().map_or("", String::as_str)
    }

    /// Whether it is a file of a check.
    fn is_file(&self) -> bool {
        let folder = self.keys.len().checked_sub(2).map(|place| self.keys[place].as_str());
        folder.is_some_and(|folder| FOLDERS.contains(&folder))
    }
}

/// What is known of a path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Knowledge {
    /// Nothing is kept there.
    Unknown,
    /// It leads to what is kept.
    OnTheWay,
    /// Its value is kept.
    Harmless,
}

struct Walk {
    known: &'static [&'static str],
    settings: Settings,
}

impl Walk {
    fn keep(&mut self, place: &Place, value: &Value) {
        let knowledge = self.known.iter().map(|pattern| reaches(pattern, &place.keys)).max();
        let is_harmless = knowledge == Some(Knowledge::Harmless);
        let setting = match value {
            _ if knowledge == Some(Knowledge::Unknown) => Setting::Hidden,
            Value::Array(variables) if is_harmless && place.key() == "env" => {
                return self.keep_variables(place, variables);
            }
            Value::Object(members) if !members.is_empty() => {
                return members.iter().for_each(|(key, value)| self.keep(&place.under(key), value));
            }
            Value::Array(items) if !items.is_empty() => {
                let items = items.iter().enumerate();
                return items.for_each(|(number, value)| self.keep(&place.item(number), value));
            }
            Value::String(text) if place.is_file() => match check(place.key(), text) {
                Some(document) => return self.keep_check(place, &document),
                None => Setting::Hidden,
            },
            Value::String(text) if is_harmless => known(&without_secrets(text)),
            Value::String(_) | Value::Bool(_) | Value::Number(_) if !is_harmless => Setting::Hidden,
            other => Setting::Known(other.to_string()),
        };
        // What is nothing at all has no path.
        if !place.shown.is_empty() {
            self.settings.insert(place.shown.clone(), setting);
        }
    }

    fn keep_check(&mut self, place: &Place, document: &Value) {
        let mut walk = Self { known: CHECK, settings: Settings::new() };
        walk.keep(&Place::default(), document);
        let below = |(path, setting)| (format!("{}.{path}", place.shown), setting);
        self.settings.extend(walk.settings.into_iter().map(below));
    }

    /// Variables by their names, since their order means nothing; of those that ctlmon writes the value.
    fn keep_variables(&mut self, place: &Place, variables: &[Value]) {
        for variable in variables {
            let name = variable["name"].as_str().unwrap_or_default();
            let source = &variable["valueFrom"]["secretKeyRef"];
            let setting = match (name, variable["value"].as_str()) {
                ("DD_IGNORE_AUTOCONF" | "DD_CLUSTER_AGENT_KUBERNETES_SERVICE_NAME", Some(value)) => {
                    known(value)
                }
                ("DD_CLUSTER_AGENT_AUTH_TOKEN", None) if source.is_object() => {
                    let named = |key: &str| source[key].as_str().unwrap_or_default();
                    known(&format!("Secret {}, key {}", named("name"), named("key")))
                }
                _ => Setting::Hidden,
            };
            self.settings.insert(place.under(name).shown, setting);
        }
    }
}

fn known(text: &str) -> Setting {
    Setting::Known(Value::from(text).to_string())
}

/// The check of a control-plane component that a file configures; `None` where it is another's, or cannot be read.
fn check(file: &str, text: &str) -> Option<Value> {
    let name = file.strip_suffix(".yaml").or_else(|| file.strip_suffix(".yml"))?;
    Component::ALL.iter().find(|component| component.profile().agent_check == name)?;
    yaml::documents(text).ok()?.into_iter().next().filter(Value::is_object)
}

/// What a pattern says of a path.
fn reaches(pattern: &str, keys: &[String]) -> Knowledge {
    let mut wanted = pattern.split('.');
    for key in keys {
        match wanted.next() {
            Some("**") => return Knowledge::Harmless,
            Some("*") if key != "[]" => {}
            Some(wanted) if wanted == key => {}
            _ => return Knowledge::Unknown,
        }
    }
    match wanted.next() {
        None | Some("**") => Knowledge::Harmless,
        Some(_) => Knowledge::OnTheWay,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(settings: &Settings) -> Vec<String> {
        let lines: Vec<String> = settings.iter().map(|(path, setting)| format!("{path}={setting}")).collect();
        assert!(!lines.concat().contains("canary"), "{lines:#?}");
        lines
    }

    #[test]
    fn keeps_of_values_what_ctlmon_writes_itself() {
        let check = "init_config: {}\ninstances:\n- prometheus_url: https://me:canary@%%host%%:2379/metrics\n  \
                     password: canary\n  extra_headers: {Authorization: canary, Host: kubernetes.default.svc}\n";
        let values = helm_values(&json!({
            "registry": "registry.example/dd",
            "datadog": {
                "apiKey": "canary", "site": "datadoghq.eu", "logLevel": null, "tags": ["a:b"],
                "env": [{"name": "X", "value": "canary"}], "secretBackend": {"arguments": "canary"},
                "confd": {"etcd.yaml": check, "redisdb.yaml": "password: canary", "kube_scheduler.yaml": "canary: ["},
            },
            "agents": {
                "tolerations": [{"key": "k", "operator": "Exists"}], "podAnnotations": {"canary": "x"},
                "volumes": [{"name": "v", "csi": {"volumeAttributes": {"token": "canary"}}}, {"secret": {"secretName": "s"}}],
                "affinity": {"nodeAffinity": {"terms": [1]}},
            },
            "clusterAgent": "canary",
        }));
        let expected = [
            "agents.affinity.nodeAffinity.terms[0]=1",
            "agents.podAnnotations=(not read)",
            "agents.tolerations[0].key=\"k\"",
            "agents.tolerations[0].operator=\"Exists\"",
            "agents.volumes[0].csi=(not read)",
            "agents.volumes[0].name=\"v\"",
            "agents.volumes[1].secret.secretName=\"s\"",
            "clusterAgent=(not read)",
            "datadog.apiKey=(not read)",
            "datadog.confd[\"etcd.yaml\"].init_config={}",
            "datadog.confd[\"etcd.yaml\"].instances[0].extra_headers.Authorization=(not read)",
            "datadog.confd[\"etcd.yaml\"].instances[0].extra_headers.Host=\"kubernetes.default.svc\"",
            "datadog.confd[\"etcd.yaml\"].instances[0].password=(not read)",
            "datadog.confd[\"etcd.yaml\"].instances[0].prometheus_url=\"https://%%host%%:2379/metrics\"",
            "datadog.confd[\"kube_scheduler.yaml\"]=(not read)",
            "datadog.confd[\"redisdb.yaml\"]=(not read)",
            "datadog.env=(not read)",
            "datadog.logLevel=null",
            "datadog.secretBackend=(not read)",
            "datadog.site=\"datadoghq.eu\"",
            "datadog.tags[0]=\"a:b\"",
            "registry=\"registry.example/dd\"",
        ];
        assert_eq!(shown(&values), expected);
    }

    #[test]
    fn keeps_nothing_where_a_value_has_another_form() {
        let odd =
            json!({"datadog": {"site": {"canary": 1}, "tags": {"canary": "canary"}, "confd": ["canary"]}});
        let expected = ["datadog.confd[0]=(not read)", "datadog.site.canary", "datadog.tags.canary"];
        let settings = helm_values(&odd);
        assert!(settings.values().all(|setting| *setting == Setting::Hidden), "{settings:?}");
        assert_eq!(settings.len(), expected.len());
        for nothing in [json!(null), json!({}), json!([]), json!("canary")] {
            assert_eq!(helm_values(&nothing), Settings::new());
        }
    }

    #[test]
    fn keeps_of_a_datadog_agent_what_ctlmon_writes_itself() {
        let settings = datadog_agent_settings(&json!({
            "metadata": {"name": "n", "annotations": {
                "agent.datadoghq.com/cluster-provider": "eks", "kubectl.kubernetes.io/last-applied-configuration": "canary"}},
            "spec": {
                "global": {"credentials": {"apiKey": "canary", "apiSecret": {"secretName": "s", "keyName": "api-key"}}},
                "override": {"nodeAgent": {
                    "env": [{"name": "DD_CLUSTER_AGENT_AUTH_TOKEN", "value": "canary"}, {"name": "X", "value": "canary"}],
                    "containers": {"agent": {"env": [{"name": "DD_IGNORE_AUTOCONF", "value": "etcd"}], "command": ["canary"]}},
                }},
            },
            "status": {"canary": 1},
        }));
        let expected = [
            "metadata.annotations[\"agent.datadoghq.com/cluster-provider\"]=\"eks\"",
            "spec.global.credentials.apiKey=(not read)",
            "spec.global.credentials.apiSecret.keyName=\"api-key\"",
            "spec.global.credentials.apiSecret.secretName=\"s\"",
            "spec.override.nodeAgent.containers.agent.command=(not read)",
            "spec.override.nodeAgent.containers.agent.env.DD_IGNORE_AUTOCONF=\"etcd\"",
            "spec.override.nodeAgent.env.DD_CLUSTER_AGENT_AUTH_TOKEN=(not read)",
            "spec.override.nodeAgent.env.X=(not read)",
        ];
        assert_eq!(shown(&settings), expected);
    }

    #[test]
    fn lists_each_path_once_and_in_order() {
        for patterns in [HELM, DATADOG_AGENT, CHECK] {
            assert!(patterns.is_sorted() && patterns.windows(2).all(|two| two[0] != two[1]));
        }
    }
}
