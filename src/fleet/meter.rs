//! Delivered power: every minute of every unit with a dispatch, on one report for each five minutes: a
//! report is sent again with each of its minutes, and a long one costs everyone who reads it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::dispatch::{DispatchKey, DispatchUnit, OperatorId};
use crate::openadr::client::{Client, ClientError};
use crate::openadr::mapping::{self, MinuteReading};
use crate::openadr::wire::Report;
use crate::time::UtcTime;

use super::controller::seconds;
use super::fault::Manner;
use super::outbox::is_final;
use super::provider::{Metered, Provider};
use super::recall::Told;
use super::route::{Place, Route, Vtn};

/// The time that one report covers, seconds.
const SHEET_S: i64 = 300;
/// So many reports are kept, a day of them, for a VTN that does not answer or for another that takes its place; older ones
/// are given up.
const MOST_SHEETS: usize = 288;
/// For so long what was read for a VTN waits while another is polled, seconds.
const STRAYS_KEPT_S: i64 = 24 * 3600;

/// A unit's minutes for one event.
#[derive(Debug)]
struct Log {
    dispatch: DispatchKey,
    /// The end of the last minute that was read.
    read_to: UtcTime,
    sheets: VecDeque<Sheet>,
}

/// Five minutes: one report at the VTN.
#[derive(Debug)]
struct Sheet {
    number: i64,
    minutes: Vec<MinuteReading>,
    /// Those that are marked bad.
    bad: Vec<usize>,
    report_id: Option<String>,
    is_sent: bool,
}

/// The metering of one line's units.
#[derive(Debug, Default)]
pub(super) struct Meter {
    logs: BTreeMap<(Place, DispatchUnit), Log>,
}

impl Meter {
    /// Reads every whole minute up to `now`.
    pub(super) fn read(&mut self, provider: &Provider, route: &Route, now: UtcTime) {
        let last = now.floor_to_minute();
        let mut metered_now = BTreeSet::new();
        for metered in provider.metered(route) {
            let unit = metered.controller.unit().unit.clone();
            let key = (metered.place.clone(), unit);
            metered_now.insert(key.clone());
            let from = metered.from.floor_to_minute();
            if !self.logs.contains_key(&key) && from + 60 > last {
                // Its first minute is still to come, and an amendment may yet move it.
                continue;
            }
            if !self.logs.contains_key(&key) {
                let log = self.take_over(&metered, &key.1).unwrap_or_else(|| Log {
                    dispatch: metered.key.clone(),
                    read_to: from,
                    sheets: VecDeque::new(),
                });
                self.logs.insert(key.clone(), log);
            }
            let Some(log) = self.logs.get_mut(&key) else { continue };
            while log.read_to + 60 <= last.min(metered.until) {
                log.read_to = log.read_to + 60;
                if let Some((minute, is_bad)) = metered.controller.minute_of(metered.key, log.read_to) {
                    log.push(minute, is_bad, log.read_to);
                }
            }
        }
        self.logs.retain(|key, log| {
            let is_wanted = key.0.vtn == route.vtn || log.read_to + STRAYS_KEPT_S > now;
            metered_now.contains(key) || (is_wanted && log.sheets.iter().any(|s| !s.is_sent))
        });
    }

    /// Takes up what was told a line's VTN before the FSP was started: that is not sent again, and five minutes that were
    /// begun are gone on with.
    pub(super) fn take_up(&mut self, provider: &Provider, route: &Route, told: Vec<Told>) {
        let dispatches: BTreeMap<(Place, DispatchUnit), DispatchKey> = provider
            .metered(route)
            .map(|m| ((m.place.clone(), m.controller.unit().unit.clone()), m.key.clone()))
            .collect();
        for told in told {
            let key = (route.place(&told.event_id), told.unit);
            let (Some(dispatch), Some(last)) = (dispatches.get(&key), told.minutes.last()) else { continue };
            let last = whole(last.reading.at);
            let log = self.logs.entry(key).or_insert_with(|| Log {
                dispatch: dispatch.clone(),
                read_to: last,
                sheets: VecDeque::new(),
            });
            log.read_to = last.max(log.read_to);
            let number = told.minutes.first().map_or(0, |minute| sheet_of(whole(minute.reading.at)));
            log.sheets.push_back(Sheet {
                number,
                minutes: told.minutes,
                bad: told.bad,
                report_id: Some(told.report_id),
                is_sent: true,
            });
        }
        for log in self.logs.values_mut() {
            log.sheets.make_contiguous().sort_by_key(|sheet| sheet.number);
        }
    }

    /// What was read of a dispatch while it was reported to another VTN: all of it is to be sent to this one.
    fn take_over(&mut self, metered: &Metered<'_>, unit: &DispatchUnit) -> Option<Log> {
        let is_it = |(place, of): &(Place, DispatchUnit), log: &Log| {
            log.dispatch == *metered.key && of == unit && place.vtn != metered.place.vtn
        };
        let key = self.logs.iter().find(|(key, log)| is_it(key, log)).map(|(key, _)| key.clone())?;
        let mut log = self.logs.remove(&key)?;
        for sheet in &mut log.sheets {
            (sheet.report_id, sheet.is_sent) = (None, false);
        }
        Some(log)
    }

    /// Takes out what is metered for an operator.
    pub(super) fn part(&mut self, operator: &OperatorId) -> Self {
        let logs = std::mem::take(&mut self.logs);
        let (own, rest) = logs.into_iter().partition(|(_, log)| log.dispatch.operator == *operator);
        self.logs = rest;
        Self { logs: own }
    }

    /// When the next minute of any unit is whole; `now` has been read.
    pub(super) fn next_minute(&self, provider: &Provider, route: &Route, now: UtcTime) -> Option<UtcTime> {
        let this_minute = now.floor_to_minute();
        let next = |m: Metered<'_>| {
            let end = m.from.floor_to_minute().max(this_minute) + 60;
            (end <= m.until).then_some(end)
        };
        provider.metered(route).filter_map(next).min()
    }

    /// Whether every minute that was read for a VTN is there.
    pub(super) fn is_sent(&self, vtn: &Vtn) -> bool {
        let mut logs = self.logs.iter().filter(|((place, _), _)| place.vtn == *vtn);
        logs.all(|(_, log)| log.sheets.iter().all(|sheet| sheet.is_sent))
    }

    /// Sends a VTN the first report that has minutes unsent.
    ///
    /// # Errors
    /// When trying again later can help; the minutes are kept.
    pub(super) async fn send_first(
        &mut self,
        vtn: &Vtn,
        client: &Client,
        manner: Manner,
    ) -> Result<(), ClientError> {
        let mut logs = self.logs.iter_mut().filter(|((place, _), _)| place.vtn == *vtn);
        let unsent = logs.find(|(_, log)| log.sheets.iter().any(|s| !s.is_sent));
        let Some(((place, unit), log)) = unsent else { return Ok(()) };
        if let Some(sheet) = log.sheets.iter_mut().find(|s| !s.is_sent) {
            sheet.send(client, &place.event_id, unit, manner).await?;
        }
        Ok(())
    }
}

impl Log {
    fn push(&mut self, minute: MinuteReading, is_bad: bool, end: UtcTime) {
        let number = sheet_of(end);
        match self.sheets.back_mut().filter(|sheet| sheet.number == number) {
            Some(sheet) => {
                sheet.bad.extend(is_bad.then_some(sheet.minutes.len()));
                sheet.minutes.push(minute);
                sheet.is_sent = false;
            }
            None => self.sheets.push_back(Sheet {
                number,
                minutes: vec![minute],
                bad: is_bad.then_some(0).into_iter().collect(),
                report_id: None,
                is_sent: false,
            }),
        }
        if self.sheets.len() > MOST_SHEETS && self.sheets.pop_front().is_some_and(|oldest| !oldest.is_sent) {
            tracing::warn!("the VTN has not taken readings for a day; the oldest five minutes are given up");
        }
    }
}

impl Sheet {
    async fn send(
        &mut self,
        client: &Client,
        event_id: &str,
        unit: &DispatchUnit,
        manner: Manner,
    ) -> Result<(), ClientError> {
        let minutes: Vec<MinuteReading> = self.minutes.iter().map(|minute| timed(*minute, manner)).collect();
        let mut report = mapping::report_from_readings(event_id, unit, &minutes);
        mapping::mark_bad(&mut report, &self.bad);
        let sent = match &self.report_id {
            Some(id) => client.put_report(id, &report).await,
            None => {
                let first = minutes.first().map(|m| m.reading.at);
                let filed = client.post_report(&report, |other| is_on(other, event_id, unit, first)).await;
                filed.map(|report| self.report_id = report.meta.id)
            }
        };
        match sent {
            Ok(()) => {}
            Err(ClientError::Refused { status: 404, .. }) if self.report_id.is_some() => {
                // The VTN has lost it: filed anew with the next attempt.
                self.report_id = None;
                return Ok(());
            }
            Err(error) if is_final(&error) => {
                tracing::error!(%unit, event = event_id, %error, "the VTN refuses readings; given up");
            }
            Err(error) => return Err(error),
        }
        self.is_sent = true;
        Ok(())
    }
}

/// The sheet of the minute that ends then.
fn sheet_of(end: UtcTime) -> i64 {
    (end.unix() - 60).div_euclid(SHEET_S)
}

/// Whether a report at the VTN is the sheet that begins with that minute.
fn is_on(report: &Report, event_id: &str, unit: &DispatchUnit, first: Option<f64>) -> bool {
    report.event_id == event_id
        && mapping::readings_from(report)
            .first()
            .is_some_and(|(of, minute)| of == unit && Some(minute.reading.at) == first)
}

/// A minute by the FSP's own clock.
fn timed(mut minute: MinuteReading, manner: Manner) -> MinuteReading {
    minute.reading.at = seconds(manner.says(whole(minute.reading.at)));
    minute
}

#[expect(clippy::cast_possible_truncation, reason = "a cast of f64 to i64 saturates")]
fn whole(at: f64) -> UtcTime {
    UtcTime::from_unix(at.round() as i64)
}
