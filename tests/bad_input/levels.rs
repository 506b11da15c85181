//! Dispatch documents: setpoints with their levels, and the rules that hold them together.

use super::dispatches::{GOOD, read};
use super::{Case, hold};

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
fn each_wrong_level_is_named_with_its_line_and_what_would_be_right() {
    hold(GOOD, LEVELS, read);
}

#[test]
fn each_broken_rule_is_named_with_its_line_and_what_would_be_right() {
    hold(GOOD, RULES, read);
}
