//! What holds for every unit, state, baseline and instruction.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::cases::{any_asset, any_battery, any_case, any_turn_down, near, slop};
use crate::dispatch::Revision;
use crate::power::{Asset, AssetState, Curve, Follow, Instruction, Target, UnitPhase, envelope, plan};

/// The same cases for everyone who builds, unless the environment asks for a search: `PROPTEST_CASES` of them, from
/// `PROPTEST_RNG_SEED`.
fn config() -> ProptestConfig {
    let asked = ProptestConfig::default();
    let is_search = asked.cases != 256;
    let cases = if is_search { asked.cases } else { 2048 };
    let rng_seed = if is_search { asked.rng_seed } else { RngSeed::Fixed(0x5261_6d70) };
    ProptestConfig { cases, rng_seed, failure_persistence: None, ..asked }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_unit_never_moves_faster_than_its_ramp_nor_beyond_its_limits(case in any_case(any_asset())) {
        let plan = case.plan();
        let (up, down) = case.asset.ramps_kw_per_s();
        let slop = slop(&case.asset);
        prop_assert!(plan.curve.points().iter().all(|p| p.0.is_finite() && p.1.is_finite()));
        prop_assert!(Curve::new(plan.curve.points().to_vec()).is_some());
        prop_assert!(near(plan.curve.just_before(case.from), case.state.kw, 1e-6), "starts elsewhere");
        let instants = case.instants(&plan);
        for pair in instants.windows(2) {
            let seconds = pair[1] - pair[0];
            let way = plan.curve.just_before(pair[1]) - plan.curve.at(pair[0]);
            prop_assert!(way <= up * seconds + slop && way >= -down * seconds - slop, "{way} kW in {seconds} s at {pair:?}");
        }
        for t in &instants {
            let (before, after) = (plan.curve.just_before(*t), plan.curve.at(*t));
            let state = plan.state_at(*t);
            let base = case.baseline.at(*t);
            let (least, most) = case.asset.limits_kw(base);
            // Only a rebound takes more than baseline.
            let (least, most) = (least - state.under_way.rebound_kw.max(0.0), most - state.under_way.rebound_kw.min(0.0));
            prop_assert!(after >= least - slop && after <= most + slop, "{after} kW at {t}");
            if let Asset::Generator(g) = &case.asset {
                prop_assert!(after == 0.0 || after >= g.min_stable_kw - slop, "{after} kW below the minimum");
                prop_assert_eq!(state.running, after > 0.0 || (g.min_stable_kw == 0.0 && state.running));
            }
            let steps = !near(before, after, slop);
            let ceases = case.told.as_ref().is_some_and(|i| i.follow == Follow::EmergencyStop);
            match &case.asset {
                _ if !steps || (ceases && state.inhibited) => {}
                Asset::Battery(_) => prop_assert!(false, "a battery steps from {before} to {after} kW"),
                Asset::Generator(g) => prop_assert!(
                    near(before.min(after), 0.0, slop) && near(before.max(after), g.min_stable_kw, slop),
                    "a generator steps from {before} to {after} kW"
                ),
                Asset::EvHub(_) | Asset::Renewable(_) => {}
                Asset::TurnDown(_) | Asset::HeatPumps(_) => {
                    // The reduction itself never steps: only the baseline and the rebound do.
                    let earlier = plan.state_at(t - 1e-3);
                    let reduction = |s: &AssetState, base: f64| s.kw - base + s.under_way.rebound_kw;
                    let base_before = case.baseline.curve(t - 1.0, *t).just_before(*t);
                    let (r0, r1) = (reduction(&earlier, base_before), reduction(&state, base));
                    prop_assert!(*t <= case.from || near(r0, r1, slop + 1e-2 * up.max(down)), "{r0} to {r1} kW");
                }
            }
        }
    }

    #[test]
    fn the_integral_of_a_batterys_curve_is_its_change_of_charge_and_never_beyond_a_bound(
        case in any_case(any_battery()), share in 0.0..1.0f64,
    ) {
        let Asset::Battery(b) = &case.asset else { unreachable!() };
        let plan = case.plan();
        let start = case.state.soc.unwrap();
        let mut instants = case.instants(&plan);
        instants.push(case.from + share * (case.until - case.from));
        for t in instants.into_iter().filter(|t| *t <= case.until) {
            let soc = plan.state_at(t).soc.unwrap();
            let inverter = plan.curve.plus(&Curve::constant(b.idling_loss_kw));
            let (out, taken) = inverter.parts_hours(case.from, t);
            let change = -(out / b.discharge_efficiency + taken * b.charge_efficiency) / b.capacity_kwh;
            prop_assert!(near(soc - start, change, 1e-9), "{} against {change}", soc - start);
            prop_assert!(soc >= b.min_soc - 1e-9 && soc <= b.max_soc + 1e-9, "{soc}");
        }
        let soc = plan.soc.as_ref().unwrap();
        for (t, value) in soc.points() {
            prop_assert!(near(plan.state_at(*t).soc.unwrap(), *value, 1e-12));
        }
    }

    #[test]
    fn demand_is_never_reduced_longer_than_it_may_be_and_pays_back_its_share(case in any_case(any_turn_down())) {
        let Asset::TurnDown(t) = &case.asset else { unreachable!() };
        let plan = case.plan();
        let longest = t.max_duration_min * 60.0;
        let base = case.baseline.curve(case.from, case.until);
        let (reduced, paid) = plan.curve.minus(&base).parts_hours(case.from, case.until);
        for at in case.instants(&plan) {
            let state = plan.state_at(at);
            prop_assert!(state.shed_s <= longest + 1e-5, "{} of {longest} s", state.shed_s);
            prop_assert!(state.shed_kwh >= 0.0 && state.under_way.rebound_kw >= 0.0);
        }
        // Each run of reduction on its own, as the curve shows it.
        let above = plan.curve.minus(&base);
        let mut began: Option<f64> = None;
        for pair in above.points().windows(2) {
            let is_reduced = pair[0].1 > 1e-6 || pair[1].1 > 1e-6;
            began = if is_reduced { began.or(Some(pair[0].0)) } else { None };
            prop_assert!(began.is_none_or(|since| pair[1].0 - since <= longest + 1e-3));
        }
        let end = plan.state_at(case.until);
        let owed = case.state.shed_kwh + reduced - end.shed_kwh;
        if t.rebounds() {
            prop_assert!(near(-paid, owed * t.rebound_share, 1e-6 * (1.0 + owed.abs())), "{paid} of {owed}");
        } else {
            prop_assert!(paid >= -1e-9);
        }
    }

    #[test]
    fn planning_again_at_any_moment_changes_nothing(case in any_case(any_asset()), share in 0.0..1.0f64, pick in any::<prop::sample::Index>()) {
        let first = case.plan();
        let instants = case.instants(&first);
        let at_event = instants[pick.index(instants.len())];
        for again_at in [case.from + share * (case.until - case.from) * 0.7, at_event, at_event + 0.25] {
            if again_at >= case.until {
                continue;
            }
            let state = first.state_at(again_at);
            let again =
                plan(&case.asset, &case.baseline, &state, case.told.as_ref(), again_at, case.until);
            let mut cuts: Vec<f64> = case.instants(&first).into_iter().chain(case.instants(&again)).collect();
            cuts.retain(|t| *t >= again_at && *t <= case.until);
            cuts.sort_by(f64::total_cmp);
            for pair in cuts.windows(2).filter(|p| p[1] - p[0] > 1e-3) {
                let middle = f64::midpoint(pair[0], pair[1]);
                let (a, b) = (first.curve.at(middle), again.curve.at(middle));
                let (up, down) = case.asset.ramps_kw_per_s();
                let turning = 1.0 + (up / down).max(down / up);
                prop_assert!(near(a, b, slop(&case.asset) * turning), "{a} and then {b} kW at {middle}, again at {again_at}");
                let (a, b) = (first.phase_at(middle), again.phase_at(middle));
                prop_assert_eq!(a, b, "at {}, again at {}", middle, again_at);
            }
            let (a, b) = (first.state_at(case.until), again.state_at(case.until));
            prop_assert!(near(a.soc.unwrap_or(0.0), b.soc.unwrap_or(0.0), 1e-8));
            prop_assert!(near(a.shed_s, b.shed_s, 1e-4) && near(a.shed_kwh, b.shed_kwh, 1e-4));
        }
    }

    #[test]
    fn what_the_envelope_promises_is_delivered(
        case in any_case(any_asset()), when in 0.0..1.0f64, level in 0.0..1.0f64, edge in 0u8..4,
    ) {
        let span = 5400.0;
        let reach = envelope(&case.asset, &case.baseline, &case.state, case.from, case.from + span);
        let at = (case.from + when * when * span).ceil();
        let (least, most) = (reach.lower.at(at), reach.upper.at(at));
        prop_assert!(least <= most + 1e-9, "{least} above {most}");
        let mut kw = match edge { 0 => least, 1 => most, _ => least + (most - least) * level };
        if let Asset::Generator(g) = &case.asset && kw < g.min_stable_kw {
            kw = if most >= g.min_stable_kw && edge != 0 { g.min_stable_kw } else { least };
        }
        let told = Instruction {
            follow: Follow::Schedule,
            start: at,
            end: at + 60.0,
            targets: vec![Target { at, kw, delta_kw: None }],
            revision: Revision::new(9).unwrap(),
        };
        let done = plan(&case.asset, &case.baseline, &case.state, Some(&told), case.from, at + 60.0);
        // A level that the unit is only passing on its way to baseline is not one that it can hold.
        let unasked = Instruction { targets: Vec::new(), ..told };
        let waiting =
            plan(&case.asset, &case.baseline, &case.state, Some(&unasked), case.from, at + 60.0);
        let (base, passing) = (case.baseline.at(at), waiting.curve.at(at));
        let passes = !near(passing, waiting.curve.just_before(at + 60.0), 1e-6) && (kw - base).abs() <= (passing - base).abs().max(passing.abs()) + slop(&case.asset);
        let within = if passes { slop(&case.asset) } else { 1e-6 };
        let still = case.baseline.curve(at - 1.0, at + 61.0).steps().count() == 0;
        let rebounds = waiting.phase_at(at) == UnitPhase::Rebound;
        // Demand that is spent, and asked by a step of its baseline for a reduction, goes on paying back instead.
        let goes_on = rebounds && !still && near(kw, base, 1e-6);
        let there = done.curve.at(at);
        prop_assert!(goes_on || near(there, kw, within), "{there} kW, not {kw} of {least} to {most}");
        let pays_back = kw < base && rebounds;
        if still && !passes && !pays_back {
            let held = done.curve.just_before(at + 60.0);
            prop_assert!(near(held, kw, 1e-6), "{held} kW a minute later, not {kw} of {least} to {most}");
            prop_assert_eq!(done.misses, []);
        }
    }

    #[test]
    fn a_target_that_is_not_said_to_be_missed_is_delivered_at_its_time(case in any_case(any_asset())) {
        let plan = case.plan();
        let Some(told) = &case.told else { return Ok(()) };
        for (index, target) in told.targets.iter().enumerate() {
            let missed = plan.misses.iter().find(|m| m.target == index);
            if target.at < case.from || (told.follow == Follow::Now && index == 0) {
                continue;
            }
            let kw = target.kw_over(case.baseline.at(target.at));
            let off = (plan.curve.at(target.at) - kw).abs();
            match missed {
                None => prop_assert!(off <= 2e-6, "{off} kW off at target {index}"),
                Some(miss) => {
                    prop_assert!(near(miss.short_kw, off, 1e-5), "{miss:?}: {off}");
                    prop_assert!(miss.short_kwh >= 0.0);
                    if let Some(late) = miss.late_s && late > 0.0 {
                        let there = plan.curve.at(target.at + late);
                        let base = case.baseline.at(target.at + late);
                        prop_assert!(near(there, target.kw_over(base), 1e-4 + slop(&case.asset)), "{there}: {miss:?}");
                    }
                }
            }
        }
        prop_assert!(plan.misses.windows(2).all(|m| m[0].target < m[1].target));
    }

    #[test]
    fn nothing_moves_after_an_emergency_stop_has_taken_effect(case in any_case(any_asset())) {
        let Some(told) = case.told.clone() else { return Ok(()) };
        let stop = Instruction { follow: Follow::EmergencyStop, targets: Vec::new(), ..told };
        let plan = plan(&case.asset, &case.baseline, &case.state, Some(&stop), case.from, case.until);
        let at = case.from + case.asset.delay_s(&case.state);
        if case.state.running || !matches!(case.asset, Asset::Generator(_)) {
            prop_assert_eq!(plan.phase_at(at + 1e-3), UnitPhase::Inhibited);
        }
        let end = plan.state_at(case.until);
        prop_assert!(end.inhibited && !end.running);
        let rest = match &case.asset {
            Asset::TurnDown(_) | Asset::HeatPumps(_) => case.baseline.at(case.until),
            Asset::Battery(b) => -b.idling_loss_kw,
            _ => 0.0,
        };
        prop_assert!(near(end.kw, rest, 1e-6));
    }
}
