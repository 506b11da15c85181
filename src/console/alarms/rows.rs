//! The rows of the alarm list: each alarm by itself, or those of an FSP in one row. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::desk::snapshot::{Alarm, Priority};

/// How alarms are put into rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Each by itself.
    #[default]
    Single,
    /// One row for an FSP with more than one.
    Grouped,
    /// The same, and what is of priority 1 and unacknowledged stands by itself on top.
    Flood,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// An alarm by its place in the list.
    Alarm {
        /// Its place.
        place: usize,
        /// Whether it stands below its group.
        inside: bool,
    },
    /// Those of one source.
    Group(Group),
}

/// The alarms of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Whose.
    pub source: String,
    /// Their places in the list.
    pub places: Vec<usize>,
    /// The gravest that nobody has acknowledged; of all of them when all are.
    pub worst: Priority,
    /// By priority.
    pub counts: [usize; 3],
    /// How many nobody has acknowledged.
    pub unacknowledged: usize,
    /// How many hold still.
    pub active: usize,
    /// Whether its alarms are shown below it.
    pub open: bool,
}

impl Group {
    fn of(alarms: &[Arc<Alarm>], places: Vec<usize>, open: &BTreeSet<String>) -> Option<Self> {
        let members = || places.iter().filter_map(|place| alarms.get(*place));
        let waiting = || members().filter(|alarm| alarm.acknowledged.is_none());
        let worst = waiting().map(|a| a.priority).min().or_else(|| members().map(|a| a.priority).min())?;
        let source = members().next()?.source.clone();
        Some(Self {
            worst,
            counts: Priority::ALL.map(|priority| members().filter(|a| a.priority == priority).count()),
            unacknowledged: waiting().count(),
            active: members().filter(|a| a.active).count(),
            open: open.contains(&source),
            source,
            places,
        })
    }

    /// `5 alarms: 1 of priority 1, 4 of priority 3; 2 not acknowledged`.
    pub fn words(&self) -> String {
        let by_priority: Vec<String> = Priority::ALL
            .into_iter()
            .zip(self.counts)
            .filter(|(_, count)| *count > 0)
            .map(|(priority, count)| format!("{count} of priority {}", priority.digit()))
            .collect();
        let noticed = match self.unacknowledged {
            0 => "all acknowledged".to_owned(),
            n => format!("{n} not acknowledged"),
        };
        format!("{} alarms: {}; {noticed}", self.places.len(), by_priority.join(", "))
    }
}

/// Puts alarms, which are in their order, into rows. `open` are the sources whose alarms are shown below their group.
pub fn rows(alarms: &[Arc<Alarm>], form: Form, open: &BTreeSet<String>) -> Vec<Row> {
    let on_top = |alarm: &Alarm| {
        form == Form::Flood && alarm.priority == Priority::High && alarm.acknowledged.is_none()
    };
    let alone = |place| Row::Alarm { place, inside: false };
    if form == Form::Single {
        return (0..alarms.len()).map(alone).collect();
    }
    let mut rows: Vec<Row> = Vec::new();
    let mut order: Vec<&str> = Vec::new();
    let mut by_source: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, alarm) in alarms.iter().enumerate() {
        if on_top(alarm) {
            rows.push(alone(place));
            continue;
        }
        let places = by_source.entry(&alarm.source).or_default();
        if places.is_empty() {
            order.push(&alarm.source);
        }
        places.push(place);
    }
    for source in order {
        match by_source.remove(source).as_deref() {
            None | Some([]) => {}
            Some([place]) => rows.push(alone(*place)),
            Some(places) => {
                let Some(group) = Group::of(alarms, places.to_vec(), open) else { continue };
                let below = if group.open { places } else { &[] };
                rows.push(Row::Group(group));
                rows.extend(below.iter().map(|place| Row::Alarm { place: *place, inside: true }));
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::testing::alarm;
    use crate::desk::rationale::AlarmKind;

    fn list(of: &[(Priority, &str, bool)]) -> Vec<Arc<Alarm>> {
        let one = |(id, (priority, source, acknowledged)): (u64, &(Priority, &str, bool))| {
            let mut alarm = Alarm::clone(&alarm(id, AlarmKind::Vtn, *priority, "wrong", (source, None)));
            alarm.acknowledged = acknowledged.then_some(alarm.raised);
            Arc::new(alarm)
        };
        (0..).zip(of).map(one).collect()
    }

    /// `alone`, ` inside`, `GROUP(n)`.
    fn words(rows: &[Row], alarms: &[Arc<Alarm>]) -> Vec<String> {
        rows.iter()
            .map(|row| match row {
                Row::Alarm { place, inside } => {
                    format!("{}{}{place}", if *inside { " " } else { "" }, alarms[*place].source)
                }
                Row::Group(group) => format!("{}({})", group.source, group.places.len()),
            })
            .collect()
    }

    #[test]
    fn alarms_stand_alone_by_fsp_or_by_fsp_with_the_gravest_on_top() {
        use Priority::{High, Low, Medium};
        let alarms = list(&[
            (High, "B", false),
            (Medium, "A", false),
            (Medium, "B", false),
            (Low, "C", false),
            (High, "A", true),
        ]);
        let shut = BTreeSet::new();
        let open = BTreeSet::from(["A".to_owned()]);
        for (form, open, expected) in [
            (Form::Single, &open, &["B0", "A1", "B2", "C3", "A4"][..]),
            (Form::Grouped, &shut, &["B(2)", "A(2)", "C3"]),
            (Form::Grouped, &open, &["B(2)", "A(2)", " A1", " A4", "C3"]),
            (Form::Flood, &shut, &["B0", "A(2)", "B2", "C3"]),
        ] {
            assert_eq!(words(&rows(&alarms, form, open), &alarms), expected, "{form:?}");
        }
    }

    #[test]
    fn a_group_is_as_grave_as_the_gravest_that_nobody_has_acknowledged() {
        use Priority::{High, Low, Medium};
        for (alarms, worst, words) in [
            (
                vec![(High, "A", true), (Medium, "A", false), (Low, "A", false)],
                Medium,
                "3 alarms: 1 of priority 1, 1 of priority 2, 1 of priority 3; 2 not acknowledged",
            ),
            (vec![(High, "A", true), (High, "A", true)], High, "2 alarms: 2 of priority 1; all acknowledged"),
        ] {
            let alarms = list(&alarms);
            let rows = rows(&alarms, Form::Grouped, &BTreeSet::new());
            let [Row::Group(group)] = &rows[..] else { panic!("{rows:?}") };
            assert_eq!((group.worst, group.words().as_str()), (worst, words));
        }
    }
}
