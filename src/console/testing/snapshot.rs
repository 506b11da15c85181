//! The whole picture.

use std::sync::Arc;

use super::{NOW, alarms, at, dispatches, key_id_of, signing_key, units};
use crate::desk::lifeline::Lifeline;
use crate::desk::snapshot::{
    AlarmLoad, Channel, ContractState, FspState, LinkState, Mode, OperatorState, Security, Snapshot,
    VtnHealth,
};
use crate::dispatch::KeyRing;
use crate::journal::{Entry, EntryKind, Recorded};
use crate::profile::fail_safe::{FailSafe, SafeLevel};

/// Everything above except the dispatches.
pub fn quiet_snapshot() -> Snapshot {
    use LinkState::{Late, Live, Lost};
    let fsp = |id: &str, name: &str, telephone: &str, client, ago: i64| FspState {
        id: id.parse().unwrap(),
        name: name.to_owned(),
        telephone: telephone.to_owned(),
        client,
        last_poll: Some(at(NOW) - ago),
        keys: Arc::new(KeyRing::new([signing_key(&key_id_of(id)).public(None, None)])),
        poll_seconds: 10,
        heard: Lifeline::default(),
    };
    let operator = |id: &str, name: &str, key: &str| OperatorState {
        id: id.parse().unwrap(),
        name: name.to_owned(),
        key_id: key.to_owned(),
        stops_with: Some(key.parse().unwrap()),
        keys: Arc::new(KeyRing::new([signing_key(key).public(None, None)])),
    };
    let contract = |operator: &str, id: &str, product: &str, notice| ContractState {
        operator: operator.parse().unwrap(),
        contract: id.parse().unwrap(),
        product: product.to_owned(),
        poll_seconds: 10,
        ack_seconds: 30,
        notice_seconds: notice,
        baseline: "fixed at 0 kW".to_owned(),
        price: Some("£300.00 per MWh".to_owned()),
        pence_per_mwh: Some(30_000),
        fail_safe: (id == "EMID-C-2026-0193")
            .then_some(FailSafe { level: SafeLevel::Baseline, after_polls: 6 }),
    };
    Snapshot {
        presence: Arc::default(),
        sequence: 1,
        mode: Mode::Sandbox,
        approval: Arc::default(),
        now: at(NOW),
        vtn: VtnHealth {
            url: "http://127.0.0.1:8080/openadr3/3.1.0".to_owned(),
            state: Live,
            last_answer: Some(at(NOW) - 2),
            fault: None,
            took_ms: Some(3.4),
            news: Lifeline::default(),
            push: None,
            security: Security { channel: Some(Channel::Plain { loopback: true }), ..Security::default() },
        },
        operators: vec![
            operator("GB-DNO-11", "East Midlands", "gb-dno-11-2026"),
            operator("GB-DNO-14", "West Midlands", "gb-dno-14-2026"),
        ],
        fleet: Arc::new(crate::profile::fleet::FleetProfile::demo()),
        contracts: Arc::new(vec![
            contract("GB-DNO-11", "EMID-C-2026-0193", "Scheduled availability", 900),
            contract("GB-DNO-14", "WMID-C-2026-0044", "Operational utilisation", 0),
        ]),
        fsps: [
            fsp("BRIGHTFLEX", "Brightflex Energy", "01536 496 0101", Live, 4),
            fsp("COLDCHAIN", "Coldchain Logistics", "01788 496 0102", Late, 24),
            fsp("GREENLEAF", "Greenleaf Heat", "0116 496 0103", Live, 7),
            fsp("NORTHGEN", "Northgen", "0115 496 0104", Lost, 35),
        ]
        .map(Arc::new)
        .into(),
        units: units().into_iter().map(Arc::new).collect(),
        dispatches: Vec::new(),
        alarms: alarms().into(),
        shelved: Arc::default(),
        alarm_load: AlarmLoad::default(),
        outcomes: Vec::new(),
        journal_tail: vec![Arc::new(Recorded {
            number: 1,
            entry: Entry {
                at: at(NOW) - 600,
                kind: EntryKind::Session,
                dispatch: None,
                unit: None,
                text: "session began".to_owned(),
                document: None,
            },
            previous: "0".repeat(64),
            hash: "a1b2c3d4".repeat(8),
        })],
        journal_file: None,
    }
}

/// All of it.
pub fn snapshot() -> Snapshot {
    let dispatches = dispatches().into_iter().map(Arc::new).collect();
    Snapshot { dispatches, ..quiet_snapshot() }
}
