//! Shares of one level, by hand.

use crate::portfolio::testing::kw;
use crate::portfolio::{Room, Rule, Share, split};
use crate::units::Watts;

/// Name, least and most kW, £ per MWh.
fn shares(units: &[(&str, i64, i64, Option<i64>)]) -> Vec<Share> {
    let share = |(name, least, most, price): &(&str, i64, i64, Option<i64>)| Share {
        unit: format!("FSP/{name}").parse().unwrap(),
        room: Room { least: kw(*least), most: kw(*most) },
        pence_per_mwh: price.map(|pounds| pounds * 100),
    };
    units.iter().map(share).collect()
}

#[test]
fn each_rule_shares_out_exactly_what_is_asked_or_says_what_is_short() {
    use Rule::{Equal, MeritOrder, ProRata};
    type Row<'a> = (&'a str, Rule, i64, &'a [(&'a str, i64, i64, Option<i64>)], &'a [i64], i64);
    let three = &[("A", 0, 1000, Some(300)), ("B", 0, 500, Some(200)), ("C", 0, 500, Some(100))][..];
    let engine = &[("A", 0, 1000, Some(300)), ("E", 800, 2000, Some(100))][..];
    let table: &[Row<'_>] = &[
        ("the same of each", Equal, 900, three, &[300, 300, 300], 0),
        ("what one cannot give the others give", Equal, 1600, three, &[600, 500, 500], 0),
        ("in whole steps, the rest to the first", Equal, 1000, three, &[334, 333, 333], 0),
        ("more than there is", Equal, 2500, three, &[1000, 500, 500], 500),
        ("less than a step each", Equal, 2, three, &[1, 1, 0], 0),
        ("the same share of what each can give", ProRata, 1000, three, &[500, 250, 250], 0),
        ("in whole steps", ProRata, 1001, three, &[501, 250, 250], 0),
        ("all of it", ProRata, 2000, three, &[1000, 500, 500], 0),
        ("more than there is", ProRata, 2001, three, &[1000, 500, 500], 1),
        ("the cheapest first", MeritOrder, 700, three, &[0, 200, 500], 0),
        ("the dear one last", MeritOrder, 1500, three, &[500, 500, 500], 0),
        ("an engine at its least level, the other the rest", Equal, 1500, engine, &[700, 800], 0),
        ("an engine that would have to give too much is left out", Equal, 500, engine, &[500, 0], 0),
        (
            "and what is then short is said",
            Equal,
            700,
            &[("A", 0, 600, None), ("E", 800, 2000, None)],
            &[600, 0],
            100,
        ),
        (
            "the engine that fits in the place of one that does not",
            Equal,
            1000,
            &[("E", 600, 700, None), ("F", 800, 1200, None)],
            &[0, 1000],
            0,
        ),
        ("an engine is cheaper, but too large for what is asked", MeritOrder, 500, engine, &[500, 0], 0),
        (
            "a dear one gives way to an engine without which it is short",
            MeritOrder,
            1500,
            &[("A", 0, 1000, Some(100)), ("E", 800, 2000, Some(300))],
            &[700, 800],
            0,
        ),
        (
            "of the same price by name",
            MeritOrder,
            100,
            &[("B", 0, 80, Some(9)), ("A", 0, 80, Some(9))],
            &[80, 20],
            0,
        ),
        (
            "without a price last",
            MeritOrder,
            100,
            &[("A", 0, 80, None), ("B", 0, 80, Some(900))],
            &[20, 80],
            0,
        ),
        (
            "a price below nothing first",
            MeritOrder,
            100,
            &[("A", 0, 80, Some(0)), ("B", 0, 80, Some(-5))],
            &[20, 80],
            0,
        ),
        ("nobody can", Equal, 100, &[("A", 0, 0, None)], &[0], 100),
        ("nobody is there", MeritOrder, 100, &[], &[], 100),
        ("nothing is asked", ProRata, 0, three, &[0, 0, 0], 0),
    ];
    for (what, rule, asked, units, given, short) in table {
        let shares = shares(units);
        let split = split(kw(*asked), &shares, *rule, kw(1));
        let mut names: Vec<_> = shares.iter().map(|share| share.unit.clone()).collect();
        names.sort();
        let of: Vec<i64> = names.iter().map(|unit| split.of(unit).0 / 1000).collect();
        assert_eq!((of.as_slice(), split.short), (*given, kw(*short)), "{what} ({rule:?}, {asked} kW)");
    }
}

#[test]
fn a_level_that_is_no_whole_number_of_steps_is_given_to_the_watt() {
    let shares = shares(&[("A", 0, 10, None), ("B", 0, 10, None)]);
    let split = split(Watts(7_001), &shares, Rule::Equal, Watts(1000));
    assert_eq!(split.given.values().map(|w| w.0).collect::<Vec<_>>(), [4_000, 3_001]);
    assert_eq!(split.short, Watts(0));
}
