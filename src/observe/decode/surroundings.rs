//! Leases, events, endpoints, aggregated APIs and the like. Read by path, since of each only a few fields are wanted and any
//! of them may be null.

use super::{DecodeError, listed_by};
use crate::model::{
    answer::Listed,
    surroundings::{
        ApiService, DatadogAgent, EndpointSlice, Event, Lease, Namespace, ServiceAccount, SigningRequest,
        SliceAddress, Told, Webhook,
    },
};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn time(value: &Value) -> Option<Timestamp> {
    value.as_str().and_then(|text| text.parse().ok())
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn labels(value: &Value) -> BTreeMap<String, String> {
    let pairs = value.as_object().into_iter().flatten();
    pairs.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
}

/// Namespace, which may be empty, and name.
fn name_of(object: &Value, what: &'static str) -> Result<(String, String), DecodeError> {
    let name = text(&object["metadata"]["name"]).ok_or(DecodeError::Nameless(what))?;
    Ok((text(&object["metadata"]["namespace"]).unwrap_or_default(), name))
}

fn port(value: &Value) -> Option<u16> {
    value.as_u64().and_then(|port| u16::try_from(port).ok())
}

/// A lease.
///
/// # Errors
/// If it has no name.
pub fn lease(value: &Value) -> Result<Lease, DecodeError> {
    let (namespace, name) = name_of(value, "lease")?;
    let spec = &value["spec"];
    Ok(Lease {
        namespace,
        name,
        holder: text(&spec["holderIdentity"]),
        renewed: time(&spec["renewTime"]),
        seconds: spec["leaseDurationSeconds"].as_i64(),
    })
}

/// An event; of its message what is known of it.
///
/// # Errors
/// If it has no name.
pub fn event(value: &Value) -> Result<Event, DecodeError> {
    let (namespace, _) = name_of(value, "event")?;
    let object = &value["involvedObject"];
    let count = value["series"]["count"].as_u64().or_else(|| value["count"].as_u64());
    let times = [&value["series"]["lastObservedTime"], &value["lastTimestamp"], &value["eventTime"]];
    Ok(Event {
        namespace,
        kind: text(&object["kind"]).unwrap_or_default(),
        name: text(&object["name"]).unwrap_or_default(),
        reason: text(&value["reason"]).unwrap_or_default(),
        tells: Told::of(value["message"].as_str().unwrap_or_default()),
        count: count.and_then(|count| u32::try_from(count).ok()).unwrap_or(1),
        last: times.into_iter().find_map(time),
    })
}

/// A slice of the addresses behind a Service.
///
/// # Errors
/// If it has no name.
pub fn endpoint_slice(value: &Value) -> Result<EndpointSlice, DecodeError> {
    let (namespace, _) = name_of(value, "endpoint slice")?;
    let addresses = items(&value["endpoints"]).flat_map(|endpoint| {
        let target = &endpoint["targetRef"];
        let target = text(&target["kind"]).zip(text(&target["name"]));
        let (ready, node) = (endpoint["conditions"]["ready"].as_bool(), text(&endpoint["nodeName"]));
        items(&endpoint["addresses"]).filter_map(text).map(move |address| SliceAddress {
            address,
            ready: ready.unwrap_or(true),
            node: node.clone(),
            target: target.clone(),
        })
    });
    let ports = items(&value["ports"])
        .filter_map(|raw| Some((text(&raw["name"]).unwrap_or_default(), port(&raw["port"])?)));
    Ok(EndpointSlice {
        namespace,
        service: text(&value["metadata"]["labels"]["kubernetes.io/service-name"]).unwrap_or_default(),
        addresses: addresses.collect(),
        ports: ports.collect(),
    })
}

/// An aggregated API.
///
/// # Errors
/// If it has no name.
pub fn api_service(value: &Value) -> Result<ApiService, DecodeError> {
    let (_, name) = name_of(value, "APIService")?;
    let service = &value["spec"]["service"];
    let available = items(&value["status"]["conditions"]).find(|condition| condition["type"] == "Available");
    Ok(ApiService {
        name,
        service: text(&service["namespace"]).zip(text(&service["name"])),
        available: available
            .and_then(|condition| condition["status"].as_str())
            .map(|status| status == "True"),
        reason: available.and_then(|condition| text(&condition["reason"])).unwrap_or_default(),
    })
}

/// A request for a certificate.
///
/// # Errors
/// If it has no name.
pub fn signing_request(value: &Value) -> Result<SigningRequest, DecodeError> {
    let (_, name) = name_of(value, "request for a certificate")?;
    let conditions = items(&value["status"]["conditions"])
        .filter(|condition| condition["status"].as_str().is_none_or(|status| status == "True"))
        .filter_map(|condition| text(&condition["type"]));
    Ok(SigningRequest {
        name,
        signer: text(&value["spec"]["signerName"]).unwrap_or_default(),
        user: text(&value["spec"]["username"]).unwrap_or_default(),
        conditions: conditions.collect(),
        issued: text(&value["status"]["certificate"]).is_some(),
        created: time(&value["metadata"]["creationTimestamp"]),
    })
}

/// The webhooks of all configurations in a list.
///
/// # Errors
/// If it is no list, or if a configuration has no name.
pub fn webhooks(list: &Value) -> Result<Listed<Webhook>, DecodeError> {
    let Listed { items, complete } = listed_by(list, "list of webhooks", webhooks_of)?;
    Ok(Listed { items: items.into_iter().flatten().collect(), complete })
}

fn webhooks_of(value: &Value) -> Result<Vec<Webhook>, DecodeError> {
    let (_, configuration) = name_of(value, "webhook configuration")?;
    let webhook = |raw: &Value| {
        let service = &raw["clientConfig"]["service"];
        Webhook {
            configuration: configuration.clone(),
            name: text(&raw["name"]).unwrap_or_default(),
            service: text(&service["namespace"])
                .zip(text(&service["name"]))
                .map(|(namespace, name)| (namespace, name, port(&service["port"]).unwrap_or(443))),
            timeout: raw["timeoutSeconds"].as_i64(),
            failure_policy: text(&raw["failurePolicy"]).unwrap_or_default(),
        }
    };
    Ok(items(&value["webhooks"]).map(webhook).collect())
}

/// A `DatadogAgent`: the switches that are judged, and nothing else of its specification.
///
/// # Errors
/// If it has no name.
pub fn datadog_agent(value: &Value) -> Result<DatadogAgent, DecodeError> {
    /// Annotations of the operator's own that are no free text.
    const OWN: &str = "agent.datadoghq.com/";
    let (namespace, name) = name_of(value, "DatadogAgent")?;
    let spec = &value["spec"];
    let (features, global) = (&spec["features"], &spec["global"]);
    let mut annotations = labels(&value["metadata"]["annotations"]);
    annotations.retain(|key, _| key.starts_with(OWN));
    let messages =
        items(&value["status"]["conditions"]).filter_map(|condition| condition["message"].as_str());
    let mut tells: Vec<Told> = messages.flat_map(Told::of).collect();
    tells.sort_unstable();
    tells.dedup();
    let conditions = items(&value["status"]["conditions"]).filter_map(|condition| {
        let said =
            (text(&condition["status"]).unwrap_or_default(), text(&condition["reason"]).unwrap_or_default());
        Some((text(&condition["type"])?, said))
    });
    Ok(DatadogAgent {
        namespace,
        name,
        annotations,
        control_plane_monitoring: features["controlPlaneMonitoring"]["enabled"].as_bool(),
        cluster_checks: features["clusterChecks"]["enabled"].as_bool(),
        runners: features["clusterChecks"]["useClusterChecksRunners"].as_bool(),
        disable_non_resource_rules: global["disableNonResourceRules"].as_bool(),
        cluster_name: text(&global["clusterName"]),
        site: text(&global["site"]),
        provider: text(&value["status"]["clusterProvider"]),
        conditions: conditions.collect(),
        tells,
    })
}

/// A namespace.
///
/// # Errors
/// If it has no name.
pub fn namespace(value: &Value) -> Result<Namespace, DecodeError> {
    name_of(value, "namespace")?;
    Ok(Namespace { labels: labels(&value["metadata"]["labels"]) })
}

/// A service account.
///
/// # Errors
/// If it has no name.
pub fn service_account(value: &Value) -> Result<ServiceAccount, DecodeError> {
    name_of(value, "service account")?;
    Ok(ServiceAccount { automount_token: value["automountServiceAccountToken"].as_bool() })
}

/// The phase of each static pod in what a kubelet's `/pods` answers, by the pod's name.
///
/// # Errors
/// If it is no list.
pub fn static_pods(list: &Value) -> Result<BTreeMap<String, String>, DecodeError> {
    const WHAT: &str = "list of a kubelet's pods";
    let pods = list["items"].as_array().ok_or(DecodeError::NotAList(WHAT))?;
    let is_static = |pod: &&Value| pod["metadata"]["annotations"]["kubernetes.io/config.source"] == "file";
    let phase = |pod: &Value| Some((text(&pod["metadata"]["name"])?, text(&pod["status"]["phase"])?));
    Ok(pods.iter().filter(is_static).filter_map(phase).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn of_an_event_no_word_of_the_message_is_kept() {
        let seen = event(&json!({
            "metadata": {"name": "a.1", "namespace": "datadog"},
            "involvedObject": {"kind": "Pod", "name": "agent-x"}, "reason": "Failed", "count": 7,
            "message": "Error: secret \"canary\" not found", "lastTimestamp": "2026-06-01T09:00:00Z",
        }))
        .unwrap();
        assert_eq!((seen.tells.as_slice(), seen.count), (&[Told::SecretMissing][..], 7));
        assert_eq!(
            (seen.kind.as_str(), seen.name.as_str(), seen.reason.as_str()),
            ("Pod", "agent-x", "Failed")
        );
        assert!(seen.last.is_some() && !format!("{seen:?}").contains("canary"));
    }

    #[test]
    fn of_a_datadog_agent_no_free_value_is_kept() {
        let seen = datadog_agent(&json!({
            "metadata": {"name": "datadog", "namespace": "datadog", "annotations": {
                "agent.datadoghq.com/cluster-provider": "openshift-rhcos",
                "kubectl.kubernetes.io/last-applied-configuration": "canary"}},
            "spec": {"global": {"credentials": {"apiKey": "canary"}, "clusterName": "c", "env": [{"value": "canary"}]},
                "features": {"controlPlaneMonitoring": {"enabled": false}}},
            "status": {"clusterProvider": "eks", "conditions": [
                {"type": "Reconciled", "status": "False", "reason": "Failed", "message": "canary"}]},
        }))
        .unwrap();
        assert_eq!((seen.control_plane_monitoring, seen.provider.as_deref()), (Some(false), Some("eks")));
        assert_eq!(seen.conditions["Reconciled"].1, "Failed");
        assert_eq!(seen.annotations["agent.datadoghq.com/cluster-provider"], "openshift-rhcos");
        assert!(!format!("{seen:?}").contains("canary"));
    }

    #[test]
    fn reads_null_wherever_it_may_stand() {
        let bare = json!({"metadata": {"name": "n", "labels": null}, "spec": null, "status": null,
            "endpoints": null, "ports": null, "webhooks": null});
        assert_eq!(lease(&bare).unwrap().holder, None);
        assert!(endpoint_slice(&bare).unwrap().addresses.is_empty());
        assert_eq!(api_service(&bare).unwrap().available, None);
        assert!(signing_request(&bare).unwrap().conditions.is_empty());
        assert!(webhooks(&json!({"items": [bare.clone()]})).unwrap().items.is_empty());
        assert_eq!(datadog_agent(&bare).unwrap().provider, None);
        assert!(namespace(&bare).unwrap().labels.is_empty());
        assert_eq!(service_account(&bare).unwrap().automount_token, None);
        assert_eq!(lease(&json!({"metadata": {}})), Err(DecodeError::Nameless("lease")));
    }

    #[test]
    fn reads_addresses_with_what_has_them() {
        let seen = endpoint_slice(&json!({
            "metadata": {"name": "k", "namespace": "default", "labels": {"kubernetes.io/service-name": "kubernetes"}},
            "endpoints": [{"addresses": ["10.0.0.1", "10.0.0.2"], "conditions": {"ready": false}, "nodeName": "a",
                "targetRef": {"kind": "Pod", "name": "p"}}, {"addresses": ["10.0.0.3"]}],
            "ports": [{"name": "https", "port": 6443}, {"port": 1}, {"name": "none"}],
        }))
        .unwrap();
        let ready: Vec<bool> = seen.addresses.iter().map(|one| one.ready).collect();
        assert_eq!((seen.service.as_str(), ready), ("kubernetes", vec![false, false, true]));
        assert_eq!(seen.ports, [("https".to_owned(), 6443), (String::new(), 1)]);
        assert_eq!(seen.addresses[0].target, Some(("Pod".to_owned(), "p".to_owned())));
    }

    #[test]
    fn of_a_kubelets_pods_static_ones_are_kept() {
        let source = |source: &str| json!({"kubernetes.io/config.source": source});
        let pods = json!({"items": [
            {"metadata": {"name": "etcd-a", "annotations": source("file")}, "status": {"phase": "Pending"}},
            {"metadata": {"name": "web", "annotations": source("api")}, "status": {"phase": "Running"}},
        ]});
        assert_eq!(static_pods(&pods).unwrap(), [("etcd-a".to_owned(), "Pending".to_owned())].into());
        assert!(static_pods(&json!({})).is_err());
    }
}
