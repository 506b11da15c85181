//! Fleet files: baselines of every kind.

use super::fleets::{GOOD, read};
use super::{Case, hold};

const BASELINES: &[Case] = &[
    (
        "baseline = { kind = \"fixed\", kw = 0 }\n\n[units.asset]",
        "baseline = { kind = \"monthly\", kw = 0 }\n\n[units.asset]",
        &[
            "fleet.toml:31: units[0].baseline.kind: `monthly` is not known; write zero, fixed, daily, weekly, nominated or historical",
        ],
    ),
    (
        "baseline = { kind = \"fixed\", kw = 0 }\n\n[units.asset]",
        "baseline = { kind = \"weekly\" }\n\n[units.asset]",
        &[
            "fleet.toml:31: units[0].baseline.days: is missing; write days with local times and net kW, as in { weekdays = [[\"00:00\", -300]], weekend = [[\"00:00\", -100]] }",
        ],
    ),
    (
        "baseline = { kind = \"fixed\", kw = 0 }\n\n[units.asset]",
        "baseline = { kind = \"weekly\", days = { weekdays = [[\"00:00\", -300]] } }\n\n[units.asset]",
        &[
            "fleet.toml:31: units[0].baseline.days: there is no level for sat; write sat = [[\"00:00\", -300]], or weekend",
        ],
    ),
    (
        "baseline = { kind = \"fixed\", kw = 0 }\n\n[units.asset]",
        "baseline = { kind = \"weekly\", days = { weekdays = [[\"00:00\", -300]], weekend = [[\"00:00\", -1], [\"00:00\", -2]] } }\n\n[units.asset]",
        &[
            "fleet.toml:31: units[0].baseline.days.weekend: `00:00` does not come after `00:00`; write the times in ascending order",
        ],
    ),
    (
        "baseline = { kind = \"fixed\", kw = 0 }\n\n[units.asset]",
        "baseline = { kind = \"weekly\", days = { weekdays = [[\"00:00\", -300]], weekend = [], holidays = [] } }\n\n[units.asset]",
        &[
            "fleet.toml:31: units[0].baseline.days.holidays: no key has this name here; known are weekdays, weekend, mon, tue, wed, thu, fri, sat, sun",
            "fleet.toml:31: units[0].baseline.days.weekend: a daily baseline has no points; write at least one, as in [[\"00:00\", -300]]",
        ],
    ),
    (
        "baseline = { kind = \"fixed\", kw = 0 }\n\n[units.asset]",
        "baseline = { kind = \"nominated\", stretches = [] }\n\n[units.asset]",
        &["fleet.toml:31: units[0].baseline.outside_kw: is missing; write net kW, negative for import"],
    ),
    (
        "baseline = { kind = \"fixed\", kw = 0 }\n\n[units.asset]",
        "baseline = { kind = \"nominated\", outside_kw = 0, stretches = [[\"2026-11-26T17:10:00Z\", \"2026-11-26T18:00:00Z\", -4]] }\n\n[units.asset]",
        &[
            "fleet.toml:31: units[0].baseline.stretches[0]: 2026-11-26T17:10:00Z is not the start of a half-hour; write one on the hour or half past",
        ],
    ),
    (
        "baseline = { kind = \"fixed\", kw = 0 }\n\n[units.asset]",
        "baseline = { kind = \"nominated\", outside_kw = 0, stretches = [[\"2026-11-26T17:00:00Z\", \"2026-11-26T17:00:00Z\", -4]] }\n\n[units.asset]",
        &[
            "fleet.toml:31: units[0].baseline.stretches[0]: it ends at 2026-11-26T17:00:00Z, not after 2026-11-26T17:00:00Z; write a later end",
        ],
    ),
    (
        "baseline = { kind = \"fixed\", kw = 0 }\n\n[units.asset]",
        "baseline = { kind = \"nominated\", outside_kw = 0, stretches = [[\"2026-11-26T17:00:00Z\", \"2026-11-26T18:00:00Z\", -4], [\"2026-11-26T17:30:00Z\", \"2026-11-26T19:00:00Z\", -4]] }\n\n[units.asset]",
        &[
            "fleet.toml:31: units[0].baseline.stretches[1]: 2026-11-26T17:30:00Z is before 2026-11-26T18:00:00Z, when the one above ends; write the stretches in ascending order",
        ],
    ),
    (
        "baseline = { kind = \"fixed\", kw = 0 }\n\n[units.asset]",
        "baseline = { kind = \"nominated\", outside_kw = 0, stretches = [[\"2026-11-26T17:00\", \"2026-11-26T18:00:00Z\", -4]] }\n\n[units.asset]",
        &[
            "fleet.toml:31: units[0].baseline.stretches[0][0]: `2026-11-26T17:00` is not written in UTC; end it with Z, as in 2026-11-26T17:00:00Z",
        ],
    ),
    (
        "baseline = { kind = \"fixed\", kw = 0 }\n\n[units.asset]",
        "baseline = { kind = \"nominated\", outside_kw = 0, stretches = [[\"2026-11-26T17:00:00Z\", -4]] }\n\n[units.asset]",
        &[
            "fleet.toml:31: units[0].baseline.stretches[0]: this has 2 entries; write from, until and net kW, as in [\"2026-11-26T17:00:00Z\", \"2026-11-26T19:00:00Z\", -400]",
        ],
    ),
    (
        "baseline = { kind = \"fixed\", kw = 0 }\n\n[units.asset]",
        "baseline = { kind = \"historical\", days = {} }\n\n[units.asset]",
        &[
            "fleet.toml:31: units[0].baseline.days: there is no whole weekday among them; write at least one, as in \"2026-11-26\" = [48 kW]",
        ],
    ),
    (
        "baseline = { kind = \"fixed\", kw = 0 }\n\n[units.asset]",
        "baseline = { kind = \"historical\", days = { \"26 November\" = [1] } }\n\n[units.asset]",
        &["fleet.toml:31: units[0].baseline.days.26 November: `26 November` is not a date; write 2026-11-26"],
    ),
    (
        "baseline = { kind = \"fixed\", kw = 0 }\n\n[units.asset]",
        "baseline = { kind = \"historical\", days = { \"2026-11-26\" = [1], \"2026-11-27\" = [1] } }\n\n[units.asset]",
        &[
            "fleet.toml:31: units[0].baseline.days.2026-11-26: has 1 half-hour and the day has 48; write all of them, fewer for the last day alone",
        ],
    ),
    (
        "baseline = { kind = \"fixed\", kw = 0 }\n\n[units.asset]",
        "baseline = { kind = \"historical\", of_days = 0, days = {} }\n\n[units.asset]",
        &[
            "fleet.toml:31: units[0].baseline.of_days: `0` is out of bounds; write a whole number of days, 1 to 60",
        ],
    ),
    (
        "baseline = { kind = \"fixed\", kw = 0 }\n\n[units.asset]",
        "baseline = { kind = \"historical\", same_day_cap = 20, days = {} }\n\n[units.asset]",
        &[
            "fleet.toml:31: units[0].baseline.same_day_cap: 20 is out of bounds; write a share from 0 to 0.5, as in 0.2 for ±20 %",
        ],
    ),
    (
        "baseline = { kind = \"fixed\", kw = 0 }\n\n[units.asset]",
        "baseline = { kind = \"historical\", days = { \"2027-03-28\" = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] } }\n\n[units.asset]",
        &[
            "fleet.toml:31: units[0].baseline.days.2027-03-28: has 48 half-hours and the day has 46; write one kW for each",
        ],
    ),
];

#[test]
fn a_baseline_that_cannot_be_is_named_with_line_field_and_what_would_be_right() {
    hold(GOOD, BASELINES, read);
}
