//! What is signed, as text: a dispatch document, a read-back, an approval, the notice of a VTN that moves, an FSP's file of
//! such notices, a journal's head. The first byte says which, the rest is the text.
//!
//! Written and read again it is the same; what is signed holds, and with anything in it changed it does not.

use std::sync::OnceLock;

use rampdesk::dispatch::{
    Approval, Dispatch, Readback, Signature, SignedDispatch, SignedMoved, dispatch_from_json,
    dispatch_to_json,
};
use rampdesk::interop::{Field, Form, MOST_MESSAGES, Subject, survey};
use rampdesk::journal::SignedHead;
use rampdesk::openadr::text::{decode_text, encode_text};
use rampdesk::openadr::version::Version;
use rampdesk::profile::fleet::FleetProfile;
use rampdesk::profile::kind::FileKind;
use rampdesk::profile::moves::Moves;
use serde_json::Value;

use super::desk::{approver, changed, now, operator, ring};
use super::{assert_brief, assert_readable, picked};

pub fn exercise(data: &[u8]) {
    let Some((choice, rest)) = picked(data, 6) else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    FileKind::of(text);
    match choice {
        0 => dispatch(text),
        1 => readback(text),
        2 => approval(text),
        3 => moved(text),
        4 => moves(text),
        _ => head(text),
    }
}

fn dispatch(text: &str) {
    match dispatch_from_json(text) {
        Ok((dispatch, signature)) => {
            let written = dispatch_to_json(&dispatch, signature.as_ref());
            assert_eq!(dispatch_from_json(&written).as_ref(), Ok(&(dispatch.clone(), signature.clone())));
            let back = Readback::of(&dispatch);
            assert_eq!(Readback::from_text(&back.to_text()), Ok(back));
            signed(&dispatch, text.len());
            carried(&dispatch, signature.as_ref());
        }
        Err(problems) => assert_readable(&problems),
    }
}

/// With our signature it holds through both versions of OpenADR; changed it does not.
fn signed(dispatch: &Dispatch, number: usize) {
    let signed = dispatch.clone().sign(&operator()).expect("our own key");
    assert_eq!(signed.verify(&ring(), now()), Ok(()));
    for version in [Version::V3_1, Version::V3_0] {
        assert_eq!(decode_text(&encode_text(&signed, version)).as_ref(), Ok(&signed));
    }
    let document: Value = serde_json::from_str(&signed.to_json()).expect("our own");
    if let Ok((other, Some(signature))) = dispatch_from_json(&changed(&document, number).to_string()) {
        let other = SignedDispatch { dispatch: other, signature };
        assert!(other == signed || other.verify(&ring(), now()).is_err(), "{other:?}");
    }
}

/// As other systems would carry it: every field is accounted for, and each message is what it says it is.
fn carried(dispatch: &Dispatch, signature: Option<&Signature>) {
    static DEMO: OnceLock<FleetProfile> = OnceLock::new();
    let mut subject = Subject::alone(dispatch, signature);
    if let Some(unit) = DEMO.get_or_init(FleetProfile::demo).unit(&dispatch.unit) {
        subject.baseline = Some(&unit.baseline);
        subject.ramps_kw_per_s = Some(unit.asset.ramps_kw_per_s());
    }
    for translation in survey(&subject) {
        assert_eq!(translation.fields.len(), Field::ALL.len(), "{:?}", translation.system);
        assert!(translation.messages.len() <= translation.messages_in_all.min(MOST_MESSAGES));
        assert_eq!(translation.messages.is_empty(), translation.nothing_sent.is_some(), "{translation:?}");
        for message in &translation.messages {
            match message.form {
                Form::Json => {
                    serde_json::from_str::<Value>(&message.text).expect("JSON");
                }
                Form::Xml => assert_xml(&message.text),
                Form::Table | Form::Card | Form::Request => assert!(!message.text.is_empty()),
            }
        }
    }
}

fn assert_xml(text: &str) {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut elements = 0;
    loop {
        match reader.read_event().expect("XML") {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(_) | quick_xml::events::Event::Empty(_) => elements += 1,
            _ => {}
        }
    }
    assert!(elements > 0, "{text}");
}

fn readback(text: &str) {
    match Readback::from_text(text) {
        Ok(back) => assert_eq!(Readback::from_text(&back.to_text()), Ok(back)),
        Err(problems) => assert_readable(&problems),
    }
}

fn approval(text: &str) {
    let read = match Approval::from_json(text) {
        Ok(read) => read,
        Err(fault) => return assert_brief(&fault),
    };
    assert_eq!(Approval::from_json(&read.to_json()).as_ref(), Ok(&read));
    let signed = read.approved.sign(&approver()).expect("our own key");
    assert_eq!(signed.verify(&ring(), now()), Ok(()));
    let document: Value = serde_json::from_str(&signed.to_json()).expect("our own");
    if let Ok(other) = Approval::from_json(&changed(&document, text.len()).to_string()) {
        assert!(other == signed || other.verify(&ring(), now()).is_err(), "{other:?}");
    }
}

fn moved(text: &str) {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return };
    let read = match SignedMoved::from_json(&value) {
        Ok(read) => read,
        Err(fault) => return assert_brief(&fault),
    };
    assert_eq!(SignedMoved::from_json(&read.to_json()).as_ref(), Ok(&read));
    let signed = read.moved.sign(&operator()).expect("our own key");
    assert_eq!(signed.verify(&ring(), now()), Ok(()));
    if let Ok(other) = SignedMoved::from_json(&changed(&signed.to_json(), text.len())) {
        assert!(other == signed || other.verify(&ring(), now()).is_err(), "{other:?}");
    }
}

fn moves(text: &str) {
    match Moves::from_json(text) {
        Ok(moves) => assert_eq!(Moves::from_json(&moves.to_json()), Ok(moves)),
        Err(fault) => assert_brief(&fault),
    }
}

fn head(text: &str) {
    let read = match SignedHead::from_json(text) {
        Ok(read) => read,
        Err(fault) => return assert_brief(&fault),
    };
    assert_eq!(SignedHead::from_json(&read.to_json()).as_ref(), Ok(&read));
    let signed = read.head.sign(&operator()).expect("our own key");
    assert_eq!(signed.verify(&ring()), Ok(()));
    let document: Value = serde_json::from_str(&signed.to_json()).expect("our own");
    if let Ok(other) = SignedHead::from_json(&changed(&document, text.len()).to_string()) {
        assert!(other == signed || other.verify(&ring()).is_err(), "{other:?}");
    }
}
