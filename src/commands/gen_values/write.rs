//! Writes the folder of a setup: whole or not at all, and never over one that is there unless that was asked for.
#![expect(clippy::disallowed_methods, reason = "the edge where a setup is written")]

use crate::{error::CommandError, plan::Folder};
use std::{
    ffi::OsString,
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

/// Writes everything beside the place, and then puts it there.
pub(super) fn folder(place: &Path, folder: &Folder, replaces: bool) -> Result<(), CommandError> {
    let failed =
        |error: io::Error| CommandError::system(format_args!("cannot write {}", place.display()), &error);
    if !replaces && fs::symlink_metadata(place).is_ok() {
        return Err(CommandError::could_not_look(format!("{} is there already", place.display()))
            .hint("name another folder, or replace this one with --force"));
    }
    let fresh = beside(place, "new").map_err(failed)?;
    let written = fill(&fresh, folder).and_then(|()| settle(&fresh, place, replaces));
    if written.is_err() {
        // The error that led here is the one to report.
        fs::remove_dir_all(&fresh).ok();
    }
    written.map_err(failed)
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

/// Puts the fresh folder into its place. What was there is moved aside first, and back again where that fails.
fn settle(fresh: &Path, place: &Path, replaces: bool) -> io::Result<()> {
    let old = match fs::symlink_metadata(place) {
        Ok(found) if replaces && found.is_dir() => {
            let old = beside(place, "old")?;
            fs::rename(place, &old)?;
            Some(old)
        }
        Ok(_) => return Err(io::Error::other("it is no folder, or came to be meanwhile")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let moved = fs::rename(fresh, place);
    match (&moved, old) {
        (Ok(()), Some(old)) => fs::remove_dir_all(old)?,
        (Err(_), Some(old)) => fs::rename(old, place)?,
        (_, None) => {}
    }
    moved
}

/// A name beside the place that nothing has.
fn beside(place: &Path, what: &str) -> io::Result<PathBuf> {
    let name = place.file_name().ok_or_else(|| io::Error::other("it is no name of a folder"))?;
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{}.{what}", std::process::id()));
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
            readme: text.to_owned(),
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
        fs::write(place.join("mine"), "x").unwrap();

        folder(&place, &setup("two"), false).unwrap_err();
        assert_eq!(fs::read_to_string(place.join("README.md")).unwrap(), "one");
        folder(&place, &setup("three"), true).unwrap();
        assert_eq!(fs::read_to_string(place.join("README.md")).unwrap(), "three");
        assert!(!place.join("mine").exists(), "the folder is replaced as a whole");
        assert_eq!(names(parent.path()), ["out"]);
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
