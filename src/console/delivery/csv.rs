//! What is shown, minute by minute, as CSV (RFC 4180). Pure.

use crate::desk::snapshot::{Snapshot, UnitState};
use crate::dispatch::DispatchUnit;
use crate::time::{UtcTime, in_london};

use super::sum::Sum;
use super::track::{Moment, Track, idle_moment};

/// A CSV text in the making: CRLF between records, as RFC 4180 has it.
struct Sheet(String);

impl Sheet {
    fn new(snapshot: &Snapshot, unit: &str, name: &str, dispatch: &str, revision: &str, power: &str) -> Self {
        let mut sheet = Self(String::new());
        sheet.record(["# Mode", snapshot.mode.word()]);
        sheet.record(["# Unit", unit]);
        sheet.record(["# Name", name]);
        sheet.record(["# Dispatch", dispatch]);
        sheet.record(["# Revision in force", revision]);
        sheet.record(["# Power", power]);
        let times = "Each row is the minute that ends then: UTC as ISO 8601; London as its clocks show, with GMT or BST";
        sheet.record(["# Times", times]);
        sheet.record(["# Gaps", "An empty field is not known; it is not zero"]);
        sheet.record(["# Made at", &snapshot.now.to_string()]);
        sheet
    }

    fn record<T: AsRef<str>>(&mut self, fields: impl IntoIterator<Item = T>) {
        for (index, field) in fields.into_iter().enumerate() {
            if index > 0 {
                self.0.push(',');
            }
            self.0.push_str(&escaped(field.as_ref()));
        }
        self.0.push_str("\r\n");
    }
}

/// A field as RFC 4180 writes it: in quotes when it holds a comma, a quote or a line break, quotes doubled.
fn escaped(field: &str) -> String {
    if field.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

/// Somebody's text: a spreadsheet must not take it for a formula.
fn text(words: &str) -> String {
    if words.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{words}") } else { words.to_owned() }
}

fn kilowatts(kw: Option<f64>) -> String {
    kw.map_or_else(String::new, |kw| {
        let text = format!("{kw:.3}");
        if text == "-0.000" { "0.000".to_owned() } else { text }
    })
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(String::new, |share| format!("{:.2}", share * 100.0))
}

/// The two columns of time.
fn times(end: UtcTime) -> [String; 2] {
    let local = in_london(end);
    [end.to_string(), format!("{} {} {}", local.date, local.time, local.zone)]
}

const TIME_COLUMNS: [&str; 2] = ["minute_end_utc", "minute_end_london"];

/// The ends of the whole minutes after `from`, up to `to`.
fn minutes(from: UtcTime, to: UtcTime) -> impl Iterator<Item = UtcTime> {
    let first = (from + 59).floor_to_minute() + 60;
    std::iter::successors(Some(first), |end| Some(*end + 60)).take_while(move |end| *end <= to)
}

/// Every minute from `from` to `to` of one unit, under a dispatch or none.
pub fn of_unit(
    snapshot: &Snapshot,
    named: &DispatchUnit,
    unit: Option<&UnitState>,
    track: Option<&Track>,
    (from, to): (UtcTime, UtcTime),
) -> String {
    let dispatch = track.map_or_else(|| "none".to_owned(), |t| t.dispatch.key.to_string());
    let revision = track
        .and_then(|t| t.dispatch.in_force.or_else(|| t.dispatch.dispatch().map(|d| d.revision)))
        .map_or_else(|| "none".to_owned(), |r| r.to_string());
    let name = unit.map_or_else(String::new, |u| text(&u.name));
    let power = "Mean net kW of the minute, positive = export; short and over in the direction asked";
    let mut sheet = Sheet::new(snapshot, &named.to_string(), &name, &dispatch, &revision, power);
    let columns = [
        "instructed_kw",
        "reachable_kw",
        "delivered_kw",
        "baseline_kw",
        "short_kw",
        "over_kw",
        "charge_percent",
    ];
    sheet.record(TIME_COLUMNS.into_iter().chain(columns));
    for end in minutes(from, to) {
        let moment = match (track, unit) {
            (Some(track), unit) => track.moment(unit, end),
            (None, Some(unit)) => idle_moment(unit, end),
            (None, None) => break,
        };
        let Moment { instructed, reachable, delivered, baseline, charge, score, .. } = moment;
        let marked = score.filter(|s| s.delivered_kw.is_some());
        let powers = [
            instructed,
            reachable,
            delivered,
            baseline,
            marked.map(|s| s.short_kw),
            marked.map(|s| s.over_kw),
        ];
        let powers = powers.map(kilowatts);
        sheet.record(times(end).into_iter().chain(powers).chain([percent(charge)]));
    }
    sheet.0
}

/// Every minute from `from` to `to` of the fleet summed.
pub fn of_fleet(snapshot: &Snapshot, sum: &Sum, (from, to): (UtcTime, UtcTime)) -> String {
    let count = |n: usize, what: &str| format!("{n} {what}");
    let unit = count(sum.tracks.len(), "dispatches summed");
    let refs: Vec<&str> = sum.tracks.iter().map(|t| t.dispatch.key.dispatch_ref.as_str()).collect();
    let power = "Mean kW of the minute against each unit's baseline, positive = turn up; baseline net kW";
    let mut sheet = Sheet::new(snapshot, &unit, "Fleet", &refs.join(" "), "as in force", power);
    let mut columns: Vec<String> = TIME_COLUMNS.map(str::to_owned).to_vec();
    columns.extend(
        ["instructed_kw", "reachable_kw", "delivered_kw", "baseline_kw", "short_kw", "over_kw"]
            .map(str::to_owned),
    );
    columns.extend(["units_asked", "units_metered"].map(str::to_owned));
    columns.extend(sum.layers.iter().map(|layer| format!("delivered_kw_{}", layer.replace(' ', "_"))));
    sheet.record(columns);
    for end in minutes(from, to) {
        let Some(minute) = sum.minute_at(end) else { continue };
        let known = minute.delivered();
        let powers = [
            Some(minute.instructed),
            Some(minute.reachable),
            known,
            Some(minute.baseline),
            known.map(|_| minute.short_kw()),
            known.map(|_| minute.over_kw()),
        ];
        let mut fields: Vec<String> = times(end).to_vec();
        fields.extend(powers.map(kilowatts));
        fields.extend([minute.asked.to_string(), minute.metered.to_string()]);
        fields.extend(minute.by_layer.iter().map(|kw| kilowatts(*kw)));
        sheet.record(fields);
    }
    sheet.0
}
