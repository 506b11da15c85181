//! What becomes of every field in one system. One member a field, so that none can be forgotten or told twice.

use super::field::Field;
use super::mark::Mark;
use super::subject::Subject;

/// What becomes of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFate {
    /// Which.
    pub field: Field,
    /// What stands in the dispatch; `None` when it has none.
    pub before: Option<String>,
    /// What becomes of it.
    pub mark: Mark,
    /// What the messages say instead; `None` when nothing.
    pub after: Option<String>,
    /// Why, in a sentence.
    pub why: String,
}

/// What becomes of a field, before it is known whether the dispatch has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fate {
    pub mark: Mark,
    pub after: Option<String>,
    pub why: String,
}

impl Fate {
    pub fn kept(after: impl Into<String>, why: impl Into<String>) -> Self {
        Self { mark: Mark::Kept, after: Some(after.into()), why: why.into() }
    }

    pub fn changed(after: impl Into<String>, why: impl Into<String>) -> Self {
        Self { mark: Mark::Changed, after: Some(after.into()), why: why.into() }
    }

    pub fn lost(why: impl Into<String>) -> Self {
        Self { mark: Mark::Lost, after: None, why: why.into() }
    }

    pub fn unknown(why: impl Into<String>) -> Self {
        Self { mark: Mark::Unknown, after: None, why: why.into() }
    }

    /// Changed for these reasons; kept when there is none.
    pub fn by_reasons(after: impl Into<String>, reasons: &[String], kept: &str) -> Self {
        if reasons.is_empty() { Self::kept(after, kept) } else { Self::changed(after, reasons.join(" ")) }
    }
}

/// What becomes of all of them.
pub(super) struct Account {
    pub service_start: Fate,
    pub service_end: Fate,
    pub dispatch_unit: Fate,
    pub contract: Fate,
    pub instruction_time: Fate,
    pub network_operator: Fate,
    pub dispatch_ref: Fate,
    pub revision: Fate,
    pub status: Fate,
    pub signature: Fate,
    pub setpoint_times: Fate,
    pub several: Fate,
    pub volume: Fate,
    pub units: Fate,
    pub reference: Fate,
    pub price: Fate,
    pub service_type: Fate,
}

impl Account {
    /// The same of all.
    pub fn all(fate: &Fate) -> Self {
        let same = || fate.clone();
        Self {
            service_start: same(),
            service_end: same(),
            dispatch_unit: same(),
            contract: same(),
            instruction_time: same(),
            network_operator: same(),
            dispatch_ref: same(),
            revision: same(),
            status: same(),
            signature: same(),
            setpoint_times: same(),
            several: same(),
            volume: same(),
            units: same(),
            reference: same(),
            price: same(),
            service_type: same(),
        }
    }

    /// The same of what a setpoint holds, the rest as it is.
    pub fn with_no_levels(self, fate: &Fate) -> Self {
        let same = || fate.clone();
        Self {
            setpoint_times: same(),
            several: same(),
            volume: same(),
            units: same(),
            reference: same(),
            price: same(),
            service_type: same(),
            ..self
        }
    }

    /// Field by field, in the order of Appendix A; what this dispatch does not have is not asked.
    pub fn settle(self, subject: &Subject<'_>) -> Vec<FieldFate> {
        let fates = [
            self.service_start,
            self.service_end,
            self.dispatch_unit,
            self.contract,
            self.instruction_time,
            self.network_operator,
            self.dispatch_ref,
            self.revision,
            self.status,
            self.signature,
            self.setpoint_times,
            self.several,
            self.volume,
            self.units,
            self.reference,
            self.price,
            self.service_type,
        ];
        Field::ALL.into_iter().zip(fates).map(|(field, fate)| settled(field, fate, subject)).collect()
    }
}

fn settled(field: Field, fate: Fate, subject: &Subject<'_>) -> FieldFate {
    match field.asked(subject) {
        Some(before) => {
            FieldFate { field, before: Some(before), mark: fate.mark, after: fate.after, why: fate.why }
        }
        None => FieldFate {
            field,
            before: None,
            mark: Mark::NotAsked,
            after: None,
            why: "This dispatch has none, so there is nothing to carry.".to_owned(),
        },
    }
}
