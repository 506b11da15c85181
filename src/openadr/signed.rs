//! What of a body is signed, for people to check: dispatches in events, acknowledgements in reports.

use serde_json::Value;

use super::legacy::{self, Kind};
use super::mapping;
use super::wire::{self, Event, Report};
use crate::dispatch::{Problem, SignedAcknowledgement, SignedDispatch};

/// One thing that a body carries under a signature. Nothing is verified yet.
#[derive(Clone, Debug)]
pub enum Signed {
    /// An operator's dispatch.
    Dispatch(Box<SignedDispatch>),
    /// An FSP's acknowledgement.
    Acknowledgement(Box<SignedAcknowledgement>),
    /// It carries the profile's payloads, and cannot be read.
    Unreadable {
        /// What it is, in a few words.
        what: String,
        /// What is wrong with it.
        problems: Vec<Problem>,
    },
}

/// Everything signed in a body, in its order; nothing when the body is no JSON or carries nothing of the profile.
pub fn signed_in(body: &str) -> Vec<Signed> {
    match serde_json::from_str(body) {
        Ok(Value::Array(objects)) => objects.into_iter().filter_map(signed).collect(),
        Ok(object) => signed(object).into_iter().collect(),
        Err(_) => Vec::new(),
    }
}

fn signed(object: Value) -> Option<Signed> {
    let holds = |name: &str| object.get(name).is_some_and(Value::is_array);
    if holds("resources") {
        of_report(&wire::read_value(object).ok()?)
    } else if holds("intervals") {
        // Of either version: 3.1's shape passes through unchanged.
        of_event(&wire::read_value(legacy::from_3_0(Kind::Event, object)).ok()?)
    } else {
        None
    }
}

fn of_event(event: &Event) -> Option<Signed> {
    let (key, revision) = mapping::identity_of(event)?;
    Some(match mapping::dispatch_from(event) {
        Ok(signed) => Signed::Dispatch(Box::new(signed)),
        Err(undecodable) => Signed::Unreadable {
            what: format!("dispatch {} revision {revision}", key.dispatch_ref),
            problems: undecodable.problems,
        },
    })
}

fn of_report(report: &Report) -> Option<Signed> {
    Some(match mapping::acknowledgement_from(report)? {
        Ok(signed) => Signed::Acknowledgement(Box::new(signed)),
        Err(problems) => {
            Signed::Unreadable { what: format!("acknowledgement by {}", report.client_name), problems }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::sample::{dispatch, key};
    use crate::dispatch::{Acknowledgement, KeyRing, Readback, Stage};
    use crate::openadr::mapping::{anchor_event, event_from, report_from_acknowledgement};

    fn event() -> Event {
        event_from(&dispatch().sign(&key("gb-dno-11-2026")).unwrap(), "program-1")
    }

    fn report() -> Report {
        let said = Acknowledgement {
            key: dispatch().key(),
            unit: dispatch().unit.clone(),
            revision: dispatch().revision,
            status: Some(dispatch().status),
            stage: Stage::Accepted,
            at: dispatch().instruction_time,
            readback: Some(Readback::of(&dispatch())),
            reason: None,
            detail: None,
            reached_at: None,
        };
        report_from_acknowledgement(&said.sign(&key("brightflex-2026")).unwrap(), "event-1")
    }

    #[test]
    fn what_a_body_carries_is_found_alone_and_in_a_list_and_still_verifies() {
        let now = dispatch().instruction_time;
        let ring = KeyRing::new(["gb-dno-11-2026", "brightflex-2026"].map(|id| key(id).public(None, None)));
        let one = serde_json::to_string(&event()).unwrap();
        let list = serde_json::json!([anchor_event("program-1"), event(), report(), { "programName": "p" }]);
        for (body, count) in [(one, 1), (list.to_string(), 2)] {
            let found = signed_in(&body);
            assert_eq!(found.len(), count, "{body}");
            for signed in found {
                match signed {
                    Signed::Dispatch(signed) => {
                        assert_eq!(signed.dispatch, dispatch());
                        assert_eq!(signed.verify(&ring, now), Ok(()));
                    }
                    Signed::Acknowledgement(signed) => assert_eq!(signed.verify(&ring, now), Ok(())),
                    Signed::Unreadable { what, problems } => panic!("{what}: {problems:?}"),
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_read_is_named_with_what_is_wrong() {
        let mut event = event();
        for interval in &mut event.intervals {
            interval.payloads.retain(|p| p.kind != "GB_CONTRACT");
        }
        let mut report = report();
        for interval in &mut report.resources[0].intervals {
            interval.payloads.retain(|p| p.kind != "GB_ACK_TIME");
        }
        let body = serde_json::json!([event, report]).to_string();
        let said: Vec<String> = signed_in(&body)
            .into_iter()
            .map(|signed| match signed {
                Signed::Unreadable { what, problems } => format!("{what}: {}", problems[0]),
                other => panic!("{other:?}"),
            })
            .collect();
        assert!(said[0].contains("revision 3") && said[0].contains("GB_CONTRACT"), "{said:?}");
        assert!(said[1].contains("BRIGHTFLEX") && said[1].contains("GB_ACK_TIME"), "{said:?}");
    }

    #[test]
    fn other_bodies_carry_nothing() {
        for body in ["", "plain", "[]", "{}", "null", r#"{"intervals":[]}"#, r#"{"resources":[]}"#, "[1,[2]]"]
        {
            assert!(signed_in(body).is_empty(), "{body}");
        }
    }
}
