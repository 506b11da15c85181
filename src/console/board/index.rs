//! Which dispatches are shown, in rows by unit and in the order of the list: worked out anew only when the snapshot, what a
//! person asked for, or what is overdue has changed. Pure.

use std::collections::BTreeMap;
use std::ops::Range;

use super::bar::{Bar, into_lanes};
use super::trouble::Filter;
use crate::desk::snapshot::{DispatchState, Snapshot};
use crate::dispatch::{DispatchKey, DispatchUnit};
use crate::time::UtcTime;

/// What a person asked to see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Which dispatches.
    pub filter: Filter,
    /// Words that must all be found in a dispatch.
    pub search: String,
}

/// A unit's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Whose.
    pub unit: DispatchUnit,
    /// Its bars among [`Index::bars`], in order of their beginning.
    pub bars: Range<usize>,
    /// How many lanes they need; at least 1.
    pub lanes: usize,
    /// How many lanes all rows above it need.
    pub lanes_above: usize,
}

/// All that is shown.
#[derive(Debug, Default)]
pub struct Index {
    made_of: Option<(u64, Query)>,
    /// From then on another answer is overdue.
    until: Option<UtcTime>,
    /// In order of FSP and unit.
    pub rows: Vec<Row>,
    /// Row by row, in order of their beginning.
    pub bars: Vec<Bar>,
    /// The list's order, which is the snapshot's: places among [`Index::bars`].
    pub list: Vec<usize>,
    /// Dispatches of which something is awaited, as places of the snapshot; what is overdue longest first.
    pub waiting: Vec<usize>,
    /// How many of the dispatches that the search finds each filter leaves, in the order of [`Filter::ALL`].
    pub counts: [usize; Filter::ALL.len()],
}

impl Index {
    /// Works it out anew where anything is another than before.
    pub fn refresh(&mut self, snapshot: &Snapshot, query: &Query, now: UtcTime) {
        let same =
            self.made_of.as_ref().is_some_and(|(sequence, of)| *sequence == snapshot.sequence && of == query);
        if same && self.until.is_none_or(|until| now <= until) {
            return;
        }
        let dispatches = &snapshot.dispatches;
        let mut found: Vec<Bar> = Vec::new();
        self.counts = Default::default();
        let words: Vec<String> = query.search.split_whitespace().map(str::to_lowercase).collect();
        for (place, dispatch) in dispatches.iter().enumerate().filter(|(_, d)| is_found(d, snapshot, &words))
        {
            let Some(bar) = Bar::of(place, dispatch, now) else { continue };
            for (filter, count) in Filter::ALL.into_iter().zip(&mut self.counts) {
                *count += usize::from(filter.leaves(dispatch.is_open(), bar.troubles));
            }
            if query.filter.leaves(dispatch.is_open(), bar.troubles) {
                found.push(bar);
            }
        }
        self.arrange(snapshot, found);
        self.waiting = (0..dispatches.len()).filter(|place| dispatches[*place].due.is_some()).collect();
        self.waiting.sort_by_key(|place| dispatches[*place].due);
        self.until = dispatches.iter().filter_map(|d| d.due).filter(|due| *due >= now).min();
        self.made_of = Some((snapshot.sequence, query.clone()));
    }

    fn arrange(&mut self, snapshot: &Snapshot, found: Vec<Bar>) {
        let mut by_unit: BTreeMap<&DispatchUnit, Vec<Bar>> = BTreeMap::new();
        for bar in found {
            if let Some(document) = snapshot.dispatches[bar.place].dispatch() {
                by_unit.entry(&document.unit).or_default().push(bar);
            }
        }
        self.rows.clear();
        self.bars.clear();
        let mut lanes_above = 0;
        for (unit, mut bars) in by_unit {
            bars.sort_by_key(|b| (b.from, b.to, b.place));
            let lanes = into_lanes(&mut bars).max(1);
            let from = self.bars.len();
            self.bars.extend(bars);
            self.rows.push(Row { unit: unit.clone(), bars: from..self.bars.len(), lanes, lanes_above });
            lanes_above += lanes;
        }
        self.list = (0..self.bars.len()).collect();
        self.list.sort_by_key(|i| self.bars[*i].place);
    }

    /// Where the bar of a dispatch is.
    pub fn bar_of(&self, snapshot: &Snapshot, key: &DispatchKey) -> Option<usize> {
        self.bars.iter().position(|b| snapshot.dispatches.get(b.place).is_some_and(|d| d.key == *key))
    }

    /// The row that holds a bar.
    pub fn row_of(&self, bar: usize) -> Option<usize> {
        self.rows.iter().position(|r| r.bars.contains(&bar))
    }

    /// From the first beginning to the last end.
    pub fn extent(&self) -> Option<(UtcTime, UtcTime)> {
        let from = self.bars.iter().map(|b| b.from).min()?;
        Some((from, self.bars.iter().map(|b| b.to).max()?))
    }

    /// Where a step takes a person from a bar; without one, where it begins.
    pub fn step(&self, from: Option<usize>, step: Step) -> Option<usize> {
        let last = self.bars.len().checked_sub(1)?;
        let Some(from) = from else {
            return Some(if matches!(step, Step::Last) { last } else { 0 });
        };
        let row = self.row_of(from).and_then(|r| self.rows.get(r))?;
        Some(match step {
            Step::Next(by) => (from + by).min(last),
            Step::Previous(by) => from.saturating_sub(by),
            Step::Later => (from + 1).min(row.bars.end - 1),
            Step::Earlier => from.saturating_sub(1).max(row.bars.start),
            Step::First => 0,
            Step::Last => last,
        })
    }
}

/// A step through the dispatches shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// So many on, row by row.
    Next(usize),
    /// So many back.
    Previous(usize),
    /// The next of the same unit.
    Later,
    /// The one before of the same unit.
    Earlier,
    /// The first of all.
    First,
    /// The last of all.
    Last,
}

/// Whether every word is found in a dispatch: its ref, operator, contract, unit and its name, status or phase.
fn is_found(dispatch: &DispatchState, snapshot: &Snapshot, words: &[String]) -> bool {
    let Some(document) = dispatch.dispatch() else { return false };
    if words.is_empty() {
        return true;
    }
    let units = &snapshot.units;
    let name = units.binary_search_by(|u| u.unit.cmp(&document.unit)).map_or("", |i| &units[i].name);
    let text = format!(
        "{} {} {} {} {name} {} {}",
        dispatch.key.dispatch_ref,
        dispatch.key.operator,
        document.contract,
        document.unit,
        document.status,
        dispatch.phase.word(),
    )
    .to_lowercase();
    words.iter().all(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::console::testing::{NOW, at, key, snapshot};

    fn index(query: &Query) -> Index {
        let mut index = Index::default();
        index.refresh(&snapshot(), query, at(NOW));
        index
    }

    fn refs(index: &Index, snapshot: &Snapshot, order: impl Iterator<Item = usize>) -> String {
        let name = |i: usize| snapshot.dispatches[index.bars[i].place].key.dispatch_ref.to_string();
        order.map(name).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn rows_are_units_in_order_and_the_list_keeps_the_latest_first() {
        let index = index(&Query::default());
        let units: Vec<_> = index.rows.iter().map(|r| r.unit.to_string()).collect();
        assert_eq!(
            units,
            [
                "BRIGHTFLEX/BESS-02",
                "BRIGHTFLEX/BESS-07",
                "COLDCHAIN/STORE-1",
                "GREENLEAF/HEAT-1",
                "NORTHGEN/GEN-1",
                "NORTHGEN/GEN-2"
            ]
        );
        let by_rows = refs(&index, &snapshot(), 0..index.bars.len());
        assert_eq!(by_rows, "EMID-0415 EMID-0417 EMID-0418 EMID-0419 EMID-0420 EMID-0416");
        let by_list = refs(&index, &snapshot(), index.list.iter().copied());
        assert_eq!(by_list, "EMID-0420 EMID-0418 EMID-0416 EMID-0417 EMID-0419 EMID-0415");
        assert_eq!(index.counts, [6, 4, 2, 1, 1, 0]);
    }

    #[test]
    fn a_search_finds_dispatches_by_any_of_their_words_and_the_counts_follow() {
        for (search, found) in [
            ("0417", "EMID-0417"),
            ("brightflex", "EMID-0415 EMID-0417"),
            ("BESS-07 setpoint", "EMID-0417"),
            ("nottingham", "EMID-0420 EMID-0416"),
            ("rejected", "EMID-0416"),
            ("nothing like it", ""),
        ] {
            let index = index(&Query { search: search.to_owned(), ..Query::default() });
            assert_eq!(refs(&index, &snapshot(), 0..index.bars.len()), found, "{search}");
            assert_eq!(index.counts[0], index.bars.len());
        }
        let late = Query { filter: Filter::Late, search: "coldchain".to_owned() };
        assert_eq!(refs(&index(&late), &snapshot(), 0..1), "EMID-0418");
    }

    #[test]
    fn an_answer_becomes_late_by_time_alone() {
        let mut shown = snapshot();
        let mut late = (*shown.dispatches[1]).clone();
        late.due = Some(at("2026-11-26T17:20:30Z"));
        shown.dispatches[1] = Arc::new(late);
        let query = Query { filter: Filter::Late, ..Query::default() };
        let mut index = Index::default();
        for (now, count) in
            [(NOW, 1), ("2026-11-26T17:20:30Z", 1), ("2026-11-26T17:20:31Z", 2), ("2026-11-26T17:21:00Z", 2)]
        {
            index.refresh(&shown, &query, at(now));
            assert_eq!(index.bars.len(), count, "{now}");
        }
    }

    #[test]
    fn keys_walk_through_what_is_shown_and_along_a_unit() {
        let mut shown = snapshot();
        let mut again = (*shown.dispatches[3]).clone();
        again.key = key("EMID-0499");
        shown.dispatches.push(Arc::new(again));
        let mut index = Index::default();
        index.refresh(&shown, &Query::default(), at(NOW));
        let at = |text: &str| index.bar_of(&shown, &key(text));
        for (from, step, to) in [
            (None, Step::Next(1), "EMID-0415"),
            (None, Step::Last, "EMID-0416"),
            (Some("EMID-0415"), Step::Next(1), "EMID-0417"),
            (Some("EMID-0417"), Step::Later, "EMID-0499"),
            (Some("EMID-0499"), Step::Later, "EMID-0499"),
            (Some("EMID-0499"), Step::Earlier, "EMID-0417"),
            (Some("EMID-0417"), Step::Earlier, "EMID-0417"),
            (Some("EMID-0418"), Step::Previous(1), "EMID-0499"),
            (Some("EMID-0418"), Step::Previous(50), "EMID-0415"),
            (Some("EMID-0418"), Step::Next(50), "EMID-0416"),
            (Some("EMID-0418"), Step::First, "EMID-0415"),
        ] {
            assert_eq!(index.step(from.and_then(at), step), at(to), "{from:?} {step:?}");
        }
        assert_eq!(Index::default().step(None, Step::First), None);
        assert_eq!(index.rows[1].lanes, 2, "two at a time of one unit lie in two lanes");
    }
}
