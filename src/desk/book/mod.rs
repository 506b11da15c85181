//! The dispatch book: every dispatch of this desk with all that came of it. A pure state machine: it is told what was
//! sent and what came back, and at which instant to look.

mod ladder;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use super::marks;
use super::memory::Fate;
use super::snapshot::{ApprovedBy, DispatchState, Phase, RevisionState};
use super::standing::{self, AckLimits, Standing};
use crate::dispatch::{
    Acknowledgement, Dispatch, DispatchKey, DispatchRef, DispatchUnit, FspId, OperatorId, Revision,
    SignedDispatch,
};
use crate::power::{Baseline, Reading, Series};
use crate::time::UtcTime;

/// Seconds after the window's end for which readings still count: the rebound hour.
const MARKED_AFTER_S: i64 = 3600;
/// For how long after its window a dispatch that is over is kept, seconds; the journal keeps it for good.
const KEPT_AFTER_S: i64 = 48 * 3600;
/// Seconds before a service from which the charge for it is looked at.
const LOOKED_AT_BEFOREHAND_S: i64 = super::endurance::BEFOREHAND_S;
/// Seconds between two looks for what can be forgotten.
const FORGETS_EVERY_S: i64 = 600;

/// All dispatches.
#[derive(Default)]
pub(super) struct Book {
    held: BTreeMap<DispatchKey, Held>,
    by_event: BTreeMap<String, DispatchKey>,
    of_fsp: BTreeMap<FspId, BTreeSet<DispatchKey>>,
    /// How many become overdue at each instant.
    dues: BTreeMap<UtcTime, usize>,
    /// The FSPs of whose dispatches something was asked or heard since that was last asked.
    stirred: BTreeSet<FspId>,
    touches: u64,
    /// Those that are not kept any more: their refs are used.
    past: BTreeSet<DispatchKey>,
    forgotten_at: Option<UtcTime>,
}

struct Held {
    state: Arc<DispatchState>,
    limits: AckLimits,
    touched: u64,
    /// Readings have come since it was last marked.
    unmarked: bool,
    marked: Option<UtcTime>,
    /// Nothing can change any more by time alone.
    settled: bool,
    /// What was delivered of it is in the journal.
    reckoned: bool,
}

/// What an acknowledgement changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// A new rung.
    New,
    /// Known already.
    Known,
    /// Known already, and said once more as of the same instant.
    Repeated,
    /// Known already, and said otherwise than before: the later word counts.
    Corrected,
    /// No such dispatch.
    UnknownDispatch,
    /// The dispatch is of another unit.
    OtherUnit,
    /// A revision that this desk never made.
    UnknownRevision,
}

impl Book {
    pub(super) fn get(&self, key: &DispatchKey) -> Option<&Arc<DispatchState>> {
        self.held.get(key).map(|h| &h.state)
    }

    /// Whether it has this very revision, as it was signed.
    pub(super) fn holds(&self, signed: &SignedDispatch) -> bool {
        let known =
            self.get(&signed.dispatch.key()).and_then(|state| state.revision(signed.dispatch.revision));
        known.is_some_and(|revision| revision.signed == *signed)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<DispatchState>> {
        self.held.values().map(|h| &h.state)
    }

    /// The refs known of an operator, used ones too.
    pub(super) fn refs<'a>(&'a self, operator: &'a OperatorId) -> impl Iterator<Item = &'a DispatchRef> {
        let all = self.held.keys().chain(&self.past);
        all.filter(move |k| k.operator == *operator).map(|k| &k.dispatch_ref)
    }

    /// Whether a ref was used for a dispatch that is long over.
    pub(super) fn is_past(&self, key: &DispatchKey) -> bool {
        self.past.contains(key)
    }

    /// Forgets what is long over, now and then. Answers what it forgot.
    pub(super) fn forget(&mut self, now: UtcTime) -> Vec<DispatchKey> {
        if self.forgotten_at.is_some_and(|at| now.since(at) < FORGETS_EVERY_S) {
            return Vec::new();
        }
        self.forgotten_at = Some(now);
        let over = |held: &Held| {
            let ends = held.state.revisions.iter().map(|r| r.signed.dispatch.service_end).max();
            held.settled && ends.is_none_or(|end| is_long_over(end, now))
        };
        let gone: Vec<DispatchKey> =
            self.held.iter().filter(|(_, held)| over(held)).map(|(key, _)| key.clone()).collect();
        for key in &gone {
            if let Some(due) = self.held.remove(key).and_then(|held| held.state.due) {
                count_down(&mut self.dues, due);
            }
        }
        if !gone.is_empty() {
            self.by_event.retain(|_, key| self.held.contains_key(key));
            for keys in self.of_fsp.values_mut() {
                keys.retain(|key| self.held.contains_key(key));
            }
            self.of_fsp.retain(|_, keys| !keys.is_empty());
        }
        self.past.extend(gone.iter().cloned());
        gone
    }

    /// The VTN holds a dispatch that is long over: its ref is used, and that is all of it that is kept.
    pub(super) fn passes_over(&mut self, dispatch: &Dispatch, now: UtcTime) -> bool {
        let is_over = is_long_over(dispatch.service_end, now) && !self.held.contains_key(&dispatch.key());
        if is_over {
            self.past.insert(dispatch.key());
        }
        is_over
    }

    /// The open dispatches of a unit whose window is not over, in order of key.
    pub(super) fn open_of<'a>(
        &'a self,
        unit: &'a DispatchUnit,
        now: UtcTime,
    ) -> impl Iterator<Item = &'a Arc<DispatchState>> {
        self.iter().filter(move |s| {
            s.is_open() && s.instructed().is_some_and(|d| d.unit == *unit && d.service_end > now)
        })
    }

    /// The dispatch that an event carries.
    pub(super) fn of_event(&self, event_id: &str) -> Option<&Arc<DispatchState>> {
        self.get(self.by_event.get(event_id)?)
    }

    /// The event that carries a dispatch.
    pub(super) fn event_of(&self, key: &DispatchKey) -> Option<&str> {
        self.get(key)?.revisions.iter().rev().find_map(|r| r.event_id.as_deref())
    }

    /// All, the one last sent, amended or stopped first.
    pub(super) fn latest_first(&self) -> Vec<Arc<DispatchState>> {
        let mut held: Vec<&Held> = self.held.values().collect();
        held.sort_by_key(|h| std::cmp::Reverse(h.touched));
        held.into_iter().map(|h| Arc::clone(&h.state)).collect()
    }

    /// A revision was signed and is being sent. It takes the place of one with the same number that was not sent.
    pub(super) fn begin(&mut self, signed: SignedDispatch, limits: AckLimits) {
        if let Some(held) = self.held.get_mut(&signed.dispatch.key()) {
            held.reckoned = false;
        }
        self.put(RevisionState { signed, event_id: None, sent: None, fault: None, approved: None }, limits);
    }

    /// A revision that the VTN holds already, signed by this desk before it was started.
    pub(super) fn take_up(
        &mut self,
        signed: SignedDispatch,
        event_id: &str,
        sent: UtcTime,
        limits: AckLimits,
    ) {
        let key = signed.dispatch.key();
        let revision = signed.dispatch.revision;
        self.by_event.insert(event_id.to_owned(), key.clone());
        let known = self.get(&key);
        let newer = known.is_some_and(|s| {
            s.revisions.last().is_some_and(|r| {
                let last = r.signed.dispatch.revision;
                last > revision || (last == revision && r.sent.is_some())
            })
        });
        if newer {
            return;
        }
        let event_id = Some(event_id.to_owned());
        self.put(RevisionState { signed, event_id, sent: Some(sent), fault: None, approved: None }, limits);
    }

    /// A revision of an earlier session, with what is known of it: the event that holds it since then, or why it was not
    /// sent.
    pub(super) fn recall(
        &mut self,
        signed: SignedDispatch,
        limits: AckLimits,
        held: Option<(String, UtcTime)>,
        fault: Option<String>,
    ) {
        if let Some((event_id, _)) = &held {
            self.by_event.insert(event_id.clone(), signed.dispatch.key());
        }
        let (event_id, sent) = held.unzip();
        self.put(RevisionState { signed, event_id, sent, fault, approved: None }, limits);
    }

    /// What became of a revision, as the journal keeps it.
    pub(super) fn fate_of(&self, key: &DispatchKey, revision: Revision, fault: Option<&String>) -> Fate {
        let held = self.get(key).and_then(|state| state.revision(revision));
        let event = held.filter(|_| fault.is_none()).and_then(|held| held.event_id.clone());
        Fate { revision, event, fault: fault.cloned() }
    }

    /// Who approved a revision.
    pub(super) fn approval_of(&self, key: &DispatchKey, revision: Revision) -> Option<Arc<ApprovedBy>> {
        self.get(key)?.revision(revision)?.approved.clone()
    }

    /// A second person approved a revision.
    pub(super) fn approved(&mut self, key: &DispatchKey, revision: Revision, by: &Arc<ApprovedBy>) {
        self.change_revision(key, revision, |r| r.approved = Some(Arc::clone(by)));
    }

    fn put(&mut self, revision: RevisionState, limits: AckLimits) {
        self.touches += 1;
        let key = revision.signed.dispatch.key();
        let number = revision.signed.dispatch.revision;
        let fsp = revision.signed.dispatch.unit.fsp.clone();
        self.stirred.insert(fsp.clone());
        self.of_fsp.entry(fsp).or_default().insert(key.clone());
        let revision = Arc::new(revision);
        let held = self.held.entry(key.clone()).or_insert_with(|| Held::new(key, limits));
        held.touched = self.touches;
        held.settled = false;
        let state = Arc::make_mut(&mut held.state);
        state.revisions.retain(|r| r.signed.dispatch.revision != number);
        state.revisions.push(revision);
        state.revisions.sort_by_key(|r| r.signed.dispatch.revision);
        state.readback = None;
    }

    /// The VTN confirmed a revision.
    pub(super) fn sent(&mut self, key: &DispatchKey, revision: Revision, event_id: &str, at: UtcTime) {
        self.by_event.insert(event_id.to_owned(), key.clone());
        self.change_revision(key, revision, |r| {
            r.event_id = Some(event_id.to_owned());
            r.sent = r.sent.or(Some(at));
            r.fault = None;
        });
    }

    /// The VTN did not take a revision, as far as is known.
    pub(super) fn not_sent(&mut self, key: &DispatchKey, revision: Revision, fault: &str) {
        self.change_revision(key, revision, |r| {
            if r.sent.is_none() {
                r.fault = Some(fault.to_owned());
            }
        });
    }

    fn change_revision(
        &mut self,
        key: &DispatchKey,
        revision: Revision,
        change: impl FnOnce(&mut RevisionState),
    ) {
        let Some(held) = self.held.get_mut(key) else { return };
        held.settled = false;
        self.stirred.extend(held.fsp().cloned());
        let state = Arc::make_mut(&mut held.state);
        let found = state.revisions.iter_mut().find(|r| r.signed.dispatch.revision == revision);
        if let Some(found) = found {
            change(Arc::make_mut(found));
        }
    }

    /// An acknowledgement came. One whose signature does not hold is kept on the ladder and changes nothing else.
    pub(super) fn acknowledge(
        &mut self,
        acknowledgement: &Acknowledgement,
        signature: Result<(), String>,
        seen: UtcTime,
    ) -> Heard {
        let key = &acknowledgement.key;
        let Some(held) = self.held.get(key) else { return Heard::UnknownDispatch };
        if held.state.dispatch().is_none_or(|d| d.unit != acknowledgement.unit) {
            return Heard::OtherUnit;
        }
        let first = held.state.revisions.first().map(|r| r.signed.dispatch.revision);
        let last = held.state.revisions.last().map(|r| r.signed.dispatch.revision);
        if last.is_none_or(|last| acknowledgement.revision > last) {
            return Heard::UnknownRevision;
        }
        let holds = signature.is_ok();
        let known = held.state.ladder.iter().position(|g| {
            g.stage == acknowledgement.stage
                && g.revision == acknowledgement.revision
                && g.signature.is_ok() == holds
        });
        if let Some(rung) = known {
            let says_otherwise = holds && held.state.says_otherwise(rung, acknowledgement);
            let is_repeated = holds && held.state.ladder[rung].at == acknowledgement.at;
            return match (says_otherwise, is_repeated) {
                (true, _) => self.correct(rung, acknowledgement),
                (false, true) => Heard::Repeated,
                (false, false) => Heard::Known,
            };
        }
        if holds && first.is_some_and(|first| acknowledgement.revision >= first) {
            // Whoever acknowledges it has fetched it: the VTN holds it, whatever became of its answer. In which event
            // it does is for the VTN to say, not for the FSP.
            self.change_revision(key, acknowledgement.revision, |r| {
                r.sent = r.sent.or(Some(seen));
                r.fault = None;
            });
        }
        if let Some(held) = self.held.get_mut(key) {
            held.settled = false;
            self.stirred.extend(held.fsp().cloned());
            Arc::make_mut(&mut held.state).climb(acknowledgement, signature, seen);
        }
        Heard::New
    }

    /// An FSP says again what it said before, with another content: the later word counts.
    fn correct(&mut self, rung: usize, acknowledgement: &Acknowledgement) -> Heard {
        let Some(held) = self.held.get_mut(&acknowledgement.key) else { return Heard::UnknownDispatch };
        held.settled = false;
        self.stirred.extend(held.fsp().cloned());
        let state = Arc::make_mut(&mut held.state);
        if let Some(rung) = state.ladder.get_mut(rung) {
            rung.reason = acknowledgement.reason;
            rung.detail = acknowledgement.detail_words();
            rung.reached_at = acknowledgement.reached_at;
        }
        if let Some(compared) = state.compared(acknowledgement) {
            state.readback = Some(Arc::new(compared));
        }
        Heard::Corrected
    }

    /// A minute was metered against a dispatch.
    pub(super) fn metered(&mut self, key: &DispatchKey, reading: Reading) {
        let Some(held) = self.held.get_mut(key) else { return };
        let told_before = held.state.readings.range(reading.at, reading.at).next() == Some(reading);
        if !told_before {
            Arc::make_mut(&mut held.state).readings.push(reading);
            held.unmarked = true;
            self.stirred.extend(held.fsp().cloned());
        }
    }

    /// A minute's reactive power was metered against a dispatch: `kvar` up to `at`, seconds of UTC.
    pub(super) fn metered_reactive(&mut self, key: &DispatchKey, at: f64, kvar: f64) {
        let Some(held) = self.held.get_mut(key) else { return };
        let reading = Reading { at, kw: kvar };
        if held.state.reactive.range(at, at).next() != Some(reading) {
            Arc::make_mut(&mut held.state).reactive.push(reading);
        }
    }

    /// The FSPs of whose dispatches something was asked or heard since this was last asked.
    pub(super) fn take_stirred(&mut self) -> BTreeSet<FspId> {
        std::mem::take(&mut self.stirred)
    }

    /// Those who have dispatches, in order.
    pub(super) fn fsps(&self) -> impl Iterator<Item = &FspId> {
        self.of_fsp.keys()
    }

    /// An FSP's dispatches, in order of key.
    pub(super) fn of_fsp(&self, fsp: &FspId) -> impl Iterator<Item = &Arc<DispatchState>> {
        self.of_fsp.get(fsp).into_iter().flatten().filter_map(|key| self.get(key))
    }

    /// Looks at every dispatch of an FSP at an instant. Answers whether any stands otherwise than before.
    pub(super) fn settle_of(&mut self, fsp: &FspId, now: UtcTime) -> bool {
        let mut changed = false;
        for key in self.of_fsp.get(fsp).into_iter().flatten() {
            changed |= settle(&mut self.held, &mut self.dues, key, now);
        }
        changed
    }

    /// Looks at every dispatch at an instant.
    #[cfg(test)]
    pub(super) fn settle(&mut self, now: UtcTime) -> bool {
        let fsps: Vec<FspId> = self.fsps().cloned().collect();
        fsps.iter().fold(false, |changed, fsp| self.settle_of(fsp, now) | changed)
    }

    /// Marks each dispatch of an FSP that has begun: once a minute while readings come, and when it ends. Answers whether
    /// any mark is another than before.
    pub(super) fn mark_of<'a>(
        &mut self,
        fsp: &FspId,
        now: UtcTime,
        baseline: impl Fn(&DispatchUnit) -> Option<&'a Baseline>,
    ) -> bool {
        let mut changed = false;
        for key in self.of_fsp.get(fsp).into_iter().flatten() {
            let Some(held) = self.held.get_mut(key).filter(|h| h.is_to_be_marked(now)) else { continue };
            let Some(baseline) = held.state.dispatch().and_then(|d| baseline(&d.unit)) else { continue };
            let score = marks::scorecard(&held.state, baseline, now);
            held.marked = Some(now);
            held.unmarked = false;
            if score.as_ref() != held.state.score.as_deref() {
                Arc::make_mut(&mut held.state).score = score.map(Arc::new);
                changed = true;
            }
        }
        changed
    }

    /// Marks every dispatch.
    #[cfg(test)]
    pub(super) fn mark<'a>(
        &mut self,
        now: UtcTime,
        baseline: impl Fn(&DispatchUnit) -> Option<&'a Baseline>,
    ) -> bool {
        let fsps: Vec<FspId> = self.fsps().cloned().collect();
        fsps.iter().fold(false, |changed, fsp| self.mark_of(fsp, now, &baseline) | changed)
    }

    /// What was delivered of a dispatch is in the journal.
    pub(super) fn reckoned(&mut self, key: &DispatchKey) {
        if let Some(held) = self.held.get_mut(key) {
            held.reckoned = true;
        }
    }

    /// At most so many of those that were over at an instant, and whose delivery is not in the journal. `settles_s`: for how
    /// long readings of an FSP's may still come, seconds.
    pub(super) fn to_reckon(
        &self,
        until: UtcTime,
        most: usize,
        settles_s: impl Fn(&FspId) -> i64,
    ) -> Vec<Arc<DispatchState>> {
        let may_be_over = |state: &DispatchState| {
            let mut dispatches = state.revisions.iter().map(|r| &r.signed.dispatch);
            dispatches.any(|d| d.status.is_stop() || d.service_end < until)
        };
        let is_over = |held: &&Held| {
            let state = &held.state;
            let settles_s = held.fsp().map_or(0, &settles_s);
            may_be_over(state) && marks::over_at(state).is_some_and(|over| over + settles_s <= until)
        };
        let open = self.held.values().filter(|held| !held.reckoned).filter(is_over);
        open.take(most).map(|held| Arc::clone(&held.state)).collect()
    }

    /// The next instant after `after` at which time alone may change how an FSP's dispatches stand.
    pub(super) fn next_change(&self, fsp: &FspId, after: UtcTime) -> Option<UtcTime> {
        let keys = self.of_fsp.get(fsp).into_iter().flatten();
        let held = keys.filter_map(|key| self.held.get(key));
        held.filter_map(|held| held.next_change(after)).min()
    }

    /// The next instant after `now` at which something becomes overdue.
    pub(super) fn next_due(&self, now: UtcTime) -> Option<UtcTime> {
        self.dues.range((Bound::Excluded(now), Bound::Unbounded)).next().map(|(due, _)| *due)
    }
}

/// Looks at one dispatch at an instant, and counts when it becomes overdue. Answers whether it stands otherwise than before.
fn settle(
    held: &mut BTreeMap<DispatchKey, Held>,
    dues: &mut BTreeMap<UtcTime, usize>,
    key: &DispatchKey,
    now: UtcTime,
) -> bool {
    let Some(held) = held.get_mut(key).filter(|held| !held.settled) else { return false };
    let before = held.state.due;
    let changed = held.settle(now);
    if held.state.due != before {
        if let Some(before) = before {
            count_down(dues, before);
        }
        if let Some(due) = held.state.due {
            *dues.entry(due).or_default() += 1;
        }
    }
    changed
}

fn count_down(dues: &mut BTreeMap<UtcTime, usize>, due: UtcTime) {
    if let Some(count) = dues.get_mut(&due) {
        *count -= 1;
        if *count == 0 {
            dues.remove(&due);
        }
    }
}

fn is_long_over(end: UtcTime, now: UtcTime) -> bool {
    end + KEPT_AFTER_S < now
}

impl Held {
    fn fsp(&self) -> Option<&FspId> {
        self.state.dispatch().map(|dispatch| &dispatch.unit.fsp)
    }

    /// The next instant after `after` at which time alone may change how it stands, what is wrong with it or its marks.
    fn next_change(&self, after: UtcTime) -> Option<UtcTime> {
        let state = &self.state;
        let of_windows = state.revisions.iter().flat_map(|revision| {
            let dispatch = &revision.signed.dispatch;
            let (start, end) = (dispatch.service_start, dispatch.service_end);
            [start - LOOKED_AT_BEFOREHAND_S, start, end, end + self.limits.usual_s()]
        });
        let open = state.dispatch().filter(|_| state.is_open());
        let metering =
            open.map(|dispatch| marks::metered_until(state, dispatch) + marks::METERING_AFTER_S + 1);
        let marking = self.marked.filter(|_| self.unmarked).map(|at| at.floor_to_minute() + 60);
        let others = [state.due, metering, marking].into_iter().flatten();
        of_windows.chain(others).filter(|at| *at > after).min()
    }

    fn new(key: DispatchKey, limits: AckLimits) -> Self {
        let state = DispatchState {
            key,
            revisions: Vec::new(),
            phase: Phase::Sending,
            in_force: None,
            ladder: Vec::new(),
            readback: None,
            due: None,
            awaited: None,
            readings: Series::default(),
            reactive: Series::default(),
            score: None,
        };
        let (touched, unmarked, marked) = (0, true, None);
        Self { state: Arc::new(state), limits, touched, unmarked, marked, settled: false, reckoned: false }
    }

    fn settle(&mut self, now: UtcTime) -> bool {
        let Standing { phase, in_force, awaited } = standing::standing(&self.state, self.limits, now);
        let (awaited, due) = awaited.map_or((None, None), |a| (Some(a.words), Some(a.due)));
        let state = &self.state;
        let changed =
            (state.phase, state.in_force, state.due, &state.awaited) != (phase, in_force, due, &awaited);
        if changed {
            if state.phase != phase {
                self.unmarked = true;
            }
            let state = Arc::make_mut(&mut self.state);
            (state.phase, state.in_force, state.due, state.awaited) = (phase, in_force, due, awaited);
        }
        self.settled = !self.state.is_open();
        changed
    }

    fn is_to_be_marked(&self, now: UtcTime) -> bool {
        if !self.unmarked && !self.may_have_ended_since_marked(now) {
            return false;
        }
        let Some((start, end)) = marks::window(&self.state) else { return false };
        let begun = now >= start && now <= end + MARKED_AFTER_S;
        let minute_passed = self.marked.is_none_or(|at| now.floor_to_minute() > at.floor_to_minute());
        // The last mark counts the whole window, however late it is made.
        let last = self.marked.is_some_and(|at| at < end) && now >= end;
        (begun && self.unmarked && minute_passed) || last || (self.unmarked && self.settled && self.begun())
    }

    /// Whether its window may have ended between its last mark and now: a look at its revisions, whichever took effect.
    fn may_have_ended_since_marked(&self, now: UtcTime) -> bool {
        let mut ends = self.state.revisions.iter().map(|r| r.signed.dispatch.service_end);
        self.marked.is_some_and(|marked| ends.any(|end| marked < end && end <= now))
    }

    fn begun(&self) -> bool {
        !self.state.readings.is_empty()
    }
}
