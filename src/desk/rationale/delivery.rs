//! What a unit does not deliver, will not, or does not tell.

use super::Rationale;
use crate::desk::snapshot::Priority;

pub(super) const SHORT: Rationale = Rationale {
    title: "Unit is short",
    means: "More than 20 % of the change that was asked has been missing for 5 minutes.",
    matters: "The network does not get what it was counted on for.",
    act: "Make up the difference with another unit, and telephone the FSP.",
    within: "at once",
    priorities: &[Priority::High],
    when: None,
};

pub(super) const WRONG_WAY: Rationale = Rationale {
    title: "Unit goes the wrong way",
    means: "The unit changes against the direction that was asked.",
    matters: "It makes worse what it was to relieve: twice its volume is missing.",
    act: "Stop it, cover it with another unit, and telephone the FSP.",
    within: "at once",
    priorities: &[Priority::High],
    when: None,
};

pub(super) const UNASKED: Rationale = Rationale {
    title: "Wrong unit seems to move",
    means: "A unit of which nothing is asked moves as another of its FSP should, which does not.",
    matters: "Power comes at the wrong place of the network, where nothing has been checked for it.",
    act: "Telephone the FSP and name the unit that was asked.",
    within: "at once",
    priorities: &[Priority::High],
    when: None,
};

pub(super) const OVER: Rationale = Rationale {
    title: "Unit delivers too much",
    means: "More than 20 % beyond the change that was asked for 5 minutes.",
    matters: "The network may not bear it, and it is not paid for.",
    act: "See that the network bears it, amend or stop the dispatch, and telephone the FSP.",
    within: "within 5 min",
    priorities: &[Priority::Medium],
    when: None,
};

pub(super) const CHARGE: Rationale = Rationale {
    title: "Charge will not last",
    means: "By its reported state of charge the unit will be empty, or full, before the end of what is asked.",
    matters: "Its power will be missing from then on.",
    act: "Cover the rest with another unit, amend the dispatch, or telephone the FSP.",
    within: "before the time that it names",
    priorities: &[Priority::Medium],
    when: None,
};

pub(super) const AVAILABILITY: Rationale = Rationale {
    title: "Declared below what was taken on",
    means: "The FSP declares less for a half-hour than the unit has taken on for it.",
    matters: "The unit may fall short there, though it goes on for now.",
    act: "Cover the difference with another unit, amend the dispatch, or telephone the FSP.",
    within: "before the half-hour that it names",
    priorities: &[Priority::Low],
    when: None,
};

pub(super) const METERING: Rationale = Rationale {
    title: "Metering missing",
    means: "No reading of a unit in service has come for more than 5 minutes.",
    matters: "A shortfall would not be seen, and what was delivered cannot be scored.",
    act: "Telephone the FSP and ask for its readings.",
    within: "within 15 min",
    priorities: &[Priority::Medium],
    when: None,
};

pub(super) const READINGS: Rationale = Rationale {
    title: "Readings are of no use",
    means: "Readings of a unit in service are marked bad, or cannot be.",
    matters: "They are not counted: a shortfall would not be seen.",
    act: "Telephone the FSP and have its meter looked at.",
    within: "within 15 min",
    priorities: &[Priority::Medium],
    when: None,
};
