//! How writing or reading a recording can fail. It must not advise: that is for those who know why it was read.

use super::{MAX_RECORDING_BYTES, file::is_standard_stream};
use crate::model::snapshot::FORMAT;
use std::{
    error::Error,
    fmt, io,
    path::{Path, PathBuf},
};

/// Why a recording could not be written or read. Each message tells all, its sources included.
#[derive(Debug)]
pub enum RecordingError {
    /// The file could not be read.
    Read(PathBuf, io::Error),
    /// The file was read, but is not a recording that can be used.
    Content(PathBuf, Box<Self>),
    /// The file could not be written.
    Write(PathBuf, io::Error),
    /// What has the name of the file must not be replaced; what it is, as a clause.
    Target(PathBuf, &'static str),
    /// The snapshot could not be turned into JSON.
    Unwritable(serde_json::Error),
    /// It has more than [`MAX_RECORDING_BYTES`].
    TooLarge,
    /// It ends in the middle.
    Truncated(serde_json::Error),
    /// It is not JSON, or the JSON of something else.
    Foreign(Option<serde_json::Error>),
    /// It has the format of a newer version.
    Newer(u64),
    /// It has a format that never was.
    Unknown(u64),
    /// It has the right format, but not its fields.
    Malformed(serde_json::Error),
    /// The question at this place of `asked` is also at the place before.
    Twice(usize),
    /// The question at this place of `asked` belongs before the one in front of it.
    Unsorted(usize),
    /// The answer at this place of `asked` is of a kind that does not fit its question.
    Misfit(usize),
}

impl fmt::Display for RecordingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(path, error) => write!(f, "cannot read recording {}: {}", name(path), reason(error)),
            Self::Content(path, error) => write!(f, "cannot read recording {}: {error}", name(path)),
            Self::Write(path, error) => {
                write!(f, "cannot write recording {}: {}", path.display(), reason(error))
            }
            Self::Target(path, what) => write!(f, "cannot write recording {}: {what}", path.display()),
            Self::Unwritable(error) => write!(f, "recording cannot be written as JSON: {error}"),
            Self::TooLarge => write!(f, "recording is larger than {} MiB", MAX_RECORDING_BYTES >> 20),
            Self::Truncated(error) => {
                write!(f, "recording ends too early, at line {}, column {}", error.line(), error.column())
            }
            Self::Foreign(error) => {
                f.write_str("not a recording of ctlmon, which is a JSON object with an integer `format`")?;
                error.as_ref().map_or(Ok(()), |error| write!(f, ": {error}"))
            }
            Self::Newer(format) => {
                write!(f, "recording format {format} is newer than this ctlmon reads ({FORMAT})")
            }
            Self::Unknown(format) => {
                write!(f, "recording format {format} is unknown to this ctlmon, which reads {FORMAT}")
            }
            Self::Malformed(error) => write!(f, "recording cannot be understood: {error}"),
            Self::Twice(place) => write!(f, "recording has the question at asked[{place}] twice"),
            Self::Unsorted(place) => write!(f, "recording is not sorted by question at asked[{place}]"),
            Self::Misfit(place) => {
                write!(f, "recording has an answer at asked[{place}] that is none to its question")
            }
        }
    }
}

impl Error for RecordingError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Read(_, error) | Self::Write(_, error) => Some(error),
            Self::Content(_, error) => Some(error.as_ref()),
            Self::Unwritable(error) | Self::Truncated(error) | Self::Malformed(error) => Some(error),
            Self::Foreign(error) => error.as_ref().map(|error| -> &(dyn Error + 'static) { error }),
            Self::Target(..)
            | Self::TooLarge
            | Self::Newer(_)
            | Self::Unknown(_)
            | Self::Twice(_)
            | Self::Unsorted(_)
            | Self::Misfit(_) => None,
        }
    }
}

fn name(path: &Path) -> String {
    if is_standard_stream(path) { "on standard input".to_owned() } else { path.display().to_string() }
}

/// Without the number that the operating system gives it, where the words say as much.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        kind @ (io::ErrorKind::PermissionDenied
        | io::ErrorKind::IsADirectory
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::ReadOnlyFilesystem) => kind.to_string(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::RecordingError;
    use std::{error::Error as _, io, path::PathBuf};

    fn check(error: &RecordingError, message: &str) {
        assert_eq!(error.to_string(), message);
    }

    #[test]
    fn messages_name_the_file_and_the_reason() {
        let denied = || io::Error::from_raw_os_error(13);
        check(
            &RecordingError::Read(PathBuf::from("/x"), denied()),
            "cannot read recording /x: permission denied",
        );
        check(
            &RecordingError::Write(PathBuf::from("x"), denied()),
            "cannot write recording x: permission denied",
        );
        check(
            &RecordingError::Content(PathBuf::from("-"), Box::new(RecordingError::Newer(7))),
            "cannot read recording on standard input: recording format 7 is newer than this ctlmon reads (1)",
        );
    }

    #[test]
    fn sources_are_intact() {
        let error = RecordingError::Read(PathBuf::from("/x"), io::Error::from_raw_os_error(13));
        let source = error.source().and_then(|source| source.downcast_ref::<io::Error>());
        assert_eq!(source.and_then(io::Error::raw_os_error), Some(13));
        let error = RecordingError::Content(PathBuf::from("-"), Box::new(error));
        assert!(
            error.source().is_some_and(|source| source.is::<RecordingError>() && source.source().is_some())
        );
    }
}
