//! The console's engine as one process, killed as a whole.

use std::process::Stdio;
use std::time::Duration;

use rampdesk::entropy::Entropy;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::engine;
use super::evidence::{Evidence, Found};
use super::shown::Shown;

/// Of so many kills one comes while it starts.
const WHILE_STARTING: f64 = 0.2;
/// The latest instant of a kill while it starts, and while it is busy, ms.
const STARTS_MS: f64 = 1200.0;
const BUSY_MS: f64 = 2500.0;

pub struct ConsoleSite {
    folder: tempfile::TempDir,
    /// It runs, and all is known to it.
    engine: Option<Engine>,
    evidence: Evidence,
    seed: u64,
}

struct Engine {
    process: Child,
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
}

impl ConsoleSite {
    pub fn new(entropy: &Entropy) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let evidence = Evidence::of(&data.join("journal.sqlite"), &data.join("vtn.sqlite"));
        Self { folder, engine: None, evidence, seed: u64::from_le_bytes(entropy.bytes()) >> 1 }
    }

    /// Kills it at some instant, starts it again and looks at what there is.
    pub async fn kill_once(&mut self, entropy: &Entropy) -> Found {
        let running = self.engine.take();
        let mut engine = if entropy.unit() < WHILE_STARTING {
            kill(running).await;
            let engine = self.start();
            tokio::time::sleep(Duration::from_secs_f64(entropy.unit() * STARTS_MS / 1000.0)).await;
            engine
        } else {
            let mut engine = match running {
                Some(engine) => engine,
                None => self.start_ready().await,
            };
            self.seed += 1;
            engine.tell(&format!("go {}", self.seed)).await;
            tokio::time::sleep(Duration::from_secs_f64(entropy.unit() * BUSY_MS / 1000.0)).await;
            engine
        };
        engine.process.kill().await.unwrap();

        let mut engine = self.start_ready().await;
        let mut found = self.evidence.look(&engine.shown().await);
        // It goes on while it is looked at: what is only just being said is said by the next look, and is no fault then.
        for _ in 0..2 {
            if !found.faults.is_empty() {
                tokio::time::sleep(Duration::from_millis(500)).await;
                found = self.evidence.look(&engine.shown().await).also_in(&found);
            }
        }
        self.engine = Some(engine);
        found
    }

    async fn start_ready(&self) -> Engine {
        let mut engine = self.start();
        assert_eq!(engine.answer().await, engine::READY);
        engine
    }

    fn start(&self) -> Engine {
        let log = self.folder.path().join("stderr.txt");
        let stderr = std::fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "the_console_engine_that_is_killed", "--nocapture"])
            .env(engine::FOLDER, self.folder.path().join("data"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let to = process.stdin.take().unwrap();
        let from = BufReader::new(process.stdout.take().unwrap()).lines();
        Engine { process, to, from }
    }

    /// Leaves its files where they are.
    pub fn keep(self) {
        eprintln!("the console's files are left in {}", self.folder.keep().display());
    }
}

impl Engine {
    async fn tell(&mut self, line: &str) {
        self.to.write_all(format!("{line}\n").as_bytes()).await.unwrap();
    }

    /// The next line that is an answer, and not the test harness's.
    async fn answer(&mut self) -> String {
        loop {
            let line = tokio::time::timeout(Duration::from_secs(60), self.from.next_line()).await;
            let line = line.expect("the engine says nothing").unwrap().expect("the engine has ended");
            if let Some(at) = line.find('{') {
                return line[at..].to_owned();
            }
        }
    }

    async fn shown(&mut self) -> Shown {
        self.tell("show").await;
        serde_json::from_str(&self.answer().await).unwrap()
    }
}

async fn kill(engine: Option<Engine>) {
    if let Some(mut engine) = engine {
        engine.process.kill().await.unwrap();
    }
}
