//! Answers to a step, worked out on paper.

use super::ZERO;
use crate::power::testing::{battery, generator, heat_pumps, second, turn_down};
use crate::power::{Asset, Available, Baseline, FullSteps, Renewable, StepResponse, step_response};

fn told(asset: &Asset, baseline: &Baseline, level_kw: f64) -> StepResponse {
    step_response(asset, baseline, level_kw, second("17:00")).unwrap()
}

#[track_caller]
fn assert_seconds(what: &str, is: Option<f64>, want: Option<f64>) {
    let same = match (is, want) {
        (Some(is), Some(want)) => (is - want).abs() < 0.01,
        (is, want) => is == want,
    };
    assert!(same, "{what}: {is:?} s, not {want:?} s");
}

/// What a linear ramp comes to: delay, delay + 0.9 × way ÷ ramp, delay + way ÷ ramp; back after way ÷ the other ramp. A
/// battery leaves its level when what is left is what the last ramp takes.
#[test]
fn figures_of_linear_ramps_are_those_of_a_calculation_by_hand() {
    let (b, g, t) = (Asset::Battery(battery()), Asset::Generator(generator()), Asset::TurnDown(turn_down()));
    let home = Baseline::Fixed { kw: -700.0 };
    // 720 kWh to give, less the ramps, at 1,000 and at 250 kW; 1,000 kWh to take, less the ramps, at 800 kW.
    let kept = |kwh: f64, kw: f64, up: f64, down: f64| {
        let ramps = kw * (kw / up + kw / down) / 2.0 / 3600.0;
        Some(2.0 + kw / up + (kwh - ramps) / kw * 3600.0)
    };
    for (name, asset, baseline, level, delay, to_90, to_level, kept, back) in [
        ("discharge", &b, &ZERO, 1000.0, 2.0, 92.0, 102.0, kept(720.0, 1000.0, 10.0, 5.0), 200.0),
        ("a quarter", &b, &ZERO, 250.0, 2.0, 24.5, 27.0, kept(720.0, 250.0, 10.0, 5.0), 50.0),
        ("charge", &b, &ZERO, -800.0, 2.0, 146.0, 162.0, kept(1000.0, 800.0, 5.0, 10.0), 80.0),
        // It is synchronised at 300 kW after two minutes.
        ("engine", &g, &ZERO, 1000.0, 120.0, 240.0, 260.0, None, 70.0),
        // Every second of the hour counts, the way back too.
        ("turn-down", &t, &home, -300.0, 60.0, 420.0, 460.0, Some(3460.0), 200.0),
    ] {
        let step = told(asset, baseline, level);
        assert_seconds(&format!("{name}, delay"), step.delay_s, Some(delay));
        assert_seconds(&format!("{name}, to 90 %"), step.to_90_s, Some(to_90));
        assert_seconds(&format!("{name}, to the level"), step.to_level_s, Some(to_level));
        assert_seconds(&format!("{name}, kept"), step.kept_s, kept);
        assert_seconds(&format!("{name}, back"), step.back_s, Some(back));
        assert!(step.overshoot_kw < 1e-6, "{name}: {} kW beyond", step.overshoot_kw);
        assert!((step.curve.at(step.from + to_level + 1.0) - level).abs() < 1e-6, "{name}");
        assert!(step.released > step.from + to_level, "{name}");
        assert!(step.until >= step.released + back, "{name}: the way back is drawn to its end");
    }
}

#[test]
fn a_level_that_cannot_be_is_never_reached_and_one_that_is_there_needs_no_way() {
    let b = Asset::Battery(battery());
    let beyond = told(&b, &ZERO, 4000.0);
    assert_seconds("beyond its rating", beyond.to_level_s, None);
    assert_seconds("it goes as far as it can", beyond.delay_s, Some(2.0));
    let there = told(&b, &ZERO, 0.0);
    assert_eq!((there.delay_s, there.to_level_s, there.back_s), (None, None, Some(0.0)));
}

#[test]
fn a_fault_gives_no_answer() {
    let mut wrong = battery();
    wrong.capacity_kwh = -1.0;
    assert_eq!(step_response(&Asset::Battery(wrong), &ZERO, 100.0, 0.0), None);
    assert_eq!(step_response(&Asset::Battery(battery()), &ZERO, f64::NAN, 0.0), None);
}

#[test]
fn the_whole_way_is_what_the_limits_allow_in_each_direction() {
    let farm = Asset::Renewable(Renewable {
        max_kw: 8000.0,
        available: Available::Wind { seed: 3, mean_m_per_s: 8.5 },
        delay_s: 5.0,
        ramp_up_kw_per_min: 4000.0,
        ramp_down_kw_per_min: 16_000.0,
    });
    for (name, asset, base, up, down) in [
        ("battery", Asset::Battery(battery()), 0.0, Some(1000.0), Some(-800.0)),
        ("engine at rest", Asset::Generator(generator()), 0.0, Some(1000.0), None),
        ("turn-down", Asset::TurnDown(turn_down()), -700.0, Some(-300.0), None),
        ("heat pumps", Asset::HeatPumps(heat_pumps()), -800.0, Some(-550.0), Some(-900.0)),
        ("farm", farm.clone(), 3000.0, None, Some(0.0)),
    ] {
        assert_eq!(FullSteps::of(&asset, base), FullSteps { up, down }, "{name}");
    }
    // What the wind leaves below a limit is no fault of the farm's.
    let step = told(&farm, &Baseline::Fixed { kw: 3000.0 }, 0.0);
    assert!(step.to_level_s.is_some() && step.kept_s.is_none() && step.overshoot_kw == 0.0, "{step:?}");
}
