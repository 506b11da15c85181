//! Who is not to be believed.

use super::Rationale;
use crate::desk::snapshot::Priority;

pub(super) const SIGNATURE: Rationale = Rationale {
    title: "Acknowledgement not believed",
    means: "An acknowledgement\u{2019}s signature does not hold under the FSP\u{2019}s pinned keys.",
    matters: "Either the FSP signs with another key, or somebody speaks in its name.",
    act: "Telephone the FSP and check which key it signs with; rely on nothing but the telephone until then.",
    within: "at once",
    priorities: &[Priority::High],
    when: None,
};

pub(super) const IMPOSTER: Rationale = Rationale {
    title: "Client speaks for another",
    means: "A client reported for a unit that is not its own; the report was refused.",
    matters: "Somebody may use a stolen secret.",
    act: "Find out who uses that client\u{2019}s secret, have it replaced, and telephone the FSP it spoke for.",
    within: "at once",
    priorities: &[Priority::High],
    when: None,
};

pub(super) const EVENT: Rationale = Rationale {
    title: "Event that this desk did not sign",
    means: "The VTN holds a dispatch in this operator\u{2019}s name that none of this desk\u{2019}s keys signed.",
    matters: "Units may be told to move by somebody else; an FSP that checks signatures refuses it.",
    act: "Find out who else writes to this VTN as the operator.",
    within: "within 15 min",
    priorities: &[Priority::Medium],
    when: None,
};

pub(super) const REPORT: Rationale = Rationale {
    title: "Report belongs to nothing",
    means: "An acknowledgement cannot be read, or is of a revision or unit that this desk did not send.",
    matters: "What the FSP has taken on is not known.",
    act: "Telephone the FSP and agree what it acts on.",
    within: "within 5 min",
    priorities: &[Priority::Medium],
    when: None,
};

pub(super) const REPEATS: Rationale = Rationale {
    title: "Acknowledgements filed twice",
    means: "An FSP\u{2019}s client files what it has filed before. Nothing is done twice for it.",
    matters: "Its client may be losing answers: what it files may come late, or not at all.",
    act: "Telephone the FSP and have its client looked at.",
    within: "this shift",
    priorities: &[Priority::Low],
    when: None,
};

pub(super) const DISORDER: Rationale = Rationale {
    title: "Acknowledgements out of order",
    means: "An FSP\u{2019}s client files an earlier stage after a later one. The farthest counts.",
    matters: "Its client may keep things back: an answer that is awaited may be among them.",
    act: "Telephone the FSP and have its client looked at.",
    within: "this shift",
    priorities: &[Priority::Low],
    when: None,
};
