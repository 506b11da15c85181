//! A recorded session told again as a scenario: its fleet, and what was sent, amended, stopped and went wrong, each at its time
//! after the beginning. Pure. Run again, it sends the same dispatches.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use toml_edit::Value;

use crate::desk::snapshot::DispatchState;
use crate::dispatch::{Dispatch, DispatchUnit, OperatorId, Price, PricePer, Reference, Setpoint, Status};
use crate::profile::faults::{Affliction, FaultPlan, TimedFault, UnitFault};
use crate::profile::fleet::FleetProfile;
use crate::time::UtcTime;

use super::offset::Offset;
use super::recording::Recording;

/// A scenario runs no longer, seconds.
const LONGEST_S: i64 = 48 * 3600;

/// A recorded session as a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Retold {
    /// The scenario's text.
    pub text: String,
    /// The fleet's own file, where it is not the demonstration's.
    pub fleet: Option<String>,
    /// What of the session no scenario can say, a sentence each.
    pub left_out: Vec<String>,
}

/// Something that is done or happens, at its instant.
struct Told {
    at: UtcTime,
    /// Of what is told of the same second, dispatches come in the order of their references.
    lines: String,
}

/// What is told so far.
struct Telling<'r> {
    start: UtcTime,
    fleet: &'r FleetProfile,
    told: Vec<Told>,
    left_out: Vec<String>,
}

/// Tells a recording as a scenario, which names its fleet so where that is not the demonstration's.
///
/// # Errors
/// When no scenario is so long, in words.
pub fn retell(recording: &Recording, fleet_file: &str) -> Result<Retold, String> {
    let (first_ms, last_ms) = recording.span_ms();
    let (first, last) = (second(first_ms), UtcTime::from_unix(last_ms.div_euclid(1000) + 1));
    let dispatches = recording.dispatches();
    let start = dispatches.iter().flat_map(|state| instants(state)).fold(first, UtcTime::min);
    let snapshot = recording.at_ms(last_ms).ok_or("the recording holds no picture")?;
    let (named, poll_seconds) = known_fleet(&snapshot.fleet);
    let mut telling = Telling { start, fleet: &snapshot.fleet, told: Vec::new(), left_out: Vec::new() };
    dispatches.iter().for_each(|state| telling.dispatch(state));
    telling.emergency_stops(&dispatches);
    telling.faults(recording.faults());
    telling.told.sort_by_key(|told| told.at);
    let latest = telling.told.iter().map(|told| told.at).fold(last, UtcTime::max);
    let run_for_s = (latest.since(start) + 59).div_euclid(60) * 60;
    if run_for_s > LONGEST_S {
        let hours = run_for_s / 3600;
        return Err(format!("the session is {hours} hours long, and a scenario at most 48"));
    }
    let fleet_name = if named { "demo" } else { fleet_file };
    let mut text = head(recording.name(), fleet_name, start, offset_s(run_for_s), poll_seconds);
    telling.told.iter().for_each(|told| {
        let _ = write!(text, "\n{}", told.lines);
    });
    Ok(Retold { text, fleet: (!named).then(|| snapshot.fleet.to_toml()), left_out: telling.left_out })
}

fn head(name: &str, fleet: &str, start: UtcTime, run_for: Offset, poll_seconds: Option<u32>) -> String {
    let about = "A recorded session: what was sent in it, and what went wrong.";
    let mut text = format!(
        "# Made from a recording.\nname = {}\nabout = {}\nfleet = {}\nseed = 1\nstart = {}\nrun_for = {}\n",
        quoted(name),
        quoted(about),
        quoted(fleet),
        quoted(&start.to_string()),
        quoted(&run_for.to_string()),
    );
    if let Some(seconds) = poll_seconds {
        let _ = writeln!(text, "poll_seconds = {seconds}");
    }
    text
}

/// Whether a fleet is the demonstration's, and how often all of it polls where that is not as there.
fn known_fleet(fleet: &FleetProfile) -> (bool, Option<u32>) {
    let mut demo = FleetProfile { endpoints: fleet.endpoints.clone(), ..FleetProfile::demo() };
    if *fleet == demo {
        return (true, None);
    }
    let Some(poll_seconds) = fleet.contracts.first().map(|contract| contract.poll_seconds) else {
        return (false, None);
    };
    demo.contracts.iter_mut().for_each(|contract| contract.poll_seconds = poll_seconds);
    match *fleet == demo && (1..=3600).contains(&poll_seconds) {
        true => (true, Some(poll_seconds)),
        false => (false, None),
    }
}

/// The instants that a scenario would have to name.
fn instants(state: &DispatchState) -> Vec<UtcTime> {
    let of = |dispatch: &Dispatch| [dispatch.instruction_time, dispatch.service_start];
    taken(state).into_iter().flat_map(of).collect()
}

/// The revisions that the VTN took, in order.
fn taken(state: &DispatchState) -> Vec<&Dispatch> {
    let sent = state.revisions.iter().filter(|revision| revision.sent.is_some());
    sent.map(|revision| &revision.signed.dispatch).collect()
}

impl Telling<'_> {
    fn step(&mut self, at: UtcTime, action: &str, lines: &str) {
        let when = self.offset(at);
        self.told
            .push(Told { at, lines: format!("[[steps]]\nat = \"{when}\"\naction = \"{action}\"\n{lines}") });
    }

    fn offset(&self, at: UtcTime) -> Offset {
        offset_s(at.since(self.start))
    }

    fn dispatch(&mut self, state: &DispatchState) {
        let reference = &state.key.dispatch_ref;
        if state.revisions.len() > taken(state).len() {
            self.left_out.push(format!("{reference}: what the VTN did not take is left out"));
        }
        let mut before: Option<&Dispatch> = None;
        for dispatch in taken(state) {
            let lines = format!("ref = {}\n", quoted(reference.as_str()));
            match (dispatch.status, before) {
                // Of all that were stopped at once, told together.
                (Status::EmergencyStop, Some(_)) => {}
                (Status::Stop, Some(_)) => self.step(dispatch.instruction_time, "stop", &lines),
                (status, None) if status.is_stop() => {
                    self.left_out
                        .push(format!("{reference}: it was stopped, and never sent in this session"));
                    return;
                }
                (_, None) if self.fleet.unit(&dispatch.unit).is_none() => {
                    self.left_out.push(format!("{reference}: the fleet has no unit {}", dispatch.unit));
                    return;
                }
                (_, before) => self.order(dispatch, before, &lines),
            }
            if !dispatch.status.is_stop() {
                before = Some(dispatch);
            }
        }
    }

    /// A first revision, or what a later one changes.
    fn order(&mut self, dispatch: &Dispatch, before: Option<&Dispatch>, reference: &str) {
        let mut lines = reference.to_owned();
        if before.is_none() {
            let _ = writeln!(lines, "unit = {}", quoted(&dispatch.unit.to_string()));
        }
        let is_otherwise = |of: fn(&Dispatch) -> UtcTime| before.is_none_or(|b| of(b) != of(dispatch));
        if before.map_or(dispatch.status != Status::Run, |before| before.status != dispatch.status) {
            let _ = writeln!(lines, "status = \"{}\"", dispatch.status.word());
        }
        if is_otherwise(|d| d.service_start) {
            let _ = writeln!(lines, "service_start = \"{}\"", self.offset(dispatch.service_start));
        }
        if is_otherwise(|d| d.service_end) {
            let _ = writeln!(lines, "service_end = \"{}\"", self.offset(dispatch.service_end));
        }
        let levels: Vec<String> =
            dispatch.setpoints.iter().map(|level| self.level(dispatch, level)).collect();
        let _ = match levels.as_slice() {
            [one] => writeln!(lines, "setpoints = [{one}]"),
            many => writeln!(lines, "setpoints = [\n  {},\n]", many.join(",\n  ")),
        };
        let action = if before.is_some() { "amend" } else { "send" };
        self.step(dispatch.instruction_time, action, &lines);
    }

    fn level(&mut self, dispatch: &Dispatch, level: &Setpoint) -> String {
        let reference = level.real.as_ref().map(|real| real.reference);
        let reactive_reference = level.reactive.as_ref().map(|reactive| reactive.reference);
        let reference = reference.or(reactive_reference).unwrap_or(Reference::Delta);
        let mut text = format!("{{ at = \"{}\", reference = \"{}\"", self.offset(level.at), reference.word());
        if let Some(real) = &level.real {
            let _ = write!(text, ", real_kw = {}", thousandths(real.watts.0));
        }
        match &level.reactive {
            Some(reactive) if reactive.reference == reference => {
                let _ = write!(text, ", reactive_kvar = {}", thousandths(reactive.vars.0));
            }
            Some(_) => self.left_out.push(format!(
                "{}: a level's reactive power is not measured from what its real power is",
                dispatch.dispatch_ref
            )),
            None => {}
        }
        match level.real.as_ref().and_then(|real| real.price) {
            Some(Price { pence, per: PricePer::Mwh }) => {
                let _ = write!(
                    text,
                    ", gbp_per_mwh = {}{}.{:02}",
                    sign(pence),
                    pence.abs() / 100,
                    pence.abs() % 100
                );
            }
            Some(_) => self.left_out.push(format!("{}: a price that is not per MWh", dispatch.dispatch_ref)),
            None => {}
        }
        text + " }"
    }

    /// What was stopped in an emergency: of one operator at one instant, together.
    fn emergency_stops(&mut self, dispatches: &[&DispatchState]) {
        let mut all: BTreeSet<(UtcTime, OperatorId, DispatchUnit)> = BTreeSet::new();
        for dispatch in dispatches.iter().flat_map(|state| taken(state)) {
            if dispatch.status == Status::EmergencyStop {
                let (at, operator) = (dispatch.instruction_time, dispatch.network_operator.clone());
                all.insert((at, operator, dispatch.unit.clone()));
            }
        }
        let moments: BTreeSet<(UtcTime, OperatorId)> =
            all.iter().map(|(at, operator, _)| (*at, operator.clone())).collect();
        for (at, operator) in moments {
            let of = all.iter().filter(|(when, whose, _)| *when == at && *whose == operator);
            let units: Vec<String> = of.map(|(_, _, unit)| quoted(&unit.to_string())).collect();
            let operator = quoted(operator.as_str());
            self.step(
                at,
                "emergency_stop",
                &format!("units = [{}]\noperator = {operator}\n", units.join(", ")),
            );
        }
    }

    fn faults(&mut self, plan: &FaultPlan) {
        for timed in &plan.faults {
            let TimedFault { affliction, from, until } = timed;
            let at = from.unwrap_or(self.start).max(self.start);
            if until.is_some_and(|until| until <= at) {
                continue;
            }
            let (action, mut lines) = fault(affliction);
            if let Some(until) = until {
                let _ = writeln!(lines, "until = \"{}\"", self.offset(*until));
            }
            self.step(at, action, &lines);
        }
    }
}

/// A fault as a step.
fn fault(affliction: &Affliction) -> (&'static str, String) {
    match affliction {
        Affliction::Unit(unit, fault @ (UnitFault::OffBaseline { .. } | UnitFault::Weather { .. })) => {
            let action = if matches!(fault, UnitFault::Weather { .. }) { "weather" } else { "baseline" };
            (action, format!("unit = {}\n{}", quoted(&unit.to_string()), fault.to_line()))
        }
        affliction => ("fault", affliction.to_lines()),
    }
}

/// `-1.5` of −1500.
fn thousandths(number: i64) -> String {
    let (whole, rest) = (number.unsigned_abs() / 1000, number.unsigned_abs() % 1000);
    let text = if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:03}") };
    let text = if rest == 0 { text.as_str() } else { text.trim_end_matches('0') };
    format!("{}{text}", sign(number))
}

fn sign(number: i64) -> &'static str {
    if number < 0 { "-" } else { "" }
}

fn second(ms: i64) -> UtcTime {
    UtcTime::from_unix(ms.div_euclid(1000))
}

fn offset_s(seconds: i64) -> Offset {
    Offset::seconds(u32::try_from(seconds).unwrap_or(0))
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::time::{Clock, Rate};
    use crate::workshop::live::{RECORDING, Workshop, WorkshopConfig};
    use crate::workshop::recording::testing;
    use crate::workshop::rehearsal::virtual_time;
    use crate::workshop::scenario::Scenario;
    use crate::workshop::timekeeper::{ClockOrder, Standing};

    /// What the FSPs were asked, revision by revision.
    fn asked(recording: &Recording) -> Vec<(String, Vec<crate::dispatch::DispatchParts>)> {
        let of = |state: &DispatchState| {
            let parts = taken(state).into_iter().map(|dispatch| dispatch.parts().clone());
            (state.key.to_string(), parts.collect())
        };
        recording.dispatches().into_iter().map(of).collect()
    }

    fn play(folder: &Path, name: &str, text: &str) -> Recording {
        let path = folder.join(name);
        testing::recorded_in(&path, text, folder);
        Recording::open(&path).unwrap()
    }

    #[test]
    fn a_session_that_was_recorded_and_told_as_a_scenario_sends_the_same_when_it_is_run_again() {
        let recording = testing::recording();
        let retold = retell(&recording, "its.fleet.toml").unwrap();
        assert_eq!((retold.fleet.as_ref(), retold.left_out.len()), (None, 0));
        let folder = tempfile::tempdir().unwrap();
        let scenario = Scenario::from_toml("retold.toml", &retold.text, folder.path()).unwrap();
        assert_eq!(scenario.steps.len(), 5, "{}", retold.text);
        let again = play(folder.path(), "again.recording", &retold.text);
        assert_eq!(asked(&again), asked(&recording));
        assert_eq!(again.faults(), recording.faults());
    }

    const OWN_FLEET: &str = r#"
name = "Wind"
fleet = "own.toml"
seed = 5
start = "2027-05-12T10:30:00Z"
run_for = "T+00:40"
poll_seconds = 20

[[steps]]
at = "T+00:01"
action = "send"
ref = "W-1"
unit = "FENWIND/WIND-01"
service_start = "T+00:05"
service_end = "T+00:30"
setpoints = [
  { at = "T+00:05", reference = "ABSOLUTE", real_kw = 1500.25, gbp_per_mwh = 85.05 },
  { at = "T+00:10", reference = "ABSOLUTE", real_kw = 0 },
]

[[steps]]
at = "T+00:02"
action = "send"
ref = "W-2"
unit = "FENWIND/PV-01"
status = "RUN_NOW"
service_start = "T+00:02"
service_end = "T+00:30"
setpoints = [{ at = "T+00:02", reference = "ABSOLUTE", real_kw = 0 }]

[[steps]]
at = "T+00:08"
action = "weather"
unit = "FENWIND/PV-01"
share = 0.25
until = "T+00:12"

[[steps]]
at = "T+00:09"
action = "amend"
ref = "W-1"
service_end = "T+00:35"

[[steps]]
at = "T+00:20"
action = "emergency_stop"
"#;

    #[test]
    fn an_own_fleet_an_emergency_stop_and_the_weather_come_along() {
        let folder = tempfile::tempdir().unwrap();
        let fleet = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/fleets/mw-dispatch.toml");
        std::fs::copy(fleet, folder.path().join("own.toml")).unwrap();
        let recording = play(folder.path(), "first.recording", OWN_FLEET);
        let retold = retell(&recording, "its.fleet.toml").unwrap();
        std::fs::write(folder.path().join("its.fleet.toml"), retold.fleet.unwrap()).unwrap();
        assert_eq!(retold.left_out, Vec::<String>::new());
        assert!(retold.text.contains("action = \"weather\"\nunit = \"FENWIND/PV-01\"\nshare = 0.25\nuntil"));
        assert!(retold.text.contains("real_kw = 1500.25, gbp_per_mwh = 85.05 }"), "{}", retold.text);
        assert_eq!(retold.text.matches("emergency_stop").count(), 1);
        let again = play(folder.path(), "again.recording", &retold.text);
        assert_eq!(asked(&again), asked(&recording));
        assert_eq!(again.faults(), recording.faults());
    }

    /// Runs a workshop to its end at ×600, with a fault switched by hand, and leaves its recording.
    async fn live(folder: &Path) -> std::path::PathBuf {
        let scenario = Scenario::from_toml("live.toml", testing::SCENARIO, Path::new("")).unwrap();
        let start = scenario.start;
        let config = WorkshopConfig {
            scenario,
            folder: Some(folder.to_owned()),
            opened: Clock::real().now(),
            away: None,
        };
        let workshop = Workshop::open(config).unwrap();
        let handle = workshop.handle();
        let mut control = handle.control().clone();
        let stuck = Affliction::Unit("BRIGHTFLEX/BESS-08".parse().unwrap(), UnitFault::Stuck);
        handle.backstage().lay_on(stuck.clone(), start + 60, None);
        assert!(control.order(ClockOrder::Run(Rate::times(600.0).unwrap())));
        while control.pace().standing != Standing::Ended {
            assert!(control.changed().await);
        }
        handle.backstage().end(&stuck, start + 600);
        workshop.close().await;
        handle.folder().unwrap().join(RECORDING)
    }

    #[test]
    fn a_workshop_that_was_run_live_sends_the_same_when_it_is_rehearsed() {
        let folder = tempfile::tempdir().unwrap();
        let recording = virtual_time().unwrap().block_on(live(folder.path()));
        let recording = Recording::open(&recording).unwrap();
        let retold = retell(&recording, "its.fleet.toml").unwrap();
        assert!(retold.text.contains("fault = \"stuck\"\nuntil = \"T+00:10:00\""), "{}", retold.text);
        let again = play(folder.path(), "again.recording", &retold.text);
        let (first, second) = (asked(&recording), asked(&again));
        assert_eq!(first.len(), 2);
        for ((key, first), (other, second)) in first.iter().zip(&second) {
            assert_eq!((key, first.len()), (other, second.len()));
            for (a, b) in first.iter().zip(second) {
                assert!(a.instruction_time.since(b.instruction_time).abs() <= 1, "{a:?} and {b:?}");
                assert_eq!(
                    *a,
                    crate::dispatch::DispatchParts { instruction_time: a.instruction_time, ..b.clone() }
                );
            }
        }
    }

    #[test]
    fn power_is_written_to_the_watt() {
        let written: Vec<String> = [0, 500_000, -1500, 250, -7].into_iter().map(thousandths).collect();
        assert_eq!(written, ["0", "500", "-1.5", "0.25", "-0.007"]);
    }
}
