//! What an amendment changes of the revision before it, field by field.

use crate::time::UtcTime;
use crate::units::{Vars, Watts};

use super::comparison::paired;
use super::{DispatchParts, Price, Reference, Setpoint, Status};

/// One field that two revisions of a dispatch hold differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub field: ChangedField,
    /// As the revision before has it; `None` when it has none.
    pub before: Option<ChangedValue>,
    /// As the amendment has it; `None` when it was taken out.
    pub after: Option<ChangedValue>,
}

/// A field of a dispatch that an amendment may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangedField {
    /// What is asked.
    Status,
    /// Start of the service window.
    Start,
    /// End of the service window.
    End,
    /// Of a setpoint.
    Setpoint(ChangedSetpoint, ChangedPart),
}

/// Which setpoint: its place in time order, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangedSetpoint {
    /// In the amendment.
    Of(usize),
    /// In the revision before: the amendment has it no more.
    TakenOut(usize),
}

/// A part of a setpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangedPart {
    /// When it is to be delivered.
    Time,
    /// Real power.
    Real,
    /// What real power is paid.
    RealPrice,
    /// Reactive power.
    Reactive,
    /// What reactive power is paid.
    ReactivePrice,
}

/// What a field holds. Signs are the profile's: positive is more export, or vars exported (lagging).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangedValue {
    /// A status.
    Status(Status),
    /// An instant.
    Time(UtcTime),
    /// A level of real power.
    Real(Reference, Watts),
    /// A level of reactive power.
    Reactive(Reference, Vars),
    /// A price.
    Price(Price),
}

/// Every field that the amendment holds otherwise, in the order in which a dispatch is read. Revision and instruction time
/// always move on and are not told; what a revision must keep (unit, contract) is not told either.
///
/// Setpoints are paired by their time; those that are left between two pairs are paired in order, so that a moved time
/// shows as one.
pub fn changes(before: &DispatchParts, after: &DispatchParts) -> Vec<Change> {
    let whole = [
        (ChangedField::Status, ChangedValue::Status(before.status), ChangedValue::Status(after.status)),
        (
            ChangedField::Start,
            ChangedValue::Time(before.service_start),
            ChangedValue::Time(after.service_start),
        ),
        (ChangedField::End, ChangedValue::Time(before.service_end), ChangedValue::Time(after.service_end)),
    ];
    let mut changes: Vec<Change> = whole
        .into_iter()
        .filter_map(|(field, before, after)| Change::between(field, Some(before), Some(after)))
        .collect();
    let mut pairs = paired(&before.setpoints, &after.setpoints);
    pairs.sort_by_key(|(old, new)| new.or(*old).map(|s| s.at));
    for (old, new) in pairs {
        let number = match (old, new) {
            (_, Some(new)) => ChangedSetpoint::Of(place(&after.setpoints, new)),
            (Some(old), None) => ChangedSetpoint::TakenOut(place(&before.setpoints, old)),
            (None, None) => continue,
        };
        changes.extend(of_setpoint(number, old, new));
    }
    changes
}

fn place(setpoints: &[Setpoint], one: &Setpoint) -> usize {
    setpoints.iter().take_while(|s| s.at < one.at).count() + 1
}

fn of_setpoint(
    number: ChangedSetpoint,
    old: Option<&Setpoint>,
    new: Option<&Setpoint>,
) -> impl Iterator<Item = Change> {
    let part = |part, read: fn(&Setpoint) -> Option<ChangedValue>| {
        Change::between(ChangedField::Setpoint(number, part), old.and_then(read), new.and_then(read))
    };
    let parts = [
        part(ChangedPart::Time, |s| Some(ChangedValue::Time(s.at))),
        part(ChangedPart::Real, |s| s.real.map(|l| ChangedValue::Real(l.reference, l.watts))),
        part(ChangedPart::RealPrice, |s| s.real.and_then(|l| l.price).map(ChangedValue::Price)),
        part(ChangedPart::Reactive, |s| s.reactive.map(|l| ChangedValue::Reactive(l.reference, l.vars))),
        part(ChangedPart::ReactivePrice, |s| s.reactive.and_then(|l| l.price).map(ChangedValue::Price)),
    ];
    parts.into_iter().flatten()
}

impl Change {
    fn between(
        field: ChangedField,
        before: Option<ChangedValue>,
        after: Option<ChangedValue>,
    ) -> Option<Self> {
        (before != after).then_some(Self { field, before, after })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sample::{any_dispatch, at, parts};
    use super::*;

    use ChangedField as Field;
    use ChangedPart as Part;
    use ChangedSetpoint as Which;
    use ChangedValue as Value;

    fn between(change: impl FnOnce(&mut DispatchParts)) -> Vec<Change> {
        let mut after = parts();
        change(&mut after);
        changes(&parts(), &after)
    }

    fn of(
        number: Which,
        part: Part,
        before: impl Into<Option<Value>>,
        after: impl Into<Option<Value>>,
    ) -> Change {
        Change { field: Field::Setpoint(number, part), before: before.into(), after: after.into() }
    }

    fn kilowatts(kw: i64) -> Value {
        Value::Real(Reference::Delta, Watts(kw * 1000))
    }

    #[test]
    fn the_next_revision_alone_changes_nothing_that_is_asked() {
        assert_eq!(
            between(|p| (p.revision, p.instruction_time) = (p.revision.next(), p.instruction_time + 9)),
            []
        );
    }

    #[test]
    fn a_status_and_a_window_are_told_before_the_setpoints() {
        let changed = between(|p| {
            p.status = Status::RunNow;
            p.service_end = p.service_end + 1800;
            p.setpoints[1].real.as_mut().unwrap().watts = Watts(1_000_000);
        });
        let end = Value::Time(at("2026-11-26T19:00:00Z"));
        assert_eq!(
            changed,
            [
                Change {
                    field: Field::Status,
                    before: Some(Value::Status(Status::Run)),
                    after: Some(Value::Status(Status::RunNow))
                },
                Change {
                    field: Field::End,
                    before: Some(end),
                    after: Some(Value::Time(at("2026-11-26T19:30:00Z")))
                },
                of(Which::Of(2), Part::Real, kilowatts(1500), kilowatts(1000)),
            ]
        );
    }

    #[test]
    fn a_setpoint_that_is_moved_is_one_change_of_its_time() {
        let changed = between(|p| p.setpoints[1].at = p.setpoints[1].at + 900);
        let (before, after) = (at("2026-11-26T18:00:00Z"), at("2026-11-26T18:15:00Z"));
        assert_eq!(changed, [of(Which::Of(2), Part::Time, Value::Time(before), Value::Time(after))]);
    }

    #[test]
    fn what_is_put_between_is_new_and_what_follows_keeps_its_pair() {
        let changed = between(|p| {
            let half = Setpoint { at: at("2026-11-26T17:30:00Z"), ..p.setpoints[1] };
            p.setpoints.insert(1, half);
        });
        let half = Value::Time(at("2026-11-26T17:30:00Z"));
        assert_eq!(
            changed,
            [of(Which::Of(2), Part::Time, None, half), of(Which::Of(2), Part::Real, None, kilowatts(1500)),]
        );
    }

    #[test]
    fn what_is_taken_out_carries_the_number_it_had() {
        let changed = between(|p| p.setpoints.truncate(1));
        let six = Value::Time(at("2026-11-26T18:00:00Z"));
        assert_eq!(
            changed,
            [
                of(Which::TakenOut(2), Part::Time, six, None),
                of(Which::TakenOut(2), Part::Real, kilowatts(1500), None),
            ]
        );
    }

    #[test]
    fn the_same_number_measured_otherwise_is_a_change_and_so_is_a_price_or_reactive_power() {
        let changed = between(|p| {
            p.setpoints[1].real.as_mut().unwrap().reference = Reference::Absolute;
            p.setpoints[0].real.as_mut().unwrap().price = None;
            p.setpoints[0].reactive = None;
        });
        let fields: Vec<_> = changed.iter().map(|c| c.field).collect();
        assert_eq!(
            fields,
            [
                Field::Setpoint(Which::Of(1), Part::RealPrice),
                Field::Setpoint(Which::Of(1), Part::Reactive),
                Field::Setpoint(Which::Of(2), Part::Real),
            ]
        );
        assert_eq!(changed[2].after, Some(Value::Real(Reference::Absolute, Watts(1_500_000))));
    }

    proptest! {
        /// Nobody is told that nothing changes when something does, nor the other way round.
        #[test]
        fn nothing_is_told_only_when_nothing_changes(a in any_dispatch(), b in any_dispatch()) {
            let (a, b) = (a.parts(), b.parts());
            let same = a.status == b.status
                && (a.service_start, a.service_end) == (b.service_start, b.service_end)
                && a.setpoints == b.setpoints;
            prop_assert_eq!(changes(a, b).is_empty(), same);
            prop_assert_eq!(changes(a, a), []);
        }
    }
}
