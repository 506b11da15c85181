//! The marks as the journal grows: read and reckoned up on a thread of their own, once a second at the most.

use std::sync::Arc;

use egui::Context;

use crate::console::context::View;
use crate::console::errand::Errand;
use crate::journal::{EntryKind, Journal, Recorded};
use crate::time::UtcTime;
use crate::workshop::live::WorkshopHandle;
use crate::workshop::marking::{Followed, follow};

/// Seconds of the window's time between two looks.
const LOOKS_APART_S: f64 = 1.0;

/// Marks go by entries of these kinds, and a trainer by what was commanded.
const KINDS: [EntryKind; 6] = [
    EntryKind::Intent,
    EntryKind::Sent,
    EntryKind::Acknowledgement,
    EntryKind::Alarm,
    EntryKind::Delivery,
    EntryKind::Command,
];

/// What was read, and what it comes to.
#[derive(Default)]
pub struct Following {
    read: Read,
    looking: Option<Errand<Look>>,
    followed: Option<Followed>,
    commanded: Vec<Commanded>,
    /// What the last look was at: the newest entry, and the instant.
    looked_at: Option<(u64, UtcTime)>,
    /// When the last look began, in the window's time.
    began_s: Option<f64>,
    fault: Option<String>,
}

/// What whoever sits in the control room had done, and what came of it.
pub struct Commanded {
    /// When.
    pub at: UtcTime,
    /// As the journal says it.
    pub words: String,
}

/// The entries that marks go by, up to one of the journal.
#[derive(Default)]
struct Read {
    entries: Vec<Recorded>,
    last: u64,
}

/// What a look came to.
struct Look {
    read: Read,
    came_to: Result<Option<Followed>, String>,
}

impl Following {
    /// Takes in what was found, and looks again where there is something new.
    pub fn go_on(&mut self, ctx: &Context, view: &View<'_>, workshop: &WorkshopHandle) {
        self.settle();
        if let Some(followed) = &mut self.followed {
            followed.take_words(workshop.overrides());
        }
        let now = view.clock.now();
        let newest = view.snapshot.journal_tail.last().map_or(0, |entry| entry.number);
        if self.looking.is_some() || self.fault.is_some() || self.looked_at == Some((newest, now)) {
            return;
        }
        let time_s = ctx.input(|input| input.time);
        let wait_s = self.began_s.map_or(0.0, |began| began + LOOKS_APART_S - time_s);
        if wait_s > 0.0 {
            ctx.request_repaint_after(std::time::Duration::from_secs_f64(wait_s));
            return;
        }
        (self.looked_at, self.began_s) = (Some((newest, now)), Some(time_s));
        let read = std::mem::take(&mut self.read);
        let (workshop, file) = (
            workshop.clone(),
            workshop.trainees_journal().map(Into::into).or(view.snapshot.journal_file.clone()),
        );
        let tail = view.snapshot.journal_tail.clone();
        let look = move || {
            let read = match file {
                Some(file) => read.on(|after| Journal::open_to_read(&file)?.entries(after, usize::MAX)),
                None => Ok(read.on_from_memory(&tail)),
            };
            match read {
                Ok(read) => Look { came_to: Ok(follow(workshop.scenario(), &read.entries, now)), read },
                Err(fault) => Look { read: Read::default(), came_to: Err(fault) },
            }
        };
        match Errand::begin(ctx, look) {
            Ok(errand) => self.looking = Some(errand),
            Err(fault) => self.fault = Some(fault),
        }
    }

    fn settle(&mut self) {
        let Some(settled) = self.looking.as_ref().and_then(Errand::settled) else { return };
        self.looking = None;
        match settled {
            Ok(Look { read, came_to: Ok(followed) }) => {
                self.commanded = read.commanded();
                (self.read, self.followed) = (read, followed);
            }
            Ok(Look { came_to: Err(fault), .. }) | Err(fault) => {
                self.fault = Some(format!("The journal cannot be read: {fault}"));
            }
        }
    }

    /// The marks of the last look, with the trainer's words.
    pub fn followed(&self) -> Option<&Followed> {
        self.followed.as_ref()
    }

    /// Every command as of the last look, the oldest first.
    pub fn commanded(&self) -> &[Commanded] {
        &self.commanded
    }

    /// Why the journal cannot be read.
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }
}

impl Read {
    /// With what stands in a file after that.
    fn on(
        mut self,
        entries: impl FnOnce(u64) -> Result<Vec<Recorded>, crate::journal::JournalError>,
    ) -> Result<Self, String> {
        for recorded in entries(self.last).map_err(|fault| fault.to_string())? {
            self.take(recorded);
        }
        Ok(self)
    }

    /// With what the desk shows of a journal that is kept in memory alone.
    fn on_from_memory(mut self, tail: &[Arc<Recorded>]) -> Self {
        let from = tail.partition_point(|recorded| recorded.number <= self.last);
        tail[from..].iter().for_each(|recorded| self.take(Recorded::clone(recorded)));
        self
    }

    fn commanded(&self) -> Vec<Commanded> {
        let commands = self.entries.iter().filter(|recorded| recorded.entry.kind == EntryKind::Command);
        commands
            .map(|command| Commanded { at: command.entry.at, words: command.entry.text.clone() })
            .collect()
    }

    fn take(&mut self, recorded: Recorded) {
        self.last = recorded.number;
        if KINDS.contains(&recorded.entry.kind) {
            self.entries.push(recorded);
        }
    }
}
