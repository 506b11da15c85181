//! The handles on the time line: one for each level and one for each end of the window.

use egui::{Id, Ui};
use egui_plot::{PlotPoint, PlotTransform};

use crate::console::plot::chart;
use crate::console::plot::handle::{self, Gesture, Handle};
use crate::console::plot::instant::{instant, seconds, snapped};
use crate::console::widgets::Outline;
use crate::console::words;
use crate::dispatch::Reference;
use crate::time::UtcTime;
use crate::units::{Vars, Watts, grouped};

use super::draft::{Kind, Placed};
use super::timeline::{Act, Scene, kilo};

/// A volume that is dragged snaps to this many kilovars, or finely to one.
const REACTIVE_STEP: f64 = 10.0;

/// The handles of the levels of a kind.
pub fn levels(ui: &Ui, scene: &Scene<'_>, transform: &PlotTransform, kind: Kind, acts: &mut Vec<Act>) {
    let placed: Vec<Placed> =
        scene.draft.placed().into_iter().filter(|p| p.kind == kind && p.reference.is_some()).collect();
    for (index, level) in placed.iter().enumerate() {
        let net = scene.net(kind, level.reference, level.at, level.amount);
        let at = PlotPoint::new(seconds(level.at), net);
        let frame = transform.frame();
        if !frame.expand(2.0).contains(transform.position_from_point(&at)) {
            continue;
        }
        let name = name(scene, level);
        let shown = Handle {
            id: Id::unique(("compose-level", scene.sheet, level.row)),
            at,
            name: &name,
            value: kilo(level.amount),
            outline: if kind == Kind::Real { Outline::Circle } else { Outline::Diamond },
            colour: if scene.selected == Some(level.row) {
                scene.tokens.accent
            } else {
                scene.tokens.instructed
            },
            both_ways: true,
            enabled: scene.enabled,
        };
        let (response, gesture) = handle::show(ui, scene.tokens, transform, &shown);
        if response.gained_focus() || response.drag_started() {
            acts.push(Act::Select(level.row));
        }
        let between = Between {
            after: index.checked_sub(1).and_then(|i| placed.get(i)).map(|p| p.at),
            before: placed.get(index + 1).map(|p| p.at),
        };
        answer(scene, level, gesture, between, acts);
        if response.dragged() || response.hovered() {
            let place = transform.position_from_point(&at);
            chart::callout(ui, scene.tokens, place, *frame, &readout(scene, level));
        }
    }
}

/// The levels between which one stays.
#[derive(Clone, Copy)]
struct Between {
    after: Option<UtcTime>,
    before: Option<UtcTime>,
}

impl Between {
    /// An instant held between the neighbours and within the window, a step away from either.
    fn hold(self, scene: &Scene<'_>, at: UtcTime, step: i64) -> UtcTime {
        let window = scene.draft.span();
        let least = [self.after.map(|t| t + step), window.map(|w| w.0)].into_iter().flatten().max();
        let most = [self.before.map(|t| t - step), window.map(|w| w.1 - step)].into_iter().flatten().min();
        let held = most.map_or(at, |most| at.min(most));
        least.map_or(held, |least| held.max(least))
    }
}

fn answer(scene: &Scene<'_>, level: &Placed, gesture: Gesture, between: Between, acts: &mut Vec<Act>) {
    let step_of = |fine: bool| match (level.kind, fine) {
        (_, true) => 1.0,
        (Kind::Real, false) => scene.step(),
        (Kind::Reactive, false) => REACTIVE_STEP,
    };
    match gesture {
        Gesture::Rest | Gesture::Release => {}
        Gesture::Cancel => acts.push(Act::Cancel),
        Gesture::Delete => acts.push(Act::Remove(level.row)),
        Gesture::Drag { time, value, fine } => {
            let time_step: i64 = if fine { 1 } else { 60 };
            let at = time.map_or(level.at, |time| {
                let step = if fine { 1.0 } else { 60.0 };
                between.hold(scene, instant(snapped(time, step)), time_step)
            });
            if at != level.at {
                acts.push(Act::Move(level.row, at));
            }
            if let Some(net) = value {
                let net = limited(scene, level.kind, net);
                let kilos = scene.amount_for_net(level.kind, level.reference, at, net);
                amount(level, held_to_limits(scene, level, at, snapped(kilos, step_of(fine))), acts);
            }
        }
        Gesture::Nudge { later, up, fine } => {
            let time_step = if fine { 1 } else { 60 };
            if later != 0 {
                let at = between.hold(scene, level.at + i64::from(later) * time_step, time_step);
                acts.push(Act::Move(level.row, at));
            }
            if up != 0 {
                let step = step_of(fine);
                let kilos = snapped(kilo(level.amount) + f64::from(up) * step, step);
                amount(level, held_to_limits(scene, level, level.at, kilos), acts);
            }
        }
    }
}

fn amount(level: &Placed, kilos: f64, acts: &mut Vec<Act>) {
    if let Some(Watts(amount)) = Watts::from_kilowatts(kilos)
        && amount != level.amount
    {
        acts.push(Act::Amount(level.row, amount));
    }
}

fn limited(scene: &Scene<'_>, kind: Kind, net: f64) -> f64 {
    match kind {
        Kind::Real => net.clamp(scene.unit.min_kw.min(scene.unit.max_kw), scene.unit.max_kw),
        Kind::Reactive => net,
    }
}

/// A volume that stays within what the unit can do: the limit itself where the step goes beyond it.
fn held_to_limits(scene: &Scene<'_>, level: &Placed, at: UtcTime, kilos: f64) -> f64 {
    if level.kind == Kind::Reactive {
        return kilos;
    }
    let bound = |net: f64| scene.amount_for_net(level.kind, level.reference, at, net);
    let (least, most) = (bound(scene.unit.min_kw), bound(scene.unit.max_kw));
    if least <= most { kilos.clamp(least, most) } else { kilos }
}

/// `Setpoint 2: +2,000 kW DELTA at 17:00:00 UTC`.
fn name(scene: &Scene<'_>, level: &Placed) -> String {
    format!(
        "Setpoint {}: {} {} at {}",
        scene.draft.number_of(level.row),
        volume(level),
        level.reference.map_or("", Reference::word),
        words::utc_time(level.at)
    )
}

/// The volume with its sign and unit.
fn volume(level: &Placed) -> String {
    let sign = if level.amount > 0 { "+" } else { "" };
    match level.kind {
        Kind::Real => format!("{sign}{}", Watts(level.amount)),
        Kind::Reactive => format!("{sign}{}", Vars(level.amount)),
    }
}

fn readout(scene: &Scene<'_>, level: &Placed) -> String {
    let from = match level.reference {
        Some(Reference::Delta) if level.kind == Kind::Real => {
            let net = scene.net(level.kind, level.reference, level.at, level.amount);
            format!("delta, {} kW net", grouped(net, 0))
        }
        Some(Reference::Delta) => "delta".to_owned(),
        _ => "absolute".to_owned(),
    };
    format!("{}\n{} {from}", words::london(level.at), volume(level))
}

/// The two ends of the window: they move in time only, and not over a level.
pub fn window(ui: &Ui, scene: &Scene<'_>, transform: &PlotTransform, acts: &mut Vec<Act>) {
    let Some((start, end)) = scene.draft.span() else { return };
    let placed = scene.draft.placed();
    let inside = || placed.iter().map(|p| p.at).filter(|at| *at >= start && *at < end);
    let (first, last) = (inside().min().unwrap_or(end - 60), inside().max().unwrap_or(start));
    // Inside the frame: below it stand the labels of the axis.
    let low = transform.frame().left_bottom() - egui::vec2(0.0, 9.0);
    let floor = transform.value_from_position(low).y;
    let ends = [("start", start, None, Some(first)), ("end", end, Some(last + 60), None)];
    for (word, at, least, most) in ends {
        let name = format!("Window {word}: {}", words::utc_time(at));
        let shown = Handle {
            id: Id::unique(("compose-window", scene.sheet, word)),
            at: PlotPoint::new(seconds(at), floor),
            name: &name,
            value: seconds(at),
            outline: Outline::Square,
            colour: scene.tokens.weak,
            both_ways: false,
            enabled: scene.enabled,
        };
        if !transform.frame().x_range().contains(transform.position_from_point_x(seconds(at))) {
            continue;
        }
        let (response, gesture) = handle::show(ui, scene.tokens, transform, &shown);
        let to = match gesture {
            Gesture::Drag { time: Some(time), fine, .. } => {
                Some(instant(snapped(time, if fine { 1.0 } else { 60.0 })))
            }
            Gesture::Nudge { later, fine, .. } => Some(at + i64::from(later) * if fine { 1 } else { 60 }),
            Gesture::Cancel => {
                acts.push(Act::Cancel);
                None
            }
            _ => None,
        };
        if let Some(to) = to {
            let held = most.map_or(to, |most| to.min(most));
            let held = least.map_or(held, |least| held.max(least));
            let (from, until) = if word == "start" { (held, end) } else { (start, held) };
            acts.push(Act::Window(from, until));
        }
        if response.dragged() || response.hovered() {
            let place = transform.position_from_point(&PlotPoint::new(seconds(at), floor));
            let text = format!("Window {word}\n{}", words::london(at));
            chart::callout(ui, scene.tokens, place, *transform.frame(), &text);
        }
    }
}
