//! The alarm list: one alarm for one cause, children silent while their parent holds, and nothing lost before a person
//! has taken notice of it (life cycle of ISA-18.2). What it costs is what changes, not what stands. Pure.

mod cause;
mod held;
mod kept;
mod load;
mod order;
mod shelf;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(super) use cause::{Area, Cause, Condition};
pub(super) use kept::Kept;
pub(super) use shelf::Asked;

use self::held::{Became, Held};
use self::load::Load;
use self::order::Order;
use super::snapshot::{Alarm, AlarmLoad};
use crate::time::UtcTime;

/// What became of an alarm, for the journal.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    pub words: &'static str,
    /// By whom and why, where a person did it.
    pub by: Option<String>,
    pub alarm: Arc<Alarm>,
    pub cause: Cause,
    /// How often it came.
    pub occurrences: u32,
    /// It has no end of its own.
    pub latched: bool,
}

impl Turn {
    fn new(words: &'static str, held: &Held) -> Self {
        Self {
            words,
            by: None,
            alarm: Arc::clone(held.alarm()),
            cause: held.cause.clone(),
            occurrences: held.occurrences,
            latched: held.latched,
        }
    }
}

/// All alarms that a person should see.
#[derive(Default)]
pub(super) struct Alarms {
    held: BTreeMap<Cause, Held>,
    ids: BTreeMap<u64, Cause>,
    /// What is wrong in each area, as last told.
    standing: BTreeMap<Area, Standing>,
    /// A lost VTN silences what is heard through any FSP.
    vtn_silences: bool,
    /// When alarms come back that were put aside.
    shelf: BTreeSet<(UtcTime, Cause)>,
    /// Areas of which what was silent may have to speak.
    to_judge: BTreeSet<Area>,
    /// Those of earlier sessions that hold until all is known again.
    unconfirmed: BTreeSet<Cause>,
    /// What earlier sessions told of reports, until all is known again.
    told_before: BTreeSet<(Cause, String)>,
    order: Order,
    load: Load,
    next: u64,
    /// How many conditions were looked at.
    #[cfg(test)]
    looked_at: usize,
}

/// What is wrong in one area.
#[derive(Default)]
struct Standing {
    /// What speaks for itself.
    speaks: BTreeSet<Cause>,
    /// What is silent, and which alarm explains it.
    silent: BTreeMap<Cause, Cause>,
}

impl Alarms {
    /// Takes the whole of what is wrong in one area at this moment: raises what is new, clears what is gone. To be told
    /// when it changes, or when [`Self::areas_to_judge`] names the area; what is wrong at large before the rest.
    pub(super) fn update(&mut self, now: UtcTime, area: &Area, conditions: &[Condition]) -> Vec<Turn> {
        let found = gravest(conditions);
        #[cfg(test)]
        {
            self.looked_at += conditions.len();
        }
        if *area == Area::AtLarge {
            self.note_vtn(found.get(&Cause::Vtn).is_some_and(|vtn| vtn.silences));
        }
        let mut after = Standing::default();
        let mut turns = Vec::new();
        for cause in self.standing.get(area).into_iter().flat_map(|before| &before.speaks) {
            if self.unconfirmed.contains(cause) && !found.contains_key(cause) {
                after.speaks.insert(cause.clone());
            }
        }
        for (cause, condition) in &found {
            self.unconfirmed.remove(*cause);
            if let Some(parent) = self.silenced_by(&found, condition) {
                after.silent.insert((*cause).clone(), parent);
            } else {
                after.speaks.insert((*cause).clone());
                turns.extend(self.holds(now, condition));
            }
        }
        for (child, parent) in &after.silent {
            if let (Some(held), Some(condition)) = (self.held.get_mut(parent), found.get(child))
                && held.silence(now, condition)
            {
                self.order.touch(parent);
            }
        }
        turns.extend(self.clear_what_is_gone(area, &after));
        if after.speaks.is_empty() && after.silent.is_empty() {
            self.standing.remove(area);
        } else {
            self.standing.insert(area.clone(), after);
        }
        turns
    }

    /// Areas that are to be told again although nothing changed in them: what explained their silence is gone.
    pub(super) fn areas_to_judge(&mut self) -> BTreeSet<Area> {
        std::mem::take(&mut self.to_judge)
    }

    /// Something happened that has no end of its own: it stays until a person acknowledges it.
    pub(super) fn occurred(&mut self, now: UtcTime, condition: &Condition) -> Vec<Turn> {
        let cause = &condition.cause;
        let turns = match self.held.get_mut(cause) {
            Some(held) => {
                held.again(now, condition);
                let turn = Turn::new("came again", held);
                self.order.touch(cause);
                let back = self.back_when_graver(now, cause);
                std::iter::once(turn).chain(back).collect()
            }
            None => vec![self.raise(now, condition)],
        };
        if let Some(held) = self.held.get_mut(cause) {
            held.latched = true;
        }
        turns.into_iter().map(|turn| Turn { latched: true, ..turn }).collect()
    }

    /// Whether an alarm of this cause waits for notice already, and is as grave.
    pub(super) fn calls(&self, condition: &Condition) -> bool {
        let held = self.held.get(&condition.cause);
        held.is_some_and(|held| held.calls() && held.alarm().priority <= condition.priority)
    }

    /// A person takes notice. Answers what was acknowledged now; ids that are not known are passed over.
    pub(super) fn acknowledge(&mut self, now: UtcTime, ids: &[u64]) -> Vec<Turn> {
        let mut turns = Vec::new();
        for id in ids {
            let Some(cause) = self.ids.get(id).cloned() else { continue };
            let Some(held) = self.held.get_mut(&cause) else { continue };
            if held.acknowledge(now) {
                turns.push(Turn::new("acknowledged", held));
                self.order.touch(&cause);
                self.forget_if_over(&cause);
            }
        }
        turns
    }

    /// Time has passed: what was put aside comes back. Answers what did, and whether a flood began or ended.
    pub(super) fn pass(&mut self, now: UtcTime) -> (Vec<Turn>, bool) {
        let turns = self.take_from_shelf(now);
        (turns, self.load.pass(now))
    }

    /// Unacknowledged and active first, then unacknowledged, then the rest; by priority, then newest first. What is put
    /// aside is not among them.
    pub(super) fn in_order(&mut self) -> Arc<[Arc<Alarm>]> {
        self.order.take_in(&mut self.held);
        self.order.listed()
    }

    /// What is put aside, the next to come back first.
    pub(super) fn on_shelf(&mut self) -> Arc<[Arc<Alarm>]> {
        self.order.take_in(&mut self.held);
        self.order.shelved()
    }

    /// Whether an alarm of this cause stands, or nobody has taken notice of it yet.
    pub(super) fn has(&self, cause: &Cause) -> bool {
        self.held.contains_key(cause)
    }

    /// How many come.
    pub(super) fn load(&self) -> AlarmLoad {
        self.load.shown()
    }

    fn note_vtn(&mut self, silences: bool) {
        let spoke_again = self.vtn_silences && !silences;
        self.vtn_silences = silences;
        if spoke_again {
            self.judge_children_of(&Cause::Vtn);
        }
    }

    /// What an alarm keeps silent is to be judged anew.
    fn judge_children_of(&mut self, parent: &Cause) {
        let silent = |(_, standing): &(&Area, &Standing)| {
            standing.silent.values().any(|explained| explained == parent)
        };
        self.to_judge.extend(self.standing.iter().filter(silent).map(|(area, _)| area.clone()));
    }

    /// What silences a condition: the VTN through which all is heard, else the client through which it is heard itself.
    /// What was raised before goes on, and what was put aside silences nothing that is graver.
    fn silenced_by(&self, found: &BTreeMap<&Cause, &Condition>, condition: &Condition) -> Option<Cause> {
        let fsp = condition.heard_through.as_ref()?;
        if self.held.get(&condition.cause).is_some_and(|held| held.alarm().active) {
            return None;
        }
        let client = Cause::Client(fsp.clone());
        let vtn = self.vtn_silences.then_some(Cause::Vtn);
        let client = found.get(&client).is_some_and(|c| c.silences).then_some(client);
        let explains = |parent: &Cause| {
            let aside = self.held.get(parent).map(Held::alarm).filter(|alarm| alarm.shelved.is_some());
            *parent != condition.cause && aside.is_none_or(|alarm| alarm.priority <= condition.priority)
        };
        [vtn, client].into_iter().flatten().find(explains)
    }

    fn holds(&mut self, now: UtcTime, condition: &Condition) -> Vec<Turn> {
        let cause = &condition.cause;
        let Some(held) = self.held.get_mut(cause) else { return vec![self.raise(now, condition)] };
        let became = if held.alarm().active {
            held.goes_on(condition)
        } else {
            held.again(now, condition);
            Became::Again
        };
        if became == Became::AsItWas {
            return Vec::new();
        }
        let turn = became.words().map(|words| Turn::new(words, held));
        if matches!(became, Became::Again | Became::Graver) && held.calls() {
            self.load.count(now, condition.priority);
        }
        self.order.touch(cause);
        let back = self.back_when_graver(now, cause);
        turn.into_iter().chain(back).collect()
    }

    fn raise(&mut self, now: UtcTime, condition: &Condition) -> Turn {
        self.next += 1;
        let held = Held::new(now, self.next, condition);
        let turn = Turn::new("raised", &held);
        self.load.count(now, condition.priority);
        self.ids.insert(self.next, condition.cause.clone());
        self.held.insert(condition.cause.clone(), held);
        self.order.touch(&condition.cause);
        turn
    }

    /// Clears what spoke in an area and is gone, and tells parents whom they keep silent no more.
    fn clear_what_is_gone(&mut self, area: &Area, after: &Standing) -> Vec<Turn> {
        let Some(before) = self.standing.remove(area) else { return Vec::new() };
        for (child, parent) in &before.silent {
            if after.silent.get(child) != Some(parent)
                && let Some(held) = self.held.get_mut(parent)
            {
                held.is_over(child);
                self.order.touch(parent);
            }
        }
        let mut turns = Vec::new();
        for cause in before.speaks.difference(&after.speaks) {
            let Some(held) = self.held.get_mut(cause) else { continue };
            if held.clear() {
                turns.push(Turn::new("cleared", held));
                self.order.touch(cause);
                self.forget_if_over(cause);
            }
        }
        turns
    }

    fn forget_if_over(&mut self, cause: &Cause) {
        if self.held.get(cause).is_some_and(Held::is_done)
            && let Some(held) = self.held.remove(cause)
        {
            self.ids.remove(&held.alarm().id);
            self.order.touch(cause);
        }
    }
}

/// Each cause once: where it was found twice, as it is gravest.
fn gravest(conditions: &[Condition]) -> BTreeMap<&Cause, &Condition> {
    let mut found: BTreeMap<&Cause, &Condition> = BTreeMap::new();
    for condition in conditions {
        let known = found.entry(&condition.cause).or_insert(condition);
        if condition.priority < known.priority {
            *known = condition;
        }
    }
    found
}
