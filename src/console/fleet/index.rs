//! Which units are shown, in which order: worked out when the snapshot or the query changes, not once a frame.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::console::search;
use crate::desk::snapshot::{LinkState, Snapshot, UnitState};
use crate::dispatch::FspId;
use crate::time::UtcTime;
use crate::workshop::enrolment::AssetKind;

/// Which units are of interest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Show {
    /// All.
    #[default]
    All,
    /// With a lamp that is not live.
    NotLive,
    /// With a dispatch in force or to come.
    Dispatched,
    /// Held still by an emergency stop.
    Inhibited,
}

impl Show {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::All, Self::NotLive, Self::Dispatched, Self::Inhibited];

    /// On its button.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::NotLive => "Not live",
            Self::Dispatched => "Dispatched",
            Self::Inhibited => "Inhibited",
        }
    }

    /// Under the pointer.
    pub fn means(self) -> &'static str {
        match self {
            Self::All => "every unit",
            Self::NotLive => "units of which the client or the unit itself is late, lost or unknown",
            Self::Dispatched => "units with a dispatch in force or to come",
            Self::Inhibited => "units that an emergency stop holds still",
        }
    }
}

/// What the rows are in order of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sort {
    /// FSP and unit.
    #[default]
    Unit,
    /// The client's lamp, worst first when descending.
    Client,
    /// The unit's lamp.
    Lamp,
    /// Name.
    Name,
    /// Kind.
    Kind,
    /// State.
    State,
    /// Net power.
    Power,
    /// State of charge.
    Charge,
    /// The client's last poll.
    Poll,
}

/// What a person asked to see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Words that must all be found in a unit.
    pub search: String,
    /// Which units.
    pub show: Show,
    /// Which kind; `None` for any.
    pub kind: Option<AssetKind>,
    /// In which order.
    pub sort: Sort,
    /// Greatest or last first.
    pub descending: bool,
    /// With a line for each FSP.
    pub grouped: bool,
}

impl Query {
    /// A click on a column's head: sorts by it, or turns the order round.
    pub fn sort_by(&mut self, sort: Sort) {
        self.descending = self.sort == sort && !self.descending;
        self.sort = sort;
    }
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// An FSP above its units: its place in the snapshot, when it is there.
    Group {
        /// Whose units follow.
        fsp: FspId,
        /// How many.
        units: usize,
    },
    /// A unit: its place in the snapshot.
    Unit(usize),
}

/// The rows to show.
#[derive(Debug, Default)]
pub struct Index {
    made_of: Option<(u64, Query)>,
    /// In order.
    pub rows: Vec<Row>,
    /// How many of them are units.
    pub units: usize,
}

impl Index {
    /// Works the rows out anew when the snapshot or the query is another.
    pub fn refresh(&mut self, snapshot: &Snapshot, query: &Query) {
        let up_to_date =
            self.made_of.as_ref().is_some_and(|(sequence, of)| *sequence == snapshot.sequence && of == query);
        if up_to_date {
            return;
        }
        let found = find(snapshot, query);
        self.units = found.len();
        self.rows =
            if query.grouped { group(snapshot, &found) } else { found.into_iter().map(Row::Unit).collect() };
        self.made_of = Some((snapshot.sequence, query.clone()));
    }

    /// Which row shows that unit of the snapshot.
    pub fn row_of(&self, unit: usize) -> Option<usize> {
        self.rows.iter().position(|r| *r == Row::Unit(unit))
    }
}

/// The FSP's client as the snapshot has it: lamp and last poll.
pub fn client(snapshot: &Snapshot, fsp: &FspId) -> (LinkState, Option<UtcTime>) {
    snapshot
        .fsps
        .binary_search_by(|f| f.id.cmp(fsp))
        .map_or((LinkState::Unknown, None), |i| (snapshot.fsps[i].client, snapshot.fsps[i].last_poll))
}

fn find(snapshot: &Snapshot, query: &Query) -> Vec<usize> {
    let words: Vec<&str> = query.search.split_whitespace().collect();
    let units = &snapshot.units;
    let mut found: Vec<usize> = (0..units.len())
        .filter(|i| is_shown(snapshot, &units[*i], query) && words.iter().all(|w| holds(&units[*i], w)))
        .collect();
    // The snapshot is in order of FSP and unit, and the sort keeps that order among equals.
    if query.sort != Sort::Unit {
        found.sort_by(|a, b| order(snapshot, &units[*a], &units[*b], query.sort, query.descending));
    } else if query.descending {
        found.reverse();
    }
    found
}

fn is_shown(snapshot: &Snapshot, unit: &UnitState, query: &Query) -> bool {
    let of_kind = query.kind.is_none_or(|kind| AssetKind::of(&unit.asset) == kind);
    let of_interest = match query.show {
        Show::All => true,
        Show::NotLive => {
            unit.lamp != LinkState::Live || client(snapshot, &unit.unit.fsp).0 != LinkState::Live
        }
        Show::Dispatched => unit.active.is_some(),
        Show::Inhibited => unit.state == "INHIBITED",
    };
    of_kind && of_interest
}

fn holds(unit: &UnitState, word: &str) -> bool {
    search::holds(unit, word) || search::contains(&unit.state, word)
}

fn order(snapshot: &Snapshot, a: &UnitState, b: &UnitState, sort: Sort, descending: bool) -> Ordering {
    let turned = |order: Ordering| if descending { order.reverse() } else { order };
    // What has no number comes last, whichever way the numbers go.
    let numbers = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => turned(a.total_cmp(&b)),
        (a, b) => b.is_some().cmp(&a.is_some()),
    };
    match sort {
        Sort::Unit => turned(a.unit.cmp(&b.unit)),
        Sort::Client => turned(client(snapshot, &a.unit.fsp).0.cmp(&client(snapshot, &b.unit.fsp).0)),
        Sort::Lamp => turned(a.lamp.cmp(&b.lamp)),
        Sort::Name => turned(a.name.cmp(&b.name)),
        Sort::Kind => turned(a.kind.cmp(&b.kind)),
        Sort::State => turned(a.state.cmp(&b.state)),
        Sort::Power => numbers(a.kw, b.kw),
        Sort::Charge => numbers(a.soc, b.soc),
        Sort::Poll => turned(client(snapshot, &a.unit.fsp).1.cmp(&client(snapshot, &b.unit.fsp).1)),
    }
}

/// The rows with a line above each FSP's: FSPs in order of id, units in the order found.
fn group(snapshot: &Snapshot, found: &[usize]) -> Vec<Row> {
    let mut by_fsp: std::collections::BTreeMap<&FspId, Vec<usize>> = std::collections::BTreeMap::new();
    for index in found {
        by_fsp.entry(&snapshot.units[*index].unit.fsp).or_default().push(*index);
    }
    by_fsp
        .into_iter()
        .flat_map(|(fsp, units)| {
            let head = Row::Group { fsp: fsp.clone(), units: units.len() };
            std::iter::once(head).chain(units.into_iter().map(Row::Unit))
        })
        .collect()
}
