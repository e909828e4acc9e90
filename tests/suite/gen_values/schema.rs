//! Every `DatadogAgent` by the schema of its definition, strictly: a field that the schema does not have is an error.

use super::{of, plans, read::one, shared};
use ctlmon::plan::{Dialect, spell};
use serde_json::Value;
use std::fs;

/// The first thing that the schema does not allow.
fn breach(schema: &Value, value: &Value, at: &str) -> Option<String> {
    let is_open = schema["x-kubernetes-preserve-unknown-fields"] == true;
    if schema["x-kubernetes-int-or-string"] == true {
        return (!value.is_string() && !value.is_i64()).then(|| format!("{at} is neither number nor text"));
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        return Some(format!("{at} is {value}, of {allowed:?}"));
    }
    let is_right = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        _ => true,
    };
    if !is_right {
        return Some(format!("{at} is {value}, and no {}", schema["type"]));
    }
    match value {
        Value::Object(fields) => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            if let Some(missing) = required.into_iter().find(|name| !fields.contains_key(*name)) {
                return Some(format!("{at} lacks {missing}"));
            }
            fields.iter().find_map(|(name, value)| {
                let at = format!("{at}.{name}");
                let known = &schema["properties"][name];
                match (known, &schema["additionalProperties"]) {
                    (Value::Null, rest @ Value::Object(_)) => breach(rest, value, &at),
                    (Value::Null, Value::Bool(true)) => None,
                    (Value::Null, _) if is_open => None,
                    (Value::Null, _) => Some(format!("{at} is unknown")),
                    (known, _) => breach(known, value, &at),
                }
            })
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(number, item)| breach(&schema["items"], item, &format!("{at}[{number}]"))),
        _ => None,
    }
}

#[test]
fn every_datadog_agent_is_valid() {
    let Some(folder) = shared("every_datadog_agent_is_valid") else { return };
    let text = fs::read_to_string(folder.join("data/datadog/datadogagent_v2alpha1.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let spec = &schema["properties"]["spec"];
    assert!(spec.is_object(), "the schema has a specification");

    let mut planted = one(&spell(&plans()[0], Dialect::DatadogAgent).unwrap());
    planted["spec"]["features"] = serde_json::json!({"clusterChecks": {"clusterCheckRunners": true}});
    let said = breach(spec, &planted["spec"], "spec").unwrap();
    assert_eq!(
        said, "spec.features.clusterChecks.clusterCheckRunners is unknown",
        "the field that the operator's page names"
    );

    for plan in plans() {
        let document = one(&spell(&plan, Dialect::DatadogAgent).unwrap());
        assert_eq!(breach(spec, &document["spec"], "spec"), None, "{}", of(&plan));
    }
}
