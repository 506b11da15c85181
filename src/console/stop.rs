//! Asks before a STOP is sent: the consequence in words and numbers, arm, then confirm. Cancel is the default.

use egui::{Id, Label, Modal, RichText};

use super::sign_on::Signer;
use super::theme::Tokens;
use super::{widgets, words};
use crate::desk::snapshot::{DispatchState, Rung, Snapshot, UnitState};
use crate::dispatch::{Dispatch, DispatchKey, Reference, Stage, Status};
use crate::power::Asset;
use crate::time::UtcTime;
use crate::units::{delta_in_words, grouped};

/// A question that waits for its answer.
pub struct StopQuestion {
    key: DispatchKey,
    armed: bool,
    fresh: bool,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// None yet.
    Waiting,
    /// Leave it running.
    Cancel,
    /// Send the STOP.
    Confirm,
}

impl StopQuestion {
    /// Asks of this dispatch.
    pub fn new(key: DispatchKey) -> Self {
        Self { key, armed: false, fresh: true }
    }

    /// The dispatch.
    pub fn key(&self) -> &DispatchKey {
        &self.key
    }

    /// Draws it.
    pub fn ui(&mut self, ctx: &egui::Context, tokens: &Tokens, snapshot: &Snapshot, now: UtcTime) -> Answer {
        let Some(state) = snapshot.dispatches.iter().find(|d| d.key == self.key).filter(|d| d.is_open())
        else {
            return Answer::Cancel;
        };
        let modal = Modal::new(Id::unique("stop question")).show(ctx, |ui| {
            ui.set_width(520.0_f32.min(ctx.content_rect().width() - 60.0));
            widgets::heading(ui, &format!("Stop {}?", state.key));
            egui::ScrollArea::vertical().max_height(ctx.content_rect().height() - 190.0).show(ui, |ui| {
                for line in consequences(snapshot, state, now) {
                    ui.add(Label::new(line).wrap());
                }
            });
            ui.add_space(tokens.gap);
            ui.add(
                Label::new(RichText::new(format!("Mode: {}", snapshot.mode.word())).color(tokens.weak))
                    .selectable(false),
            );
            ui.separator();
            self.buttons(ui, tokens)
        });
        let answer = modal.inner;
        if answer == Answer::Waiting && modal.should_close() { Answer::Cancel } else { answer }
    }

    fn buttons(&mut self, ui: &mut egui::Ui, tokens: &Tokens) -> Answer {
        let mut answer = Answer::Waiting;
        ui.horizontal(|ui| {
            widgets::beside_a_filled_button(ui);
            let arm = ui.checkbox(&mut self.armed, "Arm");
            arm.on_hover_text("then Send STOP can be pressed");
            widgets::at_the_right(ui, |ui| {
                let cancel = ui.button("Cancel");
                let (fill, ink) =
                    if self.armed { (tokens.live, tokens.on_band) } else { (tokens.panel, tokens.weak) };
                let send = widgets::filled_button(ui, self.armed, "Send STOP", fill, ink);
                if std::mem::take(&mut self.fresh) {
                    cancel.request_focus();
                }
                if cancel.clicked() {
                    answer = Answer::Cancel;
                } else if self.armed && widgets::clicked_but_not_by_enter(&send) {
                    answer = Answer::Confirm;
                }
            });
        });
        answer
    }
}

/// What a STOP does now, one sentence a line: unit, power, time, what is lost, rebound.
fn consequences(snapshot: &Snapshot, state: &DispatchState, now: UtcTime) -> Vec<String> {
    let in_force = state.in_force.and_then(|r| state.revision(r)).or_else(|| state.current());
    let Some(dispatch) = in_force.map(|r| &r.signed.dispatch) else { return Vec::new() };
    let unit = snapshot.units.iter().find(|u| u.unit == dispatch.unit);
    let name = unit.map_or_else(|| dispatch.unit.to_string(), |u| format!("{} ({})", dispatch.unit, u.name));
    let runs = runs(state, dispatch, now);
    let mut lines = vec![format!(
        "Revision {} with status STOP goes to {name}. It is asked for {}.",
        state.current().map_or(dispatch.revision, |r| r.signed.dispatch.revision).next(),
        asked(dispatch, now, runs),
    )];
    lines.push(lost(dispatch, now, runs));
    if let Some(unit) = unit {
        lines.push(way_back(unit));
        lines.push(rebound(&unit.asset));
    }
    if let Some(operator) = snapshot.operators.iter().find(|o| o.id == state.key.operator) {
        let signer = Signer::of(snapshot, operator, Status::Stop);
        lines.push(format!("It is signed by {}.", signer.words()));
    }
    lines
}

/// Whether its service is under way: its window has begun, or it was told to run now and has been taken on.
fn runs(state: &DispatchState, dispatch: &Dispatch, now: UtcTime) -> bool {
    let taken_on = |g: &Rung| {
        g.revision == dispatch.revision
            && g.signature.is_ok()
            && !matches!(g.stage, Stage::Received | Stage::Rejected)
    };
    now >= dispatch.service_start || (dispatch.status == Status::RunNow && state.ladder.iter().any(taken_on))
}

/// The level in force, in MW and words; or the first to come.
fn asked(dispatch: &Dispatch, now: UtcTime, runs: bool) -> String {
    let levels = || dispatch.setpoints.iter().filter_map(|s| Some((s.at, s.real?)));
    let in_force = levels().take_while(|(at, _)| *at <= now).last();
    let Some((at, level)) = in_force.or_else(|| levels().next()) else {
        return "no real power".to_owned();
    };
    let kw = level.watts.kilowatts();
    let means = match level.reference {
        Reference::Delta => {
            format!("{} MW against baseline ({})", grouped(kw / 1000.0, 3), delta_in_words(kw))
        }
        Reference::Absolute => format!("{} MW at its connection point", grouped(kw / 1000.0, 3)),
    };
    let to_come = at > now && !(runs && dispatch.status == Status::RunNow);
    if to_come { format!("{means} from {}", words::london_minute(at)) } else { format!("{means} now") }
}

fn lost(dispatch: &Dispatch, now: UtcTime, runs: bool) -> String {
    if !runs {
        return format!(
            "It has not begun: the whole window, {}, will not be delivered.",
            words::london_span(dispatch.service_start, dispatch.service_end)
        );
    }
    let left = dispatch.service_end.since(now).max(0);
    format!(
        "The last {} of its window, until {}, will not be delivered.",
        words::span(left),
        words::london_minute(dispatch.service_end)
    )
}

/// From where to where the unit goes, and how long that takes at its declared ramp.
fn way_back(unit: &UnitState) -> String {
    let (Some(kw), Some(baseline)) = (unit.kw, unit.baseline_kw) else {
        return "It returns to its baseline at its declared ramp; where it stands now has not been reported."
            .to_owned();
    };
    let (up, down) = unit.asset.ramps_kw_per_s();
    let ramp = if baseline > kw { up } else { down };
    let from = format!("{} MW", grouped(kw / 1000.0, 3));
    let to = format!("{} MW", grouped(baseline / 1000.0, 3));
    let away = (kw - baseline).abs();
    if away < 1.0 {
        return format!("It stands at its baseline of {to} and stays there.");
    }
    if ramp <= 0.0 {
        return format!("It returns from {from} to its baseline of {to}.");
    }
    #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
    let seconds = (away / ramp).ceil() as i64;
    format!(
        "It returns from {from} to its baseline of {to} at its declared ramp, in about {}.",
        words::span(seconds)
    )
}

fn rebound(asset: &Asset) -> String {
    let comes_back = |share: f64, minutes: f64| {
        format!(
            "Rebound: about {} % of the energy shed so far comes back as demand over the {} min that follow.",
            grouped(share * 100.0, 0),
            grouped(minutes, 0)
        )
    };
    match asset {
        Asset::TurnDown(t) if t.rebound_share > 0.0 => comes_back(t.rebound_share, t.rebound_min),
        Asset::HeatPumps(h) if h.rebound_share > 0.0 => comes_back(h.rebound_share, h.rebound_min),
        Asset::EvHub(_) => "Rebound: vehicles that were held back catch up at once.".to_owned(),
        Asset::Battery(_) => "Rebound: none by itself; recharging is up to its provider.".to_owned(),
        Asset::TurnDown(_) | Asset::HeatPumps(_) | Asset::Generator(_) | Asset::Renewable(_) => {
            "Rebound: none.".to_owned()
        }
    }
}

#[cfg(test)]
#[path = "stop_tests.rs"]
mod tests;
