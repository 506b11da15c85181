//! The trainee's end: its clock follows the trainer's, what is given to its desk is done, and what its journal writes is told.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::ROUTE;
use super::wire::{Done, ENTRIES_AT_ONCE, Given, LONGEST_SAID, Said, Turn, What};
use crate::desk::DeskHandle;
use crate::desk::command::Command;
use crate::desk::snapshot::{LinkState, Phase, Snapshot};
use crate::dispatch::{DispatchRef, Revision, dispatch_from_json};
use crate::entropy::Entropy;
use crate::journal::{Journal, Recorded};
use crate::openadr::client::Client;
use crate::time::{Clock, Rate, UtcTime};
use crate::workshop::script::{StepOutcome, called_after, settled};
use crate::workshop::story::Story;

/// So long after the trainer's process did not answer it is asked again.
const AGAIN_AFTER: Duration = Duration::from_millis(500);

/// The journal is looked into that often.
const READ_EVERY: Duration = Duration::from_millis(250);

/// Why the clock is set: it stands in the trainee's journal.
const BY_THE_TRAINER: &str = "by the trainer";

/// How it stands with the trainer's process.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Following {
    /// Why it is not reached, where it is not: the clock stands meanwhile.
    pub fault: Option<String>,
    /// Whether the workshop is at its end.
    pub ended: bool,
    /// What was said to the trainee, and what their desk was given to do.
    pub story: Arc<Story>,
}

/// What a person sees of it. Clones are of the same one.
#[derive(Clone, Debug)]
pub struct Kept(watch::Receiver<Following>);

impl Kept {
    /// One that stands at its beginning, and by what it is changed.
    pub fn connect() -> (Self, watch::Sender<Following>) {
        let (shown, seen) = watch::channel(Following::default());
        (Self(seen), shown)
    }

    /// How it stands.
    pub fn now(&self) -> Following {
        self.0.borrow().clone()
    }

    /// Waits until it stands otherwise; `false` when it has ended.
    pub async fn changed(&mut self) -> bool {
        self.0.changed().await.is_ok()
    }
}

/// What a follower is made of.
pub struct FollowerParts {
    /// The desk's client at the trainer's VTN, by real time: the training clock stands while an answer is awaited.
    pub client: Client,
    /// For the number of this run.
    pub entropy: Entropy,
    /// The desk's journal.
    pub journal: PathBuf,
}

/// Follows the trainer's clock.
pub struct Follower {
    parts: FollowerParts,
    clock: Clock,
    said: Said,
    /// Up to where the trainer's copy of the journal goes.
    entries: u64,
    read: Option<Instant>,
    done: Arc<Mutex<Vec<Done>>>,
    /// The last that was given.
    taken: u64,
    given: mpsc::UnboundedSender<Given>,
    shown: watch::Sender<Following>,
    to_do: Option<mpsc::UnboundedReceiver<Given>>,
}

impl Follower {
    /// Asks the trainer's process what its clock shows, and makes a clock that shows it.
    ///
    /// # Errors
    /// When it does not answer, in words.
    pub async fn begin(parts: FollowerParts) -> Result<(Self, Clock, Kept), String> {
        let run: String = parts.entropy.bytes::<8>().iter().map(|byte| format!("{byte:02x}")).collect();
        let said =
            Said { run, lived: None, rate: 0.0, knows_the_end: false, done: Vec::new(), entries: Vec::new() };
        let turn = ask(&parts.client, &said).await?;
        let clock = Clock::training(turn.shows, Rate::PAUSED);
        let (given, to_do) = mpsc::unbounded_channel();
        let (kept, shown) = Kept::connect();
        let follower = Self {
            parts,
            clock: clock.clone(),
            said: Said { lived: Some(turn.shows), ..said },
            entries: turn.entries,
            read: None,
            done: Arc::default(),
            taken: 0,
            given,
            shown,
            to_do: Some(to_do),
        };
        Ok((follower, clock, kept))
    }

    /// Follows until the workshop is at its end and that is known to both.
    pub async fn run(mut self, desk: DeskHandle) {
        let Some(to_do) = self.to_do.take() else { return };
        let hands = Hands {
            desk,
            clock: self.clock.clone(),
            done: Arc::clone(&self.done),
            shown: self.shown.clone(),
        };
        let doing = tokio::spawn(hands.run(to_do));
        loop {
            let done = self.done.lock().unwrap_or_else(PoisonError::into_inner).clone();
            self.said.done = done;
            self.said.entries = self.new_entries();
            match ask(&self.parts.client, &self.said).await {
                Ok(turn) => {
                    let is_over = turn.ended && self.said.knows_the_end && self.said.entries.is_empty();
                    self.take(turn).await;
                    if is_over {
                        break;
                    }
                }
                // The trainer's process may go as soon as it knows that this one knows.
                Err(_) if self.said.knows_the_end && self.said.entries.is_empty() => break,
                Err(fault) => {
                    self.show(|shown| shown.fault = Some(fault.clone()));
                    tokio::time::sleep(AGAIN_AFTER).await;
                }
            }
        }
        doing.abort();
    }

    async fn take(&mut self, turn: Turn) {
        self.entries = turn.entries;
        self.forget_what_was_told();
        for given in turn.given {
            if given.number > self.taken {
                self.taken = given.number;
                // Nobody is left to do it only where this is over itself.
                let _ = self.given.send(given);
            }
        }
        let rate = Rate::times(turn.rate).unwrap_or(Rate::PAUSED);
        self.clock.follow(turn.shows, rate, BY_THE_TRAINER);
        self.clock.come_to_stop().await;
        (self.said.lived, self.said.rate, self.said.knows_the_end) =
            (Some(turn.shows), turn.rate, turn.ended);
        self.show(|shown| (shown.fault, shown.ended) = (None, turn.ended));
    }

    /// What came of things is said until the trainer has heard it.
    fn forget_what_was_told(&self) {
        let told = &self.said.done;
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.retain(|done| !told.contains(done));
    }

    fn show(&self, change: impl FnOnce(&mut Following)) {
        self.shown.send_if_modified(|shown| {
            let before = shown.clone();
            change(shown);
            *shown != before
        });
    }

    /// What the journal has written since, as much as goes at once.
    fn new_entries(&mut self) -> Vec<Recorded> {
        let now = Instant::now();
        let is_early = self.read.is_some_and(|read| now < read + READ_EVERY);
        if is_early && !self.said.knows_the_end {
            return Vec::new();
        }
        self.read = Some(now);
        let read = Journal::open_to_read(&self.parts.journal)
            .and_then(|journal| journal.entries(self.entries, ENTRIES_AT_ONCE));
        let mut left = LONGEST_SAID / 2;
        let entries = read.unwrap_or_default();
        let fits = |entry: &Recorded| {
            let document = entry.entry.document.as_ref().map_or(0, String::len);
            let bytes = 1_000 + entry.entry.text.len() + 2 * document;
            left = left.saturating_sub(bytes);
            left > 0
        };
        entries.into_iter().take_while(fits).collect()
    }
}

async fn ask(client: &Client, said: &Said) -> Result<Turn, String> {
    let text = serde_json::to_string(said).map_err(|fault| fault.to_string())?;
    client.say_beside(ROUTE, text).await.map_err(|fault| fault.to_string())
}

/// Does at the desk what is given, one after the other.
struct Hands {
    desk: DeskHandle,
    clock: Clock,
    done: Arc<Mutex<Vec<Done>>>,
    shown: watch::Sender<Following>,
}

impl Hands {
    async fn run(mut self, mut to_do: mpsc::UnboundedReceiver<Given>) {
        while let Some(given) = to_do.recv().await {
            let (asked, result) = match &given.what {
                What::Tell { from, text } => (called_after(from), Ok(text.clone())),
                what => self.act(what).await,
            };
            let outcome = StepOutcome {
                at: given.at,
                asked,
                done: result.is_ok(),
                said: result.clone().unwrap_or_else(|fault| fault),
            };
            self.shown.send_modify(|shown| {
                let story = Arc::make_mut(&mut shown.story);
                let is_told = matches!(given.what, What::Tell { .. });
                if is_told { story.told.push(outcome) } else { story.done.push(outcome) }
            });
            let done = Done { number: given.number, result };
            self.done.lock().unwrap_or_else(PoisonError::into_inner).push(done);
        }
    }

    async fn act(&mut self, what: &What) -> (String, Result<String, String>) {
        self.desk_is_ready().await;
        let command = match command_of(what, &self.desk.snapshot(), self.clock.now()) {
            Ok(Some(command)) => command,
            // It was killed between doing it and saying so.
            Ok(None) => return (words_of(what), Ok("it was done before".to_owned())),
            Err(fault) => return (words_of(what), Err(fault)),
        };
        let asked = command.words();
        let Some(number) = self.desk.give(command) else {
            return (asked, Err("the desk has ended".to_owned()));
        };
        let result = match settled(&mut self.desk, number, &self.clock).await {
            Some(outcome) => outcome.result.clone(),
            None => Err("not settled in time".to_owned()),
        };
        (asked, result)
    }

    /// A desk that was started again knows of what it has sent once it has seen what the VTN holds.
    async fn desk_is_ready(&mut self) {
        while self.desk.snapshot().vtn.state != LinkState::Live {
            if !self.desk.changed().await {
                return;
            }
        }
    }
}

fn words_of(what: &What) -> String {
    match what {
        What::Tell { from, .. } => called_after(from),
        What::Send { amends: false, .. } => "send".to_owned(),
        What::Send { .. } => "amend".to_owned(),
        What::Stop { dispatch_ref } => format!("stop {dispatch_ref}"),
        What::EmergencyStop { .. } => "EMERGENCY STOP".to_owned(),
    }
}

/// What the desk is asked; `None` where it has done it.
fn command_of(what: &What, snapshot: &Snapshot, now: UtcTime) -> Result<Option<Command>, String> {
    let find = |dispatch_ref: &DispatchRef| {
        snapshot.dispatches.iter().find(|state| state.key.dispatch_ref == *dispatch_ref)
    };
    Ok(match what {
        What::Tell { .. } => None,
        What::Send { document, amends } => {
            let (wanted, _) = dispatch_from_json(document).map_err(|problems| {
                problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
            })?;
            let mut parts = wanted.parts().clone();
            parts.instruction_time = now;
            match find(&parts.dispatch_ref).and_then(|state| state.dispatch()) {
                Some(_) if !amends => return Ok(None),
                Some(last) => {
                    let last = last.parts();
                    let is_done = (last.status, last.service_start, last.service_end, &last.setpoints)
                        == (parts.status, parts.service_start, parts.service_end, &parts.setpoints);
                    if is_done {
                        return Ok(None);
                    }
                    parts.revision = last.revision.next();
                }
                None => parts.revision = Revision::FIRST,
            }
            Some(Command::Send(Box::new(parts)))
        }
        What::Stop { dispatch_ref } => {
            let state = find(dispatch_ref).ok_or_else(|| format!("the desk knows of no `{dispatch_ref}`"))?;
            let is_stopped = state.dispatch().is_some_and(|last| last.status.is_stop());
            let is_over = is_stopped || matches!(state.phase, Phase::Stopped);
            (!is_over).then(|| Command::Stop(state.key.clone()))
        }
        What::EmergencyStop { units, operator } => {
            Some(Command::EmergencyStop { units: units.clone(), operator: operator.clone() })
        }
    })
}
