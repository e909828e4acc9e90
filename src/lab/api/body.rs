//! Bodies of what is created: JSON, or the protobuf that kubectl sends for the few kinds that can be created here.
//!
//! Source: `generated.proto` of `k8s.io/api/authentication/v1` and `k8s.io/api/authorization/v1`; field numbers never change.

use crate::lab::{reply::Refusal, request::Ask};
use http::{StatusCode, header};
use serde_json::{Map, Value, json};

/// What a field of a message means.
enum Field {
    Text(&'static str),
    Texts(&'static str),
    Number(&'static str),
    Message(&'static str, Schema),
}

/// Fields by their numbers; others are passed over.
type Schema = &'static [(u64, Field)];

const RESOURCE: Schema = &[
    (1, Field::Text("namespace")),
    (2, Field::Text("verb")),
    (3, Field::Text("group")),
    (4, Field::Text("version")),
    (5, Field::Text("resource")),
    (6, Field::Text("subresource")),
    (7, Field::Text("name")),
];
const PATH: Schema = &[(1, Field::Text("path")), (2, Field::Text("verb"))];

/// The `spec` of each kind.
const SPECS: [(&str, Schema); 5] = [
    (
        "SelfSubjectAccessReview",
        &[
            (1, Field::Message("resourceAttributes", RESOURCE)),
            (2, Field::Message("nonResourceAttributes", PATH)),
        ],
    ),
    (
        "SubjectAccessReview",
        &[
            (1, Field::Message("resourceAttributes", RESOURCE)),
            (2, Field::Message("nonResourceAttributes", PATH)),
            (3, Field::Text("user")),
            (4, Field::Texts("groups")),
        ],
    ),
    ("SelfSubjectRulesReview", &[(1, Field::Text("namespace"))]),
    ("TokenReview", &[(1, Field::Text("token")), (2, Field::Texts("audiences"))]),
    ("TokenRequest", &[(1, Field::Texts("audiences")), (4, Field::Number("expirationSeconds"))]),
];

/// The object in the body, which must be of this kind.
pub(super) fn read(ask: &Ask, kind: &str) -> Result<Value, Refusal> {
    let media_type = ask.header(header::CONTENT_TYPE).unwrap_or("application/json");
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    let object = match media_type {
        "application/json" => serde_json::from_slice::<Value>(&ask.body).ok().filter(Value::is_object),
        "application/vnd.kubernetes.protobuf" => protobuf(&ask.body, kind),
        _ => {
            return Err(Refusal {
                code: StatusCode::UNSUPPORTED_MEDIA_TYPE,
                reason: "UnsupportedMediaType",
                message: "the body of the request was in an unknown format - accepted media types include: application/json, application/vnd.kubernetes.protobuf".to_owned(),
                details: None,
            });
        }
    };
    object.ok_or_else(|| {
        Refusal::bad_request(format!(
            "{kind} in version \"v1\" cannot be handled as a {kind}: the body cannot be read"
        ))
    })
}

/// An object in Kubernetes' envelope: four bytes, then its type and itself.
fn protobuf(body: &[u8], kind: &str) -> Option<Value> {
    let (_, spec) = SPECS.iter().find(|(known, _)| *known == kind)?;
    let envelope = body.strip_prefix(b"k8s\0")?;
    let object = fields(envelope)?.into_iter().find_map(|(number, part)| match (number, part) {
        (2, Part::Bytes(bytes)) => Some(bytes),
        _ => None,
    });
    let parts = fields(object.unwrap_or_default())?;
    let spec = parts.into_iter().find_map(|(number, part)| match (number, part) {
        (2, Part::Bytes(bytes)) => Some(message(bytes, spec)),
        _ => None,
    });
    Some(json!({"spec": spec.unwrap_or_else(|| Some(json!({})))?}))
}

fn message(bytes: &[u8], schema: Schema) -> Option<Value> {
    let mut object = Map::new();
    for (number, part) in fields(bytes)? {
        let Some((_, field)) = schema.iter().find(|(known, _)| *known == number) else { continue };
        match (field, part) {
            (Field::Text(name), Part::Bytes(text)) => {
                object.insert((*name).to_owned(), json!(str::from_utf8(text).ok()?));
            }
            (Field::Texts(name), Part::Bytes(text)) => {
                let list = object.entry(*name).or_insert_with(|| json!([]));
                list.as_array_mut()?.push(json!(str::from_utf8(text).ok()?));
            }
            (Field::Number(name), Part::Number(number)) => {
                object.insert((*name).to_owned(), json!(number.cast_signed()));
            }
            (Field::Message(name, schema), Part::Bytes(bytes)) => {
                object.insert((*name).to_owned(), message(bytes, schema)?);
            }
            _ => return None,
        }
    }
    Some(Value::Object(object))
}

/// A field's content as protobuf's wire format has it.
enum Part<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

fn fields(mut bytes: &[u8]) -> Option<Vec<(u64, Part<'_>)>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes)?;
        let part = match key & 7 {
            0 => Part::Number(varint(&mut bytes)?),
            2 => {
                let length = usize::try_from(varint(&mut bytes)?).ok()?;
                let (content, rest) = bytes.split_at_checked(length)?;
                bytes = rest;
                Part::Bytes(content)
            }
            _ => return None,
        };
        fields.push((key >> 3, part));
    }
    Some(fields)
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A field of a length below 128.
    fn field(number: u8, content: &[u8]) -> Vec<u8> {
        [&[number << 3 | 2, u8::try_from(content.len()).unwrap()], content].concat()
    }

    fn envelope(spec: &[u8]) -> Vec<u8> {
        let object = [field(1, b""), field(2, spec)].concat();
        [b"k8s\0".to_vec(), field(1, &field(1, b"v1")), field(2, &object)].concat()
    }

    #[test]
    fn protobuf_is_read_as_the_json_that_it_stands_for() {
        let spec = [
            field(3, b"jane"),
            field(4, b"a"),
            field(4, b"b"),
            field(2, &[field(1, b"/metrics"), field(2, b"get")].concat()),
        ];
        assert_eq!(
            protobuf(&envelope(&spec.concat()), "SubjectAccessReview"),
            Some(json!({"spec": {
                "user": "jane",
                "groups": ["a", "b"],
                "nonResourceAttributes": {"path": "/metrics", "verb": "get"},
            }}))
        );
        // Field 4, wire type 0, 600.
        assert_eq!(
            protobuf(&envelope(&[0x20, 0xd8, 0x04]), "TokenRequest"),
            Some(json!({"spec": {"expirationSeconds": 600}}))
        );
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        let whole = envelope(&field(1, b"default"));
        for length in 5..whole.len() {
            assert_eq!(
                protobuf(&whole[..length], "SelfSubjectRulesReview")
                    .filter(|read| *read != json!({"spec": {}})),
                None
            );
        }
        assert_eq!(protobuf(b"{}", "TokenReview"), None);
    }
}
