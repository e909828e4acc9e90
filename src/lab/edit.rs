//! A change of what the practice cluster's API server has stored, as somebody makes it by hand. It knows no kind of object.

use serde_json::{Map, Value};

/// A change of stored objects, as somebody makes it with `kubectl edit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Their kind.
    pub kind: &'static str,
    /// Their namespace; empty for cluster scope.
    pub namespace: String,
    /// The object's name, or how the names of several begin, with a `*` behind it.
    pub name: String,
    /// The place as a JSON pointer; a last token `-` adds to a list. What is missing on the way is made.
    pub at: String,
    /// What is written there; `None` takes it away.
    pub to: Option<Value>,
}

impl Edit {
    /// A change of one object, or of those whose names begin alike.
    #[must_use]
    pub fn new(kind: &'static str, namespace: &str, name: &str, at: &str, to: Option<Value>) -> Self {
        Self { kind, namespace: namespace.to_owned(), name: name.to_owned(), at: at.to_owned(), to }
    }

    /// Whether it is about an object.
    #[must_use]
    pub fn is_about(&self, object: &Value) -> bool {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let name = text(&object["metadata"]["name"]);
        object["kind"] == self.kind
            && text(&object["metadata"]["namespace"]) == self.namespace
            && self.name.strip_suffix('*').map_or_else(|| name == self.name, |start| name.starts_with(start))
    }

    /// Makes the change. A pointer that leads through something that is no object and no list changes nothing.
    pub fn apply(&self, object: &mut Value) {
        let unescaped = |token: &str| token.replace("~1", "/").replace("~0", "~");
        let tokens: Vec<String> = self.at.split('/').skip(1).map(unescaped).collect();
        let Some((last, way)) = tokens.split_last() else { return };
        let mut place = object;
        for token in way {
            place = match place {
                Value::Array(items) => match token.parse::<usize>().ok().and_then(|at| items.get_mut(at)) {
                    Some(item) => item,
                    None => return,
                },
                other => {
                    if other.is_null() {
                        *other = Value::Object(Map::new());
                    }
                    match other.as_object_mut() {
                        Some(map) => map.entry(token.clone()).or_insert(Value::Null),
                        None => return,
                    }
                }
            };
        }
        if place.is_null() {
            *place = if last == "-" { Value::Array(Vec::new()) } else { Value::Object(Map::new()) };
        }
        match (place, &self.to) {
            (Value::Array(items), Some(to)) if last == "-" => items.push(to.clone()),
            (Value::Array(items), to) => {
                let Some(at) = last.parse::<usize>().ok().filter(|at| *at < items.len()) else { return };
                match to {
                    Some(to) => items[at] = to.clone(),
                    None => drop(items.remove(at)),
                }
            }
            (Value::Object(map), Some(to)) => drop(map.insert(last.clone(), to.clone())),
            (Value::Object(map), None) => drop(map.remove(last)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(at: &str, to: Option<Value>, expected: &Value) {
        let mut object = json!({"kind": "Pod", "metadata": {"name": "a"}, "list": [1, {"x": 2}]});
        Edit::new("Pod", "", "a*", at, to).apply(&mut object);
        assert_eq!(object, *expected, "{at}");
    }

    #[test]
    fn changes_what_a_pointer_leads_to() {
        let with = |key: &str, value: Value| {
            let mut object = json!({"kind": "Pod", "metadata": {"name": "a"}, "list": [1, {"x": 2}]});
            object[key] = value;
            object
        };
        check("/list/-", Some(json!(3)), &with("list", json!([1, {"x": 2}, 3])));
        check("/list/0", None, &with("list", json!([{"x": 2}])));
        check("/list/1/x", Some(json!(4)), &with("list", json!([1, {"x": 4}])));
        check("/spec/a~1b/-", Some(json!(1)), &with("spec", json!({"a/b": [1]})));
        check(
            "/metadata/labels/x",
            Some(json!("y")),
            &with("metadata", json!({"name": "a", "labels": {"x": "y"}})),
        );
        check("/list/9", Some(json!(1)), &with("list", json!([1, {"x": 2}])));
    }

    #[test]
    fn is_about_one_object_or_those_that_begin_alike() {
        let object = json!({"kind": "Pod", "metadata": {"name": "agent-x", "namespace": "datadog"}});
        let about = |name| Edit::new("Pod", "datadog", name, "/a", None).is_about(&object);
        assert!(about("agent-x") && about("agent-*") && !about("agent"));
        assert!(!Edit::new("Pod", "shop", "agent-x", "/a", None).is_about(&object));
    }
}
