//! A sign that is turned one time too few or too many turns a unit the wrong way.

use super::reading::levels;
use super::*;
use crate::dispatch::{ReactiveLevel, RealLevel, Reference, Setpoint};
use crate::units::{Vars, Watts};

/// One level for two hours from 17:00.
fn one(kilowatts: i64, reference: Reference) -> impl FnOnce(&mut DispatchParts) {
    move |parts| {
        let real = RealLevel { reference, watts: Watts(kilowatts * 1000), price: None };
        parts.setpoints = vec![Setpoint { at: parts.service_start, real: Some(real), reactive: None }];
    }
}

fn text(system: System, change: impl FnOnce(&mut DispatchParts)) -> String {
    carried(system, change).text()
}

#[test]
fn turning_up_and_turning_down_are_written_as_each_system_counts() {
    let delta = Reference::Delta;
    for (system, up, down) in [
        (System::OpenAdr3, "-1000.0", "1000.0"),
        (System::OpenAdr2b, "<ei:value>-1000.0</ei:value>", "<ei:value>1000.0</ei:value>"),
        (System::Shapeshifter, "Power=\"-1000000\"", "Power=\"1000000\""),
        (System::Piclo, "\"need_direction\": \"deficit\"", "\"need_direction\": \"excess\""),
        (System::Umei, "\"regulationType\": \"Up\"", "\"regulationType\": \"Down\""),
        (System::Cim, "<clearedMW>1.0</clearedMW>", "<clearedMW>-1.0</clearedMW>"),
        (System::Obp, "17:00:00Z,1.0\n", "17:00:00Z,-1.0\n"),
        (System::Boa, "2026-11-26T19:00:00Z,1.0,1.0\n", "2026-11-26T19:00:00Z,-1.0,-1.0\n"),
        (System::Edl, "2026-11-26T17:00:00Z  1.0 MW", "2026-11-26T17:00:00Z  -1.0 MW"),
        (System::Ieee2030Dot5, "<value>1000</value>", "<value>-1000</value>"),
    ] {
        let (rises, falls) = (text(system, one(1000, delta)), text(system, one(-1000, delta)));
        assert!(rises.contains(up), "{}: {rises}", system.name());
        assert!(falls.contains(down), "{}: {falls}", system.name());
    }
}

#[test]
fn the_dutch_profile_can_turn_down_demand_and_nothing_else() {
    let up = carried(System::NlFlex, one(1000, Reference::Delta));
    assert!(levels(&up).iter().all(|level| level.value == 1_000_000.0) && levels(&up).len() == 8);
    let down = carried(System::NlFlex, one(-1000, Reference::Delta));
    assert!(down.messages.is_empty() && down.nothing_sent.is_some());
    assert!(down.fields.iter().all(|fate| matches!(fate.mark, Mark::Lost | Mark::NotAsked)));
}

#[test]
fn reactive_power_is_exported_where_it_is_exported() {
    let asked = |kilovars: i64| {
        move |parts: &mut DispatchParts| {
            let vars = Vars(kilovars * 1000);
            let reactive = ReactiveLevel { reference: Reference::Absolute, vars, price: None };
            parts.setpoints =
                vec![Setpoint { at: parts.service_start, real: None, reactive: Some(reactive) }];
        }
    };
    for system in [System::OpenAdr3, System::OpenAdr2b, System::Piclo, System::Umei, System::Ieee2030Dot5] {
        for kilovars in [400, -400] {
            let read = levels(&carried(system, asked(kilovars)));
            assert_eq!(read.len(), 1, "{}", system.name());
            assert_eq!(
                (read[0].value / 1000.0, read[0].is_real),
                (kilovars as f64, false),
                "{}",
                system.name()
            );
        }
    }
    assert!(text(System::Piclo, asked(400)).contains("\"need_direction\": \"export\""));
    assert!(text(System::Piclo, asked(-400)).contains("\"need_direction\": \"import\""));
}

#[test]
fn delta_and_absolute_differ_by_the_baseline() {
    let signature = signature();
    let import = Baseline::Fixed { kw: -300.0 };
    let read = |system, reference| {
        let dispatch = changed(one(1000, reference));
        let subject = Subject { baseline: Some(&import), ..known(&dispatch, &signature) };
        let translation = translate(system, &subject);
        let volume = mark(&translation, Field::Volume);
        let at_its_time = |l: &&reading::Level| l.from == dispatch.service_start;
        (levels(&translation).iter().rfind(at_its_time).unwrap().value, volume)
    };
    for system in [System::Boa, System::Cim, System::Ieee2030Dot5] {
        assert_eq!(read(system, Reference::Delta), (700_000.0, Mark::Changed), "{}", system.name());
        assert_eq!(read(system, Reference::Absolute), (1_000_000.0, Mark::Kept), "{}", system.name());
    }
    for system in [System::Obp, System::Umei, System::NlFlex] {
        assert_eq!(read(system, Reference::Delta), (1_000_000.0, Mark::Kept), "{}", system.name());
        assert_eq!(read(system, Reference::Absolute), (1_300_000.0, Mark::Changed), "{}", system.name());
    }
    assert_eq!(read(System::Shapeshifter, Reference::Absolute), (1_300_000.0, Mark::Changed));
}

#[test]
fn without_the_baseline_nothing_is_made_up() {
    let (dispatch, signature) = (changed(one(1000, Reference::Delta)), signature());
    let subject = Subject { baseline: None, ..known(&dispatch, &signature) };
    for system in [System::Boa, System::Edl, System::Cim, System::Ieee2030Dot5] {
        let translation = translate(system, &subject);
        assert!(translation.nothing_sent.unwrap().contains("baseline"), "{}", system.name());
        assert!(translation.fields.iter().all(|f| matches!(f.mark, Mark::Unknown | Mark::NotAsked)));
    }
    assert_eq!(levels(&translate(System::Umei, &subject)).len(), 1);
}
