//! The frame around the workspaces: what is always on the screen, and where everything a view asks for is done.

mod acting;
mod attending;
mod guided;
mod helping;
mod keyboard;
mod leaving;
#[cfg(test)]
mod looked_at;
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
use super::context::{Intent, Selection, View, Workspace};
use super::delivery::DeliveryView;
use super::digest::{self, Digest};
use super::drafts::DraftFile;
use super::fleet::FleetView;
use super::help;
use super::hold::Press;
use super::journal::JournalView;
use super::keys_in_turn::KeysInTurn;
use super::messages::MessagesView;
use super::palette::Palette;
use super::replay::Replay;
use super::session::{SessionChoice, Wanted};
use super::settings::Settings;
use super::sign_on::SignOnDialog;
use super::stop::StopQuestion;
use super::theme::Tokens;
use super::toasts::{self, Toasts};
use super::wake::Wake;
use super::workshop::WorkshopView;
use crate::desk::DeskHandle;
use crate::desk::snapshot::Snapshot;
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

// After what they draw with.
mod around;
mod intents;
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

    fn workspace(&mut self, ui: &mut egui::Ui) {
        wall::draw(&mut self.workspaces, self.settings.workspace, ui, &mut view_of!(self));
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
