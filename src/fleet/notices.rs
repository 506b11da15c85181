//! Notices of operators whose VTN moves: which of them are believed. Pure: time is passed in.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::dispatch::{FspId, KeyRing, OperatorId, Signature, SignedMoved};
use crate::openadr::mapping;
use crate::openadr::wire::Event;
use crate::time::UtcTime;

use super::route::Route;

/// So far ahead of this clock a notice may have been issued, seconds: clocks differ, but a time in the far future would
/// keep all later notices from being heard.
const AHEAD_S: i64 = 300;

/// What an FSP knows of its operators' moves.
#[derive(Debug, Default)]
pub(super) struct Notices {
    /// When the last notice that was believed was issued.
    heeded: BTreeMap<OperatorId, UtcTime>,
    /// The last one that was not believed: it is told once, and not at each poll.
    refused: BTreeMap<OperatorId, Signature>,
}

impl Notices {
    /// A notice that was believed in an earlier run.
    pub(super) fn recall(&mut self, signed: &SignedMoved) {
        let (operator, issued) = (signed.moved.operator().clone(), signed.moved.issued());
        let known = self.heeded.entry(operator).or_insert(issued);
        *known = issued.max(*known);
    }

    /// The newest notice among events that an operator of the line has signed and that was not heeded before. It counts
    /// as heeded from now on.
    pub(super) fn heed(
        &mut self,
        fsp: &FspId,
        keys: &BTreeMap<OperatorId, KeyRing>,
        route: &Route,
        events: &[Arc<Event>],
        now: UtcTime,
    ) -> Option<SignedMoved> {
        let read = events.iter().filter(|e| mapping::is_anchor(e)).filter_map(|e| mapping::moved_from(e));
        let mut newest: Option<SignedMoved> = None;
        for notice in read {
            let signed = match notice {
                Ok(signed) => signed,
                Err(fault) => {
                    tracing::debug!(%fsp, vtn = %route.vtn, %fault, "a notice that cannot be read; passed over");
                    continue;
                }
            };
            let operator = signed.moved.operator();
            let is_news = self.heeded.get(operator).is_none_or(|known| signed.moved.issued() > *known);
            if !is_news || !route.operators.contains(operator) {
                continue;
            }
            if let Err(fault) = is_believed(&signed, keys, route, now) {
                if self.refused.get(operator) != Some(&signed.signature) {
                    tracing::warn!(%fsp, %operator, vtn = %route.vtn, %fault, "a notice that its VTN moves is not followed");
                    self.refused.insert(operator.clone(), signed.signature);
                }
                continue;
            }
            if newest.as_ref().is_none_or(|other| other.moved.issued() < signed.moved.issued()) {
                newest = Some(signed);
            }
        }
        if let Some(signed) = &newest {
            self.recall(signed);
        }
        newest
    }
}

fn is_believed(
    signed: &SignedMoved,
    keys: &BTreeMap<OperatorId, KeyRing>,
    route: &Route,
    now: UtcTime,
) -> Result<(), String> {
    let keys = keys.get(signed.moved.operator()).ok_or("no key of the operator is pinned")?;
    signed.verify(keys, now).map_err(|fault| fault.to_string())?;
    if signed.moved.issued() > now + AHEAD_S {
        return Err(format!("it was issued at {}, which is still to come", signed.moved.issued()));
    }
    if signed.moved.lays_open(&route.vtn) {
        return Err("it leads from https to plain http".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::testing::utc;
    use super::*;
    use crate::dispatch::{KeyId, Moved, SigningKey};
    use crate::openadr::mapping::{anchor_event, with_notice};

    fn key(name: &str) -> SigningKey {
        let id: KeyId = name.parse().unwrap();
        SigningKey::from_seed(id, &[u8::try_from(name.len()).unwrap(); 32])
    }

    fn notice(operator: &str, to: &str, issued: &str, by: &str) -> SignedMoved {
        Moved::new(operator.parse().unwrap(), vec![to.to_owned()], utc(issued))
            .unwrap()
            .sign(&key(by))
            .unwrap()
    }

    fn heed(notices: &mut Notices, signed: &[SignedMoved]) -> Option<String> {
        let fsp = "BRIGHTFLEX".parse().unwrap();
        let keys = ["GB-DNO-11", "GB-DNO-14"]
            .map(|id| (id.parse().unwrap(), KeyRing::new([key(id).public(None, None)])))
            .into();
        let operators = BTreeSet::from(["GB-DNO-11".parse().unwrap()]);
        let route = Route { line: 0, vtn: "https://old.example/v".into(), operators };
        let event = |s| Arc::new(with_notice(&anchor_event("p"), s));
        let events: Vec<Arc<Event>> = signed.iter().map(event).collect();
        let heeded = notices.heed(&fsp, &keys, &route, &events, utc("16:00"));
        heeded.map(|signed| signed.moved.vtns()[0].clone())
    }

    #[test]
    fn only_a_new_notice_that_the_operator_of_the_line_has_signed_is_followed() {
        let own = "GB-DNO-11";
        let good = |to: &str, issued: &str| notice(own, to, issued, own);
        let (a, b) = ("https://a.example", "https://b.example");
        for (what, seen, follows) in [
            ("its own", vec![good(a, "15:45")], Some(a)),
            ("the newest of several", vec![good(a, "15:45"), good(b, "15:50"), good(a, "15:40")], Some(b)),
            ("of an operator of another line", vec![notice("GB-DNO-14", a, "15:45", "GB-DNO-14")], None),
            ("in another operator's name", vec![notice(own, a, "15:45", "GB-DNO-14")], None),
            ("of nobody who is known", vec![notice("GB-DNO-12", a, "15:45", "x")], None),
            (
                "a good one beside a forged newer one",
                vec![good(a, "15:45"), notice(own, b, "15:50", "x")],
                Some(a),
            ),
            ("a minute ahead of this clock", vec![good(a, "16:01")], Some(a)),
            ("from the far future", vec![good(a, "23:00")], None),
            ("to where anybody can read along", vec![good("http://a.example", "15:45")], None),
            ("to this machine", vec![good("http://127.0.0.1:8080", "15:45")], Some("http://127.0.0.1:8080")),
        ] {
            let mut notices = Notices::default();
            assert_eq!(heed(&mut notices, &seen).as_deref(), follows, "{what}");
            assert_eq!(heed(&mut notices, &seen), None, "{what}: it is followed once");
        }
    }

    #[test]
    fn an_old_notice_that_is_shown_again_leads_nobody_back() {
        let mut notices = Notices::default();
        let (first, second) = (
            notice("GB-DNO-11", "https://a.example", "15:45", "GB-DNO-11"),
            notice("GB-DNO-11", "https://b.example", "15:50", "GB-DNO-11"),
        );
        notices.recall(&second);
        assert_eq!(heed(&mut notices, std::slice::from_ref(&first)), None);
        notices.recall(&first);
        assert_eq!(heed(&mut notices, &[first, second]), None);
    }
}
