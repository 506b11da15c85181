//! The plot: asked, baseline, and what was metered.

use egui::{Id, Role, Ui, WidgetInfo};
use egui_plot::VLine;

use crate::console::context::View;
use crate::console::plot::chart::{self, Quantity, style};
use crate::console::plot::curves;
use crate::console::plot::instant::seconds;
use crate::console::plot::legend::{self, Sample, entry};
use crate::console::plot::range::{Range, fitting};
use crate::desk::snapshot::{DispatchState, UnitState};
use crate::dispatch::Dispatch;
use crate::power::Instruction;
use crate::units::grouped;

/// Seconds shown before and after the window.
const AROUND_S: f64 = 600.0;

/// Draws it.
pub fn ui(ui: &mut Ui, view: &View<'_>, dispatch: &DispatchState, unit: &UnitState, range: &mut Range) {
    let Some(document) = dispatch.dispatch() else { return };
    let tokens = view.tokens;
    let (from, to) = (seconds(document.service_start) - AROUND_S, seconds(document.service_end) + AROUND_S);
    let revisions: Vec<(f64, &Dispatch)> = dispatch
        .revisions
        .iter()
        .map(|r| (seconds(r.signed.dispatch.instruction_time), &r.signed.dispatch))
        .collect();
    let asked = Instruction::asked_curve(&revisions, &unit.baseline, from, to);
    let baseline = unit.baseline.curve(from, to);
    let columns = columns_of(ui.available_width());
    let pulses = unit.readings.decimated(from, to, columns);
    let minutes = minute_steps(dispatch, from, to);
    let levels = asked.points().iter().map(|p| p.1);
    let metered = pulses.iter().chain(&minutes).map(|p| p[1]);
    let bounds = range.bounds(fitting(from, to, levels.chain(metered).chain([0.0])));
    let now = view.clock.now_seconds();
    let name = summary(dispatch, unit, &minutes);
    let height = (ui.available_height() - 30.0).max(160.0);
    let id = Id::unique(("delivery", dispatch.key.to_string()));
    let shown =
        chart::time_plot(id, tokens, Quantity::Power, height, bounds.center().x, true).show(ui, |plot| {
            plot.set_plot_bounds(bounds);
            plot.line(chart::line(
                "Baseline",
                curves::points(&baseline, from, to),
                tokens.baseline,
                1.0,
                style::BASELINE,
            ));
            plot.line(chart::line(
                "Asked",
                curves::points(&asked, from, to),
                tokens.instructed,
                1.5,
                style::ASKED,
            ));
            plot.line(chart::line("Live", pulses, tokens.delivered, 1.0, style::PREDICTED));
            plot.line(chart::line("Delivered", minutes, tokens.delivered, 2.5, style::ASKED));
            plot.vline(VLine::new("Now", now).color(tokens.now).style(style::NOW).allow_hover(false));
        });
    range.settle(&shown.transform);
    shown.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    chart::mark_time(ui, &shown.transform, now, "now", tokens.now, 0);
    for (row, rung) in dispatch.ladder.iter().enumerate() {
        let row = u8::try_from(row % 6 + 1).unwrap_or(1);
        chart::mark_time(ui, &shown.transform, seconds(rung.at), rung.stage.word(), tokens.weak, row);
    }
    legend::show(
        ui,
        &[
            entry("asked", Sample::Line(style::ASKED, 1.5), tokens.instructed),
            entry("delivered (minute means)", Sample::Line(style::ASKED, 2.5), tokens.delivered),
            entry("live", Sample::Line(style::PREDICTED, 1.0), tokens.delivered),
            entry("baseline", Sample::Line(style::BASELINE, 1.0), tokens.baseline),
        ],
    );
}

fn columns_of(width: f32) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held to 16 to 8,192")]
    let columns = width.clamp(16.0, 8192.0) as usize;
    columns
}

/// Each minute's mean as a step over that minute.
fn minute_steps(dispatch: &DispatchState, from: f64, to: f64) -> Vec<[f64; 2]> {
    dispatch.readings.range(from, to).flat_map(|r| [[r.at - 60.0, r.kw], [r.at, r.kw]]).collect()
}

/// The plot in words, for those who cannot see it.
fn summary(dispatch: &DispatchState, unit: &UnitState, minutes: &[[f64; 2]]) -> String {
    let metered = minutes.last().map_or_else(
        || "nothing metered".to_owned(),
        |p| format!("{} kW in the last minute", grouped(p[1], 0)),
    );
    format!(
        "Delivery of {} by {}: {metered}, {}",
        dispatch.key.dispatch_ref,
        unit.unit,
        dispatch.phase.word()
    )
}
