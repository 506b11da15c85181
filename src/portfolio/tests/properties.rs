//! What holds of every split and every plan.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::portfolio::testing::{at, battery, demand, engine, homes, kw, member};
use crate::portfolio::{Ask, Effort, Member, Room, Rule, Share, plan, shared, split};
use crate::power::{Asset, Battery, Generator};
use crate::units::Watts;

fn config(cases: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    let is_search = asked.cases != 256;
    let cases = if is_search { asked.cases } else { cases };
    let rng_seed = if is_search { asked.rng_seed } else { RngSeed::Fixed(0x506c_616e) };
    ProptestConfig { cases, rng_seed, failure_persistence: None, ..asked }
}

fn any_rule() -> impl Strategy<Value = Rule> {
    prop::sample::select(Rule::ALL.to_vec())
}

fn any_shares() -> impl Strategy<Value = Vec<Share>> {
    let room = (0_i64..2000, 0_i64..3000)
        .prop_map(|(least, more)| Room { least: kw(least), most: kw(least + more) });
    let room = prop_oneof![
        room,
        (0_i64..3000).prop_map(|most| Room { least: kw(0), most: kw(most) }),
        Just(Room::NOTHING)
    ];
    let one = (room, prop::option::of(-100_i64..50_000));
    prop::collection::vec(one, 0..12).prop_map(|all| {
        let share = |(index, (room, pence_per_mwh)): (usize, (Room, Option<i64>))| Share {
            unit: format!("FSP/U-{index:02}").parse().unwrap(),
            room,
            pence_per_mwh,
        };
        all.into_iter().enumerate().map(share).collect()
    })
}

fn any_member(index: usize) -> impl Strategy<Value = Member> {
    let asset = prop_oneof![
        (100.0..3000.0f64, 0.2..4.0f64, 0.5..1.0f64, 0.05..20.0f64).prop_map(
            |(kw, hours, efficiency, ramp)| {
                let Asset::Battery(b) = battery(kw, kw * hours) else { unreachable!() };
                let asset = Battery {
                    discharge_efficiency: efficiency,
                    charge_efficiency: efficiency,
                    idling_loss_kw: if hours > 2.0 { 0.01 * kw } else { 0.0 },
                    ramp_up_kw_per_min: kw * ramp,
                    ramp_down_kw_per_min: kw * ramp * 0.7,
                    ..b
                };
                (Asset::Battery(asset), 0.0)
            }
        ),
        (0.0..0.9f64, 300.0..3000.0f64, 0.0..90.0f64, 0.0..90.0f64, 0.01..2.0f64).prop_map(
            |(least, most, run, rest, ramp)| {
                let engine = Generator {
                    min_run_min: if run > 45.0 { run } else { 0.0 },
                    min_rest_min: if rest > 45.0 { rest } else { 0.0 },
                    ramp_up_kw_per_min: most * ramp,
                    ramp_down_kw_per_min: most * ramp,
                    ..engine(most * least, most)
                };
                (Asset::Generator(engine), 0.0)
            }
        ),
        (50.0..900.0f64, 15.0..200.0f64)
            .prop_map(|(kw, minutes)| (Asset::TurnDown(demand(kw, minutes)), -kw * 1.2)),
        (50.0..900.0f64, 0.1..3.0f64)
            .prop_map(|(kw, hours)| (Asset::HeatPumps(homes(kw, kw * hours)), -kw * 1.5)),
    ];
    (asset, 10_i64..600)
        .prop_map(move |((asset, baseline), price)| member(&format!("U-{index}"), asset, baseline, price))
}

fn any_members() -> impl Strategy<Value = Vec<Member>> {
    (any_member(0), any_member(1), any_member(2), any_member(3), any_member(4), 1_usize..6).prop_map(
        |(a, b, c, d, e, count)| {
            let mut all = vec![a, b, c, d, e];
            all.truncate(count);
            all
        },
    )
}

fn any_ask() -> impl Strategy<Value = Ask> {
    let level = 1_i64..4000;
    (prop::collection::vec(level, 1..4), prop::bool::weighted(0.2), 10_i64..60).prop_map(
        |(levels, down, minutes)| {
            let sign = if down { -1 } else { 1 };
            let steps: Vec<_> = levels
                .iter()
                .zip(0..)
                .map(|(level, index)| (at("17:00") + index * minutes * 60, kw(level * sign)))
                .collect();
            let until = steps.last().unwrap().0 + minutes * 60;
            Ask::new(&steps, until).unwrap()
        },
    )
}

proptest! {
    #![proptest_config(config(2000))]

    #[test]
    fn a_split_adds_up_keeps_to_every_limit_and_does_not_depend_on_the_order(
        shares in any_shares(), rule in any_rule(), asked in 0_i64..12_000_000, coarse in any::<bool>(), turn in 0_usize..12,
    ) {
        let step = if coarse { Watts(1000) } else { Watts(1) };
        let shared = split(Watts(asked), &shares, rule, step);
        let sum: i64 = shared.given.values().map(|w| w.0).sum();
        prop_assert_eq!(sum + shared.short.0, asked, "it adds up");
        prop_assert!(shared.short.0 >= 0);
        for share in &shares {
            let given = shared.of(&share.unit);
            prop_assert!(given.0 == 0 || (share.room.least..=share.room.most).contains(&given), "{given:?} of {share:?}");
        }
        let mut turned = shares.clone();
        if !turned.is_empty() {
            let by = turn % turned.len();
            turned.rotate_left(by);
        }
        prop_assert_eq!(&split(Watts(asked), &turned, rule, step), &shared);
        let all: i64 = shares.iter().map(|share| share.room.most.0).sum();
        let is_continuous = shares.iter().all(|share| share.room.least.0 == 0);
        if is_continuous {
            prop_assert_eq!(shared.short.0, (asked - all).max(0), "nothing is short that somebody could give");
        }
        if is_continuous && rule == Rule::MeritOrder {
            let mut cheapest: Vec<&Share> = shares.iter().collect();
            cheapest.sort_by_key(|share| (share.pence_per_mwh.is_none(), share.pence_per_mwh));
            let used: Vec<bool> = cheapest.iter().map(|s| shared.of(&s.unit) < s.room.most).collect();
            let first_open = used.iter().position(|open| *open).unwrap_or(used.len());
            for share in cheapest.iter().skip(first_open + 1) {
                let price = (share.pence_per_mwh.is_none(), share.pence_per_mwh);
                let open = cheapest[first_open];
                let is_dearer = price > (open.pence_per_mwh.is_none(), open.pence_per_mwh);
                prop_assert!(!is_dearer || shared.of(&share.unit).0 == 0, "a dearer one gives while a cheaper has room");
            }
        }
    }
}

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn a_plan_never_breaks_a_limit_by_the_production_prediction_and_is_no_dearer_than_in_order_of_price(
        members in any_members(), ask in any_ask(),
    ) {
        let planned = plan(&ask, &members, Effort::default(), &|| false).unwrap();
        prop_assert!(planned.judged.missed.is_empty(), "{:#?}", planned.judged.missed);
        for (line, member) in planned.schedule.lines.iter().zip(&members) {
            for level in &line.levels {
                prop_assert!(level.0 >= 0 && level.0 % 1000 == 0);
                if let Asset::Generator(engine) = member.asset.as_ref() {
                    prop_assert!(level.0 == 0 || level.kilowatts() >= engine.min_stable_kw - 1e-9);
                }
            }
        }
        let shared = shared(&ask, &members, Rule::MeritOrder, &|| false).unwrap();
        let (plan, rule) = (planned.schedule.worth(), shared.schedule.worth());
        if shared.judged.missed.is_empty() {
            let whole_mwh: f64 = ask.levels().iter().map(|l| l.asked.kilowatts() * l.seconds() as f64 / 3.6e6).sum();
            prop_assert!(plan.short_mwh <= rule.short_mwh + 1e-3 * whole_mwh, "{plan:?}, in order of price {rule:?}");
            if rule.short_mwh == plan.short_mwh && plan.over_mwh == rule.over_mwh {
                let (plan, rule) = (plan.pence as f64, rule.pence as f64);
                prop_assert!(plan <= rule + 2.0, "{plan} pence, in order of price {rule}: {planned:?} {shared:?}");
            }
        }
    }

    #[test]
    fn what_a_unit_can_hold_it_holds_and_a_step_more_it_does_not(unit in any_member(0), hours in 1_i64..4) {
        let ask = Ask::new(&[(at("17:00"), kw(1))], at("17:00") + hours * 3600).unwrap();
        let able = unit.able(&ask, kw(1));
        let misses = |level: Watts| !unit.predicted(&[(ask.from(), level)], ask.until()).misses.is_empty();
        if able.room.most.0 > 0 {
            prop_assert!(!misses(able.room.most));
        }
        let more = Watts(able.room.most.0.max(able.room.least.0) + 1000);
        prop_assert!(able.because == "rating" || misses(more), "{able:?}");
    }
}
