//! Keys near their end, and files of keys that are wrong.

use super::Scene;
use crate::certificate::{Standing, Validity};
use crate::desk::alarms::{Cause, Condition};
use crate::desk::register::Register;
use crate::desk::snapshot::Priority;
use crate::dispatch::{FspId, OperatorId};
use crate::time::UtcTime;
use crate::units::counted;

/// An FSP's key is told so long before its end, seconds.
const SOON_S: i64 = 30 * 86_400;

/// What is wrong with keys.
pub(super) fn conditions(scene: &Scene<'_>) -> Vec<Condition> {
    let mut found: Vec<Condition> = scene.keys_fault.map(files).into_iter().collect();
    let operators = scene.register.own(scene.now).map(|(operator, key)| (operator.clone(), key.is_ok()));
    for (operator, signs) in operators {
        found.extend(own(scene.register, &operator, signs, scene.now));
    }
    found.extend(of_fsps(scene.register, scene.now));
    found
}

/// An operator whose last key ends, or has none in force.
fn own(register: &Register, operator: &OperatorId, signs: bool, now: UtcTime) -> Option<Condition> {
    let next =
        format!("`rampdesk key rotate {operator}` makes the next one, which the FSPs must have before");
    if !signs {
        let text = match register.has_people(operator) {
            false => format!(
                "No key of {operator} is in force: nothing goes out in its name, no stop either. Telephone the FSPs of services \
                 under way; {next}."
            ),
            true => format!(
                "No key of the machine\u{2019}s own of {operator} is in force: while nobody is signed on no stop goes out, and nobody \
                 signs the journal. Sign on; {next}."
            ),
        };
        return Some(condition(Cause::KeyEnds(operator.to_string()), Priority::High, text));
    }
    let keys = register.key(operator)?;
    let pinned = register.own_keys(operator)?;
    let what = if register.has_people(operator) {
        "its stops and its journal go unsigned while nobody is signed on"
    } else {
        "nothing goes out in its name"
    };
    let ends: Option<Vec<UtcTime>> = keys
        .iter()
        .filter_map(|key| pinned.get(key.key_id()))
        .map(crate::dispatch::PublicKey::ends)
        .collect();
    let until = ends?.into_iter().max()?;
    let (priority, when) = near(until, now)?;
    let text = format!("{operator}\u{2019}s last key {when}, at {until}: from then on {what}; {next}.");
    Some(condition(Cause::KeyEnds(operator.to_string()), priority, text))
}

/// FSPs whose last key ends, in one alarm.
fn of_fsps(register: &Register, now: UtcTime) -> Option<Condition> {
    let ending: &[(UtcTime, FspId)] = register.fsp_keys_ending(now + SOON_S);
    let (until, first) = ending.first()?;
    let (priority, when) = near(*until, now)?;
    let others = match ending.len() - 1 {
        0 => String::new(),
        more => format!(", and that of {} after it", counted(more, "other")),
    };
    let text = format!(
        "The last key of {first} {when}, at {until}{others}: from then on its acknowledgements are not believed. Have it send its \
         next key, and pin that in the trust file."
    );
    Some(condition(Cause::FspKeys, priority, text))
}

/// How near the end of a key is, where it is near.
pub(super) fn near(until: UtcTime, now: UtcTime) -> Option<(Priority, String)> {
    // A key ends with the first instant at which it is good no more.
    let validity = Validity { from: UtcTime::from_unix(0), until: until - 1 };
    let ends =
        || format!("ends in {}", counted(usize::try_from(validity.days_left(now)).unwrap_or(0), "day"));
    match validity.standing(now) {
        Standing::Fine | Standing::NotYet => None,
        Standing::Soon => Some((Priority::Low, ends())),
        Standing::Imminent => Some((Priority::Medium, ends())),
        Standing::Expired => Some((Priority::High, "has ended".to_owned())),
    }
}

fn files(fault: &str) -> Condition {
    let text = format!(
        "The files of this desk\u{2019}s keys have been changed and are not right: {fault}. It goes on by what they said before: \
         put them right, so that no rotation and no revocation is missed."
    );
    condition(Cause::KeyFiles, Priority::Medium, text)
}

pub(super) fn condition(cause: Cause, priority: Priority, text: String) -> Condition {
    Condition {
        cause,
        priority,
        text,
        source: "desk".to_owned(),
        unit: None,
        dispatch: None,
        heard_through: None,
        silences: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::testing::{at, fsp_key, operator, operator_key, register};
    use crate::dispatch::KeyRing;
    use crate::profile::trust::Trust;

    const DAY_S: i64 = 86_400;

    fn with(own: Option<UtcTime>, theirs: Option<UtcTime>) -> Register {
        let trust = Trust {
            operators: [(operator(), KeyRing::new([operator_key().public(None, own)]))].into(),
            fsps: [(
                "BRIGHTFLEX".parse().unwrap(),
                KeyRing::new([fsp_key("BRIGHTFLEX").public(None, theirs)]),
            )]
            .into(),
        };
        register().rekeyed(None, Some(trust))
    }

    #[test]
    fn a_key_is_an_alarm_from_a_month_before_its_end_and_graver_the_nearer_it_is() {
        let now = at("17:00");
        let found = |days: i64| {
            let ends = Some(now + days * DAY_S);
            let register = with(ends, ends);
            let signs = register.own(now).all(|(_, key)| key.is_ok());
            let both = [own(&register, &operator(), signs, now), of_fsps(&register, now)];
            both.map(|condition| condition.map(|c| (c.priority, c.text)))
        };
        assert_eq!(found(31), [None, None]);
        let [Some((Priority::Low, ours)), Some((Priority::Low, theirs))] = found(29) else {
            panic!("{:?}", found(29))
        };
        assert!(
            ours.starts_with("GB-DNO-11\u{2019}s last key ends in 28 days, at ")
                && ours.contains("key rotate GB-DNO-11"),
            "{ours}"
        );
        assert!(theirs.starts_with("The last key of BRIGHTFLEX ends in 28 days"), "{theirs}");
        assert!(found(5).iter().flatten().all(|(priority, _)| *priority == Priority::Medium));
        let [Some((Priority::High, none)), Some((Priority::High, ended))] = found(0) else {
            panic!("{:?}", found(0))
        };
        assert!(
            none.starts_with("No key of GB-DNO-11 is in force") && ended.contains("has ended"),
            "{none} {ended}"
        );
        let endless = with(None, None);
        assert_eq!((own(&endless, &operator(), true, now), of_fsps(&endless, now)), (None, None));
    }
}
