//! What installers keep: releases of Helm, a `DatadogAgent`, an `APIService`. A release holds the whole chart with its
//! templates, and whatever was given as a value; of all that the chart's version and the harmless values are kept.

use super::{
    DecodeError, read,
    settings::{datadog_agent_settings, helm_values},
};
use crate::model::{
    facts::Named,
    installed::{Installed, RELEASE_TYPE, ServedBy},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Value;
use std::io::Read as _;
use zeroize::Zeroizing;

/// How many bytes a release may have when it is unpacked. A Secret takes a mebibyte of it packed, and the charts and
/// templates of which it mostly consists become five to ten times as long.
const MAX_RELEASE_BYTES: u64 = 64 * 1024 * 1024;

/// How a packed release begins. Helm once kept them unpacked, and still reads those.
const GZIP: [u8; 3] = [0x1f, 0x8b, 0x08];

#[derive(Deserialize)]
struct RawSecrets {
    items: Option<Vec<RawSecret>>,
}

#[derive(Deserialize)]
struct RawSecret {
    #[serde(rename = "type")]
    kind: Option<String>,
    data: Option<RawData>,
}

#[derive(Deserialize)]
struct RawData {
    release: Option<String>,
}

#[derive(Deserialize)]
struct RawRelease {
    version: Option<u32>,
    config: Option<Value>,
    chart: Option<RawChart>,
}

#[derive(Deserialize)]
struct RawChart {
    metadata: Option<RawChartMetadata>,
}

#[derive(Deserialize)]
struct RawChartMetadata {
    version: Option<String>,
}

#[derive(Deserialize)]
struct RawApiService {
    spec: Option<RawApiServiceSpec>,
}

#[derive(Deserialize)]
struct RawApiServiceSpec {
    service: Option<RawServiceName>,
}

#[derive(Deserialize)]
struct RawServiceName {
    namespace: Option<String>,
    name: Option<String>,
}

/// The newest of the releases in a list of Secrets; `None` where there is none.
///
/// # Errors
/// If it is no list, or if the newest cannot be unpacked and read.
pub fn release(list: &Value) -> Result<Option<Installed>, DecodeError> {
    let raw: RawSecrets = read(list, "list of Secrets")?;
    let secrets = raw.items.ok_or(DecodeError::NotAList("list of Secrets"))?.into_iter();
    let releases = secrets.filter(|secret| secret.kind.as_deref() == Some(RELEASE_TYPE));
    let mut newest: Option<Installed> = None;
    for secret in releases {
        let release = unpacked(secret).ok_or(DecodeError::Shape("Helm release"))?;
        // While one revision takes the place of another, both can be there.
        newest = newest.filter(|newest| newest.revision > release.revision).or(Some(release));
    }
    Ok(newest)
}

fn unpacked(secret: RawSecret) -> Option<Installed> {
    let packed = Zeroizing::new(secret.data?.release?);
    // The API server writes every entry of a Secret in base64, and Helm itself writes this one so.
    let packed = Zeroizing::new(STANDARD.decode(packed.as_bytes()).ok()?);
    let packed = Zeroizing::new(STANDARD.decode(packed.as_slice()).ok()?);
    let mut text = Zeroizing::new(Vec::new());
    if packed.starts_with(&GZIP) {
        let mut reader = GzDecoder::new(packed.as_slice()).take(MAX_RELEASE_BYTES + 1);
        reader.read_to_end(&mut text).ok()?;
    } else {
        text.extend_from_slice(&packed);
    }
    if text.len() as u64 > MAX_RELEASE_BYTES {
        return None;
    }
    let raw: RawRelease = serde_json::from_slice(&text).ok()?;
    Some(Installed {
        chart: raw.chart.and_then(|chart| chart.metadata?.version),
        revision: raw.version,
        settings: raw.config.map(|values| helm_values(&values)).unwrap_or_default(),
    })
}

/// A `DatadogAgent`.
///
/// # Errors
/// If it has no specification.
pub fn installed_datadog_agent(object: &Value) -> Result<Installed, DecodeError> {
    if !object["spec"].is_object() {
        return Err(DecodeError::Shape("DatadogAgent"));
    }
    Ok(Installed { settings: datadog_agent_settings(object), ..Installed::default() })
}

/// An `APIService`.
///
/// # Errors
/// If it is none.
pub fn served_by(object: &Value) -> Result<ServedBy, DecodeError> {
    let raw: RawApiService = read(object, "APIService")?;
    let service = raw.spec.ok_or(DecodeError::Shape("APIService"))?.service;
    let named =
        |raw: RawServiceName| Some(Named { namespace: raw.namespace?, name: raw.name?, created: None });
    Ok(ServedBy { service: service.and_then(named) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use serde_json::json;
    use std::io::Write as _;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn secret(kind: &str, packed: &[u8]) -> Value {
        let release = STANDARD.encode(STANDARD.encode(packed));
        json!({"type": kind, "metadata": {"name": "sh.helm.release.v1.x.v1"}, "data": {"release": release}})
    }

    fn revision(version: u32) -> Value {
        let config = json!({"datadog": {"apiKey": "canary", "site": "datadoghq.eu"}});
        let release = json!({
            "name": "x", "version": version, "config": config, "manifest": "canary",
            "chart": {"metadata": {"name": "datadog", "version": "3.240.0"}, "templates": [{"data": "canary"}]},
        });
        secret(RELEASE_TYPE, &gzip(release.to_string().as_bytes()))
    }

    #[test]
    fn reads_the_newest_release_and_keeps_what_is_harmless() {
        let list = json!({"items": [revision(9), revision(10), secret("Opaque", b"x")]});
        let seen = release(&list).unwrap().unwrap();
        assert_eq!((seen.revision, seen.chart.as_deref()), (Some(10), Some("3.240.0")));
        assert_eq!(seen.settings.len(), 2);
        assert!(!format!("{seen:?}").contains("canary"), "{seen:?}");
        assert_eq!(release(&json!({"items": []})), Ok(None));
        assert_eq!(release(&json!({"items": [secret("Opaque", b"x")]})), Ok(None));
    }

    #[test]
    fn reads_a_release_that_is_not_packed_and_one_without_values() {
        let list = json!({"items": [secret(RELEASE_TYPE, b"{\"version\": 1, \"config\": null}")]});
        let expected = Installed { revision: Some(1), ..Installed::default() };
        assert_eq!(release(&list), Ok(Some(expected)));
    }

    #[test]
    fn refuses_what_it_cannot_unpack() {
        let broken = Err(DecodeError::Shape("Helm release"));
        let cut = gzip(b"{}");
        for packed in [&b"canary"[..], &cut[..cut.len() - 4], &gzip(b"canary")] {
            assert_eq!(release(&json!({"items": [secret(RELEASE_TYPE, packed)]})), broken);
        }
        let bare =
            json!({"items": [{"type": RELEASE_TYPE, "data": {"release": "?"}}, {"type": RELEASE_TYPE}]});
        assert_eq!(release(&bare), broken);
        assert_eq!(release(&json!({"kind": "Status"})), Err(DecodeError::NotAList("list of Secrets")));
    }

    /// A thousandth of its size when it is packed.
    #[test]
    fn unpacks_no_more_than_a_release_may_have() {
        let mut bomb = vec![b' '; usize::try_from(MAX_RELEASE_BYTES).unwrap()];
        bomb.extend_from_slice(b"{}");
        let packed = gzip(&bomb);
        assert!(packed.len() < 1024 * 1024, "{}", packed.len());
        let list = json!({"items": [secret(RELEASE_TYPE, &packed)]});
        assert_eq!(release(&list), Err(DecodeError::Shape("Helm release")));
    }

    #[test]
    fn reads_who_serves_external_metrics() {
        let of = |service: Value| served_by(&json!({"spec": {"service": service}})).unwrap().service;
        let seen =
            of(json!({"namespace": "keda", "name": "keda-operator-metrics-apiserver", "port": 443})).unwrap();
        assert_eq!(
            (seen.namespace.as_str(), seen.name.as_str()),
            ("keda", "keda-operator-metrics-apiserver")
        );
        assert_eq!(of(Value::Null), None);
        assert_eq!(served_by(&json!({})), Err(DecodeError::Shape("APIService")));
        assert!(installed_datadog_agent(&json!({"metadata": {}})).is_err());
    }
}
