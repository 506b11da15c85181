//! What an administrator sees of an onboarding that does not go straight through.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use bytes::Bytes;

use super::*;
use crate::openadr::client::{ClientParts, Credentials};
use crate::openadr::exchange::ExchangeLog;
use crate::openadr::transport::{Transport, TransportError};
use crate::profile::fleet::Newcomer;
use crate::profile::secrets::DESK_CLIENT;
use crate::time::Clock;
use crate::vtn::{BASE_PATH, ClientSeed, Role, StorePlace, Vtn, VtnConfig};

const UNITS: &str = include_str!("../../../tests/newflex.toml");

/// The way to an embedded VTN, which may be another's and may break.
struct Way {
    vtn: Arc<dyn Transport>,
    /// It says nothing of registering clients.
    is_anothers: bool,
    /// Nothing about vens goes through.
    breaks: AtomicBool,
}

#[async_trait]
impl Transport for Way {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        if self.breaks.load(Ordering::SeqCst) && request.uri().path().ends_with("/vens") {
            return Err(TransportError::Unreachable {
                address: "vtn.test:8080".to_owned(),
                reason: "the cable is out".to_owned(),
            });
        }
        let mut answer = self.vtn.send(request).await?;
        if self.is_anothers {
            answer.headers_mut().remove("x-rampdesk-extensions");
        }
        Ok(answer)
    }
}

/// An operator with its VTN and its folders.
struct Desk {
    folder: tempfile::TempDir,
    secrets: Secrets,
    trust: Trust,
    client: Client,
    connection: Connection,
    way: Arc<Way>,
}

impl Desk {
    fn open(is_anothers: bool) -> Self {
        let (clock, entropy) = (Clock::real(), Entropy::seeded(1));
        let (all, trust) = Secrets::generate(&FleetProfile::demo(), &entropy, clock.now()).unwrap();
        let seed = |(id, secret): (&String, &Secret)| ClientSeed {
            id: id.clone(),
            secret: secret.clone(),
            role: if id == DESK_CLIENT { Role::Business } else { Role::Ven },
        };
        let mut clients: Vec<ClientSeed> = all.clients.iter().map(seed).collect();
        // Made by the administrator, where requests make none.
        let made =
            ClientSeed { id: "NEWFLEX".to_owned(), secret: Secret::new("told by letter"), role: Role::Ven };
        clients.extend(is_anothers.then_some(made));
        let config =
            VtnConfig { store: StorePlace::Memory, clients, clock: clock.clone(), entropy: entropy.clone() };
        let vtn = Vtn::open(config).unwrap().transport();
        let way = Arc::new(Way { vtn, is_anothers, breaks: AtomicBool::new(false) });
        let url = format!("http://vtn.test:8080{BASE_PATH}");
        let secrets = all.for_desk();
        let client = Client::new(ClientParts {
            base_url: url.clone(),
            credentials: Credentials {
                client_id: DESK_CLIENT.to_owned(),
                secret: secrets.clients[DESK_CLIENT].clone(),
            },
            transport: way.clone(),
            clock,
            entropy,
            exchanges: ExchangeLog::keeping(10),
            label: DESK_CLIENT.to_owned(),
        })
        .unwrap();
        let connection = Connection {
            name: "Test".to_owned(),
            vtn: url,
            client_id: DESK_CLIENT.to_owned(),
            fleet: "demo".into(),
            secrets: "desk.secrets.toml".into(),
            trust: "trust.toml".into(),
            mode: "SANDBOX".to_owned(),
            may_reach: Vec::new(),
            approval: None,
            sign_off_minutes: None,
            openadr: None,
            tls: None,
        };
        Self { folder: tempfile::tempdir().unwrap(), secrets, trust, client, connection, way }
    }

    fn for_fsp(&self, id: &str, units: &str) -> Onboarding<'_> {
        let kept_in = self.folder.path().join("onboarded");
        let (fleet, _) = onboarded::merged(&kept_in, FleetProfile::demo(), Trust::default()).unwrap();
        let fsp: FspId = id.parse().unwrap();
        let known = fleet.fsps.iter().find(|known| known.id == fsp);
        let newcomer = Newcomer {
            id: fsp.clone(),
            name: known.map(|known| known.name.clone()),
            telephone: Some(known.map_or("0116 496 0100", |known| &known.telephone).to_owned()),
        };
        let addition = FleetProfile::addition_from_toml("units.toml", units, &newcomer, &fleet).unwrap();
        Onboarding {
            fsp,
            addition,
            fleet,
            secrets: &self.secrets,
            trust: &self.trust,
            connection: &self.connection,
            server_authority: None,
            client: &self.client,
            kept_in,
            hand_over: self.folder.path().join("handed"),
            authority: None,
            given_secret: None,
            new_secret: false,
            only_look: false,
        }
    }

    fn handed(&self) -> Secrets {
        let path = self.folder.path().join("handed/fleet.secrets.toml");
        Secrets::from_toml("s.toml", &fs::read_to_string(path).unwrap()).unwrap()
    }
}

async fn run(onboarding: &Onboarding<'_>) -> Result<Vec<Step>, String> {
    let now = Clock::real().now();
    let done = onboarding.run(&Entropy::seeded(7), now, &|_| ()).await.map_err(|error| error.to_string())?;
    let is_whole = done.steps.iter().all(|step| matches!(step.standing, Standing::Ready | Standing::Done));
    assert_eq!(done.enrolment.is_some(), is_whole, "{:#?}", done.steps);
    Ok(done.steps)
}

fn standings(steps: &[Step]) -> Vec<Standing> {
    steps.iter().map(|step| step.standing).collect()
}

#[tokio::test]
async fn what_broke_off_goes_on_with_the_same_key_and_the_same_secret() {
    let desk = Desk::open(false);
    desk.way.breaks.store(true, Ordering::SeqCst);
    let fault = run(&desk.for_fsp("NEWFLEX", UNITS)).await.unwrap_err();
    assert!(fault.contains("the cable is out"), "{fault}");
    let first = desk.handed();
    desk.way.breaks.store(false, Ordering::SeqCst);
    let steps = run(&desk.for_fsp("NEWFLEX", UNITS)).await.unwrap();
    assert_eq!(
        standings(&steps),
        [Standing::Ready, Standing::Ready, Standing::Ready, Standing::Ready, Standing::Done],
        "{steps:#?}"
    );
    let (fsp, second) = ("NEWFLEX".parse().unwrap(), desk.handed());
    assert_eq!(first.fsps[&fsp].first().seed(), second.fsps[&fsp].first().seed());
    assert_eq!(first.clients["NEWFLEX"].reveal(), second.clients["NEWFLEX"].reveal());
    let resources = desk.client.resources().await.unwrap();
    let own: Vec<_> = resources.iter().filter(|r| r.resource_name == "GEN-01").collect();
    assert_eq!((own.len(), own[0].targets.as_slice()), (1, &["NEWFLEX_GEN-01".to_owned()][..]));
}

#[tokio::test]
async fn at_anothers_vtn_its_administrator_makes_the_client_and_all_else_is_done() {
    let desk = Desk::open(true);
    let steps = run(&desk.for_fsp("NEWFLEX", UNITS)).await.unwrap();
    let last = steps.last().unwrap();
    assert!(
        last.standing == Standing::Left && last.what.contains("have its administrator make one"),
        "{last:?}"
    );
    assert!(!desk.folder.path().join("handed").exists(), "a key that cannot be used yet is not made");
    let told =
        Onboarding { given_secret: Some(Secret::new("told by letter")), ..desk.for_fsp("NEWFLEX", UNITS) };
    let steps = run(&told).await.unwrap();
    assert!(!standings(&steps).contains(&Standing::Left), "{steps:#?}");
    assert_eq!(desk.handed().clients["NEWFLEX"].reveal(), "told by letter");
    let client = &desk.client;
    let kept_in = desk.folder.path().join("onboarded");
    let out = Withdrawal { fsp: "NEWFLEX".parse().unwrap(), client, kept_in, only_look: false };
    let steps = withdraw(&out, &|_| ()).await.unwrap();
    assert_eq!(standings(&steps), [Standing::Left, Standing::Done]);
}

#[tokio::test]
async fn a_secret_is_replaced_only_when_it_is_asked_for_and_the_signing_key_never() {
    let desk = Desk::open(false);
    run(&desk.for_fsp("NEWFLEX", UNITS)).await.unwrap();
    let (fsp, first) = ("NEWFLEX".parse().unwrap(), desk.handed());
    fs::write(desk.folder.path().join("handed/fleet.secrets.toml.new"), "of a run that broke off").unwrap();
    let steps = run(&Onboarding { new_secret: true, ..desk.for_fsp("NEWFLEX", UNITS) }).await.unwrap();
    assert!(steps.iter().any(|s| s.what.ends_with("with a new secret")), "{steps:#?}");
    let second = desk.handed();
    assert_ne!(first.clients["NEWFLEX"].reveal(), second.clients["NEWFLEX"].reveal());
    assert_eq!(first.fsps[&fsp].first().seed(), second.fsps[&fsp].first().seed());

    // Without the folder nobody knows the secret any more.
    let other = |new_secret| {
        let hand_over = desk.folder.path().join("other");
        Onboarding { hand_over, new_secret, ..desk.for_fsp("NEWFLEX", UNITS) }
    };
    let fault = run(&other(false)).await.unwrap_err();
    assert!(fault.contains("is registered already, and its secret is not in"), "{fault}");
}

#[tokio::test]
async fn a_unit_more_of_an_fsp_that_is_known_leaves_its_key_alone() {
    let desk = Desk::open(false);
    let more = UNITS.replace("EMID-C-2026-0300", "EMID-C-2026-0193");
    let more = more.replacen("[[contracts]]", "", 1);
    let units: String =
        more.lines().skip_while(|line| !line.contains("[[units]]")).map(|l| format!("{l}\n")).collect();
    let fault = run(&desk.for_fsp("BRIGHTFLEX", &units)).await.unwrap_err();
    assert!(fault.contains("it can be given a new secret"), "{fault}");
    let steps = run(&Onboarding { new_secret: true, ..desk.for_fsp("BRIGHTFLEX", &units) }).await.unwrap();
    assert!(steps[0].what.contains("which BRIGHTFLEX has had before"), "{steps:#?}");
    assert!(desk.handed().fsps.is_empty(), "its key is where it was made");
    assert!(!steps.iter().any(|step| step.what.contains(desk.handed().clients["BRIGHTFLEX"].reveal())));
}

#[tokio::test]
async fn what_the_operators_wrote_down_is_not_overwritten() {
    let desk = Desk::open(false);
    let kept: &Path = &desk.folder.path().join("onboarded");
    let onboarding = desk.for_fsp("NEWFLEX", UNITS);
    fs::create_dir(kept).unwrap();
    let path = onboarded::trust_file(kept, &onboarding.fsp);
    fs::write(&path, "# somebody else's").unwrap();
    let fault = run(&onboarding).await.unwrap_err();
    assert!(fault.contains("is there already and says something else"), "{fault}");
    assert_eq!(fs::read_to_string(path).unwrap(), "# somebody else's");
}
