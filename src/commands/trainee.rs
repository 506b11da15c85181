//! `rampdesk trainee`: the trainee's console at a trainer's VTN, by the trainer's clock.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use crate::desk::Desk;
use crate::entropy::Entropy;
use crate::openadr::exchange::ExchangeLog;
use crate::time::Clock;
use crate::workshop::remote::{CONNECTION, Follower, FollowerParts, Kept, follow_every_s};

use super::connect::{self, RunningArguments};
use super::output::{self, Done, Failure};
use super::passphrase::PassphraseArguments;
use super::vault::SystemVault;

/// How many exchanges a person can look back on.
const EXCHANGES_KEPT: usize = 5_000;

#[derive(clap::Args)]
pub struct Arguments {
    /// The folder that `rampdesk workshop FILE --listen ADDRESS --hand-over DIR` wrote
    folder: PathBuf,
    /// Runs the trainee's desk without a window, to the end of the workshop, and says on standard output what is said to the
    /// trainee and what the story has the desk do
    #[arg(long)]
    without_window: bool,
}

/// A trainee's session that runs.
pub struct Attending {
    /// The desk.
    pub desk: Desk,
    /// Its clock, which follows the trainer's.
    #[cfg_attr(not(feature = "console"), allow(dead_code, reason = "only the window asks for it"))]
    pub clock: Clock,
    /// The desk's exchanges.
    #[cfg_attr(not(feature = "console"), allow(dead_code, reason = "only the window asks for it"))]
    pub exchanges: ExchangeLog,
    /// How it stands with the trainer.
    pub kept: Kept,
    following: tokio::task::JoinHandle<()>,
}

impl Attending {
    /// Begins it by the folder that the trainer handed over. Called outside a runtime, with one to run on.
    ///
    /// # Errors
    /// What is wrong with the folder, or why the trainer's VTN is not reached.
    pub fn begin(folder: &std::path::Path, runtime: &tokio::runtime::Runtime) -> Result<Self, Failure> {
        let path = folder.join(CONNECTION);
        let entropy = Entropy::system();
        let vault = Arc::new(SystemVault::new(&PassphraseArguments::default()));
        let files = connect::read_files(&path, vault.as_ref())?;
        let running = RunningArguments::following_every(follow_every_s(files.fleet()));
        let exchanges = ExchangeLog::keeping(EXCHANGES_KEPT);
        // What asks the trainer's clock waits in real time: the training clock stands meanwhile.
        let unrecorded = ExchangeLog::keeping(0);
        let client = files.client(Clock::real(), entropy.fork("clock"), unrecorded, "clock")?;
        let parts =
            FollowerParts { client, entropy: entropy.fork("follower"), journal: running.journal_of(&path) };
        let (follower, clock, kept) = runtime.block_on(Follower::begin(parts)).map_err(Failure::failed)?;
        let within = runtime.enter();
        let connected = files.by(clock.clone(), &entropy, exchanges.clone())?;
        let desk = connect::start(connected, &path, &running, &entropy, &vault)?;
        let following = tokio::spawn(follower.run(desk.handle.clone()));
        drop(within);
        Ok(Self { desk, clock, exchanges, kept, following })
    }

    /// Ends it, after what the desk is sending.
    pub async fn end(self) {
        self.following.abort();
        self.desk.stop().await;
    }
}

#[derive(Serialize)]
struct Line<'a> {
    at: crate::time::UtcTime,
    asked: &'a str,
    done: bool,
    said: &'a str,
}

pub fn run(arguments: &Arguments) -> Done {
    if arguments.without_window {
        return at_the_terminal(arguments);
    }
    let why = shown(arguments)?;
    let Some(why) = why else { return Ok(()) };
    let words = "a trainee's console needs a window; --without-window runs its desk without one";
    Err(Failure::failed(format!("{why}\n{words}")))
}

fn at_the_terminal(arguments: &Arguments) -> Done {
    let runtime = connect::runtime()?;
    let mut attending = Attending::begin(&arguments.folder, &runtime)?;
    runtime.block_on(async move {
        let told = tokio::select! {
            told = tell(&mut attending) => told,
            () = connect::asked_to_end() => Ok(()),
        };
        attending.end().await;
        told
    })
}

/// Says what comes, to the end of the workshop.
async fn tell(attending: &mut Attending) -> Done {
    let (mut told, mut done) = (0, 0);
    let mut fault = None;
    loop {
        let now = attending.kept.now();
        let new = now.story.told.iter().skip(told).chain(now.story.done.iter().skip(done));
        for step in new {
            let line = Line { at: step.at, asked: &step.asked, done: step.done, said: &step.said };
            output::print_json_line(&line)?;
        }
        (told, done) = (now.story.told.len(), now.story.done.len());
        if now.fault != fault {
            if let Some(fault) = &now.fault {
                output::say(format!("the trainer's VTN is not reached, and the clock stands: {fault}"));
            }
            fault = now.fault;
        }
        // The follower ends once both know of the end.
        if !attending.kept.changed().await {
            return Ok(());
        }
    }
}

/// Opens the window, until it is closed; or why there was none.
#[cfg(feature = "console")]
fn shown(arguments: &Arguments) -> Result<Option<String>, Failure> {
    use super::default::console::{self, Ended};
    use super::folders::Folders;
    use super::sessions::Sessions;
    use crate::console::SessionChoice;

    let folder = console::absolute(&arguments.folder)?;
    let folders = Folders::in_use(None)?;
    Ok(match console::show(SessionChoice::Trainee(folder), Sessions::new(folders, None)?)? {
        Ended::Closed => None,
        Ended::NeverOpened(why) => Some(why),
    })
}

#[cfg(not(feature = "console"))]
#[expect(clippy::unnecessary_wraps, reason = "as with the window")]
fn shown(_: &Arguments) -> Result<Option<String>, Failure> {
    Ok(Some("This Rampdesk was built without its window.".to_owned()))
}
