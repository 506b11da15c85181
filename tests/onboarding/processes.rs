//! The program's own processes.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Mutex;

fn program(folder: &Path, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rampdesk"));
    command
        .args(line.split_whitespace())
        .current_dir(folder)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::null());
    command
}

/// What a command came to.
pub struct Said {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

/// Runs it to its end.
pub fn rampdesk(folder: &Path, line: &str) -> Said {
    let output = program(folder, line).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { status: output.status, stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A process that goes on until it is dropped.
pub struct Running {
    child: Child,
    stdout: Mutex<BufReader<ChildStdout>>,
}

impl Running {
    pub fn start(folder: &Path, line: &str) -> Self {
        let mut child = program(folder, line).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let stdout = Mutex::new(BufReader::new(child.stdout.take().unwrap()));
        Self { child, stdout }
    }

    /// Waits for it.
    pub fn first_line(&self) -> String {
        let mut line = String::new();
        self.stdout.lock().unwrap().read_line(&mut line).unwrap();
        line
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
