//! One alarm through its life: raised, acknowledged, cleared, come again, put aside. Pure.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::cause::{Cause, Condition};
use super::kept::Kept;
use crate::desk::rationale::AlarmKind;
use crate::desk::snapshot::{Alarm, Shelved, Silent};
use crate::time::UtcTime;

/// An alarm and what it stands for.
pub(super) struct Held {
    pub(super) cause: Cause,
    alarm: Arc<Alarm>,
    pub(super) occurrences: u32,
    children: BTreeMap<Cause, Arc<Silent>>,
    /// It came as an event: only a person's notice ends it.
    pub(super) latched: bool,
}

/// What became of an alarm whose cause holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Became {
    AsItWas,
    /// Its words are others.
    Reworded,
    Again,
    Graver,
    LessGrave,
}

impl Became {
    /// For the journal, where it is worth a line.
    pub(super) fn words(self) -> Option<&'static str> {
        match self {
            Self::AsItWas | Self::Reworded => None,
            Self::Again => Some("came again"),
            Self::Graver => Some("became graver"),
            Self::LessGrave => Some("became less grave"),
        }
    }
}

impl Held {
    pub(super) fn new(now: UtcTime, id: u64, condition: &Condition) -> Self {
        let kind = agreed(condition);
        let alarm = Alarm {
            id,
            kind,
            priority: condition.priority,
            text: condition.text.clone(),
            source: condition.source.clone(),
            unit: condition.unit.clone(),
            dispatch: condition.dispatch.clone(),
            raised: now,
            active: true,
            acknowledged: None,
            count: 1,
            silent: Arc::default(),
            shelved: None,
        };
        Self {
            cause: condition.cause.clone(),
            alarm: Arc::new(alarm),
            occurrences: 1,
            children: BTreeMap::new(),
            latched: false,
        }
    }

    /// As it stood when an earlier session ended.
    pub(super) fn recalled(cause: Cause, kept: &Kept) -> Self {
        let alarm = Alarm {
            id: kept.alarm,
            kind: cause.kind(),
            priority: kept.priority,
            text: kept.text.clone(),
            source: kept.source.clone(),
            unit: kept.unit.clone(),
            dispatch: kept.dispatch.clone(),
            raised: kept.raised,
            active: kept.active,
            acknowledged: kept.acknowledged,
            count: kept.occurrences,
            silent: Arc::default(),
            shelved: kept.shelved.clone(),
        };
        Self {
            cause,
            alarm: Arc::new(alarm),
            occurrences: kept.occurrences,
            children: BTreeMap::new(),
            latched: kept.latched,
        }
    }

    pub(super) fn alarm(&self) -> &Arc<Alarm> {
        &self.alarm
    }

    /// Whether it stands in the list and waits for notice.
    pub(super) fn calls(&self) -> bool {
        self.alarm.active && self.alarm.acknowledged.is_none() && self.alarm.shelved.is_none()
    }

    /// Whether nothing of it is left to be seen.
    pub(super) fn is_done(&self) -> bool {
        !self.alarm.active && self.alarm.acknowledged.is_some() && self.alarm.shelved.is_none()
    }

    /// It holds still.
    pub(super) fn goes_on(&mut self, condition: &Condition) -> Became {
        let (before, after) = (self.alarm.priority, condition.priority);
        if before == after && self.alarm.text == condition.text && self.alarm.dispatch == condition.dispatch {
            return Became::AsItWas;
        }
        agreed(condition);
        let alarm = Arc::make_mut(&mut self.alarm);
        alarm.priority = after;
        alarm.text.clone_from(&condition.text);
        alarm.dispatch.clone_from(&condition.dispatch);
        if after < before && alarm.shelved.is_none() {
            alarm.acknowledged = None;
        }
        match after.cmp(&before) {
            Ordering::Less => Became::Graver,
            Ordering::Equal => Became::Reworded,
            Ordering::Greater => Became::LessGrave,
        }
    }

    /// It has come once more. On the shelf it stays there, and asks nobody for notice.
    pub(super) fn again(&mut self, now: UtcTime, condition: &Condition) -> &Arc<Alarm> {
        agreed(condition);
        self.occurrences = self.occurrences.saturating_add(1);
        let count = self.count();
        let alarm = Arc::make_mut(&mut self.alarm);
        if !alarm.active {
            alarm.raised = now;
        }
        alarm.active = true;
        if alarm.shelved.is_none() {
            alarm.acknowledged = None;
        }
        alarm.priority = condition.priority;
        alarm.text.clone_from(&condition.text);
        alarm.unit.clone_from(&condition.unit);
        alarm.dispatch.clone_from(&condition.dispatch);
        alarm.count = count;
        &self.alarm
    }

    /// A person takes notice; whether nobody had before.
    pub(super) fn acknowledge(&mut self, now: UtcTime) -> bool {
        if self.alarm.acknowledged.is_some() {
            return false;
        }
        let alarm = Arc::make_mut(&mut self.alarm);
        alarm.acknowledged = Some(now);
        alarm.active &= !self.latched;
        true
    }

    /// Its cause is gone; whether it was there.
    pub(super) fn clear(&mut self) -> bool {
        if !self.alarm.active || self.latched {
            return false;
        }
        Arc::make_mut(&mut self.alarm).active = false;
        true
    }

    /// A person puts it aside, and has taken notice by that.
    pub(super) fn put_aside(&mut self, now: UtcTime, shelved: Shelved) {
        self.acknowledge(now);
        Arc::make_mut(&mut self.alarm).shelved = Some(shelved);
    }

    /// It comes back from the shelf; `to_be_noticed` when no person brought it back. What nobody's notice would end
    /// otherwise asks for notice.
    pub(super) fn come_back(&mut self, to_be_noticed: bool) {
        let to_be_noticed = to_be_noticed || self.latched;
        let alarm = Arc::make_mut(&mut self.alarm);
        alarm.shelved = None;
        if to_be_noticed && alarm.active {
            alarm.acknowledged = None;
        }
    }

    /// Explains another one. Answers whether that is news.
    pub(super) fn silence(&mut self, now: UtcTime, condition: &Condition) -> bool {
        let known = self.children.get(&condition.cause);
        let is_same = |child: &Arc<Silent>| {
            !child.over && child.priority == condition.priority && child.text == condition.text
        };
        if known.is_some_and(is_same) {
            return false;
        }
        let silent = Silent {
            kind: condition.cause.kind(),
            priority: condition.priority,
            text: condition.text.clone(),
            since: known.filter(|child| !child.over).map_or(now, |child| child.since),
            over: false,
        };
        self.children.insert(condition.cause.clone(), Arc::new(silent));
        true
    }

    /// One that it explained is gone, or speaks for itself.
    pub(super) fn is_over(&mut self, child: &Cause) {
        if let Some(child) = self.children.get_mut(child) {
            Arc::make_mut(child).over = true;
        }
    }

    /// Shows what it stands for: told once for however many have become silent.
    pub(super) fn show_children(&mut self) {
        let count = self.count();
        if self.children.is_empty() && self.alarm.count == count {
            return;
        }
        let alarm = Arc::make_mut(&mut self.alarm);
        alarm.count = count;
        alarm.silent = self.children.values().cloned().collect();
    }

    fn count(&self) -> u32 {
        self.occurrences.saturating_add(u32::try_from(self.children.len()).unwrap_or(u32::MAX))
    }
}

/// The kind of a condition, whose priority is one that the rationalised list has for it.
fn agreed(condition: &Condition) -> AlarmKind {
    let kind = condition.cause.kind();
    debug_assert!(
        kind.rationale().priorities.contains(&condition.priority),
        "{kind:?} has no {:?} in the rationalised list: {}",
        condition.priority,
        condition.text
    );
    kind
}
