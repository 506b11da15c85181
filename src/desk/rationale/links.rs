//! Who is not heard, and whose clock is wrong.

use super::Rationale;
use crate::desk::snapshot::Priority;

pub(super) const CLIENT: Rationale = Rationale {
    title: "FSP does not poll",
    means: "An FSP\u{2019}s client has been silent for two of its poll intervals (late) or three (lost).",
    matters: "It does not hear of amendments and stops, and what its units do is not known. While it is lost its \
            other alarms are silent.",
    act: "Telephone its control point; ask what its units do and give what is urgent by voice.",
    within: "at once while a service is under way, else before it is dispatched",
    priorities: &[Priority::High, Priority::Low],
    when: Some("1 when lost while a service of it is under way, else 3"),
};

pub(super) const UNIT: Rationale = Rationale {
    title: "Unit\u{2019}s controller is silent",
    means: "The client polls, but the unit\u{2019}s own controller does not answer it.",
    matters: "What the unit does is not known, and a stop may not reach it.",
    act: "Telephone the FSP and ask for the unit\u{2019}s state; have it looked after by hand.",
    within: "within 5 min while it is in service, else before it is dispatched",
    priorities: &[Priority::Medium, Priority::Low],
    when: Some("2 while the unit is in service, else 3"),
};

pub(super) const CLOCK: Rationale = Rationale {
    title: "FSP\u{2019}s clock is wrong",
    means: "Its messages carry another time than that at which they reached the VTN.",
    matters: "Its stages and readings stand at wrong times: it may start late, and a score is wrong.",
    act: "Telephone the FSP and have the clock set.",
    within: "before its next service",
    priorities: &[Priority::Low],
    when: None,
};
