//! The window in which a person changes what a simulated unit is offered for, as its FSP would.

use std::ops::Range;

use egui::{Align, DragValue, Label, RichText, ScrollArea, Ui, vec2};
use egui_extras::Column;

use super::words_of;
use crate::console::context::{Intent, View};
use crate::console::{widgets, words};
use crate::dispatch::DispatchUnit;
use crate::dispatch::availability::{HALF_HOUR_S, Offer};
use crate::fleet::{Availabilities, declared_days};
use crate::profile::availability::Limits;
use crate::time::{UtcTime, in_london, london_day};
use crate::units::{Watts, grouped};

/// Most kW that can be typed: more than any connection has.
const MOST_KW: f64 = 10_000_000.0;

/// The window, open or not.
#[derive(Debug, Default)]
pub struct Editor {
    open: Option<Edited>,
}

/// A unit's day in hand.
#[derive(Debug)]
struct Edited {
    unit: DispatchUnit,
    /// Local midnight of the day shown.
    day: UtcTime,
    /// Settlement periods that are in hand, from 1.
    first: usize,
    last: usize,
    up_kw: f64,
    down_kw: f64,
    /// The line to bring into view.
    reach: Option<usize>,
}

impl Editor {
    /// Opens it on a unit, at the half-hour that runs.
    pub fn open(&mut self, unit: &DispatchUnit, now: UtcTime) {
        let period = usize::from(crate::time::settlement_period(now).number);
        self.open = Some(Edited {
            unit: unit.clone(),
            day: london_day(now).0,
            first: period,
            last: period,
            up_kw: 0.0,
            down_kw: 0.0,
            reach: Some(period.saturating_sub(1)),
        });
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &Ui, view: &mut View<'_>) {
        let (Some(edited), Some(fleet)) = (&mut self.open, view.availabilities) else { return };
        let day = edited.day..london_day(edited.day).1;
        let Some(offers) = fleet.offers(&edited.unit, day) else {
            self.open = None;
            return;
        };
        let mut stays = true;
        let title = format!("Availability of {}", edited.unit);
        let area = ui.available_rect_before_wrap();
        widgets::window_within(ui.ctx(), area, "availability of a unit", title, vec2(460.0, 420.0))
            .open(&mut stays)
            .show(ui.ctx(), |ui| edited.ui(ui, view, fleet, &offers));
        widgets::leave_by_escape(ui.ctx(), "availability of a unit", &mut stays);
        if !stays {
            self.open = None;
        }
    }
}

impl Edited {
    fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>, fleet: &Availabilities, offers: &[(UtcTime, Offer)]) {
        ui.horizontal_wrapped(|ui| {
            let days = declared_days(view.clock.now());
            let mut day = days.start;
            while day < days.end {
                let date = in_london(day).date;
                if ui.selectable_label(self.day == day, date).clicked() {
                    (self.day, self.reach) = (day, Some(0));
                }
                day = london_day(day).1;
            }
        });
        self.first = self.first.clamp(1, offers.len());
        self.last = self.last.clamp(self.first, offers.len());
        self.fields(ui, offers);
        self.buttons(ui, view, fleet, offers);
        ui.separator();
        self.table(ui, view, offers);
    }

    /// Which half-hours, and how much.
    fn fields(&mut self, ui: &mut Ui, offers: &[(UtcTime, Offer)]) {
        let most = offers.len();
        ui.horizontal_wrapped(|ui| {
            ui.label("From period");
            ui.add(DragValue::new(&mut self.first).range(1..=most)).accessible_name("From period");
            self.last = self.last.max(self.first);
            ui.label("to period");
            ui.add(DragValue::new(&mut self.last).range(self.first..=most)).accessible_name("To period");
            let span = self.span(offers);
            ui.label(words::london_span(span.start, span.end));
        });
        ui.horizontal_wrapped(|ui| {
            let kw = |ui: &mut Ui, value: &mut f64, name: &str| {
                ui.label(name);
                ui.add(DragValue::new(value).range(0.0..=MOST_KW).speed(10.0).max_decimals(3).suffix(" kW"))
                    .accessible_name(name);
            };
            kw(ui, &mut self.up_kw, "Up at most");
            kw(ui, &mut self.down_kw, "Down at most");
        });
    }

    fn buttons(&self, ui: &mut Ui, view: &mut View<'_>, fleet: &Availabilities, offers: &[(UtcTime, Offer)]) {
        ui.horizontal_wrapped(|ui| {
            let watts = |kw| Watts::from_kilowatts(kw);
            let limits = Limits { up: watts(self.up_kw), down: watts(self.down_kw) };
            let choices = [
                ("Offer this", Some(limits), "within what the unit can do"),
                ("Offer nothing", Some(Limits::NOTHING), "the unit refuses what is asked of it then"),
                ("Offer all", Some(Limits::default()), "all that the unit can do"),
                ("Set back", None, "to what the fleet file says"),
            ];
            for (name, limits, means) in choices {
                if ui.button(name).on_hover_text(means).clicked() {
                    fleet.change(&self.unit, self.span(offers), limits);
                    let said =
                        format!("{}: {} is declared with its next poll.", self.unit, self.words(offers));
                    view.ask(Intent::Tell(said));
                }
            }
        });
        let note = "For this session only. What the unit has accepted it goes on with.";
        ui.add(Label::new(RichText::new(note).color(view.tokens.weak)));
    }

    /// A line for each half-hour; a click takes it in hand, with Shift all up to it.
    fn table(&mut self, ui: &mut Ui, view: &View<'_>, offers: &[(UtcTime, Offer)]) {
        let height = view.tokens.row;
        ScrollArea::horizontal().auto_shrink([false, false]).show(ui, |ui| {
            let mut table = widgets::list_table(ui, "half-hours")
                .column(Column::exact(56.0))
                .column(Column::initial(150.0).at_least(80.0))
                .column(Column::exact(84.0))
                .column(Column::remainder().at_least(84.0));
            if let Some(line) = self.reach.take() {
                table = table.scroll_to_row(line, Some(Align::Center));
            }
            table
                .header(height, |mut row| {
                    let heads =
                        [("Period", true), ("London time", false), ("Up kW", true), ("Down kW", true)];
                    widgets::heads(&mut row, view.tokens, &heads);
                })
                .body(|body| {
                    body.rows(height, offers.len(), |mut row| {
                        let period = row.index() + 1;
                        let Some((at, offer)) = offers.get(row.index()) else { return };
                        row.set_selected((self.first..=self.last).contains(&period));
                        let until = *at + HALF_HOUR_S;
                        let span =
                            format!("{} to {}", words::london_minute(*at), words::london_minute(until));
                        row.col(|ui| widgets::number(ui, period.to_string()));
                        row.col(|ui| {
                            widgets::cell(ui, span.as_str());
                        });
                        row.col(|ui| widgets::number(ui, grouped(offer.up.kilowatts(), 0)));
                        row.col(|ui| widgets::number(ui, grouped(offer.down.kilowatts(), 0)));
                        let response = row.response();
                        let name = format!("Period {period}, {span}: {}", words_of(*offer));
                        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Row, true, &name));
                        if response.clicked() {
                            let is_extended = response.ctx.input(|i| i.modifiers.shift);
                            self.take(period, *offer, is_extended);
                        }
                    });
                });
        });
    }

    fn take(&mut self, period: usize, offer: Offer, is_extended: bool) {
        if is_extended {
            (self.first, self.last) = (self.first.min(period), self.last.max(period));
        } else {
            (self.first, self.last) = (period, period);
            (self.up_kw, self.down_kw) = (offer.up.kilowatts(), offer.down.kilowatts());
        }
    }

    /// The half-hours in hand.
    fn span(&self, offers: &[(UtcTime, Offer)]) -> Range<UtcTime> {
        let at = |period: usize| offers.get(period.saturating_sub(1)).map_or(self.day, |(at, _)| *at);
        at(self.first)..at(self.last) + HALF_HOUR_S
    }

    fn words(&self, offers: &[(UtcTime, Offer)]) -> String {
        let span = self.span(offers);
        words::london_span(span.start, span.end)
    }
}
