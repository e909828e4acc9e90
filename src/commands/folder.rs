//! Writes a folder of files: whole or not at all, never over one that is there unless that was asked for, and never over
//! anything that ctlmon has not written.
#![expect(clippy::disallowed_methods, reason = "the edge where folders are written")]

use crate::error::CommandError;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::{
    ffi::OsString,
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

/// What is known of the folders that one command writes, so that it replaces no other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    /// What writes them.
    pub(super) writer: &'static str,
    /// How a line near the beginning of their README.md begins.
    pub(super) signature: &'static str,
    /// How the names of the files in it end, behind their last dot.
    pub(super) endings: &'static [&'static str],
    /// The folders that can be in it, with nothing but files.
    pub(super) folders: &'static [&'static str],
}

impl Kind {
    /// Writes everything beside the place, and then puts it there.
    ///
    /// # Errors
    /// Where something is in the way, or where the system cannot.
    pub(super) fn write(
        &self,
        place: &Path,
        files: &[(String, String)],
        replaces: bool,
    ) -> Result<(), CommandError> {
        self.check(place, replaces)?;
        let failed =
            |error: io::Error| CommandError::system(format_args!("cannot write {}", place.display()), &error);
        let fresh = beside(place).map_err(failed)?;
        let written = fill(&fresh, files).and_then(|()| settle(&fresh, place, replaces));
        if written.is_err() {
            // The error that led here is the one to report.
            fs::remove_dir_all(&fresh).ok();
        }
        written.map_err(failed)
    }

    /// Whether it could be written, as far as that can be told without doing it.
    ///
    /// # Errors
    /// Where something is in the way.
    pub(super) fn check(&self, place: &Path, replaces: bool) -> Result<(), CommandError> {
        if !replaces && fs::symlink_metadata(place).is_ok() {
            return Err(CommandError::could_not_look(format!("{} is there already", place.display()))
                .hint("name another folder, or replace this one with --force"));
        }
        let foreign = self.foreign(place).map_err(|error| {
            CommandError::system(format_args!("cannot write {}", place.display()), &error)
        })?;
        match foreign {
            None => Ok(()),
            Some(foreign) => {
                let error = format!("{} holds {foreign}, which ctlmon has not written", place.display());
                let hint = format!(
                    "--force replaces a folder that {} wrote; name a new folder, or one of those",
                    self.writer
                );
                Err(CommandError::could_not_look(error).hint(hint))
            }
        }
    }

    /// Something in a folder that is not of this kind, in words; `None` also where there is no folder, or nothing in it.
    ///
    /// A folder that is replaced is gone, so it must be one that a command can write again.
    fn foreign(&self, place: &Path) -> io::Result<Option<String>> {
        let entries = match fs::read_dir(place) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut is_empty = true;
        for entry in entries {
            let entry = entry?;
            is_empty = false;
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type()?;
            let is_own = if kind.is_dir() && self.folders.contains(&name.as_str()) {
                let mut inside = fs::read_dir(entry.path())?;
                inside.all(|entry| entry.and_then(|entry| entry.file_type()).is_ok_and(|kind| kind.is_file()))
            } else {
                let path = entry.path();
                let ending = path.extension().unwrap_or_default();
                kind.is_file() && self.endings.iter().any(|known| ending == *known)
            };
            if !is_own {
                return Ok(Some(name));
            }
        }
        let is_signed = || {
            let readme = fs::read_to_string(place.join("README.md")).unwrap_or_default();
            readme.lines().take(5).any(|line| line.starts_with(self.signature))
        };
        Ok((!is_empty && !is_signed()).then(|| format!("no README.md that says \"{}\"", self.signature)))
    }
}

/// Makes the folder for the folders of several setups, where it is not there.
pub(super) fn parent(place: &Path) -> Result<(), CommandError> {
    match fs::create_dir(place) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && place.is_dir() => Ok(()),
        made => made
            .map_err(|error| CommandError::system(format_args!("cannot make {}", place.display()), &error)),
    }
}

fn fill(fresh: &Path, files: &[(String, String)]) -> io::Result<()> {
    fs::create_dir(fresh)?;
    for (path, text) in files {
        let path = fresh.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        file(&path, text)?;
    }
    Ok(())
}

fn file(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Puts the fresh folder into its place: in one step, so that there is always one of the two.
fn settle(fresh: &Path, place: &Path, replaces: bool) -> io::Result<()> {
    match fs::symlink_metadata(place) {
        Ok(found) if replaces && found.is_dir() => {
            renameat_with(CWD, fresh, CWD, place, RenameFlags::EXCHANGE)?;
            fs::remove_dir_all(fresh)
        }
        Ok(_) => Err(io::Error::other("it is no folder, or came to be meanwhile")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::rename(fresh, place),
        Err(error) => Err(error),
    }
}

/// A name beside the place that nothing has.
fn beside(place: &Path) -> io::Result<PathBuf> {
    let name = place.file_name().ok_or_else(|| io::Error::other("it is no name of a folder"))?;
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{}.new", std::process::id()));
    Ok(place.with_file_name(hidden))
}
