//! Writes the folder of a setup: whole or not at all, never over one that is there unless that was asked for, and never
//! over anything that ctlmon has not written.
#![expect(clippy::disallowed_methods, reason = "the edge where a setup is written")]

use crate::{error::CommandError, plan::Folder};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::{
    ffi::OsString,
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

/// How a page of every setup says whose it is.
const SIGNATURE: &str = "Written by ctlmon ";

/// Writes everything beside the place, and then puts it there.
pub(super) fn folder(place: &Path, folder: &Folder, replaces: bool) -> Result<(), CommandError> {
    let failed =
        |error: io::Error| CommandError::system(format_args!("cannot write {}", place.display()), &error);
    if !replaces && fs::symlink_metadata(place).is_ok() {
        return Err(CommandError::could_not_look(format!("{} is there already", place.display()))
            .hint("name another folder, or replace this one with --force"));
    }
    if let Some(foreign) = foreign(place).map_err(failed)? {
        let error = format!("{} holds {foreign}, which ctlmon has not written", place.display());
        return Err(CommandError::could_not_look(error)
            .hint("--force replaces a folder that gen-values wrote; name a new folder, or one of those"));
    }
    let fresh = beside(place).map_err(failed)?;
    let written = fill(&fresh, folder).and_then(|()| settle(&fresh, place, replaces));
    if written.is_err() {
        // The error that led here is the one to report.
        fs::remove_dir_all(&fresh).ok();
    }
    written.map_err(failed)
}

/// Makes the folder for folders of several setups, where it is not there.
pub(super) fn parent(place: &Path) -> Result<(), CommandError> {
    match fs::create_dir(place) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && place.is_dir() => Ok(()),
        made => made
            .map_err(|error| CommandError::system(format_args!("cannot make {}", place.display()), &error)),
    }
}

fn fill(fresh: &Path, folder: &Folder) -> io::Result<()> {
    fs::create_dir(fresh)?;
    fs::create_dir(fresh.join("manifests"))?;
    let pages = [
        ("README.md", &folder.readme),
        ("undo.md", &folder.undo),
        (folder.main.name.as_str(), &folder.main.text),
    ];
    for (name, text) in pages {
        file(&fresh.join(name), text)?;
    }
    for manifest in &folder.manifests {
        file(&fresh.join("manifests").join(&manifest.name), &manifest.text)?;
    }
    if !folder.nodes.is_empty() {
        fs::create_dir(fresh.join("nodes"))?;
    }
    for text in &folder.nodes {
        file(&fresh.join("nodes").join(&text.name), &text.text)?;
    }
    Ok(())
}

fn file(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Something in a folder that is not of a setup, in words; `None` also where there is no folder, or nothing in it.
///
/// A folder that is replaced is gone, so it must be one that a command can write again.
fn foreign(place: &Path) -> io::Result<Option<String>> {
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
        let is_yaml = entry.path().extension().is_some_and(|extension| extension == "yaml");
        let is_page = is_yaml || ["README.md", "undo.md"].contains(&name.as_str());
        let is_of_setup = match name.as_str() {
            "manifests" | "nodes" if kind.is_dir() => {
                let mut inside = fs::read_dir(entry.path())?;
                inside.all(|entry| entry.and_then(|entry| entry.file_type()).is_ok_and(|kind| kind.is_file()))
            }
            _ => kind.is_file() && is_page,
        };
        if !is_of_setup {
            return Ok(Some(name));
        }
    }
    let is_signed = || {
        let readme = fs::read_to_string(place.join("README.md")).unwrap_or_default();
        readme.lines().take(5).any(|line| line.starts_with(SIGNATURE))
    };
    Ok((!is_empty && !is_signed()).then(|| format!("no README.md that says \"{SIGNATURE}\"")))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Document;

    fn setup(text: &str) -> Folder {
        let document = |name: &str| Document { name: name.to_owned(), text: text.to_owned() };
        Folder {
            main: document("values.yaml"),
            manifests: vec![document("00-namespace.yaml")],
            nodes: Vec::new(),
            steps: Vec::new(),
            readme: format!("# A setup\n\n{SIGNATURE}0.1.0.\n\n{text}"),
            undo: text.to_owned(),
        }
    }

    fn names(of: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(of).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn writes_all_or_nothing_and_over_nothing() {
        let parent = tempfile::tempdir().unwrap();
        let place = parent.path().join("out");
        folder(&place, &setup("one"), false).unwrap();
        assert_eq!(names(&place), ["README.md", "manifests", "undo.md", "values.yaml"]);
        let written = || fs::read_to_string(place.join("undo.md")).unwrap();
        folder(&place, &setup("two"), false).unwrap_err();
        assert_eq!(written(), "one");
        folder(&place, &setup("three"), true).unwrap();
        assert_eq!(written(), "three");

        fs::write(place.join("mine"), "x").unwrap();
        let error = folder(&place, &setup("four"), true).unwrap_err();
        assert!(error.to_string().contains("holds mine"), "{error}");
        assert_eq!((written().as_str(), names(&place).contains(&"mine".to_owned())), ("three", true));
        assert_eq!(names(parent.path()), ["out"]);
    }

    #[test]
    fn replaces_no_folder_of_anybody_else() {
        let parent = tempfile::tempdir().unwrap();
        let place = parent.path().join("repository");
        fs::create_dir_all(place.join("manifests/more")).unwrap();
        folder(&place, &setup("x"), true).unwrap_err();
        fs::remove_dir(place.join("manifests/more")).unwrap();
        // Not even where every name could be one of a setup.
        fs::write(place.join("README.md"), "# Mine").unwrap();
        folder(&place, &setup("x"), true).unwrap_err();
        assert_eq!(fs::read_to_string(place.join("README.md")).unwrap(), "# Mine");
        fs::remove_file(place.join("README.md")).unwrap();
        fs::remove_dir(place.join("manifests")).unwrap();
        folder(&place, &setup("x"), true).unwrap();
    }

    #[test]
    fn leaves_files_and_links_alone() {
        let parent = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        fs::write(parent.path().join("file"), "x").unwrap();
        std::os::unix::fs::symlink(other.path(), parent.path().join("link")).unwrap();
        for name in ["file", "link"] {
            for replaces in [false, true] {
                folder(&parent.path().join(name), &setup("x"), replaces).unwrap_err();
            }
        }
        assert_eq!(names(parent.path()), ["file", "link"]);
        assert_eq!(names(other.path()), [] as [&str; 0]);
    }
}
