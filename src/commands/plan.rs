//! `rampdesk plan`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::dispatch::availability::{Declaration, HALF_HOUR_S, OfferRun, half_hour_of};
use crate::dispatch::{DispatchUnit, OperatorId};
use crate::portfolio::{
    Ask, Effort, Line, MOST_MEMBERS, Member, Planned, Rule, Schedule, Timeline, plan, shared,
};
use crate::profile::availability::Availability;
use crate::profile::fleet::{Contract, FleetProfile, Unit};
use crate::profile::products::{Product, Products};
use crate::time::{Clock, UtcTime};
use crate::units::{Watts, grouped};

use super::input;
use super::output::{self, Done, Failure};

#[derive(clap::Args)]
pub struct Arguments {
    /// The fleet file that declares units and contracts; `demo` is the built-in one
    fleet: PathBuf,
    /// Change from baseline, MW: positive is more export or less import
    #[arg(long, value_name = "MW", allow_negative_numbers = true, value_parser = megawatts)]
    mw: Watts,
    /// From when on it is to be delivered
    #[arg(long, value_name = "UTC")]
    from: UtcTime,
    /// Until when
    #[arg(long, value_name = "UTC")]
    to: UtcTime,
    /// Another level from a time on; as often as need be, in order of time
    #[arg(long = "then", value_name = "UTC=MW", value_parser = level)]
    then: Vec<(UtcTime, Watts)>,
    /// How it is shared out
    #[arg(long, value_enum, default_value = "least-cost")]
    by: By,
    /// Of this operator's contracts alone
    #[arg(long, value_name = "ID")]
    operator: Option<OperatorId>,
    /// Of this unit; as often as need be, and all when it is left out
    #[arg(long = "unit", value_name = "FSP/UNIT")]
    units: Vec<DispatchUnit>,
    /// When it is decided; the present when it is left out
    #[arg(long, value_name = "UTC")]
    at: Option<UtcTime>,
    /// Look for the least cost for at most so many seconds at a time, three times at most
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u8).range(1..=120))]
    within: u8,
    /// One JSON document instead of CSV
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum By {
    /// Within ramps, energy, runs and rests, changing over time
    LeastCost,
    /// The cheapest first, each at one level for each that is asked
    MeritOrder,
    /// The same share of what each can hold
    ProRata,
    /// The same of each
    Equal,
}

fn megawatts(text: &str) -> Result<Watts, String> {
    let wrong = || format!("`{text}` is no volume; write MW to the watt, such as 12 or -1.5");
    let mw: Decimal = text.parse().map_err(|_| wrong())?;
    let watts = mw.checked_mul(Decimal::from(1_000_000)).filter(|watts| watts.fract().is_zero());
    watts.and_then(|watts| i64::try_from(watts).ok()).map(Watts).ok_or_else(wrong)
}

fn level(text: &str) -> Result<(UtcTime, Watts), String> {
    let wrong = || format!("`{text}` is no level; write a time and MW, such as 2026-11-26T17:30:00Z=10");
    let (at, mw) = text.split_once('=').ok_or_else(wrong)?;
    Ok((at.parse().map_err(|fault: crate::time::UtcTimeError| fault.to_string())?, megawatts(mw)?))
}

pub fn run(arguments: &Arguments) -> Done {
    let fleet = input::fleet(&arguments.fleet)?;
    let mut levels = vec![(arguments.from, arguments.mw)];
    levels.extend_from_slice(&arguments.then);
    let ask = Ask::new(&levels, arguments.to).map_err(Failure::input)?;
    let now = arguments.at.unwrap_or_else(|| Clock::real().now());
    if ask.from() < now {
        return Err(Failure::input(format!(
            "{}: is before {now}, when it is decided; write a later start, or an earlier --at",
            ask.from()
        )));
    }
    let units = units(arguments, &fleet)?;
    let members: Vec<Member> =
        units.iter().map(|(unit, contract)| member(unit, contract, now, &ask)).collect();
    let effort = Effort { within: Duration::from_secs(arguments.within.into()) };
    let never = || false;
    let planned = match arguments.by {
        By::LeastCost => plan(&ask, &members, effort, &never),
        By::MeritOrder => shared(&ask, &members, Rule::MeritOrder, &never),
        By::ProRata => shared(&ask, &members, Rule::ProRata, &never),
        By::Equal => shared(&ask, &members, Rule::Equal, &never),
    };
    let planned = planned.map_err(|_| Failure::failed("it was broken off"))?;
    if arguments.json {
        output::print_json(&document(&planned, &units))?;
    } else {
        output::print(rows(&planned))?;
    }
    let faults = faults(&planned);
    output::say(summary(&planned));
    if faults.is_empty() { Ok(()) } else { Err(Failure::Failed(faults)) }
}

/// The units that may take part, each with its contract.
fn units<'a>(
    arguments: &Arguments,
    fleet: &'a FleetProfile,
) -> Result<Vec<(&'a Unit, &'a Contract)>, Failure> {
    for unit in &arguments.units {
        if fleet.unit(unit).is_none() {
            return Err(Failure::input(format!("{}: has no unit `{unit}`", arguments.fleet.display())));
        }
    }
    let is_asked = |unit: &&Unit| {
        arguments.operator.as_ref().is_none_or(|operator| *operator == unit.operator)
            && (arguments.units.is_empty() || arguments.units.contains(&unit.unit))
    };
    let with_contract = |unit: &'a Unit| Some((unit, fleet.contract(&unit.operator, &unit.contract)?));
    let is_free = |(_, contract): &(&Unit, &Contract)| {
        !Products::built_in().get(&contract.product).is_some_and(Product::turns_to_zero)
    };
    let units: Vec<_> =
        fleet.units.iter().filter(is_asked).filter_map(with_contract).filter(is_free).collect();
    if units.is_empty() {
        return Err(Failure::input(format!(
            "{}: no unit is left to be asked; those whose contract turns export to zero have no part in it",
            arguments.fleet.display()
        )));
    }
    if units.len() > MOST_MEMBERS {
        return Err(Failure::input(format!(
            "{} units are more than one plan is made over ({MOST_MEMBERS}); name an --operator or each --unit",
            units.len()
        )));
    }
    Ok(units)
}

fn member(unit: &Unit, contract: &Contract, now: UtcTime, ask: &Ask) -> Member {
    let told_at = now + i64::from(contract.poll_seconds);
    let answered = i64::from(contract.poll_seconds) + i64::from(contract.ack_seconds);
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
    let baseline_kw = unit.baseline.at(told_at.unix() as f64);
    Member {
        unit: unit.unit.clone(),
        asset: Arc::new(unit.asset.clone()),
        baseline: Arc::new(unit.baseline.clone()),
        state: unit.asset.initial_state(baseline_kw),
        told_at,
        earliest: now + i64::from(contract.notice_seconds).max(answered),
        declared: declared(unit, now, ask).map(Arc::new),
        pence_per_mwh: contract.price_pence_per_mwh,
    }
}

/// What its FSP would declare for the time that is asked; `None` for a unit that is always offered as a whole.
fn declared(unit: &Unit, now: UtcTime, ask: &Ask) -> Option<Declaration> {
    if unit.availability == Availability::Always {
        return None;
    }
    let half_hours = std::iter::successors(Some(half_hour_of(ask.from())), |at| Some(*at + HALF_HOUR_S));
    let run = |from: UtcTime| OfferRun {
        from,
        until: from + HALF_HOUR_S,
        offer: unit.offer(unit.availability.limits(from), from),
    };
    let runs = half_hours.take_while(|from| *from < ask.until()).map(run);
    let (operator, contract) = (unit.operator.clone(), unit.contract.clone());
    Some(Declaration::new(operator, contract, unit.unit.clone(), now, runs))
}

#[derive(Serialize)]
struct Document {
    method: &'static str,
    given_mwh: f64,
    predicted_mwh: f64,
    short_mwh: f64,
    over_mwh: f64,
    cost_gbp: String,
    unpriced_mwh: f64,
    short: Vec<Shortage>,
    units: Vec<UnitPart>,
}

#[derive(Serialize)]
struct Shortage {
    at: UtcTime,
    until: UtcTime,
    short_kw: f64,
}

#[derive(Serialize)]
struct UnitPart {
    unit: String,
    operator: String,
    contract: String,
    gbp_per_mwh: Option<String>,
    /// What it could hold from beginning to end, kW, and what keeps it from more.
    able_kw: f64,
    because: &'static str,
    service_start: Option<UtcTime>,
    service_end: Option<UtcTime>,
    setpoints: Vec<Level>,
    mwh: f64,
    cost_gbp: Option<String>,
    misses: Vec<MissedLevel>,
}

/// A change from baseline, generation convention.
#[derive(Serialize)]
struct Level {
    at: UtcTime,
    delta_kw: f64,
}

#[derive(Serialize)]
struct MissedLevel {
    at: UtcTime,
    short_kw: f64,
    late_s: Option<f64>,
    short_kwh: f64,
    because: &'static str,
}

fn document(planned: &Planned, units: &[(&Unit, &Contract)]) -> Document {
    let (schedule, worth) = (&planned.schedule, planned.schedule.worth());
    let short = schedule.shortages().into_iter().map(|(stretch, by)| Shortage {
        at: stretch.from,
        until: stretch.to,
        short_kw: by.kilowatts(),
    });
    let parts = schedule.lines.iter().enumerate().map(|(index, line)| {
        let (unit, able) = (units[index].0, &planned.able[index]);
        let part = schedule.timeline(line);
        let changes = part.as_ref().map_or(&[][..], |part| &part.changes);
        UnitPart {
            unit: line.unit.to_string(),
            operator: unit.operator.to_string(),
            contract: unit.contract.to_string(),
            gbp_per_mwh: line.pence_per_mwh.map(pounds),
            able_kw: schedule.way.signed(able.room.most).kilowatts() + 0.0,
            because: able.because,
            service_start: changes.first().map(|(at, _)| *at),
            service_end: part.as_ref().map(|part| part.end),
            setpoints: changes.iter().map(|(at, by)| Level { at: *at, delta_kw: by.kilowatts() }).collect(),
            mwh: rounded(line.mwh(&schedule.stretches)),
            cost_gbp: line.pence(&schedule.stretches).map(pounds),
            misses: missed(planned, line),
        }
    });
    Document {
        method: planned.method.words(),
        given_mwh: rounded(schedule.lines.iter().map(|line| line.mwh(&schedule.stretches)).sum()),
        predicted_mwh: rounded(planned.judged.delivered_mwh),
        short_mwh: rounded(worth.short_mwh),
        over_mwh: rounded(worth.over_mwh),
        cost_gbp: pounds(worth.pence),
        unpriced_mwh: rounded(worth.unpriced_mwh),
        short: short.collect(),
        units: parts.collect(),
    }
}

fn missed(planned: &Planned, line: &Line) -> Vec<MissedLevel> {
    let own = planned.judged.missed.iter().filter(|missed| missed.unit == line.unit);
    own.map(|missed| MissedLevel {
        at: missed.at,
        short_kw: rounded(missed.miss.short_kw),
        late_s: missed.miss.late_s.map(rounded),
        short_kwh: rounded(missed.miss.short_kwh),
        because: missed.miss.because,
    })
    .collect()
}

/// The setpoints of each unit as CSV.
fn rows(planned: &Planned) -> String {
    let Planned { schedule, .. } = planned;
    let mut text = "unit,at,delta_kw,service_end\n".to_owned();
    for (line, part) in used(schedule) {
        for (at, change) in part.changes {
            text += &format!("{},{at},{},{}\n", line.unit, change.kilowatts(), part.end);
        }
    }
    text
}

/// The units that give something, each with its part.
fn used(schedule: &Schedule) -> impl Iterator<Item = (&Line, Timeline)> {
    schedule.lines.iter().filter_map(|line| Some((line, schedule.timeline(line)?)))
}

fn summary(planned: &Planned) -> String {
    let worth = planned.schedule.worth();
    let unpriced = if worth.unpriced_mwh > 0.0 {
        format!(" and {} MWh without an agreed price", grouped(worth.unpriced_mwh, 3))
    } else {
        String::new()
    };
    let over = if worth.over_mwh > 0.0 {
        format!("; {} MWh more than asked", grouped(worth.over_mwh, 3))
    } else {
        String::new()
    };
    format!(
        "{} of {} units, £{}{unpriced}{over}; {}",
        used(&planned.schedule).count(),
        planned.schedule.lines.len(),
        pounds(worth.pence),
        planned.method.words()
    )
}

/// What of what is asked will not come, each in a line.
fn faults(planned: &Planned) -> Vec<String> {
    let short = planned.schedule.shortages().into_iter().map(|(stretch, by)| {
        format!("{} to {}: {} MW short", stretch.from, stretch.to, grouped(by.kilowatts() / 1000.0, 3))
    });
    let missed = planned.judged.missed.iter().map(|missed| {
        format!(
            "{}: setpoint {}: {:.1} kW short, {:.1} kWh missing ({})",
            missed.unit, missed.at, missed.miss.short_kw, missed.miss.short_kwh, missed.miss.because
        )
    });
    short.chain(missed).collect()
}

/// `1234.50`.
fn pounds(pence: i64) -> String {
    format!("{:.2}", Decimal::new(pence, 2))
}

fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6 + 0.0
}
