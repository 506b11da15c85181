//! Live checks of a draft: what is wrong where, why, and what would mend it with one click. Pure.

mod availability;
mod catalogue;
mod desk;
mod levels;
mod place;
mod reactive;
mod stand_in;
mod unit;
mod window;
mod zero;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::desk::snapshot::{ContractState, DispatchState, FspState, UnitState, VtnHealth};
use crate::dispatch::{Dispatch, MAX_WINDOW_DAYS, ProblemKind, Revision};
use crate::time::UtcTime;

use super::document;
use super::draft::{Draft, RowId};
use super::forecast::Forecast;
use super::repair::Repair;

pub use catalogue::Check;
pub use place::Place;

/// Whether a finding stops the sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It must be mended first.
    Error,
    /// It can be sent, knowingly.
    Warning,
}

/// Which field a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The unit and its FSP.
    Unit,
    /// The reference.
    Ref,
    /// The revision.
    Revision,
    /// The window's start.
    Start,
    /// The window's end.
    End,
    /// The levels as a whole.
    Levels,
    /// A row's time.
    Time(RowId),
    /// A row's volume.
    Volume(RowId),
    /// What a row's level is measured from.
    Reference(RowId),
    /// A row's price.
    Price(RowId),
    /// The VTN that it would be sent to.
    Vtn,
}

impl Field {
    /// Its name on the screen.
    pub fn name(self, draft: &Draft) -> String {
        let of = |row: RowId, field: &str| format!("Setpoint {} {field}", draft.number_of(row));
        match self {
            Self::Unit => "Unit".to_owned(),
            Self::Ref => "Reference".to_owned(),
            Self::Revision => "Revision".to_owned(),
            Self::Start => "Window start".to_owned(),
            Self::End => "Window end".to_owned(),
            Self::Levels => "Setpoints".to_owned(),
            Self::Time(row) => of(row, "time"),
            Self::Volume(row) => of(row, "volume"),
            Self::Reference(row) => of(row, "delta or absolute"),
            Self::Price(row) => of(row, "price"),
            Self::Vtn => "VTN".to_owned(),
        }
    }
}

/// Mends a finding with one click.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What the button says.
    pub label: String,
    /// What it does.
    pub repair: Repair,
}

/// Something found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which check found it.
    pub check: Check,
    /// Whether it stops the sending.
    pub severity: Severity,
    /// Where.
    pub field: Field,
    /// What and why, in a sentence.
    pub reason: String,
    /// What would mend it; several where a person must choose.
    pub fixes: Vec<Fix>,
}

/// What a draft is checked against.
pub struct Context<'a> {
    /// The unit, when the desk still has it.
    pub unit: Option<&'a UnitState>,
    /// Its contract.
    pub contract: Option<&'a ContractState>,
    /// Its FSP.
    pub fsp: Option<&'a FspState>,
    /// All units, in order.
    pub units: &'a [Arc<UnitState>],
    /// All FSPs.
    pub fsps: &'a [Arc<FspState>],
    /// The VTN that it would be sent to.
    pub vtn: &'a VtnHealth,
    /// All dispatches.
    pub dispatches: &'a [Arc<DispatchState>],
    /// The revision that the draft amends; `None` for a new dispatch.
    pub amends: Option<&'a Dispatch>,
    /// What the unit would do.
    pub forecast: Option<&'a Forecast>,
    /// A reference that is free.
    pub free_ref: &'a str,
    /// The present.
    pub now: UtcTime,
}

/// All that is found, errors first, then in the order of the fields on the screen.
pub fn check(draft: &Draft, context: &Context<'_>) -> Vec<Finding> {
    let mut found = Findings(Vec::new());
    desk::check(draft, context, &mut found);
    window::check(draft, context, &mut found);
    levels::check(draft, &mut found);
    unit::check(draft, context, &mut found);
    availability::check(draft, context, &mut found);
    reactive::check(draft, context, &mut found);
    zero::check(draft, context, &mut found);
    if !found.0.iter().any(|f| f.severity == Severity::Error) {
        rules(draft, context, &mut found);
    }
    found.0.sort_by_key(|f| (f.severity, f.field));
    found.0
}

/// The document's own rules, for whatever the checks above do not say better.
fn rules(draft: &Draft, context: &Context<'_>, found: &mut Findings) {
    match document::parts(draft, context.now).map(Dispatch::new) {
        Some(Ok(_)) => {}
        Some(Err(problems)) => {
            for problem in problems {
                let (field, fixes) = match (problem.kind, draft.span()) {
                    (ProblemKind::Window, Some((start, _))) => (Field::End, longest(start)),
                    (ProblemKind::Window, None) => (Field::End, None),
                    _ => (Field::Levels, None),
                };
                found.error(Check::Document, field, problem.to_string(), fixes);
            }
        }
        None => {
            let says = "a field cannot be read; look through the table".to_owned();
            found.error(Check::Document, Field::Levels, says, []);
        }
    }
}

/// As long a window as there may be.
fn longest(start: UtcTime) -> Option<Fix> {
    let repair = Repair::Window(start, start + MAX_WINDOW_DAYS * 86_400);
    Some(fix(format!("End it after {MAX_WINDOW_DAYS} days"), repair))
}

/// The greatest revision of the draft's reference that the desk knows.
fn greatest_known(draft: &Draft, context: &Context<'_>) -> Option<Revision> {
    context
        .dispatches
        .iter()
        .filter(|d| {
            d.key.operator == draft.operator && d.key.dispatch_ref.as_str() == draft.dispatch_ref.trim()
        })
        .flat_map(|d| d.revisions.iter().map(|r| r.signed.dispatch.revision))
        .max()
}

/// Collects what is found.
struct Findings(Vec<Finding>);

impl Findings {
    fn error(&mut self, check: Check, field: Field, reason: String, fixes: impl IntoIterator<Item = Fix>) {
        let fixes = fixes.into_iter().collect();
        self.0.push(Finding { check, severity: Severity::Error, field, reason, fixes });
    }

    fn warn(&mut self, check: Check, field: Field, reason: String, fixes: impl IntoIterator<Item = Fix>) {
        let fixes = fixes.into_iter().collect();
        self.0.push(Finding { check, severity: Severity::Warning, field, reason, fixes });
    }
}

fn fix(label: impl Into<String>, repair: Repair) -> Fix {
    Fix { label: label.into(), repair }
}
