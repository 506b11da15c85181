//! How far a unit can go.

use super::{ZERO, assert_levels};
use crate::power::testing::{battery, generator, second, turn_down};
use crate::power::{Asset, AssetState, Baseline, Battery, Shortage, envelope};

#[test]
fn the_envelope_opens_with_the_ramp_after_the_delay_up_to_the_limits() {
    let asset = Asset::Battery(battery());
    let reach = envelope(&asset, &ZERO, &asset.initial_state(0.0), second("16:00"), second("18:00"));
    assert_levels(
        &reach.upper,
        &[("16:00:02", 0.0), ("16:00:12", 100.0), ("16:01:42", 1000.0), ("17:59", 1000.0)],
    );
    assert_levels(
        &reach.lower,
        &[("16:00:02", 0.0), ("16:00:12", -50.0), ("16:02:42", -800.0), ("17:59", -800.0)],
    );
    // 10 kWh above the minimum give 32,400 kW·s: L²/20 + L²/10 + 60 L = 32,400, L = −200 + √256,000 = 305.96 kW.
    let low = Asset::Battery(Battery { initial_soc: 0.105, ..battery() });
    let reach = envelope(&low, &ZERO, &low.initial_state(0.0), second("16:00"), second("18:00"));
    assert_levels(&reach.upper, &[("16:00:12", 100.0)]);
    // A hair less, so that no rounding breaks the promise.
    let most = reach.upper.at(second("17:00"));
    let exact = 256_000.0_f64.sqrt() - 200.0;
    assert!(most <= exact && most > exact - 1e-3, "{most}");
}

#[test]
fn the_envelope_of_a_generator_waits_for_its_start() {
    let asset = Asset::Generator(generator());
    let reach = envelope(&asset, &ZERO, &asset.initial_state(0.0), second("16:00"), second("18:00"));
    assert_levels(
        &reach.upper,
        &[("16:01:59", 0.0), ("16:02", 300.0), ("16:02:20", 400.0), ("16:04:20", 1000.0)],
    );
    assert_levels(&reach.lower, &[("16:01:59", 0.0), ("17:00", 0.0)]);
}

#[test]
fn the_envelope_of_demand_is_bounded_by_how_long_it_may_last() {
    // Two minutes at most: 120 − 60 = L (1/1 + 1/2), L = 40 kW.
    let mut short = turn_down();
    short.max_duration_min = 2.0;
    let asset = Asset::TurnDown(short);
    let baseline = Baseline::Fixed { kw: -700.0 };
    let reach = envelope(&asset, &baseline, &asset.initial_state(-700.0), second("16:00"), second("17:00"));
    assert_levels(&reach.upper, &[("16:01", -700.0), ("16:01:20", -680.0)]);
    let most = reach.upper.at(second("16:30"));
    assert!(most <= -660.0 && most > -660.001, "{most}");
    assert_levels(&reach.lower, &[("16:01", -700.0), ("16:30", -700.0)]);
}

#[test]
fn what_an_emergency_stop_left_over_is_promised_to_no_one_until_the_unit_has_recovered() {
    let (at, until) = (second("16:00"), second("18:00"));
    let cut_short = |mut state: AssetState| {
        state.under_way.shortage = Some(Shortage::Empty);
        state
    };
    // 10 kWh are in the store still, but the battery has said that it is empty: it gives none of them, and charges.
    let low = Asset::Battery(Battery { initial_soc: 0.105, ..battery() });
    let reach = envelope(&low, &ZERO, &cut_short(low.initial_state(0.0)), at, until);
    assert_levels(&reach.upper, &[("16:30", 0.0), ("17:59", 0.0)]);
    assert_levels(&reach.lower, &[("16:02:42", -800.0), ("17:59", -800.0)]);
    // A minute of the hour is left, and none of it may be used before what is owed has come back.
    let demand = Asset::TurnDown(turn_down());
    let baseline = Baseline::Fixed { kw: -700.0 };
    let stopped = AssetState { shed_s: 3540.0, shed_kwh: 300.0, ..cut_short(demand.initial_state(-700.0)) };
    let reach = envelope(&demand, &baseline, &stopped, at, until);
    assert_levels(&reach.upper, &[("16:10", -700.0), ("16:29", -700.0)]);
    // Half an hour later it is whole again.
    assert_levels(&reach.upper, &[("17:30", -300.0)]);
}
