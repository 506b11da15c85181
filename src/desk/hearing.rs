//! Hearing what an FSP says of a dispatch: it is believed when its signature holds and it is of what this desk sent, and kept
//! with its signature either way.

use super::alarms::{Cause, Condition};
use super::book::Heard;
use super::conditions::about;
use super::engine::Engine;
use super::follower::Reading;
use super::memory::print_of;
use super::restraint::Source;
use super::snapshot::Priority;
use super::standing::rank;
use crate::dispatch::{Acknowledgement, FspId, SignedAcknowledgement, Stage};
use crate::time::UtcTime;

/// What the journal says of an acknowledgement whose signature does not hold,
pub const NOT_BELIEVED: &str = "not believed";
/// and of one of a revision, or by a unit, that this desk did not send to.
pub const NOT_SENT_BY_THIS_DESK: &str = "which is not what this desk sent";

/// How an acknowledgement is kept.
enum Kept {
    /// The ladder has room for so many: each is.
    Always,
    /// There may be any number like this one: of a flood the count is.
    OfMany(&'static str),
}

impl Engine {
    pub(super) fn hear_acknowledgement(
        &mut self,
        now: UtcTime,
        reached: UtcTime,
        reading: Reading,
        signed: &SignedAcknowledgement,
    ) {
        let said = &signed.acknowledgement;
        let fsp = &said.unit.fsp;
        let signature =
            signed.verify(&self.state.register.fsp_keys(fsp), reached).map_err(|fault| fault.to_string());
        // What the desk hears late because it missed it before is no fault of the FSP's client.
        let is_its_doing = !self.taking_up && reading != Reading::Again;
        let after = self.heard_before(said).filter(|_| signature.is_ok() && is_its_doing);
        let heard = self.state.book.acknowledge(said, signature.clone(), now);
        let words = words_of(said);
        match (heard, signature) {
            (Heard::UnknownDispatch, _) => {
                let what = "of a dispatch that is not known here";
                self.keep(now, signed, format!("{words} {what}"), &Kept::OfMany(what));
            }
            (Heard::OtherUnit | Heard::UnknownRevision, _) => {
                let what = NOT_SENT_BY_THIS_DESK;
                self.keep(now, signed, format!("{words}, {what}"), &Kept::OfMany(what));
                let text = format!(
                    "{fsp} says {words}, {what}: telephone {} and agree what it has taken on.",
                    self.state.register.telephone(fsp)
                );
                let condition = about(Cause::Report(fsp.clone()), &said.unit, false);
                let dispatch = Some(said.key.clone());
                self.state.alarm(now, &Condition { text, dispatch, ..condition });
            }
            (heard, Err(fault)) => {
                let kept = if heard == Heard::New { Kept::Always } else { Kept::OfMany(NOT_BELIEVED) };
                self.keep(now, signed, format!("{words}, {NOT_BELIEVED}: {fault}"), &kept);
                let text = format!(
                    "{words} in the name of {fsp} was not believed: {fault}. Telephone {} and check which key it signs with.",
                    self.state.register.telephone(fsp)
                );
                let condition = about(Cause::Signature(fsp.clone()), &said.unit, false);
                let dispatch = Some(said.key.clone());
                self.state.alarm(now, &Condition { text, dispatch, priority: Priority::High, ..condition });
            }
            (Heard::New, Ok(())) => {
                self.keep(now, signed, words, &Kept::Always);
                if let Some(later) = after {
                    self.disorder(now, said, later);
                }
            }
            (Heard::Corrected, Ok(())) => {
                let what = "otherwise than before";
                self.keep(now, signed, format!("{words}, {what}"), &Kept::OfMany(what));
            }
            (Heard::Repeated, Ok(())) if is_its_doing => self.repeats(now, said),
            (Heard::Known | Heard::Repeated, Ok(())) => {}
        }
    }

    /// Keeps what was signed, unless an earlier session did.
    fn keep(&mut self, now: UtcTime, signed: &SignedAcknowledgement, mut text: String, kept: &Kept) {
        let said = &signed.acknowledgement;
        if self.taking_up {
            if self.said_before.contains(&print_of(&signed.to_json())) {
                return;
            }
            text += "; it was said before this session began";
        }
        if let Kept::OfMany(what) = kept {
            let is_known = self.state.register.unit(&said.unit).is_some();
            let source =
                if is_known { Source::Unit(said.unit.clone()) } else { Source::Fsp(said.unit.fsp.clone()) };
            if !self.state.record.admits(now, source, &format!("{}, {what}", said.stage)) {
                return;
            }
        }
        self.state.record.keep(now, (&said.key, &said.unit), text, signed);
    }
}

/// How an FSP's client files what it says.
impl Engine {
    /// The farthest stage of a revision that was heard at an earlier look, when it is farther than what is said now.
    fn heard_before(&self, said: &Acknowledgement) -> Option<Stage> {
        let now = self.state.links.last_news()?;
        let ladder = &self.state.book.get(&said.key)?.ladder;
        let later =
            ladder.iter().filter(|g| g.revision == said.revision && g.signature.is_ok() && g.seen < now);
        later
            .map(|g| g.stage)
            .filter(|stage| rank(*stage) > rank(said.stage))
            .max_by_key(|stage| rank(*stage))
    }

    fn repeats(&mut self, now: UtcTime, said: &Acknowledgement) {
        let fsp = &said.unit.fsp;
        let text = format!(
            "{fsp} files its acknowledgements more than once ({}): nothing is done twice for it. Telephone {} and have its client looked at.",
            words_of(said),
            self.state.register.telephone(fsp)
        );
        self.state.alarm(now, &of_fsp(Cause::Repeats(fsp.clone()), Priority::Low, fsp, text));
    }

    fn disorder(&mut self, now: UtcTime, said: &Acknowledgement, later: Stage) {
        let fsp = &said.unit.fsp;
        let text = format!(
            "{fsp} files its acknowledgements out of order ({} after {later}): the farthest stage counts. Telephone {} and have its client looked at.",
            words_of(said),
            self.state.register.telephone(fsp)
        );
        self.state.alarm(now, &of_fsp(Cause::Disorder(fsp.clone()), Priority::Low, fsp, text));
    }
}

pub(super) fn of_fsp(cause: Cause, priority: Priority, fsp: &FspId, text: String) -> Condition {
    Condition {
        cause,
        priority,
        text,
        source: fsp.to_string(),
        unit: None,
        dispatch: None,
        heard_through: None,
        silences: false,
    }
}

/// `ACCEPTED of EMID-20261126-0417 revision 3 by BRIGHTFLEX/BESS-07`.
fn words_of(said: &Acknowledgement) -> String {
    let reason = said.reason.map_or(String::new(), |r| format!(" ({r})"));
    let detail = said.detail_words().map_or(String::new(), |d| format!(", “{d}”"));
    format!(
        "{}{reason} of {} revision {} by {}{detail}",
        said.stage, said.key.dispatch_ref, said.revision, said.unit
    )
}
