//! Commands that wait for their turn. They are taken in the order in which they were given, but for stops: a stop goes
//! before all that waits, and what waits for the same power does not go at all. Pure.

use std::collections::{BTreeSet, VecDeque};

use super::command::{Command, CommandNumber};
use crate::dispatch::{DispatchKey, DispatchParts, FspId};

/// Commands in the order in which they were given.
#[derive(Default)]
pub(super) struct Backlog(VecDeque<Given>);

/// A command and its number.
type Given = (CommandNumber, Command);

/// What is to be done next.
pub(super) struct Turn {
    pub number: CommandNumber,
    pub command: Command,
    /// Dispatches given before it, which a stop takes the place of.
    pub overtaken: Vec<Given>,
}

impl Backlog {
    pub(super) fn push(&mut self, number: CommandNumber, command: Command) {
        self.0.push_back((number, command));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first stop, and with it what it takes the place of; else the first command.
    pub(super) fn take(&mut self) -> Option<Turn> {
        let stop = self.0.iter().position(|(_, command)| is_stop(command));
        let (number, command) = self.0.remove(stop.unwrap_or(0))?;
        let mut overtaken = Vec::new();
        if let Some(place) = stop {
            let after = self.0.split_off(place);
            let (dropped, kept): (VecDeque<Given>, VecDeque<Given>) =
                self.0.drain(..).partition(|(_, given)| is_overtaken(given, &command));
            (self.0, overtaken) = (kept, dropped.into());
            self.0.extend(after);
        }
        Some(Turn { number, command, overtaken })
    }

    /// Puts dispatches that wait one right after the other in the order in which their FSPs ask: they are signed in the
    /// order of the backlog, and what is not signed yet cannot go. Those of one FSP stay as they were given.
    pub(super) fn arrange<T: Ord>(&mut self, asked_for: impl Fn(&FspId) -> T) {
        let given = self.0.make_contiguous();
        let of_a_dispatch = |given: &Given| matches!(given.1, Command::Send(_));
        for run in given.chunk_by_mut(|one, next| of_a_dispatch(one) == of_a_dispatch(next)) {
            run.sort_by_cached_key(|(_, command)| match command {
                Command::Send(parts) => Some(asked_for(&parts.unit.fsp)),
                _ => None,
            });
        }
    }

    /// At most so many dispatches that come next one right after the other, no two of one ref; none while a stop waits.
    pub(super) fn take_dispatches(&mut self, most: usize) -> Vec<(CommandNumber, DispatchParts)> {
        let mut together = Vec::new();
        if self.0.iter().any(|(_, command)| is_stop(command)) {
            return together;
        }
        let mut keys: BTreeSet<DispatchKey> = BTreeSet::new();
        while together.len() < most
            && let Some((_, Command::Send(parts))) = self.0.front()
            && keys.insert(key_of(parts))
            && let Some((number, Command::Send(parts))) = self.0.pop_front()
        {
            together.push((number, *parts));
        }
        together
    }

    /// All of it, in the order in which it was given.
    pub(super) fn take_all(&mut self) -> impl Iterator<Item = Given> + use<> {
        std::mem::take(&mut self.0).into_iter()
    }
}

fn is_stop(command: &Command) -> bool {
    matches!(command, Command::Stop(_) | Command::EmergencyStop { .. })
}

/// Whether a command that was given before a stop is for what that stops. Of dispatches that go together none goes then:
/// without one of them they are not what was asked for, nor what was approved.
fn is_overtaken(given: &Command, stop: &Command) -> bool {
    let dispatches = match given {
        Command::Send(parts) => std::slice::from_ref(&**parts),
        Command::SendTogether(together) => together.dispatches.as_slice(),
        _ => return false,
    };
    dispatches.iter().any(|parts| is_stopped(parts, stop))
}

fn is_stopped(parts: &DispatchParts, stop: &Command) -> bool {
    match stop {
        Command::Stop(key) => key_of(parts) == *key,
        Command::EmergencyStop { units, operator } => {
            let is_of = operator.as_ref().is_none_or(|operator| parts.network_operator == *operator);
            is_of && (units.is_empty() || units.contains(&parts.unit))
        }
        _ => false,
    }
}

fn key_of(parts: &DispatchParts) -> DispatchKey {
    DispatchKey { operator: parts.network_operator.clone(), dispatch_ref: parts.dispatch_ref.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::command::Together;
    use crate::desk::testing::{operator, parts, unit};
    use crate::dispatch::{DispatchKey, DispatchUnit, OperatorId, Revision, Status};

    fn send(dispatch_ref: &str, revision: u32, of: &str) -> Command {
        let revision = (1..revision).fold(Revision::FIRST, |r, _| r.next());
        let dispatch_ref = dispatch_ref.parse().unwrap();
        Command::Send(Box::new(DispatchParts {
            dispatch_ref,
            revision,
            unit: unit(of),
            ..parts(1, Status::RunNow)
        }))
    }

    fn together(dispatches: &[Command]) -> Command {
        let parts = |command: &Command| match command {
            Command::Send(parts) => DispatchParts::clone(parts),
            other => panic!("{other:?} is no dispatch"),
        };
        let dispatches = dispatches.iter().map(parts).collect();
        Command::SendTogether(Box::new(Together { dispatches, approval: None }))
    }

    fn stop(dispatch_ref: &str) -> Command {
        Command::Stop(DispatchKey { operator: operator(), dispatch_ref: dispatch_ref.parse().unwrap() })
    }

    fn emergency(units: &[&str], operator: Option<OperatorId>) -> Command {
        let units: Vec<DispatchUnit> = units.iter().map(|name| unit(name)).collect();
        Command::EmergencyStop { units, operator }
    }

    fn of(commands: &[Command]) -> Backlog {
        let mut backlog = Backlog::default();
        for (number, command) in (1..).zip(commands) {
            backlog.push(CommandNumber(number), command.clone());
        }
        backlog
    }

    /// The order in which all is taken: `2(1)` is the second command, which took the place of the first.
    fn order(commands: &[Command]) -> String {
        let mut backlog = of(commands);
        let mut order = Vec::new();
        while let Some(turn) = backlog.take() {
            let overtaken: Vec<String> = turn.overtaken.iter().map(|(n, _)| n.0.to_string()).collect();
            let overtaken =
                if overtaken.is_empty() { String::new() } else { format!("({})", overtaken.join(",")) };
            order.push(format!("{}{overtaken}", turn.number.0));
        }
        order.join(" ")
    }

    #[test]
    fn a_stop_waits_for_nothing_and_what_it_stops_is_not_sent_after_all() {
        let other: OperatorId = "GB-DNO-14".parse().unwrap();
        let seven = "BRIGHTFLEX/BESS-07";
        let eight = "BRIGHTFLEX/BESS-08";
        for (commands, taken) in [
            (vec![send("A", 1, seven), send("B", 1, eight), send("A", 2, seven)], "1 2 3"),
            (vec![send("A", 1, seven), send("B", 1, eight), stop("A"), send("C", 1, seven)], "3(1) 2 4"),
            (vec![send("A", 1, seven), send("A", 2, seven), stop("A"), stop("B")], "3(1,2) 4"),
            (vec![stop("A"), send("A", 2, seven)], "1 2"),
            (vec![together(&[send("A", 1, seven), send("B", 1, eight)]), stop("B")], "2(1)"),
            (vec![together(&[send("A", 1, seven), send("B", 1, eight)]), stop("C")], "2 1"),
            (vec![together(&[send("A", 1, seven)]), emergency(&[eight], None)], "2 1"),
            (vec![send("A", 1, seven), send("B", 1, eight), emergency(&[eight], None)], "3(2) 1"),
            (vec![send("A", 1, seven), send("B", 1, eight), emergency(&[], None)], "3(1,2)"),
            (vec![send("A", 1, seven), emergency(&[], Some(other))], "2 1"),
            (vec![send("A", 1, seven), emergency(&[seven], Some(operator()))], "2(1)"),
            (vec![Command::AcknowledgeAlarms(vec![1]), send("A", 1, seven), emergency(&[], None)], "3(2) 1"),
        ] {
            assert_eq!(order(&commands), taken, "{commands:?}");
        }
    }

    #[test]
    fn of_dispatches_that_wait_those_are_signed_first_whose_fsp_asks_first() {
        let fsps = ["SLOW/A", "SOON/B"];
        let mut backlog = of(&[
            send("A", 1, fsps[0]),
            send("B", 1, fsps[1]),
            send("C", 1, fsps[1]),
            Command::AcknowledgeAlarms(vec![1]),
            send("D", 1, fsps[0]),
            send("E", 1, fsps[1]),
        ]);
        backlog.arrange(|fsp| if fsp.as_str() == "SOON" { 1 } else { 9 });
        let order: Vec<u64> = backlog.take_all().map(|(number, _)| number.0).collect();
        assert_eq!(order, [2, 3, 1, 4, 6, 5], "and nothing goes past a command of another kind");
    }

    #[test]
    fn dispatches_are_taken_together_up_to_the_first_that_must_wait_for_another() {
        let seven = "BRIGHTFLEX/BESS-07";
        let mut backlog =
            of(&[send("A", 1, seven), send("B", 1, seven), send("A", 2, seven), send("C", 1, seven)]);
        let mut numbers = |most: usize| {
            let together = backlog.take_dispatches(most);
            together.iter().map(|(number, _)| number.0).collect::<Vec<_>>()
        };
        assert_eq!(numbers(256), [1, 2], "the amendment of A is checked against A as it is then");
        assert_eq!(numbers(1), [3]);
        assert_eq!(numbers(256), [4]);
        assert!(numbers(256).is_empty());
    }
}
