//! Reckoning up: what was delivered of a dispatch that is over, by the readings that had come, is written into the journal once.

use std::collections::BTreeMap;

use super::engine::Engine;
use super::memory::{Memory, Remembered};
use super::snapshot::DispatchState;
use super::state::State;
use crate::dispatch::{Dispatch, DispatchKey, DispatchUnit, FspId, Revision, Status};
use crate::journal::{Delivered, Delivery, DeliveryScore, Entry, EntryKind};
use crate::power::{Baseline, Series};
use crate::profile::products::Products;
use crate::time::UtcTime;
use crate::units::grouped;

/// For so long after its end readings of a dispatch may still come, seconds; or two intervals in which its FSP reports,
/// where that is longer.
const SETTLES_S: i64 = 120;

/// So many are reckoned up at a time.
const MOST: usize = 128;

/// How it ended, where the FSP has not said so.
const NO_END: &str = "no end was told";

impl Engine {
    /// Writes down what was delivered of each dispatch that was over when the VTN last told everything.
    pub(super) fn reckon(&mut self, now: UtcTime) {
        let Some(told) = self.told else { return };
        let settles_s = |fsp: &FspId| SETTLES_S.max(2 * i64::from(self.state.register.poll_seconds(fsp)));
        let over = self.state.book.to_reckon(told, MOST, settles_s);
        for state in over {
            let unit = state.dispatch().map(|dispatch| dispatch.unit.clone());
            let baseline = unit.as_ref().and_then(|unit| self.state.register.baseline(unit));
            let delivery = state.delivery(baseline, now);
            self.state.note_delivery(now, unit, &delivery);
            self.state.book.reckoned(&state.key);
            self.changed = true;
        }
    }
}

impl DispatchState {
    /// What was delivered of it as of an instant, by the readings that have come so far.
    pub fn delivery(&self, baseline: Option<&Baseline>, now: UtcTime) -> Delivery {
        let sent = self.revisions.iter().rev().find(|revision| revision.sent.is_some());
        let of = Delivered {
            key: &self.key,
            revision: sent.or(self.revisions.last()).map_or(Revision::FIRST, |r| r.signed.dispatch.revision),
            reckoned: now,
            over: if self.is_open() { NO_END } else { self.phase.word() },
            readings: &self.readings,
        };
        let Some(baseline) = baseline.filter(|baseline| baseline.fault().is_none()) else {
            return Delivery::unscored(of, "this desk does not know the unit's baseline".to_owned());
        };
        match self.marks(baseline, now).filter(|(_, minutes)| !minutes.is_empty()) {
            Some((score, minutes)) => Delivery::scored(of, &score, &minutes, &Products::built_in().payment),
            None => {
                let asks = |(_, dispatch): &(f64, &Dispatch)| {
                    dispatch.setpoints.iter().any(|setpoint| setpoint.real.is_some())
                };
                let why = if self.in_effect().iter().any(asks) {
                    "real power was asked for in no whole minute"
                } else {
                    "it asks for no real power"
                };
                Delivery::unscored(of, why.to_owned())
            }
        }
    }
}

impl State {
    /// Writes down of which dispatches nothing can be reckoned up: they were over for so long, when this session began, that
    /// nothing of them is taken up, and the session before ended too early for it.
    pub(super) fn note_what_was_missed(&mut self, now: UtcTime, memory: &Memory, long_over: &[Remembered]) {
        let Some(ended) = memory.ended else { return };
        let mut last: BTreeMap<DispatchKey, &Remembered> = BTreeMap::new();
        let was_sent = |r: &&Remembered| r.fate.as_ref().is_some_and(|(_, fate)| fate.event.is_some());
        for remembered in long_over.iter().filter(was_sent) {
            last.insert(remembered.signed.dispatch.key(), remembered);
        }
        for (key, remembered) in last {
            let dispatch = &remembered.signed.dispatch;
            let is_other = dispatch.status == Status::PreNotify || dispatch.service_end + SETTLES_S < ended;
            if is_other || memory.delivered.contains(&key) {
                continue;
            }
            let readings = Series::default();
            let of = Delivered {
                key: &key,
                revision: dispatch.revision,
                reckoned: now,
                over: NO_END,
                readings: &readings,
            };
            let why = format!("this desk was away from {ended} on, and its readings were not fetched");
            self.note_delivery(now, Some(dispatch.unit.clone()), &Delivery::unscored(of, why));
        }
    }

    fn note_delivery(&mut self, now: UtcTime, unit: Option<DispatchUnit>, delivery: &Delivery) {
        self.record.note(Entry {
            at: now,
            kind: EntryKind::Delivery,
            dispatch: Some(delivery.key()),
            unit,
            text: words(delivery),
            document: Some(delivery.to_json()),
        });
    }
}

/// `EMID-20261126-0417, ended: 3,912.4 of 4,000.0 kWh delivered (97.8 %), …`.
fn words(delivery: &Delivery) -> String {
    let of = format!("{}, {}", delivery.key().dispatch_ref, delivery.over);
    let readings = match (delivery.readings.count, delivery.readings.first, delivery.readings.last) {
        (0, ..) | (_, None, _) | (_, _, None) => "no reading was reported".to_owned(),
        (count, Some(first), Some(last)) => {
            format!("{count} minutes were reported, ending {first} to {last}, and signed by nobody")
        }
    };
    match (&delivery.score, &delivery.unscored) {
        (Some(score), _) => format!("{of}: {}; {readings}", score_words(score)),
        (None, why) => {
            format!("{of}: not scored, {}; {readings}", why.as_deref().unwrap_or("and it does not say why"))
        }
    }
}

fn score_words(score: &DeliveryScore) -> String {
    #[expect(clippy::cast_precision_loss, reason = "watt-hours of a unit fit a double exactly")]
    let kwh = |wh: i64| grouped(wh as f64 / 1000.0, 1);
    let share =
        score.of_asked.map_or_else(String::new, |share| format!(" ({} %)", grouped(share * 100.0, 1)));
    let minutes = score.minutes_metered + score.minutes_missing;
    format!(
        "{} of {} kWh delivered{share}, {} kWh beyond; {} of {minutes} minutes metered, {} within tolerance",
        kwh(score.delivered_wh),
        kwh(score.asked_wh),
        kwh(score.over_wh),
        score.minutes_metered,
        score.minutes_within,
    )
}
