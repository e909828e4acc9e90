//! Telling the form of a pasted text: JSON, YAML, or one of the texts that kubectl prints and that can be read back. The
//! objects themselves are none of its business.

use super::{described, error::Fault};
use crate::{model::facts::ServerVersion, yaml};
use serde_json::Value;

/// How much of an unknown text an error repeats.
const MAX_QUOTED: usize = 60;

/// A form that can be read.
pub(super) enum Form {
    /// JSON.
    Json,
    /// YAML, one document or several.
    Yaml(Vec<Value>),
    /// The text of `kubectl version`.
    Version(ServerVersion),
    /// The text of `kubectl api-versions`.
    ApiVersions(Vec<String>),
    /// The text of `kubectl describe nodes`, each node as the object that it describes.
    Described(Vec<Value>),
    /// What kubectl says where the API server refuses to list a resource.
    Forbidden(String),
    /// A text that is known and answers nothing.
    Nothing(&'static str),
}

/// Tells the form of a text and reads it as far as the form goes.
pub(super) fn of(text: &str) -> Result<Form, Fault> {
    let Some(first) = text.lines().next() else { return Err(Fault::Empty) };
    if text.starts_with(['{', '[']) {
        return Ok(Form::Json);
    }
    if text.lines().any(|line| line.starts_with("Client Version:") || line.starts_with("Server Version:")) {
        return version(text).map(Form::Version).ok_or(Fault::NoServer);
    }
    if text.lines().all(is_api_version) {
        return Ok(Form::ApiVersions(text.lines().map(|line| line.trim().to_owned()).collect()));
    }
    if is_table(first) {
        return Err(Fault::Table(shortened(first)));
    }
    if let Some(nodes) = described::nodes(text).filter(|nodes| !nodes.is_empty()) {
        return Ok(Form::Described(nodes));
    }
    if first.starts_with("Name:") && text.lines().any(|line| line.starts_with("Labels:")) {
        return Err(Fault::Description);
    }
    if text.lines().any(|line| line.contains("is running at") && line.contains("http")) {
        return Ok(Form::Nothing("the text of kubectl cluster-info"));
    }
    // Would be read as YAML with a key of its own: what kubectl says when it fails.
    if ["Error from server", "error: ", "Unable to connect", "The connection to the server"]
        .iter()
        .any(|start| first.starts_with(start))
    {
        if let Some(resource) = forbidden(first) {
            return Ok(Form::Forbidden(resource));
        }
        return Err(Fault::Unknown(format!("an error of kubectl: `{}`", shortened(first))));
    }
    // Plain text is YAML of a kind: a broken document is only worth an error of its own if it means to be one.
    let means_yaml = text.lines().any(|line| line.starts_with("apiVersion:") || line.starts_with("kind:"));
    // What it is instead is not repeated: it may be the token of somebody who took the wrong file.
    let unknown = || Fault::Unknown("text of another kind".to_owned());
    match yaml::documents(text) {
        Ok(documents) if documents.iter().all(|document| document.is_object() || document.is_array()) => {
            Ok(Form::Yaml(documents))
        }
        Err(error) if means_yaml || matches!(error, yaml::YamlError::TooLarge(_)) => {
            Err(Fault::NotYaml(error))
        }
        Ok(_) | Err(_) => Err(unknown()),
    }
}

/// The resource that a refusal names, such as `nodes is forbidden: User "x" cannot list resource "nodes" in API group ""`.
pub(super) fn forbidden(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("cannot list resource \"")?;
    let (resource, _) = rest.split_once('"')?;
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    (!resource.is_empty() && resource.len() <= MAX_QUOTED && resource.chars().all(is_name))
        .then(|| resource.to_owned())
}

/// Text in UTF-8, or in UTF-16 with a byte-order mark, as PowerShell writes it into files.
pub(super) fn text_of(bytes: &[u8]) -> Option<String> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16(&units).ok()
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => std::str::from_utf8(rest).ok().map(str::to_owned),
        bytes => std::str::from_utf8(bytes).ok().map(str::to_owned),
    }
    .filter(|text| !text.contains('\0'))
}

/// The server's version in the text of `kubectl version`, in the form before 1.28 or the one since.
fn version(text: &str) -> Option<ServerVersion> {
    // OpenShift's `oc version` gives its own version first and Kubernetes' in a line of its own.
    let line = |start: &str| text.lines().find_map(|line| line.strip_prefix(start));
    let said = line("Kubernetes Version:").or_else(|| line("Server Version:"))?.trim();
    let field = |name: &str| {
        let (_, rest) = said.split_once(&format!("{name}:\""))?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    if said.starts_with("version.Info") {
        return Some(ServerVersion {
            major: field("Major").unwrap_or_default(),
            minor: field("Minor").unwrap_or_default(),
            git_version: field("GitVersion")?,
            platform: field("Platform").unwrap_or_default(),
        });
    }
    let mut numbers = said.strip_prefix('v')?.split('.');
    let number = |text: Option<&str>| {
        let digits: String = text.unwrap_or_default().chars().take_while(char::is_ascii_digit).collect();
        (!digits.is_empty()).then_some(digits)
    };
    Some(ServerVersion {
        major: number(numbers.next())?,
        minor: number(numbers.next())?,
        git_version: said.to_owned(),
        platform: String::new(),
    })
}

/// Whether a line is one of `kubectl api-versions`, such as `apps/v1` or `v1`.
fn is_api_version(line: &str) -> bool {
    let line = line.trim();
    let (group, version) =
        line.split_once('/').map_or((None, line), |(group, version)| (Some(group), version));
    let is_group = |group: &str| {
        !group.is_empty()
            && group.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c))
    };
    let is_version = version.strip_prefix('v').is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_digit()) && rest.chars().all(|c| c.is_ascii_alphanumeric())
    });
    is_version && group.is_none_or(is_group)
}

/// Whether a line is the head of a table: words in capitals, of which one is `NAME`.
fn is_table(first: &str) -> bool {
    let is_head = |word: &str| word.chars().all(|c| c.is_ascii_uppercase() || "-()".contains(c));
    let words: Vec<&str> = first.split_whitespace().collect();
    words.len() > 1 && words.contains(&"NAME") && words.iter().all(|word| is_head(word))
}

pub(super) fn shortened(line: &str) -> String {
    let shown = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown: String = shown.chars().filter(|c| !c.is_control()).collect();
    if shown.chars().count() <= MAX_QUOTED {
        shown
    } else {
        shown.chars().take(MAX_QUOTED).chain(['…']).collect()
    }
}

/// The kind of a node or a pod whose kind was left out, as programs do that write what they hold in memory.
pub(super) fn kind_by_shape(value: &Value) -> Option<&'static str> {
    let named = value["metadata"]["name"].is_string() && value.get("kind").is_none();
    let is_node = value["status"]["nodeInfo"].is_object();
    let is_pod = value["spec"]["containers"].is_array() && value["metadata"]["namespace"].is_string();
    match (named, is_node, is_pod) {
        (true, true, _) => Some("Node"),
        (true, _, true) => Some("Pod"),
        _ => None,
    }
}

/// What a value without a kind is.
pub(super) fn in_words(value: &Value) -> String {
    match value {
        Value::Object(fields) => match fields.keys().next() {
            Some(key) => format!("an object without `kind`, whose first field is `{}`", shortened(key)),
            None => "an object without any field".to_owned(),
        },
        Value::Array(_) => "a list".to_owned(),
        _ => "a single value".to_owned(),
    }
}
