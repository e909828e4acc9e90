//! Agent checks in annotations. Only the checks of control-plane components are kept, and of these only keys that are
//! known to be harmless: whatever else stands there is left behind.

use super::{
    DecodeError,
    checks::instance,
    objects::{Pairs, RawMeta, pairs},
    read,
};
use crate::model::{
    check_config::{AnnotatedChecks, CheckConfig},
    component::Component,
    facts::AnnotatedService,
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// How the keys begin; a container's name, `service` or `endpoints` follows, and then which part it is.
const PREFIX: &str = "ad.datadoghq.com/";

/// All checks in one annotation, as Agents from 7.36 on read it.
const WHOLE: &str = ".checks";

/// The names of the checks, whose instances stand in another annotation in the same order.
const NAMES: &str = ".check_names";

#[derive(Deserialize)]
struct RawService {
    metadata: Option<RawMeta>,
    spec: Option<RawServiceSpec>,
}

#[derive(Default, Deserialize)]
struct RawServiceSpec {
    selector: Pairs,
    ports: Option<Vec<RawPort>>,
}

#[derive(Deserialize)]
struct RawPort {
    name: Option<String>,
    port: Option<u16>,
}

/// What all instances of each of these checks share, in the same order.
const INIT: &str = ".init_configs";

/// How the checks of endpoints are addressed.
const RESOLVE: &str = "ad.datadoghq.com/endpoints.resolve";

/// A Service's checks; `None` where it configures none.
///
/// # Errors
/// If it is no Service or has no name.
pub fn service(value: &Value) -> Result<Option<AnnotatedService>, DecodeError> {
    let raw: RawService = read(value, "Service")?;
    let meta = raw.metadata.ok_or(DecodeError::Nameless("Service"))?;
    let managers = meta.managers();
    let name = meta.name.filter(|name| !name.is_empty()).ok_or(DecodeError::Nameless("Service"))?;
    let mut checks = checks(&meta.annotations);
    checks.retain(|key, _| key.starts_with("service.") || key.starts_with("endpoints."));
    if checks.is_empty() {
        return Ok(None);
    }
    let spec = raw.spec.unwrap_or_default();
    let ports = spec.ports.unwrap_or_default().into_iter();
    Ok(Some(AnnotatedService {
        resolve: meta.annotations.as_ref().and_then(|all| all.get(RESOLVE).cloned()).flatten(),
        managers,
        namespace: meta.namespace.unwrap_or_default(),
        name,
        checks,
        selector: pairs(spec.selector),
        ports: ports.filter_map(|raw| Some((raw.name.unwrap_or_default(), raw.port?))).collect(),
    }))
}

/// The checks of control-plane components in annotations.
pub(super) fn checks(annotations: &Pairs) -> AnnotatedChecks {
    let Some(annotations) = annotations else { return AnnotatedChecks::new() };
    let text = |key: &str| annotations.get(key).and_then(Option::as_deref);
    let mut all = AnnotatedChecks::new();
    for (key, value) in annotations {
        let (Some(of), Some(value)) = (key.strip_prefix(PREFIX), value) else { continue };
        let found = if of.ends_with(WHOLE) {
            whole(value)
        } else if let Some(whose) = of.strip_suffix(NAMES) {
            // Where both forms stand side by side the Agent reads the newer one and ignores the older.
            if annotations.contains_key(&format!("{PREFIX}{whose}{WHOLE}")) {
                continue;
            }
            let part = |part: &str| text(&format!("{PREFIX}{whose}{part}"));
            in_parts(value, part(INIT), part(".instances"))
        } else {
            continue;
        };
        if !found.is_empty() {
            all.insert(of.to_owned(), found);
        }
    }
    all
}

fn whole(text: &str) -> BTreeMap<String, CheckConfig> {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(checks)) => checks
            .iter()
            .filter(|(name, _)| is_known(name))
            .map(|(name, check)| {
                let cluster_check = check["cluster_check"].as_bool().unwrap_or_default();
                (name.clone(), CheckConfig { cluster_check, ..of_instances(&check["instances"]) })
            })
            .collect(),
        Ok(_) => unreadable(text, "it is no mapping of checks"),
        Err(error) => unreadable(text, &not_json(&error)),
    }
}

fn in_parts(names: &str, init: Option<&str>, instances: Option<&str>) -> BTreeMap<String, CheckConfig> {
    let list = |text: &str| serde_json::from_str::<Vec<Value>>(text).map_err(|error| not_json(&error));
    let beside = |part: Option<&str>, what: &str| {
        let text = part.ok_or_else(|| format!("it has no {what} beside it"))?;
        list(text).map_err(|why| format!("of its {what}: {why}"))
    };
    let (parsed, init, instances) =
        match (list(names), beside(init, "init_configs"), beside(instances, "instances")) {
            (Ok(names), Ok(init), Ok(instances)) => (names, init, instances),
            (Err(why), ..) | (_, Err(why), _) | (.., Err(why)) => return unreadable(names, &why),
        };
    if parsed.len() != instances.len() {
        return unreadable(names, "it names more or fewer checks than there are instances");
    }
    if parsed.len() != init.len() {
        return unreadable(names, "it names more or fewer checks than there are init_configs");
    }
    let mut checks: BTreeMap<String, CheckConfig> = BTreeMap::new();
    for (name, one) in parsed.iter().zip(instances) {
        let Some(name) = name.as_str().filter(|name| is_known(name)) else { continue };
        // An element is one instance, or a list of them.
        let instances = if one.is_array() { one } else { Value::Array(vec![one]) };
        checks.entry(name.to_owned()).or_default().instances.extend(of_instances(&instances).instances);
    }
    checks
}

fn of_instances(list: &Value) -> CheckConfig {
    match list.as_array() {
        Some(list) => {
            CheckConfig { instances: list.iter().map(instance).collect(), ..CheckConfig::default() }
        }
        None => CheckConfig {
            unreadable: Some("it has no list of instances".to_owned()),
            ..CheckConfig::default()
        },
    }
}

/// The known checks that a text means which cannot be read. The reason never quotes the text.
fn unreadable(text: &str, why: &str) -> BTreeMap<String, CheckConfig> {
    names()
        .filter(|name| text.contains(&format!("\"{name}\"")))
        .map(|name| {
            (name.to_owned(), CheckConfig { unreadable: Some(why.to_owned()), ..CheckConfig::default() })
        })
        .collect()
}

fn not_json(error: &serde_json::Error) -> String {
    format!("not JSON at line {} column {}", error.line(), error.column())
}

fn names() -> impl Iterator<Item = &'static str> {
    Component::ALL.into_iter().map(|component| component.profile().agent_check)
}

fn is_known(name: &str) -> bool {
    names().any(|known| known == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read_from(annotations: &Value) -> AnnotatedChecks {
        let annotations: Pairs = serde_json::from_value(annotations.clone()).unwrap();
        let checks = checks(&annotations);
        assert!(!format!("{checks:?}").contains("canary"), "{checks:?}");
        checks
    }

    #[test]
    fn reads_the_newer_form_and_keeps_what_is_harmless() {
        let text = json!({
            "kube_scheduler": {"init_config": {"password": "canary"}, "instances": [{
                "prometheus_url": "https://me:canary@%%host%%:10259/metrics", "ssl_verify": "true",
                "bearer_token_auth": true, "tls_ca_cert": "/ca.crt", "headers": {"Authorization": "canary"}}]},
            "redisdb": {"instances": [{"password": "canary"}]},
        });
        let seen = read_from(&json!({
            "ad.datadoghq.com/kube-scheduler.checks": text.to_string(),
            "ad.datadoghq.com/kube-scheduler.logs": "[{\"token\": \"canary\"}]",
            "ad.datadoghq.com/app.checks": "{\"http_check\": {\"instances\": [{\"password\": \"canary\"}]}}",
        }));
        assert_eq!(seen.keys().collect::<Vec<_>>(), ["kube-scheduler.checks"]);
        let checks = &seen["kube-scheduler.checks"];
        assert_eq!(checks.keys().collect::<Vec<_>>(), ["kube_scheduler"]);
        let instance = &checks["kube_scheduler"].instances[0];
        assert_eq!(instance.url.as_deref(), Some("https://%%host%%:10259/metrics"));
        assert_eq!((instance.tls_verify, instance.bearer_token_auth), (Some(true), Some(true)));
        assert_eq!(instance.tls_ca_cert.as_deref(), Some("/ca.crt"));
    }

    #[test]
    fn reads_the_older_form_by_its_order() {
        let both = read_from(&json!({
            "ad.datadoghq.com/endpoints.check_names": "[\"redisdb\", \"etcd\", \"etcd\"]",
            "ad.datadoghq.com/endpoints.init_configs": "[{}, {}, {}]",
            "ad.datadoghq.com/endpoints.instances":
                "[{\"password\": \"canary\"}, {\"prometheus_url\": \"a\"}, [{\"prometheus_url\": \"b\"}]]",
        }));
        let urls: Vec<_> =
            both["endpoints.check_names"]["etcd"].instances.iter().map(|one| one.url.as_deref()).collect();
        assert_eq!(urls, [Some("a"), Some("b")]);
        let newer = read_from(&json!({
            "ad.datadoghq.com/etcd.checks": "{\"etcd\": {\"instances\": [{}]}}",
            "ad.datadoghq.com/etcd.check_names": "[\"etcd\"]",
        }));
        assert_eq!(newer.keys().collect::<Vec<_>>(), ["etcd.checks"]);
    }

    fn check_unreadable(annotations: &Value, why: &str) {
        let seen = read_from(annotations);
        let said: Vec<_> = seen.values().flat_map(BTreeMap::values).collect();
        assert!(said.iter().all(|check| check.instances.is_empty()), "{seen:?}");
        assert_eq!(said.first().and_then(|check| check.unreadable.as_deref()), Some(why), "{seen:?}");
    }

    #[test]
    fn says_what_cannot_be_read_without_quoting_it() {
        let of = |text: &str| json!({"ad.datadoghq.com/etcd.checks": text});
        check_unreadable(&of("{\"etcd\": canary"), "not JSON at line 1 column 10");
        check_unreadable(&of("[\"etcd\", \"canary\"]"), "it is no mapping of checks");
        check_unreadable(&of("{\"etcd\": {\"instances\": \"canary\"}}"), "it has no list of instances");
        check_unreadable(
            &json!({"ad.datadoghq.com/etcd.check_names": "[\"etcd\"]", "ad.datadoghq.com/etcd.instances": "[]"}),
            "it has no init_configs beside it",
        );
        let parts = |init: &str, instances: &str| {
            json!({
                "ad.datadoghq.com/etcd.check_names": "[\"etcd\"]",
                "ad.datadoghq.com/etcd.init_configs": init, "ad.datadoghq.com/etcd.instances": instances,
            })
        };
        check_unreadable(&parts("[{}]", "[]"), "it names more or fewer checks than there are instances");
        check_unreadable(&parts("[]", "[{}]"), "it names more or fewer checks than there are init_configs");
        check_unreadable(&parts("[{}]", "canary"), "of its instances: not JSON at line 1 column 1");
        assert!(read_from(&of("canary")).is_empty(), "it means none of ours");
        assert!(read_from(&json!({"ad.datadoghq.com/etcd.checks": null, "x": "{}"})).is_empty());
    }

    #[test]
    fn of_services_only_those_that_configure_a_check_are_kept() {
        let of = |annotations: Value| {
            service(&json!({"metadata": {"name": "n", "namespace": "s", "annotations": annotations}}))
                .unwrap()
        };
        let checks = "{\"kube_apiserver_metrics\": {\"instances\": [{\"bearer_token_auth\": true}]}}";
        let kept = of(json!({"ad.datadoghq.com/endpoints.checks": checks})).unwrap();
        assert_eq!((kept.namespace.as_str(), kept.name.as_str(), kept.checks.len()), ("s", "n", 1));
        assert_eq!(of(json!({"ad.datadoghq.com/container.checks": checks})), None);
        assert_eq!(of(Value::Null), None);
        assert_eq!(service(&json!({"metadata": {}})), Err(DecodeError::Nameless("Service")));
    }
}
