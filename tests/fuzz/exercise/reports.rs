//! A report as some VEN files it: an acknowledgement, a heartbeat, readings, or none of them.

use rampdesk::dispatch::DispatchUnit;
use rampdesk::openadr::legacy::{self, Kind};
use rampdesk::openadr::mapping::{self, Heartbeat, MinuteReading};
use rampdesk::openadr::wire::{self, Report};

/// Below this a power can be written, kW.
const WRITABLE_KW: f64 = 9e11;

pub fn exercise(data: &[u8]) {
    if let Ok(value) = wire::read::<serde_json::Value>(data)
        && let Ok(report) = wire::read_value::<Report>(legacy::from_3_0(Kind::Report, value))
    {
        understand(&report);
    }
    let Ok(report) = wire::read::<Report>(data) else { return };
    let written = serde_json::to_vec(&report).expect("what was read can be written");
    assert_eq!(wire::read::<Report>(&written).expect("what was written can be read"), report);
    understand(&report);
}

/// What is finer than is written is rounded once, and then stays.
fn understand(report: &Report) {
    match mapping::acknowledgement_from(report) {
        Some(Ok(signed)) => {
            let again = mapping::report_from_acknowledgement(&signed, "E");
            let again =
                mapping::acknowledgement_from(&again).expect("an acknowledgement").expect("a good one");
            assert_eq!(again, signed);
        }
        Some(Err(problems)) => super::assert_readable(&problems),
        None => {}
    }
    if let Some(heartbeat) = mapping::heartbeat_from(report) {
        let filed = |heartbeat: &Heartbeat| {
            mapping::heartbeat_from(&mapping::report_from_heartbeat(heartbeat, "E")).expect("a heartbeat")
        };
        let rounded = filed(&heartbeat);
        assert!(rounded.units.iter().all(|unit| unit.kw.is_finite()), "{rounded:?}");
        assert_eq!(filed(&rounded), rounded);
    }
    let readings = mapping::readings_from(report);
    for (unit, minute) in &readings {
        let figures = [Some(minute.reading.at), Some(minute.reading.kw), minute.baseline_kw, minute.soc];
        assert!(figures.into_iter().flatten().all(f64::is_finite), "{unit}: {minute:?}");
    }
    let Some((unit, _)) = readings.first() else { return };
    let of_one = |readings: &[(DispatchUnit, MinuteReading)]| -> Vec<MinuteReading> {
        readings.iter().filter(|(other, _)| other == unit).map(|(_, minute)| *minute).collect()
    };
    let filed = |minutes: &[MinuteReading]| {
        mapping::readings_from(&mapping::report_from_readings("E", unit, minutes))
    };
    // What no unit could give or take is read, so that the desk can say so, and filed as missing.
    let mut writable = of_one(&readings);
    writable.retain(|minute| minute.reading.kw.abs() < WRITABLE_KW);
    let rounded = of_one(&filed(&writable));
    assert_eq!(rounded.len(), writable.len());
    assert_eq!(of_one(&filed(&rounded)), rounded);
}
