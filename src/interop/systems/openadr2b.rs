//! OpenADR 2.0b: on most points nearer to Appendix A than OpenADR 3 is.

use crate::dispatch::{Dispatch, Price, PricePer, Reference, Status};
use crate::interop::account::{Account, Fate};
use crate::interop::field;
use crate::interop::judgement::{self, Kinds, TURNED, Volume};
use crate::interop::message::{Form, Message};
use crate::interop::number::{duration, kilo, pounds, pounds_per_kwh};
use crate::interop::step::{self, Step};
use crate::interop::subject::Subject;
use crate::interop::translation::{Rendering, Unsent};
use crate::interop::unique::uuid;
use crate::interop::xml::Element;
use crate::time::UtcTime;

const NAMESPACES: [(&str, &str); 8] = [
    ("xmlns:oadr", "http://openadr.org/oadr-2.0b/2012/07"),
    ("xmlns:ei", "http://docs.oasis-open.org/ns/energyinterop/201110"),
    ("xmlns:pyld", "http://docs.oasis-open.org/ns/energyinterop/201110/payloads"),
    ("xmlns:emix", "http://docs.oasis-open.org/ns/emix/2011/06"),
    ("xmlns:power", "http://docs.oasis-open.org/ns/emix/2011/06/power"),
    ("xmlns:scale", "http://docs.oasis-open.org/ns/emix/2011/06/siscale"),
    ("xmlns:xcal", "urn:ietf:params:xml:ns:icalendar-2.0"),
    ("xmlns:strm", "urn:ietf:params:xml:ns:icalendar-2.0:stream"),
];

/// A signal: what kind, in which unit, and its values.
struct Signal {
    name: &'static str,
    kind: &'static str,
    item: Option<Element>,
    values: Vec<Step<String>>,
}

/// A level, W or var.
type Level = (Reference, i64);

pub fn render(subject: &Subject<'_>) -> Result<Rendering, Unsent> {
    let dispatch = subject.dispatch;
    let real: Vec<Step<Level>> =
        step::real(dispatch).iter().map(|s| s.at((s.level.reference, s.level.watts.0))).collect();
    let reactive: Vec<Step<Level>> =
        step::reactive(dispatch).iter().map(|s| s.at((s.level.reference, s.level.vars.0))).collect();
    let froms: Vec<UtcTime> = real.iter().chain(&reactive).map(|step| step.from).collect();
    // What runs now may begin before the window that was planned for it.
    let earliest = froms.iter().copied().min().unwrap_or(dispatch.service_start);
    let start = dispatch.service_start.min(earliest);
    let mut signals = Vec::new();
    for reference in [Reference::Delta, Reference::Absolute] {
        signals.extend(levels(&real, reference, power("powerReal", "RealPower", "W")));
        signals.extend(levels(&reactive, reference, power("powerReactive", "ReactivePower", "VAR")));
    }
    signals.extend(prices(dispatch));
    let is_empty = signals.is_empty();
    if is_empty {
        signals.push(simple(start, dispatch.service_end));
    }
    let message =
        Message::new("oadrDistributeEvent", Form::Xml, payload(subject, &signals, start).document());
    let account = account(subject, &real, &reactive, start, &froms);
    Ok(Rendering::one(message, account)
        .supplying(["powerAttributes: the schema wants frequency and voltage; 50 Hz and 230 V stand there."])
        .supplying(is_empty.then_some("A signal: an event must have one, so SIMPLE 0 stands there.")))
}

fn power(element: &'static str, description: &str, units: &str) -> Element {
    Element::new(if element == "powerReal" { "power:powerReal" } else { "power:powerReactive" }).with([
        Element::text("power:itemDescription", description),
        Element::text("power:itemUnits", units),
        Element::text("scale:siScaleCode", "k"),
        Element::new("power:powerAttributes").with([
            Element::text("power:hertz", 50),
            Element::text("power:voltage", 230),
            Element::text("power:ac", true),
        ]),
    ])
}

/// The signal of the levels that are measured from the same; `None` when there is none.
fn levels(steps: &[Step<Level>], reference: Reference, item: Element) -> Option<Signal> {
    let values: Vec<Step<String>> = steps
        .iter()
        .filter(|step| step.level.0 == reference)
        .map(|step| step.at(kilo(-step.level.1)))
        .collect();
    let kind = if reference == Reference::Delta { "delta" } else { "setpoint" };
    (!values.is_empty()).then_some(Signal { name: "LOAD_DISPATCH", kind, item: Some(item), values })
}

fn prices(dispatch: &Dispatch) -> Vec<Signal> {
    let priced: Vec<Step<Price>> =
        step::real(dispatch).iter().filter_map(|s| Some(s.at(s.level.price?))).collect();
    let of = |per: PricePer, item: &'static str, write: fn(i64) -> String| {
        let values: Vec<Step<String>> =
            priced.iter().filter(|s| s.level.per == per).map(|s| s.at(write(s.level.pence))).collect();
        let name = if item == "currency" { "oadr:currency" } else { "oadr:currencyPerKWh" };
        let currency = Element::new(name).with([
            Element::text("oadr:itemDescription", item),
            Element::text("oadr:itemUnits", "GBP"),
            Element::text("scale:siScaleCode", "none"),
        ]);
        (!values.is_empty()).then_some(Signal {
            name: "ELECTRICITY_PRICE",
            kind: "price",
            item: Some(currency),
            values,
        })
    };
    let per_kwh = of(PricePer::Mwh, "currencyPerKWh", pounds_per_kwh);
    per_kwh.into_iter().chain(of(PricePer::Window, "currency", pounds)).collect()
}

fn simple(start: UtcTime, end: UtcTime) -> Signal {
    let values = vec![Step { from: start, until: end, level: "0.0".to_owned() }];
    Signal { name: "SIMPLE", kind: "level", item: None, values }
}

fn payload(subject: &Subject<'_>, signals: &[Signal], start: UtcTime) -> Element {
    let dispatch = subject.dispatch;
    let [operator, reference, revision] = subject.identity();
    let event = Element::new("ei:eiEvent").with([
        descriptor(dispatch),
        active_period(start, dispatch.service_end),
        Element::new("ei:eiEventSignals")
            .with(signals.iter().enumerate().map(|(index, signal)| written(signal, index, start))),
        Element::new("ei:eiTarget").with([
            Element::text("ei:resourceID", &dispatch.unit.unit),
            Element::text("ei:venID", &dispatch.unit.fsp),
        ]),
    ]);
    let mut distribute = Element::new("oadr:oadrDistributeEvent");
    distribute = distribute.attribute("ei:schemaVersion", "2.0b").with([
        Element::text("pyld:requestID", uuid(&["request", &operator, &reference, &revision])),
        Element::text("ei:vtnID", &operator),
        Element::new("oadr:oadrEvent").with([event, Element::text("oadr:oadrResponseRequired", "always")]),
    ]);
    let mut root = Element::new("oadr:oadrPayload");
    for (name, value) in NAMESPACES {
        root = root.attribute(name, value);
    }
    root.with([Element::new("oadr:oadrSignedObject").with([distribute])])
}

fn descriptor(dispatch: &Dispatch) -> Element {
    let context = format!("http://example.org/{}/{}", dispatch.network_operator, dispatch.contract);
    Element::new("ei:eventDescriptor").with([
        Element::text("ei:eventID", &dispatch.dispatch_ref),
        Element::text("ei:modificationNumber", dispatch.revision),
        Element::text("ei:modificationDateTime", dispatch.instruction_time),
        Element::new("ei:eiMarketContext").with([Element::text("emix:marketContext", context)]),
        Element::text("ei:createdDateTime", dispatch.instruction_time),
        Element::text("ei:eventStatus", status(dispatch)),
    ])
}

/// Where the event stood when it was made; cancelled for a stop.
fn status(dispatch: &Dispatch) -> &'static str {
    let is_under_way =
        dispatch.service_start <= dispatch.instruction_time || dispatch.status == Status::RunNow;
    match dispatch.status {
        Status::Stop | Status::EmergencyStop => "cancelled",
        _ if is_under_way => "active",
        _ => "far",
    }
}

fn date_time(name: &'static str, at: UtcTime) -> Element {
    Element::new(name).with([Element::text("xcal:date-time", at)])
}

fn lasting(seconds: i64) -> Element {
    Element::new("xcal:duration").with([Element::text("xcal:duration", duration(seconds))])
}

fn active_period(start: UtcTime, end: UtcTime) -> Element {
    let properties =
        Element::new("xcal:properties").with([date_time("xcal:dtstart", start), lasting(end.since(start))]);
    Element::new("ei:eiActivePeriod").with([properties, Element::new("xcal:components")])
}

fn written(signal: &Signal, index: usize, start: UtcTime) -> Element {
    // Intervals follow each other from the event's start; one that does not says when it begins.
    let mut follows = start;
    let intervals: Vec<Element> = signal
        .values
        .iter()
        .enumerate()
        .map(|(uid, value)| {
            let begins = (value.from != follows).then(|| date_time("xcal:dtstart", value.from));
            follows = value.until;
            let payload = Element::new("ei:signalPayload")
                .with([Element::new("ei:payloadFloat").with([Element::text("ei:value", &value.level)])]);
            Element::new("ei:interval").with(begins.into_iter().chain([
                lasting(value.seconds()),
                Element::new("xcal:uid").with([Element::text("xcal:text", uid)]),
                payload,
            ]))
        })
        .collect();
    Element::new("ei:eiEventSignal").with(
        [
            Element::new("strm:intervals").with(intervals),
            Element::text("ei:signalName", signal.name),
            Element::text("ei:signalType", signal.kind),
            Element::text("ei:signalID", format!("signal-{index}")),
        ]
        .into_iter()
        .chain(signal.item.clone()),
    )
}

fn account(
    subject: &Subject<'_>,
    real: &[Step<Level>],
    reactive: &[Step<Level>],
    start: UtcTime,
    froms: &[UtcTime],
) -> Account {
    let dispatch = subject.dispatch;
    Account {
        service_start: judgement::instant(
            dispatch.service_start,
            start,
            "dtstart.",
            "It starts when it was instructed.",
        ),
        service_end: Fate::kept(dispatch.service_end.to_string(), "dtstart and duration."),
        dispatch_unit: Fate::kept(dispatch.unit.to_string(), "resourceID and venID."),
        contract: Fate::changed("marketContext", "A web address that the parties agree on stands for it."),
        instruction_time: Fate::kept(dispatch.instruction_time.to_string(), "createdDateTime."),
        network_operator: Fate::kept(dispatch.network_operator.to_string(), "vtnID."),
        dispatch_ref: Fate::kept(dispatch.dispatch_ref.to_string(), "eventID."),
        revision: Fate::kept(dispatch.revision.to_string(), "modificationNumber, and the answer repeats it."),
        status: said_status(dispatch),
        signature: judgement::signed_anew("XML signature", "A payload can be signed as XML."),
        setpoint_times: judgement::setpoint_times(
            dispatch,
            froms,
            "Each interval's begin.",
            "The first interval begins when it was instructed.",
        ),
        several: judgement::in_one(dispatch),
        volume: volume(real, reactive),
        units: judgement::units(subject, "kW", Some("kvar")),
        reference: Fate::kept(
            references(real, reactive),
            "signalType; delta is there what it is here, a change from what would have been.",
        ),
        price: price(dispatch),
        service_type: service_type(dispatch),
    }
}

fn said_status(dispatch: &Dispatch) -> Fate {
    let said = status(dispatch);
    if dispatch.status.is_stop() {
        let why = "An event can be cancelled, and the counter goes on.";
        return Fate::changed(said, judgement::stopped(dispatch, why));
    }
    let why = "eventStatus says where the event stands in time, not what is asked.";
    match dispatch.status {
        Status::RunNow => {
            Fate::changed(said, format!("{why} No word says now: it starts when it was instructed."))
        }
        _ => Fate::changed(said, why),
    }
}

fn volume(real: &[Step<Level>], reactive: &[Step<Level>]) -> Fate {
    let values: Vec<i64> = real.iter().chain(reactive).map(|step| -step.level.1).collect();
    Volume::said(values.iter().map(|value| kilo(*value)))
        .because(values.iter().any(|value| *value != 0), TURNED)
        .because(
            values.iter().any(|value| !is_exact(*value)),
            "A value is a float of 32 bits: the last digits are not exact.",
        )
        .fate("The same number.")
}

/// Whether a float of 32 bits still tells the watt.
#[expect(clippy::cast_possible_truncation, reason = "whether that loses anything is the question")]
fn is_exact(watts: i64) -> bool {
    let written: f32 = kilo(watts).parse().unwrap_or(f32::NAN);
    (f64::from(written) * 1000.0).round() as i64 == watts
}

fn references(real: &[Step<Level>], reactive: &[Step<Level>]) -> &'static str {
    let has = |reference| real.iter().chain(reactive).any(|step| step.level.0 == reference);
    match (has(Reference::Delta), has(Reference::Absolute)) {
        (true, true) => "delta and setpoint",
        (false, true) => "setpoint",
        _ => "delta",
    }
}

fn price(dispatch: &Dispatch) -> Fate {
    let said: Vec<String> = step::real(dispatch)
        .iter()
        .filter_map(|step| step.level.price)
        .map(|price| match price.per {
            PricePer::Window => format!("{} GBP", pounds(price.pence)),
            _ => format!("{} GBP/kWh", pounds_per_kwh(price.pence)),
        })
        .collect();
    let dropped = dispatch.setpoints.iter().any(|s| s.reactive.is_some_and(|q| q.price.is_some()));
    match field::shortened(said) {
        None => Fate::lost("There is no price for reactive power."),
        Some(said) if dropped => Fate::changed(said, "There is no price for reactive power."),
        Some(said) => Fate::kept(said, "A signal of its own; a price for a MWh is the same for a kWh."),
    }
}

fn service_type(dispatch: &Dispatch) -> Fate {
    let said = match Kinds::asked(dispatch) {
        Kinds { real: true, reactive: true } => "powerReal and powerReactive",
        Kinds { reactive: true, .. } => "powerReactive",
        Kinds { .. } => "powerReal",
    };
    Fate::kept(said, "Each signal says its kind.")
}
