//! The keys that this desk signs with, and those that it believes.

use super::Rationale;
use crate::desk::snapshot::Priority;

pub(super) const SIGNING: Rationale = Rationale {
    title: "Key does not sign",
    means: "The place that holds an operator\u{2019}s private key does not sign, or no key is in force.",
    matters: "What is not signed is not sent: no dispatch, no amendment and no stop goes out in that operator\u{2019}s name.",
    act: "See to the key: put the token in, or have a key made that is in force. Instruct FSPs of services under way by \
          telephone meanwhile.",
    within: "at once",
    priorities: &[Priority::High],
    when: None,
};

pub(super) const KEY_ENDS: Rationale = Rationale {
    title: "Operator\u{2019}s key near its end",
    means: "The last key of an operator that this desk signs for ends soon, or none is in force.",
    matters: "From its end on nothing is signed in that operator\u{2019}s name: no dispatch and no stop goes out.",
    act: "Rotate the key, hand its public half to the FSPs, and see that they have pinned it.",
    within: "this week; at once when none is in force",
    priorities: &[Priority::High, Priority::Medium, Priority::Low],
    when: Some("3 from 30 days before its end, 2 from 7 days, 1 when none is in force"),
};

pub(super) const FSP_KEYS: Rationale = Rationale {
    title: "FSP\u{2019}s key near its end",
    means: "The last pinned key of an FSP, or of several, ends soon or has ended.",
    matters: "From its end on its acknowledgements are not believed: what it has taken on is not known.",
    act: "Have the FSP send its next public key by a way that you trust, and pin it in the trust file.",
    within: "this week; at once when it has ended",
    priorities: &[Priority::High, Priority::Medium, Priority::Low],
    when: Some("3 from 30 days before its end, 2 from 7 days, 1 from its end"),
};

pub(super) const KEY_FILES: Rationale = Rationale {
    title: "Files of keys are not right",
    means: "The secrets or the trust file was changed while the desk runs, and cannot be read as it is now.",
    matters: "The desk goes on by what they said before: a key that was rotated or revoked since may be missed.",
    act: "Put the file right, with `rampdesk check`; it is looked at again every minute.",
    within: "within the hour",
    priorities: &[Priority::Medium],
    when: None,
};

pub(super) const NOBODY_ON: Rationale = Rationale {
    title: "Nobody is signed on",
    means: "An operator\u{2019}s keys are all people\u{2019}s own, and none of them is signed on.",
    matters: "Nothing is signed in that operator\u{2019}s name, no stop either, and nobody signs where the journal stands.",
    act: "Sign on, or have one who may do so. Instruct FSPs of services under way by telephone meanwhile.",
    within: "before anything is sent; at once while a service is under way",
    priorities: &[Priority::Low],
    when: None,
};

pub(super) const SIGN_OFF: Rationale = Rationale {
    title: "Signed off soon",
    means: "Whoever is signed on has given no command for long, and is signed off within a quarter of an hour.",
    matters: "Then nothing is sent until somebody signs on again.",
    act: "Give a command, or sign on again, if the desk is still yours.",
    within: "within a quarter of an hour",
    priorities: &[Priority::Low],
    when: None,
};
