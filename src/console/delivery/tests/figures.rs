//! What is computed, as tables.

use std::sync::Arc;

use super::{
    BATTERY, assert_near, delivering, kilowatts, marked, on, quiet_snapshot, snapshot_with, track, unit_of,
    utc,
};
use crate::console::delivery::planned::Planned;
use crate::console::delivery::say::{deviation, energies, figures, of_track};
use crate::console::delivery::scorecard::{marks, unmarked};
use crate::console::delivery::strip::{beats, in_words};
use crate::console::delivery::trace::deviation_bands;
use crate::console::delivery::track::{Track, known_baseline, metered_runs};
use crate::console::plot::curves::Band;
use crate::console::plot::instant::seconds;
use crate::console::testing::{NOW, at, dispatch, revision, rung};
use crate::desk::lifeline::Lifeline;
use crate::desk::snapshot::{DispatchState, Phase};
use crate::dispatch::{Dispatch, Stage, Status};
use crate::power::{Baseline, Reading, Series};
use crate::time::UtcTime;

fn kwh(bands: &[Band]) -> f64 {
    let areas = bands
        .iter()
        .flat_map(|b| (1..b.at.len()).map(move |i| (b.at[i] - b.at[i - 1]) * (b.high[i] - b.low[i])));
    areas.sum::<f64>() / 3600.0
}

#[test]
fn a_unit_that_delivers_half_is_short_by_the_exact_energy_and_so_says_the_scorecard() {
    let state = delivering("EMID-1", BATTERY, 2000, &[("16:50", "17:00", 0.0), ("17:00", "17:20", 1000.0)]);
    let snapshot = quiet_snapshot();
    let score = marked(state.clone(), unit_of(&snapshot, BATTERY)).score.unwrap();
    let track = track(state);
    assert_eq!(track.score.as_ref(), Some(&*score), "the marks are those that the desk makes");
    let totals = track.totals(at(NOW));
    // 1,000 of 2,000 kW for 20 minutes.
    assert_near(totals.short_kwh, 1000.0 / 3.0);
    assert_near(totals.over_kwh, 0.0);
    assert_eq!((totals.missing, totals.minutes), (0, 20));
    assert_near(totals.asked_kwh, score.asked_kwh);
    assert_near(totals.delivered_kwh, score.delivered_kwh);
    let (short, over) = deviation_bands(track.minutes.iter());
    assert_near(kwh(&short), 1000.0 / 3.0);
    assert!(over.is_empty());
    let moment = track.moment(None, on("17:10"));
    assert_eq!((kilowatts(moment.instructed), moment.delivered), (Some(2000), Some(1000.0)));
    assert_eq!(
        deviation(&moment).map(|(kw, word)| (kilowatts(Some(kw)), word)),
        Some((Some(-1000), "short"))
    );
    assert_eq!(energies(&totals), "333.3 kWh short, 0.0 kWh over");
}

#[test]
fn more_than_asked_never_makes_up_for_a_shortfall() {
    let track =
        track(delivering("EMID-1", BATTERY, 2000, &[("17:00", "17:10", 2500.0), ("17:10", "17:20", 1500.0)]));
    let totals = track.totals(at(NOW));
    assert_near(totals.over_kwh, 500.0 / 6.0);
    assert_near(totals.short_kwh, 500.0 / 6.0);
    let (short, over) = deviation_bands(track.minutes.iter());
    assert_near(kwh(&short), 500.0 / 6.0);
    assert_near(kwh(&over), 500.0 / 6.0);
    let edges = |band: &Band| (kilowatts(Some(band.low[0])), kilowatts(Some(band.high[0])));
    assert_eq!(edges(&short[0]), (Some(1500), Some(2000)), "short hangs from what was asked");
    assert_eq!(edges(&over[0]), (Some(2000), Some(2500)), "over stands on it");
    assert_eq!(deviation(&track.moment(None, on("17:05"))).map(|d| d.1), Some("over"));
}

#[test]
fn the_wrong_way_is_short_by_all_that_was_asked_and_no_more() {
    let track = track(delivering("EMID-1", BATTERY, 2000, &[("17:00", "17:20", -500.0)]));
    assert_near(track.totals(at(NOW)).short_kwh, 2000.0 / 3.0);
    let (short, over) = deviation_bands(track.minutes.iter());
    assert_near(short[0].low[0], 0.0);
    assert_near(short[0].high[0], 2000.0);
    assert!(over.is_empty());
}

#[test]
fn minutes_without_a_reading_are_a_gap_and_not_zero() {
    let state =
        delivering("EMID-1", BATTERY, 2000, &[("17:00", "17:05", 2000.0), ("17:10", "17:20", 2000.0)]);
    let runs = metered_runs(&state.readings, seconds(on("16:50")), seconds(on("18:00")), 0.0);
    let ends: Vec<(String, String)> =
        runs.iter().map(|run| (utc(run[0][0]), utc(run[run.len() - 1][0]))).collect();
    assert_eq!(
        ends,
        [
            ("2026-11-26T17:00:00Z".to_owned(), "2026-11-26T17:05:00Z".to_owned()),
            ("2026-11-26T17:10:00Z".to_owned(), "2026-11-26T17:20:00Z".to_owned())
        ]
    );
    assert!(runs.iter().flatten().all(|p| p[1] == 2000.0));
    let track = track(state);
    let totals = track.totals(at(NOW));
    assert_eq!(totals.missing, 5);
    assert_near(totals.short_kwh, 0.0);
    assert_near(totals.over_kwh, 0.0);
    let gap = track.moment(None, on("17:07"));
    assert_eq!((gap.delivered, deviation(&gap)), (None, None));
    assert!(figures(&gap).contains(&("Delivered", "not metered".to_owned())));
    assert_eq!(energies(&totals), "0.0 kWh short, 0.0 kWh over, 5 minutes without a reading");
}

#[test]
fn the_energies_up_to_a_moment_leave_out_what_came_after() {
    let track =
        track(delivering("EMID-1", BATTERY, 2000, &[("17:00", "17:10", 2000.0), ("17:10", "17:20", 800.0)]));
    assert_near(track.totals(on("17:10")).short_kwh, 0.0);
    assert_near(track.totals(on("17:11")).short_kwh, 20.0);
    assert_near(track.totals(on("17:20")).short_kwh, 200.0);
    assert_eq!(track.totals(on("16:00")).minutes, 0);
}

#[test]
fn a_unit_could_deliver_what_its_declared_ramp_allows_from_when_it_took_the_dispatch_on() {
    let track = track(delivering("EMID-1", BATTERY, 2000, &[]));
    let reachable = |time: &str| track.moment(None, on(time)).reachable;
    // 600 kW a minute: it leaves at 16:56:40 to be at 2,000 kW at 17:00, and falls to 1,500 kW by 18:00.
    assert_eq!(reachable("16:00"), None);
    assert_eq!(reachable("16:56"), Some(0.0));
    assert_near(reachable("17:00").unwrap(), 1700.0);
    assert_near(reachable("17:01").unwrap(), 2000.0);
    assert_near(reachable("18:01").unwrap(), 1500.0);
    assert_near(reachable("18:59").unwrap(), 1500.0);
    let mut unanswered = delivering("EMID-1", BATTERY, 2000, &[]);
    unanswered.ladder.truncate(1);
    assert_eq!(super::track(unanswered).moment(None, on("17:10")).reachable, None, "nobody has taken it on");
}

#[test]
fn an_amendment_is_planned_from_where_the_unit_had_come_to() {
    let (from, to) = ("2026-11-26T17:00:00Z", "2026-11-26T19:00:00Z");
    let state = dispatch(
        vec![revision("EMID-1", 1, BATTERY, 1200, from, to), revision("EMID-1", 2, BATTERY, 2400, from, to)],
        Phase::AtSetpoint,
        vec![
            rung(Stage::Accepted, 1, "2026-11-26T16:00:00Z"),
            rung(Stage::Accepted, 2, "2026-11-26T17:10:00Z"),
        ],
    );
    let track = track(state);
    let at = |time: &str| {
        let moment = track.moment(None, on(time));
        (moment.instructed.unwrap(), moment.reachable.unwrap())
    };
    assert_eq!(at("17:10"), (1200.0, 1200.0));
    // Five seconds of delay, then 600 kW a minute from 1,200 kW: never back to nothing in between.
    let (asked, reachable) = at("17:11");
    assert_eq!(asked, 2400.0);
    assert!((1400.0..1500.0).contains(&reachable), "{reachable}");
    assert_eq!(at("17:15"), (2400.0, 2400.0));
}

#[test]
fn nothing_is_worked_out_again_until_what_it_follows_from_changes() {
    let snapshot = quiet_snapshot();
    let unit = unit_of(&snapshot, BATTERY);
    let first = Arc::new(delivering("EMID-1", BATTERY, 2000, &[("17:00", "17:05", 2000.0)]));
    let one = Track::of(&first, Some(unit), at(NOW), None).unwrap();
    let same = Track::of(&first, Some(unit), at(NOW) + 20, Some(&one)).unwrap();
    assert!(Arc::ptr_eq(&one, &same));
    let more = Arc::new(delivering("EMID-1", BATTERY, 2000, &[("17:00", "17:06", 2000.0)]));
    let metered = Track::of(&more, Some(unit), at(NOW), Some(&one)).unwrap();
    assert!(!Arc::ptr_eq(&one, &metered));
    let plan = |track: &Track| track.planned.clone().unwrap();
    assert!(Arc::ptr_eq(&plan(&one), &plan(&metered)), "a reading changes nothing of what was asked");
    let later = Track::of(&first, Some(unit), at(NOW) + 60, Some(&one)).unwrap();
    assert!(later.minutes.len() > one.minutes.len(), "a minute that passes without a reading is missing");
}

#[test]
fn a_baseline_that_nobody_knows_makes_no_score() {
    let state = Arc::new(delivering("EMID-1", "ELSEWHERE/UNIT-1", 2000, &[("17:00", "17:10", 900.0)]));
    let track = Track::of(&state, None, at(NOW), None).unwrap();
    let moment = track.moment(None, on("17:05"));
    assert_eq!((moment.instructed, moment.baseline, moment.delivered), (None, None, Some(900.0)));
    assert!(track.minutes.is_empty());
    assert!(figures(&moment).contains(&("Baseline", "unknown".to_owned())));
    assert!(unmarked(&track, at(NOW)).starts_with("Baseline unknown"));
    let mut unit = unit_of(&quiet_snapshot(), BATTERY).clone();
    unit.baseline = Arc::new(Baseline::Daily { points: Vec::new() });
    assert!(known_baseline(&unit).is_none(), "a baseline with a fault is none");
}

#[test]
fn a_dispatch_without_marks_says_why_and_what_comes_next() {
    let (from, to) = ("2026-11-26T18:00:00Z", "2026-11-26T19:00:00Z");
    let of = |phase, stages: &[(Stage, &str)]| {
        let ladder = stages.iter().map(|(stage, when)| rung(*stage, 1, when)).collect();
        let state = dispatch(vec![revision("EMID-1", 1, BATTERY, 500, from, to)], phase, ladder);
        unmarked(&track(state), at(NOW))
    };
    let accepted = [(Stage::Accepted, "2026-11-26T16:00:00Z")];
    assert_eq!(
        of(Phase::Accepted, &accepted),
        "Not marked yet: marks begin with the first minute metered after 18:00 GMT."
    );
    let rejected = of(Phase::Rejected, &[(Stage::Rejected, "2026-11-26T16:00:00Z")]);
    assert!(rejected.contains("it was rejected") && rejected.contains("dispatch another unit"), "{rejected}");
    let silent = delivering("EMID-1", BATTERY, 500, &[]);
    assert!(unmarked(&track(silent), at(NOW)).contains("telephone the FSP's control point"));
    let (snapshot, moment) = (quiet_snapshot(), at("2026-11-26T17:00:40Z"));
    let begun = Arc::new(delivering("EMID-1", BATTERY, 500, &[("16:59", "17:00", 0.0)]));
    let begun = Track::of(&begun, Some(unit_of(&snapshot, BATTERY)), moment, None).unwrap();
    assert_eq!(
        unmarked(&begun, moment),
        "Not marked yet: no minute of its service has been metered to its end."
    );
}

#[test]
fn the_scorecard_is_told_in_figures_with_units() {
    let snapshot = quiet_snapshot();
    let state = delivering(
        "EMID-1",
        BATTERY,
        2000,
        &[("16:56", "16:57", 100.0), ("16:57", "17:00", 1000.0), ("17:00", "17:20", 1960.0)],
    );
    let score = marked(state, unit_of(&snapshot, BATTERY)).score.unwrap();
    let told = marks(&score);
    for (name, value) in [
        ("Acknowledged after", "10 s"),
        ("First moved", "3 min 00 s before start"),
        ("At target on time", "1 of 1 setpoints"),
        ("Within ±5 %", "20 of 20 min"),
        ("Energy asked", "666.7 kWh"),
        ("Energy delivered", "653.3 kWh"),
        ("Delivered of asked", "98.0 %"),
        ("Payment factor, Flexible Power", "1.000"),
        ("Over-delivery", "0.0 kWh"),
        ("Missing data", "0 min"),
        ("Stop response", "–"),
        ("Rebound in the hour after", "–"),
    ] {
        assert!(told.contains(&(name, value.to_owned())), "{name}: {value} is not in {told:?}");
    }
}

#[test]
fn the_plot_can_be_heard_instead_of_seen() {
    let snapshot = snapshot_with(Vec::new());
    let unit = unit_of(&snapshot, BATTERY);
    let track = track(delivering("EMID-1", BATTERY, 2000, &[("17:00", "17:20", 1120.0)]));
    assert_eq!(
        of_track(&track, Some(unit), on("17:19")),
        "Delivery of EMID-1 by BRIGHTFLEX/BESS-07, minute to 17:19 GMT: instructed 2,000 kW, delivered 1,120 kW, \
         880 kW short, reachable 2,000 kW, baseline 0 kW, charge 64 %; up to then 278.7 kWh short, 0.0 kWh over; at \
         setpoint"
    );
}

#[test]
fn the_present_is_the_last_minute_that_was_metered_unless_its_reading_is_overdue() {
    let metered_to = |time: &str| track(delivering("EMID-1", BATTERY, 2000, &[("17:00", time, 2000.0)]));
    assert_eq!(metered_to("17:19").live_minute(at(NOW) + 30), on("17:19"));
    assert_eq!(metered_to("17:20").live_minute(at(NOW) + 30), on("17:20"));
    assert_eq!(metered_to("17:10").live_minute(at(NOW) + 30), on("17:20"), "it shows that nothing comes");
    assert_eq!(metered_to("19:00").live_minute(at("2026-11-26T23:00:00Z")), on("19:00"), "it is over");
}

#[test]
fn a_window_over_midnight_and_the_change_of_clocks_loses_no_minute() {
    let snapshot = quiet_snapshot();
    let mut unit = unit_of(&snapshot, BATTERY).clone();
    // London's clocks go back at 01:00 UTC: 01:30 comes twice.
    let points = vec![("00:00".to_owned(), -100.0), ("01:30".to_owned(), -200.0)];
    unit.baseline = Arc::new(Baseline::Daily { points });
    let (from, to) = ("2026-10-24T22:30:00Z", "2026-10-25T03:30:00Z");
    let mut state = dispatch(
        vec![revision("EMID-1", 1, BATTERY, 1000, from, to)],
        Phase::AtSetpoint,
        vec![rung(Stage::Accepted, 1, "2026-10-24T20:00:00Z")],
    );
    state.readings = Series::default();
    let planned = Planned::of(&state, &unit, None).unwrap();
    let mut end = at(from) + 60;
    let mut minutes = 0;
    while end <= at(to) {
        let means = planned.means(seconds(end)).unwrap();
        let half = at("2026-10-25T01:00:00Z");
        let change = if end <= half { 1000.0 } else { 750.0 };
        assert_near(means.asked - means.baseline, change);
        minutes += 1;
        end = end + 60;
    }
    assert_eq!(minutes, 300);
    let baseline = |utc: &str| planned.means(seconds(at(utc))).unwrap().baseline;
    for (utc, kw) in [
        ("2026-10-25T00:30:00Z", -100.0),
        ("2026-10-25T00:31:00Z", -200.0),
        ("2026-10-25T01:01:00Z", -100.0),
        ("2026-10-25T01:31:00Z", -200.0),
    ] {
        assert_eq!(baseline(utc), kw, "{utc}");
    }
}

fn told(line: &Lifeline, news: &Lifeline, from: UtcTime, to: UtcTime) -> String {
    in_words(&beats(line, news, from, to, 10))
}

#[test]
fn the_strip_tells_silence_from_not_knowing() {
    let heard = |spans: &[(&str, &str)]| {
        let mut line = Lifeline::default();
        for (from, to) in spans {
            let mut second = on(from);
            while second <= on(to) {
                line.heard(second, true, None, 10);
                second = second + 10;
            }
        }
        line
    };
    let client = heard(&[("17:00", "17:05"), ("17:10", "17:20")]);
    let always = heard(&[("16:50", "17:20")]);
    assert_eq!(
        told(&client, &always, on("17:00"), on("17:20")),
        "live 17:00:00 GMT to 17:05:20 GMT, late 17:05:20 GMT to 17:05:30 GMT, lost 17:05:30 GMT to 17:10:00 GMT, \
         live since 17:10:00 GMT"
    );
    let outage = heard(&[("16:50", "17:05"), ("17:12", "17:20")]);
    assert_eq!(
        told(&client, &outage, on("17:00"), on("17:20")),
        "live 17:00:00 GMT to 17:05:00 GMT, no data 17:05:00 GMT to 17:12:00 GMT, live since 17:12:00 GMT"
    );
    assert_eq!(told(&Lifeline::default(), &always, on("17:00"), on("17:20")), "no data since 17:00:00 GMT");
    assert_eq!(told(&client, &always, on("17:20"), on("17:00")), "no data");
}

#[test]
fn what_time_alone_cannot_change_is_kept_once_a_service_is_over() {
    let snapshot = quiet_snapshot();
    let unit = unit_of(&snapshot, BATTERY);
    let state = Arc::new(delivering("EMID-1", BATTERY, 2000, &[("17:00", "19:00", 2000.0)]));
    let under_way = Track::of(&state, Some(unit), on("18:59"), None).unwrap();
    let over = Track::of(&state, Some(unit), on("19:00"), Some(&under_way)).unwrap();
    assert_eq!((under_way.minutes.len(), over.minutes.len()), (119, 120));
    assert!(Arc::ptr_eq(&over, &Track::of(&state, Some(unit), on("20:30"), Some(&over)).unwrap()));
    let mut late = state.as_ref().clone();
    late.readings.push(Reading { at: seconds(on("18:30")), kw: 1000.0 });
    let corrected = Track::of(&Arc::new(late), Some(unit), on("20:30"), Some(&over)).unwrap();
    // From the half-hour on 1,500 kW are asked.
    assert!((corrected.totals(on("19:00")).short_kwh - 500.0 / 60.0).abs() < 1e-6, "a late reading counts");
}

/// Else a RUN_NOW runs off the left edge of the plot for as long as its window has not begun.
#[test]
fn what_is_to_run_now_is_shown_from_its_instruction_on_and_the_rest_from_its_window() {
    let shown_from = |state: DispatchState| utc(track(state).begins);
    let scheduled = dispatch(
        vec![revision("EMID-1", 1, BATTERY, 2000, "2026-11-26T19:00:00Z", "2026-11-26T20:00:00Z")],
        Phase::Accepted,
        vec![
            rung(Stage::Received, 1, "2026-11-26T16:00:08Z"),
            rung(Stage::Accepted, 1, "2026-11-26T16:00:10Z"),
        ],
    );
    let mut now = scheduled.clone();
    let one = Arc::make_mut(&mut now.revisions[0]);
    let mut parts = one.signed.dispatch.parts().clone();
    (parts.status, parts.instruction_time) = (Status::RunNow, at("2026-11-26T17:10:00Z"));
    one.signed.dispatch = Dispatch::new(parts).unwrap();
    now.ladder = vec![
        rung(Stage::Received, 1, "2026-11-26T17:10:08Z"),
        rung(Stage::Accepted, 1, "2026-11-26T17:10:10Z"),
    ];
    assert_eq!(shown_from(now.clone()), "2026-11-26T17:10:00Z");
    now.ladder.clear();
    now.phase = Phase::Sent;
    assert_eq!(shown_from(now), "2026-11-26T17:10:00Z", "before it is taken on too");
    let from = track(scheduled).begins;
    let start = seconds(at("2026-11-26T19:00:00Z"));
    assert!(from < start && from > start - 300.0, "from the battery's first movement, not {}", utc(from));
}
