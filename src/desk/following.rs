//! Following: what stands at the VTN is made sure of, and what it tells is believed or refused.

use std::collections::BTreeSet;
use std::time::Duration;

use super::alarms::{Cause, Condition};
use super::engine::{Engine, Readiness};
use super::follower::{self, Fact, News, Reading};
use super::hearing::of_fsp;
use super::looking_on;
use super::marks::seconds;
use super::provision::{self, Provisioned, Wanted};
use super::restraint::Source;
use super::snapshot::Priority;
use super::under_way::{Brought, Spent, Task};
use super::untrusted::{self, Why};
use crate::dispatch::{DispatchKey, FspId, Revision, SignedDispatch, quoted};
use crate::journal::EntryKind;
use crate::openadr::client::{ClientActivity, ClientError, Told};
use crate::openadr::mapping::{self, Heartbeat};
use crate::openadr::wire::{Event, Report};
use crate::time::UtcTime;

/// The longest wait between two attempts at provisioning, seconds.
const LONGEST_WAIT_S: f64 = 30.0;
const MINUTE_S: f64 = 60.0;
/// So many looks that bring nothing are a silence of the VTN,
const SILENT_LOOKS: f64 = 3.0;
/// if they last this long, seconds.
const LEAST_SILENCE_S: f64 = 5.0;

impl Engine {
    /// Makes sure of everything at the VTN, beside everything else.
    pub(super) fn begin_provisioning(&mut self, failures: u32) {
        self.readiness = Readiness::Trying { failures };
        let work = provision::provision(self.client.clone(), Wanted::of(&self.state.register));
        self.start(Task::Provision, async move { Brought::Provisioned(work.await) });
    }

    pub(super) fn provisioned(&mut self, now: UtcTime, result: Result<Provisioned, String>, took: Duration) {
        self.state.health.secured(self.client.security());
        let failures = match self.readiness {
            Readiness::Trying { failures } | Readiness::Waiting { failures, .. } => failures,
            Readiness::Ready => 0,
        };
        match result {
            Ok(provisioned) => {
                self.readiness = Readiness::Ready;
                self.was_lost = false;
                self.state.health.answered(now, took);
                self.programs.extend(provisioned.programs);
                for event in &provisioned.events {
                    self.take_up(now, event);
                }
                self.settle_what_was_before(now, &provisioned.events);
                self.state.settle(now);
                self.write_lost_again(now, now + 1, &provisioned.events);
                self.mind_connection(now);
                self.take_held(now, None);
                self.begin_looking(now);
            }
            Err(fault) => {
                let wait = (f64::from(failures.min(5)).exp2()).min(LONGEST_WAIT_S);
                let wait = wait * (0.8 + 0.4 * self.entropy.unit());
                self.readiness =
                    Readiness::Waiting { until: self.clock.now_seconds() + wait, failures: failures + 1 };
                let words = format!("the VTN could not be set up: {fault}");
                self.state.health.failed(words.clone());
                self.take_held(now, Some(&words));
            }
        }
    }

    /// Takes up what an event of this desk's programs holds, when this desk's own key signed it.
    pub(super) fn take_up(&mut self, now: UtcTime, event: &Event) {
        let event_id = event.meta.id.clone().unwrap_or_default();
        let Some((key, revision)) = mapping::identity_of(event) else {
            if self.programs.values().any(|program| *program == event.program_id) {
                self.tell_of_event(now, &nameless(event, event_id));
            }
            return;
        };
        let known = self.state.book.get(&key).is_some_and(|s| {
            s.revision(revision).is_some_and(|r| r.sent.is_some() && r.event_id.as_ref() == Some(&event_id))
        });
        if known {
            return;
        }
        let signed = mapping::dispatch_from(event)
            .map_err(|u| u.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "));
        match signed.and_then(|signed| self.verify_own(signed, now)) {
            Ok(signed) if self.state.book.passes_over(&signed.dispatch, now) => {}
            Ok(signed) => {
                let dispatch = &signed.dispatch;
                let limits = self.state.register.ack_limits(dispatch);
                let text = format!("found at the VTN and taken up: {key} revision {revision}");
                let unit = dispatch.unit.clone();
                self.state.record.say_of(now, EntryKind::Session, (&key, &unit), text);
                let sent = modified(event).unwrap_or(dispatch.instruction_time);
                let taken_up = signed.dispatch.clone();
                self.state.book.take_up(signed, &event_id, sent, limits);
                self.state.recall_approval(&taken_up);
            }
            Err(fault) => self.tell_of_event(
                now,
                &Condition {
                    cause: Cause::Event(event_id),
                    priority: Priority::Medium,
                    text: format!(
                        "The VTN holds {key} revision {revision}, which this desk did not sign ({fault}): find out who else writes to this VTN as the operator."
                    ),
                    source: "VTN".to_owned(),
                    unit: None,
                    dispatch: Some(key),
                    heard_through: None,
                    silences: false,
                },
            ),
        }
    }

    /// Tells of an event that is not this desk's, once: whenever stock is taken it stands there again.
    fn tell_of_event(&mut self, now: UtcTime, condition: &Condition) {
        if self.told_events.insert((condition.cause.clone(), condition.text.clone())) {
            self.state.alarm(now, condition);
        }
    }

    /// A VTN may come back without what it held: what is open goes there again as it was signed. An FSP that knows it
    /// acknowledges it once more and changes nothing.
    /// What was sent after the events were `asked` for is not missed among them.
    pub(super) fn write_lost_again(&mut self, now: UtcTime, asked: UtcTime, events: &[Event]) {
        if self.follows_only.is_some() {
            return;
        }
        let stand: BTreeSet<(DispatchKey, Revision)> =
            events.iter().filter_map(mapping::identity_of).collect();
        let is_there = |key: &DispatchKey, revision: Revision| {
            stand.range((key.clone(), revision)..).next().is_some_and(|(other, _)| other == key)
        };
        let open = self.state.book.iter().filter(|s| s.is_open() && !self.lanes.is_busy(&s.key));
        let in_force = open.filter_map(|s| Some((&s.key, s.revision(s.in_force?)?)));
        let lost: Vec<SignedDispatch> = in_force
            .filter(|(key, r)| {
                r.sent.is_some_and(|sent| sent < asked) && !is_there(key, r.signed.dispatch.revision)
            })
            .map(|(_, r)| r.signed.clone())
            .collect();
        for signed in lost {
            let errand = self.errand(signed, None);
            self.lanes.add(errand, self.clock.now_millis());
        }
        self.run_errands(now);
    }

    /// Whether this desk's own key signed it. What the book has already was verified when its key was in force; the key may have
    /// ended since.
    pub(super) fn verify_own(&self, signed: SignedDispatch, now: UtcTime) -> Result<SignedDispatch, String> {
        let operator = &signed.dispatch.network_operator;
        let keys = self.state.register.own_keys(operator);
        let keys = keys.ok_or_else(|| format!("this desk holds no key of {operator}"))?;
        if !self.state.book.holds(&signed) {
            signed.verify(keys, now).map_err(|fault| fault.to_string())?;
        }
        Ok(signed)
    }

    /// Looks at what is new at the VTN, unless a look is under way.
    pub(super) fn begin_looking(&mut self, now: UtcTime) {
        if self.looking.is_none() {
            self.look(now, Reading::News);
        }
    }

    fn look(&mut self, now: UtcTime, reading: Reading) {
        self.looking = Some(now);
        let client = self.client.clone();
        let asked = self.mark.asks(reading);
        match self.follows_only {
            Some(_) => self.start(Task::Look, async move { looking_on::look(&client, asked).await }),
            None => {
                self.start(Task::Look, async move { Brought::News(follower::look(&client, asked).await) });
            }
        }
    }

    pub(super) fn looked(&mut self, now: UtcTime, result: Result<News, ClientError>, spent: &Spent) {
        let asked = self.looking.take().unwrap_or(now);
        self.state.health.secured(self.client.security());
        match result {
            Ok(news) if news.reading == Reading::Again => {
                self.state.health.answered(now, spent.took);
                self.hear_again(now, news, spent.passed_s);
            }
            Ok(news) => {
                self.state.health.answered(now, spent.took);
                let is_part = news.told == Told::SomeChanges;
                self.hear(now, asked, news);
                self.rests_until = self.clock.now_seconds() + spent.passed_s;
                if is_part {
                    return self.look(now, Reading::Rest);
                }
                if std::mem::take(&mut self.taking_up) {
                    self.said_before.clear();
                    self.state.alarms.confirm();
                    self.take_stock_in_time(now);
                }
                self.mind_connection(now);
                self.to_reckon = true;
                if self.was_lost {
                    // It may have come back without what it held.
                    self.begin_provisioning(0);
                }
                let is_busy = self.hinted || !self.lanes.is_empty();
                if self.mark.is_to_read_again(self.clock.now_seconds(), is_busy) {
                    return self.look(now, Reading::Again);
                }
            }
            Err(error) => self.state.health.failed(error.to_string()),
        }
        self.look_if_hinted();
    }

    fn hear(&mut self, now: UtcTime, asked: UtcTime, news: News) {
        let silent_s = self.told.replace(asked).map_or(0, |last| asked.since(last));
        self.after_silence |= silent_s > self.silence_s();
        match news.told {
            Told::SomeChanges => self.state.links.news_in_part(),
            Told::Changes | Told::Everything => {
                self.state.news(asked, std::mem::take(&mut self.after_silence));
            }
        }
        self.mark.pass(&news.activity);
        for activity in &news.activity {
            self.hear_activity(activity);
        }
        let reports = self.mark.take(news.reports, news.told);
        self.hear_reports(now, news.reading, reports);
    }

    /// What was read once more. What is news only now was altered or lost on its way before.
    fn hear_again(&mut self, now: UtcTime, news: News, took_s: f64) {
        let reports = self.mark.take_again(news.reports, news.told, self.clock.now_seconds(), took_s);
        self.hear_reports(now, news.reading, reports);
    }

    fn hear_reports(&mut self, now: UtcTime, reading: Reading, reports: Vec<Report>) {
        for report in reports {
            let reached = follower::reached_vtn(&report, now);
            for fact in follower::facts_of(&report, &self.state.register) {
                self.hear_fact(now, reached, reading, &report, fact);
            }
        }
    }

    /// Seconds without news after which the VTN was silent, and not slow.
    #[expect(clippy::cast_possible_truncation, reason = "a cast of f64 to i64 saturates")]
    fn silence_s(&self) -> i64 {
        (self.follow_every_s * SILENT_LOOKS).max(LEAST_SILENCE_S) as i64
    }

    fn hear_activity(&mut self, activity: &ClientActivity) {
        let fsp = activity.client_id.parse::<FspId>().ok();
        let at = activity.last_request.parse::<jiff::Timestamp>();
        if let (Some(fsp), Ok(at)) = (fsp, at) {
            // Nobody has asked anything in the time to come, whatever an altered word or a wrong clock says.
            self.state.client_asked(&fsp, at.as_millisecond().min(self.clock.now_millis()));
        }
    }

    fn hear_fact(&mut self, now: UtcTime, reached: UtcTime, reading: Reading, report: &Report, fact: Fact) {
        match fact {
            Fact::Heartbeat(heartbeat) => self.hear_heartbeat(reached, &heartbeat),
            Fact::Availability(declared) => {
                self.state.stir(&declared.fsp);
                declared.units.iter().for_each(|unit| self.state.units.declared(unit));
            }
            Fact::Acknowledgement(signed) => {
                // Acknowledgements seldom come alone: of a burst the last is not to wait for the next look in its turn.
                // While dispatches still go out, those are what is urgent.
                self.hinted |= self.lanes.is_empty();
                self.hear_acknowledgement(now, reached, reading, &signed);
            }
            // A minute that is not over has not been metered, whatever a clock that is wrong says.
            Fact::Metered(_, minute) if minute.reading.at > seconds(reached) + MINUTE_S => {}
            Fact::Bad(unit, end) => {
                self.state.stir(&unit.fsp);
                self.state.untrusted.bad(&unit, end, Why::Marked);
            }
            Fact::Metered(unit, minute) => {
                self.state.stir(&unit.fsp);
                let (reading, end) = (minute.reading, untrusted::end_of(minute.reading));
                let known = self.state.register.unit(&unit);
                if known.is_some_and(|unit| !untrusted::is_possible(unit, reading)) {
                    return self.state.untrusted.bad(&unit, end, Why::Impossible { kw: reading.kw });
                }
                self.state.untrusted.good(&unit, end);
                let found = self.state.book.of_event(&report.event_id);
                let of_unit = found.filter(|s| s.dispatch().is_some_and(|d| d.unit == unit));
                if let Some(key) = of_unit.map(|s| s.key.clone()) {
                    self.state.book.metered(&key, minute.reading);
                    if let Some(kvar) = minute.kvar {
                        self.state.book.metered_reactive(&key, minute.reading.at, kvar);
                    }
                }
            }
            Fact::Imposter { client, speaks_for, unit } => {
                let about = unit.as_ref().map_or(speaks_for.to_string(), ToString::to_string);
                let text = format!(
                    "Client {} reported for {about}, which is not its own: the report was refused. Find out who uses that client's secret, and telephone {}.",
                    quoted(&client),
                    self.state.register.telephone(&speaks_for)
                );
                let cause = Cause::Imposter(client);
                let condition = of_fsp(cause, Priority::High, &speaks_for, text);
                self.state.alarm(now, &Condition { unit, ..condition });
            }
            Fact::Unreadable { fsp: Some(fsp), problem } => {
                let text = format!(
                    "An acknowledgement by {fsp} cannot be read: {problem}. Telephone {} and agree what it has taken on.",
                    self.state.register.telephone(&fsp)
                );
                self.state.alarm(now, &of_fsp(Cause::Report(fsp.clone()), Priority::Medium, &fsp, text));
            }
            Fact::Unreadable { fsp: None, problem } => {
                let record = &mut self.state.record;
                if record.admits(now, Source::Unknown, "a report that cannot be read") {
                    let text = format!("a report that cannot be read was passed over: {problem}");
                    record.say(now, EntryKind::Acknowledgement, text);
                }
            }
        }
    }

    fn hear_heartbeat(&mut self, reached: UtcTime, heartbeat: &Heartbeat) {
        self.state.client_heard(&heartbeat.fsp, reached);
        self.state.clocks.told(&heartbeat.fsp, heartbeat.at, reached);
        let known = self.state.links.known_before();
        let interval = self.state.register.poll_seconds(&heartbeat.fsp);
        for pulse in heartbeat.units.iter().filter(|p| p.unit.fsp == heartbeat.fsp) {
            if self.state.links.pulse(&pulse.unit, reached, pulse.alive)
                && let Some(line) = self.state.units.pulse(pulse, reached)
            {
                line.heard(reached, pulse.alive, known, interval);
            }
        }
        for (key, revision) in &heartbeat.seen {
            let unit = self.state.book.get(key).and_then(|s| s.dispatch()).map(|d| d.unit.clone());
            if let Some(unit) = unit.filter(|u| u.fsp == heartbeat.fsp) {
                self.state.units.seen(&unit, key, *revision);
            }
        }
    }
}

/// An event of this desk's programs that says of no dispatch that it is its own.
fn nameless(event: &Event, event_id: String) -> Condition {
    let name = event.event_name.as_deref().map_or_else(String::new, |name| format!(" ({})", quoted(name)));
    Condition {
        text: format!(
            "The VTN holds event {}{name} of this desk's programs, which names no dispatch: find out who else writes to this VTN as the operator.",
            quoted(&event_id)
        ),
        cause: Cause::Event(event_id),
        priority: Priority::Medium,
        source: "VTN".to_owned(),
        unit: None,
        dispatch: None,
        heard_through: None,
        silences: false,
    }
}

fn modified(event: &Event) -> Option<UtcTime> {
    UtcTime::parse_tolerant(event.meta.modification_date_time.as_deref()?).ok()
}
