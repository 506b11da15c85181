//! The FSPs of a register on their way in, one after the other, by the registrar that onboards for the wizard too.

use std::sync::Arc;
use std::time::Duration;

use egui::{Label, RichText, ScrollArea, Sense, Spinner, Ui, vec2};

use crate::console::context::{Intent, View};
use crate::console::widgets::{self, Outline};
use crate::profile::fleet::FleetProfile;
use crate::workshop::enrolment::{Answers, Application, Enrolments, Fault, Picture, Progress, Request};

/// How often a window looks how far the registrar is.
const LOOK_EVERY: Duration = Duration::from_millis(150);

/// Those who were asked for.
#[derive(Default)]
pub struct Arrivals {
    asked: Vec<Asked>,
}

/// One of them.
struct Asked {
    application: Application,
    /// Its last errand before it was asked for: as long as that is the last, the registrar has not begun.
    before: Option<Arc<Progress>>,
}

/// How far one is.
enum Standing<'a> {
    Waits,
    /// Its last step.
    Comes(&'a str),
    Here(&'a str),
    Failed(&'a Fault),
    /// It was taken out again.
    Gone,
}

impl Asked {
    fn new(application: Application, picture: &Picture) -> Self {
        let before = picture.errands.get(&application.fsp).cloned();
        Self { application, before }
    }

    fn standing<'a>(&self, picture: &'a Picture) -> Standing<'a> {
        let errand = picture.errands.get(&self.application.fsp);
        let is_old = |errand: &&Arc<Progress>| self.before.as_ref().is_some_and(|b| Arc::ptr_eq(b, errand));
        let Some(errand) = errand.filter(|errand| !is_old(errand)) else { return Standing::Waits };
        match &errand.end {
            _ if errand.is_withdrawal => Standing::Gone,
            None => Standing::Comes(errand.steps.last().map_or("", |step| step.what.as_str())),
            Some(Ok(words)) => Standing::Here(words),
            Some(Err(fault)) => Standing::Failed(fault),
        }
    }
}

impl Arrivals {
    /// Whether anyone was asked for.
    pub fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }

    /// Whether the registrar has not come to the end of all of them.
    pub fn is_under_way(&self, picture: &Picture) -> bool {
        let goes_on = |asked: &Asked| matches!(asked.standing(picture), Standing::Waits | Standing::Comes(_));
        self.asked.iter().any(goes_on)
    }

    /// Asks for all of these, to be answered for by the simulated fleet; `false` when the registrar has ended.
    pub fn begin(&mut self, enrolments: &Enrolments, newcomers: &[FleetProfile]) -> bool {
        let picture = enrolments.picture();
        self.asked.clear();
        for newcomer in newcomers {
            let Some(fsp) = newcomer.fsps.first().map(|fsp| fsp.id.clone()) else { continue };
            let application = Application {
                fsp,
                addition: newcomer.clone(),
                answers: Answers::Here,
                authority: None,
                new_secret: false,
            };
            let asked = Asked::new(application, &picture);
            if !enrolments.ask(Request::Onboard(Box::new(asked.application.clone()))) {
                return false;
            }
            self.asked.push(asked);
        }
        true
    }

    /// Draws how far each is.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>, enrolments: &Enrolments) {
        let picture = enrolments.picture();
        if self.is_under_way(&picture) {
            ui.ctx().request_repaint_after(LOOK_EVERY);
            ui.label(
                RichText::new("What is done stays done, whatever you look at meanwhile.")
                    .color(view.tokens.weak),
            );
        }
        let mut again = None;
        ScrollArea::vertical().id_salt("register arrivals").auto_shrink([false, false]).show(ui, |ui| {
            ui.set_max_width(ui.available_width() - 10.0);
            for (place, asked) in self.asked.iter().enumerate() {
                if let Some(new_secret) = asked.ui(ui, view, &picture) {
                    again = Some((place, new_secret));
                }
            }
        });
        if let Some((place, new_secret)) = again {
            let application = Application { new_secret, ..self.asked[place].application.clone() };
            self.asked[place] = Asked::new(application.clone(), &picture);
            if !enrolments.ask(Request::Onboard(Box::new(application))) {
                view.ask(Intent::Warn(ENDED.to_owned()));
            }
        }
    }
}

/// Why nothing can be asked of the registrar any more.
pub const ENDED: &str = "Nothing was done: the sandbox has ended. Start Rampdesk again.";

impl Asked {
    /// Draws one; answers whether it is to be tried again, and with a new secret or without.
    fn ui(&self, ui: &mut Ui, view: &View<'_>, picture: &Picture) -> Option<bool> {
        let (tokens, fsp) = (view.tokens, &self.application.fsp);
        let standing = self.standing(picture);
        let (mark, words) = match standing {
            Standing::Waits => (Some((Outline::Circle, tokens.weak, false)), "waits for its turn"),
            Standing::Comes("") => (None, "begins"),
            Standing::Comes(step) => (None, step),
            Standing::Here(words) => (Some((Outline::Check, tokens.text, true)), words),
            Standing::Failed(fault) => (Some((Outline::Cross, tokens.high, true)), fault.words.as_str()),
            Standing::Gone => (Some((Outline::Circle, tokens.weak, true)), "was withdrawn again"),
        };
        ui.horizontal_top(|ui| {
            match mark {
                Some((outline, colour, filled)) => {
                    let (rect, _) = ui.allocate_exact_size(vec2(14.0, 16.0), Sense::hover());
                    widgets::paint_mark(ui.painter(), rect.center(), 5.0, outline, colour, filled);
                }
                None => {
                    ui.add(Spinner::new().size(14.0));
                }
            }
            ui.add(Label::new(RichText::new(fsp.as_str()).strong()));
            ui.add(Label::new(words).wrap());
        });
        let Standing::Failed(fault) = standing else { return None };
        let mut again = None;
        ui.horizontal_wrapped(|ui| {
            ui.add_space(22.0);
            if ui.button("Try again").accessible_name(format!("Try again with {fsp}")).clicked() {
                again = Some(self.application.new_secret);
            }
            let name = format!("Give the client of {fsp} a new secret");
            if fault.wants_new_secret
                && ui.button("Give its client a new secret").accessible_name(name).clicked()
            {
                again = Some(true);
            }
        });
        again
    }
}
