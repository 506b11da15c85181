//! Enrolment: FSPs that come to a running sandbox, and go from it. A registrar of its own takes one after the other and
//! tells how far it is; whoever asks never waits.
//!
//! | in the sandbox's folder | what it is |
//! |---|---|
//! | `onboarded/` | whom the operators have onboarded, as beside any connection file |
//! | `fsps/FSP/` | the folder of an FSP whose units are simulated here, as it would be handed over |

mod draft;
mod kind;
mod physics;
mod registrar;
mod written;

pub use draft::{BaselineDraft, ContractDraft, Draft, DraftFault, MeterDraft, UnitDraft};
pub use kind::{AssetKind, Quantity};
pub use physics::PhysicsDraft;
pub(super) use registrar::{Registrar, Surroundings};

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use super::onboarding::Step;
use crate::dispatch::FspId;
use crate::profile::fleet::FleetProfile;

/// In the sandbox's folder: whose units are simulated here.
const SIMULATED: &str = "fsps";
/// In the sandbox's folder: the authority that signs clients' certificates.
const AUTHORITY: &str = "tls";
/// In the sandbox's folder: what is handed over, unless a person names another place.
const HANDED_OVER: &str = "handed-over";

/// Who answers for an FSP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answers {
    /// The sandbox's simulated fleet.
    Here,
    /// A client of its own, which starts from this folder.
    Elsewhere(PathBuf),
}

/// An FSP that is to be onboarded.
#[derive(Clone, Debug)]
pub struct Application {
    /// Whom.
    pub fsp: FspId,
    /// Its contracts and units, read against the fleet.
    pub addition: FleetProfile,
    /// Who answers for it.
    pub answers: Answers,
    /// The folder of the authority that signs its client certificate, where it gets one. The sandbox's own is made when it
    /// is not there.
    pub authority: Option<PathBuf>,
    /// Its client is registered already, and gets another secret.
    pub new_secret: bool,
}

/// What is asked of the registrar.
#[derive(Clone, Debug)]
pub enum Request {
    /// To onboard an FSP.
    Onboard(Box<Application>),
    /// To take one out again.
    Withdraw(FspId),
}

/// An FSP that was onboarded while the sandbox ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolled {
    /// Whom.
    pub fsp: FspId,
    /// For people.
    pub name: String,
    /// How many units.
    pub units: usize,
    /// Its units are simulated here.
    pub is_here: bool,
}

/// Why an errand did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// In words.
    pub words: String,
    /// A new secret for the client would mend it.
    pub wants_new_secret: bool,
}

/// How far an errand is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Whom it is about.
    pub fsp: FspId,
    /// It takes the FSP out.
    pub is_withdrawal: bool,
    /// The steps taken, none of them a secret.
    pub steps: Vec<Step>,
    /// How it ended; `None` while it goes on. Well: what is to be done now, in words.
    pub end: Option<Result<String, Fault>>,
}

/// The registrar's picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Everyone who is known, to read an application against.
    pub fleet: Arc<FleetProfile>,
    /// Who was onboarded while the sandbox ran, or an earlier one on its folder.
    pub enrolled: Vec<Enrolled>,
    /// The last errand of each FSP.
    pub errands: BTreeMap<FspId, Arc<Progress>>,
}

impl Picture {
    /// Whether an errand is under way.
    pub fn is_busy(&self) -> bool {
        self.errands.values().any(|errand| errand.end.is_none())
    }
}

/// Where things lie, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The VTN's base URL.
    pub vtn: String,
    /// The sandbox's folder.
    folder: PathBuf,
}

impl Places {
    /// Of a sandbox in a folder.
    pub fn new(vtn: String, folder: PathBuf) -> Self {
        Self { vtn, folder }
    }

    /// The folder of the sandbox's own authority, which is made when it is first wanted.
    pub fn authority(&self) -> PathBuf {
        self.folder.join(AUTHORITY)
    }

    /// Where an FSP's folder is made for handing over, unless a person names another place.
    pub fn handed_over(&self, fsp: &str) -> PathBuf {
        self.folder.join(HANDED_OVER).join(fsp)
    }
}

/// The folder of an FSP whose units are simulated in a sandbox.
pub(super) fn simulated_in(sandbox: &Path, fsp: &FspId) -> PathBuf {
    sandbox.join(SIMULATED).join(fsp.as_str())
}

/// The asking end. Cheap to clone.
#[derive(Clone)]
pub struct Enrolments {
    requests: mpsc::UnboundedSender<Request>,
    picture: watch::Receiver<Arc<Picture>>,
    places: Places,
}

/// The registrar's end.
pub struct EnrolmentsEnd {
    /// Requests in the order in which they were made.
    pub requests: mpsc::UnboundedReceiver<Request>,
    picture: watch::Sender<Arc<Picture>>,
    places: Places,
}

/// Makes both ends, showing `first`.
pub fn connect(first: Picture, places: Places) -> (Enrolments, EnrolmentsEnd) {
    let (sender, requests) = mpsc::unbounded_channel();
    let (shown, picture) = watch::channel(Arc::new(first));
    let end = EnrolmentsEnd { requests, picture: shown, places: places.clone() };
    (Enrolments { requests: sender, picture, places }, end)
}

impl Enrolments {
    /// The latest picture.
    pub fn picture(&self) -> Arc<Picture> {
        Arc::clone(&self.picture.borrow())
    }

    /// Where things lie.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// Asks for something; `false` when the registrar has ended.
    pub fn ask(&self, request: Request) -> bool {
        self.requests.send(request).is_ok()
    }

    /// Waits for another picture; `false` when the registrar has ended.
    pub async fn changed(&mut self) -> bool {
        self.picture.changed().await.is_ok()
    }
}

impl EnrolmentsEnd {
    /// Where things lie.
    pub(super) fn places(&self) -> &Places {
        &self.places
    }

    /// Shows what changed to everyone who looks.
    pub fn show(&self, change: impl FnOnce(&mut Picture)) {
        self.picture.send_modify(|picture| change(Arc::make_mut(picture)));
    }
}
