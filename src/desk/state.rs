//! All that the desk knows, in one place with one owner: the engine.

mod alarming;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::agenda::{Agenda, Whom};
use super::alarms::{Alarms, Condition};
use super::approval;
use super::book::Book;
use super::clocks::Clocks;
use super::command::CommandNumber;
use super::endurance::Endurance;
use super::health::Health;
use super::key_ledger::KeyLedger;
use super::lanes::Polls;
use super::lifeline::Lifeline;
use super::links::Links;
use super::orders;
use super::record::Record;
use super::register::Register;
use super::sign_on::{SignedOn, Signers};
use super::snapshot::{ContractState, FspState, LinkState, Mode, Outcome, Snapshot};
use super::units::Units;
use super::untrusted::Untrusted;
use super::words::clock_words;
use crate::dispatch::{Approval, Dispatch, FspId};
use crate::journal::EntryKind;
use crate::openadr::push::{PushState, PushStatus};
use crate::profile::approval::ApprovalRules;
use crate::profile::connection::SIGN_OFF_MINUTES;
use crate::time::UtcTime;

/// After how long without a command a person is signed off where no file says otherwise, seconds.
pub const SIGN_OFF_AFTER_S: i64 = SIGN_OFF_MINUTES * 60;

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
    /// Above which change a second person approves.
    pub rules: Arc<ApprovalRules>,
    /// The approvals that the journal holds of earlier sessions.
    approvals: Vec<Approval>,
    contracts: Arc<Vec<ContractState>>,
    clients: BTreeMap<FspId, LinkState>,
    /// When each FSP's client last asked the VTN for anything, where that is told: milliseconds since 1970, the VTN's clock.
    asked_ms: BTreeMap<FspId, i64>,
    heard: BTreeMap<FspId, Lifeline>,
    /// The FSPs as snapshots show them.
    shown: BTreeMap<FspId, Arc<FspState>>,
    agenda: Agenda,
    /// Who is signed on as operator.
    pub(super) on: Option<SignedOn>,
    /// After so many seconds without a command they are signed off.
    pub(super) sign_off_after_s: i64,
    /// Whether it goes by a training clock.
    pub(super) is_training: bool,
    pub(super) key_ledger: KeyLedger,
    /// What is wrong with the files of its keys, when something is.
    pub(super) keys_fault: Option<String>,
    /// What is wrong with the VTN and the desk itself, as last found.
    wrong_at_large: Vec<Condition>,
    /// What is wrong with each FSP, its units and its dispatches, as last found.
    wrong_with: BTreeMap<FspId, Vec<Condition>>,
    outcomes: VecDeque<Arc<Outcome>>,
    /// An outcome came since the last picture.
    pub(super) answered: bool,
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
            rules: Arc::default(),
            approvals: Vec::new(),
            contracts: Arc::new(ContractState::all_of(register.fleet())),
            clients: register.fsps().iter().map(|f| (f.id.clone(), LinkState::Unknown)).collect(),
            asked_ms: BTreeMap::new(),
            heard: BTreeMap::new(),
            shown: BTreeMap::new(),
            agenda: Agenda::default(),
            on: None,
            sign_off_after_s: SIGN_OFF_AFTER_S,
            is_training: false,
            key_ledger: KeyLedger::default(),
            keys_fault: None,
            wrong_at_large: Vec::new(),
            wrong_with: BTreeMap::new(),
            outcomes: VecDeque::new(),
            answered: false,
            sequence: 0,
            register,
        }
    }

    /// Deals with another register from now on. What is known of those who stay in it is kept.
    pub(super) fn enter(&mut self, now: UtcTime, register: Register) {
        let before = std::mem::take(&mut self.clients);
        // Their keys may be others.
        self.shown.clear();
        for gone in before.keys().filter(|fsp| !register.knows(fsp)) {
            self.links.forget(gone);
            self.heard.remove(gone);
            self.asked_ms.remove(gone);
        }
        self.agenda.stir_everyone();
        for fsp in register.fsps() {
            let state = before.get(&fsp.id).copied().unwrap_or_else(|| {
                self.links.expect(&fsp.id, now);
                LinkState::Unknown
            });
            self.clients.insert(fsp.id.clone(), state);
        }
        self.units.follow(&register, now);
        self.contracts = Arc::new(ContractState::all_of(register.fleet()));
        self.register = register;
    }

    /// When an FSP asks the VTN, as far as it was heard.
    pub(super) fn polls(&self, fsp: &FspId) -> Option<Polls> {
        let last_ms = self.asked_ms.get(fsp).copied()?;
        Some(Polls { last_ms, interval_ms: i64::from(self.register.poll_seconds(fsp)) * 1000 })
    }

    /// What orders are drawn up from.
    pub(super) fn desk(&self, now: UtcTime) -> orders::Desk<'_> {
        orders::Desk { register: &self.register, book: &self.book, on: self.on.as_ref(), now }
    }

    /// Whether there are dispatches that somebody must approve.
    pub(super) fn is_approving(&self) -> bool {
        !self.rules.limits().is_empty()
    }

    /// Goes by these rules of approval from now on, and recalls what was approved before.
    pub(super) fn approve_by(&mut self, rules: ApprovalRules) {
        self.approvals = if rules.limits().is_empty() { Vec::new() } else { self.record.approvals() };
        self.rules = Arc::new(rules);
    }

    /// A dispatch of an earlier session was taken up: shows who approved it then.
    pub(super) fn recall_approval(&mut self, dispatch: &Dispatch) {
        if let Some(by) = approval::recalled(&self.rules, &self.approvals, dispatch) {
            self.book.approved(&dispatch.key(), dispatch.revision, &Arc::new(by));
        }
    }

    /// What they are cleared by before they go out.
    pub(super) fn rule(&self, now: UtcTime) -> approval::Rule<'_> {
        approval::Rule {
            rules: &self.rules,
            register: &self.register,
            book: &self.book,
            on: self.on.as_ref(),
            now,
        }
    }

    /// Looks at an instant at whatever may stand otherwise than at the last look: phases, lamps, marks and what is wrong.
    /// Answers whether anything does.
    pub(super) fn settle(&mut self, now: UtcTime) -> bool {
        let forgotten = self.book.forget(now);
        self.units.forget(&forgotten);
        let mut changed = self.settle_vtn(now);
        if changed {
            self.agenda.stir_everyone();
        }
        for fsp in self.book.take_stirred() {
            self.agenda.stir(&fsp);
        }
        let fsps = match self.agenda.take(now) {
            Whom::Everyone => self.everyone(),
            Whom::These(fsps) => fsps,
        };
        for fsp in &fsps {
            changed |= self.settle_fsp(now, fsp);
        }
        changed | self.settle_alarms(now, &fsps)
    }

    /// Those who are in the register, who have dispatches still, or with whom something was wrong.
    fn everyone(&self) -> BTreeSet<FspId> {
        let known = self.register.fsps().iter().map(|fsp| &fsp.id);
        known.chain(self.book.fsps()).chain(self.wrong_with.keys()).cloned().collect()
    }

    fn settle_fsp(&mut self, now: UtcTime, fsp: &FspId) -> bool {
        let register = &self.register;
        let poll_seconds = register.poll_seconds(fsp);
        let mut changed = self.book.settle_of(fsp, now);
        changed |= self.units.settle_of(fsp, now, &self.book, &self.links, poll_seconds);
        self.endurance.look_at(fsp, now, &self.book, &self.units);
        changed |= self.book.mark_of(fsp, now, |unit| register.baseline(unit));
        self.look_again(now, fsp);
        changed | self.settle_client(now, fsp)
    }

    /// When an FSP is to be looked at again though nothing is heard of it. What has come since the last news is judged
    /// when the next come: the VTN may have heard of it.
    fn look_again(&mut self, now: UtcTime, fsp: &FspId) {
        let poll_seconds = self.register.poll_seconds(fsp);
        let next_after = |at: UtcTime| {
            let next = [self.book.next_change(fsp, at), self.links.next_change(fsp, poll_seconds, at)];
            next.into_iter().flatten().min()
        };
        let news = self.links.last_news().map_or(now, |news| news.min(now));
        let mut next = next_after(news);
        if next.is_some_and(|at| at <= now) {
            self.agenda.await_news(fsp);
            next = next_after(now);
        }
        self.agenda.look_again(fsp, next);
    }

    /// Something was heard of an FSP's units.
    pub(super) fn stir(&mut self, fsp: &FspId) {
        self.agenda.stir(fsp);
    }

    /// The VTN has told everything that it knew at `asked`. `after_silence`: it had not told anything for a while.
    pub(super) fn news(&mut self, asked: UtcTime, after_silence: bool) {
        if after_silence {
            self.links.came_back(asked);
        }
        if after_silence || self.links.last_news().is_none() {
            self.agenda.stir_everyone();
        }
        self.links.news(asked);
        self.health.told(asked);
        self.agenda.news();
    }

    /// A client gave a sign of life.
    /// The VTN tells when an FSP's client asked it for something.
    pub(super) fn client_asked(&mut self, fsp: &FspId, at_ms: i64) {
        self.asked_ms.insert(fsp.clone(), at_ms);
        self.client_heard(fsp, UtcTime::from_unix(at_ms.div_euclid(1000)));
    }

    pub(super) fn client_heard(&mut self, fsp: &FspId, at: UtcTime) {
        self.links.client_heard(fsp, at);
        self.agenda.stir(fsp);
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
        self.record.say(now, EntryKind::Connection, text);
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
        self.answered = true;
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
            approval: Arc::clone(&self.rules),
            now,
            vtn: self.health.shown().clone(),
            operators: self.register.operator_states(self.signers(now)),
            presence: Arc::new(self.presence()),
            fleet: Arc::clone(self.register.fleet()),
            contracts: self.contracts.clone(),
            fsps: self.fsps(),
            units: self.units.in_order(),
            dispatches: self.book.latest_first(),
            alarms: self.alarms.in_order(),
            shelved: self.alarms.on_shelf(),
            alarm_load: self.alarms.load(),
            outcomes: self.outcomes.iter().cloned().collect(),
            journal_tail: self.record.tail(),
            journal_file: self.record.file(),
        }
    }

    /// What signs at an instant.
    fn signers(&self, now: UtcTime) -> Signers<'_> {
        Signers { register: &self.register, on: self.on.as_ref(), now }
    }

    /// Every FSP of the register, in order of id.
    fn fsps(&mut self) -> Vec<Arc<FspState>> {
        if self.shown.len() != self.register.fsps().len() {
            let all: Vec<FspId> = self.register.fsps().iter().map(|fsp| fsp.id.clone()).collect();
            all.iter().for_each(|fsp| self.show(fsp));
        }
        self.shown.values().cloned().collect()
    }

    /// Shows an FSP as it stands.
    fn show(&mut self, id: &FspId) {
        let Some(fsp) = self.register.fsp(id) else { return };
        let client = self.clients.get(id).copied().unwrap_or(LinkState::Unknown);
        let last_poll = self.links.client_last(id);
        let heard = self.heard.get(id).cloned().unwrap_or_default();
        match self.shown.get_mut(id) {
            Some(shown) => {
                let shown = Arc::make_mut(shown);
                (shown.client, shown.last_poll, shown.heard) = (client, last_poll, heard);
            }
            None => {
                let state = FspState {
                    id: id.clone(),
                    name: fsp.name.clone(),
                    telephone: fsp.telephone.clone(),
                    keys: self.register.fsp_keys(id),
                    client,
                    last_poll,
                    poll_seconds: self.register.poll_seconds(id),
                    heard,
                };
                self.shown.insert(id.clone(), Arc::new(state));
            }
        }
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

    fn settle_client(&mut self, now: UtcTime, fsp: &FspId) -> bool {
        let Some(state) = self.clients.get_mut(fsp) else { return false };
        let is = self.links.client_state(fsp, self.register.poll_seconds(fsp));
        let was = std::mem::replace(state, is);
        self.show(fsp);
        if was == is {
            return false;
        }
        let last = self.links.client_last(fsp).map(clock_words);
        let text = match (was, is) {
            (_, LinkState::Lost) => {
                format!("client {fsp} lost, last heard {}", last.as_deref().unwrap_or("never"))
            }
            (LinkState::Lost, LinkState::Live) => format!("client {fsp} came back"),
            (LinkState::Unknown, LinkState::Live) => format!("client {fsp} heard"),
            _ => return true,
        };
        self.record.say(now, EntryKind::Link, text);
        true
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
