//! The marks of a dispatch in words, and how the fleet's dispatches stand beside each other.

use egui::{
    Align2, Color32, Id, Label, RichText, Role, Sense, TextStyle, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use crate::console::plot::instant::instant;
use crate::console::theme::Tokens;
use crate::console::{widgets, words};
use crate::desk::snapshot::{DispatchState, Phase};
use crate::dispatch::{DispatchKey, Stage};
use crate::power::{HalfHourScore, Scorecard, SetpointScore};
use crate::time::{UtcTime, settlement_period};
use crate::units::grouped;

use super::figures::figure;
use super::sum::Sum;
use super::track::{Totals, Track};

/// Width of a column of numbers in the fleet's table.
const NUMBERS: f32 = 72.0;
/// Dispatches that are drawn out of sight, above and below those in sight.
const AROUND: f32 = 3.0;

/// Draws a dispatch's marks, its setpoints and its stages.
pub fn ui(ui: &mut Ui, tokens: &Tokens, track: &Track, now: UtcTime) {
    widgets::heading(ui, "Scorecard");
    match &track.score {
        Some(score) => {
            for (name, value) in marks(score) {
                figure(ui, tokens, name, &value);
            }
            widgets::heading(ui, "Setpoints");
            for (name, value) in score.setpoints.iter().map(setpoint) {
                figure(ui, tokens, &name, &value);
            }
            widgets::heading(ui, "Half-hours, delivered of asked");
            for (name, value) in score.half_hours.iter().map(half_hour) {
                figure(ui, tokens, &name, &value);
            }
        }
        None => {
            ui.add(Label::new(RichText::new(unmarked(track, now)).color(tokens.weak)).wrap());
        }
    }
    widgets::heading(ui, "Stages");
    for (name, value) in stages(&track.dispatch) {
        figure(ui, tokens, &name, &value);
    }
}

/// The marks, each with its name and unit.
pub fn marks(score: &Scorecard) -> Vec<(&'static str, String)> {
    let or_dash = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
    let factor = |value: Option<f64>| or_dash(value.map(|f| grouped(f, 3)));
    let kwh = |value: f64| format!("{} kWh", grouped(value, 1));
    let reached = score.setpoints.iter().filter(|s| s.reached == Some(true)).count();
    let judged = score.setpoints.iter().filter(|s| s.reached.is_some()).count();
    vec![
        ("Acknowledged after", or_dash(score.acknowledged_after_s.map(span))),
        ("First moved", score.moved_before_start_s.map_or_else(|| "not yet".to_owned(), moved)),
        ("At target on time", format!("{reached} of {judged} setpoints")),
        ("Within ±5 %", format!("{} of {} min", score.minutes_in_tolerance, score.minutes_metered)),
        ("Energy asked", kwh(score.asked_kwh)),
        ("Energy delivered", kwh(score.delivered_kwh)),
        ("Delivered of asked", score.ratio.map_or_else(|| "not metered yet".to_owned(), percent)),
        ("Payment factor, Flexible Power", factor(score.payment.map(|paid| paid.flexible_power))),
        ("Payment factor, TRANSITION", factor(score.payment.map(|paid| paid.transition))),
        ("Payment factor, one-sided penalty", factor(score.payment.map(|paid| paid.one_sided))),
        ("Over-delivery", kwh(score.over_kwh)),
        ("Missing data", format!("{} min", score.minutes_missing)),
        ("Stop response", score.stopped_after_s.map_or_else(|| "–".to_owned(), span)),
        ("Rebound in the hour after", or_dash(score.rebound_kwh.map(kwh))),
    ]
}

fn percent(share: f64) -> String {
    format!("{} %", grouped(share * 100.0, 1))
}

fn span(seconds: f64) -> String {
    words::span(instant(seconds).unix())
}

fn moved(before_start_s: f64) -> String {
    if before_start_s > 0.0 {
        format!("{} before start", span(before_start_s))
    } else if before_start_s < 0.0 {
        format!("{} after start", span(-before_start_s))
    } else {
        "at the start".to_owned()
    }
}

/// One setpoint's mark.
pub fn setpoint(setpoint: &SetpointScore) -> (String, String) {
    let asked =
        format!("{}: {} kW", words::london_minute(instant(setpoint.at)), grouped(setpoint.asked_kw, 0));
    let found = match (setpoint.reached, setpoint.missed_by_kw) {
        (Some(true), _) => "reached".to_owned(),
        (Some(false), Some(short)) => {
            let late = setpoint.reached_after_s.map(|s| format!(", {} late", span(s))).unwrap_or_default();
            let missed =
                if short > 0.0 { format!("{} kW short", grouped(short, 0)) } else { "missed".to_owned() };
            format!("{missed}{late}")
        }
        _ => "not metered yet".to_owned(),
    };
    (asked, found)
}

/// One half-hour's energy: its settlement period, and kWh.
pub fn half_hour(half: &HalfHourScore) -> (String, String) {
    let start = instant(half.start);
    let period = settlement_period(start);
    let name = format!("Period {:02}, {}", period.number, words::london_minute(start));
    if half.minutes_metered == 0 {
        return (name, "not metered".to_owned());
    }
    let missing = match half.minutes_missing {
        0 => String::new(),
        minutes => format!(", {minutes} min missing"),
    };
    let (delivered, asked) = (grouped(half.delivered_kwh, 1), grouped(half.asked_kwh, 1));
    (name, format!("{delivered} of {asked} kWh{missing}"))
}

/// Why there are no marks, and what comes or is to be done next.
pub fn unmarked(track: &Track, now: UtcTime) -> String {
    let start = instant(track.window.0);
    if track.planned.is_none() {
        return "Baseline unknown: nothing is held against a baseline that this desk does not have, so there is no \
                score. Put the unit with its baseline into the fleet profile and start this desk again."
            .to_owned();
    }
    match track.dispatch.phase {
        Phase::Rejected | Phase::SendFailed if track.dispatch.in_force.is_none() => format!(
            "Not marked: it was {} and nothing of it is in force. Amend it or dispatch another unit.",
            track.dispatch.phase.word()
        ),
        Phase::Stopped if now < start || track.minutes.is_empty() => {
            "Not marked: it was stopped before its service began.".to_owned()
        }
        _ if track.dispatch.in_effect().is_empty() => {
            "Not marked: nothing of it has gone out to be acted on yet.".to_owned()
        }
        _ if now < start => format!(
            "Not marked yet: marks begin with the first minute metered after {}.",
            words::london_minute(start)
        ),
        _ if track.dispatch.readings.is_empty() => {
            "Not marked yet: nothing has been metered in the service window. \
                                                    If that stays so, telephone the FSP's control point."
                .to_owned()
        }
        _ if asks_real_power(track) => {
            "Not marked yet: no minute of its service has been metered to its end.".to_owned()
        }
        _ => "Not marked: it asks for no real power.".to_owned(),
    }
}

fn asks_real_power(track: &Track) -> bool {
    track.dispatch.in_effect().iter().any(|(_, dispatch)| dispatch.setpoints.iter().any(|s| s.real.is_some()))
}

/// A stage as people say it: `at setpoint`.
pub fn stage(stage: Stage) -> String {
    stage.word().to_lowercase().replace('_', " ")
}

/// The acknowledgements, as the FSP times them.
fn stages(dispatch: &DispatchState) -> Vec<(String, String)> {
    let mut stages: Vec<(String, String)> = dispatch
        .ladder
        .iter()
        .map(|rung| {
            let mut at = words::london(rung.at);
            if rung.signature.is_err() {
                at += ", not believed";
            }
            (format!("{}, rev {}", stage(rung.stage), rung.revision), at)
        })
        .collect();
    if stages.is_empty() {
        stages.push(("Nothing acknowledged".to_owned(), dispatch.phase.word().to_owned()));
    }
    stages
}

/// Draws how each dispatch of a sum stands; the one that was picked in this frame.
pub fn fleet(ui: &mut Ui, tokens: &Tokens, sum: &Sum, up_to: UtcTime) -> Option<DispatchKey> {
    let mut picked = None;
    widgets::heading(ui, "Dispatches");
    if !sum.left_out.is_empty() {
        let units: Vec<String> = sum.left_out.iter().map(ToString::to_string).collect();
        let text = format!("Left out, baseline unknown: {}", units.join(", "));
        ui.add(Label::new(RichText::new(text).color(tokens.weak)).wrap());
    }
    row(ui, tokens, "kWh", || ["Asked", "Delivered", "Of asked"].map(str::to_owned), tokens.weak);
    let tall = |ui: &Ui, from: f32| ui.cursor().top() - from;
    let (top, sight) = (ui.cursor().top(), ui.clip_rect());
    let mut stride = None;
    let mut left_out = 0.0;
    for (place, track) in sum.tracks.iter().enumerate() {
        // The first is drawn in any case, and tells how tall each is; of the others those in sight, and a few around them
        // that the keyboard goes on to.
        if let Some(stride) = stride {
            let from = top + stride * ordinal(place);
            if from + stride * (AROUND + 1.0) < sight.top() || from - stride * AROUND > sight.bottom() {
                left_out += stride;
                continue;
            }
        }
        skip(ui, std::mem::take(&mut left_out));
        let from = ui.cursor().top();
        let id = Id::unique("delivery-dispatch").with(&track.dispatch.key);
        let scope = UiBuilder::new().scope_id(id);
        if ui.scope_builder(scope, |ui| dispatch(ui, tokens, track, up_to)).inner {
            picked = Some(track.dispatch.key.clone());
        }
        stride.get_or_insert(tall(ui, from));
    }
    skip(ui, left_out);
    ui.separator();
    row(ui, tokens, "Fleet", || numbers(&sum.totals(up_to)), tokens.text);
    picked
}

/// Leaves the room of rows that are out of sight, spacing and all.
fn skip(ui: &mut Ui, height: f32) {
    if height > 0.0 {
        ui.allocate_space(vec2(ui.available_width(), height - ui.spacing().item_spacing.y));
    }
}

fn ordinal(place: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "some hundred dispatches")]
    let ordinal = place as f32;
    ordinal
}

/// How one dispatch of a sum stands; whether it was picked in this frame.
fn dispatch(ui: &mut Ui, tokens: &Tokens, track: &Track, up_to: UtcTime) -> bool {
    let unit = track.dispatch.dispatch().map_or_else(String::new, |document| document.unit.to_string());
    let name = format!("{unit} · {}", track.dispatch.phase.word());
    let response = ui.add(egui::Button::new(&name).frame(false).truncate());
    let spoken = format!("Show {name}, {}", track.dispatch.key.dispatch_ref);
    widgets::focus_ring(ui, tokens, &response, response.rect);
    row(ui, tokens, "", || numbers(&track.totals(up_to)), tokens.text);
    response.accessible_name(spoken).clicked()
}

fn numbers(totals: &Totals) -> [String; 3] {
    let metered = totals.delivered_kwh + totals.short_kwh;
    let share = if metered > 1e-9 { percent(totals.delivered_kwh / metered) } else { "–".to_owned() };
    [grouped(totals.asked_kwh, 1), grouped(totals.delivered_kwh, 1), share]
}

/// A row of the fleet's table: a name at the left and three numbers in columns at the right.
/// They are asked for only where somebody sees or hears them.
fn row(ui: &mut Ui, tokens: &Tokens, name: &str, numbers: impl Fn() -> [String; 3], ink: Color32) {
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), tokens.row - 4.0), Sense::hover());
    response.widget_info(|| {
        let spoken = format!("{name} {}", numbers().join(", "));
        WidgetInfo::labeled(Role::Label, true, spoken.trim_start())
    });
    if !ui.is_rect_visible(rect) {
        return;
    }
    let font = TextStyle::Body.resolve(ui.style());
    let painter = ui.painter();
    painter.text(rect.left_center(), Align2::LEFT_CENTER, name, font.clone(), ink);
    for (column, number) in numbers().into_iter().rev().enumerate() {
        let right = rect.right() - f32::from(u8::try_from(column).unwrap_or(0)) * NUMBERS;
        painter.text(pos2(right, rect.center().y), Align2::RIGHT_CENTER, number, font.clone(), ink);
    }
}
