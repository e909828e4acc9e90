//! A process that outlives this one just long enough to end what it started and to remove its folder, however it ended.
//!
//! Drop is not run for a static, after a signal, or after `SIGKILL`; the end of a pipe is seen in every case. It ends
//! the one process group that it leads, and nothing by name.

use std::{
    ffi::OsStr,
    fs::File,
    io::{self, BufRead as _, BufReader},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    time::{Duration, Instant},
};

/// It makes the folder itself, so that there is no moment in which nobody would remove it, and reads until nobody can
/// write any more. Not every shell takes a group after `kill -KILL`, but after `kill -s` all do. The second shell is
/// outside the group, or it would end itself first; what the killed were just writing may need a second removal.
const WATCH: &str = r#"
trap '' INT TERM HUP
folder=$(mktemp -d "${TMPDIR:-/tmp}/ctlmon-real-XXXXXXXX") || exit
mkdir "$folder/logs"
printf '%s\n' "$folder"
exec >/dev/null
while read -r _; do :; done
exec setsid sh -c '
    kill -s KILL -- "-$1"
    for _ in 1 2 3 4 5 6 7 8 9; do
        rm -rf -- "$2" && exit
        sleep 0.1
    done
' ender "$$" "$folder"
"#;

/// A folder, the group of processes that work in it, and who ends both.
pub(crate) struct Warden {
    folder: PathBuf,
    shell: Child,
    // Held open, never written to.
    pipe: Option<ChildStdin>,
}

impl Warden {
    /// A new folder, empty but for `logs`, that only its owner may enter.
    pub(crate) fn new() -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", WATCH, "warden"]).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut shell = command.spawn().unwrap();
        let pipe = shell.stdin.take();
        let mut line = String::new();
        BufReader::new(shell.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let folder = PathBuf::from(line.trim_end());
        assert!(folder.is_absolute(), "the first line is the folder: {line:?}");
        Self { folder, shell, pipe }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The process that watches, which leads the group.
    pub(crate) fn id(&self) -> u32 {
        self.shell.id()
    }

    /// The file that a process of this name writes to.
    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.folder.join("logs").join(format!("{name}.log"))
    }

    /// Starts a process in the group, with its words in its log.
    pub(crate) fn start(&self, name: &str, mut command: Command) -> Running {
        let log = File::options().create(true).append(true).open(self.log(name)).unwrap();
        command.env_clear().env("HOME", &self.folder).current_dir(&self.folder);
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        // Joining the group is part of being started, so there is no moment in which nobody would end it.
        command.process_group(i32::try_from(self.shell.id()).unwrap());
        let program = command.get_program().to_owned();
        Running { child: command.spawn().unwrap_or_else(|error| refuse(&program, &error)) }
    }

    /// Copies the logs to where they outlast the tests, and says where.
    pub(crate) fn keep_logs(&self, name: &str) -> PathBuf {
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("real").join(name);
        let _ = std::fs::remove_dir_all(&kept);
        std::fs::create_dir_all(&kept).unwrap();
        for log in std::fs::read_dir(self.folder.join("logs")).unwrap() {
            let log = log.unwrap();
            std::fs::copy(log.path(), kept.join(log.file_name())).unwrap();
        }
        kept
    }
}

impl Drop for Warden {
    fn drop(&mut self) {
        drop(self.pipe.take());
        let _ = self.shell.wait();
        // What ends the group is no child of this process; it is done when the folder is gone.
        let since = Instant::now();
        while self.folder.exists() && since.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// A process; ended by its handle when it goes out of scope.
pub(crate) struct Running {
    child: Child,
}

impl Running {
    /// Whether it still runs.
    pub(crate) fn is_up(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|ended| ended.is_none())
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn refuse(program: &OsStr, error: &io::Error) -> Child {
    panic!("{} does not start: {error}", program.display())
}
