//! Label and field selectors, as lists take them. Pure.

use serde_json::Value;

/// A selector that was understood.
#[derive(Clone, Debug, Default)]
pub(super) struct Selector {
    labels: Vec<Requirement>,
    fields: Vec<(Field, bool, String)>,
}

#[derive(Clone, Debug)]
enum Requirement {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    Absent(String),
}

/// The fields that can be selected by, and where they are.
#[derive(Clone, Copy, Debug)]
enum Field {
    Name,
    Namespace,
    NodeName,
    Phase,
    Signer,
    Type,
}

impl Selector {
    /// Reads both selectors.
    ///
    /// # Errors
    ///
    /// What the API server would say of a selector that it does not understand.
    pub(super) fn parse(labels: &str, fields: &str, plural: &str) -> Result<Self, String> {
        let labels = split(labels).map(requirement).collect::<Result<_, _>>()?;
        let fields = split(fields)
            .map(|part| {
                let (key, equal, value) = match part.split_once("!=") {
                    Some((key, value)) => (key, false, value),
                    None => part
                        .split_once('=')
                        .map(|(key, value)| (key, true, value.trim_start_matches('=')))
                        .ok_or_else(|| format!("invalid selector: '{part}'; can't understand '{part}'"))?,
                };
                let field = match (key, plural) {
                    ("metadata.name", _) => Field::Name,
                    ("metadata.namespace", _) => Field::Namespace,
                    ("spec.nodeName", "pods") => Field::NodeName,
                    ("status.phase", "pods" | "namespaces") => Field::Phase,
                    ("spec.signerName", "certificatesigningrequests") => Field::Signer,
                    ("type", "events") => Field::Type,
                    _ => return Err(format!("field label not supported: {key}")),
                };
                Ok((field, equal, value.to_owned()))
            })
            .collect::<Result<_, String>>()?;
        Ok(Self { labels, fields })
    }

    /// Whether it selects everything.
    pub(super) fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    /// Whether it selects this object.
    pub(super) fn selects(&self, object: &Value) -> bool {
        let label = |key: &str| object["metadata"]["labels"].get(key).and_then(Value::as_str);
        let by_labels = self.labels.iter().all(|requirement| match requirement {
            Requirement::In(key, values) => {
                label(key).is_some_and(|actual| values.iter().any(|value| value == actual))
            }
            Requirement::NotIn(key, values) => {
                !label(key).is_some_and(|actual| values.iter().any(|value| value == actual))
            }
            Requirement::Exists(key) => label(key).is_some(),
            Requirement::Absent(key) => label(key).is_none(),
        });
        by_labels
            && self.fields.iter().all(|(field, equal, value)| {
                let actual = match field {
                    Field::Name => &object["metadata"]["name"],
                    Field::Namespace => &object["metadata"]["namespace"],
                    Field::NodeName => &object["spec"]["nodeName"],
                    Field::Phase => &object["status"]["phase"],
                    Field::Signer => &object["spec"]["signerName"],
                    Field::Type => &object["type"],
                };
                (actual.as_str().unwrap_or_default() == value) == *equal
            })
    }
}

/// The parts between commas, except commas in parentheses.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_i32;
    text.split(move |character| {
        depth += match character {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        character == ',' && depth == 0
    })
    .map(str::trim)
    .filter(|part| !part.is_empty())
}

fn requirement(part: &str) -> Result<Requirement, String> {
    let one = |key: &str, value: &str| (key.trim().to_owned(), vec![value.trim().to_owned()]);
    let checked = |requirement: Requirement| {
        let (Requirement::In(key, _)
        | Requirement::NotIn(key, _)
        | Requirement::Exists(key)
        | Requirement::Absent(key)) = &requirement;
        let fits = |character: char| character.is_ascii_alphanumeric() || "-_./".contains(character);
        if !key.is_empty() && key.chars().all(fits) {
            Ok(requirement)
        } else {
            Err(format!("unable to parse requirement: found '{part}', expected: identifier"))
        }
    };
    if let Some(list) = part.strip_suffix(')') {
        let (head, values) =
            list.split_once('(').ok_or_else(|| "unable to parse requirement: expected: '('".to_owned())?;
        let values = values.split(',').map(|value| value.trim().to_owned()).collect();
        let mut words = head.split_whitespace();
        let key = words.next().unwrap_or_default().to_owned();
        return checked(match words.next() {
            Some("in") => Requirement::In(key, values),
            Some("notin") => Requirement::NotIn(key, values),
            other => {
                return Err(format!(
                    "unable to parse requirement: found '{}', expected: in, notin, =, ==, !=, gt, lt",
                    other.unwrap_or_default()
                ));
            }
        });
    }
    if let Some((key, value)) = part.split_once("!=") {
        let (key, values) = one(key, value);
        return checked(Requirement::NotIn(key, values));
    }
    if let Some((key, value)) = part.split_once('=') {
        let (key, values) = one(key, value.trim_start_matches('='));
        return checked(Requirement::In(key, values));
    }
    checked(match part.strip_prefix('!') {
        Some(key) => Requirement::Absent(key.trim().to_owned()),
        None => Requirement::Exists(part.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(labels: &str, fields: &str, expected: Result<bool, ()>) {
        let pod = json!({
            "metadata": {"name": "etcd-cp-1", "namespace": "kube-system", "labels": {"tier": "control-plane", "component": "etcd", "role": ""}},
            "spec": {"nodeName": "cp-1"},
        });
        let selected =
            Selector::parse(labels, fields, "pods").map(|selector| selector.selects(&pod)).map_err(drop);
        assert_eq!(selected, expected, "{labels} / {fields}");
    }

    #[test]
    fn selectors_select_as_the_api_server_does() {
        for (labels, fields, expected) in [
            ("", "", Ok(true)),
            ("tier=control-plane", "", Ok(true)),
            ("tier==control-plane,component=etcd", "", Ok(true)),
            ("tier=x", "", Ok(false)),
            ("tier!=x,nothing!=x", "", Ok(true)),
            ("component in (etcd, kube-scheduler),tier", "", Ok(true)),
            ("component in (kube-scheduler)", "", Ok(false)),
            ("component notin (etcd)", "", Ok(false)),
            ("nothing notin (etcd)", "", Ok(true)),
            ("role", "", Ok(true)),
            ("role=", "", Ok(true)),
            ("!role", "", Ok(false)),
            ("!nothing", "", Ok(true)),
            ("", "metadata.name=etcd-cp-1", Ok(true)),
            ("", "spec.nodeName=cp-1,metadata.namespace!=default", Ok(true)),
            ("", "spec.nodeName=cp-2", Ok(false)),
            ("", "spec.color=red", Err(())),
            ("a b", "", Err(())),
            ("a near (b)", "", Err(())),
        ] {
            check(labels, fields, expected);
        }
    }
}
