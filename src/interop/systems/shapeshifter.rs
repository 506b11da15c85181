//! Shapeshifter (UFTP): an order without an offer, in half-hours of a local day, positive as consumption.

use crate::dispatch::{Dispatch, PricePer, Reference};
use crate::interop::account::{Account, Fate};
use crate::interop::block::{self, Block, Run};
use crate::interop::field;
use crate::interop::judgement::{self, CONVERTED, MEAN, TURNED, Volume};
use crate::interop::message::{Form, Message};
use crate::interop::number::{cost, money};
use crate::interop::step::{self, Piece, Step};
use crate::interop::subject::Subject;
use crate::interop::translation::{Rendering, Unsent};
use crate::interop::unique::uuid;
use crate::interop::xml::Element;
use crate::time::{UtcTime, in_london, london_day, settlement_period};

/// An ISP of the GB market, seconds.
const ISP_S: i64 = 1800;
const ISP: &str = "PT30M";

/// What is ordered in one local day.
struct Day {
    date: String,
    runs: Vec<Run>,
    /// What the day's levels cost where they have a price, ten-thousandths of a pound.
    cost: i128,
}

pub fn render(subject: &Subject<'_>) -> Result<Rendering, Unsent> {
    let dispatch = subject.dispatch;
    if dispatch.status.is_stop() {
        return Err(Unsent::no_message("An order cannot be stopped or taken back."));
    }
    let steps = step::real(dispatch);
    if steps.is_empty() {
        return Err(Unsent::no_real_power());
    }
    let pieces = step::pieces(subject, &steps, Reference::Delta).ok_or_else(Unsent::no_baseline)?;
    let levels: Vec<Step<i64>> = pieces.iter().map(|p| p.at(p.level.watts)).collect();
    let blocks = block::blocks(&levels, ISP_S);
    let days = days(&blocks, &pieces);
    let account = account(subject, &pieces, &blocks, &days);
    let unpriced = pieces.iter().any(|piece| per_mwh(&piece.level).is_none());
    let write = |(_, day): (usize, &Day)| {
        let title = format!("FlexOrder for {}", day.date);
        Message::new(title, Form::Xml, order(subject, day).document())
    };
    Ok(Rendering::each(&days, write, account)
        .supplying([
            "CongestionPoint: an order names a place in the grid, which no dispatch does.",
            "SenderDomain and RecipientDomain: made from the ids; the parties' own are looked up.",
            "MessageID and ConversationID: made from the dispatch.",
        ])
        .supplying(
            unpriced.then_some("Price: an order must have a total; a level without a price counts 0."),
        ))
}

/// The blocks of each local day, and what they cost.
fn days(blocks: &[Block], pieces: &[Step<Piece>]) -> Vec<Day> {
    let mut days: Vec<(UtcTime, UtcTime, Vec<Block>)> = Vec::new();
    for block in blocks {
        match days.last_mut().filter(|(_, end, _)| block.start < *end) {
            Some((.., of_day)) => of_day.push(*block),
            None => {
                let (start, end) = london_day(block.start);
                days.push((start, end, vec![*block]));
            }
        }
    }
    let day = |(start, end, blocks): (UtcTime, UtcTime, Vec<Block>)| Day {
        date: in_london(start).date,
        runs: block::runs(&blocks, ISP_S, |_, _| true),
        cost: pieces.iter().map(|piece| piece_cost(piece, start, end)).sum(),
    };
    days.into_iter().map(day).collect()
}

fn per_mwh(piece: &Piece) -> Option<i64> {
    piece.price.filter(|price| price.per == PricePer::Mwh).map(|price| price.pence)
}

fn piece_cost(piece: &Step<Piece>, start: UtcTime, end: UtcTime) -> i128 {
    let seconds = piece.until.min(end).since(piece.from.max(start)).max(0);
    per_mwh(&piece.level).map_or(0, |pence| cost(piece.level.watts.saturating_abs(), seconds, pence))
}

fn order(subject: &Subject<'_>, day: &Day) -> Element {
    let dispatch = subject.dispatch;
    let [operator, reference, revision] = subject.identity();
    let mut order = Element::new("FlexOrder")
        .attribute("Version", "3.1.0")
        .attribute("SenderDomain", domain(dispatch.network_operator.as_str()))
        .attribute("RecipientDomain", domain(dispatch.unit.fsp.as_str()))
        .attribute("TimeStamp", dispatch.instruction_time)
        .attribute("MessageID", uuid(&["order", &operator, &reference, &revision, &day.date]))
        .attribute("ConversationID", uuid(&["conversation", &operator, &reference]))
        .attribute("ISP-Duration", ISP)
        .attribute("TimeZone", "Europe/London")
        .attribute("Period", &day.date)
        .attribute("CongestionPoint", "ea1.2026-01.unknown:(not in the dispatch)")
        .attribute("Unsolicited", "true")
        .attribute("ContractID", &dispatch.contract)
        .attribute("Price", money(day.cost))
        .attribute("Currency", "GBP")
        .attribute("OrderReference", &dispatch.dispatch_ref);
    if let Some(product) = subject.product {
        order = order.attribute("ServiceType", product);
    }
    if let Some(baseline) = subject.baseline_name {
        order = order.attribute("BaselineReference", baseline);
    }
    order.with(day.runs.iter().map(|run| {
        Element::new("ISP")
            .attribute("Power", -run.watts)
            .attribute("Start", settlement_period(run.start).number)
            .attribute("Duration", run.blocks)
    }))
}

/// A domain name made from an id: what the id is made of may not stand in one as it is.
fn domain(id: &str) -> String {
    let parts: Vec<String> = id
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|p| !p.is_empty())
        .map(str::to_lowercase)
        .collect();
    let label = if parts.is_empty() { "party".to_owned() } else { parts.join("-") };
    format!("{label}.example.org")
}

fn account(subject: &Subject<'_>, pieces: &[Step<Piece>], blocks: &[Block], days: &[Day]) -> Account {
    let dispatch = subject.dispatch;
    let first = blocks.first().map_or(dispatch.service_start, |block| block.start);
    let last = blocks.last().map_or(dispatch.service_end, |block| block.start + ISP_S);
    let starts: Vec<UtcTime> = blocks.iter().map(|block| block.start).collect();
    let converted = step::is_any_converted(pieces);
    Account {
        service_start: judgement::instant(
            dispatch.service_start,
            first,
            "It falls on the border of an ISP.",
            "An order has whole ISPs, half-hours of the local day, from the first level on.",
        ),
        service_end: judgement::instant(
            dispatch.service_end,
            last,
            "It falls on the border of an ISP.",
            "An order has whole ISPs, half-hours of the local day.",
        ),
        dispatch_unit: Fate::lost(
            "An order is for a congestion point; which assets answer is the aggregator's affair.",
        ),
        contract: Fate::kept(dispatch.contract.to_string(), "ContractID."),
        instruction_time: Fate::kept(dispatch.instruction_time.to_string(), "TimeStamp."),
        network_operator: Fate::changed(
            domain(dispatch.network_operator.as_str()),
            "A party is known by its internet domain.",
        ),
        dispatch_ref: Fate::kept(dispatch.dispatch_ref.to_string(), "OrderReference."),
        revision: Fate::lost("An order has no revision: a second one is an order more."),
        status: judgement::running(dispatch, Fate::lost("There is no status: an order stands.")),
        signature: judgement::signed_anew("sealed message", "Every message is sealed with Ed25519."),
        setpoint_times: judgement::setpoint_times(
            dispatch,
            &starts,
            "They fall on the borders of ISPs.",
            "Only the border of an ISP can be said.",
        ),
        several: several(dispatch, days.len()),
        volume: Volume::said(days.iter().flat_map(|d| &d.runs).map(|run| (-run.watts).to_string()))
            .because(blocks.iter().any(|block| block.watts != 0), TURNED)
            .because(blocks.iter().any(|block| !block.is_whole), MEAN)
            .because(step::is_any_moved(pieces), CONVERTED)
            .of_real_alone(dispatch)
            .fate("The same number."),
        units: judgement::units(subject, "W", None),
        reference: judgement::one_reference(
            Reference::Delta,
            converted,
            "The power of an order is a change from baseline.",
        ),
        price: price(dispatch, pieces, days),
        service_type: judgement::real_alone(dispatch),
    }
}

fn several(dispatch: &Dispatch, days: usize) -> Fate {
    if days <= 1 {
        judgement::in_one(dispatch)
    } else {
        judgement::split(dispatch, days, "order", "An order is for one local day.")
    }
}

fn price(dispatch: &Dispatch, pieces: &[Step<Piece>], days: &[Day]) -> Fate {
    if !pieces.iter().any(|piece| per_mwh(&piece.level).is_some()) {
        return Fate::lost("An order has a total alone, and no price here is for a MWh of real power.");
    }
    let totals = days.iter().map(|day| format!("{} GBP in all", money(day.cost))).collect();
    let all = dispatch.setpoints.iter().all(|s| s.reactive.and_then(|q| q.price).is_none());
    let rest = if all { "" } else { " The price of reactive power is not said." };
    Fate::changed(
        field::shortened(totals).unwrap_or_default(),
        format!("An order has a total: price times energy of the levels that have one.{rest}"),
    )
}

#[cfg(test)]
mod tests {
    use super::domain;

    #[test]
    fn a_domain_is_one_whatever_the_id_holds() {
        for (id, name) in [
            ("GB-DNO-11", "gb-dno-11.example.org"),
            ("-A--B-", "a-b.example.org"),
            ("---", "party.example.org"),
        ] {
            assert_eq!(domain(id), name);
        }
    }
}
