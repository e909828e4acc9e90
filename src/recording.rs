//! Recordings: a snapshot as one JSON file, written and read back. It must not judge what the snapshot shows.
//!
//! What is read may come from anybody: it is checked until it has everything that a snapshot of this run would have.

mod error;
mod file;
mod fits;
#[cfg(test)]
mod samples;

pub use self::{
    error::RecordingError,
    file::{load, save},
    fits::fits,
};

use crate::model::{
    observed::Observed,
    snapshot::{Asked, FORMAT, Snapshot},
};
use serde::Deserialize;
use std::cmp::Ordering;

/// How large a recording may be. The API server sends 5000 nodes in 55 MB, of which a snapshot keeps a part; what
/// is larger than this was not written by ctlmon.
pub const MAX_RECORDING_BYTES: usize = 256 << 20;

/// The snapshot as JSON text that people can read and compare, with one line feed at its end.
///
/// # Errors
/// Where the recording would be larger than [`decode`] takes, or cannot be written as JSON.
pub fn encode(snapshot: &Snapshot) -> Result<Vec<u8>, RecordingError> {
    let mut text = serde_json::to_vec_pretty(snapshot).map_err(RecordingError::Unwritable)?;
    text.push(b'\n');
    check_size(&text)?;
    Ok(text)
}

/// The snapshot that was encoded.
///
/// # Errors
/// Where the text is too large, is no recording, ends too early, or has a format that this version does not
/// know; and where its questions are not sorted, or one of them has an answer that is none to it.
pub fn decode(text: &[u8]) -> Result<Snapshot, RecordingError> {
    check_size(text)?;
    let header: Header = serde_json::from_slice(text).map_err(|error| {
        if error.is_eof() { RecordingError::Truncated(error) } else { RecordingError::Foreign(Some(error)) }
    })?;
    // An array of the right values would do for serde.
    if text.trim_ascii_start().first() != Some(&b'{') {
        return Err(RecordingError::Foreign(None));
    }
    match header.format.cmp(&u64::from(FORMAT)) {
        Ordering::Greater => return Err(RecordingError::Newer(header.format)),
        Ordering::Less => return Err(RecordingError::Unknown(header.format)),
        Ordering::Equal => {}
    }
    let snapshot: Snapshot = serde_json::from_slice(text).map_err(RecordingError::Malformed)?;
    check_order(&snapshot.asked)?;
    for (place, asked) in snapshot.asked.iter().enumerate() {
        if let Observed::Seen(answer) = &asked.answer
            && !fits(&asked.question, answer)
        {
            return Err(RecordingError::Misfit(place));
        }
    }
    Ok(snapshot)
}

/// What is read before all else, because a newer format may differ in everything but this.
#[derive(Deserialize)]
struct Header {
    format: u64,
}

const fn check_size(text: &[u8]) -> Result<(), RecordingError> {
    if text.len() > MAX_RECORDING_BYTES { Err(RecordingError::TooLarge) } else { Ok(()) }
}

/// Look-ups are binary searches: in another order they would find nothing, and report it as not asked.
fn check_order(asked: &[Asked]) -> Result<(), RecordingError> {
    for (place, pair) in asked.windows(2).enumerate() {
        match pair[0].question.cmp(&pair[1].question) {
            Ordering::Less => {}
            Ordering::Equal => return Err(RecordingError::Twice(place + 1)),
            Ordering::Greater => return Err(RecordingError::Unsorted(place + 1)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{MAX_RECORDING_BYTES, decode, encode, samples};
    use crate::model::snapshot::Snapshot;
    use serde_json::{Value, json};

    fn value(snapshot: &Snapshot) -> Value {
        serde_json::from_slice(&encode(snapshot).unwrap()).unwrap()
    }

    /// That a recording is refused once it is changed, with a message that begins like this.
    fn check(change: impl FnOnce(&mut Value), message: &str) {
        let mut value = value(&samples::snapshot());
        change(&mut value);
        check_text(serde_json::to_vec(&value).unwrap(), message);
    }

    fn check_text(text: impl AsRef<[u8]>, message: &str) {
        let refusal = decode(text.as_ref()).unwrap_err().to_string();
        assert!(refusal.starts_with(message), "{refusal}");
    }

    #[test]
    fn a_snapshot_comes_back_as_it_was() {
        let snapshot = samples::snapshot();
        let text = encode(&snapshot).unwrap();
        assert_eq!(decode(&text).unwrap(), snapshot);
        assert_eq!(encode(&decode(&text).unwrap()).unwrap(), text);
        assert_eq!(decode(text.trim_ascii()).unwrap(), snapshot);
    }

    #[test]
    fn it_is_text_for_people() {
        let text = String::from_utf8(encode(&samples::snapshot()).unwrap()).unwrap();
        assert!(text.starts_with("{\n  \"format\": 1,\n  \"tool\": "), "{text}");
        assert!(text.ends_with("\n}\n"), "{text}");
    }

    #[test]
    fn unknown_fields_are_taken_but_missing_ones_are_not() {
        let mut value = value(&samples::snapshot());
        value["later"] = json!(1);
        assert_eq!(decode(&serde_json::to_vec(&value).unwrap()).unwrap(), samples::snapshot());
        check(
            |value| drop(value.as_object_mut().unwrap().remove("tool")),
            "recording cannot be understood: missing field `tool`",
        );
        check(|value| value["taken_at"] = json!("yesterday"), "recording cannot be understood: ");
        check(
            |value| value["asked"][0]["answer"]["seen"] = json!({"weather": 1}),
            "recording cannot be understood: ",
        );
    }

    #[test]
    fn other_formats_are_refused_before_anything_else() {
        check_text(r#"{"else":[1],"format":2}"#, "recording format 2 is newer than this ctlmon reads (1)");
        check_text(r#"{"format":0}"#, "recording format 0 is unknown to this ctlmon, which reads 1");
        let foreign = "not a recording of ctlmon, which is a JSON object with an integer `format`";
        for text in [
            r#"{"format":"1"}"#,
            r#"{"format":1.0}"#,
            r#"{"format":-1}"#,
            r#"{"format":1,"format":1}"#,
            r#"{"apiVersion":"v1","items":[]}"#,
            r#"[1,"0.1.0"]"#,
            "[1]",
            "1",
            "null",
            "apiVersion: v1\n",
            "\u{feff}{}",
            r#"{"format":1} x"#,
            "\u{1f}\u{8b}",
        ] {
            check_text(text, foreign);
        }
        check_text(b"\xff\xfe{\0", foreign);
    }

    #[test]
    fn a_part_of_a_recording_is_refused_as_such() {
        check_text("", "recording ends too early, at line 1, column 0");
        let text = encode(&samples::snapshot()).unwrap();
        let text = text.trim_ascii_end();
        for end in 0..text.len() {
            check_text(&text[..end], "recording ends too early, at line ");
        }
    }

    #[test]
    fn questions_must_be_sorted_and_different() {
        check(
            |value| value["asked"].as_array_mut().unwrap().swap(0, 1),
            "recording is not sorted by question at asked[1]",
        );
        check(
            |value| {
                let again = value["asked"][2].clone();
                value["asked"].as_array_mut().unwrap().insert(3, again);
            },
            "recording has the question at asked[3] twice",
        );
    }

    #[test]
    fn an_answer_must_be_one_to_its_question() {
        check(
            |value| value["asked"][0]["answer"] = json!({"seen": {"here": true}}),
            "recording has an answer at asked[0] that is none to its question",
        );
        let mut value = value(&samples::snapshot());
        value["asked"][0]["answer"] = json!("not-asked");
        assert!(decode(&serde_json::to_vec(&value).unwrap()).is_ok());
    }

    #[test]
    fn what_is_too_large_is_refused_unread() {
        check_text(vec![b' '; MAX_RECORDING_BYTES + 1], "recording is larger than 256 MiB");
        let mut snapshot = samples::snapshot();
        snapshot.tool = "\u{1}".repeat(MAX_RECORDING_BYTES / 6);
        assert!(encode(&snapshot).unwrap_err().to_string().starts_with("recording is larger than 256 MiB"));
    }

    #[test]
    fn depth_is_no_trap() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        check_text(format!("{{\"format\":1,\"deep\":{deep}}}"), "recording cannot be understood");
        check_text(format!("{{\"format\":{deep}}}"), "not a recording of ctlmon");
    }

    #[test]
    fn damaged_recordings_do_no_harm() {
        let text = encode(&samples::snapshot()).unwrap();
        for (place, byte) in (0..text.len()).zip(b"\"{}[]9-\\\0\xff".iter().cycle()) {
            let mut damaged = text.clone();
            damaged[place] = *byte;
            if let Ok(snapshot) = decode(&damaged) {
                // A changed digit or letter may well be another recording, which must be a good one.
                assert_eq!(decode(&encode(&snapshot).unwrap()).unwrap(), snapshot);
            }
        }
    }
}
