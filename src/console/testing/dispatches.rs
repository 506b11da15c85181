//! Six dispatches, one of each kind of trouble and two without.

use std::sync::Arc;

use super::{at, signing_key, unit_named};
use crate::desk::snapshot::{DispatchState, Phase, RevisionState, Rung};
use crate::dispatch::{
    Comparison, Dispatch, DispatchParts, FieldComparison, RealLevel, Reason, Reference, Revision, Setpoint,
    Stage, Status,
};
use crate::power::Series;
use crate::time::UtcTime;
use crate::units::Watts;

/// A signed revision that asks `kw` against baseline between two instants, with a step half-way.
pub fn revision(
    dispatch_ref: &str,
    number: u32,
    unit: &str,
    kw: i64,
    from: &str,
    to: &str,
) -> Arc<RevisionState> {
    let (start, end) = (at(from), at(to));
    let setpoint = |at, watts| Setpoint {
        at,
        real: Some(RealLevel { reference: Reference::Delta, watts: Watts(watts), price: None }),
        reactive: None,
    };
    let half = UtcTime::from_unix((start.unix() + end.unix()) / 2);
    let dispatch = Dispatch::new(DispatchParts {
        network_operator: "GB-DNO-11".parse().unwrap(),
        dispatch_ref: dispatch_ref.parse().unwrap(),
        revision: Revision::new(number).unwrap(),
        status: Status::Run,
        contract: "EMID-C-2026-0193".parse().unwrap(),
        unit: unit_named(unit),
        instruction_time: at("2026-11-26T16:00:00Z"),
        service_start: start,
        service_end: end,
        setpoints: vec![setpoint(start, kw * 1000), setpoint(half, kw * 750)],
    })
    .unwrap();
    Arc::new(RevisionState {
        signed: dispatch.sign(&signing_key("gb-dno-11-2026")).unwrap(),
        event_id: Some(format!("event-{dispatch_ref}")),
        sent: Some(at("2026-11-26T16:00:02Z")),
        fault: None,
        approved: None,
    })
}

/// One acknowledgement of revision `number`.
pub fn rung(stage: Stage, number: u32, when: &str) -> Rung {
    Rung {
        stage,
        revision: Revision::new(number).unwrap(),
        at: at(when),
        seen: at(when) + 3,
        signature: Ok(()),
        reason: None,
        detail: None,
        reached_at: None,
    }
}

/// A dispatch in a phase, with what the FSP has said so far.
pub fn dispatch(revisions: Vec<Arc<RevisionState>>, phase: Phase, ladder: Vec<Rung>) -> DispatchState {
    let last = revisions.last().unwrap();
    let over = matches!(phase, Phase::Ended | Phase::Stopped | Phase::Failed | Phase::Rejected);
    DispatchState {
        key: last.signed.dispatch.key(),
        in_force: (!over).then_some(last.signed.dispatch.revision),
        revisions,
        phase,
        ladder,
        readback: None,
        due: None,
        awaited: None,
        readings: Series::default(),
        reactive: Series::default(),
        score: None,
    }
}

fn compared(field: &str, sent: &str, read_back: Option<&str>, comparison: Comparison) -> FieldComparison {
    FieldComparison {
        field: field.to_owned(),
        sent: sent.to_owned(),
        read_back: read_back.map(str::to_owned),
        comparison,
    }
}

/// Six dispatches: at setpoint, late, mismatched, reached late, rejected, ended.
pub fn dispatches() -> Vec<DispatchState> {
    let mut at_setpoint = dispatch(
        vec![
            revision(
                "EMID-0417",
                1,
                "BRIGHTFLEX/BESS-07",
                1500,
                "2026-11-26T17:00:00Z",
                "2026-11-26T19:00:00Z",
            ),
            revision(
                "EMID-0417",
                2,
                "BRIGHTFLEX/BESS-07",
                2000,
                "2026-11-26T17:00:00Z",
                "2026-11-26T19:00:00Z",
            ),
        ],
        Phase::AtSetpoint,
        vec![
            rung(Stage::Received, 1, "2026-11-26T16:00:08Z"),
            rung(Stage::Accepted, 1, "2026-11-26T16:00:09Z"),
            rung(Stage::Received, 2, "2026-11-26T16:10:05Z"),
            rung(Stage::Accepted, 2, "2026-11-26T16:10:06Z"),
            rung(Stage::Started, 2, "2026-11-26T16:56:36Z"),
            rung(Stage::AtSetpoint, 2, "2026-11-26T17:00:00Z"),
        ],
    );
    at_setpoint.readback = Some(Arc::new(vec![
        compared("status", "RUN", Some("RUN"), Comparison::Matched),
        compared("setpoints[0].real", "+2,000 kW DELTA", Some("+2,000 kW DELTA"), Comparison::Matched),
    ]));

    let mut late = dispatch(
        vec![revision(
            "EMID-0418",
            1,
            "COLDCHAIN/STORE-1",
            500,
            "2026-11-26T17:30:00Z",
            "2026-11-26T18:30:00Z",
        )],
        Phase::Sent,
        Vec::new(),
    );
    late.due = Some(at("2026-11-26T17:18:30Z"));
    late.awaited = Some("acknowledgement from COLDCHAIN".to_owned());

    let mut mismatched = dispatch(
        vec![revision(
            "EMID-0419",
            1,
            "GREENLEAF/HEAT-1",
            400,
            "2026-11-26T17:10:00Z",
            "2026-11-26T18:10:00Z",
        )],
        Phase::Accepted,
        vec![
            rung(Stage::Received, 1, "2026-11-26T16:00:12Z"),
            rung(Stage::Accepted, 1, "2026-11-26T16:00:14Z"),
        ],
    );
    mismatched.readback = Some(Arc::new(vec![
        compared("status", "RUN", Some("RUN"), Comparison::Matched),
        compared("setpoints[0].real", "+400 kW DELTA", Some("+40 kW DELTA"), Comparison::Differs),
        compared("setpoints[1].real", "+300 kW DELTA", None, Comparison::Absent),
    ]));

    let mut slow = dispatch(
        vec![revision(
            "EMID-0420",
            1,
            "NORTHGEN/GEN-1",
            3500,
            "2026-11-26T17:22:00Z",
            "2026-11-26T18:52:00Z",
        )],
        Phase::Unreachable,
        vec![
            rung(Stage::Received, 1, "2026-11-26T17:19:08Z"),
            rung(Stage::Unreachable, 1, "2026-11-26T17:19:09Z"),
        ],
    );
    if let Some(last) = slow.ladder.last_mut() {
        last.reached_at = Some(at("2026-11-26T17:28:00Z"));
        last.detail = Some("ramp-limited from standstill".to_owned());
    }

    let mut rejected = dispatch(
        vec![revision(
            "EMID-0416",
            1,
            "NORTHGEN/GEN-2",
            6000,
            "2026-11-26T17:30:00Z",
            "2026-11-26T19:00:00Z",
        )],
        Phase::Rejected,
        vec![
            rung(Stage::Received, 1, "2026-11-26T16:20:08Z"),
            rung(Stage::Rejected, 1, "2026-11-26T16:20:09Z"),
        ],
    );
    if let Some(last) = rejected.ladder.last_mut() {
        last.reason = Some(Reason::BeyondCapability);
        last.detail = Some("6,000 kW asked, 4,000 kW is the rating".to_owned());
    }

    let ended = dispatch(
        vec![revision(
            "EMID-0415",
            1,
            "BRIGHTFLEX/BESS-02",
            1800,
            "2026-11-26T16:15:00Z",
            "2026-11-26T17:15:00Z",
        )],
        Phase::Ended,
        vec![
            rung(Stage::Received, 1, "2026-11-26T16:00:08Z"),
            rung(Stage::Accepted, 1, "2026-11-26T16:00:09Z"),
            rung(Stage::Started, 1, "2026-11-26T16:12:00Z"),
            rung(Stage::AtSetpoint, 1, "2026-11-26T16:15:00Z"),
            rung(Stage::Ended, 1, "2026-11-26T17:15:00Z"),
        ],
    );
    vec![slow, late, rejected, at_setpoint, mismatched, ended]
}
