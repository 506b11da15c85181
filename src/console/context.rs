//! What every view is given, and what it may ask for. Views are functions of this: they hold only what is on the
//! screen, and whatever they want done goes out as an [`Intent`].

use std::path::PathBuf;

use crate::desk::command::Command;
use crate::desk::snapshot::{ContractState, DispatchState, Snapshot, UnitState};
use crate::dispatch::{DispatchKey, DispatchUnit, OperatorId};
use crate::fleet::{Availabilities, FaultSwitch};
use crate::openadr::exchange::ExchangeLog;
use crate::profile::products::{Product, Products};
use crate::time::{Clock, UtcTime};
use crate::workshop::enrolment::Enrolments;
use crate::workshop::live::WorkshopHandle;
use crate::workshop::remote::Kept;
use crate::workshop::timekeeper::ClockOrder;

use super::session::SessionChoice;
use super::theme::Tokens;

/// The workspaces in the order of the rail and of Ctrl+1…8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Workspace {
    /// Every dispatch on a time line.
    Board,
    /// Draw up, amend and send.
    Compose,
    /// Every unit.
    Fleet,
    /// Instructed against delivered.
    Delivery,
    /// Both sides of every exchange.
    Messages,
    /// Scenarios, faults, marking.
    Workshop,
    /// What was done, signed.
    Journal,
    /// VTNs and clients.
    Connections,
}

impl Workspace {
    /// All, in order.
    pub const ALL: [Self; 8] = [
        Self::Board,
        Self::Compose,
        Self::Fleet,
        Self::Delivery,
        Self::Messages,
        Self::Workshop,
        Self::Journal,
        Self::Connections,
    ];

    /// Its name on the rail.
    pub fn name(self) -> &'static str {
        match self {
            Self::Board => "Board",
            Self::Compose => "Compose",
            Self::Fleet => "Fleet",
            Self::Delivery => "Delivery",
            Self::Messages => "Messages",
            Self::Workshop => "Workshop",
            Self::Journal => "Journal",
            Self::Connections => "Connections",
        }
    }
}

/// What the person has picked, the same in every workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The unit in hand.
    pub unit: Option<DispatchUnit>,
    /// The dispatch in hand.
    pub dispatch: Option<DispatchKey>,
}

/// Something a view asks for.
#[derive(Clone, Debug)]
pub enum Intent {
    /// Of the engine. The frame gives it and shows the outcome.
    Give(Command),
    /// Go to a workspace.
    Show(Workspace),
    /// Draw up a new dispatch for these units.
    ComposeFor(Vec<DispatchUnit>),
    /// Plan a volume over several units.
    Plan,
    /// Draw up a new dispatch that turns this unit's export to zero.
    TurnToZero(DispatchUnit),
    /// Draw up the next revision of this dispatch.
    Amend(DispatchKey),
    /// Ask the person to confirm a STOP of this dispatch.
    AskStop(DispatchKey),
    /// Show the exchanges of this client: an FSP id, or `desk`.
    MessagesOf(String),
    /// Show what the journal holds of a dispatch or a unit, by its name.
    JournalOf(String),
    /// Show an entry of the journal, by its number and when it was written.
    JournalEntry {
        /// Its number.
        number: u64,
        /// When.
        at: UtcTime,
    },
    /// Show this dispatch as other systems would carry it.
    OtherSystems(DispatchKey),
    /// Set the workshop's clock.
    Clock(ClockOrder),
    /// Open the trainer's window of a workshop.
    TrainersWindow,
    /// Open another session in the place of this one.
    Open(SessionChoice),
    /// Have the person pick the connection file of another session.
    OpenConnection,
    /// Have somebody sign on; before something is sent for these operators, where any are named.
    SignOn(Vec<OperatorId>),
    /// Tell the person something, briefly.
    Tell(String),
    /// Tell the person what went wrong and what to do; it stays until it is read.
    Warn(String),
}

/// What a view is given for one frame.
pub struct View<'a> {
    /// Which session this is.
    pub session: &'a SessionChoice,
    /// The connections that were opened last, the latest first.
    pub connections: &'a [PathBuf],
    /// The latest picture.
    pub snapshot: &'a Snapshot,
    /// The running time.
    pub clock: &'a Clock,
    /// The HTTP exchanges of desk and fleet.
    pub exchanges: &'a ExchangeLog,
    /// By whom FSPs come and go, where this session can do that.
    pub enrolments: Option<&'a Enrolments>,
    /// What the units of this session's own fleet are offered for, where it has one; nobody else's can be changed.
    pub availabilities: Option<&'a Availabilities>,
    /// The workshop that runs in it, if one does.
    pub workshop: Option<&'a WorkshopHandle>,
    /// How it stands with the trainer, where this is the console of a trainee elsewhere.
    pub trainee: Option<&'a Kept>,
    /// The faults of the simulated FSPs, where any run in this session.
    pub faults: Option<&'a FaultSwitch>,
    /// Colours and sizes.
    pub tokens: &'a Tokens,
    /// What is picked.
    pub selection: &'a mut Selection,
    /// What is asked for; the frame acts on it after the frame is drawn.
    pub intents: &'a mut Vec<Intent>,
}

impl View<'_> {
    /// Asks for something.
    pub fn ask(&mut self, intent: Intent) {
        self.intents.push(intent);
    }

    /// The unit of that name.
    pub fn unit(&self, unit: &DispatchUnit) -> Option<&UnitState> {
        let units = &self.snapshot.units;
        units.binary_search_by(|u| u.unit.cmp(unit)).ok().map(|i| units[i].as_ref())
    }

    /// The dispatch of that key.
    pub fn dispatch(&self, key: &DispatchKey) -> Option<&DispatchState> {
        self.snapshot.dispatches.iter().find(|d| d.key == *key).map(AsRef::as_ref)
    }
}

/// Whether a product that a contract names turns export to zero, as MW Dispatch does.
pub fn turns_to_zero(product: &str) -> bool {
    Products::built_in().get(product).is_some_and(Product::turns_to_zero)
}

/// Whether a unit's contract is for such a product.
pub fn is_turned_to_zero(snapshot: &Snapshot, unit: &DispatchUnit) -> bool {
    let Ok(place) = snapshot.units.binary_search_by(|u| u.unit.cmp(unit)) else { return false };
    let unit = &snapshot.units[place];
    let of_unit = |c: &&ContractState| c.operator == unit.operator && c.contract == unit.contract;
    snapshot.contracts.iter().find(of_unit).is_some_and(|contract| turns_to_zero(&contract.product))
}
