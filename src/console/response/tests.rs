//! An answer to a step: its words against a calculation by hand, and by a person's hands.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::words::{figures, in_words};
use super::{number, to_tenths};
use crate::console::plot::instant::seconds;
use crate::console::testing::{Bench, WIND_FARM, at, quiet_snapshot, units, with_wind_farm};
use crate::power::step_response;

const BATTERY: &str = "BRIGHTFLEX/BESS-07";

fn open(unit: &str) -> Bench {
    let mut bench = Bench::new(with_wind_farm(quiet_snapshot()), [1400.0, 1700.0], 1.0);
    bench.press(Modifiers::COMMAND, Key::Num3);
    bench.harness.get_by_label(unit).click();
    bench.settle();
    bench
}

fn click(bench: &mut Bench, name: &str) -> Option<String> {
    bench.harness.get_by_role_and_label(Role::Button, name).scroll_to_me();
    bench.settle();
    bench.click(Role::Button, name)
}

fn fill(bench: &mut Bench, field: &str, text: &str) {
    bench.harness.get_by_role_and_label(Role::TextInput, field).focus();
    bench.settle();
    bench.press(Modifiers::COMMAND, Key::A);
    bench.harness.get_by_role_and_label(Role::TextInput, field).type_text(text);
    bench.settle();
}

/// The words of the plots of answers.
fn plots(bench: &Bench) -> Vec<String> {
    let plots = bench.harness.query_all_by_label_contains("Step response of ");
    plots.filter_map(|node| node.accesskit_node().label()).collect()
}

#[track_caller]
fn assert_says(bench: &Bench, words: &str) {
    assert!(bench.said().contains(words), "“{words}” is not in:\n{}", bench.said());
}

#[test]
fn the_figures_are_told_as_a_person_would_work_them_out() {
    let now = seconds(at("2026-11-26T17:15:00Z"));
    let all = units();
    let of = |named: &str| all.iter().find(|u| u.unit.to_string() == named).unwrap();
    for (unit, level, want) in [
        // 5 s, then 10 kW/s over 2,500 kW; 3,562.5 kWh to give, less 173.6 for the ramps.
        (
            BATTERY,
            2500.0,
            [
                "5 s",
                "3 min 50 s",
                "4 min 15 s",
                "none",
                "reached after 1 h 25 min",
                "4 min 10 s after it is let go",
            ],
        ),
        // Beyond what it can: as far as it goes.
        (
            BATTERY,
            2600.0,
            [
                "5 s",
                "3 min 59 s",
                "never: no nearer than 2,500 kW",
                "none",
                "reached after 1 h 25 min",
                "4 min 10 s after it is let go",
            ],
        ),
        // Synchronised at 1,200 kW after 180 s, then 400 kW a minute.
        (
            "NORTHGEN/GEN-3",
            4000.0,
            [
                "3 min 00 s",
                "9 min 00 s",
                "10 min 00 s",
                "none",
                "none within 24 h",
                "5 min 36 s after it is let go",
            ],
        ),
        // A minute's notice, 100 kW a minute from −700 kW; two hours at most, the way back counted.
        (
            "COLDCHAIN/STORE-2",
            -50.0,
            [
                "1 min 00 s",
                "6 min 51 s",
                "7 min 30 s",
                "none",
                "reached after 1 h 54 min",
                "6 min 30 s after it is let go",
            ],
        ),
    ] {
        let unit = of(unit);
        let answer = step_response(&unit.asset, &unit.baseline, level, now).unwrap();
        let told: Vec<String> = figures(&answer, &unit.asset).into_iter().map(|(_, value)| value).collect();
        assert_eq!(told, want, "{} to {level}", unit.unit);
    }
    let unit = of(BATTERY);
    let there = step_response(&unit.asset, &unit.baseline, 0.0, now).unwrap();
    let words = in_words(&there, &unit.asset);
    assert!(words.starts_with("from 0 kW to 0 kW net, delay: does not move, "), "{words}");
    assert!(words.contains("to setpoint: stands there already"), "{words}");
}

#[test]
fn a_units_page_shows_the_whole_way_up_and_the_step_that_is_chosen() {
    let mut bench = open(BATTERY);
    assert_eq!(
        plots(&bench),
        [
            "Step response of BRIGHTFLEX/BESS-07: from 0 kW to 2,500 kW net, delay: 5 s, to 90 %: 3 min 50 s, to setpoint: \
          4 min 15 s, overshoot: none, energy limit: reached after 1 h 25 min, back at baseline: 4 min 10 s after it is let go"
        ]
    );
    click(&mut bench, "Full turn down of BRIGHTFLEX/BESS-07");
    assert!(plots(&bench)[0].contains(": from 0 kW to −2,500 kW net, "), "{:?}", plots(&bench));
    assert!(
        bench
            .harness
            .query_by_role_and_label(Role::SpinButton, "Setpoint of the step of BRIGHTFLEX/BESS-07")
            .is_some()
    );
    bench.harness.get_by_label("COLDCHAIN/STORE-2").click();
    bench.settle();
    assert!(
        plots(&bench)[0].contains(": from −700 kW to −50 kW net, "),
        "another begins anew: {:?}",
        plots(&bench)
    );
    assert!(
        bench.harness.query_by_label_contains("Full turn down").is_none(),
        "demand that rides on its baseline"
    );
    bench.harness.get_by_label(WIND_FARM).click();
    bench.settle();
    assert!(plots(&bench)[0].contains(" to 0 kW net, "), "a farm is limited: {:?}", plots(&bench));
    assert!(plots(&bench)[0].contains("energy limit: none of its own"), "{:?}", plots(&bench));
}

#[test]
fn other_physics_are_tried_without_changing_the_unit() {
    let mut bench = open(BATTERY);
    click(&mut bench, "Try other physics …");
    let tried = "Step response of BRIGHTFLEX/BESS-07 with these physics";
    let of_trial = |bench: &Bench| plots(bench).into_iter().find(|words| words.starts_with(tried)).unwrap();
    assert!(of_trial(&bench).contains("to setpoint: 4 min 15 s"), "as declared at first");
    assert!(bench.harness.query_by_label("as declared").is_none(), "there is nothing to hold it against yet");
    fill(&mut bench, "Ramp up, kW per min", "1200");
    assert!(of_trial(&bench).contains("to setpoint: 2 min 10 s"), "{}", of_trial(&bench));
    assert!(bench.harness.query_by_label("as declared").is_some(), "what is declared is drawn beside it");
    let copied = click(&mut bench, "Copy for a fleet file").unwrap();
    assert!(
        copied.starts_with("asset = { kind = \"battery\"") && copied.contains("ramp_up_kw_per_min = 1200"),
        "{copied}"
    );

    fill(&mut bench, "Ramp up, kW per min", "fast");
    let kept = of_trial(&bench);
    assert!(kept.starts_with(&format!("{tried}, not what is typed: ")), "{kept}");
    assert!(kept.contains("to setpoint: 2 min 10 s"), "the last that could be stays: {kept}");
    assert_says(&bench, "Not what is typed: that cannot be. This is the last that could.");
    assert_says(&bench, "fast");
    let copy = bench.harness.get_by_role_and_label(Role::Button, "Copy for a fleet file");
    assert!(copy.accesskit_node().is_disabled(), "what cannot be is not copied");

    click(&mut bench, "As declared");
    assert!(of_trial(&bench).contains("to setpoint: 4 min 15 s"));
    assert!(bench.commands().is_empty(), "nothing was asked of anybody");
    let of_page = plots(&bench).into_iter().find(|words| words.contains("BESS-07: from"));
    assert!(of_page.unwrap().contains("to setpoint: 4 min 15 s"), "the unit is as it was");
}

#[test]
fn a_level_can_be_typed_as_it_is_written() {
    for (kw, written) in [(0.0, "0"), (2500.0, "2,500"), (-12_500.3, "−12,500.3"), (-0.04, "0"), (7.96, "8")]
    {
        assert_eq!(to_tenths(kw, 0..=1), written);
        assert!((number(written).unwrap() - kw).abs() < 0.05, "{written}");
    }
    assert_eq!([" 2500 ", "-40", "much"].map(number), [Some(2500.0), Some(-40.0), None]);
}
