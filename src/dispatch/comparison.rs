//! What was sent against what was read back, field by field.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Dispatch, Price, Readback, Reference, Setpoint};

/// How one field came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// As sent.
    Matched,
    /// Otherwise than sent: an alarm.
    Differs,
    /// Not understood, or not acted on.
    Absent,
    /// Read back although it was never sent.
    Added,
}

impl Comparison {
    /// One word for the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Differs => "differs",
            Self::Absent => "absent",
            Self::Added => "not sent",
        }
    }
}

/// One field, sent against read back, both in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldComparison {
    /// The field, as a path: `setpoints[1].real`.
    pub field: String,
    /// As sent; empty when it was not.
    pub sent: String,
    /// As read back.
    pub read_back: Option<String>,
    /// The verdict.
    pub comparison: Comparison,
}

impl FieldComparison {
    /// The field as people call it: `the real power of setpoint 2` for `setpoints[1].real`.
    pub fn field_in_words(&self) -> String {
        let of_setpoint = || {
            let (index, part) = self.field.strip_prefix("setpoints[")?.split_once("].")?;
            let number = index.parse::<usize>().ok()?.checked_add(1)?;
            let part = match part {
                "at" => "time",
                "real" => "real power",
                "real.price" => "price of real power",
                "reactive" => "reactive power",
                "reactive.price" => "price of reactive power",
                _ => return None,
            };
            Some(format!("the {part} of setpoint {number}"))
        };
        of_setpoint().unwrap_or_else(|| format!("the {}", self.field.replace('_', " ")))
    }
}

/// Compares field by field, and setpoint by setpoint.
///
/// Setpoints are paired by their time; those that are left between two pairs are paired in order, so that a moved time
/// shows as one. A setpoint that was never sent is numbered after the sent ones.
pub fn compare_readback(sent: &Dispatch, read_back: &Readback) -> Vec<FieldComparison> {
    let mut fields = Vec::new();
    let mut field = |name: &str, sent: String, read_back: Option<String>| {
        fields.extend(compared(name.to_owned(), Some(sent), read_back));
    };
    field("network_operator", words(&sent.network_operator), read_back.network_operator.as_ref().map(words));
    field("dispatch_ref", words(&sent.dispatch_ref), read_back.dispatch_ref.as_ref().map(words));
    field("revision", words(&sent.revision), read_back.revision.as_ref().map(words));
    field("status", words(&sent.status), read_back.status.as_ref().map(words));
    field("contract", words(&sent.contract), read_back.contract.as_ref().map(words));
    field("dispatch_unit", words(&sent.unit), read_back.unit.as_ref().map(words));
    field("instruction_time", words(&sent.instruction_time), read_back.instruction_time.as_ref().map(words));
    field("service_start", words(&sent.service_start), read_back.service_start.as_ref().map(words));
    field("service_end", words(&sent.service_end), read_back.service_end.as_ref().map(words));
    let returned = read_back.setpoints.as_deref().unwrap_or_default();
    for (index, (sent, returned)) in paired(&sent.setpoints, returned).into_iter().enumerate() {
        fields.extend(compared_setpoint(index, sent, returned));
    }
    fields
}

/// One row; none when the field is on neither side.
fn compared(field: String, sent: Option<String>, read_back: Option<String>) -> Option<FieldComparison> {
    let comparison = match (&sent, &read_back) {
        (None, None) => return None,
        (None, Some(_)) => Comparison::Added,
        (Some(_), None) => Comparison::Absent,
        (Some(sent), Some(read_back)) if sent == read_back => Comparison::Matched,
        (Some(_), Some(_)) => Comparison::Differs,
    };
    Some(FieldComparison { field, sent: sent.unwrap_or_default(), read_back, comparison })
}

fn compared_setpoint(
    index: usize,
    sent: Option<&Setpoint>,
    read_back: Option<&Setpoint>,
) -> impl Iterator<Item = FieldComparison> {
    let row = |name: &str, part: fn(&Setpoint) -> Option<String>| {
        compared(format!("setpoints[{index}].{name}"), sent.and_then(part), read_back.and_then(part))
    };
    let rows = [
        row("at", |s| Some(words(&s.at))),
        row("real", |s| s.real.map(|l| level_in_words(l.watts.0, &l.watts, l.reference))),
        row("real.price", |s| s.real.and_then(|l| l.price).map(price_in_words)),
        row("reactive", |s| s.reactive.map(|l| level_in_words(l.vars.0, &l.vars, l.reference))),
        row("reactive.price", |s| s.reactive.and_then(|l| l.price).map(price_in_words)),
    ];
    rows.into_iter().flatten()
}

pub(super) type Pair<'a> = (Option<&'a Setpoint>, Option<&'a Setpoint>);

/// Each sent setpoint in order, with what came back for it; then what came back for none.
pub(super) fn paired<'a>(sent: &'a [Setpoint], returned: &'a [Setpoint]) -> Vec<Pair<'a>> {
    let mut pairs: Vec<Pair<'a>> = Vec::with_capacity(sent.len());
    let mut added: Vec<&'a Setpoint> = Vec::new();
    let mut between = |pairs: &mut Vec<Pair<'a>>, sent: &'a [Setpoint], returned: &'a [Setpoint]| {
        for (index, setpoint) in sent.iter().enumerate() {
            pairs.push((Some(setpoint), returned.get(index)));
        }
        added.extend(returned.iter().skip(sent.len()));
    };
    let (mut sent_from, mut returned_from) = (0, 0);
    for (index, setpoint) in sent.iter().enumerate() {
        let same_time = returned[returned_from..].iter().position(|r| r.at == setpoint.at);
        if let Some(offset) = same_time {
            let at = returned_from + offset;
            between(&mut pairs, &sent[sent_from..index], &returned[returned_from..at]);
            pairs.push((Some(setpoint), Some(&returned[at])));
            (sent_from, returned_from) = (index + 1, at + 1);
        }
    }
    between(&mut pairs, &sent[sent_from..], &returned[returned_from..]);
    pairs.extend(added.into_iter().map(|setpoint| (None, Some(setpoint))));
    pairs
}

fn words(value: &impl fmt::Display) -> String {
    value.to_string()
}

/// `+2,000 kW DELTA`, `−1.500 kvar ABSOLUTE`, `0 kW DELTA`.
fn level_in_words(value: i64, volume: &impl fmt::Display, reference: Reference) -> String {
    let plus = if value > 0 { "+" } else { "" };
    format!("{plus}{volume} {}", reference.word())
}

/// `£300.00 per MWH`, `−£12.50 per WINDOW`.
fn price_in_words(price: Price) -> String {
    let minus = if price.pence < 0 { "−" } else { "" };
    let pence = price.pence.unsigned_abs();
    format!("{minus}£{}.{:02} per {}", pence / 100, pence % 100, price.per.word())
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::super::sample::{any_readback, dispatch};
    use super::*;
    use crate::units::Watts;
    use proptest::prelude::*;

    type Change = fn(&mut Readback);

    fn setpoints(readback: &mut Readback) -> &mut Vec<Setpoint> {
        readback.setpoints.as_mut().unwrap()
    }

    /// Every row that is not as sent, as `field: sent -> read back (verdict)`.
    fn unlike(change: Change) -> Vec<String> {
        let mut readback = Readback::of(&dispatch());
        change(&mut readback);
        compare_readback(&dispatch(), &readback)
            .into_iter()
            .filter(|f| f.comparison != Comparison::Matched)
            .map(|f| {
                let back = f.read_back.unwrap_or_else(|| "-".to_owned());
                format!("{}: {} -> {back} ({})", f.field, f.sent, f.comparison.word())
            })
            .collect()
    }

    #[test]
    fn a_whole_read_back_matches_in_every_field() {
        let rows = compare_readback(&dispatch(), &Readback::of(&dispatch()));
        let rows: Vec<(&str, &str)> = rows.iter().map(|r| (r.field.as_str(), r.sent.as_str())).collect();
        assert_eq!(
            rows,
            [
                ("network_operator", "GB-DNO-11"),
                ("dispatch_ref", "EMID-20261126-0417"),
                ("revision", "3"),
                ("status", "RUN"),
                ("contract", "EMID-C-2026-0193"),
                ("dispatch_unit", "BRIGHTFLEX/BESS-07"),
                ("instruction_time", "2026-11-26T15:45:00Z"),
                ("service_start", "2026-11-26T17:00:00Z"),
                ("service_end", "2026-11-26T19:00:00Z"),
                ("setpoints[0].at", "2026-11-26T17:00:00Z"),
                ("setpoints[0].real", "+2,000 kW DELTA"),
                ("setpoints[0].real.price", "£300.00 per MWH"),
                ("setpoints[0].reactive", "+400 kvar ABSOLUTE"),
                ("setpoints[1].at", "2026-11-26T18:00:00Z"),
                ("setpoints[1].real", "+1,500 kW DELTA"),
            ]
        );
        assert_eq!(unlike(|_| {}), [""; 0]);
    }

    #[test]
    fn each_way_to_misunderstand_shows_as_what_it_is() {
        let table: &[(Change, &[&str])] = &[
            (|r| r.status = Some(Status::RunNow), &["status: RUN -> RUN_NOW (differs)"]),
            (|r| r.contract = None, &["contract: EMID-C-2026-0193 -> - (absent)"]),
            (
                |r| r.unit = Some("BRIGHTFLEX/BESS-08".parse().unwrap()),
                &["dispatch_unit: BRIGHTFLEX/BESS-07 -> BRIGHTFLEX/BESS-08 (differs)"],
            ),
            (
                |r| {
                    let level = setpoints(r)[1].real.as_mut().unwrap();
                    level.watts = Watts(-level.watts.0);
                },
                &["setpoints[1].real: +1,500 kW DELTA -> −1,500 kW DELTA (differs)"],
            ),
            (
                |r| setpoints(r)[1].real.as_mut().unwrap().watts = Watts(1_500_001),
                &["setpoints[1].real: +1,500 kW DELTA -> +1,500.001 kW DELTA (differs)"],
            ),
            (
                |r| setpoints(r)[1].real.as_mut().unwrap().reference = Reference::Absolute,
                &["setpoints[1].real: +1,500 kW DELTA -> +1,500 kW ABSOLUTE (differs)"],
            ),
            (
                |r| setpoints(r)[0].reactive = None,
                &["setpoints[0].reactive: +400 kvar ABSOLUTE -> - (absent)"],
            ),
            (
                |r| setpoints(r)[0].real.as_mut().unwrap().price = None,
                &["setpoints[0].real.price: £300.00 per MWH -> - (absent)"],
            ),
            (
                |r| setpoints(r)[1].at = setpoints(r)[1].at + 300,
                &["setpoints[1].at: 2026-11-26T18:00:00Z -> 2026-11-26T18:05:00Z (differs)"],
            ),
            (
                |r| {
                    setpoints(r).remove(0);
                },
                &[
                    "setpoints[0].at: 2026-11-26T17:00:00Z -> - (absent)",
                    "setpoints[0].real: +2,000 kW DELTA -> - (absent)",
                    "setpoints[0].real.price: £300.00 per MWH -> - (absent)",
                    "setpoints[0].reactive: +400 kvar ABSOLUTE -> - (absent)",
                ],
            ),
            (
                |r| {
                    let early = Setpoint { at: setpoints(r)[0].at - 1800, ..setpoints(r)[1] };
                    setpoints(r).insert(0, early);
                },
                &[
                    "setpoints[2].at:  -> 2026-11-26T16:30:00Z (not sent)",
                    "setpoints[2].real:  -> +1,500 kW DELTA (not sent)",
                ],
            ),
            (
                |r| r.setpoints = None,
                &[
                    "setpoints[0].at: 2026-11-26T17:00:00Z -> - (absent)",
                    "setpoints[0].real: +2,000 kW DELTA -> - (absent)",
                    "setpoints[0].real.price: £300.00 per MWH -> - (absent)",
                    "setpoints[0].reactive: +400 kvar ABSOLUTE -> - (absent)",
                    "setpoints[1].at: 2026-11-26T18:00:00Z -> - (absent)",
                    "setpoints[1].real: +1,500 kW DELTA -> - (absent)",
                ],
            ),
        ];
        for (change, rows) in table {
            assert_eq!(unlike(*change), *rows);
        }
    }

    #[test]
    fn every_field_has_a_name_that_people_use() {
        let named: Vec<String> = compare_readback(&dispatch(), &Readback::of(&dispatch()))
            .iter()
            .map(FieldComparison::field_in_words)
            .collect();
        assert!(named.iter().all(|name| !name.contains(['[', '_', '.'])), "{named:?}");
        assert_eq!(named[5], "the dispatch unit");
        assert_eq!(named[14], "the real power of setpoint 2");
    }

    proptest! {
        #[test]
        fn no_setpoint_is_lost_in_the_comparison((sent, back) in any_readback()) {
            let rows = compare_readback(&sent, &back);
            let mut fields: Vec<&str> = rows.iter().map(|r| r.field.as_str()).collect();
            let number = fields.len();
            fields.sort_unstable();
            fields.dedup();
            prop_assert_eq!(fields.len(), number, "each field has one row");
            let times = |side: fn(&FieldComparison) -> bool| {
                rows.iter().filter(|r| r.field.ends_with("].at") && side(r)).count()
            };
            prop_assert_eq!(times(|r| r.comparison != Comparison::Added), sent.setpoints.len());
            prop_assert_eq!(times(|r| r.read_back.is_some()), back.setpoints.as_ref().map_or(0, Vec::len));
            let all = rows.iter().all(|r| r.comparison == Comparison::Matched);
            prop_assert_eq!(all, back == Readback::of(&sent) || (all && sent.setpoints.is_empty()));
        }
    }
}
