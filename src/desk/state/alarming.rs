//! From what is wrong to alarms: found, told where it changed, journalled.

use std::collections::BTreeSet;

use super::State;
use crate::desk::alarms::{Area, Asked, Condition, Kept, Turn};
use crate::desk::conditions::{self, Scene};
use crate::desk::restraint::Source;
use crate::desk::snapshot::{DispatchState, LinkState};
use crate::desk::words::clock_words;
use crate::dispatch::FspId;
use crate::journal::{Entry, EntryKind};
use crate::time::UtcTime;

impl State {
    /// Something went wrong that has no end of its own.
    pub(in crate::desk) fn alarm(&mut self, now: UtcTime, condition: &Condition) {
        if self.alarms.was_told(&condition.cause, &condition.text) {
            return;
        }
        let calls_already = self.alarms.calls(condition);
        let mut turns = self.alarms.occurred(now, condition);
        // What comes again and again while it waits for notice changes nothing: it is counted.
        turns.retain(|turn| {
            !calls_already || self.record.admits(now, Source::Alarm(turn.alarm.id), turn.words)
        });
        self.note_alarms(now, &turns);
    }

    /// A person takes notice of alarms. Answers how many.
    pub(in crate::desk) fn acknowledge_alarms(&mut self, now: UtcTime, ids: &[u64]) -> usize {
        let turns = self.alarms.acknowledge(now, ids);
        self.note_alarms(now, &turns);
        turns.len()
    }

    /// A person puts an alarm aside.
    ///
    /// # Errors
    /// Why it cannot be, in words.
    pub(in crate::desk) fn shelve_alarm(&mut self, now: UtcTime, asked: &Asked) -> Result<String, String> {
        let turn = self.alarms.shelve(now, asked)?;
        let until = turn.alarm.shelved.as_ref().map_or(now, |shelved| shelved.until);
        self.note_alarms(now, &[turn]);
        Ok(format!("shelved until {}", clock_words(until)))
    }

    /// A person brings an alarm back.
    ///
    /// # Errors
    /// When it is not put aside, in words.
    pub(in crate::desk) fn unshelve_alarm(&mut self, now: UtcTime, id: u64) -> Result<String, String> {
        let turn = self.alarms.unshelve(id)?;
        let gone = !turn.alarm.active;
        self.note_alarms(now, &[turn]);
        Ok(if gone { "its cause is gone by now" } else { "it stands in the list" }.to_owned())
    }

    /// Tells the alarms where something stands otherwise than at the last look, and no more: with thousands of FSPs
    /// nearly all stand as they stood.
    pub(super) fn settle_alarms(&mut self, now: UtcTime, fsps: &BTreeSet<FspId>) -> bool {
        let (mut turns, mut changed) = self.alarms.pass(now);
        let at_large = conditions::of_all(&self.scene(now, &self.dispatches_while_lost()));
        let mut areas = self.alarms.areas_to_judge();
        if at_large != self.wrong_at_large || areas.contains(&Area::AtLarge) {
            turns.extend(self.alarms.update(now, &Area::AtLarge, &at_large));
            self.wrong_at_large = at_large;
            changed = true;
        }
        areas.extend(self.alarms.areas_to_judge());
        for fsp in fsps {
            let dispatches: Vec<&DispatchState> = self.book.of_fsp(fsp).map(AsRef::as_ref).collect();
            let found = conditions::of_fsp(&self.scene(now, &dispatches), fsp);
            let before = self.wrong_with.get(fsp).map_or(&[][..], Vec::as_slice);
            if found == before {
                continue;
            }
            areas.insert(Area::Of(fsp.clone()));
            match found.is_empty() {
                true => self.wrong_with.remove(fsp),
                false => self.wrong_with.insert(fsp.clone(), found),
            };
        }
        for area in areas {
            let Area::Of(fsp) = &area else { continue };
            let found = self.wrong_with.get(fsp).map_or(&[][..], Vec::as_slice);
            turns.extend(self.alarms.update(now, &area, found));
            changed = true;
        }
        self.note_alarms(now, &turns);
        changed || !turns.is_empty()
    }

    /// All dispatches while the VTN is lost: how many are under way is said then. None otherwise.
    fn dispatches_while_lost(&self) -> Vec<&DispatchState> {
        let is_lost = self.health.shown().state == LinkState::Lost;
        self.book.iter().filter(|_| is_lost).map(AsRef::as_ref).collect()
    }

    fn scene<'a>(&'a self, now: UtcTime, dispatches: &'a [&'a DispatchState]) -> Scene<'a> {
        Scene {
            now,
            register: &self.register,
            dispatches,
            links: &self.links,
            clocks: &self.clocks,
            endurance: &self.endurance,
            units: &self.units,
            untrusted: &self.untrusted,
            vtn: self.health.shown(),
            journal_fault: self.record.fault(),
            keys_fault: self.keys_fault.as_deref(),
            on: self.on.as_ref(),
            sign_off_after_s: self.sign_off_after_s,
            is_training: self.is_training,
        }
    }

    fn note_alarms(&mut self, now: UtcTime, turns: &[Turn]) {
        for turn in turns {
            let Turn { words, by, alarm, .. } = turn;
            let by = by.as_ref().map_or(String::new(), |by| format!(" {by}"));
            self.record.note(Entry {
                at: now,
                kind: EntryKind::Alarm,
                dispatch: alarm.dispatch.clone(),
                unit: alarm.unit.clone(),
                text: format!(
                    "alarm {} {words}{by}, priority {}: {}",
                    alarm.id,
                    alarm.priority.digit(),
                    alarm.text
                ),
                document: Kept::of(turn).to_json(),
            });
        }
    }
}
