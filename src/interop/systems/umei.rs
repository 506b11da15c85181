//! UMEI: a buy order for each level on a market of its quantity.

use serde_json::{Value, json};

use crate::dispatch::{Dispatch, Price, PricePer, Reference};
use crate::interop::account::{Account, Fate};
use crate::interop::field;
use crate::interop::judgement::{self, CONVERTED, Kinds, Volume};
use crate::interop::message::{Form, Message};
use crate::interop::number::{self, mega, pounds};
use crate::interop::step::{self, Piece, Step};
use crate::interop::subject::Subject;
use crate::interop::translation::{Rendering, Unsent};

use super::NOT_IN_IT;

/// What an order is for.
#[derive(Clone, Copy)]
struct Asked {
    is_real: bool,
    /// A change, W or var.
    value: i64,
    /// The change is another number than what was asked.
    is_moved: bool,
    price: Option<Price>,
}

pub fn render(subject: &Subject<'_>) -> Result<Rendering, Unsent> {
    let dispatch = subject.dispatch;
    if dispatch.status.is_stop() {
        let request = "DELETE /Orders/(the id that the market gave)\n";
        let why = "An order is taken off the book; what was traded of it stands.";
        let account = judgement::withdrawn(dispatch, "DELETE", why);
        return Ok(Rendering::one(Message::new("Request", Form::Request, request), account));
    }
    let steps = step::real(dispatch);
    let pieces = step::pieces(subject, &steps, Reference::Delta).ok_or_else(Unsent::no_baseline)?;
    let converted = step::is_any_converted(&pieces);
    let real = pieces.iter().map(|p| {
        let Piece { watts, asked, price, .. } = p.level;
        p.at(Asked { is_real: true, value: watts, is_moved: watts != asked, price })
    });
    // The baseline of reactive power is 0, so that a level is the change as well.
    let reactive = step::reactive(dispatch).into_iter().map(|s| {
        s.at(Asked { is_real: false, value: s.level.vars.0, is_moved: false, price: s.level.price })
    });
    let orders: Vec<Step<Asked>> = real.chain(reactive).collect();
    let write = |(index, order): (usize, &Step<Asked>)| {
        let title = match orders.len() {
            1 => "Order, POST /Orders".to_owned(),
            many => format!("Order {} of {many}, POST /Orders", index + 1),
        };
        Message::json(title, &written(subject, order))
    };
    let unpriced = orders.iter().any(|order| unit_price(order).is_none());
    Ok(Rendering::each(&orders, write, account(subject, &orders, converted))
        .supplying([
            "marketId and flexibilityZoneId: an order names a market and a zone, which no dispatch does.",
        ])
        .supplying(
            unpriced.then_some("unitPrice: an order must have one; 0 stands where there is none for a MWh."),
        ))
}

/// Pence for a MWh or a Mvarh.
fn unit_price(order: &Step<Asked>) -> Option<i64> {
    order.level.price.filter(|price| price.per != PricePer::Window).map(|price| price.pence)
}

fn written(subject: &Subject<'_>, order: &Step<Asked>) -> Value {
    let dispatch = subject.dispatch;
    let quantity = if order.level.is_real { "ActivePower" } else { "ReactivePower" };
    let price = pounds(unit_price(order).unwrap_or_default());
    json!({
        "ownerOrganizationId": dispatch.network_operator.as_str(),
        "marketId": format!("{NOT_IN_IT}: one of {quantity}"),
        "flexibilityZoneId": NOT_IN_IT,
        "regulationType": regulation(order.level.value),
        "side": "Buy",
        "pricePoints": [{
            "quantity": number::json(&mega(order.level.value.saturating_abs())),
            "unitPrice": number::json(&price),
        }],
        "periodFrom": order.from.to_string(),
        "periodTo": order.until.to_string(),
        "longflexContractId": dispatch.contract.as_str(),
    })
}

fn regulation(value: i64) -> &'static str {
    if value < 0 { "Down" } else { "Up" }
}

fn account(subject: &Subject<'_>, orders: &[Step<Asked>], converted: bool) -> Account {
    let dispatch = subject.dispatch;
    let first = orders.iter().map(|o| o.from).min().unwrap_or(dispatch.service_start);
    let froms: Vec<_> = orders.iter().map(|o| o.from).collect();
    let words = orders
        .iter()
        .map(|o| format!("{} {}", regulation(o.level.value), mega(o.level.value.saturating_abs())));
    Account {
        service_start: judgement::instant(
            dispatch.service_start,
            first,
            "The first order's periodFrom.",
            "The first order begins where the first level does.",
        ),
        service_end: Fate::kept(dispatch.service_end.to_string(), "The last order's periodTo."),
        dispatch_unit: Fate::lost("A buy order names a zone; a portfolio stands in sell orders alone."),
        contract: Fate::kept(dispatch.contract.to_string(), "longflexContractId."),
        instruction_time: Fate::lost("An order does not say when it was decided."),
        network_operator: Fate::changed(
            dispatch.network_operator.to_string(),
            "The organisation that owns the order, under its id on that market.",
        ),
        dispatch_ref: Fate::changed("id", "The market gives each order an id of its own."),
        revision: Fate::lost("An order has no counter: it is changed in place."),
        status: judgement::running(
            dispatch,
            Fate::changed("Received, Pending, Active, …", "The market says how far the order is."),
        ),
        signature: Fate::lost("An order has no signature: a bearer token lets it in."),
        setpoint_times: judgement::setpoint_times(
            dispatch,
            &froms,
            "Each order's periodFrom.",
            "The first order begins when it was instructed.",
        ),
        several: judgement::split(
            dispatch,
            orders.len(),
            "order",
            "An order has one quantity: nothing says that they belong together.",
        ),
        volume: Volume::said(words)
            .because(orders.iter().any(|o| o.level.is_moved), CONVERTED)
            .because(
                orders.iter().any(|o| o.level.value == 0),
                "A level of 0 has no direction, but an order has to have one.",
            )
            .fate("The sign is a word: Up is more generation or less demand, Down the other way."),
        units: judgement::units(subject, "MW", Some("Mvar")),
        reference: reference(dispatch, converted),
        price: price(dispatch),
        service_type: service_type(dispatch),
    }
}

fn reference(dispatch: &Dispatch, converted: bool) -> Fate {
    let why = "Up and Down are changes.";
    let absolute_var =
        dispatch.setpoints.iter().any(|s| s.reactive.is_some_and(|q| q.reference == Reference::Absolute));
    if absolute_var && !converted {
        Fate::changed("DELTA", format!("{why} A level of reactive power is taken as the change from 0."))
    } else {
        judgement::one_reference(Reference::Delta, converted, why)
    }
}

fn price(dispatch: &Dispatch) -> Fate {
    let prices: Vec<Price> = dispatch
        .setpoints
        .iter()
        .flat_map(|s| s.real.and_then(|r| r.price).into_iter().chain(s.reactive.and_then(|q| q.price)))
        .collect();
    let said: Vec<String> = prices
        .iter()
        .filter(|price| price.per != PricePer::Window)
        .map(|price| format!("unitPrice {}", pounds(price.pence)))
        .collect();
    let whole = said.len() == prices.len();
    match field::shortened(said) {
        None => Fate::lost("unitPrice is for a MWh; a price for the window has no place."),
        Some(said) if whole => Fate::kept(said, "unitPrice; the market has the currency."),
        Some(said) => Fate::changed(said, "unitPrice is for a MWh; a price for the window has no place."),
    }
}

fn service_type(dispatch: &Dispatch) -> Fate {
    match Kinds::asked(dispatch) {
        Kinds { reactive: false, .. } => Fate::kept("ActivePower", "The market's quantity type."),
        Kinds { real, .. } => Fate::changed(
            if real { "two markets" } else { "another market" },
            "Each quantity type has a market of its own; the order does not say which it is.",
        ),
    }
}
