//! What an FSP has not said, or should not have.

use super::Rationale;
use crate::desk::snapshot::Priority;

pub(super) const EMERGENCY: Rationale = Rationale {
    title: "EMERGENCY STOP not acknowledged",
    means: "An emergency stop has gone out, and its unit has not taken it on in time.",
    matters: "The unit may still be running where it endangers people or the network.",
    act: "Telephone the control point and have the unit stopped by hand.",
    within: "at once",
    priorities: &[Priority::High],
    when: None,
};

pub(super) const NOT_SENT: Rationale = Rationale {
    title: "Revision not sent",
    means: "The VTN did not take a revision, or cannot be reached.",
    matters: "The FSP does not know of it: what was in force before still is.",
    act: "Send it again, or give it by telephone.",
    within: "at once for a stop, else before its service starts",
    priorities: &[Priority::High, Priority::Medium],
    when: Some("1 for a stop, else 2"),
};

pub(super) const OVERDUE: Rationale = Rationale {
    title: "Answer overdue",
    means: "A stage of the acknowledgement ladder has not come in the time that the contract allows.",
    matters: "Whether the unit will deliver is not known; the time to use another shrinks.",
    act: "Telephone the FSP and ask whether it has the dispatch and acts on it.",
    within: "within 5 min, and before the service starts",
    priorities: &[Priority::Medium],
    when: None,
};

pub(super) const READBACK: Rationale = Rationale {
    title: "Read-back differs",
    means: "The FSP says in its own model what it understood, and that is not what was sent.",
    matters: "The unit will do something else than was asked: another level, time or direction.",
    act: "Stop or amend the dispatch, and agree by telephone.",
    within: "before the service starts; within 5 min in service",
    priorities: &[Priority::Medium],
    when: None,
};

pub(super) const REJECTED: Rationale = Rationale {
    title: "Dispatch rejected",
    means: "The FSP refuses a revision and says why.",
    matters: "What was asked will not come. Refused for its signature, nothing that this desk sends will be \
            believed.",
    act: "Correct it and send the next revision, use another unit, or telephone.",
    within: "at once for a stop or a signature, else before the service starts",
    priorities: &[Priority::High, Priority::Medium],
    when: Some("1 for a stop or a signature, else 2"),
};

pub(super) const FAILED: Rationale = Rationale {
    title: "Unit could not go on",
    means: "A unit that had taken a dispatch on says that it cannot go on.",
    matters: "Its power is missing until the end of the window.",
    act: "Make up the difference with another unit, and telephone the FSP.",
    within: "at once",
    priorities: &[Priority::High],
    when: None,
};

pub(super) const UNREACHABLE: Rationale = Rationale {
    title: "Level will be reached late",
    means: "The unit says that it reaches a setpoint after its time, or not at all.",
    matters: "Power is missing from the time of the setpoint on.",
    act: "Cover the difference with another unit, or amend the setpoint.",
    within: "before the setpoint\u{2019}s time",
    priorities: &[Priority::Medium],
    when: None,
};

pub(super) const RESTORED: Rationale = Rationale {
    title: "VTN came back without a dispatch",
    means: "After an outage an open dispatch did not stand at the VTN any more; this desk wrote it again.",
    matters: "An FSP that had not read it may not know of it.",
    act: "See that it is acknowledged, else telephone the FSP.",
    within: "within 5 min; at once where it could not be written",
    priorities: &[Priority::High, Priority::Medium],
    when: Some("1 where it could not be written again, else 2"),
};
