//! The program's own processes, each at its most talkative, with all that it says in files.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The program with the words of a line; it writes what it says to `NAME.out` and `NAME.err` of a folder.
pub fn program(folder: &Path, name: &str, line: &str) -> Command {
    let file = |ending: &str| File::create(folder.join(format!("{name}.{ending}"))).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rampdesk"));
    command
        .args(line.split_whitespace())
        .current_dir(folder)
        .env("RAMPDESK_LOG", "trace")
        .env("RUST_BACKTRACE", "full")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::null())
        .stdout(file("out"))
        .stderr(file("err"));
    command
}

/// A process that goes on until it is told to end.
pub struct Running {
    child: Child,
    /// Its command line and its name, by which a core file would be called: what others on the machine see of it.
    pub seen: Vec<u8>,
}

impl Running {
    pub fn start(folder: &Path, name: &str, line: &str) -> Self {
        let child = program(folder, name, line).spawn().unwrap();
        let of = |file: &str| fs::read(format!("/proc/{}/{file}", child.id())).unwrap_or_default();
        let seen = [of("cmdline"), of("comm")].concat();
        Self { child, seen }
    }

    /// As a service manager asks it to.
    pub fn end(mut self) {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(asked.unwrap().success());
        let since = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(since.elapsed() < Duration::from_secs(60), "it does not end");
            sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs it to its end, or ends it after so long.
pub fn run(folder: &Path, name: &str, line: &str, patience: Duration) -> Option<ExitStatus> {
    let mut child = program(folder, name, line).spawn().unwrap();
    let since = Instant::now();
    while since.elapsed() < patience {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        sleep(Duration::from_millis(50));
    }
    let _ = child.kill();
    child.wait().unwrap();
    None
}

/// The text of a file, once something stands in it.
pub fn eventually(path: &PathBuf) -> String {
    let since = Instant::now();
    loop {
        let text = fs::read_to_string(path).unwrap_or_default();
        if text.ends_with('\n') {
            return text;
        }
        assert!(since.elapsed() < Duration::from_secs(60), "{} stays empty", path.display());
        sleep(Duration::from_millis(50));
    }
}
