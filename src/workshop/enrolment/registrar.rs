//! The registrar: takes one request after the other, at the VTN, on the disk, at the desk and at the simulated fleet.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::oneshot;

use super::{
    Answers, Application, Enrolled, Enrolments, EnrolmentsEnd, Fault, Picture, Places, Progress, Request,
    simulated_in,
};
use crate::desk::DeskHandle;
use crate::desk::command::Command;
use crate::dispatch::FspId;
use crate::entropy::Entropy;
use crate::fleet::{self, FaultSwitch, Fleet, FleetConfig};
use crate::openadr::client::Client;
use crate::openadr::exchange::ExchangeLog;
use crate::openadr::transport::Transport;
use crate::profile::connection::Connection;
use crate::profile::fault::FileFault;
use crate::profile::fleet::FleetProfile;
use crate::profile::moves::Moves;
use crate::profile::onboarded;
use crate::profile::secrets::{DESK_CLIENT, Secrets};
use crate::profile::text_file;
use crate::profile::trust::Trust;
use crate::time::Clock;
use crate::workshop::authority::AuthorityFolder;
use crate::workshop::onboarding::{self, Onboarding, OnboardingError, Standing, Step, Withdrawal};
use crate::workshop::script::settled;

/// What a registrar works with.
pub(in crate::workshop) struct Surroundings {
    /// The sandbox's folder.
    pub folder: PathBuf,
    /// Business logic's client.
    pub client: Client,
    /// The desk's secrets.
    pub secrets: Secrets,
    /// All pinned keys.
    pub trust: Trust,
    /// How the simulated fleet's requests travel.
    pub transport: Arc<dyn Transport>,
    /// The desk.
    pub desk: DeskHandle,
    /// What all of it goes by.
    pub clock: Clock,
    /// For keys, and for the agents' jitter.
    pub entropy: Entropy,
    /// Where exchanges are recorded.
    pub exchanges: ExchangeLog,
    /// The faults of the simulated fleet.
    pub faults: FaultSwitch,
}

/// The registrar.
pub(in crate::workshop) struct Registrar {
    at: Surroundings,
    end: EnrolmentsEnd,
    fleet: Arc<FleetProfile>,
    simulated: BTreeMap<FspId, Fleet>,
}

impl Surroundings {
    fn kept_in(&self) -> PathBuf {
        self.folder.join(onboarded::FOLDER)
    }

    /// Everyone in the folder for onboarded FSPs.
    fn enrolled(&self) -> Result<Vec<Enrolled>, String> {
        let fleets = onboarded::fleets(&self.kept_in()).map_err(|faults| first_of(&faults))?;
        let enrolled = |fleet: FleetProfile| {
            let fsp = fleet.fsps.first()?;
            let is_here = simulated_in(&self.folder, &fsp.id).exists();
            Some(Enrolled { fsp: fsp.id.clone(), name: fsp.name.clone(), units: fleet.units.len(), is_here })
        };
        Ok(fleets.into_iter().filter_map(enrolled).collect())
    }
}

impl Registrar {
    /// Opens it: the units of everyone who was onboarded here before are simulated again. `fleet` is everyone who is known.
    ///
    /// # Errors
    /// What of the folder cannot be read, or which agent does not start, in words.
    pub(in crate::workshop) fn open(
        at: Surroundings,
        fleet: Arc<FleetProfile>,
    ) -> Result<(Self, Enrolments), String> {
        let enrolled = at.enrolled()?;
        let here: Vec<FspId> = enrolled.iter().filter(|e| e.is_here).map(|e| e.fsp.clone()).collect();
        let places = Places::new(at.client.base_url().to_owned(), at.folder.clone());
        let first = Picture { fleet: Arc::clone(&fleet), enrolled, errands: BTreeMap::new() };
        let (enrolments, end) = super::connect(first, places);
        let mut registrar = Self { at, end, fleet, simulated: BTreeMap::new() };
        here.iter().try_for_each(|fsp| registrar.simulate(fsp))?;
        Ok((registrar, enrolments))
    }

    /// Serves until it is told to close, then ends the agents.
    pub(in crate::workshop) async fn run(mut self, mut close: oneshot::Receiver<()>) {
        loop {
            let request = tokio::select! {
                biased;
                _ = &mut close => break,
                request = self.end.requests.recv() => request,
            };
            let Some(request) = request else { break };
            // What is broken off by closing goes on when it is asked for again.
            tokio::select! {
                () = self.serve(request) => {}
                _ = &mut close => break,
            }
        }
        for (_, fleet) in std::mem::take(&mut self.simulated) {
            fleet.stop().await;
        }
    }

    async fn serve(&mut self, request: Request) {
        let (fsp, is_withdrawal) = match &request {
            Request::Onboard(application) => (application.fsp.clone(), false),
            Request::Withdraw(fsp) => (fsp.clone(), true),
        };
        let begun = Progress { fsp: fsp.clone(), is_withdrawal, steps: Vec::new(), end: None };
        self.end.show(|picture| {
            picture.errands.insert(fsp.clone(), Arc::new(begun));
        });
        let end = match request {
            Request::Onboard(application) => self.onboard(*application).await,
            Request::Withdraw(fsp) => self.withdraw(&fsp).await,
        };
        // A folder that cannot be read is told of by the next errand.
        let enrolled = self.at.enrolled().ok();
        self.end.show(|picture| {
            picture.fleet = Arc::clone(&self.fleet);
            picture.enrolled = enrolled.unwrap_or_else(|| picture.enrolled.clone());
            if let Some(errand) = picture.errands.get_mut(&fsp) {
                Arc::make_mut(errand).end = Some(end);
            }
        });
    }

    fn told(&self, fsp: &FspId, step: &Step) {
        self.end.show(|picture| {
            if let Some(errand) = picture.errands.get_mut(fsp) {
                Arc::make_mut(errand).steps.push(step.clone());
            }
        });
    }

    fn done(&self, fsp: &FspId, what: String) {
        self.told(fsp, &Step { standing: Standing::Done, what });
    }

    async fn onboard(&mut self, application: Application) -> Result<String, Fault> {
        let Application { fsp, addition, answers, authority, new_secret } = application;
        let hand_over = match &answers {
            Answers::Here => simulated_in(&self.at.folder, &fsp),
            Answers::Elsewhere(folder) => folder.clone(),
        };
        let now = self.at.clock.now();
        if authority.as_ref().is_some_and(|folder| *folder == self.end.places().authority()) {
            AuthorityFolder::open(&self.end.places().authority(), now).map_err(fault)?;
        }
        let onboarding = Onboarding {
            fsp: fsp.clone(),
            fleet: FleetProfile::clone(&self.fleet),
            addition,
            secrets: &self.at.secrets,
            trust: &self.at.trust,
            connection: &self.connection(),
            server_authority: None,
            client: &self.at.client,
            kept_in: self.at.kept_in(),
            hand_over: hand_over.clone(),
            authority,
            given_secret: None,
            new_secret,
            only_look: false,
        };
        let onboarded = onboarding.run(&self.at.entropy, now, &|step| self.told(&fsp, step)).await;
        let onboarded = onboarded.map_err(|error| fault_of(&error))?;
        let Some(enrolment) = onboarded.enrolment else {
            return Err(fault("the steps that are left have to be taken by others first".to_owned()));
        };
        let fleet = self.fleet.with(&enrolment.fleet).map_err(fault)?;
        let keys = enrolment.trust.fsps.clone();
        let dispatched = self.at_the_desk(Command::Enrol(Box::new(enrolment))).await.map_err(fault)?;
        self.done(&fsp, format!("at this desk: {dispatched}"));
        self.fleet = Arc::new(fleet);
        keys.into_iter().for_each(|(fsp, ring)| onboarded::pin(&mut self.at.trust, fsp, &ring));
        match answers {
            Answers::Here => {
                self.simulate(&fsp).map_err(fault)?;
                self.done(&fsp, format!("the sandbox's simulated fleet answers for {fsp}"));
                Ok(format!("{fsp} polls within seconds, and can be dispatched."))
            }
            Answers::Elsewhere(_) => Ok(format!(
                "Hand {} to {fsp} by a way that nobody else reads: it holds secrets. README.txt in it says how to start; \
                 until then {fsp} is not heard here.",
                hand_over.display()
            )),
        }
    }

    async fn withdraw(&mut self, fsp: &FspId) -> Result<String, Fault> {
        let is_known = self.at.desk.snapshot().fsps.iter().any(|known| known.id == *fsp);
        if is_known {
            let said = self.at_the_desk(Command::LetGo(fsp.clone())).await.map_err(fault)?;
            self.done(fsp, format!("at this desk: {said}"));
        }
        self.fleet = Arc::new(self.fleet.without(fsp));
        self.at.trust.fsps.remove(fsp);
        if let Some(fleet) = self.simulated.remove(fsp) {
            fleet.stop().await;
            self.done(fsp, format!("the sandbox's simulated fleet does not answer for {fsp} any more"));
        }
        let (client, kept_in) = (&self.at.client, self.at.kept_in());
        let withdrawal = Withdrawal { fsp: fsp.clone(), client, kept_in, only_look: false };
        let withdrawn = onboarding::withdraw(&withdrawal, &|step| self.told(fsp, step)).await;
        withdrawn.map_err(|error| fault_of(&error))?;
        forget(&simulated_in(&self.at.folder, fsp)).map_err(fault)?;
        Ok(format!("What was handed to {fsp} lets nobody in any more."))
    }

    /// Has the desk do something, and waits for its answer.
    async fn at_the_desk(&self, command: Command) -> Result<String, String> {
        let mut desk = self.at.desk.clone();
        let ended = || "the desk has ended; start Rampdesk again".to_owned();
        let number = desk.give(command).ok_or_else(ended)?;
        let outcome = settled(&mut desk, number, &self.at.clock).await;
        outcome.ok_or_else(|| "the desk does not answer; try again".to_owned())?.result.clone()
    }

    /// Starts an FSP's agent from its folder, unless it runs.
    fn simulate(&mut self, fsp: &FspId) -> Result<(), String> {
        if self.simulated.contains_key(fsp) {
            return Ok(());
        }
        let folder = simulated_in(&self.at.folder, fsp);
        let profile = read(&folder.join("fleet.toml"), FleetProfile::from_toml)?;
        let config = FleetConfig {
            // The sandbox's VTN may have another address by now.
            profile: Arc::new(FleetProfile { endpoints: Vec::new(), ..profile }),
            base_url: Some(self.at.client.base_url().to_owned()),
            secrets: read(&folder.join("fleet.secrets.toml"), Secrets::from_toml)?,
            trust: read(&folder.join("trust.toml"), Trust::from_toml)?,
            transport: Arc::clone(&self.at.transport),
            own_transports: BTreeMap::new(),
            push: BTreeMap::new(),
            moves: Moves::default(),
            keep_move: None,
            faults: self.at.faults.clone(),
            clock: self.at.clock.clone(),
            entropy: self.at.entropy.fork("fleet"),
            exchanges: self.at.exchanges.clone(),
        };
        self.simulated.insert(fsp.clone(), fleet::start(config)?);
        Ok(())
    }

    /// How the desk reaches the VTN, as a connection file would say it.
    fn connection(&self) -> Connection {
        Connection {
            name: "Sandbox".to_owned(),
            vtn: self.at.client.base_url().to_owned(),
            client_id: DESK_CLIENT.to_owned(),
            fleet: PathBuf::new(),
            secrets: PathBuf::new(),
            trust: PathBuf::new(),
            mode: "SANDBOX".to_owned(),
            may_reach: Vec::new(),
            approval: None,
            sign_off_minutes: None,
            openadr: None,
            tls: None,
        }
    }
}

fn fault(words: String) -> Fault {
    Fault { words, wants_new_secret: false }
}

fn fault_of(error: &OnboardingError) -> Fault {
    let wants_new_secret = matches!(error, OnboardingError::SecretLost { .. });
    Fault { words: error.to_string(), wants_new_secret }
}

fn first_of(faults: &[FileFault]) -> String {
    faults.first().map(ToString::to_string).unwrap_or_default()
}

fn read<T>(path: &Path, parse: impl FnOnce(&str, &str) -> Result<T, Vec<FileFault>>) -> Result<T, String> {
    let text = text_file::read(path).map(zeroize::Zeroizing::new).map_err(|fault| fault.to_string())?;
    parse(&path.display().to_string(), &text).map_err(|faults| first_of(&faults))
}

/// Removes the folder of an FSP that is gone: its secret and its key are of no use any more.
fn forget(folder: &Path) -> Result<(), String> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(format!("{}: cannot be removed: {error}", folder.display()))
        }
        _ => Ok(()),
    }
}
