//! Commands: from what a person asked, through the journal and the VTN, to one outcome.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{AbortHandle, Abortable};

use super::alarms::{Asked, Cause, Condition};
use super::approval::{self, Cleared};
use super::command::{Command, CommandNumber, Together, words_of_send};
use super::conditions::about;
use super::engine::{Engine, Readiness};
use super::lanes::Errand;
use super::orders::{Refusal, Stop, Unsigned};
use super::sender::{self, Job, Sent};
use super::sign_on::Signers;
use super::snapshot::Priority;
use super::tally::Tally;
use super::under_way::{Brought, Task};
use super::words::revision_words;
use crate::dispatch::{Approval, Dispatch, DispatchKey, DispatchParts, Revision, SignedDispatch};
use crate::journal::{Entry, EntryKind};
use crate::time::UtcTime;
use crate::units::counted;

impl Engine {
    /// Takes a command: acts on it, or holds it until it is known what the VTN holds.
    pub(super) fn take(&mut self, now: UtcTime, number: CommandNumber, command: Command) {
        let needs_vtn = !matches!(
            command,
            Command::AcknowledgeAlarms(_)
                | Command::ShelveAlarm { .. }
                | Command::UnshelveAlarm(_)
                | Command::Enrol(_)
                | Command::SignOn { .. }
                | Command::SignOff
        );
        self.state.gave_command(now);
        match self.readiness {
            Readiness::Ready => self.act(now, number, command),
            _ if !needs_vtn => self.act(now, number, command),
            Readiness::Trying { .. } => self.held.push((number, command)),
            Readiness::Waiting { failures, .. } => {
                self.held.push((number, command));
                self.begin_provisioning(failures);
            }
        }
        self.unsettled = true;
    }

    /// Takes dispatches, no two of one ref, that were given one right after the other, all of them journalled at once: to
    /// write down each by itself takes longer than to send it.
    pub(super) fn take_together(&mut self, now: UtcTime, commands: Vec<(CommandNumber, DispatchParts)>) {
        self.state.gave_command(now);
        let mut drawn_up: Vec<(CommandNumber, String, Cleared)> = Vec::new();
        let mut before: Vec<approval::Asked> = Vec::new();
        for (number, parts) in commands {
            let asked = words_of_send(&parts);
            match self.draw_up(now, vec![parts], None, &before) {
                Ok(cleared) => {
                    before.extend(self.state.rule(now).counted(&cleared));
                    drawn_up.push((number, asked, cleared));
                }
                Err(refusal) => self.refused(now, number, &asked, refusal),
            }
        }
        match self.intend(now, drawn_up.iter().map(|(_, _, cleared)| cleared)) {
            Ok(()) => {
                for (number, asked, cleared) in drawn_up {
                    self.line_up(now, number, asked, cleared);
                }
            }
            Err(words) => {
                for (number, asked, _) in drawn_up {
                    self.state.outcome(now, number, &asked, Err(words.clone()));
                }
            }
        }
        self.run_errands(now);
        self.unsettled = true;
    }

    /// Acts on the commands that waited. When it is still not known what the VTN holds, only an EMERGENCY_STOP goes out.
    pub(super) fn take_held(&mut self, now: UtcTime, fault: Option<&str>) {
        for (number, command) in std::mem::take(&mut self.held) {
            match fault {
                Some(fault) if !self.can_go_unready(&command) => {
                    let words = format!(
                        "nothing was sent: {fault}. Give it again when the VTN answers, or use the telephone"
                    );
                    self.state.outcome(now, number, &command.words(), Err(words));
                }
                _ => self.act(now, number, command),
            }
        }
    }

    /// Whether it goes out although not everything that must stand at the VTN does: an EMERGENCY STOP always, a STOP where the
    /// dispatch's event is known. What is wrong with another FSP's registration keeps nobody from stopping.
    fn can_go_unready(&self, command: &Command) -> bool {
        match command {
            Command::EmergencyStop { .. } => true,
            Command::Stop(key) => self.state.book.event_of(key).is_some(),
            _ => false,
        }
    }

    fn act(&mut self, now: UtcTime, number: CommandNumber, command: Command) {
        let asked = command.words();
        let mut not_signed = Vec::new();
        let orders = match command {
            Command::Send(parts) => self.draw_up(now, vec![*parts], None, &[]),
            Command::SendTogether(together) => {
                let Together { dispatches, approval } = *together;
                self.draw_up(now, dispatches, approval.as_ref(), &[])
            }
            Command::Stop(key) => match self.state.desk(now).stop(&key) {
                Ok(Stop::Send(signed)) => self.clear(now, vec![*signed]),
                Ok(Stop::Asked(words)) => return self.state.outcome(now, number, &asked, Ok(words)),
                Err(refusal) => Err(refusal),
            },
            Command::EmergencyStop { units, operator } => {
                match self.state.desk(now).emergency_stop(&units, operator.as_ref()) {
                    Ok(stops) => {
                        not_signed = stops.not_signed;
                        self.clear(now, stops.signed)
                    }
                    Err(refusal) => Err(refusal),
                }
            }
            Command::AcknowledgeAlarms(ids) => {
                let result = match self.state.acknowledge_alarms(now, &ids) {
                    0 => Err("none of these alarms waits to be acknowledged".to_owned()),
                    n => Ok(format!("{} acknowledged", counted(n, "alarm"))),
                };
                return self.state.outcome(now, number, &asked, result);
            }
            Command::ShelveAlarm { id, time, by, reason } => {
                let result = self.state.shelve_alarm(now, &Asked { id, time, by, reason });
                return self.state.outcome(now, number, &asked, result);
            }
            Command::UnshelveAlarm(id) => {
                let result = self.state.unshelve_alarm(now, id);
                return self.state.outcome(now, number, &asked, result);
            }
            Command::Enrol(enrolment) => {
                let result = self.enrol(now, *enrolment);
                return self.state.outcome(now, number, &asked, result);
            }
            Command::SignOn { person, operators, proof } => {
                return self.begin_sign_on(now, number, (asked, &person), (operators, proof));
            }
            Command::SignOff => {
                let result = self.state.sign_off(now, "");
                return self.state.outcome(now, number, &asked, result);
            }
            Command::LetGo(fsp) => {
                let result = self.let_go(now, &fsp);
                return self.state.outcome(now, number, &asked, result);
            }
        };
        let intended = orders.and_then(|cleared| match self.intend(now, [&cleared]) {
            Ok(()) => Ok(cleared),
            Err(words) => Err(Refusal::from(words)),
        });
        match intended {
            Ok(cleared) => {
                self.line_up(now, number, asked, cleared);
                self.tell_not_signed(now, number, not_signed);
                self.run_errands(now);
            }
            Err(refusal) => self.refused(now, number, &asked, refusal),
        }
    }

    /// Nothing came of a command. That a key does not sign is an alarm beside: no stop would go out either.
    fn refused(&mut self, now: UtcTime, number: CommandNumber, asked: &str, refusal: Refusal) {
        if let Some(unsigned) = &refusal.unsigned {
            let condition = self.cannot_sign(now, unsigned);
            self.state.alarm(now, &condition);
        }
        self.state.outcome(now, number, asked, Err(refusal.words));
    }

    fn cannot_sign(&self, now: UtcTime, unsigned: &Unsigned) -> Condition {
        let signers = Signers { register: &self.state.register, on: self.state.on.as_ref(), now };
        let stops = |key_id| signers.stops_without(&unsigned.operator, key_id);
        cannot_sign(unsigned, unsigned.key_id.as_ref().is_some_and(stops))
    }

    /// What of a command was not signed is counted among what came of the rest of it.
    fn tell_not_signed(&mut self, now: UtcTime, number: CommandNumber, not_signed: Vec<Refusal>) {
        let keys: BTreeSet<_> = not_signed.iter().filter_map(|refusal| refusal.unsigned.clone()).collect();
        for unsigned in &keys {
            let condition = self.cannot_sign(now, unsigned);
            self.state.alarm(now, &condition);
        }
        if let Some(tally) = self.tallies.get_mut(&number) {
            tally.results.extend(not_signed.into_iter().map(|refusal| Err(refusal.words)));
        }
    }

    /// Has the operators sign where the journal stands. That one does not is told once, until somebody has taken notice.
    pub(super) fn sign_heads(&mut self, now: UtcTime, is_last: bool) {
        let signers = Signers { register: &self.state.register, on: self.state.on.as_ref(), now };
        let faults = self.state.record.sign_heads(now, signers.heads(), is_last);
        for unsigned in &faults {
            let condition = self.cannot_sign(now, unsigned);
            if !self.state.alarms.has(&condition.cause) {
                self.state.alarm(now, &condition);
            }
        }
        if !faults.is_empty() {
            let _ = self.state.record.save();
            self.changed = true;
        }
    }

    /// Signs what is sent together, where nobody need approve it or somebody has. `before`: as for [`approval::Rule::clear`].
    fn draw_up(
        &self,
        now: UtcTime,
        dispatches: Vec<DispatchParts>,
        approval: Option<&Approval>,
        before: &[approval::Asked],
    ) -> Result<Cleared, Refusal> {
        let mut orders: Vec<SignedDispatch> = Vec::with_capacity(dispatches.len());
        let mut keys = BTreeSet::new();
        let is_alone = dispatches.len() == 1;
        for parts in dispatches {
            let signed = self.state.desk(now).send(parts);
            let signed = signed.map_err(|refusal| {
                if is_alone { refusal } else { refusal.told(|why| format!("nothing was sent: {why}")) }
            })?;
            let key = signed.dispatch.key();
            if !keys.insert(key.clone()) {
                return Err(Refusal::from(format!(
                    "nothing was sent: {key} is given twice; send its revisions one after the other"
                )));
            }
            orders.push(signed);
        }
        if orders.is_empty() {
            return Err(Refusal::from("nothing was sent: no dispatch was given".to_owned()));
        }
        self.state.rule(now).clear(orders, approval, before).map_err(Refusal::from)
    }

    fn clear(&self, now: UtcTime, stops: Vec<SignedDispatch>) -> Result<Cleared, Refusal> {
        self.state.rule(now).clear(stops, None, &[]).map_err(Refusal::from)
    }

    /// Journals what is about to be sent. What cannot be journalled is not sent, unless it stops something.
    fn intend<'a>(&mut self, now: UtcTime, all: impl IntoIterator<Item = &'a Cleared>) -> Result<(), String> {
        let mut only_stops = true;
        let before = self.state.record.unsaved();
        for cleared in all {
            self.note_approval(now, cleared);
            let by = cleared.granted().map_or(String::new(), |g| format!(", approved by {}", g.by.who()));
            for signed in cleared.orders() {
                only_stops &= signed.dispatch.status.is_stop();
                self.state.record.note(Entry {
                    at: now,
                    kind: EntryKind::Intent,
                    dispatch: Some(signed.dispatch.key()),
                    unit: Some(signed.dispatch.unit.clone()),
                    text: format!(
                        "signed{}, about to be sent: {}{by}",
                        self.state
                            .register
                            .sent_by(signed)
                            .map_or_else(String::new, |who| format!(" by {who}")),
                        revision_words(&signed.dispatch)
                    ),
                    document: Some(signed.to_json()),
                });
            }
        }
        match self.state.record.save() {
            Err(fault) if !only_stops => {
                self.state.record.take_back(before);
                Err(format!("nothing was sent: {fault}; a dispatch is journalled before it is sent"))
            }
            _ => Ok(()),
        }
    }

    /// Journals who approved what, with their signature.
    fn note_approval(&mut self, now: UtcTime, cleared: &Cleared) {
        let Some(granted) = cleared.granted() else { return };
        let about = match cleared.orders() {
            [one] => Some(&one.dispatch),
            _ => None,
        };
        let names = granted.approval.approved.names().join(", ");
        let (by, at) = (granted.by.who(), granted.by.at);
        self.state.record.note(Entry {
            at: now,
            kind: EntryKind::Approval,
            dispatch: about.map(Dispatch::key),
            unit: about.map(|dispatch| dispatch.unit.clone()),
            text: format!("approved by {by} at {at}: {names}"),
            document: Some(granted.approval.to_json()),
        });
    }

    fn line_up(&mut self, now: UtcTime, number: CommandNumber, asked: String, cleared: Cleared) {
        let tally = Tally { asked, waiting: cleared.orders().len(), results: Vec::new() };
        self.tallies.insert(number, tally);
        let by = cleared.granted().map(|granted| Arc::clone(&granted.by));
        for signed in cleared.into_orders() {
            let limits = self.state.register.ack_limits(&signed.dispatch);
            self.state.book.begin(signed.clone(), limits);
            if let Some(by) = by.as_ref().filter(|_| !signed.dispatch.status.is_stop()) {
                self.state.book.approved(&signed.dispatch.key(), signed.dispatch.revision, by);
            }
            let errand = self.errand(signed, Some(number));
            for dropped in self.lanes.add(errand, self.clock.now_millis()) {
                self.settle_errand(now, &dropped, Err("a stop took its place before it was sent".to_owned()));
            }
        }
    }

    pub(super) fn errand(&self, signed: SignedDispatch, command: Option<CommandNumber>) -> Errand {
        let polls = self.state.polls(&signed.dispatch.unit.fsp);
        Errand { signed, command, after_one_given_up: false, polls }
    }

    pub(super) fn run_errands(&mut self, now: UtcTime) {
        for errand in self.lanes.ready(self.clock.now_millis()) {
            let Some(job) = self.job(&errand) else {
                let fault = "its contract is not in this fleet any more".to_owned();
                self.settle_errand(now, &errand, Err(fault));
                self.lanes.let_go(&errand.signed.dispatch.key(), self.clock.now_millis());
                continue;
            };
            let key = errand.signed.dispatch.key();
            let revision = errand.signed.dispatch.revision;
            let (handle, registration) = AbortHandle::new_pair();
            let work = Abortable::new(sender::send(self.client.clone(), job), registration);
            self.lanes.began(errand, handle);
            self.start(Task::Send(key, revision), async move {
                work.await.map_or(Brought::GivenUp, Brought::Sent)
            });
        }
    }

    fn job(&self, errand: &Errand) -> Option<Job> {
        let dispatch = &errand.signed.dispatch;
        let key = dispatch.key();
        let contract = (dispatch.network_operator.clone(), dispatch.contract.clone());
        let event_id = self.state.book.event_of(&key).map(str::to_owned);
        Some(Job {
            program: self.state.register.program(&contract.0, &contract.1)?,
            program_id: self.programs.get(&contract).cloned(),
            is_new: event_id.is_none() && !self.lanes.was_attempted(&key) && !self.state.book.is_past(&key),
            event_id,
            look_again: errand.after_one_given_up,
            signed: errand.signed.clone(),
        })
    }

    /// The VTN has answered, or has not.
    pub(super) fn sent(
        &mut self,
        now: UtcTime,
        key: &DispatchKey,
        revision: Revision,
        result: Result<Sent, String>,
        took: Duration,
    ) {
        let Some(errand) = self.lanes.ended(key, revision, self.clock.now_millis()) else { return };
        let result = match result {
            Ok(sent) => {
                self.state.health.answered(now, took);
                self.confirmed(now, &errand, sent)
            }
            Err(fault) => Err(fault),
        };
        self.settle_errand(now, &errand, result);
        if errand.after_one_given_up {
            self.take_stock_soon();
        }
        // Of a burst the answers come in their turn: what is urgent is to send the rest of it.
        if self.lanes.is_empty() {
            self.look_soon();
        }
        self.run_errands(now);
    }

    /// A stop took the place of what was being sent.
    pub(super) fn given_up(&mut self, now: UtcTime, key: &DispatchKey, revision: Revision) {
        if let Some(errand) = self.lanes.ended(key, revision, self.clock.now_millis()) {
            self.settle_errand(now, &errand, Err("it was given up half-way for a stop".to_owned()));
        }
        self.run_errands(now);
    }

    /// The desk closes and cannot wait any longer.
    pub(super) fn give_up_all(&mut self, now: UtcTime) {
        for errand in self.lanes.give_up_all() {
            let fault = "the desk closed before the VTN confirmed it; the VTN may hold it all the same";
            self.settle_errand(now, &errand, Err(fault.to_owned()));
        }
    }

    fn confirmed(&mut self, now: UtcTime, errand: &Errand, sent: Sent) -> Result<String, String> {
        let dispatch = &errand.signed.dispatch;
        let contract = (dispatch.network_operator.clone(), dispatch.contract.clone());
        self.programs.insert(contract, sent.program_id);
        let Some(held) = sent.held_instead else {
            self.state.book.sent(&dispatch.key(), dispatch.revision, &sent.event_id, now);
            return Ok(format!("the VTN has {}", revision_words(dispatch)));
        };
        let keys = self.state.register.own_keys(&dispatch.network_operator);
        let own = keys.is_some_and(|keys| held.verify(keys, now).is_ok());
        if !own {
            return Err(format!(
                "the VTN holds a revision {} that this desk did not sign; send the next revision over it",
                dispatch.revision
            ));
        }
        let is_same = same_but_for_time(&held.dispatch, dispatch);
        let words = revision_words(&held.dispatch);
        let limits = self.state.register.ack_limits(&held.dispatch);
        let by = self.state.book.approval_of(&dispatch.key(), dispatch.revision).filter(|_| is_same);
        self.state.book.take_up(held, &sent.event_id, now, limits);
        if let Some(by) = by {
            self.state.book.approved(&dispatch.key(), dispatch.revision, &by);
        }
        if is_same {
            Ok(format!("the VTN has {words} by the attempt before; nothing went out twice"))
        } else {
            Err(format!(
                "the VTN holds {words} by the attempt before, with other content; amend it with the next revision"
            ))
        }
    }

    /// Tells the journal, the book and whoever asked what came of an errand.
    fn settle_errand(&mut self, now: UtcTime, errand: &Errand, result: Result<String, String>) {
        let dispatch = &errand.signed.dispatch;
        let key = dispatch.key();
        let revision = revision_words(dispatch);
        if let Err(fault) = &result {
            self.state.book.not_sent(&key, dispatch.revision, fault);
        }
        if errand.command.is_none() {
            self.tell_written_again(now, dispatch, &result);
        }
        let fate = self.state.book.fate_of(&key, dispatch.revision, result.as_ref().err());
        let (text, result) = match result {
            Ok(words) => (words.clone(), Ok(words)),
            Err(fault) => {
                let call = self.state.register.telephone(&dispatch.unit.fsp);
                let advice = format!("{revision} was not sent: {fault}. Give it again, or telephone {call}");
                (format!("{revision} was not sent: {fault}"), Err(advice))
            }
        };
        self.note_fate(now, dispatch, text, &fate);
        if let Some(number) = errand.command {
            self.count(now, number, result);
        }
    }

    /// The VTN had lost a dispatch that is open.
    fn tell_written_again(&mut self, now: UtcTime, dispatch: &Dispatch, result: &Result<String, String>) {
        let call = self.state.register.telephone(&dispatch.unit.fsp);
        let revision = revision_words(dispatch);
        let (priority, what) = match result {
            Ok(_) => (
                Priority::Medium,
                format!("this desk wrote it again. See that it is acknowledged, else telephone {call}"),
            ),
            Err(fault) => (
                Priority::High,
                format!(
                    "it could not be written again: {fault}. Agree by telephone with {call} what its unit does"
                ),
            ),
        };
        let condition = about(Cause::Restored(dispatch.key()), &dispatch.unit, false);
        let text = format!("The VTN came back without {revision}, and {what}.");
        self.state.alarm(now, &Condition { text, priority, dispatch: Some(dispatch.key()), ..condition });
    }

    fn count(&mut self, now: UtcTime, number: CommandNumber, result: Result<String, String>) {
        let Some(tally) = self.tallies.get_mut(&number) else { return };
        tally.results.push(result);
        tally.waiting = tally.waiting.saturating_sub(1);
        if tally.waiting == 0
            && let Some(tally) = self.tallies.remove(&number)
        {
            let (asked, result) = tally.sum();
            self.state.outcome(now, number, &asked, result);
        }
    }
}

/// A key does not sign: whatever is said in the operator's name does not go out. `stops`: stops do, by another key.
fn cannot_sign(Unsigned { operator, why, .. }: &Unsigned, stops: bool) -> Condition {
    let (what, how) = match stops {
        false => {
            ("no stop either", "see to the key, and instruct the FSPs of services under way by telephone")
        }
        true => ("but for stops, which another key signs", "see to the key"),
    };
    Condition {
        cause: Cause::Signing(operator.clone()),
        priority: Priority::High,
        text: format!("{why}. Nothing goes out in {operator}\u{2019}s name, {what}: {how}."),
        source: "desk".to_owned(),
        unit: None,
        dispatch: None,
        heard_through: None,
        silences: false,
    }
}

fn same_but_for_time(one: &Dispatch, other: &Dispatch) -> bool {
    let without_time =
        |d: &Dispatch| DispatchParts { instruction_time: d.service_start, ..d.parts().clone() };
    without_time(one) == without_time(other)
}
