//! The plot of two runs: the first with a solid line, the second with a dashed one.

use egui::accesskit::Role;
use egui::{Id, Ui, WidgetInfo};
use egui_plot::{HLine, VLine};

use crate::console::plot::chart::{self, Quantity, style};
use crate::console::plot::curves::thinned;
use crate::console::plot::instant::instant;
use crate::console::plot::legend::{self, Sample, entry};
use crate::console::plot::range::{Range, fitting};
use crate::console::theme::Tokens;
use crate::console::words;
use crate::time::Clock;
use crate::units::grouped;
use crate::workshop::recording::Overlaid;

const WIDTH: f32 = 2.0;

/// Which line is which run's.
pub fn legend(ui: &mut Ui, tokens: &Tokens, (first, second): (&str, &str)) {
    let entries = [
        entry(format!("First: {first}"), Sample::Line(style::ASKED, WIDTH), tokens.delivered),
        entry(format!("Second: {second}"), Sample::Line(style::PREDICTED, WIDTH), tokens.instructed),
    ];
    legend::show(ui, &entries);
}

/// Draws it. `what` is what is shown, and `span` how long the runs last, seconds of UTC.
pub fn show(
    ui: &mut Ui,
    tokens: &Tokens,
    clock: &Clock,
    (power, quantity, what): (&Overlaid, Quantity, &str),
    span: (f64, f64),
    range: &mut Range,
    height: f32,
) {
    let bounds = range.bounds(|| fitting(span.0, span.1, power.values().chain([0.0])));
    let now = clock.now_seconds();
    let (from, to) = (bounds.min()[0], bounds.max()[0]);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a width on the screen")]
    let columns = ui.available_width().max(1.0) as usize;
    let plot = chart::time_plot(Id::unique("two runs"), tokens, quantity, height, bounds.center().x, true);
    let drawn = plot.show(ui, |plot| {
        plot.set_plot_bounds(bounds);
        plot.hline(HLine::new("Zero", 0.0).color(tokens.weak).width(1.0).allow_hover(false));
        for (name, lines, colour, style) in [
            ("First", &power.first, tokens.delivered, style::ASKED),
            ("Second", &power.second, tokens.instructed, style::PREDICTED),
        ] {
            for line in lines {
                let seen = thinned(line.clone(), from, to, columns);
                plot.line(chart::line(name, seen, colour, WIDTH, style));
            }
        }
        let present = VLine::new("Shown", now).color(tokens.now).width(1.5).style(style::NOW);
        plot.vline(present.allow_hover(false));
    });
    range.settle(&drawn.transform);
    let said = in_words(power, what, now);
    drawn.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &said));
}

/// For those who do not see it: what both runs had at the instant that is shown.
fn in_words(power: &Overlaid, what: &str, now: f64) -> String {
    let (first, second) = power.at(now);
    let said =
        |kw: Option<f64>| kw.map_or_else(|| "not metered".to_owned(), |kw| format!("{} kW", grouped(kw, 0)));
    format!(
        "Plot of two runs of {what}, at {}: first {}, second {}",
        words::london(instant(now)),
        said(first),
        said(second)
    )
}
