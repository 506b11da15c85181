//! All that the desk knows, in one place with one owner: the engine.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::alarms::{Alarms, Condition, Turn};
use super::book::Book;
use super::clocks::Clocks;
use super::command::CommandNumber;
use super::conditions::{Scene, conditions};
use super::endurance::Endurance;
use super::health::Health;
use super::lifeline::Lifeline;
use super::links::Links;
use super::orders;
use super::record::Record;
use super::register::Register;
use super::snapshot::{
    ContractState, DispatchState, FspState, LinkState, Mode, OperatorState, Outcome, Snapshot,
};
use super::units::Units;
use super::untrusted::Untrusted;
use super::words::clock_words;
use crate::dispatch::FspId;
use crate::journal::{Entry, EntryKind};
use crate::openadr::push::{PushState, PushStatus};
use crate::time::UtcTime;

/// How many outcomes a snapshot shows.
const OUTCOMES: usize = 200;

/// The state of a desk.
pub(super) struct State {
    pub register: Register,
    pub book: Book,
    pub units: Units,
    pub links: Links,
    pub clocks: Clocks,
    endurance: Endurance,
    pub untrusted: Untrusted,
    pub alarms: Alarms,
    pub record: Record,
    pub health: Health,
    mode: Mode,
    operators: Vec<OperatorState>,
    contracts: Vec<ContractState>,
    clients: BTreeMap<FspId, LinkState>,
    heard: BTreeMap<FspId, Lifeline>,
    outcomes: VecDeque<Arc<Outcome>>,
    sequence: u64,
}

impl State {
    pub(super) fn new(register: Register, record: Record, health: Health, mode: Mode, now: UtcTime) -> Self {
        Self {
            book: Book::default(),
            units: Units::of(&register, now),
            links: Links::default(),
            clocks: Clocks::default(),
            endurance: Endurance::default(),
            untrusted: Untrusted::default(),
            alarms: Alarms::default(),
            record,
            health,
            mode,
            operators: register.operator_states(),
            contracts: register.contract_states(),
            clients: register.fsps().iter().map(|f| (f.id.clone(), LinkState::Unknown)).collect(),
            heard: BTreeMap::new(),
            outcomes: VecDeque::new(),
            sequence: 0,
            register,
        }
    }

    /// Deals with another register from now on. What is known of those who stay in it is kept.
    pub(super) fn enter(&mut self, now: UtcTime, register: Register) {
        let before = std::mem::take(&mut self.clients);
        for gone in before.keys().filter(|fsp| !register.knows(fsp)) {
            self.links.forget(gone);
            self.heard.remove(gone);
        }
        for fsp in register.fsps() {
            let state = before.get(&fsp.id).copied().unwrap_or_else(|| {
                self.links.expect(&fsp.id, now);
                LinkState::Unknown
            });
            self.clients.insert(fsp.id.clone(), state);
        }
        self.units.follow(&register, now);
        self.operators = register.operator_states();
        self.contracts = register.contract_states();
        self.register = register;
    }

    /// What orders are drawn up from.
    pub(super) fn desk(&self, now: UtcTime) -> orders::Desk<'_> {
        orders::Desk { register: &self.register, book: &self.book, now }
    }

    /// Looks at everything at an instant: phases, lamps, marks and what is wrong. Answers whether anything stands
    /// otherwise than before.
    pub(super) fn settle(&mut self, now: UtcTime) -> bool {
        let register = &self.register;
        let mut changed = self.book.settle(now);
        let forgotten = self.book.forget(now);
        self.units.forget(&forgotten);
        changed |= self.units.settle(now, &self.book, &self.links, register);
        self.endurance.look(now, &self.book, &self.units);
        changed |= self.book.mark(now, |unit| register.baseline(unit));
        changed |= self.settle_vtn(now);
        changed |= self.settle_clients(now);
        changed | self.settle_alarms(now)
    }

    /// A client gave a sign of life.
    pub(super) fn client_heard(&mut self, fsp: &FspId, at: UtcTime) {
        self.links.client_heard(fsp, at);
        if let Some(line) = self.clients.contains_key(fsp).then(|| self.heard.entry(fsp.clone()).or_default())
        {
            line.heard(at, true, self.links.known_before(), self.register.poll_seconds(fsp));
        }
    }

    /// How it stands with push. That it came or went is kept.
    pub(super) fn push(&mut self, now: UtcTime, status: Option<PushStatus>) {
        if !self.health.push(status) {
            return;
        }
        let text = match self.health.shown().push.as_ref().map(|push| &push.state) {
            Some(PushState::Subscribed { broker }) => format!("told at once through {broker}"),
            Some(PushState::Away { fault }) => format!("not told at once any more, polling goes on: {fault}"),
            _ => "not told at once any more, polling goes on".to_owned(),
        };
        self.record.say(now, EntryKind::Link, text);
    }

    /// Something went wrong that has no end of its own.
    pub(super) fn alarm(&mut self, now: UtcTime, condition: Condition) {
        let turn = self.alarms.occurred(now, condition);
        self.note_alarm(now, &turn);
    }

    /// A person takes notice of alarms. Answers how many.
    pub(super) fn acknowledge_alarms(&mut self, now: UtcTime, ids: &[u64]) -> usize {
        let turns = self.alarms.acknowledge(now, ids);
        turns.iter().for_each(|turn| self.note_alarm(now, turn));
        turns.len()
    }

    /// A command is settled.
    pub(super) fn outcome(
        &mut self,
        now: UtcTime,
        command: CommandNumber,
        asked: &str,
        result: Result<String, String>,
    ) {
        let text = match &result {
            Ok(words) => format!("{asked}: done: {words}"),
            Err(words) => format!("{asked}: failed: {words}"),
        };
        self.record.say(now, EntryKind::Command, text);
        let asked = asked.to_owned();
        self.outcomes.push_back(Arc::new(Outcome { command, asked, at: now, result }));
        while self.outcomes.len() > OUTCOMES {
            self.outcomes.pop_front();
        }
    }

    /// The picture at this moment. What did not change is shared with the picture before.
    pub(super) fn snapshot(&mut self, now: UtcTime) -> Snapshot {
        self.sequence += 1;
        Snapshot {
            sequence: self.sequence,
            mode: self.mode,
            now,
            vtn: self.health.shown().clone(),
            operators: self.operators.clone(),
            contracts: self.contracts.clone(),
            fsps: self.fsps(),
            units: self.units.in_order(),
            dispatches: self.book.latest_first(),
            alarms: self.alarms.in_order(),
            outcomes: self.outcomes.iter().cloned().collect(),
            journal_tail: self.record.tail(),
        }
    }

    fn fsps(&self) -> Vec<FspState> {
        let mut fsps: Vec<FspState> = self
            .register
            .fsps()
            .iter()
            .map(|fsp| FspState {
                id: fsp.id.clone(),
                name: fsp.name.clone(),
                telephone: fsp.telephone.clone(),
                keys: self.register.fsp_keys(&fsp.id),
                client: self.clients.get(&fsp.id).copied().unwrap_or(LinkState::Unknown),
                last_poll: self.links.client_last(&fsp.id),
                poll_seconds: self.register.poll_seconds(&fsp.id),
                heard: self.heard.get(&fsp.id).cloned().unwrap_or_default(),
            })
            .collect();
        fsps.sort_by(|a, b| a.id.cmp(&b.id));
        fsps
    }

    fn settle_vtn(&mut self, now: UtcTime) -> bool {
        let Some(before) = self.health.settle(now) else { return false };
        let shown = self.health.shown();
        let text = match (before, shown.state) {
            (_, LinkState::Lost) => {
                format!("VTN {} lost: {}", shown.url, shown.fault.as_deref().unwrap_or("no answer"))
            }
            (LinkState::Lost | LinkState::Unknown, LinkState::Live) => format!("VTN {} answers", shown.url),
            _ => return true,
        };
        self.record.say(now, EntryKind::Link, text);
        true
    }

    fn settle_clients(&mut self, now: UtcTime) -> bool {
        let mut changed = false;
        for (fsp, state) in &mut self.clients {
            let is = self.links.client_state(fsp, self.register.poll_seconds(fsp));
            let was = std::mem::replace(state, is);
            if was == is {
                continue;
            }
            changed = true;
            let last = self.links.client_last(fsp).map(clock_words);
            let text = match (was, is) {
                (_, LinkState::Lost) => {
                    format!("client {fsp} lost, last heard {}", last.as_deref().unwrap_or("never"))
                }
                (LinkState::Lost, LinkState::Live) => format!("client {fsp} came back"),
                (LinkState::Unknown, LinkState::Live) => format!("client {fsp} heard"),
                _ => continue,
            };
            self.record.say(now, EntryKind::Link, text);
        }
        changed
    }

    fn settle_alarms(&mut self, now: UtcTime) -> bool {
        let dispatches: Vec<&DispatchState> = self.book.iter().map(AsRef::as_ref).collect();
        let wrong = conditions(&Scene {
            now,
            register: &self.register,
            dispatches: &dispatches,
            links: &self.links,
            clocks: &self.clocks,
            endurance: &self.endurance,
            units: &self.units,
            untrusted: &self.untrusted,
            vtn: self.health.shown(),
            journal_fault: self.record.fault(),
        });
        let turns = self.alarms.update(now, wrong);
        turns.iter().for_each(|turn| self.note_alarm(now, turn));
        !turns.is_empty()
    }

    fn note_alarm(&mut self, now: UtcTime, Turn { words, alarm }: &Turn) {
        self.record.note(Entry {
            at: now,
            kind: EntryKind::Alarm,
            dispatch: alarm.dispatch.clone(),
            unit: alarm.unit.clone(),
            text: format!("alarm {} {words}, priority {}: {}", alarm.id, alarm.priority.digit(), alarm.text),
            document: None,
        });
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
