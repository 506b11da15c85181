//! What stands on the lanes of a time line: every step, mark and expectation with its time and what it says in a few words.

use crate::profile::faults::{FspFault, UnitFault};
use crate::units::grouped;
use crate::workshop::offset::Offset;

use super::source::Block;

/// A list of a scenario's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum List {
    /// `[[steps]]`.
    Steps,
    /// `[[trainee]]`.
    Trainee,
    /// `[[marks]]`.
    Marks,
    /// `[[expect]]`.
    Expect,
}

impl List {
    /// All, in the order in which scenarios are written.
    pub const ALL: [Self; 4] = [Self::Steps, Self::Trainee, Self::Marks, Self::Expect];

    /// As the file writes it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Steps => "steps",
            Self::Trainee => "trainee",
            Self::Marks => "marks",
            Self::Expect => "expect",
        }
    }

    pub(super) fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.key() == key)
    }

    /// Where it stands in the order of the file, after the keys above all tables and `[workshop]`.
    pub(super) fn rank(self) -> u8 {
        match self {
            Self::Steps => 2,
            Self::Trainee => 3,
            Self::Marks => 4,
            Self::Expect => 5,
        }
    }

    /// Whether its tables stand in order of time.
    pub(super) fn is_timed(self) -> bool {
        matches!(self, Self::Steps | Self::Trainee)
    }
}

/// Which table of which list, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId {
    /// The list.
    pub list: List,
    /// Its place in it.
    pub index: usize,
}

/// A lane of the time line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// What is sent, amended and stopped by the story.
    Dispatches,
    /// What goes wrong.
    Faults,
    /// Sun and wind.
    Weather,
    /// Departures from baselines.
    Baselines,
    /// What the trainee is told.
    Told,
    /// What the trainer alone is told.
    Notes,
    /// What a perfect trainee does.
    Trainee,
    /// What is marked.
    Marks,
    /// What is expected of a rehearsal.
    Expected,
}

impl Lane {
    /// All, from the top.
    pub const ALL: [Self; 9] = [
        Self::Dispatches,
        Self::Faults,
        Self::Weather,
        Self::Baselines,
        Self::Told,
        Self::Notes,
        Self::Trainee,
        Self::Marks,
        Self::Expected,
    ];

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dispatches => "Dispatches",
            Self::Faults => "Faults",
            Self::Weather => "Weather",
            Self::Baselines => "Baselines",
            Self::Told => "Told to the trainee",
            Self::Notes => "Notes to the trainer",
            Self::Trainee => "Expected actions",
            Self::Marks => "Marks",
            Self::Expected => "Expected at the end",
        }
    }

    /// Whether only a workshop has it.
    pub fn is_of_workshops(self) -> bool {
        matches!(self, Self::Trainee | Self::Marks)
    }

    fn of(list: List, kind: &str) -> Self {
        match (list, kind) {
            (List::Trainee, _) => Self::Trainee,
            (List::Marks, _) => Self::Marks,
            (List::Expect, _) => Self::Expected,
            (List::Steps, "fault") => Self::Faults,
            (List::Steps, "weather") => Self::Weather,
            (List::Steps, "baseline") => Self::Baselines,
            (List::Steps, "tell") => Self::Told,
            (List::Steps, "note") => Self::Notes,
            (List::Steps, _) => Self::Dispatches,
        }
    }
}

/// What stands on a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Which.
    pub id: ItemId,
    /// Where.
    pub lane: Lane,
    /// `send`, `fault`, `limit`; empty where the file does not say.
    pub kind: String,
    /// When it is done or begins; `None` of what has no time of its own, and of what could not be read.
    pub at: Option<Offset>,
    /// The stretch that it is of, or lasts: a service window, a fault, what a mark looks at.
    pub span: Option<(Offset, Offset)>,
    /// Whether it lasts until the scenario's end unless something ends it.
    pub is_open: bool,
    /// What it says in a few words.
    pub words: String,
}

impl Item {
    /// Whether it can be moved in time.
    pub fn has_time(&self) -> bool {
        self.at.is_some() || self.span.is_some()
    }

    /// Whether its end can be moved.
    pub fn has_end(&self) -> bool {
        self.span.is_some()
    }

    /// Where it begins on the time line.
    pub fn begins(&self) -> Option<Offset> {
        match (self.at, self.span) {
            (Some(at), Some((from, _))) => Some(at.min(from)),
            (at, span) => at.or(span.map(|(from, _)| from)),
        }
    }

    pub(super) fn of(id: ItemId, block: &Block) -> Self {
        let kind = kind_of(id.list, block);
        let lane = Lane::of(id.list, &kind);
        let at = offset(block, "at");
        let begins = span_keys(id.list, &kind).0.and_then(|key| offset(block, key)).or(at);
        let ends = end_key(id.list, &kind).and_then(|key| offset(block, key));
        let span = begins.zip(ends).filter(|(from, until)| from < until);
        let at = match id.list {
            List::Marks => offset(block, "by").or_else(|| offset(block, "after")),
            _ => at,
        };
        let is_open = id.list == List::Steps
            && matches!(kind.as_str(), "fault" | "weather" | "baseline")
            && block.field("until").is_none();
        Self { id, lane, words: words(id.list, &kind, block), kind, at, span, is_open }
    }
}

/// What a table is, as it says itself; of an expectation, of what it is.
pub(super) fn kind_of(list: List, block: &Block) -> String {
    let key = match list {
        List::Steps | List::Trainee => "action",
        List::Marks => "kind",
        List::Expect => {
            return if block.field("alarms").is_some() { "alarms" } else { "dispatch" }.to_owned();
        }
    };
    block.text(key).unwrap_or_default().to_owned()
}

/// The keys of the beginning and the end of its stretch; the beginning is `at` where there is no key of its own.
fn span_keys(list: List, kind: &str) -> (Option<&'static str>, Option<&'static str>) {
    match (list, kind) {
        (List::Steps | List::Trainee, "send" | "amend") => (Some("service_start"), Some("service_end")),
        (List::Steps, "fault" | "weather" | "baseline") => (None, Some("until")),
        (List::Marks, _) => (Some("from"), Some("until")),
        _ => (None, None),
    }
}

/// The key of the end of its stretch.
pub(super) fn end_key(list: List, kind: &str) -> Option<&'static str> {
    span_keys(list, kind).1
}

/// The paths of the times that move with it. An amendment is sent at another time, and asks for the same as before.
pub(super) fn moving(list: List, kind: &str, block: &Block) -> Vec<String> {
    let whole: &[&str] = match (list, kind) {
        (List::Steps | List::Trainee, "send") => &["at", "service_start", "service_end"],
        (List::Steps | List::Trainee, "fault" | "weather" | "baseline") => &["at", "until"],
        (List::Steps | List::Trainee, _) => &["at"],
        (List::Marks, _) => &["from", "until", "by", "after"],
        (List::Expect, _) => &[],
    };
    let is_level = |path: &str| path.starts_with("setpoints[") && path.ends_with("].at");
    let moves = |path: &str| whole.contains(&path) || (kind == "send" && is_level(path));
    let paths = block.fields.iter().map(|field| &field.path).filter(|path| moves(path));
    paths.filter(|path| offset(block, path).is_some()).cloned().collect()
}

pub(super) fn offset(block: &Block, path: &str) -> Option<Offset> {
    block.text(path).and_then(|text| text.parse().ok())
}

fn words(list: List, kind: &str, block: &Block) -> String {
    let of = |path: &str| {
        let field = block.field(path)?;
        Some(field.text.clone().unwrap_or_else(|| field.written.clone()))
    };
    let or = |path: &str| of(path).unwrap_or_else(|| "…".to_owned());
    let spelt = kind.replace('_', " ");
    match (list, kind) {
        (List::Expect, "alarms") => match of("containing") {
            Some(containing) => format!("{} alarms with “{containing}”", or("alarms")),
            None => format!("{} alarms", or("alarms")),
        },
        (List::Expect, _) => match of("phase") {
            Some(phase) => format!("{}: {}", or("ref"), phase.replace('_', " ")),
            None => or("ref"),
        },
        (List::Marks, _) => format!("{}: {}", figure(&or("marks")), or("for")),
        (_, "send") => format!("Send {} to {}{}", or("ref"), or("unit"), level(block)),
        (_, "amend") => format!("Amend {}{}", or("ref"), level(block)),
        (_, "stop") => format!("Stop {}", or("ref")),
        (_, "emergency_stop") => "EMERGENCY STOP".to_owned(),
        (_, "fault") => {
            format!("{}: {}", fault_name(&or("fault")), of("unit").unwrap_or_else(|| or("fsp")))
        }
        (_, "weather") => match block.field("share").and_then(|field| field.written.parse::<f64>().ok()) {
            Some(share) => format!("{} makes {:.0} % of what was forecast", or("unit"), share * 100.0),
            None => format!("weather at {}", or("unit")),
        },
        (_, "baseline") => format!("{} departs by {} kW", or("unit"), figure(&or("kw"))),
        (_, "tell") => format!("{}: “{}”", or("from"), or("text")),
        (_, "note") => or("text"),
        (_, "acknowledge") => format!("Acknowledge “{}”", or("containing")),
        (_, "shelve") => format!("Shelve “{}”", or("containing")),
        (_, "") => "Says not what it is".to_owned(),
        _ => spelt,
    }
}

/// A fault as people call it; one that there is not, as it is written.
fn fault_name(word: &str) -> String {
    let of_unit = UnitFault::ALL.iter().find(|fault| fault.word() == word).map(UnitFault::name);
    let of_fsp = || FspFault::ALL.iter().find(|fault| fault.word() == word).map(FspFault::name);
    of_unit.or_else(of_fsp).unwrap_or(word).to_owned()
}

/// A number as people write it, with as many decimals as it has; what is none, as it is written.
fn figure(written: &str) -> String {
    let plain = written.replace('_', "");
    let decimals = plain.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    plain.parse().map_or_else(|_| written.to_owned(), |number| grouped(number, decimals))
}

/// `, +500 kW`: the first level that is asked for.
fn level(block: &Block) -> String {
    let Some(kw) = block.field("setpoints[0].real_kw") else { return String::new() };
    let sign = if kw.written.starts_with('-') { "" } else { "+" };
    let kw = figure(&kw.written);
    let more = if block.fields.iter().any(|field| field.path == "setpoints[1]") { ", …" } else { "" };
    match block.text("setpoints[0].reference") {
        Some("ABSOLUTE") => format!(", at {kw} kW{more}"),
        _ => format!(", {sign}{kw} kW{more}"),
    }
}
