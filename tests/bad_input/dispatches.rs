//! Dispatch documents.

use rampdesk::dispatch::dispatch_from_json;

use super::{Case, hold};

pub const GOOD: &str = r#"{
  "profile": "gb-dispatch/1",
  "network_operator": "GB-DNO-11",
  "dispatch_ref": "EMID-20261126-0417",
  "revision": 3,
  "status": "RUN",
  "contract": "EMID-C-2026-0193",
  "dispatch_unit": { "fsp": "BRIGHTFLEX", "unit": "BESS-07" },
  "instruction_time": "2026-11-26T15:45:00Z",
  "service_start": "2026-11-26T17:00:00Z",
  "service_end": "2026-11-26T19:00:00Z",
  "setpoints": [
    { "at": "2026-11-26T17:00:00Z", "parameters": [
      { "service_type": "REAL", "reference": "DELTA", "volume": 2000, "units": "KW",
        "price": { "amount": "300.00", "currency": "GBP", "per": "MWH" } },
      { "service_type": "REACTIVE", "reference": "ABSOLUTE", "volume": 400, "units": "KVAR" } ] },
    { "at": "2026-11-26T18:00:00Z", "parameters": [
      { "service_type": "REAL", "reference": "DELTA", "volume": 1500, "units": "KW" } ] }
  ],
  "signature": { "algorithm": "Ed25519", "key_id": "gb-dno-11-2026",
    "value": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }
}
"#;

pub fn read(text: &str) -> Vec<String> {
    dispatch_from_json(text).err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

const NOT_JSON: &[Case] = &[
    (
        r#""profile": "gb-dispatch/1","#,
        r#""profile": "gb-dispatch/1""#,
        &["line 2: document: a comma is missing here, between two entries"],
    ),
    (
        r#"KW" } ] }
  ],"#,
        r#"KW" } ] },
  ],"#,
        &["line 18: document: there is a comma after the last entry; take it out"],
    ),
    (
        r#""revision": 3,"#,
        r#""revision": 3, // the third"#,
        &["line 5: document: JSON has no comments; take this one out"],
    ),
    (
        r#""status": "RUN""#,
        r#""status": 'RUN'"#,
        &["line 6: document: text stands in single quotes; write it in double quotes"],
    ),
    (
        r#""status": "RUN""#,
        r#""status": RUN"#,
        &["line 6: document: `RUN` is no JSON value; write text in double quotes"],
    ),
    (
        r#""status""#,
        "status",
        &["line 6: document: the name `status` has no quotes; write names in double quotes"],
    ),
    (r#""status": "RUN""#, r#""status" "RUN""#, &["line 6: document: a colon is missing after this name"]),
    (r#""status": "RUN","#, r#""status": ,"#, &["line 6: document: a value is missing before this comma"]),
    (
        r#"AA" }
}
"#,
        r#"AA" }
"#,
        &["line 1: document: the object that begins here is not closed with }"],
    ),
    (
        r#"  ],
  "signature""#,
        r#"  
  "signature""#,
        &["line 18: document: a comma is missing here, between two entries"],
    ),
    (
        r#"AA" }
}"#,
        r#"AA" }
} {}"#,
        &["line 22: document: there is more after the document's end; one text holds one document"],
    ),
    (
        r#""RUN""#,
        r#""RUN"#,
        &["line 6: document: the text that begins here is not closed with a double quote on its line"],
    ),
    (
        r#""RUN""#,
        r#""RU\xN""#,
        &["line 6: document: after a backslash in a text stands one of \" \\ / b f n r t, or u and four \
           hexadecimal digits"],
    ),
    (
        r#""gb-dispatch/1""#,
        "\"gb-dispatch\t/1\"",
        &["line 2: profile: `gb-dispatch\\t/1` holds a control character; write gb-dispatch/1"],
    ),
];

const FIELDS: &[Case] = &[
    (
        "gb-dispatch/1",
        "gb-dispatch/2",
        &["line 2: profile: `gb-dispatch/2` is not known; write gb-dispatch/1"],
    ),
    (
        r#"  "profile": "gb-dispatch/1",
"#,
        "",
        &["line 1: profile: is missing; write \"gb-dispatch/1\""],
    ),
    (
        r#""GB-DNO-11""#,
        r#""GB DNO 11""#,
        &["line 3: network_operator: ` ` is not allowed in a network operator id: `GB DNO 11`; use \
           letters, digits and -"],
    ),
    (
        r#""GB-DNO-11""#,
        r#""""#,
        &["line 3: network_operator: a network operator id is 1 to 64 characters; this one is empty"],
    ),
    (
        r#""GB-DNO-11""#,
        "11",
        &["line 3: network_operator: `11` is a number; write the operator's id, as in \"GB-DNO-11\""],
    ),
    (
        r#""EMID-20261126-0417""#,
        r#""EMID/20261126/0417""#,
        &["line 4: dispatch_ref: `/` is not allowed in a dispatch ref: `EMID/20261126/0417`; use \
           letters, digits, _ and -"],
    ),
    (
        r#""EMID-20261126-0417""#,
        r#""XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX""#,
        &["line 4: dispatch_ref: a dispatch ref is 1 to 64 characters; \
           `XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX…` has 65"],
    ),
    (
        r#""EMID-20261126-0417""#,
        r#""XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX""#,
        &["line 4: dispatch_ref: `XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX…` is 300 \
           bytes long; write the operator's own reference, as in \"EMID-20261126-0417\""],
    ),
    (
        r#""revision": 3"#,
        r#""revision": 0"#,
        &["line 5: revision: `0` is not a revision; write a whole number from 1 to 4294967295, without \
           quotes"],
    ),
    (
        r#""revision": 3"#,
        r#""revision": -1"#,
        &["line 5: revision: `-1` is not a revision; write a whole number from 1 to 4294967295, without \
           quotes"],
    ),
    (
        r#""revision": 3"#,
        r#""revision": 3.5"#,
        &["line 5: revision: `3.5` is not a revision; write a whole number from 1 to 4294967295, \
           without quotes"],
    ),
    (
        r#""revision": 3"#,
        r#""revision": "3""#,
        &["line 5: revision: `\"3\"` is a text; write a whole number from 1 to 4294967295, without \
           quotes"],
    ),
    (
        r#""revision": 3"#,
        r#""revision": 4294967296"#,
        &["line 5: revision: `4294967296` is not a revision; write a whole number from 1 to 4294967295, \
           without quotes"],
    ),
    (
        r#""RUN""#,
        r#""run""#,
        &["line 6: status: `run` is not known; write PRE_NOTIFY, RUN, RUN_NOW, STOP or EMERGENCY_STOP"],
    ),
    (
        r#""RUN""#,
        r#""CANCEL""#,
        &["line 6: status: `CANCEL` is not known; write PRE_NOTIFY, RUN, RUN_NOW, STOP or \
           EMERGENCY_STOP"],
    ),
    (
        r#""RUN""#,
        "null",
        &["line 6: status: `null` says nothing; write PRE_NOTIFY, RUN, RUN_NOW, STOP or EMERGENCY_STOP"],
    ),
    (r#""RUN","#, r#""RUN", "status": "STOP","#, &["line 6: status: this member is here twice; keep one"]),
    (
        r#""status": "RUN""#,
        r#""state": "RUN""#,
        &[
            "line 1: status: is missing; say what is asked: RUN, say",
            "line 6: state: no member has this name here; known are profile, network_operator, \
             dispatch_ref, revision, status, contract, dispatch_unit, instruction_time, service_start, \
             service_end, setpoints, signature",
        ],
    ),
    (
        r#"{ "fsp": "BRIGHTFLEX", "unit": "BESS-07" }"#,
        r#""BRIGHTFLEX/BESS-07""#,
        &["line 8: dispatch_unit: `\"BRIGHTFLEX/BESS-07\"` is a text; write an object with fsp, unit: { \
           … }"],
    ),
    (
        r#"{ "fsp": "BRIGHTFLEX", "unit": "BESS-07" }"#,
        r#"{ "fsp": "BRIGHT_FLEX" }"#,
        &[
            "line 8: dispatch_unit.unit: is missing; write the FSP's own name of the unit, as in \
             \"BESS-07\"",
            "line 8: dispatch_unit.fsp: `_` is not allowed in an FSP id: `BRIGHT_FLEX`; use letters, \
             digits and -",
        ],
    ),
    (
        r#""2026-11-26T15:45:00Z""#,
        r#""2026-11-26 15:45""#,
        &["line 9: instruction_time: `2026-11-26 15:45` is not a date and time; write UTC as \
           2026-11-26T17:00:00Z"],
    ),
    (
        r#""2026-11-26T15:45:00Z""#,
        r#""2026-11-26T15:45:00+00:00""#,
        &["line 9: instruction_time: `2026-11-26T15:45:00+00:00` is not written in UTC; end it with Z, \
           as in 2026-11-26T17:00:00Z"],
    ),
    (
        r#""2026-11-26T15:45:00Z""#,
        r#""2026-11-26T15:45:00.250Z""#,
        &["line 9: instruction_time: `2026-11-26T15:45:00.250Z` has a fraction of a second; times are \
           whole seconds"],
    ),
    (
        r#""2026-11-26T15:45:00Z""#,
        "1795707900",
        &["line 9: instruction_time: `1795707900` is a number; write UTC as \"2026-11-26T17:00:00Z\""],
    ),
    (
        r#""service_end": "2026-11-26T19:00:00Z""#,
        r#""service_end": "2026-11-31T19:00:00Z""#,
        &["line 11: service_end: `2026-11-31T19:00:00Z` is not a date and time; write UTC as \
           2026-11-26T17:00:00Z"],
    ),
    (
        r#""algorithm": "Ed25519""#,
        r#""algorithm": "RSA""#,
        &["line 20: signature.algorithm: `RSA` is not known; write Ed25519"],
    ),
    (
        r#""value": "AAAA"#,
        r#""value": "+/AA"#,
        &["line 21: signature.value: `+/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA…` \
           (86 characters) is no Ed25519 signature; write 86 characters of base64url without padding"],
    ),
    (
        r#""key_id": "gb-dno-11-2026","#,
        r#""key_id": "gb-dno-11-2026", "by": "me","#,
        &["line 20: signature.by: no member has this name here; known are algorithm, key_id, value"],
    ),
    (
        r#""revision": 3"#,
        r#""revision": 99999999999999999999999999"#,
        &["line 5: revision: `99999999999999999999999999` is not a revision; write a whole number from \
           1 to 4294967295, without quotes"],
    ),
    (
        r#""2026-11-26T15:45:00Z""#,
        r#""2026-11-26T15:45:00""#,
        &["line 9: instruction_time: `2026-11-26T15:45:00` is not written in UTC; end it with Z, as in \
           2026-11-26T17:00:00Z"],
    ),
    (
        r#""2026-11-26T15:45:00Z""#,
        r#""""#,
        &["line 9: instruction_time: `` is not a date and time; write UTC as 2026-11-26T17:00:00Z"],
    ),
    (
        r#""value": "AAAA"#,
        r#""value": "AAA"#,
        &["line 21: signature.value: `AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA…` \
           (85 characters) is no Ed25519 signature; write 86 characters of base64url without padding"],
    ),
    (
        r#""value": "AAAA"#,
        r#""value": "AAAAAAAA"#,
        &["line 21: signature.value: `AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA…` \
           (90 characters) is no Ed25519 signature; write 86 characters of base64url without padding"],
    ),
    (
        r#"  "signature": {"#,
        r#"  "signature": null, "signatur": {"#,
        &[
            "line 20: signature: `null` says nothing; write an object with algorithm, key_id, value: { … \
             }",
            "line 20: signatur: no member has this name here; known are profile, network_operator, \
             dispatch_ref, revision, status, contract, dispatch_unit, instruction_time, service_start, \
             service_end, setpoints, signature",
        ],
    ),
    (
        r#""fsp": "BRIGHTFLEX""#,
        r#""fsp": "BRIGHTFLEX", "fsp": "TRENTGEN""#,
        &["line 8: dispatch_unit.fsp: this member is here twice; keep one"],
    ),
];

#[test]
fn a_document_that_is_no_json_says_where_and_why() {
    hold(GOOD, NOT_JSON, read);
}

#[test]
fn each_wrong_field_is_named_with_its_line_and_what_would_be_right() {
    hold(GOOD, FIELDS, read);
}

#[test]
fn an_empty_text_and_a_text_that_is_no_object_say_what_to_write() {
    for (text, says) in [
        ("", "line 1: document: there is nothing in it; write one JSON object"),
        ("  \n ", "line 1: document: there is nothing in it; write one JSON object"),
        ("[]", "line 1: document: this is a list; write an object: { … }"),
        ("null", "line 1: document: `null` says nothing; write an object: { … }"),
        ("7", "line 1: document: `7` is a number; write an object: { … }"),
    ] {
        assert_eq!(read(text), [says], "{text:?}");
    }
    assert_eq!(read("{}").len(), 11, "every member that must be there is named: {:?}", read("{}"));
}
