//! Levels and prices from an interval's payloads: whole watts and pence, the sign turned back.

use serde_json::Value;

use crate::dispatch::{Price, PricePer, Problem, ProblemKind, ReactiveLevel, RealLevel, Reference, quoted};
use crate::openadr::wire::ValuesMap;
use crate::units::{Vars, Watts};

use super::names;
use super::number::{self, Misfit};
use super::payload::{in_word, in_words, one_of, problem};

/// The real power asked in interval `index`; `None` when it asks none.
pub fn real_level(payloads: &[ValuesMap], index: usize) -> Result<Option<RealLevel>, Problem> {
    let kinds = [names::DISPATCH_SETPOINT, names::DISPATCH_SETPOINT_RELATIVE];
    let Some((reference, watts)) = level(payloads, kinds, "1 W", index)? else { return Ok(None) };
    let per_mwh = standard_price(payloads, index)?;
    let other = private_price(payloads, "REAL", index)?;
    if per_mwh.is_some() && other.is_some() {
        return Err(problem(
            ProblemKind::Value,
            format!("intervals[{index}]"),
            "it gives real power two prices, PRICE and GB_PRICE; it has one",
        ));
    }
    Ok(Some(RealLevel { reference, watts: Watts(watts), price: per_mwh.or(other) }))
}

/// The reactive power asked in interval `index`; `None` when it asks none.
pub fn reactive_level(payloads: &[ValuesMap], index: usize) -> Result<Option<ReactiveLevel>, Problem> {
    let kinds = [names::GB_REACTIVE_SETPOINT, names::GB_REACTIVE_SETPOINT_RELATIVE];
    let Some((reference, vars)) = level(payloads, kinds, "1 var", index)? else { return Ok(None) };
    let price = private_price(payloads, "REACTIVE", index)?;
    Ok(Some(ReactiveLevel { reference, vars: Vars(vars), price }))
}

/// A level of one service: absolute or delta, not both, in whole W or var, its sign turned back.
fn level(
    payloads: &[ValuesMap],
    [absolute, delta]: [&str; 2],
    resolution: &str,
    index: usize,
) -> Result<Option<(Reference, i64)>, Problem> {
    let field = |kind: &str| format!("intervals[{index}].{kind}");
    let (reference, kind, values) =
        match (one_of(payloads, absolute, &field(absolute))?, one_of(payloads, delta, &field(delta))?) {
            (None, None) => return Ok(None),
            (Some(values), None) => (Reference::Absolute, absolute, values),
            (None, Some(values)) => (Reference::Delta, delta, values),
            (Some(_), Some(_)) => {
                return Err(problem(
                    ProblemKind::Setpoints,
                    format!("intervals[{index}]"),
                    format!("it carries both {absolute} and {delta}; a setpoint is one or the other"),
                ));
            }
        };
    let [value] = values else {
        return Err(problem(
            ProblemKind::Setpoints,
            field(kind),
            format!("it carries {}; it carries one number", in_words(values)),
        ));
    };
    let consumed =
        number::units(value, 3).map_err(|misfit| number_fault(misfit, value, field(kind), resolution))?;
    let volume = consumed
        .checked_neg()
        .ok_or_else(|| number_fault(Misfit::TooLarge, value, field(kind), resolution))?;
    Ok(Some((reference, volume)))
}

fn number_fault(misfit: Misfit, value: &Value, field: String, resolution: &str) -> Problem {
    let value = in_word(value);
    match misfit {
        Misfit::NoNumber => problem(ProblemKind::Form, field, format!("{value} is not a number")),
        Misfit::Finer => problem(
            ProblemKind::Resolution,
            field,
            format!("{value} is finer than {resolution}; it is refused, not rounded"),
        ),
        Misfit::TooLarge => problem(ProblemKind::Value, field, format!("{value} is beyond what can be held")),
    }
}

/// PRICE: GBP per kWh, which is pence per MWh ÷ 100,000.
fn standard_price(payloads: &[ValuesMap], index: usize) -> Result<Option<Price>, Problem> {
    let field = format!("intervals[{index}].{}", names::PRICE);
    let Some(values) = one_of(payloads, names::PRICE, &field)? else { return Ok(None) };
    let [value] = values else {
        return Err(problem(
            ProblemKind::Form,
            field,
            format!("it carries {}; it carries one number", in_words(values)),
        ));
    };
    let pence =
        number::units(value, 5).map_err(|misfit| number_fault(misfit, value, field, "one penny per MWh"))?;
    Ok(Some(Price { pence, per: PricePer::Mwh }))
}

/// GB_PRICE of one service type: `[service type, GBP, per]`.
fn private_price(payloads: &[ValuesMap], service_type: &str, index: usize) -> Result<Option<Price>, Problem> {
    let field = format!("intervals[{index}].{}", names::GB_PRICE);
    let of_service =
        payloads.iter().filter(|p| p.values.first().and_then(Value::as_str) == Some(service_type));
    let Some(values) = one_of(of_service, names::GB_PRICE, &field)? else { return Ok(None) };
    let [_, amount, Value::String(word)] = values else {
        return Err(problem(
            ProblemKind::Form,
            field,
            format!(
                "it carries {}; it carries a service type, an amount in GBP and what it is paid for",
                in_words(values)
            ),
        ));
    };
    let per = [PricePer::Mwh, PricePer::Mvarh, PricePer::Window].into_iter().find(|p| p.word() == word);
    let per = per.ok_or_else(|| {
        problem(
            ProblemKind::Value,
            field.clone(),
            format!("{} is not one of MWH, MVARH, WINDOW", quoted(word)),
        )
    })?;
    let pence =
        number::units(amount, 2).map_err(|misfit| number_fault(misfit, amount, field, "one penny"))?;
    Ok(Some(Price { pence, per }))
}
