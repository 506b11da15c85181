//! One draft on the screen: its history, what was worked out from it, and how far it has come.

use std::sync::Arc;

use crate::console::context::View;
use crate::console::plot::instant::seconds;
use crate::console::plot::range::Range;
use crate::desk::snapshot::{ContractState, DispatchState, FspState, RevisionState, UnitState};
use crate::dispatch::{Dispatch, DispatchKey, DispatchRef};
use crate::time::UtcTime;

use super::checks::{self, Context, Finding, Severity};
use super::confirm::Review;
use super::document::{self, Sketch};
use super::draft::{Draft, RowId};
use super::forecast::{Basis, Forecast};
use super::history::History;
use super::rehearsed::Rehearsed;
use super::repair::Repair;
use super::sent::Sent;

/// Seconds of domain time after which a forecast is made anew although nothing was reported.
const FORECAST_HOLDS_S: i64 = 10;

/// A draft and all that belongs to it.
pub struct Sheet {
    /// The same as long as the window is open.
    pub id: u64,
    /// What is being drawn up.
    pub draft: Draft,
    /// Finished edits.
    pub history: History<Draft>,
    /// The revision that it amends.
    pub amends: Option<Arc<RevisionState>>,
    /// What the plots show.
    pub range: Range,
    /// The row in hand.
    pub selected: Option<RowId>,
    /// How far it has come.
    pub stage: Stage,
    /// A level that waits for a person to say what it is measured from.
    pub pending: Option<super::timeline::Pending>,
    /// What came of it on a copy of its unit, when that was tried.
    pub rehearsed: Option<Rehearsed>,
    outlook: Option<Outlook>,
}

/// How far a draft has come.
pub enum Stage {
    /// Being drawn up.
    Editing,
    /// Frozen in front of a person who is to confirm it.
    Review(Box<Review>),
    /// Armed, and waiting for a second person with others of this request.
    Asked(u64),
    /// Given to the desk.
    Sent(Sent),
}

/// What was worked out from a draft and the snapshot, kept until one of them changes.
pub struct Outlook {
    /// What the unit can and would do; `None` when the desk has no such unit.
    pub forecast: Option<Forecast>,
    /// What the checks found.
    pub findings: Vec<Finding>,
    draft: Draft,
    unit: Option<Reported>,
    revisions: usize,
    forecast_at: UtcTime,
    sequence: u64,
    checked_at: UtcTime,
}

/// What of a unit's state a forecast depends on.
#[derive(Clone, Debug, PartialEq)]
struct Reported {
    kw: Option<f64>,
    baseline_kw: Option<f64>,
    soc: Option<f64>,
    state: String,
}

impl Reported {
    fn of(unit: &UnitState) -> Self {
        Self { kw: unit.kw, baseline_kw: unit.baseline_kw, soc: unit.soc, state: unit.state.clone() }
    }
}

impl Outlook {
    /// How many findings stop the sending, and how many do not.
    pub fn counts(&self) -> (usize, usize) {
        let errors = self.findings.iter().filter(|f| f.severity == Severity::Error).count();
        (errors, self.findings.len() - errors)
    }
}

impl Sheet {
    /// A sheet for a new draft.
    pub fn new(id: u64, draft: Draft, amends: Option<Arc<RevisionState>>) -> Self {
        Self {
            id,
            history: History::new(draft.clone()),
            draft,
            amends,
            range: Range::default(),
            selected: None,
            stage: Stage::Editing,
            pending: None,
            rehearsed: None,
            outlook: None,
        }
    }

    /// The dispatch that the draft is or will be; `None` while its reference cannot be read.
    pub fn key(&self) -> Option<DispatchKey> {
        let dispatch_ref = DispatchRef::new(self.draft.dispatch_ref.trim()).ok()?;
        Some(DispatchKey { operator: self.draft.operator.clone(), dispatch_ref })
    }

    /// The dispatch that it amends.
    pub fn amended(&self) -> Option<&Dispatch> {
        self.amends.as_ref().map(|r| &r.signed.dispatch)
    }

    /// What is known now, worked out anew where the draft, the unit or the time have moved on.
    pub fn outlook(&mut self, view: &View<'_>, taken: &[String]) -> &Outlook {
        let now = view.clock.now();
        let unit = view.unit(&self.draft.unit);
        let reported = unit.map(Reported::of);
        let state = self.key().and_then(|key| view.dispatch(&key)).filter(|_| self.amends.is_some());
        let revisions = state.map_or(0, |s| s.revisions.len());
        let sequence = view.snapshot.sequence;

        let forecast = match self.outlook.take() {
            Some(kept) if kept.is_current(&self.draft, now, sequence) => return self.outlook.insert(kept),
            Some(kept) if kept.forecast_holds(&self.draft, reported.as_ref(), revisions, now) => {
                (kept.forecast, kept.forecast_at)
            }
            _ => (unit.map(|unit| forecast(&self.draft, unit, state, view, now)), now),
        };
        let others: Vec<&str> = taken.iter().map(String::as_str).collect();
        let free_ref = super::refs::next(
            &self.draft.operator,
            &self.draft.contract,
            &view.snapshot.dispatches,
            &others,
            now,
        );
        let context = Context {
            unit,
            contract: contract_of(view, &self.draft),
            fsp: fsp_of(view, &self.draft),
            vtn: &view.snapshot.vtn,
            dispatches: &view.snapshot.dispatches,
            units: &view.snapshot.units,
            fsps: &view.snapshot.fsps,
            amends: self.amends.as_ref().map(|r| &r.signed.dispatch),
            forecast: forecast.0.as_ref(),
            free_ref: &free_ref,
            now,
        };
        let findings = checks::check(&self.draft, &context);
        self.outlook.insert(Outlook {
            forecast: forecast.0,
            forecast_at: forecast.1,
            findings,
            draft: self.draft.clone(),
            unit: reported,
            revisions,
            sequence,
            checked_at: now,
        })
    }

    /// Applies a fix.
    pub fn mend(&mut self, repair: &Repair) {
        self.draft.mend(repair);
        if matches!(repair, Repair::AsNew(_)) {
            self.amends = None;
        }
    }

    /// What was last worked out.
    pub fn last_outlook(&self) -> Option<&Outlook> {
        self.outlook.as_ref()
    }
}

impl Outlook {
    fn is_current(&self, draft: &Draft, now: UtcTime, sequence: u64) -> bool {
        self.draft == *draft && self.sequence == sequence && self.checked_at == now
    }

    fn forecast_holds(&self, draft: &Draft, unit: Option<&Reported>, revisions: usize, now: UtcTime) -> bool {
        self.draft == *draft
            && self.unit.as_ref() == unit
            && self.revisions == revisions
            && (0..FORECAST_HOLDS_S).contains(&now.since(self.forecast_at))
    }
}

fn forecast(
    draft: &Draft,
    unit: &UnitState,
    amended: Option<&DispatchState>,
    view: &View<'_>,
    now: UtcTime,
) -> Forecast {
    let sketch: Option<Sketch> = document::sketch(draft, now);
    let before: Vec<(f64, &Dispatch)> = amended
        .map(|state| state.revisions.iter().map(|r| &r.signed.dispatch))
        .into_iter()
        .flatten()
        .filter(|d| d.revision < draft.revision)
        .map(|d| (seconds(d.instruction_time), d))
        .collect();
    let poll_seconds = contract_of(view, draft).map_or(0, |c| c.poll_seconds);
    Forecast::of(&Basis {
        unit,
        fetched_after_s: f64::from(poll_seconds),
        sketch: sketch.as_ref(),
        before: &before,
        span: draft.span(),
        now: seconds(now),
    })
}

/// The contract that a draft is under.
pub fn contract_of<'a>(view: &View<'a>, draft: &Draft) -> Option<&'a ContractState> {
    let snapshot = view.snapshot;
    snapshot.contracts.iter().find(|c| c.operator == draft.operator && c.contract == draft.contract)
}

/// The FSP of a draft's unit.
pub fn fsp_of<'a>(view: &View<'a>, draft: &Draft) -> Option<&'a FspState> {
    view.snapshot.fsps.iter().map(AsRef::as_ref).find(|f| f.id == draft.unit.fsp)
}
