use serde_json::json;

use crate::dispatch::{KeyRing, Moved, SignedMoved, sample};
use crate::openadr::mapping::hostile::sent_through;
use crate::openadr::mapping::{anchor_event, is_anchor, moved_from, with_notice};

fn signed() -> SignedMoved {
    let vtns = vec!["https://new.example/openadr3/3.1.0".to_owned(), "https://second.example/v".to_owned()];
    let at = "2026-11-26T15:45:12Z".parse().unwrap();
    Moved::new("GB-DNO-11".parse().unwrap(), vtns, at).unwrap().sign(&sample::key("dno-2026")).unwrap()
}

#[test]
fn a_notice_comes_back_from_its_anchor_whole_and_the_anchor_stays_one() {
    let anchor = with_notice(&anchor_event("p"), &signed());
    let back = sent_through(&anchor);
    assert!(is_anchor(&back));
    let read = moved_from(&back).unwrap().unwrap();
    assert_eq!(read, signed());
    let keys = KeyRing::new([sample::key("dno-2026").public(None, None)]);
    assert_eq!(read.verify(&keys, read.moved.issued()), Ok(()));
    assert!(moved_from(&anchor_event("p")).is_none());
    assert_eq!(with_notice(&anchor, &signed()), anchor, "one notice takes the place of another");
}

#[test]
fn a_notice_that_was_spoiled_on_the_way_says_what_cannot_be_read() {
    let whole = with_notice(&anchor_event("p"), &signed());
    for (kind, values, says) in [
        ("GB_MOVED_TO", json!([7]), "GB_MOVED_TO carries what is no string"),
        ("GB_MOVED_TO", json!([]), "GB_MOVED_TO: 0 addresses"),
        ("GB_OPERATOR", json!([""]), "GB_OPERATOR: "),
        ("GB_OPERATOR", json!([]), "GB_OPERATOR carries"),
        ("GB_INSTRUCTION_TIME", json!(["noon"]), "GB_INSTRUCTION_TIME: "),
        ("GB_SIGNATURE", json!(["Ed25519", "k"]), "GB_SIGNATURE"),
    ] {
        let mut event = whole.clone();
        let payloads = &mut event.intervals[0].payloads;
        payloads.iter_mut().find(|p| p.kind == kind).unwrap().values = values.as_array().unwrap().clone();
        let fault = moved_from(&event).unwrap().unwrap_err();
        assert!(fault.contains(says), "{says}: {fault}");
    }
}
