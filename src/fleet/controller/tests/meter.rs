//! What a unit's meter reads of what the unit does.

use super::*;
use crate::power::Meter;

fn minutes(meter: Meter) -> (Vec<f64>, Vec<f64>) {
    let unit = Unit { meter, ..battery() };
    let asked = hour(&unit);
    let mut controller = Controller::new(&unit, utc("15:00"));
    take(&mut controller, &asked, "16:30").unwrap();
    controller.advance(utc("18:30"));
    let ends = (1..=60).map(|minute| utc("17:00") + 60 * minute);
    let read = |end| controller.minute_of(&asked.document().key(), end).unwrap().0.reading.kw;
    (ends.clone().map(read).collect(), ends.map(|end| controller.pulse(end - 1).kw).collect())
}

#[test]
fn a_meter_is_read_in_its_noise_and_steps_and_the_unit_does_what_it_does() {
    let (exact, truth) = minutes(Meter::EXACT);
    assert!(exact.iter().chain(&truth).all(|kw| (kw - 500.0).abs() < 1e-9), "{exact:?}");
    let noisy = Meter { noise: 0.01, resolution_kw: Some(0.5), seed: 3 };
    let (read, same_truth) = minutes(noisy);
    assert_eq!(truth, same_truth, "physics are none of the meter's");
    assert!(read.iter().all(|kw| (kw * 2.0).fract() == 0.0 && (kw - 500.0).abs() <= 30.5), "{read:?}");
    let mean = read.iter().sum::<f64>() / 60.0;
    assert!((mean - 500.0).abs() < 3.0, "no leaning: {mean}");
    let differing = read.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!(differing > 50, "each minute has a noise of its own: {read:?}");
    assert_eq!(minutes(noisy).0, read, "the same seed, the same minutes");
    assert_ne!(minutes(Meter { seed: 4, ..noisy }).0, read);
}

#[test]
fn a_faulty_unit_is_read_by_the_same_meter() {
    use crate::profile::faults::{Affliction, FaultPlan, TimedFault, UnitFault};
    let unit = Unit { meter: Meter { noise: 0.0, resolution_kw: Some(100.0), seed: 0 }, ..battery() };
    let mut controller = Controller::new(&unit, utc("15:00"));
    let fault = TimedFault {
        affliction: Affliction::Unit(unit.unit.clone(), UnitFault::Partial { share: 0.46 }),
        from: None,
        until: None,
    };
    controller.switched(&std::sync::Arc::new(FaultPlan { faults: vec![fault] }), Vec::new(), utc("15:00"));
    let asked = hour(&unit);
    take(&mut controller, &asked, "16:30").unwrap();
    controller.advance(utc("17:30"));
    let (minute, _) = controller.minute_of(&asked.document().key(), utc("17:20")).unwrap();
    assert_eq!(minute.reading.kw, 200.0, "230 kW, in steps of 100");
}
