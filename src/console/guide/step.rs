//! The steps of the guided run, in words: what to do, why it matters, and where it is.

use serde::{Deserialize, Serialize};

use crate::console::context::Workspace;

/// One step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Step {
    /// Pick a unit.
    #[default]
    Unit,
    /// Set a setpoint.
    Setpoint,
    /// Ask for it at once.
    Now,
    /// Read the checks.
    Checks,
    /// Rehearse.
    Rehearse,
    /// Arm and send.
    Send,
    /// Follow the acknowledgements to the setpoint.
    Watch,
    /// Look at what is delivered.
    Delivery,
    /// Send a greater revision.
    Amend,
    /// Stop it.
    Stop,
    /// See where alarms stand.
    Alarms,
    /// See where the EMERGENCY STOP is.
    EmergencyStop,
}

/// What is said of a step.
pub struct Words {
    /// Its name.
    pub title: &'static str,
    /// What a person does.
    pub task: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// The controls, and where they are.
    pub place: &'static str,
}

impl Step {
    /// All, in order.
    pub const ALL: [Self; 12] = [
        Self::Unit,
        Self::Setpoint,
        Self::Now,
        Self::Checks,
        Self::Rehearse,
        Self::Send,
        Self::Watch,
        Self::Delivery,
        Self::Amend,
        Self::Stop,
        Self::Alarms,
        Self::EmergencyStop,
    ];

    /// From 1.
    pub fn number(self) -> usize {
        self as usize + 1
    }

    /// The one after it.
    pub fn next(self) -> Option<Self> {
        Self::ALL.get(self as usize + 1).copied()
    }

    /// The one before it.
    pub fn before(self) -> Option<Self> {
        (self as usize).checked_sub(1).and_then(|place| Self::ALL.get(place).copied())
    }

    /// The workspace in which it is done; `None` where that is the same in all of them.
    pub fn workspace(self) -> Option<Workspace> {
        match self {
            Self::Unit | Self::Setpoint | Self::Now | Self::Checks | Self::Rehearse | Self::Send => {
                Some(Workspace::Compose)
            }
            Self::Watch | Self::Amend | Self::Stop => Some(Workspace::Board),
            Self::Delivery => Some(Workspace::Delivery),
            Self::Alarms | Self::EmergencyStop => None,
        }
    }

    /// Whether it is of a dispatch that was sent.
    pub fn follows_a_dispatch(self) -> bool {
        matches!(self, Self::Watch | Self::Delivery | Self::Amend | Self::Stop)
    }

    /// Whether who has done it is beyond all that comes before.
    pub(super) fn leads_on(self) -> bool {
        matches!(self, Self::Rehearse | Self::Send) || self.follows_a_dispatch()
    }

    /// Whether it counts only once a person has come to it: what it asks for may be so by chance before.
    pub(super) fn counts_when_shown(self) -> bool {
        matches!(self, Self::Checks | Self::Alarms | Self::EmergencyStop)
    }

    /// In words.
    pub fn words(self) -> Words {
        match self {
            Self::Unit => Words {
                title: "Pick a unit",
                task: "Press the name of a unit in the list. Take a battery whose lamp says live: it answers within \
                       seconds.",
                why: "A dispatch is for one unit, under one contract. Whatever is drawn from here on is held against what \
                      this unit can do.",
                place: "Compose (Ctrl+2), in the list below “Find a unit”.",
            },
            Self::Setpoint => Words {
                title: "Set a setpoint",
                task: "Write 300 as its volume in kW, and say that it is delta.",
                why: "A setpoint is a destination: at its time the unit delivers the level. Delta is a change from the \
                      contract's baseline, absolute is net power at the connection point. There is no default, so that \
                      nobody has to guess which was meant.",
                place: "Compose, “Setpoint 1 volume” and “Setpoint 1 delta or absolute” in the table. The handle on the plot \
                        does the same, dragged or by arrow keys.",
            },
            Self::Now => Words {
                title: "Ask for it now",
                task: "Choose RUN_NOW.",
                why: "RUN waits for the setpoint's time. RUN_NOW has the unit go to the first setpoint as soon as it has \
                      accepted, as fast as its ramp allows: you need not wait. PRE_NOTIFY is a notice only.",
                place: "Compose, the three words beside the reference, above the plot.",
            },
            Self::Checks => Words {
                title: "Read the checks",
                task: "Read what is found. A button below a finding mends it, or takes you to where it is mended. A warning \
                       can be sent, knowingly; an error cannot.",
                why: "The draft is held against its contract, the unit's physics and all else that is asked of the unit, \
                      while it still costs nothing to change it.",
                place: "Compose, “Checks” below the table of setpoints.",
            },
            Self::Rehearse => Words {
                title: "Rehearse it",
                task: "Press Rehearse, and look at the ghost on the plot.",
                why: "The draft takes place in virtual time on a copy of the unit: signed, acknowledged and delivered, in a \
                      second or so. Nothing is sent.",
                place: "Compose, “Rehearse” above the plot; what came of it stands below the checks.",
            },
            Self::Send => Words {
                title: "Arm and send",
                task: "Press “Review and send…”, read what will be sent, tick the box that arms, and press “Send now”. Enter \
                       never sends.",
                why: "What you confirm is signed with the operator's key, all of it, and handed to the VTN. Who fetches it \
                      can prove who asked and that nothing was changed on the way.",
                place: "Compose, “Review and send…” at the lower right.",
            },
            Self::Watch => Words {
                title: "Watch it being acknowledged",
                task: "Go to Board with the dispatch in hand, and watch its ladder climb to at setpoint.",
                why: "Received: the client has it and the signature holds. Accepted: the unit's own controller has taken it \
                      on, and reads back what it understood; that is compared with what was sent, field by field. Silence is \
                      an alarm, never a yes.",
                place: "“Show on Board” in Compose, or Board (Ctrl+1) and the bar of your dispatch; the acknowledgements are \
                        at its right.",
            },
            Self::Delivery => Words {
                title: "Look at what is delivered",
                task: "Press “Show delivery”.",
                why: "To acknowledge is not to deliver. Here instructed, reachable and metered power stand on one time axis, \
                      with what is short and what would be paid.",
                place: "“Show delivery” on Board, or Delivery (Ctrl+4).",
            },
            Self::Amend => Words {
                title: "Amend it",
                task: "Press Amend, write another volume, then review, arm and send again.",
                why: "An amendment is a greater revision of the same dispatch and replaces it whole. It is signed, \
                      acknowledged and read back anew; an older one that arrives late changes nothing.",
                place: "“Amend” on Board, or Ctrl+Shift+M.",
            },
            Self::Stop => Words {
                title: "Stop it",
                task: "Press “Stop…”, read what that does, arm, and press “Send STOP”.",
                why: "A stop is a revision too: the unit returns to its baseline at its declared ramp. It goes out before all \
                      else that waits, and never waits for a second person.",
                place: "“Stop…” on Board, or Ctrl+Shift+S.",
            },
            Self::Alarms => Words {
                title: "Know where alarms are",
                task: "Press Ctrl+Shift+L, or the counts at the upper right.",
                why: "What is abnormal and asks for a person stands in that list, the gravest first, each with what to do. \
                      To acknowledge says that somebody has seen it, and nothing else.",
                place: "The alarm list at the foot of the window, whatever workspace is open. Ctrl+I tells one in full.",
            },
            Self::EmergencyStop => Words {
                title: "Know where EMERGENCY STOP is",
                task: "Rest the pointer on it, or press Ctrl+Shift+E and let go at once. Nothing is sent by that.",
                why: "Held for 1.5 s it has every unit of every operator of this desk cease as fast as it physically can. It \
                      is behind no menu, no dialogue covers it, and it asks nobody.",
                place: "The upper right corner, whatever is open.",
            },
        }
    }
}
