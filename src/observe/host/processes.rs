//! The programs that run on a node, read from its folder of processes. Only programs that are known by name are kept, and
//! of their command lines only known words and flags: every other argument may be a secret.

use super::root::{HostRoot, kernel_file, kernel_link, names_in};
use crate::{
    model::{
        answer::Listed,
        host::{HostProcess, PROGRAMS, WORDS},
    },
    observe::decode::flags,
};
use std::{io, path::Path};

/// How much of a command line is read. The longest of a control plane have 4 KiB.
const MAX_COMMAND_BYTES: u64 = 64 * 1024;

/// How many processes are kept.
const MAX_PROCESSES: usize = 500;

/// The known programs that run, sorted.
///
/// # Errors
/// Where the folder of processes cannot be listed.
pub(super) fn read(host: &HostRoot) -> io::Result<Listed<HostProcess>> {
    let (names, listed) = names_in(host.proc())?;
    // The first process is always there: where it is hidden, so are others (hidepid).
    let mut complete = listed && names.iter().any(|name| name == "1");
    let of_node = kernel_link(&host.proc().join("1/ns/mnt")).ok();
    let mut items = Vec::new();
    for pid in names.iter().filter_map(|name| name.parse::<u32>().ok()) {
        let folder = host.proc().join(pid.to_string());
        let line = match kernel_file(&folder.join("cmdline"), MAX_COMMAND_BYTES) {
            Ok(line) => line,
            // It ended meanwhile.
            Err(error) if error.kind() != io::ErrorKind::PermissionDenied => continue,
            Err(_) => {
                complete = false;
                continue;
            }
        };
        if let Some(process) = process(pid, &line) {
            if items.len() == MAX_PROCESSES {
                complete = false;
                break;
            }
            items.push(HostProcess { contained: contained(&folder, of_node.as_deref()), ..process });
        }
    }
    items.sort_unstable();
    Ok(Listed { items, complete })
}

fn contained(folder: &Path, of_node: Option<&str>) -> Option<bool> {
    let own = kernel_link(&folder.join("ns/mnt")).ok()?;
    Some(own != of_node?)
}

/// What is kept of a command line, whose arguments end in a zero byte; `None` where the program is not a known one.
fn process(pid: u32, line: &[u8]) -> Option<HostProcess> {
    let text = String::from_utf8_lossy(line);
    let mut arguments = text.split('\0').filter(|argument| !argument.is_empty());
    // Some write their title over the first argument, such as `/usr/local/bin/k3s server`.
    let mut title = arguments.next()?.split_whitespace();
    let path = title.next()?.trim_end_matches(':');
    let program = path.rsplit('/').next()?;
    if !PROGRAMS.contains(&program) {
        return None;
    }
    let words: Vec<&str> = title.chain(arguments).collect();
    let known = words.iter().take_while(|word| WORDS.contains(word)).map(|word| (*word).to_owned());
    Some(HostProcess {
        program: program.to_owned(),
        words: known.collect(),
        pid,
        flags: flags::read(words.iter().copied()),
        contained: None,
    })
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests lay out the node that is read")]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::symlink};
    use tempfile::TempDir;

    /// Program, words, flags with their values.
    type Kept<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

    fn check(line: &str, expected: Option<Kept<'_>>) {
        let process = process(7, line.replace(' ', "\0").replace('_', " ").as_bytes());
        let seen = process.as_ref().map(|process| {
            let flags: Vec<(&str, &str)> =
                process.flags.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            (process.program.as_str(), process.command(), flags)
        });
        let expected = expected.map(|(program, words, flags)| (program, words.to_owned(), flags.to_vec()));
        assert_eq!(seen, expected, "{line}");
    }

    #[test]
    fn keeps_known_programs_words_and_flags_and_nothing_else() {
        check(
            "/usr/bin/kubelet --config=/a.yaml --token=canary --x canary",
            Some(("kubelet", "", &[("config", "/a.yaml"), ("token", ""), ("x", "")])),
        );
        check("/usr/local/bin/k3s_server ", Some(("k3s", "server", &[])));
        check("k3s server canary --token canary", Some(("k3s", "server", &[("token", "")])));
        check(
            "/hyperkube apiserver --secure-port=1",
            Some(("hyperkube", "apiserver", &[("secure-port", "1")])),
        );
        check("/usr/bin/psql --password canary", None);
        check("etcd", Some(("etcd", "", &[])));
        check("", None);
    }

    #[test]
    fn tells_containers_by_their_mount_namespace_and_a_hidden_list_from_a_whole_one() {
        let folder = TempDir::new().unwrap();
        let add = |pid: &str, line: &str, namespace: &str| {
            let at = folder.path().join("proc").join(pid);
            fs::create_dir_all(at.join("ns")).unwrap();
            fs::write(at.join("cmdline"), line).unwrap();
            symlink(namespace, at.join("ns/mnt")).unwrap();
        };
        let read = || {
            let listed = read(&HostRoot::at(folder.path())).unwrap();
            let items: Vec<_> =
                listed.items.iter().map(|it| (it.program.as_str().to_owned(), it.contained)).collect();
            (items, listed.complete)
        };
        add("20", "etcd\0--name=a\0", "mnt:[2]");
        add("30", "kubelet\0", "mnt:[1]");
        assert_eq!(read(), (vec![("etcd".to_owned(), None), ("kubelet".to_owned(), None)], false));
        add("1", "/sbin/init\0", "mnt:[1]");
        let expected = vec![("etcd".to_owned(), Some(true)), ("kubelet".to_owned(), Some(false))];
        assert_eq!(read(), (expected, true));
    }

    #[test]
    fn reads_the_real_folder_of_this_process() {
        let folder = TempDir::new().unwrap();
        let pid = std::process::id();
        symlink(format!("/proc/{pid}"), folder.path().join(pid.to_string())).unwrap();
        let host = HostRoot::at("/").with_processes(folder.path());
        // A test program is none of those that are looked for, and so not even its name is kept.
        assert_eq!(read(&host).unwrap(), Listed { items: Vec::new(), complete: false });
    }
}
