//! The engine: one task that owns all state. It takes commands, waits for what is under way at the VTN, looks at the
//! VTN at intervals, and publishes what changed. Nothing it waits for ever keeps it from taking the next command.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _};
use futures::stream::{FuturesUnordered, StreamExt as _};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::alarms::Cause;
use super::backlog::{Backlog, Turn as Next};
use super::bookmark::Bookmark;
use super::command::{self, Command, CommandNumber};
use super::connection::Connection;
use super::handle::DeskEnd;
use super::inventory::Stock;
use super::lanes::Lanes;
use super::marks::seconds;
use super::memory::Print;
use super::provision::Programs;
use super::recall::Unsettled;
use super::rekeying::Rekeying;
use super::snapshot::LinkState;
use super::state::State;
use super::tally::Tally;
use super::timekeeping::Timekeeping;
use super::under_way::{Done, panic_words};
use crate::entropy::Entropy;
use crate::journal::{EntryKind, Journal};
use crate::openadr::client::Client;
use crate::openadr::push::{Listening, Turn};
use crate::profile::key_watch::KeySource;
use crate::time::{Clock, ClockChanges, UtcTime};

/// The shortest time between two publications: at most 30 a second.
const PUBLISH_EVERY: Duration = Duration::from_millis(34);

/// A picture of a large fleet takes its time: between two there is at least so many times what the last took.
const PUBLISH_SHARE: u32 = 10;

/// The most dispatches that are taken in one turn.
const MOST_TOGETHER: usize = 256;

/// Seconds from a hint to the look that it brings about: what comes in a burst is looked at once.
const AFTER_HINT_S: f64 = 0.1;

/// The engine and all that it owns.
pub(super) struct Engine {
    pub(super) state: State,
    pub(super) end: DeskEnd,
    pub(super) client: Client,
    pub(super) clock: Clock,
    pub(super) entropy: Entropy,
    /// Commands that wait for their turn.
    pub(super) backlog: Backlog,
    /// Why none of them dispatches anything, where that is so.
    pub(super) follows_only: Option<&'static str>,
    pub(super) under_way: FuturesUnordered<BoxFuture<'static, Done>>,
    pub(super) lanes: Lanes,
    pub(super) tallies: BTreeMap<CommandNumber, Tally>,
    pub(super) programs: Programs,
    pub(super) readiness: Readiness,
    /// Commands that wait until it is known what the VTN holds.
    pub(super) held: Vec<(CommandNumber, Command)>,
    pub(super) mark: Bookmark,
    /// What earlier sessions signed, until it is known what became of it.
    pub(super) unsettled_before: Unsettled,
    /// The first look tells what was known to a desk before this one.
    pub(super) taking_up: bool,
    /// What earlier sessions heard of FSPs and kept, until that look is done.
    pub(super) said_before: BTreeSet<Print>,
    /// Over what the VTN is spoken to, as it was last journalled in this session,
    pub(super) connection: Option<Connection>,
    /// and in the one before.
    pub(super) connected_before: Option<Connection>,
    /// Events that are not this desk's and of which it was told in this session.
    pub(super) told_events: BTreeSet<(Cause, String)>,
    /// Everything that the VTN knew was heard: what is over may be reckoned up.
    pub(super) to_reckon: bool,
    pub(super) timekeeping: Timekeeping,
    pub(super) clock_changes: ClockChanges,
    /// When the look under way began.
    pub(super) looking: Option<UtcTime>,
    /// As of when the VTN last told anything.
    pub(super) told: Option<UtcTime>,
    /// It had been silent before the news that come now.
    pub(super) after_silence: bool,
    /// What was due by then has been asked for.
    asked_until: UtcTime,
    /// The VTN was lost since it was last made sure of what stands there.
    pub(super) was_lost: bool,
    pub(super) next_look: f64,
    pub(super) stock: Stock,
    /// No look is brought forward to before then: each is followed by a rest of its own length.
    pub(super) rests_until: f64,
    pub(super) follow_every_s: f64,
    pub(super) rekeying: Rekeying,
    /// Tells when there is something to look at before the next look is due.
    pub(super) listening: Option<Listening>,
    /// The VTN has something new that the look under way may have missed.
    pub(super) hinted: bool,
    /// The commands of this turn.
    pub(super) in_hand: Vec<(CommandNumber, String)>,
    /// The last moment at which a closing desk still waits.
    pub(super) closing: Option<Instant>,
    pub(super) changed: bool,
    /// Something came since it was last looked at what stands otherwise.
    pub(super) unsettled: bool,
    published: Instant,
    publish_every: Duration,
}

/// Whether everything that must stand at the VTN does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Readiness {
    /// It is being made sure of.
    Trying {
        /// How often it failed before.
        failures: u32,
    },
    /// It failed; the next attempt is at this instant, in seconds of UTC.
    Waiting {
        /// Seconds of UTC.
        until: f64,
        /// How often it failed.
        failures: u32,
    },
    /// It does.
    Ready,
}

/// What woke the engine.
enum Wake {
    Close,
    GiveUp,
    Command,
    Done(Box<Done>),
    Tick,
    Publish,
    Push(Turn),
    ClockSet,
}

impl Engine {
    pub(super) fn new(
        mut state: State,
        end: DeskEnd,
        client: Client,
        clock: Clock,
        entropy: Entropy,
        follow_every_s: f64,
        listening: Option<Listening>,
    ) -> Self {
        let now = clock.now();
        let timekeeping = Timekeeping::beginning(clock.is_training(), clock.face());
        state.record.say(now, EntryKind::Clock, timekeeping.words());
        Self {
            state,
            end,
            client,
            timekeeping,
            clock_changes: clock.changes(),
            next_look: clock.now_seconds(),
            stock: Stock::beginning(clock.now_seconds()),
            mark: Bookmark::beginning(clock.now_seconds()),
            rekeying: Rekeying::from(None, clock.now_seconds()),
            rests_until: 0.0,
            clock,
            entropy,
            backlog: Backlog::default(),
            follows_only: None,
            under_way: FuturesUnordered::new(),
            lanes: Lanes::default(),
            tallies: BTreeMap::new(),
            programs: Programs::new(),
            readiness: Readiness::Trying { failures: 0 },
            held: Vec::new(),
            unsettled_before: Unsettled::default(),
            taking_up: true,
            said_before: BTreeSet::new(),
            connection: None,
            connected_before: None,
            told_events: BTreeSet::new(),
            to_reckon: false,
            looking: None,
            told: None,
            after_silence: false,
            asked_until: now,
            was_lost: false,
            follow_every_s: follow_every_s.max(0.1),
            listening,
            hinted: false,
            in_hand: Vec::new(),
            closing: None,
            changed: true,
            unsettled: true,
            published: Instant::now(),
            publish_every: PUBLISH_EVERY,
        }
    }

    /// Looks there for its keys while it runs.
    pub(super) fn keyed_by(mut self, source: Option<Box<dyn KeySource>>) -> Self {
        self.rekeying = Rekeying::from(source, self.clock.now_seconds());
        self
    }

    /// Runs until it is told to close and nothing is being sent any more, and answers the journal. A panic ends what it was about, not the desk.
    pub(super) async fn run(mut self, mut close: oneshot::Receiver<()>) -> Journal {
        self.begin_provisioning(0);
        loop {
            match AssertUnwindSafe(self.turn(&mut close)).catch_unwind().await {
                Ok(()) => {}
                Err(panic) => self.own_fault(&panic_words(&*panic)),
            }
            if self.closing.is_some() && self.lanes.is_empty() {
                break;
            }
        }
        let now = self.clock.now();
        self.state.record.count_withheld(now, true);
        self.state.tell_closing(now);
        self.state.record.say(now, EntryKind::Session, "session ended");
        let _ = self.state.record.save();
        self.sign_heads(now, true);
        self.state.on = None;
        self.publish(now);
        self.state.record.into_journal()
    }

    async fn turn(&mut self, close: &mut oneshot::Receiver<()>) {
        let wake = self.wait(close).await;
        let _engaged = self.clock.engage();
        let now = self.clock.now();
        self.mind_clock(now);
        self.mind_sign_on(now);
        match wake {
            Wake::Close => self.begin_closing(now),
            Wake::GiveUp => self.give_up_all(now),
            Wake::Command => {
                self.take_next(now);
                self.take_finished(now);
                self.changed = true;
            }
            Wake::Done(done) => {
                self.take_done(now, *done);
                self.take_finished(now);
            }
            Wake::Push(turn) => self.take_push(now, turn),
            Wake::Tick => self.tick(now),
            Wake::Publish | Wake::ClockSet => {}
        }
        self.finish_turn(now);
    }

    /// Takes the next command, or the dispatches that come next together.
    fn take_next(&mut self, now: UtcTime) {
        self.queue_given();
        if self.readiness == Readiness::Ready {
            let together = self.backlog.take_dispatches(MOST_TOGETHER);
            if !together.is_empty() {
                self.in_hand =
                    together.iter().map(|(n, parts)| (*n, command::words_of_send(parts))).collect();
                self.take_together(now, together);
                return self.in_hand.clear();
            }
        }
        let Some(Next { number, command, overtaken }) = self.backlog.take() else { return };
        let asked = command.words();
        self.in_hand = vec![(number, asked.clone())];
        let was_waiting = !overtaken.is_empty();
        for (number, command) in overtaken {
            let words = "a stop took its place before it was sent".to_owned();
            self.state.outcome(now, number, &command.words(), Err(words));
        }
        match command {
            Command::Stop(key) if was_waiting && self.state.book.get(&key).is_none() => {
                self.state.outcome(
                    now,
                    number,
                    &asked,
                    Ok(format!("{key} was not sent yet, and will not be")),
                );
            }
            command => self.take(now, number, command),
        }
        self.in_hand.clear();
    }

    /// Takes up what was given meanwhile.
    pub(super) fn queue_given(&mut self) {
        let mut came = false;
        while let Ok((number, command)) = self.end.commands.try_recv() {
            came |= self.line_up_or_refuse(number, command);
        }
        // Which of them somebody must approve hangs on those before it: then the order stays as it was given.
        if came && !self.state.is_approving() {
            let now_ms = self.clock.now_millis();
            self.backlog.arrange(|fsp| self.state.polls(fsp).map(|polls| polls.next_in_time(now_ms)));
        }
    }

    async fn wait(&mut self, close: &mut oneshot::Receiver<()>) -> Wake {
        let tick_in = self.seconds_to_tick();
        tokio::select! {
            biased;
            _ = close, if self.closing.is_none() => Wake::Close,
            () = std::future::ready(()), if !self.backlog.is_empty() => Wake::Command,
            Some((number, command)) = self.end.commands.recv() => {
                match self.line_up_or_refuse(number, command) {
                    true => Wake::Command,
                    false => Wake::Publish,
                }
            }
            Some(done) = self.under_way.next() => Wake::Done(Box::new(done)),
            () = tokio::time::sleep_until(self.published + self.publish_every), if self.changed => Wake::Publish,
            () = until(self.closing), if self.closing.is_some() => Wake::GiveUp,
            turn = turn_of(&mut self.listening) => Wake::Push(turn),
            () = self.clock_changes.next() => Wake::ClockSet,
            () = self.clock.sleep(tick_in) => Wake::Tick,
        }
    }

    fn finish_turn(&mut self, now: UtcTime) {
        if self.unsettled {
            self.settle(now);
        }
        if std::mem::take(&mut self.to_reckon) {
            self.reckon(now);
        }
        self.state.record.count_withheld(now, false);
        // A fault of the journal stands in the record and becomes an alarm at the next look at what is wrong.
        let _ = self.state.record.save();
        self.sign_heads(now, false);
        if self.changed && (self.published.elapsed() >= self.publish_every || self.is_waited_for()) {
            self.publish(now);
        }
    }

    /// Whether somebody who acts out a story on a clock that hurries waits for what came of a command: by the next picture
    /// that were due, half a minute would have passed.
    fn is_waited_for(&self) -> bool {
        self.state.answered && self.clock.rate().value() > 1.0
    }

    fn publish(&mut self, now: UtcTime) {
        self.changed = false;
        self.state.answered = false;
        let began = Instant::now();
        let snapshot = self.state.snapshot(now);
        self.end.publish(snapshot);
        self.published = Instant::now();
        self.publish_every = PUBLISH_EVERY.max((self.published - began) * PUBLISH_SHARE);
    }

    /// At intervals, and when something becomes due.
    fn tick(&mut self, now: UtcTime) {
        self.unsettled = true;
        self.look_at_keys(now);
        let seconds_now = self.clock.now_seconds();
        let came_due = self.state.book.next_due(self.asked_until).is_some_and(|due| due <= now);
        if seconds_now < self.next_look && !came_due {
            return;
        }
        self.asked_until = now;
        self.next_look = seconds_now + self.follow_every_s;
        match self.readiness {
            Readiness::Ready => {
                self.begin_looking(now);
                self.take_stock_in_time(now);
            }
            Readiness::Waiting { until, failures } if seconds_now >= until => {
                self.begin_provisioning(failures);
            }
            _ => {}
        }
    }

    /// A hint brings the next look forward; there is at most one under way, and a pause before the next. What it finds
    /// is fetched and verified as in any other look.
    fn take_push(&mut self, now: UtcTime, turn: Turn) {
        match turn {
            Turn::Hint => self.hinted = true,
            Turn::Status => {
                let status = self.listening.as_ref().map(Listening::status);
                self.state.push(now, status);
                self.changed = true;
            }
        }
        self.look_if_hinted();
    }

    /// Has the next look come soon when the VTN has something new.
    pub(super) fn look_if_hinted(&mut self) {
        if self.hinted && self.looking.is_none() && self.readiness == Readiness::Ready {
            self.hinted = false;
            self.look_soon();
        }
    }

    /// Brings the next look forward.
    pub(super) fn look_soon(&mut self) {
        let soon = self.clock.now_seconds() + AFTER_HINT_S;
        self.next_look = self.next_look.min(soon.max(self.rests_until));
    }

    pub(super) fn settle(&mut self, now: UtcTime) {
        self.unsettled = false;
        self.changed |= self.state.settle(now);
        self.was_lost |= self.state.health.shown().state == LinkState::Lost;
    }

    fn seconds_to_tick(&self) -> f64 {
        let due = self.state.book.next_due(self.clock.now()).map_or(f64::INFINITY, seconds);
        let try_again = match self.readiness {
            Readiness::Waiting { until, .. } => until.max(self.next_look),
            _ => f64::INFINITY,
        };
        self.next_look.min(due).min(try_again).min(self.rekeying.due()) - self.clock.now_seconds()
    }
}

/// Waits for what comes of listening, where there is any.
async fn turn_of(listening: &mut Option<Listening>) -> Turn {
    match listening {
        Some(listening) => listening.turn().await,
        None => std::future::pending().await,
    }
}

/// Waits for a moment that is set.
async fn until(moment: Option<Instant>) {
    if let Some(moment) = moment {
        tokio::time::sleep_until(moment).await;
    }
}
