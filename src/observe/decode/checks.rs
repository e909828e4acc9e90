//! `ConfigMaps`, and the Agent check configurations in them. Of a configuration only keys that are known to be harmless
//! are kept, and of a text that cannot be read nothing but the place of its first fault.

use super::{DecodeError, allowed, read};
use crate::{
    certs::pem::certificates,
    model::{
        answer::{ConfigMapFacts, KubeadmFacts},
        check_config::{CheckConfig, CheckInstance},
        component::Component,
    },
    yaml,
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawConfigMap {
    data: Option<BTreeMap<String, Option<String>>>,
    binary_data: Option<BTreeMap<String, Option<String>>>,
}

/// A `ConfigMap`: the names of its entries, and by the name of the check those that configure one.
///
/// An entry configures a check where its name ends in `.yaml` or `.yml` and its text has a list of `instances`: that is
/// how the Agent reads the files of `conf.d`.
///
/// # Errors
/// If it is no `ConfigMap`.
pub fn config_map(value: &Value) -> Result<ConfigMapFacts, DecodeError> {
    let raw: RawConfigMap = read(value, "ConfigMap")?;
    let data = raw.data.unwrap_or_default();
    let keys: BTreeSet<&String> =
        data.keys().chain(raw.binary_data.iter().flatten().map(|(key, _)| key)).collect();
    let checks = data
        .iter()
        .filter_map(|(key, text)| {
            let name = key.strip_suffix(".yaml").or_else(|| key.strip_suffix(".yml"))?;
            Some((name.to_owned(), check(text.as_deref()?)?))
        })
        .collect();
    let kubeadm = data.get(KUBEADM).and_then(Option::as_deref).and_then(kubeadm);
    let authority = data.get(AUTHORITY).and_then(Option::as_deref).map(|text| certificates(text.as_bytes()));
    Ok(ConfigMapFacts {
        keys: keys.into_iter().cloned().collect(),
        checks,
        kubeadm,
        authority: authority.and_then(Result::ok).unwrap_or_default(),
    })
}

/// The entry that holds a CA.
const AUTHORITY: &str = "ca.crt";

/// The entry in which kubeadm keeps what it was told.
const KUBEADM: &str = "ClusterConfiguration";

/// What kubeadm was told beyond its own flags; `None` where that cannot be read.
///
/// Source: kubeadm's v1beta3, where `extraArgs` is a mapping, and v1beta4, where it is a list of names and values.
fn kubeadm(text: &str) -> Option<KubeadmFacts> {
    let documents = yaml::documents(text).ok()?;
    let document = documents.iter().find(|document| document["kind"] == KUBEADM)?;
    let parts = [
        (Component::ApiServer, &document["apiServer"]),
        (Component::ControllerManager, &document["controllerManager"]),
        (Component::Scheduler, &document["scheduler"]),
        (Component::Etcd, &document["etcd"]["local"]),
    ];
    let kept = |name: &str, value: &Value| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        (name.to_owned(), allowed::flag(name, &value))
    };
    let flags = |part: &Value| match &part["extraArgs"] {
        Value::Object(map) => map.iter().map(|(name, value)| kept(name, value)).collect(),
        Value::Array(list) => {
            list.iter().filter_map(|one| Some(kept(one["name"].as_str()?, &one["value"]))).collect()
        }
        _ => BTreeMap::new(),
    };
    Some(KubeadmFacts {
        api_version: document["apiVersion"].as_str().unwrap_or_default().to_owned(),
        extra_args: parts.into_iter().map(|(component, part)| (component, flags(part))).collect(),
    })
}

fn check(text: &str) -> Option<CheckConfig> {
    // Asked first, so that entries that are no check cost no parsing.
    if !text.contains("instances") {
        return None;
    }
    let documents = match yaml::documents(text) {
        Ok(documents) => documents,
        Err(error) => {
            let means_a_check = text.lines().any(|line| line.starts_with("instances:"));
            return means_a_check
                .then(|| CheckConfig { unreadable: Some(error.to_string()), ..CheckConfig::default() });
        }
    };
    // The Agent reads the first document of a file and no other.
    let document = documents.first()?;
    let instances = document["instances"].as_array()?;
    Some(CheckConfig {
        ad_identifiers: document["ad_identifiers"]
            .as_array()
            .map(|names| names.iter().filter_map(text_of).collect())
            .unwrap_or_default(),
        cluster_check: switch(&document["cluster_check"]).unwrap_or_default(),
        instances: instances.iter().map(instance).collect(),
        endpoints_of: endpoints_of(&document["advanced_ad_identifiers"]),
        resolve: advanced(&document["advanced_ad_identifiers"])
            .find_map(|endpoints| text_of(&endpoints["resolve"])),
        unreadable: None,
    })
}

/// The Services whose endpoints a file of the Cluster Agent is for.
fn endpoints_of(identifiers: &Value) -> Vec<(String, String)> {
    advanced(identifiers)
        .filter_map(|endpoints| Some((text_of(&endpoints["namespace"])?, text_of(&endpoints["name"])?)))
        .collect()
}

fn advanced(identifiers: &Value) -> impl Iterator<Item = &Value> {
    identifiers.as_array().into_iter().flatten().filter_map(|one| one.get("kube_endpoints"))
}

/// Options that had another name once, with that name.
///
/// Source: `HTTP_CONFIG_REMAPPER` of the checks' base class.
const OLD_NAMES: [&str; 9] = [
    "ssl_verify",
    "ssl_cert",
    "ssl_private_key",
    "ssl_ca_cert",
    "prometheus_timeout",
    "ssl_keyfile",
    "ssl_certfile",
    "ssl_cert_validation",
    "ssl_ca_certs",
];

pub(super) fn instance(raw: &Value) -> CheckInstance {
    let text = |names: [&str; 2]| names.iter().find_map(|name| text_of(&raw[*name]));
    let on = |names: [&str; 2]| names.iter().find_map(|name| switch(&raw[*name]));
    CheckInstance {
        url: text(["prometheus_url", "openmetrics_endpoint"]).map(|url| allowed::without_secrets(&url)),
        bearer_token_auth: sends_token(raw),
        tls_verify: on(["tls_verify", "ssl_verify"]),
        // `ssl_ca_cert: false` is a way of not verifying, not a path.
        tls_ca_cert: text(["tls_ca_cert", "ssl_ca_cert"]),
        tls_cert: text(["tls_cert", "ssl_cert"]),
        tls_private_key: text(["tls_private_key", "ssl_private_key"]),
        possible_urls: urls(&raw["possible_prometheus_urls"]),
        legacy_url: text_of(&raw["url"]).map(|url| allowed::without_secrets(&url)),
        use_preview: switch(&raw["use_preview"]),
        accepts_anything: ["headers", "extra_headers"].iter().any(|headers| accepts_anything(&raw[*headers])),
        brings_credential: brings_credential(raw),
        old_names: OLD_NAMES
            .iter()
            .filter(|name| raw.get(**name).is_some())
            .map(|name| (*name).to_owned())
            .collect(),
        leader_election_kind: text_of(&raw["leader_election_kind"]),
    }
}

/// Whether the token is sent; with `tls_only` it is, wherever TLS is spoken.
fn sends_token(raw: &Value) -> Option<bool> {
    match &raw["bearer_token_auth"] {
        Value::String(text) if text == "tls_only" => {
            Some(raw["prometheus_url"].as_str().is_none_or(|url| !url.starts_with("http://")))
        }
        other => switch(other),
    }
}

/// Whether a credential other than the account's token is sent. Of that nothing but its presence is looked at.
fn brings_credential(raw: &Value) -> bool {
    let is_header = |headers: &str| {
        let headers = raw[headers].as_object().into_iter().flatten();
        headers.into_iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"))
    };
    ["auth_token", "username"].iter().any(|option| !raw[*option].is_null())
        || ["headers", "extra_headers"].into_iter().any(is_header)
}

fn urls(list: &Value) -> Vec<String> {
    let list = list.as_array().into_iter().flatten();
    list.filter_map(text_of).map(|url| allowed::without_secrets(&url)).collect()
}

/// Whether the header `Accept`, in whatever letters, takes any form of answer. No other header is looked at.
fn accepts_anything(headers: &Value) -> bool {
    headers.as_object().into_iter().flatten().any(|(name, value)| {
        name.eq_ignore_ascii_case("accept") && value.as_str().is_some_and(|value| value.contains("*/*"))
    })
}

fn text_of(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn switch(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(on) => Some(*on),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn one(text: &str) -> Option<CheckConfig> {
        config_map(&json!({"data": {"etcd.yaml": text}})).unwrap().checks.remove("etcd")
    }

    fn first_instance(lines: &str) -> CheckInstance {
        one(&format!("instances:\n  - {}\n", lines.replace('\n', "\n    "))).unwrap().instances.remove(0)
    }

    #[test]
    fn reads_a_check_and_keeps_what_is_harmless() {
        let check = one("ad_identifiers: [etcd]\ncluster_check: true\ninit_config: {}\ninstances:\n\
                         - prometheus_url: https://me:canary@%%host%%:2379/metrics\n  tls_ca_cert: /pki/ca.crt\n  \
                         tls_cert: /pki/c.crt\n  tls_private_key: /pki/c.key\n  password: canary\n  headers: {Authorization: canary}\n")
        .unwrap();
        assert_eq!(check.ad_identifiers, ["etcd"]);
        assert!(check.cluster_check);
        assert_eq!(check.instances[0].url.as_deref(), Some("https://%%host%%:2379/metrics"));
        assert_eq!(check.instances[0].tls_private_key.as_deref(), Some("/pki/c.key"));
        assert!(!format!("{check:?}").contains("canary"));
    }

    #[test]
    fn reads_the_older_names_and_both_ways_to_write_a_switch() {
        let old = first_instance(
            "openmetrics_endpoint: http://x/metrics\nssl_verify: false\nssl_ca_cert: /ca\nssl_cert: /c\nssl_private_key: /k",
        );
        assert_eq!(old.url.as_deref(), Some("http://x/metrics"));
        assert_eq!((old.tls_verify, old.tls_ca_cert.as_deref()), (Some(false), Some("/ca")));
        assert_eq!((old.tls_cert.as_deref(), old.tls_private_key.as_deref()), (Some("/c"), Some("/k")));
        assert_eq!(first_instance("bearer_token_auth: \"true\"").bearer_token_auth, Some(true));
        assert_eq!(first_instance("bearer_token_auth: false").bearer_token_auth, Some(false));
        assert_eq!(first_instance("bearer_token_auth: tls_only").bearer_token_auth, Some(true));
        let plain = first_instance("prometheus_url: http://x/metrics\nbearer_token_auth: tls_only");
        assert_eq!(plain.bearer_token_auth, Some(false));
        assert!(first_instance("headers: {Authorization: canary}").brings_credential);
        assert!(!first_instance("headers: {Accept: '*/*'}").brings_credential);
        assert_eq!(first_instance("ssl_ca_cert: false").tls_ca_cert, None);
        assert_eq!(first_instance("ssl_ca_cert: false").old_names, ["ssl_ca_cert"]);
    }

    #[test]
    fn takes_nothing_else_for_a_check() {
        assert_eq!(one("just: a file"), None);
        assert_eq!(one("instances: 3\n"), None);
        assert_eq!(one("nested:\n  instances: []\n"), None);
        assert_eq!(one("text about instances: [\n"), None);
        let other =
            config_map(&json!({"data": {"notes.txt": "instances: []"}, "binaryData": {"blob": "AA=="}}))
                .unwrap();
        assert_eq!((other.keys.len(), other.checks.len()), (2, 0));
        assert_eq!(config_map(&json!({"data": null})).unwrap().keys, Vec::<String>::new());
        assert_eq!(config_map(&json!({"data": {"a": 1}})), Err(DecodeError::Shape("ConfigMap")));
    }

    #[test]
    fn says_of_a_broken_check_that_it_is_broken_and_nothing_more() {
        let broken = one("instances:\n  - password: \"canary\n").unwrap();
        assert!(broken.unreadable.as_deref().is_some_and(|why| why.contains("not YAML")), "{broken:?}");
        assert!(!format!("{broken:?}").contains("canary"));
        assert_eq!(one("instances:\n").and_then(|check| check.unreadable), None);
    }

    #[test]
    fn survives_instances_that_are_no_mappings() {
        assert_eq!(
            one("instances: [null, text, 3, []]").unwrap().instances,
            vec![CheckInstance::default(); 4]
        );
    }
}
