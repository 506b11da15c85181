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
        &["line 4: dispatch_ref: `XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX…` is 300 bytes long; write \
           the operator's own reference, as in \"EMID-20261126-0417\""],
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
        &["line 21: signature.value: `+/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA…` (86 characters) is no \
           Ed25519 signature; write 86 characters of base64url without padding"],
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
        &["line 21: signature.value: `AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA…` (85 characters) is no \
           Ed25519 signature; write 86 characters of base64url without padding"],
    ),
    (
        r#""value": "AAAA"#,
        r#""value": "AAAAAAAA"#,
        &["line 21: signature.value: `AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA…` (90 characters) is no \
           Ed25519 signature; write 86 characters of base64url without padding"],
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

const LEVELS: &[Case] = &[
    (
        r#""volume": 2000"#,
        r#""volume": "2000""#,
        &["line 14: setpoints[0].parameters[0].volume: `\"2000\"` is a text; write a finite number \
           without quotes"],
    ),
    (
        r#""volume": 2000"#,
        r#""volume": true"#,
        &["line 14: setpoints[0].parameters[0].volume: `true` is true or false; write a finite number \
           without quotes"],
    ),
    (
        r#""volume": 2000"#,
        r#""volume": NaN"#,
        &["line 14: setpoints[0].parameters[0].volume: `NaN` is not a number in JSON; write a finite \
           number without quotes"],
    ),
    (
        r#""volume": 2000"#,
        r#""volume": -Infinity"#,
        &["line 14: setpoints[0].parameters[0].volume: `-Infinity` is not a number in JSON; write a \
           finite number without quotes"],
    ),
    (
        r#""volume": 2000"#,
        r#""volume": 0x7D0"#,
        &["line 14: setpoints[0].parameters[0].volume: `0x7D0` is not a number in JSON; write a finite \
           number without quotes"],
    ),
    (
        r#""volume": 2000"#,
        r#""volume": +2000"#,
        &["line 14: setpoints[0].parameters[0].volume: `+2000` is not a number in JSON; write a finite \
           number without quotes"],
    ),
    (
        r#""volume": 2000"#,
        r#""volume": 2000.0005"#,
        &["line 14: setpoints[0].parameters[0].volume: `2000.0005` KW is finer than 1 W; write a whole \
           multiple of it, nothing is rounded"],
    ),
    (
        r#""volume": 400"#,
        r#""volume": 4e-4"#,
        &["line 16: setpoints[0].parameters[1].volume: `4e-4` KVAR is finer than 1 var; write a whole \
           multiple of it, nothing is rounded"],
    ),
    (
        r#""volume": 2000"#,
        r#""volume": 1e400"#,
        &["line 14: setpoints[0].parameters[0].volume: `1e400` KW is beyond 100,000,000 kW either way, \
           the most that a dispatch can ask"],
    ),
    (
        r#""volume": 2000"#,
        r#""volume": -100000000.001"#,
        &["line 14: setpoints[0].parameters[0].volume: `-100000000.001` KW is beyond 100,000,000 kW \
           either way, the most that a dispatch can ask"],
    ),
    (
        r#""volume": 2000, "#,
        "",
        &["line 14: setpoints[0].parameters[0].volume: is missing; write a finite number without quotes"],
    ),
    (
        r#""reference": "DELTA", "#,
        "",
        &["line 14: setpoints[0].parameters[0].reference: is missing; it has no default: write \
           \"DELTA\" or \"ABSOLUTE\""],
    ),
    (
        r#""reference": "DELTA""#,
        r#""reference": "RELATIVE""#,
        &["line 14: setpoints[0].parameters[0].reference: `RELATIVE` is not known; write DELTA or \
           ABSOLUTE"],
    ),
    (
        r#""service_type": "REAL""#,
        r#""service_type": "ACTIVE""#,
        &["line 14: setpoints[0].parameters[0].service_type: `ACTIVE` is not known; write REAL or \
           REACTIVE"],
    ),
    (
        r#""units": "KW""#,
        r#""units": "kW""#,
        &["line 14: setpoints[0].parameters[0].units: `kW` is not known; write KW, MW, KVAR or MVAR"],
    ),
    (
        r#""units": "KW""#,
        r#""units": "W""#,
        &["line 14: setpoints[0].parameters[0].units: `W` is not known; write KW, MW, KVAR or MVAR"],
    ),
    (
        r#""units": "KW""#,
        r#""units": "KVAR""#,
        &["line 14: setpoints[0].parameters[0].units: `KVAR` does not agree with service_type REAL; \
           write KW or MW"],
    ),
    (
        r#""units": "KVAR""#,
        r#""units": "MW""#,
        &["line 16: setpoints[0].parameters[1].units: `MW` does not agree with service_type REACTIVE; \
           write KVAR or MVAR"],
    ),
    (
        r#""volume": 2000, "units": "KW""#,
        r#""volume": 2000"#,
        &["line 14: setpoints[0].parameters[0].units: is missing; write \"KW\", \"MW\", \"KVAR\" or \
           \"MVAR\""],
    ),
    (
        r#""service_type": "REACTIVE", "reference": "ABSOLUTE", "volume": 400, "units": "KVAR""#,
        r#""service_type": "REAL", "reference": "ABSOLUTE", "volume": 400, "units": "KW""#,
        &["line 16: setpoints[0].parameters[1].service_type: this is the second REAL of this setpoint; \
           a setpoint has at most one"],
    ),
    (
        r#""amount": "300.00""#,
        r#""amount": 300.00"#,
        &["line 15: setpoints[0].parameters[0].price.amount: `300.00` is a number; write pounds with \
           two decimals in quotes, as in \"300.00\""],
    ),
    (
        r#""amount": "300.00""#,
        r#""amount": "300""#,
        &["line 15: setpoints[0].parameters[0].price.amount: `\"300\"` is not an amount; write pounds \
           with two decimals in quotes, as in \"300.00\""],
    ),
    (
        r#""amount": "300.00""#,
        r#""amount": "300.005""#,
        &["line 15: setpoints[0].parameters[0].price.amount: `\"300.005\"` is finer than one penny; \
           write pounds with two decimals in quotes, as in \"300.00\""],
    ),
    (
        r#""amount": "300.00""#,
        r#""amount": "£300.00""#,
        &["line 15: setpoints[0].parameters[0].price.amount: `\"£300.00\"` is not an amount; write \
           pounds with two decimals in quotes, as in \"300.00\""],
    ),
    (
        r#""amount": "300.00""#,
        r#""amount": "10000000.01""#,
        &["line 15: setpoints[0].parameters[0].price.amount: `\"10000000.01\"` is beyond £10,000,000.00 \
           either way"],
    ),
    (
        r#""currency": "GBP""#,
        r#""currency": "EUR""#,
        &["line 15: setpoints[0].parameters[0].price.currency: `EUR` is not known; write GBP"],
    ),
    (
        r#""per": "MWH""#,
        r#""per": "KWH""#,
        &["line 15: setpoints[0].parameters[0].price.per: `KWH` is not known; write MWH, MVARH or \
           WINDOW"],
    ),
    (
        r#"{ "amount": "300.00", "currency": "GBP", "per": "MWH" }"#,
        "null",
        &["line 15: setpoints[0].parameters[0].price: `null` says nothing; write an object with amount, \
           currency, per: { … }"],
    ),
    (
        r#"{ "at": "2026-11-26T17:00:00Z", "parameters""#,
        r#"{ "time": "2026-11-26T17:00:00Z", "parameters""#,
        &[
            "line 13: setpoints[0].at: is missing; write UTC as \"2026-11-26T17:00:00Z\"",
            "line 13: setpoints[0].time: no member has this name here; known are at, parameters",
        ],
    ),
    (
        r#"{ "at": "2026-11-26T18:00:00Z", "parameters": [
      { "service_type": "REAL", "reference": "DELTA", "volume": 1500, "units": "KW" } ] }"#,
        r#"{ "at": "2026-11-26T18:00:00Z" }"#,
        &["line 17: setpoints[1].parameters: is missing; write a list with one REAL or one REACTIVE \
           entry or both"],
    ),
    (
        r#"{ "at": "2026-11-26T18:00:00Z", "parameters": [
      { "service_type": "REAL", "reference": "DELTA", "volume": 1500, "units": "KW" } ] }"#,
        "1500",
        &["line 17: setpoints[1]: `1500` is a number; write an object with at, parameters: { … }"],
    ),
];

const RULES: &[Case] = &[
    (
        r#""service_end": "2026-11-26T19:00:00Z""#,
        r#""service_end": "2026-11-26T17:00:00Z""#,
        &["line 11: service_end: `2026-11-26T17:00:00Z` is not after service_start \
           `2026-11-26T17:00:00Z`; a window ends after it starts"],
    ),
    (
        r#""service_end": "2026-11-26T19:00:00Z""#,
        r#""service_end": "2027-11-26T19:00:00Z""#,
        &["line 11: service_end: `2027-11-26T19:00:00Z` is more than 31 days after service_start \
           `2026-11-26T17:00:00Z`; a window is at most 31 days long"],
    ),
    (
        r#""at": "2026-11-26T17:00:00Z""#,
        r#""at": "2026-11-26T16:59:59Z""#,
        &["line 13: setpoints[0].at: `2026-11-26T16:59:59Z` is before service_start \
           `2026-11-26T17:00:00Z`; setpoints lie within the window"],
    ),
    (
        r#""at": "2026-11-26T18:00:00Z""#,
        r#""at": "2026-11-26T19:00:00Z""#,
        &["line 17: setpoints[1].at: `2026-11-26T19:00:00Z` is not before service_end \
           `2026-11-26T19:00:00Z`; setpoints lie within the window"],
    ),
    (
        r#""at": "2026-11-26T18:00:00Z""#,
        r#""at": "2026-11-26T17:00:00Z""#,
        &["line 17: setpoints[1].at: `2026-11-26T17:00:00Z` is not after setpoints[0].at \
           `2026-11-26T17:00:00Z`; setpoints are in ascending order of time"],
    ),
    (
        r#""per": "MWH""#,
        r#""per": "MVARH""#,
        &["line 15: setpoints[0].parameters[0].price.per: `MVARH` does not agree with service_type \
           REAL; write MWH or WINDOW"],
    ),
    (
        r#"{ "service_type": "REAL", "reference": "DELTA", "volume": 1500, "units": "KW" }"#,
        "",
        &["line 17: setpoints[1].parameters: there is none; a setpoint has one REAL or one REACTIVE \
           parameter or both"],
    ),
    (
        r#""setpoints": ["#,
        r#""setpoints": [], "points": ["#,
        &[
            "line 12: setpoints: there is none; RUN needs at least one setpoint",
            "line 12: points: no member has this name here; known are profile, network_operator, \
             dispatch_ref, revision, status, contract, dispatch_unit, instruction_time, service_start, \
             service_end, setpoints, signature",
        ],
    ),
    (
        r#""setpoints": ["#,
        r#""points": ["#,
        &[
            "line 1: setpoints: is missing; write a list; a stop may have an empty one",
            "line 12: points: no member has this name here; known are profile, network_operator, \
             dispatch_ref, revision, status, contract, dispatch_unit, instruction_time, service_start, \
             service_end, setpoints, signature",
        ],
    ),
    (
        r#""RUN",
  "contract": "EMID-C-2026-0193""#,
        r#""GO",
  "contract": "EMID C""#,
        &[
            "line 6: status: `GO` is not known; write PRE_NOTIFY, RUN, RUN_NOW, STOP or EMERGENCY_STOP",
            "line 7: contract: ` ` is not allowed in a contract id: `EMID C`; use letters, digits, _ and \
             -",
        ],
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
fn each_wrong_level_is_named_with_its_line_and_what_would_be_right() {
    hold(GOOD, LEVELS, read);
}

#[test]
fn each_broken_rule_is_named_with_its_line_and_what_would_be_right() {
    hold(GOOD, RULES, read);
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
