//! A unit's limits as straight lines, each on the safe side of its physics: what a mixed-integer program can hold it to.
//! Power in MW and time in hours, so that the numbers are of one size.

use crate::power::{self, Asset, Battery, Curve, Generator, HeatPumps, TurnDown};

use super::ask::{Ask, Interval, Way};
use super::member::{Member, seconds};
use super::rounding::Answered;

/// A stretch of time for a unit: nothing, or from `least` to `most` MW from baseline. `most` is 0 where it can give nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Cell {
    pub(super) least: f64,
    pub(super) most: f64,
}

/// A store that what is given empties (or fills, on the way down).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StoreModel {
    /// MWh that are left for what is asked at the end of each stretch, its baseline's own use taken off; never negative.
    pub(super) left: Vec<f64>,
    /// MWh out of the store per MWh given, in each stretch.
    pub(super) rate: f64,
    /// Hours for which a level must be kept before it can be left.
    pub(super) hold: f64,
}

/// How long demand may be turned down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct AllowanceModel {
    /// Hours, ramps included.
    pub(super) hours: f64,
    /// Whether there must be only one reduction.
    pub(super) once: bool,
}

/// An engine that stands still at first.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct EngineModel {
    /// The most that it can give in a stretch in which it starts, MW.
    pub(super) at_start: Vec<f64>,
    /// Shortest run, hours.
    pub(super) run: f64,
    /// Shortest time from a stop to being synchronised again, hours.
    pub(super) off: f64,
}

/// All that holds a unit.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Model {
    /// £ per MWh.
    pub(super) price: f64,
    pub(super) cells: Vec<Cell>,
    /// MW per hour away from baseline, and back.
    pub(super) away: f64,
    pub(super) back: f64,
    pub(super) store: Option<StoreModel>,
    pub(super) allowance: Option<AllowanceModel>,
    pub(super) engine: Option<EngineModel>,
}

/// Kept free of what a unit has, so that levels in whole steps still fit: MW and hours.
const STEP_MW: f64 = 0.001;
const MOMENT_H: f64 = 5.0 / 3600.0;

impl Model {
    /// Of a member and the stretches of what is asked.
    pub(super) fn of(member: &Member, ask: &Ask, stretches: &[Interval]) -> Self {
        let (up, down) = member.asset.ramps_kw_per_s();
        let (away, back) = if ask.way() == Way::Up { (up, down) } else { (down, up) };
        let greatest = stretches.iter().map(|stretch| stretch.asked).max().unwrap_or_default();
        let mut model = Self {
            price: member.pence_per_mwh.map_or(0.0, pounds),
            cells: stretches
                .iter()
                .map(|stretch| {
                    let room = member.able_in(stretch, ask.way(), ask.step()).room;
                    // Nobody gives more than all that is asked, but at a least level.
                    let most = room.most.min(greatest.max(room.least));
                    Cell { least: room.least.kilowatts() / 1000.0, most: most.kilowatts() / 1000.0 }
                })
                .collect(),
            away: away * 3.6,
            back: back * 3.6,
            store: None,
            allowance: None,
            engine: None,
        };
        model.reach_first(member, stretches);
        match member.asset.as_ref() {
            Asset::Battery(battery) => model.hold_to_charge(member, battery, ask, stretches),
            Asset::HeatPumps(pumps) => model.hold_to_comfort(member, pumps, ask),
            Asset::TurnDown(demand) => model.hold_to_duration(member, demand, stretches),
            Asset::Generator(engine) => model.hold_to_starts(member, engine, stretches),
            Asset::EvHub(_) | Asset::Renewable(_) => {}
        }
        model
    }

    /// Whether it can give anything at all.
    pub(super) fn is_able(&self) -> bool {
        self.cells.iter().any(|cell| cell.most > 0.0)
    }

    /// What a solver found of it.
    pub(super) fn answered<'a>(&'a self, found: &'a [f64]) -> Answered<'a> {
        let is_held = self.store.as_ref().is_some_and(|store| store.hold > 0.0);
        Answered { found, cells: &self.cells, is_held }
    }

    /// Takes away what physics would not give of a level in these stretches: kW that are missing at first, and kWh in all.
    pub(super) fn take_back(
        &mut self,
        stretches: std::ops::Range<usize>,
        level_mw: f64,
        (short_kw, short_kwh): (f64, f64),
    ) {
        if let Some(store) = self.store.as_mut().filter(|_| short_kwh > 0.0) {
            let mwh = short_kwh * 1.05 / 1000.0 * store.rate + STEP_MW;
            store.left.iter_mut().for_each(|left| *left = (*left - mwh).max(0.0));
        }
        let last = stretches.end.saturating_sub(1);
        let is_not_kept = self.store.is_none() && short_kw <= 0.0;
        for (index, cell) in self.cells.iter_mut().enumerate().filter(|(index, _)| stretches.contains(index))
        {
            let most = if short_kw > 0.0 {
                cell.most.min(level_mw - short_kw / 1000.0 - STEP_MW)
            } else {
                cell.most
            };
            let usable = most > 0.0 && most >= cell.least && !(is_not_kept && index == last);
            *cell = if usable { Cell { most, ..*cell } } else { Cell::default() };
        }
    }

    /// Takes away what cannot be reached in the first stretch that the unit is asked in.
    fn reach_first(&mut self, member: &Member, stretches: &[Interval]) {
        let delay = member.asset.delay_s(&member.state);
        // A limit is lowered from what is there without one.
        let whole = member.asset.limits_kw(0.0);
        let from_free_s = if member.asset.keeps_to_a_limit() {
            (whole.1 - whole.0) / 1000.0 / self.away * 3600.0
        } else {
            0.0
        };
        let acts_at = seconds(member.told_at) + delay + from_free_s;
        for (cell, stretch) in self.cells.iter_mut().zip(stretches) {
            let lead_h = (seconds(stretch.from) - acts_at) / 3600.0;
            let reached =
                if member.asset.keeps_to_a_limit() && lead_h >= 0.0 { cell.most } else { self.away * lead_h };
            let is_engine = matches!(*member.asset, Asset::Generator(_)) && cell.least > 0.0;
            let most = if is_engine && lead_h >= 0.0 { cell.most } else { cell.most.min(reached) };
            let usable = cell.most > 0.0 && most > 0.0 && most >= cell.least;
            *cell = if usable { Cell { most, ..*cell } } else { Cell::default() };
            if usable {
                break;
            }
        }
    }

    fn hold_to_charge(&mut self, member: &Member, battery: &Battery, ask: &Ask, stretches: &[Interval]) {
        let (from, until) = (seconds(member.told_at), seconds(ask.until()));
        // What its baseline alone does to the charge, told of nothing.
        let alone = power::plan(&member.asset, &member.baseline, &member.state, None, from, until);
        let (drain, fill) = (1.0 / battery.discharge_efficiency, battery.charge_efficiency);
        let rate = if ask.way() == Way::Up { drain } else { fill };
        // What is taken back of a discharge saves more of the charge than charging adds to it.
        let inverter = member.baseline.curve(from, until).plus(&Curve::constant(battery.idling_loss_kw));
        let saved = |to: f64| inverter.parts_hours(seconds(ask.from()), to).0 * (drain - fill);
        let left = |stretch: &Interval| {
            let to = seconds(stretch.to);
            let soc = alone.soc_at(to).unwrap_or(battery.min_soc);
            let kwh = match ask.way() {
                Way::Up => (soc - battery.min_soc) * battery.capacity_kwh,
                Way::Down => (battery.max_soc - soc) * battery.capacity_kwh - saved(to),
            };
            kwh / 1000.0
        };
        self.store = Some(StoreModel { left: stretches.iter().map(left).collect(), rate, hold: 0.0 });
    }

    fn hold_to_comfort(&mut self, member: &Member, pumps: &HeatPumps, ask: &Ask) {
        let kwh = match ask.way() {
            Way::Up => pumps.comfort_kwh - member.state.shed_kwh,
            Way::Down => pumps.pre_heat_kwh + member.state.shed_kwh.min(0.0),
        };
        let hold = if ask.way() == Way::Up { pumps.min_off_min / 60.0 } else { 0.0 };
        self.store = Some(StoreModel { left: vec![kwh / 1000.0; self.cells.len()], rate: 1.0, hold });
    }

    fn hold_to_duration(&mut self, member: &Member, demand: &TurnDown, stretches: &[Interval]) {
        let is_spent = member.state.under_way.shortage.is_some();
        let seconds_left = if is_spent { 0.0 } else { demand.max_duration_min * 60.0 - member.state.shed_s };
        let hours = (seconds_left / 3600.0 - MOMENT_H).max(0.0);
        self.allowance = Some(AllowanceModel { hours, once: demand.interval_min > 0.0 });
        let rests_until = seconds(member.told_at) + member.state.under_way.rests_s;
        for (cell, stretch) in self.cells.iter_mut().zip(stretches) {
            if seconds(stretch.from) - cell.most / self.away * 3600.0 < rests_until {
                *cell = Cell::default();
            }
        }
    }

    /// An engine at standstill starts and stops; one that its baseline runs just goes up and down.
    fn hold_to_starts(&mut self, member: &Member, engine: &Generator, stretches: &[Interval]) {
        if self.cells.iter().all(|cell| cell.least <= 0.0) {
            return;
        }
        let least = self.cells.iter().map(|cell| cell.least).fold(0.0, f64::max);
        // Where its baseline runs it for a part of the time only, that part is left alone.
        for cell in self.cells.iter_mut().filter(|cell| cell.least < least) {
            *cell = Cell::default();
        }
        let ready_at = seconds(member.told_at) + member.asset.delay_s(&member.state);
        let usable = |cell: &Cell| cell.most > 0.0;
        let first = self.cells.iter().position(usable);
        let before = |index: usize| match index.checked_sub(1) {
            Some(index) if first.is_some_and(|first| index >= first) => seconds(stretches[index].from),
            // Nothing was asked yet: it may be on its way as soon as it is ready.
            _ => f64::NEG_INFINITY,
        };
        let at_start = |(index, stretch): (usize, &Interval)| {
            let hours = (seconds(stretch.from) - ready_at.max(before(index))) / 3600.0;
            if hours < 0.0 { 0.0 } else { least + self.away * hours - 2.0 * STEP_MW }
        };
        let at_start: Vec<f64> = stretches.iter().enumerate().map(at_start).collect();
        self.engine = Some(EngineModel {
            at_start: at_start.into_iter().map(|most| if most < least { 0.0 } else { most }).collect(),
            run: engine.min_run_min / 60.0,
            off: engine.min_rest_min / 60.0 + engine.start_delay_s / 3600.0,
        });
    }
}

impl StoreModel {
    /// What is left at the end of a stretch for levels in whole steps.
    pub(super) fn free(&self, index: usize, hours: f64) -> f64 {
        (self.left[index] * 0.999 - STEP_MW * hours * self.rate).max(0.0)
    }
}

#[expect(clippy::cast_precision_loss, reason = "prices are far below 2^53 pence")]
fn pounds(pence: i64) -> f64 {
    pence as f64 / 100.0
}
