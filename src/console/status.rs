//! The status strip: what this session may touch, who it speaks for, whether all of it is alive, and what time it is.

use std::sync::Arc;

use egui::{
    Align, Color32, Galley, Id, Layout, Pos2, Rect, Response, RichText, Role, Sense, TextStyle, TextWrapMode,
    Ui, Vec2, WidgetInfo, WidgetText, pos2, vec2,
};

use super::action;
use super::digest::Digest;
use super::hold::{HoldButton, Press, Progress};
use super::landmark::{self, Landmark};
use super::theme::Tokens;
use super::{pace, sign_on, widgets, words};
use crate::desk::snapshot::{LinkState, Priority, Snapshot};
use crate::time::{Clock, in_london, settlement_period};
use crate::workshop::timekeeper::{ClockOrder, Pace};

/// Where the keyboard finds the EMERGENCY STOP.
pub fn emergency_stop_id() -> Id {
    Id::unique("emergency stop of every unit")
}

/// What the strip shows.
pub struct Strip<'a> {
    /// The picture.
    pub snapshot: &'a Snapshot,
    /// Its counts.
    pub digest: &'a Digest,
    /// The running time.
    pub clock: &'a Clock,
    /// How a workshop's clock stands, where one runs.
    pub pace: Option<Arc<Pace>>,
    /// Whether a workshop that is somebody else's is at its end.
    pub is_over: bool,
    /// Whether the engine still runs.
    pub running: bool,
    /// Colours and sizes.
    pub tokens: &'a Tokens,
}

/// What the person did there.
#[derive(Default)]
pub struct Answer {
    /// EMERGENCY STOP was held to its end.
    pub emergency_stop: bool,
    /// EMERGENCY STOP was pressed and let go too early.
    pub let_go_early: bool,
    /// The alarm counts were pressed.
    pub alarms: bool,
    /// What is asked of the clock.
    pub clock: Option<ClockOrder>,
    /// Who is signed on was pressed.
    pub sign_on: bool,
}

/// What the band says of a session that moves nothing real and may reach another machine all the same.
const REACHES_OUT: &str = "reaches out";

/// The width of the alarm counts, and of the button that pauses the clock.
const ALARMS_WIDTH: f32 = 3.0 * 46.0;
const PAUSE_WIDTH: f32 = 34.0;

/// Below this width the strip takes two rows and leaves captions out.
const ROOMY: f32 = 1100.0;

impl Strip<'_> {
    /// Draws it.
    pub fn ui(&self, ui: &mut Ui, press: &mut Press) -> Answer {
        let mut answer = Answer::default();
        let stop = if ui.available_width() >= ROOMY {
            self.roomy(ui, &mut answer)
        } else {
            self.compact(ui, &mut answer)
        };
        self.emergency_stop(ui, press, stop, &mut answer);
        answer
    }

    fn roomy(&self, ui: &mut Ui, answer: &mut Answer) -> Rect {
        let mut stop = Rect::NOTHING;
        let row = vec2(ui.available_width(), 40.0);
        ui.allocate_ui_with_layout(row, Layout::left_to_right(Align::Center), |ui| {
            self.band(ui, vec2(96.0, 40.0));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 14.0;
                stop = ui.allocate_space(vec2(164.0, 36.0)).1;
                self.pause_and_alarms(ui, answer);
                let [utc, london, period] = self.times();
                for fact in self.rate().into_iter().chain([self.fsps(), period, london, utc, self.vtn()]) {
                    fact.above(ui, self.tokens);
                }
                if let Some(fact) = self.person() {
                    answer.sign_on |= fact.above(ui, self.tokens).clicked();
                }
                self.operators().above(ui, self.tokens);
            });
        });
        stop
    }

    fn compact(&self, ui: &mut Ui, answer: &mut Answer) -> Rect {
        let mut stop = Rect::NOTHING;
        let row = vec2(ui.available_width(), 26.0);
        ui.allocate_ui_with_layout(row, Layout::left_to_right(Align::Center), |ui| {
            self.band(ui, vec2(84.0, 24.0));
            ui.spacing_mut().item_spacing.x = 12.0;
            for fact in self.times() {
                fact.beside(ui, self.tokens);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                stop = ui.allocate_space(vec2(150.0, 26.0)).1;
            });
        });
        ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            answer.alarms |= self.alarms(ui);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                if let Some(rate) = self.rate() {
                    rate.beside(ui, self.tokens);
                }
                answer.clock = self.pause(ui);
                for fact in [self.vtn(), self.fsps()] {
                    fact.beside(ui, self.tokens);
                }
                if let Some(fact) = self.person() {
                    answer.sign_on |= fact.beside(ui, self.tokens).clicked();
                }
                self.operators().beside(ui, self.tokens);
            });
        });
        stop
    }

    fn band(&self, ui: &mut Ui, size: Vec2) {
        let (_, rect) = ui.allocate_space(size);
        // In a layer of its own above every dialogue, as the EMERGENCY STOP is.
        egui::Area::new(Id::unique("mode"))
            .order(egui::Order::Tooltip)
            .fixed_pos(rect.min)
            .show(ui.ctx(), |ui| self.mode(ui, size));
    }

    fn mode(&self, ui: &mut Ui, size: Vec2) {
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        let (tokens, beyond) = (self.tokens, &self.snapshot.vtn.security.beyond);
        let means = self.snapshot.mode.means();
        let word = self.snapshot.mode.word();
        ui.painter().rect_filled(rect, f32::from(tokens.radius), tokens.band(self.snapshot.mode));
        let write = |at: Pos2, text: &str, style: &TextStyle| {
            let font = style.resolve(ui.style());
            ui.painter().text(at, egui::Align2::CENTER_CENTER, text, font, tokens.on_band);
        };
        match (beyond.is_empty(), size.y > 30.0) {
            (true, _) => write(rect.center(), word, &TextStyle::Button),
            (false, true) => {
                write(rect.center() - vec2(0.0, 8.0), word, &TextStyle::Button);
                write(rect.center() + vec2(0.0, 9.0), REACHES_OUT, &TextStyle::Small);
            }
            (false, false) => {
                write(rect.center(), &format!("{word} +{}", beyond.len()), &TextStyle::Small);
            }
        }
        let (name, means) = match beyond.is_empty() {
            true => (format!("mode: {word}"), means.to_owned()),
            false => {
                let places = beyond.join(", ");
                let permitted = "besides this machine: the connection file permits it";
                (
                    format!("mode: {word}, may reach {places}"),
                    format!("{means}; may reach {places} {permitted}"),
                )
            }
        };
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
        response.on_hover_text(means);
    }

    fn operators(&self) -> Fact {
        let operators = &self.snapshot.operators;
        let named: Vec<String> = operators.iter().map(|o| format!("{} ({})", o.name, o.id)).collect();
        let (text, hint) = match named.as_slice() {
            [] => ("none".to_owned(), "no operator's signing key is loaded".to_owned()),
            [one] => (one.clone(), one.clone()),
            many => {
                let ids: Vec<&str> = operators.iter().map(|o| o.id.as_str()).collect();
                (ids.join(", "), many.join("\n"))
            }
        };
        let caption = if operators.len() == 1 { "Network operator" } else { "Network operators" };
        let name = format!("{caption}: {}", named.join(", "));
        Fact { caption, text, name, hint: Some(hint), mark: None, is_pressed: false }
    }

    /// Who is signed on, where somebody has to be.
    fn person(&self) -> Option<Fact> {
        let text = sign_on::standing(self.snapshot)?;
        let on = self.snapshot.presence.on.as_ref();
        let mark = on.is_none().then_some((widgets::Outline::Triangle, self.tokens.medium, true));
        let hint = match on {
            Some(on) => {
                let keys: Vec<String> =
                    on.keys.iter().map(|(of, key)| format!("{of} with key {key}")).collect();
                format!("signs for {}; press to sign on anew", keys.join(", "))
            }
            None => "nothing is sent until somebody signs on, but for stops; press to sign on".to_owned(),
        };
        let name = format!("Signed on: {text}");
        Some(Fact { caption: "Signed on", text, name, hint: Some(hint), mark, is_pressed: true })
    }

    fn vtn(&self) -> Fact {
        let vtn = &self.snapshot.vtn;
        let (state, word, hint) = if self.running {
            (vtn.state, vtn.state.word(), vtn.fault.clone().unwrap_or_else(|| vtn.url.clone()))
        } else {
            let hint = "the engine behind this window has ended: nothing on the screen is renewed and nothing can \
                        be sent; start Rampdesk again";
            (LinkState::Lost, "engine ended", hint.to_owned())
        };
        Fact {
            caption: "VTN",
            text: word.to_owned(),
            name: format!("VTN {}: {word}", vtn.url),
            hint: Some(hint),
            mark: Some(widgets::link_mark(self.tokens, state)),
            is_pressed: false,
        }
    }

    fn fsps(&self) -> Fact {
        let (live, all) = (self.digest.fsps_live, self.snapshot.fsps.len());
        let state = match all {
            0 => LinkState::Unknown,
            _ if live == all => LinkState::Live,
            _ => LinkState::Late,
        };
        let text = format!("{live} of {all} live");
        let name = format!("FSPs: {text}");
        let hint = Some("FSP clients heard from within two poll intervals".to_owned());
        let mark = Some(widgets::link_mark(self.tokens, state));
        Fact { caption: "FSPs", text, name, hint, mark, is_pressed: false }
    }

    /// UTC, London and the settlement period.
    fn times(&self) -> [Fact; 3] {
        let now = self.clock.now();
        let (local, period) = (in_london(now), settlement_period(now));
        let utc = words::utc(now);
        let time = utc.split_once(' ').map_or(utc.as_str(), |(_, time)| time);
        let fact = |caption, text: String, hint| Fact {
            caption,
            name: format!("{caption}: {text}"),
            text,
            hint,
            mark: None,
            is_pressed: false,
        };
        [
            fact("UTC", time.to_owned(), Some(utc.clone())),
            fact("London", format!("{} {}", local.time, local.zone), Some(local.date)),
            fact(
                "Period",
                format!("{:02} of {}", period.number, period.of),
                Some("settlement period: the half-hour of the London day, counted from midnight".to_owned()),
            ),
        ]
    }

    /// The clock's button and the alarm counts, in reading order however the row is laid out.
    fn pause_and_alarms(&self, ui: &mut Ui, answer: &mut Answer) {
        if self.pace.is_none() {
            answer.alarms |= self.alarms(ui);
            return;
        }
        let size = vec2(ALARMS_WIDTH + ui.spacing().item_spacing.x + PAUSE_WIDTH, 36.0);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            answer.clock = self.pause(ui);
            answer.alarms |= self.alarms(ui);
        });
    }

    /// Pauses a workshop's clock, or has it go on.
    fn pause(&self, ui: &mut Ui) -> Option<ClockOrder> {
        self.pace.as_deref().and_then(|now| pace::pause_button(ui, now, false))
    }

    /// A training clock's rate.
    fn rate(&self) -> Option<Fact> {
        let rate = self.clock.rate();
        let text = match &self.pace {
            Some(pace) => pace.words(),
            None if self.is_over => "ended".to_owned(),
            None if rate.is_paused() => "paused".to_owned(),
            None => format!("×{}", rate.value()),
        };
        let name = format!("Clock: {text}");
        let hint = self.pace.as_deref().map(pace::sentence);
        let hint = hint.or_else(|| Some("this session runs on a training clock".to_owned()));
        self.clock.is_training().then_some(Fact {
            caption: "Clock",
            text,
            name,
            hint,
            mark: None,
            is_pressed: false,
        })
    }

    /// The alarm counts; whether they were pressed.
    fn alarms(&self, ui: &mut Ui) -> bool {
        let counts = self.digest.unacknowledged;
        let (rect, response) = ui.allocate_exact_size(vec2(ALARMS_WIDTH, 24.0), Sense::click());
        if response.hovered() {
            ui.painter().rect_filled(rect, f32::from(self.tokens.radius), self.tokens.hover);
        }
        for (index, priority) in [Priority::High, Priority::Medium, Priority::Low].into_iter().enumerate() {
            let count = counts[index];
            #[expect(clippy::cast_precision_loss, reason = "three places")]
            let left = rect.left() + 46.0 * index as f32;
            let centre = pos2(left + 12.0, rect.center().y);
            widgets::paint_priority(ui.painter(), centre, self.tokens, priority, count > 0);
            ui.painter().text(
                centre + vec2(14.0, 0.0),
                egui::Align2::LEFT_CENTER,
                if count > 99 { "99+".to_owned() } else { count.to_string() },
                TextStyle::Body.resolve(ui.style()),
                if count > 0 { self.tokens.text } else { self.tokens.weak },
            );
        }
        widgets::focus_ring(ui, self.tokens, &response, rect);
        let name = format!(
            "unacknowledged alarms: {} of priority 1, {} of priority 2, {} of priority 3",
            counts[0], counts[1], counts[2]
        );
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        response.on_hover_text(format!("{name}; press to see them")).clicked()
    }

    fn emergency_stop(&self, ui: &mut Ui, press: &mut Press, rect: Rect, answer: &mut Answer) {
        let keys = action::EMERGENCY_STOP;
        let chord =
            ui.input(|i| i.modifiers.matches_logically(keys.modifiers) && i.key_down(keys.logical_key));
        // In a layer of its own above every dialogue, so that nothing ever covers it.
        let area =
            egui::Area::new(Id::unique("emergency stop")).order(egui::Order::Tooltip).fixed_pos(rect.min);
        let button = HoldButton {
            id: emergency_stop_id(),
            label: "EMERGENCY STOP",
            name: "EMERGENCY STOP of every unit",
            chord,
        };
        let progress = area
            .show(ui.ctx(), |ui| {
                ui.set_min_size(rect.size());
                button.ui(ui, self.tokens, press, rect)
            })
            .inner;
        if let Some(button) = ui.ctx().read_response(emergency_stop_id()) {
            landmark::mark(&button, Landmark::EmergencyStop);
        }
        answer.emergency_stop = progress == Progress::Fire;
        answer.let_go_early = progress == Progress::Cancelled;
    }
}

/// A short fact with its caption.
struct Fact {
    caption: &'static str,
    text: String,
    /// All of it, for those who do not see it.
    name: String,
    hint: Option<String>,
    mark: Option<(widgets::Outline, Color32, bool)>,
    /// Whether something is done when it is pressed.
    is_pressed: bool,
}

impl Fact {
    /// The caption over the text.
    fn above(self, ui: &mut Ui, tokens: &Tokens) -> Response {
        let space = ui.available_width() - self.indent();
        let caption = galley(ui, self.caption, &TextStyle::Small, tokens.weak, space);
        let text = galley(ui, &self.text, &TextStyle::Body, tokens.text, space);
        let size = vec2(caption.size().x.max(text.size().x + self.indent()), 36.0);
        let (rect, response) = ui.allocate_exact_size(size, self.sense());
        let line = rect.top() + 26.0;
        ui.painter().galley(rect.min + vec2(0.0, 1.0), caption, tokens.weak);
        self.paint(ui, tokens, pos2(rect.left(), line), text, response)
    }

    /// The caption before the text.
    fn beside(self, ui: &mut Ui, tokens: &Tokens) -> Response {
        let caption = galley(ui, self.caption, &TextStyle::Body, tokens.weak, ui.available_width());
        let before = caption.size().x + 6.0;
        let space = ui.available_width() - before - self.indent();
        let text = galley(ui, &self.text, &TextStyle::Body, tokens.text, space);
        let size = vec2(before + self.indent() + text.size().x, 22.0);
        let (rect, response) = ui.allocate_exact_size(size, self.sense());
        let line = rect.center().y;
        ui.painter().galley(pos2(rect.left(), line - caption.size().y / 2.0), caption, tokens.weak);
        self.paint(ui, tokens, pos2(rect.left() + before, line), text, response)
    }

    /// The room that the mark takes before the text.
    fn indent(&self) -> f32 {
        if self.mark.is_some() { 16.0 } else { 0.0 }
    }

    fn sense(&self) -> Sense {
        if self.is_pressed { Sense::click() } else { Sense::hover() }
    }

    fn paint(self, ui: &Ui, tokens: &Tokens, from: Pos2, text: Arc<Galley>, response: Response) -> Response {
        if let Some((outline, colour, filled)) = self.mark {
            widgets::paint_mark(ui.painter(), from + vec2(6.0, 0.0), 5.0, outline, colour, filled);
        }
        ui.painter().galley(pos2(from.x + self.indent(), from.y - text.size().y / 2.0), text, tokens.text);
        let role = if self.is_pressed { Role::Button } else { Role::Label };
        response.widget_info(|| WidgetInfo::labeled(role, true, &self.name));
        widgets::focus_ring(ui, tokens, &response, response.rect);
        match self.hint {
            Some(hint) => response.on_hover_text(hint),
            None => response,
        }
    }
}

/// One line, cut short where the space ends.
fn galley(ui: &Ui, text: &str, style: &TextStyle, ink: Color32, space: f32) -> Arc<Galley> {
    WidgetText::from(RichText::new(text).color(ink)).into_galley(
        ui,
        Some(TextWrapMode::Truncate),
        space.max(0.0),
        style.clone(),
    )
}
