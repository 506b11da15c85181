//! The scenario as TOML: read strictly, every problem with its line.

use std::ops::Range;
use std::str::FromStr;

use serde::Deserialize;
use toml::Spanned;

use crate::desk::snapshot::Phase;
use crate::dispatch::{DispatchRef, DispatchUnit, OperatorId, Price, PricePer, Reference, Stage, Status};
use crate::profile::fault::FileFault;
use crate::profile::fleet::FleetProfile;
use crate::time::UtcTime;
use crate::units::{Vars, Watts};

use super::offset::Offset;
use super::scenario::{
    Action, Amendment, DispatchExpectation, Expectation, Scenario, Sending, SetpointAt, Step,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    #[serde(default)]
    about: String,
    fleet: Spanned<String>,
    seed: u64,
    start: Spanned<String>,
    run_for: Spanned<String>,
    poll_seconds: Option<Spanned<u32>>,
    #[serde(default)]
    steps: Vec<Spanned<FileStep>>,
    #[serde(default)]
    expect: Vec<Spanned<FileExpectation>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileStep {
    at: Spanned<String>,
    action: Spanned<String>,
    #[serde(rename = "ref")]
    dispatch_ref: Option<Spanned<String>>,
    unit: Option<Spanned<String>>,
    status: Option<Spanned<String>>,
    service_start: Option<Spanned<String>>,
    service_end: Option<Spanned<String>>,
    setpoints: Option<Vec<Spanned<FileSetpoint>>>,
    units: Option<Vec<Spanned<String>>>,
    operator: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSetpoint {
    at: Spanned<String>,
    reference: Spanned<String>,
    real_kw: Option<Spanned<f64>>,
    reactive_kvar: Option<Spanned<f64>>,
    gbp_per_mwh: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileExpectation {
    #[serde(rename = "ref")]
    dispatch_ref: Option<Spanned<String>>,
    phase: Option<Spanned<String>>,
    #[serde(default)]
    stages: Vec<Spanned<String>>,
    #[serde(default)]
    never: Vec<Spanned<String>>,
    acknowledged_within_s: Option<f64>,
    readback_matched: Option<bool>,
    setpoints_reached: Option<usize>,
    ratio_at_least: Option<f64>,
    ratio_at_most: Option<f64>,
    stopped_within_s: Option<f64>,
    alarms: Option<u32>,
    containing: Option<String>,
}

/// Collects what is wrong; a value that cannot be read is a fault and `None`.
struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    faults: Vec<FileFault>,
}

impl Reader<'_> {
    fn fault(&mut self, span: Option<Range<usize>>, field: &str, message: impl Into<String>) {
        let line = span.map(|s| 1 + self.text.bytes().take(s.start).filter(|b| *b == b'\n').count());
        self.faults.push(FileFault {
            file: self.file.to_owned(),
            line,
            field: field.to_owned(),
            message: message.into(),
        });
    }

    fn parse<T: FromStr>(&mut self, value: &Spanned<String>, field: &str) -> Option<T>
    where
        T::Err: std::fmt::Display,
    {
        value.get_ref().parse().map_err(|e: T::Err| self.fault(Some(value.span()), field, e.to_string())).ok()
    }

    fn word<T>(
        &mut self,
        value: &Spanned<String>,
        field: &str,
        read: fn(&str) -> Option<T>,
        allowed: &str,
    ) -> Option<T> {
        let found = read(value.get_ref());
        if found.is_none() {
            self.fault(Some(value.span()), field, format!("`{}` is none of {allowed}", value.get_ref()));
        }
        found
    }

    fn need<'v, T>(
        &mut self,
        value: &'v Option<T>,
        span: &Range<usize>,
        field: &str,
        action: &str,
    ) -> Option<&'v T> {
        if value.is_none() {
            self.fault(Some(span.clone()), field, format!("is missing; `{action}` needs it"));
        }
        value.as_ref()
    }
}

const STAGES: &str =
    "RECEIVED, ACCEPTED, REJECTED, UNREACHABLE, STARTED, AT_SETPOINT, ENDED, STOPPED, FAILED";
const STATUSES: &str = "RUN, RUN_NOW, PRE_NOTIFY";
const PHASES: &str =
    "sent, received, accepted, unreachable, rejected, started, at_setpoint, ended, stopped, failed";
const ACTIONS: &str = "send, amend, stop, emergency_stop";

fn phase(word: &str) -> Option<Phase> {
    Some(match word {
        "sent" => Phase::Sent,
        "received" => Phase::Received,
        "accepted" => Phase::Accepted,
        "unreachable" => Phase::Unreachable,
        "rejected" => Phase::Rejected,
        "started" => Phase::Started,
        "at_setpoint" => Phase::AtSetpoint,
        "ended" => Phase::Ended,
        "stopped" => Phase::Stopped,
        "failed" => Phase::Failed,
        _ => return None,
    })
}

fn run_status(word: &str) -> Option<Status> {
    Status::from_word(word).filter(|s| !s.is_stop())
}

fn reference(word: &str) -> Option<Reference> {
    [Reference::Delta, Reference::Absolute].into_iter().find(|r| r.word() == word)
}

/// How a scenario's fleet is found by the name that stands in the file.
pub(super) type FindFleet<'a> = &'a dyn Fn(&str) -> Result<FleetProfile, Vec<FileFault>>;

pub(super) fn read(file: &str, text: &str, find_fleet: FindFleet<'_>) -> Result<Scenario, Vec<FileFault>> {
    let mut reader = Reader { file, text, faults: Vec::new() };
    let raw: File = match toml::from_str(text) {
        Ok(raw) => raw,
        Err(error) => {
            reader.fault(error.span(), "", error.message().replace('\n', " "));
            return Err(reader.faults);
        }
    };
    let fleet = match find_fleet(raw.fleet.get_ref()) {
        Ok(fleet) => Some(fleet),
        Err(faults) => {
            reader.faults.extend(faults);
            None
        }
    };
    let start: Option<UtcTime> = reader.parse(&raw.start, "start");
    let run_for: Option<Offset> = reader.parse(&raw.run_for, "run_for");
    if let Some(run_for) = run_for.filter(|r| *r < Offset::seconds(60) || *r > Offset::seconds(48 * 3600)) {
        reader.fault(
            Some(raw.run_for.span()),
            "run_for",
            format!("{run_for} is not between T+00:01 and T+48:00"),
        );
    }
    if let Some(poll) = raw.poll_seconds.as_ref().filter(|p| !(1..=3600).contains(p.get_ref())) {
        reader.fault(
            Some(poll.span()),
            "poll_seconds",
            format!("{} is not between 1 and 3600", poll.get_ref()),
        );
    }
    let steps = read_steps(&mut reader, &raw.steps, fleet.as_ref(), run_for);
    let expectations = read_expectations(&mut reader, &raw.expect, &steps);
    match (fleet, start, run_for) {
        (Some(fleet), Some(start), Some(run_for)) if reader.faults.is_empty() => Ok(Scenario {
            name: raw.name,
            about: raw.about,
            fleet,
            seed: raw.seed,
            start,
            run_for,
            poll_seconds: raw.poll_seconds.map(Spanned::into_inner),
            steps,
            expectations,
        }),
        _ => Err(reader.faults),
    }
}

fn read_steps(
    reader: &mut Reader<'_>,
    raw: &[Spanned<FileStep>],
    fleet: Option<&FleetProfile>,
    run_for: Option<Offset>,
) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (index, spanned) in raw.iter().enumerate() {
        let field = format!("steps[{index}]");
        let step = spanned.get_ref();
        let at: Option<Offset> = reader.parse(&step.at, &format!("{field}.at"));
        if let (Some(at), Some(run_for)) = (at, run_for)
            && at > run_for
        {
            reader.fault(
                Some(step.at.span()),
                &format!("{field}.at"),
                format!("{at} is after the end, {run_for}"),
            );
        }
        let action = read_action(reader, step, &spanned.span(), &field, fleet, &steps);
        if let (Some(at), Some(action)) = (at, action) {
            if steps.last().is_some_and(|last| last.at > at) {
                reader.fault(
                    Some(step.at.span()),
                    &format!("{field}.at"),
                    format!("{at} is before the step above; steps stand in time order"),
                );
            }
            steps.push(Step { at, action });
        }
    }
    steps
}

fn read_action(
    reader: &mut Reader<'_>,
    step: &FileStep,
    span: &Range<usize>,
    field: &str,
    fleet: Option<&FleetProfile>,
    before: &[Step],
) -> Option<Action> {
    let name = step.action.get_ref().as_str();
    match name {
        "send" => read_sending(reader, step, span, field, fleet, before).map(|s| Action::Send(Box::new(s))),
        "amend" => {
            let dispatch_ref = known_ref(reader, step, span, field, before);
            let status = step
                .status
                .as_ref()
                .map(|s| reader.word(s, &format!("{field}.status"), run_status, STATUSES));
            let start =
                step.service_start.as_ref().map(|s| reader.parse(s, &format!("{field}.service_start")));
            let end = step.service_end.as_ref().map(|s| reader.parse(s, &format!("{field}.service_end")));
            let setpoints = step.setpoints.as_ref().map(|s| read_setpoints(reader, s, field));
            Some(Action::Amend(Amendment {
                dispatch_ref: dispatch_ref?,
                status: status.flatten(),
                service_start: start.flatten(),
                service_end: end.flatten(),
                setpoints,
            }))
        }
        "stop" => {
            known_ref(reader, step, span, field, before).map(|dispatch_ref| Action::Stop { dispatch_ref })
        }
        "emergency_stop" => {
            let units = step.units.iter().flatten();
            let units =
                units.filter_map(|u| known_unit(reader, u, &format!("{field}.units"), fleet)).collect();
            let operator: Option<OperatorId> =
                step.operator.as_ref().and_then(|o| reader.parse(o, &format!("{field}.operator")));
            Some(Action::EmergencyStop { units, operator })
        }
        other => {
            reader.fault(
                Some(step.action.span()),
                &format!("{field}.action"),
                format!("`{other}` is none of {ACTIONS}"),
            );
            None
        }
    }
}

fn known_unit(
    reader: &mut Reader<'_>,
    text: &Spanned<String>,
    field: &str,
    fleet: Option<&FleetProfile>,
) -> Option<DispatchUnit> {
    let unit: DispatchUnit = reader.parse(text, field)?;
    if fleet.is_some_and(|f| f.unit(&unit).is_none()) {
        reader.fault(Some(text.span()), field, format!("the fleet has no unit `{unit}`"));
        return None;
    }
    Some(unit)
}

fn known_ref(
    reader: &mut Reader<'_>,
    step: &FileStep,
    span: &Range<usize>,
    field: &str,
    before: &[Step],
) -> Option<DispatchRef> {
    let field = format!("{field}.ref");
    let text = reader.need(&step.dispatch_ref, span, &field, step.action.get_ref())?;
    let dispatch_ref: DispatchRef = reader.parse(text, &field)?;
    if !before.iter().any(|s| matches!(&s.action, Action::Send(sent) if sent.dispatch_ref == dispatch_ref)) {
        reader.fault(Some(text.span()), &field, format!("`{dispatch_ref}` is not sent by any step above"));
        return None;
    }
    Some(dispatch_ref)
}

fn read_sending(
    reader: &mut Reader<'_>,
    step: &FileStep,
    span: &Range<usize>,
    field: &str,
    fleet: Option<&FleetProfile>,
    before: &[Step],
) -> Option<Sending> {
    let place = |name: &str| format!("{field}.{name}");
    let text = reader.need(&step.dispatch_ref, span, &place("ref"), "send");
    let dispatch_ref = text.and_then(|t| reader.parse::<DispatchRef>(t, &place("ref")));
    if let (Some(text), Some(sent)) = (text, &dispatch_ref)
        && before.iter().any(|s| matches!(&s.action, Action::Send(other) if other.dispatch_ref == *sent))
    {
        reader.fault(
            Some(text.span()),
            &place("ref"),
            format!("`{sent}` is sent twice; write `amend` for a next revision"),
        );
    }
    let unit = reader.need(&step.unit, span, &place("unit"), "send");
    let unit = unit.and_then(|t| known_unit(reader, t, &place("unit"), fleet));
    let status = match &step.status {
        Some(text) => reader.word(text, &place("status"), run_status, STATUSES),
        None => Some(Status::Run),
    };
    let start = reader.need(&step.service_start, span, &place("service_start"), "send");
    let start = start.and_then(|t| reader.parse::<Offset>(t, &place("service_start")));
    let end = reader.need(&step.service_end, span, &place("service_end"), "send");
    let end = end.and_then(|t| reader.parse::<Offset>(t, &place("service_end")));
    let setpoints = reader.need(&step.setpoints, span, &place("setpoints"), "send");
    let setpoints = setpoints.map(|s| read_setpoints(reader, s, field));
    Some(Sending {
        dispatch_ref: dispatch_ref?,
        unit: unit?,
        status: status?,
        service_start: start?,
        service_end: end?,
        setpoints: setpoints?,
    })
}

fn read_setpoints(reader: &mut Reader<'_>, raw: &[Spanned<FileSetpoint>], field: &str) -> Vec<SetpointAt> {
    let mut out = Vec::new();
    for (index, spanned) in raw.iter().enumerate() {
        let place = |name: &str| format!("{field}.setpoints[{index}].{name}");
        let setpoint = spanned.get_ref();
        let at = reader.parse::<Offset>(&setpoint.at, &place("at"));
        let reference = reader.word(&setpoint.reference, &place("reference"), reference, "DELTA, ABSOLUTE");
        if setpoint.real_kw.is_none() && setpoint.reactive_kvar.is_none() {
            reader.fault(
                Some(spanned.span()),
                &place("real_kw"),
                "is missing; a setpoint has real_kw, reactive_kvar or both",
            );
        }
        let real =
            setpoint.real_kw.as_ref().and_then(|v| whole(reader, v, &place("real_kw"), "W")).map(Watts);
        let reactive = setpoint
            .reactive_kvar
            .as_ref()
            .and_then(|v| whole(reader, v, &place("reactive_kvar"), "var"))
            .map(Vars);
        let price = setpoint.gbp_per_mwh.as_ref().and_then(|v| pence(reader, v, &place("gbp_per_mwh")));
        if let (Some(at), Some(reference)) = (at, reference) {
            out.push(SetpointAt { at, reference, real, reactive, price });
        }
    }
    out
}

/// Thousandths as a whole number.
fn whole(reader: &mut Reader<'_>, value: &Spanned<f64>, field: &str, unit: &str) -> Option<i64> {
    let thousandths = value.get_ref() * 1000.0;
    if !thousandths.is_finite() || thousandths.abs() > 1e12 {
        reader.fault(
            Some(value.span()),
            field,
            format!("{} is not a power that a unit can have", value.get_ref()),
        );
        return None;
    }
    if (thousandths - thousandths.round()).abs() > 1e-6 {
        reader.fault(Some(value.span()), field, format!("{} is finer than 1 {unit}", value.get_ref()));
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "held to ±1e12 above")]
    Some(thousandths.round() as i64)
}

fn pence(reader: &mut Reader<'_>, value: &Spanned<f64>, field: &str) -> Option<Price> {
    let pence = value.get_ref() * 100.0;
    if !pence.is_finite() || pence.abs() > 1e9 || (pence - pence.round()).abs() > 1e-6 {
        reader.fault(
            Some(value.span()),
            field,
            format!("{} is not a price in pounds and pence", value.get_ref()),
        );
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "held to ±1e9 above")]
    Some(Price { pence: pence.round() as i64, per: PricePer::Mwh })
}

fn read_expectations(
    reader: &mut Reader<'_>,
    raw: &[Spanned<FileExpectation>],
    steps: &[Step],
) -> Vec<Expectation> {
    let mut out = Vec::new();
    for (index, spanned) in raw.iter().enumerate() {
        let field = format!("expect[{index}]");
        let expected = spanned.get_ref();
        match (&expected.dispatch_ref, expected.alarms) {
            (Some(text), None) => {
                let dispatch_ref = expected_ref(reader, text, &format!("{field}.ref"), steps);
                out.push(Expectation::Dispatch(Box::new(DispatchExpectation {
                    dispatch_ref,
                    phase: expected
                        .phase
                        .as_ref()
                        .and_then(|p| reader.word(p, &format!("{field}.phase"), phase, PHASES)),
                    stages: read_stages(reader, &expected.stages, &format!("{field}.stages")),
                    never: read_stages(reader, &expected.never, &format!("{field}.never")),
                    acknowledged_within_s: expected.acknowledged_within_s,
                    readback_matched: expected.readback_matched,
                    setpoints_reached: expected.setpoints_reached,
                    ratio_at_least: expected.ratio_at_least,
                    ratio_at_most: expected.ratio_at_most,
                    stopped_within_s: expected.stopped_within_s,
                })));
            }
            (None, Some(count)) => out.push(Expectation::Alarms {
                containing: expected.containing.clone().unwrap_or_default(),
                count,
            }),
            _ => reader.fault(
                Some(spanned.span()),
                &field,
                "says what of: give `ref` for a dispatch or `alarms` for a count of alarms, one of them",
            ),
        }
    }
    out
}

fn expected_ref(
    reader: &mut Reader<'_>,
    text: &Spanned<String>,
    field: &str,
    steps: &[Step],
) -> Option<DispatchRef> {
    let dispatch_ref: DispatchRef = reader.parse(text, field)?;
    let sent = |s: &Step| matches!(&s.action, Action::Send(sent) if sent.dispatch_ref == dispatch_ref);
    if !steps.iter().any(sent) {
        reader.fault(Some(text.span()), field, format!("`{dispatch_ref}` is not sent by any step"));
    }
    Some(dispatch_ref)
}

fn read_stages(reader: &mut Reader<'_>, raw: &[Spanned<String>], field: &str) -> Vec<Stage> {
    raw.iter().filter_map(|s| reader.word(s, field, Stage::from_word, STAGES)).collect()
}
