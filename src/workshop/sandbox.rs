//! The sandbox: an embedded VTN on a loopback port with a database file, the demonstration fleet and a desk, all in
//! this process. The desk talks HTTP over TCP, as do FSPs of other processes; the requests of its own fleet are handed to the
//! VTN's router (same routes, same JSON, same authentication), since ten thousand FSPs need no ten thousand sockets.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::desk::snapshot::Mode;
use crate::desk::{Desk, DeskHandle};
use crate::dispatch::{OwnKeys, PublicKey};
use crate::entropy::Entropy;
use crate::fleet::{Availabilities, FaultSwitch, Fleet};
use crate::journal::Journal;
use crate::openadr::callback::Reach;
use crate::openadr::exchange::ExchangeLog;
use crate::openadr::tcp::TcpTransport;
use crate::profile::approval::{APPROVAL_RULES, ApprovalRules};
use crate::profile::fleet::FleetProfile;
use crate::profile::onboarded;
use crate::profile::secrets::Secrets;
use crate::profile::text_file;
use crate::profile::trust::Trust;
use crate::time::Clock;
use crate::vtn::{BASE_PATH, StorePlace, Vtn, VtnConfig, Webhooks};

use super::enrolment::{Enrolments, Registrar, Surroundings};
use super::ensemble::{Ensemble, EnsembleParts, seeds_of};

/// How many exchanges a person can look back on.
const EXCHANGES_KEPT: usize = 5_000;

/// The file with the port that the VTN listens on.
const PORT: &str = "vtn-port";

/// What a sandbox is opened on.
pub struct SandboxConfig {
    /// The folder for its database, secrets and journal; made when it is not there.
    pub folder: PathBuf,
    /// The fleet that answers.
    pub fleet: FleetProfile,
    /// What all of it goes by; a training clock can be hurried.
    pub clock: Clock,
}

/// A running sandbox.
pub struct Sandbox {
    desk: Desk,
    fleet: Fleet,
    registrar: JoinHandle<()>,
    end_registrar: oneshot::Sender<()>,
    enrolments: Enrolments,
    vtn: JoinHandle<()>,
    end_vtn: oneshot::Sender<()>,
    clock: Clock,
    exchanges: ExchangeLog,
    faults: FaultSwitch,
    _lock: FolderLock,
}

/// Why a sandbox does not open.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Another one is using the folder.
    #[error("another Rampdesk is using {}; close it first, or start this one with another --data folder", .0.display())]
    InUse(PathBuf),
    /// A file or folder.
    #[error("cannot use {}: {reason}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// In words.
        reason: String,
    },
    /// Any part of it, in its own words.
    #[error("{0}")]
    Part(String),
}

#[expect(clippy::needless_pass_by_value, reason = "given to `map_err` by its name")]
fn part(error: impl ToString) -> SandboxError {
    SandboxError::Part(error.to_string())
}

/// Holds a folder for this process; let go of when dropped or when the process ends in any way.
struct FolderLock(#[expect(dead_code, reason = "held open for its lock")] File);

impl FolderLock {
    fn take(folder: &Path) -> Result<Self, SandboxError> {
        let unusable = |path: &Path, error: std::io::Error| SandboxError::File {
            path: path.to_path_buf(),
            reason: error.to_string(),
        };
        fs::create_dir_all(folder).map_err(|e| unusable(folder, e))?;
        let path = folder.join("in-use");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|e| unusable(&path, e))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(fs::TryLockError::WouldBlock) => Err(SandboxError::InUse(folder.to_path_buf())),
            Err(fs::TryLockError::Error(error)) => Err(unusable(&path, error)),
        }
    }
}

impl Sandbox {
    /// Opens one on the present tokio runtime: the VTN listens on a free loopback port before this returns.
    ///
    /// # Errors
    /// When the folder is in use or cannot be used, or a part does not start.
    pub async fn open(config: SandboxConfig) -> Result<Self, SandboxError> {
        let lock = FolderLock::take(&config.folder)?;
        let folder = config.folder;
        let (clock, entropy) = (config.clock, Entropy::system());
        let exchanges = ExchangeLog::keeping(EXCHANGES_KEPT);
        // Whoever plays with a fleet file must not reach the VTNs that it names.
        let profile = Arc::new(FleetProfile { endpoints: Vec::new(), ..config.fleet });
        let (secrets, trust) = secrets_in(&folder, &profile, &entropy, &clock)?;
        // The units of those who were onboarded answer by themselves; the desk dispatches them all.
        let (whole, all_trust) = with_onboarded(&folder, &profile, &trust)?;
        // The sandbox's receivers run on this machine, and nothing of a sandbox leaves it.
        let webhooks = Webhooks::over_tcp(Reach::ThisMachine).map_err(part)?;
        let approval = approval_in(&folder, &secrets)?;
        let vtn_config = VtnConfig {
            store: StorePlace::File(folder.join("vtn.sqlite")),
            clients: seeds_of(&secrets),
            clock: clock.clone(),
            entropy: entropy.fork("vtn"),
        };
        let vtn = Vtn::open_with_webhooks(vtn_config, webhooks).map_err(part)?;
        let listener = listener_of(&folder).await?;
        let within = vtn.transport();
        let base_url = format!("http://{}{BASE_PATH}", listener.local_addr().map_err(part)?);
        let (end_vtn, ended) = oneshot::channel::<()>();
        let vtn = tokio::spawn(async move {
            let shutdown = async {
                let _ = ended.await;
            };
            if let Err(error) = vtn.serve(listener, shutdown).await {
                tracing::error!(%error, "the embedded VTN ended");
            }
        });
        let faults = FaultSwitch::default();
        let parts = EnsembleParts {
            fleet: profile,
            dispatched: Arc::clone(&whole),
            secrets: &secrets,
            fleet_trust: trust,
            desk_trust: all_trust.clone(),
            base_url,
            fleet_transport: Arc::clone(&within),
            desk_transport: Arc::new(TcpTransport::new().map_err(part)?),
            journal: Journal::open(&folder.join("journal.sqlite")).map_err(part)?,
            approval,
            mode: Mode::Sandbox,
            follows_only: None,
            follow_every_s: 1.0,
            faults: faults.clone(),
            clock: clock.clone(),
            entropy: &entropy,
            exchanges: exchanges.clone(),
            desk_exchanges: exchanges.clone(),
        };
        let Ensemble { desk, fleet, client } = parts.start().map_err(part)?;
        let surroundings = Surroundings {
            folder,
            client,
            secrets: secrets.for_desk(),
            trust: all_trust,
            transport: within,
            desk: desk.handle.clone(),
            clock: clock.clone(),
            entropy: entropy.fork("registrar"),
            exchanges: exchanges.clone(),
            faults: faults.clone(),
        };
        let (registrar, enrolments) = Registrar::open(surroundings, whole).map_err(SandboxError::Part)?;
        let (end_registrar, closing) = oneshot::channel();
        let registrar = tokio::spawn(registrar.run(closing));
        Ok(Self {
            desk,
            fleet,
            registrar,
            end_registrar,
            enrolments,
            vtn,
            end_vtn,
            clock,
            exchanges,
            faults,
            _lock: lock,
        })
    }

    /// The desk's handle.
    pub fn desk(&self) -> DeskHandle {
        self.desk.handle.clone()
    }

    /// Its clock.
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// Its HTTP exchanges.
    pub fn exchanges(&self) -> ExchangeLog {
        self.exchanges.clone()
    }

    /// The faults of its simulated fleet.
    pub fn faults(&self) -> FaultSwitch {
        self.faults.clone()
    }

    /// Its registrar: FSPs come and go by it while the sandbox runs.
    pub fn enrolments(&self) -> Enrolments {
        self.enrolments.clone()
    }

    /// What the units of its own fleet are offered for. Those of FSPs that were onboarded are not among them.
    pub fn availabilities(&self) -> Availabilities {
        self.fleet.availabilities()
    }

    /// Ends desk, fleet and VTN in that order, each after what it is sending.
    pub async fn close(self) {
        self.desk.stop().await;
        let _ = self.end_registrar.send(());
        let _ = self.registrar.await;
        self.fleet.stop().await;
        let _ = self.end_vtn.send(());
        // Connections that a client keeps open must not hold the program up.
        let _ = tokio::time::timeout(std::time::Duration::from_secs(2), self.vtn).await;
    }
}

/// The secrets and public keys that the folder holds, or fresh ones kept in it from now on. A fleet that has changed
/// gets fresh ones too: an FSP without a key could not answer.
fn secrets_in(
    folder: &Path,
    profile: &FleetProfile,
    entropy: &Entropy,
    clock: &Clock,
) -> Result<(Secrets, Trust), SandboxError> {
    let (secret_path, trust_path) = (folder.join("secrets.toml"), folder.join("trust.toml"));
    if secret_path.exists() && trust_path.exists() {
        let read = |path: &Path| {
            fs::read_to_string(path)
                .map_err(|e| SandboxError::File { path: path.to_path_buf(), reason: e.to_string() })
        };
        let unreadable = |path: &Path, faults: Vec<crate::profile::fault::FileFault>| SandboxError::File {
            path: path.to_path_buf(),
            reason: faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        };
        let secrets = Secrets::from_toml(&secret_path.display().to_string(), &read(&secret_path)?)
            .map_err(|f| unreadable(&secret_path, f))?;
        let trust = Trust::from_toml(&trust_path.display().to_string(), &read(&trust_path)?)
            .map_err(|f| unreadable(&trust_path, f))?;
        let complete = profile.operators().iter().all(|o| secrets.operators.contains_key(o))
            && profile
                .fsps
                .iter()
                .all(|f| secrets.fsps.contains_key(&f.id) && secrets.clients.contains_key(f.id.as_str()));
        if complete {
            return Ok((secrets, trust));
        }
    }
    let (secrets, trust) = Secrets::generate(profile, &entropy.fork("secrets"), clock.now()).map_err(part)?;
    write_private(&secret_path, secrets.to_toml().reveal())?;
    replace(&trust_path, &trust.to_toml(), Readers::Anyone)?;
    Ok((secrets, trust))
}

/// The rules of approval that a person has put into the folder; none where there are none.
fn approval_in(folder: &Path, secrets: &Secrets) -> Result<ApprovalRules, SandboxError> {
    let path = folder.join(APPROVAL_RULES);
    if !path.exists() {
        return Ok(ApprovalRules::default());
    }
    let text = text_file::read(&path).map_err(part)?;
    let rules = ApprovalRules::from_toml(&path.display().to_string(), &text)
        .map_err(|faults| part(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))?;
    let signing: Vec<PublicKey> = secrets.operators.values().flat_map(OwnKeys::public).collect();
    rules.apart_from(&signing).map_err(|fault| part(format!("{}: {fault}", path.display())))?;
    Ok(rules)
}

/// The fleet and its pinned keys with everyone who was onboarded in the folder.
fn with_onboarded(
    folder: &Path,
    fleet: &FleetProfile,
    trust: &Trust,
) -> Result<(Arc<FleetProfile>, Trust), SandboxError> {
    let merged = onboarded::merged(&folder.join(onboarded::FOLDER), fleet.clone(), trust.clone());
    let words = |faults: Vec<crate::profile::fault::FileFault>| {
        SandboxError::Part(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    };
    merged.map(|(fleet, trust)| (Arc::new(fleet), trust)).map_err(words)
}

/// Listens on the loopback port that the folder had last, so that an FSP that was handed its address finds the VTN again;
/// on a free one when somebody else has that by now.
async fn listener_of(folder: &Path) -> Result<TcpListener, SandboxError> {
    let path = folder.join(PORT);
    let kept: u16 = fs::read_to_string(&path).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0);
    let listener = match TcpListener::bind(("127.0.0.1", kept)).await {
        Ok(listener) => listener,
        Err(error) => {
            tracing::warn!(%error, "port {kept} is taken; FSPs elsewhere that were told of it do not find this VTN");
            TcpListener::bind(("127.0.0.1", 0)).await.map_err(part)?
        }
    };
    let port = listener.local_addr().map_err(part)?.port();
    if port != kept {
        replace(&path, &format!("{port}\n"), Readers::Anyone)?;
    }
    Ok(listener)
}

/// Writes a file that only its owner can read: whole, or as it was.
///
/// # Errors
/// When it cannot be written.
pub fn write_private(path: &Path, text: &str) -> Result<(), SandboxError> {
    replace(path, text, Readers::Owner)
}

/// Who may read a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Readers {
    Owner,
    Anyone,
}

/// Writes a file beside its place and puts it there: whoever is killed meanwhile leaves the one before, never half of one.
fn replace(path: &Path, text: &str, readers: Readers) -> Result<(), SandboxError> {
    let unusable = |e: std::io::Error| SandboxError::File { path: path.to_path_buf(), reason: e.to_string() };
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(not(unix))]
    let _ = readers;
    #[cfg(unix)]
    if readers == Readers::Owner {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(&new).map_err(unusable)?;
    #[cfg(unix)]
    if readers == Readers::Owner {
        use std::os::unix::fs::PermissionsExt as _;
        file.set_permissions(fs::Permissions::from_mode(0o600)).map_err(unusable)?;
    }
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(unusable)?;
    drop(file);
    fs::rename(&new, path).map_err(unusable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_instance_on_one_folder_is_told_of_the_first_and_a_folder_that_is_none_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let first = FolderLock::take(folder.path()).unwrap();
        let told = FolderLock::take(folder.path()).err().unwrap().to_string();
        assert!(told.starts_with("another Rampdesk is using ") && told.contains("--data"), "{told}");
        drop(first);
        let again = FolderLock::take(folder.path());
        assert!(again.is_ok(), "what ended holds nothing");
        let file = folder.path().join("in-use");
        let told = FolderLock::take(&file).err().unwrap().to_string();
        assert!(told.starts_with("cannot use ") && told.contains("in-use"), "{told}");
    }
}
