//! A draft rehearsed before it is sent: what a copy of its unit acknowledges and delivers, as a ghost beside the forecast.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;

use egui::{Label, RichText, Ui};

use crate::console::context::View;
use crate::console::theme::Tokens;
use crate::console::widgets::{heading, marked, phase_mark};
use crate::console::words;
use crate::desk::snapshot::{DispatchState, UnitState};
use crate::dispatch::Comparison;
use crate::profile::availability::Availability;
use crate::profile::fleet::{Contract, Fsp, Unit};
use crate::time::UtcTime;
use crate::units::grouped;
use crate::workshop::rehearsal::{Trial, Tried};

use super::document;
use super::draft::Draft;
use super::sheet::{Sheet, contract_of, fsp_of};

/// Half of the minute that a reading is the mean of, seconds.
const HALF_A_MINUTE_S: f64 = 30.0;

/// A draft as it was when it was rehearsed, and how far that has come.
pub struct Rehearsed {
    draft: Draft,
    state: State,
}

enum State {
    UnderWay(Receiver<Result<Tried, String>>),
    Done(Box<Ghost>),
    Failed(String),
}

/// What came of it.
pub struct Ghost {
    /// Net kW over seconds of UTC, the mean of each minute at its middle.
    pub curve: Vec<[f64; 2]>,
    dispatch: Arc<DispatchState>,
    given: UtcTime,
    alarms: Vec<String>,
}

impl Ghost {
    fn of(tried: Tried) -> Self {
        let readings = tried.dispatch.readings.range(0.0, f64::MAX);
        Self {
            curve: readings.map(|reading| [reading.at - HALF_A_MINUTE_S, reading.kw]).collect(),
            dispatch: tried.dispatch,
            given: tried.given,
            alarms: tried.alarms.iter().map(|alarm| alarm.text.clone()).collect(),
        }
    }

    /// How it ended, stage by stage, in words.
    fn words(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for rung in &self.dispatch.ladder {
            let reason = rung.reason.map_or(String::new(), |reason| format!(" ({reason})"));
            let detail = rung.detail.as_ref().map_or(String::new(), |detail| format!(": {detail}"));
            lines.push(format!("{} {}{reason}{detail}", words::london(rung.at), rung.stage));
        }
        if let Some(score) = &self.dispatch.score {
            lines.push(format!(
                "{} kWh delivered of {} kWh asked",
                grouped(score.delivered_kwh, 1),
                grouped(score.asked_kwh, 1)
            ));
        }
        let differing = self.dispatch.readback.iter().flat_map(|fields| fields.iter());
        let differing: Vec<&str> =
            differing.filter(|f| f.comparison != Comparison::Matched).map(|f| f.field.as_str()).collect();
        if !differing.is_empty() {
            lines.push(format!("read back otherwise: {}", differing.join(", ")));
        }
        lines
    }
}

impl Rehearsed {
    /// Rehearses a draft on a thread of its own.
    pub fn begin(ctx: &egui::Context, draft: Draft, trial: Trial) -> Self {
        let (tell, told) = channel();
        let ctx = ctx.clone();
        let work = move || {
            // The window may be gone by now; nobody is left to tell then.
            let _ = tell.send(trial.run());
            ctx.request_repaint();
        };
        let state = match thread::Builder::new().name("trial".to_owned()).spawn(work) {
            Ok(_) => State::UnderWay(told),
            Err(fault) => State::Failed(format!("the system gives no thread for it ({fault})")),
        };
        Self { draft, state }
    }

    /// Takes in what has come of it.
    pub fn settle(&mut self) {
        let State::UnderWay(told) = &self.state else { return };
        self.state = match told.try_recv() {
            Err(TryRecvError::Empty) => return,
            Err(TryRecvError::Disconnected) => State::Failed("it broke off".to_owned()),
            Ok(Ok(tried)) => State::Done(Box::new(Ghost::of(tried))),
            Ok(Err(fault)) => State::Failed(fault),
        };
    }

    /// Whether it is still running.
    pub fn is_under_way(&self) -> bool {
        matches!(self.state, State::UnderWay(_))
    }

    /// What came of this very draft.
    pub fn ghost(&self, draft: &Draft) -> Option<&Ghost> {
        match &self.state {
            State::Done(ghost) if self.draft == *draft => Some(ghost),
            _ => None,
        }
    }

    /// In words, below the checks.
    pub fn show(&self, ui: &mut Ui, tokens: &Tokens, draft: &Draft) {
        ui.add_space(6.0);
        match &self.state {
            State::UnderWay(_) => {
                heading(ui, "Rehearsing …");
                ui.spinner();
            }
            State::Failed(fault) => {
                heading(ui, "Not rehearsed");
                ui.add(Label::new(format!("The rehearsal came to nothing: {fault}.")).wrap());
            }
            State::Done(_) if self.draft != *draft => {
                heading(ui, "Rehearsed before the last change");
                ui.label(RichText::new("Rehearse again to see what this draft comes to.").color(tokens.weak));
            }
            State::Done(ghost) => told(ui, tokens, ghost),
        }
    }
}

fn told(ui: &mut Ui, tokens: &Tokens, ghost: &Ghost) {
    heading(ui, "Rehearsed");
    let phase = ghost.dispatch.phase;
    marked(ui, phase_mark(tokens, phase), phase.word(), &format!("Rehearsed: {}", phase.word()));
    let given = format!(
        "given at {} to a copy of the unit, with nothing else asked of it",
        words::london(ghost.given)
    );
    ui.add(Label::new(RichText::new(given).color(tokens.weak)).wrap());
    for line in ghost.words() {
        ui.add(Label::new(line).wrap());
    }
    for alarm in &ghost.alarms {
        ui.add(Label::new(RichText::new(format!("Alarm: {alarm}")).color(tokens.high)).wrap());
    }
}

/// The trial of a sheet's draft.
///
/// # Errors
/// Why there is none, in a sentence.
pub fn trial_of(view: &View<'_>, sheet: &Sheet) -> Result<Trial, String> {
    let (draft, now) = (&sheet.draft, view.clock.now());
    let begun = sheet.amended().filter(|before| before.service_start <= now);
    if begun.is_some() {
        return Err("Its window has begun: a copy would not stand where the unit stands.".to_owned());
    }
    let parts = document::parts(draft, now).ok_or("Fill in what the checks name first.")?;
    let (unit, contract) = (view.unit(&draft.unit), contract_of(view, draft));
    let (Some(unit), Some(contract), Some(fsp)) = (unit, contract, fsp_of(view, draft)) else {
        return Err("The unit is no longer among those of this desk.".to_owned());
    };
    Ok(Trial {
        parts,
        unit: copy_of(unit),
        contract: Contract {
            operator: contract.operator.clone(),
            id: contract.contract.clone(),
            product: contract.product.clone(),
            poll_seconds: contract.poll_seconds,
            ack_seconds: contract.ack_seconds,
            notice_seconds: contract.notice_seconds,
            price_pence_per_mwh: contract.pence_per_mwh,
            fail_safe: contract.fail_safe,
        },
        fsp: Fsp { id: fsp.id.clone(), name: fsp.name.clone(), telephone: fsp.telephone.clone() },
        soc: unit.soc,
        now,
    })
}

/// The unit as it is declared; what its FSP offers of it is judged by the checks.
fn copy_of(unit: &UnitState) -> Unit {
    Unit {
        unit: unit.unit.clone(),
        name: unit.name.clone(),
        operator: unit.operator.clone(),
        contract: unit.contract.clone(),
        asset: (*unit.asset).clone(),
        baseline: (*unit.baseline).clone(),
        reactive: unit.reactive.as_deref().cloned(),
        meter: unit.meter,
        availability: Availability::default(),
    }
}
