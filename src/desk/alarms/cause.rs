//! What an alarm is about, and something that is wrong at this moment. Pure.

use serde::{Deserialize, Serialize};

use crate::desk::rationale::AlarmKind;
use crate::desk::snapshot::Priority;
use crate::dispatch::{DispatchKey, DispatchUnit, FspId, OperatorId};

/// What an alarm is about. The same cause never stands in the list twice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::desk) enum Cause {
    /// The VTN does not answer.
    Vtn,
    /// The way to the VTN lies open to whoever is on it.
    OpenChannel,
    /// The desk's own certificate is near its end.
    OwnCertificate,
    /// The VTN's certificate is near its end.
    VtnCertificate,
    /// The journal cannot be written.
    Journal,
    /// The desk itself failed at something.
    Desk,
    /// An operator's key does not sign.
    Signing(OperatorId),
    /// An operator's last key ends, or none is in force; by its id.
    KeyEnds(String),
    /// The last key of an FSP, or of several, ends.
    FspKeys,
    /// The files of the desk's keys are not right.
    KeyFiles,
    /// Nobody who may sign is signed on.
    NobodyOn,
    /// Whoever is signed on is signed off soon.
    SignOff,
    /// An FSP's client is late or lost.
    Client(FspId),
    /// A unit's controller does not answer its client.
    Unit(DispatchUnit),
    /// An EMERGENCY_STOP is not acknowledged.
    Emergency(DispatchKey),
    /// A stage is overdue.
    Overdue(DispatchKey),
    /// A read-back differs from what was sent.
    Readback(DispatchKey),
    /// A level will be reached late.
    Unreachable(DispatchKey),
    /// A dispatch was rejected.
    Rejected(DispatchKey),
    /// A unit could not go on.
    Failed(DispatchKey),
    /// A revision was not sent.
    NotSent(DispatchKey),
    /// A unit is short.
    Short(DispatchKey),
    /// A unit goes the wrong way.
    WrongWay(DispatchKey),
    /// A unit delivers too much.
    Over(DispatchKey),
    /// A unit moves of which nothing is asked, while another of its FSP is short.
    Unasked(DispatchUnit),
    /// Readings of a unit are of no use.
    Readings(DispatchUnit),
    /// Metering is missing.
    Metering(DispatchKey),
    /// A state of charge will not last.
    Charge(DispatchKey),
    /// A unit is declared to give less than it has taken on.
    Availability(DispatchKey),
    /// The VTN came back without a dispatch.
    Restored(DispatchKey),
    /// An FSP's clock is wrong.
    Clock(FspId),
    /// An FSP files its acknowledgements more than once.
    Repeats(FspId),
    /// An FSP files its acknowledgements out of order.
    Disorder(FspId),
    /// An acknowledgement whose signature does not hold.
    Signature(FspId),
    /// A client reported for a unit that is not its own.
    Imposter(String),
    /// A report that cannot be read or belongs to nothing.
    Report(FspId),
    /// An event in this desk's programs that this desk did not sign.
    Event(String),
}

impl Cause {
    /// Its entry in the rationalised list.
    pub(in crate::desk) fn kind(&self) -> AlarmKind {
        match self {
            Self::Vtn => AlarmKind::Vtn,
            Self::OpenChannel => AlarmKind::OpenChannel,
            Self::OwnCertificate => AlarmKind::OwnCertificate,
            Self::VtnCertificate => AlarmKind::VtnCertificate,
            Self::Journal => AlarmKind::Journal,
            Self::Desk => AlarmKind::Desk,
            Self::Signing(_) => AlarmKind::Signing,
            Self::KeyEnds(_) => AlarmKind::KeyEnds,
            Self::FspKeys => AlarmKind::FspKeys,
            Self::KeyFiles => AlarmKind::KeyFiles,
            Self::NobodyOn => AlarmKind::NobodyOn,
            Self::SignOff => AlarmKind::SignOff,
            Self::Client(_) => AlarmKind::Client,
            Self::Unit(_) => AlarmKind::Unit,
            Self::Emergency(_) => AlarmKind::Emergency,
            Self::Overdue(_) => AlarmKind::Overdue,
            Self::Readback(_) => AlarmKind::Readback,
            Self::Unreachable(_) => AlarmKind::Unreachable,
            Self::Rejected(_) => AlarmKind::Rejected,
            Self::Failed(_) => AlarmKind::Failed,
            Self::NotSent(_) => AlarmKind::NotSent,
            Self::Short(_) => AlarmKind::Short,
            Self::WrongWay(_) => AlarmKind::WrongWay,
            Self::Over(_) => AlarmKind::Over,
            Self::Unasked(_) => AlarmKind::Unasked,
            Self::Readings(_) => AlarmKind::Readings,
            Self::Metering(_) => AlarmKind::Metering,
            Self::Charge(_) => AlarmKind::Charge,
            Self::Availability(_) => AlarmKind::Availability,
            Self::Restored(_) => AlarmKind::Restored,
            Self::Clock(_) => AlarmKind::Clock,
            Self::Repeats(_) => AlarmKind::Repeats,
            Self::Disorder(_) => AlarmKind::Disorder,
            Self::Signature(_) => AlarmKind::Signature,
            Self::Imposter(_) => AlarmKind::Imposter,
            Self::Report(_) => AlarmKind::Report,
            Self::Event(_) => AlarmKind::Event,
        }
    }
}

/// Something that is wrong at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::desk) struct Condition {
    pub cause: Cause,
    pub priority: Priority,
    /// What is wrong and what to do, in a sentence or two.
    pub text: String,
    /// Whom it is about.
    pub source: String,
    pub unit: Option<DispatchUnit>,
    pub dispatch: Option<DispatchKey>,
    /// The FSP through which it would be known that it is over: silent while that FSP, or the VTN, is lost.
    pub heard_through: Option<FspId>,
    /// Whether it silences those that are heard through its source.
    pub silences: bool,
}

/// Where something is wrong. What is wrong in one area is told at once, and bears on no other but for a lost VTN, which
/// silences them all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::desk) enum Area {
    /// The VTN and the desk itself.
    AtLarge,
    /// An FSP, its units and its dispatches.
    Of(FspId),
}
