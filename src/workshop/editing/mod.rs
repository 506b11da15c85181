//! A scenario as it is edited: its text is the truth, and stays readable TOML with every comment and blank line where it was.
//! What stands on the lanes is read out of it; a change writes the lines that it is about. After each the text is read as
//! `rampdesk check` reads it, and what is wrong is told beside the item that it belongs to.

mod change;
mod field;
mod history;
mod item;
mod parcel;
mod source;
mod template;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::profile::fault::FileFault;
use crate::profile::fleet::FleetProfile;
use crate::time::UtcTime;

use super::library::ScenarioPlace;
use super::offset::Offset;
use super::retelling::Retold;
use super::scenario::Scenario;
use super::scenario_file::FleetFault;
use change::{Changed, Changing};
use history::{History, Topic};
use source::Source;
use template::Filling;

pub use field::Field;
pub use item::{Item, ItemId, Lane, List};
pub use parcel::{Parcel, Sent};
pub use template::Template;

/// What is begun with where there is no file yet.
const NEW: &str = "# What it is for.\nname = \"New scenario\"\nabout = \"What it shows.\"\nfleet = \"demo\"\nseed = 1\nstart = \"2026-11-26T17:00:00Z\"\nrun_for = \"T+02:00\"\n";

/// A scenario as long as nobody can read for how long it runs, seconds.
const RUN_FOR_S: u32 = 2 * 3600;

/// A change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Moves an item by so many seconds, with all its times.
    Shift(ItemId, i64),
    /// Ends an item at another time.
    End(ItemId, Offset),
    /// Puts a copy of an item a little later.
    Copy(ItemId),
    /// Takes an item out.
    Remove(ItemId),
    /// Puts something new onto its lane.
    Add(Template, Offset),
    /// Writes a field of an item; empty takes it out.
    Set(ItemId, String, String),
    /// Writes a field of the scenario itself, or of the trainer's note as `workshop.aim`.
    SetHead(String, String),
    /// Writes the whole text.
    Text(String),
}

/// A mistake in the file and the item that it belongs to, where that can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// As `rampdesk check` says it.
    pub fault: FileFault,
    /// Whose.
    pub item: Option<ItemId>,
}

/// A scenario's file as it is edited.
#[derive(Debug)]
pub struct ScenarioEdit {
    /// From where fleets are looked for.
    place: ScenarioPlace,
    text: Arc<str>,
    saved: Option<Arc<str>>,
    history: History,
    source: Option<Source>,
    scenario: Option<Arc<Scenario>>,
    mistakes: Vec<Mistake>,
    items: Vec<Item>,
    /// The name and the text of a fleet that no file holds yet.
    carried: Option<(String, String)>,
    fleets: RefCell<BTreeMap<String, Arc<FleetProfile>>>,
}

impl ScenarioEdit {
    /// A new scenario, which has no file yet.
    pub fn begin() -> Self {
        Self::with(ScenarioPlace::BuiltIn("scenarios/new.toml"), NEW.into(), None)
    }

    /// A copy of a scenario that the program comes with, or a person's own file.
    ///
    /// # Errors
    /// When it cannot be read, in words. What is wrong with its text is no error: it is there to be mended.
    pub fn open(place: ScenarioPlace) -> Result<Self, String> {
        let text: Arc<str> = place.text().map_err(|fault| fault.to_string())?.into();
        let saved = matches!(place, ScenarioPlace::File(_)).then(|| Arc::clone(&text));
        Ok(Self::with(place, text, saved))
    }

    /// A recorded session as a scenario, with a fleet of this name where it has one of its own.
    pub fn retold(retold: &Retold, fleet_file: &str) -> Self {
        let mut edit =
            Self::with(ScenarioPlace::BuiltIn("scenarios/session.toml"), retold.text.as_str().into(), None);
        if let Some(fleet) = &retold.fleet {
            edit.carried = Some((fleet_file.to_owned(), fleet.clone()));
            edit.look_again();
        }
        edit
    }

    fn with(place: ScenarioPlace, text: Arc<str>, saved: Option<Arc<str>>) -> Self {
        let mut edit = Self {
            place,
            text,
            saved,
            history: History::default(),
            source: None,
            scenario: None,
            mistakes: Vec::new(),
            items: Vec::new(),
            carried: None,
            fleets: RefCell::default(),
        };
        edit.read();
        edit
    }

    /// Where it came from, and where its fleet is looked for.
    pub fn place(&self) -> &ScenarioPlace {
        &self.place
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the text is what its file holds.
    pub fn is_saved(&self) -> bool {
        self.saved.as_ref().is_some_and(|saved| *saved == self.text)
    }

    /// Whether anything was done that no file holds: a copy that nobody has touched is nothing to lose.
    pub fn is_changed(&self) -> bool {
        !self.is_saved() && (self.saved.is_some() || self.history.can_undo())
    }

    /// What is to be written into a file.
    pub fn parcel(&self) -> Parcel {
        Parcel {
            place: self.place.clone(),
            text: Arc::clone(&self.text),
            saved: self.saved.clone(),
            carried: self.carried.clone(),
        }
    }

    /// Says that a text stands in this file now. Fleets are looked for beside it from now on.
    pub fn saved_to(&mut self, place: ScenarioPlace, text: &str) {
        self.saved = Some(text.into());
        self.place = place;
        self.carried = None;
        self.look_again();
    }

    /// Reads the fleet's file anew, which may have changed.
    pub fn look_again(&mut self) {
        self.fleets.borrow_mut().clear();
        self.read();
    }

    /// The scenario, where nothing is wrong.
    pub fn scenario(&self) -> Option<&Arc<Scenario>> {
        self.scenario.as_ref().filter(|_| self.mistakes.is_empty())
    }

    /// What is wrong, in the order of the text.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// Whether the text is TOML: what is none has no lanes until it is mended.
    pub fn has_lanes(&self) -> bool {
        self.source.is_some()
    }

    /// The lists that are written as one value, and have no lanes for that.
    pub fn folded(&self) -> &[List] {
        self.source.as_ref().map_or(&[], |source| &source.folded)
    }

    /// What stands on the lanes, in the order of the text.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// One of them.
    pub fn item(&self, id: ItemId) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// Whether it is a workshop, with a trainee and marks.
    pub fn is_workshop(&self) -> bool {
        self.source.as_ref().is_some_and(|source| source.note().is_some())
    }

    /// How far an item can be moved, seconds earlier (0 or less) and later, without leaving the scenario.
    pub fn room(&self, id: ItemId) -> (i64, i64) {
        let block = self.source.as_ref().and_then(|source| source.block(id));
        self.item(id)
            .zip(block)
            .map_or((0, 0), |(item, block)| change::room(item, block, i64::from(self.run_for().in_seconds())))
    }

    /// Everything that can be written of an item.
    pub fn fields(&self, id: ItemId) -> Vec<Field> {
        self.source.as_ref().map(|source| field::of_item(source, id)).unwrap_or_default()
    }

    /// What a field of an item may say, where only some words are right.
    pub fn choices(&self, id: ItemId, path: &str) -> Vec<String> {
        let (fleet, source) = (self.fleet(), self.source.as_ref());
        source.map(|source| field::choices(source, id, path, fleet.as_deref())).unwrap_or_default()
    }

    /// Why a template cannot be added at a time, in words.
    ///
    /// # Errors
    /// What the scenario or its fleet lacks.
    pub fn may_add(&self, template: Template, at: Offset) -> Result<(), String> {
        let source = self.source.as_ref().ok_or("the text is no TOML; mend it first")?;
        self.body(template, at, &Changing { text: &self.text, source }).map(|_| ())
    }

    /// What can be written of the scenario itself.
    pub fn head(&self) -> Vec<Field> {
        self.source.as_ref().map(field::of_head).unwrap_or_default()
    }

    /// T, where it can be read.
    pub fn start(&self) -> Option<UtcTime> {
        let block = self.source.as_ref()?.root()?;
        let field = block.field("start")?;
        field.text.as_ref().unwrap_or(&field.written).parse().ok()
    }

    /// How long it runs; two hours where that cannot be read.
    pub fn run_for(&self) -> Offset {
        let written = self.source.as_ref().and_then(|source| source.root_text("run_for"));
        let bounds = Offset::seconds(60)..=Offset::seconds(48 * 3600);
        let read = written.and_then(|text| text.parse().ok()).filter(|run_for| bounds.contains(run_for));
        read.unwrap_or(Offset::seconds(RUN_FOR_S))
    }

    /// What its file is called, or may be called.
    pub fn file_name(&self) -> String {
        let path = match &self.place {
            ScenarioPlace::File(path) => path.clone(),
            ScenarioPlace::BuiltIn(path) => path.into(),
        };
        path.file_name()
            .map_or_else(|| "scenario.toml".to_owned(), |name| name.to_string_lossy().into_owned())
    }

    /// Its name, for people.
    pub fn name(&self) -> &str {
        let name = self.source.as_ref().and_then(|source| source.root_text("name"));
        name.filter(|name| !name.trim().is_empty()).unwrap_or("A scenario without a name")
    }

    /// Makes a change; where the item that it is about is then. `goes_on` says that it belongs to the change before, of the
    /// same field or item, and is undone together with it.
    ///
    /// # Errors
    /// Why it cannot be made, in words; then all is as it was.
    pub fn apply(&mut self, change: &Change, goes_on: bool) -> Result<Option<ItemId>, String> {
        let Changed { text, item } = self.changed(change)?;
        if *text == *self.text {
            return Ok(item);
        }
        // Letters must not make something of the text that is no TOML any more; in the text itself they may.
        if !matches!(change, Change::Text(_)) && Source::of(&text).is_none() {
            return Err("that cannot be written here; write it in the text".to_owned());
        }
        let topic = goes_on.then(|| Topic(topic_of(change, item)));
        self.history.changes(Arc::clone(&self.text), topic);
        self.text = text.into();
        self.read();
        Ok(item)
    }

    fn changed(&self, change: &Change) -> Result<Changed, String> {
        if let Change::Text(text) = change {
            return Ok(Changed { text: text.clone(), item: None });
        }
        let source = self.source.as_ref().ok_or("the text is no TOML; mend it first")?;
        let changing = Changing { text: &self.text, source };
        match change {
            Change::Shift(id, by_s) => changing.shift(*id, *by_s),
            Change::End(id, at) => changing.end(*id, *at),
            Change::Copy(id) => changing.copy(*id),
            Change::Remove(id) => changing.remove(*id),
            Change::Add(template, at) => {
                changing.add(template.list(), &self.body(*template, *at, &changing)?)
            }
            Change::Set(id, path, input) => changing.set(*id, path, input),
            Change::SetHead(path, input) => changing.set_head(path, input),
            Change::Text(text) => Ok(Changed { text: text.clone(), item: None }),
        }
    }

    fn body(&self, template: Template, at: Offset, changing: &Changing<'_>) -> Result<String, String> {
        let fleet = self.fleet().ok_or("the fleet cannot be read; mend that first")?;
        if !template.is_of(self.is_workshop()) {
            return Err(match self.is_workshop() {
                true => "in a workshop it is the trainee who amends and stops".to_owned(),
                false => {
                    "this scenario is no workshop; write a [workshop] table in the text first".to_owned()
                }
            });
        }
        let day = self.start().map_or_else(String::new, |start| start.to_string()[..10].replace('-', ""));
        let operator = fleet.units.first().map_or("NEW", |unit| unit.operator.as_str());
        let letters: String = operator.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
        let reference = changing.next_ref(&format!("{letters}-{day}-0000"));
        let (run_for, sent) = (self.run_for(), changing.sent_by(template.list(), at.min(self.run_for())));
        let filling = Filling { fleet: &fleet, at, run_for, reference: &reference, sent };
        filling.body(template)
    }

    /// Ends a run of changes that are undone together.
    pub fn seal(&mut self) {
        self.history.seal();
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        self.history.can_undo()
    }

    /// Whether there is something to do again.
    pub fn can_redo(&self) -> bool {
        self.history.can_redo()
    }

    /// Goes back to before the last change.
    pub fn undo(&mut self) {
        if let Some(before) = self.history.undo(Arc::clone(&self.text)) {
            self.text = before;
            self.read();
        }
    }

    /// Makes the change again that was undone.
    pub fn redo(&mut self) {
        if let Some(after) = self.history.redo(Arc::clone(&self.text)) {
            self.text = after;
            self.read();
        }
    }

    /// The fleet that the text names, as it was last read.
    pub fn fleet(&self) -> Option<Arc<FleetProfile>> {
        let named = self.source.as_ref()?.root_text("fleet")?;
        self.fleets.borrow().get(named).cloned()
    }

    fn read(&mut self) {
        self.source = Source::of(&self.text);
        let found = {
            let find = |name: &str| {
                if let Some(known) = self.fleets.borrow().get(name) {
                    return Ok(FleetProfile::clone(known));
                }
                let read = match self.carried.as_ref().filter(|(carried, _)| carried == name) {
                    Some((_, text)) => FleetProfile::from_toml(name, text).map_err(FleetFault::Wrong)?,
                    None => self.place.fleet(name)?,
                };
                self.fleets.borrow_mut().insert(name.to_owned(), Arc::new(read.clone()));
                Ok(read)
            };
            super::scenario_file::read(&self.file_name(), &self.text, &find)
        };
        let (scenario, faults) = match found {
            Ok(scenario) => (Some(Arc::new(scenario)), Vec::new()),
            Err(faults) => (None, faults),
        };
        self.scenario = scenario;
        let blocks = self.source.iter().flat_map(|source| &source.blocks);
        self.items = blocks.filter_map(|block| Some(Item::of(block.id?, block))).collect();
        self.mistakes = faults.into_iter().map(|fault| Mistake { item: item_of(&fault), fault }).collect();
    }
}

/// `steps[3]` of `steps[3].until`.
fn item_of(fault: &FileFault) -> Option<ItemId> {
    let (key, rest) = fault.field.split_once('[')?;
    let (index, _) = rest.split_once(']')?;
    Some(ItemId { list: List::of_key(key)?, index: index.parse().ok()? })
}

/// What a change is about: the same again goes on with it. An item may have come to another place by it.
fn topic_of(change: &Change, item: Option<ItemId>) -> String {
    match change {
        Change::Shift(..) => format!("shift {item:?}"),
        Change::End(..) => format!("end {item:?}"),
        Change::Set(_, path, _) => format!("set {path} {item:?}"),
        Change::SetHead(path, _) => format!("head {path}"),
        Change::Text(_) => "text".to_owned(),
        Change::Copy(_) | Change::Remove(_) | Change::Add(..) => "once".to_owned(),
    }
}
