//! The sessions that the console opens: what runs behind each, from its opening to its end.

use std::any::Any;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::console::drafts::{self, DRAFTS};
use crate::console::session::{Person, Prospect, SecretWanted};
use crate::console::{ConsoleParts, Replayed, SessionChoice, SessionOpener};
use crate::desk::snapshot::Mode;
use crate::dispatch::OperatorId;
use crate::entropy::Entropy;
use crate::openadr::exchange::ExchangeLog;
use crate::openadr::secret::Secret;
use crate::profile::fault::FileFault;
use crate::profile::fleet::FleetProfile;
use crate::profile::operators::Operators;
use crate::time::Clock;
use crate::workshop::demonstration;
use crate::workshop::library::ScenarioPlace;
use crate::workshop::live::{Workshop, WorkshopConfig};
use crate::workshop::recording::{Playback, Recording};
use crate::workshop::sandbox::{Sandbox, SandboxConfig};

use super::connect::{self, Connected, RunningArguments};
use super::output::{self, Failure};
use super::passphrase::PassphraseArguments;
use super::vault::{Asked, SystemVault, Wanted};

/// How many exchanges a person can look back on.
const EXCHANGES_KEPT: usize = 5_000;

/// Seconds between polls of the sandbox's FSPs, so that a person at the screen need not wait.
const POLL_SECONDS: u32 = 3;

/// So long a session that was left may take to end before the same one is opened again: a desk gives what it sends ten seconds.
const ENDS_WITHIN: Duration = Duration::from_secs(20);

/// A connection that the command line named.
pub struct Given {
    /// The connection file.
    pub path: PathBuf,
    /// How its desk runs.
    pub running: RunningArguments,
    /// Where what opens its secrets comes from.
    pub passphrase: PassphraseArguments,
}

/// Where sessions keep what is theirs.
pub struct Folders {
    /// The sandbox's own.
    pub sandbox: PathBuf,
    /// The one in which each workshop gets one of its own.
    pub workshops: PathBuf,
}

impl Folders {
    /// Those within a folder that a person gave, or in the user's data directory.
    ///
    /// # Errors
    /// When there is neither.
    pub fn in_use(given: Option<&Path>) -> Result<Self, Failure> {
        if let Some(folder) = given {
            return Ok(Self { sandbox: folder.to_owned(), workshops: folder.join(WORKSHOPS) });
        }
        let dirs = directories::ProjectDirs::from("", "", "rampdesk")
            .ok_or_else(|| Failure::failed("this user has no home directory; give --data DIR"))?;
        let data = dirs.data_dir();
        Ok(Self { sandbox: data.join("sandbox"), workshops: data.join(WORKSHOPS) })
    }
}

const WORKSHOPS: &str = "workshops";

/// Opens the console's sessions, and sees each to its end.
pub struct Sessions {
    runtime: Runtime,
    folders: Folders,
    /// The connection that the command line named, and how.
    given: Option<Given>,
    /// One is opened at a time.
    opening: Mutex<()>,
    running: Mutex<Vec<(SessionChoice, JoinHandle<()>)>>,
}

impl Sessions {
    /// With these folders, and what the command line said of one connection.
    ///
    /// # Errors
    /// When the machine gives no runtime.
    pub fn new(folders: Folders, given: Option<Given>) -> Result<Self, Failure> {
        let (opening, running) = Default::default();
        Ok(Self { runtime: connect::runtime()?, folders, given, opening, running })
    }

    /// Waits until every session has ended. Each must have been left.
    pub fn close(&self) {
        let _last = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, end) in self.take(|_| true) {
            // A session that failed while it ended has told that itself.
            let _ = self.runtime.block_on(end);
        }
    }

    /// A session's hold: it is ended by `end` once that is dropped.
    fn hold(
        &self,
        choice: &SessionChoice,
        end: impl Future<Output = ()> + Send + 'static,
    ) -> Box<dyn Any + Send> {
        let (held, dropped) = oneshot::channel::<()>();
        let task = self.runtime.spawn(async move {
            let _ = dropped.await;
            end.await;
        });
        self.running.lock().unwrap_or_else(PoisonError::into_inner).push((choice.clone(), task));
        Box::new(held)
    }

    fn take(&self, of: impl Fn(&SessionChoice) -> bool) -> Vec<(SessionChoice, JoinHandle<()>)> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.retain(|(_, task)| !task.is_finished());
        running.extract_if(.., |(choice, _)| of(choice)).collect()
    }

    /// Waits for the same session, where it was left and has not ended yet.
    fn let_it_end(&self, choice: &SessionChoice) -> Result<(), String> {
        for (_, end) in self.take(|running| running == choice && !running.is_new_each_time()) {
            let waited = async { tokio::time::timeout(ENDS_WITHIN, end).await };
            if self.runtime.block_on(waited).is_err() {
                return Err(format!("{} has not ended yet; try again in a moment", choice.words()));
            }
        }
        Ok(())
    }

    fn sandbox(&self) -> Result<ConsoleParts, String> {
        let mut fleet = FleetProfile::demo();
        fleet.contracts.iter_mut().for_each(|c| c.poll_seconds = POLL_SECONDS);
        let config = SandboxConfig {
            folder: self.folders.sandbox.clone(),
            fleet: fleet.clone(),
            clock: Clock::real(),
        };
        let sandbox = self.runtime.block_on(Sandbox::open(config)).map_err(|e| e.to_string())?;
        let sending = demonstration::send(sandbox.desk(), sandbox.clock(), fleet);
        let sending = self.runtime.spawn(sending);
        Ok(ConsoleParts {
            session: SessionChoice::Sandbox,
            desk: sandbox.desk(),
            clock: sandbox.clock(),
            exchanges: sandbox.exchanges(),
            enrolments: Some(sandbox.enrolments()),
            availabilities: Some(sandbox.availabilities()),
            faults: Some(sandbox.faults()),
            workshop: None,
            replay: None,
            drafts: Some(self.folders.sandbox.join(DRAFTS)),
            keep: self.hold(&SessionChoice::Sandbox, async move {
                sending.abort();
                sandbox.close().await;
            }),
        })
    }

    fn workshop(&self, place: &ScenarioPlace) -> Result<ConsoleParts, String> {
        let faults =
            |faults: Vec<FileFault>| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        let config = WorkshopConfig {
            scenario: place.read().map_err(faults)?,
            folder: Some(self.folders.workshops.clone()),
            opened: Clock::real().now(),
        };
        let within = self.runtime.enter();
        let workshop = Workshop::open(config).map_err(|e| e.to_string())?;
        drop(within);
        let choice = SessionChoice::Workshop(place.clone());
        Ok(ConsoleParts {
            desk: workshop.desk(),
            clock: workshop.clock(),
            exchanges: workshop.exchanges(),
            enrolments: None,
            availabilities: Some(workshop.availabilities()),
            faults: Some(workshop.faults()),
            workshop: Some(workshop.handle()),
            replay: None,
            drafts: None,
            keep: self.hold(&choice, async move {
                workshop.close().await;
            }),
            session: choice,
        })
    }

    fn connection(&self, path: &Path, person: &Person) -> Result<ConsoleParts, String> {
        let given = self.given.as_ref().filter(|given| given.path == path);
        let running = given.map(|given| given.running.clone()).unwrap_or_default();
        let passphrase = given.map(|given| given.passphrase.clone()).unwrap_or_default();
        let vault = Arc::new(match passphrase.is_from_file() {
            true => SystemVault::new(&passphrase),
            false => SystemVault::asking(Box::new(AtWindow(person.clone())), passphrase),
        });
        let (entropy, exchanges) = (Entropy::system(), ExchangeLog::keeping(EXCHANGES_KEPT));
        let connected = connect::read(path, &entropy, vault.as_ref(), exchanges.clone()).map_err(lines)?;
        let prospect = prospect(&connected);
        if prospect.mode == Mode::Live && !person.agrees(prospect) {
            return Err("you did not agree to it, and nothing of it runs".to_owned());
        }
        let within = self.runtime.enter();
        let desk = connect::start(connected, path, &running, &entropy, &vault).map_err(lines)?;
        drop(within);
        let choice = SessionChoice::Connection(path.to_owned());
        Ok(ConsoleParts {
            desk: desk.handle.clone(),
            clock: Clock::real(),
            exchanges,
            enrolments: None,
            availabilities: None,
            faults: None,
            workshop: None,
            replay: None,
            drafts: Some(drafts::beside_journal(&running.journal_of(path))),
            keep: self.hold(&choice, async move {
                desk.stop().await;
            }),
            session: choice,
        })
    }

    fn recording(
        &self,
        choice: &SessionChoice,
        path: &Path,
        with: Option<&Path>,
    ) -> Result<ConsoleParts, String> {
        let recording = Arc::new(Recording::open(path).map_err(|e| e.to_string())?);
        let within = self.runtime.enter();
        let playback = Playback::begin(Arc::clone(&recording)).ok_or("the recording holds no picture")?;
        drop(within);
        Ok(ConsoleParts {
            desk: playback.desk(),
            clock: playback.clock(),
            exchanges: playback.exchanges(),
            enrolments: None,
            availabilities: None,
            faults: None,
            workshop: None,
            replay: Some(Replayed { recording, with: with.map(Path::to_owned) }),
            drafts: None,
            keep: self.hold(choice, async move { drop(playback) }),
            session: choice.clone(),
        })
    }
}

/// The person at the window is asked.
struct AtWindow(Person);

impl Asked for AtWindow {
    fn ask(&self, wanted: &Wanted<'_>) -> Result<Secret, String> {
        let before = (wanted.before > 0).then(|| "That does not open it.".to_owned());
        let (word, opens) = (wanted.word, wanted.opens.to_owned());
        self.0.secret(SecretWanted { word, opens, before }).ok_or_else(|| "you broke it off".to_owned())
    }
}

/// What a connection comes to, for a person to agree to.
fn prospect(connected: &Connected) -> Prospect {
    let Connected { connection, secrets, .. } = connected;
    let known = Operators::built_in();
    let named = |id: &OperatorId| match known.get(id) {
        Some(operator) => format!("{} ({id})", operator.area),
        None => id.to_string(),
    };
    let signs: BTreeSet<&OperatorId> = secrets.operators.keys().chain(secrets.people.keys()).collect();
    Prospect {
        mode: connect::mode_of(&connection.mode),
        name: connection.name.clone(),
        operators: signs.into_iter().map(named).collect(),
        vtn: connection.vtn.clone(),
        secured: connected.secured.words(&connection.vtn),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "given to `map_err` by its name")]
fn lines(failure: Failure) -> String {
    failure.lines().join("\n")
}

impl SessionOpener for Sessions {
    fn open(&self, choice: &SessionChoice, person: &Person) -> Result<ConsoleParts, String> {
        let _one = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = self.let_it_end(choice).and_then(|()| match choice {
            SessionChoice::Sandbox => self.sandbox(),
            SessionChoice::Connection(path) => self.connection(path, person),
            SessionChoice::Workshop(place) => self.workshop(place),
            SessionChoice::Recording(path) => self.recording(choice, path, None),
            SessionChoice::Comparison(first, second) => self.recording(choice, first, Some(second)),
        });
        // Whoever started it at a terminal reads it there too.
        opened.inspect_err(|why| output::say(format!("{}: {why}", choice.words())))
    }
}
