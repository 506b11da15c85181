//! What an FSP declares of its units at a VTN: when, how often, and what it holds them to.

use rampdesk::dispatch::availability::Offer;
use rampdesk::dispatch::{Reason, Stage};
use rampdesk::openadr::mapping::Availability;
use rampdesk::profile::availability::Limits;
use rampdesk::time::UtcTime;
use rampdesk::units::Watts;

use super::field::{Field, utc};

fn only(declared: &[Availability]) -> &Availability {
    assert_eq!(declared.len(), 1, "one report, renewed: {declared:#?}");
    &declared[0]
}

fn up_kw(declared: &Availability, at: UtcTime) -> Option<i64> {
    declared.units[0].offer_at(at).map(|offer| offer.up.0 / 1000)
}

#[tokio::test(start_paused = true)]
async fn three_days_are_declared_once_again_when_changed_and_again_when_another_day_begins() {
    let field = Field::open().await;
    field.at("16:00").await;
    let first = only(&field.declared().await).clone();
    let whole = Offer { up: Watts(1_000_000), down: Watts(800_000) };
    let runs: Vec<_> = first.units[0].runs().iter().map(|r| (r.from, r.until, r.offer)).collect();
    assert_eq!(runs, [(utc("00:00"), utc("00:00") + 3 * 86_400, whole)]);
    field.at("16:20").await;
    assert_eq!(*only(&field.declared().await), first, "nothing was changed: nothing is said");

    let unit = field.units().remove(0);
    assert!(field.availabilities().change(&unit, utc("17:00")..utc("18:00"), Some(Limits::NOTHING)));
    field.at("16:20:12").await;
    let changed = only(&field.declared().await).clone();
    let up = |declared: &Availability| ["16:30", "17:00", "17:30", "18:00"].map(|t| up_kw(declared, utc(t)));
    assert_eq!(up(&changed), [Some(1000), Some(0), Some(0), Some(1000)]);

    assert!(field.availabilities().change(&unit, utc("17:00")..utc("18:00"), None));
    field.at("16:20:24").await;
    assert_eq!(up(only(&field.declared().await)), [Some(1000); 4], "set back");
    field.at("23:59:50").await;
    let fourth = utc("00:00") + 3 * 86_400 + 1800;
    assert_eq!(up_kw(only(&field.declared().await), fourth), None);
    field.clock.sleep(30.0).await;
    assert_eq!(up_kw(only(&field.declared().await), fourth), Some(1000), "another day, another day ahead");
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_outside_of_what_is_declared_is_rejected_as_unavailable() {
    let field = Field::open().await;
    let unit = field.units().remove(0);
    let limits = Limits { up: Some(Watts(300_000)), down: None };
    assert!(field.availabilities().change(&unit, utc("17:30")..utc("18:00"), Some(limits)));
    field.at("16:30").await;
    let event = field.send(&field.run(1, 500)).await;
    field.at("16:31").await;
    let rejected = field.acknowledgement(&event, Stage::Rejected).await;
    assert_eq!(rejected.reason, Some(Reason::Unavailable));
    let detail = rejected.detail.unwrap();
    for part in ["2026-11-26T17:30:00Z", "500.0 kW up from baseline is asked", "300.0 kW up is declared"] {
        assert!(detail.contains(part), "{detail}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_vtn_that_has_lost_what_was_declared_and_a_fleet_that_is_started_again_have_it_once() {
    let mut field = Field::open().await;
    field.at("16:00").await;
    field.lose_vtn();
    field.provision().await;
    field.at("16:10").await;
    only(&field.declared().await);
    field.restart_fleet().await;
    field.at("16:20").await;
    assert!(
        only(&field.declared().await).at > utc("16:10"),
        "renewed, and not filed beside the earlier run's"
    );
}

#[tokio::test(start_paused = true)]
async fn each_fsp_declares_its_own_units_alone() {
    let field = Field::of(2, 2).await;
    field.at("16:00").await;
    for declared in field.declared().await {
        assert_eq!(declared.units.len(), 2);
        assert!(declared.units.iter().all(|unit| unit.unit.fsp == declared.fsp));
    }
}
