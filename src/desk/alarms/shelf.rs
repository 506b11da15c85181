//! Alarms that a person puts aside for a time: they come back when it is over, when they become graver, or by hand. Pure.

use super::cause::Cause;
use super::{Alarms, Turn};
use crate::desk::snapshot::{ShelfTime, Shelved};
use crate::desk::words::clock_words;
use crate::time::UtcTime;

/// The longest name or reason, characters.
const LONGEST: usize = 200;

/// What a person asks for.
#[derive(Clone, Debug)]
pub(in crate::desk) struct Asked {
    pub id: u64,
    pub time: ShelfTime,
    pub by: String,
    pub reason: String,
}

impl Alarms {
    /// Puts an alarm aside.
    ///
    /// # Errors
    /// Why it cannot be, in words; then all stays as it was.
    pub(in crate::desk) fn shelve(&mut self, now: UtcTime, asked: &Asked) -> Result<Turn, String> {
        let cause = self.cause_of(asked.id)?;
        let Some(held) = self.held.get_mut(&cause) else { return Err(not_here(asked.id)) };
        let alarm = held.alarm();
        if let Some(why) = alarm.never_shelved() {
            return Err(format!("alarm {} cannot be shelved: {why}", asked.id));
        }
        if let Some(shelved) = &alarm.shelved {
            return Err(format!(
                "alarm {} is shelved until {}; bring it back first",
                asked.id,
                clock_words(shelved.until)
            ));
        }
        let shelved = Shelved {
            by: one_line("who shelves it", &asked.by)?,
            reason: one_line("why it is shelved", &asked.reason)?,
            at: now,
            until: now + asked.time.seconds(),
            priority: alarm.priority,
        };
        let by = format!(
            "until {} by {}: \u{201c}{}\u{201d}",
            clock_words(shelved.until),
            shelved.by,
            shelved.reason
        );
        self.shelf.insert((shelved.until, cause.clone()));
        held.put_aside(now, shelved);
        let turn = Turn { by: Some(by), ..Turn::new("shelved", held) };
        self.order.touch(&cause);
        // What it explained may be graver than what is put aside.
        self.judge_children_of(&cause);
        Ok(turn)
    }

    /// Brings an alarm back by hand.
    ///
    /// # Errors
    /// When it is not on the shelf, in words.
    pub(in crate::desk) fn unshelve(&mut self, id: u64) -> Result<Turn, String> {
        let cause = self.cause_of(id)?;
        self.take_back(&cause, "brought back from the shelf by hand", false)
            .ok_or_else(|| format!("alarm {id} is not shelved"))
    }

    /// Takes back whatever has been put aside for its time.
    pub(super) fn take_from_shelf(&mut self, now: UtcTime) -> Vec<Turn> {
        let mut turns = Vec::new();
        while let Some((until, cause)) = self.shelf.first().filter(|(until, _)| *until <= now).cloned() {
            let turn = self.take_back(&cause, "back from the shelf, its time is over", true);
            if let Some(turn) = turn.as_ref().filter(|turn| turn.alarm.active) {
                self.load.count(now, turn.alarm.priority);
            }
            turns.extend(turn);
            self.shelf.remove(&(until, cause));
        }
        turns
    }

    /// What has become graver than it was when it was put aside comes back.
    pub(super) fn back_when_graver(&mut self, now: UtcTime, cause: &Cause) -> Option<Turn> {
        let alarm = self.held.get(cause)?.alarm();
        let graver = alarm.shelved.as_ref().is_some_and(|shelved| alarm.priority < shelved.priority);
        let turn =
            graver.then(|| self.take_back(cause, "back from the shelf, it became graver", true)).flatten()?;
        self.load.count(now, turn.alarm.priority);
        Some(turn)
    }

    fn take_back(&mut self, cause: &Cause, words: &'static str, to_be_noticed: bool) -> Option<Turn> {
        let held = self.held.get_mut(cause)?;
        let until = held.alarm().shelved.as_ref()?.until;
        held.come_back(to_be_noticed);
        let turn = Turn::new(words, held);
        self.shelf.remove(&(until, cause.clone()));
        self.order.touch(cause);
        self.forget_if_over(cause);
        Some(turn)
    }

    fn cause_of(&self, id: u64) -> Result<Cause, String> {
        self.ids.get(&id).cloned().ok_or_else(|| not_here(id))
    }
}

fn not_here(id: u64) -> String {
    format!("alarm {id} is not in the list any more")
}

/// What a person wrote, without what is not of a line.
fn one_line(what: &str, text: &str) -> Result<String, String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.chars().count() {
        0 => Err(format!("say {what}: nothing is shelved without a name and a reason")),
        1..=LONGEST => Ok(line),
        n => Err(format!("{what} is told in {n} characters; {LONGEST} at most")),
    }
}
