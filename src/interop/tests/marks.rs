//! Marks are worked out from the dispatch in hand: the same system keeps of one what it changes in another.

use super::*;
use crate::dispatch::Status;
use crate::dispatch::sample::at;
use crate::units::Watts;

/// How the example is changed.
type Change = fn(&mut DispatchParts);

/// Only the first setpoint, real alone.
fn single(parts: &mut DispatchParts) {
    parts.setpoints.truncate(1);
    parts.setpoints[0].reactive = None;
}

fn marks(system: System, field: Field, changes: &[(Change, Mark)]) {
    for (index, (change, expected)) in changes.iter().enumerate() {
        let translation = carried(system, change);
        let fate = translation.fields.iter().find(|fate| fate.field == field).unwrap();
        assert_eq!(fate.mark, *expected, "{}, case {index}: {fate:?}", system.name());
    }
}

#[test]
fn one_setpoint_is_not_split() {
    for system in [System::Piclo, System::Umei, System::Ieee2030Dot5, System::Cim] {
        marks(system, Field::Several, &[(single, Mark::Kept)]);
        assert_eq!(carried(system, single).messages.len(), 1, "{}", system.name());
    }
    marks(System::Piclo, Field::DispatchRef, &[(single, Mark::Kept), (|_| {}, Mark::Changed)]);
    let split = carried(System::Piclo, |_| {});
    assert_eq!(split.messages_in_all, 3);
    assert!(
        split.messages[2].text.contains("\"id\": \"EMID-20261126-0417-3\""),
        "{}",
        split.messages[2].text
    );
}

#[test]
fn a_time_on_the_border_of_a_half_hour_is_kept_and_another_is_not() {
    let late: Change = |parts| {
        parts.service_start = at("2026-11-26T17:10:00Z");
        parts.setpoints[0].at = parts.service_start;
    };
    marks(System::Shapeshifter, Field::ServiceStart, &[(|_| {}, Mark::Kept), (late, Mark::Changed)]);
    marks(System::Shapeshifter, Field::SetpointTimes, &[(|_| {}, Mark::Kept), (late, Mark::Changed)]);
    marks(System::NlFlex, Field::ServiceStart, &[(|_| {}, Mark::Kept), (late, Mark::Changed)]);
    marks(System::Umei, Field::ServiceStart, &[(late, Mark::Kept)]);
    let quarter: Change = |parts| parts.service_end = at("2026-11-26T18:45:00Z");
    marks(System::Shapeshifter, Field::ServiceEnd, &[(quarter, Mark::Changed)]);
    marks(System::NlFlex, Field::ServiceEnd, &[(quarter, Mark::Kept)]);
    let order = carried(System::Shapeshifter, late);
    // 50 of 60 half-hour minutes at 2 MW, the first 20 of them.
    assert!(
        order.messages[0].text.contains("Power=\"-1333333\" Start=\"35\" Duration=\"1\""),
        "{}",
        order.text()
    );
}

#[test]
fn a_rounding_that_changes_nothing_is_kept() {
    let fine: Change = |parts| {
        single(parts);
        parts.setpoints[0].real.as_mut().unwrap().watts = Watts(123_456_789);
    };
    let absolute: Change = |parts| {
        single(parts);
        parts.setpoints[0].real.as_mut().unwrap().reference = crate::dispatch::Reference::Absolute;
    };
    marks(System::Ieee2030Dot5, Field::Volume, &[(absolute, Mark::Kept), (fine, Mark::Changed)]);
    marks(System::NlFlex, Field::Volume, &[(single, Mark::Kept), (fine, Mark::Changed)]);
    let zero: Change = |parts| {
        single(parts);
        parts.setpoints[0].real.as_mut().unwrap().watts = Watts(0);
    };
    // A sign that is turned turns nothing at 0.
    for system in [System::OpenAdr2b, System::OpenAdr3, System::Shapeshifter] {
        marks(system, Field::Volume, &[(zero, Mark::Kept), (single, Mark::Changed)]);
    }
    marks(System::OpenAdr2b, Field::Units, &[(single, Mark::Kept)]);
    marks(System::Shapeshifter, Field::Units, &[(single, Mark::Changed)]);
}

#[test]
fn a_level_over_a_baseline_of_nothing_is_the_same_number() {
    for system in [System::Boa, System::Cim, System::Ieee2030Dot5] {
        marks(system, Field::Volume, &[(single, Mark::Kept)]);
        marks(system, Field::Reference, &[(single, Mark::Changed)]);
    }
}

#[test]
fn what_the_dispatch_does_not_have_is_neither_kept_nor_lost() {
    let bare = changed(|parts| {
        single(parts);
        parts.setpoints[0].real.as_mut().unwrap().price = None;
    });
    for translation in super::super::survey(&Subject::alone(&bare, None)) {
        for field in [Field::Price, Field::Signature] {
            assert_eq!(mark(&translation, field), Mark::NotAsked, "{}", translation.system.name());
        }
    }
}

#[test]
fn reactive_power_that_is_not_asked_is_not_lost() {
    for system in [System::Obp, System::Boa, System::Shapeshifter, System::Cim, System::NlFlex] {
        marks(system, Field::ServiceType, &[(|_| {}, Mark::Lost), (single, Mark::Kept)]);
    }
    // Two absolute levels would need the same payload name with two units.
    let both_absolute: Change = |parts| {
        for setpoint in &mut parts.setpoints {
            setpoint.real.as_mut().unwrap().reference = crate::dispatch::Reference::Absolute;
        }
    };
    marks(System::OpenAdr3, Field::ServiceType, &[(|_| {}, Mark::Changed), (both_absolute, Mark::Lost)]);
}

#[test]
fn a_stop_is_a_stop_a_cancellation_a_deletion_or_nothing() {
    let stop: Change = |parts| {
        parts.status = Status::Stop;
        parts.setpoints.clear();
    };
    let emergency: Change = |parts| {
        parts.status = Status::EmergencyStop;
        parts.setpoints.clear();
    };
    for (system, says, on_stop, on_emergency) in [
        (System::FlexiblePower, "STOP", Mark::Kept, Mark::Kept),
        (System::Obp, ",STOP,", Mark::Kept, Mark::Changed),
        (System::OpenAdr2b, "<ei:eventStatus>cancelled<", Mark::Changed, Mark::Changed),
        (System::OpenAdr3, "DELETE /events/", Mark::Changed, Mark::Changed),
        (System::NlFlex, "DELETE /events/", Mark::Changed, Mark::Changed),
        (System::Umei, "DELETE /Orders/", Mark::Changed, Mark::Changed),
        (System::Ieee2030Dot5, "<currentStatus>2<", Mark::Changed, Mark::Changed),
        (System::Shapeshifter, "", Mark::Lost, Mark::Lost),
        (System::Cim, "", Mark::Lost, Mark::Lost),
        (System::Piclo, "", Mark::Unknown, Mark::Unknown),
    ] {
        let text = carried(system, stop).text();
        assert!(text.contains(says) && text.is_empty() == says.is_empty(), "{}: {text}", system.name());
        marks(system, Field::Status, &[(stop, on_stop), (emergency, on_emergency)]);
        marks(system, Field::Volume, &[(stop, Mark::NotAsked)]);
    }
    let emergency = carried(System::OpenAdr2b, emergency);
    let why = &emergency.fields.iter().find(|fate| fate.field == Field::Status).unwrap().why;
    assert!(why.contains("Nothing says that it is an emergency"), "{why}");
}

#[test]
fn a_notice_that_would_be_acted_on_is_not_sent() {
    for system in System::ALL.into_iter().filter(|system| *system != System::Sgs) {
        let notice = carried(system, |parts| parts.status = Status::PreNotify);
        assert!(notice.messages.is_empty(), "{}", system.name());
        assert!(notice.nothing_sent.unwrap().contains("not acted on"), "{}", system.name());
    }
}

#[test]
fn what_runs_now_starts_when_it_was_instructed() {
    let now: Change = |parts| parts.status = Status::RunNow;
    for system in [System::OpenAdr3, System::OpenAdr2b, System::Piclo, System::Umei, System::Boa] {
        marks(system, Field::ServiceStart, &[(|_| {}, Mark::Kept), (now, Mark::Changed)]);
        marks(system, Field::Status, &[(now, Mark::Changed)]);
        assert!(carried(system, now).text().contains("2026-11-26T15:45:00Z"), "{}", system.name());
    }
}

#[test]
fn a_start_signal_is_sent_a_notice_before_it_is_meant() {
    let run = carried(System::FlexiblePower, |_| {});
    let titles: Vec<&str> = run.messages.iter().map(|message| message.title.as_str()).collect();
    assert_eq!(titles, ["START, sent at 2026-11-26T16:45:00Z", "STOP, sent at 2026-11-26T19:00:00Z"]);
    let short: Change = |parts| parts.instruction_time = at("2026-11-26T16:45:00Z");
    marks(System::FlexiblePower, Field::InstructionTime, &[(|_| {}, Mark::Changed), (short, Mark::Kept)]);
    let late = carried(System::FlexiblePower, |parts| parts.instruction_time = at("2026-11-26T16:50:00Z"));
    assert!(late.fields[0].why.contains("later than was asked"), "{:?}", late.fields[0]);
}

#[test]
fn an_order_over_midnight_is_one_for_each_local_day_and_counts_its_half_hours() {
    let night: Change = |parts| {
        parts.service_start = at("2027-10-30T22:00:00Z");
        parts.service_end = at("2027-10-31T02:00:00Z");
        parts.instruction_time = at("2027-10-30T20:00:00Z");
        single(parts);
        parts.setpoints[0].at = parts.service_start;
    };
    let orders = carried(System::Shapeshifter, night);
    assert_eq!(orders.messages.len(), 2);
    assert!(orders.messages[0].text.contains("Period=\"2027-10-30\""));
    assert!(orders.messages[0].text.contains("Start=\"47\" Duration=\"2\""), "{}", orders.text());
    // The night in which an hour comes twice: 23:00Z is its midnight, three hours are six half-hours.
    assert!(orders.messages[1].text.contains("Start=\"1\" Duration=\"6\""), "{}", orders.text());
    marks(System::Shapeshifter, Field::Several, &[(night, Mark::Changed), (|_| {}, Mark::Kept)]);
    let events = carried(System::NlFlex, night);
    assert!(events.messages[1].text.contains("\"duration\": \"PT25H\""), "{}", events.text());
}

#[test]
fn a_way_is_drawn_by_the_units_ramps() {
    let points = carried(System::Obp, |_| {});
    let times: Vec<&str> =
        points.messages[0].text.lines().skip(1).map(|l| l.rsplit(',').nth(1).unwrap()).collect();
    let expected = ["16:58:00", "17:00:00", "17:59:30", "18:00:00", "19:00:00"];
    assert_eq!(times, expected.map(|time| format!("2026-11-26T{time}Z")));
    let acceptance = carried(System::Boa, |_| {});
    assert!(
        acceptance.text().ends_with("2026-11-26T19:00:00Z,2026-11-26T19:01:30Z,1.5,0.0\n"),
        "{}",
        acceptance.text()
    );
}

#[test]
fn a_total_is_what_the_priced_levels_cost() {
    assert!(carried(System::Shapeshifter, |_| {}).text().contains("Price=\"600.00\""));
    let both = carried(System::Shapeshifter, |parts| {
        parts.setpoints[1].real.as_mut().unwrap().price = parts.setpoints[0].real.unwrap().price;
    });
    assert!(both.text().contains("Price=\"1050.00\""), "{}", both.text());
    assert!(!both.supplied.iter().any(|text| text.starts_with("Price")));
}
