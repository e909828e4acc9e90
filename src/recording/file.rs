//! Recordings on disk. It must not follow a link that somebody else may have laid, nor leave half a file behind.
#![expect(clippy::disallowed_methods, reason = "the one place where recordings touch the disk")]

use super::{MAX_RECORDING_BYTES, RecordingError, decode, encode};
use crate::model::snapshot::Snapshot;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write as _},
    path::{Path, PathBuf},
    process,
};

/// Writes a recording, in place of the file of this name if there is one. Nobody else may read it.
///
/// # Errors
/// Where the snapshot cannot be encoded, where the name belongs to anything but a regular file, or where
/// writing fails. The file is then as it was before.
pub fn save(path: &Path, snapshot: &Snapshot) -> Result<(), RecordingError> {
    let text = encode(snapshot)?;
    let refuse = |what| Err(RecordingError::Target(path.to_owned(), what));
    if is_standard_stream(path) || path.file_name().is_none() {
        return refuse("it is not the name of a file");
    }
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => return refuse("it is a symbolic link"),
        Ok(found) if found.is_dir() => return refuse("it is a directory"),
        Ok(found) if !found.is_file() => return refuse("it is not a regular file"),
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(RecordingError::Write(path.to_owned(), error));
        }
        Ok(_) | Err(_) => {}
    }
    replace(path, &text).map_err(|error| RecordingError::Write(path.to_owned(), error))
}

/// Reads a recording; from standard input where the path is `-`.
///
/// # Errors
/// Where there is no such file, where it cannot be read, or where [`decode`] refuses what it holds.
pub fn load(path: &Path) -> Result<Snapshot, RecordingError> {
    let text = if is_standard_stream(path) { read(io::stdin().lock()) } else { open(path).and_then(read) };
    let text = text.map_err(|error| RecordingError::Read(path.to_owned(), error))?;
    decode(&text).map_err(|error| RecordingError::Content(path.to_owned(), Box::new(error)))
}

/// Whether the path means standard input or output, as it does for most commands.
pub(super) fn is_standard_stream(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn open(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    // Unix opens directories, and refuses only to read them. Pipes are welcome: `--from <(xz -dc run.json.xz)`.
    if file.metadata()?.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok(file)
}

/// At most one byte more than [`decode`] takes, so that it can tell.
fn read(from: impl Read) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    // A usize has at most 64 bits wherever Rust's standard library runs.
    from.take(MAX_RECORDING_BYTES as u64 + 1).read_to_end(&mut text)?;
    Ok(text)
}

/// Writes beside the file and renames, so that a file of this name is whole at any time.
///
/// Renaming replaces a link and does not follow it, should one appear after it was looked for.
fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut temporary = Temporary::create(folder)?;
    temporary.file.write_all(text)?;
    temporary.file.sync_all()?;
    fs::rename(&temporary.path, path)?;
    temporary.renamed = true;
    // The recording is in its place; some network file systems cannot sync a folder, and that is no reason to complain.
    if let Ok(folder) = File::open(folder) {
        folder.sync_all().ok();
    }
    Ok(())
}

/// A file that is removed unless it was renamed.
struct Temporary {
    path: PathBuf,
    file: File,
    renamed: bool,
}

impl Temporary {
    /// A new file in the folder, for this user alone.
    fn create(folder: &Path) -> io::Result<Self> {
        // Left-overs of a run that was killed can be in the way only where numbers of processes are used again.
        const TRIES: u32 = 100;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut tried = 0;
        loop {
            let path = folder.join(format!(".ctlmon-{}-{tried}.tmp", process::id()));
            match options.open(&path) {
                Ok(file) => return Ok(Self { path, file, renamed: false }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tried < TRIES => tried += 1,
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.renamed {
            // The error that led here is the one to report.
            fs::remove_file(&self.path).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{load, replace, save};
    use crate::recording::{encode, samples};
    use std::{
        env, fs,
        path::{Path, PathBuf},
        process,
    };

    /// A folder of one test's own.
    struct Folder(PathBuf);

    impl Folder {
        fn new(test: &str) -> Self {
            let path = env::temp_dir().join(format!("ctlmon-recording-{test}-{}", process::id()));
            fs::create_dir(&path).unwrap();
            Self(path)
        }

        fn names(&self) -> Vec<String> {
            let mut names: Vec<String> = fs::read_dir(&self.0)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    /// That nothing is written there, and why; `folder` must hold what it held before.
    fn check_refused(folder: &Folder, path: &Path, why: &str) {
        let before = folder.names();
        let message = save(path, &samples::snapshot()).unwrap_err().to_string();
        assert_eq!(message, format!("cannot write recording {}: {why}", path.display()));
        assert_eq!(folder.names(), before);
    }

    #[test]
    fn what_is_saved_can_be_loaded() {
        let folder = Folder::new("round");
        let path = folder.0.join("run.json");
        save(&path, &samples::snapshot()).unwrap();
        assert_eq!(load(&path).unwrap(), samples::snapshot());
        assert_eq!(fs::read(&path).unwrap(), encode(&samples::snapshot()).unwrap());
        assert_eq!(folder.names(), ["run.json"]);
    }

    #[test]
    fn a_file_is_replaced_as_a_whole() {
        let folder = Folder::new("replace");
        let path = folder.0.join("run.json");
        fs::write(&path, "x".repeat(100_000)).unwrap();
        fs::hard_link(&path, folder.0.join("other")).unwrap();
        save(&path, &samples::snapshot()).unwrap();
        assert_eq!(load(&path).unwrap(), samples::snapshot());
        assert_eq!(fs::read(folder.0.join("other")).unwrap().len(), 100_000, "it was not written into");
        assert_eq!(folder.names(), ["other", "run.json"]);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
        let folder = Folder::new("mode");
        let path = folder.0.join("run.json");
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        save(&path, &samples::snapshot()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_other_things_are_left_alone() {
        use std::os::unix::{fs::symlink, net::UnixListener};
        let folder = Folder::new("links");
        let target = folder.0.join("target");
        fs::write(&target, "precious").unwrap();
        for (name, to) in
            [("link", target.as_path()), ("dangling", Path::new("nowhere")), ("to-folder", Path::new("."))]
        {
            let link = folder.0.join(name);
            symlink(to, &link).unwrap();
            check_refused(&folder, &link, "it is a symbolic link");
            assert!(link.is_symlink());
        }
        assert_eq!(fs::read_to_string(&target).unwrap(), "precious");
        let socket = folder.0.join("socket");
        let _listener = UnixListener::bind(&socket).unwrap();
        check_refused(&folder, &socket, "it is not a regular file");
        check_refused(&folder, &folder.0, "it is a directory");
        // A link on the way is as good as any folder.
        save(&folder.0.join("to-folder/run.json"), &samples::snapshot()).unwrap();
        assert_eq!(load(&folder.0.join("run.json")).unwrap(), samples::snapshot());
    }

    #[test]
    fn what_names_no_file_is_refused() {
        let folder = Folder::new("names");
        for path in ["-", "", "/", "..", "x/.."] {
            check_refused(&folder, Path::new(path), "it is not the name of a file");
        }
        check_refused(&folder, &folder.0.join("missing/run.json"), "no such file or directory");
        fs::write(folder.0.join("file"), "").unwrap();
        check_refused(&folder, &folder.0.join("file/run.json"), "not a directory");
        check_refused(&folder, &folder.0.join("run.json/"), "not a directory");
    }

    #[test]
    fn nothing_is_left_where_the_last_step_fails() {
        let folder = Folder::new("last");
        let path = folder.0.join("run.json");
        fs::create_dir(&path).unwrap();
        replace(&path, b"text").unwrap_err();
        assert_eq!(folder.names(), ["run.json"]);
        assert!(path.is_dir());
    }

    #[test]
    fn left_overs_are_not_in_the_way() {
        let folder = Folder::new("left");
        let left = format!(".ctlmon-{}-0.tmp", process::id());
        fs::write(folder.0.join(&left), "half").unwrap();
        save(&folder.0.join("run.json"), &samples::snapshot()).unwrap();
        assert_eq!(folder.names(), [left, "run.json".to_owned()]);
    }

    #[test]
    fn a_bare_name_is_a_file_of_the_working_directory() {
        let name = PathBuf::from(format!("ctlmon-recording-bare-{}.json", process::id()));
        save(&name, &samples::snapshot()).unwrap();
        let loaded = load(&name);
        fs::remove_file(&name).unwrap();
        assert_eq!(loaded.unwrap(), samples::snapshot());
    }

    #[test]
    fn what_cannot_be_loaded_is_named() {
        let folder = Folder::new("load");
        let check = |path: &Path, why: &str| {
            let message = load(path).unwrap_err().to_string();
            assert_eq!(message, format!("cannot read recording {}: {why}", path.display()));
        };
        check(&folder.0, "is a directory");
        check(&folder.0.join("missing"), "no such file or directory");
        let path = folder.0.join("newer.json");
        fs::write(&path, "{\"format\":99}").unwrap();
        check(&path, "recording format 99 is newer than this ctlmon reads (1)");
        fs::write(&path, "").unwrap();
        check(&path, "recording ends too early, at line 1, column 0");
    }
}
