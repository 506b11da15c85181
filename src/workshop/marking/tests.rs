//! Each kind of mark: when it is met, when it is not, and at its edge. A trainee would lose marks that were earned, or be
//! given some that were not.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::dispatch::{
    Acknowledgement, DispatchKey, DispatchParts, DispatchUnit, RealLevel, Reason, Reference, Revision,
    Setpoint, SigningKey, Stage, Status,
};
use crate::journal::{Entry, EntryKind, Journal};
use crate::units::Watts;

const BATTERY: &str = "BRIGHTFLEX/BESS-07";
const STORE: &str = "COLDCHAIN/COLD-03";

/// Minutes and seconds after the start.
fn at(minutes: i64, seconds: i64) -> UtcTime {
    let start: UtcTime = "2026-11-26T16:00:00Z".parse().unwrap();
    start + minutes * 60 + seconds
}

/// A workshop on the demonstration's fleet with one mark, whose story sends `STORY` to Kettering battery.
fn workshop(mark: &str) -> Scenario {
    let text = format!(
        r#"name = "Marking"
fleet = "demo"
seed = 1
start = "2026-11-26T16:00:00Z"
run_for = "T+02:00"

[workshop]
level = 1
aim = "a"
prior = "b"
minutes = 1
rate = 1
point_out = ["c"]
questions = ["d"]
idle_marks = 0

[[steps]]
at = "T+00:00"
action = "send"
ref = "STORY"
unit = "BRIGHTFLEX/BESS-08"
service_start = "T+00:30"
service_end = "T+01:00"
setpoints = [{{ at = "T+00:30", reference = "DELTA", real_kw = 100 }}]

[[marks]]
for = "this"
{mark}
"#
    );
    Scenario::from_toml("marking.toml", &text, Path::new("."))
        .unwrap_or_else(|faults| panic!("{mark}: {faults:?}"))
}

/// A journal that is written for a test.
#[derive(Default)]
struct Written(Vec<Entry>);

impl Written {
    fn note(
        mut self,
        at: UtcTime,
        kind: EntryKind,
        of: Option<(&str, &str)>,
        text: &str,
        document: Option<String>,
    ) -> Self {
        let dispatch = of.map(|(dispatch_ref, _)| DispatchKey {
            operator: "GB-DNO-11".parse().unwrap(),
            dispatch_ref: dispatch_ref.parse().unwrap(),
        });
        let unit = of.map(|(_, unit)| unit.parse().unwrap());
        self.0.push(Entry { at, kind, dispatch, unit, text: text.to_owned(), document });
        self
    }

    /// A revision of a dispatch from T+00:30 until T+01:00, that the VTN takes.
    fn sends(self, when: UtcTime, named: (&str, &str), revision: u32, status: Status, kw: i64) -> Self {
        self.signs(when, named, revision, status, kw).note(
            when,
            EntryKind::Sent,
            Some(named),
            "the VTN has it",
            Some(format!(r#"{{"revision":{revision},"event":"event-1"}}"#)),
        )
    }

    /// The same, of which the VTN never hears.
    fn signs(self, when: UtcTime, named: (&str, &str), revision: u32, status: Status, kw: i64) -> Self {
        let unit: DispatchUnit = named.1.parse().unwrap();
        let fleet = crate::profile::fleet::FleetProfile::demo();
        let contract = fleet.unit(&unit).unwrap().contract.clone();
        let level = RealLevel { reference: Reference::Delta, watts: Watts(kw * 1000), price: None };
        let parts = DispatchParts {
            network_operator: "GB-DNO-11".parse().unwrap(),
            dispatch_ref: named.0.parse().unwrap(),
            revision: Revision::new(revision).unwrap(),
            status,
            contract,
            unit,
            instruction_time: when,
            service_start: at(30, 0),
            service_end: at(60, 0),
            setpoints: vec![Setpoint { at: at(30, 0), real: Some(level), reactive: None }],
        };
        let signed = crate::dispatch::Dispatch::new(parts).unwrap().sign(&key()).unwrap();
        self.note(when, EntryKind::Intent, Some(named), "signed", Some(signed.to_json()))
    }

    fn rejects(self, when: UtcTime, named: (&str, &str), revision: u32, text: &str) -> Self {
        let said = Acknowledgement {
            key: DispatchKey {
                operator: "GB-DNO-11".parse().unwrap(),
                dispatch_ref: named.0.parse().unwrap(),
            },
            unit: named.1.parse().unwrap(),
            revision: Revision::new(revision).unwrap(),
            status: None,
            stage: Stage::Rejected,
            at: when,
            readback: None,
            reason: Some(Reason::Malformed),
            detail: None,
            reached_at: None,
        };
        let document = said.sign(&key()).unwrap().to_json();
        self.note(when, EntryKind::Acknowledgement, Some(named), text, Some(document))
    }

    fn alarm(self, when: UtcTime, id: u64, turn: &str, text: &str) -> Self {
        let document = serde_json::json!({"alarm": id, "turn": turn, "text": text, "priority": "high"});
        let words = format!("alarm {id} {turn}, priority 1: {text}");
        self.note(when, EntryKind::Alarm, None, &words, Some(document.to_string()))
    }

    /// What was delivered from T+00:30 on, kW against a baseline of 0 that was asked for 1,000 kW; `None` for a gap.
    fn delivers(self, named: (&str, &str), kw: &[Option<i64>]) -> Self {
        let watts: Vec<Option<i64>> = kw.iter().map(|kw| kw.map(|kw| kw * 1000)).collect();
        let document = serde_json::json!({
            "format": "rampdesk-delivery/1", "network_operator": "GB-DNO-11", "dispatch_ref": named.0,
            "revision": 1, "reckoned": at(62, 0), "over": "ended", "readings": {"count": kw.len()},
            "curve": {
                "from": at(30, 0),
                "baseline_w": vec![0; kw.len()],
                "asked_w": vec![1_000_000; kw.len()],
                "delivered_w": watts,
            },
        });
        self.note(at(62, 0), EntryKind::Delivery, Some(named), "delivered", Some(document.to_string()))
    }

    fn marked(self, mark: &str) -> Marked {
        let mut journal = Journal::in_memory().unwrap();
        let entries = journal.append_all(&self.0).unwrap();
        let marking = super::mark(&workshop(mark), &entries).unwrap();
        assert_eq!((marking.given, marking.counted), (marking.marks[0].given, marking.marks[0].given));
        marking.marks[0].clone()
    }
}

fn key() -> SigningKey {
    SigningKey::from_seed("gb-dno-11-2026".parse().unwrap(), &[7; 32])
}

fn nothing() -> Written {
    Written::default()
}

/// Runs a table: what was written, whether it is met, words of the reason, and which entries are evidence.
#[track_caller]
fn hold(mark: &str, table: Vec<(Written, bool, &str, &[u64])>) {
    for (index, (written, met, why, evidence)) in table.into_iter().enumerate() {
        let marked = written.marked(mark);
        assert_eq!(marked.met, met, "case {index}: {marked:#?}");
        assert!(marked.why.contains(why), "case {index}: {marked:#?}");
        assert_eq!(marked.given.number(), if met { 2.0 } else { 0.0 }, "case {index}");
        assert_eq!(marked.evidence.iter().map(|e| e.entry).collect::<Vec<_>>(), evidence, "case {index}");
    }
}

const RUN: Status = Status::Run;
const ONE: (&str, &str) = ("R-1", BATTERY);
const TWO: (&str, &str) = ("R-2", BATTERY);
const STORY: (&str, &str) = ("STORY", "BRIGHTFLEX/BESS-08");

#[test]
fn an_alarm_is_noticed_by_an_acknowledgement_within_its_seconds_of_when_it_first_said_so() {
    let raised = || nothing().alarm(at(10, 0), 3, "raised", "BESS-07 goes the wrong way");
    hold(
        "marks = 2\nkind = \"noticed\"\nalarm = \"wrong way\"\nwithin_s = 60",
        vec![
            (nothing(), false, "no such alarm was raised", &[]),
            (nothing().alarm(at(10, 0), 3, "raised", "another"), false, "no such alarm", &[]),
            (raised(), false, "nobody acknowledged it", &[1]),
            (raised().alarm(at(11, 0), 3, "acknowledged", "wrong way"), true, "60 s after", &[1, 2]),
            (raised().alarm(at(11, 1), 3, "acknowledged", "wrong way"), false, "61 s after", &[1, 2]),
            // The notice of another alarm is none of this one; cleared is not noticed.
            (raised().alarm(at(10, 9), 4, "acknowledged", "wrong way"), false, "nobody", &[1]),
            (raised().alarm(at(10, 9), 3, "cleared", "wrong way"), false, "nobody", &[1]),
            // Later alarms of the same words change nothing.
            (
                raised().alarm(at(10, 5), 3, "acknowledged", "wrong way").alarm(
                    at(20, 0),
                    5,
                    "raised",
                    "wrong way",
                ),
                true,
                "5 s after",
                &[1, 2],
            ),
        ],
    );
}

#[test]
fn what_is_sent_counts_minute_by_minute_as_it_stood_by_its_time() {
    let mark = "marks = 2\nkind = \"sent\"\nunits = [\"BRIGHTFLEX/BESS-07\"]\nkw = 1000\nfrom = \"T+00:30\"\n\
                until = \"T+01:00\"\nby = \"T+00:15\"";
    hold(
        mark,
        vec![
            (nothing(), false, "nothing was sent", &[]),
            (nothing().sends(at(15, 0), ONE, 1, RUN, 1000), true, "1,000 kW or more", &[1]),
            (nothing().sends(at(15, 1), ONE, 1, RUN, 1000), false, "nothing was sent", &[]),
            (nothing().sends(at(5, 0), ONE, 1, RUN, 999), false, "in 30 of 30 minutes", &[1]),
            (nothing().sends(at(5, 0), ONE, 1, RUN, -1000), false, "−1,000 kW at T+00:30:00", &[1]),
            (nothing().signs(at(5, 0), ONE, 1, RUN, 1000), false, "nothing was sent", &[]),
            // Two dispatches add up; so does an amendment; a stop after its time changes nothing.
            (
                nothing().sends(at(5, 0), ONE, 1, RUN, 600).sends(at(6, 0), TWO, 1, RUN, 400),
                true,
                "or more",
                &[1, 3],
            ),
            (
                nothing().sends(at(5, 0), ONE, 1, RUN, 600).sends(at(6, 0), ONE, 2, RUN, 1000),
                true,
                "or more",
                &[1, 3],
            ),
            (
                nothing().sends(at(5, 0), ONE, 1, RUN, 1000).sends(at(40, 0), ONE, 2, Status::Stop, 1000),
                true,
                "or more",
                &[1],
            ),
            (
                nothing().sends(at(5, 0), ONE, 1, RUN, 1000).sends(at(6, 0), ONE, 2, Status::Stop, 1000),
                false,
                "0 kW at",
                &[1, 3],
            ),
            // What an FSP rejects asks for nothing, unless the rejection is not believed.
            (
                nothing().sends(at(5, 0), ONE, 1, RUN, 1000).rejects(at(6, 0), ONE, 1, "REJECTED"),
                false,
                "nothing was sent",
                &[],
            ),
            (
                nothing().sends(at(5, 0), ONE, 1, RUN, 1000).rejects(
                    at(6, 0),
                    ONE,
                    1,
                    "REJECTED, not believed: forged",
                ),
                true,
                "or more",
                &[1],
            ),
            // Another unit's is another's.
            (nothing().sends(at(5, 0), ("R-3", "BRIGHTFLEX/BESS-11"), 1, RUN, 1000), false, "nothing", &[]),
        ],
    );
    // Turned the other way it is the same.
    let down = mark.replace("kw = 1000", "kw = -300").replace(BATTERY, STORE);
    let store = |kw| nothing().sends(at(5, 0), ("R-9", STORE), 1, RUN, kw);
    assert!(store(-300).marked(&down).met && !store(300).marked(&down).met);
}

#[test]
fn a_stop_counts_for_each_unit_and_by_its_deadline() {
    let asked = || nothing().sends(at(5, 0), ONE, 1, RUN, 1000);
    let by = "marks = 2\nkind = \"stopped\"\nunits = [\"BRIGHTFLEX/BESS-07\"]\nafter = \"T+00:20\"\nby = \"T+00:40\"";
    let stop = |minutes, seconds, status| asked().sends(at(minutes, seconds), ONE, 2, status, 1000);
    hold(
        by,
        vec![
            (asked(), false, "no stop was sent to BRIGHTFLEX/BESS-07", &[]),
            (stop(40, 0, Status::Stop), true, "in time", &[3]),
            (stop(40, 0, Status::EmergencyStop), true, "in time", &[3]),
            (stop(40, 1, Status::Stop), false, "too late: BRIGHTFLEX/BESS-07 at T+00:40:01", &[3]),
            (stop(19, 59, Status::Stop), false, "no stop was sent", &[]),
            (asked().signs(at(30, 0), ONE, 2, Status::Stop, 1000), false, "no stop", &[]),
            (asked().sends(at(30, 0), ONE, 2, RUN, 0), false, "no stop", &[]),
        ],
    );
    let both = by.replace("[\"BRIGHTFLEX/BESS-07\"]", "[\"BRIGHTFLEX/BESS-07\", \"BRIGHTFLEX/BESS-08\"]");
    assert!(stop(30, 0, Status::Stop).marked(&both).why.contains("no stop was sent to BRIGHTFLEX/BESS-08"));
    let soon = "marks = 2\nkind = \"stopped\"\nunits = [\"BRIGHTFLEX/BESS-07\"]\nalarm = \"wrong way\"\nwithin_s = 60";
    let wrong = || asked().alarm(at(32, 0), 1, "raised", "it goes the wrong way");
    hold(
        soon,
        vec![
            (stop(33, 0, Status::Stop), false, "never raised", &[]),
            (wrong(), false, "no stop was sent", &[3]),
            (wrong().sends(at(33, 0), ONE, 2, Status::Stop, 1000), true, "in time", &[3, 4]),
            (wrong().sends(at(33, 1), ONE, 2, Status::Stop, 1000), false, "too late", &[3, 4]),
        ],
    );
}

#[test]
fn an_amendment_is_a_later_revision_that_goes_on() {
    let asked = || nothing().sends(at(5, 0), ONE, 1, RUN, 1000);
    hold(
        "marks = 2\nkind = \"amended\"\nunits = [\"BRIGHTFLEX/BESS-07\"]\nafter = \"T+00:10\"\nby = \"T+00:20\"",
        vec![
            (asked(), false, "nothing was amended", &[]),
            (asked().sends(at(20, 0), ONE, 2, RUN, 500), true, "at T+00:20:00", &[3]),
            (asked().sends(at(20, 1), ONE, 2, RUN, 500), false, "at T+00:20:01", &[3]),
            (asked().sends(at(9, 0), ONE, 2, RUN, 500), false, "nothing was amended", &[]),
            (asked().sends(at(15, 0), ONE, 2, Status::Stop, 500), false, "nothing was amended", &[]),
            (asked().sends(at(15, 0), TWO, 1, RUN, 500), false, "nothing was amended", &[]),
        ],
    );
}

#[test]
fn what_must_not_be_done_counts_for_the_trainee_and_not_for_the_story() {
    let never_sent =
        "marks = 2\nkind = \"never_sent\"\nfsp = \"BRIGHTFLEX\"\nfrom = \"T+00:40\"\nuntil = \"T+01:30\"";
    hold(
        never_sent,
        vec![
            (nothing(), true, "nothing was sent to them", &[]),
            (nothing().sends(at(0, 0), STORY, 1, RUN, 100), true, "nothing was sent", &[]),
            (nothing().sends(at(5, 0), STORY, 2, RUN, 100), false, "sent to BRIGHTFLEX/BESS-08", &[1]),
            (nothing().sends(at(5, 0), ONE, 1, RUN, 1), false, "sent to BRIGHTFLEX/BESS-07", &[1]),
            (nothing().sends(at(5, 0), ONE, 1, Status::PreNotify, 1), true, "nothing", &[]),
            (nothing().sends(at(5, 0), ONE, 1, Status::Stop, 1), true, "nothing", &[]),
        ],
    );
    let later = never_sent.replace("T+00:40", "T+01:00");
    assert!(nothing().sends(at(5, 0), ONE, 1, RUN, 1).marked(&later).met, "its window is over by then");
    hold(
        "marks = 2\nkind = \"never_stopped\"\noperator = \"GB-DNO-11\"\nfrom = \"T+00:10\"\nuntil = \"T+00:20\"",
        vec![
            (nothing(), true, "none of them was stopped", &[]),
            (nothing().sends(at(9, 59), ONE, 2, Status::Stop, 1), true, "none", &[]),
            (nothing().sends(at(10, 0), ONE, 2, Status::Stop, 1), false, "stopped BRIGHTFLEX/BESS-07", &[1]),
            (nothing().sends(at(20, 0), STORY, 2, Status::EmergencyStop, 1), false, "BESS-08", &[1]),
        ],
    );
    hold(
        "marks = 2\nkind = \"rejected\"\nat_most = 1",
        vec![
            (nothing(), true, "nothing was rejected", &[]),
            (
                nothing().sends(at(5, 0), ONE, 1, RUN, 1).rejects(at(6, 0), ONE, 1, "REJECTED"),
                true,
                "1 revision rejected",
                &[3],
            ),
            (
                nothing()
                    .sends(at(5, 0), ONE, 1, RUN, 1)
                    .rejects(at(6, 0), ONE, 1, "REJECTED")
                    .sends(at(7, 0), ONE, 2, RUN, 1)
                    .rejects(at(8, 0), ONE, 2, "REJECTED"),
                false,
                "2 revisions rejected",
                &[3, 6],
            ),
            // A rejection of a number that was not sent yet is of somebody else's message.
            (
                nothing()
                    .sends(at(5, 0), ONE, 1, RUN, 1)
                    .rejects(at(6, 0), ONE, 1, "REJECTED")
                    .rejects(at(6, 0), ONE, 2, "REJECTED, which is not what this desk sent")
                    .sends(at(7, 0), ONE, 2, RUN, 1),
                true,
                "1 revision",
                &[3],
            ),
        ],
    );
}

#[test]
fn bounds_hold_for_each_minute_of_what_was_asked_and_of_what_was_metered() {
    let asked = "marks = 2\nkind = \"limit\"\nunits = [\"BRIGHTFLEX/BESS-07\"]\nmeasure = \"instructed\"\n\
                 at_least_kw = 0\nat_most_kw = 1000\nfrom = \"T+00:00\"\nuntil = \"T+01:30\"";
    hold(
        asked,
        vec![
            (nothing(), true, "from 0 kW to 0 kW", &[]),
            (nothing().sends(at(5, 0), ONE, 1, RUN, 1000), true, "from 0 kW to 1,000 kW", &[1]),
            (
                nothing().sends(at(5, 0), ONE, 1, RUN, 1001),
                false,
                "broken in 30 of 90 minutes; 1,001 kW",
                &[1],
            ),
            (nothing().sends(at(5, 0), ONE, 1, RUN, -1), false, "−1 kW at T+00:30:00", &[1]),
            (
                nothing().sends(at(5, 0), ONE, 1, RUN, 900).sends(at(45, 0), TWO, 1, RUN, 200),
                false,
                "broken in 15 of 90",
                &[1, 3],
            ),
        ],
    );
    let metered = "marks = 2\nkind = \"limit\"\nunits = [\"BRIGHTFLEX/BESS-07\"]\nmeasure = \"delivered\"\n\
                   at_least_kw = 900\nat_most_kw = 1000\nfrom = \"T+00:30\"\nuntil = \"T+00:33\"";
    hold(
        metered,
        vec![
            (nothing(), false, "broken in 3 of 3", &[]),
            (nothing().delivers(ONE, &[Some(900), Some(950), Some(1010)]), true, "from 900 kW", &[1]),
            (nothing().delivers(ONE, &[Some(900), Some(950), Some(1011)]), false, "in 1 of 3", &[1]),
            (nothing().delivers(ONE, &[Some(900), None, Some(950)]), true, "from 900 kW to 950 kW", &[1]),
            (nothing().delivers(ONE, &[None, None, None]), false, "no minute was metered", &[1]),
            (
                nothing()
                    .delivers(ONE, &[Some(500), Some(500), Some(500)])
                    .delivers(TWO, &[Some(450), Some(450), Some(450)]),
                true,
                "950 kW",
                &[1, 2],
            ),
        ],
    );
}

#[test]
fn a_delivered_share_counts_each_minute_up_to_what_was_wanted_and_a_gap_as_nothing() {
    hold(
        "marks = 2\nkind = \"delivered\"\nunits = [\"BRIGHTFLEX/BESS-07\"]\nkw = 1000\nfrom = \"T+00:30\"\n\
         until = \"T+00:34\"\nshare_at_least = 0.75",
        vec![
            (nothing(), false, "no delivery of theirs was reckoned up", &[]),
            (nothing().delivers(ONE, &[Some(1000), Some(1000), Some(1000), Some(0)]), true, "75.0 %", &[1]),
            (nothing().delivers(ONE, &[Some(1000), Some(1000), Some(999), Some(0)]), false, "75.0 %", &[1]),
            // What is beyond makes up for nothing, and what goes the other way takes nothing away.
            (nothing().delivers(ONE, &[Some(9000), Some(1000), Some(900), Some(0)]), false, "72.5 %", &[1]),
            (
                nothing().delivers(ONE, &[Some(1000), Some(1000), Some(1000), Some(-900)]),
                true,
                "75.0 %",
                &[1],
            ),
            (
                nothing().delivers(ONE, &[Some(1000), None, Some(1000), Some(900)]),
                false,
                "1 minutes lack a reading",
                &[1],
            ),
        ],
    );
}

#[test]
fn money_is_energy_times_the_price_of_the_contract() {
    // 1,000 kW for half an hour at £300 a MWh.
    let mark = |measure: &str, pounds: &str| {
        format!("marks = 2\nkind = \"cost\"\nmeasure = \"{measure}\"\nat_most_gbp = {pounds}")
    };
    let asked = || nothing().sends(at(5, 0), ONE, 1, RUN, 1000);
    hold(
        &mark("instructed", "150.00"),
        vec![
            (nothing(), true, "£0.00 by what was instructed", &[]),
            (asked(), true, "£150.00", &[1]),
            (nothing().sends(at(5, 0), ONE, 1, RUN, -1000), true, "£150.00", &[1]),
            (asked().sends(at(6, 0), TWO, 1, RUN, 1), false, "£150.15", &[1, 3]),
            (asked().sends(at(45, 0), ONE, 2, Status::Stop, 1000), true, "£75.00", &[1, 3]),
        ],
    );
    hold(
        &mark("delivered", "10.00"),
        vec![
            // Two minutes of 1,000 kW are £10; beyond what was asked nothing is paid.
            (asked().delivers(ONE, &[Some(1000), Some(1200)]), true, "£10.00 by what was delivered", &[3]),
            (asked().delivers(ONE, &[Some(1000), Some(1000), Some(20)]), false, "£10.10", &[3]),
            (asked().delivers(ONE, &[Some(1000), None, Some(-500)]), true, "£5.00", &[3]),
        ],
    );
}

#[test]
fn what_is_taken_away_is_taken_when_it_happens_and_only_then() {
    let mark = "marks = -1.5\nkind = \"never_stopped\"\nunits = [\"BRIGHTFLEX/BESS-07\"]";
    assert_eq!(nothing().marked(mark).given, Marks::NONE);
    let stopped =
        nothing().sends(at(5, 0), ONE, 1, RUN, 1).sends(at(6, 0), ONE, 2, Status::Stop, 1).marked(mark);
    assert_eq!((stopped.given.number(), stopped.of.number(), stopped.met), (-1.5, -1.5, false));
}

#[test]
fn a_trainers_word_counts_and_leaves_the_journals_where_it_was() {
    let mark = "marks = 2\nkind = \"noticed\"\nalarm = \"wrong way\"\nwithin_s = 60";
    let mut marking = super::mark(&workshop(mark), &[]).unwrap();
    let word = |number, marks, by: &str, reason: &str| Override {
        number,
        marks: Marks::from_number(marks).unwrap(),
        by: by.to_owned(),
        reason: reason.to_owned(),
        at: at(70, 0),
    };
    for (wrong, says) in [
        (word(2, 1.0, "Ada", "said so"), "there is no mark 2; they are numbered from 1 to 1"),
        (word(1, 2.5, "Ada", "said so"), "mark 1 is worth 2, and cannot be 2.5; write from 0 to 2"),
        (word(1, -1.0, "Ada", "said so"), "cannot be -1; write from 0 to 2"),
        (word(1, 1.0, " ", "said so"), "by is missing"),
        (word(1, 1.0, "Ada", ""), "reason is missing"),
    ] {
        let before = marking.clone();
        assert!(marking.take(wrong).unwrap_err().to_string().contains(says));
        assert_eq!(marking, before);
    }
    marking.take(word(1, 1.5, "Ada", "saw it on the plot before the alarm")).unwrap();
    assert_eq!((marking.given.number(), marking.counted.number()), (0.0, 1.5));
    assert_eq!(marking.marks[0].given, Marks::NONE, "the journal's word stands beside it");
    let json = serde_json::to_string(&marking).unwrap();
    assert_eq!(serde_json::from_str::<Marking>(&json).unwrap(), marking);
    assert!(marking.take_back(1) && !marking.take_back(1));
    assert_eq!(marking.counted, Marks::NONE);
}

#[test]
fn a_scenario_that_is_no_workshop_is_not_marked() {
    assert_eq!(mark(&Scenario::evening_peak().unwrap(), &[]), None);
}

proptest! {
    /// Whatever is in a journal: marks lie between none and what they are worth, and entries that say nothing change nothing.
    #[test]
    fn marks_stay_within_what_they_are_worth(kw in -3000_i64..3000, minute in 0_i64..60, stops in any::<bool>()) {
        let status = if stops { Status::Stop } else { RUN };
        let mark = "marks = 2\nkind = \"limit\"\nmeasure = \"instructed\"\nat_most_kw = 500\nfrom = \"T+00:00\"\nuntil = \"T+01:30\"";
        let written = || nothing().sends(at(minute, 0), ONE, 1, status, if kw == 0 { 1 } else { kw });
        let marked = written().marked(mark);
        prop_assert!(marked.given == Marks::NONE || marked.given == marked.of);
        prop_assert_eq!(marked.met, stops || kw <= 500);
        let noise = written().note(at(61, 0), EntryKind::Command, None, "send R-7: done", None);
        prop_assert_eq!(noise.marked(mark).given, marked.given);
    }
}

/// A trainee who has not begun would be told that they broke what is asked of the hour to come.
#[test]
fn nothing_is_broken_before_its_time_begins() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/workshops");
    let scenario = Scenario::from_file(&folder.join("04-delta-read-as-absolute.toml")).unwrap();
    let begun = follow(&scenario, &[], scenario.start).unwrap();
    let limits: Vec<&str> = begun
        .marking
        .marks
        .iter()
        .filter(|marked| marked.kind == "limit")
        .map(|marked| marked.why.as_str())
        .collect();
    assert!(
        !limits.is_empty() && limits.iter().all(|why| why.starts_with("its time begins at T+")),
        "{limits:?}"
    );
    let over = follow(&scenario, &[], scenario.run_for.after(scenario.start)).unwrap();
    assert!(over.marking.marks.iter().any(|marked| marked.why.starts_with("broken in ")));
}

/// A trainer who was told that a mark is decided would see it change afterwards.
#[test]
fn what_is_decided_stays_so_to_the_end_whoever_acts() {
    use crate::workshop::exercise::Trainee;
    use crate::workshop::rehearsal::play;

    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/workshops");
    for (name, trainee) in
        [("05-acknowledged-and-did-nothing.toml", Trainee::Idle), ("10-evening-peak.toml", Trainee::Perfect)]
    {
        let scenario = Scenario::from_file(&folder.join(name)).unwrap();
        let (scenario, entries) = std::thread::spawn(move || {
            let played = play(&scenario, trainee, None).unwrap();
            (scenario, played.entries)
        })
        .join()
        .unwrap();
        let end = scenario.run_for.after(scenario.start);
        let last = follow(&scenario, &entries, end).unwrap();
        assert!(!last.standings.contains(&Standing::Open), "{name}");
        assert_eq!(last.decided(), last.marking.given, "{name}");
        let (mut now, mut early) = (scenario.start, 0);
        while now < end {
            let until = entries.partition_point(|recorded| recorded.entry.at <= now);
            let found = follow(&scenario, &entries[..until], now).unwrap();
            for (index, standing) in found.standings.iter().enumerate() {
                if *standing != Standing::Open {
                    early += 1;
                    let words = &found.marking.marks[index].words;
                    assert_eq!(*standing, last.standings[index], "{name}: {words}, at {now}");
                }
            }
            now = now + 180;
        }
        assert!(early > 0, "{name}: some are decided before the end");
    }
}
