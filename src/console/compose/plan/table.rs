//! Unit by unit: who is asked, what it can hold, what it gives, and why not more.

use std::collections::BTreeSet;

use egui::{Align, Checkbox, Layout, RichText, Ui};
use egui_extras::{Column, TableBuilder, TableRow};

use super::Planner;
use super::members::{contract_of, obstacle};
use super::offer::{kilowatts, pounds};
use crate::console::context::View;
use crate::console::widgets::{cell, heads, number};
use crate::desk::snapshot::UnitState;
use crate::dispatch::DispatchUnit;
use crate::portfolio::Room;
use crate::time::UtcTime;
use crate::units::grouped;

impl Planner {
    /// Draws it.
    pub(super) fn table(&mut self, ui: &mut Ui, view: &View<'_>) {
        let tokens = view.tokens;
        let span = self.form.span();
        let units = self.in_order();
        TableBuilder::new(ui)
            .id_salt("compose-plan-units")
            .striped(true)
            .vscroll(false)
            .cell_layout(Layout::left_to_right(Align::Center))
            .column(Column::exact(22.0))
            .column(Column::initial(160.0).at_least(90.0).clip(true))
            .column(Column::exact(74.0))
            .column(Column::exact(92.0))
            .column(Column::remainder().at_least(120.0).clip(true))
            .column(Column::exact(66.0))
            .column(Column::exact(86.0))
            .column(Column::initial(250.0).at_least(110.0).clip(true))
            .header(tokens.row, |mut header| {
                let names = [
                    ("", false),
                    ("Unit", false),
                    ("£ per MWh", true),
                    ("Can hold, kW", true),
                    ("Gives, kW from baseline", false),
                    ("MWh", true),
                    ("£", true),
                    ("Why", false),
                ];
                heads(&mut header, tokens, &names);
            })
            .body(|body| {
                body.rows(tokens.row, units.len(), |mut row| {
                    let Some(unit) = units.get(row.index()).and_then(|unit| view.unit(unit)) else { return };
                    self.row(&mut row, view, unit, span);
                });
            });
    }

    /// Those that the plan gives something first.
    fn in_order(&self) -> Vec<DispatchUnit> {
        let lines = self.offer.iter().flat_map(|offer| &offer.planned.schedule.lines);
        let used: BTreeSet<&DispatchUnit> =
            lines.filter(|line| line.is_used()).map(|line| &line.unit).collect();
        let (first, rest): (Vec<_>, Vec<_>) = self.units.iter().partition(|unit| used.contains(*unit));
        first.into_iter().chain(rest).cloned().collect()
    }

    fn row(
        &mut self,
        row: &mut TableRow<'_, '_>,
        view: &View<'_>,
        unit: &UnitState,
        span: Option<(UtcTime, UtcTime)>,
    ) {
        let tokens = view.tokens;
        let obstacle = obstacle(view, unit, span);
        row.col(|ui| self.tick(ui, unit, obstacle.is_none()));
        row.col(|ui| {
            cell(ui, unit.unit.to_string()).on_hover_text(format!("{}, {}", unit.name, unit.kind));
        });
        let price = contract_of(view, unit).and_then(|contract| contract.pence_per_mwh);
        row.col(|ui| number(ui, price.map_or_else(|| "none".to_owned(), pounds)));
        let offer = self.offer.as_ref();
        let part = offer.and_then(|offer| Some((offer, offer.line(&unit.unit)?)));
        let Some((offer, (index, line))) = part else {
            for _ in 0..4 {
                row.col(|_| {});
            }
            row.col(|ui| {
                cell(ui, RichText::new(obstacle.unwrap_or_default()).color(tokens.weak));
            });
            return;
        };
        let able = offer.planned.able.get(index).copied();
        let stretches = &offer.planned.schedule.stretches;
        row.col(|ui| number(ui, able.map_or_else(String::new, |able| kilowatts(able.room.most))));
        row.col(|ui| {
            let levels = offer.levels(line);
            cell(ui, levels.as_str()).on_hover_text(levels.as_str());
        });
        row.col(|ui| number(ui, grouped(line.mwh(stretches), 3)));
        row.col(|ui| {
            let pence = if line.is_used() { line.pence(stretches) } else { Some(0) };
            number(ui, pence.map_or_else(|| "no price".to_owned(), pounds));
        });
        row.col(|ui| match (offer.missed(&unit.unit), able) {
            (Some(missed), _) => {
                cell(ui, RichText::new(missed).color(tokens.medium));
            }
            (None, Some(able)) if able.room == Room::NOTHING && !line.is_used() => {
                cell(ui, format!("can hold nothing to the end ({})", able.because));
            }
            (None, Some(able)) if able.because != "rating" => {
                cell(ui, RichText::new(format!("no more to the end: {}", able.because)).color(tokens.weak));
            }
            _ => {}
        });
    }

    fn tick(&mut self, ui: &mut Ui, unit: &UnitState, able: bool) {
        let mut ticked = able && !self.left_out.contains(&unit.unit);
        let tick = ui.add_enabled(able, Checkbox::without_text(&mut ticked));
        if tick.accessible_name(format!("Ask {}", unit.unit)).changed() {
            if ticked {
                self.left_out.remove(&unit.unit);
            } else {
                self.left_out.insert(unit.unit.clone());
            }
        }
    }
}
