//! No dispatch goes out twice, and none is lost, when the VTN has acted and its answer does not come back.

use std::sync::Arc;
use std::time::Duration;

use rampdesk::dispatch::{
    Acknowledgement, Dispatch, DispatchParts, DispatchUnit, RealLevel, Reference, Revision, Setpoint,
    SignedDispatch, SigningKey, Stage, Status,
};
use rampdesk::entropy::Entropy;
use rampdesk::openadr::client::{Client, ClientParts, Credentials};
use rampdesk::openadr::exchange::ExchangeLog;
use rampdesk::openadr::mapping::{self, Terms};
use rampdesk::openadr::secret::Secret;
use rampdesk::openadr::tcp::TcpTransport;
use rampdesk::openadr::wire::{Event, Report, Resource, Ven};
use rampdesk::time::Clock;
use rampdesk::units::Watts;
use rampdesk::vtn::{BASE_PATH, ClientSeed, LEGACY_BASE_PATH, Role, StorePlace, Vtn, VtnConfig};

use super::proxy::{Fault, Proxy};

const PATIENCE: Duration = Duration::from_millis(1500);
const LATE: Duration = Duration::from_secs(3);
const STORED: [Fault; 4] = [Fault::Dropped, Fault::Late(LATE), Fault::CutHalfWay, Fault::BadGateway];

/// Who is who at a VTN.
#[derive(Clone)]
struct Place {
    base_url: String,
    business: (String, String),
    ven: (String, String),
}

impl Place {
    fn client(&self, base_url: &str, (id, secret): &(String, String)) -> Client {
        Client::new(ClientParts {
            base_url: base_url.to_owned(),
            credentials: Credentials { client_id: id.clone(), secret: Secret::new(secret) },
            transport: Arc::new(TcpTransport::waiting(PATIENCE).unwrap()),
            clock: Clock::real(),
            entropy: Entropy::system(),
            exchanges: ExchangeLog::keeping(100),
            label: id.clone(),
        })
        .unwrap()
    }

    fn desk(&self) -> Client {
        self.client(&self.base_url, &self.business)
    }
}

/// A contract of its own at the VTN, with the desk and an FSP behind a proxy.
struct Scene {
    proxy: Proxy,
    /// By way of the proxy.
    desk: Client,
    /// By way of the proxy.
    fsp: Client,
    /// Straight to the VTN, to see what it holds.
    witness: Client,
    program_id: String,
    dispatch: DispatchParts,
}

impl Scene {
    async fn at(place: &Place) -> Self {
        let tag = Entropy::system().id()[..8].to_owned();
        let witness = place.desk();
        let terms = Terms {
            operator: "GB-DNO-11".parse().unwrap(),
            contract: format!("C-{tag}").parse().unwrap(),
            poll_seconds: 5,
            ack_seconds: 20,
        };
        let program = witness.ensure_program(&mapping::program_from(&terms)).await.unwrap();
        let proxy = Proxy::before(&place.base_url).await;
        let desk = place.client(&proxy.base_url, &place.business);
        let fsp = place.client(&proxy.base_url, &place.ven);
        // Each has its token before anything is spoilt.
        desk.programs().await.unwrap();
        fsp.programs().await.unwrap();
        let now = Clock::real().now();
        let dispatch = DispatchParts {
            network_operator: terms.operator,
            dispatch_ref: format!("D-{tag}").parse().unwrap(),
            revision: Revision::FIRST,
            status: Status::Run,
            contract: terms.contract,
            unit: DispatchUnit { fsp: "BRIGHTFLEX".parse().unwrap(), unit: "BESS-07".parse().unwrap() },
            instruction_time: now,
            service_start: now + 3600,
            service_end: now + 7200,
            setpoints: vec![Setpoint {
                at: now + 3600,
                real: Some(RealLevel { reference: Reference::Delta, watts: Watts(500_000), price: None }),
                reactive: None,
            }],
        };
        Self { proxy, desk, fsp, witness, program_id: program.meta.id.unwrap(), dispatch }
    }

    /// The first line of a request, from method and path below the base.
    fn request(&self, method: &str, path: &str) -> String {
        let base = url::Url::parse(&self.proxy.base_url).unwrap();
        format!("{method} {}/{path}", base.path().trim_end_matches('/'))
    }

    fn spoil(&self, method: &str, path: &str, fault: Fault) {
        self.proxy.spoil(&self.request(method, path), fault);
    }

    fn revision(&self, revision: u32) -> SignedDispatch {
        let parts = DispatchParts { revision: Revision::new(revision).unwrap(), ..self.dispatch.clone() };
        Dispatch::new(parts).unwrap().sign(&key()).unwrap()
    }

    async fn post(&self, through: &Client) -> Event {
        let signed = self.revision(1);
        let identity = Some((signed.dispatch.key(), signed.dispatch.revision));
        let event = mapping::event_from(&signed, &self.program_id);
        through.post_event(&event, |other| mapping::identity_of(other) == identity).await.unwrap()
    }

    /// What the VTN holds of this contract, each as the dispatch that it means.
    async fn held(&self) -> Vec<SignedDispatch> {
        let events = self.witness.events(Some(&self.program_id)).await.unwrap();
        events.iter().map(|event| mapping::dispatch_from(event).unwrap()).collect()
    }
}

fn key() -> SigningKey {
    SigningKey::from_seed("gb-dno-11-2026".parse().unwrap(), &[9; 32])
}

/// A new dispatch: posted once, whatever became of the answer, and known by its id.
async fn a_post(place: &Place, fault: Fault) {
    let scene = Scene::at(place).await;
    scene.spoil("POST", "events", fault);
    let made = scene.post(&scene.desk).await;
    assert!(scene.proxy.is_done(), "{fault:?} did not happen");
    assert!(made.meta.id.is_some());
    assert_eq!(scene.held().await, [scene.revision(1)], "{fault:?}");
    assert_eq!(scene.proxy.handed_on(&scene.request("POST", "events")), 1, "{fault:?}");
}

/// The same, where the look-up is spoilt too.
async fn a_post_and_its_look_up(place: &Place, fault: Fault) {
    let scene = Scene::at(place).await;
    scene.spoil("POST", "events", fault);
    scene.spoil("GET", "events", fault);
    scene.spoil("GET", "events", Fault::NotForwarded);
    scene.post(&scene.desk).await;
    assert!(scene.proxy.is_done(), "{fault:?} did not happen");
    assert_eq!(scene.held().await, [scene.revision(1)], "{fault:?}, look-up too");
}

/// An amendment: the event holds the new revision, and there is no other event.
async fn a_put(place: &Place, fault: Fault) {
    let scene = Scene::at(place).await;
    let event_id = scene.post(&scene.witness).await.meta.id.unwrap();
    scene.spoil("PUT", "events/", fault);
    let amended = mapping::event_from(&scene.revision(2), &scene.program_id);
    let confirmed = scene.desk.put_event(&event_id, &amended).await.unwrap();
    assert!(scene.proxy.is_done(), "{fault:?} did not happen");
    assert_eq!(confirmed.meta.id.as_deref(), Some(event_id.as_str()));
    assert_eq!(scene.held().await, [scene.revision(2)], "{fault:?}");
}

/// An acknowledgement: filed once.
async fn a_report(place: &Place, fault: Fault) {
    let scene = Scene::at(place).await;
    let event_id = scene.post(&scene.witness).await.meta.id.unwrap();
    let said = Acknowledgement {
        key: scene.revision(1).dispatch.key(),
        unit: scene.dispatch.unit.clone(),
        revision: Revision::FIRST,
        status: Some(Status::Run),
        stage: Stage::Received,
        at: scene.dispatch.instruction_time,
        readback: None,
        reason: None,
        detail: None,
        reached_at: None,
    };
    let report = mapping::report_from_acknowledgement(&said.clone().sign(&key()).unwrap(), &event_id);
    let is_same = |other: &Report| {
        let read = mapping::acknowledgement_from(other).and_then(Result::ok);
        read.is_some_and(|other| other.acknowledgement == said)
    };
    scene.spoil("POST", "reports", fault);
    let filed = scene.fsp.post_report(&report, is_same).await.unwrap();
    assert!(scene.proxy.is_done(), "{fault:?} did not happen");
    assert!(filed.meta.id.is_some());
    let held = scene.witness.reports(Some(&event_id), None).await.unwrap();
    assert_eq!(held.iter().filter(|r| is_same(r)).count(), 1, "{fault:?}");
}

async fn every_loss(place: &Place) {
    for fault in STORED.into_iter().chain([Fault::NotForwarded]) {
        // Each has a contract and a proxy of its own.
        tokio::join!(a_post(place, fault), a_put(place, fault), a_report(place, fault));
    }
    for fault in STORED {
        a_post_and_its_look_up(place, fault).await;
    }
}

async fn embedded() -> Place {
    let secret = "a secret & more";
    let vtn = Vtn::open(VtnConfig {
        store: StorePlace::Memory,
        clients: [("desk", Role::Business), ("BRIGHTFLEX", Role::Ven)]
            .map(|(id, role)| ClientSeed { id: id.into(), secret: Secret::new(secret), role })
            .to_vec(),
        clock: Clock::real(),
        entropy: Entropy::system(),
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}{BASE_PATH}", listener.local_addr().unwrap());
    tokio::spawn(vtn.unwrap().serve(listener, std::future::pending()));
    let client = |id: &str| (id.to_owned(), secret.to_owned());
    let place = Place { base_url, business: client("desk"), ven: client("BRIGHTFLEX") };
    // Reports are taken of a unit that the client owns.
    own(&place).await;
    place
}

/// A ven and a unit for the FSP's client.
async fn own(place: &Place) {
    let ven =
        Ven { client_id: Some(place.ven.0.clone()), ven_name: "BRIGHTFLEX".to_owned(), ..Ven::default() };
    let ven = place.desk().ensure_ven(&ven).await.unwrap();
    let resource = Resource {
        client_id: Some(place.ven.0.clone()),
        resource_name: "BESS-07".to_owned(),
        ven_id: ven.meta.id.unwrap(),
        targets: vec!["BRIGHTFLEX_BESS-07".to_owned()],
        ..Resource::default()
    };
    place.desk().ensure_resource(&resource).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_dispatch_goes_out_twice_when_the_embedded_vtn_s_answer_is_lost() {
    every_loss(&embedded().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_dispatch_goes_out_twice_when_a_3_0_vtn_s_answer_is_lost() {
    let place = embedded().await;
    let base_url = place.base_url.replace(BASE_PATH, LEGACY_BASE_PATH);
    every_loss(&Place { base_url, ..place }).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs somebody else's VTN: see the head of main.rs"]
async fn no_dispatch_goes_out_twice_when_another_vtn_s_answer_is_lost() {
    let variable = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    let client = |name: &str| {
        let pair = variable(name);
        let (id, secret) = pair.split_once(':').unwrap();
        (id.to_owned(), secret.to_owned())
    };
    let place = Place {
        base_url: variable("RAMPDESK_PEER_VTN"),
        business: client("RAMPDESK_PEER_BUSINESS"),
        ven: client("RAMPDESK_PEER_VEN"),
    };
    own(&place).await;
    every_loss(&place).await;
}
