//! The dialog in which a person signs on: who, for which operators, and what opens their key.

use egui::{Context, Id, Key, Label, Modal, Modifiers, RichText, ScrollArea, Spinner, Ui};

use crate::console::secret_field::SecretField;
use crate::console::theme::Tokens;
use crate::console::widgets::{at_the_right, beside_a_filled_button, filled_button, heading};
use crate::desk::command::{Command, CommandNumber};
use crate::desk::snapshot::{PersonState, Snapshot};
use crate::dispatch::{Holder, OperatorId};

/// A person who signs on.
pub struct SignOnDialog {
    /// Why it was opened, where a person did not ask for it themselves.
    why: Option<String>,
    person: Option<Holder>,
    /// The operators that are left out.
    left_out: Vec<OperatorId>,
    field: SecretField,
    waits_for: Option<CommandNumber>,
    fault: Option<String>,
    /// The keyboard goes to what is to be done next.
    is_to_be_reached: bool,
}

/// What came of a frame.
pub enum Answer {
    /// Nothing yet.
    Waiting,
    /// It was broken off; the command that is still under way, if one is.
    Cancel(Option<CommandNumber>),
    /// This is to be given to the desk.
    Give(Command),
    /// They are signed on; in the desk's words.
    Done(String),
}

impl SignOnDialog {
    /// For anybody, with the person who did so last in hand.
    pub fn new(snapshot: &Snapshot, last: Option<&str>) -> Self {
        let people = &snapshot.presence.people;
        let known = last.and_then(|last| people.iter().find(|person| person.name.is_called(last)));
        let only = if people.len() == 1 { people.first() } else { None };
        Self {
            why: None,
            person: known.or(only).map(|person| person.name.clone()),
            left_out: Vec::new(),
            field: SecretField::new("of a sign-on"),
            waits_for: None,
            fault: None,
            is_to_be_reached: true,
        }
    }

    /// Before something is sent for these operators.
    pub fn to_send_for(snapshot: &Snapshot, last: Option<&str>, operators: &[OperatorId]) -> Self {
        let named: Vec<&str> = operators.iter().map(OperatorId::as_str).collect();
        let why = format!(
            "What is sent for {} is signed with a person's own key. Once you are signed on, the review of what is sent \
             comes up; nothing is sent by signing on.",
            named.join(", ")
        );
        let mut dialog = Self::new(snapshot, last);
        let has_key = |person: &&PersonState| operators.iter().any(|o| person.operators.contains(o));
        let may: Vec<&PersonState> = snapshot.presence.people.iter().filter(has_key).collect();
        if !may.iter().any(|person| Some(&person.name) == dialog.person.as_ref()) {
            dialog.person = if let [one] = may.as_slice() { Some(one.name.clone()) } else { None };
        }
        Self { why: Some(why), ..dialog }
    }

    /// It was given to the desk under this number; `None` when the desk has ended.
    pub fn given(&mut self, number: Option<CommandNumber>) {
        self.waits_for = number;
        self.fault = number.is_none().then(|| "The engine behind this window has ended.".to_owned());
    }

    /// Draws it.
    pub fn ui(&mut self, ctx: &Context, tokens: &Tokens, snapshot: &Snapshot) -> Answer {
        if let Some(done) = self.settle(snapshot) {
            return done;
        }
        let modal = Modal::new(Id::unique("sign on")).show(ctx, |ui| {
            ui.set_width(480.0_f32.min(ctx.content_rect().width() - 60.0));
            heading(ui, "Sign on");
            ScrollArea::vertical().max_height((ctx.content_rect().height() - 190.0).max(64.0)).show(
                ui,
                |ui| {
                    if let Some(why) = &self.why {
                        ui.add(Label::new(why).wrap());
                    }
                    ui.add_enabled_ui(self.waits_for.is_none(), |ui| self.who(ui, tokens, snapshot));
                },
            );
            let person = self.chosen(snapshot);
            let is_entered = person.is_some_and(|person| self.proof(ui, tokens, person));
            if let Some(fault) = &self.fault {
                ui.add(Label::new(RichText::new(fault).color(tokens.high)).wrap());
            }
            ui.separator();
            self.buttons(ui, tokens, person, is_entered)
        });
        match modal.inner {
            Answer::Waiting if modal.should_close() => Answer::Cancel(self.waits_for),
            answer => answer,
        }
    }

    /// What the desk has said.
    fn settle(&mut self, snapshot: &Snapshot) -> Option<Answer> {
        let number = self.waits_for?;
        let outcome = snapshot.outcomes.iter().find(|outcome| outcome.command == number)?;
        self.waits_for = None;
        match &outcome.result {
            Ok(words) => return Some(Answer::Done(words.clone())),
            Err(words) => {
                self.fault = Some(format!("{words}."));
                self.is_to_be_reached = true;
            }
        }
        None
    }

    fn chosen<'a>(&self, snapshot: &'a Snapshot) -> Option<&'a PersonState> {
        snapshot.presence.people.iter().find(|person| Some(&person.name) == self.person.as_ref())
    }

    /// Who signs on, for which operators, and in whose place.
    fn who(&mut self, ui: &mut Ui, tokens: &Tokens, snapshot: &Snapshot) {
        let presence = &snapshot.presence;
        for person in &presence.people {
            let is_chosen = self.person.as_ref() == Some(&person.name);
            let radio = ui.radio(is_chosen, person.name.as_str());
            if radio.clicked() && !is_chosen {
                self.person = Some(person.name.clone());
                self.left_out.clear();
                (self.fault, self.is_to_be_reached) = (None, true);
                drop(self.field.take());
            }
        }
        let Some(person) = self.chosen(snapshot) else { return };
        ui.add_space(tokens.gap);
        let named = |id: &OperatorId| {
            let operator = snapshot.operators.iter().find(|operator| operator.id == *id);
            operator.map_or_else(|| id.to_string(), |operator| format!("{id} ({})", operator.name))
        };
        match person.operators.as_slice() {
            [one] => drop(ui.add(Label::new(format!("As operator of {}.", named(one))).wrap())),
            several => {
                ui.label("As operator of");
                for operator in several {
                    let mut is_in = !self.left_out.contains(operator);
                    if ui.checkbox(&mut is_in, named(operator)).changed() {
                        match is_in {
                            true => self.left_out.retain(|left| left != operator),
                            false => self.left_out.push(operator.clone()),
                        }
                    }
                }
            }
        }
        if let Some(on) = presence.on.as_ref().filter(|on| on.name != person.name) {
            ui.add(Label::new(format!("{} is signed on now, and will be signed off.", on.name)).wrap());
        }
    }

    /// What opens their key; whether Enter was pressed in the field.
    fn proof(&mut self, ui: &mut Ui, tokens: &Tokens, person: &PersonState) -> bool {
        ui.add_space(tokens.gap);
        let Some(word) = person.proof.word() else {
            let says = "Their key is in the system's keyring, which is open while its owner is logged in.";
            ui.add(Label::new(RichText::new(says).color(tokens.weak)).wrap());
            return false;
        };
        let enabled = self.waits_for.is_none();
        ui.add_enabled_ui(enabled, |ui| {
            ui.horizontal(|ui| {
                let label = ui.label(word);
                let typed = self.field.ui(ui, label.id, 300.0);
                if enabled && std::mem::take(&mut self.is_to_be_reached) {
                    typed.request_focus();
                }
                typed.lost_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter))
            })
            .inner
        })
        .inner
    }

    fn buttons(
        &mut self,
        ui: &mut Ui,
        tokens: &Tokens,
        person: Option<&PersonState>,
        is_entered: bool,
    ) -> Answer {
        let mut answer = Answer::Waiting;
        ui.horizontal(|ui| {
            beside_a_filled_button(ui);
            if self.waits_for.is_some() {
                ui.add(Spinner::new().size(14.0));
                ui.label("The key is being opened.");
            }
            at_the_right(ui, |ui| {
                let cancel = ui.button("Cancel");
                let command =
                    person.filter(|_| self.waits_for.is_none()).and_then(|person| self.ready(person));
                let (fill, ink) = match command.is_some() {
                    true => (tokens.accent, tokens.on_accent),
                    false => (tokens.panel, tokens.weak),
                };
                let says = match person {
                    None => "Say who you are first",
                    Some(_) => "Type what opens your key, for one operator at least",
                };
                let on =
                    filled_button(ui, command.is_some(), "Sign on", fill, ink).on_disabled_hover_text(says);
                if cancel.clicked() {
                    answer = Answer::Cancel(self.waits_for);
                } else if (on.clicked() || is_entered)
                    && let Some((person, operators)) = command
                {
                    self.fault = None;
                    answer = Answer::Give(Command::SignOn { person, operators, proof: self.field.take() });
                }
            });
        });
        answer
    }

    /// Who signs on for whom, where that is said.
    fn ready(&self, person: &PersonState) -> Option<(String, Vec<OperatorId>)> {
        let is_in = |operator: &&OperatorId| !self.left_out.contains(operator);
        let operators: Vec<OperatorId> = person.operators.iter().filter(is_in).cloned().collect();
        let is_said = person.proof.word().is_none() || !self.field.is_empty();
        (is_said && !operators.is_empty()).then(|| (person.name.to_string(), operators))
    }

    /// The person in hand.
    pub fn person(&self) -> Option<&Holder> {
        self.person.as_ref()
    }
}
