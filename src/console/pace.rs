//! The controls of a workshop's clock: pause, steps, the next event, and the rates. The same wherever they stand.

use egui::{Button, Label, RichText, Ui};
use egui_material_icons::icons;

use super::action::Action;
use super::theme::Tokens;
use super::words;
use crate::time::Rate;
use crate::workshop::timekeeper::{ClockOrder, Pace, RATES, Standing};

/// What a press of pause or resume asks for.
pub fn toggled(pace: &Pace) -> ClockOrder {
    if pace.standing.is_moving() { ClockOrder::Pause } else { ClockOrder::Resume }
}

/// The next rate above what was asked for, or below.
pub fn next_rate(pace: &Pace, faster: bool) -> Option<Rate> {
    let asked = pace.asked.value();
    let times = match faster {
        true => RATES.into_iter().find(|rate| *rate > asked),
        false => RATES.into_iter().rev().find(|rate| *rate < asked),
    };
    times.and_then(Rate::times)
}

/// The button that pauses or resumes, with its word or as a sign alone; what it asks for.
pub fn pause_button(ui: &mut Ui, pace: &Pace, with_word: bool) -> Option<ClockOrder> {
    let (icon, word) = match pace.standing.is_moving() {
        true => (icons::ICON_PAUSE, "Pause"),
        false => (icons::ICON_PLAY_ARROW, "Resume"),
    };
    // It stands in the strip and in the workspace at once.
    let name = if with_word { format!("{word} the workshop") } else { format!("{word} the clock") };
    let glyph = icon.rich_text().size(16.0);
    let button = if with_word { Button::new((glyph, RichText::new(word))) } else { Button::new(glyph) };
    let keys = keys_of(ui, Action::PauseClock);
    let may = pace.standing != Standing::Ended;
    let response =
        ui.add_enabled(may, button).on_hover_text(format!("{name} ({keys})")).accessible_name(name);
    response.clicked().then(|| toggled(pace))
}

/// All controls, and in words how the clock stands; what they ask for.
pub fn controls(ui: &mut Ui, tokens: &Tokens, pace: &Pace) -> Option<ClockOrder> {
    let mut order = None;
    let may = pace.standing != Standing::Ended;
    ui.horizontal_wrapped(|ui| {
        order = pause_button(ui, pace, true).or(order);
        for (action, label, asked) in [
            (Action::StepClock, "1 minute on", ClockOrder::Step(60)),
            (Action::StepClockFar, "5 minutes on", ClockOrder::Step(300)),
            (Action::NextEvent, "To the next event", ClockOrder::NextEvent),
        ] {
            let button = ui.add_enabled(may, Button::new(label));
            let keys = keys_of(ui, action);
            if button.on_hover_text(format!("{} ({keys})", action.name())).clicked() {
                order = Some(asked);
            }
        }
    });
    ui.horizontal_wrapped(|ui| {
        ui.add(Label::new(RichText::new("Rate").color(tokens.weak)).selectable(false));
        for times in RATES {
            let Some(rate) = Rate::times(times) else { continue };
            let is_asked = pace.asked == rate;
            let button = Button::selectable(is_asked, format!("×{times}"));
            if ui.add_enabled(may, button).accessible_name(format!("Run the clock at ×{times}")).clicked() {
                order = Some(ClockOrder::Run(rate));
            }
        }
    });
    ui.add(Label::new(sentence(pace)).wrap());
    order
}

/// How the clock stands, in a sentence.
pub fn sentence(pace: &Pace) -> String {
    let (asked, runs) = (pace.asked.value(), pace.runs.value());
    match pace.standing {
        Standing::Paused => format!("The clock stands still. Resumed, it runs ×{asked}."),
        Standing::Ended => "The workshop is at its end, and the clock stands still.".to_owned(),
        Standing::Stepping(until) => format!("The clock is taken on to {}.", words::utc(until)),
        Standing::ToEvent(_) => {
            "The clock is taken to just before the next event, and stands still there.".to_owned()
        }
        Standing::Running if pace.is_slowed() => format!(
            "The clock runs ×{runs}: this machine keeps up with no more of the ×{asked} asked for. It tries again \
             by itself, and at once when you pick a rate."
        ),
        Standing::Running => format!("The clock runs ×{runs}."),
    }
}

fn keys_of(ui: &Ui, action: Action) -> String {
    action.shortcut().map(|keys| ui.ctx().format_shortcut(&keys)).unwrap_or_default()
}
