//! What was worked out: in words, as a plot, and by unit.

use egui::{Id, Label, RichText, Role, Ui, WidgetInfo};

use crate::console::plot::chart::{self, Quantity, style};
use crate::console::plot::curves::points;
use crate::console::plot::instant::seconds;
use crate::console::plot::legend::{self, Sample, entry};
use crate::console::plot::range::fitting;
use crate::console::theme::Tokens;
use crate::console::words;
use crate::dispatch::DispatchUnit;
use crate::portfolio::{Ask, Line, Missed, Planned};
use crate::power::Curve;
use crate::units::{Watts, grouped};

use super::form::By;

/// A plan as it was worked out, and for what.
#[derive(Clone, Debug)]
pub struct Offer {
    /// What was asked,
    pub ask: Ask,
    /// how,
    pub by: By,
    /// and of whom a person wanted it.
    pub wanted: Vec<DispatchUnit>,
    /// What came of it.
    pub planned: Planned,
}

/// Shortages that are told one by one.
const TOLD: usize = 4;
/// Height of the plot, points.
const HEIGHT: f32 = 150.0;

impl Offer {
    /// The units that give something.
    pub fn used(&self) -> usize {
        self.planned.schedule.lines.iter().filter(|line| line.is_used()).count()
    }

    /// A unit's line, by its place.
    pub fn line(&self, unit: &DispatchUnit) -> Option<(usize, &Line)> {
        self.planned.schedule.lines.iter().enumerate().find(|(_, line)| line.unit == *unit)
    }

    /// What comes of it as a whole, in sentences.
    pub fn sentences(&self) -> Vec<String> {
        let schedule = &self.planned.schedule;
        let worth = schedule.worth();
        let given: f64 = schedule.lines.iter().map(|line| line.mwh(&schedule.stretches)).sum();
        let mut sentences = vec![format!(
            "{} MWh from {} of {} units for {}",
            grouped(given, 3),
            self.used(),
            schedule.lines.len(),
            pounds(worth.pence)
        )];
        if worth.unpriced_mwh > 0.0 {
            sentences.push(format!("{} MWh of it have no agreed price", grouped(worth.unpriced_mwh, 3)));
        }
        if worth.over_mwh > 0.0 {
            sentences.push(format!("{} MWh more than asked, lest it be short", grouped(worth.over_mwh, 3)));
        }
        sentences.push(self.planned.method.words().to_owned());
        sentences
    }

    /// What of it will not come, in sentences.
    pub fn faults(&self) -> Vec<String> {
        let short = self.planned.schedule.shortages();
        let mut faults: Vec<String> = short
            .iter()
            .take(TOLD)
            .map(|(stretch, by)| {
                format!("{} MW short, {}", megawatts(*by), words::london_span(stretch.from, stretch.to))
            })
            .collect();
        if let Some(more) = short.len().checked_sub(TOLD).filter(|more| *more > 0) {
            faults.push(format!("and {more} more times short"));
        }
        let missed = self.planned.judged.missed.len();
        if missed > 0 {
            faults.push(format!("{missed} levels would be missed by the units' own physics: see the table"));
        }
        faults
    }

    /// The first level of a unit that would be missed, in words.
    pub fn missed(&self, unit: &DispatchUnit) -> Option<String> {
        let Missed { at, miss, .. } =
            self.planned.judged.missed.iter().find(|missed| missed.unit == *unit)?;
        let (short, because) = (grouped(miss.short_kw, 0), miss.because);
        Some(if miss.short_kw > 0.0 {
            format!("would be {short} kW short at {} ({because})", words::london_minute(*at))
        } else {
            format!("would not keep {} to its end ({because})", words::london_minute(*at))
        })
    }

    /// A unit's levels with their sign, each with its time.
    pub fn levels(&self, line: &Line) -> String {
        let Some(part) = self.planned.schedule.timeline(line) else { return "0".to_owned() };
        let clock = |at| words::london_minute(at).split(' ').next().unwrap_or_default().to_owned();
        let parts: Vec<String> = part
            .changes
            .iter()
            .map(|(at, change)| format!("{} {}", clock(*at), kilowatts(*change)))
            .collect();
        format!("{} until {}", parts.join(", "), clock(part.end))
    }

    /// What is asked, given and predicted, one over the other.
    pub fn plot(&self, ui: &mut Ui, tokens: &Tokens) {
        let schedule = &self.planned.schedule;
        let steps = |level: &dyn Fn(usize) -> Watts| {
            let mut points: Vec<(f64, f64)> = Vec::new();
            for (index, stretch) in schedule.stretches.iter().enumerate() {
                let kw = schedule.way.signed(level(index)).kilowatts();
                points.extend([(seconds(stretch.from), kw), (seconds(stretch.to), kw)]);
            }
            Curve::new(points).unwrap_or_default()
        };
        let given = schedule.given();
        let asked = steps(&|index| schedule.stretches[index].asked);
        let given = steps(&|index| given[index]);
        let predicted = &self.planned.judged.change;
        let (begins, ends) = (seconds(self.ask.from()), seconds(self.ask.until()));
        let (from, to) = (begins - 600.0, ends + 1200.0);
        let values =
            [&asked, &given, predicted].into_iter().flat_map(|curve| curve.points().iter().map(|p| p.1));
        let bounds = fitting(from, to, values.chain([0.0]));
        let id = Id::unique("compose-plan-plot");
        let plot = chart::time_plot(id, tokens, Quantity::Change, HEIGHT, bounds.center().x, true);
        let shown = plot.allow_drag(false).allow_zoom(false).allow_boxed_zoom(false).show(ui, |plot| {
            plot.set_plot_bounds(bounds);
            plot.line(chart::line(
                "Asked",
                points(&asked, begins, ends),
                tokens.instructed,
                2.5,
                style::ASKED,
            ));
            plot.line(chart::line(
                "Given",
                points(&given, begins, ends),
                tokens.predicted,
                2.0,
                style::BEFORE,
            ));
            let since = predicted.points().first().map_or(from, |p| p.0).max(from);
            if to > since {
                let curve = points(predicted, since, to);
                plot.line(chart::line("Predicted", curve, tokens.delivered, 2.0, style::PREDICTED));
            }
        });
        shown.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, self.alternative()));
        legend::show(
            ui,
            &[
                entry("Asked", Sample::Line(style::ASKED, 2.5), tokens.instructed),
                entry("Given by the plan", Sample::Line(style::BEFORE, 2.0), tokens.predicted),
                entry(
                    "Predicted of all units together",
                    Sample::Line(style::PREDICTED, 2.0),
                    tokens.delivered,
                ),
            ],
        );
    }

    fn alternative(&self) -> String {
        let schedule = &self.planned.schedule;
        let given = schedule.given();
        let parts: Vec<String> = schedule
            .stretches
            .iter()
            .zip(given)
            .map(|(stretch, given)| {
                format!(
                    "from {} asked {}, given {}",
                    words::london_minute(stretch.from),
                    kilowatts(schedule.way.signed(stretch.asked)),
                    kilowatts(schedule.way.signed(given))
                )
            })
            .collect();
        format!(
            "Plot of change from baseline, kW: {}; {} MWh predicted",
            parts.join("; "),
            grouped(self.planned.judged.delivered_mwh, 3)
        )
    }
}

/// Tells it: what comes, and what does not.
pub fn tell(ui: &mut Ui, tokens: &Tokens, offer: &Offer) {
    ui.add(Label::new(RichText::new(offer.sentences().join(" · ")).strong()).wrap());
    for fault in offer.faults() {
        ui.add(Label::new(RichText::new(fault).color(tokens.high)).wrap());
    }
}

/// `1,500` or `1,500.5` kW.
pub fn kilowatts(level: Watts) -> String {
    grouped(level.kilowatts(), if level.0 % 1000 == 0 { 0 } else { 3 })
}

fn megawatts(level: Watts) -> String {
    grouped(level.kilowatts() / 1000.0, 3)
}

/// `£1,234.50`.
pub fn pounds(pence: i64) -> String {
    let sign = if pence < 0 { "−" } else { "" };
    let (whole, rest) = (pence.unsigned_abs() / 100, pence.unsigned_abs() % 100);
    #[expect(clippy::cast_precision_loss, reason = "no plan costs 2^53 pounds")]
    let whole = grouped(whole as f64, 0);
    format!("{sign}£{whole}.{rest:02}")
}
