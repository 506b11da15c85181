//! The whole conversation of a desk and an FSP through a VTN over TCP, by the client and the profile's mapping alone:
//! through the embedded VTN always, and through somebody else's when one is named.
//!
//! For another VTN: `RAMPDESK_PEER_VTN` is its base URL, `RAMPDESK_PEER_BUSINESS` and `RAMPDESK_PEER_VEN` are
//! `id:secret` of a client each, then `cargo test --test wire -- --ignored`. It leaves its objects there.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::sync::Arc;

use rampdesk::dispatch::{
    Acknowledgement, Dispatch, DispatchKey, DispatchParts, DispatchUnit, KeyRing, Price, PricePer,
    ReactiveLevel, Readback, RealLevel, Reference, Revision, Setpoint, SignedDispatch, SigningKey, Stage,
    Status,
};
use rampdesk::entropy::Entropy;
use rampdesk::openadr::client::{Client, ClientParts, Credentials};
use rampdesk::openadr::exchange::ExchangeLog;
use rampdesk::openadr::mapping::{self, Heartbeat, MinuteReading, Terms, UnitPulse};
use rampdesk::openadr::secret::Secret;
use rampdesk::openadr::tcp::TcpTransport;
use rampdesk::openadr::wire::{Event, Report, Resource, Ven};
use rampdesk::power::{Reading, UnitPhase};
use rampdesk::time::{Clock, UtcTime};
use rampdesk::units::{Vars, Watts};
use rampdesk::vtn::{BASE_PATH, ClientSeed, Role, StorePlace, Vtn, VtnConfig};

struct Party {
    client: Client,
    id: String,
    exchanges: ExchangeLog,
}

fn party(base_url: &str, id: &str, secret: &str) -> Party {
    let exchanges = ExchangeLog::keeping(1000);
    let client = Client::new(ClientParts {
        base_url: base_url.to_owned(),
        credentials: Credentials { client_id: id.to_owned(), secret: Secret::new(secret) },
        transport: Arc::new(TcpTransport::new().unwrap()),
        clock: Clock::real(),
        entropy: Entropy::system(),
        exchanges: exchanges.clone(),
        label: id.to_owned(),
    });
    Party { client: client.unwrap(), id: id.to_owned(), exchanges }
}

fn key(name: &str) -> SigningKey {
    SigningKey::from_seed(name.parse().unwrap(), &[9; 32])
}

fn dispatch(unit: &DispatchUnit, contract: &str, dispatch_ref: &str, now: UtcTime) -> SignedDispatch {
    let real = |watts, price| Some(RealLevel { reference: Reference::Delta, watts: Watts(watts), price });
    let parts = DispatchParts {
        network_operator: "GB-DNO-11".parse().unwrap(),
        dispatch_ref: dispatch_ref.parse().unwrap(),
        revision: Revision::FIRST,
        status: Status::Run,
        contract: contract.parse().unwrap(),
        unit: unit.clone(),
        instruction_time: now,
        service_start: now + 3600,
        service_end: now + 9000,
        setpoints: vec![
            Setpoint {
                at: now + 3661,
                real: real(1_234_567, Some(Price { pence: 30_001, per: PricePer::Mwh })),
                reactive: Some(ReactiveLevel {
                    reference: Reference::Absolute,
                    vars: Vars(-400_001),
                    price: Some(Price { pence: 5, per: PricePer::Window }),
                }),
            },
            Setpoint { at: now + 7200, real: real(-100, None), reactive: None },
        ],
    };
    Dispatch::new(parts).unwrap().sign(&key("gb-dno-11-2026")).unwrap()
}

fn is_same(key: &DispatchKey, revision: Revision) -> impl Fn(&Event) -> bool + Send + Sync {
    let wanted = Some((key.clone(), revision));
    move |event| mapping::identity_of(event) == wanted
}

/// What both sides say, and that each understands the other to the watt.
async fn conversation(desk: &Party, fsp: &Party, fsp_id: &str) {
    let tag = Entropy::system().id()[..8].to_owned();
    let now = Clock::real().now();
    let unit = DispatchUnit { fsp: fsp_id.parse().unwrap(), unit: format!("BESS-{tag}").parse().unwrap() };
    let contract = format!("C-{tag}");

    let terms = Terms {
        operator: "GB-DNO-11".parse().unwrap(),
        contract: contract.parse().unwrap(),
        poll_seconds: 5,
        ack_seconds: 20,
    };
    let program = desk.client.ensure_program(&mapping::program_from(&terms)).await.unwrap();
    let again = desk.client.ensure_program(&mapping::program_from(&terms)).await.unwrap();
    assert_eq!(program.meta.id, again.meta.id);
    let program_id = program.meta.id.unwrap();
    grant(desk, fsp, fsp_id, &unit).await;

    let anchor = mapping::anchor_event(&program_id);
    let anchor = desk.client.post_event(&anchor, mapping::is_anchor).await.unwrap().meta.id.unwrap();
    let sent = dispatch(&unit, &contract, &format!("D-{tag}"), now);
    let (dispatch_key, first) = (sent.dispatch.key(), sent.dispatch.revision);
    let event = mapping::event_from(&sent, &program_id);
    let event_id =
        desk.client.post_event(&event, is_same(&dispatch_key, first)).await.unwrap().meta.id.unwrap();

    let programs = fsp.client.programs().await.unwrap();
    let its_program = programs.iter().find(|p| p.meta.id.as_ref() == Some(&program_id)).unwrap();
    assert_eq!(mapping::terms_from(its_program), Some(terms));
    let events = fsp.client.events_granted(Some(&program_id), &[unit.target()]).await.unwrap();
    assert_eq!(events.iter().filter(|e| mapping::is_anchor(e)).count(), 1);
    let arrived = events.iter().find(|e| e.meta.id.as_ref() == Some(&event_id)).unwrap();
    let received = mapping::dispatch_from(arrived).unwrap();
    assert_eq!(received, sent);
    let operators = KeyRing::new([key("gb-dno-11-2026").public(None, None)]);
    assert_eq!(received.verify(&operators, now), Ok(()));

    answer(fsp, &received, &event_id, &anchor, now).await;
    heard(desk, &received, &event_id, &anchor, now).await;

    let stop = DispatchParts {
        revision: first.next(),
        status: Status::Stop,
        setpoints: Vec::new(),
        ..sent.dispatch.parts().clone()
    };
    let stop = Dispatch::new(stop).unwrap().sign(&key("gb-dno-11-2026")).unwrap();
    desk.client.put_event(&event_id, &mapping::event_from(&stop, &program_id)).await.unwrap();
    let event = fsp.client.event(&event_id).await.unwrap().unwrap();
    assert_eq!(mapping::dispatch_from(&event).unwrap(), stop, "a stop replaces the event, reports and all");
}

async fn grant(desk: &Party, fsp: &Party, fsp_id: &str, unit: &DispatchUnit) {
    let ven = Ven { client_id: Some(fsp.id.clone()), ven_name: fsp_id.to_owned(), ..Ven::default() };
    let ven = desk.client.ensure_ven(&ven).await.unwrap();
    let resource = Resource {
        client_id: Some(fsp.id.clone()),
        resource_name: unit.unit.to_string(),
        ven_id: ven.meta.id.unwrap(),
        ..Resource::default()
    };
    desk.client.ensure_resource(&resource).await.unwrap();
    let granted = Resource { targets: vec![unit.target()], ..resource };
    desk.client.ensure_resource(&granted).await.unwrap();
    let held = desk.client.ensure_resource(&granted).await.unwrap();
    assert_eq!(held.targets, [unit.target()]);
}

fn acknowledgement(received: &SignedDispatch, stage: Stage, now: UtcTime) -> Acknowledgement {
    Acknowledgement {
        key: received.dispatch.key(),
        unit: received.dispatch.unit.clone(),
        revision: received.dispatch.revision,
        status: Some(received.dispatch.status),
        stage,
        at: now,
        readback: stage.carries_readback().then(|| Readback::of(&received.dispatch)),
        reason: None,
        detail: Some("“late” by £0.10".to_owned()),
        reached_at: (stage == Stage::Unreachable).then_some(now + 4000),
    }
}

fn minutes(now: UtcTime) -> Vec<MinuteReading> {
    let minute = |n: i32| MinuteReading {
        reading: Reading {
            at: f64::from(i32::try_from(now.floor_to_minute().unix() / 60).unwrap() + n) * 60.0,
            kw: f64::from(n) * 10.125 - 300.0,
        },
        baseline_kw: Some(-300.5),
        soc: Some(0.625),
        kvar: Some(400.25 - f64::from(n)),
    };
    (0..60).map(minute).collect()
}

fn heartbeat(received: &SignedDispatch, now: UtcTime) -> Heartbeat {
    Heartbeat {
        operator: received.dispatch.network_operator.clone(),
        fsp: received.dispatch.unit.fsp.clone(),
        at: now,
        seen: vec![(received.dispatch.key(), received.dispatch.revision)],
        units: vec![UnitPulse {
            unit: received.dispatch.unit.clone(),
            phase: UnitPhase::Ramping,
            kw: 12.5,
            soc: Some(0.5),
            alive: true,
        }],
    }
}

async fn answer(fsp: &Party, received: &SignedDispatch, event_id: &str, anchor: &str, now: UtcTime) {
    for stage in [Stage::Received, Stage::Unreachable] {
        let signed = acknowledgement(received, stage, now).sign(&key("brightflex-2026")).unwrap();
        let report = mapping::report_from_acknowledgement(&signed, event_id);
        fsp.client.post_report(&report, |_| false).await.unwrap();
    }
    for minute in minutes(now) {
        let report = mapping::report_from_readings(event_id, &received.dispatch.unit, &[minute]);
        fsp.client.post_report(&report, |_| false).await.unwrap();
    }
    let report = mapping::report_from_heartbeat(&heartbeat(received, now), anchor);
    let filed = fsp.client.post_report(&report, |_| false).await.unwrap();
    fsp.client.put_report(&filed.meta.id.unwrap(), &report).await.unwrap();
}

async fn heard(desk: &Party, received: &SignedDispatch, event_id: &str, anchor: &str, now: UtcTime) {
    let reports = desk.client.reports(Some(event_id), None).await.unwrap();
    assert_eq!(reports.len(), 62, "two acknowledgements and sixty minutes, over two pages");
    let fsps = KeyRing::new([key("brightflex-2026").public(None, None)]);
    let acknowledged: Vec<_> =
        reports.iter().filter_map(mapping::acknowledgement_from).collect::<Result<_, _>>().unwrap();
    for stage in [Stage::Received, Stage::Unreachable] {
        let signed = acknowledged.iter().find(|a| a.acknowledgement.stage == stage).unwrap();
        assert_eq!(signed.acknowledgement, acknowledgement(received, stage, now));
        assert_eq!(signed.verify(&fsps, now), Ok(()));
    }
    let mut metered: Vec<MinuteReading> =
        reports.iter().flat_map(mapping::readings_from).map(|(_, minute)| minute).collect();
    metered.sort_by(|a, b| a.reading.at.total_cmp(&b.reading.at));
    assert_eq!(metered, minutes(now));

    let on_anchor = desk.client.reports(Some(anchor), None).await.unwrap();
    let beats: Vec<Heartbeat> = on_anchor.iter().filter_map(mapping::heartbeat_from).collect();
    assert_eq!(beats, [heartbeat(received, now)]);

    let since = reports.iter().filter_map(|r| r.meta.modification_date_time.as_deref()).max().unwrap();
    let latest: Vec<Report> = desk.client.reports_since(Some(since)).await.unwrap().reports;
    assert!(latest.iter().any(|r| r.meta.modification_date_time.as_deref() == Some(since)));
    let poll = desk.client.client_activity(None).await.unwrap();
    assert!(poll.is_none_or(|clients| clients.iter().any(|c| c.requests > 0)));
}

async fn embedded() -> String {
    let vtn = Vtn::open(VtnConfig {
        store: StorePlace::Memory,
        clients: [("desk", Role::Business), ("BRIGHTFLEX", Role::Ven)]
            .map(|(id, role)| ClientSeed { id: id.into(), secret: Secret::new("a secret & more"), role })
            .to_vec(),
        clock: Clock::real(),
        entropy: Entropy::system(),
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}{BASE_PATH}", listener.local_addr().unwrap());
    tokio::spawn(vtn.unwrap().serve(listener, std::future::pending()));
    base
}

#[tokio::test]
async fn a_desk_and_an_fsp_understand_each_other_through_the_embedded_vtn() {
    let base = embedded().await;
    let desk = party(&base, "desk", "a secret & more");
    let fsp = party(&base, "BRIGHTFLEX", "a secret & more");
    conversation(&desk, &fsp, "BRIGHTFLEX").await;
    for exchange in [desk.exchanges.since(0), fsp.exchanges.since(0)].concat() {
        let text = format!("{exchange:?}");
        assert!(!text.contains("a secret & more") && !text.contains("a+secret"), "{text}");
        assert!(exchange.status.is_some_and(|s| s < 300 || s == 304), "{text}");
    }
}

#[tokio::test]
async fn a_poll_that_finds_nothing_new_twice_and_a_report_that_is_renewed_bring_no_body_back() {
    let base = embedded().await;
    let [desk, fsp] = ["desk", "BRIGHTFLEX"].map(|id| party(&base, id, "a secret & more"));
    let terms = Terms {
        operator: "GB-DNO-11".parse().unwrap(),
        contract: "C-1".parse().unwrap(),
        poll_seconds: 5,
        ack_seconds: 20,
    };
    let program = desk.client.ensure_program(&mapping::program_from(&terms)).await.unwrap();
    let anchor = mapping::anchor_event(program.meta.id.as_ref().unwrap());
    let anchor = desk.client.post_event(&anchor, mapping::is_anchor).await.unwrap().meta.id.unwrap();
    let last = || {
        let exchange = fsp.exchanges.since(0).pop().unwrap();
        (exchange.status, exchange.response_body.is_empty(), exchange.understood.clone())
    };
    let first = fsp.client.events(None).await.unwrap();
    assert_eq!(last(), (Some(200), false, "1 event".to_owned()));
    // What came once may have been altered on its way.
    assert_eq!(fsp.client.events(None).await.unwrap(), first);
    assert_eq!(last(), (Some(200), false, "as before: 1 event".to_owned()));
    assert_eq!(fsp.client.events(None).await.unwrap(), first);
    assert_eq!(last(), (Some(304), true, "as before: 1 event".to_owned()));

    let unit = DispatchUnit { fsp: "BRIGHTFLEX".parse().unwrap(), unit: "BESS-1".parse().unwrap() };
    let now = Clock::real().now();
    let report = |kw| {
        let mut said = heartbeat(&dispatch(&unit, "C-1", "D-1", now), now);
        said.units[0].kw = kw;
        mapping::report_from_heartbeat(&said, &anchor)
    };
    let id = fsp.client.post_report(&report(1.0), |_| false).await.unwrap().meta.id.unwrap();
    fsp.client.put_report(&id, &report(2.0)).await.unwrap();
    assert_eq!(last(), (Some(204), true, format!("replaced report {id}")));
    let held = desk.client.reports(Some(&anchor), None).await.unwrap();
    assert_eq!(mapping::heartbeat_from(&held[0]).unwrap().units[0].kw, 2.0, "it is there all the same");
}

#[tokio::test]
#[ignore = "needs somebody else's VTN: see the head of this file"]
async fn a_desk_and_an_fsp_understand_each_other_through_another_vtn() {
    let variable = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    let base = variable("RAMPDESK_PEER_VTN");
    let [business, ven] = ["RAMPDESK_PEER_BUSINESS", "RAMPDESK_PEER_VEN"].map(variable);
    let client = |pair: &str| {
        let (id, secret) = pair.split_once(':').unwrap();
        party(&base, id, secret)
    };
    conversation(&client(&business), &client(&ven), "BRIGHTFLEX").await;
}
