//! Documents as they come: lists item by item, single objects, versions, API groups. What is kept of them is not decided
//! here. JSON and YAML go the same way.

use super::{
    collection::Collection,
    error::{Fault, PastedError},
    forms,
    metered::Meter,
};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::{collections::BTreeSet, fmt, io::Read};

/// Parts of objects that are large and tell nothing.
const BULK: [&str; 3] = ["managedFields", "images", "kubectl.kubernetes.io/last-applied-configuration"];

/// How many namespaces of one list are remembered. What is more is taken for "many".
const MAX_NAMESPACES: usize = 10_000;

/// Reads documents into a collection.
pub(super) struct Objects<'a> {
    collection: &'a mut Collection,
    meter: Option<&'a Meter>,
    fault: Option<PastedError>,
}

/// What a list showed of one kind.
#[derive(Debug, Default)]
pub(super) struct ListSeen {
    /// The kinds with the namespaces of the items that the list held.
    pub(super) items: BTreeSet<(String, String)>,
}

impl<'a> Objects<'a> {
    pub(super) const fn new(collection: &'a mut Collection) -> Self {
        Self { collection, meter: None, fault: None }
    }

    pub(super) const fn metered(mut self, meter: &'a Meter) -> Self {
        self.meter = Some(meter);
        self
    }

    /// One document that is at hand.
    pub(super) fn value(mut self, document: Value) -> Result<(), PastedError> {
        let read = Document(&mut self).deserialize(document);
        read.map_err(|error| self.explain(&error))
    }

    /// All documents of a stream of JSON.
    pub(super) fn json(mut self, input: impl Read) -> Result<(), PastedError> {
        let mut stream = serde_json::Deserializer::from_reader(input);
        loop {
            self.begin();
            Document(&mut self).deserialize(&mut stream).map_err(|error| self.explain(&error))?;
            match stream.end() {
                Ok(()) => return Ok(()),
                // What follows a document is another one; reading it will say what is wrong with it.
                Err(error) if !error.is_io() => {}
                Err(error) => return Err(self.explain(&error)),
            }
        }
    }

    fn begin(&self) {
        if let Some(meter) = self.meter {
            meter.begin();
        }
    }

    /// The error behind an error of the reader's.
    fn explain(&mut self, error: &serde_json::Error) -> PastedError {
        let at = (error.line() > 0).then(|| (error.line(), error.column()));
        if let Some(fault) = self.fault.take() {
            return fault.at(at);
        }
        if self.meter.is_some_and(Meter::is_over) {
            return PastedError::from(Fault::ObjectTooLarge).at(at);
        }
        let fault = match error.classify() {
            serde_json::error::Category::Eof => Fault::CutOff,
            serde_json::error::Category::Io => {
                let reason = error.io_error_kind().map_or_else(String::new, |kind| kind.to_string());
                return Fault::Unreadable(reason).into();
            }
            _ => Fault::NotJson,
        };
        PastedError::from(fault).at(at)
    }

    /// Keeps an error of ours while the reader's own unwinds.
    fn fail<E: serde::de::Error>(&mut self, error: PastedError) -> E {
        self.fault = Some(error);
        E::custom("refused")
    }

    /// An item of a list whose kind is known as far as it ever will be.
    fn item(&mut self, of_list: &str, item: &Value, seen: &mut ListSeen) -> Result<(), PastedError> {
        let own = item["kind"].as_str().filter(|kind| !kind.is_empty());
        let of_list = Some(of_list).filter(|kind| !kind.is_empty());
        let Some(kind) = own.or(of_list).or_else(|| forms::kind_by_shape(item)) else {
            let what = format!("a list with {} in it", forms::in_words(item));
            return Err(Fault::Unknown(what).into());
        };
        self.collection.object(kind, item, Some(seen))
    }

    /// A document that is no list, or the rest of one that is.
    fn object(&mut self, rest: &Value, list: Option<(ListSeen, Vec<Value>)>) -> Result<(), PastedError> {
        let kind =
            rest["kind"].as_str().or_else(|| forms::kind_by_shape(rest)).unwrap_or_default().to_owned();
        if let Some((mut seen, waiting)) = list {
            let of = kind.strip_suffix("List").unwrap_or_default();
            for item in waiting {
                self.item(of, &item, &mut seen)?;
            }
            let is_whole = rest["metadata"]["continue"].as_str().unwrap_or_default().is_empty();
            self.collection.list_ends(of, &seen, is_whole);
            return Ok(());
        }
        if rest.get("gitVersion").is_some() {
            self.collection.version(crate::observe::decode::version(rest)?);
            return Ok(());
        }
        if kind.is_empty() && (rest.get("clientVersion").is_some() || rest.get("serverVersion").is_some()) {
            let server =
                rest.get("serverVersion").filter(|server| !server.is_null()).ok_or(Fault::NoServer)?;
            self.collection.version(crate::observe::decode::version(server)?);
            return Ok(());
        }
        match kind.as_str() {
            "" => Err(Fault::Unknown(forms::in_words(rest)).into()),
            "APIGroupList" | "APIVersions" => {
                self.collection.groups(crate::observe::decode::api_groups(rest)?);
                Ok(())
            }
            "Status" => match (rest["reason"].as_str(), rest["message"].as_str()) {
                (Some("Forbidden"), Some(message)) if forms::forbidden(message).is_some() => {
                    self.collection.forbidden(forms::forbidden(message).unwrap_or_default());
                    Ok(())
                }
                (reason, _) => Err(Fault::Status(forms::shortened(reason.unwrap_or("Failure"))).into()),
            },
            _ => self.collection.object(&kind, rest, None),
        }
    }
}

/// One document.
struct Document<'o, 'a>(&'o mut Objects<'a>);

impl<'de> DeserializeSeed<'de> for Document<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_any(self)
    }
}

impl Document<'_, '_> {
    fn refuse_scalar<E: serde::de::Error>(self) -> Result<(), E> {
        Err(self.0.fail(Fault::Unknown("a single value".to_owned()).into()))
    }
}

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }

    /// Lists as backup tools write them, without their envelope.
    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<(), A::Error> {
        let (seen, _) = Items { objects: self.0, of: Some(String::new()) }.visit_seq(items)?;
        self.0.collection.list_ends("", &seen, true);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let mut rest = Map::new();
        let mut list = None;
        while let Some(key) = fields.next_key::<String>()? {
            if key != "items" {
                let value = fields.next_value_seed(Pruned)?;
                rest.insert(key, value);
                continue;
            }
            if list.is_some() {
                return Err(A::Error::custom("items twice"));
            }
            let of = rest
                .get("kind")
                .and_then(Value::as_str)
                .map(|kind| kind.strip_suffix("List").unwrap_or_default());
            let of = of.map(str::to_owned);
            list = Some(fields.next_value_seed(Items { objects: self.0, of })?);
            self.0.begin();
        }
        self.0.object(&Value::Object(rest), list).map_err(|error| self.0.fail(error))
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<(), E> {
        self.refuse_scalar()
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<(), E> {
        self.refuse_scalar()
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<(), E> {
        self.refuse_scalar()
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
        self.refuse_scalar()
    }

    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<(), E> {
        self.refuse_scalar()
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.refuse_scalar()
    }
}

/// The items of a list, and what kind they are where that was said before them. What does not say its kind itself waits for
/// its list to say it: where keys are sorted, `items` comes before `kind`.
struct Items<'o, 'a> {
    objects: &'o mut Objects<'a>,
    of: Option<String>,
}

impl<'de> DeserializeSeed<'de> for Items<'_, '_> {
    type Value = (ListSeen, Vec<Value>);

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_> {
    type Value = (ListSeen, Vec<Value>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the items of a list")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        Ok(Self::Value::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let Self { objects, of } = self;
        let (mut seen, mut waiting) = Self::Value::default();
        objects.begin();
        while let Some(item) = items.next_element_seed(Pruned)? {
            let is_told = item["kind"].is_string() || of.is_some() || forms::kind_by_shape(&item).is_some();
            if is_told || !item.is_object() {
                let of = of.as_deref().unwrap_or_default();
                objects.item(of, &item, &mut seen).map_err(|error| objects.fail(error))?;
                // What waits is held, so that all of it together may have the size of one object.
                if waiting.is_empty() {
                    objects.begin();
                }
            } else {
                waiting.push(item);
            }
        }
        Ok((seen, waiting))
    }
}

impl ListSeen {
    /// Notes an item.
    pub(super) fn note(&mut self, kind: &str, namespace: &str) {
        if self.items.len() < MAX_NAMESPACES {
            self.items.insert((kind.to_owned(), namespace.to_owned()));
        }
    }
}

/// Any value, without what is large and tells nothing.
struct Pruned;

impl<'de> DeserializeSeed<'de> for Pruned {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Pruned {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element_seed(Self)? {
            all.push(item);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some(key) = fields.next_key::<String>()? {
            if BULK.contains(&key.as_str()) {
                fields.next_value::<IgnoredAny>()?;
                // That an annotation is there is kept, as it is of all annotations.
                if key.contains('/') {
                    all.insert(key, Value::String(String::new()));
                }
            } else {
                let value = fields.next_value_seed(Self)?;
                all.insert(key, value);
            }
        }
        Ok(Value::Object(all))
    }
}
