//! An answer to a step in words. Pure.

use crate::console::words;
use crate::power::{Asset, StepResponse};
use crate::units::grouped;

/// kW beyond a level that are not worth a word.
const NONE_KW: f64 = 0.05;

/// The figures of an answer, each with its name and unit.
pub fn figures(answer: &StepResponse, asset: &Asset) -> Vec<(&'static str, String)> {
    let never = |seconds: Option<f64>| seconds.map_or_else(|| "never".to_owned(), duration);
    let kept = match answer.kept_s {
        Some(kept) => format!("reached after {}", duration(kept)),
        None if asset.keeps_to_a_limit() => "none of its own".to_owned(),
        None => "none within 24 h".to_owned(),
    };
    let level = answer.to_level_s.map_or_else(|| never_reached(answer), duration);
    let back = answer.back_s.map_or_else(
        || "not within 6 h of being let go".to_owned(),
        |back| format!("{} after it is let go", duration(back)),
    );
    vec![
        ("Delay", answer.delay_s.map_or_else(|| "does not move".to_owned(), duration)),
        ("To 90 %", never(answer.to_90_s)),
        ("To setpoint", level),
        ("Overshoot", overshoot(answer)),
        ("Energy limit", kept),
        ("Back at baseline", back),
    ]
}

/// All of it in one sentence, for those who do not see the plot.
pub fn in_words(answer: &StepResponse, asset: &Asset) -> String {
    let figures = figures(answer, asset);
    let told: Vec<String> =
        figures.into_iter().map(|(name, value)| format!("{}: {value}", name.to_lowercase())).collect();
    format!("from {} to {} net, {}", kilowatts(answer.rest_kw), kilowatts(answer.level_kw), told.join(", "))
}

/// How near it comes.
fn never_reached(answer: &StepResponse) -> String {
    let direction = if answer.level_kw >= answer.rest_kw { 1.0 } else { -1.0 };
    let way = (answer.level_kw - answer.rest_kw).abs();
    if way < NONE_KW {
        return "stands there already".to_owned();
    }
    let within = answer.curve.points().iter().filter(|p| p.0 <= answer.released).map(|p| p.1 * direction);
    let nearest = within.fold(f64::NEG_INFINITY, f64::max) * direction;
    format!("never: no nearer than {}", kilowatts(nearest))
}

fn overshoot(answer: &StepResponse) -> String {
    if answer.overshoot_kw < NONE_KW { "none".to_owned() } else { kilowatts(answer.overshoot_kw) }
}

fn kilowatts(kw: f64) -> String {
    // A zero has no sign.
    let kw = if kw.abs() < NONE_KW { 0.0 } else { kw };
    format!("{} kW", grouped(kw, 1).trim_end_matches(".0"))
}

/// `0.5 s`, `4 min 15 s`, `1 h 54 min`.
fn duration(seconds: f64) -> String {
    if seconds < 59.5 && (seconds - seconds.round()).abs() > 0.05 {
        return format!("{} s", grouped(seconds, 1));
    }
    #[expect(clippy::cast_possible_truncation, reason = "a day at most")]
    words::span(seconds.round() as i64)
}
