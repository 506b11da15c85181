//! What is written of values within one process: a rehearsal, a crash, the record of messages.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rampdesk::certificate::{Authority, Validity};
use rampdesk::dispatch::SigningKey;
use rampdesk::entropy::Entropy;
use rampdesk::openadr::client::{Client, ClientParts, Credentials};
use rampdesk::openadr::exchange::ExchangeLog;
use rampdesk::openadr::mqtt::{Broker, Login};
use rampdesk::openadr::secret::Secret;
use rampdesk::openadr::tls::OwnCertificate;
use rampdesk::profile::fleet::FleetProfile;
use rampdesk::profile::secrets::Secrets;
use rampdesk::time::Clock;
use rampdesk::vtn::{ClientSeed, Notices, Push, PushAuthentication, Role, StorePlace, Vtn, VtnConfig};
use rampdesk::workshop::rehearsal::rehearse;
use rampdesk::workshop::scenario::Scenario;

use super::forms::{Hoard, tokens_in};
use super::processes::run;
use super::site::{BROKER_PASSWORD, CALLBACK_TOKEN, Site, add_all, scalar};

#[test]
fn a_rehearsal_and_its_report_hold_no_secret_of_the_parties_that_it_makes_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/scenarios/emergency-stop.toml");
    let text = fs::read_to_string(&path).unwrap();
    let scenario = Scenario::from_toml("emergency-stop.toml", &text, path.parent().unwrap()).unwrap();
    let entropy = Entropy::seeded(scenario.seed);
    let (secrets, _) = Secrets::generate(&scenario.fleet, &entropy.fork("secrets"), scenario.start).unwrap();
    let mut hoard = Hoard::default();
    add_all(&mut hoard, "in the rehearsal", &secrets);
    fs::write(folder.path().join("scenario.toml"), &text).unwrap();
    let line = "rehearse scenario.toml --json --report report --record session.recording";
    assert!(run(folder.path(), "rehearse", line, Duration::from_secs(120)).unwrap().success());
    let (_, snapshot) = rehearse(&scenario).unwrap();
    fs::write(folder.path().join("snapshot"), format!("{snapshot:?}")).unwrap();
    let site = Site { folder };
    let found = site.everything_but_what_was_given(&hoard, "nothing");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// What a panic says of the values that it names, and what the Messages view is given.
#[test]
fn the_text_of_a_crash_and_the_record_of_messages_hold_no_secret() {
    let entropy = Entropy::system();
    let now = Clock::real().now();
    let validity = Validity::days(now, 1);
    let authority = Authority::new("Test authority", validity).unwrap();
    let issued = authority.client("BRIGHTFLEX", validity).unwrap();
    let fleet = FleetProfile::demo();
    let (secrets, _) = Secrets::generate(&fleet, &entropy, now).unwrap();
    let mut hoard = Hoard::default();
    add_all(&mut hoard, "", &secrets);
    hoard.add("the client's key", &scalar(issued.key.reveal()));
    hoard.add("the authority's key", &scalar(authority.key().reveal()));
    hoard.add("the broker's password", BROKER_PASSWORD.as_bytes());
    hoard.add("the callback's token", CALLBACK_TOKEN.as_bytes());

    let seed = |(id, secret): (&String, &Secret)| ClientSeed {
        id: id.clone(),
        secret: secret.clone(),
        role: if id == "desk" { Role::Business } else { Role::Ven },
    };
    let clients: Vec<ClientSeed> = secrets.clients.iter().map(seed).collect();
    let login = Login { user: "vtn".to_owned(), password: Secret::new(BROKER_PASSWORD) };
    let broker = Broker::new("mqtt://127.0.0.1:1".parse().unwrap(), None, Some(login.clone())).unwrap();
    let identity =
        OwnCertificate { certificate: issued.certificate.clone(), key: Secret::new(issued.key.reveal()) };
    let credentials = Credentials { client_id: "desk".to_owned(), secret: secrets.clients["desk"].clone() };
    let key: &SigningKey = secrets.operators.values().next().unwrap().first();
    let crash = std::thread::spawn({
        let told = format!(
            "{clients:?} {secrets:?} {login:?} {broker:?} {identity:?} {credentials:?} {key:?} {authority:?} {issued:?} {entropy:?}"
        );
        move || panic!("{told}")
    });
    let told = crash.join().unwrap_err().downcast::<String>().unwrap();
    assert!(told.contains("•••"), "{told}");
    assert_eq!(hoard.found_in(told.as_bytes()), Vec::<String>::new());

    // A VTN that hands a client's key out, asked by a client with the right secret and by one with a wrong one.
    let handed_out = tempfile::tempdir().unwrap();
    fs::write(handed_out.path().join("BRIGHTFLEX.crt"), &issued.certificate).unwrap();
    fs::write(handed_out.path().join("BRIGHTFLEX.key"), issued.key.reveal()).unwrap();
    let authentication = PushAuthentication::Certificate {
        ca: authority.certificate().to_owned(),
        certificates: Some(handed_out.path().to_owned()),
    };
    let push = Push { broker, uris: vec!["mqtts://127.0.0.1:1".to_owned()], authentication };
    let config =
        VtnConfig { store: StorePlace::Memory, clients, clock: Clock::real(), entropy: entropy.fork("vtn") };
    let exchanges = ExchangeLog::keeping(100);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let vtn = Vtn::open_with_notices(config, Notices { webhooks: None, push: Some(push) }).unwrap();
        for secret in [secrets.clients["BRIGHTFLEX"].clone(), secrets.clients["desk"].clone()] {
            let client = Client::new(ClientParts {
                base_url: "http://vtn.example/openadr3/3.1.0".to_owned(),
                credentials: Credentials { client_id: "BRIGHTFLEX".to_owned(), secret },
                transport: vtn.transport(),
                clock: Clock::real(),
                entropy: entropy.fork("client"),
                exchanges: exchanges.clone(),
                label: "BRIGHTFLEX".to_owned(),
            });
            let answer = client.unwrap().notifiers().await;
            let said = format!("{:?}", answer.err());
            assert_eq!(hoard.found_in(said.as_bytes()), Vec::<String>::new());
        }
    });
    let record = format!("{:?}", exchanges.since(0));
    assert!(record.contains("clientKey") && record.contains("/auth/token"), "{record}");
    assert_eq!(hoard.found_in(record.as_bytes()), Vec::<String>::new());
    assert_eq!(tokens_in(record.as_bytes()), Vec::<String>::new());
}
