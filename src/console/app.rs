//! The frame around the workspaces: what is always on the screen, and where everything a view asks for is done.

mod attending;
mod guided;
mod helping;
mod keyboard;
mod leaving;
mod signing;
mod trainer;

use std::any::Any;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use egui::{CentralPanel, Frame, Margin, Panel};

use super::ConsoleParts;
use super::action::Action;
use super::alarms::AlarmList;
use super::board::BoardView;
use super::compose::ComposeView;
use super::connections::ConnectionsView;
use super::context::{Intent, Selection, View, Workspace, is_turned_to_zero};
use super::delivery::DeliveryView;
use super::digest::{self, Digest};
use super::drafts::DraftFile;
use super::fleet::FleetView;
use super::guide;
use super::hold::{HOLD_SECONDS, Press};
use super::journal::JournalView;
use super::keys_in_turn::KeysInTurn;
use super::messages::MessagesView;
use super::palette::Palette;
use super::replay::Replay;
use super::session::{SessionChoice, Wanted};
use super::settings::Settings;
use super::sign_on::SignOnDialog;
use super::status::{self, Strip};
use super::stop::{self, StopQuestion};
use super::theme::{Theme, Tokens};
use super::toasts::{self, Toasts};
use super::wake::Wake;
use super::workshop::WorkshopView;
use super::{alarms, help, pane, rail};
use crate::desk::DeskHandle;
use crate::desk::command::Command;
use crate::desk::snapshot::Snapshot;
use crate::dispatch::DispatchKey;
use crate::fleet::{Availabilities, FaultSwitch};
use crate::openadr::exchange::ExchangeLog;
use crate::time::Clock;
use crate::workshop::enrolment::Enrolments;
use crate::workshop::live::WorkshopHandle;
use crate::workshop::remote::Kept;

/// Below this height a window has no room to give away: the rail and the alarm list draw in.
const LOW: f32 = 480.0;

/// The clock is drawn anew no sooner than after this, seconds.
const LEAST_S: f64 = 0.2;
/// A frame for the next second comes this long after its turn: just before it would show the last one again, seconds.
const PAST_THE_TURN_S: f64 = 0.002;

/// The window's contents.
pub struct App {
    session: SessionChoice,
    desk: DeskHandle,
    clock: Clock,
    exchanges: ExchangeLog,
    enrolments: Option<Enrolments>,
    availabilities: Option<Availabilities>,
    faults: Option<FaultSwitch>,
    workshop: Option<WorkshopHandle>,
    trainee: Option<Kept>,
    attending: attending::Attending,
    replay: Option<Replay>,
    snapshot: Arc<Snapshot>,
    settings: Settings,
    tokens: Tokens,
    selection: Selection,
    intents: Vec<Intent>,
    workspaces: Workspaces,
    digest: Digest,
    alarm_list: AlarmList,
    help_topic: help::Topic,
    emergency_stop: Press,
    palette: Palette,
    toasts: Toasts,
    outcomes_open: bool,
    stop_question: Option<StopQuestion>,
    guided: guided::Guided,
    wall: wall::Wall,
    trainer: trainer::TrainersRoom,
    below: keyboard::Below,
    /// What the keyboard was on when it was last looked at.
    focused: Option<egui::Id>,
    drafts: Option<DraftFile>,
    /// The session that the person wants to have opened.
    wanted: Option<Wanted>,
    sign_on: Option<SignOnDialog>,
    /// Whether a question of the window lies over all of it.
    is_covered: bool,
    _wake: Option<Wake>,
    // Last, so that the engine is dropped after all that looks at it.
    _keep: Box<dyn Any + Send>,
}

/// What a view is given of the window. No method: it leaves the rest of the window free to be changed beside it.
macro_rules! view_of {
    ($app:ident) => {
        View {
            session: &$app.session,
            connections: &$app.settings.connections,
            snapshot: &$app.snapshot,
            clock: &$app.clock,
            exchanges: &$app.exchanges,
            enrolments: $app.enrolments.as_ref(),
            availabilities: $app.availabilities.as_ref(),
            faults: $app.faults.as_ref(),
            workshop: $app.workshop.as_ref(),
            trainee: $app.trainee.as_ref(),
            tokens: &$app.tokens,
            selection: &mut $app.selection,
            intents: &mut $app.intents,
        }
    };
}

// After what it draws with.
mod wall;

#[derive(Default)]
struct Workspaces {
    board: BoardView,
    compose: ComposeView,
    fleet: FleetView,
    delivery: DeliveryView,
    messages: MessagesView,
    journal: JournalView,
    connections: ConnectionsView,
    workshop: WorkshopView,
}

impl App {
    /// Makes the contents, with what the last session left in `storage`.
    pub fn new(ctx: &egui::Context, storage: Option<&dyn eframe::Storage>, parts: ConsoleParts) -> Self {
        let settings = Settings::load(storage);
        Self::dress(ctx, &settings);
        Self::with(ctx, settings, parts)
    }

    /// Gives a window its fonts, its colours and its scale.
    pub(super) fn dress(ctx: &egui::Context, settings: &Settings) {
        egui_material_icons::initialize(ctx);
        ctx.add_plugin(KeysInTurn::default());
        ctx.options_mut(|o| o.zoom_with_keyboard = false);
        ctx.set_zoom_factor(settings.zoom);
        Tokens::of(settings.theme).apply(ctx);
    }

    /// Makes the contents in a window that is dressed.
    pub(super) fn with(ctx: &egui::Context, mut settings: Settings, parts: ConsoleParts) -> Self {
        settings.guide.enter(parts.desk.snapshot().mode);
        let tokens = Tokens::of(settings.theme);
        let pace = parts.workshop.as_ref().map(|workshop| workshop.control().clone());
        let wake = Wake::start(parts.desk.clone(), pace, ctx.clone())
            .inspect_err(|e| tracing::warn!("the window will only be refreshed once a second: {e}"))
            .ok();
        let mut app = Self {
            session: parts.session,
            snapshot: parts.desk.snapshot(),
            desk: parts.desk,
            clock: parts.clock,
            exchanges: parts.exchanges,
            enrolments: parts.enrolments,
            availabilities: parts.availabilities,
            faults: parts.faults,
            attending: attending::Attending::from_now_on(parts.workshop.as_ref()),
            workshop: parts.workshop,
            trainee: parts.trainee,
            replay: parts.replay.map(Replay::of),
            selection: settings.selection(),
            settings,
            tokens,
            intents: Vec::new(),
            workspaces: Workspaces::default(),
            digest: Digest::default(),
            alarm_list: AlarmList::default(),
            help_topic: help::Topic::default(),
            emergency_stop: Press::default(),
            palette: Palette::default(),
            toasts: Toasts::default(),
            outcomes_open: false,
            stop_question: None,
            guided: guided::Guided::default(),
            wall: wall::Wall::default(),
            trainer: trainer::TrainersRoom::default(),
            below: keyboard::Below::default(),
            focused: None,
            drafts: None,
            wanted: None,
            sign_on: None,
            is_covered: false,
            _wake: wake,
            _keep: parts.keep,
        };
        if let Some(path) = parts.drafts {
            app.take_up_drafts(ctx, path);
        }
        app
    }

    /// Takes up what was being drawn up when the last session ended, in whatever way it did.
    fn take_up_drafts(&mut self, ctx: &egui::Context, path: PathBuf) {
        match DraftFile::open(path) {
            Ok((file, note)) => {
                if let Some(note) = note {
                    self.toasts.fail(note);
                }
                let kept = file.kept().clone();
                if !kept.is_empty() {
                    self.tell(ctx, format!("{} of the last session in Compose.", kept.words()));
                }
                self.workspaces.compose.take_up(kept);
                self.drafts = Some(file);
            }
            Err(fault) => self.toasts.fail(fault),
        }
    }

    /// Keeps what is being drawn up.
    fn keep_drafts(&mut self) {
        let mut kept = None;
        self.with_compose(|compose, view| kept = Some(compose.to_keep(view)));
        if let (Some(file), Some(kept)) = (&mut self.drafts, kept) {
            file.keep(kept);
            if let Some(fault) = file.fault() {
                self.toasts.fail(fault);
            }
        }
    }

    /// Does what a person picked by key, palette or menu.
    fn act(&mut self, ctx: &egui::Context, action: Action) {
        if let Some(obstacle) = self.obstacle(action) {
            self.tell(ctx, format!("{}: {obstacle}.", action.name()));
            return;
        }
        match action {
            Action::Show(workspace) => {
                self.settings.workspace = workspace;
                if let Some(replay) = &mut self.replay {
                    replay.show_workspaces();
                }
            }
            Action::Palette => self.palette.toggle(),
            Action::Help => {
                self.settings.help_open = !self.settings.help_open;
                self.help_topic = match self.alarm_list.has_focus() {
                    true => help::Topic::Alarms,
                    false => help::Topic::Workspace,
                };
            }
            Action::Guide if self.settings.guide.is_open() => self.settings.guide.leave(),
            Action::Guide => self.begin_the_guide(),
            Action::Alarms => self.settings.alarms_open = !self.settings.alarms_open,
            Action::ReachAlarms => {
                self.settings.alarms_open = true;
                self.alarm_list.reach();
                self.guided.alarms_reached = true;
            }
            Action::AlarmDetail => self.alarm_list.detail_open = !self.alarm_list.detail_open,
            Action::GroupAlarms => {
                let load = &self.snapshot.alarm_load;
                self.alarm_list.toggle_groups(load, &mut self.settings.alarm_list);
            }
            Action::AcknowledgeAll => {
                let ids = alarms::unacknowledged(&self.snapshot.alarms);
                self.give(Command::AcknowledgeAlarms(ids));
            }
            Action::Outcomes => self.outcomes_open = !self.outcomes_open,
            Action::ComposeForUnit => {
                self.intents.extend(self.selection.unit.clone().map(|unit| Intent::ComposeFor(vec![unit])));
            }
            Action::TurnToZero => self.intents.extend(self.selection.unit.clone().map(Intent::TurnToZero)),
            Action::Plan => self.intents.push(Intent::Plan),
            Action::Amend => self.intents.extend(self.selection.dispatch.clone().map(Intent::Amend)),
            Action::Stop => self.intents.extend(self.selection.dispatch.clone().map(Intent::AskStop)),
            Action::ShowDelivery => self.show(Workspace::Delivery),
            Action::OtherSystems => {
                self.intents.extend(self.selection.dispatch.clone().map(Intent::OtherSystems));
            }
            Action::ReachEmergencyStop => ctx.memory_mut(|m| m.request_focus(status::emergency_stop_id())),
            Action::PauseClock
            | Action::StepClock
            | Action::StepClockFar
            | Action::NextEvent
            | Action::Faster
            | Action::Slower
            | Action::RunClock(_) => self.act_on_the_clock(action),
            Action::Use(theme) => self.use_theme(ctx, theme),
            Action::TearOff => self.tear_off(ctx),
            Action::TrainersWindow => self.toggle_the_trainers_window(ctx),
            Action::MovePane => self.move_pane(ctx),
            Action::NewScenario => {
                self.show(Workspace::Workshop);
                self.workspaces.workshop.begin_a_scenario();
            }
            Action::EditScenario => {
                self.show(Workspace::Workshop);
                self.workspaces.workshop.pick_a_scenario();
            }
            Action::OpenConnection => self.wanted = Some(Wanted::Connection),
            Action::OpenSandbox => self.wanted = Some(Wanted::Session(SessionChoice::Sandbox)),
            Action::SignOn => self.ask_to_sign_on(),
            Action::SignOff => self.sign_off(),
            Action::ZoomIn => self.settings.zoom_in(),
            Action::ZoomOut => self.settings.zoom_out(),
            Action::ZoomReset => self.settings.zoom = 1.0,
        }
        ctx.set_zoom_factor(self.settings.zoom);
    }

    /// Why an action cannot be done now.
    fn obstacle(&self, action: Action) -> Option<&'static str> {
        let dispatch = || {
            let key = self.selection.dispatch.as_ref()?;
            self.snapshot.dispatches.iter().find(|d| d.key == *key)
        };
        match action {
            action if action.is_the_trainers() && self.is_attended() => Some(trainer::THE_TRAINERS),
            Action::Guide if !guide::is_allowed(self.snapshot.mode) => {
                Some("it sends dispatches, and this session is LIVE")
            }
            Action::ComposeForUnit if self.selection.unit.is_none() => Some("no unit is selected"),
            Action::TurnToZero => match &self.selection.unit {
                None => Some("no unit is selected"),
                Some(unit) if !is_turned_to_zero(&self.snapshot, unit) => {
                    Some("the selected unit's contract is not for MW Dispatch")
                }
                Some(_) => None,
            },
            Action::Amend | Action::Stop => match dispatch() {
                None => Some("no dispatch is selected"),
                Some(dispatch) if !dispatch.is_open() => Some("the selected dispatch is over"),
                Some(_) => None,
            },
            Action::ShowDelivery | Action::OtherSystems if dispatch().is_none() => {
                Some("no dispatch is selected")
            }
            Action::TearOff if !wall::Wall::can_show(self.settings.workspace) => {
                Some("what is drawn up or taken on here stays in this window")
            }
            Action::MovePane if !pane::is_in(self.settings.workspace) => {
                Some("this workspace has no such pane")
            }
            action if action.is_of_the_clock() => self.clock_obstacle(action),
            Action::TrainersWindow if self.workshop.is_none() => Some("no workshop runs here"),
            Action::OpenSandbox if self.session == SessionChoice::Sandbox => Some("this is the sandbox"),
            Action::SignOn if self.snapshot.presence.people.is_empty() => {
                Some("nobody signs on in this session; the machine's keys sign everything")
            }
            Action::SignOff if self.snapshot.presence.on.is_none() => Some("nobody is signed on"),
            Action::AcknowledgeAll if self.digest.total() == 0 => Some("every alarm is acknowledged"),
            _ => None,
        }
    }

    fn move_pane(&mut self, ctx: &egui::Context) {
        let workspace = self.settings.workspace;
        if pane::is_in(workspace) {
            let place = pane::move_on(ctx, workspace);
            let text = format!("In {} what is in hand stands {} now.", workspace.name(), place.words());
            self.toasts.tell(text, ctx.input(|i| i.time));
        }
    }

    /// Goes to a workspace, to see there what is picked.
    fn show(&mut self, workspace: Workspace) {
        if workspace == Workspace::Delivery {
            self.workspaces.delivery.show_selection();
        }
        self.settings.workspace = workspace;
    }

    fn give(&mut self, command: Command) {
        let words = command.words();
        self.toasts.given(self.desk.give(command), words);
    }

    pub(super) fn tell(&mut self, ctx: &egui::Context, text: String) {
        self.toasts.tell(text, ctx.input(|i| i.time));
    }

    fn use_theme(&mut self, ctx: &egui::Context, theme: Theme) {
        self.settings.theme = theme;
        self.tokens = Tokens::of(theme);
        self.tokens.apply(ctx);
    }

    fn workspace(&mut self, ui: &mut egui::Ui) {
        wall::draw(&mut self.workspaces, self.settings.workspace, ui, &mut view_of!(self));
    }

    fn settle_intents(&mut self, ctx: &egui::Context) {
        for intent in std::mem::take(&mut self.intents) {
            match intent {
                Intent::Clock(_) | Intent::Open(_) | Intent::OpenConnection if self.is_attended() => {
                    self.tell(ctx, "The trainer has this workshop in hand.".to_owned());
                }
                Intent::TrainersWindow => self.act(ctx, Action::TrainersWindow),
                Intent::Give(command) => self.give(command),
                Intent::Show(workspace) => self.show(workspace),
                Intent::ComposeFor(units) => {
                    self.settings.workspace = Workspace::Compose;
                    self.with_compose(|compose, view| compose.begin(view, units));
                }
                Intent::TurnToZero(unit) => {
                    self.settings.workspace = Workspace::Compose;
                    self.with_compose(|compose, view| compose.begin_at_zero(view, unit));
                }
                Intent::Plan => {
                    self.settings.workspace = Workspace::Compose;
                    self.with_compose(|compose, view| compose.plan(view, Vec::new()));
                }
                Intent::Amend(key) => {
                    self.settings.workspace = Workspace::Compose;
                    self.with_compose(|compose, view| compose.amend(view, &key));
                }
                Intent::AskStop(key) => self.stop_question = Some(StopQuestion::new(key)),
                Intent::MessagesOf(client) => {
                    self.settings.workspace = Workspace::Messages;
                    self.workspaces.messages.show_client(client);
                }
                Intent::JournalOf(name) => {
                    self.settings.workspace = Workspace::Journal;
                    self.workspaces.journal.show_of(name);
                }
                Intent::JournalEntry { number, at } => {
                    self.settings.workspace = Workspace::Journal;
                    self.workspaces.journal.show_entry(number, at);
                }
                Intent::OtherSystems(key) => self.show_in_other_systems(&key),
                Intent::Clock(order) => self.order(order),
                Intent::Open(session) => self.wanted = Some(Wanted::Session(session)),
                Intent::OpenConnection => self.wanted = Some(Wanted::Connection),
                Intent::SignOn(operators) if operators.is_empty() => self.ask_to_sign_on(),
                Intent::SignOn(operators) => self.ask_to_sign_on_for(&operators),
                Intent::Tell(text) => self.tell(ctx, text),
                Intent::Warn(text) => self.toasts.fail(text),
            }
        }
    }

    fn show_in_other_systems(&mut self, key: &DispatchKey) {
        let view = view_of!(self);
        if let Some(revision) = view.dispatch(key).and_then(|dispatch| dispatch.current()) {
            self.workspaces.messages.show_in_other_systems(&view, &revision.signed);
            self.settings.workspace = Workspace::Messages;
        }
    }

    fn with_compose(&mut self, act: impl FnOnce(&mut ComposeView, &View<'_>)) {
        let view = view_of!(self);
        act(&mut self.workspaces.compose, &view);
    }

    fn strip(&mut self, ui: &mut egui::Ui) {
        let strip = Strip {
            snapshot: &self.snapshot,
            digest: &self.digest,
            clock: &self.clock,
            running: self.desk.is_running(),
            // A trainee sees the rate that the clock shows by itself.
            pace: self
                .workshop
                .as_ref()
                .filter(|workshop| !workshop.is_attended())
                .map(|workshop| workshop.control().pace()),
            is_over: self.attending.ended,
            tokens: &self.tokens,
        };
        let answer = strip.ui(ui, &mut self.emergency_stop);
        if answer.emergency_stop {
            self.give(Command::EmergencyStop { units: Vec::new(), operator: None });
        }
        if answer.let_go_early {
            self.tell(ui.ctx(), format!("Nothing was sent: hold EMERGENCY STOP for {HOLD_SECONDS} s."));
        }
        if let Some(order) = answer.clock {
            self.order(order);
        }
        if answer.sign_on {
            self.ask_to_sign_on();
        }
        if answer.alarms {
            self.settings.alarms_open = !self.settings.alarms_open;
            self.guided.alarms_reached = true;
        }
    }

    fn rail(&mut self, ui: &mut egui::Ui, narrow: bool, low: bool) {
        let panel = Panel::left("rail").resizable(false).exact_size(if narrow { 52.0 } else { 136.0 });
        if let Some(action) = panel.show(ui, |ui| rail::ui(ui, self.settings.workspace, narrow, low)).inner {
            self.act(ui.ctx(), action);
        }
    }

    fn alarms(&mut self, ui: &mut egui::Ui, low: bool) {
        let open = self.settings.alarms_open;
        let mut view = view_of!(self);
        let (digest, list, kept) = (&self.digest, &mut self.alarm_list, &mut self.settings.alarm_list);
        let margin = Margin::symmetric(8, 3);
        let frame = Frame::side_top_panel(ui.style()).inner_margin(margin);
        let width = ui.available_width() - margin.sum().x;
        let of_rows = |rows| alarms::height(&self.tokens, width, rows) + margin.sum().y;
        let least = of_rows(1.0);
        let most = (ui.available_height() * 0.5).max(least);
        let panel = if open {
            let (name, rows) = if low { ("alarms in a low window", 1.0) } else { ("alarms open", 3.0) };
            // Rows are not as high in every set of colours; each has a height of the list of its own.
            Panel::bottom(egui::Id::unique((name, self.tokens.theme.name())))
                .resizable(true)
                .default_size(of_rows(rows))
                .size_range(least..=most)
        } else {
            Panel::bottom("alarms").resizable(false)
        };
        let shown = panel.frame(frame).show(ui, |ui| {
            let toggled = list.bar(ui, &mut view, digest, kept, open);
            if open {
                list.ui(ui, &mut view, kept);
            }
            toggled
        });
        if shown.inner {
            self.settings.alarms_open = !open;
        }
    }

    fn alarm_detail(&mut self, ui: &mut egui::Ui) {
        let mut view = view_of!(self);
        let (list, kept) = (&mut self.alarm_list, &mut self.settings.alarm_list);
        let pane =
            Panel::right("alarm in hand").resizable(true).default_size(330.0).size_range(220.0..=560.0);
        if pane.show(ui, |ui| list.detail(ui, &mut view, kept)).inner {
            self.alarm_list.detail_open = false;
        }
    }

    fn question(&mut self, ctx: &egui::Context) {
        let Some(question) = &mut self.stop_question else { return };
        let answer = question.ui(ctx, &self.tokens, &self.snapshot, self.clock.now());
        if answer == stop::Answer::Waiting {
            return;
        }
        if let Some(question) = self.stop_question.take()
            && answer == stop::Answer::Confirm
        {
            self.give(Command::Stop(question.key().clone()));
        }
    }

    fn palette(&mut self, ctx: &egui::Context) {
        let mut palette = std::mem::take(&mut self.palette);
        let is_offered = |action: Action| !(self.is_attended() && action.is_the_trainers());
        let picked = palette.ui(ctx, &self.tokens, is_offered, |action| self.obstacle(action));
        self.palette = palette;
        if let Some(action) = picked {
            self.act(ctx, action);
        }
    }

    /// Whether a question waits for its answer.
    fn is_asked(&self) -> bool {
        self.is_covered || self.stop_question.is_some() || self.sign_on.is_some()
    }

    /// Takes in the latest snapshot and the keys that work everywhere.
    fn begin(&mut self, ctx: &egui::Context) {
        let before = std::mem::replace(&mut self.snapshot, self.desk.snapshot());
        if digest::is_more_than_readings(&before, &self.snapshot) {
            // What comes and goes is laid out by the sizes of the frame before.
            ctx.request_repaint();
        }
        self.follow_who_is_on(&before);
        self.digest.refresh(&self.snapshot);
        self.toasts.take_in(&self.snapshot, ctx.input(|i| i.time));
        self.give_the_trainer_their_room(ctx);
        self.attend(ctx);
        self.keep_the_focus_in_sight(ctx);
        let closes = ctx.input(|input| input.viewport().close_requested());
        if closes && self.workspaces.workshop.is_asked_before_closing(ctx) {
            self.show(Workspace::Workshop);
        }
        while let Some(action) = Action::pressed(ctx) {
            let is_asked = self.is_asked();
            if !is_asked || action.is_allowed_over_a_question() {
                self.act(ctx, action);
            }
        }
    }
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        let focused = ctx.memory(egui::Memory::focused).or(self.focused);
        self.begin(&ctx);
        #[cfg(test)]
        if self.trainer.alone {
            return self.trainers_room_alone(ui);
        }
        self.follow_the_guide(&ctx);
        let narrow = ui.available_width() < 1000.0;
        let low = ui.available_height() < LOW;
        let strip = Frame::side_top_panel(ui.style()).inner_margin(Margin::symmetric(8, 4));
        Panel::top("status").resizable(false).frame(strip).show(ui, |ui| self.strip(ui));
        if let Some(replay) = &mut self.replay
            && replay.ui(ui, &self.tokens, &self.clock)
        {
            let recording = replay.recording();
            self.show(Workspace::Workshop);
            self.workspaces.workshop.retell(&ctx, recording);
        }
        // In a low window the rail needs all of the height.
        if low {
            self.rail(ui, narrow, low);
            self.alarms(ui, low);
        } else {
            self.alarms(ui, low);
            self.rail(ui, narrow, low);
        }
        self.guide(ui, low);
        if self.alarm_list.detail_open {
            self.alarm_detail(ui);
        }
        // In a narrow window there is room for one of the two.
        if self.settings.help_open
            && !(narrow && self.alarm_list.detail_open)
            && self.topic_in_front().is_none()
        {
            self.help(ui);
        }
        let free = ui.available_rect_before_wrap();
        CentralPanel::default().frame(Frame::central_panel(ui.style())).show(ui, |ui| {
            match self.replay.as_mut().filter(|replay| replay.is_comparing()) {
                Some(replay) => replay.comparison(ui, &self.tokens, &self.clock),
                None => drop(ui.push_id(self.settings.workspace.name(), |ui| self.workspace(ui))),
            }
        });
        toasts::outcomes(&ctx, &self.tokens, &self.snapshot.outcomes, free, &mut self.outcomes_open);
        // They cover neither the alarms nor a guided run.
        self.toasts.ui(&ctx, &self.tokens, ctx.content_rect().bottom() - free.bottom());
        self.palette(&ctx);
        self.question(&ctx);
        self.signing_on(&ctx);
        self.help_in_front(&ctx);
        self.second_window(&ctx);
        self.trainers_window(&ctx);
        self.settle_intents(&ctx);
        self.give_the_keyboard_back(&ctx, focused);
        if self.drafts.is_some() {
            self.keep_drafts();
        }
        self.ask_for_the_next_second(&ctx);
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        self.settings.save(storage, &self.selection);
    }
}

impl App {
    /// The clock is the one thing that moves by itself.
    fn ask_for_the_next_second(&self, ctx: &egui::Context) {
        let rate = self.clock.rate();
        if rate.is_paused() {
            return;
        }
        let second = 1.0 / rate.value();
        let left = (1.0 - self.clock.now_seconds().fract()) * second + PAST_THE_TURN_S;
        // A fast clock's seconds are not shown one by one.
        let wait = if second < LEAST_S { LEAST_S } else { left.min(1.0 + PAST_THE_TURN_S) };
        ctx.request_repaint_after(Duration::from_secs_f64(wait));
    }
}

#[cfg(test)]
impl App {
    /// Opens the editor as its buttons do.
    pub(in crate::console) fn edit_scenario(&mut self, editor: super::workshop::Editor) {
        self.workspaces.workshop.edit(editor);
    }

    /// The workspace that is open.
    pub fn workspace_shown(&self) -> Workspace {
        self.settings.workspace
    }

    /// The unit in hand.
    pub fn unit_selected(&self) -> Option<crate::dispatch::DispatchUnit> {
        self.selection.unit.clone()
    }

    /// Uses a set of colours, as its action does.
    pub fn wear(&mut self, ctx: &egui::Context, theme: Theme) {
        self.use_theme(ctx, theme);
    }

    /// Shows the bar of a recording over this session.
    pub fn replay(&mut self, recording: Arc<crate::workshop::recording::Recording>) {
        self.replay_with(recording, None);
    }

    /// The same, with another recording laid over it.
    pub fn replay_with(
        &mut self,
        recording: Arc<crate::workshop::recording::Recording>,
        with: Option<PathBuf>,
    ) {
        self.replay = Some(Replay::of(super::Replayed { recording, with }));
    }

    /// As if a connection had been opened before.
    pub fn remember(&mut self, connection: &str) {
        self.settings.remember(connection.as_ref());
    }

    /// Asks for something as a view would.
    pub fn ask(&mut self, intent: Intent) {
        self.intents.push(intent);
    }

    /// Picks a dispatch as a click on it would.
    pub fn select(&mut self, key: DispatchKey) {
        self.selection.dispatch = Some(key);
    }
}
