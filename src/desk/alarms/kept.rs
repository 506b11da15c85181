//! Alarms over a restart: what is kept of one in the journal, and the list as it stood. What held when the session ended
//! goes on, with the notice that was taken of it, until all is known again; then what is gone is cleared. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::cause::{Area, Cause};
use super::held::Held;
use super::{Alarms, Turn};
use crate::desk::snapshot::{Alarm, Priority, Shelved};
use crate::dispatch::{DispatchKey, DispatchUnit, FspId};
use crate::time::UtcTime;

/// An alarm after something has become of it, as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::desk) struct Kept {
    pub alarm: u64,
    /// What became of it, in the journal's words.
    pub turn: String,
    pub cause: Cause,
    pub priority: Priority,
    pub text: String,
    pub source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<DispatchUnit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch: Option<DispatchKey>,
    pub raised: UtcTime,
    pub active: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<UtcTime>,
    /// How often it came.
    pub occurrences: u32,
    /// It has no end of its own.
    pub latched: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shelved: Option<Shelved>,
}

impl Kept {
    /// As of this turn.
    pub(in crate::desk) fn of(turn: &Turn) -> Self {
        let alarm: &Alarm = &turn.alarm;
        Self {
            alarm: alarm.id,
            turn: turn.words.to_owned(),
            cause: turn.cause.clone(),
            priority: alarm.priority,
            text: alarm.text.clone(),
            source: alarm.source.clone(),
            unit: alarm.unit.clone(),
            dispatch: alarm.dispatch.clone(),
            raised: alarm.raised,
            active: alarm.active,
            acknowledged: alarm.acknowledged,
            occurrences: turn.occurrences,
            latched: turn.latched,
            shelved: alarm.shelved.clone(),
        }
    }

    /// As the journal keeps it.
    pub(in crate::desk) fn to_json(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// Whether it asked a person for notice just then.
    fn called(&self) -> bool {
        let came = !matches!(self.turn.as_str(), "acknowledged" | "cleared" | "became less grave");
        came && self.active && self.acknowledged.is_none() && self.shelved.is_none()
    }

    /// Whether it was told of something that a look at everything tells again.
    fn is_of_a_report(&self) -> bool {
        matches!(self.cause, Cause::Signature(_) | Cause::Imposter(_) | Cause::Report(_) | Cause::Event(_))
    }

    /// Where it is wrong; `None` for what is of no FSP.
    fn area(&self) -> Option<Area> {
        let fsp =
            || self.unit.as_ref().map(|unit| unit.fsp.clone()).or_else(|| self.source.parse::<FspId>().ok());
        match self.cause {
            Cause::Vtn
            | Cause::OpenChannel
            | Cause::OwnCertificate
            | Cause::VtnCertificate
            | Cause::Journal
            | Cause::Desk
            | Cause::Signing(_)
            | Cause::KeyEnds(_)
            | Cause::FspKeys
            | Cause::KeyFiles
            | Cause::NobodyOn
            | Cause::SignOff => Some(Area::AtLarge),
            _ => fsp().map(Area::Of),
        }
    }
}

impl Alarms {
    /// Takes up the list of earlier sessions from what they kept, oldest first. To be followed by [`Self::confirm`] once
    /// all is known again.
    pub(in crate::desk) fn recall(&mut self, kept: Vec<(UtcTime, Kept)>) {
        let mut last: BTreeMap<Cause, Kept> = BTreeMap::new();
        for (at, kept) in kept {
            self.next = self.next.max(kept.alarm);
            if kept.called() {
                self.load.count(at, kept.priority);
            }
            if kept.is_of_a_report() {
                self.told_before.insert((kept.cause.clone(), kept.text.clone()));
            }
            last.insert(kept.cause.clone(), kept);
        }
        for (cause, kept) in last {
            self.take_up(cause, &kept);
        }
    }

    fn take_up(&mut self, cause: Cause, kept: &Kept) {
        let held = Held::recalled(cause.clone(), kept);
        if held.is_done() {
            return;
        }
        if let Some(shelved) = &kept.shelved {
            self.shelf.insert((shelved.until, cause.clone()));
        }
        if let Some(area) = kept.area().filter(|_| kept.active && !kept.latched) {
            self.standing.entry(area).or_default().speaks.insert(cause.clone());
            self.unconfirmed.insert(cause.clone());
        }
        self.ids.insert(kept.alarm, cause.clone());
        self.order.touch(&cause);
        self.held.insert(cause, held);
    }

    /// All is known again: what was not found by now is gone.
    pub(in crate::desk) fn confirm(&mut self) {
        self.told_before.clear();
        let unconfirmed = std::mem::take(&mut self.unconfirmed);
        let is_of =
            |standing: &super::Standing| unconfirmed.iter().any(|cause| standing.speaks.contains(cause));
        let areas =
            self.standing.iter().filter(|(_, standing)| is_of(standing)).map(|(area, _)| area.clone());
        self.to_judge.extend(areas);
    }

    /// Those of whom it is told that their client is lost, late ones too.
    pub(in crate::desk) fn lost_clients(&self) -> Vec<FspId> {
        let client = |(cause, held): (&Cause, &Held)| match cause {
            Cause::Client(fsp) => held.alarm().active.then(|| fsp.clone()),
            _ => None,
        };
        self.held.iter().filter_map(client).collect()
    }

    /// Whether an earlier session told of this very report, and this one has not looked at everything yet.
    pub(in crate::desk) fn was_told(&self, cause: &Cause, text: &str) -> bool {
        !self.told_before.is_empty() && self.told_before.contains(&(cause.clone(), text.to_owned()))
    }
}
