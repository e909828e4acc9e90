//! A kubelet's configuration, as its `/configz` answers it.

use super::DecodeError;
use crate::model::facts::KubeletConfig;
use serde_json::Value;

/// What `/configz` answers: `{"kubeletconfig": {…}}`, or that inner object alone.
///
/// # Errors
/// If there is nothing of a kubelet's configuration in it.
pub fn kubelet_config(value: &Value) -> Result<KubeletConfig, DecodeError> {
    let config = value.get("kubeletconfig").unwrap_or(value);
    if !config.is_object() || (config.get("authentication").is_none() && config.get("kind").is_none()) {
        return Err(DecodeError::Shape("kubelet configuration"));
    }
    let flag = |pointer: &str| config.pointer(pointer).and_then(Value::as_bool);
    Ok(KubeletConfig {
        webhook: flag("/authentication/webhook/enabled"),
        anonymous: flag("/authentication/anonymous/enabled"),
        authorization: config.pointer("/authorization/mode").and_then(Value::as_str).map(str::to_owned),
        read_only_port: config
            .get("readOnlyPort")
            .and_then(Value::as_u64)
            .and_then(|port| u16::try_from(port).ok()),
        server_tls_bootstrap: flag("/serverTLSBootstrap"),
        cluster_domain: config.get("clusterDomain").and_then(Value::as_str).map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_what_matters_and_refuses_what_is_no_configuration() {
        let config = json!({"kubeletconfig": {
            "authentication": {"webhook": {"enabled": false}, "anonymous": {"enabled": false}},
            "authorization": {"mode": "Webhook"},
            "readOnlyPort": 10255,
            "clusterDomain": "cluster.local",
        }});
        assert_eq!(
            kubelet_config(&config).unwrap(),
            KubeletConfig {
                webhook: Some(false),
                anonymous: Some(false),
                authorization: Some("Webhook".to_owned()),
                read_only_port: Some(10255),
                server_tls_bootstrap: None,
                cluster_domain: Some("cluster.local".to_owned()),
            }
        );
        for other in [json!({}), json!([]), json!({"kubeletconfig": null}), json!("text")] {
            assert!(kubelet_config(&other).is_err(), "{other}");
        }
    }
}
