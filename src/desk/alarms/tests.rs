//! The life of an alarm, what it silences, and what it costs.

use super::*;
use crate::desk::snapshot::{Priority, ShelfTime};
use crate::dispatch::{DispatchKey, FspId};

fn at(seconds: i64) -> UtcTime {
    UtcTime::from_unix(1_795_712_400 + seconds)
}

fn fsp(name: &str) -> FspId {
    name.parse().unwrap()
}

fn key(text: &str) -> DispatchKey {
    DispatchKey { operator: "GB-DNO-11".parse().unwrap(), dispatch_ref: text.parse().unwrap() }
}

fn condition(cause: Cause, priority: Priority, heard_through: Option<&str>) -> Condition {
    Condition {
        silences: cause == Cause::Vtn || matches!(cause, Cause::Client(_)),
        text: format!("{cause:?} {priority:?}"),
        cause,
        priority,
        source: "BRIGHTFLEX".to_owned(),
        unit: None,
        dispatch: None,
        heard_through: heard_through.map(fsp),
    }
}

fn overdue(name: &str) -> Condition {
    condition(Cause::Overdue(key(name)), Priority::Medium, Some("BRIGHTFLEX"))
}

fn lost(name: &str) -> Condition {
    condition(Cause::Client(fsp(name)), Priority::High, Some(name))
}

#[test]
fn an_alarm_lives_from_raised_to_taken_notice_of() {
    let mut alarms = Alarms::default();
    let words = |turns: Vec<Turn>| turns.iter().map(|t| t.words).collect::<Vec<_>>();
    assert_eq!(words(alarms.look(at(0), vec![overdue("A")])), ["raised"]);
    assert_eq!(words(alarms.look(at(1), vec![overdue("A")])), [""; 0], "one cause, one alarm");
    assert_eq!(words(alarms.look(at(2), vec![])), ["cleared"]);
    assert_eq!(alarms.in_order().len(), 1, "a cleared alarm stays until it is acknowledged");
    assert_eq!(words(alarms.look(at(3), vec![overdue("A")])), ["came again"]);
    let alarm = first(&mut alarms);
    assert_eq!((alarm.count, alarm.raised, alarm.active), (2, at(3), true));
    assert_eq!(words(alarms.acknowledge(at(4), &[alarm.id, 99])), ["acknowledged"]);
    assert_eq!(words(alarms.acknowledge(at(5), &[alarm.id])), [""; 0]);
    assert_eq!(alarms.in_order()[0].acknowledged, Some(at(4)), "its cause still holds");
    assert_eq!(words(alarms.look(at(6), vec![])), ["cleared"]);
    assert!(alarms.in_order().is_empty(), "acknowledged and over: gone");
}

#[test]
fn one_loss_of_communications_is_one_alarm_that_counts_what_it_silences() {
    let mut alarms = Alarms::default();
    alarms.look(at(0), vec![overdue("A")]);
    let all = || vec![lost("BRIGHTFLEX"), overdue("A"), overdue("B"), overdue("C")];
    alarms.look(at(1), all());
    alarms.look(at(2), all());
    let list = alarms.in_order();
    assert_eq!(list.len(), 2, "the one that stood before stays, the others are silent");
    assert_eq!((list[0].priority, list[0].count), (Priority::High, 3));
    alarms.look(at(3), vec![overdue("B")]);
    assert_eq!(alarms.in_order().iter().filter(|a| a.active).count(), 1, "heard again: B speaks");
    let other = condition(Cause::Overdue(key("D")), Priority::Medium, Some("GRIDPOWER"));
    alarms.look(at(4), vec![lost("BRIGHTFLEX"), other]);
    assert_eq!(alarms.in_order().iter().filter(|a| a.active).count(), 2, "another FSP is not silenced");
}

#[test]
fn a_lost_vtn_silences_lost_clients_but_never_what_needs_no_hearing() {
    let mut alarms = Alarms::default();
    let vtn = condition(Cause::Vtn, Priority::High, None);
    let not_sent = condition(Cause::NotSent(key("A")), Priority::Medium, None);
    alarms.look(at(0), vec![vtn, lost("BRIGHTFLEX"), overdue("B"), not_sent]);
    let list = alarms.in_order();
    assert_eq!(list.len(), 2);
    assert_eq!(list[0].count, 3);
}

#[test]
fn of_many_lost_clients_each_silences_its_own_and_no_other() {
    let mut alarms = Alarms::default();
    let names: Vec<String> = (0..50).map(|n| format!("FSP-{n:02}")).collect();
    let overdue_of = |name: &String| condition(Cause::Overdue(key(name)), Priority::Medium, Some(name));
    let all = names.iter().map(|name| lost(name)).chain(names.iter().map(overdue_of)).collect();
    alarms.look(at(0), all);
    let list = alarms.in_order();
    assert_eq!(list.len(), names.len(), "one alarm for each client");
    assert!(list.iter().all(|alarm| alarm.count == 2), "itself and the dispatch that is overdue");
}

#[test]
fn a_graver_cause_asks_for_notice_again() {
    let mut alarms = Alarms::default();
    alarms.look(at(0), vec![condition(Cause::Vtn, Priority::Medium, None)]);
    let id = alarms.in_order()[0].id;
    alarms.acknowledge(at(1), &[id]);
    alarms.look(at(2), vec![condition(Cause::Vtn, Priority::High, None)]);
    let alarm = first(&mut alarms);
    assert_eq!((alarm.id, alarm.priority, alarm.acknowledged), (id, Priority::High, None));
    assert!(alarm.text.contains("High"));
}

#[test]
fn what_happened_once_stays_until_a_person_has_seen_it() {
    let mut alarms = Alarms::default();
    let forged = || condition(Cause::Signature(fsp("BRIGHTFLEX")), Priority::High, None);
    alarms.occurred(at(0), &forged());
    alarms.look(at(1), vec![]);
    alarms.occurred(at(2), &forged());
    let alarm = first(&mut alarms);
    assert_eq!((alarm.active, alarm.count, alarm.raised), (true, 2, at(0)));
    alarms.acknowledge(at(3), &[alarm.id]);
    assert!(alarms.in_order().is_empty());
}

#[test]
fn a_flood_of_one_cause_is_one_line() {
    let mut alarms = Alarms::default();
    for second in 0..1000 {
        alarms.occurred(at(second), &condition(Cause::Imposter("x".to_owned()), Priority::High, None));
    }
    assert_eq!((alarms.in_order().len(), alarms.in_order()[0].count), (1, 1000));
}

#[test]
fn the_gravest_that_nobody_has_seen_stands_first() {
    let mut alarms = Alarms::default();
    alarms.look(at(0), vec![condition(Cause::Vtn, Priority::High, None), overdue("A")]);
    alarms.look(at(1), vec![condition(Cause::Vtn, Priority::High, None), overdue("A")]);
    alarms.look(at(2), vec![overdue("A"), condition(Cause::Clock(fsp("BRIGHTFLEX")), Priority::Low, None)]);
    let ids: Vec<Priority> = alarms.in_order().iter().map(|a| a.priority).collect();
    assert_eq!(ids, [Priority::Medium, Priority::Low, Priority::High], "cleared ones after active ones");
}

fn first(alarms: &mut Alarms) -> Alarm {
    Alarm::clone(&alarms.in_order()[0])
}

impl Alarms {
    /// Takes the whole of what is wrong anywhere, as a desk does that finds every area changed.
    fn look(&mut self, now: UtcTime, conditions: Vec<Condition>) -> Vec<Turn> {
        let mut areas: BTreeMap<Area, Vec<Condition>> =
            self.standing.keys().map(|area| (area.clone(), Vec::new())).collect();
        areas.entry(Area::AtLarge).or_default();
        for condition in conditions {
            let area = condition.heard_through.clone().map_or(Area::AtLarge, Area::Of);
            areas.entry(area).or_default().push(condition);
        }
        areas.iter().flat_map(|(area, found)| self.update(now, area, found)).collect()
    }
}

fn asked(id: u64, time: ShelfTime) -> Asked {
    Asked { id, time, by: "K. Shah".to_owned(), reason: "its meter is being changed".to_owned() }
}

fn words(turns: &[Turn]) -> Vec<&'static str> {
    turns.iter().map(|turn| turn.words).collect()
}

#[test]
fn what_is_put_aside_leaves_the_list_and_comes_back_when_its_time_is_over() {
    for (time, seconds) in
        [(ShelfTime::QuarterHour, 900), (ShelfTime::Hour, 3600), (ShelfTime::Shift, 28_800)]
    {
        let mut alarms = Alarms::default();
        alarms.look(at(0), vec![overdue("A")]);
        let turn = alarms.shelve(at(10), &asked(1, time)).unwrap();
        assert_eq!(turn.words, "shelved");
        assert!(turn.by.unwrap().ends_with("by K. Shah: “its meter is being changed”"));
        assert!(alarms.in_order().is_empty(), "nobody need act on it");
        let shelved = alarms.on_shelf()[0].shelved.clone().unwrap();
        assert_eq!((shelved.by.as_str(), shelved.until), ("K. Shah", at(10 + seconds)));
        assert_eq!(words(&alarms.pass(at(9 + seconds)).0), [""; 0]);
        assert_eq!(words(&alarms.pass(at(10 + seconds)).0), ["back from the shelf, its time is over"]);
        assert!(alarms.on_shelf().is_empty());
        let alarm = first(&mut alarms);
        assert_eq!((alarm.acknowledged, alarm.shelved), (None, None), "it asks for notice again");
    }
}

#[test]
fn what_is_put_aside_comes_and_goes_unseen_and_is_gone_when_its_time_is_over_and_it_does_not_hold() {
    let mut alarms = Alarms::default();
    alarms.look(at(0), vec![overdue("A")]);
    alarms.shelve(at(1), &asked(1, ShelfTime::Hour)).unwrap();
    for second in 2..20 {
        let found = if second % 2 == 0 { vec![] } else { vec![overdue("A")] };
        alarms.look(at(second), found);
        assert!(alarms.in_order().is_empty(), "an alarm that chatters is what the shelf is for");
        assert_eq!(alarms.on_shelf().len(), 1);
    }
    assert_eq!(alarms.on_shelf()[0].count, 10);
    alarms.look(at(30), vec![]);
    alarms.pass(at(4000));
    assert!(alarms.in_order().is_empty() && alarms.on_shelf().is_empty());
    assert_eq!(words(&alarms.look(at(4001), vec![overdue("A")])), ["raised"], "as any other");
}

#[test]
fn what_becomes_graver_than_it_was_comes_back_at_once_and_asks_for_notice() {
    let vtn = |priority| condition(Cause::OwnCertificate, priority, None);
    let mut alarms = Alarms::default();
    alarms.look(at(0), vec![vtn(Priority::Medium)]);
    alarms.shelve(at(1), &asked(1, ShelfTime::Shift)).unwrap();
    alarms.look(at(2), vec![vtn(Priority::Low)]);
    alarms.look(at(3), vec![vtn(Priority::Medium)]);
    assert!(alarms.in_order().is_empty(), "no graver than when it was put aside");
    let turns = alarms.look(at(4), vec![vtn(Priority::High)]);
    assert_eq!(words(&turns), ["became graver", "back from the shelf, it became graver"]);
    let alarm = first(&mut alarms);
    assert_eq!((alarm.priority, alarm.acknowledged), (Priority::High, None));
    assert!(alarms.pass(at(40_000)).0.is_empty(), "it does not come back twice");
}

#[test]
fn what_is_brought_back_by_hand_stands_in_the_list_as_seen() {
    let mut alarms = Alarms::default();
    alarms.look(at(0), vec![overdue("A")]);
    assert_eq!(alarms.unshelve(1).unwrap_err(), "alarm 1 is not shelved");
    alarms.shelve(at(1), &asked(1, ShelfTime::Hour)).unwrap();
    assert!(alarms.shelve(at(2), &asked(1, ShelfTime::Hour)).unwrap_err().contains("bring it back first"));
    assert_eq!(alarms.unshelve(1).unwrap().words, "brought back from the shelf by hand");
    assert_eq!(first(&mut alarms).acknowledged, Some(at(1)));
    assert_eq!(alarms.unshelve(7).unwrap_err(), "alarm 7 is not in the list any more");
}

#[test]
fn an_event_that_was_put_aside_and_came_again_can_still_be_ended_by_notice() {
    let mut alarms = Alarms::default();
    let twice = || condition(Cause::Repeats(fsp("BRIGHTFLEX")), Priority::Low, None);
    alarms.occurred(at(0), &twice());
    alarms.shelve(at(1), &asked(1, ShelfTime::Hour)).unwrap();
    alarms.occurred(at(2), &twice());
    assert!(alarms.in_order().is_empty());
    alarms.unshelve(1).unwrap();
    assert_eq!(words(&alarms.acknowledge(at(3), &[1])), ["acknowledged"]);
    assert!(alarms.in_order().is_empty());
}

#[test]
fn priority_1_of_a_service_and_what_is_of_security_is_never_put_aside() {
    let of_dispatch =
        |cause: Cause, priority| Condition { dispatch: Some(key("A")), ..condition(cause, priority, None) };
    for (condition, why) in [
        (of_dispatch(Cause::Short(key("A")), Priority::High), Some("priority 1 of a service")),
        (condition(Cause::Vtn, Priority::High, None), Some("priority 1 of a service")),
        (condition(Cause::Vtn, Priority::Medium, None), None),
        (of_dispatch(Cause::Overdue(key("A")), Priority::Medium), None),
        (condition(Cause::Signature(fsp("BRIGHTFLEX")), Priority::High, None), Some("in another's name")),
        (condition(Cause::Imposter("x".to_owned()), Priority::High, None), Some("in another's name")),
        (condition(Cause::Event("e".to_owned()), Priority::Medium, None), Some("in another's name")),
        (condition(Cause::OwnCertificate, Priority::High, None), None),
    ] {
        let mut alarms = Alarms::default();
        let cause = condition.cause.clone();
        alarms.look(at(0), vec![condition]);
        let result = alarms.shelve(at(1), &asked(1, ShelfTime::QuarterHour));
        match why {
            None => assert!(result.is_ok(), "{cause:?}: {result:?}"),
            Some(why) => assert!(result.unwrap_err().contains(why), "{cause:?}"),
        }
    }
}

#[test]
fn nothing_is_put_aside_without_a_name_and_a_reason() {
    let mut alarms = Alarms::default();
    alarms.look(at(0), vec![overdue("A")]);
    for (by, reason, words) in [
        (" ", "why", "say who shelves it: nothing is shelved without a name and a reason"),
        ("K. Shah", "\n", "say why it is shelved: nothing is shelved without a name and a reason"),
        ("K. Shah", &*"x".repeat(201), "why it is shelved is told in 201 characters; 200 at most"),
    ] {
        let asked = Asked { by: by.to_owned(), reason: reason.to_owned(), ..asked(1, ShelfTime::Hour) };
        assert_eq!(alarms.shelve(at(1), &asked).unwrap_err(), words);
    }
    assert_eq!(alarms.in_order().len(), 1);
}

#[test]
fn what_is_silent_is_told_with_its_words_and_told_apart_when_it_is_over() {
    let mut alarms = Alarms::default();
    alarms.look(at(0), vec![lost("BRIGHTFLEX"), overdue("A"), overdue("B")]);
    let alarm = first(&mut alarms);
    let silent: Vec<(&str, bool)> = alarm.silent.iter().map(|s| (s.text.as_str(), s.over)).collect();
    assert_eq!(silent.len(), 2);
    assert!(silent[0].0.contains("\"A\"") && !silent[0].1, "{silent:?}");
    assert_eq!((alarm.count, alarm.silent_now(), alarm.silent[0].since), (3, 2, at(0)));
    alarms.look(at(5), vec![lost("BRIGHTFLEX"), overdue("B")]);
    let alarm = first(&mut alarms);
    assert_eq!((alarm.count, alarm.silent_now(), alarm.silent.len()), (3, 1, 2));
    assert!(alarm.silent[0].over && !alarm.silent[1].over);
}

#[test]
fn what_was_put_aside_silences_nothing_that_is_graver() {
    let idle = || condition(Cause::Client(fsp("BRIGHTFLEX")), Priority::Low, Some("BRIGHTFLEX"));
    let clock = || condition(Cause::Clock(fsp("BRIGHTFLEX")), Priority::Low, Some("BRIGHTFLEX"));
    let mut alarms = Alarms::default();
    let found = [idle(), overdue("A"), clock()];
    alarms.update(at(0), &Area::Of(fsp("BRIGHTFLEX")), &found);
    assert_eq!(alarms.in_order().len(), 1);
    alarms.shelve(at(1), &asked(1, ShelfTime::Hour)).unwrap();
    let areas = alarms.areas_to_judge();
    assert_eq!(areas.len(), 1, "nothing changed there, and yet it is to be told again");
    alarms.update(at(1), areas.first().unwrap(), &found);
    let list = alarms.in_order();
    assert_eq!(list.iter().map(|a| a.priority).collect::<Vec<_>>(), [Priority::Medium]);
}

/// 1,000 FSPs with three things wrong with each.
fn many() -> (Alarms, Vec<(Area, Vec<Condition>)>) {
    let areas: Vec<(Area, Vec<Condition>)> = (0..1000)
        .map(|n| {
            let name = format!("FSP-{n:04}");
            let of = |cause, priority| condition(cause, priority, Some(&name));
            let found = vec![
                of(Cause::Clock(fsp(&name)), Priority::Low),
                of(Cause::Overdue(key(&format!("R-{n}"))), Priority::Medium),
                of(Cause::Metering(key(&format!("R-{n}"))), Priority::Medium),
            ];
            (Area::Of(fsp(&name)), found)
        })
        .collect();
    let mut alarms = Alarms::default();
    for (area, found) in &areas {
        alarms.update(at(0), area, found);
    }
    (alarms, areas)
}

#[test]
fn with_thousands_of_alarms_a_look_costs_what_changed_and_not_what_stands() {
    let (mut alarms, areas) = many();
    assert_eq!(alarms.in_order().len(), 3000);
    let (looked_at, placed) = (alarms.looked_at, alarms.order.placed);
    let (area, found) = &areas[500];
    alarms.update(at(1), area, &found[..2]);
    alarms.in_order();
    assert_eq!(alarms.looked_at - looked_at, 2, "conditions of the FSP that changed");
    assert_eq!(alarms.order.placed - placed, 1, "the alarm that cleared");
    let placed = alarms.order.placed;
    alarms.acknowledge(at(2), &[7, 8]);
    alarms.in_order();
    assert_eq!(alarms.order.placed - placed, 2);
}

#[test]
fn a_list_in_which_nothing_changed_is_the_same_list() {
    let (mut alarms, areas) = many();
    let (list, made) = (alarms.in_order(), alarms.order.made);
    let (area, found) = &areas[3];
    alarms.update(at(1), area, found);
    alarms.pass(at(2));
    assert!(Arc::ptr_eq(&list, &alarms.in_order()), "it is shared with the picture before");
    assert_eq!(alarms.order.made, made);
}

#[test]
fn a_lost_vtn_that_comes_back_has_those_judged_alone_who_were_silent() {
    let (mut alarms, areas) = many();
    let vtn = [condition(Cause::Vtn, Priority::High, None)];
    alarms.update(at(1), &Area::AtLarge, &vtn);
    let (area, found) = &areas[9];
    let mut more = found.clone();
    more.push(condition(Cause::Charge(key("R-9")), Priority::Medium, Some("FSP-0009")));
    alarms.update(at(1), area, &more);
    assert_eq!(first(&mut alarms).count, 2, "the VTN and what came while it was lost");
    assert!(alarms.areas_to_judge().is_empty());
    alarms.update(at(2), &Area::AtLarge, &[]);
    assert_eq!(alarms.areas_to_judge(), BTreeSet::from([area.clone()]));
    let turns = alarms.update(at(2), area, &more);
    assert_eq!(words(&turns), ["raised"]);
}

#[test]
fn a_thousand_alarms_a_minute_are_a_flood_and_each_is_told_once() {
    let mut alarms = Alarms::default();
    for second in 0..60 {
        for n in 0..17 {
            let name = format!("R-{second}-{n}");
            alarms.update(
                at(second),
                &Area::Of(fsp(&format!("FSP-{second}-{n}"))),
                &[condition(Cause::Overdue(key(&name)), Priority::Medium, Some("X"))],
            );
        }
        alarms.pass(at(second));
        alarms.in_order();
    }
    let load = alarms.load();
    assert_eq!((load.ten_minutes, load.flood), (1020, Some(at(0))));
    assert_eq!((alarms.looked_at, alarms.order.placed), (1020, 1020));
}

/// The list of another session, from what was kept of this one.
fn after_restart(turns: &[Turn]) -> Alarms {
    let mut again = Alarms::default();
    let kept = turns.iter().map(|turn| {
        let text = Kept::of(turn).to_json().unwrap();
        (turn.alarm.raised, serde_json::from_str::<Kept>(&text).unwrap())
    });
    again.recall(kept.collect());
    again
}

#[test]
fn the_list_comes_back_and_what_is_gone_is_cleared_only_once_all_is_known_again() {
    let (one, two) = (overdue("A"), overdue("B"));
    let mut alarms = Alarms::default();
    let mut turns = alarms.look(at(0), vec![one.clone(), two]);
    turns.extend(alarms.acknowledge(at(1), &[1, 2]));
    let mut again = after_restart(&turns);
    assert_eq!(again.in_order().len(), 2);
    assert!(again.in_order().iter().all(|alarm| alarm.acknowledged == Some(at(1)) && alarm.active));

    let area = Area::Of(fsp("BRIGHTFLEX"));
    let words = |turns: &[Turn]| turns.iter().map(|t| t.words).collect::<Vec<_>>();
    assert_eq!(words(&again.update(at(60), &area, std::slice::from_ref(&one))), [""; 0], "B may hold still");
    assert_eq!(again.in_order().len(), 2);
    again.confirm();
    assert_eq!(again.areas_to_judge(), BTreeSet::from([area.clone()]));
    assert_eq!(words(&again.update(at(61), &area, std::slice::from_ref(&one))), ["cleared"]);
    assert_eq!(again.in_order().iter().map(|a| a.id).collect::<Vec<_>>(), [1], "acknowledged and over: gone");
    let new = again.update(at(62), &area, &[one, overdue("C")]);
    assert_eq!(new[0].alarm.id, 3, "no number is given twice");
}

#[test]
fn what_was_told_of_a_report_is_not_told_again_after_a_restart_and_what_has_no_end_stays() {
    let forged = condition(Cause::Signature(fsp("BRIGHTFLEX")), Priority::High, None);
    let mut turns = Alarms::default().occurred(at(0), &forged);
    let mut again = after_restart(&turns);
    assert!(again.was_told(&forged.cause, &forged.text));
    assert!(!again.was_told(&forged.cause, "another"));
    again.confirm();
    assert!(!again.was_told(&forged.cause, &forged.text), "another one of the same is another one");
    assert!(again.areas_to_judge().is_empty());
    let alarm = first(&mut again);
    assert_eq!((alarm.active, alarm.acknowledged), (true, None));
    turns.extend(again.acknowledge(at(9), &[alarm.id]));
    let mut again = after_restart(&turns);
    assert!(again.in_order().is_empty());
    assert!(again.was_told(&forged.cause, &forged.text), "a person knows of it");
}

#[test]
fn the_shelf_keeps_its_time_over_a_restart() {
    let mut alarms = Alarms::default();
    let mut turns = alarms.look(at(0), vec![overdue("A")]);
    let (by, reason) = ("K. Shah".to_owned(), "their line is being repaired".to_owned());
    turns.push(alarms.shelve(at(5), &Asked { id: 1, time: ShelfTime::QuarterHour, by, reason }).unwrap());
    let mut again = after_restart(&turns);
    assert!(again.in_order().is_empty());
    assert_eq!(again.on_shelf()[0].shelved.as_ref().map(|s| s.until), Some(at(905)));
    let (turns, _) = again.pass(at(905));
    assert_eq!(turns[0].words, "back from the shelf, its time is over");
    assert_eq!(first(&mut again).acknowledged, None);
}
