//! A folder of files that takes the place of another in one step, so that nobody ever finds a certificate beside the key of
//! another one. It follows no symbolic link, and leaves nothing secret behind that it could remove.
#![expect(clippy::disallowed_methods, reason = "the edge where certificates and keys are written")]

use super::staging::Staging;
use crate::{model::secret::Secret, observe::files::reason};
use rustix::{
    fs::{CWD, RenameFlags, renameat_with},
    io::Errno,
};
use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process,
};

/// A file to be written.
pub struct NewFile {
    /// Its name in the folder.
    pub name: String,
    /// What is in it.
    pub content: Secret<String>,
    /// Whether it is for its owner alone.
    pub is_private: bool,
}

/// Why nothing was written. The folder is then as it was before.
#[derive(Debug)]
pub enum WriteError {
    /// The path is not the name of a folder or file of its own.
    Name(PathBuf),
    /// Something else than expected is there; what it is.
    Other(PathBuf, &'static str),
    /// It is there already, and was not to be replaced.
    Exists(PathBuf),
    /// The file system cannot exchange two folders.
    NoExchange(PathBuf, &'static str),
    /// A file that lies beside the new ones cannot be carried over.
    Carry(PathBuf, io::Error),
    /// The system refused.
    System(PathBuf, io::Error),
}

/// Writes files into a folder, all of them in one step; what else is in the folder stays.
///
/// # Errors
/// Where one of them is there already and `replace` is not set, where a link is in the way, or where the system or its file
/// system cannot do it.
pub fn exchange(folder: &Path, files: &[NewFile], replace: bool) -> Result<(), WriteError> {
    let parent = parent(folder)?;
    let failed = |error| WriteError::System(folder.to_owned(), error);
    let present = match fs::symlink_metadata(folder) {
        Ok(found) if found.is_symlink() => {
            return Err(WriteError::Other(folder.to_owned(), "it is a symbolic link"));
        }
        Ok(found) if !found.is_dir() => {
            return Err(WriteError::Other(folder.to_owned(), "it is not a folder"));
        }
        Ok(found) => Some(found),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(failed(error)),
    };
    let replaced = replaced(folder, files, replace)?;
    let staging = Staging::create(parent).map_err(failed)?;
    for (file, old) in files.iter().zip(&replaced) {
        write(&staging.path.join(&file.name), file, old.as_ref()).map_err(failed)?;
    }
    if let Some(present) = &present {
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        staging.carry_over(folder, &names)?;
        staging.resemble(present).map_err(failed)?;
    }
    staging.sync().map_err(failed)?;
    if present.is_none() {
        fs::rename(&staging.path, folder).map_err(failed)?;
        staging.forget();
    } else {
        let exchanged = renameat_with(CWD, &staging.path, CWD, folder, RenameFlags::EXCHANGE);
        exchanged.map_err(|error| match error {
            Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP => {
                WriteError::NoExchange(folder.to_owned(), "its file system has no such operation")
            }
            Errno::BUSY | Errno::XDEV => {
                WriteError::NoExchange(folder.to_owned(), "something is mounted on it: name a folder inside")
            }
            other => failed(other.into()),
        })?;
    }
    // What was exchanged holds whether or not a network file system can sync a folder.
    if let Ok(parent) = File::open(parent) {
        parent.sync_all().ok();
    }
    Ok(())
}

/// Writes one file for its owner alone.
///
/// # Errors
/// Where it is there already and `replace` is not set, where it is no regular file, or where the system cannot.
pub fn file(path: &Path, content: &Secret<String>, replace: bool) -> Result<(), WriteError> {
    let parent = parent(path)?;
    let failed = |error| WriteError::System(path.to_owned(), error);
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => {
            return Err(WriteError::Other(path.to_owned(), "it is a symbolic link"));
        }
        Ok(found) if !found.is_file() => {
            return Err(WriteError::Other(path.to_owned(), "it is not a regular file"));
        }
        Ok(_) if !replace => return Err(WriteError::Exists(path.to_owned())),
        _ => {}
    }
    let temporary = parent.join(format!(".ctlmon-{}.tmp", process::id()));
    let new = NewFile { name: String::new(), content: content.clone(), is_private: true };
    let flags = if replace { RenameFlags::empty() } else { RenameFlags::NOREPLACE };
    let written = write(&temporary, &new, None)
        .and_then(|()| renameat_with(CWD, &temporary, CWD, path, flags).map_err(io::Error::from));
    if written.is_err() {
        // The error that led here is the one to report.
        fs::remove_file(&temporary).ok();
    }
    written.map_err(failed)
}

/// What the new files replace, in their order.
fn replaced(
    folder: &Path,
    files: &[NewFile],
    replace: bool,
) -> Result<Vec<Option<fs::Metadata>>, WriteError> {
    let mut replaced = Vec::new();
    for file in files {
        let path = folder.join(&file.name);
        replaced.push(match fs::symlink_metadata(&path) {
            Ok(found) if found.is_symlink() => return Err(WriteError::Other(path, "it is a symbolic link")),
            Ok(found) if !found.is_file() => return Err(WriteError::Other(path, "it is not a regular file")),
            Ok(_) if !replace => return Err(WriteError::Exists(path)),
            Ok(found) => Some(found),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(WriteError::System(path, error)),
        });
    }
    Ok(replaced)
}

/// Writes a new file, never through a name that is there. It gets the owner of the one that it replaces: an Agent that reads
/// the key as itself must go on reading it.
fn write(path: &Path, file: &NewFile, old: Option<&fs::Metadata>) -> io::Result<()> {
    let mut to = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    to.write_all(file.content.expose().as_bytes())?;
    let mode = match (file.is_private, old) {
        (false, _) => 0o644,
        // A group that could read the old key reads the new one; everybody else does not.
        (true, Some(old)) => 0o600 | (old.mode() & 0o040),
        (true, None) => 0o600,
    };
    if let Some(old) = old {
        give(&to, old)?;
    }
    to.set_permissions(fs::Permissions::from_mode(mode))?;
    to.sync_all()
}

/// Gives a file or folder to the owner of another one.
pub(super) fn give(file: &File, like: &fs::Metadata) -> io::Result<()> {
    let own = file.metadata()?;
    if (own.uid(), own.gid()) == (like.uid(), like.gid()) {
        return Ok(());
    }
    std::os::unix::fs::fchown(file, Some(like.uid()), Some(like.gid()))
}

fn parent(path: &Path) -> Result<&Path, WriteError> {
    match (path.file_name(), path.parent()) {
        (Some(_), Some(parent)) if parent.as_os_str().is_empty() => Ok(Path::new(".")),
        (Some(_), Some(parent)) => Ok(parent),
        _ => Err(WriteError::Name(path.to_owned())),
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(path) => write!(f, "cannot write {}: it is no name of its own", path.display()),
            Self::Other(path, what) => write!(f, "cannot write {}: {what}", path.display()),
            Self::Exists(path) => write!(f, "cannot write {}: it is there already", path.display()),
            Self::NoExchange(path, why) => {
                write!(f, "cannot replace the files of {} in one step: {why}", path.display())
            }
            Self::Carry(path, error) => {
                write!(f, "cannot carry {} over into the new folder: {}", path.display(), reason(error))
            }
            Self::System(path, error) => write!(f, "cannot write {}: {}", path.display(), reason(error)),
        }
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Carry(_, error) | Self::System(_, error) => Some(error),
            _ => None,
        }
    }
}
