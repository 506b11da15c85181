//! What a person, or a script, asks of the desk.

use serde::{Deserialize, Serialize};

use super::enrolment::Enrolment;
use super::snapshot::ShelfTime;
use crate::dispatch::{Approval, DispatchKey, DispatchParts, DispatchUnit, FspId, OperatorId, plain_words};
use crate::openadr::secret::Secret;
use crate::units::counted;

/// Ties an [`super::snapshot::Outcome`] to what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommandNumber(pub u64);

/// Something to be done. Each is answered by an outcome in the snapshot and an entry in the journal.
#[derive(Clone, Debug)]
pub enum Command {
    /// Sign and send a new dispatch, or a greater revision of a known one (an amendment: PUT on the same event).
    /// The desk sets `instruction_time`; the rest is as the person confirmed it.
    Send(Box<DispatchParts>),
    /// As [`Command::Send`], several together or with a second person's approval: all of them or none.
    SendTogether(Box<Together>),
    /// Send the next revision with status STOP: return to baseline at the declared ramp.
    Stop(DispatchKey),
    /// Send EMERGENCY_STOP for these units: the open dispatch of each is superseded; a unit without one gets a new
    /// dispatch that stops it. Empty: every unit of every operator of this desk.
    EmergencyStop {
        /// The units, or none for all.
        units: Vec<DispatchUnit>,
        /// Only this operator's, when given.
        operator: Option<OperatorId>,
    },
    /// Take notice of alarms.
    AcknowledgeAlarms(Vec<u64>),
    /// Put an alarm aside for a time. Refused for priority 1 of a service under way and for what is of security.
    ShelveAlarm {
        /// The alarm.
        id: u64,
        /// For how long.
        time: ShelfTime,
        /// Who does, as they call themselves.
        by: String,
        /// Why.
        reason: String,
    },
    /// Bring an alarm back that was put aside.
    UnshelveAlarm(u64),
    /// Take up an FSP that was onboarded, or more of one, without a restart.
    Enrol(Box<Enrolment>),
    /// Sign on as an operator with a key of one's own: from then on it signs what is sent.
    SignOn {
        /// Their name, or the id of one key.
        person: String,
        /// For these operators; for all of whom they have a key, when none is named.
        operators: Vec<OperatorId>,
        /// The passphrase or PIN that opens it. It is not kept.
        proof: Secret,
    },
    /// Sign off whoever is signed on: their keys are forgotten.
    SignOff,
    /// Let go of an FSP, its contracts and its units. Refused while a dispatch of it is open.
    LetGo(FspId),
}

impl Command {
    /// Whether it asks something of a unit.
    pub fn dispatches(&self) -> bool {
        matches!(self, Self::Send(_) | Self::SendTogether(_) | Self::Stop(_) | Self::EmergencyStop { .. })
    }
}

/// Dispatches that are sent together.
#[derive(Clone, Debug)]
pub struct Together {
    /// No two of one ref.
    pub dispatches: Vec<DispatchParts>,
    /// A second person's approval of exactly these.
    pub approval: Option<Approval>,
}

impl Together {
    fn words(&self) -> String {
        let what = match self.dispatches.as_slice() {
            [one] => words_of_send(one),
            several => format!("send {} dispatches together", several.len()),
        };
        match &self.approval {
            Some(approval) => format!("{what}, approved with key {}", approval.signature.key_id),
            None => what,
        }
    }
}

impl Command {
    /// In a few words, for the journal and the screen.
    pub fn words(&self) -> String {
        match self {
            Self::Send(parts) => words_of_send(parts),
            Self::SendTogether(together) => together.words(),
            Self::Stop(key) => format!("stop {key}"),
            Self::EmergencyStop { units, operator } => {
                let named: Vec<String> = units.iter().map(ToString::to_string).collect();
                let which = if units.is_empty() { "all units".to_owned() } else { named.join(", ") };
                let of = operator.as_ref().map_or(String::new(), |o| format!(" of {o}"));
                format!("EMERGENCY STOP, {which}{of}")
            }
            Self::AcknowledgeAlarms(ids) => format!("acknowledge {}", counted(ids.len(), "alarm")),
            Self::ShelveAlarm { id, time, by, .. } => {
                format!("shelve alarm {id} for {} ({by})", time.words())
            }
            Self::UnshelveAlarm(id) => format!("bring alarm {id} back from the shelf"),
            Self::Enrol(enrolment) => format!("take up {}", enrolment.fsps()),
            Self::SignOn { person, .. } => format!("sign on {}", plain_words(person, 80)),
            Self::SignOff => "sign off".to_owned(),
            Self::LetGo(fsp) => format!("let go of {fsp}"),
        }
    }
}

/// The words of [`Command::Send`].
pub(super) fn words_of_send(parts: &DispatchParts) -> String {
    format!("send {} revision {} ({})", parts.dispatch_ref, parts.revision, parts.status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emergency_stop_is_told_with_whom_it_stops() {
        let unit = || "BRIGHTFLEX/BESS-07".parse().unwrap();
        for (units, operator, words) in [
            (vec![], None, "EMERGENCY STOP, all units"),
            (vec![], Some("GB-DNO-11"), "EMERGENCY STOP, all units of GB-DNO-11"),
            (vec![unit()], None, "EMERGENCY STOP, BRIGHTFLEX/BESS-07"),
        ] {
            let operator = operator.map(|o| o.parse().unwrap());
            assert_eq!(Command::EmergencyStop { units, operator }.words(), words);
        }
    }
}
