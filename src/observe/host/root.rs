//! Paths of a node below the root that its file system is mounted at. Links are followed inside of that root, and nothing
//! but regular files is ever opened: a pipe would block, and a device may do anything.
#![expect(clippy::disallowed_methods, reason = "the one place where files of the node are opened")]

use super::{MAX_ENTRIES, MAX_FILE_BYTES};
use crate::model::host::{HostPath, PathKind};
use std::{
    collections::VecDeque,
    ffi::OsString,
    fs::{self, File, Metadata, OpenOptions},
    io::{self, Read as _},
    path::{Component, Path, PathBuf},
};
use zeroize::Zeroizing;

/// How many links are followed on one way, as the kernel has it.
const MAX_LINKS: usize = 40;

/// Opening does not wait: a file may have become a pipe since it was looked at.
#[cfg(target_os = "linux")]
const NONBLOCK: i32 = 0o4000;

/// The file system of a node, and its processes.
#[derive(Clone, Debug)]
pub struct HostRoot {
    root: PathBuf,
    proc: PathBuf,
}

impl HostRoot {
    /// A node whose root is mounted here, with its processes in the folder `proc` of it.
    #[must_use]
    pub fn at(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        let proc = root.join("proc");
        Self { root, proc }
    }

    /// The same with its processes in another folder.
    #[must_use]
    pub fn with_processes(mut self, proc: impl Into<PathBuf>) -> Self {
        self.proc = proc.into();
        self
    }

    /// Whether there is a folder at the root.
    ///
    /// # Errors
    /// Where there is none, or it cannot be listed.
    pub fn check(&self) -> io::Result<()> {
        fs::read_dir(&self.root).map(drop)
    }

    /// The folder with the processes.
    pub(super) fn proc(&self) -> &Path {
        &self.proc
    }

    /// What is in a regular file, and what is known of the file.
    pub(super) fn open(&self, path: &str) -> io::Result<(Metadata, Zeroizing<Vec<u8>>)> {
        let place = self.resolve(path)?;
        let looked = fs::symlink_metadata(&place)?;
        if looked.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !looked.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it is not a regular file"));
        }
        let file = open_without_waiting(&place)?;
        let opened = file.metadata()?;
        if !opened.is_file() || !is_same(&looked, &opened) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it was replaced while it was read"));
        }
        let mut text = Zeroizing::new(Vec::new());
        file.take(MAX_FILE_BYTES + 1).read_to_end(&mut text)?;
        if text.len() as u64 > MAX_FILE_BYTES {
            let message = format!("it is larger than {MAX_FILE_BYTES} bytes");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok((opened, text))
    }

    /// What there is at a path, of which the last part may hold one `*`: the first that fits, by name.
    pub(super) fn find(&self, pattern: &str) -> io::Result<HostPath> {
        let path = match pattern.rsplit_once('/') {
            Some((folder, name)) if name.contains('*') => {
                let (start, end) = name.split_once('*').unwrap_or((name, ""));
                let fits = |name: &&String| {
                    name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
                };
                let (names, complete) = self.names(folder)?;
                match names.iter().find(fits) {
                    Some(name) => format!("{folder}/{name}"),
                    None if complete => return Err(io::ErrorKind::NotFound.into()),
                    None => return Err(io::Error::other(format!("{folder} has too many entries"))),
                }
            }
            _ => pattern.to_owned(),
        };
        let found = fs::symlink_metadata(self.resolve(&path)?)?;
        let kind = if found.is_dir() {
            PathKind::Folder
        } else if found.is_file() {
            PathKind::File
        } else {
            PathKind::Other
        };
        Ok(HostPath { path, kind })
    }

    /// What is known of a file or folder, links followed.
    pub(super) fn metadata(&self, path: &str) -> io::Result<Metadata> {
        fs::symlink_metadata(self.resolve(path)?)
    }

    /// Whether every account may pass through the folders above a file, up to the root.
    pub(super) fn is_reachable(&self, path: &str) -> io::Result<bool> {
        let (base, _) = self.base(path);
        let place = self.resolve(path)?;
        for folder in place.ancestors().skip(1).take_while(|folder| *folder != base) {
            if !everybody_passes(&fs::symlink_metadata(folder)?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The names in a folder, sorted, and whether these are all; names that are no text are left out.
    pub(super) fn names(&self, folder: &str) -> io::Result<(Vec<String>, bool)> {
        names_in(&self.resolve(folder)?)
    }

    /// Where a path of the node really is, without links in it.
    ///
    /// A path below `/proc/PID/root` is one inside of a container: its links are followed inside of that one's root.
    fn resolve(&self, path: &str) -> io::Result<PathBuf> {
        let (base, path) = self.base(path);
        let mut left: VecDeque<OsString> = parts(Path::new(path));
        let mut real: Vec<OsString> = Vec::new();
        let mut links = 0;
        while let Some(part) = left.pop_front() {
            if part == ".." {
                real.pop();
                continue;
            }
            let here = real.iter().fold(base.clone(), |path, part| path.join(part)).join(&part);
            if !fs::symlink_metadata(&here)?.is_symlink() {
                real.push(part);
                continue;
            }
            links += 1;
            if links > MAX_LINKS {
                return Err(io::Error::other("too many symbolic links"));
            }
            let target = fs::read_link(&here)?;
            if target.is_absolute() {
                real.clear();
            }
            for part in parts(&target).into_iter().rev() {
                left.push_front(part);
            }
        }
        Ok(real.iter().fold(base, |path, part| path.join(part)))
    }

    fn base<'a>(&self, path: &'a str) -> (PathBuf, &'a str) {
        let contained = path.strip_prefix("/proc/").and_then(|rest| {
            let (pid, rest) = rest.split_once('/')?;
            let rest = rest.strip_prefix("root").filter(|rest| rest.starts_with('/'))?;
            (!pid.is_empty() && pid.bytes().all(|byte| byte.is_ascii_digit())).then_some((pid, rest))
        });
        match contained {
            Some((pid, rest)) => (self.proc.join(pid).join("root"), rest),
            None => (self.root.clone(), path),
        }
    }
}

/// The names in a folder as it is.
pub(super) fn names_in(folder: &Path) -> io::Result<(Vec<String>, bool)> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        if names.len() == MAX_ENTRIES {
            return Ok((sorted(names), false));
        }
        names.extend(entry?.file_name().into_string());
    }
    Ok((sorted(names), true))
}

/// At most this many bytes of a file of the kernel, whose size is not known before.
pub(super) fn kernel_file(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    File::open(path)?.take(most).read_to_end(&mut text)?;
    Ok(text)
}

/// Where a link of the kernel leads, such as `mnt:[4026531841]`.
pub(super) fn kernel_link(path: &Path) -> io::Result<String> {
    Ok(fs::read_link(path)?.to_string_lossy().into_owned())
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort_unstable();
    names
}

fn parts(path: &Path) -> VecDeque<OsString> {
    path.components()
        .filter_map(|part| match part {
            Component::Normal(part) => Some(part.to_owned()),
            Component::ParentDir => Some("..".into()),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
        })
        .collect()
}

fn open_without_waiting(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(target_os = "linux")]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, NONBLOCK);
    options.open(path)
}

#[cfg(unix)]
fn is_same(looked: &Metadata, opened: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (looked.dev(), looked.ino()) == (opened.dev(), opened.ino())
}

#[cfg(unix)]
fn everybody_passes(folder: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    folder.mode() & 0o001 != 0
}

#[cfg(not(unix))]
const fn everybody_passes(_folder: &Metadata) -> bool {
    true
}

#[cfg(not(unix))]
const fn is_same(_looked: &Metadata, _opened: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use tempfile::TempDir;

    fn node() -> (TempDir, HostRoot) {
        let folder = TempDir::new().unwrap();
        let root = folder.path().join("root");
        fs::create_dir_all(root.join("etc/pki")).unwrap();
        fs::write(root.join("etc/pki/a"), "inside").unwrap();
        fs::write(folder.path().join("a"), "outside").unwrap();
        let host = HostRoot::at(&root);
        (folder, host)
    }

    #[test]
    fn links_stay_inside_of_the_root() {
        let (folder, host) = node();
        let root = folder.path().join("root");
        let check = |target: &str, expected: Option<&str>| {
            let link = root.join("link");
            let _ = fs::remove_file(&link);
            symlink(target, &link).unwrap();
            let read = host.open("/link").ok().map(|(_, text)| String::from_utf8(text.to_vec()).unwrap());
            assert_eq!(read.as_deref(), expected, "{target}");
        };
        check("etc/pki/a", Some("inside"));
        check("/etc/pki/a", Some("inside"));
        check("../../../../etc/pki/../pki/a", Some("inside"));
        check("../a", None);
        check(folder.path().join("a").to_str().unwrap(), None);
        check("link", None);
        check("etc", None);
    }

    #[test]
    fn a_path_in_a_container_begins_at_its_root() {
        let (folder, host) = node();
        let inside = folder.path().join("root/proc/7/root");
        fs::create_dir_all(inside.join("etc")).unwrap();
        fs::write(inside.join("etc/b"), "contained").unwrap();
        symlink("/etc/b", inside.join("c")).unwrap();
        let within = |path: &str| format!("/proc/7/root{path}");
        for path in ["/etc/b", "/c"].map(within) {
            assert_eq!(host.open(&path).unwrap().1.as_slice(), b"contained", "{path}");
        }
        assert!(host.open(&within("/etc/pki/a")).is_err());
    }

    #[test]
    fn nothing_but_regular_files_is_opened_and_nothing_large_is_kept() {
        let (folder, host) = node();
        let root = folder.path().join("root");
        let _socket = std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();
        assert_eq!(host.open("/socket").unwrap_err().to_string(), "it is not a regular file");
        assert_eq!(host.open("/etc").unwrap_err().kind(), io::ErrorKind::IsADirectory);
        fs::write(root.join("large"), vec![b'x'; 1024 * 1024 + 1]).unwrap();
        assert_eq!(host.open("/large").unwrap_err().to_string(), "it is larger than 1048576 bytes");
    }

    #[test]
    fn a_pattern_finds_the_first_name_that_fits() {
        let (folder, host) = node();
        let pki = folder.path().join("root/etc/pki");
        fs::create_dir(pki.join("node-b.d")).unwrap();
        fs::write(pki.join("node-a.pem"), "").unwrap();
        let check = |pattern: &str, expected: Option<(&str, PathKind)>| {
            let found = host.find(pattern).ok();
            let found = found.as_ref().map(|found| (found.path.as_str(), found.kind));
            assert_eq!(found, expected, "{pattern}");
        };
        check("/etc/pki/node-*", Some(("/etc/pki/node-a.pem", PathKind::File)));
        check("/etc/pki/*.d", Some(("/etc/pki/node-b.d", PathKind::Folder)));
        check("/etc/pki/node-a.pe*pem", None);
        check("/etc/pki", Some(("/etc/pki", PathKind::Folder)));
        check("/etc/pki/a/b", None);
        check("/srv/*", None);
    }
}
