//! Acknowledgements: believed, or kept and told as what they are; and how an FSP's client files them.

use super::alarms::{Cause, Condition};
use super::book::Heard;
use super::conditions::about;
use super::engine::Engine;
use super::follower::Reading;
use super::following::of_fsp;
use super::snapshot::Priority;
use super::standing::rank;
use crate::dispatch::{Acknowledgement, SignedAcknowledgement, Stage};
use crate::time::UtcTime;

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
        let is_its_doing = reading != Reading::Again;
        let after = self.heard_before(said).filter(|_| signature.is_ok() && is_its_doing);
        let heard = self.state.book.acknowledge(said, signature.clone(), now);
        let about_it = (&said.key, &said.unit);
        match (heard, signature) {
            (Heard::UnknownDispatch, _) => {
                let text = format!("{} of a dispatch that is not known here", words_of(said));
                self.state.record.keep(now, about_it, text, signed);
            }
            (Heard::OtherUnit | Heard::UnknownRevision, _) => {
                let text = format!(
                    "{fsp} says {}, which is not what this desk sent: telephone {} and agree what it has taken on.",
                    words_of(said),
                    self.state.register.telephone(fsp)
                );
                let kept = format!("{}, which is not what this desk sent", words_of(said));
                self.state.record.keep(now, about_it, kept, signed);
                let condition = about(Cause::Report(fsp.clone()), &said.unit, false);
                let dispatch = Some(said.key.clone());
                self.state.alarm(now, &Condition { text, dispatch, ..condition });
            }
            (_, Err(fault)) => {
                let kept = format!("{}, not believed: {fault}", words_of(said));
                self.state.record.keep(now, about_it, kept, signed);
                let text = format!(
                    "{} in the name of {fsp} was not believed: {fault}. Telephone {} and check which key it signs with.",
                    words_of(said),
                    self.state.register.telephone(fsp)
                );
                let condition = about(Cause::Signature(fsp.clone()), &said.unit, false);
                let dispatch = Some(said.key.clone());
                self.state.alarm(now, &Condition { text, dispatch, priority: Priority::High, ..condition });
            }
            (Heard::New, Ok(())) if !self.taking_up => {
                self.state.record.keep(now, about_it, words_of(said), signed);
                if let Some(later) = after {
                    self.disorder(now, said, later);
                }
            }
            (Heard::Corrected, Ok(())) if !self.taking_up => {
                let text = format!("{}, otherwise than before", words_of(said));
                self.state.record.keep(now, about_it, text, signed);
            }
            (Heard::Repeated, Ok(())) if !self.taking_up && is_its_doing => self.repeats(now, said),
            (Heard::New | Heard::Known | Heard::Repeated | Heard::Corrected, Ok(())) => {}
        }
    }

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

/// `ACCEPTED of EMID-20261126-0417 revision 3 by BRIGHTFLEX/BESS-07`.
fn words_of(said: &Acknowledgement) -> String {
    let reason = said.reason.map_or(String::new(), |r| format!(" ({r})"));
    let detail = said.detail_words().map_or(String::new(), |d| format!(", “{d}”"));
    format!(
        "{}{reason} of {} revision {} by {}{detail}",
        said.stage, said.key.dispatch_ref, said.revision, said.unit
    )
}
