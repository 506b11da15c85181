//! What is under way at the VTN beside the engine's turns, what came of it, and what is made of a fault of the desk's own.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::future::FutureExt as _;
use futures::stream::StreamExt as _;
use tokio::time::Instant;

use super::alarms::{Cause, Condition};
use super::command::CommandNumber;
use super::engine::Engine;
use super::follower::News;
use super::provision::Provisioned;
use super::sender::Sent;
use super::signing_on::Opened;
use super::snapshot::Priority;
use crate::dispatch::{DispatchKey, Revision};
use crate::openadr::client::ClientError;
use crate::openadr::wire::Event;
use crate::profile::key_watch::{KeySource, KeysFound};
use crate::time::UtcTime;

/// So many things that came to their end are taken in one turn, and one more: a stop waits for no longer than that.
const MOST_DONE_TOGETHER: usize = 255;

/// Something that was under way has come to its end.
pub(super) struct Done {
    pub task: Task,
    pub brought: Brought,
    pub spent: Spent,
}

/// How long something was under way.
pub(super) struct Spent {
    pub took: Duration,
    /// In domain time, seconds.
    pub passed_s: f64,
}

/// What was under way.
#[derive(Clone, Debug)]
pub(super) enum Task {
    Provision,
    Look,
    Stock,
    TakeAway(DispatchKey),
    Keys,
    SignOn(CommandNumber, String),
    Send(DispatchKey, Revision),
}

/// What it brought.
pub(super) enum Brought {
    Provisioned(Result<Provisioned, String>),
    News(Result<News, ClientError>),
    /// To a desk that only follows.
    NewsAndEvents(Box<News>, Vec<Event>),
    Stock(Result<Vec<Event>, ClientError>),
    TakenAway(Result<(), ClientError>),
    Sent(Result<Sent, String>),
    Keys(Box<dyn KeySource>, Option<Box<KeysFound>>),
    Opened(Opened),
    GivenUp,
    Panicked(String),
}

impl Engine {
    /// Starts something at the VTN beside everything else.
    pub(super) fn start(&self, task: Task, work: impl Future<Output = Brought> + Send + 'static) {
        let clock = self.clock.clone();
        self.under_way.push(
            async move {
                let (began, began_s) = (Instant::now(), clock.now_seconds());
                let brought = match AssertUnwindSafe(work).catch_unwind().await {
                    Ok(brought) => brought,
                    Err(panic) => Brought::Panicked(panic_words(&*panic)),
                };
                let passed_s = (clock.now_seconds() - began_s).max(0.0);
                Done { task, brought, spent: Spent { took: began.elapsed(), passed_s } }
            }
            .boxed(),
        );
    }

    /// Takes what has come to its end meanwhile: a burst is journalled and looked at together.
    pub(super) fn take_finished(&mut self, now: UtcTime) {
        for _ in 0..MOST_DONE_TOGETHER {
            let Some(done) = self.under_way.next().now_or_never().flatten() else { return };
            self.take_done(now, done);
        }
    }

    pub(super) fn take_done(&mut self, now: UtcTime, done: Done) {
        match (done.task, done.brought) {
            (Task::Send(key, revision), Brought::Sent(result)) => {
                self.sent(now, &key, revision, result, done.spent.took);
            }
            (Task::Send(key, revision), Brought::GivenUp) => self.given_up(now, &key, revision),
            (Task::Provision, Brought::Provisioned(result)) => self.provisioned(now, result, done.spent.took),
            (Task::Look, Brought::News(result)) => self.looked(now, result, &done.spent),
            (Task::Look, Brought::NewsAndEvents(news, events)) => {
                self.look_on(now, &events);
                self.looked(now, Ok(*news), &done.spent);
            }
            (Task::Stock, Brought::Stock(events)) => self.stock_taken(now, events, done.spent.passed_s),
            (Task::TakeAway(key), Brought::TakenAway(result)) => self.taken_away(now, &key, result),
            (Task::Keys, Brought::Keys(source, found)) => {
                self.keys_looked(now, source, found.map(|found| *found));
            }
            (Task::SignOn(number, asked), Brought::Opened(opened)) => {
                self.opened(now, number, &asked, opened);
            }
            (task, Brought::Panicked(words)) => self.task_panicked(now, task, &words),
            _ => {}
        }
        self.unsettled = true;
        self.changed = true;
    }

    fn task_panicked(&mut self, now: UtcTime, task: Task, words: &str) {
        self.raise_own_fault(now, words);
        let fault = format!("the desk failed at it ({words})");
        match task {
            Task::Send(key, revision) => self.sent(now, &key, revision, Err(fault), Duration::ZERO),
            Task::Provision => self.provisioned(now, Err(fault), Duration::ZERO),
            Task::Look => self.looking = None,
            Task::Stock => self.stock_taken(now, Ok(Vec::new()), 0.0),
            Task::SignOn(number, asked) => self.state.outcome(now, number, &asked, Err(fault)),
            Task::TakeAway(_) | Task::Keys => {}
        }
    }

    /// The desk itself failed in the middle of a turn.
    pub(super) fn own_fault(&mut self, words: &str) {
        let now = self.clock.now();
        self.raise_own_fault(now, words);
        for (number, asked) in std::mem::take(&mut self.in_hand) {
            let fault = format!(
                "the desk failed at it ({words}); look at the dispatch before giving the command again"
            );
            self.state.outcome(now, number, &asked, Err(fault));
        }
        let _ = self.state.record.save();
        self.changed = true;
    }

    pub(super) fn raise_own_fault(&mut self, now: UtcTime, words: &str) {
        self.state.alarm(
            now,
            &Condition {
                cause: Cause::Desk,
                priority: Priority::High,
                text: format!(
                    "The desk itself failed at something ({words}). It goes on; check each open dispatch against its FSP by telephone, and report the fault."
                ),
                source: "desk".to_owned(),
                unit: None,
                dispatch: None,
                heard_through: None,
                silences: false,
            },
        );
    }
}

pub(super) fn panic_words(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "an internal fault".to_owned())
}
