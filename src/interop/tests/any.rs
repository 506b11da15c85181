//! Whatever dispatch: nothing panics, every field is told of once, and numbers come back as they went.

use proptest::prelude::*;

use super::reading::{Level, assert_well_formed, levels};
use super::*;
use crate::dispatch::sample::any_dispatch;
use crate::dispatch::{Reference, Status};
use crate::interop::{MOST_MESSAGES, survey};
use crate::time::UtcTime;

fn any_baseline() -> impl Strategy<Value = Option<Baseline>> {
    let daily = (-5_000.0..5_000.0_f64, -5_000.0..5_000.0_f64).prop_map(|(night, day)| Baseline::Daily {
        points: vec![("00:00".to_owned(), night), ("07:30".to_owned(), day)],
    });
    let fixed = (-9_000_i32..9_000).prop_map(|kw| Baseline::Fixed { kw: f64::from(kw) });
    prop_oneof![Just(None), Just(Some(Baseline::Zero)), fixed.prop_map(Some), daily.prop_map(Some)]
}

fn any_ramps() -> impl Strategy<Value = Option<(f64, f64)>> {
    prop_oneof![Just(None), (0.001..100.0_f64, 0.001..100.0_f64).prop_map(Some)]
}

/// What is asked of one kind of power at an instant, W or var, as a change or as a level.
fn asked(subject: &Subject<'_>, at: UtcTime, is_real: bool, as_delta: bool) -> Option<f64> {
    let dispatch = subject.dispatch;
    let runs_now = dispatch.status == Status::RunNow && at < dispatch.setpoints.first()?.at;
    let of_kind =
        dispatch.setpoints.iter().filter(|s| if is_real { s.real.is_some() } else { s.reactive.is_some() });
    let in_force: Vec<_> = of_kind.filter(|s| runs_now || s.at <= at).collect();
    let setpoint = if runs_now { in_force.first()? } else { in_force.last()? };
    let Some(real) = setpoint.real.filter(|_| is_real) else {
        return Some(setpoint.reactive?.vars.0 as f64);
    };
    let watts = real.watts.0 as f64;
    let baseline = || (subject.baseline.unwrap().at(at.unix() as f64) * 1000.0).round();
    Some(match (real.reference, as_delta) {
        (Reference::Delta, true) | (Reference::Absolute, false) => watts,
        (Reference::Delta, false) => watts + baseline(),
        (Reference::Absolute, true) => watts - baseline(),
    })
}

fn is_told(subject: &Subject<'_>, translation: &Translation) -> Result<(), TestCaseError> {
    let name = translation.system.name();
    let fields: Vec<Field> = translation.fields.iter().map(|fate| fate.field).collect();
    prop_assert_eq!(&fields[..], &Field::ALL[..]);
    prop_assert_eq!(translation.messages.is_empty(), translation.nothing_sent.is_some());
    prop_assert_eq!(translation.messages.len(), translation.messages_in_all.min(MOST_MESSAGES));
    let text = translation.text();
    for fate in &translation.fields {
        prop_assert_eq!(fate.field.asked(subject), fate.before.clone());
        prop_assert_eq!(fate.mark == Mark::NotAsked, fate.before.is_none(), "{}: {:?}", name, fate);
        let says = matches!(fate.mark, Mark::Kept | Mark::Changed);
        prop_assert_eq!(says, fate.after.is_some(), "{}: {:?}", name, fate);
        prop_assert!(fate.why.ends_with('.') && !fate.why.contains("  "), "{}: {:?}", name, fate);
        let is_name = matches!(fate.field, Field::Contract | Field::DispatchRef);
        if is_name && fate.mark == Mark::Kept {
            prop_assert!(text.contains(fate.before.as_deref().unwrap()), "{}: {:?}", name, fate);
        }
        let is_time = matches!(fate.field, Field::ServiceStart | Field::InstructionTime);
        let in_words = !matches!(translation.system, System::Shapeshifter | System::Ieee2030Dot5);
        if is_time && fate.mark == Mark::Kept && in_words {
            prop_assert!(text.contains(fate.before.as_deref().unwrap()), "{}: {:?}\n{}", name, fate, text);
        }
    }
    Ok(())
}

/// Systems whose numbers are levels that can be read one by one.
fn one_by_one(system: System) -> Option<bool> {
    match system {
        System::Piclo | System::OpenAdr3 | System::OpenAdr2b => None,
        System::Umei => Some(true),
        _ => Some(false),
    }
}

fn numbers_come_back(subject: &Subject<'_>, translation: &Translation) -> Result<(), TestCaseError> {
    let rounding = |value: f64| match translation.system {
        System::Ieee2030Dot5 => value.abs() / 3_000.0,
        System::OpenAdr2b => 0.001,
        _ => 0.001 + value.abs() * 1e-12,
    };
    for Level { from, value, is_real } in levels(translation) {
        let as_delta = one_by_one(translation.system).unwrap_or_else(|| {
            // Said as it was asked: as whichever it is, no baseline comes into it.
            let dispatch = subject.dispatch;
            let of = |at: UtcTime| {
                let mut real = dispatch.setpoints.iter().filter(|s| s.real.is_some());
                let now = dispatch.status == Status::RunNow
                    && dispatch.setpoints.first().is_some_and(|s| at < s.at);
                let found = if now { real.next() } else { real.rfind(|s| s.at <= at) };
                found.and_then(|s| s.real).map(|r| r.reference)
            };
            of(from) == Some(Reference::Delta)
        });
        let expected = asked(subject, from, is_real, as_delta);
        let Some(expected) = expected else {
            return Err(TestCaseError::fail(format!(
                "{}: {from}: nothing is asked",
                translation.system.name()
            )));
        };
        prop_assert!(
            (value - expected).abs() <= rounding(expected),
            "{} at {}: read {}, asked {}\n{}",
            translation.system.name(),
            from,
            value,
            expected,
            translation.text()
        );
        if translation.system == System::Ieee2030Dot5 && value != expected {
            prop_assert_eq!(mark(translation, Field::Volume), Mark::Changed);
        }
    }
    Ok(())
}

/// In blocks, what is asked comes back as energy, W·s.
fn energy_comes_back(
    subject: &Subject<'_>,
    translation: &Translation,
    block_s: i64,
) -> Result<(), TestCaseError> {
    if translation.messages_in_all > MOST_MESSAGES || translation.messages.is_empty() {
        return Ok(());
    }
    let read = levels(translation);
    let dispatch = subject.dispatch;
    let Some(first) = read.first() else { return Ok(()) };
    let mut said = 0.0;
    let mut asked_for = 0.0;
    let mut from = first.from;
    while from < dispatch.service_end {
        let block = read.iter().find(|level| level.from == from).map_or(0.0, |level| level.value);
        said += block * block_s as f64;
        let mut sum = 0.0;
        // A quarter of an hour is long enough that every second would be slow: whole minutes and what they leave.
        let mut at = from;
        while at < from + block_s && at < dispatch.service_end {
            let next_change = dispatch.setpoints.iter().map(|s| s.at).filter(|s| *s > at).min();
            let moves = subject.baseline_moves(at, from + block_s).first().copied();
            let now_ends = Some(dispatch.instruction_time).filter(|t| *t > at);
            let until = [next_change, moves, now_ends, Some(from + block_s), Some(dispatch.service_end)]
                .into_iter()
                .flatten()
                .min()
                .unwrap();
            let is_asked = dispatch.status != Status::RunNow || at >= dispatch.instruction_time;
            let starts_first = dispatch.setpoints.first().is_some_and(|s| s.real.is_some());
            let level = if is_asked && (starts_first || dispatch.setpoints[0].at <= at) {
                asked(subject, at, true, true).unwrap_or_default()
            } else {
                0.0
            };
            sum += level * until.since(at) as f64;
            at = until;
        }
        asked_for += sum;
        from = from + block_s;
    }
    let blocks = dispatch.service_end.since(first.from) / block_s + 1;
    let most = blocks as f64 * block_s as f64 * 0.5 + asked_for.abs() * 1e-9;
    prop_assert!((said - asked_for).abs() <= most, "said {said}, asked {asked_for}\n{}", translation.text());
    Ok(())
}

proptest! {
    #[test]
    fn every_field_of_any_dispatch_is_told_of_once_in_every_system(
        dispatch in any_dispatch(),
        baseline in any_baseline(),
        ramps in any_ramps(),
        is_signed in any::<bool>(),
    ) {
        let signature = signature();
        let subject = Subject {
            baseline: baseline.as_ref(),
            ramps_kw_per_s: ramps,
            product: Some("A & B <\u{7}>"),
            ..Subject::alone(&dispatch, is_signed.then_some(&signature))
        };
        for translation in survey(&subject) {
            assert_well_formed(&translation);
            is_told(&subject, &translation)?;
        }
    }

    #[test]
    fn numbers_read_back_are_what_was_asked(dispatch in any_dispatch(), baseline in any_baseline()) {
        let subject = Subject { baseline: baseline.as_ref(), ..Subject::alone(&dispatch, None) };
        for system in [
            System::OpenAdr3,
            System::OpenAdr2b,
            System::Piclo,
            System::Umei,
            System::Cim,
            System::Ieee2030Dot5,
        ] {
            if !dispatch.status.is_stop() {
                numbers_come_back(&subject, &translate(system, &subject))?;
            }
        }
        energy_comes_back(&subject, &translate(System::Shapeshifter, &subject), 1800)?;
    }

    #[test]
    fn points_of_a_way_are_in_order_and_at_their_levels(dispatch in any_dispatch(), ramps in any_ramps()) {
        let zero = Baseline::Zero;
        let subject =
            Subject { baseline: Some(&zero), ramps_kw_per_s: ramps, ..Subject::alone(&dispatch, None) };
        for system in [System::Obp, System::Boa] {
            let read = levels(&translate(system, &subject));
            prop_assert!(read.windows(2).all(|pair| pair[0].from <= pair[1].from), "{read:?}");
            let late = dispatch.status != Status::Run;
            for setpoint in dispatch.setpoints.iter().filter(|_| !late) {
                let Some(real) = setpoint.real else { continue };
                let watts = real.watts.0 as f64;
                let there = |l: &Level| l.from == setpoint.at && (l.value - watts).abs() < 0.001 + watts.abs() * 1e-12;
                prop_assert!(read.iter().any(there), "{} is not at {watts} W\n{read:?}", setpoint.at);
            }
        }
    }
}
