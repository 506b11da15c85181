//! One FSP under contract with several operators, whose VTNs die, come back and move.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rampdesk::profile::fail_safe::{FailSafe, SafeLevel};

use super::field::utc;
use super::network::{EAST, FSP, Network, WEST};

const WHOLE_RUN: [&str; 5] = [
    "BESS-01 r1 RECEIVED",
    "BESS-01 r1 ACCEPTED",
    "BESS-01 r1 STARTED",
    "BESS-01 r1 AT_SETPOINT",
    "BESS-01 r1 ENDED",
];

#[tokio::test(start_paused = true)]
async fn two_operators_dispatch_one_fsp_and_neither_learns_of_the_other() {
    let mut network = Network::of(&[&["east.example"], &["west.example"]]).await;
    network = network.names(EAST, &["east.example"]).names(WEST, &["west.example"]);
    network = network.with_secret_at("east.example").with_secret_at("west.example");
    network.start(None).await;
    network.at("16:30").await;
    network.send("east.example", &network.run("BESS-01", 1, 500)).await;
    network.send("west.example", &network.run("BESS-02", 1, 300)).await;
    network.at("19:30").await;
    assert_eq!(network.said("east.example").await, WHOLE_RUN);
    assert_eq!(network.said("west.example").await, WHOLE_RUN.map(|said| said.replace("BESS-01", "BESS-02")));
    for (host, unit) in [("east.example", "BESS-01"), ("west.example", "BESS-02")] {
        assert_eq!(network.units_with_minutes(host).await.into_iter().collect::<Vec<_>>(), [unit]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_one_operator_signed_is_not_obeyed_when_another_operators_vtn_shows_it() {
    let mut network = Network::of(&[&["east.example"], &["west.example"]]).await;
    network = network.names(EAST, &["east.example"]).names(WEST, &["west.example"]);
    network = network.with_secret_at("east.example").with_secret_at("west.example");
    network.start(None).await;
    network.at("16:30").await;
    network.send("west.example", &network.run("BESS-01", 1, 500)).await;
    network.at("18:30").await;
    assert_eq!(network.said("west.example").await, ["BESS-01 r1 REJECTED UNKNOWN_CONTRACT"]);
    assert_eq!(network.said("east.example").await, [""; 0]);
    assert!(network.minutes("west.example").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_dead_address_is_left_for_the_second_and_taken_back_when_it_is_well_again() {
    let mut network = Network::of(&[&["first.example", "second.example"]]).await;
    network = network
        .names(EAST, &["first.example", "second.example"])
        .names(WEST, &["first.example", "second.example"]);
    network.start(None).await;
    network.at("16:30").await;
    network.send("first.example", &network.run("BESS-01", 1, 500)).await;
    network.at("16:40").await;
    assert_eq!(network.asked("second.example"), 0, "the first is well");
    network.cut("first.example");
    network.at("16:50").await;
    network.send("second.example", &network.run("BESS-01", 2, 300)).await;
    network.at("17:10").await;
    let said = network.said("second.example").await;
    for stage in ["BESS-01 r2 ACCEPTED", "BESS-01 r2 STARTED", "BESS-01 r2 AT_SETPOINT"] {
        assert_eq!(said.iter().filter(|s| *s == stage).count(), 1, "{stage}: {said:?}");
    }
    assert!(!said.iter().any(|s| s.contains("r1 STARTED")), "the amendment came in time: {said:?}");
    let beat = network.last_heartbeat("second.example").await.unwrap();
    assert!(beat >= utc("17:09:45"), "the heartbeat goes on over the second address: {beat}");
    network.asked("second.example");
    network.mend("first.example");
    network.at("17:20").await;
    network.asked("first.example");
    network.asked("second.example");
    network.at("17:30").await;
    assert_eq!(network.asked("second.example"), 0, "the first has been well for a while");
    assert!(network.asked("first.example") > 50);
    network.at("19:30").await;
    let said = network.said("first.example").await;
    assert_eq!(said.iter().filter(|s| *s == "BESS-01 r2 ENDED").count(), 1, "{said:?}");
}

#[tokio::test(start_paused = true)]
async fn a_unit_fails_safe_only_when_none_of_its_operators_addresses_answers() {
    let both = ["first.example", "second.example"];
    let mut network = Network::of(&[&both[..]]).await.names(EAST, &both).names(WEST, &both);
    network = network.fails_safe(FailSafe { level: SafeLevel::Baseline, after_polls: 2 });
    network.start(None).await;
    network.at("16:30").await;
    network.send("first.example", &network.run("BESS-01", 1, 500)).await;
    network.at("17:10").await;
    network.cut("first.example");
    network.at("17:30").await;
    network.cut("second.example");
    network.at("17:45").await;
    network.mend("second.example");
    network.at("19:30").await;
    let minutes = network.minutes("second.example").await;
    let delivered = &minutes[&format!("{FSP}/BESS-01").parse().unwrap()];
    let kw = |at: &str| delivered[&format!("2026-11-26T{at}:00Z")];
    for minute in ["17:01", "17:11", "17:12", "17:13", "17:20", "17:30"] {
        assert!((kw(minute) - 500.0).abs() < 0.001, "{minute}: the second answers, {} kW", kw(minute));
    }
    assert_eq!((kw("17:36"), kw("17:45")), (0.0, 0.0), "neither answers");
    assert!((kw("17:50") - 500.0).abs() < 0.001, "the second answers again: {} kW", kw("17:50"));
    let said = network.said("second.example").await;
    assert_eq!(said.iter().filter(|s| *s == "BESS-01 r1 ENDED").count(), 1, "{said:?}");
}

#[tokio::test(start_paused = true)]
async fn a_copy_of_a_lost_vtn_is_told_all_that_the_lost_one_was_not_and_nothing_is_obeyed_twice() {
    let mut network = Network::of(&[&["first.example"], &["copy.example"]]).await;
    let both = ["first.example", "copy.example"];
    network = network.names(EAST, &both).names(WEST, &both);
    network.start(None).await;
    network.at("16:30").await;
    network.send("first.example", &network.run("BESS-01", 1, 500)).await;
    network.at("16:40").await;
    network.send("copy.example", &network.run("BESS-01", 1, 500)).await;
    network.at("17:20").await;
    network.cut("first.example");
    network.at("19:30").await;
    assert_eq!(network.said("first.example").await, WHOLE_RUN[..4]);
    let said = network.said("copy.example").await;
    assert_eq!(said, ["BESS-01 r1 RECEIVED", "BESS-01 r1 ACCEPTED", "BESS-01 r1 ENDED"]);
    let minutes = network.minutes("copy.example").await;
    let delivered = &minutes[&format!("{FSP}/BESS-01").parse().unwrap()];
    assert_eq!(delivered.len(), 121, "every minute of the run, those that were told elsewhere too");
    assert!((delivered["2026-11-26T17:30:00Z"] - 500.0).abs() < 0.001, "500 kW and not twice that");
}

#[tokio::test(start_paused = true)]
async fn a_signed_notice_leads_the_fsp_to_the_new_address_and_is_remembered() {
    let mut network = Network::of(&[&["old.example"], &["new.example"]]).await;
    network = network.names(EAST, &["old.example"]).names(WEST, &["old.example"]);
    network = network.with_secret_at("new.example");
    network.start(None).await;
    network.at("16:00").await;
    let notice = network.notice(EAST, "new.example", EAST);
    network.announce("old.example", &notice).await;
    network.at("16:05").await;
    network.send("new.example", &network.run("BESS-01", 1, 500)).await;
    network.send("old.example", &network.run("BESS-02", 1, 500)).await;
    network.at("16:30").await;
    assert_eq!(network.said("new.example").await, WHOLE_RUN[..2]);
    let at_old = network.said("old.example").await;
    assert_eq!(at_old, WHOLE_RUN[..2].iter().map(|s| s.replace("BESS-01", "BESS-02")).collect::<Vec<_>>());
    assert!(network.last_heartbeat("new.example").await.unwrap() > utc("16:29:45"));

    // The old address dies for good; the FSP starts again and knows where to go.
    network.cut("old.example");
    network.start(None).await;
    network.asked("new.example");
    network.at("16:31").await;
    assert!(network.asked("new.example") > 3, "at once, and not after the old one was found dead");
    network.forget_moves();
    network.start(None).await;
    network.at("16:32").await;
    network.asked("new.example");
    network.at("16:40").await;
    assert_eq!(network.asked("new.example"), 0, "without the notice nothing leads there");
}

#[tokio::test(start_paused = true)]
async fn a_forged_or_replayed_notice_leads_nobody() {
    let mut network = Network::of(&[&["old.example"], &["new.example"], &["evil.example"]]).await;
    network = network.names(EAST, &["old.example"]).with_secret_at("old.example");
    network.start(Some("old.example")).await;
    network.at("16:00").await;
    network.announce("old.example", &network.notice(EAST, "evil.example", "someone-else")).await;
    network.at("16:10").await;
    network.announce("old.example", &network.notice(EAST, "evil.example", WEST)).await;
    network.at("16:20").await;
    assert_eq!(network.asked("evil.example"), 0);
    // A true notice that was withdrawn by a later one is shown again.
    let first = network.notice(EAST, "evil.example", EAST);
    network.at("16:21").await;
    network.announce("old.example", &network.notice(EAST, "new.example", EAST)).await;
    network.at("16:25").await;
    assert!(network.asked("new.example") > 0);
    network.announce("new.example", &first).await;
    network.announce("old.example", &first).await;
    network.at("16:40").await;
    assert_eq!(network.asked("evil.example"), 0);
}

#[tokio::test(start_paused = true)]
async fn an_fsp_without_a_secret_for_the_new_address_stays_where_it_is_dispatched() {
    let mut network = Network::of(&[&["shared.example"], &["new.example"]]).await;
    network.start(Some("shared.example")).await;
    network.at("16:00").await;
    let notice = network.notice(EAST, "new.example", EAST);
    network.announce("shared.example", &notice).await;
    network.at("16:10").await;
    assert_eq!(network.asked("new.example"), 0, "the secret of a shared VTN goes to no other");
    network.send("shared.example", &network.run("BESS-01", 1, 500)).await;
    network.at("16:12").await;
    assert_eq!(network.said("shared.example").await, WHOLE_RUN[..2]);
}

/// What happens to the VTN's three addresses in an hour.
#[derive(Clone, Debug)]
enum Incident {
    Cut(usize),
    Mend(usize),
    Move(usize),
}

fn incident() -> impl Strategy<Value = Incident> {
    (0_usize..3, 0_u8..3).prop_map(|(address, what)| match what {
        0 => Incident::Cut(address),
        1 => Incident::Mend(address),
        _ => Incident::Move(address),
    })
}

const ADDRESSES: [&str; 3] = ["a.example", "b.example", "c.example"];

async fn lives_through(incidents: &[(u32, Incident)]) -> Result<(), TestCaseError> {
    let mut network = Network::of(&[&ADDRESSES]).await;
    network = network.names(EAST, &ADDRESSES).names(WEST, &ADDRESSES[..1]);
    for address in ADDRESSES {
        network = network.with_secret_at(address);
    }
    network.start(None).await;
    network.at("16:30").await;
    network.send(ADDRESSES[0], &network.run("BESS-01", 1, 500)).await;
    network.at("16:31").await;
    let mut moved_to = ADDRESSES[0];
    let mut minute = 31;
    for (wait, incident) in incidents {
        minute += wait;
        network.at(&format!("{:02}:{:02}", 16 + minute / 60, minute % 60)).await;
        match incident {
            Incident::Cut(address) => network.cut(ADDRESSES[*address]),
            Incident::Mend(address) => network.mend(ADDRESSES[*address]),
            Incident::Move(address) => {
                moved_to = ADDRESSES[*address];
                network.announce(moved_to, &network.notice(EAST, moved_to, EAST)).await;
            }
        }
    }
    ADDRESSES.iter().for_each(|address| network.mend(address));
    network.at("19:30").await;
    let said = network.said(ADDRESSES[0]).await;
    let count = said.iter().fold(BTreeMap::<&str, usize>::new(), |mut count, said| {
        *count.entry(said.as_str()).or_default() += 1;
        count
    });
    for once in &WHOLE_RUN[2..] {
        prop_assert_eq!(count.get(once), Some(&1), "{}: {:?}", once, said);
    }
    prop_assert!(count.len() == WHOLE_RUN.len(), "{said:?}");
    let minutes = network.minutes(ADDRESSES[0]).await;
    prop_assert_eq!(minutes[&format!("{FSP}/BESS-01").parse().unwrap()].len(), 121);
    for address in ADDRESSES {
        network.asked(address);
    }
    network.at("19:40").await;
    let asked = ADDRESSES.map(|address| (address, network.asked(address)));
    for (address, asked) in asked {
        let is_west = address == ADDRESSES[0];
        prop_assert!(
            address == moved_to || is_west || asked == 0,
            "moved to {}, and yet {} was asked {} times",
            moved_to,
            address,
            asked
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn whatever_becomes_of_the_addresses_a_dispatch_is_obeyed_once_and_told_whole(
        incidents in proptest::collection::vec((1_u32..8, incident()), 0..10)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(lives_through(&incidents))?;
    }
}
