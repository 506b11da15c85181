//! What the console's tests share: a fleet with something of everything going on, and a bench on which the test
//! plays the engine.

use std::collections::BTreeMap;
use std::sync::Arc;

use egui_kittest::Harness;

use super::{App, ConsoleParts};
use crate::desk::charge::ChargeTrail;
use crate::desk::command::{Command, CommandNumber};
use crate::desk::lifeline::Lifeline;
use crate::desk::snapshot::{
    Alarm, ContractState, DispatchState, FspState, LinkState, Mode, OperatorState, Outcome, Phase, Priority,
    RevisionState, Rung, Snapshot, UnitState, VtnHealth,
};
use crate::desk::{DeskEnd, connect};
use crate::dispatch::{
    Comparison, Dispatch, DispatchKey, DispatchParts, DispatchUnit, FieldComparison, RealLevel, Reason,
    Reference, Revision, Setpoint, Signature, SignedDispatch, Stage, Status,
};
use crate::journal::{Entry, EntryKind, Recorded};
use crate::openadr::exchange::{Exchange, ExchangeLog};
use crate::power::{Asset, Baseline, Battery, Generator, Reading, Series, TurnDown};
use crate::time::{Clock, Rate, UtcTime};
use crate::units::Watts;

/// The instant that every fixture shows.
pub const NOW: &str = "2026-11-26T17:20:00Z";

/// Reads a time.
pub fn at(text: &str) -> UtcTime {
    text.parse().unwrap()
}

/// A clock that stands at [`NOW`].
pub fn clock() -> Clock {
    Clock::training(at(NOW), Rate::PAUSED)
}

/// Reads `FSP/UNIT`.
pub fn unit_named(text: &str) -> DispatchUnit {
    text.parse().unwrap()
}

/// A dispatch's key by its ref, of the operator that all fixtures dispatch for.
pub fn key(dispatch_ref: &str) -> DispatchKey {
    DispatchKey { operator: "GB-DNO-11".parse().unwrap(), dispatch_ref: dispatch_ref.parse().unwrap() }
}

fn battery() -> Asset {
    Asset::Battery(Battery {
        max_discharge_kw: 2500.0,
        max_charge_kw: 2500.0,
        capacity_kwh: 5000.0,
        discharge_efficiency: 0.95,
        charge_efficiency: 0.95,
        min_soc: 0.05,
        max_soc: 0.95,
        initial_soc: 0.8,
        delay_s: 5.0,
        ramp_up_kw_per_min: 600.0,
        ramp_down_kw_per_min: 600.0,
    })
}

fn generator() -> Asset {
    Asset::Generator(Generator {
        max_kw: 4000.0,
        min_stable_kw: 1200.0,
        start_delay_s: 180.0,
        delay_s: 10.0,
        ramp_up_kw_per_min: 400.0,
        ramp_down_kw_per_min: 500.0,
    })
}

fn turn_down() -> Asset {
    Asset::TurnDown(TurnDown {
        max_turn_down_kw: 650.0,
        delay_s: 60.0,
        ramp_up_kw_per_min: 100.0,
        ramp_down_kw_per_min: 100.0,
        max_duration_min: 120.0,
        rebound_share: 0.6,
        rebound_min: 45.0,
    })
}

/// One unit as its FSP reports it.
pub fn unit(
    named: &str,
    name: &str,
    asset: Asset,
    lamp: LinkState,
    state: &str,
    kw: Option<f64>,
) -> UnitState {
    let baseline_kw = if matches!(asset, Asset::TurnDown(_)) { -700.0 } else { 0.0 };
    let (min_kw, max_kw) = asset.limits_kw(baseline_kw);
    let mut readings = Series::default();
    for minute in 0..30_u32 {
        let share = (f64::from(minute) / 12.0).min(1.0);
        let end = at(NOW).unix() - i64::from(30 - minute) * 60;
        let reading = baseline_kw + (kw.unwrap_or(baseline_kw) - baseline_kw) * share;
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double")]
        readings.push(Reading { at: end as f64, kw: reading });
    }
    UnitState {
        unit: unit_named(named),
        name: name.to_owned(),
        contract: "EMID-C-2026-0193".parse().unwrap(),
        operator: "GB-DNO-11".parse().unwrap(),
        kind: asset.kind().to_owned(),
        soc: matches!(asset, Asset::Battery(_)).then_some(0.62),
        asset: Arc::new(asset),
        baseline: Arc::new(Baseline::Fixed { kw: baseline_kw }),
        max_kw,
        min_kw,
        lamp,
        state: state.to_owned(),
        kw,
        baseline_kw: kw.map(|_| baseline_kw),
        reported: kw.map(|_| at(NOW) - 8),
        revisions: BTreeMap::new(),
        active: None,
        readings: if kw.is_some() { readings } else { Series::default() },
        charge: ChargeTrail::default(),
        heard: Lifeline::default(),
    }
}

/// The fixtures' twelve units, in order.
pub fn units() -> Vec<UnitState> {
    use LinkState::{Late, Live, Lost};
    vec![
        unit("BRIGHTFLEX/BESS-01", "Kettering battery", battery(), Live, "OFF", Some(0.0)),
        unit("BRIGHTFLEX/BESS-02", "Corby battery", battery(), Live, "RETURNING", Some(400.0)),
        unit("BRIGHTFLEX/BESS-07", "Wellingborough battery", battery(), Live, "HOLDING", Some(2000.0)),
        unit("COLDCHAIN/STORE-1", "Daventry cold store", turn_down(), Late, "OFF", Some(-700.0)),
        unit("COLDCHAIN/STORE-2", "Rugby cold store", turn_down(), Live, "RAMPING", Some(-310.5)),
        unit("COLDCHAIN/STORE-3", "Lutterworth cold store", turn_down(), Live, "REBOUND", Some(-930.0)),
        unit("GREENLEAF/HEAT-1", "Leicester heat pumps", turn_down(), Live, "HOLDING", Some(-220.0)),
        unit("GREENLEAF/HEAT-2", "Loughborough heat pumps", turn_down(), Live, "OFF", Some(-690.0)),
        unit("GREENLEAF/SOLAR-BESS", "Melton battery", battery(), Live, "OFF", Some(-1250.0)),
        unit("NORTHGEN/GEN-1", "Nottingham engine 1", generator(), Lost, "STARTING", Some(0.0)),
        unit("NORTHGEN/GEN-2", "Nottingham engine 2", generator(), Lost, "OFF", None),
        unit("NORTHGEN/GEN-3", "Derby engine", generator(), Live, "INHIBITED", Some(0.0)),
    ]
}

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
    let signature = Signature { key_id: "gb-dno-11-2026".parse().unwrap(), value: [7; 64] };
    Arc::new(RevisionState {
        signed: SignedDispatch { dispatch, signature },
        event_id: Some(format!("event-{dispatch_ref}")),
        sent: Some(at("2026-11-26T16:00:02Z")),
        fault: None,
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

/// An alarm of the fixtures.
pub fn alarm(id: u64, priority: Priority, text: &str, source: &str, unit: Option<&str>) -> Arc<Alarm> {
    Arc::new(Alarm {
        id,
        priority,
        text: text.to_owned(),
        source: source.to_owned(),
        unit: unit.map(unit_named),
        dispatch: None,
        raised: at(NOW) - 90,
        active: true,
        acknowledged: None,
        count: 1,
    })
}

fn alarms() -> Vec<Arc<Alarm>> {
    let mut lost = alarm(
        1,
        Priority::High,
        "NORTHGEN has not polled for 35 s; telephone its control point",
        "NORTHGEN",
        None,
    );
    let mut old =
        alarm(4, Priority::Low, "COLDCHAIN reports one minute late", "COLDCHAIN", Some("COLDCHAIN/STORE-2"));
    if let (Some(lost), Some(old)) = (Arc::get_mut(&mut lost), Arc::get_mut(&mut old)) {
        lost.count = 4;
        old.acknowledged = Some(at(NOW) - 30);
        old.active = false;
    }
    vec![
        lost,
        alarm(
            2,
            Priority::High,
            "the read-back of EMID-0419 differs in setpoints[0].real; stop it or telephone GREENLEAF",
            "GREENLEAF",
            Some("GREENLEAF/HEAT-1"),
        ),
        alarm(
            3,
            Priority::Medium,
            "no acknowledgement of EMID-0418 within 30 s",
            "COLDCHAIN",
            Some("COLDCHAIN/STORE-1"),
        ),
        old,
    ]
}

/// Everything above except the dispatches.
pub fn quiet_snapshot() -> Snapshot {
    use LinkState::{Late, Live, Lost};
    let fsp = |id: &str, name: &str, telephone: &str, client, ago: i64| FspState {
        id: id.parse().unwrap(),
        name: name.to_owned(),
        telephone: telephone.to_owned(),
        client,
        last_poll: Some(at(NOW) - ago),
        poll_seconds: 10,
        heard: Lifeline::default(),
    };
    let operator = |id: &str, name: &str, key: &str| OperatorState {
        id: id.parse().unwrap(),
        name: name.to_owned(),
        key_id: key.to_owned(),
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
    };
    Snapshot {
        sequence: 1,
        mode: Mode::Sandbox,
        now: at(NOW),
        vtn: VtnHealth {
            url: "http://127.0.0.1:8080/openadr3/3.1.0".to_owned(),
            state: Live,
            last_answer: Some(at(NOW) - 2),
            fault: None,
            took_ms: Some(3.4),
            news: Lifeline::default(),
        },
        operators: vec![
            operator("GB-DNO-11", "East Midlands", "gb-dno-11-2026"),
            operator("GB-DNO-14", "West Midlands", "gb-dno-14-2026"),
        ],
        contracts: vec![
            contract("GB-DNO-11", "EMID-C-2026-0193", "Scheduled availability", 900),
            contract("GB-DNO-14", "WMID-C-2026-0044", "Operational utilisation", 0),
        ],
        fsps: vec![
            fsp("BRIGHTFLEX", "Brightflex Energy", "01536 496 0101", Live, 4),
            fsp("COLDCHAIN", "Coldchain Logistics", "01788 496 0102", Late, 24),
            fsp("GREENLEAF", "Greenleaf Heat", "0116 496 0103", Live, 7),
            fsp("NORTHGEN", "Northgen", "0115 496 0104", Lost, 35),
        ],
        units: units().into_iter().map(Arc::new).collect(),
        dispatches: Vec::new(),
        alarms: alarms(),
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
    }
}

/// All of it.
pub fn snapshot() -> Snapshot {
    let dispatches = dispatches().into_iter().map(Arc::new).collect();
    Snapshot { dispatches, ..quiet_snapshot() }
}

/// Some exchanges of both sides, one with a masked secret.
pub fn exchanges() -> ExchangeLog {
    let log = ExchangeLog::keeping(1000);
    let exchange = |client: &str,
                    method: &str,
                    target: &str,
                    status: Option<u16>,
                    bodies: (&str, &str),
                    understood: &str| Exchange {
        number: 0,
        at: at(NOW) - 30,
        client: client.to_owned(),
        method: method.to_owned(),
        target: target.to_owned(),
        url: format!("http://127.0.0.1:8080/openadr3/3.1.0{target}"),
        status,
        took_ms: 3.25,
        request_body: bodies.0.into(),
        response_body: bodies.1.into(),
        understood: understood.to_owned(),
    };
    log.record(exchange(
        "BRIGHTFLEX",
        "POST",
        "/auth/token",
        Some(200),
        (
            "grant_type=client_credentials&client_id=BRIGHTFLEX&client_secret=•••",
            r#"{"access_token":"•••","token_type":"Bearer","expires_in":3600}"#,
        ),
        "token for 3600 s",
    ));
    log.record(exchange(
        "BRIGHTFLEX",
        "GET",
        "/events?active=true",
        Some(200),
        ("", r#"[{"id":"event-EMID-0417","eventName":"EMID-0417","priority":2}]"#),
        "1 event",
    ));
    log.record(exchange(
        "desk",
        "PUT",
        "/events/event-EMID-0417",
        Some(200),
        (r#"{"eventName":"EMID-0417","intervals":[{"id":0}]}"#, r#"{"id":"event-EMID-0417"}"#),
        "revision 2 of EMID-0417 is at the VTN",
    ));
    log.record(exchange(
        "NORTHGEN",
        "POST",
        "/reports",
        Some(403),
        (r#"{"reportName":"ACK"}"#, r#"{"title":"Forbidden","status":403}"#),
        "refused: not its own event",
    ));
    log.record(exchange(
        "desk",
        "GET",
        "/reports",
        None,
        ("", ""),
        "no answer within 5 s; the VTN may be down",
    ));
    log
}

/// A window on a fixture, and the engine's end of it in the test's hands.
pub struct Bench {
    /// The window.
    pub harness: Harness<'static, App>,
    end: Option<DeskEnd>,
    shown: Snapshot,
}

impl Bench {
    /// Opens a window of this many points at a scale.
    pub fn new(first: Snapshot, size: [f32; 2], scale: f32) -> Self {
        let (desk, end) = connect(first.clone());
        let parts = ConsoleParts { desk, clock: clock(), exchanges: exchanges(), keep: Box::new(()) };
        let harness = Harness::builder()
            .with_size(size)
            .with_pixels_per_point(scale)
            .with_step_dt(0.25)
            .build_eframe(|cc| App::new(&cc.egui_ctx, None, parts));
        let mut bench = Self { harness, end: Some(end), shown: first };
        bench.settle();
        bench
    }

    /// At 1280×720.
    pub fn open(first: Snapshot) -> Self {
        Self::new(first, [1280.0, 720.0], 1.0)
    }

    /// Lets a few frames pass.
    pub fn settle(&mut self) {
        self.harness.run_steps(4);
    }

    fn take(&mut self) -> Vec<(CommandNumber, Command)> {
        let Some(end) = &mut self.end else { return Vec::new() };
        std::iter::from_fn(|| end.commands.try_recv().ok()).collect()
    }

    /// The engine ends.
    pub fn end_engine(&mut self) {
        self.end = None;
    }

    /// The commands given since the last look.
    pub fn commands(&mut self) -> Vec<Command> {
        self.take().into_iter().map(|(_, command)| command).collect()
    }

    /// Publishes a changed snapshot.
    pub fn publish(&mut self, change: impl FnOnce(&mut Snapshot)) {
        change(&mut self.shown);
        self.shown.sequence += 1;
        if let Some(end) = &self.end {
            end.publish(self.shown.clone());
        }
        self.settle();
    }

    /// Answers every command that waits, with the same result.
    pub fn answer(&mut self, result: Result<&str, &str>) {
        let asked = self.take();
        self.publish(|snapshot| {
            for (command, what) in asked {
                snapshot.outcomes.push(Arc::new(Outcome {
                    command,
                    asked: what.words(),
                    at: at(NOW),
                    result: result.map(str::to_owned).map_err(str::to_owned),
                }));
            }
        });
    }

    /// Presses keys.
    pub fn press(&mut self, modifiers: egui::Modifiers, key: egui::Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }
}
