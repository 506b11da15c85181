//! IEEE 2030.5: a control for each level, absolute, in 16 bits and a power of ten.

use crate::dispatch::{Dispatch, Reference};
use crate::interop::account::{Account, Fate};
use crate::interop::judgement::{self, CONVERTED, Volume};
use crate::interop::message::{Form, Message};
use crate::interop::number::{kilo, mega};
use crate::interop::step::{self, Step};
use crate::interop::subject::Subject;
use crate::interop::translation::{Rendering, Unsent};
use crate::interop::unique::hex_128;
use crate::interop::xml::Element;
use crate::time::UtcTime;

/// The longest description, bytes.
const LONGEST_DESCRIPTION: usize = 32;

/// Scheduled, active, cancelled.
const SCHEDULED: u8 = 0;
const ACTIVE: u8 = 1;
const CANCELLED: u8 = 2;

/// A signed number of 16 bits and a power of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Scaled {
    value: i16,
    multiplier: u32,
}

impl Scaled {
    /// The nearest to a number: in thousands where that is exact, else with the least power of ten that fits.
    fn nearest(number: i64) -> Self {
        let at = |multiplier: u32| {
            let unit = 10_i64.pow(multiplier);
            let rounded = (number + number.signum() * (unit / 2)) / unit;
            i16::try_from(rounded).ok().map(|value| Self { value, multiplier })
        };
        at(3)
            .filter(|scaled| scaled.number() == number)
            .or_else(|| (0..=9).find_map(at))
            .unwrap_or(Self { value: if number < 0 { i16::MIN } else { i16::MAX }, multiplier: 9 })
    }

    fn number(self) -> i64 {
        i64::from(self.value) * 10_i64.pow(self.multiplier)
    }

    fn element(self, name: &'static str) -> Element {
        Element::new(name)
            .with([Element::text("multiplier", self.multiplier), Element::text("value", self.value)])
    }
}

/// What one control asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Target {
    /// W, net at the connection point.
    watts: Option<i64>,
    vars: Option<i64>,
}

pub fn render(subject: &Subject<'_>) -> Result<Rendering, Unsent> {
    let dispatch = subject.dispatch;
    if dispatch.status.is_stop() {
        let whole =
            Step { from: dispatch.service_start, until: dispatch.service_end, level: Target::default() };
        let control = written(subject, &whole, 0).document();
        let message = Message::new("Control, cancelled", Form::Xml, control);
        return Ok(Rendering::one(message, of_a_stop(dispatch))
            .supplying(["mRID: of a control of the revision before, which this one ends."]));
    }
    let steps = step::real(dispatch);
    let pieces = step::pieces(subject, &steps, Reference::Absolute).ok_or_else(Unsent::no_baseline)?;
    let converted = step::is_any_converted(&pieces);
    let real: Vec<Step<i64>> = pieces.iter().map(|piece| piece.at(piece.level.watts)).collect();
    // The baseline of reactive power is 0, so that a change is the level as well.
    let reactive: Vec<Step<i64>> = step::reactive(dispatch).iter().map(|s| s.at(s.level.vars.0)).collect();
    let controls = together(&real, &reactive);
    let write = |(index, control): (usize, &Step<Target>)| {
        let title = match controls.len() {
            1 => "Control".to_owned(),
            many => format!("Control {} of {many}", index + 1),
        };
        Message::new(title, Form::Xml, written(subject, control, index).document())
    };
    let is_moved = step::is_any_moved(&pieces);
    Ok(Rendering::each(&controls, write, account(subject, &controls, converted, is_moved))
        .supplying(["mRID: made from the dispatch and its revision."]))
}

/// One control for each stretch in which neither level changes.
fn together(real: &[Step<i64>], reactive: &[Step<i64>]) -> Vec<Step<Target>> {
    let mut cuts: Vec<UtcTime> =
        real.iter().chain(reactive).flat_map(|step| [step.from, step.until]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let at = |steps: &[Step<i64>], from| {
        steps.iter().find(|step| step.from <= from && from < step.until).map(|step| step.level)
    };
    cuts.iter()
        .zip(cuts.iter().skip(1))
        .map(|(from, until)| {
            let level = Target { watts: at(real, *from), vars: at(reactive, *from) };
            Step { from: *from, until: *until, level }
        })
        .filter(|step| step.level != Target::default())
        .collect()
}

fn written(subject: &Subject<'_>, control: &Step<Target>, index: usize) -> Element {
    let dispatch = subject.dispatch;
    let [operator, reference, revision] = subject.identity();
    let ends = dispatch.status.is_stop();
    let ended = dispatch.revision.get().saturating_sub(1).to_string();
    let of = if ends { &ended } else { &revision };
    let target = control.level;
    let base = Element::new("DERControlBase").with(
        target
            .vars
            .map(|vars| Scaled::nearest(vars).element("opModTargetVar"))
            .into_iter()
            .chain(target.watts.map(|watts| Scaled::nearest(watts).element("opModTargetW"))),
    );
    Element::new("DERControl").attribute("xmlns", "urn:ieee:std:2030.5:ns").with([
        Element::text("mRID", hex_128(&["control", &operator, &reference, of, &index.to_string()])),
        Element::text("description", description(dispatch)),
        Element::text("creationTime", dispatch.instruction_time.unix()),
        Element::new("EventStatus").with([
            Element::text("currentStatus", status(dispatch, control.from)),
            Element::text("dateTime", dispatch.instruction_time.unix()),
            Element::text("potentiallySuperseded", false),
        ]),
        Element::new("interval").with([
            Element::text("duration", control.seconds()),
            Element::text("start", control.from.unix()),
        ]),
        base,
    ])
}

/// Where the control stood when it was made.
fn status(dispatch: &Dispatch, from: UtcTime) -> u8 {
    if dispatch.status.is_stop() {
        CANCELLED
    } else if from <= dispatch.instruction_time {
        ACTIVE
    } else {
        SCHEDULED
    }
}

/// As much of the reference as a description holds; identifiers are ASCII.
fn description(dispatch: &Dispatch) -> String {
    dispatch.dispatch_ref.as_str().chars().take(LONGEST_DESCRIPTION).collect()
}

fn common(dispatch: &Dispatch) -> Account {
    let cut = description(dispatch);
    let no_level = Fate::lost("What is cancelled keeps its levels; they are not said again.");
    Account {
        service_end: Fate::kept(dispatch.service_end.to_string(), "interval: start and duration."),
        dispatch_unit: Fate::changed(
            "the device's own list of controls",
            "A control names nobody: a device finds it where its function set leads.",
        ),
        contract: Fate::changed("DERProgram", "The programme that the control stands in."),
        instruction_time: Fate::kept(dispatch.instruction_time.to_string(), "creationTime."),
        network_operator: Fate::changed("the server", "Who runs the server is who instructs."),
        dispatch_ref: if cut == dispatch.dispatch_ref.as_str() {
            Fate::kept(cut, "description, for people; mRID is made from it.")
        } else {
            Fate::changed(cut, "description holds 32 characters; mRID is made from all of it.")
        },
        revision: Fate::lost(
            "A control is not amended: a newer one with an mRID of its own takes its place.",
        ),
        signature: Fate::lost("A control has no signature: the connection's certificates vouch for it."),
        ..Account::all(&no_level)
    }
}

fn of_a_stop(dispatch: &Dispatch) -> Account {
    let why = "What is under way is marked as cancelled and stays in the list.";
    Account {
        service_start: Fate::kept(dispatch.service_start.to_string(), "interval.start."),
        status: Fate::changed("currentStatus 2, cancelled", judgement::stopped(dispatch, why)),
        ..common(dispatch)
    }
}

fn account(subject: &Subject<'_>, controls: &[Step<Target>], converted: bool, is_moved: bool) -> Account {
    let dispatch = subject.dispatch;
    let first = controls.first().map_or(dispatch.service_start, |control| control.from);
    let froms: Vec<_> = controls.iter().map(|control| control.from).collect();
    let kinds = judgement::Kinds::asked(dispatch);
    let run = match controls.first().map(|control| status(dispatch, control.from)) {
        Some(ACTIVE) => "currentStatus 1, active",
        _ => "currentStatus 0, scheduled",
    };
    Account {
        service_start: judgement::instant(
            dispatch.service_start,
            first,
            "The first control's interval.start.",
            "The first control starts where the first level does.",
        ),
        status: judgement::running(
            dispatch,
            Fate::changed(run, "It says where the control stands in time, not what is asked."),
        ),
        setpoint_times: judgement::setpoint_times(
            dispatch,
            &froms,
            "Each control's interval.start.",
            "The first control starts when it was instructed.",
        ),
        several: judgement::split(
            dispatch,
            controls.len(),
            "control",
            "A control has one level for one interval: nothing says that they belong together.",
        ),
        volume: volume(controls, is_moved),
        units: judgement::units(subject, "W", Some("var")),
        reference: judgement::one_reference(Reference::Absolute, converted, "A target is a level."),
        price: Fate::changed("another function set", "Prices are fetched apart from controls."),
        service_type: Fate::kept(
            match (kinds.real, kinds.reactive) {
                (true, true) => "opModTargetW and opModTargetVar",
                (false, true) => "opModTargetVar",
                _ => "opModTargetW",
            },
            "Each has an element of its own.",
        ),
        ..common(dispatch)
    }
}

fn volume(controls: &[Step<Target>], is_moved: bool) -> Fate {
    let watts = controls.iter().filter_map(|control| control.level.watts);
    let vars = controls.iter().filter_map(|control| control.level.vars);
    let rounded = watts.clone().chain(vars.clone()).any(|number| Scaled::nearest(number).number() != number);
    let words = watts
        .map(|watts| format!("{} MW", mega(Scaled::nearest(watts).number())))
        .chain(vars.map(|vars| format!("{} kvar", kilo(Scaled::nearest(vars).number()))));
    Volume::said(words)
        .because(is_moved, CONVERTED)
        .because(rounded, "It is rounded: a value has 16 bits and a power of ten.")
        .fate("The same level, positive as generation.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_as_near_as_16_bits_allow() {
        for (number, value, multiplier) in [
            (2_000_000, 2000, 3),
            (0, 0, 3),
            (-400_000, -400, 3),
            (1_234, 1234, 0),
            (-32_768, -32_768, 0),
            (32_768, 3277, 1),
            (123_456_789, 12_346, 4),
            (100_000_000_000, 10_000, 7),
        ] {
            assert_eq!(Scaled::nearest(number), Scaled { value, multiplier }, "{number}");
        }
    }
}
