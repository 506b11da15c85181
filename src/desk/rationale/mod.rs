//! The rationalised alarm list: for each alarm what it means, why it matters, what a person does and how soon. What asks
//! nobody for anything is no alarm (EEMUA 191, ISA-18.2, IEC 62682). Pure.

mod delivery;
mod desk;
mod dispatch;
mod keys;
mod links;
mod trust;

use serde::{Deserialize, Serialize};

use super::snapshot::Priority;

/// What sort of thing an alarm is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// The VTN does not answer.
    Vtn,
    /// The way to the VTN lies open.
    OpenChannel,
    /// The desk's own certificate is near its end.
    OwnCertificate,
    /// The VTN's certificate is near its end.
    VtnCertificate,
    /// The journal cannot be written.
    Journal,
    /// The desk itself failed.
    Desk,
    /// An operator's key does not sign.
    Signing,
    /// An operator's last key ends.
    KeyEnds,
    /// An FSP's last key ends.
    FspKeys,
    /// The files of the desk's keys are not right.
    KeyFiles,
    /// Nobody who may sign is signed on.
    NobodyOn,
    /// Whoever is signed on is signed off soon.
    SignOff,
    /// An FSP's client is late or lost.
    Client,
    /// A unit's controller is silent.
    Unit,
    /// An EMERGENCY STOP is not acknowledged.
    Emergency,
    /// A stage is overdue.
    Overdue,
    /// A read-back differs.
    Readback,
    /// A level will be reached late.
    Unreachable,
    /// A dispatch was rejected.
    Rejected,
    /// A unit could not go on.
    Failed,
    /// A revision was not sent.
    NotSent,
    /// A unit is short.
    Short,
    /// A unit goes the wrong way.
    WrongWay,
    /// A unit delivers too much.
    Over,
    /// A unit moves unasked.
    Unasked,
    /// Readings are of no use.
    Readings,
    /// Metering is missing.
    Metering,
    /// A state of charge will not last.
    Charge,
    /// Less is declared than was taken on.
    Availability,
    /// The VTN came back without a dispatch.
    Restored,
    /// An FSP's clock is wrong.
    Clock,
    /// Acknowledgements come more than once.
    Repeats,
    /// Acknowledgements come out of order.
    Disorder,
    /// A signature does not hold.
    Signature,
    /// A client speaks for another's unit.
    Imposter,
    /// A report cannot be read.
    Report,
    /// An event that this desk did not sign.
    Event,
}

/// An entry of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rationale {
    /// In a few words.
    pub title: &'static str,
    /// What it means.
    pub means: &'static str,
    /// Why it matters: what comes of it when nobody acts.
    pub matters: &'static str,
    /// What the operator does.
    pub act: &'static str,
    /// How soon.
    pub within: &'static str,
    /// The priorities that it may have, the gravest first.
    pub priorities: &'static [Priority],
    /// When it has which, where it may have several.
    pub when: Option<&'static str>,
}

impl AlarmKind {
    /// Every one, in the order of the list: the desk and its VTN, who is not heard, dispatches, delivery, trust.
    pub const ALL: [Self; 37] = [
        Self::Vtn,
        Self::Journal,
        Self::Desk,
        Self::Signing,
        Self::KeyEnds,
        Self::KeyFiles,
        Self::FspKeys,
        Self::NobodyOn,
        Self::SignOff,
        Self::OwnCertificate,
        Self::VtnCertificate,
        Self::OpenChannel,
        Self::Client,
        Self::Unit,
        Self::Clock,
        Self::Emergency,
        Self::NotSent,
        Self::Overdue,
        Self::Readback,
        Self::Rejected,
        Self::Failed,
        Self::Unreachable,
        Self::Restored,
        Self::Short,
        Self::WrongWay,
        Self::Unasked,
        Self::Over,
        Self::Charge,
        Self::Availability,
        Self::Metering,
        Self::Readings,
        Self::Signature,
        Self::Imposter,
        Self::Event,
        Self::Report,
        Self::Repeats,
        Self::Disorder,
    ];

    /// Whether somebody may be acting in another's name.
    pub fn is_of_security(self) -> bool {
        matches!(self, Self::Signature | Self::Imposter | Self::Event)
    }

    /// Its entry.
    pub fn rationale(self) -> &'static Rationale {
        match self {
            Self::Vtn => &desk::VTN,
            Self::Journal => &desk::JOURNAL,
            Self::Desk => &desk::DESK,
            Self::Signing => &keys::SIGNING,
            Self::KeyEnds => &keys::KEY_ENDS,
            Self::FspKeys => &keys::FSP_KEYS,
            Self::KeyFiles => &keys::KEY_FILES,
            Self::NobodyOn => &keys::NOBODY_ON,
            Self::SignOff => &keys::SIGN_OFF,
            Self::OwnCertificate => &desk::OWN_CERTIFICATE,
            Self::VtnCertificate => &desk::VTN_CERTIFICATE,
            Self::OpenChannel => &desk::OPEN_CHANNEL,
            Self::Client => &links::CLIENT,
            Self::Unit => &links::UNIT,
            Self::Clock => &links::CLOCK,
            Self::Emergency => &dispatch::EMERGENCY,
            Self::NotSent => &dispatch::NOT_SENT,
            Self::Overdue => &dispatch::OVERDUE,
            Self::Readback => &dispatch::READBACK,
            Self::Rejected => &dispatch::REJECTED,
            Self::Failed => &dispatch::FAILED,
            Self::Unreachable => &dispatch::UNREACHABLE,
            Self::Restored => &dispatch::RESTORED,
            Self::Short => &delivery::SHORT,
            Self::WrongWay => &delivery::WRONG_WAY,
            Self::Unasked => &delivery::UNASKED,
            Self::Over => &delivery::OVER,
            Self::Charge => &delivery::CHARGE,
            Self::Availability => &delivery::AVAILABILITY,
            Self::Metering => &delivery::METERING,
            Self::Readings => &delivery::READINGS,
            Self::Signature => &trust::SIGNATURE,
            Self::Imposter => &trust::IMPOSTER,
            Self::Event => &trust::EVENT,
            Self::Report => &trust::REPORT,
            Self::Repeats => &trust::REPEATS,
            Self::Disorder => &trust::DISORDER,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_alarm_says_what_it_means_why_it_matters_and_what_is_done_how_soon() {
        let mut titles = BTreeSet::new();
        for kind in AlarmKind::ALL {
            let entry = kind.rationale();
            assert!(titles.insert(entry.title), "{kind:?}: {} stands twice", entry.title);
            for sentence in [entry.means, entry.matters, entry.act] {
                assert!(sentence.len() > 20 && sentence.ends_with('.'), "{kind:?}: {sentence}");
            }
            assert!(!entry.within.is_empty() && !entry.within.ends_with('.'), "{kind:?}: {}", entry.within);
            assert!(entry.title.len() <= 34, "{kind:?}: {} is cut short in a narrow pane", entry.title);
        }
        assert_eq!(titles.len(), AlarmKind::ALL.len());
    }

    #[test]
    fn a_priority_says_when_it_is_given_where_there_are_several() {
        for kind in AlarmKind::ALL {
            let entry = kind.rationale();
            assert!(entry.priorities.is_sorted() && !entry.priorities.is_empty(), "{kind:?}");
            assert_eq!(entry.when.is_some(), entry.priorities.len() > 1, "{kind:?}");
            for priority in entry.priorities {
                let named = entry.when.is_none_or(|when| when.contains(priority.digit()));
                assert!(named, "{kind:?}: nothing is said of priority {}", priority.digit());
            }
            if entry.priorities == [Priority::High] {
                assert_eq!(entry.within, "at once", "{kind:?}");
            }
        }
    }

    #[test]
    fn the_priorities_are_those_that_control_rooms_agreed_on() {
        use AlarmKind::{
            Availability, Charge, Client, Emergency, Metering, Overdue, OwnCertificate, Readback, Short,
            Signature, Unreachable,
        };
        for (priority, kinds) in [
            (Priority::High, &[Short, Emergency, Client, Signature][..]),
            (Priority::Medium, &[Overdue, Readback, Unreachable, Metering, Charge]),
            (Priority::Low, &[Client, OwnCertificate, Availability]),
        ] {
            for kind in kinds {
                assert!(kind.rationale().priorities.contains(&priority), "{kind:?} has no {priority:?}");
            }
        }
    }
}
