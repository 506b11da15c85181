//! A session that lasts for days.

use super::*;
use crate::desk::marks::seconds;
use crate::desk::testing::{at, fleet_of, parts, register_of, says, setpoint, signed};
use crate::dispatch::{DispatchKey, DispatchParts, DispatchUnit, Setpoint, Stage, Status};
use crate::journal::Journal;
use crate::openadr::mapping::UnitPulse;
use crate::power::{Reading, UnitPhase};

const UNITS: usize = 10;
const DAY_S: i64 = 86_400;
const HOUR_S: i64 = 3600;

/// What a desk holds, by kind.
#[derive(Debug, PartialEq)]
struct Held {
    unit_readings: usize,
    charges: usize,
    seen_revisions: usize,
    dispatches: usize,
    rungs: usize,
    dispatch_readings: usize,
    alarms: usize,
    outcomes: usize,
    journal_tail: usize,
}

impl Held {
    fn of(snapshot: &Snapshot) -> Self {
        let (units, dispatches) = (&snapshot.units, &snapshot.dispatches);
        Self {
            unit_readings: units.iter().map(|u| u.readings.len()).sum(),
            charges: units
                .iter()
                .map(|u| u.charge.between(at("00:00"), at("00:00") + 100 * DAY_S).count())
                .sum(),
            seen_revisions: units.iter().map(|u| u.revisions.len()).sum(),
            dispatches: dispatches.len(),
            rungs: dispatches.iter().map(|d| d.ladder.len()).sum(),
            dispatch_readings: dispatches.iter().map(|d| d.readings.len()).sum(),
            alarms: snapshot.alarms.len(),
            outcomes: snapshot.outcomes.len(),
            journal_tail: snapshot.journal_tail.len(),
        }
    }

    fn counts(&self) -> [usize; 9] {
        let Self { unit_readings, charges, seen_revisions, dispatches, rungs, .. } = *self;
        let Self { dispatch_readings, alarms, outcomes, journal_tail, .. } = *self;
        [
            unit_readings,
            charges,
            seen_revisions,
            dispatches,
            rungs,
            dispatch_readings,
            alarms,
            outcomes,
            journal_tail,
        ]
    }
}

/// A desk whose units report every ten seconds and deliver an hour in two, round the clock.
struct Session {
    state: State,
    units: Vec<DispatchUnit>,
}

impl Session {
    fn new() -> Self {
        let register = register_of(&fleet_of(UNITS));
        let units = register.units().iter().map(|u| u.unit.clone()).collect();
        let health = Health::new("http://vtn", at("00:00"), 2.0);
        let record = Record::new(Journal::in_memory().unwrap());
        Self { state: State::new(register, record, health, Mode::Training, at("00:00")), units }
    }

    fn hour(&mut self, start: UtcTime, number: u64) {
        if number.is_multiple_of(2) {
            for (index, unit) in self.units.clone().iter().enumerate() {
                self.deliver(start, unit, &format!("EMID-{number}-{index}"), number);
            }
        }
        for second in (0..HOUR_S).step_by(10) {
            let now = start + second;
            self.state.links.news(now);
            self.state.health.answered(now, std::time::Duration::from_millis(3));
            for unit in &self.units {
                self.state.client_heard(&unit.fsp, now);
                let pulse = UnitPulse {
                    unit: unit.clone(),
                    phase: UnitPhase::Off,
                    kw: 1.0,
                    soc: Some(0.5),
                    alive: true,
                };
                self.state.links.pulse(unit, now, true);
                self.state.units.pulse(&pulse, now);
            }
            if second % 600 == 0 {
                self.state.settle(now);
                self.state.record.save().unwrap();
                let seen: Vec<u64> = self.state.alarms.in_order().iter().map(|a| a.id).collect();
                self.state.acknowledge_alarms(now, &seen);
                self.state.snapshot(now);
            }
        }
    }

    fn deliver(&mut self, start: UtcTime, unit: &DispatchUnit, dispatch_ref: &str, number: u64) {
        let end = start + HOUR_S;
        let parts = DispatchParts {
            dispatch_ref: dispatch_ref.parse().unwrap(),
            unit: unit.clone(),
            instruction_time: start,
            service_start: start,
            service_end: end,
            setpoints: vec![Setpoint { at: start, ..setpoint("17:00", 2000) }],
            ..parts(1, Status::RunNow)
        };
        let signed = signed(parts);
        let (key, revision) = (signed.dispatch.key(), signed.dispatch.revision);
        let limits = self.state.register.ack_limits(&signed.dispatch);
        self.state.book.begin(signed.clone(), limits);
        self.state.book.sent(&key, revision, &format!("event-{dispatch_ref}"), start);
        for stage in [Stage::Received, Stage::Accepted, Stage::Started, Stage::AtSetpoint, Stage::Ended] {
            let when = if stage == Stage::Ended { end } else { start };
            let mut said = says(&signed.dispatch, stage, "12:00");
            said.at = when;
            self.state.book.acknowledge(&said, Ok(()), when);
        }
        for minute in 1..=60 {
            self.state
                .book
                .metered(&key, Reading { at: seconds(start) + f64::from(minute) * 60.0, kw: 2000.0 });
        }
        self.state.units.seen(unit, &key, revision);
        self.state.outcome(start, CommandNumber(number), "send", Ok("the VTN has it".to_owned()));
    }
}

#[test]
fn a_desk_that_runs_for_a_week_holds_no_more_than_after_five_days() {
    let mut session = Session::new();
    let mut held = Vec::new();
    for hour in 0..7 * 24_u64 {
        let start = at("00:00") + i64::try_from(hour).unwrap() * HOUR_S;
        session.hour(start, hour);
        if hour % 24 == 23 {
            held.push(Held::of(&session.state.snapshot(start + HOUR_S)));
        }
    }
    for (day, held) in held.iter().enumerate() {
        println!("{UNITS} units, after day {}: {held:?}", day + 1);
    }
    let (fifth, last) = (held[4].counts(), held[6].counts());
    for (before, after) in fifth.into_iter().zip(last) {
        // Chunks of readings go whole.
        assert!(after <= before + before / 5, "{:#?}\n{:#?}", held[4], held[6]);
    }
    let used = DispatchKey { dispatch_ref: "EMID-0-0".parse().unwrap(), ..parts_key() };
    assert!(session.state.book.get(&used).is_none() && session.state.book.is_past(&used));
    let again = session.state.desk(at("12:00") + 7 * DAY_S).send(DispatchParts {
        dispatch_ref: used.dispatch_ref,
        unit: session.units[0].clone(),
        ..parts(1, Status::Run)
    });
    assert!(again.unwrap_err().words.contains("was used for a dispatch that is over"), "its ref is not free");
}

fn parts_key() -> DispatchKey {
    signed(parts(1, Status::Run)).dispatch.key()
}
