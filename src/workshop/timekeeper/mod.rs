//! Who sets the clock of a workshop: runs it as a person asks, steps it, takes it to the next event, slows it where the machine
//! cannot keep up, and stops it at the end.
//!
//! A step and a jump are run through, at the highest rate: whatever is due on the way is done at its time and in its order, as
//! it would be had somebody waited for it. Were the clock set ahead instead, every poll and heartbeat in between would be due
//! together, and the desk would take the FSPs that it did not hear of for lost.

mod governor;
mod pace;

pub use governor::{Governor, RATES, Turn};
pub use pace::{Pace, Standing};

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use crate::desk::DeskHandle;
use crate::desk::snapshot::LinkState;
use crate::time::{Clock, Keeping, Rate, UtcTime};

use super::agenda::{BEFOREHAND_S, next_event};
use super::scenario::Scenario;

/// It is looked that often whether the machine keeps up.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// The clock does not wait longer for the desk to begin.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// Why the clock hurries, and why it stands again. They stand in the journal, which is the trainee's: that it was taken to just
/// before an event would tell that there is one.
const TAKEN_ON: &str = "taken on, by hand";
const AS_FAR: &str = "taken on as far as was asked";

/// What a person asks of the clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ClockOrder {
    /// Stand still.
    Pause,
    /// Go on at the rate that was asked for last.
    Resume,
    /// Go on at this rate.
    Run(Rate),
    /// Live through so many seconds at once, then do as before.
    Step(u32),
    /// Live through what is up to the next event, and stand still just before it.
    NextEvent,
}

/// Asks for things of a workshop's clock, and shows how it stands. Clones are of the same clock.
#[derive(Clone, Debug)]
pub struct ClockControl {
    orders: mpsc::UnboundedSender<ClockOrder>,
    pace: watch::Receiver<Arc<Pace>>,
}

impl ClockControl {
    /// Asks; `false` when the workshop has ended.
    pub fn order(&self, order: ClockOrder) -> bool {
        self.orders.send(order).is_ok()
    }

    /// How the clock stands.
    pub fn pace(&self) -> Arc<Pace> {
        Arc::clone(&self.pace.borrow())
    }

    /// Waits until it stands otherwise; `false` when the workshop has ended.
    pub async fn changed(&mut self) -> bool {
        self.pace.changed().await.is_ok()
    }
}

/// The other end of a [`ClockControl`].
#[derive(Debug)]
pub struct ClockEnd {
    /// What is asked of the clock.
    pub orders: mpsc::UnboundedReceiver<ClockOrder>,
    pace: watch::Sender<Arc<Pace>>,
}

impl ClockEnd {
    /// Shows how the clock stands.
    pub fn show(&self, pace: Pace) {
        self.pace.send_replace(Arc::new(pace));
    }
}

impl ClockControl {
    /// A control of a clock that stands still, and its other end.
    pub fn connect() -> (Self, ClockEnd) {
        let (orders, given) = mpsc::unbounded_channel();
        let shown = Pace { standing: Standing::Paused, asked: Rate::REAL, runs: Rate::REAL };
        let (pace, seen) = watch::channel(Arc::new(shown));
        (Self { orders, pace: seen }, ClockEnd { orders: given, pace })
    }
}

/// Sets the clock.
pub(super) struct Timekeeper {
    clock: Clock,
    scenario: Arc<Scenario>,
    desk: DeskHandle,
    /// The clock goes no further.
    end: UtcTime,
    governor: Governor,
    standing: Standing,
    /// What a hurry leads back to.
    then_runs: bool,
    /// What was looked at last.
    kept: Option<Keeping>,
    control: ClockEnd,
}

impl Timekeeper {
    /// Of a clock that stands still, until `end`.
    pub(super) fn new(
        clock: Clock,
        scenario: Arc<Scenario>,
        desk: DeskHandle,
        end: UtcTime,
        control: ClockEnd,
    ) -> Self {
        let governor = Governor::asked(Rate::REAL);
        let standing = Standing::Paused;
        Self { clock, scenario, desk, end, governor, standing, then_runs: false, kept: None, control }
    }

    /// Runs until nobody can ask for anything any more.
    pub(super) async fn run(mut self) {
        self.desk_is_ready().await;
        loop {
            let may_stop = self.standing.is_moving();
            tokio::select! {
                biased;
                order = self.control.orders.recv() => match order {
                    Some(order) => self.take(order),
                    None => return,
                },
                () = self.clock.come_to_stop(), if may_stop => self.arrive(),
                () = tokio::time::sleep(LOOK_EVERY), if may_stop => self.look(),
            }
        }
    }

    /// Waits until the desk has made sure of what must stand at the VTN: of a large fleet that takes this machine a while, and
    /// none of the time that the story has.
    async fn desk_is_ready(&mut self) {
        let desk = &mut self.desk;
        let ready = async {
            while desk.snapshot().vtn.state != LinkState::Live {
                if !desk.changed().await {
                    return;
                }
            }
        };
        // A desk that is not ready by then says itself what is wrong.
        let _ = tokio::time::timeout(READY_WITHIN, ready).await;
    }

    fn take(&mut self, order: ClockOrder) {
        if self.standing == Standing::Ended {
            return;
        }
        match order {
            ClockOrder::Pause => self.pause("by hand"),
            ClockOrder::Resume => self.go(Governor::asked(self.governor.asks()), "by hand"),
            ClockOrder::Run(rate) if rate.is_paused() => self.pause("by hand"),
            ClockOrder::Run(rate) => self.go(Governor::asked(rate), "by hand"),
            ClockOrder::Step(seconds) => {
                let runs = self.runs_on();
                let from =
                    if let Standing::Stepping(until) = self.standing { until } else { self.clock.now() };
                let until = from + i64::from(seconds);
                self.hurry(until, runs, Standing::Stepping(until), TAKEN_ON);
            }
            ClockOrder::NextEvent => {
                let next = next_event(&self.scenario, &self.desk.snapshot(), self.clock.now());
                let until = next.map_or(self.end, |at| at - BEFOREHAND_S);
                self.hurry(until, false, Standing::ToEvent(until), TAKEN_ON);
            }
        }
        self.tell();
    }

    /// Whether the clock runs, or will when it has been hurried.
    fn runs_on(&self) -> bool {
        match self.standing {
            Standing::Running => true,
            Standing::Stepping(_) => self.then_runs,
            _ => false,
        }
    }

    fn pause(&mut self, why: &str) {
        self.clock.set_rate_because(Rate::PAUSED, why);
        self.standing = Standing::Paused;
    }

    fn go(&mut self, governor: Governor, why: &str) {
        self.governor = governor;
        self.clock.run_until(self.end, self.governor.runs(), why);
        self.standing = Standing::Running;
        self.kept = self.clock.keeping();
    }

    fn hurry(&mut self, until: UtcTime, then_runs: bool, standing: Standing, why: &str) {
        let highest = RATES.into_iter().next_back().and_then(Rate::times).unwrap_or(Rate::REAL);
        self.clock.run_until(until.min(self.end), highest, why);
        (self.standing, self.then_runs) = (standing, then_runs);
    }

    fn arrive(&mut self) {
        if self.clock.now() >= self.end {
            self.pause("the workshop is at its end");
            self.standing = Standing::Ended;
        } else if self.then_runs && matches!(self.standing, Standing::Stepping(_)) {
            self.go(self.governor.clone(), AS_FAR);
        } else {
            self.pause(AS_FAR);
        }
        self.tell();
    }

    /// Has the governor judge what has passed.
    fn look(&mut self) {
        let Some(keeping) = self.clock.keeping() else { return };
        let before = self.kept.replace(keeping);
        let Some(before) = before.filter(|_| self.standing == Standing::Running) else { return };
        let passed = keeping.steady.saturating_duration_since(before.steady);
        let why = match self.governor.look(passed, keeping.stood.saturating_sub(before.stood)) {
            None => return,
            Some(Turn::Slower(_)) => "this machine keeps up with no more",
            Some(Turn::Faster(_)) => "this machine may keep up with more by now",
        };
        self.clock.run_until(self.end, self.governor.runs(), why);
        self.tell();
    }

    fn tell(&self) {
        let (asked, runs) = (self.governor.asks(), self.governor.runs());
        self.control.show(Pace { standing: self.standing, asked, runs });
    }
}
