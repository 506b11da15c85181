//! A second person's approval: the rules, a person's sealed key, and the approval itself.

use rampdesk::dispatch::Approval;
use rampdesk::profile::approval::ApprovalRules;
use rampdesk::profile::sealed_key::SealedKey;

use super::{Case, hold, said};

pub const GOOD_RULES: &str = r#"[[limits]]
operator = "GB-DNO-11"
mw = 5

[[limits]]
mw = 20.5

[[approvers]]
name = "Ada Winter"
key_id = "ada-winter"
public = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
valid_from = "2026-01-01T00:00:00Z"

[[approvers]]
name = "Ben Marsh"
key_id = "ben-marsh"
public = "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw"
"#;

pub const GOOD_KEY: &str = r#"name = "Ada Winter"
key_id = "ada-winter"
public = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"

[sealed]
kdf = "argon2id"
memory_kib = 65536
passes = 3
salt = "AAECAwQFBgcICQoLDA0ODw"
cipher = "xchacha20poly1305"
nonce = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
seed = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v"
"#;

pub const GOOD_APPROVAL: &str = r#"{
  "profile": "gb-dispatch/1",
  "notice": "APPROVAL",
  "approved_at": "2026-11-26T15:50:00Z",
  "dispatches": [
    { "profile": "gb-dispatch/1", "network_operator": "GB-DNO-11", "dispatch_ref": "EMID-1", "revision": 1,
      "status": "RUN", "contract": "EMID-C-2026-0193",
      "dispatch_unit": { "fsp": "BRIGHTFLEX", "unit": "BESS-07" },
      "service_start": "2026-11-26T17:00:00Z", "service_end": "2026-11-26T19:00:00Z",
      "setpoints": [ { "at": "2026-11-26T17:00:00Z", "parameters": [
        { "service_type": "REAL", "reference": "DELTA", "volume": 7000000, "units": "W" } ] } ] }
  ],
  "signature": { "algorithm": "Ed25519", "key_id": "ada-winter",
    "value": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }
}
"#;

pub fn rules(text: &str) -> Vec<String> {
    said(ApprovalRules::from_toml("approval.toml", text))
}

pub fn key(text: &str) -> Vec<String> {
    said(SealedKey::from_toml("ada-winter.approver.toml", text))
}

pub fn approval(text: &str) -> Vec<String> {
    Approval::from_json(text).err().into_iter().collect()
}

const RULES: &[Case] = &[
    ("mw = 5\n", "", &["approval.toml:1: limits[0].mw: is missing; write the limit in MW, as in 5 or 2.5"]),
    (
        "mw = 5\n",
        "mw = -5\n",
        &[
            "approval.toml:3: limits[0].mw: a limit counts both ways and is never negative; write MW without a sign",
        ],
    ),
    (
        "mw = 5\n",
        "mw = \"5 MW\"\n",
        &[
            "approval.toml:3: limits[0].mw: `5 MW` is a text; write MW in whole watts, as in 5 or 2.5, up to 100000",
        ],
    ),
    (
        "mw = 5\n",
        "mw = 0.0000001\n",
        &[
            "approval.toml:3: limits[0].mw: `0.0000001` is finer than 1 W; write MW in whole watts, as in 5 or 2.5, up \
           to 100000",
        ],
    ),
    (
        "mw = 5\n",
        "mw = 100001\n",
        &[
            "approval.toml:3: limits[0].mw: `100001` is too much; write MW in whole watts, as in 5 or 2.5, up to 100000",
        ],
    ),
    (
        "mw = 5\n",
        "kw = 5000\n",
        &[
            "approval.toml:1: limits[0].mw: is missing; write the limit in MW, as in 5 or 2.5",
            "approval.toml:3: limits[0].kw: no key has this name here; known are operator, mw",
        ],
    ),
    (
        "\"GB-DNO-11\"",
        "\"GB DNO 11\"",
        &[
            "approval.toml:2: limits[0].operator: ` ` is not allowed in a network operator id: `GB DNO 11`; use letters, \
           digits and -",
        ],
    ),
    (
        "[[limits]]\nmw = 20.5",
        "[[limits]]\noperator = \"GB-DNO-11\"\nmw = 20.5",
        &["approval.toml:6: limits[1].operator: this is the second limit of GB-DNO-11; keep one"],
    ),
    (
        "operator = \"GB-DNO-11\"\n",
        "",
        &["approval.toml:4: limits[1].operator: this is the second limit of all operators; keep one"],
    ),
    (
        "name = \"Ada Winter\"\n",
        "",
        &["approval.toml:8: approvers[0].name: is missing; write the person's name"],
    ),
    (
        "key_id = \"ben-marsh\"",
        "key_id = \"ada-winter\"",
        &["approval.toml:16: approvers[1].key_id: `ada-winter` is in the list twice; keep one"],
    ),
    (
        "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw",
        "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        &[
            "approval.toml:17: approvers[1].public: is the key of Ada Winter too; everyone has a key of their own",
        ],
    ),
    (
        "key_id = \"ada-winter\"",
        "key_id = \"ada winter\"",
        &[
            "approval.toml:10: approvers[0].key_id: ` ` is not allowed in a key id: `ada winter`; use letters, digits, _ \
           and -",
        ],
    ),
    (
        "public = \"11q",
        "public = \"1",
        &["approval.toml:11: approvers[0].public: this is not an Ed25519 public key; \
           write its 32 bytes as base64url without padding"],
    ),
    (
        "valid_from",
        "valid_since",
        &[
            "approval.toml:12: approvers[0].valid_since: no key has this name here; known are name, key_id, public, \
           valid_from, valid_until, revoked_at, reason",
        ],
    ),
    (
        "[[approvers]]\nname = \"Ben",
        "[[approver]]\nname = \"Ben",
        &["approval.toml:14: approver: no key has this name here; known are limits, approvers"],
    ),
];

const KEYS: &[Case] = &[
    (
        "name = \"Ada Winter\"\n",
        "",
        &["ada-winter.approver.toml:1: name: is missing; write the person's name"],
    ),
    (
        "\"argon2id\"",
        "\"pbkdf2\"",
        &["ada-winter.approver.toml:6: sealed.kdf: the value is not known; write argon2id"],
    ),
    (
        "65536",
        "1024",
        &[
            "ada-winter.approver.toml:7: sealed.memory_kib: the value is out of bounds; write a whole number, 19456 to \
           1048576",
        ],
    ),
    (
        "65536",
        "1073741824",
        &[
            "ada-winter.approver.toml:7: sealed.memory_kib: the value is out of bounds; write a whole number, 19456 to \
           1048576",
        ],
    ),
    (
        "passes = 3",
        "passes = 1",
        &[
            "ada-winter.approver.toml:8: sealed.passes: the value is out of bounds; write a whole number, 2 to 16",
        ],
    ),
    (
        "AAECAwQFBgcICQoLDA0ODw\"",
        "AAEC\"",
        &[
            "ada-winter.approver.toml:9: sealed.salt: is not 16 bytes as base64url without padding; such a file is made by \
           `rampdesk keygen --approver`",
        ],
    ),
    (
        "\"xchacha20poly1305\"",
        "\"none\"",
        &["ada-winter.approver.toml:10: sealed.cipher: the value is not known; write xchacha20poly1305"],
    ),
    (
        "nonce = ",
        "once = ",
        &[
            "ada-winter.approver.toml:5: sealed.nonce: is missing; such a file is made by `rampdesk keygen --approver`",
            "ada-winter.approver.toml:11: sealed.once: no key has this name here; known are kdf, memory_kib, passes, \
             salt, cipher, nonce, seed",
        ],
    ),
    (
        "KissLS4v\"",
        "KissLS4\"",
        &[
            "ada-winter.approver.toml:12: sealed.seed: is not 48 bytes as base64url without padding; such a file is made \
           by `rampdesk keygen --approver`",
        ],
    ),
    (
        "key_id = \"ada-winter\"",
        "key_id = \"ada winter\"",
        &["ada-winter.approver.toml:2: key_id: is not right; write the key's name, as in \"ada-winter\""],
    ),
];

const MADE: &str = "an approval is made by `rampdesk approve` or in the console";

const APPROVALS: &[Case] = &[
    (
        "\"approved_at\": \"2026-11-26T15:50:00Z\",",
        "",
        &["approved_at: is not there as a text; an approval is made by \
       `rampdesk approve` or in the console"],
    ),
    (
        "2026-11-26T15:50:00Z",
        "half past three",
        &["approved_at: `half past three` is not a date and time; write UTC as 2026-11-26T17:00:00Z"],
    ),
    (
        "\"APPROVAL\"",
        "\"MOVED\"",
        &["notice: `MOVED` is not `APPROVAL`; an approval is made by `rampdesk approve` or in the console"],
    ),
    (
        "{\n  \"profile\": \"gb-dispatch/1\"",
        "{\n  \"profile\": \"gb-dispatch/2\"",
        &[
            "profile: `gb-dispatch/2` is not `gb-dispatch/1`; an approval is made by `rampdesk approve` or in the console",
        ],
    ),
    (
        "  \"signature\"",
        "  signature",
        &["line 13: is not JSON; an approval is made by `rampdesk approve` or in the console"],
    ),
    (
        "\"revision\": 1,",
        "",
        &["dispatches[0].revision: is missing; an approval covers every field that is sent"],
    ),
    (
        "\"revision\": 1,",
        "\"revision\": 0,",
        &[
            "dispatches[0].revision: `0` is not a revision; write a whole number from 1 to 4294967295, without quotes",
        ],
    ),
    (
        "\"status\": \"RUN\"",
        "\"status\": \"STOP\"",
        &["dispatches[0].status: a stop needs no approval; send it"],
    ),
    (
        "\"status\": \"RUN\"",
        "\"status\": \"RUN\", \"instruction_time\": \"2026-11-26T15:50:00Z\"",
        &["dispatches[0].instruction_time: is set by the desk when it sends; leave it out"],
    ),
    (
        "\"units\": \"W\"",
        "\"units\": \"HP\"",
        &[
            "dispatches[0].setpoints[0].parameters[0].units: `HP` is not known; write KW, MW, KVAR, MVAR, W or VAR",
        ],
    ),
    ("\"Ed25519\"", "\"RSA\"", &["signature.algorithm: `RSA` is not known; write Ed25519"]),
    (
        "\"key_id\": \"ada-winter\"",
        "\"key_id\": \"\"",
        &["signature.key_id: a key id is 1 to 64 characters; this one is empty"],
    ),
    (
        "\"value\": \"AAA",
        "\"value\": \"",
        &["signature.value: an Ed25519 signature is 64 bytes (86 characters); this one is 62 bytes"],
    ),
    (
        "\"dispatches\": [",
        "\"dispatches\": [], \"others\": [",
        &["dispatches: holds 0; an approval is of 1 to 10000 dispatches"],
    ),
];

#[test]
fn rules_of_approval_that_cannot_be_are_named_with_line_field_and_what_would_be_right() {
    hold(GOOD_RULES, RULES, rules);
}

#[test]
fn rules_without_a_limit_or_without_anyone_who_may_approve_are_no_rules() {
    let (limits, approvers) = GOOD_RULES.split_once("[[approvers]]").unwrap();
    assert_eq!(
        rules(limits),
        ["approval.toml:1: approvers: is missing; write who may approve, each under [[approvers]]"]
    );
    assert_eq!(
        rules(&format!("[[approvers]]{approvers}")),
        ["approval.toml:1: limits: is missing; write limits in MW, each under [[limits]]"]
    );
    assert_eq!(
        rules(&format!("limits = []\n[[approvers]]{approvers}")),
        ["approval.toml:1: limits: there is none in the list; name one, or leave the whole file out"]
    );
}

#[test]
fn a_sealed_key_that_cannot_be_is_named_without_a_word_of_what_is_sealed() {
    hold(GOOD_KEY, KEYS, key);
}

#[test]
fn an_approval_that_cannot_be_is_named_with_its_field_and_what_would_be_right() {
    assert!(APPROVALS[0].2[0].ends_with(MADE));
    hold(GOOD_APPROVAL, APPROVALS, approval);
}
