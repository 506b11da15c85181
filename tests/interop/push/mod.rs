//! Push through a real broker, by the configuration that is shipped. Not run by `cargo test` alone, since it needs
//! mosquitto: `tests/interop/run` runs it where that is installed, and says so where it is not.

#![expect(clippy::print_stdout, reason = "what was measured is for whoever runs it")]

mod broker;
mod room;

use std::time::{Duration, Instant};

use rampdesk::desk::command::Command;
use rampdesk::openadr::mqtt::{Broker, BrokerTls, Login};
use rampdesk::openadr::push::{PushSettings, PushState};
use rampdesk::openadr::secret::Secret;
use rampdesk::openadr::tls::OwnCertificate;
use rampdesk::vtn::{Push, PushAuthentication};
use rumqttc::{AsyncClient, Event, EventLoop, Packet, QoS};
use serde_json::Value;

use broker::{Mosquitto, PASSWORD};
use room::Room;

/// Seconds between the polls of FSPs, and between the looks of the desk.
const POLL_S: u32 = 10;

/// Half of that: what a poll brought would more often than not have taken longer, and all of it together always.
const BEFORE_A_POLL: Duration = Duration::from_secs(POLL_S as u64 / 2);

fn on_loopback(broker: &Mosquitto) -> Push {
    let address = format!("mqtt://127.0.0.1:{}", broker.port);
    let login = Login { user: "vtn".to_owned(), password: Secret::new(PASSWORD) };
    Push {
        broker: Broker::new(address.parse().unwrap(), None, Some(login)).unwrap(),
        uris: vec![address],
        authentication: PushAuthentication::Anonymous,
    }
}

/// Gives a command and waits until the FSP of each of these dispatches has accepted it; answers how long the slowest took.
async fn accepted(room: &mut Room, what: &str, command: Command, dispatches: usize) -> Duration {
    let began = Instant::now();
    room.ask(command).await;
    let took = room.until_accepted(dispatches).await.duration_since(began);
    println!("{what}: {dispatches} accepted and told at the desk after {} ms", took.as_millis());
    took
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs mosquitto; tests/interop/run runs it"]
async fn a_dispatch_is_accepted_long_before_the_next_poll_and_polling_carries_it_while_the_broker_is_away() {
    let mut broker = Mosquitto::loopback().await;
    let mut room = Room::open(on_loopback(&broker), POLL_S).await;
    room.until_woken(true).await;

    let units = ["BRIGHTFLEX/BESS-07", "BRIGHTFLEX/BESS-11"];
    let mut slowest = Duration::ZERO;
    for (number, unit) in units.iter().enumerate() {
        let run = room.run_now(unit, number);
        slowest = slowest.max(accepted(&mut room, "RUN_NOW", run, 1).await);
    }
    let stop =
        Command::EmergencyStop { units: units.iter().map(|u| u.parse().unwrap()).collect(), operator: None };
    slowest = slowest.max(accepted(&mut room, "EMERGENCY_STOP", stop, units.len()).await);
    let all = Command::EmergencyStop { units: Vec::new(), operator: None };
    let others = room.units() - units.len();
    slowest = slowest.max(accepted(&mut room, "EMERGENCY_STOP of all other units", all, others).await);
    assert!(slowest < BEFORE_A_POLL, "{slowest:?}: that is no better than polling every {POLL_S} s");

    broker.kill();
    room.until_woken(false).await;
    let run = room.run_now(units[0], 7);
    accepted(&mut room, "RUN_NOW without the broker", run, 1).await;
    broker.start().await;
    room.until_woken(true).await;
    let run = room.run_now(units[1], 8);
    let took = accepted(&mut room, "RUN_NOW with the broker back", run, 1).await;
    assert!(took < BEFORE_A_POLL, "{took:?}");
    room.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs mosquitto; tests/interop/run runs it"]
async fn with_certificates_each_fsp_hears_what_is_its_own_whatever_it_subscribes_to_and_publishes_nothing() {
    let broker = Mosquitto::tls(&["vtn", "desk", "BRIGHTFLEX", "COLDCHAIN"]).await;
    let address = format!("mqtts://localhost:{}", broker.port);
    let identity = |user: &str| OwnCertificate {
        certificate: broker.file(&format!("{user}.crt")),
        key: Secret::new(broker.file(&format!("{user}.key"))),
    };
    let reached_by = |user: &str| {
        let tls = BrokerTls::new(&broker.file("ca.crt"), Some(&identity(user))).unwrap();
        Broker::new(address.parse().unwrap(), Some(tls), None).unwrap()
    };
    let certificates = Some(broker.folder.path().to_owned());
    let push = Push {
        broker: reached_by("vtn"),
        uris: vec![address.clone()],
        authentication: PushAuthentication::Certificate { ca: broker.file("ca.crt"), certificates },
    };
    // FSPs and desk are handed their certificates by the VTN, those FSPs that have any.
    let mut room = Room::open(push, POLL_S).await;
    room.until_desk_woken().await;
    room.until_fsps_woken(2).await;
    let away = |state: &PushState| matches!(state, PushState::Away { fault } if fault.contains("client certificate"));
    assert!(room.fsp_states().iter().any(away), "one without a certificate says so: {:?}", room.fsp_states());

    let mut own = Ear::listening(&reached_by("BRIGHTFLEX"), "#").await;
    let mut other = Ear::listening(&reached_by("COLDCHAIN"), "openadr3/vens/BRIGHTFLEX/events/+").await;
    let mut everything = Ear::listening(&reached_by("COLDCHAIN"), "#").await;
    let mut business = Ear::listening(&reached_by("desk"), "openadr3/business/events/+").await;
    let run = room.run_now("BRIGHTFLEX/BESS-07", 1);
    accepted(&mut room, "RUN_NOW over TLS", run, 1).await;
    let is_event =
        |(topic, told): &(String, Value)| topic.contains("/events/") && told["objectType"] == "EVENT";
    let heard = own.heard().await;
    assert!(heard.iter().any(is_event), "{heard:?}");
    assert!(heard.iter().all(|(topic, _)| !topic.starts_with("openadr3/business")), "{heard:?}");
    assert!(business.heard().await.iter().any(is_event));
    assert_eq!(other.heard().await, []);
    let heard = everything.heard().await;
    assert!(
        heard.iter().all(|(topic, _)| !topic.contains("BRIGHTFLEX") && !topic.contains("business")),
        "{heard:?}"
    );

    // An FSP cannot speak for the VTN.
    let topic = "openadr3/business/events/create";
    own.client.publish(topic, QoS::AtLeastOnce, false, "{}").await.unwrap();
    own.client.publish("openadr3/vens/COLDCHAIN/events/create", QoS::AtLeastOnce, false, "{}").await.unwrap();
    assert!(own.heard().await.iter().all(|(_, told)| told != &serde_json::json!({})));
    assert!(business.heard().await.iter().all(|(_, told)| told != &serde_json::json!({})));
    assert!(everything.heard().await.iter().all(|(_, told)| told != &serde_json::json!({})));

    // Without a certificate nobody is let in.
    let tls = BrokerTls::new(&broker.file("ca.crt"), None).unwrap();
    let stranger = Broker::new(address.parse().unwrap(), Some(tls), None).unwrap();
    let (_client, mut events) = AsyncClient::new(stranger.options("stranger"), 10);
    assert!(events.poll().await.is_err());
    room.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs mosquitto; tests/interop/run runs it"]
async fn a_storm_of_notices_makes_no_storm_of_polls() {
    let broker = Mosquitto::loopback().await;
    let room = Room::open(on_loopback(&broker), 60).await;
    room.until_woken(true).await;
    let before = room.polls_of("BRIGHTFLEX");
    let login = Login { user: "vtn".to_owned(), password: Secret::new(PASSWORD) };
    let address = format!("mqtt://127.0.0.1:{}", broker.port).parse().unwrap();
    let publisher = Broker::new(address, None, Some(login)).unwrap();
    let mut ear = Ear::listening(&publisher, "none").await;
    let began = Instant::now();
    for n in 0..2000 {
        let topic = "openadr3/vens/BRIGHTFLEX/events/update";
        ear.client.publish(topic, QoS::AtLeastOnce, false, format!("{n}")).await.unwrap();
    }
    ear.heard().await;
    let polls = room.polls_of("BRIGHTFLEX") - before;
    let seconds = began.elapsed().as_secs_f64();
    println!("2000 notices in {seconds:.1} s: {polls} polls");
    assert!(polls >= 1 && f64::from(polls) <= seconds * 4.0 + 2.0, "{polls} polls in {seconds} s");
    room.close().await;
}

/// Somebody who subscribes and keeps what comes.
struct Ear {
    client: AsyncClient,
    heard: tokio::sync::mpsc::UnboundedReceiver<(String, Value)>,
}

impl Ear {
    async fn listening(broker: &Broker, filter: &str) -> Self {
        let name = format!("ear-{}", rampdesk::entropy::Entropy::system().id());
        let (client, mut events) = AsyncClient::new(broker.options(&name), 100);
        client.subscribe(filter, QoS::AtLeastOnce).await.unwrap();
        until_subscribed(&mut events).await;
        let (tell, heard) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok(event) = events.poll().await {
                if let Event::Incoming(Packet::Publish(publish)) = event {
                    let told = serde_json::from_slice(&publish.payload).unwrap_or_default();
                    let _ = tell.send((publish.topic, told));
                }
            }
        });
        Self { client, heard }
    }

    /// What has come, once nothing has for a while.
    async fn heard(&mut self) -> Vec<(String, Value)> {
        let mut all = Vec::new();
        while let Ok(Some(heard)) = tokio::time::timeout(Duration::from_millis(700), self.heard.recv()).await
        {
            all.push(heard);
        }
        all
    }
}

async fn until_subscribed(events: &mut EventLoop) {
    loop {
        if let Event::Incoming(Packet::SubAck(_)) = events.poll().await.unwrap() {
            return;
        }
    }
}

/// What everybody listens with.
fn settings() -> PushSettings {
    PushSettings::default()
}
