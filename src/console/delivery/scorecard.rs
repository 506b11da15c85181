//! The marks of a dispatch in words.

use egui::{RichText, Ui};

use crate::console::plot::instant::instant;
use crate::console::theme::Tokens;
use crate::console::{widgets, words};
use crate::desk::snapshot::DispatchState;
use crate::units::grouped;

fn seconds(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |s| format!("{} s", grouped(s, 0)))
}

fn kilowatt_hours(value: f64) -> String {
    format!("{} kWh", grouped(value, 1))
}

/// Draws them.
pub fn ui(ui: &mut Ui, tokens: &Tokens, dispatch: &DispatchState) {
    widgets::heading(ui, "Scorecard");
    let Some(score) = &dispatch.score else {
        ui.label(
            RichText::new("Not marked yet: nothing has been metered in the service window.")
                .color(tokens.weak),
        );
        return;
    };
    let mut pair = |name: &str, value: String| widgets::pair(ui, tokens, name, value);
    pair("Acknowledged after", seconds(score.acknowledged_after_s));
    pair("Energy asked", kilowatt_hours(score.asked_kwh));
    pair("Energy delivered", kilowatt_hours(score.delivered_kwh));
    pair("Beyond what was asked", kilowatt_hours(score.over_kwh));
    pair(
        "Delivered of asked",
        score.ratio.map_or_else(|| "not metered yet".to_owned(), |r| words::percent(Some(r))),
    );
    let factor =
        score.payment_factor.map_or_else(|| "–".to_owned(), |f| format!("{f:.3} (Flexible Power rule)"));
    pair("Payment factor", factor);
    pair(
        "Minutes within ±5 %",
        format!("{} of {} metered", score.minutes_in_tolerance, score.minutes_metered),
    );
    pair("Minutes missing", score.minutes_missing.to_string());
    if score.stopped_after_s.is_some() {
        pair("Back at baseline", format!("{} after the stop", seconds(score.stopped_after_s)));
    }
    if let Some(rebound) = score.rebound_kwh {
        pair("Rebound in the hour after", kilowatt_hours(rebound));
    }
    widgets::heading(ui, "Setpoints");
    for setpoint in &score.setpoints {
        let found = match (setpoint.reached, setpoint.missed_by_kw) {
            (Some(true), _) => "reached".to_owned(),
            (Some(false), Some(kw)) => {
                let late = setpoint.reached_after_s.map(|s| format!(", reached {} s late", grouped(s, 0)));
                format!("{} kW short{}", grouped(kw, 1), late.unwrap_or_default())
            }
            _ => "not metered yet".to_owned(),
        };
        let name = words::utc_time(instant(setpoint.at));
        widgets::pair(ui, tokens, &name, format!("{} kW net: {found}", grouped(setpoint.asked_kw, 0)));
    }
}
