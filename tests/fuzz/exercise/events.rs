//! An event as some server answers it: read in both versions' shapes, made a dispatch or refused in words.

use rampdesk::openadr::legacy::{self, Kind};
use rampdesk::openadr::wire::{self, Event};
use rampdesk::openadr::{mapping, signed, text, version::Version};

pub fn exercise(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        match text::decode_text(text) {
            Ok(dispatch) => {
                for version in [Version::V3_1, Version::V3_0] {
                    let again = text::encode_text(&dispatch, version);
                    assert_eq!(text::decode_text(&again).as_ref(), Ok(&dispatch), "{again}");
                }
            }
            Err(problems) => super::assert_readable(&problems),
        }
        signed::signed_in(text);
    }
    if let Ok(value) = wire::read::<serde_json::Value>(data) {
        let older = legacy::to_3_0(Kind::Event, value);
        legacy::with_stand_in(&older);
        if let Ok(event) = wire::read_value::<Event>(legacy::from_3_0(Kind::Event, older)) {
            decode(&event);
        }
    }
    let Ok(event) = wire::read::<Event>(data) else { return };
    let written = serde_json::to_vec(&event).expect("what was read can be written");
    assert_eq!(wire::read::<Event>(&written).expect("what was written can be read"), event);
    decode(&event);
}

fn decode(event: &Event) {
    mapping::is_anchor(event);
    let identity = mapping::identity_of(event);
    match mapping::dispatch_from(event) {
        Ok(dispatch) => {
            let key = (dispatch.dispatch.key(), dispatch.dispatch.revision);
            assert!(identity.is_none_or(|identity| identity == key), "known by another name: {key:?}");
            let again = mapping::event_from(&dispatch, "P");
            assert_eq!(mapping::dispatch_from(&again).expect("our own event"), dispatch);
            assert_eq!(mapping::identity_of(&again), Some(key));
        }
        Err(refused) => super::assert_readable(&refused.problems),
    }
}
