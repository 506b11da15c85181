//! The time line: what is asked against what the unit can do, with every level as a handle.

mod annotation;
mod plots;
mod scene;

use egui::{Id, Popup, PopupAnchor, Pos2, Response, Role, Ui, WidgetInfo};
use egui_plot::PlotTransform;

use crate::console::plot::instant::{instant, snapped};
use crate::console::plot::legend;
use crate::console::plot::range::Range;
use crate::console::words;
use crate::dispatch::Reference;
use crate::time::UtcTime;
use crate::units::grouped;

pub use scene::{Scene, kilo};

use super::draft::{Kind, RowId};
use super::handles;
use annotation::{annotate, entries, summary};
use plots::{CHARGE_HEIGHT, REACTIVE_HEIGHT, charge_plot, power_plot, reactive_plot};

/// Something a person did on the plot.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Holds or focuses a row's handle.
    Select(RowId),
    /// Moves a row's level in time.
    Move(RowId, UtcTime),
    /// Asks another volume of a row, watts or vars.
    Amount(RowId, i64),
    /// Takes a row out.
    Remove(RowId),
    /// Moves the window's start or end.
    Window(UtcTime, UtcTime),
    /// Breaks off what is being dragged.
    Cancel,
    /// Asks for a level at a time.
    Add(Pending),
}

/// A level asked for on the plot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pending {
    /// When.
    pub at: UtcTime,
    /// Net kW, or kvar.
    pub level: f64,
    /// Of what.
    pub kind: Kind,
    /// What it is measured from, once a person has said.
    pub reference: Option<Reference>,
    /// Where the pointer was.
    pub place: Pos2,
}

/// Height below which the plot of power is of no use.
const LEAST_HEIGHT: f32 = 126.0;

/// Draws the plots and tells what a person did on them.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, range: &mut Range, pending: &mut Option<Pending>) -> Vec<Act> {
    let mut acts = Vec::new();
    let has_charge = scene.forecast.plan.as_ref().is_some_and(|p| p.soc.is_some());
    let below = 40.0
        + if has_charge { CHARGE_HEIGHT } else { 0.0 }
        + if scene.has_reactive() { REACTIVE_HEIGHT } else { 0.0 };
    let height = (ui.available_height() - below).clamp(LEAST_HEIGHT, 900.0);
    let is_lowest = !has_charge && !scene.has_reactive();

    let bounds = range.bounds(|| scene.fitting());
    let shown = power_plot(ui, scene, bounds, height, is_lowest);
    range.settle(&shown.transform);
    let now_shown = *shown.transform.bounds();
    shown.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, summary(scene)));
    annotate(ui, scene, &shown.transform);
    add_by_double_click(scene, &shown.response, &shown.transform, Kind::Real, &mut acts);
    handles::window(ui, scene, &shown.transform, &mut acts);
    handles::levels(ui, scene, &shown.transform, Kind::Real, &mut acts);

    if scene.has_reactive() {
        let shown = reactive_plot(ui, scene, now_shown, !has_charge);
        add_by_double_click(scene, &shown.response, &shown.transform, Kind::Reactive, &mut acts);
        handles::levels(ui, scene, &shown.transform, Kind::Reactive, &mut acts);
    }
    if let Some(soc) = scene.forecast.plan.as_ref().and_then(|p| p.soc.as_ref()) {
        charge_plot(ui, scene, soc, now_shown);
    }
    legend::show(ui, &entries(scene));
    choose_reference(ui, pending, &mut acts);
    acts
}

fn add_by_double_click(
    scene: &Scene<'_>,
    response: &Response,
    transform: &PlotTransform,
    kind: Kind,
    acts: &mut Vec<Act>,
) {
    let Some(place) =
        response.ctx.pointer_interact_pos().filter(|_| scene.enabled && response.double_clicked())
    else {
        return;
    };
    let point = transform.value_from_position(place);
    let fine = response.ctx.input(|i| i.modifiers.shift);
    let (time_step, step) = if fine { (1.0, 1.0) } else { (60.0, scene.step()) };
    let mut at = instant(snapped(point.x, time_step));
    if let Some((start, end)) = scene.draft.span() {
        at = at.min(end - 1).max(start);
    }
    let level = snapped(point.y, if kind == Kind::Real { step } else { 1.0 });
    acts.push(Act::Add(Pending { at, level, kind, reference: None, place }));
}

/// Asks what a level put on the plot is measured from: there is no default.
fn choose_reference(ui: &Ui, pending: &mut Option<Pending>, acts: &mut Vec<Act>) {
    let Some(asked) = *pending else { return };
    let mut open = true;
    let layer = ui.layer_id();
    let popup = Popup::new(
        Id::unique("compose-choose-reference"),
        ui.ctx().clone(),
        PopupAnchor::Position(asked.place),
        layer,
    );
    let chosen = popup
        .open_bool(&mut open)
        .show(|ui| {
            let unit = if asked.kind == Kind::Real { "kW net" } else { "kvar" };
            ui.label(format!("{} {unit} at {}, as", grouped(asked.level, 0), words::london(asked.at)));
            let delta = ui.button("Delta: a change from baseline").clicked();
            let absolute = ui.button("Absolute: net power").clicked();
            match (delta, absolute) {
                (true, _) => Some(Reference::Delta),
                (_, true) => Some(Reference::Absolute),
                _ => None,
            }
        })
        .and_then(|shown| shown.inner);
    if let Some(reference) = chosen {
        *pending = None;
        acts.push(Act::Add(Pending { reference: Some(reference), ..asked }));
    } else if !open {
        *pending = None;
    }
}
