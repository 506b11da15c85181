//! The window: the session that is open in it, or none yet, and the way from one to another.

use std::sync::Arc;

use egui::{CentralPanel, Context, Frame, Label, Panel, Spinner, Ui};

use super::asked::Asked;
use super::front::Front;
use super::leaving::{Answer, Leaving};
use super::opening::{News, Opening};
use super::picking::{Picked, Picking};
use super::{SessionChoice, SessionOpener, Wanted};
use crate::console::settings::Settings;
use crate::console::theme::Tokens;
use crate::console::{App, ConsoleParts};

/// The window's contents.
pub struct ConsoleWindow {
    shown: Shown,
    step: Step,
    opener: Arc<dyn SessionOpener>,
}

enum Shown {
    Front(Box<Front>),
    Session(Box<App>),
}

/// How far it has come from the session that is open to another.
#[derive(Default)]
enum Step {
    /// Nothing of the kind.
    #[default]
    Rest,
    /// The person picks a connection.
    Picking(Picking),
    /// The person is asked whether what is open may be left.
    Leaving(Leaving),
    /// Another is being opened, and may have asked something.
    Opening(Opening, Option<Asked>),
    /// Another is open, and waits until this one can be left.
    Open(SessionChoice, Box<ConsoleParts>),
}

impl Step {
    /// What is open and waits.
    fn take_open(&mut self) -> Option<(SessionChoice, Box<ConsoleParts>)> {
        match std::mem::take(self) {
            Self::Open(choice, parts) => Some((choice, parts)),
            other => {
                *self = other;
                None
            }
        }
    }
}

impl ConsoleWindow {
    /// A window that opens its first session, with what the last one left in `storage`.
    pub fn opening(
        ctx: &Context,
        storage: Option<&dyn eframe::Storage>,
        opener: Arc<dyn SessionOpener>,
        first: SessionChoice,
    ) -> Self {
        let settings = Settings::load(storage);
        App::dress(ctx, &settings);
        let step = Step::Opening(Opening::begin(ctx, &opener, first), None);
        Self { shown: Shown::Front(Box::new(Front { settings, refused: None })), step, opener }
    }

    /// A window in which a session is open already.
    pub fn showing(
        ctx: &Context,
        storage: Option<&dyn eframe::Storage>,
        opener: Arc<dyn SessionOpener>,
        parts: ConsoleParts,
    ) -> Self {
        let app = App::new(ctx, storage, parts);
        Self { shown: Shown::Session(Box::new(app)), step: Step::Rest, opener }
    }

    /// Does what a person wants, unless something of the kind is under way.
    fn grant(&mut self, ctx: &Context, wanted: Wanted) {
        match wanted {
            _ if !matches!(self.step, Step::Rest) => {
                self.tell(ctx, "Another session is being opened: wait for it, or cancel that.");
            }
            Wanted::Session(choice) => self.ask_for(ctx, choice),
            Wanted::Connection => self.step = Step::Picking(Picking::default()),
        }
    }

    /// Begins to open a session, once the person has agreed to leave what is unfinished.
    fn ask_for(&mut self, ctx: &Context, choice: SessionChoice) {
        if let Shown::Session(app) = &mut self.shown {
            if *app.session() == choice && app.is_running() && !choice.is_new_each_time() {
                return self.tell(ctx, &format!("You are in {} already.", choice.words()));
            }
            let unfinished = app.unfinished();
            if !unfinished.is_empty() {
                let words = choice.words_before(app.is_attended());
                self.step = Step::Leaving(Leaving::new(choice, words, unfinished));
                return;
            }
        }
        self.begin(ctx, choice);
    }

    /// Whether what is open is shown to a trainee.
    fn has_a_trainee(&self) -> bool {
        matches!(&self.shown, Shown::Session(app) if app.is_attended())
    }

    fn begin(&mut self, ctx: &Context, choice: SessionChoice) {
        self.step = Step::Opening(Opening::begin(ctx, &self.opener, choice), None);
    }

    fn tell(&mut self, ctx: &Context, text: &str) {
        if let Shown::Session(app) = &mut self.shown {
            app.tell(ctx, text.to_owned());
        }
    }

    /// Takes in what the opener has told, and goes over to what is open.
    fn go_on(&mut self, ctx: &Context) {
        if let Step::Opening(opening, asked) = &mut self.step {
            match opening.news() {
                None => {}
                Some(News::Asks(question)) => *asked = Some(question.into()),
                Some(News::Done(done)) => {
                    let choice = opening.choice.clone();
                    self.step = Step::Rest;
                    match *done {
                        Ok(parts) => self.step = Step::Open(choice, Box::new(parts)),
                        Err(why) => self.refuse(choice, why),
                    }
                }
            }
        }
        let can_leave = match &self.shown {
            Shown::Front(_) => true,
            Shown::Session(app) => app.can_be_left(),
        };
        if can_leave && let Some((_, parts)) = self.step.take_open() {
            self.enter(ctx, *parts);
        }
    }

    fn refuse(&mut self, choice: SessionChoice, why: String) {
        match &mut self.shown {
            Shown::Front(front) => front.refused = Some((choice, why)),
            Shown::Session(app) => {
                app.warn(format!("Rampdesk could not open {}; this session goes on. {why}", choice.words()));
            }
        }
    }

    /// Shows a session in the place of what was shown; that is closed.
    fn enter(&mut self, ctx: &Context, parts: ConsoleParts) {
        let before = std::mem::replace(&mut self.shown, Shown::Front(Box::default()));
        let (mut settings, unread) = match before {
            Shown::Front(front) => (front.settings, Vec::new()),
            Shown::Session(app) => app.leave(),
        };
        if let SessionChoice::Connection(path) = &parts.session {
            settings.remember(path);
        }
        let mut app = App::with(ctx, settings, parts);
        unread.into_iter().for_each(|text| app.warn(text));
        self.shown = Shown::Session(Box::new(app));
        ctx.request_repaint();
    }

    /// What is being opened, below all else, with a way out of it.
    fn progress(&mut self, ui: &mut Ui) {
        let words = match &self.step {
            Step::Rest | Step::Picking(_) | Step::Leaving(_) => return,
            Step::Opening(opening, _) => {
                format!("Opening {}", opening.choice.words_before(self.has_a_trainee()))
            }
            Step::Open(choice, _) => {
                let words = choice.words_before(self.has_a_trainee());
                format!("{words} is open, and is gone to once what was given here is done")
            }
        };
        let is_asking = self.is_asking();
        let panel = Panel::bottom("opening a session").resizable(false);
        let cancelled = panel.show(ui, |ui| {
            ui.horizontal(|ui| {
                if !is_asking {
                    ui.add(Spinner::new().size(14.0));
                }
                let said = ui.add(Label::new(&words).truncate());
                said.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Status, true, &words));
                ui.button("Cancel").accessible_name("Do not open another session").clicked()
            })
            .inner
        });
        if cancelled.inner {
            self.step = Step::Rest;
        }
    }

    /// Whatever is asked of the person, over all else.
    fn question(&mut self, ctx: &Context) {
        let (tokens, last) = match &self.shown {
            Shown::Front(front) => (Tokens::of(front.settings.theme), front.settings.connections.as_slice()),
            Shown::Session(app) => (app.tokens().clone(), app.connections()),
        };
        match &mut self.step {
            Step::Picking(picking) => match picking.ui(ctx, &tokens, last) {
                Picked::Waiting => {}
                Picked::Cancel => self.step = Step::Rest,
                Picked::File(path) => {
                    self.step = Step::Rest;
                    self.ask_for(ctx, SessionChoice::Connection(path));
                }
            },
            Step::Leaving(leaving) => match leaving.ui(ctx, &tokens) {
                Answer::Waiting => {}
                Answer::Cancel => self.step = Step::Rest,
                Answer::GoOn => {
                    let choice = leaving.choice.clone();
                    self.begin(ctx, choice);
                }
            },
            Step::Opening(opening, asked @ Some(_)) => {
                let answer = asked.as_mut().map(|question| question.ui(ctx, &tokens));
                match answer {
                    None | Some(Answer::Waiting) => {}
                    Some(Answer::GoOn) => *asked = None,
                    Some(Answer::Cancel) => {
                        let choice = opening.choice.clone();
                        self.step = Step::Rest;
                        self.break_off(choice);
                    }
                }
            }
            Step::Rest | Step::Opening(_, None) | Step::Open(..) => {}
        }
    }

    fn break_off(&mut self, choice: SessionChoice) {
        if let Shown::Front(front) = &mut self.shown {
            front.refused = Some((choice, "You broke it off.".to_owned()));
        }
    }

    fn is_asking(&self) -> bool {
        matches!(self.step, Step::Picking(_) | Step::Leaving(_) | Step::Opening(_, Some(_)))
    }
}

impl eframe::App for ConsoleWindow {
    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        self.go_on(&ctx);
        let is_asking = self.is_asking();
        let wanted = match &mut self.shown {
            Shown::Session(app) => {
                app.cover(is_asking);
                self.progress(ui);
                let Shown::Session(app) = &mut self.shown else { return };
                app.ui(ui, frame);
                app.wanted()
            }
            Shown::Front(front) => {
                let tokens = Tokens::of(front.settings.theme);
                let opening = match &self.step {
                    Step::Opening(opening, _) => Some(&opening.choice),
                    _ => None,
                };
                let central = CentralPanel::default().frame(Frame::central_panel(ui.style()));
                central.show(ui, |ui| front.ui(ui, &tokens, opening)).inner
            }
        };
        if let Some(wanted) = wanted {
            self.grant(&ctx, wanted);
        }
        // What lies below has to know of it first: it keeps the keyboard's place.
        match is_asking {
            true => self.question(&ctx),
            false if self.is_asking() => ctx.request_repaint(),
            false => {}
        }
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        match &mut self.shown {
            Shown::Front(front) => {
                let selection = front.settings.selection();
                front.settings.save(storage, &selection);
            }
            Shown::Session(app) => app.save(storage),
        }
    }
}

#[cfg(test)]
impl std::ops::Deref for ConsoleWindow {
    type Target = App;

    fn deref(&self) -> &App {
        match &self.shown {
            Shown::Session(app) => app,
            Shown::Front(_) => panic!("no session is open"),
        }
    }
}

#[cfg(test)]
impl std::ops::DerefMut for ConsoleWindow {
    fn deref_mut(&mut self) -> &mut App {
        match &mut self.shown {
            Shown::Session(app) => app,
            Shown::Front(_) => panic!("no session is open"),
        }
    }
}
