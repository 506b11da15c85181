//! A workshop that runs in this session: its clock is set here, and what somebody says in it is told.

use egui::Context;

use super::App;
use crate::console::action::Action;
use crate::console::pace;
use crate::console::session::SessionChoice;
use crate::time::Rate;
use crate::workshop::live::WorkshopHandle;
use crate::workshop::rehearsal::StepOutcome;
use crate::workshop::remote::Kept;
use crate::workshop::timekeeper::{ClockOrder, Standing};

/// What has been told of the workshop already: as it was when it was opened, and whatever came since.
#[derive(Default)]
pub(super) struct Attending {
    slowed: bool,
    pub(super) ended: bool,
    told: usize,
    is_cut_off: bool,
}

impl Attending {
    /// Tells what happens from now on.
    pub(super) fn from_now_on(workshop: Option<&WorkshopHandle>) -> Self {
        workshop.map_or_else(Self::default, |workshop| {
            let pace = workshop.control().pace();
            Self {
                slowed: pace.is_slowed(),
                ended: pace.standing == Standing::Ended,
                told: workshop.story().told.len(),
                is_cut_off: false,
            }
        })
    }
}

impl App {
    /// Asks for something of the workshop's clock.
    pub(super) fn order(&mut self, order: ClockOrder) {
        if let Some(workshop) = &self.workshop
            && !workshop.control().order(order)
        {
            self.toasts.fail("The workshop has ended by a fault: start it again in the Workshop.".to_owned());
        }
    }

    /// Does what a key or the palette asks of the clock.
    pub(super) fn act_on_the_clock(&mut self, action: Action) {
        let Some(workshop) = &self.workshop else { return };
        let pace = workshop.control().pace();
        let order = match action {
            Action::StepClock => Some(ClockOrder::Step(60)),
            Action::StepClockFar => Some(ClockOrder::Step(300)),
            Action::NextEvent => Some(ClockOrder::NextEvent),
            Action::Faster => pace::next_rate(&pace, true).map(ClockOrder::Run),
            Action::Slower => pace::next_rate(&pace, false).map(ClockOrder::Run),
            Action::RunClock(times) => Rate::times(f64::from(times)).map(ClockOrder::Run),
            _ => Some(pace::toggled(&pace)),
        };
        if let Some(order) = order {
            self.order(order);
        }
    }

    /// Why the clock cannot be set so.
    pub(super) fn clock_obstacle(&self, action: Action) -> Option<&'static str> {
        let Some(workshop) = &self.workshop else {
            return Some(match self.session {
                SessionChoice::Trainee(_) => super::trainer::THE_TRAINERS,
                SessionChoice::Connection(_) => "real time only, with a VTN that is not embedded",
                _ => "this session runs in real time; start a workshop",
            });
        };
        let pace = workshop.control().pace();
        let at_the_edge = match action {
            Action::Faster => pace::next_rate(&pace, true).is_none(),
            Action::Slower => pace::next_rate(&pace, false).is_none(),
            _ => false,
        };
        match pace.standing {
            Standing::Ended => Some("the workshop is at its end; start it again in the Workshop"),
            _ if at_the_edge => Some("there is no such rate"),
            _ => None,
        }
    }

    /// Tells what has come of the workshop since the last frame.
    pub(super) fn attend(&mut self, ctx: &Context) {
        let Some(workshop) = &self.workshop else { return self.attend_elsewhere(ctx) };
        let (pace, story) = (workshop.control().pace(), workshop.story());
        let mut news: Vec<String> = story.told[self.attending.told.min(story.told.len())..]
            .iter()
            .map(StepOutcome::as_heard)
            .collect();
        self.attending.told = story.told.len();
        if pace.is_slowed() && !std::mem::replace(&mut self.attending.slowed, pace.is_slowed()) {
            news.extend((!workshop.is_attended()).then(|| pace::sentence(&pace)));
        }
        self.attending.slowed = pace.is_slowed();
        let has_ended = pace.standing == Standing::Ended;
        if has_ended && !std::mem::replace(&mut self.attending.ended, has_ended) {
            news.push("The workshop is at its end, and its clock stands still.".to_owned());
        }
        for text in news {
            self.tell(ctx, text);
        }
    }

    /// Tells what has come from a trainer elsewhere since the last frame.
    fn attend_elsewhere(&mut self, ctx: &Context) {
        let Some(now) = self.trainee.as_ref().map(Kept::now) else { return };
        let told = &now.story.told;
        let mut news: Vec<String> =
            told[self.attending.told.min(told.len())..].iter().map(StepOutcome::as_heard).collect();
        self.attending.told = told.len();
        if now.ended && !std::mem::replace(&mut self.attending.ended, now.ended) {
            news.push("The workshop is at its end, and its clock stands still.".to_owned());
        }
        let was_cut_off = std::mem::replace(&mut self.attending.is_cut_off, now.fault.is_some());
        match &now.fault {
            Some(fault) if !was_cut_off => {
                self.toasts
                    .fail(format!("The trainer's machine is not reached, and the clock stands: {fault}"));
            }
            None if was_cut_off => news.push("The trainer's machine is reached again.".to_owned()),
            _ => {}
        }
        for text in news {
            self.tell(ctx, text);
        }
    }
}
