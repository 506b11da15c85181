//! The alarm list: one alarm for one cause, children silent while their parent holds, and nothing lost before a person
//! has taken notice of it (life cycle of ISA-18.2). Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::snapshot::{Alarm, Priority};
use crate::dispatch::{DispatchKey, DispatchUnit, FspId};
use crate::time::UtcTime;

/// What an alarm is about. The same cause never stands in the list twice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
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

/// Something that is wrong at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
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

/// What became of an alarm, for the journal.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    pub words: &'static str,
    pub alarm: Arc<Alarm>,
}

/// All alarms that a person should see.
#[derive(Default)]
pub(super) struct Alarms {
    held: BTreeMap<Cause, Held>,
    next: u64,
}

struct Held {
    alarm: Arc<Alarm>,
    occurrences: u32,
    children: BTreeSet<Cause>,
    /// It came as an event: only a person's notice ends it.
    latched: bool,
}

impl Alarms {
    /// Takes the whole of what is wrong at this moment: raises what is new, clears what is gone.
    pub(super) fn update(&mut self, now: UtcTime, conditions: Vec<Condition>) -> Vec<Turn> {
        let mut turns = Vec::new();
        let parents: BTreeSet<Cause> =
            conditions.iter().filter(|c| c.silences).map(|c| c.cause.clone()).collect();
        let mut present = BTreeSet::new();
        let mut silenced: Vec<(Cause, Cause)> = Vec::new();
        for condition in conditions {
            let parent = silenced_by(&parents, &condition);
            let raised = self.held.get(&condition.cause).is_some_and(|h| h.alarm.active);
            match parent {
                Some(parent) if !raised => silenced.push((parent, condition.cause)),
                _ => {
                    present.insert(condition.cause.clone());
                    turns.extend(self.holds(now, condition));
                }
            }
        }
        for (parent, child) in silenced {
            self.count_child(&parent, child);
        }
        for (cause, held) in &mut self.held {
            if held.alarm.active && !held.latched && !present.contains(cause) {
                Arc::make_mut(&mut held.alarm).active = false;
                turns.push(Turn { words: "cleared", alarm: Arc::clone(&held.alarm) });
            }
        }
        self.forget_what_is_over();
        turns
    }

    /// Something happened that has no end of its own: it stays until a person acknowledges it.
    pub(super) fn occurred(&mut self, now: UtcTime, condition: Condition) -> Turn {
        let cause = condition.cause.clone();
        let turn = match self.held.get_mut(&cause) {
            Some(held) => {
                held.again(now, condition);
                Turn { words: "came again", alarm: Arc::clone(&held.alarm) }
            }
            None => self.raise(now, condition),
        };
        if let Some(held) = self.held.get_mut(&cause) {
            held.latched = true;
        }
        turn
    }

    /// A person takes notice. Answers what was acknowledged now; ids that are not known are passed over.
    pub(super) fn acknowledge(&mut self, now: UtcTime, ids: &[u64]) -> Vec<Turn> {
        let mut turns = Vec::new();
        for held in self.held.values_mut().filter(|h| ids.contains(&h.alarm.id)) {
            if held.alarm.acknowledged.is_none() {
                let alarm = Arc::make_mut(&mut held.alarm);
                alarm.acknowledged = Some(now);
                alarm.active &= !held.latched;
                turns.push(Turn { words: "acknowledged", alarm: Arc::clone(&held.alarm) });
            }
        }
        self.forget_what_is_over();
        turns
    }

    /// Unacknowledged and active first, then unacknowledged, then the rest; by priority, then newest first.
    pub(super) fn in_order(&self) -> Vec<Arc<Alarm>> {
        let mut alarms: Vec<Arc<Alarm>> = self.held.values().map(|h| Arc::clone(&h.alarm)).collect();
        alarms.sort_by_key(|a| {
            let group = match (a.acknowledged.is_some(), a.active) {
                (false, true) => 0,
                (false, false) => 1,
                (true, _) => 2,
            };
            (group, a.priority, std::cmp::Reverse(a.raised), std::cmp::Reverse(a.id))
        });
        alarms
    }

    fn holds(&mut self, now: UtcTime, condition: Condition) -> Option<Turn> {
        let Some(held) = self.held.get_mut(&condition.cause) else {
            return Some(self.raise(now, condition));
        };
        if !held.alarm.active {
            held.again(now, condition);
            return Some(Turn { words: "came again", alarm: Arc::clone(&held.alarm) });
        }
        if held.alarm.priority == condition.priority {
            if held.alarm.text != condition.text {
                Arc::make_mut(&mut held.alarm).text = condition.text;
            }
            return None;
        }
        let graver = condition.priority < held.alarm.priority;
        let alarm = Arc::make_mut(&mut held.alarm);
        alarm.priority = condition.priority;
        alarm.text = condition.text;
        if graver {
            alarm.acknowledged = None;
        }
        let words = if graver { "became graver" } else { "became less grave" };
        Some(Turn { words, alarm: Arc::clone(&held.alarm) })
    }

    fn raise(&mut self, now: UtcTime, condition: Condition) -> Turn {
        self.next += 1;
        let alarm = Arc::new(Alarm {
            id: self.next,
            priority: condition.priority,
            text: condition.text,
            source: condition.source,
            unit: condition.unit,
            dispatch: condition.dispatch,
            raised: now,
            active: true,
            acknowledged: None,
            count: 1,
        });
        let held =
            Held { alarm: Arc::clone(&alarm), occurrences: 1, children: BTreeSet::new(), latched: false };
        self.held.insert(condition.cause, held);
        Turn { words: "raised", alarm }
    }

    fn count_child(&mut self, parent: &Cause, child: Cause) {
        if let Some(held) = self.held.get_mut(parent)
            && held.children.insert(child)
        {
            let count = held.count();
            Arc::make_mut(&mut held.alarm).count = count;
        }
    }

    fn forget_what_is_over(&mut self) {
        self.held.retain(|_, h| h.alarm.active || h.alarm.acknowledged.is_none());
    }
}

impl Held {
    fn again(&mut self, now: UtcTime, condition: Condition) {
        self.occurrences = self.occurrences.saturating_add(1);
        let count = self.count();
        let alarm = Arc::make_mut(&mut self.alarm);
        if !alarm.active {
            alarm.raised = now;
        }
        alarm.active = true;
        alarm.acknowledged = None;
        alarm.priority = condition.priority;
        alarm.text = condition.text;
        alarm.unit = condition.unit;
        alarm.dispatch = condition.dispatch;
        alarm.count = count;
    }

    fn count(&self) -> u32 {
        self.occurrences.saturating_add(u32::try_from(self.children.len()).unwrap_or(u32::MAX))
    }
}

/// What silences a condition: the VTN through which all is heard, else the client through which it is heard itself.
fn silenced_by(parents: &BTreeSet<Cause>, condition: &Condition) -> Option<Cause> {
    let fsp = condition.heard_through.as_ref()?;
    let client = || Cause::Client(fsp.clone());
    let silences = |parent: &Cause| parents.contains(parent) && *parent != condition.cause;
    [Cause::Vtn, client()].into_iter().find(silences)
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

    fn key(text: &str) -> DispatchKey {
        DispatchKey { operator: "GB-DNO-11".parse().unwrap(), dispatch_ref: text.parse().unwrap() }
    }

    fn condition(cause: Cause, priority: Priority, heard_through: Option<&str>) -> Condition {
        Condition {
            silences: cause == Cause::Vtn || matches!(cause, Cause::Client(_)),
            text: format!("{cause:?} {priority:?}"),
            cause,
            priority,
            source: "BRIGHTFLEX".to_owned(),
            unit: None,
            dispatch: None,
            heard_through: heard_through.map(fsp),
        }
    }

    fn overdue(name: &str) -> Condition {
        condition(Cause::Overdue(key(name)), Priority::Medium, Some("BRIGHTFLEX"))
    }

    fn lost(name: &str) -> Condition {
        condition(Cause::Client(fsp(name)), Priority::High, Some(name))
    }

    #[test]
    fn an_alarm_lives_from_raised_to_taken_notice_of() {
        let mut alarms = Alarms::default();
        let words = |turns: Vec<Turn>| turns.iter().map(|t| t.words).collect::<Vec<_>>();
        assert_eq!(words(alarms.update(at(0), vec![overdue("A")])), ["raised"]);
        assert_eq!(words(alarms.update(at(1), vec![overdue("A")])), [""; 0], "one cause, one alarm");
        assert_eq!(words(alarms.update(at(2), vec![])), ["cleared"]);
        assert_eq!(alarms.in_order().len(), 1, "a cleared alarm stays until it is acknowledged");
        assert_eq!(words(alarms.update(at(3), vec![overdue("A")])), ["came again"]);
        let alarm = alarms.in_order().remove(0);
        assert_eq!((alarm.count, alarm.raised, alarm.active), (2, at(3), true));
        assert_eq!(words(alarms.acknowledge(at(4), &[alarm.id, 99])), ["acknowledged"]);
        assert_eq!(words(alarms.acknowledge(at(5), &[alarm.id])), [""; 0]);
        assert_eq!(alarms.in_order()[0].acknowledged, Some(at(4)), "its cause still holds");
        assert_eq!(words(alarms.update(at(6), vec![])), ["cleared"]);
        assert!(alarms.in_order().is_empty(), "acknowledged and over: gone");
    }

    #[test]
    fn one_loss_of_communications_is_one_alarm_that_counts_what_it_silences() {
        let mut alarms = Alarms::default();
        alarms.update(at(0), vec![overdue("A")]);
        let all = || vec![lost("BRIGHTFLEX"), overdue("A"), overdue("B"), overdue("C")];
        alarms.update(at(1), all());
        alarms.update(at(2), all());
        let list = alarms.in_order();
        assert_eq!(list.len(), 2, "the one that stood before stays, the others are silent");
        assert_eq!((list[0].priority, list[0].count), (Priority::High, 3));
        alarms.update(at(3), vec![overdue("B")]);
        assert_eq!(alarms.in_order().iter().filter(|a| a.active).count(), 1, "heard again: B speaks");
        let other = condition(Cause::Overdue(key("D")), Priority::Medium, Some("GRIDPOWER"));
        alarms.update(at(4), vec![lost("BRIGHTFLEX"), other]);
        assert_eq!(alarms.in_order().iter().filter(|a| a.active).count(), 2, "another FSP is not silenced");
    }

    #[test]
    fn a_lost_vtn_silences_lost_clients_but_never_what_needs_no_hearing() {
        let mut alarms = Alarms::default();
        let vtn = condition(Cause::Vtn, Priority::High, None);
        let not_sent = condition(Cause::NotSent(key("A")), Priority::Medium, None);
        alarms.update(at(0), vec![vtn, lost("BRIGHTFLEX"), overdue("B"), not_sent]);
        let list = alarms.in_order();
        assert_eq!(list.len(), 2);
        assert_eq!(list[0].count, 3);
    }

    #[test]
    fn of_many_lost_clients_each_silences_its_own_and_no_other() {
        let mut alarms = Alarms::default();
        let names: Vec<String> = (0..50).map(|n| format!("FSP-{n:02}")).collect();
        let overdue_of = |name: &String| condition(Cause::Overdue(key(name)), Priority::Medium, Some(name));
        let all = names.iter().map(|name| lost(name)).chain(names.iter().map(overdue_of)).collect();
        alarms.update(at(0), all);
        let list = alarms.in_order();
        assert_eq!(list.len(), names.len(), "one alarm for each client");
        assert!(list.iter().all(|alarm| alarm.count == 2), "itself and the dispatch that is overdue");
    }

    #[test]
    fn a_graver_cause_asks_for_notice_again() {
        let mut alarms = Alarms::default();
        alarms.update(at(0), vec![condition(Cause::Vtn, Priority::Medium, None)]);
        let id = alarms.in_order()[0].id;
        alarms.acknowledge(at(1), &[id]);
        alarms.update(at(2), vec![condition(Cause::Vtn, Priority::High, None)]);
        let alarm = alarms.in_order().remove(0);
        assert_eq!((alarm.id, alarm.priority, alarm.acknowledged), (id, Priority::High, None));
        assert!(alarm.text.contains("High"));
    }

    #[test]
    fn what_happened_once_stays_until_a_person_has_seen_it() {
        let mut alarms = Alarms::default();
        let forged = || condition(Cause::Signature(fsp("BRIGHTFLEX")), Priority::High, None);
        alarms.occurred(at(0), forged());
        alarms.update(at(1), vec![]);
        alarms.occurred(at(2), forged());
        let alarm = alarms.in_order().remove(0);
        assert_eq!((alarm.active, alarm.count, alarm.raised), (true, 2, at(0)));
        alarms.acknowledge(at(3), &[alarm.id]);
        assert!(alarms.in_order().is_empty());
    }

    #[test]
    fn a_flood_of_one_cause_is_one_line() {
        let mut alarms = Alarms::default();
        for second in 0..1000 {
            alarms.occurred(at(second), condition(Cause::Imposter("x".to_owned()), Priority::High, None));
        }
        assert_eq!((alarms.in_order().len(), alarms.in_order()[0].count), (1, 1000));
    }

    #[test]
    fn the_gravest_that_nobody_has_seen_stands_first() {
        let mut alarms = Alarms::default();
        alarms.update(at(0), vec![condition(Cause::Vtn, Priority::High, None), overdue("A")]);
        alarms.update(at(1), vec![condition(Cause::Vtn, Priority::High, None), overdue("A")]);
        alarms.update(at(2), vec![overdue("A"), condition(Cause::Journal, Priority::Low, None)]);
        let ids: Vec<Priority> = alarms.in_order().iter().map(|a| a.priority).collect();
        assert_eq!(ids, [Priority::Medium, Priority::Low, Priority::High], "cleared ones after active ones");
    }
}
