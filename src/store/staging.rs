//! A folder in the making, beside the one whose place it will take. It is removed with all that is in it, whatever happens;
//! what a killed run left is removed by the next one.
#![expect(clippy::disallowed_methods, reason = "the edge where certificates and keys are written")]

use super::write::{WriteError, give};
use rustix::fs::{AtFlags, CWD, FlockOperation, flock, linkat};
use std::{
    cell::Cell,
    fs::{self, DirBuilder, File},
    io,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process,
};

/// How such folders are called: this, the number of the process, and one more.
const PREFIX: &str = ".ctlmon-certs-";

/// How many entries are carried over. A folder with more is not one of certificates.
const MAX_CARRIED: usize = 1000;

/// How deep.
const MAX_DEPTH: usize = 8;

/// A folder in the making.
pub(super) struct Staging {
    pub(super) path: PathBuf,
    /// Locked as long as its maker lives: a folder without a lock is a killed run's.
    folder: File,
    is_forgotten: Cell<bool>,
}

impl Staging {
    /// A new folder for this user alone, in the same folder as what it will replace, so that no file system is between them.
    pub(super) fn create(parent: &Path) -> io::Result<Self> {
        const TRIES: u32 = 100;
        sweep(parent);
        for number in 0..TRIES {
            let path = parent.join(format!("{PREFIX}{}-{number}", process::id()));
            match DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => {
                    let folder = File::open(&path)?;
                    // Where a sweeper was quicker the folder is gone or not ours, and the next one will do.
                    if flock(&folder, FlockOperation::NonBlockingLockExclusive).is_ok()
                        && is_same(&folder, &path)
                    {
                        return Ok(Self { path, folder, is_forgotten: Cell::new(false) });
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Adds what another folder holds but for these names: the same files and not copies, so that owners, modes and dates stay.
    pub(super) fn carry_over(&self, folder: &Path, but: &[&str]) -> Result<(), WriteError> {
        let mut left = MAX_CARRIED;
        carry(folder, &self.path, but, MAX_DEPTH, &mut left)
    }

    /// Takes on the mode and the owner of another folder.
    pub(super) fn resemble(&self, other: &fs::Metadata) -> io::Result<()> {
        give(&self.folder, other)?;
        self.folder.set_permissions(fs::Permissions::from_mode(other.mode() & 0o7777))
    }

    /// Has everything on the disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.folder.sync_all()
    }

    /// It is in its place under another name: there is nothing to remove.
    pub(super) fn forget(&self) {
        self.is_forgotten.set(true);
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.is_forgotten.get() {
            // The error that led here is the one to report, and after an exchange there was none.
            fs::remove_dir_all(&self.path).ok();
        }
    }
}

fn carry(from: &Path, to: &Path, but: &[&str], depth: usize, left: &mut usize) -> Result<(), WriteError> {
    let failed = |path: &Path, error| WriteError::Carry(path.to_owned(), error);
    for entry in fs::read_dir(from).map_err(|error| failed(from, error))? {
        let entry = entry.map_err(|error| failed(from, error))?;
        let name = entry.file_name();
        if but.iter().any(|other| name == **other) {
            continue;
        }
        let path = entry.path();
        *left = left
            .checked_sub(1)
            .ok_or_else(|| failed(&path, io::Error::other("there are too many files beside it")))?;
        let found = fs::symlink_metadata(&path).map_err(|error| failed(&path, error))?;
        if !found.is_dir() {
            linkat(CWD, &path, CWD, to.join(&name), AtFlags::empty())
                .map_err(|error| failed(&path, error.into()))?;
            continue;
        }
        let Some(depth) = depth.checked_sub(1) else {
            return Err(failed(&path, io::Error::other("it lies too deep")));
        };
        let inner = to.join(&name);
        let made = DirBuilder::new().mode(0o700).create(&inner);
        made.map_err(|error| failed(&path, error))?;
        carry(&path, &inner, &[], depth, left)?;
        let folder = File::open(&inner).map_err(|error| failed(&path, error))?;
        give(&folder, &found)
            .and_then(|()| folder.set_permissions(fs::Permissions::from_mode(found.mode() & 0o7777)))
            .and_then(|()| folder.sync_all())
            .map_err(|error| failed(&path, error))?;
    }
    Ok(())
}

/// Removes what killed runs left: a private key may be in it.
fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    let stale = entries.flatten().filter(|entry| {
        entry.file_name().to_str().is_some_and(|name| {
            let rest = name.strip_prefix(PREFIX).and_then(|rest| rest.split_once('-'));
            rest.is_some_and(|(pid, number)| {
                [pid, number]
                    .iter()
                    .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
            })
        })
    });
    for entry in stale {
        let path = entry.path();
        let is_folder = fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir());
        if let Some(folder) = is_folder.then(|| File::open(&path).ok()).flatten()
            && flock(&folder, FlockOperation::NonBlockingLockExclusive).is_ok()
        {
            // What cannot be removed is somebody else's, or will be next time.
            fs::remove_dir_all(&path).ok();
        }
    }
}

fn is_same(folder: &File, path: &Path) -> bool {
    let place = |found: fs::Metadata| (found.dev(), found.ino());
    folder.metadata().ok().map(place) == fs::symlink_metadata(path).ok().map(place)
}
