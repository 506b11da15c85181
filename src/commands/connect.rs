//! A desk by a connection file, for `send`, `watch` and the console.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::desk::command::Command;
use crate::desk::snapshot::{LinkState, Mode, Snapshot};
use crate::desk::{self, Desk, DeskConfig, DeskHandle};
use crate::dispatch::{OperatorId, OwnKeys, PublicKey};
use crate::entropy::Entropy;
use crate::journal::Journal;
use crate::openadr::client::{Client, ClientParts, Credentials};
use crate::openadr::exchange::ExchangeLog;
use crate::openadr::secret::Secret;
use crate::openadr::transport::Transport;
use crate::profile::approval::ApprovalRules;
use crate::profile::connection::Connection;
use crate::profile::fleet::FleetProfile;
use crate::profile::keeping::Vault;
use crate::profile::key_watch::{KeysFound, WatchedKeys};
use crate::profile::kind::FileKind;
use crate::profile::onboarded;
use crate::profile::operators::Operators;
use crate::profile::personal;
use crate::profile::secrets::Secrets;
use crate::profile::secrets_file::SecretsFile;
use crate::profile::trust::Trust;
use crate::time::Clock;

use super::input;
use super::output::{self, Failure};
use super::passphrase::PassphraseArguments;
use super::push::PushArguments;
use super::tls::Secured;
use super::vault::SystemVault;

/// What a desk is opened with.
#[derive(clap::Args)]
pub struct DeskArguments {
    /// The connection file
    #[arg(long, value_name = "FILE")]
    connection: PathBuf,
    #[command(flatten)]
    running: RunningArguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

/// How a desk runs.
#[derive(Clone, clap::Args)]
pub struct RunningArguments {
    /// The journal; by default beside the connection file
    #[arg(long, value_name = "FILE", requires = "connection")]
    journal: Option<PathBuf>,
    /// Seconds between looks at the VTN
    #[arg(
        long,
        value_name = "SECONDS",
        requires = "connection",
        default_value_t = FOLLOW_S,
        value_parser = follow_seconds
    )]
    follow: f64,
    #[command(flatten)]
    push: PushArguments,
}

impl Default for RunningArguments {
    fn default() -> Self {
        Self { journal: None, follow: FOLLOW_S, push: PushArguments::default() }
    }
}

impl RunningArguments {
    /// That look at the VTN every so many seconds of the desk's clock.
    pub fn following_every(seconds: f64) -> Self {
        Self { follow: seconds, ..Self::default() }
    }

    /// The journal of a connection.
    pub fn journal_of(&self, connection: &Path) -> PathBuf {
        let beside = || connection.parent().unwrap_or(Path::new("")).join("journal.sqlite");
        self.journal.clone().unwrap_or_else(beside)
    }
}

/// Seconds between looks at the VTN, where nothing else is said.
const FOLLOW_S: f64 = 1.0;

/// How many exchanges a command keeps.
pub const EXCHANGES_KEPT: usize = 100;

fn follow_seconds(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|s| (0.2..=3600.0).contains(s))
        .ok_or_else(|| "give 0.2 to 3600 seconds".to_owned())
}

/// Refuses a secrets file that others can read.
///
/// # Errors
/// When its mode lets group or others in.
pub fn only_ours(path: &Path) -> Result<(), Failure> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path)
            .map_err(|e| Failure::input(format!("{}: cannot be read: {e}", path.display())))?
            .permissions()
            .mode();
        if mode & 0o077 != 0 {
            return Err(Failure::input(format!(
                "{}: can be read by others (mode {:03o}); `chmod 600` it",
                path.display(),
                mode & 0o777
            )));
        }
    }
    Ok(())
}

/// Reads a secrets file that only its owner can read, and has every secret from where it is kept.
///
/// # Errors
/// When others can read it, every mistake in it, or every secret that cannot be had.
pub fn secrets(path: &Path, vault: &dyn Vault) -> Result<Secrets, Failure> {
    let file = input::file(path, FileKind::Secrets, SecretsFile::from_toml)?;
    only_ours(path)?;
    file.open(path, vault).map_err(Failure::inputs)
}

/// What a connection file leads to.
pub struct Connected {
    /// The file.
    pub connection: Connection,
    /// FSPs, units and contracts.
    pub fleet: FleetProfile,
    /// The desk's secrets.
    pub secrets: Secrets,
    /// The pinned public keys.
    pub trust: Trust,
    /// Above which change a second person approves.
    pub approval: ApprovalRules,
    /// The client at the VTN.
    pub client: Client,
    /// The desk's clock.
    pub clock: Clock,
    /// How it speaks TLS.
    pub secured: Secured,
}

/// Where the FSPs that were onboarded are kept: a folder beside the connection file.
pub fn onboarded_beside(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).join(onboarded::FOLDER)
}

/// Reads a connection file, the files that it names, and who was onboarded.
///
/// # Errors
/// When one of them is missing or wrong.
pub fn read(
    path: &Path,
    entropy: &Entropy,
    vault: &dyn Vault,
    exchanges: ExchangeLog,
) -> Result<Connected, Failure> {
    read_files(path, vault)?.by(Clock::real(), entropy, exchanges)
}

/// What the files say, before a client is made of it.
pub struct Files {
    /// The connection file.
    pub connection: Connection,
    fleet: FleetProfile,
    secrets: Secrets,
    trust: Trust,
    approval: ApprovalRules,
    secured: Secured,
    secret: Secret,
}

impl Files {
    /// Whom the desk dispatches.
    pub fn fleet(&self) -> &FleetProfile {
        &self.fleet
    }

    /// A client by a clock, under a name of its own.
    ///
    /// # Errors
    /// When the VTN's address is none.
    pub fn client(
        &self,
        clock: Clock,
        entropy: Entropy,
        exchanges: ExchangeLog,
        label: &str,
    ) -> Result<Client, Failure> {
        let client = Client::new(ClientParts {
            base_url: self.connection.vtn.clone(),
            credentials: Credentials {
                client_id: self.connection.client_id.clone(),
                secret: self.secret.clone(),
            },
            transport: Arc::clone(&self.secured.transport) as Arc<dyn Transport>,
            clock,
            entropy,
            exchanges,
            label: label.to_owned(),
        });
        Ok(client.map_err(Failure::input)?.speaking(self.connection.openadr))
    }

    /// What the desk is made of that goes by a clock.
    ///
    /// # Errors
    /// As [`Files::client`].
    pub fn by(self, clock: Clock, entropy: &Entropy, exchanges: ExchangeLog) -> Result<Connected, Failure> {
        let label = self.connection.client_id.clone();
        let client = self.client(clock.clone(), entropy.fork("desk client"), exchanges, &label)?;
        let Self { connection, fleet, secrets, trust, approval, secured, .. } = self;
        Ok(Connected { connection, fleet, secrets, trust, approval, client, clock, secured })
    }
}

/// Reads a connection file, the files that it names, and who was onboarded; nothing is made of it yet.
///
/// # Errors
/// When one of them is missing or wrong.
pub fn read_files(path: &Path, vault: &dyn Vault) -> Result<Files, Failure> {
    let connection = input::file(path, FileKind::Connection, Connection::from_toml)?;
    let beside = |file: &Path| path.parent().unwrap_or(Path::new("")).join(file);
    let fleet = if connection.fleet == Path::new("demo") {
        input::fleet(&connection.fleet)?
    } else {
        input::fleet(&beside(&connection.fleet))?
    };
    let secrets = secrets(&beside(&connection.secrets), vault)?;
    let trust = input::trust(&beside(&connection.trust))?;
    let (fleet, trust) = onboarded::merged(&onboarded_beside(path), fleet, trust).map_err(Failure::inputs)?;
    personal::agree(&secrets.people, &secrets.operators, &trust).map_err(Failure::input)?;
    let approval = approval_rules(&connection, path)?;
    let signing: Vec<PublicKey> = secrets.operators.values().flat_map(OwnKeys::public).collect();
    approval.apart_from(&signing).map_err(Failure::input)?;
    let secret = secrets.clients.get(&connection.client_id).cloned().ok_or_else(|| {
        Failure::input(format!(
            "{}: client_id: the secrets hold no client `{}`",
            path.display(),
            connection.client_id
        ))
    })?;
    let secured = Secured::of_connection(&connection, path)?;
    Ok(Files { connection, fleet, secrets, trust, approval, secured, secret })
}

/// The rules of approval that a connection file names; none where it names none.
///
/// # Errors
/// When the file is missing or wrong.
pub fn approval_rules(connection: &Connection, path: &Path) -> Result<ApprovalRules, Failure> {
    match &connection.approval {
        Some(file) => input::approval_rules(&path.parent().unwrap_or(Path::new("")).join(file)),
        None => Ok(ApprovalRules::default()),
    }
}

/// Opens the desk on the present tokio runtime.
///
/// # Errors
/// When a file is missing or wrong.
pub fn open(arguments: &DeskArguments) -> Result<Desk, Failure> {
    let (path, entropy) = (&arguments.connection, Entropy::system());
    let vault = Arc::new(SystemVault::new(&arguments.passphrase));
    let connected = read(path, &entropy, vault.as_ref(), ExchangeLog::keeping(EXCHANGES_KEPT))?;
    if let Some(words) = beyond(&connected.connection) {
        output::say(words);
    }
    start(connected, path, &arguments.running, &entropy, &vault)
}

/// Starts the desk of a connection that was read, on the present tokio runtime. From then on the vault asks nobody.
///
/// # Errors
/// When a file is missing or wrong.
pub fn start(
    connected: Connected,
    path: &Path,
    running: &RunningArguments,
    entropy: &Entropy,
    vault: &Arc<SystemVault>,
) -> Result<Desk, Failure> {
    let Connected { connection, fleet, secrets, trust, approval, client, clock, secured } = connected;
    let listening =
        running.push.settings([(connection.client_id.as_str(), &secured.tls)], &connection.bounds())?;
    let push = listening.and_then(|mut settings| settings.pop());
    let journal = Journal::open(&running.journal_of(path)).map_err(Failure::input)?;
    secured.stays_fresh();
    vault.asks_no_more();
    let keys = keys_of(&connection, path, &fleet, vault);
    let config = DeskConfig {
        profile: Arc::new(fleet),
        operators: Operators::built_in(),
        client,
        secrets,
        trust,
        journal,
        clock,
        entropy: entropy.fork("desk"),
        mode: mode_of(&connection.mode),
        approval,
        sign_off_after_s: connection.sign_off_after_s(),
        follows_only: None,
        follow_every_s: running.follow,
        push,
    };
    Ok(desk::start_keyed_by(config, Some(Box::new(keys))))
}

/// Signs somebody on at a desk, with the passphrase or PIN that is asked for here; for these operators.
///
/// # Errors
/// When nobody can be asked, or they are not signed on.
pub async fn sign_on(
    handle: &mut DeskHandle,
    arguments: &DeskArguments,
    person: &str,
    operators: Vec<OperatorId>,
) -> Result<(), Failure> {
    let presence = Arc::clone(&handle.snapshot().presence);
    let named = presence.people.iter().find(|somebody| somebody.name.is_called(person));
    let asked = named.or(presence.people.first()).and_then(|somebody| somebody.proof.word());
    let proof = match asked {
        Some(word) => arguments.passphrase.ask(&format!("{word} of {person}: "))?,
        None => Secret::new(""),
    };
    let command = Command::SignOn { person: person.to_owned(), operators, proof };
    let gone = || Failure::failed("the desk has ended");
    let number = handle.give(command).ok_or_else(gone)?;
    loop {
        if let Some(outcome) = handle.snapshot().outcomes.iter().find(|outcome| outcome.command == number) {
            return outcome.result.as_ref().map(output::say).map_err(|words| Failure::failed(words.clone()));
        }
        if !handle.changed().await {
            return Err(gone());
        }
    }
}

/// Where a desk that runs finds its keys again.
fn keys_of(
    connection: &Connection,
    path: &Path,
    fleet: &FleetProfile,
    vault: &Arc<SystemVault>,
) -> WatchedKeys {
    let beside = |file: &Path| path.parent().unwrap_or(Path::new("")).join(file);
    let (secrets_path, trust_path) = (beside(&connection.secrets), beside(&connection.trust));
    let (folder, fleet, vault) = (onboarded_beside(path), fleet.clone(), Arc::clone(vault));
    let paths = vec![secrets_path.clone(), trust_path.clone(), folder.clone()];
    let with_onboarded = move |trust| {
        let merged = onboarded::merged(&folder, fleet.clone(), trust);
        merged.map(|(_, trust)| trust).map_err(Failure::inputs)
    };
    let read = move || KeysFound {
        secrets: secrets(&secrets_path, vault.as_ref()).map_err(words),
        trust: input::trust(&trust_path).and_then(&with_onboarded).map_err(words),
    };
    WatchedKeys::new(paths, Box::new(read))
}

/// Every line of a failure in one.
#[expect(clippy::needless_pass_by_value, reason = "given to `map_err` by its name")]
fn words(failure: Failure) -> String {
    failure.lines().join("; ")
}

/// Where a fleet that runs finds its keys again.
pub fn fleet_keys(secrets_path: &Path, trust_path: &Path, vault: &Arc<SystemVault>) -> WatchedKeys {
    let paths = vec![secrets_path.to_owned(), trust_path.to_owned()];
    let (at, vault) = (paths.clone(), Arc::clone(vault));
    let read = move || KeysFound {
        secrets: secrets(&at[0], vault.as_ref()).map_err(words),
        trust: input::trust(&at[1]).map_err(words),
    };
    WatchedKeys::new(paths, Box::new(read))
}

/// What is said of a session that moves nothing real and may reach another machine all the same.
fn beyond(connection: &Connection) -> Option<String> {
    let places: Vec<String> = connection.may_reach.iter().map(ToString::to_string).collect();
    let mode = &connection.mode;
    (!places.is_empty()).then(|| {
        format!(
            "{mode}: may reach {} besides this machine, as the connection file permits",
            places.join(", ")
        )
    })
}

/// What a connection file's mode says.
pub fn mode_of(word: &str) -> Mode {
    match word {
        "SANDBOX" => Mode::Sandbox,
        "TRAINING" => Mode::Training,
        // Whatever it is, it is treated as the one that may move real assets.
        _ => Mode::Live,
    }
}

/// Waits until the VTN answers, saying on standard error why it does not yet.
///
/// # Errors
/// When it has not answered within half a minute.
pub async fn ready(handle: &mut DeskHandle) -> Result<(), Failure> {
    let clock = Clock::real();
    let within = clock.sleep(30.0);
    tokio::pin!(within);
    let mut said = String::new();
    loop {
        let snapshot: Arc<Snapshot> = handle.snapshot();
        if snapshot.vtn.state == LinkState::Live {
            return Ok(());
        }
        let fault = snapshot.vtn.fault.clone().unwrap_or_default();
        if !fault.is_empty() && fault != said {
            output::say(format!("{}: {fault}", snapshot.vtn.url));
            said = fault;
        }
        tokio::select! {
            running = handle.changed() => if !running { return Err(Failure::failed("the desk has ended")) },
            () = &mut within => {
                return Err(Failure::failed(format!("{}: no answer within 30 s", snapshot.vtn.url)));
            }
        }
    }
}

/// A runtime for a command that talks to a VTN.
///
/// # Errors
/// When the machine does not give one.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(std::thread::available_parallelism().map_or(2, |n| n.get().min(4)))
        .enable_all()
        .build()
        .map_err(Failure::failed)
}

/// Ready when the process is asked to end: Ctrl+C, or SIGTERM.
pub async fn asked_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = tokio::signal::ctrl_c() => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(_) => {
                let _ = tokio::signal::ctrl_c().await;
            }
        }
    }
    #[cfg(not(unix))]
    {
        let _ = tokio::signal::ctrl_c().await;
    }
}
