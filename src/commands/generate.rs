//! `ctlmon generate`: writes what is generated and kept in the repository. It decides nothing about the content.
#![expect(clippy::disallowed_methods, reason = "the edge where generated documents are written")]

use crate::{
    distributions,
    doctor::checks::CHECKS,
    error::{CommandError, Exit, MEANINGS},
    questions,
    render::{Console, docs},
};
use clap::Args;
use std::{
    fs, io,
    io::Write as _,
    path::{Component, Path, PathBuf},
};

#[derive(Debug, Args)]
pub(super) struct GenerateArgs {
    /// The folder below which everything is written
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(super) fn run(console: &Console, args: &GenerateArgs) -> Result<Exit, CommandError> {
    for (name, content) in documents()? {
        let path = args.folder.join(&name);
        write(&args.folder, Path::new(&name), &content).map_err(|error| {
            CommandError::could_not_look(format!("cannot write {}: {error}", path.display()))
        })?;
        console.say_at(1, &format!("wrote {}", path.display()));
    }
    Ok(Exit::Fine)
}

/// Every generated file: its path below the folder, and its content.
fn documents() -> Result<Vec<(String, Vec<u8>)>, CommandError> {
    let program = super::shown();
    let mut all: Vec<(String, Vec<u8>)> = docs::completions::SHELLS
        .into_iter()
        .map(|shell| {
            let name = docs::completions::file_name(&program, shell);
            (format!("completions/{name}"), docs::completions::script(&program, shell))
        })
        .collect();
    for (name, page) in docs::cli::man_pages(&program).map_err(CommandError::could_not_look)? {
        all.push((format!("docs/man/{name}"), page));
    }
    for (name, text) in [
        ("cli", docs::cli::document(&program)),
        ("checks", docs::checks::document(CHECKS)),
        ("distributions", docs::distributions::document(distributions::ALL)),
        ("permissions", docs::permissions::document(&questions::needs())?),
        ("exit-codes", docs::exit_codes::document(MEANINGS)),
    ] {
        all.push((format!("docs/{name}.md"), text.into_bytes()));
    }
    Ok(all)
}

/// Writes one file below the folder, whole or not at all. A link on the way is refused: it may lead out.
fn write(folder: &Path, name: &Path, content: &[u8]) -> io::Result<()> {
    if !name.components().all(|part| matches!(part, Component::Normal(_))) {
        return Err(io::Error::other("the name leads out of the folder"));
    }
    fs::create_dir_all(folder)?;
    let mut place = folder.to_owned();
    for part in name.parent().into_iter().flat_map(Path::components) {
        place.push(part);
        match fs::create_dir(&place) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            Ok(()) | Err(_) => {}
        }
        if !fs::symlink_metadata(&place)?.is_dir() {
            return Err(io::Error::other(format!("{} is no folder", place.display())));
        }
    }
    let path = folder.join(name);
    let mut temporary = path.clone().into_os_string();
    temporary.push(format!(".{}.tmp", std::process::id()));
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&temporary)
        .and_then(|mut file| file.write_all(content))
        .and_then(|()| fs::rename(&temporary, &path));
    if written.is_err() {
        // The error that led here is the one to report.
        fs::remove_file(&temporary).ok();
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn writes_below_the_folder_in_place_of_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        for content in ["one", "two"] {
            write(folder.path(), Path::new("a/b"), content.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(folder.path().join("a/b")).unwrap(), content);
        }
        assert_eq!(entries(&folder.path().join("a")), ["b"]);
    }

    #[test]
    fn never_leaves_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        for name in ["../a", "/a", "a/../../b"] {
            write(folder.path(), Path::new(name), b"x").unwrap_err();
        }
        std::os::unix::fs::symlink(other.path(), folder.path().join("link")).unwrap();
        write(folder.path(), Path::new("link/a"), b"x").unwrap_err();
        std::os::unix::fs::symlink(other.path().join("b"), folder.path().join("b")).unwrap();
        write(folder.path(), Path::new("b"), b"x").unwrap();
        assert_eq!(entries(other.path()), [] as [&str; 0]);
    }

    #[test]
    fn generates_the_same_twice_and_no_file_twice() {
        let all = documents().unwrap();
        assert_eq!(all, documents().unwrap());
        let mut names: Vec<&String> = all.iter().map(|(name, _)| name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all.len());
    }
}
