//! A control room in which everything goes on at once.

use super::*;

/// Everything at once: dispatches of every kind with what they deliver, alarms of every kind, signs of life.
pub(super) fn busy() -> Snapshot {
    let mut snapshot = with_wind_farm(snapshot());
    deliver(&mut snapshot);
    let mut alarms: Vec<Arc<Alarm>> = snapshot.alarms.to_vec();
    for id in 10..13 {
        let text = format!("EMID-05{id} waits for acknowledgement from BRIGHTFLEX");
        alarms.push(alarm(id, AlarmKind::Overdue, Priority::Low, &text, ("BRIGHTFLEX", None)));
    }
    snapshot.alarms = alarms.into();
    snapshot.shelved = vec![put_aside(30)].into();
    snapshot.vtn.news = heard(&[("16:30", "17:20")]);
    for fsp in &mut snapshot.fsps {
        Arc::make_mut(fsp).heard = heard(&[("16:40", "17:04"), ("17:12", "17:20")]);
    }
    for unit in &mut snapshot.units {
        let unit = Arc::make_mut(unit);
        unit.heard = heard(&[("16:40", "17:02"), ("17:13", "17:20")]);
        for minute in 0..40_i32 {
            let when = at(NOW) - 2400 + i64::from(minute) * 60;
            if unit.soc.is_some() {
                unit.charge.reported(when, 0.80 - f64::from(minute) * 0.004);
            }
            if let Some(kw) = unit.kw {
                unit.readings.push(Reading { at: seconds(when), kw: kw - f64::from(minute % 7) });
            }
        }
    }
    for unit in &mut snapshot.units {
        if unit.unit == unit_named("BRIGHTFLEX/BESS-07") {
            let unit = Arc::make_mut(unit);
            let days = declared_days(at(NOW));
            let offer = Offer { up: Watts(2_500_000), down: Watts(1_500_000) };
            let run = OfferRun { from: days.start, until: days.end, offer };
            let (operator, contract) = (unit.operator.clone(), unit.contract.clone());
            let declared = Declaration::new(operator, contract, unit.unit.clone(), at(NOW) - 60, [run]);
            unit.availability = Some(Arc::new(declared));
        }
    }
    snapshot
}

/// Signs of life from the first to the second time of each pair, and a silence between the pairs.
pub(super) fn heard(times: &[(&str, &str)]) -> Lifeline {
    let on = |time: &str| at(&format!("2026-11-26T{time}:00Z"));
    let mut line = Lifeline::default();
    for (from, to) in times {
        let mut second = on(from);
        while second <= on(to) {
            line.heard(second, true, None, 10);
            second = second + 10;
        }
    }
    line
}

/// Gives the first dispatch minutes of real and reactive power, short of what was asked, and its marks.
pub(super) fn deliver(snapshot: &mut Snapshot) {
    let Some(place) = snapshot.dispatches.iter().position(|d| d.key == key("EMID-0417")) else { return };
    let mut state: DispatchState = (*snapshot.dispatches[place]).clone();
    let last = Arc::make_mut(state.revisions.last_mut().unwrap());
    let mut parts = (*last.signed.dispatch).clone();
    parts.setpoints[0].reactive =
        Some(ReactiveLevel { reference: Reference::Absolute, vars: Vars(400_000), price: None });
    last.signed = Dispatch::new(parts).unwrap().sign(&signing_key("gb-dno-11-2026")).unwrap();
    let opens = at("2026-11-26T16:50:00Z");
    for minute in 1..=30_i32 {
        let when = seconds(opens + i64::from(minute) * 60);
        let kw = if minute > 20 { 2400.0 } else { 1120.0 };
        state.readings.push(Reading { at: when, kw });
        state.reactive.push(Reading { at: when, kw: 380.0 });
    }
    let unit = unit_named("BRIGHTFLEX/BESS-07");
    let Some(unit) = snapshot.units.iter().find(|u| u.unit == unit) else { return };
    let observed = Observed {
        readings: state.readings.clone(),
        acknowledged_after_s: Some(10.0),
        until: seconds(at(NOW)),
        stopped_at: None,
    };
    let marks = score(&state.in_effect(), &unit.baseline, &observed, &PaymentRules::default());
    state.score = marks.map(Arc::new);
    snapshot.dispatches[place] = Arc::new(state);
}

/// A dispatch from its intent to its acknowledgement, and the signed document of the first.
pub(super) fn journal(b: &mut Bench) {
    let mut journal = Journal::in_memory().unwrap();
    let entry = |after: i64, kind, text: &str, about: Option<&str>| Entry {
        at: at(NOW) + after,
        kind,
        dispatch: about.map(|_| key("EMID-0417")),
        unit: about.map(unit_named),
        text: text.to_owned(),
        document: (kind == EntryKind::Intent)
            .then(|| "{\"dispatch_ref\":\"EMID-0417\",\"revision\":2,\"status\":\"RUN\"}".to_owned()),
    };
    let unit = Some("BRIGHTFLEX/BESS-07");
    let entries = [
        entry(-600, EntryKind::Session, "session began with http://127.0.0.1:8080/openadr3/3.1.0", None),
        entry(-600, EntryKind::Clock, "times are those of this machine's clock", None),
        entry(-599, EntryKind::Connection, "the VTN is spoken to over plain HTTP on this machine", None),
        entry(-480, EntryKind::Intent, "signed, about to be sent: EMID-0417 revision 2", unit),
        entry(-480, EntryKind::Sent, "the VTN has EMID-0417 revision 2", unit),
        entry(-471, EntryKind::Acknowledgement, "ACCEPTED by BRIGHTFLEX, every field as sent", unit),
        entry(-90, EntryKind::Alarm, "raised: NORTHGEN has not polled for 35 s", None),
        entry(-60, EntryKind::Link, "NORTHGEN's client is lost", None),
        entry(-30, EntryKind::Delivery, "EMID-0416, ended: 980.0 of 1,000.0 kWh delivered (98.0 %)", unit),
    ];
    let recorded = journal.append_all(&entries).unwrap();
    b.publish(|snapshot| snapshot.journal_tail = recorded.into_iter().map(Arc::new).collect());
    b.press(CTRL, Key::Num7);
    b.harness.get_by_label("signed, about to be sent: EMID-0417 revision 2").click();
    b.settle();
}
