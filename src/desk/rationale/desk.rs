//! The desk itself, its VTN and the way there.

use super::Rationale;
use crate::desk::snapshot::Priority;

pub(super) const VTN: Rationale = Rationale {
    title: "VTN lost",
    means: "The VTN has not answered for three looks.",
    matters: "Nothing can be sent, amended or stopped through it, and nothing is heard of any FSP. Units go on \
            with what they have accepted, or to their fail-safe.",
    act: "Check that the VTN runs and the way to it. Instruct FSPs of services under way by telephone.",
    within: "at once while a service is under way, else within 15 min",
    priorities: &[Priority::High, Priority::Medium],
    when: Some("1 while a service is under way, else 2"),
};

pub(super) const JOURNAL: Rationale = Rationale {
    title: "Journal cannot be written",
    means: "What is done can not be written down.",
    matters: "A dispatch is journalled before it is sent: until then only stops go out, and what happens meanwhile \
            may not be provable.",
    act: "Make room on the disk or restore the file, then see that the alarm goes.",
    within: "at once",
    priorities: &[Priority::High],
    when: None,
};

pub(super) const DESK: Rationale = Rationale {
    title: "The desk failed at something",
    means: "A fault of the program itself; it goes on without what it failed at.",
    matters: "What it was doing may be half done: a dispatch may stand otherwise than it is shown.",
    act: "Check each open dispatch against its FSP by telephone, and report the fault.",
    within: "at once",
    priorities: &[Priority::High],
    when: None,
};

pub(super) const OWN_CERTIFICATE: Rationale = Rationale {
    title: "Own certificate near its end",
    means: "The certificate by which the VTN knows this desk ends soon, has ended, or is not good yet.",
    matters: "From its end on the VTN does not let this desk in: nothing can be sent or stopped through it.",
    act: "Have it renewed and put the new files in their place; they are taken up by themselves.",
    within: "this week; at once when it has ended",
    priorities: &[Priority::High, Priority::Medium, Priority::Low],
    when: Some("3 from 30 days before its end, 2 from 7 days, 1 from its end"),
};

pub(super) const VTN_CERTIFICATE: Rationale = Rationale {
    title: "VTN\u{2019}s certificate near its end",
    means: "The certificate by which this desk knows the VTN ends soon, has ended, or is not good yet.",
    matters: "From its end on this desk does not speak to the VTN, and the telephone is left.",
    act: "Ask whoever runs the VTN to renew it.",
    within: "this week; at once when it has ended",
    priorities: &[Priority::High, Priority::Medium, Priority::Low],
    when: Some("3 from 30 days before its end, 2 from 7 days, 1 from its end"),
};

pub(super) const OPEN_CHANNEL: Rationale = Rationale {
    title: "VTN spoken to in the clear",
    means: "The VTN is spoken to by plain HTTP over a network.",
    matters: "Whoever is on the way reads along and can take the desk\u{2019}s place; a signature keeps them from \
            forging a dispatch, not from keeping one back.",
    act: "Put https:// into the connection file, or ask whoever runs the VTN for it.",
    within: "before the next dispatch",
    priorities: &[Priority::Medium],
    when: None,
};
