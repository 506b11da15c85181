//! Below the plot of power: reactive power on an axis of its own, as instructed and as metered.

use egui::{Id, Role, Ui, WidgetInfo};
use egui_plot::{HLine, PlotBounds, VLine};

use crate::console::plot::chart::{self, Quantity, style};
use crate::console::plot::curves::points;
use crate::console::plot::instant::seconds;
use crate::console::plot::range::fitting;
use crate::console::theme::Tokens;
use crate::power::Curve;
use crate::power::reactive::Request;
use crate::time::UtcTime;
use crate::units::grouped;

use super::below::Moments;
use super::planned::MINUTE_S;
use super::track::{Track, metered, metered_runs};

/// Height of the plot, with its axis.
pub const REACTIVE_HEIGHT: f32 = 104.0;

/// Whether a dispatch asks for reactive power, or any was metered for it.
pub fn is_asked(track: &Track) -> bool {
    let asks = track.dispatch.revisions.iter().any(|r| Request::of(&r.signed.dispatch).is_some());
    asks || !track.dispatch.reactive.is_empty()
}

/// The kvar instructed between two instants, by the revisions that took effect.
pub fn instructed(track: &Track, from: f64, to: f64) -> Curve {
    Request::asked_curve(&track.dispatch.in_effect(), from, to).unwrap_or_default()
}

/// The figures of the minute that ends at `end`.
pub fn figures(track: &Track, end: UtcTime) -> Vec<(&'static str, String)> {
    if !is_asked(track) {
        return Vec::new();
    }
    let at = seconds(end);
    let asked = instructed(track, at - MINUTE_S, at).integral_hours(at - MINUTE_S, at) * 60.0;
    let delivered = metered(&track.dispatch.reactive, at);
    vec![
        ("Reactive instructed", kvar(asked)),
        ("Reactive delivered", delivered.map_or_else(|| "not metered".to_owned(), kvar)),
    ]
}

/// Draws the plot.
pub fn show(
    ui: &mut Ui,
    tokens: &Tokens,
    track: &Track,
    shown: PlotBounds,
    moments: Moments,
    at: UtcTime,
    is_lowest: bool,
) {
    let (from, to) = (shown.min()[0], shown.max()[0]);
    let asked = instructed(track, from, to);
    let runs = metered_runs(&track.dispatch.reactive, from, to, 0.0);
    let values = asked.points().iter().map(|p| p.1).chain(runs.iter().flatten().map(|p| p[1]));
    let own = fitting(from, to, values.chain([0.0]));
    let bounds = PlotBounds::from_min_max([from, own.min()[1]], [to, own.max()[1]]);
    let id = Id::unique("delivery-reactive");
    let plot =
        chart::time_plot(id, tokens, Quantity::Reactive, REACTIVE_HEIGHT, bounds.center().x, is_lowest);
    let drawn = plot.allow_drag(false).allow_zoom(false).allow_boxed_zoom(false).show(ui, |plot| {
        plot.set_plot_bounds(bounds);
        plot.hline(HLine::new("Zero", 0.0).color(tokens.weak).width(1.0).allow_hover(false));
        for at in [track.window.0, track.window.1] {
            plot.vline(VLine::new("Window", at).color(tokens.edge).width(1.0).allow_hover(false));
        }
        if to > from {
            let line = points(&asked, from, to);
            plot.line(chart::line("Reactive instructed", line, tokens.instructed, 2.0, style::ASKED));
        }
        for run in runs {
            plot.line(chart::line("Reactive delivered", run, tokens.delivered, 2.5, style::ASKED));
        }
        moments.lines(tokens).into_iter().for_each(|line| plot.vline(line));
    });
    drawn.response.widget_info(|| {
        let words: Vec<String> =
            figures(track, at).into_iter().map(|(name, value)| format!("{name} {value}")).collect();
        let text = format!("Plot of reactive power, positive is exporting (lagging): {}", words.join(", "));
        WidgetInfo::labeled(Role::Image, true, text)
    });
}

/// `+400.0 kvar, lagging`.
fn kvar(value: f64) -> String {
    let (sign, word) = match value {
        v if v >= 0.05 => ("+", ", lagging"),
        v if v <= -0.05 => ("", ", leading"),
        _ => ("", ""),
    };
    format!("{sign}{} kvar{word}", grouped(value, 1))
}
