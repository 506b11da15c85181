//! Below the plot, on its time axis: state of charge and the heartbeat strip.

use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Color32, Id, Pos2, Rect, Response, Role, Sense, Stroke, TextFormat, TextStyle, Ui, WidgetInfo, vec2,
};
use egui_plot::{PlotBounds, PlotTransform, VLine};

use crate::console::plot::axis::time_readout;
use crate::console::plot::chart::{self, Quantity, style};
use crate::console::plot::curves::points;
use crate::console::plot::instant::{instant, seconds};
use crate::console::theme::Tokens;
use crate::console::words;
use crate::desk::snapshot::{LinkState, UnitState};
use crate::power::Asset;
use crate::units::grouped;

use super::planned::Reach;
use super::strip::{self, Beat, Strip};
use super::track::broken;

/// Height of the plot of state of charge, with its axis.
pub const CHARGE_HEIGHT: f32 = 92.0;
/// Height of one line of the strip.
pub const STRIP_ROW: f32 = 15.0;
/// Charge is not known across a longer silence, seconds.
pub const CHARGE_GAP_S: f64 = 300.0;

/// The moments that are marked on every plot.
#[derive(Clone, Copy, Debug)]
pub struct Moments {
    /// The present, seconds of UTC.
    pub now: f64,
    /// The time cursor, seconds of UTC; `None` while it goes with the present.
    pub cursor: Option<f64>,
}

impl Moments {
    /// Their lines.
    pub fn lines(self, tokens: &Tokens) -> Vec<VLine> {
        let now = VLine::new("Now", self.now).color(tokens.now).style(style::NOW).allow_hover(false);
        let cursor = self
            .cursor
            .map(|at| VLine::new("Time cursor", at).color(tokens.accent).width(1.5).allow_hover(false));
        std::iter::once(now).chain(cursor).collect()
    }
}

/// The charge as reported between two instants, and a little beyond, so that lines reach the edge.
pub fn charge_values(unit: &UnitState, from: f64, to: f64) -> Vec<[f64; 2]> {
    let reported = unit.charge.between(instant(from) - 600, instant(to) + 600);
    reported.map(|(at, soc)| [seconds(at), soc]).collect()
}

/// The levels between which a store's charge is kept.
pub fn charge_limits(unit: &UnitState) -> Vec<f64> {
    match unit.asset.as_ref() {
        Asset::Battery(battery) => vec![battery.min_soc, battery.max_soc],
        _ => Vec::new(),
    }
}

/// Draws the state of charge as reported, and as the unit's physics would have it.
pub fn charge(
    ui: &mut Ui,
    tokens: &Tokens,
    unit: &UnitState,
    reach: Option<&Reach>,
    shown: PlotBounds,
    moments: Moments,
) {
    let (from, to) = (shown.min()[0], shown.max()[0]);
    let values = charge_values(unit, from, to);
    let bounds = PlotBounds::from_min_max([from, -0.04], [to, 1.04]);
    let limits = charge_limits(unit);
    let predicted = reach.and_then(|r| Some((r.charge.as_ref()?, r.from.max(from))));
    let plot = chart::time_plot(
        Id::unique("delivery-charge"),
        tokens,
        Quantity::Charge,
        CHARGE_HEIGHT,
        bounds.center().x,
        true,
    );
    let response = plot.allow_drag(false).allow_zoom(false).allow_boxed_zoom(false).show(ui, |plot| {
        plot.set_plot_bounds(bounds);
        for limit in limits {
            plot.hline(
                egui_plot::HLine::new("Limit", limit)
                    .color(tokens.weak)
                    .style(style::LIMIT)
                    .allow_hover(false),
            );
        }
        if let Some((curve, begins)) = predicted.filter(|(_, begins)| *begins < to) {
            let line = points(curve, begins, to);
            plot.line(chart::line("Charge by physics", line, tokens.predicted, 1.0, style::PREDICTED));
        }
        for run in broken(&values, CHARGE_GAP_S) {
            plot.line(chart::line("State of charge", run, tokens.charge, 2.0, style::ASKED));
        }
        moments.lines(tokens).into_iter().for_each(|line| plot.vline(line));
    });
    response.response.widget_info(|| {
        let seen: Vec<f64> = values.iter().filter(|v| v[0] >= from && v[0] <= to).map(|v| v[1]).collect();
        let text = match (seen.first(), seen.last()) {
            (Some(first), Some(last)) => format!(
                "State of charge of {}: from {} % to {} %",
                unit.unit,
                grouped(first * 100.0, 0),
                grouped(last * 100.0, 0)
            ),
            _ => format!("State of charge of {}: none reported in this time", unit.unit),
        };
        WidgetInfo::labeled(Role::Image, true, text)
    });
}

/// Draws the heartbeat strip under a plot, on its time axis.
pub fn heartbeats(
    ui: &mut Ui,
    tokens: &Tokens,
    transform: &PlotTransform,
    strips: &[Strip],
    moments: Moments,
) {
    for line in strips {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), STRIP_ROW), Sense::hover());
        let text = format!("Heartbeat of {}: {}", line.of, strip::in_words(&line.beats));
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &text));
        if !ui.is_rect_visible(rect) {
            continue;
        }
        let frame = transform.frame();
        let bar = Rect::from_x_y_ranges(frame.x_range(), rect.shrink2(vec2(0.0, 1.5)).y_range());
        name(ui, tokens, &line.name, rect.left(), bar.left_center());
        ui.painter().rect_filled(bar, 0.0, tokens.well);
        for beat in &line.beats {
            paint(ui, tokens, transform, bar, beat);
        }
        for (at, colour) in [(Some(moments.now), tokens.now), (moments.cursor, tokens.accent)] {
            let x = at.map(|at| transform.position_from_point_x(at));
            if let Some(x) = x.filter(|x| bar.x_range().contains(*x)) {
                ui.painter().vline(x, bar.y_range(), Stroke::new(1.0, colour));
            }
        }
        tell(&response, transform, line);
    }
}

/// Writes a line's name left of its bar, cut short where it must be.
fn name(ui: &Ui, tokens: &Tokens, words: &str, left: f32, bar: Pos2) {
    let format = TextFormat::simple(TextStyle::Small.resolve(ui.style()), tokens.weak);
    let mut job = LayoutJob::single_section(words.to_owned(), format);
    job.wrap = TextWrapping::truncate_at_width((bar.x - left - 6.0).max(20.0));
    let galley = ui.painter().layout_job(job);
    let place = bar - vec2(5.0 + galley.size().x, galley.size().y / 2.0);
    ui.painter().galley(place, galley, tokens.weak);
}

/// What the pointer is over, in words.
fn tell(response: &Response, transform: &PlotTransform, line: &Strip) {
    let Some(pointer) = response.hover_pos().filter(|p| transform.frame().x_range().contains(p.x)) else {
        return;
    };
    let at = transform.value_from_position(pointer).x;
    let under = line.beats.iter().find(|b| seconds(b.from) <= at && at < seconds(b.to));
    let Some(beat) = under else { return };
    let lasts = format!("{} from {} to {}", beat.word(), words::london(beat.from), words::london(beat.to));
    response.clone().on_hover_text_at_pointer(format!("{}\n{}: {lasts}", time_readout(at), line.of));
}

/// One stretch: live is a plain thin bar, late is striped, lost is crossed, no data is an empty outline.
fn paint(ui: &Ui, tokens: &Tokens, transform: &PlotTransform, bar: Rect, beat: &Beat) {
    let x = |at| transform.position_from_point_x(seconds(at)).clamp(bar.left(), bar.right());
    let rect = Rect::from_x_y_ranges(x(beat.from)..=x(beat.to), bar.y_range());
    if rect.width() <= 0.0 {
        return;
    }
    let painter = ui.painter().with_clip_rect(rect.expand(0.5));
    let inked = |colour: Color32, lean: &[f32], spacing: f32| {
        painter.rect_filled(rect, 0.0, Tokens::hatched(colour));
        for lean in lean {
            let mut at = rect.left() - rect.height();
            while at < rect.right() + rect.height() {
                let (top, foot) = (at + lean * rect.height() / 2.0, at - lean * rect.height() / 2.0);
                painter.line_segment(
                    [Pos2::new(top, rect.top()), Pos2::new(foot, rect.bottom())],
                    Stroke::new(1.2, colour),
                );
                at += spacing;
            }
        }
    };
    let ink = match beat.state {
        Some(LinkState::Live) => {
            let middle = rect.shrink2(vec2(0.0, rect.height() * 0.3));
            painter.rect_filled(middle, 0.0, tokens.normal);
            None
        }
        Some(LinkState::Late) => {
            inked(tokens.medium, &[1.0], 5.0);
            Some(tokens.medium)
        }
        Some(LinkState::Lost) => {
            inked(tokens.high, &[1.0, -1.0], 6.0);
            Some(tokens.high)
        }
        Some(LinkState::Unknown) | None => {
            let inside = rect.shrink(0.5);
            painter.rect_stroke(inside, 0.0, Stroke::new(1.0, tokens.edge), egui::StrokeKind::Inside);
            Some(tokens.weak)
        }
    };
    let Some(ink) = ink else { return };
    let font = TextStyle::Small.resolve(ui.style());
    let galley = painter.layout_no_wrap(beat.word().to_owned(), font, ink);
    if galley.size().x + 8.0 < rect.width() {
        let place = rect.center() - galley.size() / 2.0;
        painter.rect_filled(
            Rect::from_min_size(place, galley.size()).expand2(vec2(3.0, -1.0)),
            0.0,
            tokens.well,
        );
        painter.galley(place, galley, ink);
    }
}
