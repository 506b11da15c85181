//! The engine's end of the window: a desk with all of it, and what it publishes as time goes on.

use std::sync::Arc;

use rampdesk::desk::rationale::AlarmKind;
use rampdesk::desk::snapshot::{
    Alarm, AlarmLoad, Channel, ContractState, LinkState, Mode, OperatorState, Priority, Security, Snapshot,
    VtnHealth,
};
use rampdesk::desk::{DeskEnd, DeskHandle, connect};
use rampdesk::dispatch::KeyRing;
use rampdesk::time::{Clock, Rate, UtcTime};

use super::fleet::{self, Size};
use super::services;

/// When it begins.
const NOW: &str = "2026-11-26T17:19:50Z";
/// Alarms in the list.
const ALARMS: usize = 200;

/// What the engine would do.
pub struct Desk {
    /// Domain time, moved on by [`Desk::pass`].
    pub clock: Clock,
    end: DeskEnd,
    shown: Snapshot,
    batteries: usize,
    published: usize,
}

impl Desk {
    /// A desk, and the handle that a window is opened with.
    pub fn of(size: &Size) -> (Self, DeskHandle) {
        let now: UtcTime = NOW.parse().unwrap();
        let shown = snapshot(size, now);
        let (handle, end) = connect(shown.clone());
        let clock = Clock::training(now, Rate::PAUSED);
        (Self { clock, end, shown, batteries: size.batteries, published: 0 }, handle)
    }

    /// How many units.
    pub fn units(&self) -> usize {
        self.shown.units.len()
    }

    /// How many units have a reading every second.
    pub fn batteries(&self) -> usize {
        self.batteries
    }

    /// Readings held, of units and of dispatches.
    pub fn points(&self) -> usize {
        let of_units: usize = self.shown.units.iter().map(|u| u.readings.len()).sum();
        of_units + self.shown.dispatches.iter().map(|d| d.readings.len()).sum::<usize>()
    }

    /// A second goes by.
    pub fn pass(&self) {
        assert!(self.clock.step(1), "a training clock goes by steps");
    }

    /// Publishes a reading more of each battery, and a minute more of the next dispatch of one.
    pub fn publish(&mut self) {
        let now = self.clock.now();
        for fsp in 0..self.batteries {
            let named = fleet::name(fsp, 0).parse().unwrap();
            let place = self.shown.units.binary_search_by(|u| u.unit.cmp(&named)).unwrap();
            let unit = Arc::make_mut(&mut self.shown.units[place]);
            let last = unit.readings.last().unwrap().at;
            let kw = fleet::power_kw(now.unix(), (fsp * 7) % 60);
            let at = fleet::reading(now.unix(), kw).at.max(last + 0.125);
            unit.readings.push(rampdesk::power::Reading { at, kw });
            (unit.kw, unit.reported) = (Some(kw), Some(now));
            unit.charge.reported(now, 0.3);
        }
        let fsp = self.published % self.batteries;
        let dispatch = Arc::make_mut(&mut self.shown.dispatches[fsp]);
        dispatch
            .readings
            .push(services::metered(now.floor_to_minute().unix(), (fsp * 7 + self.published) % 60));
        self.published += 1;
        self.shown.now = now;
        self.shown.sequence += 1;
        self.end.publish(self.shown.clone());
    }
}

fn snapshot(size: &Size, now: UtcTime) -> Snapshot {
    let operator_key = fleet::key("GB-DNO-11");
    let mut units = fleet::units(size, now);
    let dispatches = services::all(size, now);
    for dispatch in dispatches.iter().filter(|d| d.is_open()) {
        let named = &dispatch.dispatch().unwrap().unit;
        let place = units.binary_search_by(|u| u.unit.cmp(named)).unwrap();
        let unit = Arc::make_mut(&mut units[place]);
        unit.active = Some(dispatch.key.clone());
        unit.revisions.insert(dispatch.key.dispatch_ref.to_string(), dispatch.dispatch().unwrap().revision);
    }
    Snapshot {
        presence: Arc::default(),
        sequence: 1,
        mode: Mode::Sandbox,
        approval: Arc::default(),
        now,
        vtn: VtnHealth {
            url: "http://127.0.0.1:8080/openadr3/3.1.0".to_owned(),
            state: LinkState::Live,
            last_answer: Some(now - 2),
            fault: None,
            took_ms: Some(3.4),
            news: fleet::heard_all_day(now),
            push: None,
            security: Security { channel: Some(Channel::Plain { loopback: true }), ..Security::default() },
        },
        operators: vec![OperatorState {
            id: "GB-DNO-11".parse().unwrap(),
            name: "East Midlands".to_owned(),
            key_id: "gb-dno-11-2026".to_owned(),
            stops_with: Some("gb-dno-11-2026".parse().unwrap()),
            keys: Arc::new(KeyRing::new([operator_key.public(None, None)])),
        }],
        fleet: Arc::new(rampdesk::profile::fleet::FleetProfile::demo()),
        contracts: Arc::new(vec![contract()]),
        fsps: fleet::fsps(size, now),
        units,
        dispatches,
        alarms: alarms(size, now),
        shelved: Arc::default(),
        alarm_load: AlarmLoad::default(),
        outcomes: Vec::new(),
        journal_tail: Vec::new(),
        journal_file: None,
    }
}

fn contract() -> ContractState {
    ContractState {
        operator: "GB-DNO-11".parse().unwrap(),
        contract: "EMID-C-2026-0193".parse().unwrap(),
        product: "Scheduled availability".to_owned(),
        poll_seconds: 10,
        ack_seconds: 30,
        notice_seconds: 900,
        baseline: "fixed".to_owned(),
        price: Some("£300.00 per MWh".to_owned()),
        pence_per_mwh: Some(30_000),
        fail_safe: None,
    }
}

fn alarms(size: &Size, now: UtcTime) -> Arc<[Arc<Alarm>]> {
    let alarm = |place: usize| {
        let named = fleet::name(place % size.fsps, 1);
        Arc::new(Alarm {
            id: u64::try_from(place).unwrap(),
            kind: AlarmKind::Unit,
            priority: Priority::ALL[place * 3 / ALARMS],
            text: format!("{named} is silent: telephone its control point."),
            source: named.split('/').next().unwrap().to_owned(),
            unit: Some(named.parse().unwrap()),
            dispatch: None,
            raised: now - i64::try_from(place).unwrap(),
            active: true,
            acknowledged: None,
            count: 1,
            silent: Arc::default(),
            shelved: None,
        })
    };
    (0..ALARMS).map(alarm).collect()
}
