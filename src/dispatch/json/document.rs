//! The fields of the document, each read by its own rule; everything that can be read is, whatever else is wrong.

use crate::units::{Vars, Watts};

use super::super::canonical::PENNY;
use super::super::problem::{Problem, ProblemKind};
use super::super::readback::Readback;
use super::super::rules::{MAX_PENCE, MAX_VOLUME, Seen, SeenSetpoint, check_seen, volume_bound};
use super::super::{
    DispatchParts, DispatchUnit, PROFILE, Price, PricePer, ReactiveLevel, RealLevel, Reference, Revision,
    Signature, Status,
};
use super::quantity::{self, QuantityFault};
use super::reader::{Dialect, Members, Node, ROOT, Reader};
use super::{form, quoted};

/// A document as far as it could be read.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Every field but the setpoints.
    pub fields: Readback,
    /// The fields that the rules look at, setpoints among them.
    pub seen: Seen,
    pub signature: Option<Signature>,
}

impl Known {
    /// What a dispatch is made of, when all of it could be read.
    pub fn parts(self) -> Option<DispatchParts> {
        Some(DispatchParts {
            network_operator: self.fields.network_operator?,
            dispatch_ref: self.fields.dispatch_ref?,
            revision: self.fields.revision?,
            status: self.fields.status?,
            contract: self.fields.contract?,
            unit: self.fields.unit?,
            instruction_time: self.fields.instruction_time?,
            service_start: self.fields.service_start?,
            service_end: self.fields.service_end?,
            setpoints: self.seen.setpoints?.iter().map(SeenSetpoint::whole).collect::<Option<_>>()?,
        })
    }

    /// What was read back.
    pub fn readback(self) -> Readback {
        let setpoints = self.seen.setpoints.and_then(|s| s.iter().map(SeenSetpoint::whole).collect());
        Readback { setpoints, ..self.fields }
    }
}

const FIELDS: [&str; 12] = [
    "profile",
    "network_operator",
    "dispatch_ref",
    "revision",
    "status",
    "contract",
    "dispatch_unit",
    "instruction_time",
    "service_start",
    "service_end",
    "setpoints",
    "signature",
];

const TIME: &str = "write UTC as \"2026-11-26T17:00:00Z\"";

/// Reads a text. Whatever is wrong with it is in the list.
pub(super) fn read(text: &str, dialect: Dialect) -> (Known, Vec<Problem>) {
    let (value, lines) = match form::parse(text) {
        Ok(parsed) => parsed,
        Err(problem) => return (Known::default(), vec![problem]),
    };
    let mut reader = Reader::new(dialect, lines);
    let root = Node { path: ROOT.to_owned(), value: &value };
    let known = match reader.object(&root, &FIELDS) {
        Some(members) => document(&mut reader, &members),
        None => Known::default(),
    };
    if dialect == Dialect::Document {
        reader.adopt(check_seen(&known.seen));
    }
    let text = reader.text();
    let mut problems = reader.finish();
    if problems.is_empty() {
        problems.extend(form::strict(text).err());
    }
    (known, problems)
}

fn document<'t>(reader: &mut Reader<'t>, members: &Members<'_, 't>) -> Known {
    let mut known = Known::default();
    let right = format!("write \"{PROFILE}\"");
    if let Some(node) = field(reader, members, "profile", &right) {
        reader.word(&node, &[(PROFILE, ())]);
    }
    let fields = &mut known.fields;
    let operator = "write the operator's id, as in \"GB-DNO-11\"";
    fields.network_operator =
        field(reader, members, "network_operator", operator).and_then(|n| reader.parsed(&n, operator));
    let dispatch_ref = "write the operator's own reference, as in \"EMID-20261126-0417\"";
    fields.dispatch_ref =
        field(reader, members, "dispatch_ref", dispatch_ref).and_then(|n| reader.parsed(&n, dispatch_ref));
    fields.revision = field(reader, members, "revision", REVISION).and_then(|n| revision(reader, &n));
    let words = Status::ALL.map(|s| (s.word(), s));
    fields.status =
        field(reader, members, "status", "say what is asked: RUN, say").and_then(|n| reader.word(&n, &words));
    let contract = "write the contract's id, as in \"EMID-C-2026-0193\"";
    fields.contract = field(reader, members, "contract", contract).and_then(|n| reader.parsed(&n, contract));
    fields.unit = field(reader, members, "dispatch_unit", UNIT).and_then(|n| unit(reader, &n));
    fields.instruction_time =
        field(reader, members, "instruction_time", TIME).and_then(|n| reader.parsed(&n, TIME));
    fields.service_start =
        field(reader, members, "service_start", TIME).and_then(|n| reader.parsed(&n, TIME));
    fields.service_end = field(reader, members, "service_end", TIME).and_then(|n| reader.parsed(&n, TIME));
    known.seen = Seen {
        status: fields.status,
        service_start: fields.service_start,
        service_end: fields.service_end,
        setpoints: field(reader, members, "setpoints", "write a list; a stop may have an empty one")
            .and_then(|n| setpoints(reader, &n)),
    };
    if let Some(node) = reader.optional(members, "signature").filter(|_| reader.dialect == Dialect::Document)
    {
        known.signature = signature(reader, &node);
    }
    known
}

/// A member of the document itself: a read-back may leave each of them out.
fn field<'v, 't>(
    reader: &mut Reader<'t>,
    members: &Members<'v, 't>,
    name: &str,
    right: &str,
) -> Option<Node<'v, 't>> {
    match reader.dialect {
        Dialect::Document => reader.required(members, name, right),
        Dialect::Readback => reader.optional(members, name),
    }
}

const REVISION: &str = "write a whole number from 1 to 4294967295, without quotes";

fn revision<'t>(reader: &mut Reader<'t>, node: &Node<'_, 't>) -> Option<Revision> {
    let judged = reader.scaled(node, 0, REVISION)?;
    let number = judged.ok().and_then(|n| u32::try_from(n).ok()).and_then(Revision::new);
    if number.is_none() {
        let message = format!("{} is not a revision; {REVISION}", reader.shown(node));
        reader.report(ProblemKind::Value, &node.path, message);
    }
    number
}

const UNIT: &str = "write { \"fsp\": …, \"unit\": … }";

fn unit<'t>(reader: &mut Reader<'t>, node: &Node<'_, 't>) -> Option<DispatchUnit> {
    let members = reader.object(node, &["fsp", "unit"])?;
    let fsp = "write the FSP's id, as in \"BRIGHTFLEX\"";
    let fsp = reader.required(&members, "fsp", fsp).and_then(|n| reader.parsed(&n, fsp));
    let unit = "write the FSP's own name of the unit, as in \"BESS-07\"";
    let unit = reader.required(&members, "unit", unit).and_then(|n| reader.parsed(&n, unit));
    Some(DispatchUnit { fsp: fsp?, unit: unit? })
}

fn setpoints<'t>(reader: &mut Reader<'t>, node: &Node<'_, 't>) -> Option<Vec<SeenSetpoint>> {
    let nodes = reader.list(node)?;
    Some(nodes.iter().map(|node| setpoint(reader, node)).collect())
}

fn setpoint<'t>(reader: &mut Reader<'t>, node: &Node<'_, 't>) -> SeenSetpoint {
    let mut seen = SeenSetpoint { unreadable: true, ..SeenSetpoint::default() };
    let Some(members) = reader.object(node, &["at", "parameters"]) else { return seen };
    seen.at = reader.required(&members, "at", TIME).and_then(|n| reader.parsed(&n, TIME));
    let list = reader
        .required(&members, "parameters", "write a list with one REAL or one REACTIVE entry or both")
        .and_then(|n| reader.list(&n));
    let Some(list) = list else { return seen };
    seen.unreadable = false;
    for (index, node) in list.iter().enumerate() {
        match parameter(reader, node) {
            Some(Level::Real(_)) if seen.real.is_some() => twice(reader, node, "REAL"),
            Some(Level::Reactive(_)) if seen.reactive.is_some() => twice(reader, node, "REACTIVE"),
            Some(Level::Real(level)) => seen.real = Some((index, level)),
            Some(Level::Reactive(level)) => seen.reactive = Some((index, level)),
            None => seen.unreadable = true,
        }
    }
    seen
}

fn twice<'t>(reader: &mut Reader<'t>, node: &Node<'_, 't>, service_type: &str) {
    let message = format!("this is the second {service_type} of this setpoint; a setpoint has at most one");
    reader.report(ProblemKind::Setpoints, &format!("{}.service_type", node.path), message);
}

enum Level {
    Real(RealLevel),
    Reactive(ReactiveLevel),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ServiceType {
    Real,
    Reactive,
}

/// A unit of power: its word, what it measures, and the power of ten from it to W / var.
type Units = (&'static str, ServiceType, i64);

const UNITS: [Units; 4] = [
    ("KW", ServiceType::Real, 3),
    ("MW", ServiceType::Real, 6),
    ("KVAR", ServiceType::Reactive, 3),
    ("MVAR", ServiceType::Reactive, 6),
];
/// As the canonical form writes them.
const CANONICAL_UNITS: [Units; 2] = [("W", ServiceType::Real, 0), ("VAR", ServiceType::Reactive, 0)];

fn parameter<'t>(reader: &mut Reader<'t>, node: &Node<'_, 't>) -> Option<Level> {
    let members = reader.object(node, &["service_type", "reference", "volume", "units", "price"])?;
    let service_type = reader
        .required(&members, "service_type", "write \"REAL\" or \"REACTIVE\"")
        .and_then(|n| reader.word(&n, &[("REAL", ServiceType::Real), ("REACTIVE", ServiceType::Reactive)]));
    let reference = reader
        .required(&members, "reference", "it has no default: write \"DELTA\" or \"ABSOLUTE\"")
        .and_then(|n| reader.word(&n, &[Reference::Delta, Reference::Absolute].map(|r| (r.word(), r))));
    let volume = reader.required(&members, "volume", VOLUME);
    let units = reader.required(&members, "units", "write \"KW\", \"MW\", \"KVAR\" or \"MVAR\"");
    let units = units.and_then(|n| units_of(reader, &n, service_type));
    let volume = volume.and_then(|n| volume_of(reader, &n, units));
    let price = match reader.optional(&members, "price") {
        Some(node) => Some(price(reader, &node)?),
        None => None,
    };
    let (reference, volume) = (reference?, volume?);
    Some(match service_type? {
        ServiceType::Real => Level::Real(RealLevel { reference, watts: Watts(volume), price }),
        ServiceType::Reactive => Level::Reactive(ReactiveLevel { reference, vars: Vars(volume), price }),
    })
}

fn units_of<'t>(
    reader: &mut Reader<'t>,
    node: &Node<'_, 't>,
    service_type: Option<ServiceType>,
) -> Option<Units> {
    let mut words: Vec<(&str, Units)> = UNITS.iter().map(|u| (u.0, *u)).collect();
    if reader.dialect == Dialect::Readback {
        words.extend(CANONICAL_UNITS.iter().map(|u| (u.0, *u)));
    }
    let units = reader.word(node, &words)?;
    if let Some(service_type) = service_type.filter(|s| *s != units.1) {
        let (word, right) = match service_type {
            ServiceType::Real => ("REAL", "KW or MW"),
            ServiceType::Reactive => ("REACTIVE", "KVAR or MVAR"),
        };
        let message = format!("`{}` does not agree with service_type {word}; write {right}", units.0);
        reader.report(ProblemKind::Units, &node.path, message);
        return None;
    }
    Some(units)
}

const VOLUME: &str = "write a finite number without quotes";

/// Without units, the volume is looked at as if in the finest, so that no mistake is reported that units would mend.
fn volume_of<'t>(reader: &mut Reader<'t>, node: &Node<'_, 't>, units: Option<Units>) -> Option<i64> {
    let judged = reader.scaled(node, units.map_or(0, |u| u.2), VOLUME)?;
    let (word, service_type, _) = units?;
    let (resolution, unit) = match service_type {
        ServiceType::Real => ("1 W", "kW"),
        ServiceType::Reactive => ("1 var", "kVAr"),
    };
    match judged {
        Ok(volume) if volume.unsigned_abs() <= MAX_VOLUME.unsigned_abs() => Some(volume),
        Err(QuantityFault::Finer) => {
            let message = format!(
                "{} {word} is finer than {resolution}; write a whole multiple of it, nothing is rounded",
                reader.shown(node)
            );
            reader.report(ProblemKind::Resolution, &node.path, message);
            None
        }
        Ok(_) | Err(_) => {
            let message = format!("{} {word} is beyond {}", reader.shown(node), volume_bound(unit));
            reader.report(ProblemKind::Value, &node.path, message);
            None
        }
    }
}

fn price<'t>(reader: &mut Reader<'t>, node: &Node<'_, 't>) -> Option<Price> {
    let members = reader.object(node, &["amount", "currency", "per"])?;
    let amount = reader.required(&members, "amount", AMOUNT);
    let currency = reader.required(&members, "currency", "write \"GBP\"").and_then(|n| {
        let words: &[(&str, bool)] = match reader.dialect {
            Dialect::Document => &[("GBP", false)],
            Dialect::Readback => &[("GBP", false), (PENNY, true)],
        };
        reader.word(&n, words)
    });
    let pence = amount.and_then(|n| amount_of(reader, &n, currency.unwrap_or_default()));
    let per = reader.required(&members, "per", "write \"MWH\", \"MVARH\" or \"WINDOW\"").and_then(|n| {
        reader.word(&n, &[PricePer::Mwh, PricePer::Mvarh, PricePer::Window].map(|p| (p.word(), p)))
    });
    currency?;
    Some(Price { pence: pence?, per: per? })
}

const AMOUNT: &str = "write pounds with two decimals in quotes, as in \"300.00\"";

fn amount_of<'t>(reader: &mut Reader<'t>, node: &Node<'_, 't>, in_pence: bool) -> Option<i64> {
    let judged = if in_pence {
        reader.scaled(node, 0, "write whole pence without quotes")?
    } else {
        let text = reader.text_of(node, AMOUNT)?;
        quantity::pence(text)
    };
    let (kind, message) = match judged {
        Ok(pence) if pence.unsigned_abs() <= MAX_PENCE.unsigned_abs() => return Some(pence),
        Ok(_) | Err(QuantityFault::Absurd) => {
            (ProblemKind::Value, format!("{} is beyond £10,000,000.00 either way", reader.shown(node)))
        }
        Err(QuantityFault::Finer) => {
            (ProblemKind::Resolution, format!("{} is finer than one penny; {AMOUNT}", reader.shown(node)))
        }
        Err(QuantityFault::NotANumber) => {
            (ProblemKind::Value, format!("{} is not an amount; {AMOUNT}", reader.shown(node)))
        }
    };
    reader.report(kind, &node.path, message);
    None
}

fn signature<'t>(reader: &mut Reader<'t>, node: &Node<'_, 't>) -> Option<Signature> {
    let members = reader.object(node, &["algorithm", "key_id", "value"])?;
    let algorithm = reader
        .required(&members, "algorithm", "write \"Ed25519\"")
        .and_then(|n| reader.word(&n, &[(super::super::signature::ALGORITHM, ())]));
    let key_id = "write the key's name, as in \"gb-dno-11-2026\"";
    let key_id = reader.required(&members, "key_id", key_id).and_then(|n| reader.parsed(&n, key_id));
    let value = "write 86 characters of base64url without padding";
    let value = reader.required(&members, "value", value).and_then(|n| {
        let text = reader.text_of(&n, value)?;
        match Signature::value_from_text(text) {
            Ok(bytes) => Some(bytes),
            Err(_) => {
                let count = text.chars().count();
                let message =
                    format!("{} ({count} characters) is no Ed25519 signature; {value}", quoted(text));
                reader.report(ProblemKind::Value, &n.path, message);
                None
            }
        }
    });
    algorithm?;
    Some(Signature { key_id: key_id?, value: value? })
}
