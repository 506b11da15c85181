//! A unit's availability as TOML: `availability = [{ from = "16:00", to = "20:00", up_kw = 500, down_kw = 0 }]`.

use super::availability::{Availability, DAY_MINUTES, Limits, Window, clock_text};
use super::reader::{Node, Reader, Table};
use crate::units::Watts;

const WINDOW: [&str; 4] = ["from", "to", "up_kw", "down_kw"];
const WINDOWS: &str = "write windows of London local time, as in [{ from = \"16:00\", to = \"20:00\" }]";
const TIME: &str = "write a London local time on the half-hour, as in \"16:30\"";

/// Reads the key; without it a unit is always offered as a whole.
pub(super) fn read_availability(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Availability> {
    let Some(node) = table.get("availability") else { return Some(Availability::Always) };
    let list = reader.list(&node, WINDOWS)?;
    let windows: Vec<Option<Window>> = list.iter().map(|entry| read_window(reader, entry)).collect();
    let mut windows: Vec<Window> = windows.into_iter().collect::<Option<_>>()?;
    windows.sort_by_key(|window| window.from);
    if let Some(pair) = windows.windows(2).find(|pair| pair[1].from < pair[0].to) {
        let message = format!(
            "the window from {} begins before the one from {} ends at {}; let none stand over another",
            clock_text(pair[1].from),
            clock_text(pair[0].from),
            clock_text(pair[0].to)
        );
        reader.wrong(&node, message);
    }
    Some(Availability::Windows(windows))
}

fn read_window(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<Window> {
    let table = reader.table(node, &WINDOW, WINDOWS)?;
    let from = time(reader, &table, "from");
    let to = time(reader, &table, "to");
    if let (Some(from), Some(to)) = (from, to)
        && to <= from
    {
        let message = format!(
            "`{}` is not after `{}`; write two windows for one over midnight, the first to \"24:00\"",
            clock_text(to),
            clock_text(from)
        );
        reader.wrong_in(&table, "to", message);
    }
    let up = limit(reader, &table, "up_kw");
    let down = limit(reader, &table, "down_kw");
    Some(Window { from: from?, to: to?, limits: Limits { up: up?, down: down? } })
}

fn time(reader: &mut Reader<'_>, table: &Table<'_>, key: &str) -> Option<u16> {
    let node = reader.required(table, key, TIME)?;
    let text = reader.text(&node, TIME)?;
    let minutes = half_hour(text);
    if minutes.is_none() {
        let message = format!("{} is no half-hour of a day; {TIME}", reader.shown(text));
        reader.wrong(&node, message);
    }
    minutes
}

/// `HH:MM` on the half-hour, up to `24:00`, as minutes.
fn half_hour(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str| {
        let plain = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| text.parse::<u16>().ok()).flatten()
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let all = hours * 60 + minutes;
    (matches!(minutes, 0 | 30) && all <= DAY_MINUTES).then_some(all)
}

/// How much is offered on a side; a limit that is left out is none.
#[expect(clippy::option_option, reason = "what cannot be read is told apart from what is left out")]
fn limit(reader: &mut Reader<'_>, table: &Table<'_>, key: &str) -> Option<Option<Watts>> {
    let Some(node) = table.get(key) else { return Some(None) };
    let watts = reader.watts(&node)?;
    if watts < 0 {
        let side = if key == "up_kw" { "down_kw" } else { "up_kw" };
        let message = format!("is below 0; write kW from 0, and what goes the other way under {side}");
        reader.wrong(&node, message);
        return None;
    }
    Some(Some(Watts(watts)))
}
