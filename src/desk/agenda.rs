//! Whom a desk is to look at: the FSPs of whom something was heard or asked since the last look, those for whom a time
//! has come, and all of them now and then. With thousands of FSPs nearly all stand as they stood. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::dispatch::FspId;
use crate::time::UtcTime;

/// Seconds after which everyone is looked at, whatever was heard.
const EVERYONE_EVERY_S: i64 = 60;

/// Whom to look at next.
#[derive(Default)]
pub(super) struct Agenda {
    stirred: BTreeSet<FspId>,
    everyone: bool,
    times: BTreeMap<FspId, UtcTime>,
    in_order: BTreeSet<(UtcTime, FspId)>,
    /// Those whose time has come, and of whom the VTN has not told yet how they stood then.
    awaited: BTreeSet<FspId>,
    everyone_at: Option<UtcTime>,
}

/// Those to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Whom {
    /// Whoever there is.
    Everyone,
    /// These alone.
    These(BTreeSet<FspId>),
}

impl Agenda {
    /// Something was heard of an FSP, or asked of it.
    pub(super) fn stir(&mut self, fsp: &FspId) {
        if !self.stirred.contains(fsp) {
            self.stirred.insert(fsp.clone());
        }
    }

    /// Something has changed that bears on everyone.
    pub(super) fn stir_everyone(&mut self) {
        self.everyone = true;
    }

    /// The VTN has told how everyone stood a moment ago.
    pub(super) fn news(&mut self) {
        self.stirred.append(&mut self.awaited);
    }

    /// An FSP is to be looked at again with the next news.
    pub(super) fn await_news(&mut self, fsp: &FspId) {
        self.awaited.insert(fsp.clone());
    }

    /// Whom to look at by now. They are looked at: what was heard of them is taken note of.
    pub(super) fn take(&mut self, now: UtcTime) -> Whom {
        let long_ago = self.everyone_at.is_none_or(|at| now.since(at) >= EVERYONE_EVERY_S || now < at);
        if std::mem::take(&mut self.everyone) || long_ago {
            self.everyone_at = Some(now);
            self.stirred.clear();
            return Whom::Everyone;
        }
        let mut these = std::mem::take(&mut self.stirred);
        these.extend(self.in_order.iter().take_while(|(at, _)| *at <= now).map(|(_, fsp)| fsp.clone()));
        Whom::These(these)
    }

    /// When an FSP is to be looked at again though nothing is heard of it; `None` when time alone changes nothing.
    pub(super) fn look_again(&mut self, fsp: &FspId, at: Option<UtcTime>) {
        let before = match at {
            Some(at) if self.times.get(fsp) == Some(&at) => return,
            Some(at) => {
                self.in_order.insert((at, fsp.clone()));
                self.times.insert(fsp.clone(), at)
            }
            None => self.times.remove(fsp),
        };
        if let Some(before) = before {
            self.in_order.remove(&(before, fsp.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_unix(1_795_712_400 + seconds)
    }

    fn fsp(name: &str) -> FspId {
        name.parse().unwrap()
    }

    fn these(names: &[&str]) -> Whom {
        Whom::These(names.iter().map(|name| fsp(name)).collect())
    }

    #[test]
    fn whoever_stirred_or_is_due_is_looked_at_and_everyone_once_a_minute() {
        let mut agenda = Agenda::default();
        assert_eq!(agenda.take(at(0)), Whom::Everyone, "the first look is at everyone");
        assert_eq!(agenda.take(at(1)), these(&[]));
        agenda.stir(&fsp("BRIGHTFLEX"));
        agenda.look_again(&fsp("COLDSTORE"), Some(at(5)));
        assert_eq!(agenda.take(at(2)), these(&["BRIGHTFLEX"]));
        assert_eq!(agenda.take(at(5)), these(&["COLDSTORE"]));
        assert_eq!(agenda.take(at(6)), these(&["COLDSTORE"]), "until it is said when again");
        agenda.look_again(&fsp("COLDSTORE"), Some(at(50)));
        assert_eq!(agenda.take(at(7)), these(&[]));
        agenda.look_again(&fsp("COLDSTORE"), None);
        assert_eq!(agenda.take(at(59)), these(&[]));
        assert_eq!(agenda.take(at(60)), Whom::Everyone);
        agenda.stir_everyone();
        assert_eq!(agenda.take(at(61)), Whom::Everyone);
        assert_eq!(agenda.take(at(62)), these(&[]));
    }

    #[test]
    fn whoever_waits_for_news_is_looked_at_when_they_come_and_not_before() {
        let mut agenda = Agenda::default();
        agenda.take(at(0));
        agenda.await_news(&fsp("BRIGHTFLEX"));
        assert_eq!(agenda.take(at(1)), these(&[]));
        agenda.news();
        assert_eq!(agenda.take(at(2)), these(&["BRIGHTFLEX"]));
        agenda.news();
        assert_eq!(agenda.take(at(3)), these(&[]), "once");
    }

    #[test]
    fn a_clock_that_is_set_back_leaves_nobody_unseen() {
        let mut agenda = Agenda::default();
        agenda.take(at(600));
        assert_eq!(agenda.take(at(0)), Whom::Everyone);
    }
}
