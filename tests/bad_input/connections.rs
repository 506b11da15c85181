//! The files that say who is who and how to reach them: operators, pinned keys, connections, secrets.

use proptest::prelude::*;
use rampdesk::profile::connection::Connection;
use rampdesk::profile::operators::Operators;
use rampdesk::profile::secrets::Secrets;
use rampdesk::profile::trust::Trust;

use super::{Case, hold, said};

pub const GOOD_OPERATORS: &str = r#"[[operators]]
id = "GB-DNO-11"
code = "EMID"
area = "East Midlands"
group = "National Grid Electricity Distribution"

[[operators]]
id = "GB-NESO"
code = "NESO"
area = "Great Britain"
group = "National Energy System Operator"
"#;

pub const GOOD_TRUST: &str = r#"[[keys]]
operator = "GB-DNO-11"
key_id = "gb-dno-11-2026"
public = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
valid_from = "2026-01-01T00:00:00Z"
valid_until = 2027-01-01T00:00:00Z

[[keys]]
fsp = "BRIGHTFLEX"
key_id = "brightflex-2026"
public = "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw"
"#;

pub const GOOD_CONNECTION: &str = r#"name = "Trial"
vtn = "https://vtn.example/openadr3/3.1.0"
client_id = "desk"
fleet = "demo"
secrets = "desk.secrets.toml"
trust = "trust.toml"
mode = "LIVE"
"#;

pub const GOOD_SECRETS: &str = r#"[clients]
desk = "correct-horse-battery-staple"

[[signing_keys]]
operator = "GB-DNO-11"
key_id = "gb-dno-11-2026"
seed = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
"#;

pub fn operators(text: &str) -> Vec<String> {
    said(Operators::from_toml("operators.toml", text))
}

pub fn trust(text: &str) -> Vec<String> {
    said(Trust::from_toml("trust.toml", text))
}

pub fn connection(text: &str) -> Vec<String> {
    said(Connection::from_toml("connection.toml", text))
}

pub fn secrets(text: &str) -> Vec<String> {
    said(Secrets::from_toml("secrets.toml", text))
}

const OPERATORS: &[Case] = &[
    (
        r#"id = "GB-NESO""#,
        r#"id = "GB-DNO-11""#,
        &["operators.toml:8: operators[1].id: `GB-DNO-11` is in the list twice; keep one"],
    ),
    (
        r#"id = "GB-NESO""#,
        r#"id = "GB NESO""#,
        &["operators.toml:8: operators[1].id: ` ` is not allowed in a network operator id: `GB NESO`; \
           use letters, digits and -"],
    ),
    (
        r#"code = "NESO"
"#,
        "",
        &["operators.toml:7: operators[1].code: is missing; write its short code, as in \"EMID\""],
    ),
    (
        r#"group = "National Energy"#,
        r#"groop = "National Energy"#,
        &[
            "operators.toml:7: operators[1].group: is missing; write the group that it belongs to",
            "operators.toml:11: operators[1].groop: no key has this name here; known are id, code, area, \
             group",
        ],
    ),
    (
        r#"[[operators]]
id = "GB-DNO-11""#,
        r#"[operators]
id = "GB-DNO-11""#,
        &["operators.toml:7: `operators` is here twice; keep one, or write [[operators]] each time for \
           a list of them"],
    ),
    (
        "code = \"NESO\"",
        "code = \"NESO\"\ncode = \"ESO\"",
        &["operators.toml:10: `code` is here twice; keep one"],
    ),
];

const TRUST: &[Case] = &[
    (
        r#"operator = "GB-DNO-11"
"#,
        "",
        &["trust.toml:1: keys[0]: nobody owns this key; name its operator or its fsp"],
    ),
    (
        r#"operator = "GB-DNO-11"
"#,
        r#"operator = "GB-DNO-11"
fsp = "BRIGHTFLEX"
"#,
        &["trust.toml:1: keys[0]: both an operator and an fsp own this key; keep one of them"],
    ),
    (
        r#"fsp = "BRIGHTFLEX"
key_id = "brightflex-2026""#,
        r#"operator = "GB-DNO-11"
key_id = "gb-dno-11-2026""#,
        &["trust.toml:10: keys[1].key_id: `gb-dno-11-2026` is pinned twice for the same owner; keep one"],
    ),
    (
        "PUAXw-hDiVqStwqnTRt",
        "PUAXw+hDiVqStwqnTRt",
        &["trust.toml:11: keys[1].public: this is not an \
           Ed25519 public key; write its 32 bytes as base64url without padding"],
    ),
    (
        r#"public = "PUAX"#,
        r#"pubic = "PUAX"#,
        &[
            "trust.toml:8: keys[1].public: is missing; write the public key's 32 bytes as base64url \
             without padding",
            "trust.toml:11: keys[1].pubic: no key has this name here; known are operator, fsp, holder, key_id, \
             public, valid_from, valid_until, revoked_at, reason",
        ],
    ),
    (
        r#""2026-01-01T00:00:00Z""#,
        r#""1 January 2026""#,
        &["trust.toml:5: keys[0].valid_from: `1 January 2026` is not a date and time; write UTC as \
           2026-11-26T17:00:00Z"],
    ),
    (
        "2027-01-01T00:00:00Z",
        "2027-01-01",
        &["trust.toml:6: keys[0].valid_until: `2027-01-01` is not a date and time; write UTC as \
           2026-11-26T17:00:00Z"],
    ),
    (
        "2027-01-01T00:00:00Z",
        "2027-01-01T00:00:00+01:00",
        &["trust.toml:6: keys[0].valid_until: `2027-01-01T00:00:00+01:00` is not written in UTC; end it \
           with Z, as in 2026-11-26T17:00:00Z"],
    ),
    (
        "2027-01-01T00:00:00Z",
        "2025-01-01T00:00:00Z",
        &["trust.toml:6: keys[0].valid_until: 2025-01-01T00:00:00Z is not after 2026-01-01T00:00:00Z, \
           valid_from; write a later time"],
    ),
    (
        r#"key_id = "brightflex-2026""#,
        r#"key_id = "brightflex 2026""#,
        &["trust.toml:10: keys[1].key_id: ` ` is not allowed in a key id: `brightflex 2026`; use \
           letters, digits, _ and -"],
    ),
    (
        "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw",
        "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zg",
        &["trust.toml:11: keys[1].public: this is not an \
           Ed25519 public key; write its 32 bytes as base64url without padding"],
    ),
    (
        "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw",
        "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        &["trust.toml:11: keys[1].public: this is no point of \
           the Ed25519 curve; ask its owner for the key again"],
    ),
    (
        "\"2026-01-01T00:00:00Z\"",
        "\"2026-01-01T00:00:00\"",
        &["trust.toml:5: keys[0].valid_from: `2026-01-01T00:00:00` is not written in UTC; end it with \
           Z, as in 2026-11-26T17:00:00Z"],
    ),
    (
        "\"2026-01-01T00:00:00Z\"",
        "2026-01-01T00:00:00.5Z",
        &["trust.toml:5: keys[0].valid_from: `2026-01-01T00:00:00.5Z` has a fraction of a second; times \
           are whole seconds"],
    ),
    (
        "[[keys]]\nfsp = \"BRIGHTFLEX\"",
        "[[keyz]]\nfsp = \"BRIGHTFLEX\"",
        &["trust.toml:8: keyz: no key has this name here; known are keys"],
    ),
];

const CONNECTIONS: &[Case] = &[
    (
        r#"name = "Trial"
"#,
        "",
        &["connection.toml:1: name: is missing; write the connection's name, for people"],
    ),
    (
        "https://vtn.example",
        "vtn.example",
        &["connection.toml:2: vtn: `vtn.example/openadr3/3.1.0` is not the base URL of a VTN; write \
           https://HOST/openadr3/3.1.0"],
    ),
    (
        "https://vtn.example",
        "ftp://vtn.example",
        &["connection.toml:2: vtn: `ftp://vtn.example/openadr3/3.1.0` is not the base URL of a VTN; \
           write https://HOST/openadr3/3.1.0"],
    ),
    (
        "https://vtn.example",
        "https://desk:hunter2@vtn.example",
        &["connection.toml:2: vtn: the address holds a user name or password; write \
           https://HOST/openadr3/3.1.0 and keep secrets in the secrets file"],
    ),
    (r#""desk""#, r#""""#, &["connection.toml:3: client_id: is empty; write the OAuth client id"]),
    (
        r#""LIVE""#,
        r#""PRODUCTION""#,
        &["connection.toml:7: mode: `PRODUCTION` is not known; write LIVE, TRAINING or SANDBOX"],
    ),
    (
        r#"trust = "trust.toml""#,
        r#"trusted = "trust.toml""#,
        &[
            "connection.toml:1: trust: is missing; write the trust file's path",
            "connection.toml:6: trusted: no key has this name here; known are name, vtn, client_id, \
             fleet, secrets, trust, mode, may_reach, approval, sign_off_minutes, openadr, tls",
        ],
    ),
    (
        r#"fleet = "demo""#,
        r#"fleet = ["demo"]"#,
        &["connection.toml:4: fleet: this is a list; write the fleet file's path, or \"demo\""],
    ),
    (r#"mode = "LIVE""#, r#"mode = "LIVE"#, &["connection.toml:7: a text is not closed with a double quote"]),
    (
        "https://vtn.example",
        "ftp://desk:hunter2@vtn.example",
        &["connection.toml:2: vtn: the address is not the base URL of a VTN; write \
           https://HOST/openadr3/3.1.0"],
    ),
    (
        "/openadr3/3.1.0",
        "/openadr3/3.1.0?token=1",
        &["connection.toml:2: vtn: `https://vtn.example/openadr3/3.1.0?token=1` goes on after the path; \
           write https://HOST/openadr3/3.1.0"],
    ),
    (
        "https://vtn.example",
        "https://",
        &["connection.toml:2: vtn: `https:///openadr3/3.1.0` is not the base URL of a VTN; write \
           https://HOST/openadr3/3.1.0"],
    ),
    (
        "mode = \"LIVE\"",
        "mode = \"live\"",
        &["connection.toml:7: mode: `live` is not known; write LIVE, TRAINING or SANDBOX"],
    ),
    (
        "mode = \"LIVE\"",
        "mode = \"LIVE\"\nopenadr = \"2.0b\"",
        &["connection.toml:8: openadr: `2.0b` is not a version that is spoken here; write 3.1 or 3.0"],
    ),
    (
        "mode = \"LIVE\"",
        "mode = \"TRAINING\"",
        &[
            "connection.toml:2: vtn: vtn.example:443 is not on this machine, and TRAINING stays on it; if it must be reached, \
           write may_reach = [\"vtn.example:443\"], or LIVE where real assets move",
        ],
    ),
    (
        "mode = \"LIVE\"",
        "mode = \"SANDBOX\"\nmay_reach = [\"vtn.example:8443\"]",
        &[
            "connection.toml:2: vtn: vtn.example:443 is not on this machine, and SANDBOX stays on it; if it must be reached, \
           write may_reach = [\"vtn.example:443\"], or LIVE where real assets move",
        ],
    ),
    (
        "mode = \"LIVE\"",
        "mode = \"TRAINING\"\nmay_reach = \"vtn.example:443\"",
        &[
            "connection.toml:8: may_reach: `vtn.example:443` is a text; write a list of hosts with their ports, as in \
           [\"vtn.example:443\"]",
        ],
    ),
    (
        "mode = \"LIVE\"",
        "mode = \"TRAINING\"\nmay_reach = [\"https://vtn.example\"]",
        &[
            "connection.toml:8: may_reach[0]: `https://vtn.example` is not a host with its port; write vtn.example:443",
        ],
    ),
    (
        "mode = \"LIVE\"",
        "mode = \"LIVE\"\nmay_reach = [\"vtn.example:443\"]",
        &["connection.toml:8: may_reach: LIVE reaches every VTN as it is; leave it out"],
    ),
    (
        "mode = \"LIVE\"",
        "mode = \"LIVE\"\napproval = 5",
        &["connection.toml:8: approval: `5` is a whole number; write the path of the file of approval rules"],
    ),
    (
        "mode = \"LIVE\"",
        "mode = \"LIVE\"\nopenadr = 3.1",
        &["connection.toml:8: openadr: `3.1` is a number; write \"3.1\" or \"3.0\", or leave it out to \
           have it found out"],
    ),
];

const SECRETS: &[Case] = &[
    (
        r#""correct-horse-battery-staple""#,
        r#""""#,
        &["secrets.toml:2: clients.desk: is empty; write the client's secret in quotes"],
    ),
    (
        r#""correct-horse-battery-staple""#,
        "5",
        &["secrets.toml:2: clients.desk: the value is a whole number; write the client's secret in \
           quotes"],
    ),
    (
        r#""correct-horse-battery-staple""#,
        r#""correct-horse-battery-staple"#,
        &["secrets.toml:2: a text is not closed with a double quote"],
    ),
    (
        "[clients]",
        "[client]",
        &["secrets.toml:1: client: no key has this name here; known are clients, signing_keys"],
    ),
    (
        r#"operator = "GB-DNO-11"
"#,
        "",
        &["secrets.toml:4: signing_keys[0]: nobody owns this key; name its operator or its fsp"],
    ),
    (
        r#"operator = "GB-DNO-11""#,
        r#"operator = "correct horse""#,
        &["secrets.toml:5: signing_keys[0].operator: is not right; write the operator's id, as in \
           \"GB-DNO-11\""],
    ),
    (
        r#"seed = "nWG"#,
        r#"seed = "nW"#,
        &["secrets.toml:7: signing_keys[0].seed: is not 32 bytes; write the 32 secret bytes as \
           base64url without padding (43 characters)"],
    ),
    (
        "seed = ",
        "sede = ",
        &[
            "secrets.toml:4: signing_keys[0].seed: is missing; write the 32 secret bytes as base64url \
             without padding (43 characters)",
            "secrets.toml:7: signing_keys[0].sede: no key has this name here; known are operator, fsp, \
             holder, key_id, seed, kept_in, account, file, module, token, label",
        ],
    ),
    (
        r#"Axyuf2A"
"#,
        r#"Axyuf2A"

[[signing_keys]]
operator = "GB-DNO-11"
key_id = "gb-dno-11-2026"
seed = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
"#,
        &[
            "secrets.toml:11: signing_keys[1].key_id: this key is there twice for the same owner; keep one, or give the other a \
           name of its own",
        ],
    ),
];

#[test]
fn a_list_of_operators_that_cannot_be_is_named_with_line_field_and_what_would_be_right() {
    hold(GOOD_OPERATORS, OPERATORS, operators);
}

#[test]
fn keys_that_cannot_be_trusted_are_named_with_line_field_and_what_would_be_right() {
    hold(GOOD_TRUST, TRUST, trust);
}

#[test]
fn a_session_that_moves_nothing_real_is_of_this_machine_or_its_file_says_where_else_it_may_reach() {
    for (vtn, mode, good) in [
        ("http://127.0.0.1:8080/v", "TRAINING", true),
        ("http://localhost:8080/v", "TRAINING", true),
        ("http://[::1]:8080/v", "SANDBOX", true),
        ("http://127.0.0.1:8080/v", "LIVE", true),
        ("https://10.0.0.1/v", "LIVE", true),
        ("https://10.0.0.1/v", "TRAINING", false),
        ("https://[2001:db8::1]/v", "TRAINING", false),
        ("http://0.0.0.0:8080/v", "SANDBOX", false),
        ("https://vtn.example/v", "SANDBOX", false),
        ("https://localhost.example/v", "TRAINING", false),
        ("https://vtn.example/v", "TRAINING\"\nmay_reach = [\"VTN.example:443\"]\n# \"", true),
        ("https://[2001:db8::1]:8443/v", "TRAINING\"\nmay_reach = [\"[2001:db8::1]:8443\"]\n# \"", true),
    ] {
        let text = GOOD_CONNECTION.replace("https://vtn.example/openadr3/3.1.0", vtn).replace("LIVE", mode);
        assert_eq!(connection(&text).is_empty(), good, "{vtn} {mode}: {:?}", connection(&text));
    }
}

#[test]
fn a_connection_that_cannot_be_is_named_with_line_field_and_what_would_be_right() {
    hold(GOOD_CONNECTION, CONNECTIONS, connection);
}

#[test]
fn a_secrets_file_that_cannot_be_is_named_without_a_word_of_its_secrets() {
    hold(GOOD_SECRETS, SECRETS, secrets);
}

proptest! {
    #[test]
    fn no_change_to_a_secrets_file_makes_an_error_quote_a_secret(
        at in any::<prop::sample::Index>(), length in 0_usize..6, piece in r#"[\[\]{}="'#\n]{0,3}"#,
    ) {
        let mut text: Vec<char> = GOOD_SECRETS.chars().collect();
        let at = at.index(text.len());
        let end = (at + length).min(text.len());
        text.splice(at..end, piece.chars());
        let said = secrets(&text.into_iter().collect::<String>()).concat();
        for part in ["correct-h", "horse-b", "battery", "staple", "nWGxne", "WmC6hE", "ERJxWl", "cDusAx"] {
            prop_assert!(!said.contains(part), "{said}");
        }
    }
}
