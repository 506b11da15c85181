//! What is typed into the form, and what is wrong with it. A fault is shown once its field was changed or left, or when a
//! person wants to go on.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::dispatch::FspId;
use crate::profile::fleet::FleetProfile;
use crate::workshop::enrolment::{
    Answers, Application, AssetKind, ContractDraft, Draft, DraftFault, Places, UnitDraft,
};

/// A page of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Page {
    /// The FSP.
    Fsp,
    /// Its contracts.
    Contracts,
    /// Its units.
    Units,
    /// Who answers, and what lets it in.
    Access,
    /// All of it, before anything is done.
    Review,
}

impl Page {
    /// In order.
    pub const ALL: [Self; 5] = [Self::Fsp, Self::Contracts, Self::Units, Self::Access, Self::Review];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fsp => "FSP",
            Self::Contracts => "Contracts",
            Self::Units => "Units",
            Self::Access => "Access",
            Self::Review => "Review",
        }
    }

    /// The page of a field.
    fn of(field: &str) -> Self {
        match field {
            "fsp" | "name" | "telephone" => Self::Fsp,
            FOLDER | AUTHORITY => Self::Access,
            _ if field.starts_with("contracts") => Self::Contracts,
            _ if field.starts_with("units") => Self::Units,
            _ => Self::Review,
        }
    }

    /// From 1.
    pub fn number(self) -> usize {
        Self::ALL.iter().position(|page| *page == self).unwrap_or_default() + 1
    }

    pub fn next(self) -> Option<Self> {
        Self::ALL.get(self.number()).copied()
    }

    pub fn before(self) -> Option<Self> {
        Self::ALL.get(self.number().checked_sub(2)?).copied()
    }
}

/// The field of the folder to hand over.
pub const FOLDER: &str = "folder";
/// The field of the authority's folder.
pub const AUTHORITY: &str = "authority";

/// What is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// The FSP, its contracts and units.
    pub draft: Draft,
    /// The simulated fleet answers.
    pub is_here: bool,
    /// The folder to hand over; empty for the usual one.
    pub folder: String,
    /// It gets a client certificate.
    pub wants_certificate: bool,
    /// The authority's folder; empty for the sandbox's own.
    pub authority: String,
}

/// The form.
pub struct Form {
    pub typed: Typed,
    shown: BTreeSet<String>,
    shown_pages: BTreeSet<Page>,
    read: Option<Read>,
    entered: bool,
}

/// What was read of what was typed.
struct Read {
    of: Typed,
    against: Arc<FleetProfile>,
    faults: Vec<DraftFault>,
    whole: Option<(FspId, FleetProfile)>,
}

impl Form {
    /// An empty one, for an FSP of this operator.
    pub fn new(operator: &str) -> Self {
        let draft = Draft {
            contracts: vec![ContractDraft::of(operator)],
            units: vec![UnitDraft::of(AssetKind::Battery)],
            ..Draft::default()
        };
        let typed = Typed {
            draft,
            is_here: true,
            folder: String::new(),
            wants_certificate: false,
            authority: String::new(),
        };
        Self { typed, shown: BTreeSet::new(), shown_pages: BTreeSet::new(), read: None, entered: false }
    }

    /// Reads it anew when it, or who is known, has changed.
    pub fn refresh(&mut self, known: &Arc<FleetProfile>) {
        let is_same = |read: &Read| read.of == self.typed && Arc::ptr_eq(&read.against, known);
        if self.read.as_ref().is_some_and(is_same) {
            return;
        }
        let (mut faults, whole) = match self.typed.draft.read(known) {
            Ok(whole) => (Vec::new(), Some(whole)),
            Err(faults) => (faults, None),
        };
        faults.extend(self.typed.faults_of_access());
        self.read = Some(Read { of: self.typed.clone(), against: Arc::clone(known), faults, whole });
    }

    /// A field was changed or left: what is wrong with it is shown from now on.
    pub fn touch(&mut self, field: &str) {
        if !self.shown.contains(field) {
            self.shown.insert(field.to_owned());
        }
    }

    /// Enter was pressed in a field.
    pub fn enter(&mut self) {
        self.entered = true;
    }

    /// Whether Enter was pressed in a field since it was last asked.
    pub fn take_entered(&mut self) -> bool {
        std::mem::take(&mut self.entered)
    }

    /// Everything that is wrong on a page is shown from now on.
    pub fn reveal(&mut self, page: Page) {
        self.shown_pages.insert(page);
    }

    /// What is wrong with a field, if it is to be shown.
    pub fn fault(&self, field: &str) -> Option<&str> {
        let is_shown = self.shown.contains(field) || self.shown_pages.contains(&Page::of(field));
        let fault = self.faults().find(|fault| is_of(&fault.field, field)).filter(|_| is_shown)?;
        Some(fault.message.as_str())
    }

    /// What is wrong on a page with no field of its own there.
    pub fn faults_without_field(&self, page: Page) -> impl Iterator<Item = &str> {
        let has_field = move |field: &str| match page {
            Page::Contracts => field.starts_with("contracts["),
            Page::Units => field.starts_with("units[") && !field.ends_with("].asset"),
            _ => page != Page::Review,
        };
        let is_shown = self.shown_pages.contains(&page);
        let faults = self.faults_on(page).filter(move |fault| is_shown && !has_field(&fault.field));
        faults.map(|fault| fault.message.as_str())
    }

    /// What is wrong on a page.
    pub fn faults_on(&self, page: Page) -> impl Iterator<Item = &DraftFault> {
        self.faults().filter(move |fault| Page::of(&fault.field) == page)
    }

    /// Whether anything that is wrong on a page is shown.
    pub fn shows_faults_on(&self, page: Page) -> bool {
        let mut faults = self.faults_on(page);
        faults.any(|fault| self.shown_pages.contains(&page) || self.fault(&fault.field).is_some())
    }

    /// How many fields of a unit are wrong and shown as such.
    pub fn faults_of_unit(&self, place: usize) -> usize {
        let path = format!("units[{place}].");
        let of_unit = self.faults().filter(|fault| fault.field.starts_with(&path));
        of_unit.filter(|fault| self.fault(&fault.field).is_some()).count()
    }

    fn faults(&self) -> impl Iterator<Item = &DraftFault> {
        self.read.iter().flat_map(|read| &read.faults)
    }

    /// A contract or a unit was taken out, so that paths mean others from now on.
    pub fn moved(&mut self) {
        self.shown.retain(|field| !field.contains('['));
    }

    /// Whether anything was typed that would be lost.
    pub fn is_begun(&self) -> bool {
        let draft = &self.typed.draft;
        let named = |unit: &UnitDraft| !unit.unit.is_empty();
        !draft.fsp.is_empty() || !draft.telephone.is_empty() || draft.units.iter().any(named)
    }

    /// The FSP's id as it is typed.
    pub fn fsp(&self) -> &str {
        self.typed.draft.fsp.trim()
    }

    /// Where the FSP's folder will be.
    pub fn folder(&self, places: &Places) -> PathBuf {
        match self.typed.folder.trim() {
            "" => places.handed_over(if self.fsp().is_empty() { "FSP" } else { self.fsp() }),
            path => PathBuf::from(path),
        }
    }

    /// The authority's folder.
    pub fn authority(&self, places: &Places) -> PathBuf {
        match self.typed.authority.trim() {
            "" => places.authority(),
            path => PathBuf::from(path),
        }
    }

    /// As it was read, when nothing is wrong.
    pub fn whole(&self) -> Option<&(FspId, FleetProfile)> {
        self.read.as_ref().filter(|read| read.faults.is_empty())?.whole.as_ref()
    }

    /// What the registrar is to do, when nothing is wrong.
    pub fn application(&self, places: &Places) -> Option<Application> {
        let (fsp, addition) = self.whole()?.clone();
        let Typed { is_here, wants_certificate, .. } = self.typed;
        Some(Application {
            fsp,
            addition,
            answers: if is_here { Answers::Here } else { Answers::Elsewhere(self.folder(places)) },
            authority: (wants_certificate && !is_here).then(|| self.authority(places)),
            new_secret: false,
        })
    }
}

impl Typed {
    fn faults_of_access(&self) -> Vec<DraftFault> {
        let mut faults = Vec::new();
        if self.is_here {
            return faults;
        }
        let mut wrong = |field: &str, message: &str| {
            faults.push(DraftFault { field: field.to_owned(), message: message.to_owned() });
        };
        let path = |text: &str| Some(PathBuf::from(text.trim())).filter(|path| !path.as_os_str().is_empty());
        if let Some(folder) = path(&self.folder) {
            if folder.is_relative() {
                wrong(FOLDER, "is no whole path; write it from the root on, or choose a folder");
            } else if folder.exists() && !folder.is_dir() {
                wrong(FOLDER, "is a file; name a folder");
            } else if !folder.ancestors().skip(1).any(Path::is_dir) {
                wrong(FOLDER, "is on no disk here; choose a folder");
            }
        }
        let authority = path(&self.authority).filter(|_| self.wants_certificate);
        if authority
            .is_some_and(|folder| !(folder.join("ca.pem").is_file() && folder.join("ca.key").is_file()))
        {
            wrong(
                AUTHORITY,
                "holds no authority: ca.pem and ca.key, as `rampdesk keygen --certificates` makes them",
            );
        }
        faults
    }
}

/// Whether a fault is of a field or of something in it.
fn is_of(fault: &str, field: &str) -> bool {
    fault.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
}
