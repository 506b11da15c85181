use crate::openadr::mapping::hostile::sent_through;
use crate::openadr::mapping::*;
use crate::openadr::wire::Event;

#[test]
fn a_contract_s_terms_come_back_from_its_program() {
    let terms = Terms {
        operator: "GB-DNO-11".parse().unwrap(),
        contract: "EMID_C-2026_0193".parse().unwrap(),
        poll_seconds: 5,
        ack_seconds: 60,
    };
    let program = program_from(&terms);
    assert_eq!(program.program_name, "GB-DNO-11_EMID_C-2026_0193");
    assert_eq!(terms_from(&program), Some(terms.clone()));
    assert_eq!(terms_from(&sent_through(&program)), Some(terms.clone()));

    let mut bare = program.clone();
    bare.attributes.retain(|a| a.kind == "PROGRAM_TYPE");
    assert_eq!(terms_from(&bare), Some(Terms { poll_seconds: 10, ack_seconds: 30, ..terms }));
    let mut foreign = program.clone();
    foreign.attributes[0].values = vec!["DSO_SP_INTERFACE-1.0.0".into()];
    assert_eq!(terms_from(&foreign), None);
    let mut other_operator = program;
    other_operator.program_name = "GB-DNO-12_C".into();
    assert_eq!(terms_from(&other_operator), None);
    assert_eq!(terms_from(&Default::default()), None);
}

#[test]
fn an_anchor_is_known_by_what_it_asks_for() {
    let anchor = anchor_event("p");
    assert!(is_anchor(&anchor) && anchor.targets.is_empty());
    assert!(is_anchor(&sent_through(&anchor)));
    assert!(!is_anchor(&Event::default()));
    assert!(serde_json::to_value(&anchor).unwrap().get("intervals").is_none());
}
