//! The folder of a setup: which files are in it, and by what it is known.

use crate::{
    commands::folder::Kind,
    error::CommandError,
    plan::{Document, Folder},
};
use std::path::Path;

/// How a page of every setup says whose it is.
const SIGNATURE: &str = "Written by ctlmon ";

const SETUP: Kind = Kind {
    writer: "gen-values",
    signature: SIGNATURE,
    endings: &["md", "yaml"],
    folders: &["manifests", "nodes"],
};

/// Writes everything, or nothing.
pub(super) fn folder(place: &Path, folder: &Folder, replaces: bool) -> Result<(), CommandError> {
    let inside = |folder: &str, documents: &'_ [Document]| -> Vec<(String, String)> {
        documents.iter().map(|it| (format!("{folder}/{}", it.name), it.text.clone())).collect()
    };
    let mut files = vec![
        ("README.md".to_owned(), folder.readme.clone()),
        ("undo.md".to_owned(), folder.undo.clone()),
        (folder.main.name.clone(), folder.main.text.clone()),
    ];
    files.extend(inside("manifests", &folder.manifests));
    files.extend(inside("nodes", &folder.nodes));
    SETUP.write(place, &files, replaces)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test looks at what was written")]
mod tests {
    use super::*;
    use std::fs;

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
