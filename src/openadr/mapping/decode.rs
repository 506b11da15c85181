//! The signed dispatch from an event. Read tolerantly, and never guessed: what a server may rewrite is taken for what
//! it means; what is missing or contradicts itself is a problem that names the payload.

use std::str::FromStr;

use serde_json::Value;

use crate::dispatch::{
    Dispatch, DispatchKey, DispatchParts, DispatchRef, DispatchUnit, IdentifierError, Problem, ProblemKind,
    Revision, Setpoint, Signature, SignedDispatch, Status, quoted,
};
use crate::openadr::wire::{Event, Interval};
use crate::time::UtcTime;

use super::level::{reactive_level, real_level};
use super::payload::{in_words, one_text, only_one, problem, units_of};
use super::{names, number, period};

/// Why an event is not a dispatch that can be acted on; holds what could be read, so that a rejection can name it.
#[derive(Clone, Debug)]
pub struct Undecodable {
    /// Operator and ref, when they could be read.
    pub key: Option<DispatchKey>,
    /// The unit, when it could be read.
    pub unit: Option<DispatchUnit>,
    /// The revision, when it could be read.
    pub revision: Option<Revision>,
    /// The status, when it is one of the five.
    pub status: Option<Status>,
    /// Whether only the signature is missing or unreadable.
    pub signature_only: bool,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// Rebuilds the signed dispatch from an event, tolerating everything that VTNs rewrite.
///
/// # Errors
/// What could not be read. Nothing of it is ever acted on.
pub fn dispatch_from(event: &Event) -> Result<SignedDispatch, Box<Undecodable>> {
    let mut reader = Reader { event, problems: Vec::new() };
    let network_operator = reader.name(names::GB_OPERATOR, "network_operator");
    let dispatch_ref = reader.dispatch_ref();
    let revision = reader.revision();
    let status = reader.status();
    let contract = reader.name(names::GB_CONTRACT, "contract");
    let unit = reader.unit();
    let instruction_time = reader.instruction_time();
    let window = reader.window();
    let setpoints = reader.setpoints();
    let signature = signature_of(event);

    let key = network_operator
        .clone()
        .zip(dispatch_ref.clone())
        .map(|(operator, dispatch_ref)| DispatchKey { operator, dispatch_ref });
    let mut problems = reader.problems;
    let dispatch = (|| {
        Some(DispatchParts {
            network_operator: network_operator?,
            dispatch_ref: dispatch_ref?,
            revision: revision?,
            status: status?,
            contract: contract?,
            unit: unit.clone()?,
            instruction_time: instruction_time?,
            service_start: window?.0,
            service_end: window?.1,
            setpoints,
        })
    })()
    .and_then(|parts| Dispatch::new(parts).map_err(|broken| problems.extend(broken)).ok())
    .filter(|_| problems.is_empty());

    match (dispatch, signature) {
        (Some(dispatch), Ok(signature)) => Ok(SignedDispatch { dispatch, signature }),
        (dispatch, signature) => {
            problems.extend(signature.err());
            let signature_only = dispatch.is_some();
            Err(Box::new(Undecodable { key, unit, revision, status, signature_only, problems }))
        }
    }
}

struct Reader<'a> {
    event: &'a Event,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    fn keep<T>(&mut self, read: Result<T, Problem>) -> Option<T> {
        read.map_err(|p| self.problems.push(p)).ok()
    }

    /// The values of a header payload, which must be there.
    fn header(&self, kind: &str, field: &str) -> Result<&'a [Value], Problem> {
        let intervals: &'a [Interval] = &self.event.intervals;
        only_one(intervals, kind, field)?.ok_or_else(|| {
            problem(ProblemKind::Missing, field, format!("the event carries no {kind} payload"))
        })
    }

    fn name<T: FromStr<Err: ToString>>(&mut self, kind: &str, field: &str) -> Option<T> {
        let read = self
            .header(kind, field)
            .and_then(|values| one_text(values, kind, field))
            .and_then(|t| t.parse().map_err(|e: T::Err| problem(ProblemKind::Value, field, e.to_string())));
        self.keep(read)
    }

    /// The ref's own payload; an event without it is still named by its `eventName`.
    fn dispatch_ref(&mut self) -> Option<DispatchRef> {
        let named = self.event.event_name.as_deref().and_then(|n| n.parse().ok());
        match only_one(&self.event.intervals, names::GB_DISPATCH_REF, "dispatch_ref") {
            Ok(None) if named.is_some() => named,
            _ => self.name(names::GB_DISPATCH_REF, "dispatch_ref"),
        }
    }

    fn revision(&mut self) -> Option<Revision> {
        let read = self.header(names::GB_REVISION, "revision").and_then(revision_of);
        self.keep(read)
    }

    fn status(&mut self) -> Option<Status> {
        let kind = names::DISPATCH_INSTRUCTION;
        let read = self.header(kind, "status").and_then(|values| one_text(values, kind, "status")).and_then(
            |word| {
                Status::from_word(word).ok_or_else(|| {
                    let words = Status::ALL.map(Status::word).join(", ");
                    problem(
                        ProblemKind::Value,
                        "status",
                        format!(
                            "{} is not a status and is never acted on; it is one of {words}",
                            quoted(word)
                        ),
                    )
                })
            },
        );
        self.keep(read)
    }

    fn unit(&mut self) -> Option<DispatchUnit> {
        let read = unit_of(self.event);
        self.keep(read)
    }

    fn instruction_time(&mut self) -> Option<UtcTime> {
        let (kind, field) = (names::GB_INSTRUCTION_TIME, "instruction_time");
        let read = self.header(kind, field).and_then(|values| one_text(values, kind, field)).and_then(|t| {
            UtcTime::parse_tolerant(t).map_err(|e| problem(ProblemKind::Value, field, e.to_string()))
        });
        self.keep(read)
    }

    fn window(&mut self) -> Option<(UtcTime, UtcTime)> {
        let read = window_of(self.event);
        self.keep(read)
    }

    fn setpoints(&mut self) -> Vec<Setpoint> {
        let (placed, misplaced) = period::place(&self.event.intervals, self.event.interval_period.as_ref());
        for (index, reason) in misplaced {
            self.problems.push(problem(
                ProblemKind::Window,
                format!("intervals[{index}].intervalPeriod"),
                reason,
            ));
        }
        self.check_units();
        let mut setpoints = Vec::new();
        for place in placed {
            let payloads = &place.interval.payloads;
            let real = real_level(payloads, place.index);
            let reactive = reactive_level(payloads, place.index);
            let (real, reactive) = (self.keep(real).flatten(), self.keep(reactive).flatten());
            if real.is_some() || reactive.is_some() {
                setpoints.push(Setpoint { at: place.start, real, reactive });
            }
        }
        setpoints.sort_by_key(|s| s.at);
        setpoints
    }

    /// A descriptor that gives other units than the profile's changes what every number means.
    fn check_units(&mut self) {
        let descriptors = &self.event.payload_descriptors;
        for (kind, units) in [
            (names::DISPATCH_SETPOINT, names::KW),
            (names::DISPATCH_SETPOINT_RELATIVE, names::KW),
            (names::GB_REACTIVE_SETPOINT, names::KVAR),
            (names::GB_REACTIVE_SETPOINT_RELATIVE, names::KVAR),
            (names::PRICE, names::KWH),
        ] {
            if let Some(other) = units_of(descriptors, kind).filter(|u| *u != units) {
                self.problems.push(problem(
                    ProblemKind::Units,
                    format!("payloadDescriptors.{kind}.units"),
                    format!("{} is not this profile's unit; it is {units}", quoted(other)),
                ));
            }
        }
        for kind in [names::PRICE, names::GB_PRICE] {
            let currency =
                descriptors.iter().find(|d| d.payload_type == kind).and_then(|d| d.currency.as_deref());
            if let Some(other) = currency.filter(|c| *c != names::GBP) {
                self.problems.push(problem(
                    ProblemKind::Units,
                    format!("payloadDescriptors.{kind}.currency"),
                    format!("{} is not this profile's currency; it is GBP", quoted(other)),
                ));
            }
        }
    }
}

/// A revision from its payload's values.
pub(super) fn revision_of(values: &[Value]) -> Result<Revision, Problem> {
    let number = match values {
        [value] => number::units(value, 0).ok(),
        _ => None,
    };
    number.and_then(|n| u32::try_from(n).ok()).and_then(Revision::new).ok_or_else(|| {
        problem(
            ProblemKind::Value,
            "revision",
            format!(
                "{} carries {}; it carries one whole number from 1",
                names::GB_REVISION,
                in_words(values)
            ),
        )
    })
}

/// A signature from its payload among the event's.
pub(super) fn signature_of(event: &Event) -> Result<Signature, Problem> {
    let kind = names::GB_SIGNATURE;
    match only_one(&event.intervals, kind, "signature")? {
        Some(values) => signature_from(values),
        None => Err(problem(
            ProblemKind::Missing,
            "signature",
            format!("the event carries no {kind} payload; a dispatch without a signature is not acted on"),
        )),
    }
}

/// A signature from its payload's values.
pub(super) fn signature_from(values: &[Value]) -> Result<Signature, Problem> {
    let fault = |message: String| problem(ProblemKind::Value, "signature", message);
    let [Value::String(algorithm), Value::String(key_id), Value::String(value)] = values else {
        return Err(fault(format!(
            "{} carries {}; it carries an algorithm, a key id and a value",
            names::GB_SIGNATURE,
            in_words(values)
        )));
    };
    if algorithm != names::ED25519 {
        return Err(fault(format!(
            "{} is not an algorithm of this profile; it is Ed25519",
            quoted(algorithm)
        )));
    }
    Ok(Signature {
        key_id: key_id.parse().map_err(|e: IdentifierError| fault(e.to_string()))?,
        value: Signature::value_from_text(value).map_err(fault)?,
    })
}

/// The unit from its payload, which the signature covers; else from the event's one target. Targets that are shown
/// must not contradict it.
fn unit_of(event: &Event) -> Result<DispatchUnit, Problem> {
    let fault = |kind: ProblemKind, message: String| problem(kind, "dispatch_unit", message);
    let Some(values) = only_one(&event.intervals, names::GB_UNIT, "dispatch_unit")? else {
        return match event.targets.as_slice() {
            [target] => DispatchUnit::from_target(target).ok_or_else(|| {
                fault(ProblemKind::Value, format!("target {} is not of the form FSP_UNIT", quoted(target)))
            }),
            [] => Err(fault(
                ProblemKind::Missing,
                format!("the event shows no target and carries no {} payload", names::GB_UNIT),
            )),
            several => Err(fault(
                ProblemKind::Value,
                format!("the event has {} targets; a dispatch has one unit", several.len()),
            )),
        };
    };
    let [Value::String(fsp), Value::String(unit)] = values else {
        return Err(fault(
            ProblemKind::Form,
            format!("{} carries {}; it carries an FSP and a unit", names::GB_UNIT, in_words(values)),
        ));
    };
    let name_fault = |e: IdentifierError| fault(ProblemKind::Value, e.to_string());
    let unit =
        DispatchUnit { fsp: fsp.parse().map_err(name_fault)?, unit: unit.parse().map_err(name_fault)? };
    if event.targets.is_empty() || event.targets.contains(&unit.target()) {
        Ok(unit)
    } else {
        Err(fault(
            ProblemKind::Value,
            format!("the event is targeted at {} but names unit {unit}", quoted(&event.targets.join(", "))),
        ))
    }
}

/// The window from the event's own period; where a server leaves that out, from `duration` and the intervals.
fn window_of(event: &Event) -> Result<(UtcTime, UtcTime), Problem> {
    let own = event.interval_period.as_ref();
    let (placed, _) = period::place(&event.intervals, own);
    let fault = |field: &str, message: String| problem(ProblemKind::Window, field, message);
    let start = period::start_of(own)
        .map_err(|e| fault("service_start", e))?
        .or_else(|| placed.iter().map(|p| p.start).min())
        .ok_or_else(|| {
            let message = "the event has no start; write intervalPeriod.start as a real instant of UTC, never \
                           OpenADR's sentinel for now";
            fault("service_start", message.to_owned())
        })?;
    let duration = own.and_then(|p| p.duration.as_deref()).or(event.duration.as_deref());
    let end = match duration {
        Some(duration) => period::end_after(start, duration).map_err(|e| fault("service_end", e))?,
        None => placed.iter().filter_map(|p| p.end).max().ok_or_else(|| {
            fault("service_end", "neither the event nor its intervals have a duration".to_owned())
        })?,
    };
    Ok((start, end))
}
